"""Examine recipients: find each day how every one of them fares, in counts and days (domain 4.3)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from familjehem.domain.calendar import swedish_date
from familjehem.domain.delivery import DeliveryState
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.health import Vitals
from familjehem.domain.returned_mail import KEPT, ReturnedMail, Returns
from familjehem.ports import Clock, Directory, Disposals, MailReturns, Staff, VitalsBook


@dataclass(frozen=True, slots=True)
class ExaminationReport:
    """How many recipients were examined, and how many could not be: those keep what was found of them before."""

    examined: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineRecipients:
    """Notes of every recipient when somebody was last there, what lies unopened, what mail came back.

    Safe to repeat: what is found later stands in place of what was found before. It knows no person and no letter
    when it is done, and it notes none.
    """

    directory: Directory
    staff: Staff
    disposals: Disposals
    returns: MailReturns
    book: VitalsBook
    clock: Clock

    def __call__(self) -> ExaminationReport:
        """Examine all; one that fails does not keep the others. `NotConfirmedError` where no return can be read."""
        now = self.clock.now()
        today, came_back = swedish_date(now), defaultdict[str, list[ReturnedMail]](list)
        for mail in self.returns.all():
            came_back[mail.recipient].append(mail)
        examined = failed = 0
        for recipient in self.directory.all():
            try:
                returned = Returns.of(came_back[recipient.id], now - KEPT)
                self.book.note(recipient.id, self._vitals(recipient.id, returned), today)
                examined += 1
            except NotConfirmedError:
                failed += 1
        return ExaminationReport(examined, failed)

    def _vitals(self, recipient: str, returned: Returns) -> Vitals:
        roster = self.staff.roster(recipient)
        seen = self.staff.last_seen(recipient)
        invited = tuple(swedish_date(member.invited_at) for member in roster.members.values())
        return Vitals(
            bounces=returned.bounces,
            complaints=returned.complaints,
            suppressed=returned.suppressed,
            # Where nobody ever came, the time runs from the day on which somebody could have.
            last_sign_in=max(seen.values(), default=_first(invited)),
            readers=len(roster.members),
            oldest_unopened=self._oldest_unopened(recipient),
            # Whoever invited them knew who they were: the first quarter runs from there.
            access_confirmed_on=self.book.confirmed_on(recipient) or _first(invited),
        )

    def _oldest_unopened(self, recipient: str) -> date | None:
        return _first(
            swedish_date(one.received_at)
            for one in self.disposals.clocks(recipient)
            if one.state is DeliveryState.DELIVERED and one.received_at is not None
        )


def _first(days: Iterable[date]) -> date | None:
    return min(days, default=None)
