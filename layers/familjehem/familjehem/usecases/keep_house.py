"""Keep house: find what is stuck in the outbox, wake its workers again, and tell the alarms (promise 5)."""

from dataclasses import dataclass
from datetime import timedelta

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import ErasureTask
from familjehem.ports import Clock, Gauge, Outbox
from familjehem.usecases.erase_letter import EraseLetter

REQUEUE_AFTER = timedelta(minutes=2)
STUCK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class HouseReport:
    """What one round found: rows that wait, were touched, could not be touched, are stuck (over 15 minutes old).

    `erased` letters were destroyed by it: their rows are the only ones that are not another's work.
    """

    waiting: int
    touched: int
    failed: int
    stuck: int
    erased: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHouse:
    """Wakes the workers of old outbox rows and publishes the stuck metric.

    A row is touched again at growing distances (2, 4, 8, … minutes of age, at most hourly), so that a
    worker that cannot succeed is not called every minute for days. What waits for a worker is never purged here; what
    was decided to be erased waits for this round alone. Safe to repeat.
    """

    outbox: Outbox
    erase: EraseLetter
    gauge: Gauge
    clock: Clock

    def __call__(self) -> HouseReport:
        """Do one round."""
        now = self.clock.now()
        rows = [(row, now - row.queued_at) for row in self.outbox.waiting()]
        stuck = sum(age >= STUCK_AFTER for _, age in rows)
        # The figures come first: an alarm must not depend on whether the repair works.
        self.gauge.outbox(len(rows), stuck, max((age.total_seconds() for _, age in rows), default=0.0))
        touched = failed = erased = 0
        for row, age in rows:
            if isinstance(row.task, ErasureTask) or age >= due_age(row.touches):
                try:
                    if isinstance(row.task, ErasureTask):
                        self.erase(row.task)
                        erased += 1
                        continue
                    self.outbox.touch(row.task, now)
                    touched += 1
                except NotConfirmedError:
                    # One row that cannot be touched must not keep the others asleep.
                    failed += 1
        return HouseReport(len(rows), touched, failed, stuck, erased)


def due_age(touches: int) -> timedelta:
    """Give the age at which a row that was touched so often is touched again: doubling, then hourly."""
    doubling = 5  # 2, 4, 8, 16, 32 minutes; 64 is the hour's turn
    return REQUEUE_AFTER * 2 ** min(touches, doubling) + timedelta(hours=1) * max(touches - doubling, 0)
