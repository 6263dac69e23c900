"""A service of its own for a test: started as `make run` starts it, in a folder of its own, spoken to over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2 as httpx

from dev.cloud import Clients, known
from dev.places import REPOSITORY, Places, read
from dev.running import Service
from dev.token import token

PATIENCE = 120.0
FIVE = ("0180", "0680", "0687", "1280", "1480")
RECIPIENTS = ("0180", "0680", "1280", "1480", "unit-hoglandet")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def eventually(found: Callable[[], Any], about: str, *, patience: float = PATIENCE) -> Any:
    """Give what `found` finds once it finds something; the test fails when patience is at its end."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if value := found():
            return value
        time.sleep(0.05)
    message = f"never happened within {patience:.0f} s: {about}"
    raise AssertionError(message)


def _answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=2)
    except httpx.HTTPError:
        return False
    return True


@dataclass
class Running:
    """One service; `start`, `stop` and `kill` as often as a test likes."""

    root: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._tokens: dict[str, str] = {}
        self.http = httpx.Client(base_url=self.url, timeout=60)
        self.started_in = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def record(self) -> Path:
        """Where every AWS call of every function is noted."""
        return self.root.parent / f"{self.root.name}-calls.jsonl"

    @property
    def places(self) -> Places:
        return Places(self.root)

    @property
    def service(self) -> Service:
        described = read(self.places.service)
        return Service(self.url, described["emulator"], described["client"], described["redirect"], self.places)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "POWERTOOLS_"))},
            "PORT": str(self.port),
            "FAMILJEHEM_LOCAL": str(self.root),
            "FAMILJEHEM_RECORD": str(self.record),
            **self.settings,
        }

    def tool(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the tools beside the service, as a person would."""
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self) -> None:
        began = time.monotonic()
        with (self.root / "service.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dev"],
                cwd=REPOSITORY,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually(self._is_ready, "the service answers")
        self.started_in = time.monotonic() - began
        # A fault is for the next worker: those that are warmed up must stand before one is ordered.
        eventually(lambda: all(one["workers"] for one in self.desk("functions")), "every function is warm")

    def close(self) -> None:
        self.stop()
        self.http.close()

    def _is_ready(self) -> bool:
        assert self._process
        assert self._process.poll() is None, (self.root / "service.log").read_text()[-3000:]
        if not read(self.places.service).get("ready"):
            return False
        try:
            return self.http.get("/desk/api/service").status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)
            self._process = None
        self._tokens.clear()

    def kill(self) -> None:
        """Kill it without a word; return when its emulator has noticed, saved and ended."""
        emulator = self.service.emulator
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._tokens.clear()
        eventually(lambda: not _answers(emulator), "the emulator has ended")

    # ---------------------------------------------------------------- the desk

    def desk(self, name: str) -> Any:
        answer = self.http.get(f"/desk/api/{name}")
        answer.raise_for_status()
        return answer.json()[name.split("/", maxsplit=1)[0]]

    def order(self, name: str, content: Any = None) -> Any:
        answer = self.http.post(f"/desk/api/{name}", json=content)
        answer.raise_for_status()
        return answer.json()

    def outbox(self) -> list[dict[str, Any]]:
        return self.desk("outbox")

    def quiet(self, patience: float = PATIENCE) -> None:
        """Wait until the outbox is empty."""
        eventually(lambda: not self.outbox(), "the outbox is empty", patience=patience)

    def housekeeping(self) -> None:
        self.scheduled("EveryMinute")

    def scheduled(self, name: str) -> Any:
        """Fire a schedule now, by the end of its name, and give what came of it."""
        schedule = next(one["name"] for one in self.desk("schedules") if one["name"].endswith(name))
        return self.order(f"schedules/{schedule}/run")

    def processes(self, function: str) -> list[int]:
        (one,) = [each for each in self.desk("functions") if each["id"] == function]
        return [worker["pid"] for worker in one["workers"]]

    def held(self, function: str) -> int:
        """Wait until a worker of `function` is held at its fault point; give its process."""

        def found() -> int | None:
            (one,) = [each for each in self.desk("functions") if each["id"] == function]
            return next((worker["pid"] for worker in one["workers"] if worker["held"]), None)

        return eventually(found, f"{function} is held")

    # ---------------------------------------------------------------- an applicant

    def submit(self, *municipalities: str, key: str | None = None, **changes: Any) -> httpx.Response:
        body = family(*municipalities, **changes)
        return self.http.post("/api/applications", json=body, headers={"Idempotency-Key": key or str(uuid4())})

    def receipt(self, receipt: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.http.get(
            f"/api/applications/{receipt['reference']}", headers={"Receipt-Code": receipt["receiptCode"]}
        )
        answer.raise_for_status()
        return answer.json()

    def supplement(self, receipt: Mapping[str, Any], *, key: str | None = None, **changes: Any) -> httpx.Response:
        body = json.loads((REPOSITORY / "events/http/bodies/supplement.json").read_text(encoding="utf-8"))
        return self.http.post(
            f"/api/applications/{receipt['reference']}/supplement",
            json={**body, **changes},
            headers={"Receipt-Code": receipt["receiptCode"], "Idempotency-Key": key or str(uuid4())},
        )

    def share(self, receipt: Mapping[str, Any], *, consent: bool) -> httpx.Response:
        return self.http.put(
            f"/api/applications/{receipt['reference']}/share-recipients",
            json={"share": consent},
            headers={"Receipt-Code": receipt["receiptCode"]},
        )

    # ---------------------------------------------------------------- a case worker

    def worker_of(self, recipient: str) -> str:
        people = read(self.places.people)
        return next(email for email, one in people.items() if [each["id"] for each in one["recipients"]] == [recipient])

    def as_worker(self, recipient: str) -> dict[str, str]:
        email = self.worker_of(recipient)
        if email not in self._tokens:
            self._tokens[email] = token(self.service, email)
        return {"Authorization": f"Bearer {self._tokens[email]}"}

    def mailbox(self, recipient: str) -> Iterator[dict[str, Any]]:
        """Walk the whole mailbox of a recipient, newest first."""
        cursor = ""
        while True:
            query = {"cursor": cursor} if cursor else {}
            answer = self.http.get("/api/mailbox/deliveries", params=query, headers=self.as_worker(recipient))
            answer.raise_for_status()
            page = answer.json()
            yield from page["deliveries"]
            cursor = page["cursor"]
            if not cursor:
                return

    def found(self, recipient: str, text: str) -> list[str]:
        """Search a mailbox; give the numbers of what is found."""
        asked = {"json": {"text": text}, "headers": self.as_worker(recipient)}
        answer = self.http.post("/api/mailbox/search", **asked)
        answer.raise_for_status()
        return [one["number"] for one in answer.json()["deliveries"]]

    def letter(self, recipient: str, number: str) -> dict[str, Any]:
        answer = self.http.get(f"/api/mailbox/deliveries/{number}", headers=self.as_worker(recipient))
        answer.raise_for_status()
        return answer.json()

    def exported(self, recipient: str, path: str) -> bytes:
        """Take something out of the system, as a recipient's case worker does."""
        answer = self.http.get(f"/api/mailbox/{path}", headers=self.as_worker(recipient))
        answer.raise_for_status()
        return answer.content


def family(*municipalities: str, **changes: Any) -> dict[str, Any]:
    """Give the family's body, for these municipalities, with changed answers."""
    body = json.loads((REPOSITORY / "events/http/bodies/family.json").read_text(encoding="utf-8"))
    chosen = list(municipalities or FIVE)
    answers = {**body["answers"], **changes}
    if len(chosen) == 1:
        answers.pop("shareRecipients", None)
    return {**body, "municipalities": chosen, "answers": answers}


def _numbered(row: Mapping[str, Any], number: str) -> bool:
    return row.get("number", {}).get("S") == number


@dataclass(frozen=True)
class Store:
    """What the service has stored, read with the rights of the emulator's root: for tests only."""

    running: Running

    def client(self, name: str) -> Any:
        return Clients(self.running.service.emulator)(name)

    def named(self, path: str) -> str:
        return known(self.running.places)[path].ref

    def rows(self, table: str = "Main") -> list[dict[str, Any]]:
        """Give every row of a table in the form of DynamoDB."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.named(f"Data/{table}Table"))
        return [row for page in pages for row in page["Items"]]

    def stored(self) -> Counter[str]:
        """Count what is stored of applications, by the first part of the key."""
        kinds = ("APPLICATION", "DELIVERY", "OUT", "CHALLENGE", "WRAP", "CONTACT")
        rows = [*self.rows("Main"), *self.rows("Wraps")]
        return Counter(kind for row in rows if (kind := row["pk"]["S"].partition("#")[0]) in kinds)

    def counted(self) -> Counter[str]:
        """Add up the tallies: families of the nation, deliveries by recipient."""
        total: Counter[str] = Counter()
        for row in self.rows("Tally"):
            kind, owner, *_ = row["pk"]["S"].split("#")
            if kind == "NATION" or row["sk"]["S"] == "DELIVERIES":
                total["families" if kind == "NATION" else owner] += int(row["count"]["N"])
        return total

    def age(self, task: str, seconds: float) -> None:
        """Make an outbox row as old as if its stream record had been lost long ago."""
        at = (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.client("dynamodb").update_item(
            TableName=self.named("Data/MainTable"),
            Key={"pk": {"S": task}, "sk": {"S": "OUT"}},
            UpdateExpression="SET queued_at = :at, outbox_sk = :place",
            ExpressionAttributeValues={":at": {"S": at}, ":place": {"S": f"{at}#{task}"}},
        )

    def came(self, number: str, at: datetime) -> None:
        """Let a letter have come at another time: what the clock says of it is worked out when it is read."""
        moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        (row,) = [
            each
            for each in self.rows()
            if each["pk"]["S"].startswith("DELIVERY#") and each.get("number", {}).get("S") == number
        ]
        self.client("dynamodb").update_item(
            TableName=self.named("Data/MainTable"),
            Key={"pk": row["pk"], "sk": row["sk"]},
            UpdateExpression="SET received_at = :at, inbox_sk = :place",
            ExpressionAttributeValues={":at": {"S": moment}, ":place": {"S": f"{moment}#{number}"}},
        )

    def alter(self, number: str, name: str, value: str | None) -> None:
        """Give an attribute of a delivery's row another value, or take it away, as if it had always been so."""
        (row,) = [each for each in self.rows() if each["pk"]["S"].startswith("DELIVERY#") and _numbered(each, number)]
        self.client("dynamodb").update_item(
            TableName=self.named("Data/MainTable"),
            Key={"pk": row["pk"], "sk": row["sk"]},
            UpdateExpression="REMOVE #name" if value is None else "SET #name = :value",
            ExpressionAttributeNames={"#name": name},
            **({} if value is None else {"ExpressionAttributeValues": {":value": {"S": value}}}),
        )

    def untold(self) -> None:
        """Let nobody have been reminded yet: the schedule itself may have come by, and letters are made older afterwards."""
        for row in self.rows():
            if row["pk"]["S"] == "REMINDED":
                self.client("dynamodb").delete_item(
                    TableName=self.named("Data/MainTable"), Key={"pk": row["pk"], "sk": row["sk"]}
                )

    def invited(self, recipient: str, person: str, at: datetime, warned_on: date | None = None) -> None:
        """Let somebody's access be as old as `at`, with the warning of a day."""
        values = {":at": {"S": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}}
        values |= {":warned": {"S": warned_on.isoformat()}} if warned_on else {}
        self.client("dynamodb").update_item(
            TableName=self.named("Data/MainTable"),
            Key={"pk": {"S": f"STAFF#{recipient}"}, "sk": {"S": person}},
            UpdateExpression="SET invited_at = :at" + (", warned_on = :warned" if warned_on else ""),
            ExpressionAttributeValues=values,
        )

    def closing(self, recipient: str, since: datetime) -> None:
        """Let a recipient's closing have begun at a moment."""
        (row,) = [
            each
            for each in self.rows()
            if each["sk"]["S"] == "ONBOARDING" and each.get("recipient", {}).get("S") == recipient
        ]
        self.client("dynamodb").update_item(
            TableName=self.named("Data/MainTable"),
            Key={"pk": row["pk"], "sk": row["sk"]},
            UpdateExpression="SET closing_at = :at",
            ExpressionAttributeValues={":at": {"S": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}},
        )

    def recipient(self, identifier: str) -> dict[str, Any]:
        key = {"pk": {"S": "DIRECTORY"}, "sk": {"S": f"RECIPIENT#{identifier}"}}
        return self.client("dynamodb").get_item(TableName=self.named("Data/MainTable"), Key=key)["Item"]

    def change_recipient(self, identifier: str, **values: dict[str, str]) -> None:
        key = {"pk": {"S": "DIRECTORY"}, "sk": {"S": f"RECIPIENT#{identifier}"}}
        for name, value in values.items():
            self.client("dynamodb").update_item(
                TableName=self.named("Data/MainTable"),
                Key=key,
                UpdateExpression="SET #name = :value",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues={":value": value},
            )

    def sealed(self, recipient: str, number: str, names: tuple[str, str] = ("letter", "card")) -> tuple[bytes, bytes]:
        """Give the sealed letter and card as they lie in the mailbox, or two other objects beside them."""
        s3, bucket = self.client("s3"), self.named("Data/MailboxBucket")
        letter, card = (
            s3.get_object(Bucket=bucket, Key=f"{recipient}/{number}/{name}")["Body"].read() for name in names
        )
        return letter, card
