"""The Lambda handler of the self-test."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.runtime.http import lambda_handler
    from familjehem.runtime.observability import LevelGauge
    from familjehem.runtime.settings import SelfTestSettings
    from familjehem.usecases.take_self_test import TakeSelfTest
    from functions.self_test.app import create_app

    settings = SelfTestSettings.read()
    handler = lambda_handler(create_app(TakeSelfTest(gauge=LevelGauge()), settings.SITE_URL), settings.SITE_URL)
