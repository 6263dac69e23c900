"""Requests that no browser sends, byte by byte over the wire: each is refused or taken for what it says, and nobody else waits.

What stands before the functions is here the local gateway, in AWS API Gateway, which reads HTTP by itself and hands events over
(docs/decisions/0009): ours are the functions behind, which meet the same tricks as events in tests/functions.
"""

import contextlib
import json
import re
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.reliability.running import Running, Store, family

PATIENCE = 15.0


def spoken(running: Running, sent: bytes, *, more: float = 0.0) -> bytes:
    """Say bytes and give all that comes back until the other end is done, or `more` seconds have passed in silence."""
    address = urlsplit(running.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        connection.settimeout(more or PATIENCE)
        parts: list[bytes] = []
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts)


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([line, "Host: 127.0.0.1", *headers, "", ""]).encode("latin-1") + body


def statuses(answered: bytes) -> list[int]:
    return [int(part.split(b" ", 1)[0]) for part in answered.split(b"HTTP/1.1 ")[1:]]


@pytest.fixture(autouse=True)
def nothing_is_stored(running: Running) -> Iterator[None]:
    running.quiet()
    store = Store(running)
    before = store.stored()
    yield
    assert store.stored() == before


POST = "POST /api/applications HTTP/1.1"
JSON = "Content-Type: application/json"
KEY = "Idempotency-Key: 7d9b3a52-0000-4000-8000-00000000f00d"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(("Content-Length: 4", "Content-Length: 40"), id="two lengths"),
        pytest.param(("Content-Length: -1",), id="a length below nothing"),
        pytest.param(("Content-Length: 0x10",), id="a length in other figures"),
        pytest.param(("Content-Length: 4, 40",), id="two lengths in one"),
        pytest.param(("Transfer-Encoding: xchunked",), id="an unknown encoding"),
        pytest.param(("Transfer-Encoding: chunked, identity",), id="two encodings"),
        pytest.param(("Transfer-Encoding : chunked",), id="a blank before the colon"),
        pytest.param(("Bad\0Name: x",), id="a name with a nought"),
    ],
)
def test_a_request_that_can_be_read_in_two_ways_is_not_read_at_all(running: Running, headers: tuple[str, ...]) -> None:
    # given a body that would be a request of its own
    within = request("GET /api/recipients HTTP/1.1")
    # when
    answered = statuses(spoken(running, request(POST, JSON, KEY, *headers, body=within)))
    # then: one answer, a refusal, and the connection is over
    assert len(answered) == 1
    assert answered[0] in {400, 501}


def test_of_length_and_chunks_the_chunks_count_and_the_rest_is_a_request_of_its_own(running: Running) -> None:
    # given: by its length this is one request, by its chunks two
    second = request("GET /api/challenge HTTP/1.1", "Connection: close")
    body = b"2\r\n{}\r\n0\r\n\r\n" + second
    # when
    answered = spoken(
        running, request(POST, JSON, KEY, f"Content-Length: {len(body)}", "Transfer-Encoding: chunked", body=body)
    )
    # then: the first is judged as the two bytes that it is, never with the second as its body
    assert statuses(answered)[0] in {400, 422}
    assert statuses(answered)[1:] in ([], [200])


@pytest.mark.parametrize(
    "path",
    [
        "/api/../desk/api/people",
        "/api/%2e%2e/desk/api/people",
        "/api/..%2f..%2fdesk",
        "//desk/api/people",
        "/api//mailbox/deliveries",
        "/api/./mailbox/deliveries",
        "/api/mailbox/../mailbox/deliveries",
        "/api/mailbox%2fdeliveries",
        "/api/mailbox/deliveries%00",
        "/api/mailbox/deliveries;x=1",
        "/API/mailbox/deliveries",
        "/api/mailbox/deliveries/",
        "http://127.0.0.1/api/mailbox/deliveries",
        "/api/applications/%c0%ae%c0%ae",
        "/\\evil.example/x",
        "/%5Cevil.example/x",
        "/%2Fevil.example/x",
        "/x%0d%0aSet-Cookie:%20a=b",
        "/api/" + "a" * 7000,
    ],
)
def test_no_way_of_writing_a_path_leads_past_a_door(running: Running, path: str) -> None:
    answered = spoken(running, request(f"GET {path} HTTP/1.1", "Connection: close"))
    # then: a stranger gets nothing, is sent to no other host, and meets no fault of ours
    assert len(statuses(answered)) == 1
    assert statuses(answered)[0] in {301, 400, 401, 403, 404, 405, 414}
    assert not re.search(rb"location: (?!/[^/\\])", answered, re.IGNORECASE)
    assert b'deliveries":[' not in answered
    assert b"recipients" not in answered


def test_a_header_that_comes_twice_is_not_one_of_the_two(running: Running) -> None:
    body = json.dumps(family("0680")).encode()
    lines = (POST, JSON, "Connection: close", f"Content-Length: {len(body)}", KEY, f"Idempotency-Key: {uuid4()}")
    answered = spoken(running, request(*lines, body=body))
    assert statuses(answered) == [400]
    assert b"idempotency-key" in answered


@pytest.mark.parametrize(("size", "expected"), [(64 * 1024 + 1, {413}), (11 * 1024 * 1024, {413})])
def test_a_body_that_is_too_large_is_refused(running: Running, size: int, expected: set[int]) -> None:
    body = b'{"answers": {"motive": "' + b"a" * (size - 26) + b'"}}'
    answer = running.http.post(
        "/api/applications", content=body, headers={"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    )
    assert answer.status_code in expected


def test_headers_without_end_are_refused(running: Running) -> None:
    answered = spoken(running, request(POST, *(f"X-{index}: {'a' * 900}" for index in range(200))))
    assert statuses(answered) in ([400], [431])


def test_forty_who_send_a_byte_and_wait_keep_nobody_else_waiting(running: Running) -> None:
    # given
    address = urlsplit(running.url)
    began = request(POST, JSON, KEY, "Content-Length: 60000", body=b"{")
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            slow = stack.enter_context(socket.create_connection((address.hostname or "", address.port or 0)))
            slow.sendall(began)
        # when
        started = time.monotonic()
        answers = [running.http.get("/api/challenge").status_code for _ in range(10)]
        took = time.monotonic() - started
    # then
    assert answers == [200] * 10
    assert took < 10
