"""How deliveries lie in their rows, and how they are read back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import Delivery, DeliveryState, NextStep, Origin, Reader, ReceivedSupplement

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
    "supplements",
    "received_supplements",
)
"""What the letterbox may read of a delivery for a receipt: never who handles it."""


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """Give the row of a delivery; one that was received lies in its recipient's mailbox as well."""
    place = (
        {
            "inbox_pk": inbox_of(delivery),
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
        "handler_name": delivery.handler_name,
        "handlings": delivery.handlings or None,
        "supplements": delivery.supplements or None,
        "received_supplements": [received_supplement(one) for one in delivery.received_supplements] or None,
        **readers(delivery),
    }


def inbox_of(delivery: Delivery) -> str:
    """Give the partition of the index `inbox` in which a delivery lies: a protected one apart from all others."""
    place = keys.protected if delivery.protected else keys.inbox
    return place(delivery.recipient)


def readers(delivery: Delivery) -> dict[str, Any]:
    """Give who may read a delivery, as it stands on its row: ids, and in the same order what each was called."""
    return {
        "readers": [one.id for one in delivery.readers] or None,
        "reader_names": [one.name or "" for one in delivery.readers] or None,
    }


def same_readers(delivery: Delivery) -> tuple[str, dict[str, Any]]:
    """Give the condition, with its values, that the same people may read a delivery's row as when it was read."""
    if not delivery.readers:
        return "attribute_not_exists(#readers)", {}
    return "#readers = :readers", {":readers": [one.id for one in delivery.readers]}


def received_supplement(received: ReceivedSupplement) -> dict[str, Any]:
    """Give one supplement that has come, as it stands on its delivery's row."""
    return {"version": received.version, "at": keys.moment(received.at)}


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
        handler_name=row.get("handler_name"),
        handlings=row.get("handlings", 0),
        supplements=row.get("supplements", 0),
        # They stand in the order in which they came.
        received_supplements=tuple(
            sorted(
                ReceivedSupplement(one["version"], datetime.fromisoformat(one["at"]))
                for one in row.get("received_supplements", ())
            )
        ),
        readers=tuple(
            Reader(one, name or None)
            for one, name in zip(row.get("readers", ()), row.get("reader_names", ()), strict=True)
        ),
    )


def _stored(at: datetime | None) -> str | None:
    return keys.moment(at) if at else None


def _moment(row: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(row[name]) if name in row else None
