"""Affiliations: from when to when a municipality is served by a recipient, and by what decision.

They are kept when they end, for invoices and for the question who received a letter; old letters stay with the
recipient that received them.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """A municipality at a recipient, from `since` to `until`, which both count; None where it has no end yet.

    `decided_on` is when the municipality decided, `agreed_until` when the agreement ends; both None where nobody said.
    """

    municipality: str
    recipient: str
    since: date
    until: date | None = None
    decided_on: date | None = None
    agreed_until: date | None = None


def month_of(day: date) -> int:
    """Count months from the year nought, so that the next is one more."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """Give the first day of a counted month."""
    return date(month // 12, month % 12 + 1, 1)


def charged_months(affiliation: Affiliation, first: int, last: int) -> range:
    """Give the months, counted by `month_of`, from `first` to `last` that an affiliation pays for.

    It starts on the first of the month after it began, and ends with the month of its last day. So a municipality that
    moves from one recipient to another pays each month once: the old one's to the end of the month of the move.
    """
    starts = month_of(affiliation.since) + 1
    ends = last if affiliation.until is None else min(last, month_of(affiliation.until))
    return range(max(first, starts), ends + 1)
