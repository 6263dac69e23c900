"""Keep house: find what is stuck in the outbox, wake its workers again, and tell the alarms (promise 5)."""

from dataclasses import dataclass
from datetime import timedelta

from familjehem.domain.errors import NotConfirmedError
from familjehem.ports import Clock, Gauge, Outbox

REQUEUE_AFTER = timedelta(minutes=2)
STUCK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class HouseReport:
    """What one round found: rows that wait, were touched, could not be touched, are stuck (over 15 minutes old)."""

    waiting: int
    touched: int
    failed: int
    stuck: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHouse:
    """Wakes the workers of old outbox rows and publishes the stuck metric.

    A row is touched again at growing distances (2, 4, 8, … minutes of age, at most hourly), so that a
    worker that cannot succeed is not called every minute for days. Nothing is ever purged here. Safe to repeat.
    """

    outbox: Outbox
    gauge: Gauge
    clock: Clock

    def __call__(self) -> HouseReport:
        """Do one round."""
        now = self.clock.now()
        rows = [(row, now - row.queued_at) for row in self.outbox.waiting()]
        stuck = sum(age >= STUCK_AFTER for _, age in rows)
        # The figures come first: an alarm must not depend on whether the repair works.
        self.gauge.outbox(len(rows), stuck, max((age.total_seconds() for _, age in rows), default=0.0))
        touched = failed = 0
        for row, age in rows:
            if age >= due_age(row.touches):
                try:
                    self.outbox.touch(row.task, now)
                    touched += 1
                except NotConfirmedError:
                    # One row that cannot be touched must not keep the others asleep.
                    failed += 1
        return HouseReport(len(rows), touched, failed, stuck)


def due_age(touches: int) -> timedelta:
    """Give the age at which a row that was touched so often is touched again: doubling, then hourly."""
    doubling = 5  # 2, 4, 8, 16, 32 minutes; 64 is the hour's turn
    return REQUEUE_AFTER * 2 ** min(touches, doubling) + timedelta(hours=1) * max(touches - doubling, 0)
