"""What the municipality's own page says and hears on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from familjehem.domain.activation import AGREEMENT_VERSION, MOST_PEOPLE, MOST_TRIES
from familjehem.domain.onboarding import Missing, in_words
from familjehem.domain.recipient import RecipientState
from familjehem.runtime.http import Wire
from familjehem.usecases.activate import Standing
from functions.onboarding.forms import InvoiceForm, Line, Mobile, Name, PersonForm, ResponsibleForm

Short = Annotated[str, Field(max_length=64)]


class LinkForm(Wire):
    """The link that was mailed: the request's id and its secret."""

    request: Short
    secret: Short

    @property
    def link(self) -> tuple[str, str]:
        """Both parts."""
        return self.request, self.secret


class ResponsibleStep(LinkForm):
    """Who is responsible for the start."""

    name: Name
    mobile: Mobile


class CodeStep(LinkForm):
    """The code that came by SMS."""

    code: Annotated[str, Field(max_length=12)]


class AgreementStep(LinkForm):
    """The version of the processor agreement that was shown and is accepted."""

    version: Annotated[str, Field(max_length=20)]


class PeopleStep(LinkForm):
    """All who shall have access."""

    people: Annotated[list[PersonForm], Field(max_length=MOST_PEOPLE)]

    @property
    def named(self) -> tuple[tuple[str, str, str], ...]:
        """Each with name, address and mobile."""
        return tuple((one.name, one.email, one.mobile) for one in self.people)


class InvoiceStep(LinkForm):
    """Where invoices go."""

    name: Line
    address: Line
    reference: Line


class MissingForm(Wire):
    """One thing that is left to do, in plain Swedish."""

    code: Missing
    text: str


class AcceptedForm(Wire):
    """The agreement as it was accepted."""

    version: str
    name: str
    accepted_at: datetime


class StandingForm(Wire):
    """How far it has come; `code_sent` when a code is on its way or good, `tries_left` of the present one."""

    recipient: str
    municipalities: list[str]
    state: RecipientState
    missing: list[MissingForm]
    function_mailbox: str
    mailbox_proven: bool
    responsible: ResponsibleForm | None
    responsible_proven: bool
    code_sent: bool
    tries_left: int
    agreement_version: str
    agreement: AcceptedForm | None
    people: list[PersonForm]
    readers: int
    invoice: InvoiceForm | None

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """Give it as the page shows it."""
        way, page = standing.onboarding, standing.activation
        who, signed, payer = page.responsible, page.signature, way.payer
        return cls(
            recipient=way.name,
            municipalities=list(way.municipalities),
            state=way.state,
            missing=[
                MissingForm(code=one, text=words)
                for one, words in zip(standing.missing, in_words(standing.missing), strict=True)
            ],
            function_mailbox=way.mailbox_to_prove or way.function_mailbox,
            mailbox_proven=way.mailbox_to_prove is None,
            responsible=ResponsibleForm(name=who.name, mobile=who.mobile) if who else None,
            responsible_proven=way.responsible_proven_at is not None,
            code_sent=standing.code_on_its_way or page.code is not None,
            tries_left=MOST_TRIES - page.code.tries if page.code else MOST_TRIES,
            agreement_version=AGREEMENT_VERSION,
            agreement=AcceptedForm(version=signed.version, name=signed.name, accepted_at=signed.at) if signed else None,
            people=[PersonForm(name=one.name, email=one.email, mobile=one.mobile) for one in page.people],
            readers=way.readers,
            invoice=InvoiceForm(name=payer.name, address=payer.address, reference=payer.reference) if payer else None,
        )
