"""What AWS does between a stream, a queue or a clock and a function: genuine events, retries, dead letters.

Streams: filter, batches, lanes by partition key, partial failures, bisection, bounded retries, and at last a note of
metadata in the on-failure queue. Queues: partial failures, redelivery by visibility, redrive by the queue itself.
Schedules: the events of EventBridge. A pump survives whatever happens to the emulator or a function.
"""

import json
import logging
import queue
import threading
import time
import uuid
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev import patterns, schedule
from dev.cloud import Clients
from dev.runner import Outcome, Runner
from dev.template import ACCOUNT, REGION
from dev.wiring import Function, Schedule, Source, Wiring

_IDLE = 0.1
_BUSY = 0.005
_END = 2.0
_LONGEST_PAUSE = 8.0
_log = logging.getLogger("pumps")


@dataclass(slots=True)
class Counts:
    """What a pump did since it started."""

    records: int = 0
    filtered: int = 0
    batches: int = 0
    failures: int = 0
    given_up: int = 0
    replayed: int = 0
    last_error: str | None = None


class Pumps:
    """All pumps of a wiring."""

    def __init__(self, wiring: Wiring, runner: Runner, clients: Clients) -> None:
        """Describe the pumps; nothing runs before `start`."""
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._runner = runner
        self._wiring = wiring
        self.streams = [
            StreamPump(source, wiring.functions[source.function], runner, clients, self._stopped)
            for source in wiring.sources
            if source.is_stream
        ]
        self.queues = [
            QueuePump(source, wiring.functions[source.function], runner, clients, self._stopped)
            for source in wiring.sources
            if not source.is_stream
        ]
        self.schedules = {each.name: ScheduleState(each) for each in wiring.schedules}

    def start(self) -> None:
        """Start them all. Streams are read from the beginning that the emulator still knows.

        Every schedule by rate fires at once: after a restart the stream has forgotten its records, and housekeeping
        is what wakes the workers again.
        """
        for pump in (*self.streams, *self.queues):
            self._threads += pump.start()
        clock = threading.Thread(target=self._keep_time, name="schedules", daemon=True)
        clock.start()
        self._threads.append(clock)

    def stop(self) -> None:
        """Stop them all; an event that a function works on gets two seconds to come to its end."""
        self._stopped.set()
        until = time.monotonic() + _END
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def run(self, name: str) -> Outcome:
        """Fire a schedule now; `KeyError` for one that there is not."""
        state = self.schedules[name]
        return self._fire(state, datetime.now(UTC))

    def _keep_time(self) -> None:
        now = datetime.now(UTC)
        for state in self.schedules.values():
            is_rate = state.schedule.expression.startswith("rate(")
            state.next = now if is_rate else schedule.next_time(state.schedule.expression, now, state.schedule.zone)
        while not self._stopped.wait(0.2):
            now = datetime.now(UTC)
            for state in self.schedules.values():
                if not state.schedule.enabled or state.next is None or state.next > now:
                    continue
                due, state.next = state.next, schedule.next_time(state.schedule.expression, now, state.schedule.zone)
                threading.Thread(target=self._fire, args=(state, due), daemon=True).start()

    def _fire(self, state: "ScheduleState", due: datetime) -> Outcome:
        outcome = self._runner.invoke(state.schedule.function, schedule_event(state.schedule, due))
        state.runs += 1
        state.last = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(outcome.seconds, 3),
            "result": outcome.result,
            "error": outcome.error,
        }
        return outcome


@dataclass(slots=True)
class ScheduleState:
    """A schedule and how it fares."""

    schedule: Schedule
    next: datetime | None = None
    runs: int = 0
    last: Mapping[str, Any] | None = None


def schedule_event(planned: Schedule, due: datetime) -> Any:
    """Give the event of a schedule: its own input with the context attributes put in, or EventBridge's envelope."""
    moment = due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    execution = str(uuid.uuid4())
    if planned.input is not None:
        text = planned.input
        for name, value in {
            "<aws.scheduler.scheduled-time>": moment,
            "<aws.scheduler.schedule-arn>": planned.arn,
            "<aws.scheduler.execution-id>": execution,
            "<aws.scheduler.attempt-number>": "1",
        }.items():
            text = text.replace(name, value)
        return json.loads(text)
    return {
        "version": "0",
        "id": execution,
        "detail-type": "Scheduled Event",
        "source": "aws.events" if planned.is_rule else "aws.scheduler",
        "account": ACCOUNT,
        "time": moment,
        "region": REGION,
        "resources": [planned.arn],
        "detail": {} if planned.is_rule else "{}",
    }


class StreamPump:
    """Reads one table's stream for one function."""

    def __init__(
        self, source: Source, function: Function, runner: Runner, clients: Clients, stopped: threading.Event
    ) -> None:
        """Describe the pump; it runs `lanes` lanes, no more than the function has workers."""
        self.source = source
        self.function = function
        self.counts = Counts()
        self._runner = runner
        self._clients = clients
        self._stopped = stopped
        count = max(1, min(source.lanes, runner.most(function.id)))
        self._lanes: list[queue.Queue[Mapping[str, Any]]] = [queue.Queue(1000) for _ in range(count)]

    def start(self) -> list[threading.Thread]:
        """Start the reader and the lanes."""
        jobs: list[Callable[[], None]] = [self._read, *[_bind(self._work, lane) for lane in self._lanes]]
        threads = [threading.Thread(target=job, name=f"stream-{self.source.id}", daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        return threads

    def _replay(self) -> None:
        """Give the records that the stream would still hold, had the emulator not forgotten them at its restart.

        AWS keeps them for a day. Here every row that the filters let through is told once more, as inserted.
        """
        dynamodb = self._clients("dynamodb")
        name = self.source.arn.partition(":table/")[2].partition("/")[0]
        names = [key["AttributeName"] for key in dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]]
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=name,
            ProjectionExpression=", ".join(f"#k{place}" for place in range(len(names))),
            ExpressionAttributeNames={f"#k{place}": key for place, key in enumerate(names)},
        )
        for page in pages:
            for keys in page["Items"]:
                event = replayed_record(keys, self.source.arn, self.counts.replayed)
                if self.source.filters and patterns.passes(event, self.source.filters):
                    self.counts.replayed += 1
                    self._put(event)

    def _read(self) -> None:
        if self.source.starting == "TRIM_HORIZON":
            try:
                self._replay()
            except (ClientError, BotoCoreError) as error:
                self.counts.last_error = str(error)
        streams = self._clients("dynamodbstreams")
        iterator: str | None = None
        last: str | None = None
        while not self._stopped.is_set():
            try:
                iterator = iterator or self._iterator(streams, last)
                page = streams.get_records(ShardIterator=iterator, Limit=1000)
            except (ClientError, BotoCoreError) as error:
                self.counts.last_error = str(error)
                iterator = None
                if "Trimmed" in str(error):
                    last = None
                self._stopped.wait(1)
                continue
            iterator = page.get("NextShardIterator")
            for record in page["Records"]:
                event = stream_record(record, self.source.arn)
                last = event["dynamodb"]["SequenceNumber"]
                self.counts.records += 1
                if patterns.passes(event, self.source.filters):
                    self._put(event)
                else:
                    self.counts.filtered += 1
            self._stopped.wait(_BUSY if page["Records"] else _IDLE)

    def _iterator(self, streams: Any, last: str | None) -> str:
        shard = streams.describe_stream(StreamArn=self.source.arn)["StreamDescription"]["Shards"][-1]["ShardId"]
        kind: dict[str, Any] = {"ShardIteratorType": self.source.starting}
        if last:
            kind = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": last}
        return streams.get_shard_iterator(StreamArn=self.source.arn, ShardId=shard, **kind)["ShardIterator"]

    def _put(self, event: Mapping[str, Any]) -> None:
        keys = json.dumps(event["dynamodb"]["Keys"], sort_keys=True)
        lane = self._lanes[zlib.crc32(keys.encode()) % len(self._lanes)]
        while not self._stopped.is_set():
            try:
                lane.put(event, timeout=0.5)
            except queue.Full:
                continue
            return

    def _work(self, lane: "queue.Queue[Mapping[str, Any]]") -> None:
        while not self._stopped.is_set():
            try:
                batch = [lane.get(timeout=0.3)]
            except queue.Empty:
                continue
            until = time.monotonic() + self.source.window
            while len(batch) < self.source.batch_size:
                try:
                    batch.append(
                        lane.get(timeout=max(0.0, until - time.monotonic()))
                        if self.source.window
                        else lane.get_nowait()
                    )
                except queue.Empty:
                    break
            try:
                self.process(batch)
            except Exception as error:
                self.counts.last_error = repr(error)
                _log.exception("a batch of %s was not worked through", self.source.id)

    def process(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Work one batch through: until all of it is done, or noted in the on-failure queue."""
        waiting: list[_Piece] = [_Piece(list(records))]
        while waiting and not self._stopped.is_set():
            piece = waiting.pop(0)
            if self.source.age > 0 and (fresh := self._fresh(piece)) is not piece:
                self._give_up(
                    _Piece(piece.records[: len(piece.records) - len(fresh.records)]), None, "RecordAgeExceeded"
                )
                piece = fresh
                if not piece.records:
                    continue
            if piece.tries:
                self._stopped.wait(min(_LONGEST_PAUSE, 0.25 * 2**piece.tries))
            self.counts.batches += 1
            outcome = self._runner.invoke(self.function.id, {"Records": piece.records})
            failed = self._failed(outcome, piece.records)
            if failed is None:
                continue
            self.counts.failures += 1
            rest = piece.records[failed:]
            tries = piece.tries + 1
            if self.source.attempts >= 0 and tries > self.source.attempts:
                if self.source.bisect and len(rest) > 1:
                    waiting[:0] = [_Piece(half, 0) for half in _halves(rest)]
                else:
                    self._give_up(_Piece(rest, tries), outcome, "RetryAttemptsExhausted")
            elif self.source.bisect and len(rest) > 1 and outcome.failed:
                waiting[:0] = [_Piece(half, tries) for half in _halves(rest)]
            else:
                waiting.insert(0, _Piece(rest, tries))

    def _failed(self, outcome: Outcome, records: Sequence[Mapping[str, Any]]) -> int | None:
        """Give the place of the first record that failed; None when all went well."""
        if outcome.failed:
            self.counts.last_error = str((outcome.error or {}).get("errorType"))
            return 0
        if not self.source.report_items:
            return None
        failures = reported(outcome.result)
        if failures is None:
            return 0
        places = {record["dynamodb"]["SequenceNumber"]: place for place, record in enumerate(records)}
        if not failures:
            return None
        return 0 if any(each not in places for each in failures) else min(places[each] for each in failures)

    def _fresh(self, piece: "_Piece") -> "_Piece":
        oldest = time.time() - self.source.age
        for place, record in enumerate(piece.records):
            if record["dynamodb"]["ApproximateCreationDateTime"] >= oldest:
                return piece if place == 0 else _Piece(piece.records[place:], piece.tries)
        return _Piece([], piece.tries)

    def _give_up(self, piece: "_Piece", outcome: Outcome | None, condition: str) -> None:
        self.counts.given_up += len(piece.records)
        if self.source.on_failure is None:
            return
        note = failure_note(self.source, self.function, piece.records, outcome, condition, piece.tries)
        sqs = self._clients("sqs")
        name = self.source.on_failure.rpartition(":")[2]
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=json.dumps(note))


@dataclass(slots=True)
class _Piece:
    records: list[Mapping[str, Any]]
    tries: int = 0


def _halves(records: list[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    middle = len(records) // 2
    return [records[:middle], records[middle:]]


def _bind(work: Callable[[Any], None], lane: Any) -> Callable[[], None]:
    return lambda: work(lane)


def reported(result: Any) -> list[str] | None:
    """Read `batchItemFailures`: the identifiers, an empty list when all went well, None when it cannot be read."""
    if result is None or result == {}:
        return []
    if not isinstance(result, Mapping):
        return None
    failures = result.get("batchItemFailures")
    if not failures:
        return []
    found = [failure.get("itemIdentifier") if isinstance(failure, Mapping) else None for failure in failures]
    return None if any(not identifier for identifier in found) else found


def stream_record(record: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """Give a record as Lambda gives it: times as seconds, binaries as base64, the stream's ARN added."""
    change = {name: _plain(value) for name, value in record["dynamodb"].items()}
    change["ApproximateCreationDateTime"] = record["dynamodb"]["ApproximateCreationDateTime"].timestamp()
    event = {name: value for name, value in record.items() if name not in {"dynamodb", "userIdentity"}}
    event["dynamodb"] = change
    event["eventSourceARN"] = arn
    if identity := record.get("userIdentity"):
        event["userIdentity"] = {"type": identity["Type"], "principalId": identity["PrincipalId"]}
    return event


def replayed_record(keys: Mapping[str, Any], arn: str, place: int) -> dict[str, Any]:
    """Give a stream record for a row that stands in the table, as if it had just been inserted."""
    return {
        "eventID": uuid.uuid4().hex,
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": float(int(time.time())),
            "Keys": _plain(keys),
            "SequenceNumber": f"{int(time.time() * 1000):020d}{place:010d}",
            "SizeBytes": len(json.dumps(keys)),
            "StreamViewType": "KEYS_ONLY",
        },
        "eventSourceARN": arn,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def failure_note(
    source: Source,
    function: Function,
    records: Sequence[Mapping[str, Any]],
    outcome: Outcome | None,
    condition: str,
    tries: int,
) -> dict[str, Any]:
    """Give what AWS puts into an on-failure queue for a stream: where the records stand, never what they hold."""
    times = [datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC) for record in records]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    return {
        "requestContext": {
            "requestId": outcome.request_id if outcome else str(uuid.uuid4()),
            "functionArn": f"{function.arn}:live",
            "condition": condition,
            "approximateInvokeCount": tries,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "1",
            "functionError": "Unhandled" if outcome and outcome.failed else None,
        },
        "version": "1.0",
        "timestamp": _moment(datetime.now(UTC)),
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000000000000000000-00000000",
            "startSequenceNumber": numbers[0],
            "endSequenceNumber": numbers[-1],
            "approximateArrivalOfFirstRecord": _moment(times[0]),
            "approximateArrivalOfLastRecord": _moment(times[-1]),
            "batchSize": len(records),
            "streamArn": source.arn,
        },
    }


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class QueuePump:
    """Reads one queue for one function."""

    def __init__(
        self, source: Source, function: Function, runner: Runner, clients: Clients, stopped: threading.Event
    ) -> None:
        """Describe the pump."""
        self.source = source
        self.function = function
        self.counts = Counts()
        self._runner = runner
        self._clients = clients
        self._stopped = stopped

    def start(self) -> list[threading.Thread]:
        """Start the readers, as many as the function has workers."""
        threads = [
            threading.Thread(target=self._run, name=f"queue-{self.source.id}", daemon=True)
            for _ in range(self._runner.most(self.function.id))
        ]
        for thread in threads:
            thread.start()
        return threads

    def _run(self) -> None:
        sqs, url = self._clients("sqs"), ""
        while not self._stopped.is_set():
            try:
                url = url or sqs.get_queue_url(QueueName=self.source.arn.rpartition(":")[2])["QueueUrl"]
                answer = sqs.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=min(10, self.source.batch_size),
                    WaitTimeSeconds=1,
                    MessageSystemAttributeNames=["All"],
                    MessageAttributeNames=["All"],
                )
                if messages := answer.get("Messages"):
                    self._process(sqs, url, messages)
            except (ClientError, BotoCoreError) as error:
                self.counts.last_error = str(error)
                self._stopped.wait(1)

    def _process(self, sqs: Any, url: str, messages: list[dict[str, Any]]) -> None:
        records = [queue_record(message, self.source.arn) for message in messages]
        kept = [record for record in records if patterns.passes(record, self.source.filters)]
        self.counts.records += len(records)
        self.counts.filtered += len(records) - len(kept)
        failed: set[str] = set()
        if kept:
            self.counts.batches += 1
            outcome = self._runner.invoke(self.function.id, {"Records": kept})
            everything = {record["messageId"] for record in kept}
            reports = reported(outcome.result) if self.source.report_items and not outcome.failed else []
            unknown = reports is None or not everything.issuperset(reports)
            failed = everything if outcome.failed or unknown else set(reports or ())
            self.counts.failures += bool(failed)
        for message in messages:
            if message["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def queue_record(message: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """Give a message as Lambda gives it."""
    attributes = {
        name: {
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": value["DataType"],
            **({"stringValue": value["StringValue"]} if "StringValue" in value else {}),
            **({"binaryValue": b64encode(value["BinaryValue"]).decode()} if "BinaryValue" in value else {}),
        }
        for name, value in message.get("MessageAttributes", {}).items()
    }
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": attributes,
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }
