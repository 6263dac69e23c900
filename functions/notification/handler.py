"""The Lambda handler of notification: content-free mail and codes from the outbox, and what came back."""

from familjehem.runtime.start import starting

with starting():
    from typing import Any

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from familjehem.domain.outbox import (
        AccessTask,
        CodeTask,
        ConfirmationTask,
        ExpiryTask,
        HealthTask,
        LinkTask,
        NoticeTask,
        OutboxTask,
        ReminderTask,
        ReportTask,
    )
    from familjehem.runtime.post_events import RETURNED, return_handler
    from familjehem.runtime.settings import NotificationSettings
    from familjehem.runtime.streams import stream_handler
    from familjehem.runtime.wiring.notification import wire

    house = wire(NotificationSettings.read())


def work(task: OutboxTask) -> bool:
    """Send the mail or the message of a task; other tasks are not ours."""
    match task:
        case NoticeTask() | ExpiryTask() | ReminderTask() | ReportTask():
            return house.notify(task)
        case ConfirmationTask():
            return house.confirm(task)
        case AccessTask():
            return house.tell(task)
        case HealthTask():
            return house.tell_health(task)
        case LinkTask():
            return house.send_link(task)
        case CodeTask():
            return house.send_code(task)
        case _:
            return False


records = stream_handler(work)
returns = return_handler(house.record_return)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do what the event is for: rows of the outbox, or a mail that came back."""
    return returns(event, context) if RETURNED in event else records(event, context)
