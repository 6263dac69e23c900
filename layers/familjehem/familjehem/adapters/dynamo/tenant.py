"""One recipient's rows, read and written in that recipient's session: mailbox list, states, access log."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.access_log import AccessLog
from familjehem.adapters.dynamo.delivery_rows import read_delivery, same_readers
from familjehem.adapters.dynamo.erasure_rows import read_erasure
from familjehem.adapters.dynamo.handling_rows import change, event_row
from familjehem.adapters.dynamo.outbox import erasure_row
from familjehem.adapters.dynamo.review_rows import (
    confirmation_row,
    read_confirmation,
    read_review,
    review_row,
)
from familjehem.adapters.dynamo.table import Database, Write, check, put, update
from familjehem.domain.access_log import Line
from familjehem.domain.access_review import Confirmation, Review
from familjehem.domain.delivery import WAITING, Delivery, DeliveryState
from familjehem.domain.erasure import Erasure
from familjehem.domain.errors import DeliveryNotFoundError, FieldError, MalformedRequestError, NotConfirmedError
from familjehem.domain.handling import Handled
from familjehem.domain.membership import AccessEntry
from familjehem.domain.outbox import ErasureTask
from familjehem.ports import DeliveryChangedError, Page

type Version = tuple[str, int]
"""One version of a letter: the delivery's number, and 1 for the letter itself."""

_ROUNDS = 8


class TenantRows:
    """The rows of one recipient; every key is built from the recipient that the room was opened for."""

    def __init__(self, database: Database, main: str, wraps: str, recipient: str) -> None:
        self._database = database
        self._main = main
        self._wraps = wraps
        self._recipient = recipient
        self._access_log = AccessLog(database, main, recipient)

    def page(
        self,
        state: DeliveryState | None,
        cursor: str | None,
        limit: int,
        waiting_since: datetime | None = None,
        reader: str | None = None,
    ) -> Page:
        """Give one page, newest first; the rows are walked until it is full or there are no more.

        With `waiting_since`, only those received before it whose family still waits for a first call. With `reader`,
        the protected ones that this person may read; without, those that are not protected.
        """
        inbox = keys.inbox(self._recipient) if reader is None else keys.protected(self._recipient)
        after = self._after(cursor, inbox) if cursor is not None else None
        # The place in the index is the tenant's to write; whose the delivery is, is not.
        condition, criteria = "#inbox_pk = :inbox", ["#recipient = :recipient"]
        values = {":inbox": inbox, ":recipient": self._recipient}
        if state is not None:
            criteria.append("#state = :state")
            values[":state"] = state.value
        if reader is not None:
            criteria.append("contains(#readers, :reader)")
            values[":reader"] = reader
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
            criterion=" AND ".join(criteria),
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

    def protected(self) -> Mapping[str, Delivery]:
        """Give every protected delivery by its number, as the index knows them: a moment behind."""
        inbox = {":inbox": keys.protected(self._recipient)}
        found = self._database.query(self._main, "#inbox_pk = :inbox", inbox, index=keys.INBOX_INDEX)
        return {row["number"]: read_delivery(row) for row in found if row["recipient"] == self._recipient}

    def opened(self, delivery: Delivery, entry: AccessEntry) -> Delivery:
        """Write the line of an opening, and note the first one of an open delivery, in one commit.

        Delivered becomes opened; later openings change nothing. `DeliveryNotFoundError` for one that was protected from
        this person meanwhile, `NotConfirmedError`.
        """
        for _ in range(_ROUNDS):
            if not delivery.read_by(entry.person):
                raise DeliveryNotFoundError
            first = delivery.opened_at is None and delivery.open
            opening = self._first_opening(delivery, entry.at) if first else self._as_read_by_its_readers(delivery)
            refused = self._access_log.append(entry, [opening], trail=delivery.number)
            if not first and not refused:
                return delivery
            now = self.delivery(delivery.number)
            if now is None:
                raise DeliveryNotFoundError
            if not refused:
                return now
            # Somebody else was first, or the delivery was changed: the next round finds out which.
            delivery = now
        raise NotConfirmedError

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
        self._access_log.append(entry)

    def commit(self, handled: Handled, sealed: bytes | None) -> None:
        """Commit the delivery, its event with its sealed content, and its line of the access log; all or nothing.

        `DeliveryChangedError` where the delivery is no longer as it was read, `NotConfirmedError`.
        """
        before = handled.before
        expression, values, condition = change(handled)
        key = keys.delivery(self._recipient, before.number)
        refused = self._access_log.append(
            handled.entry,
            [
                update(self._main, key, expression, values, condition=condition, label="delivery"),
                put(self._main, event_row(before, handled.event, sealed), label="event"),
                *self._destroying(handled),
            ],
            trail=before.number,
        )
        if refused:
            raise DeliveryChangedError

    def lines(self, before: int | None, limit: int) -> tuple[Line, ...]:
        """Give the lines of the access log before a number, or the latest, the newest first."""
        return self._access_log.lines(before, limit)

    def lines_since(self, after: int) -> Iterator[Line]:
        """Give the lines of the access log after a number, the oldest first."""
        return self._access_log.lines_since(after)

    def trail(self, number: str, before: int | None, limit: int) -> tuple[Line, ...]:
        """Give the lines about one delivery alone before a number, or the latest, the newest first."""
        return self._access_log.trail(number, before, limit)

    def reviews(self) -> tuple[Review, ...]:
        """Give every review of the access log, the oldest first."""
        return tuple(sorted(map(read_review, self._kept("REVIEW#")), key=lambda one: one.at))

    def review(self, review: Review, entry: AccessEntry) -> bool:
        """Commit a review and its line of the access log; False if there is one of this id. `NotConfirmedError`."""
        row = review_row(self._recipient, review)
        return not self._access_log.append(entry, [put(self._main, row, label="review")])

    def confirmations(self) -> tuple[Confirmation, ...]:
        """Give every confirmation of who has access, the oldest first."""
        return tuple(sorted(map(read_confirmation, self._kept("CONFIRMATION#")), key=lambda one: one.at))

    def confirm(self, confirmation: Confirmation, entry: AccessEntry) -> None:
        """Commit a confirmation and its line of the access log. `NotConfirmedError`."""
        row = confirmation_row(self._recipient, confirmation)
        if self._access_log.append(entry, [put(self._main, row, label="confirmation")]):
            raise NotConfirmedError

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

    def erasures(self) -> tuple[Erasure, ...]:
        """Give what remains of each erased delivery, the latest decision first."""
        erased = {":inbox": keys.erased(self._recipient)}
        found = self._database.query(self._main, "#inbox_pk = :inbox", erased, index=keys.INBOX_INDEX)
        mine = (read_erasure(row) for row in found if row["recipient"] == self._recipient)
        return tuple(sorted(mine, key=lambda one: (one.decided_at, one.number), reverse=True))

    def _destroying(self, handled: Handled) -> Iterator[Write]:
        """Put the task of destroying what this commit decides to be erased."""
        if handled.after.state is DeliveryState.ERASED:
            yield put(self._main, erasure_row(ErasureTask(self._recipient, handled.before.number), handled.event.at))

    def _first_opening(self, delivery: Delivery, at: datetime) -> Write:
        state = DeliveryState.OPENED if delivery.state is DeliveryState.DELIVERED else delivery.state
        readers, values = same_readers(delivery)
        return update(
            self._main,
            keys.delivery(self._recipient, delivery.number),
            "SET #state = :opened, #opened_at = :at",
            {":opened": state.value, ":at": keys.moment(at), ":as_read": delivery.state.value, **values},
            condition=f"#state = :as_read AND attribute_not_exists(#opened_at) AND {readers}",
            label="delivery",
        )

    def _as_read_by_its_readers(self, delivery: Delivery) -> Write:
        """Demand that nobody has protected the delivery since it was read, or named others."""
        readers, values = same_readers(delivery)
        return check(self._main, keys.delivery(self._recipient, delivery.number), readers, values, label="delivery")

    def _kept(self, kind: str) -> Iterator[Mapping[str, Any]]:
        partition = {":reviews": keys.reviews(self._recipient), ":kind": kind}
        return self._database.query(self._main, "#pk = :reviews AND begins_with(#sk, :kind)", partition)

    def _after(self, cursor: str, inbox: str) -> dict[str, str]:
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
            "inbox_pk": inbox,
            "inbox_sk": inbox_sk,
        }


def _cursor(inbox_sk: str) -> str:
    return base64.urlsafe_b64encode(inbox_sk.encode()).decode().rstrip("=")
