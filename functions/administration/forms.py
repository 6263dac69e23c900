"""What SKR's console says: one model per command, version 1 of each (a contract: the runbooks rest on it).

No command holds anything of a person: people are named by the municipality itself, and known here by ids alone.
"""

from datetime import date
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from familjehem.domain.assignment import Assignment
from familjehem.domain.invoice import Billing, Payer
from familjehem.domain.onboarding import ExportProof
from familjehem.domain.recipient import RecipientKind
from familjehem.runtime.commands import ApprovedCommand, Command, Shape
from familjehem.usecases.connect_recipients import Approval, Connection
from familjehem.usecases.transfer_municipality import Transfer

MOST_RECIPIENTS = 300
RECIPIENT = r"^([0-9]{4}|unit-[0-9a-z]+(-[0-9a-z]+)*)$"
REQUEST = r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$"
PERSON = r"^[0-9A-Za-z-]{1,64}$"
MUNICIPALITY = r"^[0-9]{4}$"
ONE_LINE = r"^[^\x00-\x1f\x7f]+$"

RecipientId = Annotated[str, Field(pattern=RECIPIENT, max_length=45)]
MunicipalityCode = Annotated[str, Field(pattern=MUNICIPALITY)]
Address = Annotated[str, Field(max_length=254)]
Line = Annotated[str, Field(max_length=200, pattern=ONE_LINE)]
Ore = Annotated[int, Field(ge=0, le=10**13)]


class InvoiceForm(Shape):
    """Where invoices go."""

    name: Line
    address: Line
    reference: Line
    billing: Billing = Billing.SUM

    def payer(self, recipient: str) -> Payer:
        """Give it as the domain knows it."""
        return Payer(
            recipient=recipient,
            name=self.name,
            address=self.address,
            reference=self.reference,
            billing=self.billing,
        )


class ConnectionForm(Shape):
    """One recipient that is to be connected; a municipality by its code alone, a unit with name and members."""

    id: RecipientId
    name: Line | None = None
    municipalities: Annotated[list[MunicipalityCode], Field(max_length=MOST_RECIPIENTS)] | None = None
    assignments: Annotated[list[Assignment], Field(min_length=1)]
    function_mailbox: Address
    domain_confirmed: bool = False
    waits: bool = False
    invoice: InvoiceForm | None = None

    @property
    def is_unit(self) -> bool:
        """Whether it is a joint unit."""
        return self.id.startswith("unit-")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Demand what belongs together: a unit has a name and members, a municipality serves itself."""
        if self.is_unit and (self.name is None or not self.municipalities or self.waits):
            raise ValueError("a unit has a name and members")
        if not self.is_unit and self.municipalities not in (None, [self.id]):
            raise ValueError("a municipality serves itself alone")
        return self

    def connection(self) -> Connection:
        """Give it as the use case takes it."""
        return Connection(
            recipient=self.id,
            name=self.name,
            kind=RecipientKind.UNIT if self.is_unit else RecipientKind.MUNICIPALITY,
            municipalities=tuple(self.municipalities or (self.id,)),
            assignments=frozenset(self.assignments),
            function_mailbox=self.function_mailbox,
            domain_confirmed=self.domain_confirmed,
            waits=self.waits,
            payer=self.invoice.payer(self.id) if self.invoice else None,
        )


class ConnectCommand(Command):
    """Connect one or many recipients that have written to SKR."""

    named: ClassVar[str] = "connect"
    recipients: Annotated[list[ConnectionForm], Field(min_length=1, max_length=MOST_RECIPIENTS)]


class RecipientsFile(Shape):
    """What lies in a command file: the recipients of one run."""

    recipients: Annotated[list[ConnectionForm], Field(min_length=1, max_length=MOST_RECIPIENTS)]


class ConnectFileCommand(Command):
    """Connect all recipients of a file that an operator has put into the folder."""

    named: ClassVar[str] = "connectFile"
    file: Annotated[str, Field(pattern=r"^commands/[0-9a-z][0-9a-z-]{0,60}\.json$")]


class ApproveCommand(Command):
    """Approve a request that came through the website."""

    named: ClassVar[str] = "approve"
    request: Annotated[str, Field(pattern=REQUEST)]
    domain_confirmed: bool = False

    def approval(self) -> Approval:
        """Give it as the use case takes it."""
        return Approval(request=self.request, domain_confirmed=self.domain_confirmed)


class ChangeMailboxCommand(Command):
    """Change a recipient's function mailbox."""

    named: ClassVar[str] = "changeMailbox"
    recipient: RecipientId
    function_mailbox: Address
    domain_confirmed: bool = False


class AddStaffCommand(Command):
    """Let in whom the municipality has named on its own page, by the request's id."""

    named: ClassVar[str] = "addStaff"
    request: Annotated[str, Field(pattern=REQUEST)]


class RemoveStaffCommand(Command):
    """Take a person's access, by her id; without one, tell who has access by ids alone."""

    named: ClassVar[str] = "removeStaff"
    recipient: RecipientId
    person: Annotated[str, Field(pattern=PERSON)] | None = None


class SendCanaryCommand(Command):
    """Send the canary letter to a recipient that is ready."""

    named: ClassVar[str] = "sendCanary"
    recipient: RecipientId


class StartCommand(Command):
    """Let a recipient receive, when all its conditions hold."""

    named: ClassVar[str] = "start"
    recipient: RecipientId


class PauseCommand(Command):
    """Let a recipient receive nothing new for a while."""

    named: ClassVar[str] = "pause"
    recipient: RecipientId


class ResumeCommand(Command):
    """End a recipient's pause."""

    named: ClassVar[str] = "resume"
    recipient: RecipientId


class TransferMunicipalityCommand(ApprovedCommand):
    """Move a municipality to another recipient: into a unit, out of it, or between two."""

    named: ClassVar[str] = "transferMunicipality"
    municipality: MunicipalityCode
    recipient: RecipientId
    decided_on: date
    agreed_until: date | None = None

    def transfer(self) -> Transfer:
        """Give it as the use case takes it."""
        return Transfer(
            municipality=self.municipality,
            recipient=self.recipient,
            decided_on=self.decided_on,
            agreed_until=self.agreed_until,
        )


class LeaveCommand(ApprovedCommand):
    """Give a recipient notice: the first stage of its farewell."""

    named: ClassVar[str] = "leave"
    recipient: RecipientId
    last_day: date | None = None


class CloseCommand(ApprovedCommand):
    """Close a recipient that has left: the second stage. Called again until the report is the proof."""

    named: ClassVar[str] = "close"
    recipient: RecipientId
    export_confirmed_on: date | None = None
    case_number: Line | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Demand both halves of the municipality's word, or neither."""
        if (self.export_confirmed_on is None) is not (self.case_number is None):
            raise ValueError("the day and the case number belong together")
        return self

    def proof(self) -> ExportProof | None:
        """Give the municipality's word that all letters are exported; None where it was not given."""
        if self.export_confirmed_on is None or self.case_number is None:
            return None
        return ExportProof(confirmed_on=self.export_confirmed_on, case_number=self.case_number)


class PublishQuestionSetCommand(Command):
    """Put on record that a version of the question set is published."""

    named: ClassVar[str] = "publishQuestionSet"
    question_set: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{1,3}$")]


class WithdrawQuestionSetCommand(ApprovedCommand):
    """Put on record that a version of the question set is withdrawn."""

    named: ClassVar[str] = "withdrawQuestionSet"
    question_set: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{1,3}$")]


class ListRecipientsCommand(Command):
    """List recipients and requests with state and health."""

    named: ClassVar[str] = "listRecipients"
    ailing_only: bool = False


class ReplayDeadLettersCommand(Command):
    """Take up again what workers gave up."""

    named: ClassVar[str] = "replayDeadLetters"


class TouchOutboxCommand(Command):
    """Wake what waits in the outbox, of one recipient or of all."""

    named: ClassVar[str] = "touchOutbox"
    recipient: RecipientId | None = None


class RebuildReportCommand(Command):
    """Have a month's report of a recipient built anew."""

    named: ClassVar[str] = "rebuildReport"
    recipient: RecipientId
    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class VerifyAccessLogCommand(Command):
    """Have the access log of a recipient, or of all, verified."""

    named: ClassVar[str] = "verifyAccessLog"
    recipient: RecipientId | None = None


class InvoiceBasisCommand(Command):
    """Reckon the invoices of a year, a quarter or a month."""

    named: ClassVar[str] = "invoiceBasis"
    period: Annotated[str, Field(pattern=r"^20[0-9]{2}(-Q[1-4]|-(0[1-9]|1[0-2]))?$")]


class TariffCommand(Command):
    """Show what municipalities would pay, by the table or by sharing a budget. Changes nothing."""

    named: ClassVar[str] = "tariff"
    year: Annotated[int, Field(ge=2020, le=2099)]
    municipalities: Annotated[list[MunicipalityCode], Field(max_length=MOST_RECIPIENTS)] | None = None
    budget_ore: Ore | None = None
    floor_ore: Ore = 0
    cap_ore: Ore | None = None


COMMANDS: tuple[type[Command], ...] = (
    ConnectCommand,
    ConnectFileCommand,
    ApproveCommand,
    ChangeMailboxCommand,
    AddStaffCommand,
    RemoveStaffCommand,
    SendCanaryCommand,
    StartCommand,
    PauseCommand,
    ResumeCommand,
    TransferMunicipalityCommand,
    LeaveCommand,
    CloseCommand,
    PublishQuestionSetCommand,
    WithdrawQuestionSetCommand,
    ListRecipientsCommand,
    ReplayDeadLettersCommand,
    TouchOutboxCommand,
    RebuildReportCommand,
    VerifyAccessLogCommand,
    InvoiceBasisCommand,
    TariffCommand,
)
