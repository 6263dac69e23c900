"""The outbox: whatever must happen after a commit stands as a row that the same commit wrote (design 6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Occasion(StrEnum):
    """What a notice to a function mailbox is about."""

    NEW = "new"
    WITHDRAWN = "withdrawn"
    SUPPLEMENTED = "supplemented"


class AccessOccasion(StrEnum):
    """What a mail to one of a recipient's people is about."""

    INVITED = "invited"
    UNUSED = "unused"
    OVERDUE = "overdue"


class Stage(StrEnum):
    """Who is told that families wait for their first call, in the order in which they are."""

    MAILBOX = "mailbox"
    RESPONSIBLE = "responsible"
    SKR = "skr"


@dataclass(frozen=True, slots=True, order=True)
class LetterTask:
    """The task of putting one sealed letter into its recipient's mailbox."""

    recipient: str
    number: str


@dataclass(frozen=True, slots=True, order=True)
class SupplementTask:
    """The task of putting one sealed supplement beside its letter; `version` is 2 for the first."""

    recipient: str
    number: str
    version: int


@dataclass(frozen=True, slots=True, order=True)
class NoticeTask:
    """The task of telling a recipient's function mailbox that something happened to a delivery.

    `version` tells the supplements of one delivery apart, so that none of their notices stands for another.
    """

    recipient: str
    number: str
    occasion: Occasion
    version: int = 1


@dataclass(frozen=True, slots=True, order=True)
class ConfirmationTask:
    """The task of sending the applicant the one e-mail that an application gives."""

    reference: str


@dataclass(frozen=True, slots=True, order=True)
class AccessTask:
    """The task of telling one of a recipient's people about her access; her address stands where her access does."""

    recipient: str
    person: str
    occasion: AccessOccasion


@dataclass(frozen=True, slots=True, order=True)
class ExpiryTask:
    """The task of telling a recipient's function mailbox that letters will soon be erased: one mail, however many."""

    recipient: str


@dataclass(frozen=True, slots=True, order=True)
class ReportTask:
    """The task of telling a recipient's function mailbox that the report of a month, such as `2026-11`, is there."""

    recipient: str
    month: str


@dataclass(frozen=True, slots=True, order=True)
class ReminderTask:
    """The task of telling a function mailbox, or SKR, that families wait for their first call: one mail for all.

    Who is responsible at a recipient, and who alone reads of a family, is told by an `AccessTask`.
    """

    recipient: str
    stage: Stage


@dataclass(frozen=True, slots=True, order=True)
class ErasureTask:
    """The task of destroying what was decided to be erased: wraps, objects, and what was noted about the letter."""

    recipient: str
    number: str


@dataclass(frozen=True, slots=True, order=True)
class HealthTask:
    """The task of telling SKR what ails recipients on a day, such as `2026-11-27`: one mail for all of them."""

    day: str


@dataclass(frozen=True, slots=True, order=True)
class CalledTask:
    """The task of telling the other recipients of a family, if they may know of each other, that one has called it."""

    recipient: str
    number: str


@dataclass(frozen=True, slots=True, order=True)
class LinkTask:
    """The task of sending a fresh link to the municipality's own page, by the id of its onboarding."""

    request: str


@dataclass(frozen=True, slots=True, order=True)
class CodeTask:
    """The task of sending a fresh code to the mobile of who is responsible for an onboarding."""

    request: str


type ActivationTask = LinkTask | CodeTask
type RecipientTask = NoticeTask | ExpiryTask | ReminderTask | ReportTask
"""A mail about what a recipient has that tells nothing of it."""

type OutboxTask = (
    LetterTask
    | SupplementTask
    | RecipientTask
    | ConfirmationTask
    | AccessTask
    | ErasureTask
    | HealthTask
    | CalledTask
    | ActivationTask
)


@dataclass(frozen=True, slots=True)
class QueuedLetter:
    """The sealed letter and card that wait for delivery; fixed at accept, so a second put is the same put."""

    task: LetterTask
    letter: bytes
    card: bytes
    queued_at: datetime
    canary: bool = False


@dataclass(frozen=True, slots=True)
class QueuedSupplement:
    """The sealed supplement, and the sealed changes of the card, that wait for delivery; fixed at accept."""

    task: SupplementTask
    supplement: bytes
    card: bytes
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class QueuedConfirmation:
    """The applicant's sealed e-mail address and the wrapped key that opens it (contact key only)."""

    task: ConfirmationTask
    address: bytes
    wrap: bytes
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One outbox row as housekeeping sees it: the task, since when, and how often it was touched."""

    task: OutboxTask
    queued_at: datetime
    touches: int
