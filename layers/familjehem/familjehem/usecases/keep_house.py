"""Keep house: find what is stuck in the outbox, wake its workers again, and tell the alarms (promise 5)."""

from dataclasses import dataclass
from datetime import timedelta

from familjehem.ports import Clock, Gauge, Outbox

REQUEUE_AFTER = timedelta(minutes=2)
STUCK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class HouseReport:
    """What one round found: rows that wait, that were touched, that are stuck (older than 15 minutes)."""

    waiting: int
    touched: int
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
        waiting = touched = stuck = 0
        oldest = 0.0
        for row in self.outbox.waiting():
            age = now - row.queued_at
            waiting += 1
            oldest = max(oldest, age.total_seconds())
            stuck += age >= STUCK_AFTER
            if age >= due_age(row.touches):
                self.outbox.touch(row.task, now)
                touched += 1
        self.gauge.outbox(waiting, stuck, oldest)
        return HouseReport(waiting, touched, stuck)


def due_age(touches: int) -> timedelta:
    """Give the age at which a row that was touched so often is touched again: doubling, then hourly."""
    doubling = 5  # 2, 4, 8, 16, 32 minutes; 64 is the hour's turn
    if touches < doubling:
        return REQUEUE_AFTER * 2**touches
    return REQUEUE_AFTER * 2**doubling + timedelta(hours=1) * (touches - doubling)
