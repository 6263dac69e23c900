"""Reminders: who is told, and when, that a family waits for its first call (domain 4.2; decision 0020).

A family is to be called by the closing of the day on which it came, or of the next working day. Once that has passed
its recipient's function mailbox is told, a closing later who is responsible there, and another one later SKR.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from familjehem.domain.calendar import last_closing
from familjehem.domain.outbox import Stage

SETTLES = timedelta(minutes=5)
"""How long after a closing it is looked at: by then every index has caught up, and a call that was just made stands."""


type Told = Mapping[Stage, datetime]
"""Of which families each was told, if they still waited: of all who came before that closing."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """Whether families wait that everybody of the recipient may read of, and who reads of those that are protected."""

    shared: bool = False
    readers: frozenset[str] = frozenset()


def to_be_told(now: datetime, closing: time) -> Told:
    """Give for each stage the closing before which a family must have come for it to be told of now."""
    passed, found = now - SETTLES, dict[Stage, datetime]()
    for stage in Stage:
        found[stage] = passed = last_closing(passed, closing)
    return found


def told_after(before: Told | None, now: Told) -> Told:
    """Give what has been told once that of now is; a recipient that closes earlier from today takes nothing back."""
    return {stage: max(now[stage], before[stage]) for stage in Stage} if before else now
