"""Checks of the access log: a sample that nobody can choose, what was found, and who still needs access.

Lag (2001:454) 10 §: systematic and recurring checks whether anybody reads without right, and rights that are no wider
than needed. Samples are monthly, confirmations quarterly (decision 0017).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from math import ceil

from familjehem.domain.access_log import Line
from familjehem.domain.membership import AccessKind

REVIEWED = frozenset({AccessKind.OPEN, AccessKind.EXPORT, AccessKind.SEARCH})
"""The kinds of which samples are drawn: somebody read one family's letter, took it out, or looked for somebody."""
SHARE = 0.1
SMALLEST = 10
LARGEST = 50
REVIEW_EVERY = timedelta(days=30)
CONFIRM_EVERY = timedelta(days=91)
MOST_DRAWS = 200


class ReviewFinding(StrEnum):
    """What came of a review."""

    NONE = "none"
    FOLLOW_UP = "followUp"
    UNAUTHORISED = "unauthorised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review: by whom, of which lines, up to which line of the log, and what was found.

    `id` is its own: 32 characters in hexadecimal. `note` is about colleagues, never about a family: it stands in clear.
    """

    id: str
    at: datetime
    person: str
    name: str | None
    lines: tuple[int, ...]
    through: int
    finding: ReviewFinding
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """One confirmation that these persons need their access."""

    at: datetime
    person: str
    name: str | None
    persons: tuple[str, ...]


def sample(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Draw lines to be reviewed, in their order: one of every person that read, and the rest from all of them.

    What is drawn follows from the log itself: lines are ranked by the hash of their number and of the latest line's own
    hash. So every line of a person is as likely as any other of hers, the same log gives the same sample to
    everybody, at any time, and whoever would rather have another one must leave a new line to get it.
    """
    among = [line for line in lines if line.entry.kind in REVIEWED]
    if not among:
        return ()
    seed = among[-1].hash
    ranked = sorted(among, key=lambda line: sha256(seed + line.sequence.to_bytes(8)).digest())
    first_of_each = {line.entry.person: line for line in reversed(ranked)}
    chosen = {line.sequence: line for line in first_of_each.values()}
    size = max(len(chosen), min(LARGEST, max(SMALLEST, ceil(len(among) * SHARE))))
    for line in ranked:
        if len(chosen) >= size:
            break
        chosen.setdefault(line.sequence, line)
    return tuple(chosen[number] for number in sorted(chosen))


def drawn_through(lines: Sequence[Line], numbers: Iterable[int]) -> int | None:
    """Tell up to which line the log had come when these lines were its sample; None if they never were.

    The log may have grown since: at most `MOST_DRAWS` readings later a sample is no longer known.
    """
    wanted = tuple(sorted(set(numbers)))
    among = [line for line in lines if line.entry.kind in REVIEWED]
    for end in range(len(among), max(0, len(among) - MOST_DRAWS), -1):
        if among[end - 1].sequence < max(wanted, default=0):
            break
        if tuple(line.sequence for line in sample(among[:end])) == wanted:
            return among[end - 1].sequence
    return None


def review_due(latest: Review | None, lines: Sequence[Line], now: datetime) -> bool:
    """Tell whether a review should have been made: a month has passed since the latest, or since anybody first read."""
    among = [line.entry.at for line in lines if line.entry.kind in REVIEWED]
    return bool(among) and now - (latest.at if latest else among[0]) >= REVIEW_EVERY


def confirmation_due(latest: Confirmation | None, now: datetime) -> bool:
    """Tell whether it should have been confirmed who has access: a quarter has passed, or nobody ever has."""
    return latest is None or now - latest.at >= CONFIRM_EVERY
