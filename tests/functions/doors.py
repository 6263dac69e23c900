"""Two doors to every HTTP behaviour: the ASGI app, and the Lambda handler with a genuine API Gateway event."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from familjehem.runtime.http import lambda_handler

SOURCE_IP = "192.0.2.7"

type Headers = Mapping[str, str] | Sequence[tuple[str, str]]
"""Headers by name, or as they are sent where one comes twice."""


@dataclass(frozen=True)
class Answer:
    """What came back, alike through both doors."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Door(Protocol):
    """Sends one request."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Headers | None = None,
        query: str = "",
    ) -> Answer: ...


@dataclass
class Context:
    """What Lambda tells a handler about its call."""

    function_name: str = "prov"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:eu-north-1:111122223333:function:prov"
    aws_request_id: str = "11111111-2222-4333-8444-555555555555"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


@dataclass
class AsgiDoor:
    """The app itself; claims come as a genuine event would bring them."""

    app: ASGIApp
    claims: dict[str, Any] = field(default_factory=dict)

    def __call__(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Headers | None = None,
        query: str = "",
    ) -> Answer:
        async def with_event(scope: Any, receive: Any, send: Any) -> None:
            await self.app(
                {**scope, "aws.event": event(method, path, body, headers, query, self.claims)}, receive, send
            )

        client = TestClient(with_event, raise_server_exceptions=False)
        sent = list(pairs(headers))
        found = client.request(method, path + (f"?{query}" if query else ""), content=body, headers=sent)
        return Answer(found.status_code, dict(found.headers), found.content)


@dataclass
class LambdaDoor:
    """The Lambda handler."""

    app: ASGIApp
    claims: dict[str, Any] = field(default_factory=dict)
    encoded: bool = False

    def __call__(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Headers | None = None,
        query: str = "",
    ) -> Answer:
        sent = event(method, path, body, headers, query, self.claims, encoded=self.encoded)
        found = lambda_handler(self.app, "https://familjehem.example")(sent, Context())  # type: ignore[arg-type]
        content = found["body"].encode()
        if found["isBase64Encoded"]:
            content = base64.b64decode(content)
        return Answer(found["statusCode"], {name.lower(): value for name, value in found["headers"].items()}, content)


def pairs(headers: Headers | None) -> Iterator[tuple[str, str]]:
    """Give headers one by one."""
    yield from headers.items() if isinstance(headers, Mapping) else headers or ()


def merged(headers: Headers | None) -> dict[str, str]:
    """Give headers as API Gateway does: in small letters, and those that come twice joined by a comma."""
    found: dict[str, str] = {}
    for name, value in pairs(headers):
        found[name.lower()] = f"{found[name.lower()]},{value}" if name.lower() in found else value
    return found


def event(
    method: str,
    path: str,
    body: bytes | None,
    headers: Headers | None,
    query: str,
    claims: dict[str, Any],
    *,
    encoded: bool = False,
) -> dict[str, Any]:
    """Give the event of an HTTP API, payload 2.0."""
    sent: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": quote(path),
        "rawQueryString": query,
        "headers": {"host": "api.example", **merged(headers)},
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "prov",
            "domainName": "api.example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": SOURCE_IP,
                "userAgent": "prov",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1795348800000,
        },
        "isBase64Encoded": False,
    }
    if claims:
        sent["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    if body is not None:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            text = None
        if text is None or encoded:
            sent["body"], sent["isBase64Encoded"] = base64.b64encode(body).decode(), True
        else:
            sent["body"] = text
    return sent
