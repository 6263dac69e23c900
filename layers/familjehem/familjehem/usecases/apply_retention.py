"""Apply each recipient's rule: tell it a fortnight before, and decide what goes (domain 3.4)."""

from dataclasses import dataclass
from datetime import datetime

from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.expiry import Fate, fate
from familjehem.domain.recipient import Recipient
from familjehem.ports import Clock, Directory, Disposals, RetentionGauge


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What a day's rules came to: letters warned of, letters that are to go, recipients of which it is not known."""

    warned: int
    decided: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRetention:
    """Warns of and decides what a recipient's rule says; what is decided is destroyed within minutes, by `EraseLetter`.

    A letter goes only when its recipient was told of it a fortnight before; one that is exempt stays, and what is not
    all delivered is never touched. One recipient that fails does not keep the others. Safe to repeat.
    """

    directory: Directory
    disposals: Disposals
    gauge: RetentionGauge
    clock: Clock

    def __call__(self) -> RetentionReport:
        """Do one day's work."""
        now = self.clock.now()
        warned = decided = failed = 0
        for recipient in self.directory.all():
            try:
                told, went = self._apply(recipient, now)
            except NotConfirmedError:
                failed += 1
                continue
            warned, decided = warned + told, decided + went
        self.gauge.retention(warned, decided, failed)
        return RetentionReport(warned, decided, failed)

    def _apply(self, recipient: Recipient, now: datetime) -> tuple[int, int]:
        today = swedish_date(now)
        judged = [(one, fate(one, recipient.retention, today)) for one in self.disposals.clocks(recipient.id)]
        warned = sorted(one.number for one, of_it in judged if of_it is Fate.IS_WARNED_OF)
        if warned:
            self.disposals.warn(recipient.id, warned, today, now)
        going = [one for one, of_it in judged if of_it is Fate.GOES]
        return len(warned), sum(self.disposals.decide(one, now) for one in going)
