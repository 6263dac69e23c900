"""The Lambda handler of local administration."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.runtime.http import lambda_handler
    from familjehem.runtime.settings import MembersSettings
    from familjehem.runtime.wiring.members import wire
    from functions.members.app import create_app

    settings = MembersSettings.read()
    handler = lambda_handler(
        create_app(wire(settings), settings.USER_POOL_CLIENT_ID, settings.SITE_URL), settings.SITE_URL
    )
