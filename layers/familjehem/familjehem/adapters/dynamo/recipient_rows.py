"""How recipients lie in their rows, and how they are read back."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.domain.assignment import Assignment
from familjehem.domain.recipient import PublicContact, Recipient, RecipientKind, RecipientState


def recipient_row(recipient: Recipient) -> dict[str, Any]:
    """Give the row of a recipient."""
    return {
        **keys.recipient(recipient.id).attributes(),
        "id": recipient.id,
        "name": recipient.name,
        "kind": recipient.kind.value,
        "state": recipient.state.value,
        "municipalities": list(recipient.municipalities),
        "assignments": sorted(recipient.assignments),
        "key_arn": recipient.key_arn,
        "function_mailbox": recipient.function_mailbox,
        "membership_version": recipient.membership_version,
        "extended_questions": sorted(recipient.extended_questions),
        "closing_time": recipient.closing_time.isoformat(timespec="minutes"),
        "telephone": recipient.contact.telephone,
        "web": recipient.contact.web,
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
    )
