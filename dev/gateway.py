"""The HTTP API as API Gateway plays it: routes, payload format 2.0, JWT authorizer, CORS, limits, access log.

Everything comes from the template. What is left out (throttling, TLS) stands in `docs/local-cloud.md`.
"""

import asyncio
import base64
import binascii
import json
import re
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import jwt

from dev.runner import Outcome, Runner
from dev.template import ACCOUNT
from dev.wiring import Authorizer, Route, Wiring

BODY_LIMIT = 10 * 1024 * 1024
_TEXT = re.compile(r"text/.*|application/(.*\+)?(json|xml|javascript|x-www-form-urlencoded|graphql)")
_KEYS_ASKED_AGAIN = 5.0
_PREFLIGHT = "OPTIONS"

type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Answer:
    """One answer on its way out."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def json(cls, status: int, content: Any, headers: Headers | None = None) -> "Answer":
        """Give a JSON answer."""
        body = json.dumps(content, ensure_ascii=False).encode()
        return cls(status, [("content-type", "application/json"), *(headers or [])], body)


class UnauthorizedError(Exception):
    """A request without a good token; the message is for the header `www-authenticate`."""


class Tokens:
    """Checks bearer tokens as a JWT authorizer does, with the keys that the emulator publishes."""

    def __init__(self, emulator: str) -> None:
        """Fetch keys from `emulator`, whatever the issuer in the tokens is called."""
        self._emulator = emulator
        self._keys: dict[str, dict[str, Any]] = {}
        self._asked: dict[str, float] = {}
        self._lock = threading.Lock()

    def claims(self, authorizer: Authorizer, header: str | None) -> dict[str, Any]:
        """Give the claims of the token in `header`; `UnauthorizedError` for one that is not good."""
        token = (header or "").strip()
        if token.lower().startswith("bearer "):
            token = token[7:].strip()
        if not token:
            raise UnauthorizedError("Bearer")
        try:
            head = jwt.get_unverified_header(token)
            key = self._key(authorizer.issuer, str(head.get("kid", "")))
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=authorizer.issuer,
                options={"verify_aud": False, "require": ["exp", "iss"]},
            )
        except jwt.PyJWTError as error:
            raise UnauthorizedError(_challenge(str(error))) from None
        audience = claims.get("aud", claims.get("client_id"))
        audience = set(audience if isinstance(audience, list) else [audience])
        if not audience & authorizer.audience:
            raise UnauthorizedError(_challenge("invalid audience"))
        return claims

    def _key(self, issuer: str, kid: str) -> Any:
        pool = issuer.rpartition("/")[2]
        with self._lock:
            if kid not in self._keys.get(pool, {}) and time.monotonic() - self._asked.get(pool, -9) > _KEYS_ASKED_AGAIN:
                self._asked[pool] = time.monotonic()
                self._keys[pool] = self._fetch(pool)
            if kid not in self._keys.get(pool, {}):
                raise jwt.InvalidTokenError("unknown key")
            return self._keys[pool][kid]

    def _fetch(self, pool: str) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"{self._emulator}/{pool}/.well-known/jwks.json", timeout=5) as answer:
                keys = json.load(answer)["keys"]
        except (OSError, ValueError, KeyError):
            return {}
        return {key["kid"]: jwt.PyJWK(key).key for key in keys}


def _challenge(text: str) -> str:
    return f'Bearer scope="" error="invalid_token" error_description="{text.replace(chr(34), "")}"'


class Gateway:
    """The HTTP API as an ASGI application; `knows` tells whether a path is its business."""

    def __init__(self, wiring: Wiring, runner: Runner, emulator: str, access_log: Path) -> None:
        """Serve the routes of `wiring` with `runner`."""
        self._routes = sorted((_Pattern(route) for route in wiring.routes), key=lambda pattern: pattern.rank)
        self._cors = wiring.cors
        self._runner = runner
        self._tokens = Tokens(emulator)
        self._format = wiring.access_log
        self._log = access_log
        self._executor = ThreadPoolExecutor(64, "gateway")

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.monotonic()
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        request_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        route, answer, latency = await self._answer(scope, receive, headers, request_id)
        origin = next((value for name, value in headers if name == "origin"), None)
        kept = answer.headers
        if self._cors.origins and route != _PREFLIGHT:  # what a function says about origins does not count
            kept = [(name, value) for name, value in kept if not name.lower().startswith("access-control-")]
        kept = [*kept, ("apigw-requestid", request_id), *self._allowed(origin)]
        await send_answer(send, Answer(answer.status, kept, answer.body))
        self._note(request_id, route, answer.status, latency, began)

    async def _answer(
        self, scope: MutableMapping[str, Any], receive: Receive, headers: Headers, request_id: str
    ) -> tuple[str, Answer, float]:
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS" and self._cors.origins:
            return _PREFLIGHT, self._preflight(headers), 0.0
        found = next((match for pattern in self._routes if (match := pattern.match(method, path))), None)
        if found is None:
            return "-", Answer.json(404, {"message": "Not Found"}), 0.0
        route, parameters = found
        body = await read_body(receive, BODY_LIMIT)
        if body is None:
            return route.key, Answer.json(413, {"message": "Request Entity Too Large"}), 0.0
        loop = asyncio.get_running_loop()
        claims: dict[str, Any] | None = None
        if route.authorizer is not None:
            bearer = next((value for name, value in headers if name == route.authorizer.header), None)
            try:
                claims = await loop.run_in_executor(self._executor, self._tokens.claims, route.authorizer, bearer)
            except UnauthorizedError as error:
                return route.key, Answer.json(401, {"message": "Unauthorized"}, [("www-authenticate", str(error))]), 0.0
            scopes = set(str(claims.get("scope", claims.get("scp", ""))).split())
            if route.authorizer.scopes and not scopes & route.authorizer.scopes:
                return route.key, Answer.json(403, {"message": "Forbidden"}), 0.0
        event = http_event(scope, headers, body, route, parameters, claims, request_id)
        before = time.monotonic()
        work = loop.run_in_executor(self._executor, self._runner.invoke, route.function, event)
        try:
            outcome = await asyncio.wait_for(asyncio.shield(work), route.timeout)
        except TimeoutError:
            return route.key, Answer.json(503, {"message": "Service Unavailable"}), time.monotonic() - before
        return route.key, answer_of(outcome), time.monotonic() - before

    def _preflight(self, headers: Headers) -> Answer:
        asked = dict(headers)
        granted = self._allowed(asked.get("origin"))
        method = asked.get("access-control-request-method", "").upper()
        if not granted or not (method in self._cors.methods or "*" in self._cors.methods):
            return Answer(204)
        wanted = [each.strip().lower() for each in asked.get("access-control-request-headers", "").split(",") if each]
        if not ("*" in self._cors.headers or set(wanted) <= set(self._cors.headers)):
            return Answer(204)
        granting: Headers = [("access-control-allow-methods", ",".join(self._cors.methods))]
        if self._cors.headers:
            granting.append(("access-control-allow-headers", ",".join(self._cors.headers)))
        if self._cors.max_age is not None:
            granting.append(("access-control-max-age", str(self._cors.max_age)))
        return Answer(204, granting)

    def _allowed(self, origin: str | None) -> Headers:
        cors = self._cors
        if origin is None or not cors.origins or not (origin in cors.origins or "*" in cors.origins):
            return []
        found = [("access-control-allow-origin", "*" if "*" in cors.origins and not cors.credentials else origin)]
        if cors.credentials:
            found.append(("access-control-allow-credentials", "true"))
        if cors.exposed:
            found.append(("access-control-expose-headers", ",".join(cors.exposed)))
        return [*found, ("vary", "origin")]

    def _note(self, request_id: str, route: str, status: int, latency: float, began: float) -> None:
        if not self._format:
            return
        values = {
            "$context.requestId": request_id,
            "$context.routeKey": route,
            "$context.status": str(status),
            "$context.integrationLatency": str(round(latency * 1000)),
            "$context.responseLatency": str(round((time.monotonic() - began) * 1000)),
            "$context.requestTime": _request_time(),
        }
        line = self._format
        for name, value in values.items():
            line = line.replace(name, value)
        with self._log.open("a", encoding="utf-8") as out:
            out.write(re.sub(r"\$context\.[\w.]+", "-", line) + "\n")


@dataclass(slots=True)
class _Pattern:
    route: Route
    parts: Sequence[str] = ()

    def __post_init__(self) -> None:
        self.parts = self.route.path.strip("/").split("/")

    @property
    def rank(self) -> tuple[int, int, int]:
        """Order as API Gateway does: the fullest path first, greedy ones and `$default` last, `ANY` after its method."""
        greedy = self.route.path == "$default" or any(part.endswith("+}") for part in self.parts)
        variables = sum(part.startswith("{") for part in self.parts)
        return (2 if self.route.path == "$default" else int(greedy), variables, int(self.route.method == "ANY"))

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        if self.route.path == "$default":
            return self.route, {}
        if self.route.method not in {"ANY", method}:
            return None
        found: dict[str, str] = {}
        given = path.strip("/").split("/")
        for place, part in enumerate(self.parts):
            if part.endswith("+}"):
                found[part[1:-2]] = "/".join(given[place:])
                return (self.route, found) if given[place:] and given[place] else None
            if place >= len(given):
                return None
            if part.startswith("{"):
                if not given[place]:
                    return None
                found[part[1:-1]] = given[place]
            elif part != given[place]:
                return None
        return (self.route, found) if len(given) == len(self.parts) else None


def http_event(
    scope: Mapping[str, Any],
    headers: Headers,
    body: bytes,
    route: Route,
    parameters: Mapping[str, str],
    claims: Mapping[str, Any] | None,
    request_id: str,
) -> dict[str, Any]:
    """Give the event of payload format 2.0."""
    merged: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in headers:
        if name == "cookie":
            cookies += [each.strip() for each in value.split(";")]
        else:
            merged[name] = f"{merged[name]},{value}" if name in merged else value
    raw_query = scope.get("query_string", b"").decode("latin-1")
    query: dict[str, str] = {}
    for name, value in parse_qsl(raw_query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    host = merged.get("host", "127.0.0.1")
    now = time.time()
    text, encoded = _text(body, merged.get("content-type"))
    context: dict[str, Any] = {
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": scope["method"],
            "path": scope["path"],
            "protocol": f"HTTP/{scope.get('http_version', '1.1')}",
            "sourceIp": (scope.get("client") or ("127.0.0.1", 0))[0],
            "userAgent": merged.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": route.key,
        "stage": "$default",
        "time": _request_time(now),
        "timeEpoch": int(now * 1000),
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": {n: _claim(v) for n, v in claims.items()}, "scopes": None}}
    return {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": scope["path"],
        "rawQueryString": raw_query,
        **({"cookies": cookies} if cookies else {}),
        "headers": merged,
        **({"queryStringParameters": query} if query else {}),
        "requestContext": context,
        **({"pathParameters": {name: unquote(value) for name, value in parameters.items()}} if parameters else {}),
        **({"body": text} if body else {}),
        "isBase64Encoded": encoded,
    }


def _text(body: bytes, content_type: str | None) -> tuple[str, bool]:
    kind = (content_type or "text/plain").partition(";")[0].strip().lower()
    if _TEXT.fullmatch(kind):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), bool(body)


def _claim(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{' '.join(str(each) for each in value)}]"
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _request_time(now: float | None = None) -> str:
    return datetime.fromtimestamp(now if now is not None else time.time(), UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")


def answer_of(outcome: Outcome) -> Answer:
    """Turn what a function gave into an answer, as payload format 2.0 demands."""
    failure = Answer.json(500, {"message": "Internal Server Error"})
    if outcome.failed:
        return failure
    result = outcome.result
    if not isinstance(result, Mapping) or "statusCode" not in result:
        body = result if isinstance(result, str) else json.dumps(result)
        return Answer(200, [("content-type", "application/json")], body.encode())
    try:
        status = int(result["statusCode"])
        headers = [(str(name), str(value)) for name, value in (result.get("headers") or {}).items()]
        headers += [("set-cookie", str(cookie)) for cookie in result.get("cookies") or ()]
        text = result.get("body") or ""
        body = base64.b64decode(text, validate=True) if result.get("isBase64Encoded") else str(text).encode()
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return failure
    if not any(name.lower() == "content-type" for name, _ in headers) and body:
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    return Answer(status, headers, body)


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """Read a request's body; None when it is larger than `limit`."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        size += len(message.get("body", b""))
        parts.append(message.get("body", b""))
        if size > limit:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


async def send_answer(send: Send, answer: Answer) -> None:
    """Send an answer with its length."""
    dropped = {"content-length", "connection", "transfer-encoding"}
    headers = [
        (name.lower().encode("latin-1"), value.encode("utf-8"))
        for name, value in answer.headers
        if name.lower() not in dropped
    ]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
