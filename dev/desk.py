"""The desk: what the person at the machine sees of the local cloud, as JSON under `/desk/api/` and as one page.

It has the rights of the account's root and no sign-in, so it answers on loopback only, and changes nothing for a
page of another origin.
"""

import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from dev import desk_page
from dev.automation import Routines, StepFailedError
from dev.cloud import Clients
from dev.gateway import Answer
from dev.places import REPOSITORY, Places, read, read_lines
from dev.pumps import Pumps
from dev.runner import Runner, log_of
from dev.template import Physical, Template
from dev.wiring import Wiring

_EVENTS = REPOSITORY / "events"
_PAGE = 200
ADMINISTRATION = "Administration"


class NotFoundError(Exception):
    """There is no such thing on the desk."""


@dataclass(slots=True)
class Desk:
    """Everything that the desk shows, read when it is asked for."""

    places: Places
    template: Template
    physical: Mapping[str, Physical]
    wiring: Wiring
    runner: Runner
    pumps: Pumps
    clients: Clients
    url: str
    emulator: str
    routines: Routines = field(init=False)

    def __post_init__(self) -> None:
        self.routines = Routines(self.template, self.physical, self._administration)

    # ------------------------------------------------------------ JSON

    def get(self, name: str, query: Mapping[str, str]) -> Any:
        """Give one part of the desk as JSON; `NotFoundError`."""
        match name.split("/"):
            case ["mails"]:
                return {"mails": self.mails(query.get("to"), int(query.get("limit", _PAGE)))}
            case ["sms"]:
                return {"sms": self.sms()}
            case ["outbox"]:
                return {"outbox": self.outbox()}
            case ["queues"]:
                return {"queues": self.queues()}
            case ["functions"]:
                return {"functions": self.functions()}
            case ["schedules"]:
                return {"schedules": self.schedules()}
            case ["people"]:
                return {"people": self.people()}
            case ["routines"]:
                return {"routines": self.routines.described()}
            case ["routines", "runs"]:
                return {"runs": self.routines.runs()}
            case ["pumps"]:
                pumps = (*self.pumps.streams, *self.pumps.queues)
                return {"pumps": [{"source": p.source.id, **asdict(p.counts)} for p in pumps]}
            case ["service"]:
                return {"url": self.url, "emulator": self.emulator, **read(self.places.service)}
            case ["logs", function]:
                return {"lines": self.log(function, int(query.get("limit", 100)))}
            case _:
                raise NotFoundError(name)

    def post(self, name: str, body: bytes) -> Any:
        """Do something; `NotFoundError`, and `ValueError` for a body that is no JSON."""
        content: Any = json.loads(body) if body.strip() else None
        match name.split("/"):
            case ["functions", function, "run"]:
                return self.run(function, content)
            case ["functions", function, "failing"]:
                call, share = (content or {}).get("call"), float((content or {}).get("share", 1))
                self.runner.set_failing(self._function(function), None if call is None else str(call), share)
                return {"failing": call, "share": share}
            case ["functions", function, "faults"]:
                fault = {when: str(content[when]) for when in ("before", "after") if when in (content or {})}
                if not fault:
                    raise ValueError("a fault is {before: service:Operation} or {after: …}")
                self.runner.set_fault(self._function(function), fault)
                return {"waiting": fault}
            case ["functions", function, "release"]:
                return {"released": self.runner.release(self._function(function))}
            case ["schedules", schedule, "run"]:
                if schedule not in self.pumps.schedules:
                    raise NotFoundError(schedule)
                outcome = self.pumps.run(schedule)
                return {"result": outcome.result, "error": outcome.error, "seconds": round(outcome.seconds, 3)}
            case ["routines", routine, "run"]:
                return self.routines.start(routine, content or {})
            case ["routines", run, "approve"]:
                return self.routines.approve(run)
            case ["queues", queue, "purge"]:
                self.clients("sqs").purge_queue(QueueUrl=self._queue(queue))
                return {"purged": queue}
            case _:
                raise NotFoundError(name)

    def mails(self, to: str | None = None, limit: int = _PAGE) -> list[dict[str, Any]]:
        """Give the e-mails as they were handed over, the newest first."""
        found = [
            {
                "id": mail["MessageId"],
                "at": _moment(mail["Timestamp"]),
                "from": mail["Source"],
                "to": [*mail.get("To", ()), *mail.get("CC", ()), *mail.get("BCC", ())],
                "subject": mail.get("Subject", ""),
                "text": mail.get("BodyText") or "",
                "html": mail.get("BodyHtml") or None,
            }
            for mail in read_lines(self.places.mails)
        ]
        return [mail for mail in reversed(found) if to is None or to in mail["to"]][:limit]

    def sms(self) -> list[dict[str, Any]]:
        """Give the SMS as they were handed over, the newest first."""
        return [
            {
                "id": text["MessageId"],
                "at": _moment(text["Timestamp"]),
                "to": text["PhoneNumber"],
                "text": text["Message"],
            }
            for text in reversed(read_lines(self.places.sms))
        ]

    def outbox(self) -> list[dict[str, Any]]:
        """Give every row of an index called `outbox`, the oldest first: keys and times, never what it holds."""
        found: list[dict[str, Any]] = []
        for resource in self.template.of_type("AWS::DynamoDB::Table"):
            properties = self.template.resolve(resource, self.physical)
            for index in properties.get("GlobalSecondaryIndexes") or ():
                if index["IndexName"] != "outbox":
                    continue
                pages = (
                    self.clients("dynamodb")
                    .get_paginator("scan")
                    .paginate(TableName=self.physical[resource.path].ref, IndexName="outbox")
                )
                for page in pages:
                    found += [
                        {name: next(iter(value.values())) for name, value in row.items()} for row in page["Items"]
                    ]
        return sorted(found, key=lambda row: str(row.get("queued_at", "")))

    def queues(self) -> list[dict[str, Any]]:
        """Give every queue with the messages that it holds; looking takes none of them."""
        sqs, found = self.clients("sqs"), []
        peeked = json.loads(self._ask(f"{self.emulator}/_ministack/sqs/messages")).get("messages", {})
        for resource in self.template.of_type("AWS::SQS::Queue"):
            known = self.physical[resource.path]
            name = known.attributes["QueueName"]
            url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
            counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            found.append(
                {
                    "id": resource.path,
                    "name": name,
                    "waiting": int(counts.get("ApproximateNumberOfMessages", 0)),
                    "inFlight": int(counts.get("ApproximateNumberOfMessagesNotVisible", 0)),
                    "messages": _messages_of(peeked, name),
                }
            )
        return found

    def functions(self) -> list[dict[str, Any]]:
        """Give every function with its processes and the events that fit it."""
        described = self.runner.describe()
        for each in described:
            function = self.wiring.functions[each["id"]]
            each["routes"] = [route.key for route in self.wiring.routes if route.function == function.id]
            each["sources"] = [source.id for source in self.wiring.sources if source.function == function.id]
            each["events"] = [str(file.relative_to(_EVENTS)) for file in self._events(function.id)]
        return described

    def schedules(self) -> list[dict[str, Any]]:
        """Give every schedule with its next and its last run."""
        return [
            {
                "name": state.schedule.name,
                "expression": state.schedule.expression,
                "function": state.schedule.function,
                "enabled": state.schedule.enabled,
                "next": state.next.isoformat(timespec="seconds") if state.next else None,
                "runs": state.runs,
                "last": state.last,
            }
            for state in self.pumps.schedules.values()
        ]

    def people(self) -> list[dict[str, Any]]:
        """Give everybody who can sign in, with the password of this machine's own pool."""
        return [
            {"email": email, **person, "signIn": f"{self.url}/brevlada/"}
            for email, person in sorted(read(self.places.people).items())
        ]

    def log(self, function: str, limit: int) -> list[str]:
        """Give the last lines of a function's log."""
        file = log_of(self.places, self._function(function))
        if not file.exists():
            return []
        with file.open("rb") as lines:
            lines.seek(0, 2)
            lines.seek(max(0, lines.tell() - 400 * limit))
            return lines.read().decode(errors="replace").splitlines()[-limit:]

    def run(self, name: str, content: Any) -> dict[str, Any]:
        """Call a function with an event: the one given, the file named by `{"file": …}`, or the first that fits."""
        function = self._function(name)
        if isinstance(content, Mapping) and set(content) == {"file"}:
            file = (_EVENTS / str(content["file"])).resolve()
            if not file.is_relative_to(_EVENTS) or not file.is_file():
                raise NotFoundError(str(content["file"]))
            content = json.loads(file.read_text(encoding="utf-8"))
        elif content is None:
            files = self._events(function)
            content = json.loads(files[0].read_text(encoding="utf-8")) if files else {}
        # As the people of SKR call it: what is live goes through a routine.
        alias = "preview" if function == ADMINISTRATION else "live"
        outcome = self.runner.invoke(function, content, alias)
        return {"result": outcome.result, "error": outcome.error, "seconds": round(outcome.seconds, 3)}

    def _administration(self, alias: str, event: Any) -> Any:
        outcome = self.runner.invoke(ADMINISTRATION, event, alias)
        if outcome.error is not None:
            raise StepFailedError(str(outcome.error.get("errorMessage", "")))
        return outcome.result

    def _events(self, function: str) -> list[Path]:
        """Give the event files that fit a function: by its name, by its folder, or by the kind of its sources."""
        folder = self.wiring.functions[function].handler.split(".")[1]
        words = {folder, folder.replace("_", "-")}
        prefixes = {
            "OUT#LETTER#": "letter",
            "OUT#SUPPLEMENT#": "supplement",
            "OUT#NOTICE#": "notice",
            "OUT#CONFIRMATION#": "confirmation",
        }
        for source in self.wiring.sources:
            if source.function == function:
                text = json.dumps(source.filters)
                words |= {word for prefix, word in prefixes.items() if prefix in text}
        found = [
            file
            for file in sorted(_EVENTS.rglob("*.json"))
            if "bodies" not in file.parts and words & {file.stem, *file.relative_to(_EVENTS).parts[:-1]}
        ]
        # What bears the function's own name comes first: it is what is sent where no file is named.
        found.sort(key=lambda file: file.stem not in words)
        return found or [file for file in sorted(_EVENTS.rglob("*.json")) if file.stem.split(".")[0] in words]

    def _function(self, name: str) -> str:
        function = self.wiring.function(name)
        if function is None:
            raise NotFoundError(name)
        return function.id

    def _queue(self, name: str) -> str:
        for queue in self.template.of_type("AWS::SQS::Queue"):
            if name in {queue.path, queue.logical, self.physical[queue.path].attributes["QueueName"]}:
                physical = self.physical[queue.path].attributes["QueueName"]
                return self.clients("sqs").get_queue_url(QueueName=physical)["QueueUrl"]
        raise NotFoundError(name)

    def _ask(self, url: str) -> bytes:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read()

    # ------------------------------------------------------------ the page

    def page(self, note: str = "") -> Answer:
        """Give the page."""
        try:
            parts = {
                "mails": self.mails(limit=30),
                "sms": self.sms()[:30],
                "outbox": self.outbox(),
                "queues": self.queues(),
                "functions": self.functions(),
                "schedules": self.schedules(),
                "people": self.people(),
            }
        except (ClientError, OSError) as error:
            return _html(503, desk_page.trouble(str(error)))
        return _html(200, desk_page.page(self.url, self.emulator, parts, note))

    def act(self, body: bytes) -> Answer:
        """Do what a button of the page asks for, and show the page again."""
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        if form.get("do", "").startswith("routines/"):
            return self._routine(form)
        try:
            done = self.post(form["do"], json.dumps({"file": form["file"]}).encode() if form.get("file") else b"")
        except (NotFoundError, KeyError, ValueError):
            return Answer(303, [("location", "/desk")])
        note = json.dumps(done, ensure_ascii=False, indent=1)
        return self.page(f"{form['do']}\n{note}")

    def routines_page(self, note: str = "") -> Answer:
        """Give the page of the routines."""
        return _html(200, desk_page.routines(self.routines.described(), self.routines.runs(), note))

    def _routine(self, form: dict[str, str]) -> Answer:
        do = form.pop("do")
        try:
            done = self.post(do, json.dumps(form).encode())
        except (NotFoundError, KeyError, ValueError) as error:
            return self.routines_page(str(error))
        return self.routines_page("\n\n".join(done["told"]) or done["status"])


def _messages_of(peeked: Any, name: str) -> list[Any]:
    if isinstance(peeked, Mapping):
        found: list[Any] = []
        for key, value in peeked.items():
            if isinstance(value, list) and str(key).rstrip("/").endswith(f"/{name}"):
                found += value
            elif isinstance(value, Mapping):
                found += _messages_of(value, name)
        return found
    return []


def _moment(seconds: Any) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).isoformat(timespec="milliseconds")


def _html(status: int, text: str) -> Answer:
    return Answer(
        status,
        [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            (
                "content-security-policy",
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; img-src 'self'",
            ),
            ("referrer-policy", "no-referrer"),
        ],
        text.encode(),
    )
