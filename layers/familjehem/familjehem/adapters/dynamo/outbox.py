"""The outbox in table main: what waits there for `delivery`, for `notification` and for `housekeeping`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.delivery_rows import received_supplement, unsearched_row
from familjehem.adapters.dynamo.table import EXISTING, Database, delete, put, update
from familjehem.domain.delivery import DeliveryState, ReceivedSupplement
from familjehem.domain.outbox import (
    AccessTask,
    ActivationTask,
    CalledTask,
    ConfirmationTask,
    ErasureTask,
    ExpiryTask,
    HealthTask,
    LetterTask,
    NoticeTask,
    Occasion,
    OutboxTask,
    QueuedConfirmation,
    QueuedLetter,
    QueuedSupplement,
    RecipientTask,
    ReminderTask,
    ReportTask,
    SupplementTask,
    Waiting,
)
from familjehem.domain.purpose import LETTER_VERSION

_DELIVERY = "delivery"
_WAITS = "waits"


def letter_row(queued: QueuedLetter) -> dict[str, Any]:
    """Give the outbox row of a sealed letter."""
    canary = {"canary": True} if queued.canary else {}
    return {**_row(queued.task, queued.queued_at), "letter": queued.letter, "card": queued.card, **canary}


def waiting_supplement_row(queued: QueuedSupplement) -> dict[str, Any]:
    """Give the outbox row of a sealed supplement."""
    return {**_row(queued.task, queued.queued_at), "supplement": queued.supplement, "card": queued.card}


def notice_row(task: NoticeTask, at: datetime) -> dict[str, Any]:
    """Give the outbox row of a notice."""
    return _row(task, at)


def confirmation_row(queued: QueuedConfirmation) -> dict[str, Any]:
    """Give the outbox row of a confirmation; its wrap lies in table wraps."""
    return {**_row(queued.task, queued.queued_at), "address": queued.address}


def access_row(task: AccessTask, at: datetime) -> dict[str, Any]:
    """Give the outbox row of a mail to one of a recipient's people; it holds no address."""
    return _row(task, at)


def expiry_row(task: ExpiryTask, at: datetime) -> dict[str, Any]:
    """Give the outbox row of a mail that letters will soon be erased; it names none."""
    return _row(task, at)


def reminder_row(task: ReminderTask, at: datetime) -> dict[str, Any]:
    """Give the outbox row of a reminder; it names no letter."""
    return _row(task, at)


def health_row(task: HealthTask, lines: Sequence[str], at: datetime) -> dict[str, Any]:
    """Give the outbox row of a mail to SKR: names of recipients and what ails them, no person and no letter."""
    return {**_row(task, at), "lines": list(lines)}


def erasure_row(task: ErasureTask, at: datetime) -> dict[str, Any]:
    """Give the outbox row of an erasure that was decided."""
    return _row(task, at)


def called_row(task: CalledTask, at: datetime) -> dict[str, Any]:
    """Give the outbox row of the news that a family was called."""
    return _row(task, at)


def activation_task_row(task: ActivationTask, at: datetime) -> dict[str, Any]:
    """Give the outbox row of a link or a code to be sent; it holds neither, and no address."""
    return _row(task, at)


def _row(task: OutboxTask, queued_at: datetime) -> dict[str, Any]:
    key = keys.task(task)
    return {
        **key.attributes(),
        "outbox_pk": keys.OUTBOX,
        "outbox_sk": keys.outbox_sort(key, queued_at),
        "queued_at": keys.moment(queued_at),
        "touches": 0,
    }


def _queued_at(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["queued_at"])


class DynamoLetterQueue:
    """The outbox as the delivery function sees it; plays `LetterQueue`."""

    def __init__(self, database: Database, main: str, tally: str) -> None:
        self._database = database
        self._main = main
        self._tally = tally

    def read(self, task: LetterTask) -> QueuedLetter | None:
        """Give the waiting letter, read consistently, or None when there is nothing more to do."""
        row = self._database.get(self._main, keys.task(task))
        if row is None:
            return None
        return QueuedLetter(task, row["letter"], row["card"], _queued_at(row), row.get("canary", False))

    def delivered(self, queued: QueuedLetter, at: datetime) -> bool:
        """Commit queued → delivered, the notice's row in place of the letter's, the delivery counted.

        A canary letter is counted nowhere, and nobody waits to be called. False when somebody else was faster or the
        delivery was withdrawn. `NotConfirmedError`.
        """
        recipient, number = queued.task.recipient, queued.task.number
        counted = update(self._tally, keys.deliveries(recipient, at, number), "ADD #count :one", {":one": 1})
        waiting = {} if queued.canary else {":waiting_pk": keys.waiting(recipient)}
        refused = self._database.commit(
            [
                update(
                    self._main,
                    keys.delivery(recipient, number),
                    "SET #state = :delivered, #received_at = :at, #inbox_pk = :inbox_pk, "
                    + ("#waiting_pk = :waiting_pk, " if waiting else "")
                    + "#inbox_sk = :inbox_sk",
                    {
                        ":queued": DeliveryState.QUEUED.value,
                        ":delivered": DeliveryState.DELIVERED.value,
                        ":at": keys.moment(at),
                        ":inbox_pk": keys.inbox(recipient),
                        **waiting,
                        ":inbox_sk": keys.inbox_sort(at, number),
                    },
                    condition="#state = :queued",
                    label=_DELIVERY,
                ),
                delete(self._main, keys.task(queued.task)),
                put(self._main, notice_row(NoticeTask(recipient, number, Occasion.NEW), at)),
                put(self._main, unsearched_row(recipient, number, at, LETTER_VERSION), condition=None),
                *([] if queued.canary else [counted]),
            ]
        )
        return not refused


class DynamoSupplementQueue:
    """The outbox as the delivery function sees it, where a supplement waits; plays `SupplementQueue`."""

    def __init__(self, database: Database, main: str) -> None:
        self._database = database
        self._main = main

    def read(self, task: SupplementTask) -> QueuedSupplement | None:
        """Give the waiting supplement, read consistently, or None when there is nothing more to do."""
        row = self._database.get(self._main, keys.task(task))
        return QueuedSupplement(task, row["supplement"], row["card"], _queued_at(row)) if row else None

    def delivered(self, queued: QueuedSupplement, at: datetime) -> bool:
        """Commit that it has come, with the notice's row in the supplement's place.

        False when somebody else was faster or the delivery was withdrawn. `NotConfirmedError`.
        """
        recipient, number, version = queued.task.recipient, queued.task.number, queued.task.version
        refused = self._database.commit(
            [
                delete(self._main, keys.task(queued.task), condition=EXISTING, label=_WAITS),
                update(
                    self._main,
                    keys.delivery(recipient, number),
                    "SET #received_supplements = list_append(if_not_exists(#received_supplements, :none), :come)",
                    {":none": [], ":come": [received_supplement(ReceivedSupplement(version, at))]},
                    condition=EXISTING,
                    label=_DELIVERY,
                ),
                put(self._main, notice_row(NoticeTask(recipient, number, Occasion.SUPPLEMENTED, version), at)),
                put(self._main, unsearched_row(recipient, number, at, version), condition=None),
            ]
        )
        return not refused


class DynamoNoticeQueue:
    """The outbox as the notification function sees it; plays `NoticeQueue`."""

    def __init__(self, database: Database, main: str, wraps: str) -> None:
        self._database = database
        self._main = main
        self._wraps = wraps

    def waits(self, task: RecipientTask) -> bool:
        """Tell, read consistently, whether the mail is still to be sent."""
        return self._database.get(self._main, keys.task(task), ("pk",)) is not None

    def sent(self, task: RecipientTask, at: datetime) -> None:
        """Delete the row, and record the time at the delivery of a notice; repeats do nothing. `NotConfirmedError`."""
        if not isinstance(task, NoticeTask):
            self._database.commit([delete(self._main, keys.task(task))])
            return
        row = delete(self._main, keys.task(task), condition=EXISTING, label=_WAITS)
        noted = update(
            self._main,
            keys.delivery(task.recipient, task.number),
            f"SET #notified_{task.occasion.value}_at = :at",
            {":at": keys.moment(at)},
            condition=EXISTING,
            label=_DELIVERY,
        )
        # A delivery that was erased meanwhile takes no note, and must not be made anew by one.
        if _DELIVERY in self._database.commit([row, noted]):
            self._database.commit([row])

    def confirmation(self, task: ConfirmationTask) -> QueuedConfirmation | None:
        """Give the waiting confirmation, read consistently, or None; its wrap is empty where that is gone."""
        row = self._database.get(self._main, keys.task(task))
        if row is None:
            return None
        wrap = self._database.get(self._wraps, keys.contact(task.reference))
        return QueuedConfirmation(task, row["address"], wrap["wrap"] if wrap else b"", _queued_at(row))

    def confirmation_sent(self, task: ConfirmationTask) -> None:
        """Erase the address: the row and its wrap in one commit; repeats do nothing. `NotConfirmedError`."""
        self._database.commit([delete(self._main, keys.task(task)), delete(self._wraps, keys.contact(task.reference))])


class DynamoAnnouncements:
    """The outbox as the statistics function sees it: it adds mails about reports; plays `Announcements`."""

    def __init__(self, database: Database, main: str) -> None:
        self._database = database
        self._main = main

    def announce(self, task: ReportTask, at: datetime) -> None:
        """Have a recipient told of its report, unless that waits already. `NotConfirmedError`."""
        self._database.commit([put(self._main, _row(task, at), label=_WAITS)])


class DynamoOutbox:
    """The outbox as housekeeping sees it: keys and times, never what waits; plays `Outbox`."""

    def __init__(self, database: Database, main: str) -> None:
        self._database = database
        self._main = main

    def waiting(self) -> Iterable[Waiting]:
        """Give every row, the oldest first, as the index knows them: a moment behind."""
        found = self._database.query(self._main, "#outbox_pk = :out", {":out": keys.OUTBOX}, index=keys.OUTBOX_INDEX)
        return (Waiting(keys.task_of(row["pk"]), _queued_at(row), row["touches"]) for row in found)

    def tell_again(self, task: NoticeTask, at: datetime) -> None:
        """Have a recipient told of a letter, unless that waits already. `NotConfirmedError`."""
        self._database.commit([put(self._main, notice_row(task, at), label=_WAITS)])

    def touch(self, task: OutboxTask, at: datetime) -> None:
        """Wake the worker again; a row that is gone meanwhile stays gone."""
        self._database.update(
            self._main,
            keys.task(task),
            "SET #touched_at = :at ADD #touches :one",
            {":at": keys.moment(at), ":one": 1},
            EXISTING,
        )
