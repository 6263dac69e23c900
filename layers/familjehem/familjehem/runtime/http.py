"""The door that API Gateway knocks on: Starlette app → Lambda handler, strict JSON in, problems out."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from http import HTTPStatus
from itertools import takewhile
from math import isinf
from typing import TYPE_CHECKING, Any, Never, cast
from uuid import UUID

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from familjehem.domain.errors import (
    FamiljehemError,
    FieldError,
    IdentificationUnavailableError,
    InvalidAnswersError,
    MalformedRequestError,
)
from familjehem.runtime.observability import Event, fault, logger, publish_metrics
from familjehem.runtime.problems import (
    EXPECTED,
    IdempotencyKeyError,
    ProblemResponse,
    TooLargeError,
    UnsupportedMediaTypeError,
    from_error,
    problem,
)

if TYPE_CHECKING:
    from mangum.types import ASGI

LARGEST_BODY = 64 * 1024
DEEPEST = 16
LONGEST_NUMBER = 18
NIL = UUID(int=0)
HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"strict-transport-security": b"max-age=63072000; includeSubDomains",
    b"x-content-type-options": b"nosniff",
}

type Endpoint = Callable[[Request], Awaitable[Response]]
type Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class Wire(BaseModel):
    """The base of every shape on the wire: camelCase, strict types, nothing unknown."""

    # Built at the first use: a cold function answers one call, and needs the shapes of that call only.
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


class JsonResponse(Response):
    """An answer in the form of a wire model."""

    media_type = "application/json"

    def __init__(self, content: Wire, status: HTTPStatus = HTTPStatus.OK) -> None:
        super().__init__(content.model_dump_json(by_alias=True), status_code=status.value)


# ---------------------------------------------------------------- reading


async def read[Model: Wire](request: Request, model: type[Model]) -> Model:
    """Read the body as `model`.

    Raises `TooLargeError` over 64 KiB, `UnsupportedMediaTypeError` unless it is marked as JSON,
    `MalformedRequestError` with a code for what is not UTF-8, not JSON (RFC 8259; no duplicate names, no NaN, no
    number of over 18 figures or too large for a float) or nested deeper than 16, and `InvalidAnswersError` with
    pointer and code for what is not of the model's shape.
    """
    body = await request.body()
    if len(body) > LARGEST_BODY:
        raise TooLargeError
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaTypeError
    content = parse(body)
    try:
        return model.model_validate(content, strict=True)
    except ValidationError as error:
        raise InvalidAnswersError(*_faults(error, model)) from None


def parse(body: bytes) -> Any:
    """Parse strict JSON; `MalformedRequestError` with a code for whatever is not."""
    try:
        content = json.loads(
            body.decode(),
            object_pairs_hook=_unique,
            parse_constant=_no_number,
            parse_int=_short(int),
            parse_float=_short(float),
        )
    except UnicodeDecodeError:
        raise MalformedRequestError(FieldError("", "notUtf8")) from None
    except RecursionError:
        raise MalformedRequestError(FieldError("", "tooDeep")) from None
    except ValueError:
        raise MalformedRequestError(FieldError("", "notJson")) from None
    if _deeper_than(content, DEEPEST):
        raise MalformedRequestError(FieldError("", "tooDeep"))
    return content


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise MalformedRequestError(FieldError("", "duplicateName"))
    return content


def _no_number(_: str) -> Never:
    raise MalformedRequestError(FieldError("", "notANumber"))


def _short[Number: (int, float)](number: Callable[[str], Number]) -> Callable[[str], Number]:
    def read_number(figures: str) -> Number:
        # What is too large for a float is read as infinite, and JSON knows no such number.
        if len(figures) > LONGEST_NUMBER or isinf(found := number(figures)):
            raise MalformedRequestError(FieldError("", "numberTooLong"))
        return found

    return read_number


def _deeper_than(content: Any, deepest: int) -> bool:
    level = [content]
    for _ in range(deepest):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(one, dict | list) for one in level)


_CODES = {
    "missing": "required",
    "string_too_long": "tooLong",
    "string_too_short": "required",
    "string_pattern_mismatch": "invalid",
    "too_long": "tooMany",
    "too_short": "required",
    "enum": "unknownChoice",
    "literal_error": "unknownChoice",
    "string_unicode": "unallowedCharacters",
    "extra_forbidden": "unknownField",
}


def _faults(error: ValidationError, model: type[Wire]) -> Sequence[FieldError]:
    known = {field.alias or name for name, field in model.model_fields.items()}
    faults = [
        FieldError(_pointer(one["loc"], known), _CODES.get(one["type"], "wrongType"))
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return tuple(dict.fromkeys(faults))


def _pointer(place: Sequence[int | str], known: AbstractSet[str]) -> str:
    """Give the pointer as far as it is made of our own names and of indexes: a name that was sent stays out."""
    ours = takewhile(lambda part: isinstance(part, int) or part in known, place)
    return "".join(f"/{part}" for part in ours)


def address(request: Request) -> str:
    """Give the caller's address as API Gateway saw it; outside Lambda, as the server saw it."""
    seen = _part(request, "http", "sourceIp")
    return str(seen) if seen else (request.client.host if request.client else "unknown")


def claims(request: Request) -> dict[str, Any]:
    """Give the claims that API Gateway's authorizer has verified; empty where there were none."""
    found = _part(request, "authorizer", "jwt", "claims")
    return found if isinstance(found, dict) else {}


def _part(request: Request, *names: str) -> Any:
    """Give a part of the event's request context; None where it, or anything above it, is missing."""
    found: Any = request.scope.get("aws.event", {}).get("requestContext")
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def once(request: Request, *names: str) -> dict[str, str]:
    """Give the query as names and values; `MalformedRequestError` for one that is not of `names`, or stands twice."""
    sent = request.query_params.multi_items()
    if len({name for name, _ in sent} & set(names)) != len(sent):
        raise MalformedRequestError(FieldError("", "unknownQuery"))
    return dict(sent)


def idempotency_key(request: Request) -> UUID:
    """Read the header Idempotency-Key; `IdempotencyKeyError` unless it is one UUID in its usual form."""
    sent = request.headers.getlist("idempotency-key")
    if not any(sent):
        raise IdempotencyKeyError("required")
    try:
        key = UUID(sent[0])
    except ValueError:
        raise IdempotencyKeyError("invalid") from None
    # The nil key is what a broken page sends for everybody.
    if len(sent) > 1 or str(key) != sent[0].lower() or key == NIL:
        raise IdempotencyKeyError("invalid")
    return key


# ---------------------------------------------------------------- answering


def nowhere(_: str) -> Sequence[str]:
    """Know of no other app's paths."""
    return ()


def application(
    routes: Sequence[Route], site_url: str, elsewhere: Callable[[str], Sequence[str]] = nowhere
) -> Starlette:
    """Give the app of these routes: refusals become problems, faults a bare 500, answers are never cached.

    `elsewhere` gives the methods of a path that another app answers: whoever gets what no route took must tell a wrong
    method from a path that does not exist.
    """

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, FamiljehemError)  # noqa: S101 the table below registers nothing else
        step = {"step": error.step} if isinstance(error, IdentificationUnavailableError) else {}
        logger.info(Event.REFUSED, extra={"slug": error.slug, **step})
        return from_error(site_url, error)

    async def unrouted(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 the table below registers nothing else
        status, headers = HTTPStatus(error.status_code), error.headers or {}
        if status is HTTPStatus.NOT_FOUND and (methods := elsewhere(request.url.path)):
            status, headers = HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": ", ".join(methods)}
        slug = "method-not-allowed" if status is HTTPStatus.METHOD_NOT_ALLOWED else "not-found"
        answer = problem(site_url, status, slug)
        answer.headers.update(headers)
        return answer

    return Starlette(
        routes=list(routes),
        middleware=[Middleware(SecureHeaders), Middleware(LastResort, site_url=site_url)],
        exception_handlers={**dict.fromkeys(EXPECTED, refused), HTTPException: unrouted},
    )


class LastResort:
    """Answers 500 for what nobody expected, and does not raise it again: whoever prints it prints its message."""

    def __init__(self, app: ASGIApp, site_url: str) -> None:
        self.app = app
        self.site_url = site_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through; answer for it if it fails."""
        try:
            await self.app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 the last resort
            logger.error(Event.FAILED, extra=fault(error))
            await internal_problem(self.site_url)(scope, receive, send)


def internal_problem(site_url: str) -> ProblemResponse:
    """Give the problem that says only that something went wrong here."""
    answer = problem(site_url, HTTPStatus.INTERNAL_SERVER_ERROR, "internal")
    answer.headers["Cache-Control"] = "no-store"
    return answer


class SecureHeaders:
    """Adds the headers that every answer has; one that an endpoint has set stays as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers when the answer starts."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in HEADERS.items() if one[0] not in given)]
            await send(message)

        await self.app(scope, receive, with_headers)


# ---------------------------------------------------------------- the door


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def lambda_handler(app: ASGIApp, site_url: str) -> Handler:
    """Give an ASGI app the door that API Gateway knocks on (HTTP API, payload 2.0).

    An event that cannot be read is answered with a problem too: whatever escaped would be logged with its message.
    """
    # Mangum asks for the current loop and warns, from 3.14 on fails, where there is none.
    asyncio.set_event_loop(_loop())
    adapter = Mangum(
        cast("ASGI", app), lifespan="off", text_mime_types=[*DEFAULT_TEXT_MIME_TYPES, ProblemResponse.media_type]
    )

    @logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True)
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            return adapter(_readable(event), context)  # pyright: ignore[reportArgumentType]
        except MalformedRequestError as error:
            return _finished(from_error(site_url, error))
        except Exception as error:  # noqa: BLE001 the last resort
            logger.error(Event.FAILED, extra=fault(error))
            return _finished(internal_problem(site_url))
        finally:
            publish_metrics()

    return handler


def _readable(event: dict[str, Any]) -> dict[str, Any]:
    """Give the event with every part that Mangum takes for granted; `MalformedRequestError` for what is no text."""
    given = _present(event)
    context = _present(given.get("requestContext"))
    sent = _present(context.get("http"))
    path = given.get("rawPath") or sent.get("path") or "/"
    context["http"] = {"method": "GET", "path": path, "sourceIp": "unknown", **sent}
    headers = {name: value for name, value in _present(given.get("headers")).items() if isinstance(value, str)}
    body = given.get("body")
    try:
        "".join((path, *headers, *headers.values())).encode()
        if body and given.get("isBase64Encoded"):
            base64.b64decode(body, validate=True)
        elif body:
            body.encode()
    except ValueError:
        raise MalformedRequestError(FieldError("", "notUtf8")) from None
    return {
        "version": "2.0",
        "rawQueryString": "",
        **given,
        "rawPath": path,
        "headers": headers,
        "requestContext": context,
    }


def _present(part: dict[str, Any] | None) -> dict[str, Any]:
    """Give what stands in a part of an event; a null is as good as nothing."""
    return {name: value for name, value in (part or {}).items() if value is not None}


def _finished(answer: Response) -> dict[str, Any]:
    headers = {name.decode(): value.decode() for name, value in {**HEADERS, **dict(answer.raw_headers)}.items()}
    body = bytes(answer.body).decode()
    return {"statusCode": answer.status_code, "headers": headers, "body": body, "isBase64Encoded": False}
