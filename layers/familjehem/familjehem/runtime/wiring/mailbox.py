"""The wiring of the mailbox."""

from dataclasses import dataclass
from typing import Self

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.members import DynamoMembers
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.tenancy import Premises, StsTenancy
from familjehem.ports import Clock, Directory
from familjehem.runtime.settings import MailboxSettings
from familjehem.usecases.decide_erasure import DecideErasure, HoldDelivery, ListErasures
from familjehem.usecases.handle_delivery import (
    ClaimDelivery,
    Desk,
    HandOverDelivery,
    LogContact,
    LogOutcome,
    ReleaseDelivery,
    WriteNote,
)
from familjehem.usecases.introduce_person import IntroducePerson, NameColleagues
from familjehem.usecases.protect_delivery import ProtectDelivery, UnprotectDelivery
from familjehem.usecases.read_access_log import ReadAccessLog
from familjehem.usecases.read_letter import ReadLetter
from familjehem.usecases.read_mailbox import ListDeliveries, OpenLetter, ReadStates, Reception
from familjehem.usecases.read_reports import ListReports, ReadReport
from familjehem.usecases.review_access import ConfirmAccess, ReviewAccessLog
from familjehem.usecases.search_mailbox import SearchMailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """What the mailbox's door needs."""

    list_deliveries: ListDeliveries
    read_states: ReadStates
    search: SearchMailbox
    read_letter: ReadLetter
    claim: ClaimDelivery
    release: ReleaseDelivery
    hand_over: HandOverDelivery
    log_contact: LogContact
    log_outcome: LogOutcome
    write_note: WriteNote
    introduce: IntroducePerson
    name_colleagues: NameColleagues
    protect: ProtectDelivery
    unprotect: UnprotectDelivery
    decide_erasure: DecideErasure
    hold: HoldDelivery
    list_erasures: ListErasures
    read_access_log: ReadAccessLog
    review_access_log: ReviewAccessLog
    confirm_access: ConfirmAccess
    list_reports: ListReports
    read_report: ReadReport

    @classmethod
    def of(cls, reception: Reception, directory: Directory, clock: Clock) -> Self:
        """Give every use case of the mailbox behind one reception."""
        desk = Desk(reception=reception, clock=clock)
        return cls(
            list_deliveries=ListDeliveries(reception=reception, directory=directory, clock=clock),
            read_states=ReadStates(reception=reception, directory=directory, clock=clock),
            search=SearchMailbox(reception=reception, directory=directory, clock=clock),
            read_letter=ReadLetter(open_letter=OpenLetter(reception=reception, clock=clock), directory=directory),
            claim=ClaimDelivery(desk),
            release=ReleaseDelivery(desk),
            hand_over=HandOverDelivery(desk),
            log_contact=LogContact(desk),
            log_outcome=LogOutcome(desk),
            write_note=WriteNote(desk),
            introduce=IntroducePerson(doorkeeper=reception.doorkeeper),
            name_colleagues=NameColleagues(doorkeeper=reception.doorkeeper),
            protect=ProtectDelivery(desk),
            unprotect=UnprotectDelivery(desk),
            decide_erasure=DecideErasure(desk),
            hold=HoldDelivery(desk),
            list_erasures=ListErasures(reception),
            read_access_log=ReadAccessLog(reception=reception),
            review_access_log=ReviewAccessLog(reception=reception, clock=clock),
            confirm_access=ConfirmAccess(reception=reception, clock=clock),
            list_reports=ListReports(reception=reception),
            read_report=ReadReport(reception=reception, clock=clock),
        )


def wire(settings: MailboxSettings) -> Mailbox:
    """Make the clients and use cases of the mailbox; called once, at import of the handler."""
    reception, database, clock = receive(settings)
    return Mailbox.of(reception, DynamoDirectory(database, settings.MAIN_TABLE), clock)


def receive(settings: MailboxSettings) -> tuple[Reception, Database, SystemClock]:
    """Make the reception that lets people into one recipient's room, with the table and the clock behind it."""
    aws, clock = Aws(), SystemClock()
    premises = Premises(
        main=settings.MAIN_TABLE,
        wraps=settings.WRAPS_TABLE,
        tally=settings.TALLY_TABLE,
        bucket=settings.MAILBOX_BUCKET,
        reports=settings.REPORT_BUCKET,
        role_arn=settings.TENANT_ROLE_ARN,
    )
    database = Database(aws.dynamodb())
    reception = Reception(
        members=DynamoMembers(database, settings.MAIN_TABLE), tenancy=StsTenancy(aws, premises, clock)
    )
    return reception, database, clock
