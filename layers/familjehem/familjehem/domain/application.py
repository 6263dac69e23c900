"""An application (intresseanmälan) and the receipt that its applicant keeps."""

from dataclasses import dataclass
from datetime import datetime

from familjehem.domain.delivery import DeliveryState
from familjehem.domain.membership import Role


@dataclass(frozen=True, slots=True)
class DeliveryPromise:
    """One line of a receipt: the delivery's number, the recipient, and the municipalities that led to it."""

    number: str
    recipient: str
    recipient_name: str
    municipalities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What is kept of an application itself: no answer, only what the receipt needs.

    `digest` and `receipt_digest` are keyed MACs under the secret's `secret_version`; `share_recipients` is the
    applicant's consent (A06, OSL 12:2) that the recipients may know of each other, None where there is but one;
    `erased_at` makes the row a tombstone, which keeps the reference taken and nothing else; `supplements` is how many
    were accepted.
    """

    reference: str
    digest: bytes
    receipt_digest: bytes
    secret_version: str
    submitted_at: datetime
    question_set: str
    promises: tuple[DeliveryPromise, ...]
    share_recipients: bool | None = None
    erased_at: datetime | None = None
    supplements: int = 0


MOST_SUPPLEMENTS = 20
"""How many supplements one application takes: each is a letter that somebody has to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRecord:
    """What is kept of a supplement beside its application: no word of it, only what a replay needs.

    `key` and `digest` are keyed MACs of the idempotency key and of the content, under the application's secret version;
    `number` counts from 1; `deliveries` are the numbers of those that it was sealed for.
    """

    key: bytes
    digest: bytes
    number: int
    submitted_at: datetime
    deliveries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the applicant gets for an accepted application; the same for every replay."""

    reference: str
    receipt_code: str
    submitted_at: datetime
    promises: tuple[DeliveryPromise, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """Once that a letter was read or taken out: when (UTC), and as what; never by whom."""

    at: datetime
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """What the applicant may know of one delivery: never who handles it, nor any note.

    `openings` are the latest, the newest first.
    """

    promise: DeliveryPromise
    state: DeliveryState
    received_at: datetime | None
    opened_at: datetime | None
    contacted_at: datetime | None
    openings: tuple[Opening, ...] = ()
