"""What the mailbox says and hears on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from familjehem.domain.delivery import Delivery
from familjehem.domain.letter import Card
from familjehem.runtime.http import Wire
from familjehem.usecases.read_mailbox import MailboxPage, OpenedLetter, OpenedSupplement


class CardForm(Wire):
    """Who to call, and when."""

    name: str
    telephone: str
    best_time: list[str]
    start_window: str

    @classmethod
    def of(cls, card: Card) -> Self:
        """Give the wire form of a card."""
        return cls(
            name=card.name, telephone=card.telephone, best_time=list(card.best_time), start_window=card.start_window
        )


class HandlerForm(Wire):
    """Who handles a delivery; `name` is null where nobody has said what she is called."""

    id: str
    name: str | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self | None:
        """Give the wire form of a delivery's handler, or None."""
        return None if delivery.handler is None else cls(id=delivery.handler, name=delivery.handler_name)


class DeliveryForm(Wire):
    """One delivery as its row tells it; `origin` tells whether the family lives in the own municipality."""

    number: str
    state: str
    assignments: list[str]
    origin: str
    next_step: str
    question_set: str
    received_at: datetime | None
    opened_at: datetime | None
    contacted_at: datetime | None
    withdrawn_at: datetime | None
    supplemented_at: datetime | None
    handler: HandlerForm | None


def delivery_form(delivery: Delivery) -> DeliveryForm:
    """Give the wire form of a delivery's row."""
    return DeliveryForm(**_row(delivery))


class HandoverForm(Wire):
    """To whom a delivery is handed: the id of a colleague who may handle."""

    to: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]


class ListedForm(DeliveryForm):
    """A delivery in the list, with its card, as corrected last, or null where it cannot be opened."""

    card: CardForm | None


class OwnerForm(Wire):
    """The recipient for whom the person acts, and as what."""

    id: str
    name: str
    role: str


class PageForm(Wire):
    """One page of a mailbox, newest first."""

    recipient: OwnerForm
    deliveries: list[ListedForm]
    cursor: str | None

    @classmethod
    def of(cls, page: MailboxPage) -> Self:
        """Give the wire form of a page."""
        return cls(
            recipient=_owner(page),
            deliveries=[
                ListedForm(**_row(one.delivery), card=CardForm.of(one.card) if one.card else None) for one in page.lines
            ],
            cursor=page.cursor,
        )


class SupplementItemForm(Wire):
    """One corrected answer, in plain Swedish, with the question's name, display number and label."""

    name: str
    code: str
    label: str
    answer: str


class OpenedSupplementForm(Wire):
    """One supplement; the first is version 2, since the letter is the first version."""

    version: int
    received_at: datetime
    message: str | None
    items: list[SupplementItemForm]

    @classmethod
    def of(cls, opened: OpenedSupplement) -> Self:
        """Give the wire form of an opened supplement."""
        return cls(
            version=opened.version,
            received_at=opened.received_at,
            message=opened.message,
            items=[
                SupplementItemForm(name=one.name, code=one.code, label=one.label, answer=one.answer)
                for one in opened.items
            ],
        )


class LetterForm(DeliveryForm):
    """A letter: its delivery, the answers by name, and the compilation for reading.

    `compilation` holds `overview`, `sections`, `indicators` (`engagement`, `lifeSituation`), `notAsked` and
    `nextStep`, in plain Swedish, of the letter as it was received; `supplements` are what came after, the oldest first.
    """

    recipient: OwnerForm
    municipalities: list[str]
    submitted_at: datetime
    answers: dict[str, Any]
    compilation: dict[str, Any]
    supplements: list[OpenedSupplementForm]

    @classmethod
    def of(cls, opened: OpenedLetter) -> Self:
        """Give the wire form of an opened letter."""
        compilation = dict(opened.compilation.to_wire())
        compilation.pop("answers", None)
        return cls(
            **_row(opened.delivery),
            recipient=_owner(opened),
            municipalities=list(opened.letter.municipalities),
            submitted_at=opened.letter.submitted_at,
            answers=dict(opened.letter.answers),
            compilation=compilation,
            supplements=[OpenedSupplementForm.of(one) for one in opened.supplements],
        )


def _owner(of: MailboxPage | OpenedLetter) -> OwnerForm:
    return OwnerForm(id=of.membership.recipient, name=of.membership.recipient_name, role=of.membership.role)


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "number": delivery.number,
        "state": delivery.state,
        "assignments": list(delivery.assignments),
        "origin": delivery.origin,
        "next_step": delivery.next_step,
        "question_set": delivery.question_set,
        "received_at": delivery.received_at,
        "opened_at": delivery.opened_at,
        "contacted_at": delivery.contacted_at,
        "withdrawn_at": delivery.withdrawn_at,
        "supplemented_at": delivery.supplemented_at,
        "handler": HandlerForm.of(delivery),
    }
