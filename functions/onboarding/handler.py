"""The Lambda handler of onboarding."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.runtime.http import lambda_handler
    from familjehem.runtime.settings import OnboardingSettings
    from familjehem.runtime.wiring.onboarding import wire
    from functions.onboarding.app import create_app

    settings = OnboardingSettings.read()
    handler = lambda_handler(create_app(wire(settings), settings.SITE_URL), settings.SITE_URL)
