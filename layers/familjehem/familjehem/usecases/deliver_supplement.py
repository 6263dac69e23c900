"""Deliver a supplement: from the outbox into the mailbox, beside its letter, exactly once (design 6, supplement)."""

from dataclasses import dataclass

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import SupplementTask
from familjehem.domain.purpose import Purpose
from familjehem.ports import Clock, SupplementQueue, Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverSupplement:
    """Delivers sealed supplements without being able to read one.

    Afterwards the supplement and its changes of the card lie in the mailbox, the delivery tells when it came, and the
    notice stands in the outbox in its place. Whether the letter came before or comes later makes no difference. Safe to
    repeat and to run twice at once: the ciphertext was fixed at accept, and of two commits one wins.
    """

    queue: SupplementQueue
    vault: Vault
    clock: Clock

    def __call__(self, task: SupplementTask) -> bool:
        """Deliver one supplement; True if this call did it. `NotConfirmedError` means: try again."""
        queued = self.queue.read(task)
        if queued is None:
            return False
        self.vault.put(task.recipient, task.number, Purpose.SUPPLEMENT, queued.supplement, task.version)
        self.vault.put(task.recipient, task.number, Purpose.CARD, queued.card, task.version)
        if self.queue.delivered(queued, self.clock.now()):
            return True
        if self.queue.read(task) is not None:
            # Neither delivered nor withdrawn by another, and yet it waits: that is for the alarm, not for the log.
            raise NotConfirmedError
        return False
