"""The local emulator with indexes that are walked from their end, as DynamoDB walks them.

Ministack sorts a whole partition of an index at every query and judges each of its rows, so that a page of 25 takes as
long as there are rows. Here it is shown only those rows of the partition at which DynamoDB would look.

python -m tests.performance.indexed     as `python -m dev.emulator`
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import dynamodb

from dev import emulator

type Partition = Mapping[tuple[str, str], None]


class _Partitions:
    """The partitions of one index, each cut to its first rows in the order that is asked for."""

    def __init__(self, table: Mapping[str, Any], of: Mapping[str, Partition], orders: "_Orders") -> None:
        self._table, self._of, self._orders = table, of, orders

    def get(self, partition: str, default: Any = ()) -> Any:
        """Give the keys of the rows at which a query looks."""
        rows = self._of.get(partition)
        return self._orders.first(self._table, partition, rows) if rows else default


class _Orders:
    """How the rows of each partition stand in the index; sorted anew when the partition has changed."""

    def __init__(self) -> None:
        self.asked: tuple[str, int, bool] | None = None
        self._kept: dict[tuple[str, str, str], tuple[Any, list[tuple[str, str]]]] = {}

    def first(self, table: Mapping[str, Any], partition: str, rows: Partition) -> list[tuple[str, str]]:
        """Give the first keys of a partition, one more than the query's limit."""
        assert self.asked is not None
        index, count, forward = self.asked
        changed = len(rows), next(reversed(rows))  # type: ignore[call-overload]
        place = (table["TableName"], index, partition)
        found = self._kept.get(place)
        if found is None or found[0] != changed:
            (attribute,) = _sorted_by(table, index)
            items = table["items"]
            order = sorted(rows, key=lambda key: (items[key[0]][key[1]][attribute]["S"], *key))
            found = self._kept[place] = (changed, order)
        order = found[1]
        return order[:count] if forward else order[: -count - 1 : -1]


def _sorted_by(table: Mapping[str, Any], index: str) -> list[str]:
    (described,) = (one for one in table["GlobalSecondaryIndexes"] if one["IndexName"] == index)
    return [one["AttributeName"] for one in described["KeySchema"] if one["KeyType"] == "RANGE"]


def install() -> None:
    """Let queries of an index that name its partition and a limit, and nothing else, look at so many rows."""
    orders = _Orders()
    query, members = dynamodb._query, dynamodb._index_members

    def walked(data: dict[str, Any]) -> Any:
        plain = "IndexName" in data and "Limit" in data and "ExclusiveStartKey" not in data
        if plain and " AND " not in data.get("KeyConditionExpression", " AND "):
            orders.asked = (data["IndexName"], int(data["Limit"]) + 1, data.get("ScanIndexForward", True))
        try:
            return query(data)
        finally:
            orders.asked = None

    def shown(table: Mapping[str, Any]) -> Any:
        found = members(table)
        if orders.asked is None or orders.asked[0] not in found:
            return found
        return {**found, orders.asked[0]: _Partitions(table, found[orders.asked[0]], orders)}

    dynamodb._query, dynamodb._index_members = walked, shown


if __name__ == "__main__":
    install()
    emulator.main()
