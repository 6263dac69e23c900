"""What submission says and hears on the wire (a contract: design 7)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from familjehem.domain.application import DeliveryPromise, Receipt
from familjehem.domain.identification import Adult
from familjehem.domain.municipality import Municipality
from familjehem.domain.recipient import Recipient, RecipientState
from familjehem.domain.tokens import LONGEST_TOKEN
from familjehem.runtime.http import Wire
from familjehem.usecases.read_receipt import Status
from familjehem.usecases.submit_application import Submission
from familjehem.usecases.supplement_application import Addition, Supplemented

Token = Annotated[str, Field(max_length=LONGEST_TOKEN)]


class IdentificationsForm(Wire):
    """The tokens of those who used their e-identification for this very application."""

    applicant: Token | None = None
    co_applicant: Token | None = None

    def by_adult(self) -> dict[Adult, str]:
        """Give the tokens that were sent."""
        sent = {Adult.APPLICANT: self.applicant, Adult.CO_APPLICANT: self.co_applicant}
        return {adult: token for adult, token in sent.items() if token is not None}


class ApplicationForm(Wire):
    """An interest application as the page sends it."""

    question_set: Annotated[str, Field(min_length=1, max_length=40)]
    municipalities: Annotated[list[str], Field(max_length=290)]
    answers: dict[str, Any]
    campaign: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]+$")] | None = None
    challenge: Annotated[str, Field(max_length=4000)] | None = None
    identifications: IdentificationsForm | None = None

    def submission(self, idempotency_key: UUID) -> Submission:
        """Give what was sent as the use case takes it."""
        return Submission(
            idempotency_key=idempotency_key,
            question_set=self.question_set,
            municipalities=tuple(self.municipalities),
            answers=self.answers,
            campaign=self.campaign,
            challenge=self.challenge,
            identifications=self.identifications.by_adult() if self.identifications else {},
        )


class SupplementForm(Wire):
    """What an applicant adds or corrects: answers by question name, a message of several lines, or both."""

    question_set: Annotated[str, Field(min_length=1, max_length=40)]
    answers: dict[str, Any] = Field(default_factory=dict[str, Any])
    message: str | None = None

    def addition(self, idempotency_key: UUID) -> Addition:
        """Give what was sent as the use case takes it."""
        return Addition(
            idempotency_key=idempotency_key,
            question_set=self.question_set,
            answers=self.answers,
            message=self.message,
        )


class SharingForm(Wire):
    """Whether the recipients may know of each other."""

    share: bool


class RecipientName(Wire):
    """A recipient by id and name."""

    id: str
    name: str


class PromiseForm(Wire):
    """One line of a receipt."""

    number: str
    recipient: RecipientName
    municipalities: list[str]

    @classmethod
    def of(cls, promise: DeliveryPromise) -> Self:
        """Give the wire form of one promise."""
        return cls(
            number=promise.number,
            recipient=RecipientName(id=promise.recipient, name=promise.recipient_name),
            municipalities=list(promise.municipalities),
        )


class ReceiptForm(Wire):
    """The receipt of an accepted application; byte for byte the same for every replay."""

    reference: str
    receipt_code: str
    submitted_at: datetime
    deliveries: list[PromiseForm]

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """Give the wire form of a receipt."""
        return cls(
            reference=receipt.reference,
            receipt_code=receipt.receipt_code,
            submitted_at=receipt.submitted_at,
            deliveries=[PromiseForm.of(one) for one in receipt.promises],
        )


class OpeningForm(Wire):
    """Once that a letter was read or taken out, and by what role."""

    at: datetime
    role: str


class DeliveryStatusForm(Wire):
    """How one delivery fares; `openings` are the latest, the newest first, and never say by whom."""

    number: str
    recipient: RecipientName
    municipalities: list[str]
    state: str
    received_at: datetime | None
    opened_at: datetime | None
    contacted_at: datetime | None
    openings: list[OpeningForm]


class SupplementedForm(Wire):
    """An accepted supplement: its number (1 is the first) and those it was sealed for; the same for every replay."""

    supplement: int
    submitted_at: datetime
    deliveries: list[PromiseForm]

    @classmethod
    def of(cls, supplemented: Supplemented) -> Self:
        """Give the wire form of an accepted supplement."""
        return cls(
            supplement=supplemented.record.number,
            submitted_at=supplemented.record.submitted_at,
            deliveries=[PromiseForm.of(one) for one in supplemented.promises],
        )


class StatusForm(Wire):
    """How an application fares at each recipient.

    `shareRecipients` is whether those may know of each other, null where there is but one.
    """

    reference: str
    submitted_at: datetime
    share_recipients: bool | None
    deliveries: list[DeliveryStatusForm]

    @classmethod
    def of(cls, status: Status) -> Self:
        """Give the wire form of a status."""
        return cls(
            reference=status.reference,
            submitted_at=status.submitted_at,
            share_recipients=status.share_recipients,
            deliveries=[
                DeliveryStatusForm(
                    number=one.promise.number,
                    recipient=RecipientName(id=one.promise.recipient, name=one.promise.recipient_name),
                    municipalities=list(one.promise.municipalities),
                    state=one.state,
                    received_at=one.received_at,
                    opened_at=one.opened_at,
                    contacted_at=one.contacted_at,
                    openings=[OpeningForm(at=opening.at, role=opening.role) for opening in one.openings],
                )
                for one in status.deliveries
            ],
        )


class ConnectedForm(Wire):
    """The recipient that serves a municipality, and the extended questions that it asks."""

    id: str
    name: str
    extended_questions: list[str]


class ContactForm(Wire):
    """The ordinary way to a municipality's social services."""

    telephone: str | None
    web: str | None


class MunicipalityForm(Wire):
    """One municipality: who receives its applications, and for which assignments."""

    code: str
    name: str
    county: str
    recipient: ConnectedForm | None
    assignments: list[str]
    contact: ContactForm

    @classmethod
    def of(cls, municipality: Municipality, recipient: Recipient | None) -> Self:
        """Give the wire form; a recipient that is not live counts as not connected."""
        live = recipient if recipient and recipient.state is RecipientState.LIVE else None
        return cls(
            code=municipality.code,
            name=municipality.name,
            county=municipality.county,
            recipient=ConnectedForm(id=live.id, name=live.name, extended_questions=sorted(live.extended_questions))
            if live
            else None,
            assignments=sorted(live.assignments) if live else [],
            contact=ContactForm(
                telephone=recipient.contact.telephone if recipient else None,
                web=recipient.contact.web if recipient else None,
            ),
        )


class RecipientsForm(Wire):
    """All 290 municipalities, connected or not, in order of name."""

    municipalities: list[MunicipalityForm]

    @classmethod
    def of(cls, municipalities: Iterable[Municipality], serving: Mapping[str, Recipient]) -> Self:
        """Give the wire form of the whole list."""
        return cls(municipalities=[MunicipalityForm.of(one, serving.get(one.code)) for one in municipalities])


class ChallengeForm(Wire):
    """A proof-of-work challenge (altcha v1); `required` is false where none is asked for."""

    required: bool
    algorithm: str | None = None
    challenge: str | None = None
    maxnumber: int | None = None
    salt: str | None = None
    signature: str | None = None

    @classmethod
    def of(cls, issued: Mapping[str, Any]) -> Self:
        """Give the wire form of an issued challenge; an empty one says that none is asked for."""
        return cls(
            required=bool(issued),
            algorithm=issued.get("algorithm"),
            challenge=issued.get("challenge"),
            maxnumber=issued.get("maxNumber"),
            salt=issued.get("salt"),
            signature=issued.get("signature"),
        )
