"""The wiring of administration."""

from dataclasses import dataclass
from typing import Self

from familjehem.adapters.accounts import CognitoAccounts, OwnSignIn
from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.activations import DynamoActivations
from familjehem.adapters.dynamo.canaries import DynamoCanaries
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.members import DynamoMembers
from familjehem.adapters.dynamo.outbox import DynamoOutbox
from familjehem.adapters.dynamo.register import DynamoRegister
from familjehem.adapters.dynamo.rulings import DynamoRulings
from familjehem.adapters.dynamo.staff import DynamoStaff
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.dynamo.vitals import DynamoVitals
from familjehem.adapters.errands import LambdaErrands
from familjehem.adapters.failures import SqsFailures
from familjehem.adapters.folder import S3Folder
from familjehem.adapters.recipient_keys import KmsRecipientKeys
from familjehem.adapters.workbook import XlsxWorkbook
from familjehem.ports import (
    Accounts,
    Canaries,
    Clock,
    Directory,
    Errands,
    Examiner,
    Failures,
    Folder,
    Members,
    NamedPeople,
    Outbox,
    RecipientKeys,
    Register,
    Rulings,
    Staff,
    Workbook,
)
from familjehem.runtime.settings import AccountsSettings, AdministrationSettings
from familjehem.usecases.admit_staff import AddStaff, RemoveStaff
from familjehem.usecases.change_mailbox import ChangeMailbox
from familjehem.usecases.connect_recipients import ConnectRecipients
from familjehem.usecases.keep_roster import EnrolColleague, Registrar
from familjehem.usecases.offboard_recipient import CloseRecipient, LeaveRecipient
from familjehem.usecases.pause_recipient import PauseRecipient, ResumeRecipient, StartRecipient
from familjehem.usecases.reckon_invoices import ReckonInvoices, ShowTariff
from familjehem.usecases.repair_outbox import ReplayDeadLetters, TouchOutbox
from familjehem.usecases.rule_on_question_set import RuleOnQuestionSet
from familjehem.usecases.send_canary import ERRAND, SendCanary
from familjehem.usecases.survey_recipients import SurveyRecipients
from familjehem.usecases.take_step import TakeStep
from familjehem.usecases.transfer_municipality import TransferMunicipality


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The ports that the administration works with."""

    register: Register
    keys: RecipientKeys
    outbox: Outbox
    failures: Failures
    folder: Folder
    workbook: Workbook
    rulings: Rulings
    examiner: Examiner
    errands: Errands
    clock: Clock
    named: NamedPeople
    staff: Staff
    members: Members
    accounts: Accounts
    directory: Directory
    canaries: Canaries


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """What the administration's door needs."""

    connect: ConnectRecipients
    change_mailbox: ChangeMailbox
    add_staff: AddStaff
    remove_staff: RemoveStaff
    send_canary: SendCanary
    start: StartRecipient
    pause: PauseRecipient
    resume: ResumeRecipient
    transfer: TransferMunicipality
    leave: LeaveRecipient
    close: CloseRecipient
    rule: RuleOnQuestionSet
    survey: SurveyRecipients
    replay: ReplayDeadLetters
    touch: TouchOutbox
    invoices: ReckonInvoices
    tariff: ShowTariff
    errands: Errands
    folder: Folder

    @classmethod
    def of(cls, tools: Tools) -> Self:
        """Give every use case of the administration."""
        take = TakeStep(register=tools.register, clock=tools.clock)
        registrar = Registrar(staff=tools.staff, clock=tools.clock)
        touch = TouchOutbox(outbox=tools.outbox, clock=tools.clock)
        return cls(
            connect=ConnectRecipients(register=tools.register, keys=tools.keys, clock=tools.clock),
            change_mailbox=ChangeMailbox(take),
            add_staff=AddStaff(
                take=take,
                named=tools.named,
                enrol=EnrolColleague(registrar=registrar, accounts=tools.accounts, directory=tools.directory),
            ),
            remove_staff=RemoveStaff(take=take, registrar=registrar, members=tools.members, accounts=tools.accounts),
            send_canary=SendCanary(take=take, errands=tools.errands),
            start=StartRecipient(take, tools.canaries),
            pause=PauseRecipient(take),
            resume=ResumeRecipient(take),
            transfer=TransferMunicipality(register=tools.register, clock=tools.clock),
            leave=LeaveRecipient(take),
            close=CloseRecipient(take=take, outbox=tools.outbox, keys=tools.keys),
            rule=RuleOnQuestionSet(rulings=tools.rulings, clock=tools.clock),
            survey=SurveyRecipients(register=tools.register, examiner=tools.examiner, clock=tools.clock),
            replay=ReplayDeadLetters(touch=touch, failures=tools.failures),
            touch=touch,
            invoices=ReckonInvoices(register=tools.register, folder=tools.folder, workbook=tools.workbook),
            tariff=ShowTariff(tools.register),
            errands=tools.errands,
            folder=tools.folder,
        )


def wire(settings: AdministrationSettings) -> Administration:
    """Make the clients and use cases of the administration; called once, at import of the handler."""
    aws, clock = Aws(), SystemClock()
    database = Database(aws.dynamodb())
    return Administration.of(
        Tools(
            register=DynamoRegister(database, settings.MAIN_TABLE),
            keys=KmsRecipientKeys(
                aws.kms(),
                submission_role_arn=settings.SUBMISSION_ROLE_ARN,
                tenant_role_arn=settings.TENANT_ROLE_ARN,
            ),
            outbox=DynamoOutbox(database, settings.MAIN_TABLE),
            failures=SqsFailures(aws.sqs(), settings.FAILURE_QUEUES.split()),
            folder=S3Folder(aws.s3(), settings.FOLDER_BUCKET),
            workbook=XlsxWorkbook(),
            rulings=DynamoRulings(database, settings.MAIN_TABLE),
            examiner=DynamoVitals(database, settings.MAIN_TABLE),
            errands=LambdaErrands(
                aws.functions(),
                {
                    "rebuildReport": settings.REPORTS,
                    "verifyAccessLog": settings.ACCESS_LOGS,
                    ERRAND: settings.LETTERBOX,
                },
            ),
            clock=clock,
            named=DynamoActivations(database, settings.MAIN_TABLE),
            staff=DynamoStaff(database, settings.MAIN_TABLE),
            members=DynamoMembers(database, settings.MAIN_TABLE),
            accounts=accounts(aws, settings),
            directory=DynamoDirectory(database, settings.MAIN_TABLE),
            canaries=DynamoCanaries(database, settings.MAIN_TABLE),
        )
    )


def accounts(aws: Aws, settings: AccountsSettings) -> CognitoAccounts:
    """Make the accounts, with the municipality's own sign-in where one is configured."""
    name, domains = settings.STAFF_PROVIDER, settings.STAFF_PROVIDER_DOMAINS.lower().split()
    return CognitoAccounts(aws.accounts(), settings.USER_POOL_ID, OwnSignIn(name, frozenset(domains)) if name else None)
