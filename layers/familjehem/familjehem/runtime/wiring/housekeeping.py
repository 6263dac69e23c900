"""The wiring of housekeeping."""

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.outbox import DynamoOutbox
from familjehem.adapters.dynamo.table import Database
from familjehem.runtime.observability import OutboxGauge
from familjehem.runtime.settings import HousekeepingSettings
from familjehem.usecases.keep_house import KeepHouse


def wire(settings: HousekeepingSettings) -> KeepHouse:
    """Make the client and the use case of housekeeping; called once, at import of the handler."""
    return KeepHouse(
        outbox=DynamoOutbox(Database(Aws().dynamodb()), settings.MAIN_TABLE), gauge=OutboxGauge(), clock=SystemClock()
    )
