"""The wiring of delivery."""

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.outbox import DynamoLetterQueue
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.vault import S3Vault
from familjehem.runtime.settings import DeliverySettings
from familjehem.usecases.deliver_letter import DeliverLetter


def wire(settings: DeliverySettings) -> DeliverLetter:
    """Make the clients and the use case of delivery; called once, at import of the handler."""
    aws = Aws()
    return DeliverLetter(
        queue=DynamoLetterQueue(Database(aws.dynamodb()), settings.MAIN_TABLE, settings.TALLY_TABLE),
        vault=S3Vault(aws.s3(), settings.MAILBOX_BUCKET),
        clock=SystemClock(),
    )
