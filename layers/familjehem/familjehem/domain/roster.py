"""The people of a recipient: who has access, since when and as what; what must never become of it (domain 4.2, 4.7).

All roles read. A recipient with people keeps a local administrator, so it always has somebody who reads and who can
invite; fewer than two of those who read, or of those who may call a family, is allowed and must be confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import (
    AlreadyMemberError,
    FieldError,
    InvalidAnswersError,
    LastAdministratorError,
    MemberNotFoundError,
)
from familjehem.domain.membership import Role

if TYPE_CHECKING:
    from familjehem.domain.outbox import AccessTask

MOST_MEMBERS = 100
"""More people than any unit has; a stolen sign-in can invite no more than that."""
UNUSED = timedelta(days=90)
NOTICE = timedelta(days=14)
TWO = 2


class Shortage(StrEnum):
    """What is wrong with having so few people."""

    LAST_READER = "lastReader"
    FEWER_THAN_TWO = "fewerThanTwo"


class RosterKind(StrEnum):
    """What was done with somebody's access."""

    INVITED = "invited"
    CHANGED = "changed"
    REMOVED = "removed"
    WARNED = "warned"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person's access to a recipient.

    `id` is the person's; `email` and `name` are as this recipient gave them; `warned_on` is the Swedish date on which
    the person was last told that the access would end, None where that never was needed.
    """

    id: str
    email: str
    name: str
    role: Role
    invited_at: datetime
    warned_on: date | None = None

    def ends_on(self, seen_on: date | None) -> date:
        """Give the date on which the access ends unless the person comes: never before a warning is 14 days old."""
        quiet = self._since(seen_on) + UNUSED
        return max(quiet, self.warned_on + NOTICE) if self._warned_since(seen_on) and self.warned_on else quiet

    def to_warn(self, seen_on: date | None, today: date) -> bool:
        """Tell whether the person is to be told now that the access will end."""
        return not self._warned_since(seen_on) and today >= self._since(seen_on) + UNUSED - NOTICE

    def to_end(self, seen_on: date | None, today: date) -> bool:
        """Tell whether the access ends now: unused for 90 days, and the person was told 14 days ago or more."""
        return self._warned_since(seen_on) and today >= self.ends_on(seen_on)

    def _since(self, seen_on: date | None) -> date:
        invited_on = swedish_date(self.invited_at)
        return max(seen_on or invited_on, invited_on)

    def _warned_since(self, seen_on: date | None) -> bool:
        return self.warned_on is not None and self.warned_on > self._since(seen_on)


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who has access to a recipient, by id; `version` counts the changes, so that none is made unseen."""

    recipient: str
    version: int
    members: Mapping[str, Member]

    @property
    def administrators(self) -> int:
        """How many lead."""
        return sum(one.role.leads for one in self.members.values())

    @property
    def shortages(self) -> frozenset[Shortage]:
        """What is wrong with having so few people: one who reads, fewer than two who may call a family."""
        handling = sum(one.role.handles for one in self.members.values())
        return frozenset(
            shortage
            for shortage, few in (
                (Shortage.LAST_READER, len(self.members) < TWO),
                (Shortage.FEWER_THAN_TWO, handling < TWO),
            )
            if few
        )

    def member(self, person: str) -> Member:
        """Give one person's access; `MemberNotFoundError`."""
        if person not in self.members:
            raise MemberNotFoundError
        return self.members[person]

    def has_address(self, email: str) -> bool:
        """Tell whether somebody with this address has access."""
        return any(one.email.casefold() == email.casefold() for one in self.members.values())

    def leads_alone(self, person: str) -> bool:
        """Tell whether a person is the only local administrator."""
        return self.member(person).role.leads and self.administrators == 1

    def invited(self, member: Member) -> "Roster":
        """Give the roster with one more; `AlreadyMemberError`, `InvalidAnswersError` where there are too many."""
        if member.id in self.members:
            raise AlreadyMemberError
        if len(self.members) >= MOST_MEMBERS:
            raise InvalidAnswersError(FieldError("", "tooMany"))
        return self._with(member)

    def changed(self, person: str, role: Role, name: str) -> "Roster":
        """Give the roster with another role and name of one; `MemberNotFoundError`, `LastAdministratorError`."""
        if self.leads_alone(person) and not role.leads:
            raise LastAdministratorError
        return self._with(replace(self.member(person), role=role, name=name))

    def warned(self, person: str, today: date) -> "Roster":
        """Give the roster where one has been told that the access will end; `MemberNotFoundError`."""
        return self._with(replace(self.member(person), warned_on=today))

    def removed(self, person: str) -> "Roster":
        """Give the roster without one; `MemberNotFoundError`, `LastAdministratorError`."""
        if self.leads_alone(person):
            raise LastAdministratorError
        kept = {name: one for name, one in self.members.items() if name != person}
        return replace(self, version=self.version + 1, members=kept)

    def _with(self, member: Member) -> "Roster":
        return replace(self, version=self.version + 1, members={**self.members, member.id: member})


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChange:
    """One change of a roster, as it was read and as it is to be, with its line of the roster's own history.

    `by` is who did it, None for the service itself and for SKR; `told` is the mail that the same commit asks for.
    """

    kind: RosterKind
    before: Roster
    after: Roster
    person: str
    recipient_name: str
    by: str | None
    at: datetime
    told: "AccessTask | None" = None
