"""Handling a delivery: one person at a time claims it, releases it, hands it over (design 5 and 6; domain 4.2.5)."""

from dataclasses import dataclass, replace
from datetime import datetime

from familjehem.domain.delivery import Delivery, DeliveryState
from familjehem.domain.errors import AlreadyClaimedError, HandlingLockedError
from familjehem.domain.membership import AccessKind, Role

_UNCLAIMED = frozenset({DeliveryState.DELIVERED, DeliveryState.OPENED})


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
    delivery was handed to.
    """

    id: str
    step: int
    at: datetime
    kind: AccessKind
    person: str
    name: str | None
    to: str | None = None
    to_name: str | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """A delivery as it was read, as it is to be, and the event that makes it so."""

    before: Delivery
    after: Delivery
    event: Event


def claimed(delivery: Delivery, who: Colleague) -> Delivery:
    """Give the delivery as `who` handles it; `AlreadyClaimedError`, `HandlingLockedError`."""
    _held(delivery, who)
    return _handed(delivery, who)


def released(delivery: Delivery, who: Colleague) -> Delivery:
    """Give the delivery as nobody handles it; whoever leads may take it from a colleague. Errors as `claimed`."""
    _held(delivery, who, leading=True)
    state = delivery.state
    if state is DeliveryState.CLAIMED:
        state = DeliveryState.OPENED if delivery.opened_at else DeliveryState.DELIVERED
    return replace(delivery, state=state, handler=None, handler_name=None)


def handed_over(delivery: Delivery, who: Colleague, to: Colleague) -> Delivery:
    """Give the delivery as `to` handles it; whoever leads may take it from a colleague. Errors as `claimed`."""
    _held(delivery, who, leading=True)
    return _handed(delivery, to)


def _handed(delivery: Delivery, to: Colleague) -> Delivery:
    state = DeliveryState.CLAIMED if delivery.state in _UNCLAIMED else delivery.state
    return replace(delivery, state=state, handler=to.id, handler_name=to.name)


def _held(delivery: Delivery, who: Colleague, *, leading: bool = False) -> None:
    """Demand that `who` may work with the delivery: it is open, and hers or nobody's."""
    if not delivery.open:
        raise HandlingLockedError
    if delivery.handler not in {None, who.id} and not (leading and who.role.leads):
        assert delivery.handler is not None  # noqa: S101 the line above says so
        raise AlreadyClaimedError(delivery.handler, delivery.handler_name)
