"""The outbox as the delivery function sees it, where the news waits that a family was called."""

from collections.abc import Sequence

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import EXISTING, Database, Write, delete, update
from familjehem.domain.outbox import CalledTask

type Place = tuple[str, str]
"""Recipient and number of a delivery."""


class DynamoCalledQueue:
    """Knows which the others are, and writes nothing at them but that one has called; plays `CalledQueue`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def read(self, task: CalledTask) -> Sequence[Place] | None:
        """Give the other deliveries of the family, none without its consent; None where the task is gone."""
        if self._database.get(self._table, keys.task(task), ("pk",)) is None:
            return None
        row = self._database.get(self._table, keys.others(task.recipient, task.number))
        return [(one["recipient"], one["number"]) for one in row["deliveries"]] if row else []

    def told(self, task: CalledTask, others: Sequence[Place]) -> None:
        """Note at the others that one has called, and delete the task, in one commit; repeats do nothing.

        What is gone stays gone: a consent may have been taken back, or a letter erased. `NotConfirmedError`.
        """
        notes = {"#".join(place): place for place in others}
        while refused := self._database.commit(
            [delete(self._table, keys.task(task)), *(self._note(*place, label) for label, place in notes.items())]
        ):
            notes = {label: place for label, place in notes.items() if label not in refused}

    def _note(self, recipient: str, number: str, label: str) -> Write:
        share, called = keys.share(recipient, number), {":called": True}
        return update(self._table, share, "SET #called = :called", called, condition=EXISTING, label=label)
