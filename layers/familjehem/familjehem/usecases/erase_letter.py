"""Erase a letter that was decided to be erased: wraps first, then objects and notes (design 6, withdrawal)."""

from dataclasses import dataclass

from familjehem.domain.outbox import ErasureTask
from familjehem.ports import Clock, Disposals, Shredder


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseLetter:
    """Destroys what a recipient's rule or one of its people has decided.

    Afterwards no wrap of the letter or of its supplements is left, so that nobody can open any copy; its objects are
    gone with all their versions, and so is what was noted about it. What remains is the tombstone. Safe to repeat, from
    wherever it stopped.
    """

    disposals: Disposals
    shredder: Shredder
    clock: Clock

    def __call__(self, task: ErasureTask) -> None:
        """Destroy it. `NotConfirmedError` means: try again."""
        condemned = self.disposals.condemned(task)
        if condemned is not None:
            if condemned.erasure.erased_at is None:
                self.disposals.destroy(condemned, self.clock.now())
            self.shredder.shred(task.recipient, task.number)
            self.disposals.forget(task)
        self.disposals.done(task)
