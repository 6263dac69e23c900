"""Read a mailbox: list its deliveries, open a letter, each with its line of the access log (design 6, reading)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import reduce
from typing import Self

from familjehem.domain.calendar import due, last_closing
from familjehem.domain.compilation import Compilation, Item, compile_letter, compile_supplement
from familjehem.domain.delivery import Delivery
from familjehem.domain.errors import DeliveryNotFoundError, LetterUnreadableError
from familjehem.domain.handling import Colleague, Event
from familjehem.domain.identifiers import NUMBER_CHARACTERS, canonical
from familjehem.domain.inbox import Counts, Selection, Wanted
from familjehem.domain.letter import Card, Letter
from familjehem.domain.membership import AccessEntry, AccessKind, AccessReason, Caller, Membership
from familjehem.domain.purpose import Purpose
from familjehem.domain.question_set import load
from familjehem.domain.recipient import CLOSING_TIME
from familjehem.domain.supplement import CardChanges, Supplement
from familjehem.ports import Clock, Directory, Members, Tenancy, TenantRoom
from familjehem.usecases.admit_person import Doorkeeper


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a mailbox: the delivery, and its card or None where the card cannot be opened.

    The card is as the latest corrections make it; None too where one of those cannot be opened, so that nobody calls a
    number that was taken back. `due_at` is by when the family is to be called; `overdue` tells that nobody has.
    """

    delivery: Delivery
    card: Card | None
    due_at: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """One page of a mailbox, and the cursor to the next, None at the end; how many wait stands on a first page."""

    membership: Membership
    lines: tuple[Listed, ...]
    cursor: str | None
    counts: Counts | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where a delivery stands: what its row tells, by when the family is to be called, and that nobody has."""

    delivery: Delivery
    due_at: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class StatesPage:
    """Where the deliveries of a first page stand, whether there are more, and how many wait."""

    states: tuple[State, ...]
    more: bool
    counts: Counts


@dataclass(frozen=True, slots=True)
class OpenedSupplement:
    """A supplement as its case worker reads it; `version` 2 is the first, `items` are corrected answers in words."""

    version: int
    received_at: datetime
    message: str | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """A letter as its case worker reads it: as it was received, with its supplements beside it, the oldest first."""

    membership: Membership
    delivery: Delivery
    letter: Letter
    compilation: Compilation
    supplements: tuple[OpenedSupplement, ...]
    history: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Admission:
    """A person who was let in: who she is, her place at the recipient, and the recipient's room."""

    who: Colleague
    membership: Membership
    room: TenantRoom

    def entry(
        self,
        at: datetime,
        kind: AccessKind,
        deliveries: tuple[str, ...] = (),
        reason: AccessReason = AccessReason.WORK,
    ) -> AccessEntry:
        """Give what a line of the access log tells of something that this person does."""
        return AccessEntry(
            at=at,
            person=self.who.id,
            name=self.who.name,
            role=self.who.role,
            kind=kind,
            deliveries=deliveries,
            reason=reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Lets a signed-in person into the room of one recipient; read anew at every call."""

    members: Members
    tenancy: Tenancy

    def admit(self, caller: Caller, recipient: str | None) -> Admission:
        """Let a person in, and note that she was here today. Raises as `Doorkeeper.admit`."""
        admitted = self.doorkeeper.admit(caller, recipient)
        room = self.tenancy.room(admitted.membership.recipient)
        room.seen(admitted.who.id)
        return Admission(admitted.who, admitted.membership, room)

    def colleague(self, person: str, recipient: str) -> Colleague | None:
        """Give somebody who may handle the recipient's deliveries now, or None: unknown, removed, or a reader."""
        return self.doorkeeper.colleague(person, recipient)

    @property
    def doorkeeper(self) -> Doorkeeper:
        """Who tells whether a person is let in at all."""
        return Doorkeeper(members=self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeliveries:
    """Lists a mailbox a page at a time. One page is one line of the access log, written before the answer."""

    reception: Reception
    directory: Directory
    clock: Clock

    def __call__(
        self,
        caller: Caller,
        recipient: str | None,
        wanted: Wanted | None,
        cursor: str | None,
        limit: int,
    ) -> MailboxPage:
        """Give one page of what is wanted, or of all.

        Raises as `Reception.admit`, `MalformedRequestError` for a cursor that is not of the same recipient and wish.
        """
        admitted = self.reception.admit(caller, recipient)
        room = admitted.room
        hours = Hours.of(self.directory, admitted.membership.recipient, self.clock.now())
        selection = Selection(wanted or Wanted(), admitted.who.id, hours.passed)
        page = room.page(selection, cursor, limit)
        counts = room.counts(selection) if cursor is None else None
        numbers = tuple(one.number for one in page.deliveries)
        if numbers:
            room.log(admitted.entry(hours.now, AccessKind.LIST, numbers))
        return MailboxPage(admitted.membership, lines(room, page.deliveries, hours), page.cursor, counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStates:
    """Tells where deliveries stand, for a page that is open already: no card and no letter, so no line of the log.

    What one learns of a family here is nothing that a list did not say before: a number, a state, a colleague.
    """

    reception: Reception
    directory: Directory
    clock: Clock

    def __call__(self, caller: Caller, recipient: str | None, wanted: Wanted | None, limit: int) -> StatesPage:
        """Give the states of what a first page would show. Raises as `Reception.admit`."""
        admitted = self.reception.admit(caller, recipient)
        hours = Hours.of(self.directory, admitted.membership.recipient, self.clock.now())
        selection = Selection(wanted or Wanted(), admitted.who.id, hours.passed)
        page = admitted.room.page(selection, None, limit)
        states = tuple(hours.state(one) for one in page.deliveries)
        return StatesPage(states, page.cursor is not None, admitted.room.counts(selection))

    def one(self, caller: Caller, recipient: str | None, number: str) -> State:
        """Give where one delivery stands. Raises as `Reception.admit`, and `DeliveryNotFoundError`."""
        admitted = self.reception.admit(caller, recipient)
        delivery = found(admitted, number)
        return Hours.of(self.directory, admitted.membership.recipient, self.clock.now()).state(delivery)


@dataclass(frozen=True, slots=True)
class Hours:
    """The moment, a recipient's closing time, and the last closing of a working day that has passed."""

    now: datetime
    closing: time
    passed: datetime

    @classmethod
    def of(cls, directory: Directory, recipient: str, now: datetime) -> Self:
        """Give the hours of a recipient, the usual ones where none are known."""
        own = directory.get(recipient)
        closing = own.closing_time if own else CLOSING_TIME
        return cls(now, closing, last_closing(now, closing))

    def state(self, delivery: Delivery) -> State:
        """Give where a received delivery stands."""
        # Whatever lies in a mailbox was received; `queued_at` is for the type checker alone.
        received_at = delivery.received_at or delivery.queued_at
        return State(delivery, due(received_at, self.closing), delivery.waits and received_at < self.passed)


def lines(room: TenantRoom, deliveries: Sequence[Delivery], hours: Hours) -> tuple[Listed, ...]:
    """Open the cards of deliveries, several at the same time, and give a line for each."""
    cards = room.plaintexts([one.number for one in deliveries], Purpose.CARD)
    changes = room.supplements(deliveries, Purpose.CARD)
    return tuple(
        Listed(one, _card(cards.get(one.number), changes[one.number]), state.due_at, state.overdue)
        for one in deliveries
        for state in (hours.state(one),)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLetter:
    """Opens one letter. Its line of the access log stands before the letter is given, and before it is unsealed.

    The first opening is noted at the delivery by the same commit. `kind` is what the line says: that it was opened to
    be read, or to be taken out of the system.
    """

    reception: Reception
    clock: Clock
    kind: AccessKind = AccessKind.OPEN

    def __call__(
        self, caller: Caller, recipient: str | None, number: str, reason: AccessReason = AccessReason.WORK
    ) -> OpenedLetter:
        """Give one letter.

        Raises as `Reception.admit`, `DeliveryNotFoundError`, and `LetterUnreadableError`.
        """
        admitted = self.reception.admit(caller, recipient)
        room = admitted.room
        delivery = found(admitted, number)
        entry = admitted.entry(self.clock.now(), self.kind, (delivery.number,), reason)
        delivery = room.opened(delivery, entry)
        plaintext = room.plaintexts((delivery.number,), Purpose.LETTER).get(delivery.number)
        if plaintext is None:
            raise LetterUnreadableError
        letter = Letter.from_json(plaintext)
        supplements = _supplements(delivery, room)
        history = room.history(delivery) if delivery.handlings else ()
        compilation = compile_letter(load(letter.question_set), letter)
        return OpenedLetter(admitted.membership, delivery, letter, compilation, supplements, history)


def found(admitted: Admission, number: str) -> Delivery:
    """Give the delivery of a number as a person may write it; `DeliveryNotFoundError`.

    One that is protected from this person is as one that is not there, at the same cost.
    """
    named = canonical(number, NUMBER_CHARACTERS)
    delivery = admitted.room.delivery(named) if named is not None else None
    if delivery is None or not delivery.read_by(admitted.who.id):
        raise DeliveryNotFoundError
    return delivery


def _supplements(delivery: Delivery, room: TenantRoom) -> tuple[OpenedSupplement, ...]:
    """Open every supplement that has come; `LetterUnreadableError` if one cannot be, for none may be missed."""
    opened: list[OpenedSupplement] = []
    plaintexts = room.supplements((delivery,), Purpose.SUPPLEMENT)[delivery.number]
    for received, plaintext in zip(delivery.received_supplements, plaintexts, strict=True):
        if plaintext is None:
            raise LetterUnreadableError
        supplement = Supplement.from_json(plaintext)
        items = compile_supplement(load(supplement.question_set), supplement)
        opened.append(OpenedSupplement(received.version, received.at, supplement.message, items))
    return tuple(opened)


def _card(plaintext: bytes | None, changes: Iterable[bytes | None]) -> Card | None:
    corrections = tuple(changes)
    if plaintext is None or None in corrections:
        return None
    try:
        read = (CardChanges.from_json(one) for one in corrections if one is not None)
        return reduce(lambda card, one: one.over(card), read, Card.from_json(plaintext))
    except (KeyError, ValueError):
        # A card of a form that this version does not know leaves its line readable.
        return None
