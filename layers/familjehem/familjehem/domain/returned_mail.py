"""Returned mail: what the provider tells later of a mail to a recipient that it had taken; never to whom it went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KEPT = timedelta(days=30)
"""So long a return counts against an address: whoever mended it meanwhile is not reminded for ever."""


class ReturnReason(StrEnum):
    """Why a mail did not come to be read."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSED = "suppressed"
    """The provider sends nothing there any more, after earlier returns: every notice is lost until SKR mends it."""
    REFUSED = "refused"
    """The provider found the mail itself harmful: a fault of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedMail:
    """One return of one mail; `id` is the provider's, the same however often it tells of it."""

    id: str
    recipient: str
    reason: ReturnReason
    at: datetime


@dataclass(frozen=True, slots=True)
class Returns:
    """How many mails to a recipient came back lately, by reason."""

    bounces: int = 0
    complaints: int = 0
    suppressed: bool = False

    @classmethod
    def of(cls, mails: Iterable[ReturnedMail], since: datetime) -> "Returns":
        """Count the returns of one recipient from `since` on."""
        reasons = [one.reason for one in mails if one.at >= since]
        suppressed = ReturnReason.SUPPRESSED in reasons
        return cls(
            bounces=reasons.count(ReturnReason.BOUNCED) + reasons.count(ReturnReason.REFUSED),
            complaints=reasons.count(ReturnReason.COMPLAINED),
            suppressed=suppressed,
        )


SUPPRESSED_KINDS = frozenset({"OnAccountSuppressionList", "Suppressed"})


def reason_of(event: str, subtype: str) -> ReturnReason | None:
    """Give why a mail came back, from what the provider calls the event and its kind; None for one that is no return.

    A suppressed address comes as a bounce of a kind of its own (SES, contents of event data).
    """
    match event:
        case "Bounce" | "Complaint" if subtype in SUPPRESSED_KINDS:
            return ReturnReason.SUPPRESSED
        case "Bounce":
            return ReturnReason.BOUNCED
        case "Complaint":
            return ReturnReason.COMPLAINED
        case "Reject":
            return ReturnReason.REFUSED
        case _:
            return None
