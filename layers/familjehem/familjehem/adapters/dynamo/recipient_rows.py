"""How recipients lie in their rows, and how they are read back."""

from collections.abc import Mapping
from datetime import time
from typing import TYPE_CHECKING, Any

from familjehem.adapters.dynamo import keys
from familjehem.domain.assignment import Assignment
from familjehem.domain.recipient import PublicContact, Recipient, RecipientKind, RecipientState
from familjehem.domain.retention import AFTER_CLOSING_DAYS, LONGEST_MONTHS, Retention

if TYPE_CHECKING:
    from familjehem.domain.recipient_settings import RecipientSettings


SETTINGS = (
    "closing_time",
    "assignments",
    "extended_questions",
    "telephone",
    "web",
    "after_closing_days",
    "longest_months",
)
"""What of its row a recipient's own people may change."""


def recipient_row(recipient: Recipient) -> dict[str, Any]:
    """Give the row of a recipient."""
    return {
        **keys.recipient(recipient.id).attributes(),
        "id": recipient.id,
        "name": recipient.name,
        "kind": recipient.kind.value,
        "state": recipient.state.value,
        "municipalities": list(recipient.municipalities),
        "key_arn": recipient.key_arn,
        "function_mailbox": recipient.function_mailbox,
        "membership_version": recipient.membership_version,
        **settings_row(recipient),
    }


def settings_row(settings: "Recipient | RecipientSettings") -> dict[str, Any]:
    """Give that part of a recipient's row which its settings are."""
    return {
        "closing_time": settings.closing_time.isoformat(timespec="minutes"),
        "assignments": sorted(settings.assignments),
        "extended_questions": sorted(settings.extended_questions),
        "telephone": settings.contact.telephone,
        "web": settings.contact.web,
        "after_closing_days": settings.retention.after_closing_days,
        "longest_months": settings.retention.longest_months,
    }


def read_recipient(row: Mapping[str, Any]) -> Recipient:
    """Read a recipient from its row."""
    return Recipient(
        id=row["id"],
        name=row["name"],
        kind=RecipientKind(row["kind"]),
        state=RecipientState(row["state"]),
        municipalities=tuple(row["municipalities"]),
        assignments=frozenset(Assignment(word) for word in row["assignments"]),
        key_arn=row["key_arn"],
        function_mailbox=row["function_mailbox"],
        membership_version=row["membership_version"],
        extended_questions=frozenset(row["extended_questions"]),
        closing_time=time.fromisoformat(row["closing_time"]),
        contact=PublicContact(telephone=row.get("telephone"), web=row.get("web")),
        retention=Retention(
            row.get("after_closing_days", AFTER_CLOSING_DAYS), row.get("longest_months", LONGEST_MONTHS)
        ),
    )
