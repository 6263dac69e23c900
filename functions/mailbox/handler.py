"""The Lambda handler of the mailbox."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.runtime.http import lambda_handler
    from familjehem.runtime.settings import MailboxSettings
    from familjehem.runtime.wiring.mailbox import wire
    from functions.mailbox.app import create_app

    settings = MailboxSettings.read()
    handler = lambda_handler(
        create_app(wire(settings), settings.USER_POOL_CLIENT_ID, settings.SITE_URL), settings.SITE_URL
    )
