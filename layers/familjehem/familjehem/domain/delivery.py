"""A delivery: one application to one recipient, with a number of its own and a state (design 4, 6).

What stands here is all that is kept in clear about it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from familjehem.domain.assignment import Assignment


class DeliveryState(StrEnum):
    """Where a delivery stands; the order is the order of its life."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLAIMED = "claimed"
    CONTACTED = "contacted"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """Whether the family lives in a municipality that the recipient serves."""

    OWN = "own"
    OTHER = "other"


class NextStep(StrEnum):
    """The suggested first step with a family: a help for the first sorting, never a decision."""

    DIRECT_MEETING = "directMeeting"
    INFORMATION_MEETING = "informationMeeting"
    CALL_FIRST = "callFirst"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivery as its row tells it. Times are UTC; `received_at` is set once and never changed (FL 22 §)."""

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

    @property
    def readable(self) -> bool:
        """Whether the recipient holds the letter: delivered, and not withdrawn while still queued."""
        return self.received_at is not None
