"""Faults put into a real client, before a call is made or after it was done."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ReadTimeoutError

LOST = ReadTimeoutError(endpoint_url="https://aws.example")


def refusal(code: str, **parts: Any) -> dict[str, Any]:
    """Give an answer that botocore turns into the error of this code."""
    return {"Error": {"Code": code, "Message": "a message with Prov Persson-Kanarie in it"}, **parts}


def cancelled(*codes: str | None) -> dict[str, Any]:
    """Give the answer to a cancelled transaction, with the reason per item."""
    return refusal("TransactionCanceledException", CancellationReasons=[{"Code": code or "None"} for code in codes])


@contextmanager
def before(client: Any, operation: str, *faults: Any) -> Iterator[list[dict[str, Any]]]:
    """Let calls fail one by one, without being made; None lets one pass, a dict without error is
    an answer. Gives the bodies of all calls.
    """
    planned, seen = list(faults), []

    def hook(params: dict[str, Any], **_: Any) -> Any:
        seen.append(params["body"])
        match planned.pop(0) if planned else None:
            case None:
                return None
            case Exception() as error:
                raise error
            case dict() as answer:
                status = 400 if "Error" in answer else 200
                return SimpleNamespace(status_code=status, headers={}), {"ResponseMetadata": {}, **answer}

    with _registered(client, f"before-call.*.{operation}", hook):
        yield seen


@contextmanager
def answer_lost(client: Any, operation: str) -> Iterator[None]:
    """Let calls be done, and their answers be lost."""

    def hook(**_: Any) -> None:
        raise LOST

    with _registered(client, f"after-call.*.{operation}", hook):
        yield


@contextmanager
def _registered(client: Any, event: str, hook: Any) -> Iterator[None]:
    client.meta.events.register(event, hook)
    try:
        yield
    finally:
        client.meta.events.unregister(event, hook)
