"""A delivery: one application to one recipient, with a number of its own and a state (design 4, 6).

What stands here is all that is kept in clear about it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from familjehem.domain.assignment import Assignment
from familjehem.domain.purpose import LETTER_VERSION


class DeliveryState(StrEnum):
    """Where a delivery stands; the order is the order of its life."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLAIMED = "claimed"
    CONTACTED = "contacted"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


WARNED_BEFORE = timedelta(days=14)
"""So long before a letter is erased its recipient is told."""

WAITING = frozenset({DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.CLAIMED})


class Origin(StrEnum):
    """Whether the family lives in a municipality that the recipient serves."""

    OWN = "own"
    OTHER = "other"


class ErasureReason(StrEnum):
    """Why a letter was erased: the recipient's rule, or what somebody decided (codes only, never free text)."""

    RULE = "rule"
    TRANSFERRED = "transferred"
    RECEIVED_BY_MISTAKE = "receivedByMistake"
    FAMILY_ASKED = "familyAsked"
    NO_LONGER_NEEDED = "noLongerNeeded"


class NextStep(StrEnum):
    """The suggested first step with a family: a help for the first sorting, never a decision."""

    DIRECT_MEETING = "directMeeting"
    INFORMATION_MEETING = "informationMeeting"
    CALL_FIRST = "callFirst"


@dataclass(frozen=True, slots=True, order=True)
class ReceivedSupplement:
    """A supplement that lies in the mailbox: its version, and when it came (UTC; never changed, FL 22 §)."""

    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may read a protected delivery: who, and what she was called when she was named."""

    id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Others:
    """What a recipient may know of the others that a family chose, with its consent: how many, and if one called it."""

    count: int
    called: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivery as its row tells it. Times are UTC; `received_at` is set once and never changed (FL 22 §).

    `handler` is the person who has claimed it and `handler_name` what she is called, None where that is not known;
    `handlings` counts what was done with it, so that nothing is done to a delivery that is no longer as it was read.
    `supplements` is how many were accepted for it, `received_supplements` those that have come, in order of version.
    `readers` are those who alone may read it, none where everybody of the recipient may. `settled_at` is when it was
    closed or taken over by the case system, `held` whether it is exempt from erasure, `warned_on` the Swedish date on
    which the recipient was told that it will be erased, `decided_at` and `erasure` when and why that was decided.
    `canary` marks the letter without a family by which a recipient proves, before its start, that it can read.
    """

    number: str
    recipient: str
    state: DeliveryState
    assignments: tuple[Assignment, ...]
    origin: Origin
    next_step: NextStep
    question_set: str
    queued_at: datetime
    received_at: datetime | None = None
    opened_at: datetime | None = None
    contacted_at: datetime | None = None
    withdrawn_at: datetime | None = None
    handler: str | None = None
    handler_name: str | None = None
    handlings: int = 0
    supplements: int = 0
    received_supplements: tuple[ReceivedSupplement, ...] = ()
    readers: tuple[Reader, ...] = ()
    settled_at: datetime | None = None
    held: bool = False
    warned_on: date | None = None
    decided_at: datetime | None = None
    erasure: ErasureReason | None = None
    canary: bool = False

    @property
    def protected(self) -> bool:
        """Whether named readers alone may know of it: to everybody else it is not there (decision 0018)."""
        return bool(self.readers)

    def read_by(self, person: str) -> bool:
        """Tell whether a person of the recipient may read it."""
        return not self.readers or any(one.id == person for one in self.readers)

    @property
    def waits(self) -> bool:
        """Whether the family waits for a first call; behind a canary letter there is none."""
        return self.state in WAITING and self.contacted_at is None and not self.canary

    @property
    def open(self) -> bool:
        """Whether its recipient still works with it, so that a supplement has a reader."""
        return self.state not in {DeliveryState.WITHDRAWN, DeliveryState.CLOSED, DeliveryState.ERASED}

    @property
    def next_version(self) -> int:
        """The version of the next supplement."""
        return LETTER_VERSION + self.supplements + 1

    @property
    def queued_supplements(self) -> tuple[int, ...]:
        """The versions that were accepted and have not come yet."""
        come = {one.version for one in self.received_supplements}
        return tuple(version for version in range(LETTER_VERSION + 1, self.next_version) if version not in come)

    @property
    def supplemented_at(self) -> datetime | None:
        """When the latest supplement came, or None."""
        return max((one.at for one in self.received_supplements), default=None)

    @property
    def readable(self) -> bool:
        """Whether the recipient holds the letter: delivered, not withdrawn while still queued, and not erased."""
        return self.received_at is not None and self.state is not DeliveryState.ERASED

    @property
    def erases_on(self) -> date | None:
        """The first Swedish date on which it may be erased by rule, as the recipient was told; None if it was not."""
        return self.warned_on + WARNED_BEFORE if self.warned_on and self.readable and not self.held else None
