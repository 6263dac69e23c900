"""A town in which everything may go wrong: applicants, case workers, operators, and the functions between them.

Time, faults and turns come from one seed or from a schedule, so that what happened once can be looked at again.
"""

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Protocol
from uuid import UUID

from altcha.v1 import Challenge, solve_challenge
from altcha.v1 import Payload as Solved
from samtranslator.yaml_helper import yaml_parse

from familjehem.adapters.dynamo import keys
from familjehem.domain.membership import Membership, Role
from familjehem.domain.recipient import RecipientState
from familjehem.usecases.create_recipient import CreateRecipient
from tests.builders import MARK, family_answers
from tests.functions.doors import Context, event
from tests.memory.cloud import Call, Cloud
from tests.memory.dynamodb import Place
from tests.memory.expressions import Row
from tests.memory.house import TABLES, MemoryHouse, Rows
from tests.reliability.simulation.faults import SLOW_SECONDS, Fault, KilledError, play, possible
from tests.reliability.simulation.stage import CLIENT, FUNCTIONS, Environment, SimulatedClock, logged
from tests.reliability.simulation.turns import Turns
from tests.service import TOWN

BEGAN = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
RECIPIENTS = ("0180", "0680", "1280", "unit-hoglandet")
MUNICIPALITIES = ("0180", "0680", "0687", "1280")
ADDRESS = "192.0.2.7"
TOO_LONG = {"submission": 25.0, "mailbox": 25.0, "housekeeping": 300.0, "delivery": 60.0, "notification": 60.0}
"""Seconds after which Lambda ends a function, as the template says; a test holds them against it."""
USUAL_SECONDS = 0.01
_REFUSED = {"recipients-unavailable", "too-many-supplements", "nobody-to-supplement"}


class BrokenPromiseError(AssertionError):
    """A promise of the service was broken; the message says which, and how to see it again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to whoever asked; nothing at all where the answer was lost."""

    status: int | None
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def slug(self) -> str:
        return self.json["type"].rstrip("/").rpartition("/")[2] if self.status and self.status >= 400 else ""


@dataclass
class Extra:
    """A supplement that an applicant sends, as often as it takes."""

    key: UUID
    message: str
    receipt: dict[str, Any] | None = None
    refused: bool = False


@dataclass
class Applicant:
    """Somebody with a page open: sends the same until it is told what became of it."""

    number: int
    key: UUID
    municipalities: tuple[str, ...]
    email: str
    motive: str
    sent: int = 0
    receipts: set[bytes] = field(default_factory=set[bytes])
    refused: str | None = None
    gone: bool = False
    withdrew: bool = False
    extras: list[Extra] = field(default_factory=list[Extra])
    seen: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    unheard: int = 0
    tried: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    challenge: str | None = None

    @property
    def receipt(self) -> dict[str, Any] | None:
        return json.loads(next(iter(self.receipts))) if self.receipts else None

    @property
    def waits(self) -> bool:
        """Whether the page still tries."""
        return not (self.receipts or self.refused or self.gone)


@dataclass
class Batch:
    """Records that a function is called with together; `tries` were in vain."""

    records: tuple[dict[str, Any], ...]
    tries: int = 0


@dataclass
class Mapped:
    """One event source mapping, as the template describes it."""

    function: str
    prefixes: tuple[str, ...]
    size: int
    retries: int
    waiting: list[Batch] = field(default_factory=list[Batch])
    known: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    given_up: list[str] = field(default_factory=list[str])

    def take(self, size: int | None = None, at: int = 0) -> Batch:
        """Take the batch at a place, and fresh ones after it as far as they fit."""
        batch = self.waiting.pop(at)
        records = list(batch.records)
        while not batch.tries and at < len(self.waiting) and not self.waiting[at].tries:
            if len(records) + len(self.waiting[at].records) > min(size or self.size, self.size):
                break
            records += self.waiting.pop(at).records
        return replace(batch, records=tuple(records))


class Choice(Protocol):
    """Decides what goes wrong at the call with this number."""

    def __call__(self, number: int, name: str, faults: Sequence[Fault]) -> Fault | None: ...


@dataclass
class Planned:
    """A schedule: faults by the number of the call."""

    faults: Mapping[int, Fault]

    def __call__(self, number: int, name: str, faults: Sequence[Fault]) -> Fault | None:
        planned = self.faults.get(number)
        return planned if planned in faults else None


@dataclass
class Chance:
    """Faults by chance, as often as `likely` says; more often where mail is down."""

    random: Random
    likely: float
    mail_down: bool = False

    def __call__(self, number: int, name: str, faults: Sequence[Fault]) -> Fault | None:
        if self.mail_down and name == "sesv2:send_email":
            return Fault.NOT_MADE
        return self.random.choice(faults) if self.random.random() < self.likely else None


@cache
def _founded() -> tuple[Cloud, str]:
    """Found a town once: its tables, keys, recipients, and a case worker at each of them."""
    house = MemoryHouse()
    create = CreateRecipient(directory=house.directory, keys=house.recipient_keys)
    for one in TOWN:
        if one.id in RECIPIENTS:
            create(one)
            house.members.enrol(worker(one.id), Membership(one.id, one.name, Role.CASE_WORKER))
    house.memory.dynamodb.tables["main"].catch_up()
    return house.memory, house.contact_key_arn


def contact_key() -> str:
    """Give the contact key of every town."""
    return _founded()[1]


def worker(recipient: str) -> str:
    """Give the case worker of a recipient."""
    return f"worker-{recipient}"


@cache
def _mappings() -> tuple[tuple[str, tuple[str, ...], int, int], ...]:
    resources = yaml_parse((FUNCTIONS.parent / "template.yaml").read_text("utf-8"))["Resources"]
    found: list[tuple[str, tuple[str, ...], int, int]] = []
    for function in ("delivery", "notification"):
        properties = resources[function.capitalize()]["Properties"]["Events"]["Outbox"]["Properties"]
        patterns = [json.loads(one["Pattern"]) for one in properties["FilterCriteria"]["Filters"]]
        prefixes = tuple(each["prefix"] for one in patterns for each in one["dynamodb"]["Keys"]["pk"]["S"])
        found.append((function, prefixes, properties["BatchSize"], properties["MaximumRetryAttempts"]))
    return tuple(found)


class Town:
    """Everything of one run."""

    def __init__(self, choice: Choice, *, chance: Random, turns: Turns | None = None, guarded: bool = False) -> None:
        self.chance = chance
        self.choice = choice
        self.turns = turns
        self.guarded = guarded
        self.clock = SimulatedClock(BEGAN)
        self.cloud = _founded()[0].copy(self.clock.now)
        self.cloud.dynamodb.changed = self._changed
        self.main = Rows(self.cloud, TABLES.main)
        self.mappings = {one[0]: Mapped(*one) for one in _mappings()}
        self.applicants: list[Applicant] = []
        self.log = io.StringIO()
        self.trace: list[str] = []
        self.calls = 0
        self.injected: Counter[Fault] = Counter()
        self.broken: list[str] = []
        self.accepted: dict[str, dict[str, tuple[str, bool]]] = {}
        self.said: list[bytes] = []
        self.dead_letters: list[dict[str, Any]] = []
        self.read = 0
        self.opened: Counter[tuple[str, str]] = Counter()
        self.found: Counter[tuple[str, str]] = Counter()
        self.lag = False
        self.cloud.dynamodb.lag = lambda: self.chance.randrange(6) if self.lag else 0
        self._warm: dict[str, list[Environment]] = {}
        self._started: Counter[str] = Counter()
        self._sequence = 0
        self._contended: set[str] = set()

    # ---------------------------------------------------------------- calls

    def call(self, environment: Environment, call: Call) -> Any:
        """Let a function call AWS: perhaps after others, perhaps in vain."""
        if self.turns:
            self.turns.pause()
        if environment.dead:
            raise KilledError
        environment.spend(USUAL_SECONDS)
        faults = possible(call.service, call.operation)
        if environment.name in self._contended and Fault.CONFLICTS in faults:
            fault: Fault | None = Fault.CONFLICTS
        else:
            fault = self._fault(environment.name, call.name, faults)
        if fault is Fault.CONFLICTS:
            # They last until the function has answered, however often it tries.
            self._contended.add(environment.name)
        if fault in {Fault.SLOW, Fault.LOST}:
            environment.spend(SLOW_SECONDS)
        try:
            answer = play(call, fault)
        except KilledError:
            environment.dead = True
            raise
        if environment.spent > TOO_LONG[environment.function]:
            self._tell(f"      {environment.name} took too long and was ended")
            environment.dead = True
            raise KilledError
        return answer

    def _fault(self, who: str, name: str, faults: Sequence[Fault]) -> Fault | None:
        self.calls += 1
        fault = self.choice(self.calls, name, faults)
        if fault:
            self.injected[fault] += 1
        actor = f"{self.turns.current.name}: " if self.turns and self.turns.current else ""
        self._tell(f"{self.calls:5} {actor}{who} {name}" + (f" — {fault}" if fault else ""))
        return fault

    def _tell(self, line: str) -> None:
        self.trace.append(line)

    # ---------------------------------------------------------------- functions

    @contextmanager
    def _environment(self, function: str) -> Iterator[Environment]:
        """Give a warm environment or start a cold one; it stays warm unless it was killed."""
        idle = self._warm.setdefault(function, [])
        if idle and self.chance.random() < 0.9:
            environment = idle.pop()
        else:
            self._started[function] += 1
            skew = timedelta(seconds=self.chance.choice((0, 0, 0, -95, 140))) if self.turns else timedelta(0)
            environment = Environment(
                function, f"{function}#{self._started[function]}", self.cloud, self.clock, skew, self.call
            )
        environment.spent = 0.0
        self._contended.discard(environment.name)
        try:
            yield environment
        finally:
            if not environment.dead:
                idle.append(environment)

    def http(
        self,
        function: str,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        who: str | None = None,
    ) -> Answer:
        """Ask a function over API Gateway."""
        claims = (
            {"sub": who, "token_use": "access", "client_id": CLIENT, "auth_time": str(int(BEGAN.timestamp()))}
            if who
            else {}
        )
        given = {**({"content-type": "application/json"} if body else {}), **(headers or {})}
        sent = event(method, path, body, given, "", claims)
        if "?" in path:
            path, _, query = path.partition("?")
            sent = event(method, path, body, given, query, claims)
        with self._environment(function) as environment:
            try:
                found = environment.handler(sent, Context())
            except KilledError:
                return Answer(None)
        # Mangum answers for what was killed; Lambda does not.
        if environment.dead or self._fault("gateway", "http:answer", possible("http", "answer")):
            return Answer(None)
        answer = Answer(found["statusCode"], found["body"].encode())
        if answer.status not in {200, 201}:
            self.said.append(answer.body)
        if answer.status == 500 and not (who and answer.slug == "letter-unreadable"):
            self.broken.append(f"{function} answered 500 to {method} {path}")
        return answer

    def work(self, function: str, batch: Batch) -> None:
        """Let the stream call a function with a batch, and keep what failed for later."""
        mapped = self.mappings[function]
        fault = self._fault("stream", f"stream:{function}", possible("stream", "batch"))
        if fault is Fault.NOT_MADE:
            return
        if fault is Fault.AGAIN:
            mapped.waiting.insert(0, Batch(batch.records))
        failed = self._worked(function, batch.records)
        if not failed:
            return
        if batch.tries >= mapped.retries:
            # Metadata only goes to the queue of failures.
            self.dead_letters.append({"function": function, "numbers": [one["eventID"] for one in failed]})
            mapped.given_up += [one["dynamodb"]["Keys"]["pk"]["S"] for one in failed]
            return
        half = (len(failed) + 1) // 2
        parts = (failed[:half], failed[half:]) if len(failed) == len(batch.records) else (failed,)
        mapped.waiting += [Batch(part, batch.tries + 1) for part in parts if part]

    def _worked(self, function: str, records: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        with self._environment(function) as environment:
            try:
                answer = environment.handler({"Records": list(records)}, Context())
            except KilledError:
                return records
        failures = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
        if not failures:
            return ()
        numbers = [one["dynamodb"]["SequenceNumber"] for one in records]
        return records[numbers.index(failures[0]) :]

    def keep_house(self) -> None:
        """Let the schedule call housekeeping; whatever it cannot do this minute it does in the next."""
        with self._environment("housekeeping") as environment:
            try:
                environment.handler({}, Context())
            except KilledError:
                pass
            except Exception as error:
                self._tell(f"      housekeeping failed: {type(error).__name__}")

    def deliver_all(self) -> None:
        """Call delivery and notification until the stream has nothing more for them."""
        while any(mapped.waiting for mapped in self.mappings.values()):
            for function, mapped in self.mappings.items():
                if mapped.waiting:
                    self.work(function, mapped.take())

    # ---------------------------------------------------------------- what the tables do

    def _changed(self, table: str, place: Place, before: Row | None, after: Row | None) -> None:
        if table != TABLES.main:
            return
        self._watch(place, before, after)
        name = "INSERT" if before is None else "MODIFY" if after is not None else "REMOVE"
        if name == "REMOVE" or not place[0].startswith("OUT#"):
            return
        self._sequence += 1
        record = {
            "eventID": f"{self._sequence:032}",
            "eventName": name,
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": {"pk": {"S": place[0]}, "sk": {"S": place[1]}},
                "SequenceNumber": f"{self._sequence:021}",
                "StreamViewType": "KEYS_ONLY",
            },
        }
        for mapped in self.mappings.values():
            if place[0].startswith(mapped.prefixes):
                mapped.waiting.append(Batch((record,)))
                mapped.known.append(record)

    def _watch(self, place: Place, before: Row | None, after: Row | None) -> None:
        """Hold every single change against what must be true after it."""
        match place[0].split("#"):
            case ["APPLICATION", reference] if before is None and place[1] == "APPLICATION":
                self.accepted[reference] = {code: self.serving(code) for code in MUNICIPALITIES}
            case ["DELIVERY", recipient, number] if before is not None:
                for name in ("received_at", "queued_at"):
                    if name in before and (after is None or after.get(name) != before[name]):
                        self.broken.append(f"{name} of {number} at {recipient} was changed")
                if before["state"] == {"S": "withdrawn"} and after and after["state"] != before["state"]:
                    self.broken.append(f"{number} at {recipient} was withdrawn and is so no more")
            case ["OUT", "NOTICE", recipient, number, "new"] if before is None:
                row = self.delivery(recipient, number)
                if row is None or "received_at" not in row:
                    self.broken.append(f"{recipient} is to be told of {number} before it came")
            case ["OUT", "LETTER", recipient, number] if after is None:
                row = self.delivery(recipient, number)
                if row is None or row["state"] == {"S": "queued"}:
                    self.broken.append(f"{number} left the outbox of {recipient} undelivered")
            case _:
                pass

    def delivery(self, recipient: str, number: str) -> Row | None:
        """Give a delivery's row as it lies."""
        key = keys.delivery(recipient, number)
        return self.cloud.dynamodb.tables[TABLES.main].rows.get((key.pk, key.sk))

    def serving(self, code: str) -> tuple[str, bool]:
        """Give who serves a municipality at this very moment, and whether it is live and says so itself."""
        key = keys.municipality(code)
        recipient = self.main.get_item(Key=key.attributes())["Item"]["recipient"]
        row = self.main.get_item(Key=keys.recipient(recipient).attributes())["Item"]
        return recipient, row["state"] == "live" and code in row["municipalities"]

    @property
    def outbox(self) -> list[str]:
        """Everything that waits."""
        return [pk for pk, _ in self.cloud.dynamodb.tables[TABLES.main].rows if pk.startswith("OUT#")]

    # ---------------------------------------------------------------- applicants

    def uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def applicant(self, *municipalities: str) -> Applicant:
        """Let somebody open the page."""
        number = len(self.applicants) + 1
        address = f"kanariefagel.prov+{number}@example.com"
        one = Applicant(number, self.uuid(), municipalities, address, f"Plats vid bordet. {MARK} motiv {number}")
        self.applicants.append(one)
        return one

    def submit(self, applicant: Applicant) -> None:
        """Let the page send the application once, and take down what it is told."""
        if self.guarded and applicant.challenge is None:
            asked = self.http("submission", "GET", "/api/challenge")
            if asked.status != 200:
                return
            applicant.challenge = _solved(asked.json)
        applicant.sent += 1
        if not applicant.tried:
            applicant.tried.append(self._filled_in(applicant))
        body = applicant.tried[-1]
        challenge = {"challenge": applicant.challenge} if applicant.challenge else {}
        answer = self.http(
            "submission",
            "POST",
            "/api/applications",
            body=json.dumps({**body, **challenge}).encode(),
            headers={"idempotency-key": str(applicant.key)},
        )
        match answer.status:
            case 200 | 201:
                applicant.receipts.add(answer.body)
                applicant.refused = None
            case None | 503:
                applicant.unheard += 1
            case 422 if answer.slug == "challenge-refused":
                applicant.challenge = None
            case 422 if answer.slug in _REFUSED:
                applicant.refused = answer.slug
            case 422 if self._asked_otherwise(answer):
                # Who receives has changed, and with it what is asked: the page asks anew, under the same key.
                applicant.tried.append(self._filled_in(applicant))
            case 409 if body in applicant.tried[1:]:
                # An earlier try had arrived after all: its receipt is the one that counts, and the page asks for it.
                applicant.tried.remove(body)
            case _:
                self.broken.append(f"applicant {applicant.number} was told {answer.status}: {answer.body!r}")

    def _filled_in(self, applicant: Applicant) -> dict[str, Any]:
        """Answer what the recipients of the chosen municipalities ask at this moment."""
        serving = {self.serving(code)[0] for code in applicant.municipalities}
        rows = [self.main.get_item(Key=keys.recipient(one).attributes())["Item"] for one in serving]
        answers = family_answers(
            extended=frozenset(one for row in rows for one in row["extended_questions"]),
            recipients=len(serving),
            motive=applicant.motive,
            email=applicant.email,
        )
        return {"questionSet": "2026-1", "municipalities": list(applicant.municipalities), "answers": answers}

    def _asked_otherwise(self, answer: Answer) -> bool:
        hangs_on_recipients = {"/answers/smoking", "/answers/shareRecipients"}
        return answer.slug == "invalid-answers" and {one["pointer"] for one in answer.json["errors"]} <= (
            hangs_on_recipients
        )

    def withdraw(self, applicant: Applicant, number: str | None = None) -> None:
        """Let the page withdraw one delivery or all."""
        if receipt := applicant.receipt:
            applicant.withdrew = True
            query = f"?delivery={number}" if number else ""
            answer = self._of(applicant, "DELETE", f"/api/applications/{receipt['reference']}{query}")
            self._expected(answer, {None, 200, 503}, "a withdrawal")
            if answer.status == 200:
                wanted = [one for one in answer.json["deliveries"] if number in {None, one["number"]}]
                if any(one["state"] != "withdrawn" for one in wanted):
                    self.broken.append("a withdrawal was confirmed that was not done")
                self._see(applicant, answer.json)

    def supplement(self, applicant: Applicant, extra: Extra | None = None) -> None:
        """Let the page send a supplement, a new one or the same again."""
        if not (receipt := applicant.receipt):
            return
        if extra is None:
            extra = Extra(self.uuid(), f"Vi har flyttat. {MARK} tillägg {applicant.number}.{len(applicant.extras)}")
            applicant.extras.append(extra)
        body = {"questionSet": "2026-1", "answers": {"mobile": "070-174 06 08"}, "message": extra.message}
        path = f"/api/applications/{receipt['reference']}/supplement"
        sent = json.dumps(body).encode()
        answer = self._of(applicant, "POST", path, sent, {"idempotency-key": str(extra.key)})
        match answer.status:
            case 200 | 201 if extra.receipt in (None, answer.json):
                extra.receipt = answer.json
            case 200 | 201:
                self.broken.append(f"a supplement of applicant {applicant.number} got two receipts")
            case None | 503:
                pass
            case 409 | 422 if answer.slug in _REFUSED:
                extra.refused = True
            case _:
                self.broken.append(f"a supplement was told {answer.status}: {answer.body!r}")

    def share(self, applicant: Applicant, *, consent: bool) -> None:
        """Let the page give or take back that recipients may know of each other."""
        if receipt := applicant.receipt:
            path = f"/api/applications/{receipt['reference']}/share-recipients"
            answer = self._of(applicant, "PUT", path, json.dumps({"share": consent}).encode())
            self._expected(answer, {None, 200, 409, 503}, "a change of consent")

    def look(self, applicant: Applicant) -> None:
        """Let the page show how it fares; what it showed before must not be taken back."""
        if receipt := applicant.receipt:
            answer = self._of(applicant, "GET", f"/api/applications/{receipt['reference']}")
            self._expected(answer, {None, 200, 503}, "a receipt")
            if answer.status == 200:
                self._see(applicant, answer.json)

    def _see(self, applicant: Applicant, status: Mapping[str, Any]) -> None:
        for one in status["deliveries"]:
            before = applicant.seen.get(one["number"], {})
            for name in ("receivedAt", "openedAt"):
                # Of two pages that look at once, the one that is told last may have been answered first.
                overtaken = one[name] is None and self.turns
                if before.get(name) and before[name] != one[name] and not overtaken:
                    self.broken.append(f"{name} of {one['number']} was {before[name]} and is {one[name]}")
            applicant.seen[one["number"]] = {**one, **{name: one[name] or before.get(name) for name in one}}

    def _of(
        self,
        applicant: Applicant,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        code = (applicant.receipt or {})["receiptCode"]
        return self.http("submission", method, path, body=body, headers={"receipt-code": code, **(headers or {})})

    def _expected(self, answer: Answer, statuses: set[int | None], about: str) -> None:
        if answer.status not in statuses:
            self.broken.append(f"{about} was told {answer.status}: {answer.body!r}")

    # ---------------------------------------------------------------- case workers

    def open_letters(self, recipient: str, *, handle: bool = False) -> None:
        """Let a case worker list the mailbox and open what is new; claim it, call, let it go."""
        who = worker(recipient)
        listed = self.http("mailbox", "GET", "/api/mailbox/deliveries", who=who)
        self._expected(listed, {None, 200, 503}, "a mailbox")
        for line in listed.json["deliveries"] if listed.status == 200 else ():
            path = f"/api/mailbox/deliveries/{line['number']}"
            opened = self.http("mailbox", "GET", path, who=who)
            self._expected(opened, {None, 200, 500, 503}, "an opened letter")
            if opened.status == 200:
                self.read += 1
                self.opened[recipient, line["number"]] += 1
                self._is_the_one_sent(recipient, opened.json)
            if handle:
                key = {"idempotency-key": str(self.uuid())}
                self._expected(self.http("mailbox", "POST", f"{path}/claim", who=who), {None, 200, 409, 503}, "a claim")
                body = b'{"result": "reached"}'
                said = self.http("mailbox", "POST", f"{path}/contact", who=who, body=body, headers=key)
                self._expected(said, {None, 200, 409, 500, 503}, "a contact")

    def search(self, recipient: str) -> None:
        """Let a case worker search for a word that is in every family's name."""
        asked = {"who": worker(recipient), "body": b'{"text": "kanarie"}'}
        found = self.http("mailbox", "POST", "/api/mailbox/search", **asked)
        # A key that is disabled opens neither letters nor tokens.
        self._expected(found, {None, 200, 500, 503}, "a search")
        for line in found.json["deliveries"] if found.status == 200 else ():
            self.found[recipient, line["number"]] += 1
            if self.delivery(recipient, line["number"]) is None:
                self.broken.append(f"{recipient} found a letter of others")

    def _is_the_one_sent(self, recipient: str, letter: Mapping[str, Any]) -> None:
        motive = letter["answers"]["motive"]
        sender = next((one for one in self.applicants if one.motive == motive), None)
        if letter["recipient"]["id"] != recipient or sender is None:
            self.broken.append(f"{recipient} opened a letter that nobody sent to it")

    # ---------------------------------------------------------------- operators

    def change(self, recipient: str, **changes: Any) -> None:
        """Change a recipient's row as SKR's console does: all of it counts at once."""
        stored = self.main.get_item(Key=keys.recipient(recipient).attributes())["Item"]
        version = int(stored["membership_version"]) + ("state" not in changes)
        self.main.put_item(Item={**stored, "membership_version": version, **changes})

    def move(self, code: str, recipient: str) -> None:
        """Move a municipality to another recipient, claim and both rows in one transaction."""
        before, _ = self.serving(code)
        if before == recipient:
            return
        rows = {one: self.main.get_item(Key=keys.recipient(one).attributes())["Item"] for one in (before, recipient)}
        self.change(before, municipalities=[one for one in rows[before]["municipalities"] if one != code])
        self.change(recipient, municipalities=sorted([*rows[recipient]["municipalities"], code]))
        self.main.put_item(Item={**keys.municipality(code).attributes(), "recipient": recipient})

    def key_of(self, recipient: str) -> str:
        return self.main.get_item(Key=keys.recipient(recipient).attributes())["Item"]["key_arn"]

    # ---------------------------------------------------------------- repair

    def repair(self) -> None:
        """End all that is wrong, and let time pass until nothing waits any more."""
        if self.turns:
            self.turns.finish()
        self.choice = self.choice if isinstance(self.choice, Planned) else Planned({})
        self.lag = False
        for arn in self.cloud.kms.keys:
            self.cloud.kms.enable_key(session=None, KeyId=arn)
        for recipient in RECIPIENTS:
            self.change(recipient, state=RecipientState.LIVE.value)
        for _ in range(400):
            for one in self.applicants:
                if one.waits:
                    self.submit(one)
                for extra in one.extras:
                    if extra.receipt is None and not extra.refused:
                        self.supplement(one, extra)
            self.deliver_all()
            if self.broken:
                return
            if not self.outbox and not any(self._asks_again(one) for one in self.applicants):
                return
            self.clock.passes(150)
            self.keep_house()
        self.broken.append(f"never quiet again: {sorted(self.outbox)}")

    def _asks_again(self, one: Applicant) -> bool:
        return one.waits or any(each.receipt is None and not each.refused for each in one.extras)


@contextmanager
def heard(town: Town) -> Iterator[None]:
    """Let all that a town's functions say go into its log."""
    with logged(town.log):
        yield


def _solved(challenge: Mapping[str, Any]) -> str:
    asked = Challenge(
        challenge["algorithm"],
        challenge["challenge"],
        challenge["maxnumber"],
        challenge["salt"],
        challenge["signature"],
    )
    found = solve_challenge(asked)
    assert found is not None
    return Solved(asked.algorithm, asked.challenge, found.number, asked.salt, asked.signature).to_base64()
