"""End unused access: who has not come for 90 days loses it by itself, and is told 14 days before (domain 3.2).

The only local administrator is never ended: nobody would be left to invite. It is counted, so that SKR asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import LastAdministratorError, MemberNotFoundError, NotConfirmedError
from familjehem.domain.outbox import AccessOccasion, AccessTask
from familjehem.domain.recipient import Recipient
from familjehem.domain.roster import Roster, RosterKind
from familjehem.ports import AccessGauge, Clock, Directory
from familjehem.usecases.keep_roster import Farewell, Registrar


@dataclass(slots=True)
class AccessReport:
    """What one round did: recipient and person of each warning, end, and end that was withheld; `failed` recipients."""

    warned: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    ended: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    withheld: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    failed: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True, kw_only=True)
class EndUnusedAccess:
    """Warns and ends, once a day. Safe to repeat: who was warned is not warned again, who is gone is gone."""

    directory: Directory
    registrar: Registrar
    farewell: Farewell
    gauge: AccessGauge
    clock: Clock

    def __call__(self) -> AccessReport:
        """Do one round over every recipient; one that fails does not keep the others."""
        day, report = swedish_date(self.clock.now()), AccessReport()
        for recipient in self.directory.all():
            try:
                self._look(recipient, day, report)
            except NotConfirmedError:
                report.failed.append(recipient.id)
        self.gauge.access(len(report.warned), len(report.ended), len(report.withheld), len(report.failed))
        return report

    def _look(self, recipient: Recipient, day: date, report: AccessReport) -> None:
        staff = self.registrar.staff
        roster = staff.roster(recipient.id)
        if not roster.members:
            return
        seen = staff.last_seen(recipient.id)
        for person in _longest_away(roster, seen):
            member, seen_on, place = roster.members[person], seen.get(person), (recipient.id, person)
            if member.to_end(seen_on, day):
                self._end(recipient, person, report)
            elif member.to_warn(seen_on, day):
                if roster.leads_alone(person):
                    # Nothing will end, so nothing is threatened with.
                    report.withheld.append(place)
                    continue
                self._warn(recipient, person, day, report)

    def _warn(self, recipient: Recipient, person: str, day: date, report: AccessReport) -> None:
        try:
            self.registrar.change(
                recipient.id,
                recipient.name,
                RosterKind.WARNED,
                person,
                lambda roster: roster.warned(person, day),
                by=None,
                told=AccessTask(recipient.id, person, AccessOccasion.UNUSED),
            )
        except MemberNotFoundError:
            return
        report.warned.append((recipient.id, person))

    def _end(self, recipient: Recipient, person: str, report: AccessReport) -> None:
        def ended(roster: Roster) -> Roster:
            # She may have come while the others were looked at.
            if not roster.member(person).to_end(
                self.registrar.staff.last_seen(recipient.id).get(person), swedish_date(self.clock.now())
            ):
                return roster
            return roster.removed(person)

        try:
            after = self.registrar.change(recipient.id, recipient.name, RosterKind.ENDED, person, ended, by=None)
        except LastAdministratorError:
            report.withheld.append((recipient.id, person))
            return
        except MemberNotFoundError:
            return
        if person not in after.members:
            report.ended.append((recipient.id, person))
            self.farewell(person)


def _longest_away(roster: Roster, seen: Mapping[str, date]) -> Sequence[str]:
    """Give the people, those first whose access ends first: of the last two administrators the later one stays."""
    return sorted(roster.members, key=lambda person: (roster.members[person].ends_on(seen.get(person)), person))
