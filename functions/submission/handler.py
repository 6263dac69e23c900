"""The Lambda handler of submission."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.runtime.http import lambda_handler
    from familjehem.runtime.settings import SubmissionSettings
    from familjehem.runtime.wiring.submission import wire
    from functions.submission.app import create_app

    settings = SubmissionSettings.read()
    handler = lambda_handler(create_app(wire(settings), settings.SITE_URL), settings.SITE_URL)
