"""The wiring of onboarding."""

from dataclasses import dataclass

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.activations import DynamoActivations
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.register import DynamoRegister
from familjehem.adapters.dynamo.table import Database
from familjehem.runtime.settings import OnboardingSettings
from familjehem.usecases.activate import Activate
from familjehem.usecases.request_connection import RequestConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """What onboarding's door needs: asking to be connected, and the municipality's own page."""

    request_connection: RequestConnection
    activate: Activate


def wire(settings: OnboardingSettings) -> OwnPage:
    """Make the clients and use cases of onboarding; called once, at import of the handler."""
    database, clock = Database(Aws().dynamodb()), SystemClock()
    register = DynamoRegister(database, settings.MAIN_TABLE)
    activations = DynamoActivations(database, settings.MAIN_TABLE)
    return OwnPage(
        request_connection=RequestConnection(
            register=register,
            activations=activations,
            directory=DynamoDirectory(database, settings.MAIN_TABLE),
            clock=clock,
        ),
        activate=Activate(register=register, activations=activations, clock=clock),
    )
