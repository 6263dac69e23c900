"""The door of the stream: what is tried, what is reported."""

from collections.abc import Callable
from typing import Any

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import LetterTask, OutboxTask
from familjehem.runtime.streams import stream_handler
from tests.functions.doors import Context


def record(pk: str, number: int, name: str = "INSERT") -> dict[str, Any]:
    return {
        "eventName": name,
        "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": "OUT"}}, "SequenceNumber": str(number)},
    }


def test_every_record_is_tried_and_the_first_that_failed_is_reported(logged: Callable[[], str]) -> None:
    # given
    tried: list[OutboxTask] = []

    def work(task: OutboxTask) -> bool:
        tried.append(task)
        if isinstance(task, LetterTask) and task.number in {"B", "C"}:
            raise NotConfirmedError("Kanariefågel")
        return True

    # when
    records = [record(f"OUT#LETTER#0680#{number}", place) for place, number in enumerate("ABCD")]
    answer = stream_handler(work)({"Records": records}, Context())  # type: ignore[arg-type]
    # then
    assert [task.number for task in tried if isinstance(task, LetterTask)] == ["A", "B", "C", "D"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert "Kanariefågel" not in logged()


def test_a_row_that_was_deleted_wakes_nobody_and_work_done_before_is_a_success() -> None:
    # given
    tried: list[OutboxTask] = []

    def work(task: OutboxTask) -> bool:
        tried.append(task)
        return False

    # when
    records = [record("OUT#LETTER#0680#A", 1, "REMOVE"), record("OUT#CONFIRMATION#A", 2, "MODIFY")]
    answer = stream_handler(work)({"Records": records}, Context())  # type: ignore[arg-type]
    # then
    assert answer == {"batchItemFailures": []}
    assert len(tried) == 1


def test_a_key_that_is_none_of_the_outbox_fails_and_is_seen() -> None:
    # when
    answer = stream_handler(lambda _: True)({"Records": [record("APPLICATION#A", 7)]}, Context())  # type: ignore[arg-type]
    # then
    assert answer == {"batchItemFailures": [{"itemIdentifier": "7"}]}
