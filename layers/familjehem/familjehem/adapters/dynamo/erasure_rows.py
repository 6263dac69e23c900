"""How an erased delivery lies in its row: a tombstone, and what is read of a delivery to judge and to erase it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.domain.delivery import DeliveryState, ErasureReason
from familjehem.domain.erasure import Erasure
from familjehem.domain.expiry import Clock
from familjehem.domain.retention import TOMBSTONE_DAYS

CLOCK = (
    "number",
    "recipient",
    "state",
    "received_at",
    "settled_at",
    "withdrawn_at",
    "held",
    "warned_on",
    "supplements",
    "received_supplements",
    "notified_new_at",
)
"""What is read of a delivery to judge whether it goes: nothing of the family, nor of who handles it."""
DECIDED = (
    "number",
    "recipient",
    "state",
    "queued_at",
    "received_at",
    "withdrawn_at",
    "decided_at",
    "erased_at",
    "erasure",
    "supplements",
)
"""What is read of a delivery that was decided to be erased."""


def read_clock(row: Mapping[str, Any]) -> Clock:
    """Read the clock of a delivery from its row."""
    return Clock(
        recipient=row["recipient"],
        number=row["number"],
        state=DeliveryState(row["state"]),
        received_at=_moment(row, "received_at"),
        settled_at=_moment(row, "settled_at"),
        withdrawn_at=_moment(row, "withdrawn_at"),
        held=row.get("held", False),
        warned_on=date.fromisoformat(row["warned_on"]) if "warned_on" in row else None,
        supplements=row.get("supplements", 0),
        received_supplements=len(row.get("received_supplements", ())),
        told="notified_new_at" in row,
    )


def tombstone(erasure: Erasure, erased_at: datetime) -> dict[str, Any]:
    """Give the row that takes a delivery's place: nothing else of it stays."""
    return {
        **keys.delivery(erasure.recipient, erasure.number).attributes(),
        "inbox_pk": keys.erased(erasure.recipient),
        "inbox_sk": keys.inbox_sort(erasure.received_at, erasure.number),
        "number": erasure.number,
        "recipient": erasure.recipient,
        "state": DeliveryState.ERASED.value,
        "queued_at": keys.moment(erasure.queued_at),
        "received_at": keys.moment(erasure.received_at),
        "withdrawn_at": keys.moment(erasure.withdrawn_at) if erasure.withdrawn_at else None,
        "decided_at": keys.moment(erasure.decided_at),
        "erased_at": keys.moment(erased_at),
        "erasure": erasure.reason.value,
        "expires_at": int((erased_at + timedelta(days=TOMBSTONE_DAYS)).timestamp()),
    }


def read_erasure(row: Mapping[str, Any]) -> Erasure:
    """Read what remains of an erased delivery, or of one that was decided to be erased."""
    return Erasure(
        recipient=row["recipient"],
        number=row["number"],
        queued_at=datetime.fromisoformat(row["queued_at"]),
        received_at=datetime.fromisoformat(row["received_at"]),
        withdrawn_at=_moment(row, "withdrawn_at"),
        decided_at=datetime.fromisoformat(row["decided_at"]),
        erased_at=_moment(row, "erased_at"),
        reason=ErasureReason(row["erasure"]),
    )


def _moment(row: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(row[name]) if name in row else None
