"""How deliveries lie in their rows, and how they are read back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import (
    Delivery,
    DeliveryState,
    ErasureReason,
    NextStep,
    Origin,
    Reader,
    ReceivedSupplement,
)

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
        {**places(delivery), "inbox_sk": keys.inbox_sort(delivery.received_at, delivery.number)}
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
        "canary": delivery.canary or None,
        **readers(delivery),
        **terms(delivery),
    }


def places(delivery: Delivery) -> dict[str, str | None]:
    """Give the partitions of the indexes in which a received delivery lies; None for one in which it does not.

    Protected and erased ones lie apart from all others in `inbox`. In `waiting` and `handled`, which are as small as
    what there is to do, a protected one lies among the others, and whoever reads them leaves it out.
    """
    mine = delivery.handler if delivery.open else None
    return {
        "inbox_pk": _inbox(delivery),
        "waiting_pk": keys.waiting(delivery.recipient) if delivery.waits else None,
        "handled_pk": keys.handled(delivery.recipient, mine) if mine else None,
    }


def _inbox(delivery: Delivery) -> str:
    if delivery.state is DeliveryState.ERASED:
        return keys.erased(delivery.recipient)
    place = keys.protected if delivery.protected else keys.inbox
    return place(delivery.recipient)


def readers(delivery: Delivery) -> dict[str, Any]:
    """Give who may read a delivery, as it stands on its row: ids, and in the same order what each was called."""
    return {
        "readers": [one.id for one in delivery.readers] or None,
        "reader_names": [one.name or "" for one in delivery.readers] or None,
    }


def terms(delivery: Delivery) -> dict[str, Any]:
    """Give what decides when a delivery is erased, and what was decided, as it stands on its row."""
    return {
        "settled_at": _stored(delivery.settled_at),
        "held": delivery.held or None,
        "warned_on": delivery.warned_on.isoformat() if delivery.warned_on else None,
        "decided_at": _stored(delivery.decided_at),
        "erasure": delivery.erasure.value if delivery.erasure else None,
    }


def same_readers(delivery: Delivery) -> tuple[str, dict[str, Any]]:
    """Give the condition, with its values, that the same people may read a delivery's row as when it was read."""
    if not delivery.readers:
        return "attribute_not_exists(#readers)", {}
    return "#readers = :readers", {":readers": [one.id for one in delivery.readers]}


def received_supplement(received: ReceivedSupplement) -> dict[str, Any]:
    """Give one supplement that has come, as it stands on its delivery's row."""
    return {"version": received.version, "at": keys.moment(received.at)}


def unsearched_row(recipient: str, number: str, at: datetime, of: int | str) -> dict[str, Any]:
    """Give the note that what a letter is found by is not as it should be; `of` tells notes of one moment apart."""
    return {**keys.to_search(recipient, number).attributes(), "mark": f"{keys.moment(at)}/{of}"}


def read_delivery(row: Mapping[str, Any]) -> Delivery:
    """Read a delivery from its row; of one that is erased neutral values stand for what nobody knows any more."""
    return Delivery(
        number=row["number"],
        recipient=row["recipient"],
        state=DeliveryState(row["state"]),
        assignments=tuple(Assignment(word) for word in row.get("assignments", ())),
        origin=Origin(row.get("origin", Origin.OTHER)),
        next_step=NextStep(row.get("next_step", NextStep.CALL_FIRST)),
        question_set=row.get("question_set", ""),
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
        settled_at=_moment(row, "settled_at"),
        held=row.get("held", False),
        warned_on=date.fromisoformat(row["warned_on"]) if "warned_on" in row else None,
        decided_at=_moment(row, "decided_at"),
        erasure=ErasureReason(row["erasure"]) if "erasure" in row else None,
        canary=row.get("canary", False),
    )


def _stored(at: datetime | None) -> str | None:
    return keys.moment(at) if at else None


def _moment(row: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(row[name]) if name in row else None
