"""What onboarding says and hears on the wire: SKR's four groups of data."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from familjehem.domain.activation import LONGEST_NAME, MOST_PEOPLE
from familjehem.domain.contact_details import LONGEST_EMAIL, LONGEST_PHONE
from familjehem.runtime.http import Wire
from familjehem.usecases.request_connection import Wanted

Line = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Email = Annotated[str, Field(max_length=LONGEST_EMAIL)]
Mobile = Annotated[str, Field(max_length=LONGEST_PHONE)]


class ResponsibleForm(Wire):
    """Who is responsible for the start; her mobile is used for a check of identity and for nothing else."""

    name: Name
    mobile: Mobile


class PersonForm(Wire):
    """One of the people who shall have access."""

    name: Name
    email: Email
    mobile: Mobile


class InvoiceForm(Wire):
    """Where invoices go."""

    name: Line
    address: Line
    reference: Line


class ConnectionForm(Wire):
    """A request to be connected; `unit` is the name of a unit that serves several municipalities."""

    municipalities: Annotated[list[str], Field(max_length=90)]
    unit: Annotated[str, Field(max_length=80)] | None = None
    assignments: Annotated[list[Name], Field(max_length=5)]
    function_mailbox: Email
    responsible: ResponsibleForm
    people: Annotated[list[PersonForm], Field(max_length=MOST_PEOPLE)] = Field(default_factory=list)
    invoice: InvoiceForm

    def wanted(self, key: UUID) -> Wanted:
        """Give what was sent as the use case takes it."""
        return Wanted(
            key=key,
            municipalities=tuple(self.municipalities),
            unit=self.unit,
            assignments=tuple(self.assignments),
            function_mailbox=self.function_mailbox,
            responsible=(self.responsible.name, self.responsible.mobile),
            people=tuple((one.name, one.email, one.mobile) for one in self.people),
            invoice=(self.invoice.name, self.invoice.address, self.invoice.reference),
        )


class RequestedForm(Wire):
    """The id by which SKR approves; SKR's commands carry it and nothing of a person."""

    request: str
