"""When a letter's time is over: what a recipient's rule says of each letter, day by day (domain 3.4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from familjehem.domain.calendar import swedish_date
from familjehem.domain.delivery import WARNED_BEFORE, Delivery, DeliveryState
from familjehem.domain.retention import Retention


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """All that is read of a letter to judge whether it goes: states and times, and nothing of anybody.

    `supplements` were accepted, `received_supplements` have come; `told` is whether its recipient had the notice of it.
    """

    recipient: str
    number: str
    state: DeliveryState
    received_at: datetime | None
    settled_at: datetime | None = None
    withdrawn_at: datetime | None = None
    held: bool = False
    warned_on: date | None = None
    supplements: int = 0
    received_supplements: int = 0
    told: bool = False

    @classmethod
    def of(cls, delivery: Delivery) -> "Clock":
        """Give the clock of a delivery."""
        return cls(
            recipient=delivery.recipient,
            number=delivery.number,
            state=delivery.state,
            received_at=delivery.received_at,
            settled_at=delivery.settled_at,
            withdrawn_at=delivery.withdrawn_at,
            held=delivery.held,
            warned_on=delivery.warned_on,
            supplements=delivery.supplements,
            received_supplements=len(delivery.received_supplements),
        )


class Fate(StrEnum):
    """What a rule says of a letter today."""

    STAYS = "stays"
    IS_WARNED_OF = "isWarnedOf"
    GOES = "goes"


def ends_on(clock: Clock, retention: Retention) -> date | None:
    """Give the Swedish date on which a letter's time is over, None for one that no rule may touch.

    That is one that is exempt, erased already, or not all of it delivered: nothing that waits is ever purged.
    """
    if clock.received_at is None or clock.held or clock.state is DeliveryState.ERASED:
        return None
    if clock.supplements != clock.received_supplements:
        return None
    ends = _months_after(swedish_date(clock.received_at), retention.longest_months)
    over = [at for at in (clock.settled_at, clock.withdrawn_at) if at is not None]
    if over:
        ends = min(ends, swedish_date(max(over)) + timedelta(days=retention.after_closing_days))
    return ends


def fate(clock: Clock, retention: Retention, today: date) -> Fate:
    """Judge a letter: it goes when its time is over and its recipient was told a fortnight ago, and never before."""
    ends = ends_on(clock, retention)
    if ends is None or today < ends - WARNED_BEFORE:
        return Fate.STAYS
    if clock.warned_on is None or clock.warned_on < ends - WARNED_BEFORE:
        # Somebody has lengthened the time since: what was told then holds no longer.
        return Fate.IS_WARNED_OF
    return Fate.GOES if today >= max(ends, clock.warned_on + WARNED_BEFORE) else Fate.STAYS


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))
