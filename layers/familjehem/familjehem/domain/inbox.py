"""The inbox: which of a recipient's deliveries are shown together, in what order, how many wait (design 6, reading).

Nothing but what stands in clear on a delivery's row can be asked for: no filter knows who a family is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Self

from familjehem.domain.assignment import Assignment
from familjehem.domain.canonical_json import canonical_json
from familjehem.domain.delivery import Delivery, DeliveryState, NextStep, Origin

COUNTED = 100
"""So many are counted; whoever has more waiting needs no exact figure."""


class View(StrEnum):
    """Which deliveries stand together: those to be called, one's own, all, or the protected ones one may read."""

    WAITING = "waiting"
    MINE = "mine"
    ALL = "all"
    PROTECTED = "protected"


class Handling(StrEnum):
    """Whose deliveries are asked for: one's own, or nobody's."""

    ME = "me"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks to be shown; None and False stand for no filter."""

    view: View = View.ALL
    state: DeliveryState | None = None
    assignment: Assignment | None = None
    origin: Origin | None = None
    next_step: NextStep | None = None
    handler: Handling | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for, by whom, and the closing that passed last: whatever came before it was due by then."""

    wanted: Wanted
    person: str
    passed: datetime

    @property
    def waiting(self) -> bool:
        """Whether only families who wait for a first call are asked for."""
        return self.wanted.view is View.WAITING or self.wanted.overdue

    @property
    def due_first(self) -> bool:
        """Whether the one that is due first stands first, which is the one that came first; otherwise the newest."""
        return self.wanted.view is View.WAITING

    @property
    def protected(self) -> bool:
        """Whether the protected ones are asked for, which stand in no other view."""
        return self.wanted.view is View.PROTECTED

    @property
    def mine(self) -> bool:
        """Whether those are asked for that the person has in hand now."""
        return self.wanted.view is View.MINE

    @property
    def filtered(self) -> bool:
        """Whether some deliveries of the view may be left out."""
        return Wanted(view=self.wanted.view, overdue=self.wanted.overdue) != self.wanted

    def holds(self, delivery: Delivery) -> bool:
        """Tell whether a received delivery is among those that are asked for."""
        wanted = self.wanted
        return (
            (delivery.protected and delivery.read_by(self.person) if self.protected else not delivery.protected)
            and (not self.waiting or delivery.waits)
            and (not wanted.overdue or self.overdue(delivery))
            and (not self.mine or (delivery.open and delivery.handler == self.person))
            and wanted.state in {None, delivery.state}
            and (wanted.assignment is None or wanted.assignment in delivery.assignments)
            and wanted.origin in {None, delivery.origin}
            and wanted.next_step in {None, delivery.next_step}
            and (wanted.handler is None or delivery.handler == self.handler)
        )

    @property
    def handler(self) -> str | None:
        """Whose deliveries the filter on handlers lets through."""
        return self.person if self.wanted.handler is Handling.ME else None

    def overdue(self, delivery: Delivery) -> bool:
        """Tell whether a family should have been called, and nobody has."""
        return delivery.waits and (delivery.received_at or delivery.queued_at) < self.passed

    def mark(self, recipient: str) -> str:
        """Give what tells this selection's cursors from those of every other recipient, view, filter and person."""
        wanted = self.wanted
        filters = [wanted.state, wanted.assignment, wanted.origin, wanted.next_step, wanted.handler, wanted.overdue]
        whose = self.person if self.mine or self.protected or wanted.handler else None
        return sha256(canonical_json([recipient, wanted.view, *filters, whose])).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many families wait for a first call, how many of those nobody has read yet, and how many are overdue.

    Each at most `COUNTED`; where more wait than that, `new` is what is unread of the latest that came.
    """

    new: int
    waiting: int
    overdue: int

    @classmethod
    def of(cls, waiting: Iterable[Delivery], selection: Selection) -> Self:
        """Count all that wait, the latest first."""
        rows = list(waiting)
        latest = rows[:COUNTED]
        return cls(
            new=sum(one.state is DeliveryState.DELIVERED for one in latest),
            waiting=len(latest),
            overdue=min(COUNTED, sum(map(selection.overdue, rows))),
        )
