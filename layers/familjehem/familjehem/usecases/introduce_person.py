"""Introduce a person: who she is here, for which recipients she may act, and who her colleagues are."""

from collections.abc import Sequence
from dataclasses import dataclass

from familjehem.domain.errors import NotAMemberError
from familjehem.domain.handling import Colleague
from familjehem.domain.membership import Caller, Person
from familjehem.usecases.admit_person import Doorkeeper


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroducePerson:
    """Tells a signed-in person where she belongs, before she has chosen a recipient."""

    doorkeeper: Doorkeeper

    def __call__(self, caller: Caller) -> Person:
        """Give the person with every place of hers; `SignInRequiredError`, `NotAMemberError` where she has none."""
        person = self.doorkeeper.recognise(caller)
        if not person.memberships:
            raise NotAMemberError
        return person


@dataclass(frozen=True, slots=True, kw_only=True)
class NameColleagues:
    """Names the people of the chosen recipient: to whom one may hand over, who may read what is protected."""

    doorkeeper: Doorkeeper

    def __call__(self, caller: Caller, recipient: str | None) -> Sequence[Colleague]:
        """Give them in order of name, oneself too, without addresses. Raises as `Doorkeeper.admit`."""
        owner = self.doorkeeper.admit(caller, recipient).membership.recipient
        found = self.doorkeeper.members.colleagues(owner)
        return sorted(found, key=lambda one: ((one.name or "").casefold(), one.id))
