"""What can go wrong with a call to AWS, and what its caller sees of it.

A fault is of a whole call, the tries of botocore included: it asks three times in all when no answer comes (its standard
mode, as adapters/aws.py configures it), and does whatever it asks for each time.
"""

from contextlib import suppress
from enum import StrEnum
from typing import Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from familjehem.adapters.aws import CONFIG
from tests.memory.cloud import Call
from tests.memory.errors import error

TRIES: int = CONFIG.retries["total_max_attempts"]  # type: ignore[attr-defined]
URL = "https://aws.example"
SLOW_SECONDS = 8.0


class Fault(StrEnum):
    """One way to go wrong."""

    NOT_MADE = "not made"
    LOST = "done, every answer lost"
    AGAIN = "done, answer lost, asked again"
    THROTTLED = "throttled"
    CONFLICT = "conflict"
    CONFLICTS = "conflicts without end"
    LEFT_OVER = "half of it left over"
    SLOW = "slow"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


class KilledError(BaseException):
    """The function is gone: nothing in it runs any more, so nothing in it may catch this."""


READS = frozenset({"get_item", "batch_get_item", "query", "get_object", "get_secret_value"})
WRITES = frozenset({"put_item", "update_item", "delete_item", "transact_write_items"})
_ANYWHERE = (Fault.NOT_MADE, Fault.THROTTLED, Fault.SLOW, Fault.KILLED_BEFORE)
_DONE = (Fault.LOST, Fault.AGAIN, Fault.KILLED_AFTER)


def possible(service: str, operation: str) -> tuple[Fault, ...]:
    """Give the faults that make a difference at a call: of a read that was done nobody is the wiser."""
    match service, operation:
        case "http", _:
            return (Fault.LOST,)
        case "stream", _:
            return (Fault.NOT_MADE, Fault.AGAIN)
        case _, "batch_get_item":
            return (*_ANYWHERE, Fault.LEFT_OVER)
        case _, _ if operation in READS:
            return _ANYWHERE
        case "dynamodb", _:
            return (*_ANYWHERE, *_DONE, Fault.CONFLICT, Fault.CONFLICTS)
        case "s3", _:
            return (*_ANYWHERE, *_DONE, Fault.CONFLICT)
        case _:
            return (*_ANYWHERE, *_DONE)


def play(call: Call, fault: Fault | None) -> Any:
    """Make a call with its fault; what kills, slows or goes on is played by whoever knows the function."""
    match fault:
        case None | Fault.SLOW:
            return call.do()
        case Fault.NOT_MADE:
            raise EndpointConnectionError(endpoint_url=URL)
        case Fault.LOST:
            for _ in range(TRIES):
                _unheard(call)
            raise ReadTimeoutError(endpoint_url=URL)
        case Fault.AGAIN:
            _unheard(call)
            return call.do()
        case Fault.THROTTLED:
            raise error("SlowDown" if call.service == "s3" else "ThrottlingException", call.operation)
        case Fault.CONFLICT | Fault.CONFLICTS:
            raise _conflict(call)
        case Fault.LEFT_OVER:
            return _half(call)
        case Fault.KILLED_BEFORE:
            raise KilledError
        case Fault.KILLED_AFTER:
            _unheard(call)
            raise KilledError


def _unheard(call: Call) -> None:
    # What it answered is what nobody hears.
    with suppress(Exception):
        call.do()


def _conflict(call: Call) -> Exception:
    match call.operation:
        case "transact_write_items":
            items = call.parameters["TransactItems"]
            reasons = [{"Code": "TransactionConflict"}, *({"Code": "None"} for _ in items[1:])]
            return error("TransactionCanceledException", call.operation, CancellationReasons=reasons)
        case "put_object":
            return error("ConditionalRequestConflict", call.operation)
        case _:
            return error("TransactionConflictException", call.operation)


def _half(call: Call) -> Any:
    """Answer a batch by half: the keys of the second half are given back as not processed."""
    answer = call.do()
    ((table, asked),) = call.parameters["RequestItems"].items()
    keys = asked["Keys"]
    left = keys[(len(keys) + 1) // 2 :]
    if not left:
        return answer
    rows = answer["Responses"][table]
    kept = [row for row in rows if {"pk": row["pk"], "sk": row["sk"]} not in left]
    return {"Responses": {table: kept}, "UnprocessedKeys": {table: {**asked, "Keys": left}}}
