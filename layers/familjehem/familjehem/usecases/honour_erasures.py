"""Honour erasures after a restoration: what was erased before it is erased again (decision 0040)."""

from collections.abc import Iterable
from dataclasses import dataclass

from familjehem.domain.delivery import ErasureReason
from familjehem.domain.outbox import ErasureTask
from familjehem.ports import Clock, Disposals


@dataclass(frozen=True, slots=True)
class HonourReport:
    """What came of it: how many are decided anew, and how many are none here or still on their way."""

    decided: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HonourErasures:
    """Decides anew what was erased before a table was restored; destroyed within minutes, by `EraseLetter`.

    What stands as queued in the restored table comes first and is then erased: repeat until none is left. Safe to
    repeat.
    """

    disposals: Disposals
    clock: Clock

    def __call__(self, erased: Iterable[tuple[ErasureTask, ErasureReason]]) -> HonourReport:
        """Decide each anew. `NotConfirmedError` means: repeat all of it."""
        now = self.clock.now()
        done = [self.disposals.decide_again(task, reason, now) for task, reason in erased]
        return HonourReport(sum(done), len(done) - sum(done))
