"""The Lambda handler of notification: content-free mail and codes, from the outbox."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.domain.outbox import (
        AccessTask,
        CodeTask,
        ConfirmationTask,
        ExpiryTask,
        LinkTask,
        NoticeTask,
        OutboxTask,
        ReminderTask,
        ReportTask,
    )
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
        case LinkTask():
            return house.send_link(task)
        case CodeTask():
            return house.send_code(task)
        case _:
            return False


handler = stream_handler(work)
