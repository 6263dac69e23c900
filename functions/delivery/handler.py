"""The Lambda handler of delivery: sealed letters from the outbox into mailboxes."""

from familjehem.runtime.start import starting

with starting():
    from familjehem.domain.outbox import LetterTask, OutboxTask
    from familjehem.runtime.settings import DeliverySettings
    from familjehem.runtime.streams import stream_handler
    from familjehem.runtime.wiring.delivery import wire
    from familjehem.usecases.deliver_letter import DeliverLetter

    deliver: DeliverLetter = wire(DeliverySettings.read())


def work(task: OutboxTask) -> bool:
    """Deliver the letter of a task; other tasks are not ours."""
    return isinstance(task, LetterTask) and deliver(task)


handler = stream_handler(work)
