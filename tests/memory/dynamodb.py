"""Tables in memory, with what our adapters count on: conditions, transactions, tokens, indexes that lag, a stream.

A row is never changed where it lies: whoever holds one may keep it. `table.changed` is called after each change with key,
row before and row after, all changes of a transaction after the last of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.memory.errors import error
from tests.memory.expressions import Row, condition, projected, update

type Place = tuple[str, str]
type Changed = Callable[[str, Place, Row | None, Row | None], None]

REMEMBERED = timedelta(minutes=10)
"""So long a transaction's token makes a repeat do nothing."""
MOST_ACTIONS = 100
_NOTHING: Row = {}


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index: its two attributes, and what else it holds of a row; None for all."""

    hash: str
    range: str
    projection: frozenset[str] | None


@dataclass
class Table:
    """Rows by key, and what the indexes know of them, which may be less."""

    name: str
    indexes: Mapping[str, Index] = field(default_factory=dict[str, Index])
    rows: dict[Place, Row] = field(default_factory=dict[Place, Row])
    indexed: dict[Place, Row] = field(default_factory=dict[Place, Row])
    coming: list[tuple[Place, Row | None]] = field(default_factory=list[tuple[Place, Row | None]])

    @classmethod
    def described(cls, name: str, properties: Mapping[str, Any]) -> "Table":
        """Give the table that a template describes."""
        indexes: dict[str, Index] = {}
        for one in properties.get("GlobalSecondaryIndexes", ()):
            keys = {part["KeyType"]: part["AttributeName"] for part in one["KeySchema"]}
            kind = one["Projection"]["ProjectionType"]
            named = {"pk", "sk", *keys.values(), *one["Projection"].get("NonKeyAttributes", ())}
            indexes[one["IndexName"]] = Index(keys["HASH"], keys["RANGE"], None if kind == "ALL" else frozenset(named))
        return cls(name, indexes)

    def copy(self) -> "Table":
        """Give the same rows in a table of its own."""
        return Table(self.name, self.indexes, dict(self.rows), dict(self.indexed), list(self.coming))

    def write(self, place: Place, row: Row | None) -> None:
        """Write or delete a row; the indexes learn of it when they catch up."""
        if row is None:
            self.rows.pop(place, None)
        else:
            self.rows[place] = row
        if self.indexes:
            self.coming.append((place, row))

    def catch_up(self, lag: int = 0) -> None:
        """Let the indexes learn of all changes but the last `lag`."""
        known = max(0, len(self.coming) - lag)
        for place, row in self.coming[:known]:
            if row is None:
                self.indexed.pop(place, None)
            else:
                self.indexed[place] = row
        del self.coming[:known]


class DynamoDb:
    """Plays the client of DynamoDB; `lag` tells how many changes an index is behind at a query."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.tables: dict[str, Table] = {}
        self.tokens: dict[str, tuple[datetime, str]] = {}
        self.changed: Changed = lambda *_: None
        self.lag: Callable[[], int] = lambda: 0

    def get_item(self, *, TableName: str, Key: Any, **asked: Any) -> Any:
        found = self._table(TableName).rows.get(_place(Key))
        if found is None:
            return {}
        return {"Item": projected(found, asked.get("ProjectionExpression"), _names(asked))}

    def batch_get_item(self, *, RequestItems: Any) -> Any:
        answers: dict[str, list[Row]] = {}
        for name, asked in RequestItems.items():
            places = [_place(key) for key in asked["Keys"]]
            if len(set(places)) != len(places) or len(places) > MOST_ACTIONS:
                raise error("ValidationException", "BatchGetItem")
            rows = self._table(name).rows
            found = (rows[place] for place in places if place in rows)
            answers[name] = [projected(row, asked.get("ProjectionExpression"), _names(asked)) for row in found]
        return {"Responses": answers, "UnprocessedKeys": {}}

    def put_item(self, *, TableName: str, Item: Any, **asked: Any) -> Any:
        return self._alone("PutItem", {"Put": {"TableName": TableName, "Item": Item, **asked}})

    def update_item(self, *, TableName: str, Key: Any, **asked: Any) -> Any:
        return self._alone("UpdateItem", {"Update": {"TableName": TableName, "Key": Key, **asked}})

    def delete_item(self, *, TableName: str, Key: Any, **asked: Any) -> Any:
        return self._alone("DeleteItem", {"Delete": {"TableName": TableName, "Key": Key, **asked}})

    def transact_write_items(self, *, TransactItems: Sequence[Any], ClientRequestToken: str = "") -> Any:
        places = [(one["TableName"], _place(one.get("Key") or one["Item"])) for (_, one) in map(_only, TransactItems)]
        if len(set(places)) != len(places) or not 0 < len(places) <= MOST_ACTIONS:
            raise error("ValidationException", "TransactWriteItems")
        asked = repr(TransactItems)
        at, before = self.tokens.get(ClientRequestToken, (None, ""))
        if ClientRequestToken and at is not None and self.now() - at < REMEMBERED:
            if before != asked:
                raise error("IdempotentParameterMismatchException", "TransactWriteItems")
            return {}
        if not all(fits := [self._fits(one) for one in TransactItems]):
            reasons = [{"Code": "None" if fit else "ConditionalCheckFailed"} for fit in fits]
            raise error("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
        self._write(TransactItems)
        if ClientRequestToken:
            self.tokens[ClientRequestToken] = (self.now(), asked)
        return {}

    def query(self, *, TableName: str, KeyConditionExpression: str, **asked: Any) -> Any:
        table, names, values = self._table(TableName), _names(asked), asked.get("ExpressionAttributeValues", {})
        index = table.indexes[asked["IndexName"]] if "IndexName" in asked else None
        if index:
            if asked.get("ConsistentRead"):
                raise error("ValidationException", "Query")
            table.catch_up(self.lag())
            rows: Iterable[Row] = (row for row in table.indexed.values() if index.hash in row and index.range in row)
        else:
            rows = table.rows.values()
        wanted = condition(KeyConditionExpression)
        found = [row for row in rows if wanted(row, names, values)]
        backwards = not asked.get("ScanIndexForward", True)
        found.sort(key=_order(index), reverse=backwards)
        if start := asked.get("ExclusiveStartKey"):
            place = _order(index)(start)
            found = [row for row in found if (_order(index)(row) < place if backwards else _order(index)(row) > place)]
        limit = asked.get("Limit", len(found))
        page, more = found[:limit], len(found) > limit
        fits = condition(asked["FilterExpression"]) if "FilterExpression" in asked else None
        kept = [row for row in page if fits is None or fits(row, names, values)]
        items = [_held(projected(row, asked.get("ProjectionExpression"), names), index) for row in kept]
        last = {"LastEvaluatedKey": _start(page[-1], index)} if more else {}
        return {"Items": items, "Count": len(items), **last}

    def scan(self, *, TableName: str, **asked: Any) -> Any:
        rows = list(self._table(TableName).rows.values())
        fits = condition(asked["FilterExpression"]) if "FilterExpression" in asked else None
        values = asked.get("ExpressionAttributeValues", {})
        return {"Items": [row for row in rows if fits is None or fits(row, _names(asked), values)]}

    def _alone(self, operation: str, action: Mapping[str, Any]) -> Any:
        if not self._fits(action):
            raise error("ConditionalCheckFailedException", operation)
        self._write([action])
        return {}

    def _fits(self, action: Mapping[str, Any]) -> bool:
        _, one = _only(action)
        row = self._table(one["TableName"]).rows.get(_place(one.get("Key") or one["Item"]), _NOTHING)
        expression = one.get("ConditionExpression")
        if expression is None:
            return True
        return condition(expression)(row, _names(one), one.get("ExpressionAttributeValues", {}))

    def _write(self, actions: Sequence[Mapping[str, Any]]) -> None:
        done: list[tuple[str, Place, Row | None, Row | None]] = []
        for action in actions:
            operation, one = _only(action)
            if operation == "ConditionCheck":
                continue
            table, place = self._table(one["TableName"]), _place(one.get("Key") or one["Item"])
            before = table.rows.get(place)
            match operation:
                case "Put":
                    after: Row | None = dict(one["Item"])
                case "Update":
                    change = update(one["UpdateExpression"])
                    after = change(before or one["Key"], _names(one), one.get("ExpressionAttributeValues", {}))
                case "Delete":
                    after = None
                case _:
                    raise error("ValidationException", operation)
            table.write(place, after)
            # A write that changes nothing makes no record of the stream.
            if before != after:
                done.append((table.name, place, before, after))
        for change in done:
            self.changed(*change)

    def _table(self, name: str) -> Table:
        if name not in self.tables:
            raise error("ResourceNotFoundException")
        return self.tables[name]


def _only(action: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    ((operation, one),) = action.items()
    return operation, one


def _place(key: Mapping[str, Any]) -> Place:
    return key["pk"]["S"], key["sk"]["S"]


def _names(asked: Mapping[str, Any]) -> Mapping[str, str]:
    return asked.get("ExpressionAttributeNames", {})


def _order(index: Index | None) -> Callable[[Row], tuple[str, ...]]:
    if index is None:
        return lambda row: (row["sk"]["S"],)
    return lambda row: (row[index.range]["S"], row["pk"]["S"], row["sk"]["S"])


def _start(row: Row, index: Index | None) -> Row:
    names = ("pk", "sk") if index is None else ("pk", "sk", index.hash, index.range)
    return {name: row[name] for name in names}


def _held(row: Row, index: Index | None) -> Row:
    if index is None or index.projection is None:
        return row
    return {name: value for name, value in row.items() if name in index.projection}
