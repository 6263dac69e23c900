"""Faults of our own, planted on purpose: the simulation must find each of them, or it would find none."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from familjehem.adapters import vault
from familjehem.adapters.dynamo import intake, outbox
from familjehem.adapters.dynamo.outbox import DynamoLetterQueue, DynamoOutbox, notice_row
from familjehem.adapters.dynamo.table import Write, delete, put
from familjehem.domain.outbox import NoticeTask, Occasion
from tests.reliability.simulation.stories import Figures, evening, singles

type Bug = Callable[[], Any]


def accept_overwrites() -> Any:
    """The rows of an accept are put whether they are there or not."""

    def put_anyway(table: str, item: Mapping[str, Any], *, label: str | None = None, **_: Any) -> Write:
        parameters = put(table, item, label=label).parameters
        kept = {name: parameters[name] for name in ("TableName", "Item")}
        return Write("Put", kept, label)

    return patch.object(intake, "put", put_anyway)


def mailbox_overwrites() -> Any:
    """A letter is put into the mailbox whether one is there or not."""
    real = vault.S3Vault.__init__

    def made(self: Any, client: Any, bucket: str) -> None:
        real(self, client, bucket)
        self._client = _Anyway(client)

    return patch.object(vault.S3Vault, "__init__", made)


class _Anyway:
    def __init__(self, client: Any) -> None:
        self._client = client

    def put_object(self, *, IfNoneMatch: str, **parameters: Any) -> Any:
        return self._client.put_object(**parameters)


def notice_comes_first() -> Any:
    """The notice is queued before the delivery is committed."""
    real = DynamoLetterQueue.read

    def read(self: Any, task: Any) -> Any:
        queued = real(self, task)
        if queued:
            notice = NoticeTask(task.recipient, task.number, Occasion.NEW)
            self._database.put(self._main, notice_row(notice, queued.queued_at))
        return queued

    return patch.object(DynamoLetterQueue, "read", read)


def old_rows_are_purged() -> Any:
    """Housekeeping removes what has waited for long instead of waking its worker."""

    def purge(self: Any, task: Any, at: Any) -> None:
        self._database.commit([delete(self._main, outbox.keys.task(task))])

    return patch.object(DynamoOutbox, "touch", purge)


def delivered_twice() -> Any:
    """A delivery is marked and counted without asking whether it was already."""
    real = outbox.update

    def changed(*arguments: Any, condition: str | None = None, **parts: Any) -> Write:
        return real(*arguments, condition=None if condition == "#state = :queued" else condition, **parts)

    @contextmanager
    def planted() -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(patch.object(outbox, "update", changed))
            stack.enter_context(patch.object(outbox, "put", partial(_put_anyway, outbox.put)))
            yield

    return planted()


def _put_anyway(real: Callable[..., Write], table: str, item: Mapping[str, Any], **_: Any) -> Write:
    parameters = real(table, item).parameters
    return Write("Put", {name: parameters[name] for name in ("TableName", "Item")})


BUGS: Mapping[str, Bug] = {
    "a put without its condition, at accept": accept_overwrites,
    "a put without its condition, in the mailbox": mailbox_overwrites,
    "the notice before the commit": notice_comes_first,
    "purged before it was delivered": old_rows_are_purged,
    "delivered without asking": delivered_twice,
}


def search(figures: Figures, evenings: int = 500) -> None:
    """Run what finds a planted fault: every single fault of the main way, then evenings. `BrokenPromiseError`."""
    for _ in singles("application", figures):
        pass
    for seed in range(evenings):
        evening(seed, figures)
