"""Ministack as a process of its own, on loopback, with its state kept.

The parent's side is `Emulator`. The child's side (`python -m dev.emulator`) serves ministack's application inside a
thin shell that adds what a local cloud needs and ministack lacks: it listens on loopback only and answers no other
host name; it saves its state every few seconds in which something changed, not at a clean stop alone; it writes every
e-mail and SMS to a file before the sender has its answer; and it stops cleanly, state saved, on SIGTERM and when its
parent is gone.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from dev import access
from dev.places import LOOPBACK, Places, read, read_lines
from dev.template import ACCOUNT, REGION

ROOT_CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
SERVICES = (
    "cognito-idp,dynamodb,dynamodbstreams,events,iam,kms,logs,monitoring,s3,secretsmanager,ses,sns,sqs,ssm,sts,tagging"
)
_READS = ("Get", "Describe", "List", "Query", "Scan", "BatchGet", "Decrypt", "Encrypt", "GenerateDataKey", "Receive")
_SHORTEST_PAUSE = 3.0
_STARTS_WITHIN = 30.0


class EmulatorError(Exception):
    """The emulator did not start or stopped by itself; the message is for the person at the machine."""


class Emulator:
    """The emulator as its parent sees it; `program` is the module that its child runs."""

    program = "dev.emulator"

    def __init__(self, places: Places, port: int, *, access_control: bool = True) -> None:
        """Describe an emulator on `port` of loopback; `access_control` makes it judge every call by its policies."""
        self.places = places
        self.port = port
        self.access_control = access_control
        self.url = f"http://{LOOPBACK}:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start, and return when it answers; `EmulatorError` otherwise."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it, and do not wait."""
        log = (self.places.logs / "emulator.log").open("ab")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MINISTACK_"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling the emulator anew costs a second at every start
        environment |= {
            "AUTH": "true" if self.access_control else "false",
            "BIND_HOST": LOOPBACK,
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_HOST": LOOPBACK,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "PERSIST_STATE": "1",
            "S3_DATA_DIR": str(self.places.objects),
            "S3_PERSIST": "1",
            "SERVICES": SERVICES,
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(self.places.state),
            "DOCKER_HOST": "unix:///nonexistent",
            "LOG_LEVEL": "WARNING",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.program, "--port", str(self.port), "--root", str(self.places.root)],
            stdin=subprocess.PIPE,  # the child reads it to its end: that is how it learns that its parent is gone
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,  # Ctrl-C at the terminal is for the parent, which stops things in order
        )
        log.close()

    def wait(self) -> None:
        """Return when it answers; `EmulatorError` when it does not."""
        if self._process is None:
            raise EmulatorError("Emulatorn är inte startad.")
        log, until = self.places.logs / "emulator.log", time.monotonic() + _STARTS_WITHIN
        while not self.answers():
            dead, late = self._process.poll() is not None, time.monotonic() > until
            if dead or late:
                self.stop()
                trouble = "startade inte" if dead else f"svarade inte inom {_STARTS_WITHIN:.0f} s"
                raise EmulatorError(f"Emulatorn {trouble} (port {self.port}); se {log}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Tell whether it answers, and not another one on its port."""
        try:
            with urllib.request.urlopen(f"{self.url}/_local/health", timeout=2) as answer:
                return json.load(answer).get("pid") == self.pid
        except (OSError, ValueError):
            return False

    def save(self) -> None:
        """Have it save its state now, and return when that is done."""
        request = urllib.request.Request(f"{self.url}/_local/save", method="POST")
        with urllib.request.urlopen(request, timeout=60):
            pass

    def stop(self) -> None:
        """Stop it cleanly, its state saved; repeats do nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def is_free(port: int) -> bool:
    """Tell whether `port` of loopback can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Give a port of loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def listeners(pid: int) -> frozenset[tuple[str, int]]:
    """Give the addresses that a process listens on, IPv4 and IPv6, from `/proc`."""
    inodes: set[str] = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            target = str(handle.readlink())
            if stat.S_ISSOCK(handle.stat().st_mode):
                inodes.add(target.removeprefix("socket:[").removesuffix("]"))
    found: set[tuple[str, int]] = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            columns = line.split()
            listening = "0A"
            if columns[3] == listening and columns[9] in inodes:
                address, port = columns[1].split(":")
                words = [bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8)]
                found.add((socket.inet_ntop(family, b"".join(words)), int(port, 16)))
    return frozenset(found)


# ---------------------------------------------------------------- the child

type _Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type _Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_INVOCATION = re.compile(r"/2015-03-31/functions/(?:arn:aws:lambda:[^/]*:function:)?([\w-]+)(?::[\w$]+)?/invocations")
_ERRAND = 290
"""Seconds that one function waits for another."""


class _Shell:
    """The ASGI application around ministack's own."""

    def __init__(self, places: Places) -> None:
        from ministack import app as ministack
        from ministack.services import cognito

        # Its temporary passwords are of twelve characters, whatever the pool demands: then nobody can be invited.
        short = cognito._generate_temp_password  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        cognito._generate_temp_password = lambda: short() + short()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

        access.install()
        self._ministack = ministack
        self._places = places
        self._changed: set[str] = set()
        self._kept: dict[Any, int] = {}
        self._restored = {text["MessageId"] for text in read_lines(places.sms)}  # the emulator keeps those itself

    async def __call__(self, scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            await self._ministack.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get("host", "").rpartition(":")[0] not in {LOOPBACK, "localhost"}:
            await _answer(send, 421, {"message": "this is a local emulator and answers to loopback only"})
        elif scope["path"] == "/_ministack/reset":
            await _answer(send, 403, {"message": "state is not thrown away here; delete the .local folder instead"})
        elif scope["path"] == "/_local/health":
            await _answer(send, 200, {"pid": os.getpid()})
        elif scope["method"] == "POST" and (called := _INVOCATION.fullmatch(scope["path"])):
            await self._invoked(called[1], receive, send)
        elif scope["path"] == "/_local/save":
            self.save(everything=True)
            await _answer(send, 200, {"saved": True})
        else:
            await self._passed_on(scope, receive, send, headers)

    async def _invoked(self, function: str, receive: _Receive, send: _Send) -> None:
        """Have the local server run a function that another function calls: functions do not live in ministack."""
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        url = f"{read(self._places.service)['url']}/desk/api/functions/{function}/run"
        asked = urllib.request.Request(url, body, {"content-type": "application/json"})

        def ask() -> dict[str, Any]:
            with urllib.request.urlopen(asked, timeout=_ERRAND) as answer:
                return json.load(answer)

        outcome = await asyncio.to_thread(ask)
        headers = [(b"content-type", b"application/json")]
        if outcome["error"] is not None:
            headers.append((b"x-amz-function-error", b"Unhandled"))
        told = json.dumps(outcome["result"] if outcome["error"] is None else outcome["error"]).encode()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": told})

    async def _passed_on(
        self, scope: MutableMapping[str, Any], receive: _Receive, send: _Send, headers: dict[str, str]
    ) -> None:
        service = headers.get("authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
        name = service[3] if len(service) > 4 else "cognito-idp"

        request = access.Request(headers)
        access.current.set(request)

        async def receiving() -> MutableMapping[str, Any]:
            message = await receive()
            if (
                headers.get("x-amz-target") or name == "ses"
            ):  # only these bodies tell something that a policy can ask for
                request.chunks.append(message.get("body", b""))
            return message

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and name in {"cognito-idp", "ses", "sns"}:
                self._keep_post()  # before the sender has its answer, so that no crash loses what was taken
            await send(message)

        await self._ministack.app(scope, receiving, sending)
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if not action.startswith(_READS) and scope["method"] != "GET":
            self._changed.add(name)

    def save(self, *, everything: bool = False) -> None:
        """Save the state of every service that changed."""
        changed, self._changed = self._changed, set()
        if not (changed or everything):
            return
        states = self._ministack._build_persistence_save_dict()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        from ministack.core.persistence import save_all

        save_all(states if everything else {key: get for key, get in states.items() if _belongs(key, changed)})

    async def keep_saving(self) -> None:
        """Save again and again, using at most a twentieth of the time."""
        pause = _SHORTEST_PAUSE
        while True:
            await asyncio.sleep(pause)
            began = time.monotonic()
            self.save()
            pause = max(_SHORTEST_PAUSE, 20 * (time.monotonic() - began))

    def _keep_post(self) -> None:
        from ministack.services import ses, sns

        self._keep(self._places.mails, ses._sent_emails.to_dict())  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        self._keep(self._places.sms, sns._sms_messages.to_dict())  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    def _keep(self, file: Path, outbox: Mapping[Any, Any]) -> None:
        fresh: list[dict[str, Any]] = []
        for key, messages in outbox.items():
            if not isinstance(messages, list):
                continue
            fresh += [
                {"Timestamp": time.time(), "PhoneNumber": key[-1], **message}
                for message in messages[self._kept.get(key, 0) :]
                if message["MessageId"] not in self._restored
            ]
            self._kept[key] = len(messages)
        _append(file, fresh)


def _belongs(key: str, changed: Iterable[str]) -> bool:
    names = {"cognito-idp": "cognito", "monitoring": "cloudwatch", "logs": "cloudwatch_logs", "events": "eventbridge"}
    return any(key == names.get(name, name) or key.startswith(f"{names.get(name, name)}_") for name in changed)


def _append(path: Path, entries: Iterable[MutableMapping[str, Any]]) -> None:
    lines = [json.dumps(entry, ensure_ascii=False, default=str) + "\n" for entry in entries]
    if lines:
        with path.open("a", encoding="utf-8") as out:
            out.writelines(lines)
            out.flush()


async def _answer(send: _Send, status: int, content: MutableMapping[str, Any]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


async def _serve(shell: _Shell, port: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"{LOOPBACK}:{port}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)

    def watch_parent() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        with contextlib.suppress(RuntimeError):  # the loop may be closed already: then the stop is under way
            loop.call_soon_threadsafe(stopped.set)

    threading.Thread(target=watch_parent, daemon=True).start()
    saving = asyncio.create_task(shell.keep_saving())
    await serve(shell, config, shutdown_trigger=stopped.wait)  # pyright: ignore[reportArgumentType]
    saving.cancel()


def main() -> None:
    """Run the child until it is told to stop."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--root", type=Path, required=True)
    given = arguments.parse_args()
    os.umask(0o077)
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_serve(_Shell(Places(given.root)), given.port))


if __name__ == "__main__":
    main()
