"""One in-memory fake per port, all of one `World`, so that use cases meet the same world as with real adapters.

The port suite in tests/adapters runs the same tests on these fakes and on the adapters: a fake that lies is
found there. `world.fails("intake.accept", error)` makes the next such step fail before anything was done,
`after=True` after all was done (the answer was lost).
"""

import base64
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from ipaddress import AddressValueError, IPv6Address, IPv6Network
from threading import RLock
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from familjehem.domain.access_log import START, BrokenLine, Head, Line, StoredDigest
from familjehem.domain.access_review import Confirmation, Review
from familjehem.domain.activation import Activation
from familjehem.domain.activation import Colleague as PageColleague
from familjehem.domain.affiliation import Affiliation
from familjehem.domain.application import Application, DeliveryPromise, Opening, SupplementRecord
from familjehem.domain.calendar import swedish_date
from familjehem.domain.delivery import (
    Delivery,
    DeliveryState,
    ErasureReason,
    NextStep,
    Origin,
    Others,
    ReceivedSupplement,
)
from familjehem.domain.erasure import Erasure
from familjehem.domain.errors import (
    ChallengeRefusedError,
    DeliveryNotFoundError,
    FieldError,
    IdentificationRefusedError,
    LetterUnreadableError,
    MalformedRequestError,
    NotConfirmedError,
    RecipientClosedError,
    RecipientExistsError,
)
from familjehem.domain.expiry import Clock as LetterClock
from familjehem.domain.handling import Colleague, Event, Handled
from familjehem.domain.health import Vitals
from familjehem.domain.inbox import Counts, Selection
from familjehem.domain.membership import AccessEntry, AccessKind, Membership, Person
from familjehem.domain.onboarding import Onboarding
from familjehem.domain.outbox import (
    AccessTask,
    ActivationTask,
    CalledTask,
    ConfirmationTask,
    ErasureTask,
    ExpiryTask,
    HealthTask,
    LetterTask,
    NoticeTask,
    Occasion,
    OutboxTask,
    QueuedConfirmation,
    QueuedLetter,
    QueuedSupplement,
    RecipientTask,
    ReminderTask,
    ReportTask,
    SupplementTask,
    Waiting,
)
from familjehem.domain.recipient import Recipient, RecipientState
from familjehem.domain.recipient_settings import RecipientSettings
from familjehem.domain.reminder import Overdue, Told
from familjehem.domain.returned_mail import ReturnedMail
from familjehem.domain.roster import Member, Roster, RosterChange
from familjehem.domain.sealing import Label, Purpose, letter_context, unseal, versioned
from familjehem.domain.search import token
from familjehem.domain.tally import Level, Scope
from familjehem.domain.tariff import Fee
from familjehem.ports import (
    Account,
    ActivationChangedError,
    AddressRefusedError,
    AlreadyAcceptedError,
    ApplicationChangedError,
    ChallengeSpentError,
    Claimed,
    Condemned,
    DataKey,
    DeliveryChangedError,
    KeyUnusableError,
    Page,
    RecipientChangedError,
    RegisterChange,
    RegisterChangedError,
    Registered,
    RosterChangedError,
    SealedApplication,
    SealedDelivery,
    SealedPart,
    SealedSupplement,
    SpentChallenge,
    ToSearch,
)

CONTACT_KEY_ARN = "arn:aws:kms:eu-north-1:111122223333:key/contact"


@dataclass(frozen=True)
class Mail:
    """One e-mail as it was handed to the provider."""

    to: str
    subject: str
    text: str
    tags: Mapping[str, str]


@dataclass
class World:
    """All that is stored anywhere, and the fakes that work on it."""

    at: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    secrets_kept: dict[str, bytes] = field(
        default_factory=lambda: {"1": b"a secret of the tests, long enough to be one"}
    )
    identification_secrets_kept: dict[str, bytes] = field(
        default_factory=lambda: {"1": b"another secret of the tests, as long as the first"}
    )
    persons: dict[str, Claimed] = field(default_factory=dict)
    errands: dict[str, str] = field(default_factory=dict)
    challenge_asked: bool = False
    usable_keys: dict[str, bool] = field(default_factory=lambda: {CONTACT_KEY_ARN: True})
    recipients: dict[str, Recipient] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    deliveries: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    letters: dict[LetterTask, QueuedLetter] = field(default_factory=dict)
    supplements: dict[tuple[str, bytes], SupplementRecord] = field(default_factory=dict)
    waiting_supplements: dict[SupplementTask, QueuedSupplement] = field(default_factory=dict)
    notices: dict[NoticeTask, datetime] = field(default_factory=dict)
    confirmations: dict[ConfirmationTask, QueuedConfirmation] = field(default_factory=dict)
    touches: Counter[OutboxTask] = field(default_factory=Counter)
    wraps: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    supplement_wraps: dict[tuple[str, str, int], tuple[str, bytes]] = field(default_factory=dict)
    contact_wraps: dict[str, bytes] = field(default_factory=dict)
    made_keys: dict[bytes, tuple[str, Mapping[str, str], bytes]] = field(default_factory=dict)
    spent: dict[str, datetime] = field(default_factory=dict)
    tallied: dict[tuple[Scope, str], Counter[str]] = field(default_factory=dict)
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    handled: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    objects: dict[tuple[str, str, Purpose], bytes] = field(default_factory=dict)
    supplement_objects: dict[tuple[str, str, int, Purpose], bytes] = field(default_factory=dict)
    notified: dict[NoticeTask, datetime] = field(default_factory=dict)
    memberships: dict[tuple[str, str], Membership] = field(default_factory=dict)
    signed_out: dict[str, datetime] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    rosters: dict[str, Roster] = field(default_factory=dict)
    roster_lines: list[RosterChange] = field(default_factory=list)
    days: dict[tuple[str, str], date] = field(default_factory=dict)
    accounts_kept: dict[str, "KeptAccount"] = field(default_factory=dict)
    to_tell: dict[AccessTask, datetime] = field(default_factory=dict)
    sendings: dict[ActivationTask, datetime] = field(default_factory=dict)
    pages: dict[str, Activation] = field(default_factory=dict)
    messages: list[tuple[str, str]] = field(default_factory=list)
    expiries: dict[ExpiryTask, datetime] = field(default_factory=dict)
    announced: dict[ReportTask, datetime] = field(default_factory=dict)
    shared: dict[str, Others | None] = field(default_factory=dict)
    calls: dict[CalledTask, datetime] = field(default_factory=dict)
    reminding: dict[ReminderTask, datetime] = field(default_factory=dict)
    reminded: dict[str, Told] = field(default_factory=dict)
    reminders_gauged: list[tuple[int, int, int, int]] = field(default_factory=list)
    erasing: dict[ErasureTask, datetime] = field(default_factory=dict)
    destroyed: dict[tuple[str, str], datetime] = field(default_factory=dict)
    reconciled: list[tuple[int, int, int]] = field(default_factory=list)
    retained: list[tuple[int, int, int]] = field(default_factory=list)
    access_gauged: list[tuple[int, int, int, int]] = field(default_factory=list)
    events: dict[tuple[str, str, str], Event] = field(default_factory=dict)
    access: dict[str, list[AccessEntry]] = field(default_factory=lambda: defaultdict(list))
    trails: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    reviews: dict[str, list[Review]] = field(default_factory=lambda: defaultdict(list))
    access_confirmations: dict[str, list[Confirmation]] = field(default_factory=lambda: defaultdict(list))
    shelved: dict[str, bytes] = field(default_factory=dict)
    digests: dict[tuple[str, str], list[bytes]] = field(default_factory=lambda: defaultdict(list))
    nights: list[tuple[int, int, int]] = field(default_factory=list)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    mails: list[Mail] = field(default_factory=list)
    gauged: list[tuple[int, int, float]] = field(default_factory=list)
    levels: Counter[str] = field(default_factory=Counter)
    steps: list[str] = field(default_factory=list)
    onboardings: dict[str, Onboarding] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)
    affiliations: dict[tuple[str, date, str], Affiliation] = field(default_factory=dict)
    fees: dict[tuple[int, str], Fee] = field(default_factory=dict)
    papers: dict[str, bytes] = field(default_factory=dict)
    notes_of_failure: int = 0
    deleted_on: dict[str, date] = field(default_factory=dict)
    ruled: dict[str, tuple[bool, datetime]] = field(default_factory=dict)
    vitals: dict[str, Vitals] = field(default_factory=dict)
    unsearched: dict[tuple[str, str], str] = field(default_factory=dict)
    tokens: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    searches: Counter[tuple[str, str, datetime]] = field(default_factory=Counter)
    returned: dict[tuple[str, str], ReturnedMail] = field(default_factory=dict)
    health: dict[HealthTask, tuple[Sequence[str], datetime]] = field(default_factory=dict)
    health_told: str = ""
    errand_answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    canaries_opened: dict[tuple[str, str], datetime] = field(default_factory=dict)
    errands_sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = RLock()
        self._faults: dict[str, list[tuple[Exception, bool]]] = defaultdict(list)
        self.clock = FakeClock(self)
        self.secrets = FakeSecrets(self)
        self.identification_secrets = FakeIdentificationSecrets(self)
        self.identity_provider = FakeIdentityProvider(self)
        self.directory = FakeDirectory(self)
        self.recipient_keys = FakeRecipientKeys(self)
        self.data_keys = FakeDataKeys(self)
        self.challenges = FakeChallenges(self)
        self.intake = FakeIntake(self)
        self.attempts = FakeAttempts(self)
        self.vault = FakeVault(self)
        self.letter_queue = FakeLetterQueue(self)
        self.supplement_queue = FakeSupplementQueue(self)
        self.notice_queue = FakeNoticeQueue(self)
        self.access_queue = FakeAccessQueue(self)
        self.contact_key = FakeContactKey(self)
        self.post = FakePost(self)
        self.outbox = FakeOutbox(self)
        self.gauge = FakeGauge(self)
        self.self_test_gauge = FakeSelfTestGauge(self)
        self.members = FakeMembers(self)
        self.disposals = FakeDisposals(self)
        self.shredder = FakeShredder(self)
        self.called_queue = FakeCalledQueue(self)
        self.reminders = FakeReminders(self)
        self.reminder_gauge = FakeReminderGauge(self)
        self.retention_gauge = FakeRetentionGauge(self)
        self.reconciliation_gauge = FakeReconciliationGauge(self)
        self.staff = FakeStaff(self)
        self.accounts = FakeAccounts(self)
        self.access_gauge = FakeAccessGauge(self)
        self.ledger = FakeAccessLedger(self)
        self.digest_store = FakeDigestStore(self)
        self.tallies, self.shelf = FakeTallies(self), FakeShelf(self)
        self.announcements = FakeAnnouncements(self)
        self.access_log_gauge = FakeAccessLogGauge(self)
        self.tenancy = FakeTenancy(self)
        self.register = FakeRegister(self)
        self.activations = FakeActivations(self)
        self.texting = FakeTexting(self)
        self.folder = FakeFolder(self)
        self.workbook = FakeWorkbook(self)
        self.given_up = FakeFailures(self)
        self.rulings = FakeRulings(self)
        self.examiner = self.vitals_book = FakeVitals(self)
        self.mail_returns, self.health_queue = FakeMailReturns(self), FakeHealthQueue(self)
        self.errands_run = FakeErrands(self)
        self.canaries = FakeCanaries(self)

    def passes(self, **duration: float) -> None:
        """Let time pass: `world.passes(minutes=15)`."""
        self.at += timedelta(**duration)

    def fails(self, step: str, error: Exception, *, after: bool = False) -> None:
        """Make the next `step` fail, before anything is done or after all of it; calls queue up."""
        self._faults[step].append((error, after))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Do one step alone, as its transaction would, with the fault that was planned for it."""
        with self._lock:
            self.steps.append(name)
            error, after = self._faults[name].pop(0) if self._faults[name] else (None, False)
            if error and not after:
                raise error
            yield
            if error:
                raise error

    def lines(self, recipient: str) -> list[Line]:
        """Give a recipient's access log as it is kept: numbered, and in a chain."""
        head, lines = START, list[Line]()
        for entry in self.access.get(recipient, ()):
            lines.append(Line.after(head, recipient, entry))
            head = lines[-1].head
        return lines

    def tasks(self) -> list[OutboxTask]:
        """Give every task that waits in the outbox; empty is the invariant."""
        delivered = [*self.letters, *self.waiting_supplements, *self.notices, *self.confirmations, *self.to_tell]
        return [
            *delivered,
            *self.expiries,
            *self.announced,
            *self.reminding,
            *self.calls,
            *self.erasing,
            *self.sendings,
            *self.health,
        ]


def month(at: datetime) -> str:
    return swedish_date(at).strftime("%Y-%m")


@dataclass
class Fake:
    world: World


class FakeClock(Fake):
    def now(self) -> datetime:
        return self.world.at


class FakeSecrets(Fake):
    def keys(self) -> Mapping[str, bytes]:
        with self.world.step("secrets.keys"):
            return dict(self.world.secrets_kept)


class FakeIdentificationSecrets(Fake):
    def keys(self) -> Mapping[str, bytes]:
        with self.world.step("identification_secrets.keys"):
            return dict(self.world.identification_secrets_kept)


class FakeIdentityProvider(Fake):
    """A provider that knows `world.persons` by the code that each comes back with, once; a nonce is known by its hash."""

    def address(self, *, state: str, nonce: str, challenge: str, language: str) -> str:
        with self.world.step("identity_provider.address"):
            self.world.errands[challenge] = nonce
            return f"https://legitimation.example/auth?{urlencode({'state': state, 'ui_locales': language})}"

    def identify(self, *, code: str, verifier: str, nonce: str, language: str, now: datetime) -> Claimed:
        with self.world.step("identity_provider.identify"):
            digest = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
            person = self.world.persons.pop(code, None)
            if person is None or digest not in self.world.errands:
                raise IdentificationRefusedError(FieldError("/code", "notAccepted"))
            if self.world.errands.pop(digest) != nonce:
                raise IdentificationRefusedError(FieldError("/code", "notProven"))
            if person.level not in {"3", "4"}:
                raise IdentificationRefusedError(FieldError("/code", "levelTooLow"))
            for missing, code_of in ((person.number, "noIdentityNumber"), (person.name, "noName")):
                if not missing:
                    raise IdentificationRefusedError(FieldError("/code", code_of))
            return person


class FakeDirectory(Fake):
    def all(self) -> Sequence[Recipient]:
        with self.world.step("directory.all"):
            return tuple(self.world.recipients[name] for name in sorted(self.world.recipients))

    def serving(self, codes: Iterable[str]) -> Mapping[str, Recipient | None]:
        with self.world.step("directory.serving"):
            return {code: self.world.recipients.get(self.world.claims.get(code, "")) for code in codes}

    def get(self, recipient: str) -> Recipient | None:
        with self.world.step("directory.get"):
            return self.world.recipients.get(recipient)

    def add(self, recipient: Recipient) -> None:
        with self.world.step("directory.add"):
            if recipient.id in self.world.recipients or not self.world.claims.keys().isdisjoint(
                recipient.municipalities
            ):
                raise RecipientExistsError
            self.world.recipients[recipient.id] = recipient
            self.world.claims |= dict.fromkeys(recipient.municipalities, recipient.id)

    def configure(self, recipient: str, settings: RecipientSettings) -> None:
        with self.world.step("directory.configure"):
            stored = self.world.recipients.get(recipient)
            if stored is None:
                raise RecipientClosedError
            self.world.recipients[recipient] = settings.over(stored)


class FakeRecipientKeys(Fake):
    def create(self, recipient: str) -> str:
        with self.world.step("recipient_keys.create"):
            key_arn = f"arn:aws:kms:eu-north-1:111122223333:key/{recipient}-{len(self.world.usable_keys)}"
            self.world.usable_keys[key_arn] = True
            return key_arn

    def retire(self, key_arn: str) -> date:
        with self.world.step("recipient_keys.retire"):
            self.world.usable_keys[key_arn] = False
            return self.world.deleted_on.setdefault(key_arn, (self.world.at + timedelta(days=30)).date())


class FakeRegister(Fake):
    def all(self) -> Sequence[Registered]:
        with self.world.step("register.all"):
            ways = dict(self.world.onboardings)
            known = sorted(self.world.recipients.items())
            found = [Registered(ways.pop(self.world.ways.get(name, ""), None), one) for name, one in known]
            found += [Registered(one, None) for one in ways.values()]
            return tuple(sorted(found, key=_place))

    def find(self, recipient: str) -> Registered | None:
        with self.world.step("register.find"):
            known = self.world.recipients.get(recipient)
            way = self.world.onboardings.get(self.world.ways.get(recipient, ""))
            return Registered(way, known) if known else None

    def request(self, request: str) -> Onboarding | None:
        with self.world.step("register.request"):
            return self.world.onboardings.get(request)

    def affiliations(self) -> Sequence[Affiliation]:
        with self.world.step("register.affiliations"):
            return tuple(self.world.affiliations[key] for key in sorted(self.world.affiliations))

    def ask(self, onboarding: Onboarding) -> None:
        self.commit(RegisterChange(onboardings=((None, onboarding),)))

    def commit(self, change: RegisterChange) -> None:
        with self.world.step("register.commit"):
            world, claims = self.world, change.claims or {}
            if (
                any(_stale(world.onboardings.get(after.id), before) for before, after in change.onboardings)
                or any(_moved(world.recipients.get(after.id), before) for before, after in change.recipients)
                or any(world.claims.get(code) != before for code, (before, _) in claims.items())
                or any(_stay(one) in world.affiliations for one in change.begun)
                or any(world.affiliations.get(_stay(one)) != one for one, _ in change.ended)
            ):
                raise RegisterChangedError
            for before, after in change.onboardings:
                world.onboardings[after.id] = replace(after, revision=before.revision + 1) if before else after
            for before, after in change.recipients:
                changed = ("state", "membership_version", "key_arn", "function_mailbox", "municipalities")
                kept = {name: getattr(after, name) for name in changed}
                world.recipients[after.id] = replace(world.recipients.get(after.id, after), **kept)
                if before is None:
                    world.ways |= {one.recipient: one.id for _, one in change.onboardings if one.recipient == after.id}
            for code, (_, after) in claims.items():
                world.claims[code] = after
            world.affiliations |= {_stay(one): one for one in change.begun}
            world.affiliations |= {_stay(one): replace(one, until=until) for one, until in change.ended}
            world.sendings |= dict(change.links)

    def fees(self, year: int) -> Mapping[str, Fee]:
        with self.world.step("register.fees"):
            return {code: fee for (of_year, code), fee in self.world.fees.items() if of_year == year}

    def fix(self, fees: Iterable[Fee]) -> None:
        with self.world.step("register.fix"):
            for fee in fees:
                self.world.fees.setdefault((fee.year, fee.municipality), fee)


def _place(one: Registered) -> tuple[str, str]:
    way, recipient = one.onboarding, one.recipient
    return recipient.id if recipient else way.recipient if way else "", way.id if way else ""


def _stale(stored: Onboarding | None, read: Onboarding | None) -> bool:
    return (stored.revision if stored else None) != (read.revision if read else None)


def _moved(stored: Recipient | None, read: Recipient | None) -> bool:
    guarded = ("state", "membership_version", "key_arn", "function_mailbox")
    return [getattr(stored, name, None) for name in guarded] != [getattr(read, name, None) for name in guarded]


def _stay(one: Affiliation) -> tuple[str, date, str]:
    return one.municipality, one.since, one.recipient


class FakeActivations(Fake):
    def find(self, request: str) -> Activation | None:
        with self.world.step("activations.find"):
            return self.world.pages.get(request)

    def people(self, request: str) -> tuple[PageColleague, ...]:
        with self.world.step("activations.people"):
            page = self.world.pages.get(request)
            return page.people if page else ()

    def ask(self, onboarding: Onboarding, activation: Activation) -> None:
        with self.world.step("activations.ask"):
            if onboarding.id in self.world.onboardings or activation.id in self.world.pages:
                raise ActivationChangedError
            self.world.onboardings[onboarding.id] = onboarding
            self.world.pages[activation.id] = replace(activation, revision=1)

    def commit(
        self,
        before: Activation | None,
        after: Activation,
        asks: ActivationTask | None = None,
        at: datetime | None = None,
    ) -> None:
        with self.world.step("activations.commit"):
            stored = self.world.pages.get(after.id)
            revisions = [one.revision if one else 0 for one in (stored, before)]
            if revisions[0] != revisions[1] or (asks is not None and asks in self.world.sendings):
                raise ActivationChangedError
            self.world.pages[after.id] = replace(after, revision=revisions[0] + 1)
            if asks is not None and at is not None:
                self.world.sendings[asks] = at

    def waits(self, task: ActivationTask) -> bool:
        with self.world.step("activations.waits"):
            return task in self.world.sendings

    def sent(self, task: ActivationTask) -> None:
        with self.world.step("activations.sent"):
            self.world.sendings.pop(task, None)


class FakeTexting(Fake):
    def send(self, to: str, text: str) -> None:
        with self.world.step("texting.send"):
            if not to.startswith("+"):
                raise AddressRefusedError
            self.world.messages.append((to, text))


class FakeCanaries(Fake):
    def opened_at(self, recipient: str, number: str) -> datetime | None:
        with self.world.step("canaries.opened_at"):
            return self.world.canaries_opened.get((recipient, number))


class FakeFolder(Fake):
    def keep(self, name: str, content: bytes, media_type: str) -> str:
        with self.world.step("folder.keep"):
            self.world.papers[name] = content
            return f"s3://papers/{name}"

    def fetch(self, name: str) -> bytes | None:
        with self.world.step("folder.fetch"):
            return self.world.papers.get(name)


class FakeWorkbook(Fake):
    def excel(self, sheets: Mapping[str, Sequence[Sequence[str | int]]]) -> bytes:
        return json.dumps(sheets).encode()


class FakeRulings(Fake):
    def all(self) -> Mapping[str, bool]:
        with self.world.step("rulings.all"):
            return {version: published for version, (published, _) in self.world.ruled.items()}

    def rule(self, version: str, at: datetime, *, published: bool) -> None:
        with self.world.step("rulings.rule"):
            self.world.ruled[version] = published, at


class FakeMailReturns(Fake):
    def record(self, mail: ReturnedMail) -> bool:
        with self.world.step("mail_returns.record"):
            known = (mail.recipient, mail.id) in self.world.returned
            self.world.returned.setdefault((mail.recipient, mail.id), mail)
            return not known

    def all(self) -> list[ReturnedMail]:
        with self.world.step("mail_returns.all"):
            return list(self.world.returned.values())


class FakeHealthQueue(Fake):
    def ailing(self, task: HealthTask) -> Sequence[str] | None:
        with self.world.step("health_queue.ailing"):
            queued = self.world.health.get(task)
            return queued[0] if queued else None

    def told(self, task: HealthTask) -> None:
        with self.world.step("health_queue.told"):
            self.world.health.pop(task, None)


class FakeVitals(Fake):
    def confirmed_on(self, recipient: str) -> date | None:
        with self.world.step("vitals_book.confirmed_on"):
            return max((swedish_date(one.at) for one in self.world.access_confirmations[recipient]), default=None)

    def note(self, recipient: str, vitals: Vitals, on: date) -> None:
        with self.world.step("vitals_book.note"):
            self.world.vitals[recipient] = vitals

    def tell(self, task: HealthTask, lines: Sequence[str], at: datetime) -> bool:
        with self.world.step("vitals_book.tell"):
            if self.world.health_told >= task.day:
                return False
            self.world.health_told = task.day
            self.world.health[task] = tuple(lines), at
            return True

    def vitals(self) -> Mapping[str, Vitals]:
        with self.world.step("examiner.vitals"):
            return dict(self.world.vitals)


class FakeErrands(Fake):
    def run(self, errand: str, event: Mapping[str, Any]) -> Mapping[str, Any] | None:
        with self.world.step("errands.run"):
            answer = self.world.errand_answers.get(errand)
            self.world.errands_sent += [(errand, dict(event))] if answer is not None else []
            return answer


class FakeFailures(Fake):
    def count(self) -> int:
        with self.world.step("given_up.count"):
            return self.world.notes_of_failure

    def clear(self) -> int:
        with self.world.step("given_up.clear"):
            gone, self.world.notes_of_failure = self.world.notes_of_failure, 0
            return gone


class FakeDataKeys(Fake):
    def make(self, orders: Mapping[str, tuple[str, Mapping[str, str]]]) -> Mapping[str, Future[DataKey]]:
        made: dict[str, Future[DataKey]] = {}
        for name, (key_arn, context) in orders.items():
            made[name] = Future()
            try:
                made[name].set_result(self._make(key_arn, context))
            except (KeyUnusableError, NotConfirmedError) as error:
                made[name].set_exception(error)
        return made

    def _make(self, key_arn: str, context: Mapping[str, str]) -> DataKey:
        with self.world.step("data_keys.make"):
            if not self.world.usable_keys.get(key_arn, False):
                raise KeyUnusableError
            key = DataKey(os.urandom(32), os.urandom(32))
            self.world.made_keys[key.wrap] = (key_arn, dict(context), key.plaintext)
            return key


class FakeContactKey(Fake):
    def unwrap(self, wrap: bytes, context: Mapping[str, str]) -> bytes:
        with self.world.step("contact_key.unwrap"):
            key_arn, made_for, plaintext = self.world.made_keys.get(wrap, ("", {}, b""))
            if (key_arn, made_for) != (CONTACT_KEY_ARN, dict(context)):
                raise LetterUnreadableError
            return plaintext


class FakeChallenges(Fake):
    def issue(self, now: datetime) -> Mapping[str, Any]:
        with self.world.step("challenges.issue"):
            if not self.world.challenge_asked:
                return {}
            expires = int((now + timedelta(minutes=30)).timestamp())
            return {"challenge": os.urandom(8).hex(), "expires": expires}

    def solve(self, challenge: Mapping[str, Any]) -> str:
        """Do the work that a browser does."""
        return base64.b64encode(json.dumps({**challenge, "solved": True}).encode()).decode()

    def check(self, solution: str | None, now: datetime) -> SpentChallenge | None:
        with self.world.step("challenges.check"):
            if not self.world.challenge_asked:
                return None
            if not solution:
                raise ChallengeRefusedError("missing")
            try:
                read = json.loads(base64.b64decode(solution, validate=True))
                identifier, expires_at = read["challenge"], datetime.fromtimestamp(read["expires"], UTC)
                solved = read["solved"] is True
            except (ValueError, KeyError, TypeError):
                solved = False
            if not solved:
                raise ChallengeRefusedError("forged")
            if expires_at <= now:
                raise ChallengeRefusedError("expired")
            return SpentChallenge(identifier, expires_at)


class FakeIntake(Fake):
    def find(self, references: Sequence[str]) -> Application | None:
        with self.world.step("intake.find"):
            found = (self.world.applications.get(reference) for reference in references)
            return next((application for application in found if application), None)

    def accept(self, sealed: SealedApplication) -> None:
        world = self.world
        with world.step("intake.accept"):
            if sealed.application.reference in world.applications:
                raise AlreadyAcceptedError
            if any(reference in world.applications for reference in sealed.other_references):
                raise AlreadyAcceptedError
            changed = [each.recipient.id for each in sealed.deliveries if not self._as_read(each.recipient)]
            if changed:
                raise RecipientChangedError(*changed)
            if sealed.challenge and sealed.challenge.id in world.spent:
                raise ChallengeSpentError
            application = world.applications[sealed.application.reference] = sealed.application
            if application.share_recipients:
                world.shared |= {one.number: _others(application, one, set()) for one in application.promises}
            for each in sealed.deliveries:
                key = (each.delivery.recipient, each.delivery.number)
                task = LetterTask(*key)
                world.deliveries[key] = each.delivery
                world.letters[task] = QueuedLetter(task, each.letter, each.card, each.delivery.queued_at)
                world.wraps[key] = (each.recipient.key_arn, each.wrap)
            if sealed.confirmation:
                world.confirmations[sealed.confirmation.task] = sealed.confirmation
                world.contact_wraps[sealed.confirmation.task.reference] = sealed.confirmation.wrap
            if sealed.challenge:
                world.spent[sealed.challenge.id] = sealed.challenge.expires_at
            for count in sealed.counts:
                kept = world.tallied.setdefault((count.scope, month(sealed.application.submitted_at)), Counter())
                kept.update(("count", *count.counters))

    def accept_canary(self, sealed: SealedDelivery) -> None:
        world, key = self.world, (sealed.delivery.recipient, sealed.delivery.number)
        with world.step("intake.accept_canary"):
            if key in world.deliveries:
                raise AlreadyAcceptedError
            if world.recipients.get(key[0]) != sealed.recipient or sealed.recipient.state is not RecipientState.READY:
                raise RecipientChangedError(key[0])
            task = LetterTask(*key)
            world.deliveries[key] = sealed.delivery
            world.letters[task] = QueuedLetter(task, sealed.letter, sealed.card, sealed.delivery.queued_at, True)
            world.wraps[key] = (sealed.recipient.key_arn, sealed.wrap)

    def deliveries(self, promises: Sequence[DeliveryPromise]) -> Mapping[str, Delivery]:
        with self.world.step("intake.deliveries"):
            wanted = ((promise.recipient, promise.number) for promise in promises)
            found = (self.world.deliveries[key] for key in wanted if key in self.world.deliveries)
            return {delivery.number: told(delivery) for delivery in found}

    def openings(self, promise: DeliveryPromise) -> Sequence[Opening]:
        with self.world.step("intake.openings"):
            about = self.world.trails.get((promise.recipient, promise.number), [])[-100:]
            entries = [self.world.access[promise.recipient][one - 1] for one in reversed(about)]
            opening = (AccessKind.OPEN, AccessKind.EXPORT)
            return tuple(Opening(one.at, one.role) for one in entries if one.kind in opening)

    def withdraw(self, delivery: Delivery, at: datetime) -> None:
        world, key = self.world, (delivery.recipient, delivery.number)
        with world.step("intake.withdraw"):
            stored = world.deliveries.get(key)
            waiting = [SupplementTask(*key, version) for version in delivery.queued_supplements]
            if stored is None or (stored.state, stored.supplements) != (delivery.state, delivery.supplements):
                raise DeliveryChangedError
            if not all(task in world.waiting_supplements for task in waiting):
                raise DeliveryChangedError
            world.deliveries[key] = replace(stored, state=DeliveryState.WITHDRAWN, withdrawn_at=at)
            for task in waiting:
                del world.waiting_supplements[task]
                world.supplement_wraps.pop((*key, task.version), None)
            for received in delivery.received_supplements:
                world.notices.pop(NoticeTask(*key, Occasion.SUPPLEMENTED, received.version), None)
            if delivery.readable:
                world.notices[NoticeTask(*key, Occasion.WITHDRAWN)] = at
                world.notices.pop(NoticeTask(*key, Occasion.NEW), None)
            else:
                world.letters.pop(LetterTask(*key), None)
                world.wraps.pop(key, None)
                for received in delivery.received_supplements:
                    world.supplement_wraps.pop((*key, received.version), None)

    def supplement_of(self, reference: str, key: bytes) -> SupplementRecord | None:
        with self.world.step("intake.supplement_of"):
            return self.world.supplements.get((reference, key))

    def supplement(self, sealed: SealedSupplement) -> None:
        world, reference = self.world, sealed.application.reference
        with world.step("intake.supplement"):
            stored = world.applications.get(reference)
            if stored is None or stored.erased_at or stored.supplements != sealed.application.supplements:
                raise ApplicationChangedError
            if (reference, sealed.record.key) in world.supplements or not all(map(self._supplementable, sealed.parts)):
                raise ApplicationChangedError
            world.applications[reference] = replace(stored, supplements=sealed.record.number)
            world.supplements[reference, sealed.record.key] = sealed.record
            for part in sealed.parts:
                key, version = (part.delivery.recipient, part.delivery.number), part.delivery.next_version
                task = SupplementTask(*key, version)
                row = world.deliveries[key]
                world.deliveries[key] = replace(row, supplements=row.supplements + 1)
                world.waiting_supplements[task] = QueuedSupplement(
                    task, part.supplement, part.card, sealed.record.submitted_at
                )
                world.supplement_wraps[*key, version] = (part.recipient.key_arn, part.wrap)

    def share(self, application: Application, deliveries: Iterable[Delivery], *, consent: bool) -> None:
        world, reference = self.world, application.reference
        with world.step("intake.share"):
            stored = world.applications.get(reference)
            if stored is None or stored.erased_at or stored.share_recipients is None:
                raise ApplicationChangedError
            called = {one.number for one in deliveries if one.contacted_at}
            if consent and called != {one.number for one in stored.promises if _called(world, one)}:
                raise DeliveryChangedError
            world.applications[reference] = replace(stored, share_recipients=consent)
            world.shared |= {one.number: _others(stored, one, called) if consent else None for one in stored.promises}

    def _supplementable(self, part: SealedPart) -> bool:
        delivery = self.world.deliveries.get((part.delivery.recipient, part.delivery.number))
        recipient = self.world.recipients.get(part.recipient.id)
        return (
            delivery is not None
            and delivery.open
            and delivery.supplements == part.delivery.supplements
            and recipient is not None
            and recipient.key_arn == part.recipient.key_arn
        )

    def _as_read(self, recipient: Recipient) -> bool:
        stored = self.world.recipients.get(recipient.id)
        return (
            stored is not None
            and stored.state is RecipientState.LIVE
            and stored.key_arn == recipient.key_arn
            and stored.membership_version == recipient.membership_version
        )


def _called(world: World, promise: DeliveryPromise) -> bool:
    stored = world.deliveries.get((promise.recipient, promise.number))
    return stored is not None and stored.contacted_at is not None


def _others(application: Application, promise: DeliveryPromise, called: set[str]) -> Others:
    rest = [one.number for one in application.promises if one != promise]
    return Others(len(rest), not called.isdisjoint(rest))


class FakeCalledQueue(Fake):
    def read(self, task: CalledTask) -> Sequence[tuple[str, str]] | None:
        with self.world.step("called_queue.read"):
            if task not in self.world.calls:
                return None
            family = next(one for one in self.world.applications.values() if task.number in _numbers(one))
            rest = [(one.recipient, one.number) for one in family.promises if one.number != task.number]
            return rest if family.share_recipients else []

    def told(self, task: CalledTask, others: Sequence[tuple[str, str]]) -> None:
        with self.world.step("called_queue.told"):
            self.world.calls.pop(task, None)
            for _, number in others:
                known = self.world.shared.get(number)
                self.world.shared[number] = replace(known, called=True) if known else None


def _numbers(application: Application) -> set[str]:
    return {one.number for one in application.promises}


def told(delivery: Delivery) -> Delivery:
    """Give a delivery as the letterbox may read it: never who handles it."""
    return replace(
        delivery,
        handler=None,
        handler_name=None,
        handlings=0,
        settled_at=None,
        held=False,
        warned_on=None,
        decided_at=None,
        erasure=None,
    )


class FakeAttempts(Fake):
    def failures(self, address: str, now: datetime) -> int:
        with self.world.step("attempts.failures"):
            return self.world.failures[household(address), now.astimezone(UTC).strftime("%Y-%m-%dT%H")]

    def failed(self, address: str, now: datetime) -> None:
        with self.world.step("attempts.failed"):
            self.world.failures[household(address), now.astimezone(UTC).strftime("%Y-%m-%dT%H")] += 1


def household(address: str) -> str:
    try:
        full = IPv6Address(address)
    except AddressValueError:
        return address
    return str(full.ipv4_mapped or IPv6Network((full, 64), strict=False))


class FakeVault(Fake):
    def put(self, recipient: str, number: str, purpose: Purpose, ciphertext: bytes, version: int = 1) -> None:
        with self.world.step("vault.put"):
            if version == 1:
                self.world.objects.setdefault((recipient, number, purpose), ciphertext)
            else:
                self.world.supplement_objects.setdefault((recipient, number, version, purpose), ciphertext)


class FakeLetterQueue(Fake):
    def read(self, task: LetterTask) -> QueuedLetter | None:
        with self.world.step("letter_queue.read"):
            return self.world.letters.get(task)

    def delivered(self, queued: QueuedLetter, at: datetime) -> bool:
        world, key = self.world, (queued.task.recipient, queued.task.number)
        with world.step("letter_queue.delivered"):
            stored = world.deliveries.get(key)
            if stored is None or stored.state is not DeliveryState.QUEUED:
                return False
            world.deliveries[key] = replace(stored, state=DeliveryState.DELIVERED, received_at=at)
            world.letters.pop(queued.task, None)
            world.notices[NoticeTask(*key, Occasion.NEW)] = at
            world.unsearched[key] = f"{at}/1"
            world.counted[queued.task.recipient, month(at)] += not queued.canary
            return True


class FakeSupplementQueue(Fake):
    def read(self, task: SupplementTask) -> QueuedSupplement | None:
        with self.world.step("supplement_queue.read"):
            return self.world.waiting_supplements.get(task)

    def delivered(self, queued: QueuedSupplement, at: datetime) -> bool:
        world, task = self.world, queued.task
        with world.step("supplement_queue.delivered"):
            stored = world.deliveries.get((task.recipient, task.number))
            if stored is None or task not in world.waiting_supplements:
                return False
            come = sorted((*stored.received_supplements, ReceivedSupplement(task.version, at)))
            world.deliveries[task.recipient, task.number] = replace(stored, received_supplements=tuple(come))
            del world.waiting_supplements[task]
            world.notices[NoticeTask(task.recipient, task.number, Occasion.SUPPLEMENTED, task.version)] = at
            world.unsearched[task.recipient, task.number] = f"{at}/{task.version}"
            return True


class FakeNoticeQueue(Fake):
    def waits(self, task: RecipientTask) -> bool:
        with self.world.step("notice_queue.waits"):
            return task in self._of(task)

    def sent(self, task: RecipientTask, at: datetime) -> None:
        with self.world.step("notice_queue.sent"):
            waited = self._of(task).pop(task, None)
            if isinstance(task, NoticeTask) and waited and (task.recipient, task.number) in self.world.deliveries:
                self.world.notified[task] = at

    def _of(self, task: RecipientTask) -> dict[Any, datetime]:
        match task:
            case NoticeTask():
                return self.world.notices
            case ExpiryTask():
                return self.world.expiries
            case ReminderTask():
                return self.world.reminding
            case ReportTask():
                return self.world.announced

    def confirmation(self, task: ConfirmationTask) -> QueuedConfirmation | None:
        with self.world.step("notice_queue.confirmation"):
            queued = self.world.confirmations.get(task)
            return replace(queued, wrap=self.world.contact_wraps.get(task.reference, b"")) if queued else None

    def confirmation_sent(self, task: ConfirmationTask) -> None:
        with self.world.step("notice_queue.confirmation_sent"):
            self.world.confirmations.pop(task, None)
            self.world.contact_wraps.pop(task.reference, None)


class FakeAccessQueue(Fake):
    def whom(self, task: AccessTask) -> Member | None:
        with self.world.step("access_queue.whom"):
            roster = self.world.rosters.get(task.recipient)
            return roster.members.get(task.person) if roster and task in self.world.to_tell else None

    def told(self, task: AccessTask) -> None:
        with self.world.step("access_queue.told"):
            self.world.to_tell.pop(task, None)


class FakePost(Fake):
    def send(self, to: str, subject: str, text: str, tags: Mapping[str, str]) -> None:
        with self.world.step("post.send"):
            self.world.mails.append(Mail(to, subject, text, dict(tags)))


class FakeOutbox(Fake):
    def waiting(self) -> Iterable[Waiting]:
        world = self.world
        with world.step("outbox.waiting"):
            since: dict[OutboxTask, datetime] = {task: queued.queued_at for task, queued in world.letters.items()}
            since |= {task: queued.queued_at for task, queued in world.waiting_supplements.items()}
            since |= world.notices
            since |= {task: queued.queued_at for task, queued in world.confirmations.items()}
            since |= {
                **world.to_tell,
                **world.expiries,
                **world.announced,
                **world.reminding,
                **world.calls,
                **world.erasing,
                **world.sendings,
                **{task: at for task, (_, at) in world.health.items()},
            }
            order = sorted(since, key=lambda task: (since[task], repr(task)))
            return [Waiting(task, since[task], world.touches[task]) for task in order]

    def tell_again(self, task: NoticeTask, at: datetime) -> None:
        with self.world.step("outbox.tell_again"):
            self.world.notices.setdefault(task, at)

    def touch(self, task: OutboxTask, at: datetime) -> None:
        with self.world.step("outbox.touch"):
            if task in self.world.tasks():
                self.world.touches[task] += 1


class FakeDisposals(Fake):
    def clocks(self, recipient: str) -> Iterable[LetterClock]:
        with self.world.step("disposals.clocks"):
            mine = [one for one in self.world.deliveries.values() if one.recipient == recipient and one.readable]
            return [
                replace(
                    LetterClock.of(one),
                    told=NoticeTask(one.recipient, one.number, Occasion.NEW) in self.world.notified,
                )
                for one in mine
            ]

    def warn(self, recipient: str, numbers: Sequence[str], on: date, at: datetime) -> None:
        with self.world.step("disposals.warn"):
            self.world.expiries.setdefault(ExpiryTask(recipient), at)
            for key in ((recipient, number) for number in numbers):
                if self.world.deliveries[key].readable:
                    self.world.deliveries[key] = replace(self.world.deliveries[key], warned_on=on)

    def decide(self, clock: LetterClock, at: datetime) -> bool:
        key = (clock.recipient, clock.number)
        with self.world.step("disposals.decide"):
            stored = self.world.deliveries[key]
            if stored.held or (stored.state, stored.supplements) != (clock.state, clock.supplements):
                return False
            self.world.deliveries[key] = replace(
                stored, state=DeliveryState.ERASED, decided_at=at, erasure=ErasureReason.RULE
            )
            self.world.erasing[ErasureTask(*key)] = at
            return True

    def decide_again(self, task: ErasureTask, reason: ErasureReason, at: datetime) -> bool:
        key = (task.recipient, task.number)
        with self.world.step("disposals.decide_again"):
            stored = self.world.deliveries.get(key)
            if stored is None or stored.state is DeliveryState.QUEUED:
                return False
            if stored.state is not DeliveryState.ERASED:
                self.world.deliveries[key] = replace(stored, state=DeliveryState.ERASED, decided_at=at, erasure=reason)
            self.world.erasing.setdefault(task, at)
            return True

    def condemned(self, task: ErasureTask) -> Condemned | None:
        key = (task.recipient, task.number)
        with self.world.step("disposals.condemned"):
            stored = self.world.deliveries.get(key)
            if stored is None or stored.state is not DeliveryState.ERASED:
                return None
            return Condemned(erasure_of(self.world, stored), 1 + stored.supplements)

    def destroy(self, condemned: Condemned, at: datetime) -> None:
        world, erasure = self.world, condemned.erasure
        key = (erasure.recipient, erasure.number)
        with world.step("disposals.destroy"):
            if key in world.destroyed:
                return
            world.destroyed[key] = at
            world.wraps.pop(key, None)
            for version in range(2, condemned.versions + 1):
                world.supplement_wraps.pop((*key, version), None)
            world.deliveries[key] = Delivery(
                number=erasure.number,
                recipient=erasure.recipient,
                state=DeliveryState.ERASED,
                assignments=(),
                origin=Origin.OTHER,
                next_step=NextStep.CALL_FIRST,
                question_set="",
                queued_at=erasure.queued_at,
                received_at=erasure.received_at,
                withdrawn_at=erasure.withdrawn_at,
                decided_at=erasure.decided_at,
                erasure=erasure.reason,
            )

    def forget(self, task: ErasureTask) -> None:
        with self.world.step("disposals.forget"):
            for key in [key for key in self.world.events if key[:2] == (task.recipient, task.number)]:
                del self.world.events[key]
            self.world.unsearched.pop((task.recipient, task.number), None)
            self.world.tokens.pop((task.recipient, task.number), None)

    def done(self, task: ErasureTask) -> None:
        with self.world.step("disposals.done"):
            self.world.shared.pop(task.number, None)
            self.world.erasing.pop(task, None)


def erasure_of(world: World, delivery: Delivery) -> Erasure:
    assert delivery.received_at is not None
    assert delivery.decided_at is not None
    assert delivery.erasure is not None
    return Erasure(
        recipient=delivery.recipient,
        number=delivery.number,
        queued_at=delivery.queued_at,
        received_at=delivery.received_at,
        withdrawn_at=delivery.withdrawn_at,
        decided_at=delivery.decided_at,
        erased_at=world.destroyed.get((delivery.recipient, delivery.number)),
        reason=delivery.erasure,
    )


class FakeShredder(Fake):
    def shred(self, recipient: str, number: str) -> int:
        world = self.world
        with world.step("shredder.shred"):
            letters = [key for key in world.objects if key[:2] == (recipient, number)]
            supplements = [key for key in world.supplement_objects if key[:2] == (recipient, number)]
            for key in letters:
                del world.objects[key]
            for key in supplements:
                del world.supplement_objects[key]
            return len(letters) + len(supplements)


class FakeReminders(Fake):
    def told(self) -> Mapping[str, Told]:
        with self.world.step("reminders.told"):
            return dict(self.world.reminded)

    def overdue(self, recipient: str, since: datetime | None, before: datetime) -> Overdue:
        with self.world.step("reminders.overdue"):
            found = [
                frozenset(reader.id for reader in one.readers)
                for one in self.world.deliveries.values()
                if one.recipient == recipient and one.waits and one.received_at is not None
                if (since is None or since <= one.received_at) and one.received_at < before
            ]
            return Overdue(any(not one for one in found), frozenset[str]().union(*found))

    def tell(
        self, recipient: str, before: Told | None, after: Told, tasks: Iterable[ReminderTask | AccessTask], at: datetime
    ) -> bool:
        with self.world.step("reminders.tell"):
            if self.world.reminded.get(recipient) != before:
                return False
            self.world.reminded[recipient] = after
            for task in tasks:
                if isinstance(task, AccessTask):
                    self.world.to_tell.setdefault(task, at)
                else:
                    self.world.reminding.setdefault(task, at)
            return True


class FakeReminderGauge(Fake):
    def reminded(self, mailbox: int, responsible: int, skr: int, failed: int) -> None:
        self.world.reminders_gauged.append((mailbox, responsible, skr, failed))


class FakeReconciliationGauge(Fake):
    def reconciled(self, delivered: int, waiting: int, untold: int) -> None:
        self.world.reconciled.append((delivered, waiting, untold))


class FakeRetentionGauge(Fake):
    def retention(self, warned: int, decided: int, failed: int) -> None:
        self.world.retained.append((warned, decided, failed))


class FakeGauge(Fake):
    def outbox(self, waiting: int, stuck: int, oldest_seconds: float) -> None:
        self.world.gauged.append((waiting, stuck, oldest_seconds))


class FakeSelfTestGauge(Fake):
    def taken(self, level: str) -> None:
        self.world.levels[level] += 1


class FakeMembers(Fake):
    def person(self, person: str) -> Person:
        with self.world.step("members.person"):
            places = sorted(key for key in self.world.memberships if key[0] == person)
            memberships = tuple(self.world.memberships[key] for key in places)
            return Person(person, memberships, self.world.signed_out.get(person), self.world.names.get(person))

    def enrol(self, person: str, membership: Membership) -> None:
        """Give a person a place without an invitation, in the roster too."""
        world, recipient = self.world, membership.recipient
        world.memberships[person, recipient] = membership
        roster = world.rosters.get(recipient, Roster(recipient, 0, {}))
        member = Member(
            id=person,
            email=f"{person}@{recipient}.example",
            name=membership.name or world.names.get(person, person),
            role=membership.role,
            invited_at=world.at,
        )
        world.rosters[recipient] = replace(roster, members={**roster.members, person: member})

    def call(self, person: str, name: str) -> None:
        self.world.names[person] = name

    def colleagues(self, recipient: str) -> Sequence[Colleague]:
        with self.world.step("members.colleagues"):
            members = self.world.rosters.get(recipient, Roster(recipient, 0, {})).members.values()
            return [Colleague(one.id, one.name, one.role) for one in members]

    def sign_out(self, person: str, at: datetime) -> None:
        with self.world.step("members.sign_out"):
            self.world.signed_out[person] = at


class FakeStaff(Fake):
    def roster(self, recipient: str) -> Roster:
        with self.world.step("staff.roster"):
            return self.world.rosters.get(recipient, Roster(recipient, 0, {}))

    def last_seen(self, recipient: str) -> Mapping[str, date]:
        with self.world.step("staff.last_seen"):
            return {person: day for (owner, person), day in self.world.days.items() if owner == recipient}

    def commit(self, change: RosterChange) -> None:
        world, recipient, person = self.world, change.after.recipient, change.person
        with world.step("staff.commit"):
            stored = world.rosters.get(recipient, Roster(recipient, 0, {}))
            if stored.version != change.before.version:
                raise RosterChangedError
            if (person in stored.members) != (person in change.before.members):
                raise RosterChangedError
            world.rosters[recipient] = change.after
            world.roster_lines.append(change)
            after = change.after.members.get(person)
            if after is None:
                world.memberships.pop((person, recipient), None)
                world.days.pop((recipient, person), None)
            else:
                name = change.recipient_name
                world.memberships[person, recipient] = Membership(recipient, name, after.role, after.name)
                world.names.setdefault(person, after.name)
            if change.told:
                world.to_tell[change.told] = change.at


@dataclass
class KeptAccount:
    person: str
    enabled: bool = True
    signed_in: bool = False
    passwords: int = 1
    sign_outs: int = 0


class FakeAccounts(Fake):
    def open(self, email: str) -> Account:
        with self.world.step("accounts.open"):
            kept = self.world.accounts_kept.get(email)
            if kept is None:
                person = str(uuid5(NAMESPACE_URL, email))
                self.world.accounts_kept[email] = KeptAccount(person)
                return Account(person, fresh=True, mailed=True)
            kept.enabled = True
            if not kept.signed_in:
                kept.passwords += 1
            return Account(kept.person, fresh=False, mailed=not kept.signed_in)

    def reopen(self, person: str) -> None:
        with self.world.step("accounts.reopen"):
            for kept in self._of(person):
                kept.enabled = True

    def sign_out(self, person: str) -> None:
        with self.world.step("accounts.sign_out"):
            for kept in self._of(person):
                kept.sign_outs += 1

    def close(self, person: str) -> None:
        with self.world.step("accounts.close"):
            for kept in self._of(person):
                kept.enabled = False
                kept.sign_outs += 1

    def _of(self, person: str) -> Sequence[KeptAccount]:
        return [one for one in self.world.accounts_kept.values() if one.person == person]


class FakeAccessGauge(Fake):
    def access(self, warned: int, ended: int, withheld: int, failed: int) -> None:
        self.world.access_gauged.append((warned, ended, withheld, failed))


class FakeAccessLogGauge(Fake):
    def kept(self, logs: int, findings: int, failed: int) -> None:
        self.world.nights.append((logs, findings, failed))


class FakeAccessLedger(Fake):
    def head(self, recipient: str) -> Head:
        with self.world.step("ledger.head"):
            lines = self.world.lines(recipient)
            return lines[-1].head if lines else START

    def lines(self, recipient: str, first: int, last: int | None = None) -> Iterator[Line | BrokenLine]:
        with self.world.step("ledger.lines"):
            end = len(self.world.access.get(recipient, ())) if last is None else last
            return iter([one for one in self.world.lines(recipient) if first <= one.sequence <= end])


class FakeTallies(Fake):
    def families(self, scopes: Iterable[Scope], month: str) -> Mapping[Scope, Mapping[str, int]]:
        with self.world.step("tallies.families"):
            return {one: self.world.tallied[one, month] for one in scopes if (one, month) in self.world.tallied}

    def deliveries(self, recipients: Iterable[str], month: str) -> Mapping[str, int]:
        with self.world.step("tallies.deliveries"):
            return {one: self.world.counted[one, month] for one in recipients if (one, month) in self.world.counted}

    def handlings(self, recipients: Iterable[str], month: str) -> Mapping[str, Mapping[str, int]]:
        with self.world.step("tallies.handlings"):
            return {one: self.world.handled[one, month] for one in recipients if (one, month) in self.world.handled}

    def forget(self, scopes: Iterable[Scope], month: str) -> int:
        with self.world.step("tallies.forget"):
            chosen = tuple(scopes)
            found = [one for one in chosen if self.world.tallied.pop((one, month), None) is not None]
            own = [one.identifier for one in chosen if one.level is Level.RECIPIENT]
            kept: list[dict[tuple[str, str], Any]] = [self.world.counted, self.world.handled]
            return len(found) + sum(each.pop((one, month), None) is not None for each in kept for one in own)


class FakeAnnouncements(Fake):
    def announce(self, task: ReportTask, at: datetime) -> None:
        with self.world.step("announcements.announce"):
            self.world.announced.setdefault(task, at)


class FakeReportBook(Fake):
    def excel(self, made: Mapping[str, Any]) -> bytes:
        with self.world.step("report_book.excel"):
            return json.dumps(made, sort_keys=True).encode()


class FakeShelf(Fake):
    def put(self, name: str, content: bytes) -> bool:
        with self.world.step("shelf.put"):
            if name in self.world.shelved:
                return False
            self.world.shelved[name] = content
            return True

    def get(self, name: str) -> bytes | None:
        with self.world.step("shelf.get"):
            return self.world.shelved.get(name)

    def names(self, beginning: str) -> Sequence[str]:
        with self.world.step("shelf.names"):
            return sorted(name for name in self.world.shelved if name.startswith(beginning))


class FakeDigestStore(Fake):
    def names(self, recipient: str) -> Mapping[str, bool]:
        with self.world.step("digests.names"):
            return {
                name: len(versions) > 1
                for (owner, name), versions in sorted(self.world.digests.items())
                if owner == recipient
            }

    def read(self, recipient: str, name: str) -> StoredDigest:
        with self.world.step("digests.read"):
            versions = self.world.digests[recipient, name]
            return StoredDigest(name, versions[0], len(versions) > 1)

    def put(self, recipient: str, name: str, content: bytes) -> bool:
        with self.world.step("digests.put"):
            if (recipient, name) in self.world.digests:
                return False
            self.world.digests[recipient, name].append(content)
            return True


class FakeTenancy(Fake):
    def room(self, recipient: str) -> "FakeTenantRoom":
        with self.world.step("tenancy.room"):
            return FakeTenantRoom(self.world, recipient)


@dataclass
class FakeTenantRoom(Fake):
    recipient: str

    def reports(self) -> tuple[str, ...]:
        with self.world.step("room.reports"):
            mine = (name.removeprefix(f"reports/{self.recipient}/") for name in self.world.shelved)
            return tuple(
                sorted((one.removesuffix(".pdf") for one in mine if re.fullmatch(r"[0-9-]{7}\.pdf", one)), reverse=True)
            )

    def report(self, month: str, form: str) -> bytes | None:
        with self.world.step("room.report"):
            return self.world.shelved.get(f"reports/{self.recipient}/{month}.{form}")

    def page(self, selection: Selection, cursor: str | None, limit: int) -> Page:
        with self.world.step("room.page"):
            mark = selection.mark(self.recipient)
            after = self._after(cursor, mark) if cursor is not None else None
            mine = [one for one in self.world.deliveries.values() if one.recipient == self.recipient and one.readable]
            mine.sort(key=self._place, reverse=not selection.due_first)
            places = [self._place(one) for one in mine]
            if after is None:
                rest = mine
            elif selection.due_first:
                rest = [one for one, place in zip(mine, places, strict=True) if place > after]
            else:
                rest = [one for one, place in zip(mine, places, strict=True) if place < after]
            held = [one for one in rest if selection.holds(one)]
            page = tuple(held[:limit])
            return Page(page, self._cursor(page[-1], mark) if len(held) > limit else None)

    def counts(self, selection: Selection) -> Counts:
        with self.world.step("room.counts"):
            mine = [one for one in self.world.deliveries.values() if one.recipient == self.recipient]
            mine = [one for one in mine if one.waits and not one.protected]
            return Counts.of(sorted(mine, key=self._place, reverse=True), selection)

    def others(self, number: str) -> Others | None:
        with self.world.step("room.others"):
            return self.world.shared.get(number)

    def delivery(self, number: str) -> Delivery | None:
        with self.world.step("room.delivery"):
            found = self.world.deliveries.get((self.recipient, number))
            return found if found and found.readable else None

    def deliveries(self, numbers: Sequence[str]) -> Mapping[str, Delivery]:
        with self.world.step("room.deliveries"):
            found = {number: self.world.deliveries.get((self.recipient, number)) for number in numbers}
            return {number: one for number, one in found.items() if one and one.readable}

    def unsearched(self, limit: int, after: str | None = None) -> Mapping[str, str]:
        with self.world.step("room.unsearched"):
            mine = {number: mark for (of, number), mark in self.world.unsearched.items() if of == self.recipient}
            return dict([one for one in sorted(mine.items()) if one[0] > (after or "")][:limit])

    def index(self, letters: Sequence[ToSearch]) -> None:
        with self.world.step("room.index"):
            for one in letters:
                key, read = (self.recipient, one.number), one.delivery
                stored = self.world.deliveries.get(key)
                changed = read is not None and (stored is None or stored.readers != read.readers or not stored.readable)
                if changed or self.world.unsearched.get(key) != one.mark:
                    continue
                del self.world.unsearched[key]
                self.world.tokens[key] = frozenset(token(self._search_key, term) for term in one.terms)

    def found_by(self, terms: Collection[str]) -> Mapping[str, Mapping[str, datetime]]:
        with self.world.step("room.found_by"):
            mine = {number: tokens for (of, number), tokens in self.world.tokens.items() if of == self.recipient}
            return {
                term: {
                    number: self.world.deliveries[self.recipient, number].received_at or self.world.at
                    for number, tokens in mine.items()
                    if token(self._search_key, term) in tokens
                }
                for term in terms
            }

    def may_search(self, person: str, at: datetime, most: int) -> bool:
        with self.world.step("room.may_search"):
            searches, mine = self.world.searches, (self.recipient, person)
            begun = (one[2] for one in searches if one[:2] == mine)
            hour = (*mine, max([at.replace(minute=0, second=0, microsecond=0), *begun]))
            if searches[hour] >= most:
                return False
            searches[hour] += 1
            return True

    @property
    def _search_key(self) -> bytes:
        return self.recipient.encode()

    def plaintexts(self, numbers: Sequence[str], purpose: Purpose) -> Mapping[str, bytes | None]:
        with self.world.step("room.plaintexts"):
            return {number: self._plaintext(number, purpose) for number in numbers}

    def supplements(self, deliveries: Sequence[Delivery], purpose: Purpose) -> Mapping[str, tuple[bytes | None, ...]]:
        with self.world.step("room.supplements"):
            return {
                one.number: tuple(self._supplement(one, each.version, purpose) for each in one.received_supplements)
                for one in deliveries
            }

    def seen(self, person: str) -> None:
        with suppress(NotConfirmedError), self.world.step("room.seen"):
            self.world.days[self.recipient, person] = swedish_date(self.world.at)

    def protected(self) -> Mapping[str, Delivery]:
        with self.world.step("room.protected"):
            mine = (one for one in self.world.deliveries.values() if one.recipient == self.recipient)
            return {one.number: one for one in mine if one.protected}

    def log(self, entry: AccessEntry) -> None:
        with self.world.step("room.log"):
            self.world.access[self.recipient].append(entry)

    def opened(self, delivery: Delivery, entry: AccessEntry) -> Delivery:
        key = (self.recipient, delivery.number)
        with self.world.step("room.opened"):
            stored = self.world.deliveries.get(key)
            if stored is None or not stored.read_by(entry.person):
                raise DeliveryNotFoundError
            if stored.open and stored.opened_at is None:
                state = DeliveryState.OPENED if stored.state is DeliveryState.DELIVERED else stored.state
                stored = self.world.deliveries[key] = replace(stored, state=state, opened_at=entry.at)
                if stored.canary:
                    self.world.canaries_opened[key] = entry.at
            self._trailed(delivery.number, entry)
            return stored

    def lines(self, before: int | None, limit: int) -> tuple[Line, ...]:
        with self.world.step("room.lines"):
            lines = [one for one in self.world.lines(self.recipient) if before is None or one.sequence < before]
            return tuple(lines[::-1][:limit])

    def lines_since(self, after: int) -> Iterator[Line]:
        with self.world.step("room.lines_since"):
            return iter(self.world.lines(self.recipient)[after:])

    def trail(self, number: str, before: int | None, limit: int) -> tuple[Line, ...]:
        with self.world.step("room.trail"):
            about = set(self.world.trails.get((self.recipient, number), ()))
            lines = [one for one in self.world.lines(self.recipient) if one.sequence in about]
            return tuple(one for one in lines[::-1] if before is None or one.sequence < before)[:limit]

    def reviews(self) -> tuple[Review, ...]:
        with self.world.step("room.reviews"):
            return tuple(sorted(self.world.reviews.get(self.recipient, ()), key=lambda one: one.at))

    def review(self, review: Review, entry: AccessEntry) -> bool:
        with self.world.step("room.review"):
            if any(one.id == review.id for one in self.world.reviews.get(self.recipient, ())):
                return False
            self.world.reviews[self.recipient].append(review)
            self.world.access[self.recipient].append(entry)
            return True

    def confirmations(self) -> tuple[Confirmation, ...]:
        with self.world.step("room.confirmations"):
            return tuple(sorted(self.world.access_confirmations.get(self.recipient, ()), key=lambda one: one.at))

    def confirm(self, confirmation: Confirmation, entry: AccessEntry) -> None:
        with self.world.step("room.confirm"):
            self.world.access_confirmations[self.recipient].append(confirmation)
            self.world.access[self.recipient].append(entry)

    def handle(self, handled: Handled) -> None:
        world, before, event = self.world, handled.before, handled.event
        key = (self.recipient, before.number)
        with world.step("room.handle"):
            stored = world.deliveries.get(key)
            if stored is None or (stored.state, stored.handlings) != (before.state, before.handlings):
                raise DeliveryChangedError
            if (*key, event.id) in world.events:
                raise DeliveryChangedError
            if handled.after.state is DeliveryState.ERASED and stored.supplements != before.supplements:
                raise DeliveryChangedError
            if event.content is not None and key not in world.wraps:
                raise LetterUnreadableError
            after = handled.after
            if stored.contacted_at is None and after.contacted_at is not None:
                world.calls[CalledTask(*key)] = event.at
            world.deliveries[key] = replace(
                stored,
                state=after.state,
                handler=after.handler,
                handler_name=after.handler_name,
                handlings=after.handlings,
                contacted_at=after.contacted_at,
                readers=after.readers,
                settled_at=after.settled_at,
                held=after.held,
                warned_on=after.warned_on,
                decided_at=after.decided_at,
                erasure=after.erasure,
            )
            if after.state is DeliveryState.ERASED:
                world.erasing[ErasureTask(*key)] = event.at
            if after.protected is not before.protected:
                world.unsearched[key] = f"{event.at}/{event.id}"
            world.handled[self.recipient, swedish_date(event.at).strftime("%Y-%m")].update(handled.counts)
            world.events[*key, event.id] = event
            self._trailed(before.number, handled.entry)

    def erasures(self) -> tuple[Erasure, ...]:
        with self.world.step("room.erasures"):
            mine = [one for one in self.world.deliveries.values() if one.recipient == self.recipient]
            gone = [erasure_of(self.world, one) for one in mine if one.state is DeliveryState.ERASED]
            return tuple(sorted(gone, key=lambda one: (one.decided_at, one.number), reverse=True))

    def event(self, number: str, event: str) -> Event | None:
        with self.world.step("room.event"):
            found = self.world.events.get((self.recipient, number, event))
            return self._readable(number, found) if found else None

    def history(self, delivery: Delivery) -> tuple[Event, ...]:
        with self.world.step("room.history"):
            place = (self.recipient, delivery.number)
            found = [one for (*key, _), one in self.world.events.items() if tuple(key) == place]
            return tuple(self._readable(delivery.number, one) for one in sorted(found, key=lambda one: one.step))

    def _trailed(self, number: str, entry: AccessEntry) -> None:
        self.world.access[self.recipient].append(entry)
        self.world.trails[self.recipient, number].append(len(self.world.access[self.recipient]))

    def _readable(self, number: str, event: Event) -> Event:
        return event if (self.recipient, number) in self.world.wraps else replace(event, content=None)

    def _plaintext(self, number: str, purpose: Purpose) -> bytes | None:
        envelope = self.world.objects.get((self.recipient, number, purpose))
        return self._opened(number, 1, purpose, envelope, self.world.wraps.get((self.recipient, number), ("", b"")))

    def _supplement(self, delivery: Delivery, version: int, purpose: Purpose) -> bytes | None:
        place = (self.recipient, delivery.number, version)
        envelope = self.world.supplement_objects.get((*place, purpose))
        return self._opened(
            delivery.number, version, purpose, envelope, self.world.supplement_wraps.get(place, ("", b""))
        )

    def _opened(
        self, number: str, version: int, purpose: Purpose, envelope: bytes | None, wrapped: tuple[str, bytes]
    ) -> bytes | None:
        key_arn, wrap = wrapped
        made_with, context, data_key = self.world.made_keys.get(wrap, ("", {}, b""))
        usable = self.world.usable_keys.get(key_arn, False) and made_with == key_arn
        if envelope is None or not usable or context != letter_context(self.recipient, number):
            return None
        try:
            return unseal(Label(purpose, self.recipient, versioned(number, version)), data_key, envelope)
        except LetterUnreadableError:
            return None

    def _place(self, delivery: Delivery) -> tuple[str, str]:
        return (
            delivery.received_at.isoformat(timespec="microseconds") if delivery.received_at else "",
            delivery.number,
        )

    def _cursor(self, delivery: Delivery, mark: str) -> str:
        return base64.urlsafe_b64encode("#".join((mark, *self._place(delivery))).encode()).decode().rstrip("=")

    def _after(self, cursor: str, mark: str) -> tuple[str, str]:
        try:
            of, received_at, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("#")
            datetime.fromisoformat(received_at if of == mark else "")
        except ValueError:
            raise MalformedRequestError(FieldError("/cursor", "unknownCursor")) from None
        return received_at, number
