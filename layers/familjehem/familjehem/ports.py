"""The roles that the use cases need, as Protocols; adapters play them, fakes play them in tests.

Every role says what it raises. A role that can fail on the way raises `NotConfirmedError` when it is not known
whether the work was done; nothing else may pass for that.

Every function imports this module, and each has a few of the roles only: what stands in signatures alone is therefore
not imported when a function starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from familjehem.domain.errors import FamiljehemError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import date, datetime

    from familjehem.domain.access_log import BrokenLine, Head, Line, StoredDigest
    from familjehem.domain.access_review import Confirmation, Review
    from familjehem.domain.activation import Activation
    from familjehem.domain.activation import Colleague as PageColleague
    from familjehem.domain.affiliation import Affiliation
    from familjehem.domain.application import Application, DeliveryPromise, Opening, SupplementRecord
    from familjehem.domain.delivery import Delivery, ErasureReason, Others
    from familjehem.domain.erasure import Erasure
    from familjehem.domain.expiry import Clock as LetterClock
    from familjehem.domain.handling import Colleague, Event, Handled
    from familjehem.domain.health import Vitals
    from familjehem.domain.inbox import Counts, Selection
    from familjehem.domain.membership import AccessEntry, Person
    from familjehem.domain.onboarding import Onboarding
    from familjehem.domain.outbox import (
        AccessTask,
        ActivationTask,
        CalledTask,
        ConfirmationTask,
        ErasureTask,
        HealthTask,
        LetterTask,
        LinkTask,
        NoticeTask,
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
    from familjehem.domain.purpose import Purpose
    from familjehem.domain.recipient import Recipient
    from familjehem.domain.recipient_settings import RecipientSettings
    from familjehem.domain.reminder import Overdue, Told
    from familjehem.domain.returned_mail import ReturnedMail
    from familjehem.domain.roster import Member, Roster, RosterChange
    from familjehem.domain.search import Term
    from familjehem.domain.tally import Count, Scope
    from familjehem.domain.tariff import Fee


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        ...


class Secrets(Protocol):
    """Holds a versioned secret: that of references, codes and digests, or that of identifications."""

    def keys(self) -> Mapping[str, bytes]:
        """Give every version of the secret, the current one first."""
        ...


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the provider of e-identification says of a person, in its own writing; `level` is one that we accept."""

    number: str
    name: str
    level: str


class IdentityProvider(Protocol):
    """Identifies persons by e-identification (OpenID Connect: authorization code with PKCE)."""

    def address(self, *, state: str, nonce: str, challenge: str, language: str) -> str:
        """Give the address where a person identifies; `IdentificationUnavailableError`.

        `challenge` is the public half of PKCE (S256); afterwards the provider sends the person back to the page of that
        `language`, with `state` and a code.
        """
        ...

    def identify(self, *, code: str, verifier: str, nonce: str, language: str, now: datetime) -> Claimed:
        """Give who the person is that came back with `code`, once.

        Raises `IdentificationRefusedError` with a fault at `/code`, or `IdentificationUnavailableError`.
        """
        ...


class Directory(Protocol):
    """Knows the recipients."""

    def all(self) -> Sequence[Recipient]:
        """Give every recipient, in order of id."""
        ...

    def serving(self, codes: Iterable[str]) -> Mapping[str, Recipient | None]:
        """Give, read consistently, the recipient that serves each municipality, or None."""
        ...

    def get(self, recipient: str) -> Recipient | None:
        """Give one recipient, read consistently, or None."""
        ...

    def add(self, recipient: Recipient) -> None:
        """Store a new recipient and claim its municipalities, all or nothing; `RecipientExistsError`."""
        ...

    def configure(self, recipient: str, settings: RecipientSettings) -> None:
        """Store a recipient's settings, all of them; the latest call counts and touches nothing else of the recipient.

        `RecipientClosedError` for one that is none, `NotConfirmedError`.
        """
        ...


class RecipientKeys(Protocol):
    """Makes the keys that letters are sealed with, and ends them; can use none of them."""

    def create(self, recipient: str) -> str:
        """Make the recipient's own key, with its policy, and give its ARN; `NotConfirmedError`."""
        ...

    def retire(self, key_arn: str) -> date:
        """Disable a key and have it deleted; give the day. A repeat gives the same day. `NotConfirmedError`.

        Nothing that was sealed under the key can be opened from then on.
        """
        ...


@dataclass(frozen=True, slots=True)
class DataKey:
    """A fresh data key: 32 bytes in clear for use at once, and the same key wrapped."""

    plaintext: bytes
    wrap: bytes


class KeyUnusableError(FamiljehemError):
    """The recipient's key cannot be used: disabled, deleted, or not ours any more. Not worth a retry."""

    slug = "key-unusable"


class DataKeys(Protocol):
    """Makes data keys under the keys of recipients; can never open one again."""

    def make(self, orders: Mapping[str, tuple[str, Mapping[str, str]]]) -> Mapping[str, Future[DataKey]]:
        """Make one data key per order (name → key ARN, encryption context), all at the same time.

        A future raises `KeyUnusableError` or `NotConfirmedError`.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpentChallenge:
    """A solved proof of work: spent once, forgotten when it would have expired anyway."""

    id: str
    expires_at: datetime


class Challenges(Protocol):
    """Asks for a proof of work, so that a machine cannot flood the letterbox."""

    def issue(self, now: datetime) -> Mapping[str, Any]:
        """Give a fresh challenge (altcha v1), or an empty one where none is asked for."""
        ...

    def check(self, solution: str | None, now: datetime) -> SpentChallenge | None:
        """Give the spent challenge, or None where none is asked for; `ChallengeRefusedError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDelivery:
    """All that is stored of one delivery at accept: its row, its sealed letter and card, its wrap.

    The commit demands that `recipient` is live and has the key and the membership version given here.
    """

    recipient: Recipient
    delivery: Delivery
    letter: bytes
    card: bytes
    wrap: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedApplication:
    """All that one accept transaction stores.

    `other_references` are those that the same idempotency key has under other versions of the secret: none of them
    may be taken, so that a rotation in the middle of a retry makes no second application. `counts` is what it adds to
    the tallies, by scope.
    """

    application: Application
    deliveries: tuple[SealedDelivery, ...]
    confirmation: QueuedConfirmation | None
    challenge: SpentChallenge | None
    other_references: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPart:
    """What one recipient gets of a supplement: sealed beside `delivery`, which was read before, as its next version.

    The commit demands that `recipient` has the key given here.
    """

    recipient: Recipient
    delivery: Delivery
    supplement: bytes
    card: bytes
    wrap: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSupplement:
    """All that one supplement's transaction stores; `application` is as it was read before."""

    application: Application
    record: SupplementRecord
    parts: tuple[SealedPart, ...]


class AlreadyAcceptedError(FamiljehemError):
    """An application row with this reference exists: read it and decide."""

    slug = "already-accepted"


class RecipientChangedError(FamiljehemError):
    """A recipient is no longer as it was read: `recipients` are the ids."""

    slug = "recipient-changed"

    def __init__(self, *recipients: str) -> None:
        super().__init__(self.slug)
        self.recipients = recipients


class ChallengeSpentError(FamiljehemError):
    """The challenge was spent by somebody else."""

    slug = "challenge-spent"


class DeliveryChangedError(FamiljehemError):
    """A delivery is no longer in the state in which it was read."""

    slug = "delivery-changed"


class ApplicationChangedError(FamiljehemError):
    """An application, one of its deliveries or of its recipients is no longer as it was read: read again and decide."""

    slug = "application-changed"


class Intake(Protocol):
    """The letterbox: lets letters in, and tells the applicant how they fare; takes none out."""

    def find(self, references: Sequence[str]) -> Application | None:
        """Give, read consistently, the first application (or tombstone) with one of these references."""
        ...

    def accept(self, sealed: SealedApplication) -> None:
        """Store everything in one transaction, or nothing.

        Raises `AlreadyAcceptedError`, `RecipientChangedError`, `ChallengeSpentError` or `NotConfirmedError`; conflicts
        are tried again within.
        """
        ...

    def accept_canary(self, sealed: SealedDelivery) -> None:
        """Store a canary letter for a recipient that is ready, in one transaction, or nothing; it is counted nowhere.

        Raises `AlreadyAcceptedError`, `RecipientChangedError` where the recipient is no longer as it was read, and
        `NotConfirmedError`.
        """
        ...

    def deliveries(self, promises: Sequence[DeliveryPromise]) -> Mapping[str, Delivery]:
        """Give the delivery rows by number; those that are gone are left out."""
        ...

    def openings(self, promise: DeliveryPromise) -> Sequence[Opening]:
        """Give when a delivery was opened or taken out, and by what role: the latest, the newest first."""
        ...

    def withdraw(self, delivery: Delivery, at: datetime) -> None:
        """Withdraw one delivery as it was read; `DeliveryChangedError`, `NotConfirmedError`.

        A queued one has its ciphertexts and wraps erased in the same commit, supplements included; of a delivered one
        the recipient is told, and those supplements that still wait are erased.
        """
        ...

    def supplement_of(self, reference: str, key: bytes) -> SupplementRecord | None:
        """Give, read consistently, the supplement that was accepted under this key, or None."""
        ...

    def supplement(self, sealed: SealedSupplement) -> None:
        """Store everything in one transaction, or nothing; `ApplicationChangedError`, `NotConfirmedError`.

        The application is not erased and has had as many supplements as were read, none of them under this key; each
        delivery is open and has had as many as were read; each recipient has the key that was read.
        """
        ...

    def share(self, application: Application, deliveries: Iterable[Delivery], *, consent: bool) -> None:
        """Set whether the recipients may know of each other, and what they know; repeats change nothing.

        `deliveries` are all of the application, as they were read, where it consents. `ApplicationChangedError` for one
        that is erased or was never asked, `DeliveryChangedError` where one was called meanwhile, `NotConfirmedError`.
        """
        ...


class Attempts(Protocol):
    """Counts wrong receipt codes per address; an address is kept only as a MAC, for an hour."""

    def failures(self, address: str, now: datetime) -> int:
        """Give the number of failures of this address within the present hour."""
        ...

    def failed(self, address: str, now: datetime) -> None:
        """Count one more failure."""
        ...


class Vault(Protocol):
    """Puts ciphertexts into the mailbox bucket; can never read one."""

    def put(self, recipient: str, number: str, purpose: Purpose, ciphertext: bytes, version: int = 1) -> None:
        """Create the object of one version (1 is the letter); one that is already there is a success.

        `NotConfirmedError`.
        """
        ...


class LetterQueue(Protocol):
    """The outbox as the delivery function sees it."""

    def read(self, task: LetterTask) -> QueuedLetter | None:
        """Give the waiting letter, read consistently, or None when there is nothing more to do."""
        ...

    def delivered(self, queued: QueuedLetter, at: datetime) -> bool:
        """Commit queued → delivered, the notice's row in place of the letter's, the delivery counted.

        False when somebody else was faster or the delivery was withdrawn. `NotConfirmedError`.
        """
        ...


class SupplementQueue(Protocol):
    """The outbox as the delivery function sees it, where a supplement waits."""

    def read(self, task: SupplementTask) -> QueuedSupplement | None:
        """Give the waiting supplement, read consistently, or None when there is nothing more to do."""
        ...

    def delivered(self, queued: QueuedSupplement, at: datetime) -> bool:
        """Commit that it has come, with the notice's row in the supplement's place.

        False when somebody else was faster or the delivery was withdrawn. `NotConfirmedError`.
        """
        ...


class CalledQueue(Protocol):
    """The outbox as the delivery function sees it, where the news waits that a family was called."""

    def read(self, task: CalledTask) -> Sequence[tuple[str, str]] | None:
        """Give recipient and number of the family's other deliveries, none without its consent; None for no task."""
        ...

    def told(self, task: CalledTask, others: Sequence[tuple[str, str]]) -> None:
        """Note at the others that one has called, and forget the task, in one commit; repeats do nothing.

        What is gone stays gone. `NotConfirmedError`.
        """
        ...


class NoticeQueue(Protocol):
    """The outbox as the notification function sees it."""

    def waits(self, task: RecipientTask) -> bool:
        """Tell, read consistently, whether the mail is still to be sent."""
        ...

    def sent(self, task: RecipientTask, at: datetime) -> None:
        """Delete the row, and record the time at the delivery of a notice; repeats do nothing. `NotConfirmedError`."""
        ...

    def confirmation(self, task: ConfirmationTask) -> QueuedConfirmation | None:
        """Give the waiting confirmation, read consistently, or None; its wrap is empty where that is gone."""
        ...

    def confirmation_sent(self, task: ConfirmationTask) -> None:
        """Erase the address: the row and its wrap in one commit; repeats do nothing. `NotConfirmedError`."""
        ...


class AccessQueue(Protocol):
    """The outbox as the notification function sees it, where a mail to one of a recipient's people waits."""

    def whom(self, task: AccessTask) -> Member | None:
        """Give, read consistently, whom the task is about; None where the task or her access is gone."""
        ...

    def told(self, task: AccessTask) -> None:
        """Delete the row; repeats do nothing. `NotConfirmedError`."""
        ...


class ContactKey(Protocol):
    """Opens what was sealed under the contact key."""

    def unwrap(self, wrap: bytes, context: Mapping[str, str]) -> bytes:
        """Give the data key; `LetterUnreadableError` for a wrap of another context or none, `NotConfirmedError`."""
        ...


class AddressRefusedError(FamiljehemError):
    """The provider will never take mail for this address: no try will help."""

    slug = "address-refused"


class Post(Protocol):
    """Sends e-mail."""

    def send(self, to: str, subject: str, text: str, tags: Mapping[str, str]) -> None:
        """Hand one e-mail to the provider.

        `AddressRefusedError` when it will never take it, `NotConfirmedError` when it did not take it now.
        """
        ...


class Texting(Protocol):
    """Sends SMS."""

    def send(self, to: str, text: str) -> None:
        """Hand one message to the provider, for a number as E.164.

        `AddressRefusedError` when it will never take it, `NotConfirmedError` when it did not take it now.
        """
        ...


class Outbox(Protocol):
    """The outbox as housekeeping sees it: what waits, since when; never what it holds."""

    def waiting(self) -> Iterable[Waiting]:
        """Give every row, the oldest first."""
        ...

    def tell_again(self, task: NoticeTask, at: datetime) -> None:
        """Have a recipient told of a letter, unless that waits already. `NotConfirmedError`."""
        ...

    def touch(self, task: OutboxTask, at: datetime) -> None:
        """Wake the worker again; a row that is gone meanwhile stays gone."""
        ...


class Gauge(Protocol):
    """Publishes figures that alarms watch."""

    def outbox(self, waiting: int, stuck: int, oldest_seconds: float) -> None:
        """Publish how many rows wait, how many of them are stuck, and the age of the oldest."""
        ...


@dataclass(frozen=True, slots=True)
class Condemned:
    """A letter that was decided to be erased, and how many versions of it have a wrap: its supplements, and itself."""

    erasure: Erasure
    versions: int


class Disposals(Protocol):
    """Erasure, as housekeeping may do it: it judges by times alone, and can open nothing.

    What was decided, by rule here or by a person in the mailbox, waits in the outbox until all of it is destroyed.
    """

    def clocks(self, recipient: str) -> Iterable[LetterClock]:
        """Give the clock of every letter that a recipient holds."""
        ...

    def warn(self, recipient: str, numbers: Sequence[str], on: date, at: datetime) -> None:
        """Have the recipient told once of all these letters, and note it at each; repeats do no harm.

        `NotConfirmedError`.
        """
        ...

    def decide(self, clock: LetterClock, at: datetime) -> bool:
        """Decide by rule that a letter goes, if it is as it was read; False if it is not. `NotConfirmedError`."""
        ...

    def decide_again(self, task: ErasureTask, reason: ErasureReason, at: datetime) -> bool:
        """Decide anew, after a restoration, what was decided before it; False for what is none or is on its way.

        `NotConfirmedError`.
        """
        ...

    def condemned(self, task: ErasureTask) -> Condemned | None:
        """Give, read consistently, what was decided, or None where nothing is to be destroyed."""
        ...

    def destroy(self, condemned: Condemned, at: datetime) -> None:
        """Destroy every wrap and leave the tombstone, in one commit; a repeat does nothing. `NotConfirmedError`."""
        ...

    def forget(self, task: ErasureTask) -> None:
        """Delete what was noted about the letter while it was worked with; repeats do nothing. `NotConfirmedError`."""
        ...

    def done(self, task: ErasureTask) -> None:
        """Delete the task's row; repeats do nothing. `NotConfirmedError`."""
        ...


class Shredder(Protocol):
    """Removes sealed objects from the mailbox bucket; can never read one."""

    def shred(self, recipient: str, number: str) -> int:
        """Remove every version of every object of a delivery; give how many. `NotConfirmedError`."""
        ...


class ReconciliationGauge(Protocol):
    """Publishes whether every recipient was told of every letter."""

    def reconciled(self, delivered: int, waiting: int, untold: int) -> None:
        """Publish how many letters lie in mailboxes, how many wait for theirs, of how many nobody was told."""
        ...


class Reminders(Protocol):
    """What is overdue, as housekeeping may know it: whether families wait, and never which; and what has been told."""

    def told(self) -> Mapping[str, Told]:
        """Give, read consistently, by recipient what has been told; one of which nothing was told is left out."""
        ...

    def overdue(self, recipient: str, since: datetime | None, before: datetime) -> Overdue:
        """Look among the families that came from `since` on, before `before`, and wait; a moment behind."""
        ...

    def tell(
        self, recipient: str, before: Told | None, after: Told, tasks: Iterable[ReminderTask | AccessTask], at: datetime
    ) -> bool:
        """Commit that this has been told, with the tasks of telling it; one that waits already is not put again.

        False, and nothing is done, where what was told is no longer as it was read. `NotConfirmedError`.
        """
        ...


class ReminderGauge(Protocol):
    """Publishes what a round of reminders came to."""

    def reminded(self, mailbox: int, responsible: int, skr: int, failed: int) -> None:
        """Publish of how many recipients each was told, and of how many it is not known."""
        ...


class RetentionGauge(Protocol):
    """Publishes what a day's rules came to."""

    def retention(self, warned: int, decided: int, failed: int) -> None:
        """Publish how many letters were warned of, how many are to go, and of how many recipients it is not known."""
        ...


class AccessGauge(Protocol):
    """Publishes what became of unused access."""

    def access(self, warned: int, ended: int, withheld: int, failed: int) -> None:
        """Publish how many were warned, how many ended, how many stayed as the last, how many recipients failed."""
        ...


class AccessLogGauge(Protocol):
    """Publishes what a night's work with the access logs came to."""

    def kept(self, logs: int, findings: int, failed: int) -> None:
        """Publish how many logs were sealed and verified, what was found in them, and how many could not be read."""
        ...


class AccessLedger(Protocol):
    """The access logs, as they stand: to be read whole and in order, never to be written."""

    def head(self, recipient: str) -> Head:
        """Tell, read consistently, where a recipient's log ends; `START` for one that nobody has written in."""
        ...

    def lines(self, recipient: str, first: int, last: int | None = None) -> Iterator[Line | BrokenLine]:
        """Give those lines that there are of a stretch (or from `first` on), the oldest first, and what is none."""
        ...


class DigestStore(Protocol):
    """Keeps the digests of access logs where nobody can change or remove one."""

    def names(self, recipient: str) -> Mapping[str, bool]:
        """Give what the digests of a recipient are called, in order, and of each whether more was put there since."""
        ...

    def read(self, recipient: str, name: str) -> StoredDigest:
        """Give one digest as it was first put. `NotConfirmedError`."""
        ...

    def put(self, recipient: str, name: str, content: bytes) -> bool:
        """Keep a digest; False if there is one of this name already. `NotConfirmedError`."""
        ...


class Tallies(Protocol):
    """The counters, as the statistics read them; every shard together."""

    def families(self, scopes: Iterable[Scope], month: str) -> Mapping[Scope, Mapping[str, int]]:
        """Give each scope's counters of a month such as `2026-11`, read consistently; one without any is left out."""
        ...

    def deliveries(self, recipients: Iterable[str], month: str) -> Mapping[str, int]:
        """Give how many applications came to each recipient in a month; one without any is left out."""
        ...

    def handlings(self, recipients: Iterable[str], month: str) -> Mapping[str, Mapping[str, int]]:
        """Give what was done at each recipient in a month, by counters; one without any is left out."""
        ...

    def forget(self, scopes: Iterable[Scope], month: str) -> int:
        """Delete what was counted of these scopes in a month; give how many rows there were. `NotConfirmedError`."""
        ...


class ReportBook(Protocol):
    """Makes workbooks of reports."""

    def excel(self, made: Mapping[str, Any]) -> bytes:
        """Give the workbook (xlsx) of what `report.report` gives: the same bytes of the same report."""
        ...


class Announcements(Protocol):
    """The outbox of what the statistics have to say to function mailboxes."""

    def announce(self, task: ReportTask, at: datetime) -> None:
        """Have a recipient told of its report, unless that waits already. `NotConfirmedError`."""
        ...


class Shelf(Protocol):
    """Keeps files that are written once and never changed."""

    def put(self, name: str, content: bytes) -> bool:
        """Create a file; False if there is one of this name already. `NotConfirmedError`."""
        ...

    def get(self, name: str) -> bytes | None:
        """Give a file, or None. `NotConfirmedError`."""
        ...

    def names(self, beginning: str) -> Sequence[str]:
        """Give the names of files that begin so, in order. `NotConfirmedError`."""
        ...


class ReportGauge(Protocol):
    """Publishes figures about the reports."""

    def reports(self, made: int, failed: int) -> None:
        """Publish how many reports were made, and how many of the due ones are not."""
        ...


class SelfTestGauge(Protocol):
    """Counts self-tests by level, and nothing else about them."""

    def taken(self, level: str) -> None:
        """Count one."""
        ...


class Members(Protocol):
    """Knows who belongs where."""

    def person(self, person: str) -> Person:
        """Give, read consistently, the person with every membership; a stranger has none."""
        ...

    def colleagues(self, recipient: str) -> Sequence[Colleague]:
        """Give everybody who has access, read consistently, without their addresses."""
        ...

    def sign_out(self, person: str, at: datetime) -> None:
        """End every session of a person that began before `at`; the latest call counts. `NotConfirmedError`."""
        ...


class RosterChangedError(FamiljehemError):
    """A roster is no longer as it was read: read it again and decide."""

    slug = "roster-changed"


class Staff(Protocol):
    """Knows the people of each recipient, and keeps what became of their access."""

    def roster(self, recipient: str) -> Roster:
        """Give, read consistently, everybody who has access; a recipient that is none has nobody."""
        ...

    def last_seen(self, recipient: str) -> Mapping[str, date]:
        """Give, by person, the Swedish date on which somebody last was in the recipient's room."""
        ...

    def commit(self, change: RosterChange) -> None:
        """Commit the access, the person's own row, the line of history and the mail that is asked for; all or nothing.

        `RosterChangedError` where the roster is no longer as it was read, `NotConfirmedError`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account: `fresh` if it was made now, `mailed` if the person was sent a temporary password now."""

    person: str
    fresh: bool
    mailed: bool


class Accounts(Protocol):
    """The accounts that people sign in with."""

    def open(self, email: str) -> Account:
        """Give the account of an address, open, made where there is none; a repeat gives the same.

        Whoever has never signed in is sent a (new) temporary password, unless she signs in at her municipality.
        `AccountConflictError`, `NotConfirmedError`.
        """
        ...

    def reopen(self, person: str) -> None:
        """Let a person sign in again; repeats do nothing. `NotConfirmedError`."""
        ...

    def sign_out(self, person: str) -> None:
        """End every session; one who has no account has none. `NotConfirmedError`."""
        ...

    def close(self, person: str) -> None:
        """End every session, and let the person sign in no more; repeats do nothing. `NotConfirmedError`."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a mailbox in the order of its selection; `cursor` leads to the next, None at the end."""

    deliveries: tuple[Delivery, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSearch:
    """A letter whose tokens are to be made what they should be: as it was read, and by what it is to be found.

    `mark` is the note that asked for it. Without `delivery` there is nothing to be found by, and `terms` are none.
    """

    number: str
    mark: str
    delivery: Delivery | None
    terms: frozenset[Term] = frozenset()


class TenantRoom(Protocol):
    """Everything that may be done with one recipient's mailbox, in that recipient's session only.

    A letter that comes, a supplement, and a protection that begins or ends, each note by their own commit that its
    tokens are not as they should be.
    """

    def page(self, selection: Selection, cursor: str | None, limit: int) -> Page:
        """Give one page; a cursor that is not of this very selection raises `MalformedRequestError`.

        Where a filter lets few through, a page may be short, or empty, and have a cursor all the same.
        """
        ...

    def counts(self, selection: Selection) -> Counts:
        """Count those that wait and are not protected, as the index knows them: a moment behind."""
        ...

    def protected(self) -> Mapping[str, Delivery]:
        """Give every protected delivery by its number."""
        ...

    def delivery(self, number: str) -> Delivery | None:
        """Give one readable delivery, read consistently, or None."""
        ...

    def deliveries(self, numbers: Sequence[str]) -> Mapping[str, Delivery]:
        """Give readable deliveries by their numbers, read consistently; a hundred at most are asked for."""
        ...

    def unsearched(self, limit: int, after: str | None = None) -> Mapping[str, str]:
        """Give letters whose tokens are not as they should be, each with the mark of the note that says so.

        They stand in order of their numbers; those up to `after` are passed over.
        """
        ...

    def index(self, letters: Sequence[ToSearch]) -> None:
        """Make the tokens of letters what they should be, several at the same time, and take their notes away.

        A letter that is no longer as it was read keeps its note. Repeats do no harm. `NotConfirmedError`.
        """
        ...

    def found_by(self, terms: Collection[Term]) -> Mapping[Term, Mapping[str, datetime]]:
        """Give for each term the numbers of the letters that have it, and when those came."""
        ...

    def may_search(self, person: str, at: datetime, most: int) -> bool:
        """Count a person's search, and tell whether it is among the first `most` of its hour."""
        ...

    def others(self, number: str) -> Others | None:
        """Give what may be known of the others that the family chose, read consistently; None without its consent."""
        ...

    def plaintexts(self, numbers: Sequence[str], purpose: Purpose) -> Mapping[str, bytes | None]:
        """Open sealed letters or cards, several at the same time; None for one that cannot be opened."""
        ...

    def supplements(self, deliveries: Sequence[Delivery], purpose: Purpose) -> Mapping[str, tuple[bytes | None, ...]]:
        """Open all supplements that have come, or their changes of the card: by number, the oldest first.

        None for one that cannot be opened.
        """
        ...

    def seen(self, person: str) -> None:
        """Note that a person is here today: one write a day at most, and a failure of it hinders nobody."""
        ...

    def reports(self) -> tuple[str, ...]:
        """Give the months whose reports stand whole, the newest first. `NotConfirmedError`."""
        ...

    def report(self, month: str, form: str) -> bytes | None:
        """Give a file of a month's report, or None. `NotConfirmedError`."""
        ...

    def log(self, entry: AccessEntry) -> None:
        """Write one line of the access log; returns only when it stands. `NotConfirmedError`."""
        ...

    def opened(self, delivery: Delivery, entry: AccessEntry) -> Delivery:
        """Write the line of an opening, and note the first one of an open delivery, in one commit.

        Delivered becomes opened; later openings change nothing. `DeliveryNotFoundError` for one that was protected from
        this person meanwhile, `NotConfirmedError`.
        """
        ...

    def lines(self, before: int | None, limit: int) -> tuple[Line, ...]:
        """Give the lines of the access log before a number, or the latest, the newest first."""
        ...

    def lines_since(self, after: int) -> Iterator[Line]:
        """Give the lines of the access log after a number, the oldest first."""
        ...

    def trail(self, number: str, before: int | None, limit: int) -> tuple[Line, ...]:
        """Give the lines about one delivery alone before a number, or the latest, the newest first."""
        ...

    def reviews(self) -> tuple[Review, ...]:
        """Give every review of the access log, the oldest first."""
        ...

    def review(self, review: Review, entry: AccessEntry) -> bool:
        """Commit a review and its line of the access log; False if there is one of this id. `NotConfirmedError`."""
        ...

    def confirmations(self) -> tuple[Confirmation, ...]:
        """Give every confirmation of who has access, the oldest first."""
        ...

    def confirm(self, confirmation: Confirmation, entry: AccessEntry) -> None:
        """Commit a confirmation and its line of the access log. `NotConfirmedError`."""
        ...

    def handle(self, handled: Handled) -> None:
        """Commit the delivery as it is to be, its event, and the event's line of the access log; all or nothing.

        Where it is to be erased, the task of destroying it stands in the outbox by the same commit.
        The event's content is sealed under the delivery's own data key. `DeliveryChangedError` where the delivery is
        no longer as it was read, `LetterUnreadableError` where that key is gone, `NotConfirmedError`.
        """
        ...

    def erasures(self) -> tuple[Erasure, ...]:
        """Give what remains of each erased delivery, the latest decision first."""
        ...

    def event(self, number: str, event: str) -> Event | None:
        """Give one event of a delivery, read consistently and opened, or None."""
        ...

    def history(self, delivery: Delivery) -> tuple[Event, ...]:
        """Give every event of a delivery, opened, the oldest first."""
        ...


class Tenancy(Protocol):
    """Opens the room of one recipient."""

    def room(self, recipient: str) -> TenantRoom:
        """Take the tenant session (kept per recipient while it is good) and give its room."""
        ...


class Press(Protocol):
    """Prints."""

    def pdf(self, content: Mapping[str, Any], at: datetime) -> bytes:
        """Give the PDF (tagged, PDF/UA) of what `print_compilation.printout` gives; `at` is when it is made."""
        ...


class RegisterChangedError(FamiljehemError):
    """Something in the register is no longer as it was read: read again and decide."""

    slug = "register-changed"


@dataclass(frozen=True, slots=True)
class Registered:
    """A recipient and its way in and out; either is None where there is only the other.

    A request has no recipient until it is approved.
    """

    onboarding: Onboarding | None
    recipient: Recipient | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterChange:
    """Everything that one change of the register stores, all or nothing.

    Pairs are what was read and what is to be; None where nothing stood before. `claims` map a municipality to the
    recipient that served it, or None, and the one that shall. `links` are those to be sent, each with its moment.
    """

    onboardings: tuple[tuple[Onboarding | None, Onboarding], ...] = ()
    recipients: tuple[tuple[Recipient | None, Recipient], ...] = ()
    claims: Mapping[str, tuple[str | None, str]] | None = None
    begun: tuple[Affiliation, ...] = ()
    ended: tuple[tuple[Affiliation, date], ...] = ()
    links: tuple[tuple[LinkTask, datetime], ...] = ()


class Register(Protocol):
    """The recipients as the administration keeps them: their ways in and out, who serves whom, what they pay.

    It knows function mailboxes and invoice addresses, and nothing of any person.
    """

    def all(self) -> Sequence[Registered]:
        """Give every recipient and every request, in order of the recipient's id, then of the request's."""
        ...

    def find(self, recipient: str) -> Registered | None:
        """Give one recipient, read consistently, or None."""
        ...

    def request(self, request: str) -> Onboarding | None:
        """Give one request, read consistently, or None."""
        ...

    def affiliations(self) -> Sequence[Affiliation]:
        """Give every affiliation there has been, in order of municipality and time."""
        ...

    def ask(self, onboarding: Onboarding) -> None:
        """Store a request; `RegisterChangedError` where there is one with this id, `NotConfirmedError`."""
        ...

    def commit(self, change: RegisterChange) -> None:
        """Store a change whose rows are all as they were read; `RegisterChangedError`, `NotConfirmedError`."""
        ...

    def fees(self, year: int) -> Mapping[str, Fee]:
        """Give the fees that are fixed for a calendar year, by municipality."""
        ...

    def fix(self, fees: Iterable[Fee]) -> None:
        """Fix fees for their years; one that is fixed already stays as it is. `NotConfirmedError`."""
        ...


class ActivationChangedError(FamiljehemError):
    """What the municipality's own page holds is no longer as it was read: read again and decide."""

    slug = "activation-changed"


class NamedPeople(Protocol):
    """Knows whom a municipality has named on its own page, and nothing else that the page holds."""

    def people(self, request: str) -> tuple[PageColleague, ...]:
        """Give them in the order in which they were named; nobody where there is no page."""
        ...


class Activations(NamedPeople, Protocol):
    """Keeps what the municipalities' own pages hold, apart from everything that the administration reads."""

    def find(self, request: str) -> Activation | None:
        """Give one, read consistently, or None."""
        ...

    def ask(self, onboarding: Onboarding, activation: Activation) -> None:
        """Store a request and its page; `ActivationChangedError` for an id that is taken, `NotConfirmedError`."""
        ...

    def commit(
        self,
        before: Activation | None,
        after: Activation,
        asks: ActivationTask | None = None,
        at: datetime | None = None,
    ) -> None:
        """Store one as it is to be, if it is as it was read, and ask for the sending of a link or a code.

        `ActivationChangedError`, also where the same sending waits already; `NotConfirmedError`.
        """
        ...

    def waits(self, task: ActivationTask) -> bool:
        """Tell, read consistently, whether a link or a code is still to be sent."""
        ...

    def sent(self, task: ActivationTask) -> None:
        """Delete the task's row; repeats do nothing. `NotConfirmedError`."""
        ...


class MailReturns(Protocol):
    """Keeps what the provider told of mails that came back, without the address that they were sent to."""

    def record(self, mail: ReturnedMail) -> bool:
        """Keep one return for as long as it counts; False where it is known already. `NotConfirmedError`."""
        ...

    def all(self) -> Iterable[ReturnedMail]:
        """Give every return that is kept, in no order."""
        ...


class Examiner(Protocol):
    """Knows how recipients fare, in counts and days: no person and no letter."""

    def vitals(self) -> Mapping[str, Vitals]:
        """Give what is known, by recipient; a recipient of which nothing is known may be left out."""
        ...


class VitalsBook(Protocol):
    """Keeps what housekeeping found of how a recipient fares, for those who know no more of it than that."""

    def confirmed_on(self, recipient: str) -> date | None:
        """Give the Swedish date on which it was last confirmed who has access; None if it never was."""
        ...

    def note(self, recipient: str, vitals: Vitals, on: date) -> None:
        """Keep what was found of one recipient, in place of what was found before. `NotConfirmedError`."""
        ...

    def tell(self, task: HealthTask, lines: Sequence[str], at: datetime) -> bool:
        """Have SKR told, a line per recipient; False where it was told on this day or later. `NotConfirmedError`."""
        ...


class HealthQueue(Protocol):
    """The outbox as the notification function sees it, where SKR is to be told what ails recipients."""

    def ailing(self, task: HealthTask) -> Sequence[str] | None:
        """Give, read consistently, the lines to be told; None where there is nothing more to do."""
        ...

    def told(self, task: HealthTask) -> None:
        """Delete the row; repeats do nothing. `NotConfirmedError`."""
        ...


class Canaries(Protocol):
    """Knows when canary letters were opened, and nothing of any other letter."""

    def opened_at(self, recipient: str, number: str) -> datetime | None:
        """Give when the canary letter of this number was first opened, or None."""
        ...


class Errands(Protocol):
    """Asks another function to do what only its own rights allow."""

    def run(self, errand: str, event: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Call whoever does this errand and give its answer; None where nobody does it. `NotConfirmedError`."""
        ...


class Rulings(Protocol):
    """Keeps what SKR has decided about versions of the question set."""

    def all(self) -> Mapping[str, bool]:
        """Give each version that was ruled on: True for published, False for withdrawn."""
        ...

    def rule(self, version: str, at: datetime, *, published: bool) -> None:
        """Record a ruling; the latest counts. `NotConfirmedError`."""
        ...


class Folder(Protocol):
    """Keeps papers that the administration makes, where its people can fetch them."""

    def keep(self, name: str, content: bytes, media_type: str) -> str:
        """Store a paper under a name and give the place; a repeat replaces it. `NotConfirmedError`."""
        ...

    def fetch(self, name: str) -> bytes | None:
        """Give the paper that its people have put there, or None. `NotConfirmedError`."""
        ...


class Workbook(Protocol):
    """Makes spreadsheets."""

    def excel(self, sheets: Mapping[str, Sequence[Sequence[str | int]]]) -> bytes:
        """Give a workbook (xlsx): by name, rows of cells, of which the first is the head."""
        ...


class Failures(Protocol):
    """The notes of what workers gave up: places in a stream, never a row."""

    def count(self) -> int:
        """Give how many notes wait, as nearly as the queues know."""
        ...

    def clear(self) -> int:
        """Throw away the notes, which the outbox rows themselves outlive; give how many. `NotConfirmedError`."""
        ...
