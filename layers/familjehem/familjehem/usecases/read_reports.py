"""Read reports: which months there are of, and one of them as a file; in the tenant session, as everything else is."""

from dataclasses import dataclass

from familjehem.domain.errors import FieldError, ReportNotFoundError
from familjehem.domain.membership import AccessKind, Caller
from familjehem.domain.report_file import is_over, read_name
from familjehem.ports import Clock
from familjehem.usecases.read_mailbox import Reception


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReports:
    """Tells of which months there are reports. They tell of no family, so to list them is no line of the log."""

    reception: Reception

    def __call__(self, caller: Caller, recipient: str | None) -> tuple[str, ...]:
        """Give the months whose reports stand whole, the newest first. Raises as `Reception.admit`."""
        return self.reception.admit(caller, recipient).room.reports()


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file of a report, and what it is called."""

    name: str
    form: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """Gives a file of a month's report. One line of the access log, written before the answer."""

    reception: Reception
    clock: Clock

    def __call__(self, caller: Caller, recipient: str | None, name: str) -> ReportFile:
        """Give a file such as `2026-11.pdf`.

        Raises as `Reception.admit`, and `ReportNotFoundError`: with `invalid` for a name that is none, `monthNotOver`
        for a month that is to come or runs, without a code where there is no report of it.
        """
        admitted, now = self.reception.admit(caller, recipient), self.clock.now()
        wanted = read_name(name)
        if wanted is None:
            raise ReportNotFoundError(FieldError("/month", "invalid"))
        if not is_over(wanted[0], now):
            raise ReportNotFoundError(FieldError("/month", "monthNotOver"))
        content = admitted.room.report(*wanted)
        if content is None:
            raise ReportNotFoundError
        admitted.room.log(admitted.entry(now, AccessKind.REPORT, ()))
        return ReportFile(name, wanted[1], content)
