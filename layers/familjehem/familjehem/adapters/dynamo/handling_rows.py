"""How what was done with a delivery lies in its rows: the change of the delivery, and the event beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.delivery_rows import places, readers, terms
from familjehem.domain.delivery import Delivery, DeliveryState
from familjehem.domain.handling import Event, Handled
from familjehem.domain.membership import AccessKind

NO_SUPPLEMENTS = "attribute_not_exists(#supplements)"


def event_row(delivery: Delivery, event: Event, sealed: bytes | None) -> dict[str, Any]:
    """Give the row of an event; `sealed` is the envelope of its content."""
    return {
        **keys.handling(delivery.recipient, delivery.number, event.id).attributes(),
        "id": event.id,
        "step": event.step,
        "at": keys.moment(event.at),
        "kind": event.kind.value,
        "person": event.person,
        "name": event.name,
        "to": event.to,
        "to_name": event.to_name,
        "sealed": sealed,
    }


def read_event(row: Mapping[str, Any], content: bytes | None) -> Event:
    """Read an event from its row, with its content as it was opened."""
    return Event(
        id=row["id"],
        step=row["step"],
        at=datetime.fromisoformat(row["at"]),
        kind=AccessKind(row["kind"]),
        person=row["person"],
        name=row.get("name"),
        to=row.get("to"),
        to_name=row.get("to_name"),
        content=content,
    )


def change(handled: Handled) -> tuple[str, dict[str, Any], str]:
    """Give expression, values and condition by which a delivery's row becomes as it is to be, if it is as it was read.

    Nothing else of the row is touched: a supplement may come meanwhile.
    """
    after = handled.after
    stood, stands = places(handled.before), places(after)
    parts: dict[str, Any] = {
        "state": after.state.value,
        "handlings": after.handlings,
        "handler": after.handler,
        "handler_name": after.handler_name,
        **({"contacted_at": keys.moment(after.contacted_at)} if after.contacted_at else {}),
        **(readers(after) if after.readers != handled.before.readers else {}),
        **{name: place for name, place in stands.items() if place != stood[name]},
        **{name: value for name, value in terms(after).items() if value != terms(handled.before)[name]},
    }
    kept = {name: value for name, value in parts.items() if value is not None}
    gone = [name for name in parts if name not in kept]
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
    if gone:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in gone)
    before = handled.before
    values = {f":{name}": value for name, value in kept.items()} | {":as_read": before.state.value}
    if before.handlings:
        values[":before"] = before.handlings
    as_many = "#handlings = :before" if before.handlings else "attribute_not_exists(#handlings)"
    condition = f"#state = :as_read AND {as_many}"
    if after.state is DeliveryState.ERASED:
        # No supplement may have come under way, and no rule may have been faster.
        condition += " AND " + ("#supplements = :supplements" if before.supplements else NO_SUPPLEMENTS)
        values |= {":supplements": before.supplements} if before.supplements else {}
    return expression, values, condition
