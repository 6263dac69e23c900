"""Reads and writes of the tables: values, transactions, conflicts.

Expressions are written with `#name` for attributes and `:name` for values; the names are filled in here.
"""

import random
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from familjehem.adapters.aws import code, confirming
from familjehem.adapters.dynamo.keys import Key
from familjehem.domain.errors import NotConfirmedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]

TRIES = 24
FIRST_PAUSE = 0.025
LONGEST_PAUSE = 0.4
"""All tries together take some four seconds: on a campaign evening many transactions check the same recipient."""
MOST_KEYS = 100
MOST_WRITES = 100
NEW = "attribute_not_exists(#pk)"
EXISTING = "attribute_exists(#pk)"

_NAME = re.compile(r"#(\w+)")
_REFUSED = "ConditionalCheckFailed"
_PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_SERIALIZER = TypeSerializer()
_DESERIALIZER = TypeDeserializer()


@dataclass(frozen=True, slots=True)
class Write:
    """One part of a transaction: `operation` as DynamoDB calls it, `label` to name its refused condition."""

    operation: str
    parameters: Mapping[str, Any]
    label: str | None = None


def put(
    table: str,
    item: Mapping[str, Any],
    *,
    condition: str | None = NEW,
    values: Mapping[str, Any] | None = None,
    label: str | None = None,
) -> Write:
    """Write a row, by default one that must not exist; attributes that are None are left out."""
    named = _condition(condition) if condition else {}
    valued = {"ExpressionAttributeValues": _stored(values)} if values else {}
    return Write("Put", {"TableName": table, "Item": _stored(item), **named, **valued}, label)


def update(
    table: str,
    key: Key,
    change: str,
    values: Mapping[str, Any],
    *,
    condition: str | None = None,
    label: str | None = None,
) -> Write:
    """Change a row."""
    return Write("Update", _change(table, key, change, values, condition), label)


def delete(
    table: str,
    key: Key,
    *,
    condition: str | None = None,
    values: Mapping[str, Any] | None = None,
    label: str | None = None,
) -> Write:
    """Delete a row; one that is gone already is no fault unless a condition says so."""
    named = _condition(condition) if condition else {}
    valued = {"ExpressionAttributeValues": _stored(values)} if values else {}
    return Write("Delete", {"TableName": table, "Key": _stored(key.attributes()), **named, **valued}, label)


def check(table: str, key: Key, condition: str, values: Mapping[str, Any], *, label: str) -> Write:
    """Demand something of a row that the transaction leaves as it is."""
    parameters = {
        "TableName": table,
        "Key": _stored(key.attributes()),
        **_condition(condition),
        **({"ExpressionAttributeValues": _stored(values)} if values else {}),
    }
    return Write("ConditionCheck", parameters, label)


class Database:
    """The tables through one client; `sleep` and `chance` (0 to 1) pace the tries after a conflict."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._chance = chance

    def get(self, table: str, key: Key, projection: Iterable[str] = ()) -> Item | None:
        """Read one row consistently, or only the attributes of `projection`; None if there is none."""
        with confirming():
            answer = self._client.get_item(
                TableName=table, Key=_stored(key.attributes()), ConsistentRead=True, **_projection(projection)
            )
        return _loaded(answer["Item"]) if "Item" in answer else None

    def get_many(self, table: str, keys: Iterable[Key], projection: Iterable[str] = ()) -> dict[Key, Item]:
        """Read several rows consistently; those that do not exist are left out."""
        wanted, named = list(dict.fromkeys(keys)), _projection(projection)
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), MOST_KEYS):
            asked: Any = [_stored(key.attributes()) for key in wanted[start : start + MOST_KEYS]]
            for pause in self._pauses():
                request: Any = {table: {"Keys": asked, "ConsistentRead": True, **named}}
                with confirming():
                    answer = self._client.batch_get_item(RequestItems=request)
                for stored in answer["Responses"].get(table, []):
                    item = _loaded(stored)
                    found[Key(item["pk"], item["sk"])] = item
                asked = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
                if not asked:
                    break
                self._sleep(pause)
            else:
                message = "BatchGetItem: keys left over"
                raise NotConfirmedError(message)
        return found

    def query(  # noqa: PLR0913 a query has that many parts
        self,
        table: str,
        condition: str,
        values: Mapping[str, Any],
        *,
        index: str | None = None,
        criterion: str | None = None,
        newest_first: bool = False,
        after: Mapping[str, str] | None = None,
        limit: int | None = None,
        projection: Iterable[str] = (),
    ) -> Iterator[Item]:
        """Walk the rows of a partition, page by page; consistently, except in an index, where that cannot be."""
        pages = self.pages(
            table,
            condition,
            values,
            index=index,
            criterion=criterion,
            newest_first=newest_first,
            after=after,
            limit=limit,
            projection=projection,
        )
        for rows, _ in pages:
            yield from rows

    def pages(  # noqa: PLR0913 a query has that many parts
        self,
        table: str,
        condition: str,
        values: Mapping[str, Any],
        *,
        index: str | None = None,
        criterion: str | None = None,
        newest_first: bool = False,
        after: Mapping[str, str] | None = None,
        limit: int | None = None,
        projection: Iterable[str] = (),
    ) -> Iterator[tuple[list[Item], Item | None]]:
        """Walk as `query`, a call at a time: the rows that fit, and where the next call goes on, None at the end.

        One call looks at `limit` rows at most, whether they fit or not.
        """
        shown = _projection(projection)
        parameters: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": condition,
            **shown,
            "ExpressionAttributeNames": _names(condition, criterion or "", shown.get("ProjectionExpression", "")),
            "ExpressionAttributeValues": _stored(values),
            "ScanIndexForward": not newest_first,
            **({"IndexName": index} if index else {"ConsistentRead": True}),
            **({"FilterExpression": criterion} if criterion else {}),
            **({"ExclusiveStartKey": _stored(after)} if after else {}),
            **({"Limit": limit} if limit else {}),
        }
        while True:
            with confirming():
                answer = self._client.query(**parameters)
            last = answer.get("LastEvaluatedKey")
            yield [_loaded(item) for item in answer["Items"]], _loaded(last) if last else None
            if not last:
                return
            parameters["ExclusiveStartKey"] = last

    def put(self, table: str, item: Mapping[str, Any]) -> bool:
        """Write a row that must not exist; False if it does."""
        parameters: dict[str, Any] = {"TableName": table, "Item": _stored(item), **_condition(NEW)}
        return self._write(lambda: self._client.put_item(**parameters)) is not None

    def update(
        self, table: str, key: Key, change: str, values: Mapping[str, Any], condition: str | None = None
    ) -> bool:
        """Change one row; False if the condition did not hold. Nothing of the row comes back."""
        parameters = _change(table, key, change, values, condition)
        return self._write(lambda: self._client.update_item(**parameters)) is not None

    def commit(self, writes: Sequence[Write]) -> frozenset[str]:
        """Commit all writes or none; give the labels of the conditions that did not hold, none if it is done.

        Conflicts with other transactions are tried again after a pause. All tries carry one token, so a
        try whose answer was lost is not done twice. `NotConfirmedError` when it is not known, or when none but
        conditions without a label did not hold.
        """
        token = uuid.uuid4().hex
        items: Any = [{write.operation: write.parameters} for write in writes]
        for pause in self._pauses():
            reasons = self._attempt(items, token)
            if not _PASSING.isdisjoint(reasons):
                self._sleep(pause)
                continue
            if not reasons:
                return frozenset()
            refused = (write.label for write, reason in zip(writes, reasons, strict=False) if reason == _REFUSED)
            if labels := frozenset(label for label in refused if label is not None):
                return labels
            break
        message = "TransactWriteItems: cancelled"
        raise NotConfirmedError(message)

    def tries(self) -> Iterator[None]:
        """Give the tries of what must be read anew before it is written again, with pauses between."""
        for pause in self._pauses():
            yield
            self._sleep(pause)

    def _attempt(self, items: Any, token: str) -> list[str]:
        """Try a transaction once; give the reason per item why it was cancelled, none if it was not."""
        with confirming():
            try:
                self._client.transact_write_items(TransactItems=items, ClientRequestToken=token)
            except self._client.exceptions.TransactionCanceledException as error:
                found: list[dict[str, str]] = cast("Any", error.response).get("CancellationReasons", [])
                return [reason.get("Code", "") for reason in found] or ["unknown"]
        return []

    def _write(self, call: Callable[[], Any]) -> Any | None:
        """Do one write of one row; None if its condition did not hold."""
        for pause in self._pauses():
            with confirming():
                try:
                    return call()
                except ClientError as error:
                    match code(error):
                        case "ConditionalCheckFailedException":
                            return None
                        case "TransactionConflictException":
                            self._sleep(pause)
                        case _:
                            raise
        message = "conflict"
        raise NotConfirmedError(message)

    def _pauses(self) -> Iterator[float]:
        for attempt in range(TRIES):
            yield self._chance() * min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)


def _change(table: str, key: Key, change: str, values: Mapping[str, Any], condition: str | None) -> dict[str, Any]:
    return {
        "TableName": table,
        "Key": _stored(key.attributes()),
        "UpdateExpression": change,
        "ExpressionAttributeNames": _names(change, condition or ""),
        "ExpressionAttributeValues": _stored(values),
        **({"ConditionExpression": condition} if condition else {}),
    }


def _condition(condition: str) -> dict[str, Any]:
    return {"ConditionExpression": condition, "ExpressionAttributeNames": _names(condition)}


def _projection(attributes: Iterable[str]) -> dict[str, Any]:
    expression = ", ".join(f"#{name}" for name in attributes)
    return {"ProjectionExpression": expression, "ExpressionAttributeNames": _names(expression)} if expression else {}


def _names(*expressions: str) -> dict[str, str]:
    return {f"#{name}": name for expression in expressions for name in _NAME.findall(expression)}


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _SERIALIZER.serialize(value) for name, value in values.items() if value is not None}


def _loaded(stored: Mapping[str, Any]) -> Item:
    return {name: _plain(_DESERIALIZER.deserialize(value)) for name, value in stored.items()}


def _plain(value: Any) -> Any:
    match value:
        case Binary():
            return bytes(cast("Any", value))
        case Decimal():
            return int(value)
        case list():
            return [_plain(part) for part in cast("list[Any]", value)]
        case dict():
            return {name: _plain(part) for name, part in cast("dict[str, Any]", value).items()}
        case _:
            return value
