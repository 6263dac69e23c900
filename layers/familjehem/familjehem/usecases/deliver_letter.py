"""Deliver a letter: from the outbox into its recipient's mailbox, exactly once (design 6, delivery)."""

from dataclasses import dataclass

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import LetterTask
from familjehem.domain.purpose import Purpose
from familjehem.ports import Clock, LetterQueue, Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverLetter:
    """Delivers sealed letters without being able to read one.

    Afterwards letter and card lie in the mailbox, the delivery is `delivered` with `received_at` set once,
    the delivery is counted, and the notice stands in the outbox in the letter's place. Safe to repeat and to run
    twice at once: the ciphertext was fixed at accept, and of two commits one wins.
    """

    queue: LetterQueue
    vault: Vault
    clock: Clock

    def __call__(self, task: LetterTask) -> bool:
        """Deliver one letter; True if this call did it. `NotConfirmedError` means: try again."""
        queued = self.queue.read(task)
        if queued is None:
            return False
        self.vault.put(task.recipient, task.number, Purpose.LETTER, queued.letter)
        self.vault.put(task.recipient, task.number, Purpose.CARD, queued.card)
        if self.queue.delivered(queued, self.clock.now()):
            return True
        if self.queue.read(task) is not None:
            # Neither delivered nor withdrawn by another, and yet it waits: that is for the alarm, not for the log.
            raise NotConfirmedError
        return False
