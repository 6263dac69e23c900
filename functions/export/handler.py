"""The Lambda handler of the export."""

from familjehem.runtime.start import starting

with starting():
    from pathlib import Path

    from familjehem.runtime.http import lambda_handler
    from familjehem.runtime.settings import ExportSettings
    from familjehem.runtime.wiring.export import wire
    from functions.export.app import create_app

    settings = ExportSettings.read()
    exports = wire(settings, Path(__file__).parent)
    handler = lambda_handler(create_app(exports, settings.USER_POOL_CLIENT_ID, settings.SITE_URL), settings.SITE_URL)
