"""The tallies as the statistics read them: sums over the shards, of what was counted in a month."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.keys import Key
from familjehem.adapters.dynamo.table import MOST_WRITES, Database, delete
from familjehem.domain.tally import Level, Scope


class DynamoTallies:
    """Reads counters; plays `Tallies`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def families(self, scopes: Iterable[Scope], month: str) -> Mapping[Scope, Mapping[str, int]]:
        """Give each scope's counters of a month, read consistently; a scope without any is left out."""
        return self._summed(tuple(scopes), month, keys.FAMILIES)

    def deliveries(self, recipients: Iterable[str], month: str) -> Mapping[str, int]:
        """Give how many applications came to each recipient in a month; one without any is left out."""
        scopes = tuple(Scope(Level.RECIPIENT, one) for one in recipients)
        return {one.identifier: sums["count"] for one, sums in self._summed(scopes, month, keys.DELIVERIES).items()}

    def handlings(self, recipients: Iterable[str], month: str) -> Mapping[str, Mapping[str, int]]:
        """Give what was done at each recipient in a month, by counters; one without any is left out."""
        scopes = tuple(Scope(Level.RECIPIENT, one) for one in recipients)
        return {one.identifier: sums for one, sums in self._summed(scopes, month, keys.HANDLINGS).items()}

    def forget(self, scopes: Iterable[Scope], month: str) -> int:
        """Delete what was counted of these scopes in a month; give how many rows there were. `NotConfirmedError`."""
        wanted = [
            Key(partition, kind)
            for scope in scopes
            for partition in keys.tallies(scope.level, scope.identifier, month)
            for kind in keys.TALLIES
        ]
        found = sorted(self._database.get_many(self._table, wanted, ("pk", "sk")))
        for start in range(0, len(found), MOST_WRITES):
            self._database.commit([delete(self._table, one) for one in found[start : start + MOST_WRITES]])
        return len(found)

    def _summed(self, scopes: Sequence[Scope], month: str, kind: str) -> dict[Scope, Counter[str]]:
        owners = {
            Key(partition, kind): scope
            for scope in scopes
            for partition in keys.tallies(scope.level, scope.identifier, month)
        }
        found: dict[Scope, Counter[str]] = {}
        for key, row in self._database.get_many(self._table, owners).items():
            counters = {name: number for name, number in row.items() if name not in key.attributes()}
            found.setdefault(owners[key], Counter()).update(counters)
        return found
