"""Tell the other recipients of a family that one has called it, while the family consents (design 6; A06, OSL 12:2)."""

from dataclasses import dataclass

from familjehem.domain.outbox import CalledTask
from familjehem.ports import CalledQueue


@dataclass(frozen=True, slots=True)
class TellOthers:
    """Notes at the others' letters that one has called: not who, nor when, nor what came of it.

    Whoever logs a call knows of no others, and asks for this all the same; nothing becomes of it where there are none,
    or where the family does not consent. Safe to repeat.
    """

    queue: CalledQueue

    def __call__(self, task: CalledTask) -> bool:
        """Tell of one call; True if it was still to be told. `NotConfirmedError` means: try again."""
        others = self.queue.read(task)
        if others is None:
            return False
        self.queue.told(task, others)
        return True
