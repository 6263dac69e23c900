"""Announce reports: tell every recipient that its report is there, from the first working day of a month on."""

from dataclasses import dataclass
from datetime import timedelta

from familjehem.domain.calendar import swedish_date, working_day
from familjehem.domain.outbox import ReportTask
from familjehem.domain.report_file import place
from familjehem.ports import Announcements, Clock, Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceReports:
    """Puts a mail into the outbox for each recipient whose report stands whole.

    On the first of January nobody reads mail: reports are made then, and told of on the first working day. At least
    once: a crash between the outbox and the mark tells again.
    """

    shelf: Shelf
    announcements: Announcements
    clock: Clock

    def __call__(self, month: str, recipients: frozenset[str]) -> int:
        """Tell those of `recipients` that were not told of this month; give how many. `NotConfirmedError`."""
        now = self.clock.now()
        today = swedish_date(now)
        if not any(working_day(today - timedelta(days)) for days in range(today.day)):
            return 0
        told = frozenset(self.shelf.names(f"told/{month}/"))
        fresh = 0
        for one in sorted(recipients):
            mark = f"told/{month}/{one}"
            # The PDF is put last: where it stands, all do.
            if mark in told or not self.shelf.names(place(one, month, "pdf")):
                continue
            self.announcements.announce(ReportTask(one, month), now)
            self.shelf.put(mark, b"")
            fresh += 1
        return fresh
