"""Accepting an application beside its floor: the same AWS calls, made by a bare handler behind the same local server."""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx

from dev.emulator import ROOT_CREDENTIALS
from dev.places import REPOSITORY, read
from dev.template import REGION
from tests.performance.measure import Figure, by_turns
from tests.performance.serve import ENVIRONMENT, FLOOR
from tests.reliability.running import FIVE, Running, eventually, family

PART = "Accept beside its floor"
PAIRS = {1: 60, 4: 24, 8: 16}
WITHIN = 25.0
TARGETS = {(1, 1): 1.6, (5, 1): 1.3}
CHOICES = {1: ("0680",), 5: FIVE}
REAL = "/api/applications"


class Served(Running):
    """The local cloud with the floor in it, and nothing recorded."""

    def start(self) -> None:
        with (self.root / "service.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.performance.serve"],
                cwd=REPOSITORY,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually(self._is_ready, "the service answers")
        eventually(lambda: all(one["workers"] for one in self.desk("functions")), "every function is warm")

    def plan(self, municipalities: tuple[str, ...]) -> None:
        """Write down the calls of an accept, with which the floor is made."""
        told = json.loads((self.root / ENVIRONMENT).read_text("utf-8"))
        root = {name.upper(): value for name, value in ROOT_CREDENTIALS.items()}
        described = read(self.places.service)
        subprocess.run(
            [sys.executable, "-m", "tests.performance.plan", str(self.root), *municipalities],
            cwd=REPOSITORY,
            env={
                **self.environment,
                **told,
                **root,
                "AWS_ENDPOINT_URL": described["emulator"],
                "AWS_REGION": REGION,
                "AWS_DEFAULT_REGION": REGION,
            },
            check=True,
        )


class Clients:
    """So many clients, each with a connection of its own, that send at the same moment."""

    def __init__(self, url: str, count: int, municipalities: tuple[str, ...]) -> None:
        self._body = json.dumps(family(*municipalities)).encode()
        self._https = [httpx.Client(base_url=url, timeout=60) for _ in range(count)]
        self._pool = ThreadPoolExecutor(count)
        self._together = threading.Barrier(count)

    def send(self, path: str) -> float:
        """Let every client send one application; give the median of their times in seconds."""
        return statistics.median(self._pool.map(lambda http: self._one(http, path), self._https))

    def _one(self, http: httpx.Client, path: str) -> float:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        self._together.wait()
        began = time.perf_counter()
        answer = http.post(path, content=self._body, headers=headers)
        took = time.perf_counter() - began
        assert answer.status_code == 201, answer.text
        return took

    def close(self) -> None:
        self._pool.shutdown()
        for http in self._https:
            http.close()


def figures() -> Iterator[Figure]:
    """Measure for one and five recipients, at one, four and eight clients."""
    with tempfile.TemporaryDirectory() as folder:
        served = Served(Path(folder), {"FAMILJEHEM_RECORD": ""})
        served.start()
        try:
            for municipalities in CHOICES.values():
                served.plan(municipalities)
            for clients, pairs in PAIRS.items():
                for recipients, municipalities in CHOICES.items():
                    yield _beside_its_floor(served.url, clients, recipients, municipalities, pairs)
        finally:
            served.close()


def _beside_its_floor(url: str, count: int, recipients: int, municipalities: tuple[str, ...], pairs: int) -> Figure:
    clients = Clients(url, count, municipalities)
    try:
        for _ in range(3):  # until every worker of both has started and met the secret
            clients.send(REAL), clients.send(FLOOR)
        measured = by_turns(lambda: clients.send(REAL), lambda: clients.send(FLOOR), pairs, within=WITHIN)
    finally:
        clients.close()
    many = "recipient" if recipients == 1 else "recipients"
    return Figure(
        PART,
        f"{recipients} {many}, {count} at once",
        measured.ratio,
        "×",
        TARGETS.get((recipients, count)),
        measured.told,
    )
