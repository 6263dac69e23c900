"""The outbox as the notification function sees it, where SKR is to be told what ails recipients."""

from collections.abc import Sequence

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import Database, delete
from familjehem.domain.outbox import HealthTask


class DynamoHealthQueue:
    """Knows what SKR is to be told; plays `HealthQueue`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def ailing(self, task: HealthTask) -> Sequence[str] | None:
        """Give, read consistently, the lines to be told; None where there is nothing more to do."""
        row = self._database.get(self._table, keys.task(task))
        return tuple(row["lines"]) if row else None

    def told(self, task: HealthTask) -> None:
        """Delete the row; repeats do nothing. `NotConfirmedError`."""
        self._database.commit([delete(self._table, keys.task(task))])
