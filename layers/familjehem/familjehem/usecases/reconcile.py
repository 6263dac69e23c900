"""Reconcile: what lies in mailboxes, what waits, and whether every recipient was told of every letter (promise 5)."""

from dataclasses import dataclass
from datetime import timedelta

from familjehem.domain.delivery import DeliveryState
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import LetterTask, NoticeTask, Occasion, SupplementTask
from familjehem.ports import Clock, Directory, Disposals, Outbox, ReconciliationGauge

SETTLED_AFTER = timedelta(hours=1)
"""A letter that came later may be told of at this very moment."""


@dataclass(frozen=True, slots=True)
class ReconciliationReport:
    """What was counted: letters in mailboxes, letters and supplements that wait, letters that nobody was told of.

    `untold` name recipient and number; of each the recipient is told now. `failed` recipients could not be looked at.
    """

    delivered: int
    waiting: int
    untold: tuple[tuple[str, str], ...]
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """Looks for letters that came and of which no notice was sent and none waits, and has their recipients told.

    That an accepted letter waits or has come is what its one transaction promises, and what waits too long is found
    each minute by `KeepHouse`. Safe to repeat: of what waits nobody is told twice.
    """

    directory: Directory
    disposals: Disposals
    outbox: Outbox
    gauge: ReconciliationGauge
    clock: Clock

    def __call__(self) -> ReconciliationReport:
        """Do one day's work."""
        now = self.clock.now()
        tasks = {row.task for row in self.outbox.waiting()}
        waiting = sum(isinstance(task, LetterTask | SupplementTask) for task in tasks)
        untold: list[tuple[str, str]] = []
        delivered = failed = 0
        for recipient in self.directory.all():
            try:
                for one in self.disposals.clocks(recipient.id):
                    delivered += 1
                    notice = NoticeTask(one.recipient, one.number, Occasion.NEW)
                    if one.told or one.state is DeliveryState.WITHDRAWN or notice in tasks:
                        continue
                    if one.received_at is not None and one.received_at <= now - SETTLED_AFTER:
                        untold.append((one.recipient, one.number))
                        self.outbox.tell_again(notice, now)
            except NotConfirmedError:
                failed += 1
        self.gauge.reconciled(delivered, waiting, len(untold))
        return ReconciliationReport(delivered, waiting, tuple(untold), failed)
