"""What a function is given by streams, queues and schedules, and what becomes of what it could not do."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dev import patterns
from dev.cloud import Clients
from dev.pumps import Pumps, StreamPump, reported, schedule_event
from dev.runner import Outcome
from dev.wiring import Schedule
from tests.dev.conftest import Stand


@pytest.fixture(scope="module")
def pumps(stand: Stand) -> Iterator[Pumps]:
    pumps = Pumps(stand.wiring, stand.runner, Clients(stand.emulator.url))
    pumps.start()
    yield pumps
    pumps.stop()


def eventually(found: Callable[[], Any]) -> Any:
    until = time.monotonic() + 30
    while not (value := found()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return value


def put(stand: Stand, *words: str) -> None:
    for word in words:
        stand.client("dynamodb").put_item(
            TableName=stand.physical["Data/Table"].ref,
            Item={"pk": {"S": word}, "sk": {"S": "x"}, "blob": {"B": b"sealed"}},
        )


def done(stand: Stand, word: str) -> dict[str, Any] | None:
    rows = stand.client("dynamodb").query(
        TableName=stand.physical["Data/Table"].ref,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": f"DONE#{word}"}},
    )["Items"]
    return json.loads(rows[0]["event"]["S"]) if rows else None


def messages(stand: Stand, queue: str) -> list[str]:
    found = stand.client("sqs").receive_message(
        QueueUrl=stand.physical[queue].ref, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [message["Body"] for message in found.get("Messages", [])]


def test_a_row_wakes_its_function_with_keys_only(stand: Stand, pumps: Pumps) -> None:
    put(stand, "OUT#first", "ELSE#second")
    event = eventually(lambda: done(stand, "OUT#first"))
    assert event["eventSource"] == "aws:dynamodb"
    assert event["eventName"] == "INSERT"
    assert event["eventSourceARN"] == stand.physical["Data/Table"].attributes["StreamArn"]
    assert isinstance(event["dynamodb"]["ApproximateCreationDateTime"], float)
    assert event["dynamodb"]["Keys"] == {"pk": {"S": "OUT#first"}, "sk": {"S": "x"}}
    assert event["dynamodb"]["StreamViewType"] == "KEYS_ONLY"
    assert "NewImage" not in event["dynamodb"]
    assert done(stand, "ELSE#second") is None


def test_what_fails_again_and_again_is_noted_without_content_and_the_rest_goes_on(stand: Stand, pumps: Pumps) -> None:
    put(stand, "OUT#poison", "OUT#explode", "OUT#after")
    eventually(lambda: done(stand, "OUT#after"))
    found = eventually(lambda: (notes := messages(stand, "Data/Failures"))[1:] and notes)
    note = json.loads(found[0])
    assert note["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert note["requestContext"]["approximateInvokeCount"] == 2
    assert note["DDBStreamBatchInfo"]["batchSize"] == 1
    assert note["DDBStreamBatchInfo"]["streamArn"] == stand.physical["Data/Table"].attributes["StreamArn"]
    assert "OUT#" not in "".join(found)


def test_a_queue_gives_genuine_records_and_keeps_what_failed_until_it_is_dead(stand: Stand, pumps: Pumps) -> None:
    for word in ("one", "poison-message", "two"):
        stand.client("sqs").send_message(
            QueueUrl=stand.physical["Data/Work"].ref,
            MessageBody=word,
            MessageAttributes={"kind": {"DataType": "String", "StringValue": "prov"}},
        )
    event = eventually(lambda: done(stand, "one"))
    eventually(lambda: done(stand, "two"))
    assert event["eventSource"] == "aws:sqs"
    assert event["eventSourceARN"] == stand.physical["Data/Work"].attributes["Arn"]
    assert event["messageAttributes"]["kind"]["stringValue"] == "prov"
    assert set(event) >= {"messageId", "receiptHandle", "body", "attributes", "md5OfBody", "awsRegion"}
    assert eventually(lambda: messages(stand, "Data/WorkDead")) == ["poison-message"]
    assert done(stand, "poison-message") is None


def test_a_schedule_fires_at_once_and_by_hand(stand: Stand, pumps: Pumps) -> None:
    (state,) = pumps.schedules.values()
    eventually(lambda: state.runs)
    outcome = pumps.run(state.schedule.name)
    assert outcome.result["event"]["detail-type"] == "Scheduled Event"


def test_after_a_restart_what_still_waits_is_told_again(stand: Stand, pumps: Pumps) -> None:
    put(stand, "OUT#waits")
    eventually(lambda: done(stand, "OUT#waits"))
    again = Pumps(stand.wiring, stand.runner, Clients(stand.emulator.url))
    (stream,) = again.streams
    again.start()
    try:
        eventually(lambda: stream.counts.replayed)
    finally:
        again.stop()


def test_a_schedules_own_input_is_the_event() -> None:
    planned = Schedule(
        "s", "arn:s", "rate(1 minute)", "UTC", "F", '{"at": "<aws.scheduler.scheduled-time>"}', True, False
    )
    due = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
    assert schedule_event(planned, due) == {"at": "2026-11-22T07:30:00Z"}
    envelope = schedule_event(replace(planned, input=None), due)
    assert (envelope["source"], envelope["time"], envelope["resources"]) == (
        "aws.scheduler",
        "2026-11-22T07:30:00Z",
        ["arn:s"],
    )


@pytest.mark.parametrize(
    ("result", "failures"),
    [
        (None, []),
        ({}, []),
        ({"batchItemFailures": None}, []),
        ({"batchItemFailures": [{"itemIdentifier": "a"}]}, ["a"]),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, None),
        ({"batchItemFailures": [{"other": "a"}]}, None),
        ("text", None),
    ],
)
def test_reports_of_failures_are_read_as_aws_reads_them(result: Any, failures: list[str] | None) -> None:
    assert reported(result) == failures


class Scripted:
    """A runner whose function does what `script` says with a batch of numbers."""

    def __init__(self, script: Callable[[list[int]], Any]) -> None:
        self.script = script
        self.batches: list[list[int]] = []

    def most(self, _function: str) -> int:
        return 1

    def invoke(self, _function: str, event: Mapping[str, Any]) -> Outcome:
        numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in event["Records"]]
        self.batches.append(numbers)
        try:
            return Outcome("id", self.script(numbers), None, 0.0)
        except ValueError as error:
            return Outcome("id", None, {"errorType": str(error)}, 0.0)


@pytest.fixture
def given_up(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    found: list[list[int]] = []

    def note(_self: StreamPump, piece: Any, _outcome: Any, _condition: str) -> None:
        found.append([int(record["dynamodb"]["SequenceNumber"]) for record in piece.records])

    monkeypatch.setattr(StreamPump, "_give_up", note)
    monkeypatch.setattr("dev.pumps._LONGEST_PAUSE", 0.001)
    return found


def process(stand: Stand, script: Callable[[list[int]], Any], count: int = 4) -> list[list[int]]:
    source = next(source for source in stand.wiring.sources if source.is_stream)
    runner = Scripted(script)
    pump = StreamPump(source, stand.wiring.functions["Collect"], runner, None, threading.Event())  # type: ignore[arg-type]
    now = time.time()
    pump.process([{"dynamodb": {"SequenceNumber": str(n), "ApproximateCreationDateTime": now}} for n in range(count)])
    return runner.batches


def failing(*numbers: int) -> Callable[[list[int]], Any]:
    return lambda batch: {"batchItemFailures": [{"itemIdentifier": str(n)} for n in batch if n in numbers]}


def raising(*numbers: int) -> Callable[[list[int]], Any]:
    def script(batch: list[int]) -> Any:
        if set(batch) & set(numbers):
            raise ValueError("bang")
        return {"batchItemFailures": []}

    return script


def test_a_batch_without_failures_is_given_once(stand: Stand, given_up: list[list[int]]) -> None:
    assert process(stand, failing()) == [[0, 1, 2, 3]]
    assert given_up == []


def test_a_reported_failure_is_tried_again_from_there_and_then_given_up_alone(
    stand: Stand, given_up: list[list[int]]
) -> None:
    batches = process(stand, failing(2))
    assert batches[:2] == [[0, 1, 2, 3], [2, 3]]
    assert given_up == [[2]]
    assert batches[-1] == [3]


def test_a_raising_batch_is_halved_until_the_one_at_fault_is_alone(stand: Stand, given_up: list[list[int]]) -> None:
    batches = process(stand, raising(3))
    assert given_up == [[3]]
    assert [0, 1] in batches
    assert [2] in batches


@pytest.mark.parametrize(
    ("pattern", "record", "fits"),
    [
        ({"a": ["x"]}, {"a": "x"}, True),
        ({"a": ["x"]}, {"a": "y"}, False),
        ({"a": ["x"]}, {}, False),
        ({"a": {"b": [{"prefix": "OUT#"}]}}, {"a": {"b": "OUT#1"}}, True),
        ({"a": {"b": [{"prefix": "OUT#"}]}}, {"a": {"b": "IN#1"}}, False),
        ({"a": [{"exists": False}]}, {}, True),
        ({"a": [{"exists": True}]}, {}, False),
        ({"a": [{"anything-but": ["x"]}]}, {"a": "y"}, True),
        ({"a": [{"anything-but": ["x"]}]}, {"a": "x"}, False),
        ({"a": [{"numeric": [">", 1, "<=", 3]}]}, {"a": 3}, True),
        ({"a": [{"numeric": [">", 1, "<=", 3]}]}, {"a": 4}, False),
        ({"body": {"kind": ["x"]}}, {"body": '{"kind": "x"}'}, True),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": "y"}, True),
    ],
)
def test_filters_let_through_what_aws_lets_through(
    pattern: Mapping[str, Any], record: Mapping[str, Any], fits: bool
) -> None:
    assert patterns.passes(record, (pattern,)) is fits


def test_without_filters_everything_passes() -> None:
    assert all(patterns.passes(record, ()) for record in ({}, {"a": 1}))
