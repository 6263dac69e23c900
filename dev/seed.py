"""Puts recipients and case workers into the local cloud, through the use cases that onboarding will use too.

All of them are invented but for the names of municipalities; the mailboxes end in `.example`, which nobody can own,
and the telephone numbers are of the series that PTS keeps free for fiction.
"""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from botocore.exceptions import ClientError

from dev.cloud import Clients
from dev.places import Places, read, write
from dev.template import Physical, Template
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.register import DynamoRegister
from familjehem.adapters.dynamo.staff import DynamoStaff
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.recipient_keys import KmsRecipientKeys
from familjehem.domain.affiliation import Affiliation
from familjehem.domain.assignment import Assignment
from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import AlreadyMemberError
from familjehem.domain.invoice import Payer
from familjehem.domain.membership import Role
from familjehem.domain.onboarding import LEAST_PEOPLE, Onboarding
from familjehem.domain.recipient import PublicContact, Recipient, RecipientKind, RecipientState
from familjehem.ports import Account, RegisterChange
from familjehem.usecases.create_recipient import CreateRecipient
from familjehem.usecases.keep_roster import EnrolColleague, Registrar

ALL = frozenset(Assignment)


@dataclass(frozen=True, slots=True)
class Worker:
    """A case worker: an address, what she is called, and a role at each recipient."""

    email: str
    roles: Mapping[str, Role]

    @property
    def name(self) -> str:
        """What the worker is called: her address says it."""
        return self.email.partition("@")[0].replace(".", " ").title()


def _recipient(
    identifier: str,
    name: str,
    mailbox: str,
    assignments: frozenset[Assignment],
    extended: tuple[str, ...] = (),
    **more: Any,
) -> Recipient:
    return Recipient(
        id=identifier,
        name=name,
        kind=more.pop("kind", RecipientKind.MUNICIPALITY),
        state=RecipientState.LIVE,
        municipalities=more.pop("municipalities", (identifier,)),
        assignments=assignments,
        key_arn="",
        function_mailbox=f"familjehem@{mailbox}.example",
        extended_questions=frozenset(extended),
        contact=PublicContact(telephone=more.pop("telephone"), web=f"https://{mailbox}.example/familjehem"),
        **more,
    )


_HOMES = frozenset({Assignment.FAMILJEHEM, Assignment.JOURHEM, Assignment.KONTAKTFAMILJ})

# The extended questions of the first four and of the unit may be left open; those of the last two may not.
RECIPIENTS = (
    _recipient("0680", "Jönköping", "jonkoping", ALL, ("interests", "ownLimits"), telephone="031-390 06 01"),
    _recipient(
        "0180", "Stockholm", "stockholm", ALL, ("secretPlacement", "wheelchairAccess"), telephone="08-465 004 01"
    ),
    _recipient("1280", "Malmö", "malmo", _HOMES, ("parentWithChild",), telephone="040-628 04 01"),
    _recipient("1480", "Göteborg", "goteborg", _HOMES | {Assignment.JOURFAMILJ}, telephone="031-390 06 02"),
    _recipient(
        "0580",
        "Linköping",
        "linkoping",
        frozenset({Assignment.FAMILJEHEM, Assignment.KONTAKTPERSON}),
        ("smoking", "custodyTransfer"),
        telephone="08-465 004 02",
        closing_time=time(16, 0),
    ),
    _recipient("2480", "Umeå", "umea", _HOMES, ("swedishSkills", "licenceAndCar"), telephone="0980-319 201"),
    _recipient(
        "unit-hoglandet",
        "Familjehemsresursen Höglandet (prov)",
        "hoglandet",
        ALL,
        ("interests", "specialExperience"),
        telephone="08-465 004 03",
        kind=RecipientKind.UNIT,
        municipalities=("0685", "0686", "0687"),
        closing_time=time(15, 30),
    ),
)

WORKERS = (
    Worker("anna.prov@jonkoping.example", {"0680": Role.LOCAL_ADMINISTRATOR}),
    Worker("bo.prov@jonkoping.example", {"0680": Role.CASE_WORKER, "unit-hoglandet": Role.CASE_WORKER}),
    Worker("carin.prov@stockholm.example", {"0180": Role.LOCAL_ADMINISTRATOR}),
    Worker("dan.prov@stockholm.example", {"0180": Role.CASE_WORKER}),
    Worker("eva.prov@malmo.example", {"1280": Role.LOCAL_ADMINISTRATOR}),
    Worker("filip.prov@goteborg.example", {"1480": Role.LOCAL_ADMINISTRATOR}),
    Worker("greta.prov@linkoping.example", {"0580": Role.LOCAL_ADMINISTRATOR}),
    Worker("hugo.prov@umea.example", {"2480": Role.LOCAL_ADMINISTRATOR}),
    Worker("iris.prov@hoglandet.example", {"unit-hoglandet": Role.LOCAL_ADMINISTRATOR}),
)


def sow(
    template: Template,
    physical: Mapping[str, Physical],
    url: str,
    places: Places,
    report: Callable[[str], None] = lambda _line: None,
) -> None:
    """Put in what is missing; repeats put in nothing."""
    clients = Clients(url)
    database, table = Database(clients("dynamodb")), template.output("Data", "MainTableName", physical)
    directory = DynamoDirectory(database, table)
    recipient_keys = KmsRecipientKeys(
        clients("kms"),
        submission_role_arn=physical["SubmissionRole"].attributes["Arn"],
        tenant_role_arn=physical["TenantRole"].attributes["Arn"],
    )
    create = CreateRecipient(directory=directory, keys=recipient_keys)
    known = {recipient.id for recipient in directory.all()}
    for recipient in RECIPIENTS:
        if recipient.id not in known:
            _onboard(database, table, create(recipient))
            report(f"  mottagare  {recipient.name}")
    people = read(places.people)
    pool = template.output("Identity", "UserPoolId", physical)
    names = {recipient.id: recipient.name for recipient in RECIPIENTS}
    accounts = SeededAccounts(clients("cognito-idp"), pool)
    registrar = Registrar(staff=DynamoStaff(database, table), clock=SystemClock())
    enrol = EnrolColleague(registrar=registrar, accounts=accounts, directory=directory)
    for worker in WORKERS:
        if people.get(worker.email, {}).get("pool") == pool:
            continue
        for recipient, role in worker.roles.items():
            # Whoever has her place already (the list of people was lost) keeps it, and gets a password anew.
            with suppress(AlreadyMemberError):
                enrol(recipient, worker.email, worker.name, role, by=None)
        sub, password = accounts.known(worker.email)
        people[worker.email] = {
            "pool": pool,
            "sub": sub,
            "password": password,
            "recipients": [{"id": r, "name": names[r], "role": role.value} for r, role in worker.roles.items()],
        }
        report(f"  handläggare  {worker.email}")
    write(places.people, people)


class SeededAccounts:
    """Accounts whose holders have signed in already, with passwords that the local cloud keeps; no mail is sent."""

    def __init__(self, cognito: Any, pool: str) -> None:
        self._cognito = cognito
        self._pool = pool
        self._known: dict[str, tuple[str, str]] = {}

    def known(self, email: str) -> tuple[str, str]:
        """Give a person's id and password, made at the first call."""
        if email not in self._known:
            self._known[email] = _enrol(self._cognito, self._pool, email)
        return self._known[email]

    def open(self, email: str) -> Account:
        return Account(self.known(email)[0], fresh=True, mailed=True)

    def reopen(self, person: str) -> None:
        self._cognito.admin_enable_user(UserPoolId=self._pool, Username=person)

    def sign_out(self, person: str) -> None:
        self._cognito.admin_user_global_sign_out(UserPoolId=self._pool, Username=person)

    def close(self, person: str) -> None:
        self._cognito.admin_disable_user(UserPoolId=self._pool, Username=person)


def _onboard(database: Database, table: str, recipient: Recipient) -> None:
    """Give a recipient the way in that it would have come by, so that SKR's routines know it."""
    at = datetime.now(UTC)
    asked = Onboarding(
        id=recipient.id,
        recipient=recipient.id,
        name=recipient.name,
        kind=recipient.kind,
        municipalities=recipient.municipalities,
        assignments=recipient.assignments,
        function_mailbox=recipient.function_mailbox,
        domain_confirmed=True,
        requested_at=at,
        payer=Payer(recipient=recipient.id, name=recipient.name, address="Fakturagatan 1 (prov)", reference="PROV-1"),
    )
    way = asked.approve(at, recipient.key_arn).name_responsible(at).prove_mailbox(at, asked.function_mailbox)
    way = way.prove_responsible(at).accept_agreement(at, "prov").count_readers(LEAST_PEOPLE)
    way = way.send_canary("prov").open_canary(at, "prov").go_live(at)
    since = swedish_date(at)
    begun = tuple(
        Affiliation(municipality=code, recipient=recipient.id, since=since) for code in recipient.municipalities
    )
    DynamoRegister(database, table).commit(RegisterChange(onboardings=((None, way),), begun=begun))
    database.update(table, keys.recipient(recipient.id), "SET #onboarding = :way", {":way": way.id})


def _enrol(cognito: Any, pool: str, email: str) -> tuple[str, str]:
    password = f"Prov-{secrets.token_urlsafe(12)}-1a"
    try:
        user = cognito.admin_create_user(
            UserPoolId=pool,
            Username=email,
            MessageAction="SUPPRESS",
            TemporaryPassword=f"Prov-{secrets.token_urlsafe(12)}-2b",
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        )["User"]
        attributes = user["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "UsernameExistsException":
            raise
        attributes = cognito.admin_get_user(UserPoolId=pool, Username=email)["UserAttributes"]
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
    return next(each["Value"] for each in attributes if each["Name"] == "sub"), password
