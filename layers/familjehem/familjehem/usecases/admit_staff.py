"""Admit staff: SKR lets in whom the municipality has named on its own page, and takes access by a person's id.

SKR says a request's id, or a person's; names and addresses pass from the municipality's page into its roster, and stand
in no command and in no report.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from familjehem.domain.activation import Colleague
from familjehem.domain.administration import CommandReport, Finding, Verdict, changed, refused, told, unchanged
from familjehem.domain.errors import (
    AccountConflictError,
    AlreadyMemberError,
    InvalidAnswersError,
    LastAdministratorError,
    MemberNotFoundError,
    NotConfirmedError,
    OnboardingStepError,
)
from familjehem.domain.membership import Role
from familjehem.domain.onboarding import Missing, Onboarding
from familjehem.domain.roster import Roster, RosterKind
from familjehem.ports import Accounts, Members, NamedPeople
from familjehem.usecases.keep_roster import EnrolColleague, Registrar
from familjehem.usecases.take_step import TakeStep


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStaff:
    """Lets in all whom the municipality has named and who have no access yet.

    The first of all becomes local administrator. Afterwards the onboarding knows how many have access. Safe to repeat:
    who has access stays as she is; who could not be let in is told by her place on the page.
    """

    take: TakeStep
    named: NamedPeople
    enrol: EnrolColleague

    def __call__(self, request: str, *, dry_run: bool) -> CommandReport:
        """Let them in; a dry run tells how many it would be."""
        way = self.take.register.request(request)
        if way is None:
            return CommandReport((refused(request, "unknownRequest"),))
        try:
            _demand_open(way)
        except OnboardingStepError as error:
            return CommandReport((told(way.recipient, error),))
        people = self.named.people(request)
        if not people:
            return CommandReport((refused(way.recipient, "nobodyNamed"),))
        roster = self.enrol.registrar.staff.roster(way.recipient)
        wanted = {place: one for place, one in enumerate(people, 1) if not roster.has_address(one.email)}
        facts = {"named": len(people), "added": len(wanted)}
        if dry_run:
            found = changed(way.recipient, **facts) if wanted else unchanged(way.recipient, **facts)
            return CommandReport((found,))
        try:
            refused_at = self._let_in(way.recipient, wanted, leads=roster.administrators > 0)
            counted = self._counted(way.recipient)
        except NotConfirmedError as error:
            return CommandReport((told(way.recipient, error),))
        findings = [refused(f"{way.recipient} person {place}", code) for place, code in refused_at.items()]
        if counted.verdict in {Verdict.REFUSED, Verdict.FAILED}:
            findings.append(counted)
        elif len(wanted) > len(refused_at) or counted.verdict is Verdict.CHANGED:
            facts["added"] -= len(refused_at)
            findings.append(changed(way.recipient, **{**counted.facts, **facts}))
        else:
            findings.append(unchanged(way.recipient, **{**counted.facts, **facts}))
        return CommandReport(tuple(findings))

    def _let_in(self, recipient: str, wanted: Mapping[int, Colleague], *, leads: bool) -> dict[int, str]:
        found: dict[int, str] = {}
        for place, one in wanted.items():
            role = Role.CASE_WORKER if leads else Role.LOCAL_ADMINISTRATOR
            try:
                self.enrol(recipient, one.email, one.name, role, by=None)
            except AlreadyMemberError:
                continue
            except AccountConflictError:
                found[place] = "accountConflict"
                continue
            except InvalidAnswersError:
                found[place] = "notAccepted"
                continue
            leads = True
        return found

    def _counted(self, recipient: str) -> Finding:
        return counted(self.take, self.enrol.registrar, recipient)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveStaff:
    """Takes a person's access to a recipient, by her id; her sessions end, and what she handled is nobody's.

    Without a person it tells who has access, by id, role and date alone. The local administrators do this themselves;
    SKR does it where none of them can.
    """

    take: TakeStep
    registrar: Registrar
    members: Members
    accounts: Accounts

    def __call__(self, recipient: str, person: str | None, *, dry_run: bool) -> CommandReport:
        """Remove; a repeat finds nobody to remove."""
        known = self.take.register.find(recipient)
        if known is None or known.recipient is None:
            return CommandReport((refused(recipient, "unknownRecipient"),))
        roster = self.registrar.staff.roster(recipient)
        facts = {"people": _people(roster)}
        if person is None:
            return CommandReport((unchanged(recipient),), facts)
        try:
            roster.removed(person)
        except MemberNotFoundError:
            return CommandReport((refused(recipient, "unknownPerson"),), facts)
        except LastAdministratorError:
            return CommandReport((refused(recipient, "lastAdministrator"),), facts)
        if dry_run:
            return CommandReport((changed(recipient),), facts)
        try:
            after = self._remove(recipient, known.recipient.name, person)
            found = counted(self.take, self.registrar, recipient)
        except MemberNotFoundError:
            return CommandReport((refused(recipient, "unknownPerson"),), facts)
        except LastAdministratorError:
            return CommandReport((refused(recipient, "lastAdministrator"),), facts)
        except NotConfirmedError as error:
            return CommandReport((told(recipient, error),))
        kept = found if found.verdict in {Verdict.REFUSED, Verdict.FAILED} else changed(recipient, **found.facts)
        return CommandReport((kept,), {"people": _people(after)})

    def _remove(self, recipient: str, name: str, person: str) -> Roster:
        after = self.registrar.change(
            recipient, name, RosterKind.REMOVED, person, lambda roster: roster.removed(person), by=None
        )
        # Whether she has a place elsewhere is not SKR's to know: her account stays, and opens nothing here any more.
        self.members.sign_out(person, self.registrar.clock.now())
        self.accounts.sign_out(person)
        return after


def counted(take: TakeStep, registrar: Registrar, recipient: str) -> Finding:
    """Note at the onboarding how many have access now; one that came without an onboarding has none to note it at."""
    readers = len(registrar.staff.roster(recipient).members)
    found = take.register.find(recipient)
    if found is not None and found.onboarding is None:
        return unchanged(recipient)
    return take(recipient, lambda way: way.count_readers(readers), dry_run=False)


def _demand_open(way: Onboarding) -> None:
    if way.approved_at is None:
        raise OnboardingStepError(Missing.APPROVAL)
    if way.leaving_at is not None:
        raise OnboardingStepError(Missing.LEAVING)


def _people(roster: Roster) -> list[dict[str, Any]]:
    ordered = sorted(roster.members.values(), key=lambda one: (one.invited_at, one.id))
    return [
        {"person": one.id, "role": one.role.value, "invitedOn": one.invited_at.date().isoformat()} for one in ordered
    ]
