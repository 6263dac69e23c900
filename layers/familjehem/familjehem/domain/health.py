"""The health of a recipient: everything that would make a family wait without anybody noticing.

What is not known (None) is no ailment; what is known to be well is not told. So SKR's list is empty when all is well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from familjehem.domain.onboarding import LEAST_PEOPLE, Onboarding
from familjehem.domain.recipient import RecipientState
from familjehem.domain.texts import text

QUIET_DAYS = 30
"""How long nobody may have signed in."""
UNOPENED_DAYS = 3
"""How long a letter may lie unopened; a family is to be called the same day."""
CONFIRMED_EVERY = 92
"""How often the municipality confirms who has access (lag 2001:454 10 §: quarterly)."""
SLOW_DAYS = 30
"""How long the way to `live` may take before SKR asks."""


class Ailment(StrEnum):
    """What ails a recipient; each has its Swedish sentence in the message catalogue (`administration.ailment`)."""

    BOUNCES = "bounces"
    COMPLAINTS = "complaints"
    SUPPRESSED = "suppressed"
    NOBODY_SIGNED_IN = "nobodySignedIn"
    TOO_FEW_PEOPLE = "tooFewPeople"
    UNOPENED = "unopened"
    AGREEMENT_OVERDUE = "agreementOverdue"
    CONFIRMATION_OVERDUE = "confirmationOverdue"
    MAILBOX_UNPROVEN = "mailboxUnproven"
    SLOW_START = "slowStart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What is known of a recipient from outside its onboarding; None is not known. No person, no letter."""

    bounces: int | None = None
    complaints: int | None = None
    suppressed: bool | None = None
    last_sign_in: date | None = None
    readers: int | None = None
    oldest_unopened: date | None = None
    access_confirmed_on: date | None = None


def ailments(way: Onboarding, vitals: Vitals, agreed_until: Iterable[date], today: date) -> tuple[Ailment, ...]:
    """Give what ails a recipient; `agreed_until` are the ends of the agreements of its running affiliations."""
    state = way.state
    served = state in {RecipientState.LIVE, RecipientState.PAUSED}
    starting = state in {RecipientState.VERIFYING, RecipientState.AGREEMENT, RecipientState.READY}
    readers = way.readers if vitals.readers is None else vitals.readers
    found = (
        (Ailment.BOUNCES, (vitals.bounces or 0) > 0),
        (Ailment.COMPLAINTS, (vitals.complaints or 0) > 0),
        (Ailment.SUPPRESSED, vitals.suppressed is True),
        (Ailment.NOBODY_SIGNED_IN, served and _older(vitals.last_sign_in, today, QUIET_DAYS)),
        (Ailment.TOO_FEW_PEOPLE, served and readers < LEAST_PEOPLE),
        (Ailment.UNOPENED, _older(vitals.oldest_unopened, today, UNOPENED_DAYS)),
        (Ailment.AGREEMENT_OVERDUE, served and any(day < today for day in agreed_until)),
        (Ailment.CONFIRMATION_OVERDUE, served and _older(vitals.access_confirmed_on, today, CONFIRMED_EVERY)),
        (Ailment.MAILBOX_UNPROVEN, served and way.new_mailbox is not None),
        (Ailment.SLOW_START, starting and _older(way.requested_at.date(), today, SLOW_DAYS)),
    )
    return tuple(one for one, ails in found if ails)


def in_words(found: Iterable[Ailment]) -> tuple[str, ...]:
    """Give in plain Swedish what ails a recipient, and what to do."""
    return tuple(text(f"administration.ailment.{one}") for one in found)


def _older(day: date | None, today: date, days: int) -> bool:
    return day is not None and today - day > timedelta(days=days)
