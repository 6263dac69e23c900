"""What is overdue, in table main, as housekeeping may know it; and what has been told of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.outbox import access_row, reminder_row
from familjehem.adapters.dynamo.table import NEW, Database, put
from familjehem.domain.outbox import AccessTask, ReminderTask, Stage
from familjehem.domain.reminder import Overdue, Told

_TOLD = "told"


class DynamoReminders:
    """Looks at the index of what waits, and at nothing else of a delivery; plays `Reminders`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def told(self) -> Mapping[str, Told]:
        """Give, read consistently, by recipient what has been told; one of which nothing was told is left out."""
        rows = self._database.query(self._table, "#pk = :reminded", {":reminded": keys.REMINDED})
        return {row["sk"]: {stage: datetime.fromisoformat(row[stage]) for stage in Stage} for row in rows}

    def overdue(self, recipient: str, since: datetime | None, before: datetime) -> Overdue:
        """Look among the families that came from `since` on, before `before`, and wait; a moment behind."""
        values = {
            ":waiting": keys.waiting(recipient),
            ":since": keys.moment(since) if since else "0",
            # Places are moments with a number after them, so this one is before the first of its moment.
            ":before": keys.moment(before),
            ":recipient": recipient,
        }
        condition = "#waiting_pk = :waiting AND #inbox_sk BETWEEN :since AND :before"
        rows = self._database.query(
            self._table,
            condition,
            values,
            index=keys.WAITING_INDEX,
            # The places in the indexes are the tenants' to write; whose the delivery is, is not.
            criterion="#recipient = :recipient",
            projection=("readers",),
        )
        found: list[frozenset[str]] = [frozenset(row.get("readers", ())) for row in rows]
        return Overdue(any(not one for one in found), frozenset[str]().union(*found))

    def tell(
        self, recipient: str, before: Told | None, after: Told, tasks: Iterable[ReminderTask | AccessTask], at: datetime
    ) -> bool:
        """Commit that this has been told, with the tasks of telling it; one that waits already is not put again.

        False, and nothing is done, where what was told is no longer as it was read. `NotConfirmedError`.
        """
        row = {**keys.reminded(recipient).attributes(), **_stored(after)}
        as_read = " AND ".join(f"#{stage} = :{stage}" for stage in Stage) if before else NEW
        values = {f":{name}": moment for name, moment in _stored(before).items()} if before else None
        told = put(self._table, row, condition=as_read, values=values, label=_TOLD)
        waits = {keys.task(task).pk: _row(task, at) for task in tasks}
        while refused := self._database.commit(
            [told, *(put(self._table, task, label=name) for name, task in waits.items())]
        ):
            if _TOLD in refused:
                return False
            # Its mail has not been sent yet, and will tell of these too.
            waits = {name: task for name, task in waits.items() if name not in refused}
        return True


def _row(task: ReminderTask | AccessTask, at: datetime) -> dict[str, Any]:
    return access_row(task, at) if isinstance(task, AccessTask) else reminder_row(task, at)


def _stored(told: Told) -> dict[str, str]:
    return {stage.value: keys.moment(told[stage]) for stage in Stage}
