"""Every key of every table: whoever builds or reads a key string does it here.

Parts are joined by `#`, which none of them may hold; times are ISO 8601 in UTC with microseconds, of
fixed width, so that text sorts as time does.
"""

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from familjehem.domain.calendar import swedish_date
from familjehem.domain.purpose import LETTER_VERSION

if TYPE_CHECKING:
    from familjehem.domain.outbox import OutboxTask

INBOX_INDEX = "inbox"
WAITING_INDEX = "waiting"
HANDLED_INDEX = "handled"
OUTBOX_INDEX = "outbox"
OUTBOX = "OUT"
DIRECTORY = "DIRECTORY"
DELIVERY = "DELIVERY"
PERSON = "PERSON"
MEMBER = "MEMBER"
ONBOARDING = "ONBOARDING"
ONBOARDINGS = "ONBOARDINGS"
AFFILIATIONS = "AFFILIATIONS"
FEES = "FEES"
RULINGS = "RULINGS"
REMINDED = "REMINDED"
MAIL_RETURNS = "RETURNS"
VITALS = "VITALS"
CONFIRMATIONS = "CONFIRMATION#"
FAMILIES = "FAMILIES"
DELIVERIES = "DELIVERIES"
HANDLINGS = "HANDLINGS"
TALLIES = (FAMILIES, DELIVERIES, HANDLINGS)
SHARDS = 8
SEQUENCE_WIDTH = 12


_PART = re.compile(r"[!\"$-~]{1,128}")
_INBOX_SORT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)#([0-9A-Za-z-]{1,64})")


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """The primary key of a row; the same two names in all tables."""

    pk: str
    sk: str

    def attributes(self) -> dict[str, str]:
        """Give the key as the two attributes that a row carries."""
        return {"pk": self.pk, "sk": self.sk}


def joined(*parts: str) -> str:
    """Join the parts of a key; raises `ValueError` for a part that is empty or holds `#`."""
    if not all(parts) or any("#" in part for part in parts):
        message = "a part of a key is empty or holds the separator"
        raise ValueError(message)
    return "#".join(parts)


def fits(part: str) -> bool:
    """Tell whether a string from outside can be part of a key at all; what cannot names no row."""
    return _PART.fullmatch(part) is not None


def moment(at: datetime) -> str:
    """Give a moment as it is stored: UTC, 27 characters, always."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def month(at: datetime) -> str:
    """Give the month in which a moment falls in Sweden, as `2026-11`."""
    return swedish_date(at).strftime("%Y-%m")


def shard(name: str) -> str:
    """Spread counters evenly; the same name always meets the same shard, on every machine."""
    return str(zlib.crc32(name.encode()) % SHARDS)


# ---------------------------------------------------------------- table main


def recipient(identifier: str) -> Key:
    """Key of a recipient's row."""
    return Key(DIRECTORY, joined("RECIPIENT", identifier))


def municipality(code: str) -> Key:
    """Key of the claim by which a municipality has one recipient at most."""
    return Key(joined("MUNICIPALITY", code), "RECIPIENT")


def application(reference: str) -> Key:
    """Key of an application's row, or its tombstone."""
    return Key(joined("APPLICATION", reference), "APPLICATION")


def supplement(reference: str, key: bytes) -> Key:
    """Key of the row of a supplement, beside its application; `key` is the keyed digest of its idempotency key."""
    return Key(joined("APPLICATION", reference), joined("SUPPLEMENT", key.hex()))


def delivery(recipient: str, number: str) -> Key:
    """Key of a delivery's row."""
    return Key(joined(DELIVERY, recipient, number), DELIVERY)


def share(recipient: str, number: str) -> Key:
    """Key of what a recipient may know of the others that a family chose: there while the family consents."""
    return Key(joined("SHARE", recipient, number), "SHARE")


def others(recipient: str, number: str) -> Key:
    """Key of which the other deliveries of a family are: no recipient's to read, and there while it consents."""
    return Key(joined("OTHERS", recipient, number), "OTHERS")


def inbox(recipient: str) -> str:
    """Partition of a recipient's mailbox in the index `inbox`."""
    return joined("INBOX", recipient)


def protected(recipient: str) -> str:
    """Partition of a recipient's protected deliveries in the index `inbox`."""
    return joined("PROTECTED", recipient)


def erased(recipient: str) -> str:
    """Partition of a recipient's erased deliveries in the index `inbox`."""
    return joined("ERASED", recipient)


def waiting(recipient: str) -> str:
    """Partition of a recipient's deliveries whose families wait for a first call, in the index `waiting`."""
    return joined("WAITING", recipient)


def handled(recipient: str, person: str) -> str:
    """Partition of the open deliveries that a person has in hand, in the index `handled`."""
    return joined("HANDLING", recipient, person)


def inbox_sort(received_at: datetime, number: str) -> str:
    """Place of a delivery in its mailbox."""
    return joined(moment(received_at), number)


def inbox_number(inbox_sk: str) -> str | None:
    """Read the delivery number out of a place in a mailbox; None if it is no such place."""
    found = _INBOX_SORT.fullmatch(inbox_sk)
    return found[2] if found else None


def task(task: "OutboxTask") -> Key:  # noqa: C901, PLR0912 a table of cases is a table
    """Key of the outbox row of a task."""
    # Here, so that who knows no outbox need not load it at its start.
    from familjehem.domain.outbox import (  # noqa: PLC0415
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

    match task:
        case LetterTask(recipient=recipient, number=number):
            return Key(joined("OUT", "LETTER", recipient, number), "OUT")
        case SupplementTask(recipient=recipient, number=number, version=version):
            return Key(joined("OUT", "SUPPLEMENT", recipient, number, str(version)), "OUT")
        case NoticeTask(recipient=recipient, number=number, occasion=occasion, version=version):
            of_version = () if version == LETTER_VERSION else (str(version),)
            return Key(joined("OUT", "NOTICE", recipient, number, occasion, *of_version), "OUT")
        case ConfirmationTask(reference=reference):
            return Key(joined("OUT", "CONFIRMATION", reference), "OUT")
        case AccessTask(recipient=recipient, person=person, occasion=occasion):
            return Key(joined("OUT", "ACCESS", recipient, person, occasion), "OUT")
        case ExpiryTask(recipient=recipient):
            return Key(joined("OUT", "EXPIRY", recipient), "OUT")
        case ReportTask(recipient=recipient, month=of):
            return Key(joined("OUT", "REPORT", recipient, of), "OUT")
        case ReminderTask(recipient=recipient, stage=stage):
            return Key(joined("OUT", "REMINDER", recipient, stage), "OUT")
        case ErasureTask(recipient=recipient, number=number):
            return Key(joined("OUT", "ERASURE", recipient, number), "OUT")
        case HealthTask(day=day):
            return Key(joined("OUT", "HEALTH", day), "OUT")
        case CalledTask(recipient=recipient, number=number):
            return Key(joined("OUT", "CALLED", recipient, number), "OUT")
        case LinkTask(request=request):
            return Key(joined("OUT", "LINK", request), "OUT")
        case CodeTask(request=request):
            return Key(joined("OUT", "CODE", request), "OUT")


def task_of(pk: str) -> "OutboxTask":  # noqa: C901, PLR0912 a table of cases is a table
    """Read the task out of the partition key of an outbox row; raises `ValueError` for any other key."""
    from familjehem.domain.outbox import (  # noqa: PLC0415
        AccessOccasion,
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
        Occasion,
        ReminderTask,
        ReportTask,
        Stage,
        SupplementTask,
    )

    match pk.split("#"):
        case ["OUT", "LETTER", recipient, number]:
            return LetterTask(recipient, number)
        case ["OUT", "SUPPLEMENT", recipient, number, version]:
            return SupplementTask(recipient, number, int(version))
        case ["OUT", "NOTICE", recipient, number, occasion]:
            return NoticeTask(recipient, number, Occasion(occasion))
        case ["OUT", "NOTICE", recipient, number, occasion, version]:
            return NoticeTask(recipient, number, Occasion(occasion), int(version))
        case ["OUT", "CONFIRMATION", reference]:
            return ConfirmationTask(reference)
        case ["OUT", "ACCESS", recipient, person, occasion]:
            return AccessTask(recipient, person, AccessOccasion(occasion))
        case ["OUT", "EXPIRY", recipient]:
            return ExpiryTask(recipient)
        case ["OUT", "REPORT", recipient, of]:
            return ReportTask(recipient, of)
        case ["OUT", "REMINDER", recipient, stage]:
            return ReminderTask(recipient, Stage(stage))
        case ["OUT", "ERASURE", recipient, number]:
            return ErasureTask(recipient, number)
        case ["OUT", "HEALTH", day]:
            return HealthTask(day)
        case ["OUT", "CALLED", recipient, number]:
            return CalledTask(recipient, number)
        case ["OUT", "LINK" | "CODE" as kind, request]:
            return LinkTask(request) if kind == "LINK" else CodeTask(request)
        case _:
            message = "not the key of an outbox row"
            raise ValueError(message)


def outbox_sort(task_key: Key, queued_at: datetime) -> str:
    """Place of an outbox row in the index `outbox`: the oldest first."""
    return f"{moment(queued_at)}#{task_key.pk}"


def challenge(identifier: str) -> Key:
    """Key of a spent challenge."""
    return Key(joined("CHALLENGE", identifier), "CHALLENGE")


def address(mac: str) -> Key:
    """Key of the failures of one address within one hour."""
    return Key(joined("ADDRESS", mac), "ADDRESS")


def person(identifier: str) -> Key:
    """Key of a person's row."""
    return Key(joined(PERSON, identifier), PERSON)


def membership(person: str, recipient: str) -> Key:
    """Key of a person's place at a recipient."""
    return Key(joined(PERSON, person), joined(MEMBER, recipient))


def staff(recipient: str) -> str:
    """Partition of a recipient's people."""
    return joined("STAFF", recipient)


def staff_member(recipient: str, person: str) -> Key:
    """Key of one person's access to a recipient: the mirror of the person's own place."""
    return Key(staff(recipient), joined(person))


def roster(recipient: str) -> str:
    """Partition of what became of the access to a recipient."""
    return joined("ROSTER", recipient)


def roster_line(recipient: str, number: int) -> Key:
    """Key of one change of a recipient's roster; numbers have a fixed width, so that text sorts as they do."""
    return Key(roster(recipient), f"{number:0{SEQUENCE_WIDTH}}")


def roster_number(sk: str) -> int:
    """Read the number of a change out of its sort key."""
    return int(sk)


def seen_partition(recipient: str) -> str:
    """Partition of the days on which people were in a recipient's room."""
    return joined("SEEN", recipient)


def seen(recipient: str, person: str) -> Key:
    """Key of the day on which a person last was in a recipient's room."""
    return Key(seen_partition(recipient), joined(person))


def access(recipient: str, sequence: int) -> Key:
    """Key of one line of the access log."""
    return Key(access_log(recipient), in_sequence(sequence))


def access_head(recipient: str) -> Key:
    """Key of the row that tells where the access log ends."""
    return Key(access_log(recipient), "HEAD")


def access_log(recipient: str) -> str:
    """Partition of a recipient's access log."""
    return joined("ACCESS", recipient)


def trail(recipient: str, number: str) -> str:
    """Partition of those lines of the access log that are about one delivery alone."""
    return joined("TRAIL", recipient, number)


def in_sequence(sequence: int) -> str:
    """Give a line's place in its partition: of fixed width, so that text sorts as numbers do."""
    return f"{sequence:0{SEQUENCE_WIDTH}}"


def review(recipient: str, identifier: str) -> Key:
    """Key of a review of the access log; `identifier` is its idempotency key in hexadecimal."""
    return Key(reviews(recipient), joined("REVIEW", identifier))


def confirmation(recipient: str, at: datetime) -> Key:
    """Key of a confirmation of who has access."""
    return Key(reviews(recipient), joined("CONFIRMATION", moment(at)))


def reviews(recipient: str) -> str:
    """Partition of a recipient's reviews and confirmations."""
    return joined("REVIEW", recipient)


def handling(recipient: str, number: str, event: str) -> Key:
    """Key of one event of a delivery's history."""
    return Key(history(recipient, number), joined("EVENT", event))


def history(recipient: str, number: str) -> str:
    """Partition of a delivery's events."""
    return joined("HANDLING", recipient, number)


def found_by(recipient: str, token: str) -> str:
    """Partition of the letters that are found by a token."""
    return joined("SEARCH", recipient, token)


def unsearched(recipient: str) -> str:
    """Partition of the letters whose tokens are not as they should be; no token is written so."""
    return joined("SEARCH", recipient, "UNSEARCHED")


def to_search(recipient: str, number: str) -> Key:
    """Key of the note that a letter's tokens are not as they should be."""
    return Key(unsearched(recipient), joined(number))


def searched(recipient: str, number: str) -> Key:
    """Key of the row that tells which tokens there are of a letter."""
    return Key(joined("SEARCHED", recipient, number), "SEARCHED")


def searches(recipient: str, person: str) -> Key:
    """Key of the counter of a person's searches within an hour."""
    return Key(joined("SEARCH", recipient, "SEARCHES"), joined(person))


def onboarding(identifier: str) -> Key:
    """Key of the way in and out of a recipient, by the id of its request; no row beside it tells of a person."""
    return Key(joined(ONBOARDING, identifier), ONBOARDING)


def onboarding_line(identifier: str) -> Key:
    """Key of the line by which an onboarding is found again; it is written once and never changed."""
    return Key(ONBOARDINGS, identifier)


def activation(identifier: str) -> Key:
    """Key of what the municipality's own page holds: of persons, in a partition that the administration never reads."""
    return Key(joined("ACTIVATION", identifier), "ACTIVATION")


def canary(recipient: str, number: str) -> Key:
    """Key of the note that a canary letter was opened, which is all that SKR learns of any letter."""
    return Key(joined("CANARY", recipient), joined(number))


def affiliation(municipality: str, since: date, recipient: str) -> Key:
    """Key of the time that a municipality is served by a recipient."""
    return Key(AFFILIATIONS, joined(municipality, since.isoformat(), recipient))


def fee(year: int, municipality: str) -> Key:
    """Key of the fee of a municipality, fixed for a calendar year."""
    return Key(fees(year), municipality)


def reminded(recipient: str) -> Key:
    """Key of what has been told of a recipient's families that wait."""
    return Key(REMINDED, joined(recipient))


def ruling(version: str) -> Key:
    """Key of what SKR has decided about a version of the question set."""
    return Key(RULINGS, version)


def mail_return(recipient: str, identifier: str) -> Key:
    """Key of one return of a mail, by the provider's id of the event."""
    return Key(MAIL_RETURNS, joined(recipient, identifier))


def vitals(recipient: str) -> Key:
    """Key of how a recipient fares."""
    return Key(VITALS, joined(recipient))


def health_told() -> Key:
    """Key of the day of which SKR was last told what ails recipients."""
    return Key("HEALTH", "TOLD")


def fees(year: int) -> str:
    """Partition of the fees of a calendar year."""
    return joined(FEES, str(year))


# ---------------------------------------------------------------- table wraps


def wrap(recipient: str, number: str, version: int = LETTER_VERSION) -> Key:
    """Key of the wrapped data key of one version of a letter.

    All versions lie in one partition: who erases a delivery erases the partition.
    """
    return Key(joined("WRAP", recipient, number), "WRAP" if version == LETTER_VERSION else joined("WRAP", str(version)))


def search_key(recipient: str) -> Key:
    """Key of the wrapped search key of a recipient, which is made once."""
    return Key(joined("SEARCHKEY", recipient), "WRAP")


def contact(reference: str) -> Key:
    """Key of the wrapped data key of an applicant's address."""
    return Key(joined("CONTACT", reference), "WRAP")


# ---------------------------------------------------------------- table tally


def families(level: str, identifier: str, at: datetime, reference: str) -> Key:
    """Key of the counters of families of a scope, in the month of `at`; the nation has no identifier."""
    return Key(_tally(level, identifier, month(at), shard(reference)), FAMILIES)


def deliveries(recipient: str, at: datetime, number: str) -> Key:
    """Key of the counter of a recipient's deliveries, in the month of `at`."""
    return Key(_tally("recipient", recipient, month(at), shard(number)), DELIVERIES)


def handlings(recipient: str, at: datetime, number: str) -> Key:
    """Key of the counters of what was done with a recipient's deliveries, in the month of `at`."""
    return Key(_tally("recipient", recipient, month(at), shard(number)), HANDLINGS)


def tallies(level: str, identifier: str, month: str) -> tuple[str, ...]:
    """Partitions of a scope's counters of a month, one for each shard."""
    return tuple(_tally(level, identifier, month, str(number)) for number in range(SHARDS))


def _tally(level: str, identifier: str, month: str, shard: str) -> str:
    return joined(*filter(None, (level.upper(), identifier)), month, shard)
