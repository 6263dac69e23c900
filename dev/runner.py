"""Runs the functions of the template, each in worker processes of its own, as Lambda does with its environments."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dev.cloud import Clients
from dev.emulator import ROOT_CREDENTIALS
from dev.places import REPOSITORY, Places, read
from dev.template import ACCOUNT, REGION
from dev.wiring import Function, Wiring
from dev.worker import receive, send

_CREDENTIALS_LAST = 3600
_RENEWED_BEFORE = 600
_STARTS_WITHIN = 60.0
_FEW = 2
_MANY = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one invocation: a result, or an error in Lambda's own shape."""

    request_id: str
    result: Any
    error: Mapping[str, Any] | None
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether the function failed; then `error` says how."""
        return self.error is not None


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    connection: socket.socket
    expires_at: float
    started_at: float
    fault: Mapping[str, str]
    calls: int = 0
    busy: bool = False


@dataclass(slots=True)
class _Pool:
    function: Function
    most: int
    idle: list[_Worker] = field(default_factory=list)
    all: set[int] = field(default_factory=set)
    starting: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    faults: deque[Mapping[str, str]] = field(default_factory=deque)
    workers: dict[int, _Worker] = field(default_factory=dict)
    calls: int = 0
    failures: int = 0
    last: Mapping[str, Any] | None = None


class Runner:
    """Keeps a pool of workers per function and invokes them; may be used from any thread."""

    def __init__(self, wiring: Wiring, url: str, places: Places, *, access_control: bool = True) -> None:
        """Serve the functions of `wiring`, which call the emulator at `url` with the rights of their own roles."""
        self._url = url
        self._places = places
        self._access_control = access_control
        self._clients = Clients(url)
        self._closed = False
        self._record = os.environ.get("FAMILJEHEM_RECORD")
        for left_over in (*places.faults.glob("*.json"), *places.faults.glob("*.failing")):
            left_over.unlink(missing_ok=True)
        serving = {route.function for route in wiring.routes}
        self._pools = {
            path: _Pool(function, _MANY if path in serving else _FEW) for path, function in wiring.functions.items()
        }

    def most(self, function: str) -> int:
        """Give the greatest number of workers that a function gets."""
        return self._pools[function].most

    def warm(self, functions: Collection[str] | None = None) -> None:
        """Start a worker for every function without one, or for these, at the same time; return when all stand.

        A function that does not start is told in its log and tried again when it is called.
        """
        chosen = [
            pool
            for path, pool in self._pools.items()
            if (functions is None or path in functions) and not pool.workers and not pool.starting
        ]
        threads = [threading.Thread(target=self._warm, args=(pool,)) for pool in chosen]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _warm(self, pool: _Pool) -> None:
        with contextlib.suppress(RuntimeError):
            worker = self._take(pool)
            self._give_back(pool, worker)

    def invoke(self, function: str, event: Any, alias: str = "live") -> Outcome:
        """Call the function by an alias and wait for its end, which comes at its timeout at the latest."""
        pool = self._pools[function]
        request_id = str(uuid.uuid4())
        began = time.monotonic()
        try:
            worker = self._take(pool)
        except _NotStartedError as error:
            outcome = Outcome(request_id, None, error.error, time.monotonic() - began)
        else:
            outcome = self._call(pool, worker, request_id, event, alias)
        pool.calls += 1
        pool.failures += outcome.failed
        pool.last = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "seconds": round(outcome.seconds, 3),
            "failed": outcome.failed,
            "errorType": (outcome.error or {}).get("errorType"),
        }
        return outcome

    def _call(self, pool: _Pool, worker: _Worker, request_id: str, event: Any, alias: str) -> Outcome:
        function = pool.function
        began = time.monotonic()
        message = {
            "id": request_id,
            "event": event,
            "deadline": time.time() + function.timeout,
            "arn": f"{function.arn}:{alias}",
            "trace": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
        }
        worker.calls += 1
        answer: dict[str, Any] | None = None
        try:
            worker.connection.settimeout(function.timeout + 0.2)
            send(worker.connection, message)
            answer = receive(worker.connection)
        except TimeoutError:
            answer = _error(
                "Sandbox.Timedout",
                f"RequestId: {request_id} Error: Task timed out after {function.timeout:.2f} seconds",
            )
            self._bury(pool, worker)
        except OSError:
            answer = None
        else:
            if answer is not None:
                self._give_back(pool, worker)
        seconds = time.monotonic() - began
        if answer is None:
            self._bury(pool, worker)
            status = worker.process.returncode
            answer = _error("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with status {status}")
        return Outcome(request_id, answer.get("result"), answer.get("error"), seconds)

    # ------------------------------------------------------------ faults and the desk

    def set_fault(self, function: str, fault: Mapping[str, str]) -> None:
        """Let the next worker of `function` be held: `{"before": "s3:PutObject"}` or `{"after": …}`.

        Workers that wait for work are ended, so that the next call gets the held one.
        """
        pool = self._pools[function]
        with pool.changed:
            pool.faults.append(dict(fault))
            idle, pool.idle = pool.idle, []
        for worker in idle:
            self._bury(pool, worker)

    def set_failing(self, function: str, call: str | None, share: float) -> None:
        """Let a share of a function's calls of one kind fail, of every process of it, until it is set anew; None ends it."""
        file = self._places.faults / f"{self._pools[function].function.name}.failing"
        if call is None:
            file.unlink(missing_ok=True)
            return
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps({"call": call, "share": share}), encoding="utf-8")
        beside.replace(file)

    def release(self, function: str) -> int:
        """Let the held workers of a function go on; give their number."""
        name = self._pools[function].function.name
        held = list(self._places.faults.glob(f"{name}-*.json"))
        for file in held:
            file.unlink(missing_ok=True)
        return len(held)

    def describe(self) -> list[dict[str, Any]]:
        """Tell of every function: its processes, which of them is held at a fault point, how it fares."""
        found: list[dict[str, Any]] = []
        for path, pool in self._pools.items():
            with pool.changed:
                workers = list(pool.workers.values())
            found.append(
                {
                    "id": path,
                    "name": pool.function.name,
                    "handler": pool.function.handler,
                    "timeout": pool.function.timeout,
                    "most": pool.most,
                    "calls": pool.calls,
                    "failures": pool.failures,
                    "last": pool.last,
                    "waitingFaults": list(pool.faults),
                    "workers": [
                        {
                            "pid": worker.process.pid,
                            "busy": worker.busy,
                            "calls": worker.calls,
                            "fault": worker.fault or None,
                            "held": self._held(pool, worker.process.pid),
                            "startedAt": datetime.fromtimestamp(worker.started_at, UTC).isoformat(timespec="seconds"),
                        }
                        for worker in workers
                    ],
                }
            )
        return found

    def _held(self, pool: _Pool, pid: int) -> Mapping[str, Any] | None:
        return read(self._places.faults / f"{pool.function.name}-{pid}.json") or None

    def stop(self) -> None:
        """End every worker; one that is at work gets a moment to finish it."""
        self._closed = True
        workers = [(pool, worker) for pool in self._pools.values() for worker in list(pool.workers.values())]
        for _, worker in workers:
            with contextlib.suppress(OSError):
                worker.connection.shutdown(socket.SHUT_RD if worker.busy else socket.SHUT_RDWR)
        until = time.monotonic() + 3
        for pool, worker in workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(max(0.05, until - time.monotonic()))
            self._bury(pool, worker)

    # ------------------------------------------------------------ workers

    def _take(self, pool: _Pool) -> _Worker:
        with pool.changed:
            while True:
                if self._closed:
                    raise _NotStartedError(_error("Runtime.Stopped", "the local cloud is stopping"))
                while pool.idle:
                    worker = pool.idle.pop()
                    if worker.process.poll() is None and worker.expires_at - time.time() > _RENEWED_BEFORE:
                        worker.busy = True
                        return worker
                    self._bury(pool, worker)
                if len(pool.workers) + pool.starting < pool.most:
                    pool.starting += 1
                    fault = pool.faults.popleft() if pool.faults else {}
                    break
                pool.changed.wait(1)
        try:
            worker = self._start(pool.function, fault)
        finally:
            with pool.changed:
                pool.starting -= 1
                pool.changed.notify()
        with pool.changed:
            pool.workers[worker.process.pid] = worker
            worker.busy = True
        return worker

    def _give_back(self, pool: _Pool, worker: _Worker) -> None:
        with pool.changed:
            worker.busy = False
            pool.idle.append(worker)
            pool.changed.notify()

    def _bury(self, pool: _Pool, worker: _Worker) -> None:
        with contextlib.suppress(ProcessLookupError):
            worker.process.kill()
        worker.process.wait()
        worker.connection.close()
        (self._places.faults / f"{pool.function.name}-{worker.process.pid}.json").unlink(missing_ok=True)
        with pool.changed:
            pool.workers.pop(worker.process.pid, None)
            pool.changed.notify()

    def _start(self, function: Function, fault: Mapping[str, str]) -> _Worker:
        ours, theirs = socket.socketpair()
        environment, expires_at = self._environment(function)
        environment |= {f"FAMILJEHEM_PAUSE_{when.upper()}": call for when, call in fault.items()}
        with log_of(self._places, function.id).open("ab") as log:
            process = subprocess.Popen(  # our own interpreter and module
                [sys.executable, "-m", "dev.worker", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                env=environment,
                start_new_session=True,
            )
        theirs.close()
        ours.settimeout(_STARTS_WITHIN)
        try:
            answer = receive(ours)
        except OSError:
            answer = None
        if answer is None or not answer["ready"]:
            process.kill()
            process.wait()
            ours.close()
            error = (answer or {}).get("error") or {"errorType": "Runtime.ExitError", "errorMessage": "no start"}
            raise _NotStartedError({"error": error})
        return _Worker(process, ours, expires_at, time.time(), fault)

    def _environment(self, function: Function) -> tuple[dict[str, str], float]:
        credentials, expires_at = self._credentials(function)
        stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
        return {
            **function.environment,
            **credentials,
            "AWS_ENDPOINT_URL": self._url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": function.log_format,
            "AWS_LAMBDA_LOG_LEVEL": function.log_level,
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "LAMBDA_TASK_ROOT": str(REPOSITORY),
            "_HANDLER": function.handler,
            "FAMILJEHEM_FAULTS": str(self._places.faults),
            **({"FAMILJEHEM_RECORD": self._record, "FAMILJEHEM_ACCOUNT": ACCOUNT} if self._record else {}),
            "HOME": os.environ.get("HOME", "/"),
            "LANG": "en_US.UTF-8",
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUTF8": "1",
            "TZ": ":UTC",
        }, expires_at

    def _credentials(self, function: Function) -> tuple[dict[str, str], float]:
        if not self._access_control:
            root = {name.upper(): value for name, value in ROOT_CREDENTIALS.items()}
            return {**root, "AWS_SESSION_TOKEN": ""}, time.time() + 10 * 365 * 86400
        found = self._clients("sts").assume_role(
            RoleArn=function.role_arn, RoleSessionName=function.name[:64], DurationSeconds=_CREDENTIALS_LAST
        )["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
            "AWS_SESSION_TOKEN": found["SessionToken"],
        }, time.time() + _CREDENTIALS_LAST


class _NotStartedError(RuntimeError):
    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__("the function did not start")
        self.error: Mapping[str, Any] = answer["error"]


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"errorType": kind, "errorMessage": message}}


def log_of(places: Places, function: str) -> Path:
    """Give the log file of a function."""
    return places.logs / f"{function.replace('/', '-')}.log"
