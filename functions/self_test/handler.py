"""The Lambda handler of the self-test."""

from familjehem.runtime.http import lambda_handler
from familjehem.runtime.observability import LevelGauge
from familjehem.runtime.settings import SelfTestSettings
from familjehem.usecases.take_self_test import TakeSelfTest
from functions.self_test.app import create_app

handler = lambda_handler(create_app(TakeSelfTest(gauge=LevelGauge()), SelfTestSettings.read().SITE_URL))
