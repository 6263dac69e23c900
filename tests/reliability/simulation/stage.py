"""The functions as they are deployed, over an AWS in memory: the very modules of `functions/`, run anew at each cold start.

Replaced is only what a machine would give: clients of AWS, clock, sleep, threads. Settings, wiring, adapters, use cases,
doors and logger are the real ones.
"""

import importlib
import logging
import os
import pkgutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from types import CodeType
from typing import Any, Self
from unittest.mock import patch

from aws_lambda_powertools.metrics.provider.cloudwatch_emf import cloudwatch

from familjehem.adapters import data_keys, tenancy
from familjehem.adapters.proof_of_work import AltchaChallenges
from familjehem.adapters.secrets import SecretsManagerSecrets
from familjehem.runtime import http, observability, start, wiring
from tests.adapters.houses import CONFIGURATION_SET, SENDER
from tests.memory.cloud import AUDIT_BUCKET, BUCKET, Cloud, MemoryAws, Wire, database
from tests.memory.house import POOL, SECRET, TABLES
from tests.memory.services import ACCOUNT
from tests.reliability.simulation.turns import loop

FUNCTIONS = Path(__file__).parents[3] / "functions"
SITE = "https://familjehem.example"
CLIENT = "client-of-the-tests"
WORK = 30
"""The largest number of a proof of work: what is proven here is not how long a browser calculates."""

SETTINGS = {
    "STAGE": "test",
    "SITE_URL": SITE,
    "MAILBOX_URL": f"{SITE}/brevlada/",
    "SKR_ADDRESS": "skr@skr.example",
    "MAIN_TABLE": TABLES.main,
    "WRAPS_TABLE": TABLES.wraps,
    "TALLY_TABLE": TABLES.tally,
    "MAILBOX_BUCKET": BUCKET,
    "REPORT_BUCKET": "reports",
    "AUDIT_BUCKET": AUDIT_BUCKET,
    "MAC_SECRET_ARN": SECRET,
    "IDENTIFICATION": "off",
    "IDENTIFICATION_SECRET_ARN": SECRET,
    "RECEIPT_FAILURES_PER_HOUR": "100",
    "MAIL_SENDER": f"FamiljehemSverige <{SENDER}>",
    "MAIL_CONFIGURATION_SET": CONFIGURATION_SET,
    "SMS_SENDER": "Familjehem",
    "TENANT_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/tenant",
    "USER_POOL_CLIENT_ID": CLIENT,
    "USER_POOL_ID": POOL,
}


class SimulatedClock:
    """Time that passes when somebody says so; `skew` is how wrong one machine's clock is."""

    def __init__(self, at: datetime, skew: timedelta = timedelta(0)) -> None:
        self.at = at
        self.skew = skew

    def now(self) -> datetime:
        return self.at + self.skew

    def passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Environment:
    """One execution environment of a function: what Lambda starts, calls once at a time, keeps warm, and kills."""

    making: "Environment | None" = None

    def __init__(
        self, function: str, name: str, cloud: Cloud, clock: SimulatedClock, skew: timedelta, wire: Callable[..., Any]
    ) -> None:
        self.function = function
        self.name = name
        self.cloud = cloud
        self.world_clock = clock
        self.skew = skew
        self.dead = False
        self.spent = 0.0
        self._wire: Wire = partial(wire, self)
        Environment.making = self
        namespace: dict[str, Any] = {"__name__": f"functions.{function}.handler"}
        exec(_code(function), namespace)  # noqa: S102 a cold start runs the module
        Environment.making = None
        self.handler: Callable[..., Any] = namespace["handler"]

    def now(self) -> datetime:
        return self.world_clock.now() + self.skew

    def aws(self) -> MemoryAws:
        return MemoryAws(self.cloud, self._wire, sleep=self.spend)

    def spend(self, seconds: float) -> None:
        """Let time pass for everybody, and count it as this function's."""
        self.spent += seconds
        self.world_clock.passes(seconds)

    def monotonic(self) -> float:
        return self.now().timestamp()


@cache
def _code(function: str) -> CodeType:
    file = FUNCTIONS / function / "handler.py"
    return compile(file.read_text("utf-8"), str(file), "exec")


class Sequential:
    """Stands for a pool of threads: does at once what it is given, so that every run is the same."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


class _Clock:
    """Stands for `SystemClock`: the clock of the environment that is being made."""

    def __new__(cls) -> Self:
        return _made()  # type: ignore[return-value]


def _made() -> Environment:
    assert Environment.making is not None
    return Environment.making


def _secrets(client: Any, arn: str) -> SecretsManagerSecrets:
    return SecretsManagerSecrets(client, arn, monotonic=_made().monotonic)


STANDS_FOR = {
    "Aws": lambda: _made().aws(),
    "SystemClock": _Clock,
    "Database": database,
    "SecretsManagerSecrets": _secrets,
    "AltchaChallenges": partial(AltchaChallenges, largest_number=WORK),
    "ThreadPoolExecutor": Sequential,
}


@contextmanager
def staged(contact_key: str, *, guarded: bool = False) -> Iterator[None]:
    """Set the stage for functions: whatever module of the wiring names a client, a clock or a pool gets ours."""
    names = [one.name for one in pkgutil.iter_modules(wiring.__path__, f"{wiring.__name__}.")]
    modules = [*map(importlib.import_module, names), data_keys, tenancy]
    settings = {**SETTINGS, "CONTACT_KEY_ARN": contact_key, "PROOF_OF_WORK": "on" if guarded else "off"}
    with ExitStack() as stack:
        for module in modules:
            for name, ours in STANDS_FOR.items():
                if hasattr(module, name):
                    stack.enter_context(patch.object(module, name, ours))
        # A handler that is run a thousand times must not freeze what each run leaves.
        stack.enter_context(patch.object(start, "starting", nullcontext))
        stack.enter_context(patch.object(http, "_loop", loop))
        stack.enter_context(patch.dict(os.environ, settings))
        stack.enter_context(_quiet())
        yield


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep from the screen that a function was killed: Mangum tells it to the log of the machine."""
    mangum = logging.getLogger("mangum")
    mangum.propagate, before = False, mangum.propagate
    mangum.addHandler(handler := logging.NullHandler())
    try:
        yield
    finally:
        mangum.removeHandler(handler)
        mangum.propagate = before


@contextmanager
def logged(stream: Any) -> Iterator[None]:
    """Let all that is logged and measured go to `stream`; what is measured is printed, and no test owns the screen."""
    handlers = [one for one in observability.logger.handlers if isinstance(one, logging.StreamHandler)]
    before = [one.setStream(stream) for one in handlers]
    try:
        with patch.object(cloudwatch, "print", lambda line: stream.write(f"{line}\n"), create=True):
            yield
    finally:
        for one, other in zip(handlers, before, strict=True):
            one.setStream(other or one.stream)
