"""The wiring of delivery."""

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.called_queue import DynamoCalledQueue
from familjehem.adapters.dynamo.outbox import DynamoLetterQueue, DynamoSupplementQueue
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.vault import S3Vault
from familjehem.runtime.settings import DeliverySettings
from familjehem.usecases.deliver_letter import DeliverLetter
from familjehem.usecases.deliver_supplement import DeliverSupplement
from familjehem.usecases.tell_others import TellOthers


def wire(settings: DeliverySettings) -> tuple[DeliverLetter, DeliverSupplement, TellOthers]:
    """Make the clients and the use cases of delivery; called once, at import of the handler."""
    aws, clock = Aws(), SystemClock()
    database = Database(aws.dynamodb())
    vault = S3Vault(aws.s3(), settings.MAILBOX_BUCKET)
    return (
        DeliverLetter(
            queue=DynamoLetterQueue(database, settings.MAIN_TABLE, settings.TALLY_TABLE), vault=vault, clock=clock
        ),
        DeliverSupplement(queue=DynamoSupplementQueue(database, settings.MAIN_TABLE), vault=vault, clock=clock),
        TellOthers(DynamoCalledQueue(database, settings.MAIN_TABLE)),
    )
