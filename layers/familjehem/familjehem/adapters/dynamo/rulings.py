"""What SKR has decided about versions of the question set, in table main: one row each, the latest ruling counts."""

from collections.abc import Mapping
from datetime import datetime

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import Database


class DynamoRulings:
    """Keeps rulings; plays `Rulings`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def all(self) -> Mapping[str, bool]:
        """Give each version that was ruled on: True for published, False for withdrawn."""
        found = self._database.query(self._table, "#pk = :rulings", {":rulings": keys.RULINGS})
        return {row["sk"]: row["published"] for row in found}

    def rule(self, version: str, at: datetime, *, published: bool) -> None:
        """Record a ruling; the latest counts. `NotConfirmedError`."""
        self._database.update(
            self._table,
            keys.ruling(version),
            "SET #published = :published, #ruled_at = :at",
            {":published": published, ":at": keys.moment(at)},
        )
