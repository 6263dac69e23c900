"""The wiring of onboarding."""

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.activations import DynamoActivations
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.register import DynamoRegister
from familjehem.adapters.dynamo.table import Database
from familjehem.runtime.settings import OnboardingSettings
from familjehem.usecases.request_connection import RequestConnection


def wire(settings: OnboardingSettings) -> RequestConnection:
    """Make the clients and use case of onboarding; called once, at import of the handler."""
    database = Database(Aws().dynamodb())
    return RequestConnection(
        register=DynamoRegister(database, settings.MAIN_TABLE),
        activations=DynamoActivations(database, settings.MAIN_TABLE),
        directory=DynamoDirectory(database, settings.MAIN_TABLE),
        clock=SystemClock(),
    )
