"""The wiring of the mailbox."""

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.members import DynamoMembers
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.tenancy import Premises, StsTenancy
from familjehem.runtime.settings import MailboxSettings
from familjehem.usecases.read_mailbox import ListDeliveries, OpenLetter, Reception


def wire(settings: MailboxSettings) -> tuple[ListDeliveries, OpenLetter]:
    """Make the clients and use cases of the mailbox; called once, at import of the handler."""
    aws, clock = Aws(), SystemClock()
    premises = Premises(
        main=settings.MAIN_TABLE,
        wraps=settings.WRAPS_TABLE,
        bucket=settings.MAILBOX_BUCKET,
        role_arn=settings.TENANT_ROLE_ARN,
    )
    reception = Reception(
        members=DynamoMembers(Database(aws.dynamodb()), settings.MAIN_TABLE), tenancy=StsTenancy(aws, premises, clock)
    )
    return ListDeliveries(reception=reception, clock=clock), OpenLetter(reception=reception, clock=clock)
