"""The Lambda handler of notification: content-free mail, from the outbox."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.domain.outbox import AccessTask, ConfirmationTask, ExpiryTask, NoticeTask, OutboxTask
    from familjehem.runtime.settings import NotificationSettings
    from familjehem.runtime.streams import stream_handler
    from familjehem.runtime.wiring.notification import wire

    notify, confirm, tell, warn = wire(NotificationSettings.read())


def work(task: OutboxTask) -> bool:
    """Send the mail of a task; other tasks are not ours."""
    match task:
        case NoticeTask():
            return notify(task)
        case ConfirmationTask():
            return confirm(task)
        case AccessTask():
            return tell(task)
        case ExpiryTask():
            return warn(task)
        case _:
            return False


handler = stream_handler(work)
