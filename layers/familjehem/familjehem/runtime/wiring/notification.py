"""The wiring of notification."""

from dataclasses import dataclass

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.contact_key import KmsContactKey
from familjehem.adapters.dynamo.access_queue import DynamoAccessQueue
from familjehem.adapters.dynamo.activations import DynamoActivations
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.health_queue import DynamoHealthQueue
from familjehem.adapters.dynamo.mail_returns import DynamoMailReturns
from familjehem.adapters.dynamo.outbox import DynamoNoticeQueue
from familjehem.adapters.dynamo.register import DynamoRegister
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.post import SesPost
from familjehem.adapters.texting import SnsTexting
from familjehem.runtime.settings import NotificationSettings
from familjehem.usecases.notify import ConfirmToApplicant, NotifyRecipient, TellMember
from familjehem.usecases.record_return import RecordReturn
from familjehem.usecases.send_activation import SendCode, SendLink
from familjehem.usecases.tell_health import TellHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What notification's door needs: a use case per task."""

    notify: NotifyRecipient
    confirm: ConfirmToApplicant
    tell: TellMember
    send_link: SendLink
    send_code: SendCode
    record_return: RecordReturn
    tell_health: TellHealth


def wire(settings: NotificationSettings) -> Notification:
    """Make the clients and use cases of notification; called once, at import of the handler."""
    aws, clock = Aws(), SystemClock()
    database = Database(aws.dynamodb())
    queue = DynamoNoticeQueue(database, settings.MAIN_TABLE, settings.WRAPS_TABLE)
    access = DynamoAccessQueue(database, settings.MAIN_TABLE)
    activations = DynamoActivations(database, settings.MAIN_TABLE)
    post = SesPost(aws.ses(), settings.MAIL_SENDER, settings.MAIL_CONFIGURATION_SET)
    directory = DynamoDirectory(database, settings.MAIN_TABLE)
    return Notification(
        notify=NotifyRecipient(
            queue=queue,
            directory=directory,
            post=post,
            clock=clock,
            mailbox_url=settings.MAILBOX_URL,
            skr_address=settings.SKR_ADDRESS,
        ),
        confirm=ConfirmToApplicant(
            queue=queue,
            contact_key=KmsContactKey(aws.kms(), settings.CONTACT_KEY_ARN),
            post=post,
            site_url=settings.SITE_URL,
        ),
        tell=TellMember(queue=access, directory=directory, post=post, mailbox_url=settings.MAILBOX_URL),
        send_link=SendLink(
            activations=activations,
            register=DynamoRegister(database, settings.MAIN_TABLE),
            post=post,
            clock=clock,
            site_url=settings.SITE_URL,
        ),
        send_code=SendCode(activations=activations, texting=SnsTexting(aws.sns(), settings.SMS_SENDER), clock=clock),
        tell_health=TellHealth(
            queue=DynamoHealthQueue(database, settings.MAIN_TABLE), post=post, skr_address=settings.SKR_ADDRESS
        ),
        record_return=RecordReturn(returns=DynamoMailReturns(database, settings.MAIN_TABLE)),
    )
