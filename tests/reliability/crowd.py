"""A crowd in front of the running service: pages that try again as ours do, and what became of all that they sent."""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx2 as httpx

from tests.reliability.running import FIVE, Running, Store, family

PAUSES = (1.0, 2.0, 4.0, 8.0)
"""What the page waits between its tries (`website/assets/sending.js`); a person presses again after the last."""
PATIENCE = 20


@dataclass
class Sent:
    """One application: what was asked, what it was told on the way, and its receipt."""

    key: str
    municipalities: tuple[str, ...]
    motive: str
    statuses: list[int] = field(default_factory=list[int])
    receipt: dict[str, Any] | None = None
    accepted_in: float = 0.0

    @property
    def mended(self) -> bool:
        """Whether something went wrong, and its repeat was answered with a receipt."""
        return len(self.statuses) > 1 and self.receipt is not None


@dataclass
class Crowd:
    """Clients that send applications, each at its own times, until the last is told what became of it."""

    running: Running
    seed: int = 0
    sent: list[Sent] = field(default_factory=list[Sent])
    stopped: bool = False

    def run(self, clients: int, applications: int, seconds: float) -> None:
        """Let `clients` send `applications` within `seconds`, all at times of their own."""
        chance = random.Random(self.seed)
        times = sorted(chance.uniform(0, seconds) for _ in range(applications))
        mine: list[list[tuple[float, Sent]]] = [[] for _ in range(clients)]
        for index, at in enumerate(times):
            chosen = tuple(chance.sample(FIVE, chance.choice((1, 2, 3))))
            one = Sent(str(uuid4()), chosen, f"Kanariefågel nummer {self.seed}.{index}")
            self.sent.append(one)
            mine[index % clients].append((at, one))
        began = time.monotonic()
        threads = [threading.Thread(target=self._client, args=(began, queue)) for queue in mine]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _client(self, began: float, queue: Sequence[tuple[float, Sent]]) -> None:
        with httpx.Client(base_url=self.running.url, timeout=30) as http:
            for at, one in queue:
                time.sleep(max(0.0, began + at - time.monotonic()))
                self._send(http, one)

    def _send(self, http: httpx.Client, one: Sent) -> None:
        body = family(*one.municipalities, motive=one.motive)
        started = time.monotonic()
        for attempt in range(PATIENCE):
            try:
                answer = http.post("/api/applications", json=body, headers={"Idempotency-Key": one.key})
                one.statuses.append(answer.status_code)
            except httpx.HTTPError:
                one.statuses.append(0)
            if one.statuses[-1] in {200, 201}:
                one.receipt = answer.json()
                one.accepted_in = time.monotonic() - started
                return
            if 0 < one.statuses[-1] < 500:
                return
            time.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])

    # ---------------------------------------------------------------- afterwards

    def found(self, before: Mapping[str, int]) -> dict[str, Any]:
        """Compare every letter in every mailbox with what was sent; nothing lost, nothing doubled, nothing unmended."""
        statuses = Counter(status for one in self.sent for status in one.statuses)
        left = [one for one in self.sent if one.receipt is None]
        assert not left, Counter(tuple(one.statuses) for one in left)
        expected = {
            delivery["number"]: (delivery["recipient"]["id"], one)
            for one in self.sent
            for delivery in (one.receipt or {})["deliveries"]
        }
        assert len(expected) == sum(len(one.municipalities) for one in self.sent)
        counted: Counter[str] = Counter(recipient for recipient, _ in expected.values())
        for recipient, count in counted.items():
            listed = Counter(line["number"] for line in self.running.mailbox(recipient) if line["number"] in expected)
            assert listed == Counter(number for number, (owner, _) in expected.items() if owner == recipient)
            assert sum(listed.values()) == count
            for number in listed:
                assert self.running.letter(recipient, number)["answers"]["motive"] == expected[number][1].motive
        grown = Store(self.running).counted() - Counter(before)
        assert grown == {"families": len(self.sent), **counted}, grown
        accepted = sorted(one.accepted_in for one in self.sent)
        return {
            "applications": len(self.sent),
            "recipients on average": round(len(expected) / len(self.sent), 2),
            "answers": {str(status) if status else "none": count for status, count in sorted(statuses.items())},
            "clients that met an error": sum(len(one.statuses) > 1 for one in self.sent),
            "of them mended by the same again": sum(one.mended for one in self.sent),
            "letters opened and compared": len(expected),
            "lost": 0,
            "doubled": 0,
            **_percentiles("told after, s", accepted),
        }

    def times_to_mailbox(self) -> list[float]:
        """Give, sorted, the seconds from acceptance to the mailbox of every delivery."""
        times: list[float] = []
        for one in self.sent:
            status = self.running.receipt(one.receipt or {})
            began = datetime.fromisoformat(status["submittedAt"])
            times += [
                (datetime.fromisoformat(each["receivedAt"]) - began).total_seconds() for each in status["deliveries"]
            ]
        return sorted(times)


def _percentiles(name: str, times: Sequence[float]) -> dict[str, float]:
    """Give p50, p95, p99 and the longest of sorted times, in seconds."""
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "longest": 1.0}
    return {
        f"{name}: {one}": round(times[min(len(times) - 1, int(len(times) * share))], 2) for one, share in shares.items()
    }


def evening(running: Running, applications: int, seconds: float, clients: int) -> dict[str, Any]:
    """Let a campaign evening pass: a tenth of what delivery puts fails all the time, mail is down for three tenths of it."""
    before = Store(running).counted()
    crowd = Crowd(running)
    running.order("functions/Delivery/failing", {"call": "s3:PutObject", "share": 0.1})
    began = time.monotonic()
    down = threading.Timer(
        seconds * 0.3, running.order, ("functions/Notification/failing", {"call": "sesv2:SendEmail", "share": 1.0})
    )
    up = threading.Timer(seconds * 0.6, running.order, ("functions/Notification/failing", {}))
    down.start()
    up.start()
    crowd.run(clients, applications, seconds)
    up.join()
    running.quiet(patience=1200)
    quiet = time.monotonic() - began
    running.order("functions/Delivery/failing", {})
    found = crowd.found(before)
    return {
        "clients": clients,
        "minutes": round(seconds / 60, 1),
        **found,
        **_percentiles("in the mailbox after, s", crowd.times_to_mailbox()),
        "outbox empty after, s": round(quiet, 1),
        "tried in vain": sum(
            log.read_text(encoding="utf-8").count('"task failed"') for log in running.places.logs.glob("*.log")
        ),
        "notices handed over": sum(
            mail["subject"].startswith("Ny")
            for mail in running.http.get("/desk/api/mails?limit=100000").json()["mails"]
        ),
    }


KILLED = ("Submission", "Delivery", "Notification", "Mailbox", "Housekeeping")


def crashes(running: Running, applications: int, seconds: float, clients: int) -> dict[str, Any]:
    """Kill the processes of each function in turn while a crowd sends, then the whole service, and start it again."""
    before = Store(running).counted()
    crowd = Crowd(running, seed=1)
    sending = threading.Thread(target=crowd.run, args=(clients, applications, seconds))
    sending.start()
    killed: Counter[str] = Counter()
    for _ in range(2):
        for function in KILLED:
            time.sleep(seconds / (2 * len(KILLED) + 2))
            for process in running.processes(function):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
                    killed[function] += 1
    accepted = sum(one.receipt is not None for one in crowd.sent)
    running.kill()
    running.start()
    sending.join()
    for _ in range(3):
        running.housekeeping()
    running.quiet(patience=1200)
    return {
        **{f"processes killed: {function}": count for function, count in killed.items()},
        "the whole service killed, with receipts given": accepted,
        "seconds to start again": round(running.started_in, 1),
        **crowd.found(before),
    }
