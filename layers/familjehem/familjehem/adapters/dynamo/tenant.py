"""One recipient's rows, read and written in that recipient's session: mailbox list, states, access log."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.access_log import AccessLog
from familjehem.adapters.dynamo.delivery_rows import read_delivery, same_readers, unsearched_row
from familjehem.adapters.dynamo.erasure_rows import read_erasure
from familjehem.adapters.dynamo.handling_rows import change, event_row
from familjehem.adapters.dynamo.outbox import called_row, erasure_row
from familjehem.adapters.dynamo.review_rows import (
    confirmation_row,
    read_confirmation,
    read_review,
    review_row,
)
from familjehem.adapters.dynamo.table import Database, Item, Write, check, put, update
from familjehem.domain.access_log import Line
from familjehem.domain.access_review import Confirmation, Review
from familjehem.domain.delivery import Delivery, DeliveryState, Others
from familjehem.domain.erasure import Erasure
from familjehem.domain.errors import DeliveryNotFoundError, FieldError, MalformedRequestError, NotConfirmedError
from familjehem.domain.handling import Handled
from familjehem.domain.inbox import COUNTED, Counts, Handling, Selection
from familjehem.domain.membership import AccessEntry
from familjehem.domain.outbox import CalledTask, ErasureTask
from familjehem.ports import DeliveryChangedError, Page

type Version = tuple[str, int]
"""One version of a letter: the delivery's number, and 1 for the letter itself."""

_ROUNDS = 8
_STRIDE, _STRIDES = 250, 4


class TenantRows:
    """The rows of one recipient; every key is built from the recipient that the room was opened for."""

    def __init__(self, database: Database, main: str, wraps: str, tally: str, recipient: str) -> None:
        self._database = database
        self._tally = tally
        self._main = main
        self._wraps = wraps
        self._recipient = recipient
        self._access_log = AccessLog(database, main, recipient)

    def page(self, selection: Selection, cursor: str | None, limit: int) -> Page:
        """Give one page; a cursor that is not of this very selection raises `MalformedRequestError`.

        Where a filter lets few through, the page ends after a thousand rows were looked at: it may be short, or empty,
        and has a cursor all the same.
        """
        place = _Place.of(self._recipient, selection)
        mark = selection.mark(self._recipient)
        after = self._after(cursor, mark, place) if cursor is not None else None
        # The places in the indexes are the tenant's to write; whose the delivery is, is not.
        criteria, values = _criteria(selection)
        condition, keyed = place.condition()
        strides = self._database.pages(
            self._main,
            condition,
            {**values, **keyed, ":recipient": self._recipient},
            index=place.index,
            criterion=" AND ".join(["#recipient = :recipient", *criteria]),
            newest_first=not selection.due_first,
            after=after,
            # One more than asked for tells whether there is a next page.
            limit=_STRIDE if selection.filtered else limit + 1,
        )
        found, ends_at = _found(strides, limit)
        next_cursor = _cursor(ends_at["inbox_sk"], mark) if ends_at else None
        return Page(tuple(read_delivery(row) for row in found[:limit]), next_cursor)

    def counts(self, selection: Selection) -> Counts:
        """Count those that wait, as the index knows them: one query, and one more where a hundred wait."""
        criteria, values = "#recipient = :recipient AND attribute_not_exists(#readers)", {":recipient": self._recipient}
        place = keys.waiting(self._recipient)

        def some(condition: str, keyed: Mapping[str, str]) -> list[Delivery]:
            walk = self._database.pages(
                self._main,
                condition,
                {**values, **keyed},
                index=keys.WAITING_INDEX,
                criterion=criteria,
                newest_first=True,
                limit=COUNTED,
            )
            rows, _ = next(walk)
            return [read_delivery(row) for row in rows]

        latest = some("#waiting_pk = :place", {":place": place})
        counts = Counts.of(latest, selection)
        if len(latest) < COUNTED:
            return counts
        before = {":place": place, ":before": keys.moment(selection.passed)}
        return replace(counts, overdue=len(some("#waiting_pk = :place AND #inbox_sk < :before", before)))

    def delivery(self, number: str) -> Delivery | None:
        """Give one readable delivery, read consistently, or None."""
        if not keys.fits(number):
            return None
        row = self._database.get(self._main, keys.delivery(self._recipient, number))
        delivery = read_delivery(row) if row else None
        return delivery if delivery and delivery.readable else None

    def deliveries(self, numbers: Sequence[str]) -> Mapping[str, Delivery]:
        """Give readable deliveries by their numbers, read consistently."""
        fitting = (keys.delivery(self._recipient, number) for number in numbers if keys.fits(number))
        found = map(read_delivery, self._database.get_many(self._main, fitting).values())
        return {one.number: one for one in found if one.readable}

    def others(self, number: str) -> Others | None:
        """Give what may be known of the others that the family chose, read consistently; None without its consent."""
        row = self._database.get(self._main, keys.share(self._recipient, number))
        return Others(row["count"], row["called"]) if row else None

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
            noted = [self._canary_opened(delivery, entry.at)] if first and delivery.canary else []
            refused = self._access_log.append(entry, [opening, *noted], trail=delivery.number)
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
                *self._unsearched(handled),
                *self._counting(handled),
                *self._calling(handled),
            ],
            trail=before.number,
        )
        if refused:
            raise DeliveryChangedError

    def _counting(self, handled: Handled) -> list[Write]:
        """Count what was done, in the commit that does it: once, whatever is tried again."""
        if not handled.counts:
            return []
        key = keys.handlings(self._recipient, handled.event.at, handled.before.number)
        added = ", ".join(f"#{name} :one" for name in handled.counts)
        return [update(self._tally, key, f"ADD {added}", {":one": 1})]

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

    def _unsearched(self, handled: Handled) -> Iterator[Write]:
        """Note that a letter is to be found no more, or again, where this commit protects it or ends that."""
        if handled.after.protected is not handled.before.protected:
            row = unsearched_row(self._recipient, handled.before.number, handled.event.at, handled.event.id)
            yield put(self._main, row, condition=None)

    def _calling(self, handled: Handled) -> Iterator[Write]:
        """Put the task of telling the others, of whom this recipient knows nothing, that the family was called."""
        if handled.before.contacted_at is None and handled.after.contacted_at is not None:
            task = CalledTask(self._recipient, handled.before.number)
            yield put(self._main, called_row(task, handled.event.at), condition=None)

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

    def _canary_opened(self, delivery: Delivery, at: datetime) -> Write:
        note = {**keys.canary(self._recipient, delivery.number).attributes(), "opened_at": keys.moment(at)}
        return put(self._main, note, condition=None)

    def _as_read_by_its_readers(self, delivery: Delivery) -> Write:
        """Demand that nobody has protected the delivery since it was read, or named others."""
        readers, values = same_readers(delivery)
        return check(self._main, keys.delivery(self._recipient, delivery.number), readers, values, label="delivery")

    def _kept(self, kind: str) -> Iterator[Mapping[str, Any]]:
        partition = {":reviews": keys.reviews(self._recipient), ":kind": kind}
        return self._database.query(self._main, "#pk = :reviews AND begins_with(#sk, :kind)", partition)

    def _after(self, cursor: str, mark: str, place: "_Place") -> dict[str, str]:
        """Build the place in the index anew, of our own recipient; a cursor of anything else is none."""
        try:
            of, _, inbox_sk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition("#")
        except (binascii.Error, ValueError):
            of, inbox_sk = "", ""
        number = keys.inbox_number(inbox_sk)
        # Outside of what is asked for no walk can be begun.
        if of != mark or number is None or (place.before is not None and inbox_sk >= place.before):
            raise MalformedRequestError(FieldError("/cursor", "unknownCursor"))
        return {
            **keys.delivery(self._recipient, number).attributes(),
            place.attribute: place.partition,
            "inbox_sk": inbox_sk,
        }


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a selection lies: the index, its partition, and before which moment, if any."""

    index: str
    attribute: str
    partition: str
    before: str | None

    @classmethod
    def of(cls, recipient: str, selection: Selection) -> Self:
        before = keys.moment(selection.passed) if selection.wanted.overdue else None
        # Nobody has so many in hand that those of them that wait could not be picked out.
        if selection.mine:
            return cls(keys.HANDLED_INDEX, "handled_pk", keys.handled(recipient, selection.person), before)
        if selection.protected:
            return cls(keys.INBOX_INDEX, "inbox_pk", keys.protected(recipient), before)
        if selection.waiting:
            return cls(keys.WAITING_INDEX, "waiting_pk", keys.waiting(recipient), before)
        return cls(keys.INBOX_INDEX, "inbox_pk", keys.inbox(recipient), before)

    def condition(self) -> tuple[str, dict[str, str]]:
        condition, values = f"#{self.attribute} = :place", {":place": self.partition}
        if self.before is None:
            return condition, values
        return f"{condition} AND #inbox_sk < :before", {**values, ":before": self.before}


def _found(strides: Iterator[tuple[list[Item], Item | None]], limit: int) -> tuple[list[Item], Item | None]:
    """Give the rows of a page, and the row or the place after which the next begins, None at the end."""
    found, goes_on = list[Item](), None
    for _, (rows, last) in zip(range(_STRIDES), strides, strict=False):
        found, goes_on = found + rows, last
        if len(found) > limit:
            return found, found[limit - 1]
    return found, goes_on


def _criteria(selection: Selection) -> tuple[list[str], dict[str, str]]:
    """Give what a row must fulfil beyond its place, with the values for it; as `Selection.holds`."""
    wanted = selection.wanted
    criteria, values = list[str](), dict[str, str]()
    if selection.protected:
        criteria.append("contains(#readers, :reader)")
        values[":reader"] = selection.person
    else:
        criteria.append("attribute_not_exists(#readers)")
    if selection.waiting and (selection.mine or selection.protected):
        criteria.append("attribute_exists(#waiting_pk)")
    if wanted.assignment is not None:
        criteria.append("contains(#assignments, :assignment)")
        values[":assignment"] = wanted.assignment.value
    for name, value in (("state", wanted.state), ("origin", wanted.origin), ("next_step", wanted.next_step)):
        if value is not None:
            criteria.append(f"#{name} = :{name}")
            values[f":{name}"] = value.value
    match wanted.handler:
        case Handling.ME:
            criteria.append("#handler = :handler")
            values[":handler"] = selection.person
        case Handling.NONE:
            criteria.append("attribute_not_exists(#handler)")
        case None:
            pass
    return criteria, values


def _cursor(inbox_sk: str, mark: str) -> str:
    return base64.urlsafe_b64encode(f"{mark}#{inbox_sk}".encode()).decode().rstrip("=")
