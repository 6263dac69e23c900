"""The wiring of housekeeping."""

from dataclasses import dataclass

from familjehem.adapters.accounts import CognitoAccounts
from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.members import DynamoMembers
from familjehem.adapters.dynamo.outbox import DynamoOutbox
from familjehem.adapters.dynamo.staff import DynamoStaff
from familjehem.adapters.dynamo.table import Database
from familjehem.runtime.observability import OutboxGauge, UnusedAccessGauge
from familjehem.runtime.settings import HousekeepingSettings
from familjehem.usecases.end_unused_access import EndUnusedAccess
from familjehem.usecases.keep_house import KeepHouse
from familjehem.usecases.keep_roster import Farewell, Registrar


@dataclass(frozen=True, slots=True, kw_only=True)
class Housekeeping:
    """What the schedules of housekeeping set going."""

    keep_house: KeepHouse
    end_unused_access: EndUnusedAccess


def wire(settings: HousekeepingSettings) -> Housekeeping:
    """Make the clients and the use cases of housekeeping; called once, at import of the handler."""
    aws, clock, table = Aws(), SystemClock(), settings.MAIN_TABLE
    database = Database(aws.dynamodb())
    accounts = CognitoAccounts(aws.accounts(), settings.USER_POOL_ID)
    members = DynamoMembers(database, table)
    return Housekeeping(
        keep_house=KeepHouse(outbox=DynamoOutbox(database, table), gauge=OutboxGauge(), clock=clock),
        end_unused_access=EndUnusedAccess(
            directory=DynamoDirectory(database, table),
            registrar=Registrar(staff=DynamoStaff(database, table), clock=clock),
            farewell=Farewell(members=members, accounts=accounts, clock=clock),
            gauge=UnusedAccessGauge(),
            clock=clock,
        ),
    )
