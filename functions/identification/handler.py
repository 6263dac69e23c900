"""The Lambda handler of identification."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.runtime.http import lambda_handler
    from familjehem.runtime.settings import IdentificationSettings
    from familjehem.runtime.wiring.identification import wire
    from functions.identification.app import create_app

    settings = IdentificationSettings.read()
    handler = lambda_handler(create_app(wire(settings), settings.SITE_URL), settings.SITE_URL)
