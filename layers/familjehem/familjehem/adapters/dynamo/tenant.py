"""One recipient's rows, read and written in that recipient's session: mailbox list, states, access log."""

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.delivery_rows import read_delivery
from familjehem.adapters.dynamo.handling_rows import change, event_row
from familjehem.adapters.dynamo.table import Database, put, update
from familjehem.domain.delivery import WAITING, Delivery, DeliveryState
from familjehem.domain.errors import FieldError, MalformedRequestError
from familjehem.domain.handling import Handled
from familjehem.domain.membership import AccessEntry
from familjehem.ports import DeliveryChangedError, Page

type Version = tuple[str, int]
"""One version of a letter: the delivery's number, and 1 for the letter itself."""

_NONCE_BYTES = 8


class TenantRows:
    """The rows of one recipient; every key is built from the recipient that the room was opened for."""

    def __init__(self, database: Database, main: str, wraps: str, recipient: str) -> None:
        self._database = database
        self._main = main
        self._wraps = wraps
        self._recipient = recipient

    def page(
        self, state: DeliveryState | None, cursor: str | None, limit: int, waiting_since: datetime | None = None
    ) -> Page:
        """Give one page, newest first; the rows are walked until it is full or there are no more.

        With `waiting_since`, only those received before it whose family still waits for a first call.
        """
        after = self._after(cursor) if cursor is not None else None
        condition, criteria = "#inbox_pk = :inbox", ["#state = :state"] if state else []
        values = {":inbox": keys.inbox(self._recipient), **({":state": state.value} if state else {})}
        if waiting_since is not None:
            before = keys.moment(waiting_since)
            condition += " AND #inbox_sk < :before"
            waiting = {f":waiting{index}": one.value for index, one in enumerate(sorted(WAITING))}
            criteria.append(f"#state IN ({', '.join(waiting)}) AND attribute_not_exists(#contacted_at)")
            values |= {":before": before, **waiting}
            if after is not None and after["inbox_sk"] >= before:
                # A place that lies outside of what is asked for cannot be begun at.
                after = None
        walk = self._database.query(
            self._main,
            condition,
            values,
            index=keys.INBOX_INDEX,
            criterion=" AND ".join(criteria) or None,
            newest_first=True,
            after=after,
            limit=limit + 1,
        )
        # One more than asked for tells whether there is a next page.
        found = [row for row, _ in zip(walk, range(limit + 1), strict=False)]
        more = len(found) > limit
        deliveries = tuple(read_delivery(row) for row in found[:limit])
        return Page(deliveries, _cursor(found[limit - 1]["inbox_sk"]) if more else None)

    def delivery(self, number: str) -> Delivery | None:
        """Give one readable delivery, read consistently, or None."""
        if not keys.fits(number):
            return None
        row = self._database.get(self._main, keys.delivery(self._recipient, number))
        delivery = read_delivery(row) if row else None
        return delivery if delivery and delivery.readable else None

    def opened(self, delivery: Delivery, at: datetime) -> Delivery:
        """Note the first opening of an open delivery, and delivered → opened; later ones change nothing.

        `NotConfirmedError`.
        """
        if delivery.opened_at is not None or not delivery.open:
            return delivery
        state = DeliveryState.OPENED if delivery.state is DeliveryState.DELIVERED else delivery.state
        self._database.update(
            self._main,
            keys.delivery(self._recipient, delivery.number),
            "SET #state = :opened, #opened_at = :at",
            {
                ":opened": state.value,
                ":at": keys.moment(at),
                ":as_read": delivery.state.value,
            },
            "#state = :as_read AND attribute_not_exists(#opened_at)",
        )
        return self.delivery(delivery.number) or delivery

    def note_seen(self, person: str, day: date) -> None:
        """Note that a person is here on a Swedish date, unless that or a later one stands. `NotConfirmedError`."""
        self._database.update(
            self._main,
            keys.seen(self._recipient, person),
            "SET #seen_on = :day",
            {":day": day.isoformat()},
            "attribute_not_exists(#seen_on) OR #seen_on < :day",
        )

    def log(self, entry: AccessEntry) -> None:
        """Write one line of the access log; returns only when it stands. `NotConfirmedError`."""
        # Within one call the nonce is the same, so a line that stands already is this very line.
        self._database.put(self._main, self._line(entry, secrets.token_hex(_NONCE_BYTES)))

    def commit(self, handled: Handled, sealed: bytes | None) -> None:
        """Commit the delivery, its event with its sealed content, and its line of the access log; all or nothing.

        `DeliveryChangedError` where the delivery is no longer as it was read, `NotConfirmedError`.
        """
        event, before = handled.event, handled.before
        expression, values, condition = change(handled)
        line = AccessEntry(at=event.at, person=event.person, kind=event.kind, deliveries=(before.number,))
        key = keys.delivery(self._recipient, before.number)
        refused = self._database.commit(
            [
                update(self._main, key, expression, values, condition=condition, label="delivery"),
                put(self._main, event_row(before, event, sealed), label="event"),
                put(self._main, self._line(line, event.id)),
            ]
        )
        if refused:
            raise DeliveryChangedError

    def event_row(self, number: str, event: str) -> Mapping[str, Any] | None:
        """Give the row of one event, read consistently, or None."""
        return self._database.get(self._main, keys.handling(self._recipient, number, event))

    def event_rows(self, number: str) -> Sequence[Mapping[str, Any]]:
        """Give the rows of a delivery's events, the oldest first."""
        partition = {":events": keys.history(self._recipient, number)}
        return sorted(self._database.query(self._main, "#pk = :events", partition), key=lambda row: row["step"])

    def wraps(self, versions: Sequence[Version]) -> Mapping[Version, tuple[str, bytes]]:
        """Give key ARN and wrapped data key by delivery number and version; what is erased is left out."""
        wanted = {keys.wrap(self._recipient, number, version): (number, version) for number, version in versions}
        found = self._database.get_many(self._wraps, wanted)
        return {wanted[key]: (row["key_arn"], row["wrap"]) for key, row in found.items()}

    def _line(self, entry: AccessEntry, nonce: str) -> dict[str, Any]:
        return {
            **keys.access(self._recipient, entry.at, nonce).attributes(),
            "at": keys.moment(entry.at),
            "person": entry.person,
            "kind": entry.kind.value,
            "deliveries": list(entry.deliveries),
        }

    def _after(self, cursor: str) -> dict[str, str]:
        """Build the place in the index anew, of our own recipient: a cursor of another mailbox leads nowhere."""
        try:
            inbox_sk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        except (binascii.Error, ValueError):
            inbox_sk = ""
        number = keys.inbox_number(inbox_sk)
        if number is None:
            raise MalformedRequestError(FieldError("/cursor", "unknownCursor"))
        return {
            **keys.delivery(self._recipient, number).attributes(),
            "inbox_pk": keys.inbox(self._recipient),
            "inbox_sk": inbox_sk,
        }


def _cursor(inbox_sk: str) -> str:
    return base64.urlsafe_b64encode(inbox_sk.encode()).decode().rstrip("=")
