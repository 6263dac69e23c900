"""What the mailbox says and hears on the wire."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from familjehem.domain.delivery import Delivery
from familjehem.domain.errors import FieldError, InvalidAnswersError
from familjehem.domain.handling import Colleague, ContactResult, Content, Event, Outcome, Reason
from familjehem.domain.inbox import Counts
from familjehem.domain.letter import Card
from familjehem.domain.membership import Person
from familjehem.runtime.http import Wire
from familjehem.usecases.read_letter import LetterAtWork
from familjehem.usecases.read_mailbox import Listed, MailboxPage, OpenedLetter, OpenedSupplement, State, StatesPage
from familjehem.usecases.search_mailbox import Found

type PersonId = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
"""The id of a person."""


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
    """One delivery as its row tells it; `origin` tells whether the family lives in the own municipality.

    `protected` tells that named readers alone may know of it, `held` that it is exempt from erasure; `erasesOn` is the
    first day on which it may be erased by rule, null until the recipient was told; `canary` marks the letter without a
    family by which a recipient proves that it can read.
    """

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
    protected: bool
    held: bool
    erases_on: date | None
    canary: bool


def delivery_form(delivery: Delivery) -> DeliveryForm:
    """Give the wire form of a delivery's row."""
    return DeliveryForm(**_row(delivery))


class HandoverForm(Wire):
    """To whom a delivery is handed: the id of a colleague who may handle."""

    to: PersonId


class ProtectionForm(Wire):
    """Who may read a delivery beside the caller: ids of colleagues."""

    readers: Annotated[list[PersonId], Field(max_length=50)]


class ListedForm(DeliveryForm):
    """A delivery in the list, with its card, as corrected last, or null where it cannot be opened.

    `dueAt` is by when the family is to be called, `overdue` that it should have been and nobody has.
    """

    card: CardForm | None
    due_at: datetime
    overdue: bool


class OwnerForm(Wire):
    """The recipient for whom the person acts, and as what."""

    id: str
    name: str
    role: str


class MeForm(Wire):
    """Who is signed in, and for which recipients she may act."""

    person: HandlerForm
    recipients: list[OwnerForm]

    @classmethod
    def of(cls, person: Person) -> Self:
        """Give the wire form of a person."""
        return cls(
            person=HandlerForm(id=person.id, name=person.name),
            recipients=[
                OwnerForm(id=one.recipient, name=one.recipient_name, role=one.role) for one in person.memberships
            ],
        )


class ColleagueForm(Wire):
    """One colleague: who, what she is called, and as what she works."""

    id: str
    name: str | None
    role: str


class ColleaguesForm(Wire):
    """The people of the chosen recipient, in order of name."""

    colleagues: list[ColleagueForm]

    @classmethod
    def of(cls, found: Sequence[Colleague]) -> Self:
        """Give the wire form of colleagues."""
        return cls(colleagues=[ColleagueForm(id=one.id, name=one.name, role=one.role) for one in found])


class CountsForm(Wire):
    """How many wait for a first call, are unread, are overdue: each up to 100, which stands for a hundred or more."""

    new: int
    waiting: int
    overdue: int

    @classmethod
    def of(cls, counts: Counts) -> Self:
        """Give the wire form of counts."""
        return cls(new=counts.new, waiting=counts.waiting, overdue=counts.overdue)


class StateForm(Wire):
    """Where one delivery stands, without a word of whom it is about; `dueAt` and `overdue` as in the list."""

    number: str
    state: str
    contacted_at: datetime | None
    withdrawn_at: datetime | None
    supplemented_at: datetime | None
    handler: HandlerForm | None
    due_at: datetime
    overdue: bool


def state_form(state: State) -> StateForm:
    """Give the wire form of where a delivery stands."""
    delivery = state.delivery
    return StateForm(
        number=delivery.number,
        state=delivery.state,
        contacted_at=delivery.contacted_at,
        withdrawn_at=delivery.withdrawn_at,
        supplemented_at=delivery.supplemented_at,
        handler=HandlerForm.of(delivery),
        due_at=state.due_at,
        overdue=state.overdue,
    )


class StatesForm(Wire):
    """Where the deliveries of a first page stand, in its order, whether there are more, and how many wait."""

    states: list[StateForm]
    more: bool
    summary: CountsForm

    @classmethod
    def of(cls, page: StatesPage) -> Self:
        """Give the wire form of states."""
        return cls(states=[state_form(one) for one in page.states], more=page.more, summary=CountsForm.of(page.counts))


class PageForm(Wire):
    """One page of a mailbox in the order of its view; `summary` stands on a first page."""

    recipient: OwnerForm
    deliveries: list[ListedForm]
    cursor: str | None
    summary: CountsForm | None

    @classmethod
    def of(cls, page: MailboxPage) -> Self:
        """Give the wire form of a page."""
        return cls(
            recipient=_owner(page),
            deliveries=_listed(page.lines),
            cursor=page.cursor,
            summary=CountsForm.of(page.counts) if page.counts else None,
        )


class SearchForm(Wire):
    """What is searched for: words of a name, an identity number, or a delivery number; nothing else can be found."""

    text: Annotated[str, Field(min_length=1, max_length=200)]


class FoundForm(Wire):
    """What was found, the newest first; `more` that it is not all, `complete` that every letter was looked at."""

    recipient: OwnerForm
    deliveries: list[ListedForm]
    more: bool
    complete: bool

    @classmethod
    def of(cls, found: Found) -> Self:
        """Give the wire form of a search's answer."""
        return cls(recipient=_owner(found), deliveries=_listed(found.lines), more=found.more, complete=found.complete)


LONGEST = 4000
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$"
type Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class ContactForm(Wire):
    """What came of a call, and a note if there is anything to say."""

    result: Literal["reached", "notReached", "messageLeft"]
    note: Text | None = None

    def content(self) -> Content:
        """Give what the event says."""
        return Content(result=ContactResult(self.result), text=self.note)


class ConclusionForm(Wire):
    """What comes next, or the end; `reason` is required where it is closed, `bookedAt` is of a meeting or interview."""

    outcome: Literal[
        "informationMeeting", "phoneInterview", "handedToInvestigation", "resting", "closed", "transferredToCaseSystem"
    ]
    reason: (
        Literal[
            "notReached",
            "withdrewTime",
            "withdrewPartner",
            "withdrewRecords",
            "withdrewOtherAssignment",
            "municipalityDeclined",
        ]
        | None
    ) = None
    booked_at: Annotated[str, Field(pattern=MOMENT)] | None = None

    def content(self) -> Content:
        """Give what the event says; `InvalidAnswersError` for a time that is none."""
        try:
            booked_at = datetime.fromisoformat(self.booked_at).astimezone(UTC) if self.booked_at else None
        except (ValueError, OverflowError):
            raise InvalidAnswersError(FieldError("/bookedAt", "invalid")) from None
        reason = Reason(self.reason) if self.reason else None
        return Content(outcome=Outcome(self.outcome), reason=reason, booked_at=booked_at)


class NoteForm(Wire):
    """A note of the recipient's own."""

    text: Text

    def content(self) -> Content:
        """Give what the event says."""
        return Content(text=self.text)


class EventForm(Wire):
    """One thing that was done with the delivery; `readable` is false where what was said cannot be opened."""

    at: datetime
    kind: str
    by: HandlerForm
    to: HandlerForm | None
    result: str | None
    outcome: str | None
    reason: str | None
    booked_at: datetime | None
    text: str | None
    readable: bool

    @classmethod
    def of(cls, event: Event) -> Self:
        """Give the wire form of an event."""
        content = Content.from_json(event.content) if event.content is not None else Content()
        return cls(
            at=event.at,
            kind=event.kind,
            by=HandlerForm(id=event.person, name=event.name),
            to=HandlerForm(id=event.to, name=event.to_name) if event.to else None,
            result=content.result,
            outcome=content.outcome,
            reason=content.reason,
            booked_at=content.booked_at,
            text=content.text,
            readable=event.readable,
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


class OthersForm(Wire):
    """What may be known of the other recipients that the family chose: how many, and whether one has called it."""

    count: int
    contacted: bool


class LetterForm(DeliveryForm):
    """A letter: its delivery, the answers by name, and the compilation for reading.

    `compilation` holds `overview`, `sections`, `indicators` (`engagement`, `lifeSituation`), `notAsked` and
    `nextStep`, in plain Swedish, of the letter as it was received; `supplements` are what came after and
    `history` is what was done with it, both the oldest first. `readers` are those who alone may read a protected one.
    `dueAt` and `overdue` as in the list; `others` is null unless the family lets its recipients know of each other.
    """

    due_at: datetime
    overdue: bool
    others: OthersForm | None

    recipient: OwnerForm
    municipalities: list[str]
    submitted_at: datetime
    answers: dict[str, Any]
    compilation: dict[str, Any]
    supplements: list[OpenedSupplementForm]
    history: list[EventForm]
    readers: list[HandlerForm]

    @classmethod
    def of(cls, read: LetterAtWork) -> Self:
        """Give the wire form of a letter that was read."""
        opened, others = read.opened, read.others
        compilation = dict(opened.compilation.to_wire())
        compilation.pop("answers", None)
        return cls(
            **_row(opened.delivery),
            due_at=read.state.due_at,
            overdue=read.state.overdue,
            others=OthersForm(count=others.count, contacted=others.called) if others else None,
            recipient=_owner(opened),
            municipalities=list(opened.letter.municipalities),
            submitted_at=opened.letter.submitted_at,
            answers=dict(opened.letter.answers),
            compilation=compilation,
            supplements=[OpenedSupplementForm.of(one) for one in opened.supplements],
            history=[EventForm.of(one) for one in opened.history],
            readers=[HandlerForm(id=one.id, name=one.name) for one in opened.delivery.readers],
        )


def _listed(lines: Sequence[Listed]) -> list[ListedForm]:
    return [
        ListedForm(
            **_row(one.delivery),
            card=CardForm.of(one.card) if one.card else None,
            due_at=one.due_at,
            overdue=one.overdue,
        )
        for one in lines
    ]


def _owner(of: MailboxPage | OpenedLetter | Found) -> OwnerForm:
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
        "protected": delivery.protected,
        "held": delivery.held,
        "erases_on": delivery.erases_on,
        "canary": delivery.canary,
    }
