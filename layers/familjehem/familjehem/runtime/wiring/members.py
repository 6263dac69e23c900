"""The wiring of local administration."""

from dataclasses import dataclass
from typing import Self

from familjehem.adapters.accounts import CognitoAccounts, OwnSignIn
from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.members import DynamoMembers
from familjehem.adapters.dynamo.staff import DynamoStaff
from familjehem.adapters.dynamo.table import Database
from familjehem.ports import Accounts, Clock, Directory, Members, Staff
from familjehem.runtime.settings import AccountsSettings, MembersSettings
from familjehem.usecases.admit_person import Doorkeeper
from familjehem.usecases.keep_roster import (
    ChangeColleague,
    EnrolColleague,
    Farewell,
    InviteColleague,
    ListColleagues,
    Office,
    Registrar,
    RemoveColleague,
    SignOut,
)
from familjehem.usecases.set_up_recipient import ChangeSettings, ReadSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAdministration:
    """What the door of local administration needs."""

    list_colleagues: ListColleagues
    invite: InviteColleague
    change: ChangeColleague
    remove: RemoveColleague
    sign_out: SignOut
    read_settings: ReadSettings
    change_settings: ChangeSettings

    @classmethod
    def of(cls, members: Members, staff: Staff, accounts: Accounts, directory: Directory, clock: Clock) -> Self:
        """Give every use case of local administration."""
        registrar = Registrar(staff=staff, clock=clock)
        office = Office(doorkeeper=Doorkeeper(members=members), registrar=registrar)
        enrol = EnrolColleague(registrar=registrar, accounts=accounts, directory=directory)
        farewell = Farewell(members=members, accounts=accounts, clock=clock)
        return cls(
            list_colleagues=ListColleagues(office=office),
            invite=InviteColleague(office=office, enrol=enrol),
            change=ChangeColleague(office=office),
            remove=RemoveColleague(office=office, farewell=farewell),
            sign_out=SignOut(office=office, members=members, accounts=accounts, clock=clock),
            read_settings=ReadSettings(office=office, directory=directory),
            change_settings=ChangeSettings(office=office, directory=directory),
        )


def wire(settings: MembersSettings) -> LocalAdministration:
    """Make the clients and use cases of local administration; called once, at import of the handler."""
    aws, table = Aws(), settings.MAIN_TABLE
    database = Database(aws.dynamodb())
    return LocalAdministration.of(
        DynamoMembers(database, table),
        DynamoStaff(database, table),
        accounts(aws, settings),
        DynamoDirectory(database, table),
        SystemClock(),
    )


def accounts(aws: Aws, settings: AccountsSettings) -> CognitoAccounts:
    """Make the accounts, with the municipality's own sign-in where one is configured."""
    name, domains = settings.STAFF_PROVIDER, settings.STAFF_PROVIDER_DOMAINS.lower().split()
    return CognitoAccounts(aws.accounts(), settings.USER_POOL_ID, OwnSignIn(name, frozenset(domains)) if name else None)
