"""One execution environment of a function: a process that imports the handler once and calls it event by event.

It is started by `dev.runner` with the function's own environment and nothing else, and talks to it over one socket:
a length of four bytes, then JSON. What the handler prints goes to the function's log.

`FAMILJEHEM_PAUSE_BEFORE` and `FAMILJEHEM_PAUSE_AFTER` (`service:Operation`, or `service:Operation#2` for the second
such call) hold the process around that AWS call until it is released or killed. While a file `<function>.failing` lies
beside those of the held, the share of calls that it names fails as if nobody had answered. Production code knows nothing of
any of it: it is hung on botocore here. `FAMILJEHEM_RECORD` names a file to which every AWS call is noted
(`dev.recorder`).
"""

import contextlib
import importlib
import json
import os
import random
import socket
import struct
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LENGTH = struct.Struct(">I")


class Context:
    """Stands in for the context object of the Lambda runtime; times in milliseconds."""

    def __init__(self, request_id: str, deadline: float, arn: str) -> None:
        """Describe one invocation; `deadline` in seconds of the epoch."""
        self._deadline = deadline
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = None
        self.tenant_id = None

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left before the runner kills this process."""
        return max(0, int((self._deadline - time.time()) * 1000))


def receive(connection: socket.socket) -> dict[str, Any] | None:
    """Read one message; None at the end."""
    header = _exactly(connection, _LENGTH.size)
    if header is None:
        return None
    body = _exactly(connection, _LENGTH.unpack(header)[0])
    return None if body is None else json.loads(body)


def send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    """Write one message."""
    body = json.dumps(message, ensure_ascii=False).encode()
    connection.sendall(_LENGTH.pack(len(body)) + body)


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    parts: list[bytes] = []
    while count:
        part = connection.recv(min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _failure(error: BaseException) -> dict[str, Any]:
    return {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _log(kind: str, record: Mapping[str, Any]) -> None:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{int(time.time() * 1000) % 1000:03d}Z"
    print(json.dumps({"time": moment, "type": kind, "record": record}, ensure_ascii=False), flush=True)


def _pauses() -> dict[str, str]:
    return {when: text for when in ("before", "after") if (text := os.environ.get(f"FAMILJEHEM_PAUSE_{when.upper()}"))}


def _hang_faults(wanted: Mapping[str, str]) -> None:
    from botocore.client import BaseClient
    from botocore.exceptions import EndpointConnectionError

    function = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    failing = Path(os.environ["FAMILJEHEM_FAULTS"]) / f"{function}.failing"
    call: Any = BaseClient._make_api_call  # noqa: SLF001
    seen: dict[str, int] = {}

    def hold(when: str, name: str) -> None:
        wish, _, number = wanted.get(when, "").partition("#")
        if wish != name:
            return
        seen[when] = seen.get(when, 0) + 1
        if seen[when] != int(number or 1):
            return
        folder = Path(os.environ["FAMILJEHEM_FAULTS"])
        held = folder / f"{function}-{os.getpid()}.json"
        held.write_text(json.dumps({"pid": os.getpid(), "function": function, when: name}))
        parent = os.getppid()
        while held.exists():  # released by removing the file; a kill needs no release
            time.sleep(0.02)
            if os.getppid() != parent:  # the runner is gone, and with it whoever could release
                os._exit(1)

    def fail(name: str) -> None:
        try:
            asked = json.loads(failing.read_text())
        except (FileNotFoundError, ValueError):
            return
        if asked["call"] == name and random.random() < asked["share"]:
            raise EndpointConnectionError(endpoint_url=name)

    def make_api_call(self: Any, operation: str, arguments: Any) -> Any:
        name = f"{self.meta.service_model.service_name}:{operation}"
        hold("before", name)
        fail(name)
        answer = call(self, operation, arguments)
        hold("after", name)
        return answer

    BaseClient._make_api_call = make_api_call  # type: ignore[method-assign] # noqa: SLF001


def main(handle: int) -> None:
    """Serve invocations until the other end closes."""
    connection = socket.socket(fileno=handle)
    began = time.monotonic()
    try:
        if pauses := _pauses():
            _hang_faults(pauses)
        if os.environ.get("FAMILJEHEM_RECORD"):
            from dev.recorder import switch_on

            switch_on(os.environ["_HANDLER"].split(".")[1], account=os.environ["FAMILJEHEM_ACCOUNT"])
        module, _, name = os.environ["_HANDLER"].rpartition(".")
        handler = getattr(importlib.import_module(module), name)
        # A function that calls nobody need not load what would fail for it.
        if not pauses and "botocore.client" in sys.modules:
            _hang_faults({})
    except BaseException as error:  # a start that fails must be told, whatever it is
        traceback.print_exc()
        send(connection, {"ready": False, "error": _failure(error)})
        raise SystemExit(1) from None
    send(connection, {"ready": True, "seconds": time.monotonic() - began})
    started = f"{(time.monotonic() - began) * 1000:.0f}"
    while (message := receive(connection)) is not None:
        os.environ["_X_AMZN_TRACE_ID"] = message["trace"]
        context = Context(message["id"], message["deadline"], message["arn"])
        _log("platform.start", {"requestId": message["id"], "version": context.function_version})
        before = time.monotonic()
        try:
            answer = {"result": handler(message["event"], context)}
            json.dumps(answer)
        except BaseException as error:  # as the runtime does: whatever it is, it is the invocation's failure
            answer = {"error": _failure(error)}
            _log("platform.error", answer["error"])
        record: dict[str, Any] = {
            "requestId": message["id"],
            "status": "error" if "error" in answer else "success",
            "durationMs": round((time.monotonic() - before) * 1000, 1),
        }
        if started:
            record["initDurationMs"], started = float(started), ""
        _log("platform.report", record)
        sys.stdout.flush()
        sys.stderr.flush()
        with contextlib.suppress(BrokenPipeError):
            send(connection, answer)


if __name__ == "__main__":
    main(int(sys.argv[1]))
