"""What each path of the service asks of AWS, measured: billed units over moto, billed time on the local service.

Units are counted as AWS bills them: capacity units by the size of rows, a transaction twice, a projected index once
more; an API call for the rest. Moto answers, so that the calls are those of the adapters.
"""

import json
import math
import os
import statistics
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from botocore.client import BaseClient

os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-north-1")

KB = 1024
READ_UNIT = 4 * KB
ROW_OVERHEAD = 100
PAGE = 25
ROUNDS = 10
_PLAIN = {
    ("kms", "GenerateDataKey"): "kms.request",
    ("kms", "Decrypt"): "kms.request",
    ("s3", "PutObject"): "s3.put",
    ("s3", "GetObject"): "s3.get",
    ("sesv2", "SendEmail"): "ses.mail",
    ("sts", "AssumeRole"): "sts.request",
    # A secret is sealed with a key of its own.
    ("secretsmanager", "GetSecretValue"): "secrets.request",
}
_INDEXES = {
    "inbox": ("inbox_pk", "inbox_sk"),
    "waiting": ("waiting_pk", "inbox_sk"),
    "handled": ("handled_pk", "inbox_sk"),
    "outbox": ("outbox_pk", "outbox_sk"),
}

type Row = Mapping[str, Any]
type Units = dict[str, float]


@dataclass
class Measured:
    """What was measured, by path: billed units, calls, seconds and invocations of a function, bytes of log and answer.

    `starts` are the seconds of a start-up by function. `stored` are bytes: of a recipient's row; in the tables (`main`,
    `wraps`) of an application to one recipient; of a line of the access log (`access_list` for a full page,
    `access_open`); in the mailbox (`letter`) of one delivery.
    """

    units: dict[str, Units] = field(default_factory=dict[str, Units])
    calls: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    starts: dict[str, float] = field(default_factory=dict[str, float])
    invocations: dict[str, float] = field(default_factory=dict[str, float])
    log: dict[str, float] = field(default_factory=dict[str, float])
    answers: dict[str, int] = field(default_factory=dict[str, int])
    stored: dict[str, float] = field(default_factory=dict[str, float])

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)


# ---------------------------------------------------------------- sizes as DynamoDB counts them


def size(row: Row) -> int:
    """Give the bytes of a row: names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in row.items())


def _value(value: Mapping[str, Any]) -> int:
    (kind, content), *_ = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":
            return math.ceil(len(content.lstrip("-")) / 2) + 1
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _value(one) for one in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value(one) for name, one in content.items())
        case _:
            raise ValueError(kind)


def writing(before: Row | None, after: Row | None, *, transacted: bool) -> float:
    """Give the write units of a change of one row from `before` to `after`, its indexes included."""
    largest = max(size(before or {}), size(after or {}), 1)
    units = math.ceil(largest / KB) * (2 if transacted else 1)
    for index in _INDEXES.values():
        was, is_now = _projected(before, index), _projected(after, index)
        if was != is_now:
            moved = was is not None and is_now is not None and _place(was, index) != _place(is_now, index)
            units += math.ceil(max(size(was or {}), size(is_now or {})) / KB) * (2 if moved else 1)
    return units


def _place(row: Row, index: Sequence[str]) -> list[Any]:
    return [row[name] for name in index]


def _projected(row: Row | None, index: Sequence[str]) -> Row | None:
    if row is None or index[0] not in row:
        return None
    if index[0] == "outbox_pk":
        return {name: row[name] for name in ("pk", "sk", *index, "queued_at", "touches") if name in row}
    return row


def reading(sizes: Sequence[int], *, together: bool, consistently: bool) -> float:
    """Give the read units of rows: of a query they count together, otherwise each by itself; none is one."""
    whole = [sum(sizes)] if together else list(sizes)
    units = sum(max(1, math.ceil(one / READ_UNIT)) for one in whole or [0])
    return units if consistently else units / 2


# ---------------------------------------------------------------- the meter


class Meter:
    """Counts calls and billed units of every client while it is entered."""

    def __init__(self) -> None:
        self.units: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self._original: Any = None

    def __enter__(self) -> Self:
        original = self._original = BaseClient._make_api_call  # noqa: SLF001

        def metered(client: Any, operation: str, asked: dict[str, Any]) -> Any:
            service = client.meta.service_model.service_name
            touched = list(_touched(operation, asked)) if service == "dynamodb" else []
            before = [_stored(original, client, one) for one in touched]
            answer = original(client, operation, asked)
            self.calls[f"{service}:{operation}"] += 1
            if service == "dynamodb":
                self._read(operation, asked, answer)
                after = [_stored(original, client, one) for one in touched]
                transacted = operation == "TransactWriteItems"
                self.units["dynamodb.write"] += sum(
                    writing(was, now, transacted=transacted) for was, now in zip(before, after, strict=True)
                )
            elif price := _PLAIN.get((service, operation)):
                self.units[price] += 1
            return answer

        BaseClient._make_api_call = metered  # noqa: SLF001
        return self

    def __exit__(self, *_: object) -> None:
        BaseClient._make_api_call = self._original  # noqa: SLF001

    def _read(self, operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        consistently = asked.get("ConsistentRead", False)
        match operation:
            case "GetItem":
                rows = [size(answer["Item"])] if "Item" in answer else []
            case "Query":
                rows = [size(row) for row in answer["Items"]]
            case "BatchGetItem":
                rows = [size(row) for found in answer["Responses"].values() for row in found]
                wanted = sum(len(one["Keys"]) for one in asked["RequestItems"].values())
                rows += [0] * (wanted - len(rows))
                consistently = all(one.get("ConsistentRead") for one in asked["RequestItems"].values())
            case _:
                return
        self.units["dynamodb.read"] += reading(rows, together=operation == "Query", consistently=consistently)


def _touched(operation: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """Give table and key of every row that a call writes or checks."""
    if operation == "TransactWriteItems":
        for item in asked["TransactItems"]:
            for part in item.values():
                yield from _touched("PutItem", part)
    elif operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        row = asked.get("Key") or asked["Item"]
        yield asked["TableName"], {name: row[name] for name in ("pk", "sk")}


def _stored(original: Callable[..., Any], client: Any, touched: tuple[str, Row]) -> Row | None:
    table, key = touched
    return original(client, "GetItem", {"TableName": table, "Key": key, "ConsistentRead": True}).get("Item")


# ---------------------------------------------------------------- units, over moto


def measure_units(measured: Measured) -> None:
    """Walk every path once over moto, with the family of the demonstration, and count."""
    from tests.adapters.houses import cloud

    with cloud() as made:
        _walk(measured, made)


def _walk(measured: Measured, made: Any) -> None:
    from familjehem.domain.membership import Caller, Membership, Role
    from familjehem.domain.outbox import ConfirmationTask, LetterTask, NoticeTask, Occasion
    from familjehem.usecases.check_identifications import CheckIdentifications
    from familjehem.usecases.create_recipient import CreateRecipient
    from familjehem.usecases.deliver_letter import DeliverLetter
    from familjehem.usecases.erase_letter import EraseLetter
    from familjehem.usecases.keep_house import KeepHouse
    from familjehem.usecases.list_recipients import ListRecipients
    from familjehem.usecases.notify import ConfirmToApplicant, NotifyRecipient
    from familjehem.usecases.read_letter import ReadLetter
    from familjehem.usecases.read_mailbox import ListDeliveries, OpenLetter, Reception
    from familjehem.usecases.read_receipt import ReadReceipt
    from familjehem.usecases.submit_application import SubmitApplication
    from familjehem.usecases.take_self_test import TakeSelfTest
    from familjehem.usecases.withdraw_application import WithdrawApplication
    from tests.adapters.houses import AwsHouse
    from tests.builders import self_test_answers
    from tests.fakes import World
    from tests.service import ADDRESS, MAILBOX, SITE, TOWN, answers_for, submission

    house = AwsHouse(made)
    create = CreateRecipient(directory=house.directory, keys=house.recipient_keys)
    for one in TOWN:
        create(one)
    submit = SubmitApplication(
        secrets=house.secrets,
        challenges=house.challenges,
        identifications=CheckIdentifications(secrets=house.secrets, required=False),
        directory=house.directory,
        data_keys=house.data_keys,
        intake=house.intake,
        clock=house.clock,
        contact_key=house.contact_key_arn,
    )
    read = ReadReceipt(
        secrets=house.secrets, intake=house.intake, attempts=house.attempts, clock=house.clock, failures_per_hour=10
    )
    deliver = DeliverLetter(queue=house.letter_queue, vault=house.vault, clock=house.clock)
    tell = NotifyRecipient(
        queue=house.notice_queue,
        directory=house.directory,
        post=house.post,
        clock=house.clock,
        mailbox_url=MAILBOX,
    )
    confirm = ConfirmToApplicant(
        queue=house.notice_queue, contact_key=house.contact_key, post=house.post, site_url=SITE
    )
    world = World()
    erase = EraseLetter(disposals=house.disposals, shredder=house.shredder, clock=house.clock)
    keep = KeepHouse(outbox=house.outbox, erase=erase, gauge=world.gauge, clock=house.clock)
    reception = Reception(members=house.members, tenancy=house.tenancy)
    house.members.enrol("anna", Membership("0680", "Jönköping", Role.CASE_WORKER))
    anna = Caller("anna", house.clock.now())
    # What is read once for each start of a function is reckoned with its start.
    house.secrets.keys()
    house.tenancy.room("0680")

    @contextmanager
    def path(name: str) -> Iterator[None]:
        with Meter() as meter:
            yield
        measured.units[name] = dict(sorted(meter.units.items()))
        measured.calls[name] = dict(sorted(meter.calls.items()))

    def send(*municipalities: str) -> Any:
        solution = house.solve(house.challenges.issue(house.clock.now()))
        sent = submission(*municipalities, answers=answers_for(municipalities), challenge=solution)
        return submit(sent).receipt

    with path("self_test"):
        TakeSelfTest(gauge=world.self_test_gauge)(["familjehem"], self_test_answers())
    with path("question_set"):
        pass
    with path("challenge"):
        house.challenges.issue(house.clock.now())
    with path("recipients"):
        ListRecipients(directory=house.directory)()
    measured.stored["recipient"] = round(_bytes_of(house, "DIRECTORY") / len(TOWN))
    five = ("0180", "0680", "0687", "1280", "1480")
    for count in (1, 2, 3, 4, 5):
        chosen = five[:count] if count > 1 else ("0680",)
        with path(f"submit_{count}"):
            receipt = send(*chosen)
    with path("receipt"):
        read(receipt.reference, receipt.receipt_code, ADDRESS)
    mine = next(one for one in receipt.promises if one.recipient == "0680")
    with path("deliver"):
        deliver(LetterTask("0680", mine.number))
    with path("notice"):
        tell(NoticeTask("0680", mine.number, Occasion.NEW))
    with path("confirmation"):
        confirm(ConfirmationTask(receipt.reference))
    for _ in range(PAGE - 1):
        more = send("0680")
        deliver(LetterTask("0680", more.promises[0].number))
    logged = _bytes_of(house, "ACCESS#0680")
    with path("list_page"):
        ListDeliveries(reception=reception, directory=house.directory, clock=house.clock)(anna, None, None, None, PAGE)
    measured.stored["access_list"] = _bytes_of(house, "ACCESS#0680") - logged + ROW_OVERHEAD
    logged = _bytes_of(house, "ACCESS#0680")
    with path("open"):
        ReadLetter(open_letter=OpenLetter(reception=reception, clock=house.clock), directory=house.directory)(
            anna, None, mine.number
        )
    measured.stored["access_open"] = _bytes_of(house, "ACCESS#0680") - logged + ROW_OVERHEAD
    with path("withdraw_1"):
        WithdrawApplication(receipt=read)(receipt.reference, receipt.receipt_code, ADDRESS, mine.number)
    house.cloud.sweep()
    with path("housekeeping"):
        keep()
    _store(measured, made)


def _bytes_of(house: Any, partition: str) -> int:
    found = house.dynamodb.query(
        TableName=house.cloud.tables.main,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": partition}},
    )
    return sum(size(row) for row in found["Items"])


def _store(measured: Measured, made: Any) -> None:
    """Measure what stays of one application to one recipient when all of it has arrived."""
    from familjehem.domain.outbox import ConfirmationTask, LetterTask, NoticeTask, Occasion
    from tests.adapters import families
    from tests.adapters.houses import AwsHouse

    made.sweep()
    house = AwsHouse(made)
    one = families.recipient(house, "0680")
    before = {name: _table_bytes(house, name) for name in ("main", "wraps")}
    sealed = families.accepted(house, one, confirmation=True)
    number = sealed.deliveries[0].delivery.number
    queued = house.letter_queue.read(LetterTask("0680", number))
    if queued is None:
        raise LookupError
    house.letter_queue.delivered(queued, sealed.application.submitted_at)
    house.notice_queue.sent(NoticeTask("0680", number, Occasion.NEW), sealed.application.submitted_at)
    house.notice_queue.confirmation_sent(ConfirmationTask(sealed.application.reference))
    measured.stored["main"] = _table_bytes(house, "main") - before["main"]
    measured.stored["wraps"] = _table_bytes(house, "wraps") - before["wraps"]


def _table_bytes(house: Any, table: str) -> int:
    rows = house.dynamodb.scan(TableName=getattr(house.cloud.tables, table))["Items"]
    # A row that lies in the mailbox's index as well is kept twice.
    return sum((size(row) + ROW_OVERHEAD) * (2 if "inbox_pk" in row else 1) for row in rows)


# ---------------------------------------------------------------- billed time, on the local service


def measure_times(measured: Measured) -> None:
    """Run the service on this machine and read from its logs how long each function was at it."""
    from tests.reliability.running import FIVE, Running, Store

    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder))
        running.start()
        try:
            _clock(measured, running, Store(running), FIVE)
        finally:
            running.close()


def _clock(measured: Measured, running: Any, store: Any, five: Sequence[str]) -> None:
    def reports(function: str) -> list[dict[str, Any]]:
        path = running.places.logs / f"{function}.log"
        return [
            line["record"]
            for text in path.read_text("utf-8").splitlines()
            if text.startswith("{") and (line := json.loads(text)).get("type") == "platform.report"
        ]

    def timed(path: str, function: str, call: Callable[[], Any], *, done: int = 1) -> None:
        """Do `call` several times; note the median of an invocation, and how many of them a piece of work took."""
        call()
        running.quiet()
        began, bytes_before = len(reports(function)), _size(running, function)
        for _ in range(ROUNDS):
            answer = call()
        running.quiet()
        new = reports(function)[began:]
        # A worker of the stream takes one letter or several: what counts is the mean.
        took = (statistics.median if done == 1 else statistics.fmean)(one["durationMs"] for one in new)
        measured.seconds[path] = round(took / 1000, 4)
        measured.invocations[path] = round(len(new) / (ROUNDS * done), 3)
        measured.log[path] = round((_size(running, function) - bytes_before) / len(new))
        if hasattr(answer, "content"):
            measured.answers[path] = len(answer.content)

    get = running.http.get
    self_test = json.loads((Path(__file__).parent.parent / "events/http/bodies/self-test.json").read_text("utf-8"))
    timed("question_set", "SelfTest", lambda: get("/api/question-sets/current"))
    timed("self_test", "SelfTest", lambda: running.http.post("/api/self-test", json=self_test))
    timed("recipients", "Submission", lambda: get("/api/recipients"))
    timed("challenge", "Submission", lambda: get("/api/challenge"))
    timed("submit_1", "Submission", lambda: running.submit("0680"))
    timed("submit_5", "Submission", lambda: running.submit(*five))
    timed("deliver", "Delivery", lambda: running.submit(*five), done=5)
    timed("notice", "Notification", lambda: running.submit(*five), done=6)
    receipt = running.submit(*five).json()
    running.quiet()
    where, code = f"/api/applications/{receipt['reference']}", {"Receipt-Code": receipt["receiptCode"]}
    timed("receipt", "Submission", lambda: get(where, headers=code))
    token = running.as_worker("0680")
    number = next(one["number"] for one in receipt["deliveries"] if one["recipient"]["id"] == "0680")
    timed("list_page", "Mailbox", lambda: get("/api/mailbox/deliveries", headers=token))
    timed("open", "Mailbox", lambda: get(f"/api/mailbox/deliveries/{number}", headers=token))
    timed("housekeeping", "Housekeeping", running.housekeeping)
    timed("withdraw_1", "Submission", lambda: running.http.delete(f"{where}?delivery={number}", headers=code))
    for function in ("SelfTest", "Submission", "Delivery", "Notification", "Mailbox", "Housekeeping"):
        started = [one["initDurationMs"] for one in reports(function) if "initDurationMs" in one]
        measured.starts[function] = round(statistics.median(started) / 1000, 3)
    measured.stored["letter"] = sum(map(len, store.sealed("0680", number)))


def _size(running: Any, function: str) -> int:
    return (running.places.logs / f"{function}.log").stat().st_size


def measure() -> Measured:
    """Measure all of it."""
    measured = Measured()
    measure_units(measured)
    measure_times(measured)
    return measured
