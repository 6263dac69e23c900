"""The whole service over one world of fakes: every use case wired as in production, and a town of recipients."""

from dataclasses import dataclass, field, replace
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from familjehem.adapters.press import TypstPress
from familjehem.domain.application import Receipt
from familjehem.domain.assignment import Assignment
from familjehem.domain.identification import Adult
from familjehem.domain.membership import AccessKind, Caller, Membership, Role
from familjehem.domain.outbox import (
    AccessTask,
    CalledTask,
    CodeTask,
    ConfirmationTask,
    ErasureTask,
    ExpiryTask,
    HealthTask,
    LetterTask,
    LinkTask,
    NoticeTask,
    ReminderTask,
    ReportTask,
    SupplementTask,
)
from familjehem.domain.recipient import PublicContact, Recipient, RecipientKind, RecipientState
from familjehem.ports import Claimed
from familjehem.runtime.wiring.export import Export, press
from familjehem.runtime.wiring.identification import Identification
from familjehem.runtime.wiring.mailbox import Mailbox
from familjehem.runtime.wiring.members import LocalAdministration
from familjehem.runtime.wiring.onboarding import OwnPage
from familjehem.usecases.activate import Activate
from familjehem.usecases.apply_retention import ApplyRetention
from familjehem.usecases.check_identifications import CheckIdentifications
from familjehem.usecases.connect_recipients import Approval, ConnectRecipients
from familjehem.usecases.create_recipient import CreateRecipient
from familjehem.usecases.deliver_letter import DeliverLetter
from familjehem.usecases.deliver_supplement import DeliverSupplement
from familjehem.usecases.end_unused_access import EndUnusedAccess
from familjehem.usecases.erase_letter import EraseLetter
from familjehem.usecases.examine_recipients import ExamineRecipients
from familjehem.usecases.export_registry import ExportRegistry
from familjehem.usecases.finish_identification import FinishIdentification
from familjehem.usecases.honour_erasures import HonourErasures
from familjehem.usecases.keep_house import KeepHouse
from familjehem.usecases.keep_roster import Farewell, Registrar
from familjehem.usecases.list_recipients import ListRecipients
from familjehem.usecases.notify import ConfirmToApplicant, NotifyRecipient, TellMember
from familjehem.usecases.print_compilation import PrintCompilation
from familjehem.usecases.read_mailbox import OpenLetter, Reception
from familjehem.usecases.read_receipt import ReadReceipt
from familjehem.usecases.reconcile import Reconcile
from familjehem.usecases.remind_overdue import RemindOverdue
from familjehem.usecases.request_connection import RequestConnection, Wanted
from familjehem.usecases.seal_access_log import KeepAccessLogs, SealAccessLog
from familjehem.usecases.seal_canary import SealCanary
from familjehem.usecases.send_activation import SendCode, SendLink
from familjehem.usecases.share_recipients import ShareRecipients
from familjehem.usecases.start_identification import StartIdentification
from familjehem.usecases.submit_application import Submission, SubmitApplication, Submitted
from familjehem.usecases.supplement_application import Addition, SupplementApplication, Supplemented
from familjehem.usecases.survey_recipients import SurveyRecipients
from familjehem.usecases.take_self_test import TakeSelfTest
from familjehem.usecases.tell_health import ReportHealth, TellHealth
from familjehem.usecases.tell_others import TellOthers
from familjehem.usecases.verify_access_log import VerifyAccessLog
from familjehem.usecases.withdraw_application import WithdrawApplication
from tests.builders import CO_APPLICANT_IDENTITY_NUMBER, IDENTITY_NUMBER, family_answers
from tests.fakes import CONTACT_KEY_ARN, World

PERSONS = {
    Adult.APPLICANT: Claimed(IDENTITY_NUMBER, "Prov Persson-Kanarie", "3"),
    Adult.CO_APPLICANT: Claimed(CO_APPLICANT_IDENTITY_NUMBER, "Test Persson-Kanarie", "4"),
}
"""Who the two adults of the builders' family are to a provider."""
FIVE = ("0180", "0680", "0687", "1280", "1480")
ADDRESS = "192.0.2.7"
SITE = "https://familjehem.example"
PROVIDER = "Testlegitimation"
MAILBOX = "https://familjehem.example/brevlada/"
SKR = "skr@skr.example"


def recipient(identifier: str, name: str, *municipalities: str, **changes: Any) -> Recipient:
    """Give a live recipient without its key, recruiting for everything."""
    kind = RecipientKind.UNIT if len(municipalities) > 1 else RecipientKind.MUNICIPALITY
    given: dict[str, Any] = {
        "id": identifier,
        "name": name,
        "kind": kind,
        "state": RecipientState.LIVE,
        "municipalities": municipalities or (identifier,),
        "assignments": frozenset(Assignment),
        "key_arn": "",
        "function_mailbox": f"familjehem@{identifier}.example",
        "closing_time": time(16, 30),
        "contact": PublicContact(telephone="010-000 00 00", web=f"https://{identifier}.example/familjehem"),
    }
    return Recipient(**{**given, **changes})


WANTED = Wanted(
    key=UUID(int=9),
    municipalities=("2584",),
    unit=None,
    assignments=("familjehem",),
    function_mailbox="familjehem@kiruna.se",
    responsible=("Prov Ansvarig-Kanarie", "070-174 06 05"),
    people=(),
    invoice=("Kiruna kommun", "Box 1, 981 85 Kiruna", "R-1"),
)
"""What a municipality that is not connected asks for."""
TOWN = (
    recipient("0180", "Stockholm"),
    recipient("0680", "Jönköping", extended_questions=frozenset({"smoking"})),
    recipient("1280", "Malmö"),
    recipient("1480", "Göteborg"),
    recipient("0580", "Linköping"),
    recipient("2480", "Umeå"),
    recipient("unit-hoglandet", "Höglandet (prov)", "0685", "0686", "0687"),
)


@cache
def the_press() -> TypstPress:
    """Give the press; it keeps nothing between two prints."""
    return press(Path(__file__).parents[1] / "functions" / "export")


@dataclass
class Service:
    """Everything, over fakes."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        world = self.world
        self.create_recipient = CreateRecipient(directory=world.directory, keys=world.recipient_keys)
        for one in TOWN:
            self.create_recipient(one)
        self.take_self_test = TakeSelfTest(gauge=world.self_test_gauge)
        self.list_recipients = ListRecipients(directory=world.directory)
        self.submit = SubmitApplication(
            secrets=world.secrets,
            challenges=world.challenges,
            identifications=CheckIdentifications(secrets=world.identification_secrets, required=False),
            directory=world.directory,
            data_keys=world.data_keys,
            intake=world.intake,
            clock=world.clock,
            contact_key=CONTACT_KEY_ARN,
        )
        self.own_page = OwnPage(
            request_connection=RequestConnection(
                register=world.register, activations=world.activations, directory=world.directory, clock=world.clock
            ),
            activate=Activate(register=world.register, activations=world.activations, clock=world.clock),
        )
        self.identification = Identification(
            provider=PROVIDER,
            start=StartIdentification(
                secrets=world.identification_secrets, provider=world.identity_provider, clock=world.clock
            ),
            finish=FinishIdentification(
                secrets=world.identification_secrets,
                provider=world.identity_provider,
                provider_name=PROVIDER,
                clock=world.clock,
            ),
        )
        self.read_receipt = ReadReceipt(
            secrets=world.secrets, intake=world.intake, attempts=world.attempts, clock=world.clock, failures_per_hour=5
        )
        self.withdraw = WithdrawApplication(receipt=self.read_receipt)
        self.supplement = SupplementApplication(
            receipt=self.read_receipt, directory=world.directory, data_keys=world.data_keys
        )
        self.share = ShareRecipients(receipt=self.read_receipt)
        self.seal_canary = SealCanary(
            directory=world.directory, data_keys=world.data_keys, intake=world.intake, clock=world.clock
        )
        self.deliver = DeliverLetter(queue=world.letter_queue, vault=world.vault, clock=world.clock)
        self.deliver_supplement = DeliverSupplement(queue=world.supplement_queue, vault=world.vault, clock=world.clock)
        self.notify = NotifyRecipient(
            queue=world.notice_queue,
            directory=world.directory,
            post=world.post,
            clock=world.clock,
            mailbox_url=MAILBOX,
            skr_address=SKR,
        )
        self.remind_overdue = RemindOverdue(
            directory=world.directory,
            reminders=world.reminders,
            staff=world.staff,
            gauge=world.reminder_gauge,
            clock=world.clock,
        )
        self.confirm = ConfirmToApplicant(
            queue=world.notice_queue, contact_key=world.contact_key, post=world.post, site_url=SITE
        )
        self.tell = TellMember(
            queue=world.access_queue, directory=world.directory, post=world.post, mailbox_url=MAILBOX
        )
        self.erase = EraseLetter(disposals=world.disposals, shredder=world.shredder, clock=world.clock)
        self.apply_retention = ApplyRetention(
            directory=world.directory, disposals=world.disposals, gauge=world.retention_gauge, clock=world.clock
        )
        self.reconcile = Reconcile(
            directory=world.directory,
            disposals=world.disposals,
            outbox=world.outbox,
            gauge=world.reconciliation_gauge,
            clock=world.clock,
        )
        self.honour_erasures = HonourErasures(disposals=world.disposals, clock=world.clock)
        self.keep_house = KeepHouse(outbox=world.outbox, erase=self.erase, gauge=world.gauge, clock=world.clock)
        reception = Reception(members=world.members, tenancy=world.tenancy)
        self.mailbox = Mailbox.of(reception, world.directory, world.clock)
        self.administration = LocalAdministration.of(
            world.members, world.staff, world.accounts, world.directory, world.clock
        )
        self.end_unused_access = EndUnusedAccess(
            directory=world.directory,
            registrar=Registrar(staff=world.staff, clock=world.clock),
            farewell=Farewell(members=world.members, accounts=world.accounts, clock=world.clock),
            gauge=world.access_gauge,
            clock=world.clock,
        )
        survey = SurveyRecipients(register=world.register, examiner=world.examiner, clock=world.clock)
        self.report_health = ReportHealth(survey=survey, book=world.vitals_book, clock=world.clock)
        self.tell_health = TellHealth(queue=world.health_queue, post=world.post, skr_address=SKR)
        self.examine = ExamineRecipients(
            directory=world.directory,
            staff=world.staff,
            disposals=world.disposals,
            returns=world.mail_returns,
            book=world.vitals_book,
            clock=world.clock,
        )
        self.seal_access_log = SealAccessLog(ledger=world.ledger, digests=world.digest_store, clock=world.clock)
        self.verify_access_log = VerifyAccessLog(ledger=world.ledger, digests=world.digest_store, clock=world.clock)
        self.keep_access_logs = KeepAccessLogs(
            directory=world.directory,
            seal=self.seal_access_log,
            verify=self.verify_access_log,
            gauge=world.access_log_gauge,
        )
        self.list_deliveries = self.mailbox.list_deliveries
        self.open_letter = self.mailbox.read_letter.open_letter
        self.tell_others = TellOthers(world.called_queue)
        exporting = OpenLetter(reception=reception, clock=world.clock, kind=AccessKind.EXPORT)
        self.exports = Export(
            open_letter=exporting,
            print_compilation=PrintCompilation(open_letter=exporting, press=the_press(), clock=world.clock),
            export_registry=ExportRegistry(reception=reception, clock=world.clock),
        )

    def accepted(self, *municipalities: str, key: UUID | None = None, **changes: Any) -> Submitted:
        """Submit a family's application and give what came back."""
        return self.submit(submission(*municipalities, key=key, **changes))

    def supplemented(
        self, receipt: Receipt, message: str | None = None, *, key: UUID | None = None, **answers: Any
    ) -> Supplemented:
        """Supplement an application and give what came back."""
        addition = Addition(idempotency_key=key or uuid4(), question_set="2026-1", answers=answers, message=message)
        return self.supplement(addition, receipt.reference, receipt.receipt_code, ADDRESS)

    def demand_identification(self) -> None:
        """Be as where e-identification is configured."""
        self.submit = replace(self.submit, identifications=replace(self.submit.identifications, required=True))

    def identified(self, draft: UUID, adult: Adult = Adult.APPLICANT, person: Claimed | None = None) -> str:
        """Let an adult of the builders' family identify for a draft; give the token."""
        world = self.world
        world.persons["code"] = person or PERSONS[adult]
        state = self.identification.start(adult, draft, "sv").state
        return self.identification.finish("code", state, draft)[1]

    def opened_page(self, secret: str) -> str:
        """Let a municipality ask and SKR approve, and send the link with this secret; give the request's id."""
        world = self.world
        request = self.own_page.request_connection(WANTED).request
        connect = ConnectRecipients(register=world.register, keys=world.recipient_keys, clock=world.clock)
        connect([Approval(request=request)], dry_run=False)
        send = SendLink(
            activations=world.activations,
            register=world.register,
            post=world.post,
            clock=world.clock,
            site_url=SITE,
            make=lambda: secret,
        )
        assert send(LinkTask(request))
        return request

    def text_code(self, request: str, code: str) -> None:
        """Send the code that was asked for."""
        world = self.world
        ports = {"activations": world.activations, "texting": world.texting, "clock": world.clock}
        assert SendCode(**ports, make=lambda: code)(CodeTask(request))

    def work(self) -> None:
        """Do whatever waits in the outbox, until nothing does."""
        while tasks := self.world.tasks():
            for task in tasks:
                match task:
                    case LetterTask():
                        self.deliver(task)
                    case SupplementTask():
                        self.deliver_supplement(task)
                    case NoticeTask() | ExpiryTask() | ReminderTask() | ReportTask():
                        self.notify(task)
                    case HealthTask():
                        self.tell_health(task)
                    case ConfirmationTask():
                        self.confirm(task)
                    case AccessTask():
                        self.tell(task)
                    case CalledTask():
                        self.tell_others(task)
                    case ErasureTask():
                        self.erase(task)

    def hire(self, person: str, *recipients: str, role: Role = Role.CASE_WORKER) -> Caller:
        """Give a person a place at recipients, and give how she calls."""
        for one in recipients:
            self.world.members.enrol(person, Membership(one, self.world.recipients[one].name, role))
        return Caller(person, self.world.at)


def submission(*municipalities: str, key: UUID | None = None, **changes: Any) -> Submission:
    """Give a family's submission as the page sends it."""
    return Submission(
        idempotency_key=key or uuid4(),
        question_set="2026-1",
        municipalities=municipalities or FIVE,
        answers=changes.pop("answers", None) or answers_for(municipalities or FIVE),
        **changes,
    )


def answers_for(municipalities: tuple[str, ...], **changes: Any) -> dict[str, Any]:
    """Give a family's answers to everything that the recipients of these municipalities ask."""
    serving = {one.id: one for one in TOWN for code in one.municipalities if code in municipalities}
    extended = frozenset[str]().union(*(one.extended_questions for one in serving.values()))
    return family_answers(extended=extended, recipients=len(serving) or 1, **changes)
