"""The wiring of notification."""

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.contact_key import KmsContactKey
from familjehem.adapters.dynamo.access_queue import DynamoAccessQueue
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.outbox import DynamoNoticeQueue
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.post import SesPost
from familjehem.runtime.settings import NotificationSettings
from familjehem.usecases.notify import ConfirmToApplicant, NotifyRecipient, TellMember, WarnOfErasure


def wire(settings: NotificationSettings) -> tuple[NotifyRecipient, ConfirmToApplicant, TellMember, WarnOfErasure]:
    """Make the clients and use cases of notification; called once, at import of the handler."""
    aws = Aws()
    database = Database(aws.dynamodb())
    queue = DynamoNoticeQueue(database, settings.MAIN_TABLE, settings.WRAPS_TABLE)
    access = DynamoAccessQueue(database, settings.MAIN_TABLE)
    post = SesPost(aws.ses(), settings.MAIL_SENDER, settings.MAIL_CONFIGURATION_SET)
    directory = DynamoDirectory(database, settings.MAIN_TABLE)
    return (
        NotifyRecipient(
            queue=queue,
            directory=directory,
            post=post,
            clock=SystemClock(),
            mailbox_url=settings.MAILBOX_URL,
        ),
        ConfirmToApplicant(
            queue=queue,
            contact_key=KmsContactKey(aws.kms(), settings.CONTACT_KEY_ARN),
            post=post,
            site_url=settings.SITE_URL,
        ),
        TellMember(queue=access, directory=directory, post=post, mailbox_url=settings.MAILBOX_URL),
        WarnOfErasure(queue=queue, directory=directory, post=post, mailbox_url=settings.MAILBOX_URL),
    )
