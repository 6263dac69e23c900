"""The wiring of housekeeping."""

from collections.abc import Iterable
from dataclasses import dataclass

from familjehem.adapters.accounts import CognitoAccounts
from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.digests import S3DigestStore
from familjehem.adapters.dynamo.access_log import DynamoAccessLedger
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.disposals import DynamoDisposals
from familjehem.adapters.dynamo.mail_returns import DynamoMailReturns
from familjehem.adapters.dynamo.members import DynamoMembers
from familjehem.adapters.dynamo.outbox import DynamoOutbox
from familjehem.adapters.dynamo.register import DynamoRegister
from familjehem.adapters.dynamo.reminders import DynamoReminders
from familjehem.adapters.dynamo.staff import DynamoStaff
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.dynamo.vitals import DynamoVitals
from familjehem.adapters.shredder import S3Shredder
from familjehem.ports import Directory
from familjehem.runtime.observability import (
    AccessLogMetrics,
    OutboxGauge,
    ReconciliationMetrics,
    ReminderMetrics,
    RetentionMetrics,
    UnusedAccessGauge,
)
from familjehem.runtime.settings import HousekeepingSettings
from familjehem.usecases.apply_retention import ApplyRetention
from familjehem.usecases.end_unused_access import EndUnusedAccess
from familjehem.usecases.erase_letter import EraseLetter
from familjehem.usecases.examine_recipients import ExamineRecipients
from familjehem.usecases.honour_erasures import HonourErasures
from familjehem.usecases.keep_house import KeepHouse
from familjehem.usecases.keep_roster import Farewell, Registrar
from familjehem.usecases.reconcile import Reconcile
from familjehem.usecases.remind_overdue import RemindOverdue
from familjehem.usecases.seal_access_log import KeepAccessLogs, SealAccessLog
from familjehem.usecases.survey_recipients import SurveyRecipients
from familjehem.usecases.tell_health import ReportHealth
from familjehem.usecases.verify_access_log import VerifyAccessLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Housekeeping:
    """What is done each minute, each day and night, and when somebody asks for it."""

    keep_house: KeepHouse
    end_unused_access: EndUnusedAccess
    remind_overdue: RemindOverdue
    apply_retention: ApplyRetention
    honour_erasures: HonourErasures
    reconcile: Reconcile
    examine: ExamineRecipients
    report_health: ReportHealth
    keep_access_logs: KeepAccessLogs
    verify_access_log: VerifyAccessLog
    directory: Directory

    def recipients(self) -> Iterable[str]:
        """Give the id of every recipient."""
        return (recipient.id for recipient in self.directory.all())


def wire(settings: HousekeepingSettings) -> Housekeeping:
    """Make the clients and the use cases of housekeeping; called once, at import of the handler."""
    aws, clock, table = Aws(), SystemClock(), settings.MAIN_TABLE
    database = Database(aws.dynamodb())
    accounts = CognitoAccounts(aws.accounts(), settings.USER_POOL_ID)
    members, directory = DynamoMembers(database, table), DynamoDirectory(database, table)
    staff, s3 = DynamoStaff(database, table), aws.s3()
    ledger, digests = DynamoAccessLedger(database, table), S3DigestStore(s3, settings.AUDIT_BUCKET)
    vitals = DynamoVitals(database, table)
    disposals = DynamoDisposals(database, table, settings.WRAPS_TABLE)
    erase = EraseLetter(disposals=disposals, shredder=S3Shredder(s3, settings.MAILBOX_BUCKET), clock=clock)
    verify = VerifyAccessLog(ledger=ledger, digests=digests, clock=clock)
    return Housekeeping(
        keep_house=KeepHouse(outbox=DynamoOutbox(database, table), erase=erase, gauge=OutboxGauge(), clock=clock),
        end_unused_access=EndUnusedAccess(
            directory=directory,
            registrar=Registrar(staff=staff, clock=clock),
            farewell=Farewell(members=members, accounts=accounts, clock=clock),
            gauge=UnusedAccessGauge(),
            clock=clock,
        ),
        remind_overdue=RemindOverdue(
            directory=directory,
            reminders=DynamoReminders(database, table),
            staff=staff,
            gauge=ReminderMetrics(),
            clock=clock,
        ),
        apply_retention=ApplyRetention(directory=directory, disposals=disposals, gauge=RetentionMetrics(), clock=clock),
        reconcile=Reconcile(
            directory=directory,
            disposals=disposals,
            outbox=DynamoOutbox(database, table),
            gauge=ReconciliationMetrics(),
            clock=clock,
        ),
        report_health=ReportHealth(
            survey=SurveyRecipients(register=DynamoRegister(database, table), examiner=vitals, clock=clock),
            book=vitals,
            clock=clock,
        ),
        examine=ExamineRecipients(
            directory=directory,
            staff=DynamoStaff(database, table),
            disposals=disposals,
            returns=DynamoMailReturns(database, table),
            book=vitals,
            clock=clock,
        ),
        honour_erasures=HonourErasures(disposals=disposals, clock=clock),
        keep_access_logs=KeepAccessLogs(
            directory=directory,
            seal=SealAccessLog(ledger=ledger, digests=digests, clock=clock),
            verify=verify,
            gauge=AccessLogMetrics(),
        ),
        verify_access_log=verify,
        directory=directory,
    )
