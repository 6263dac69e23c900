"""How recipients, applications and deliveries lie in their rows, and how they are read back."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.domain.application import Application, DeliveryPromise
from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import Delivery, DeliveryState, NextStep, Origin
from familjehem.domain.recipient import PublicContact, Recipient, RecipientKind, RecipientState

STATUS = (
    "pk",
    "sk",
    "number",
    "recipient",
    "state",
    "assignments",
    "origin",
    "next_step",
    "question_set",
    "queued_at",
    "received_at",
    "opened_at",
    "contacted_at",
    "withdrawn_at",
)
"""What the letterbox may read of a delivery for a receipt: never who handles it."""


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


def application_row(application: Application) -> dict[str, Any]:
    """Give the row of an application, or its tombstone."""
    return {
        **keys.application(application.reference).attributes(),
        "reference": application.reference,
        "digest": application.digest,
        "receipt_digest": application.receipt_digest,
        "secret_version": application.secret_version,
        "submitted_at": keys.moment(application.submitted_at),
        "question_set": application.question_set,
        "share_recipients": application.share_recipients,
        "promises": [
            {
                "number": promise.number,
                "recipient": promise.recipient,
                "recipient_name": promise.recipient_name,
                "municipalities": list(promise.municipalities),
            }
            for promise in application.promises
        ],
        "erased_at": _stored(application.erased_at),
    }


def read_application(row: Mapping[str, Any]) -> Application:
    """Read an application from its row."""
    return Application(
        reference=row["reference"],
        digest=row["digest"],
        receipt_digest=row["receipt_digest"],
        secret_version=row["secret_version"],
        submitted_at=datetime.fromisoformat(row["submitted_at"]),
        question_set=row["question_set"],
        share_recipients=row.get("share_recipients"),
        promises=tuple(
            DeliveryPromise(
                number=promise["number"],
                recipient=promise["recipient"],
                recipient_name=promise["recipient_name"],
                municipalities=tuple(promise["municipalities"]),
            )
            for promise in row["promises"]
        ),
        erased_at=_moment(row, "erased_at"),
    )


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """Give the row of a delivery; one that was received lies in its recipient's mailbox as well."""
    place = (
        {
            "inbox_pk": keys.inbox(delivery.recipient),
            "inbox_sk": keys.inbox_sort(delivery.received_at, delivery.number),
        }
        if delivery.received_at
        else {}
    )
    return {
        **keys.delivery(delivery.recipient, delivery.number).attributes(),
        **place,
        "number": delivery.number,
        "recipient": delivery.recipient,
        "state": delivery.state.value,
        "assignments": list(delivery.assignments),
        "origin": delivery.origin.value,
        "next_step": delivery.next_step.value,
        "question_set": delivery.question_set,
        "queued_at": keys.moment(delivery.queued_at),
        "received_at": _stored(delivery.received_at),
        "opened_at": _stored(delivery.opened_at),
        "contacted_at": _stored(delivery.contacted_at),
        "withdrawn_at": _stored(delivery.withdrawn_at),
        "handler": delivery.handler,
    }


def read_delivery(row: Mapping[str, Any]) -> Delivery:
    """Read a delivery from its row."""
    return Delivery(
        number=row["number"],
        recipient=row["recipient"],
        state=DeliveryState(row["state"]),
        assignments=tuple(Assignment(word) for word in row["assignments"]),
        origin=Origin(row["origin"]),
        next_step=NextStep(row["next_step"]),
        question_set=row["question_set"],
        queued_at=datetime.fromisoformat(row["queued_at"]),
        received_at=_moment(row, "received_at"),
        opened_at=_moment(row, "opened_at"),
        contacted_at=_moment(row, "contacted_at"),
        withdrawn_at=_moment(row, "withdrawn_at"),
        handler=row.get("handler"),
    )


def _stored(at: datetime | None) -> str | None:
    return keys.moment(at) if at else None


def _moment(row: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(row[name]) if name in row else None
