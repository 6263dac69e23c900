"""Read a mailbox: list its deliveries, open a letter, each with its line of the access log (design 6, reading)."""

from dataclasses import dataclass

from familjehem.domain.compilation import Compilation, compile_letter
from familjehem.domain.delivery import Delivery, DeliveryState
from familjehem.domain.errors import (
    DeliveryNotFoundError,
    LetterUnreadableError,
    NotAMemberError,
    RecipientNotChosenError,
    SignInRequiredError,
)
from familjehem.domain.identifiers import NUMBER_CHARACTERS, canonical
from familjehem.domain.letter import Card, Letter
from familjehem.domain.membership import AccessEntry, AccessKind, Caller, Membership
from familjehem.domain.purpose import Purpose
from familjehem.domain.question_set import load
from familjehem.ports import Clock, Members, Tenancy, TenantRoom


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a mailbox: the delivery, and its card or None where the card cannot be opened."""

    delivery: Delivery
    card: Card | None


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """One page of a mailbox, newest first, and the cursor to the next, None at the end."""

    membership: Membership
    lines: tuple[Listed, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """A letter as its case worker reads it."""

    membership: Membership
    delivery: Delivery
    letter: Letter
    compilation: Compilation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Lets a signed-in person into the room of one recipient; read anew at every call."""

    members: Members
    tenancy: Tenancy

    def admit(self, caller: Caller, recipient: str | None) -> tuple[Membership, TenantRoom]:
        """Give membership and room.

        Raises `SignInRequiredError` for a session that was ended, `NotAMemberError` for a stranger or
        another's recipient, and `RecipientNotChosenError` where several are possible and none was named.
        """
        person = self.members.person(caller.person)
        if person.signed_out_at is not None and caller.session_began <= person.signed_out_at:
            raise SignInRequiredError
        possible = [one for one in person.memberships if recipient in (None, one.recipient)]
        if not possible:
            raise NotAMemberError
        if len(possible) > 1:
            raise RecipientNotChosenError
        membership = possible[0]
        return membership, self.tenancy.room(membership.recipient)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeliveries:
    """Lists a mailbox a page at a time. One page is one line of the access log, written before the answer."""

    reception: Reception
    clock: Clock

    def __call__(
        self, caller: Caller, recipient: str | None, state: DeliveryState | None, cursor: str | None, limit: int
    ) -> MailboxPage:
        """Give one page. Raises as `Reception.admit`, `MalformedRequestError` for a cursor that is none of ours."""
        membership, room = self.reception.admit(caller, recipient)
        page = room.page(state, cursor, limit)
        numbers = tuple(one.number for one in page.deliveries)
        if numbers:
            room.log(AccessEntry(at=self.clock.now(), person=caller.person, kind=AccessKind.LIST, deliveries=numbers))
        cards = room.plaintexts(numbers, Purpose.CARD)
        lines = tuple(Listed(one, _card(cards.get(one.number))) for one in page.deliveries)
        return MailboxPage(membership, lines, page.cursor)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLetter:
    """Opens one letter. Its line of the access log stands before the letter is given, and before it is unsealed."""

    reception: Reception
    clock: Clock

    def __call__(self, caller: Caller, recipient: str | None, number: str) -> OpenedLetter:
        """Give one letter; the first opening is noted at the delivery.

        Raises as `Reception.admit`, `DeliveryNotFoundError`, and `LetterUnreadableError`.
        """
        membership, room = self.reception.admit(caller, recipient)
        named = canonical(number, NUMBER_CHARACTERS)
        delivery = room.delivery(named) if named is not None else None
        if delivery is None:
            raise DeliveryNotFoundError
        now = self.clock.now()
        room.log(AccessEntry(at=now, person=caller.person, kind=AccessKind.OPEN, deliveries=(delivery.number,)))
        plaintext = room.plaintexts((delivery.number,), Purpose.LETTER).get(delivery.number)
        if plaintext is None:
            raise LetterUnreadableError
        letter = Letter.from_json(plaintext)
        delivery = room.opened(delivery, now)
        return OpenedLetter(membership, delivery, letter, compile_letter(load(letter.question_set), letter))


def _card(plaintext: bytes | None) -> Card | None:
    try:
        return None if plaintext is None else Card.from_json(plaintext)
    except (KeyError, ValueError):
        # A card of a form that this version does not know leaves its line readable.
        return None
