"""The outbox as the notification function sees it, where a mail to one of a recipient's people waits."""

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.staff_rows import read_member
from familjehem.adapters.dynamo.table import Database, delete
from familjehem.domain.outbox import AccessTask
from familjehem.domain.roster import Member


class DynamoAccessQueue:
    """Knows whom a mail goes to, by her access, where her address stands; plays `AccessQueue`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def whom(self, task: AccessTask) -> Member | None:
        """Give, read consistently, whom the task is about; None where the task or her access is gone."""
        if self._database.get(self._table, keys.task(task), ("pk",)) is None:
            return None
        row = self._database.get(self._table, keys.staff_member(task.recipient, task.person))
        return read_member(row) if row else None

    def told(self, task: AccessTask) -> None:
        """Delete the row; repeats do nothing. `NotConfirmedError`."""
        self._database.commit([delete(self._table, keys.task(task))])
