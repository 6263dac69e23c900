"""Admit a person: whose session it is, whether it still counts, for which recipient she acts; anew at every call."""

from dataclasses import dataclass

from familjehem.domain.errors import NotAMemberError, RecipientNotChosenError, SignInRequiredError
from familjehem.domain.handling import Colleague
from familjehem.domain.membership import Caller, Membership, Person
from familjehem.ports import Members


@dataclass(frozen=True, slots=True)
class Admitted:
    """A person who was let in: who she is to the recipient, and her place there."""

    who: Colleague
    membership: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorkeeper:
    """Knows the people; gives nobody a room. Whoever needs a recipient's letters goes to the `Reception`."""

    members: Members

    def recognise(self, caller: Caller) -> Person:
        """Give who calls; `SignInRequiredError` for a session that was ended."""
        person = self.members.person(caller.person)
        if person.signed_out_at is not None and caller.session_began <= person.signed_out_at:
            raise SignInRequiredError
        return person

    def admit(self, caller: Caller, recipient: str | None) -> Admitted:
        """Let a person in.

        Raises `SignInRequiredError` for a session that was ended, `NotAMemberError` for a stranger or
        another's recipient, and `RecipientNotChosenError` where several are possible and none was named.
        """
        person = self.recognise(caller)
        possible = [one for one in person.memberships if recipient in (None, one.recipient)]
        if not possible:
            raise NotAMemberError
        if len(possible) > 1:
            raise RecipientNotChosenError
        return Admitted(called(person, possible[0]), possible[0])

    def colleague(self, person: str, recipient: str) -> Colleague | None:
        """Give somebody who may handle the recipient's deliveries now, or None: unknown, removed, or a reader."""
        found = self.members.person(person)
        place = found.place(recipient)
        return called(found, place) if place and place.role.handles else None


def called(person: Person, place: Membership) -> Colleague:
    """Give a person as her colleagues at one recipient know her."""
    return Colleague(person.id, place.name or person.name, place.role)
