"""Keep a recipient's roster: who has access, as its local administrators invite, change and remove (domain 4.2, 4.7).

A change and its line of the roster's history are one commit, made of the roster as it was read: of two at the same
instant one is judged anew, so that no order of them leaves a recipient without a local administrator.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from familjehem.domain.errors import (
    AdministratorsOnlyError,
    AlreadyMemberError,
    ConfirmationNeededError,
    MemberNotFoundError,
    NotConfirmedError,
)
from familjehem.domain.membership import Caller, Role
from familjehem.domain.outbox import AccessOccasion, AccessTask
from familjehem.domain.recipient import Recipient
from familjehem.domain.roster import Member, Roster, RosterChange, RosterKind
from familjehem.domain.staff_address import staff_address
from familjehem.ports import Accounts, Clock, Directory, Members, RosterChangedError, Staff
from familjehem.usecases.admit_person import Admitted, Doorkeeper

_ROUNDS = 8

type Judge = Callable[[Roster], Roster]
"""What a roster becomes, or the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrar:
    """Where rosters are changed, whoever it is that changes them."""

    staff: Staff
    clock: Clock

    def change(  # noqa: PLR0913 who, what and why all belong to the line
        self,
        recipient: str,
        recipient_name: str,
        kind: RosterKind,
        person: str,
        judge: Judge,
        *,
        by: str | None,
        sure: bool = True,
        told: AccessTask | None = None,
    ) -> Roster:
        """Change one person's access, and give the roster as it is then; what changes nothing leaves no line.

        Raises what `judge` raises, `ConfirmationNeededError` where it leaves fewer people than is good and nobody is
        `sure`, and `NotConfirmedError` where others were always faster.
        """
        for _ in range(_ROUNDS):
            before = self.staff.roster(recipient)
            after = judge(before)
            if after.members == before.members:
                return before
            short = after.shortages - before.shortages
            if short and not sure:
                raise ConfirmationNeededError(*sorted(short))
            change = RosterChange(
                kind=kind,
                before=before,
                after=after,
                person=person,
                recipient_name=recipient_name,
                by=by,
                at=self.clock.now(),
                told=told,
            )
            try:
                self.staff.commit(change)
            except RosterChangedError:
                continue
            return after
        raise NotConfirmedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Where local administrators work: for the recipient that they belong to, and no other."""

    doorkeeper: Doorkeeper
    registrar: Registrar

    def admit(self, caller: Caller, recipient: str | None) -> Admitted:
        """Let in a local administrator. Raises as `Doorkeeper.admit`, and `AdministratorsOnlyError`."""
        admitted = self.doorkeeper.admit(caller, recipient)
        if not admitted.who.role.leads:
            raise AdministratorsOnlyError
        return admitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """Ends the sessions and the account of whoever has no place left anywhere."""

    members: Members
    accounts: Accounts
    clock: Clock

    def __call__(self, person: str) -> bool:
        """Take leave of a person who has no place left; True if so. Safe to repeat. `NotConfirmedError`.

        Whoever is invited anew meanwhile keeps her account: an invitation opens it after its commit, and this looks
        once more after it has closed it.
        """
        known = self.members.person(person)
        if known.memberships or known.name is None:
            return False
        self.members.sign_out(person, self.clock.now())
        self.accounts.close(person)
        if self.members.person(person).memberships:
            self.accounts.reopen(person)
            return False
        return True


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a roster: the access, when the person was last here, and when it ends if she does not come.

    `ends_on` is None for the only local administrator, whose access never ends by itself.
    """

    member: Member
    last_seen_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Colleagues:
    """A roster as its administrator sees it."""

    lines: tuple[Listed, ...]
    shortages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolColleague:
    """Gives a person access to a recipient, and an account where she has none."""

    registrar: Registrar
    accounts: Accounts
    directory: Directory

    def __call__(self, recipient: str, email: str, name: str, role: Role, *, by: str | None) -> Member:
        """Enrol, and give the access. `by` is who does it, None for SKR.

        Whoever has an account gets access with it and is told by a mail of ours; whoever has none is sent a temporary
        password by the sign-in's own mail. Raises `InvalidAnswersError` for an address that is none or not personal,
        `AlreadyMemberError`, `AccountConflictError`, `NotConfirmedError`. After a failure, to do the same is safe.
        """
        owner = self._owner(recipient)
        address = staff_address(email, owner.function_mailbox)
        if self.registrar.staff.roster(recipient).has_address(address):
            raise AlreadyMemberError
        account = self.accounts.open(address)
        at = self.registrar.clock.now()
        member = Member(id=account.person, email=address, name=name, role=role, invited_at=at)
        told = None if account.mailed else AccessTask(recipient, account.person, AccessOccasion.INVITED)
        self.registrar.change(
            recipient,
            owner.name,
            RosterKind.INVITED,
            account.person,
            lambda roster: roster.invited(member),
            by=by,
            told=told,
        )
        if not account.fresh:
            # Somebody may have taken leave of her between the two.
            self.accounts.reopen(account.person)
        return member

    def _owner(self, recipient: str) -> Recipient:
        owner = self.directory.get(recipient)
        if owner is None:
            raise NotConfirmedError
        return owner


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColleagues:
    """Shows a recipient's roster to its local administrators."""

    office: Office

    def __call__(self, caller: Caller, recipient: str | None) -> Colleagues:
        """Give everybody who has access, in order of name. Raises as `Office.admit`."""
        staff = self.office.registrar.staff
        owner = self.office.admit(caller, recipient).membership.recipient
        roster, seen = staff.roster(owner), staff.last_seen(owner)
        ordered = sorted(roster.members.values(), key=lambda one: (one.name.casefold(), one.id))
        lines = (listed(roster, one, seen.get(one.id)) for one in ordered)
        return Colleagues(tuple(lines), tuple(sorted(roster.shortages)))


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteColleague:
    """Invites a colleague."""

    office: Office
    enrol: EnrolColleague

    def __call__(self, caller: Caller, recipient: str | None, email: str, name: str, role: Role) -> Listed:
        """Invite. Raises as `Office.admit` and as `EnrolColleague`."""
        admitted = self.office.admit(caller, recipient)
        member = self.enrol(admitted.membership.recipient, email, name, role, by=admitted.who.id)
        return Listed(member, None, member.ends_on(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeColleague:
    """Gives a colleague another role or name; oneself too."""

    office: Office

    def __call__(
        self, caller: Caller, recipient: str | None, person: str, role: Role, name: str, *, sure: bool = False
    ) -> Listed:
        """Change.

        Raises as `Office.admit`, `MemberNotFoundError`, `LastAdministratorError`, `ConfirmationNeededError`.
        """
        admitted = self.office.admit(caller, recipient)
        place = admitted.membership
        roster = self.office.registrar.change(
            place.recipient,
            place.recipient_name,
            RosterKind.CHANGED,
            person,
            lambda roster: roster.changed(person, role, name),
            by=admitted.who.id,
            sure=sure,
        )
        seen = self.office.registrar.staff.last_seen(place.recipient)
        return listed(roster, roster.member(person), seen.get(person))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveColleague:
    """Takes a colleague's access; oneself's too. What she handled is nobody's from then on."""

    office: Office
    farewell: Farewell

    def __call__(self, caller: Caller, recipient: str | None, person: str, *, sure: bool = False) -> None:
        """Remove. Raises as `ChangeColleague`.

        A repeat after a lost answer raises `MemberNotFoundError`, and ends what the first left undone of the account.
        """
        admitted = self.office.admit(caller, recipient)
        place = admitted.membership
        try:
            self.office.registrar.change(
                place.recipient,
                place.recipient_name,
                RosterKind.REMOVED,
                person,
                lambda roster: roster.removed(person),
                by=admitted.who.id,
                sure=sure,
            )
        except MemberNotFoundError:
            self.farewell(person)
            raise
        self.farewell(person)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut:
    """Ends every session of a person at once, wherever it began; she may sign in again."""

    office: Office
    members: Members
    accounts: Accounts
    clock: Clock

    def myself(self, caller: Caller) -> None:
        """End the caller's own sessions, this one too; `SignInRequiredError`, `NotConfirmedError`."""
        self._everywhere(self.office.doorkeeper.recognise(caller).id)

    def colleague(self, caller: Caller, recipient: str | None, person: str) -> None:
        """End a colleague's sessions. Raises as `Office.admit`, `MemberNotFoundError`, `NotConfirmedError`."""
        owner = self.office.admit(caller, recipient).membership.recipient
        self._everywhere(self.office.registrar.staff.roster(owner).member(person).id)

    def _everywhere(self, person: str) -> None:
        # Our own row first: it is what every call reads, and it refuses the tokens that are out already.
        self.members.sign_out(person, self.clock.now())
        self.accounts.sign_out(person)


def listed(roster: Roster, member: Member, seen_on: date | None) -> Listed:
    """Give the line of one member."""
    ends_on = None if roster.leads_alone(member.id) else member.ends_on(seen_on)
    return Listed(member, seen_on, ends_on)
