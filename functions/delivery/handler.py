"""The Lambda handler of delivery: sealed letters and supplements from the outbox into mailboxes."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.domain.outbox import CalledTask, LetterTask, OutboxTask, SupplementTask
    from familjehem.runtime.settings import DeliverySettings
    from familjehem.runtime.streams import stream_handler
    from familjehem.runtime.wiring.delivery import wire

    deliver, deliver_supplement, tell_others = wire(DeliverySettings.read())


def work(task: OutboxTask) -> bool:
    """Deliver the letter or the supplement of a task, or the news of a call; other tasks are not ours."""
    match task:
        case LetterTask():
            return deliver(task)
        case SupplementTask():
            return deliver_supplement(task)
        case CalledTask():
            return tell_others(task)
        case _:
            return False


handler = stream_handler(work)
