"""The rooms of recipients: each is entered in a session that AWS itself confines to that recipient."""

import re
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from familjehem.adapters.aws import CARDS_AT_ONCE, Aws, TemporaryCredentials, code, confirming
from familjehem.adapters.contact_key import UNREADABLE
from familjehem.adapters.data_keys import UNUSABLE
from familjehem.adapters.documents import filled, policy
from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.handling_rows import read_event
from familjehem.adapters.dynamo.search_rows import SearchRows
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.dynamo.tenant import TenantRows, Version
from familjehem.adapters.vault import object_key
from familjehem.domain.calendar import swedish_date
from familjehem.domain.delivery import Delivery
from familjehem.domain.errors import LetterUnreadableError, NotConfirmedError
from familjehem.domain.handling import Event, Handled
from familjehem.domain.purpose import LETTER_VERSION, Purpose
from familjehem.domain.report_file import folder, place, read_name
from familjehem.domain.sealing import Label, letter_context, note_label, seal, unseal, versioned
from familjehem.domain.search import Term, search_context, token
from familjehem.ports import Clock, DataKey, ToSearch

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

POLICY = "tenant_policy"
SESSION_SECONDS = 3600
RENEWED_BEFORE = timedelta(minutes=5)

_RECIPIENT = re.compile(r"[0-9a-z-]{1,56}")
# Without the right to list, S3 tells of a missing object as of a forbidden one.
_ABSENT = frozenset({"AccessDenied", "NoSuchKey"})
_CLOSED = UNREADABLE | UNUSABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What a room stands on: names of tables and buckets, and the role that a tenant session takes."""

    main: str
    wraps: str
    tally: str
    bucket: str
    reports: str
    role_arn: str

    def names(self, recipient: str) -> dict[str, str]:
        """Give what the session policy's placeholders stand for."""
        partition, _, _, account = self.role_arn.split(":")[1:5]
        tables = f"arn:{partition}:dynamodb:*:{account}:table"
        return {
            "recipient": recipient,
            "main_table_arn": f"{tables}/{self.main}",
            "wraps_table_arn": f"{tables}/{self.wraps}",
            "tally_table_arn": f"{tables}/{self.tally}",
            "bucket_arn": f"arn:{partition}:s3:::{self.bucket}",
            "report_bucket_arn": f"arn:{partition}:s3:::{self.reports}",
        }


class S3Letters:
    """Sealed objects of the mailbox bucket, as a tenant session may read them."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def get(self, recipient: str, number: str, purpose: Purpose, version: int) -> bytes | None:
        """Give a sealed object, or None if there is none. `NotConfirmedError`."""
        with confirming():
            try:
                key = object_key(recipient, number, purpose, version)
                found = self._client.get_object(Bucket=self._bucket, Key=key)
                return found["Body"].read()
            except ClientError as error:
                if code(error) in _ABSENT:
                    return None
                raise


class S3Reports:
    """A recipient's reports, as a tenant session may read them."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def months(self, recipient: str) -> tuple[str, ...]:
        """Give the months whose PDF stands, which is put last, the newest first. `NotConfirmedError`."""
        with confirming():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=folder(recipient)
            )
            listed = [one.get("Key", "") for page in pages for one in page.get("Contents", ())]
        found = (read_name(key.rpartition("/")[2]) for key in listed)
        return tuple(sorted((one[0] for one in found if one and one[1] == "pdf"), reverse=True))

    def get(self, recipient: str, month: str, form: str) -> bytes | None:
        """Give a file, or None if there is none. `NotConfirmedError`."""
        with confirming():
            try:
                return self._client.get_object(Bucket=self._bucket, Key=place(recipient, month, form))["Body"].read()
            except ClientError as error:
                if code(error) in _ABSENT:
                    return None
                raise


class KmsTenantKey:
    """The recipient's key, as a tenant session may use it."""

    def __init__(self, client: "KMSClient") -> None:
        self._client = client

    def make(self, key_arn: str, context: Mapping[str, str]) -> DataKey:
        """Make a data key, of the one context for which the key's own policy lets a tenant. `NotConfirmedError`."""
        with confirming():
            made = self._client.generate_data_key(KeyId=key_arn, KeySpec="AES_256", EncryptionContext=context)
        return DataKey(made["Plaintext"], made["CiphertextBlob"])

    def unwrap(self, key_arn: str, wrap: bytes, context: Mapping[str, str]) -> bytes | None:
        """Give the data key, or None if this wrap cannot be opened with this key. `NotConfirmedError`."""
        with confirming():
            try:
                return self._client.decrypt(KeyId=key_arn, CiphertextBlob=wrap, EncryptionContext=context)["Plaintext"]
            except ClientError as error:
                if code(error) in _CLOSED:
                    return None
                raise


class AwsTenantRoom(TenantRows):
    """Everything that may be done with one recipient's mailbox; plays `TenantRoom`."""

    def __init__(
        self,
        database: Database,
        premises: Premises,
        recipient: str,
        objects: tuple[S3Letters, S3Reports],
        key: KmsTenantKey,
        pool: ThreadPoolExecutor,
        clock: Clock,
    ) -> None:
        super().__init__(database, premises.main, premises.wraps, premises.tally, recipient)
        self._search = SearchRows(database, premises.main, recipient)
        self._search_key: bytes | None = None
        self._letters, self._reports = objects
        self._key = key
        self._pool = pool
        self._clock = clock
        self._seen: dict[str, date] = {}

    def seen(self, person: str) -> None:
        """Note that a person is here today: one write a day at most, and a failure of it hinders nobody."""
        today = swedish_date(self._clock.now())
        if self._seen.get(person) == today:
            return
        try:
            self.note_seen(person, today)
        except NotConfirmedError:
            # The next call notes it; a letter must not wait for that.
            return
        self._seen[person] = today

    def reports(self) -> tuple[str, ...]:
        """Give the months whose reports stand whole, the newest first. `NotConfirmedError`."""
        return self._reports.months(self._recipient)

    def report(self, month: str, form: str) -> bytes | None:
        """Give a file of a month's report, or None. `NotConfirmedError`."""
        return self._reports.get(self._recipient, month, form)

    def plaintexts(self, numbers: Sequence[str], purpose: Purpose) -> Mapping[str, bytes | None]:
        """Open sealed letters or cards, several at the same time; None for one that cannot be opened.

        `NotConfirmedError` when it is not known whether one can be opened.
        """
        opened = self._opened([(number, LETTER_VERSION) for number in numbers], purpose)
        return {number: plaintext for (number, _), plaintext in opened.items()}

    def supplements(self, deliveries: Sequence[Delivery], purpose: Purpose) -> Mapping[str, tuple[bytes | None, ...]]:
        """Open all supplements that have come, or their changes of the card: by number, the oldest first.

        None for one that cannot be opened. `NotConfirmedError` when it is not known whether one can be opened.
        """
        versions = {one.number: [(one.number, each.version) for each in one.received_supplements] for one in deliveries}
        opened = self._opened([each for of_one in versions.values() for each in of_one], purpose)
        return {number: tuple(opened[each] for each in of_one) for number, of_one in versions.items()}

    def unsearched(self, limit: int, after: str | None = None) -> Mapping[str, str]:
        """Give letters whose tokens are not as they should be, each with the mark of the note that says so.

        They stand in order of their numbers; those up to `after` are passed over.
        """
        return self._search.unsearched(limit, after)

    def index(self, letters: Sequence[ToSearch]) -> None:
        """Make the tokens of letters what they should be, several at the same time, and take their notes away.

        A letter that is no longer as it was read keeps its note. Repeats do no harm. `NotConfirmedError`.
        """
        if not letters:
            return
        key = self._key_to_search()
        if key is None and any(one.terms for one in letters):
            key = self._made_to_search([one.number for one in letters])
        rows = self._search.searched(one.number for one in letters)
        commits = [self._pool.submit(self._search.index, one, rows.get(one.number), key or b"") for one in letters]
        for done in commits:
            done.result()

    def found_by(self, terms: Collection[Term]) -> Mapping[Term, Mapping[str, datetime]]:
        """Give for each term the numbers of the letters that have it, and when those came."""
        key = self._key_to_search()
        if key is None:
            return {}
        found = {term: self._pool.submit(self._search.found_by, token(key, term)) for term in terms}
        return {term: one.result() for term, one in found.items()}

    def may_search(self, person: str, at: datetime, most: int) -> bool:
        """Count a person's search, and tell whether it is among the first `most` of its hour."""
        return self._search.may_search(person, at, most)

    def _key_to_search(self) -> bytes | None:
        """Unwrap the search key, once in the life of this room; None where there is none yet."""
        if self._search_key is None:
            row = self._database.get(self._wraps, keys.search_key(self._recipient))
            if row is not None:
                context = search_context(self._recipient)
                self._search_key = self._key.unwrap(row["key_arn"], row["wrap"], context)
                if self._search_key is None:
                    raise LetterUnreadableError
        return self._search_key

    def _made_to_search(self, numbers: Sequence[str]) -> bytes:
        """Make the search key, under the key that letters were sealed with; of two that are made the first stays."""
        wraps = self.wraps([(number, LETTER_VERSION) for number in numbers])
        for key_arn in {key_arn for key_arn, _ in wraps.values()}:
            made = self._key.make(key_arn, search_context(self._recipient))
            row = {**keys.search_key(self._recipient).attributes(), "key_arn": key_arn, "wrap": made.wrap}
            self._database.put(self._wraps, row)
            break
        found = self._key_to_search()
        if found is None:
            raise NotConfirmedError
        return found

    def handle(self, handled: Handled) -> None:
        """Commit the delivery, its event, and the event's line of the access log; all or nothing.

        `DeliveryChangedError` where the delivery is no longer as it was read, `LetterUnreadableError` where its data
        key is gone, `NotConfirmedError`.
        """
        number, event = handled.before.number, handled.event
        sealed = None
        if event.content is not None:
            data_key = self._data_key(number)
            if data_key is None:
                raise LetterUnreadableError
            sealed = seal(note_label(self._recipient, number, event.id), data_key, event.content)
        self.commit(handled, sealed)

    def event(self, number: str, event: str) -> Event | None:
        """Give one event of a delivery, read consistently and opened, or None. `NotConfirmedError`."""
        row = self.event_row(number, event)
        return self._events(number, [row])[0] if row else None

    def history(self, delivery: Delivery) -> tuple[Event, ...]:
        """Give every event of a delivery, opened, the oldest first. `NotConfirmedError`."""
        return self._events(delivery.number, self.event_rows(delivery.number))

    def _events(self, number: str, rows: Sequence[Mapping[str, Any]]) -> tuple[Event, ...]:
        data_key = self._data_key(number) if any("sealed" in row for row in rows) else None
        return tuple(read_event(row, self._content(number, row, data_key)) for row in rows)

    def _content(self, number: str, row: Mapping[str, Any], data_key: bytes | None) -> bytes | None:
        if data_key is None or "sealed" not in row:
            return None
        try:
            return unseal(note_label(self._recipient, number, row["id"]), data_key, row["sealed"])
        except LetterUnreadableError:
            return None

    def _data_key(self, number: str) -> bytes | None:
        """Unwrap the delivery's own data key, or None where it is gone or cannot be used."""
        kept = self.wraps([(number, LETTER_VERSION)]).get((number, LETTER_VERSION))
        return self._key.unwrap(*kept, letter_context(self._recipient, number)) if kept else None

    def _opened(self, versions: Sequence[Version], purpose: Purpose) -> Mapping[Version, bytes | None]:
        if not versions:
            return {}
        sealed = {
            (number, version): self._pool.submit(self._letters.get, self._recipient, number, purpose, version)
            for number, version in dict.fromkeys(versions)
        }
        data_keys = self._unwrapped(self.wraps(list(sealed)))
        return {one: self._plaintext(one, purpose, sealed[one].result(), data_keys.get(one)) for one in sealed}

    def _unwrapped(self, wraps: Mapping[Version, tuple[str, bytes]]) -> Mapping[Version, bytes | None]:
        """Unwrap data keys, several at the same time; the last on this thread, since most often there is but one."""
        orders = {one: (*wrap, letter_context(self._recipient, one[0])) for one, wrap in wraps.items()}
        if not orders:
            return {}
        last, order = orders.popitem()
        others = {one: self._pool.submit(self._key.unwrap, *each) for one, each in orders.items()}
        mine = self._key.unwrap(*order)
        return {last: mine, **{one: opened.result() for one, opened in others.items()}}

    def _plaintext(
        self, one: Version, purpose: Purpose, envelope: bytes | None, data_key: bytes | None
    ) -> bytes | None:
        if envelope is None or data_key is None:
            return None
        try:
            return unseal(Label(purpose, self._recipient, versioned(*one)), data_key, envelope)
        except LetterUnreadableError:
            return None


class StsTenancy:
    """Opens the room of one recipient; plays `Tenancy`.

    The session is confined twice: by the tag `recipient`, which the role's own policy and the key policy
    read, and by a session policy with this recipient's keys, object prefix and encryption context written out. Sessions
    are kept until five minutes before they expire. `document` is for a cloud that does not know all of the
    conditions.
    """

    def __init__(self, aws: Aws, premises: Premises, clock: Clock, *, document: str | None = None) -> None:
        self._aws = aws
        self._sts = aws.sts()
        self._premises = premises
        self._clock = clock
        self._document = document or policy(POLICY)
        self._pool = ThreadPoolExecutor(CARDS_AT_ONCE, thread_name_prefix="mailbox")
        self._rooms: dict[str, tuple[datetime, AwsTenantRoom]] = {}
        self._lock = Lock()

    def room(self, recipient: str) -> AwsTenantRoom:
        """Take the tenant session (kept per recipient while it is good) and give its room. `NotConfirmedError`."""
        now = self._clock.now()
        with self._lock:
            self._rooms = {name: kept for name, kept in self._rooms.items() if kept[0] - RENEWED_BEFORE > now}
            if recipient not in self._rooms:
                self._rooms[recipient] = self._enter(recipient)
            return self._rooms[recipient][1]

    def policy(self, recipient: str) -> str:
        """Give the session policy of a recipient, as JSON without spaces: at most 2048 characters are taken."""
        if not _RECIPIENT.fullmatch(recipient):
            message = "not the id of a recipient"
            raise ValueError(message)
        return filled(self._document, self._premises.names(recipient))

    def _enter(self, recipient: str) -> tuple[datetime, AwsTenantRoom]:
        session_policy = self.policy(recipient)
        with confirming():
            credentials = self._sts.assume_role(
                RoleArn=self._premises.role_arn,
                RoleSessionName=f"mailbox-{recipient}",
                DurationSeconds=SESSION_SECONDS,
                Policy=session_policy,
                Tags=[{"Key": "recipient", "Value": recipient}],
            )["Credentials"]
        tenant = self._aws.acting_as(
            TemporaryCredentials(
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretAccessKey"],
                aws_session_token=credentials["SessionToken"],
            )
        )
        s3 = tenant.s3()
        room = AwsTenantRoom(
            Database(tenant.dynamodb()),
            self._premises,
            recipient,
            (S3Letters(s3, self._premises.bucket), S3Reports(s3, self._premises.reports)),
            KmsTenantKey(tenant.kms()),
            self._pool,
            self._clock,
        )
        return credentials["Expiration"], room
