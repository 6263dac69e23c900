"""Handling a delivery: one person at a time claims it, calls, notes what came of it (design 5, 6; domain 4.2.5 and 7).

What was said and why is about persons: it stands in the sealed content of an event, never in clear.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from familjehem.domain.canonical_json import canonical_json
from familjehem.domain.delivery import Delivery, DeliveryState, Reader
from familjehem.domain.errors import AlreadyClaimedError, FieldError, HandlingLockedError
from familjehem.domain.membership import AccessEntry, AccessKind, Role

_TOLD = frozenset({AccessKind.CONTACT, AccessKind.OUTCOME, AccessKind.NOTE})
_UNCLAIMED = frozenset({DeliveryState.DELIVERED, DeliveryState.OPENED})


class ContactResult(StrEnum):
    """What came of a call."""

    REACHED = "reached"
    NOT_REACHED = "notReached"
    MESSAGE_LEFT = "messageLeft"


class Outcome(StrEnum):
    """What comes next, or the end."""

    INFORMATION_MEETING = "informationMeeting"
    PHONE_INTERVIEW = "phoneInterview"
    HANDED_TO_INVESTIGATION = "handedToInvestigation"
    RESTING = "resting"
    CLOSED = "closed"
    TRANSFERRED_TO_CASE_SYSTEM = "transferredToCaseSystem"


class Reason(StrEnum):
    """Why it rests or ends: not reached, the family withdrew, or the municipality does not go on (domain 4.2.7)."""

    NOT_REACHED = "notReached"
    WITHDREW_TIME = "withdrewTime"
    WITHDREW_PARTNER = "withdrewPartner"
    WITHDREW_RECORDS = "withdrewRecords"
    WITHDREW_OTHER_ASSIGNMENT = "withdrewOtherAssignment"
    MUNICIPALITY_DECLINED = "municipalityDeclined"


CONTENT_FORMAT = 1
_REASONED = frozenset({Outcome.RESTING, Outcome.CLOSED})
_SETTLING = frozenset({Outcome.CLOSED, Outcome.TRANSFERRED_TO_CASE_SYSTEM})
_BOOKED = frozenset({Outcome.INFORMATION_MEETING, Outcome.PHONE_INTERVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an event says beyond who and when: the result of a call, an outcome with its reason and time, a text."""

    result: ContactResult | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None
    booked_at: datetime | None = None
    text: str | None = None

    def faults(self) -> tuple[FieldError, ...]:
        """Give what is wrong with an outcome: a closed one has a reason; only some have a reason, or a time."""
        found: list[FieldError] = []
        if self.outcome is Outcome.CLOSED and self.reason is None:
            found.append(FieldError("/reason", "required"))
        if self.reason is not None and self.outcome not in _REASONED:
            found.append(FieldError("/reason", "notAsked"))
        if self.booked_at is not None and self.outcome not in _BOOKED:
            found.append(FieldError("/bookedAt", "notAsked"))
        return tuple(found)

    def to_json(self) -> bytes:
        """Give the content as canonical JSON (sorted keys, UTF-8), the plaintext that is sealed."""
        content = {
            "format": CONTENT_FORMAT,
            "result": self.result,
            "outcome": self.outcome,
            "reason": self.reason,
            "bookedAt": self.booked_at.isoformat() if self.booked_at else None,
            "text": self.text,
        }
        return canonical_json(content)

    @classmethod
    def from_json(cls, plaintext: bytes) -> Self:
        """Read content back; raises `ValueError` for a format that this version does not know."""
        read: dict[str, Any] = json.loads(plaintext)
        if read["format"] != CONTENT_FORMAT:
            message = "unknown format of an event's content"
            raise ValueError(message)
        return cls(
            result=ContactResult(read["result"]) if read["result"] else None,
            outcome=Outcome(read["outcome"]) if read["outcome"] else None,
            reason=Reason(read["reason"]) if read["reason"] else None,
            booked_at=datetime.fromisoformat(read["bookedAt"]) if read["bookedAt"] else None,
            text=read["text"],
        )


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works for the recipient: who, what she is called, and as what."""

    id: str
    name: str | None
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that was done with a delivery: what, by whom, when (UTC).

    `id` is the event's own: 32 characters in hexadecimal. `step` counts a delivery's events from 1. `to` is whom a
    delivery was handed to. `content` is what is sealed: None where there is nothing to say, or where it cannot be
    opened, which `readable` tells apart.
    """

    id: str
    step: int
    at: datetime
    kind: AccessKind
    person: str
    name: str | None
    to: str | None = None
    to_name: str | None = None
    content: bytes | None = None

    @property
    def readable(self) -> bool:
        """Whether all of it is here."""
        return self.content is not None or self.kind not in _TOLD


@dataclass(frozen=True, slots=True)
class Handled:
    """A delivery as it was read, as it is to be, the event that makes it so, and as what the person did it."""

    before: Delivery
    after: Delivery
    event: Event
    role: Role
    counts: tuple[str, ...] = ()
    """What the event adds to its recipient's tallies (`handling_tally.py`): names of counters, one each."""

    @property
    def entry(self) -> AccessEntry:
        """What the event's line of the access log tells."""
        event = self.event
        return AccessEntry(
            at=event.at,
            person=event.person,
            name=event.name,
            role=self.role,
            kind=event.kind,
            deliveries=(self.before.number,),
        )


def claimed(delivery: Delivery, who: Colleague) -> Delivery:
    """Give the delivery as `who` handles it; `AlreadyClaimedError`, `HandlingLockedError`."""
    _held(delivery, who)
    return _handed(delivery, who)


def released(delivery: Delivery, who: Colleague) -> Delivery:
    """Give the delivery as nobody handles it; whoever leads may take it from a colleague. Errors as `claimed`."""
    _held(delivery, who, leading=True)
    return _freed(delivery)


def handed_over(delivery: Delivery, who: Colleague, to: Colleague) -> Delivery:
    """Give the delivery as `to` handles it; whoever leads may take it from a colleague. Errors as `claimed`."""
    _held(delivery, who, leading=True)
    return _handed(delivery, to)


def contacted(delivery: Delivery, who: Colleague, result: ContactResult, at: datetime) -> Delivery:
    """Give the delivery after a call by `who`, who claims it thereby; the first time reached is kept. As `claimed`."""
    mine = claimed(delivery, who)
    if result is not ContactResult.REACHED:
        return mine
    return replace(mine, state=DeliveryState.CONTACTED, contacted_at=mine.contacted_at or at)


def concluded(delivery: Delivery, who: Colleague, outcome: Outcome, at: datetime) -> Delivery:
    """Give the delivery with an outcome by `who`, who claims it thereby. Errors as `claimed`.

    From when it is closed, or taken over by the case system, its time on the platform runs.
    """
    mine = claimed(delivery, who)
    if outcome in _SETTLING:
        mine = replace(mine, settled_at=at)
    return replace(mine, state=DeliveryState.CLOSED) if outcome is Outcome.CLOSED else mine


def noted(delivery: Delivery, _: Colleague) -> Delivery:
    """Give the delivery as it is: a note is anybody's who may handle, and claims nothing; `HandlingLockedError`."""
    if not delivery.open:
        raise HandlingLockedError
    return delivery


def protected(delivery: Delivery, who: Colleague, readers: Iterable[Colleague]) -> Delivery:
    """Give the delivery as only `who` and the named readers may know of it; `AlreadyClaimedError`.

    Whoever handles it does so no longer where she is not among them. One that is withdrawn or closed can be protected
    too: its letter is still there. Whoever leads may protect what a colleague handles.
    """
    _mine(delivery, who, leading=True)
    # In order of id, so that the same readers are the same delivery.
    named = sorted({one.id: Reader(one.id, one.name) for one in (*readers, who)}.values(), key=lambda one: one.id)
    kept = replace(delivery, readers=tuple(named))
    return kept if delivery.handler is None or kept.read_by(delivery.handler) else _freed(kept)


def unprotected(delivery: Delivery, who: Colleague) -> Delivery:
    """Give the delivery as everybody of the recipient may read it; errors as `protected`."""
    _mine(delivery, who, leading=True)
    return replace(delivery, readers=())


def abandoned(delivery: Delivery, staff: Iterable[Colleague]) -> bool:
    """Tell whether nobody is left who may read a protected delivery: all its readers have left the recipient."""
    return delivery.protected and not any(delivery.read_by(one.id) for one in staff)


def _handed(delivery: Delivery, to: Colleague) -> Delivery:
    state = DeliveryState.CLAIMED if delivery.state in _UNCLAIMED else delivery.state
    return replace(delivery, state=state, handler=to.id, handler_name=to.name)


def _freed(delivery: Delivery) -> Delivery:
    state = delivery.state
    if state is DeliveryState.CLAIMED:
        state = DeliveryState.OPENED if delivery.opened_at else DeliveryState.DELIVERED
    return replace(delivery, state=state, handler=None, handler_name=None)


def _held(delivery: Delivery, who: Colleague, *, leading: bool = False) -> None:
    """Demand that `who` may work with the delivery: it is open, and hers or nobody's."""
    if not delivery.open:
        raise HandlingLockedError
    _mine(delivery, who, leading=leading)


def _mine(delivery: Delivery, who: Colleague, *, leading: bool) -> None:
    if delivery.handler not in {None, who.id} and not (leading and who.role.leads):
        assert delivery.handler is not None  # noqa: S101 the line above says so
        raise AlreadyClaimedError(delivery.handler, delivery.handler_name)
