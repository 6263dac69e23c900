"""Tallies of handling: what is counted of a call and of an outcome, by the commit that notes it (design 6, month).

A delivery is counted once at each stage, in the month in which it came there, and nothing counted names one. Deliveries
that are protected are never counted. How long a first call took, and why a delivery was closed, are attributes: each
event lies in one block of its recipient, as families do (`disclosure.py`). Numbers of stages are totals, told to the
recipient alone.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from familjehem.domain.calendar import swedish_date, working_day
from familjehem.domain.delivery import Delivery
from familjehem.domain.handling import Content, Outcome, Reason

CONTACTED = "contacted"
CLOSED = "closed"
STAGES = (CONTACTED, "meeting", "investigation", "caseSystem", CLOSED)
SAME_DAY, NEXT_DAY, LATER = FIRST_CONTACT = ("sameWorkingDay", "nextWorkingDay", "later")
"""No finer: of twenty calls most fall into the first, and a table with an empty bin tells nothing."""

_STAGE = {
    Outcome.INFORMATION_MEETING: "meeting",
    Outcome.PHONE_INTERVIEW: "meeting",
    Outcome.HANDED_TO_INVESTIGATION: "investigation",
    Outcome.TRANSFERRED_TO_CASE_SYSTEM: "caseSystem",
    Outcome.CLOSED: CLOSED,
}
FIRST_CONTACT_TABLE, CLOSED_BECAUSE_TABLE = "firstContact", "closedBecause"
BINS: Mapping[str, tuple[str, ...]] = {
    FIRST_CONTACT_TABLE: FIRST_CONTACT,
    CLOSED_BECAUSE_TABLE: tuple(one.value for one in Reason),
}
"""What is tabulated, each of events of its own, so that no two tables have one in common."""


def stage(name: str) -> str:
    """Give the name of the counter of a stage."""
    return f"stage_{name}"


def binned(table: str, name: str) -> str:
    """Give the name of the counter of a bin."""
    return f"{table}_{name}"


def counters() -> tuple[str, ...]:
    """Give the name of every counter that there can be."""
    stages = (stage(one) for one in STAGES)
    return (*stages, *(binned(table, name) for table, names in BINS.items() for name in names))


def staged(outcome: Outcome | None) -> str | None:
    """Give the stage that an outcome brings a delivery to, None where it brings it nowhere."""
    return _STAGE.get(outcome) if outcome else None


def of_contact(before: Delivery, after: Delivery) -> tuple[str, ...]:
    """Give what a call adds: the first by which the family was reached, and no other."""
    reached, received = after.contacted_at, before.received_at
    if before.protected or before.contacted_at is not None or reached is None or received is None:
        return ()
    return (stage(CONTACTED), binned(FIRST_CONTACT_TABLE, first_contact(received, reached)))


def of_outcome(before: Delivery, content: Content, earlier: Iterable[Content]) -> tuple[str, ...]:
    """Give what an outcome adds: the first that brings a delivery to its stage; `earlier` are those before it."""
    reached = staged(content.outcome)
    if before.protected or reached is None or reached in {staged(one.outcome) for one in earlier}:
        return ()
    reason = content.reason if content.outcome is Outcome.CLOSED else None
    return (stage(reached), *((binned(CLOSED_BECAUSE_TABLE, reason.value),) if reason else ()))


def first_contact(received: datetime, reached: datetime) -> str:
    """Say how soon a family was reached, in working days: what comes on a free day is due on the next working day."""
    due, day = _next_working(swedish_date(received)), swedish_date(reached)
    if day <= due:
        return SAME_DAY
    return NEXT_DAY if day <= _next_working(due + timedelta(1)) else LATER


def _next_working(day: date) -> date:
    while not working_day(day):
        day += timedelta(1)
    return day
