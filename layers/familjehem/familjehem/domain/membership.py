"""Who may work for which recipient, and the lines of the access log (lag 2001:454, 10 §)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may do for a recipient.

    All three read. A reader does nothing more; a local administrator is a case worker who also invites and removes
    colleagues, since the smallest municipalities have two people in all.
    """

    CASE_WORKER = "caseWorker"
    LOCAL_ADMINISTRATOR = "localAdministrator"
    READER = "reader"

    @property
    def handles(self) -> bool:
        """Whether a person may do more than read."""
        return self is not Role.READER

    @property
    def leads(self) -> bool:
        """Whether a person may take a delivery from a colleague, who may be ill or away."""
        return self is Role.LOCAL_ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Membership:
    """One person's place at one recipient; `name` is what she is called there, None where nobody has said."""

    recipient: str
    recipient_name: str
    role: Role
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person as our own rows know them.

    `signed_out_at` ends every session that began earlier: a token cannot know that somebody was
    removed, so every call reads this (design 6, reading). `name` is what she was called when she was first
    invited, None where nobody has said; each recipient may call her otherwise.
    """

    id: str
    memberships: tuple[Membership, ...]
    signed_out_at: datetime | None = None
    name: str | None = None

    def place(self, recipient: str) -> Membership | None:
        """Give the person's place at a recipient, or None."""
        return next((one for one in self.memberships if one.recipient == recipient), None)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the verified access token tells it; `session_began` is the token's `auth_time`."""

    person: str
    session_began: datetime


class AccessKind(StrEnum):
    """What was done with letters, or with the log of it."""

    LIST = "list"
    SEARCH = "search"
    OPEN = "open"
    EXPORT = "export"
    CLAIM = "claim"
    RELEASE = "release"
    HANDOVER = "handover"
    CONTACT = "contact"
    OUTCOME = "outcome"
    NOTE = "note"
    PROTECT = "protect"
    UNPROTECT = "unprotect"
    TAKE_OVER = "takeOver"
    HOLD = "hold"
    LIFT_HOLD = "liftHold"
    ERASE = "erase"
    REVIEW = "review"
    CONFIRM = "confirm"
    REPORT = "report"


class AccessReason(StrEnum):
    """Why somebody read: her own work, a colleague's, a review of the log, or what somebody has asked for."""

    WORK = "work"
    COVER = "cover"
    REVIEW = "review"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """What one line of a recipient's access log tells: who did what to which deliveries, when (UTC), and why.

    `name` and `role` are what the person was then: she may be called otherwise, or be gone, when the line is read.
    """

    at: datetime
    person: str
    name: str | None
    role: Role
    kind: AccessKind
    deliveries: tuple[str, ...]
    reason: AccessReason = AccessReason.WORK
