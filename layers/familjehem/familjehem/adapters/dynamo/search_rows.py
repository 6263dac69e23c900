"""By what a recipient's letters are found: tokens in partitions of their own, and notes of what is still to be done.

    SEARCH#<recipient>#<token>        <received_at>#<number>   one letter that has the token; nothing else stands there
    SEARCHED#<recipient>#<number>     SEARCHED                 the tokens that there are of a letter, so that whoever
                                                               erases it finds them without the key
    SEARCH#<recipient>#UNSEARCHED     <number>                 the note that they are not as they should be
    SEARCH#<recipient>#SEARCHES       <person>                 how often a person has searched in her latest hour

Tokens are made by whoever holds the search key, which is the recipient's tenant session and nobody else.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.delivery_rows import same_readers
from familjehem.adapters.dynamo.table import NEW, Database, Write, check, delete, put
from familjehem.domain.delivery import Delivery, DeliveryState
from familjehem.domain.search import token
from familjehem.ports import ToSearch

_NOTE, _SEARCHED, _DELIVERY = "note", "searched", "delivery"
_KEPT_FOR = timedelta(days=1)


class SearchRows:
    """What one recipient's letters are found by, in that recipient's session."""

    def __init__(self, database: Database, main: str, recipient: str) -> None:
        self._database = database
        self._main = main
        self._recipient = recipient

    def unsearched(self, limit: int, after: str | None) -> Mapping[str, str]:
        """Give the notes that follow upon that of a number: number and mark."""
        condition, noted = "#pk = :notes", {":notes": keys.unsearched(self._recipient)}
        if after is not None:
            condition, noted = f"{condition} AND #sk > :after", {**noted, ":after": after}
        rows, _ = next(self._database.pages(self._main, condition, noted, limit=limit))
        return {row["sk"]: row["mark"] for row in rows}

    def found_by(self, found: str) -> Mapping[str, datetime]:
        """Give the numbers of the letters that have a token, and when those came."""
        place = {":found": keys.found_by(self._recipient, found)}
        rows = self._database.query(self._main, "#pk = :found", place, projection=("sk",))
        split = (row["sk"].partition("#") for row in rows)
        return {number: datetime.fromisoformat(came) for came, _, number in split}

    def searched(self, numbers: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
        """Give the rows that tell which tokens there are of letters, by number."""
        wanted = {keys.searched(self._recipient, number): number for number in numbers}
        return {wanted[key]: row for key, row in self._database.get_many(self._main, wanted).items()}

    def index(self, letter: ToSearch, row: Mapping[str, Any] | None, key: bytes) -> None:
        """Make the tokens of one letter what they should be, in one commit; what has changed since is left alone.

        `row` tells which there are.
        """
        self._database.commit([*self._writes(letter, row, {token(key, term) for term in letter.terms})])

    def _writes(self, letter: ToSearch, row: Mapping[str, Any] | None, wanted: set[str]) -> Iterator[Write]:
        recipient, number, delivery = self._recipient, letter.number, letter.delivery
        note = keys.to_search(recipient, number)
        yield delete(self._main, note, condition="#mark = :mark", values={":mark": letter.mark}, label=_NOTE)
        if delivery is not None:
            yield self._as_read(delivery)
        there = set[str](row["tokens"]) if row else set[str]()
        searched = keys.searched(recipient, number)
        unchanged = "#mark = :before" if row else NEW
        before = {":before": row["mark"]} if row else None
        if wanted and delivery is not None and delivery.received_at is not None:
            place = keys.inbox_sort(delivery.received_at, number)
            told = {"tokens": sorted(wanted), "place": place, "mark": letter.mark}
            yield put(
                self._main, {**searched.attributes(), **told}, condition=unchanged, values=before, label=_SEARCHED
            )
            for each in sorted(wanted - there):
                yield put(self._main, keys.Key(keys.found_by(recipient, each), place).attributes(), condition=None)
        elif row:
            yield delete(self._main, searched, condition=unchanged, values=before, label=_SEARCHED)
        for each in sorted(there - wanted):
            yield delete(self._main, keys.Key(keys.found_by(recipient, each), row["place"] if row else ""))

    def _as_read(self, delivery: Delivery) -> Write:
        """Demand that nobody has erased the letter since it was read, or protected it, or ended that."""
        readers, values = same_readers(delivery)
        return check(
            self._main,
            keys.delivery(self._recipient, delivery.number),
            f"#state <> :erased AND {readers}",
            {":erased": DeliveryState.ERASED.value, **values},
            label=_DELIVERY,
        )

    def may_search(self, person: str, at: datetime, most: int) -> bool:
        """Count a search, and tell whether it is among the first `most` of its hour."""
        key = keys.searches(self._recipient, person)
        hour = keys.moment(at.astimezone(UTC).replace(minute=0, second=0, microsecond=0))

        def counted() -> bool:
            values = {":one": 1, ":hour": hour, ":most": most}
            return self._database.update(
                self._main, key, "ADD #count :one", values, "#hour >= :hour AND #count < :most"
            )

        first = {":hour": hour, ":one": 1, ":gone": int((at + _KEPT_FOR).timestamp())}
        begun = "SET #hour = :hour, #count = :one, #expires_at = :gone"
        # Of two first searches of an hour one begins it, and the other is counted after all, as is a slow one before.
        return (
            counted()
            or self._database.update(self._main, key, begun, first, "attribute_not_exists(#hour) OR #hour < :hour")
            or counted()
        )
