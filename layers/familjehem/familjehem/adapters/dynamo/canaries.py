"""The notes that canary letters were opened, in table main."""

from datetime import datetime

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import Database


class DynamoCanaries:
    """Knows when canary letters were opened; plays `Canaries`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def opened_at(self, recipient: str, number: str) -> datetime | None:
        """Give when the canary letter of this number was first opened, read consistently, or None."""
        row = self._database.get(self._table, keys.canary(recipient, number))
        return datetime.fromisoformat(row["opened_at"]) if row else None
