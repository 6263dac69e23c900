"""Events that API Gateway should never send: each is answered with a problem, and nothing escapes into the log."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from familjehem.runtime.http import lambda_handler
from functions.mailbox.app import create_app as mailbox_app
from functions.self_test.app import create_app as self_test_app
from tests.functions.bad_input import Bench
from tests.functions.doors import Context, event
from tests.service import SITE, Service


def broken(**changes: Any) -> dict[str, Any]:
    sent = event("POST", "/api/self-test", b"{}", {"content-type": "application/json"}, "", {})
    return {**sent, **changes}


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in broken().items() if name not in names}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param({}, 404, id="nothing at all"),
        pytest.param(broken(headers=None), 415, id="no headers"),
        pytest.param(broken(headers={"content-type": None}), 415, id="a header without a value"),
        pytest.param(broken(headers={"CONTENT-TYPE": "Application/JSON"}), 422, id="odd header case"),
        pytest.param(broken(requestContext={}), 405, id="an empty request context"),
        pytest.param(broken(requestContext=None), 405, id="no request context"),
        pytest.param(without("version", "rawQueryString"), 422, id="no version, no query"),
        pytest.param(without("rawPath"), 422, id="no path but in the context"),
        pytest.param(broken(body="Kanariefågel=", isBase64Encoded=True), 400, id="broken base64"),
        pytest.param(broken(body="\ud800"), 400, id="a lone surrogate"),
        pytest.param(broken(headers={"x-prov": "Kanariefågel \ud800"}), 400, id="a lone surrogate in a header"),
        pytest.param(broken(rawPath="/api/\ud800"), 400, id="a lone surrogate in the path"),
        pytest.param(broken(body="{}", isBase64Encoded=True), 400, id="a text that is called encoded"),
        pytest.param(broken(headers=[]), 415, id="headers that are a list"),
        pytest.param(broken(body=None), 400, id="no body"),
    ],
)
def test_a_broken_event_is_answered_with_a_problem(
    sent: dict[str, Any], status: int, logged: Callable[[], str]
) -> None:
    # given
    handler = lambda_handler(self_test_app(Service().take_self_test, SITE), SITE)
    # when
    answer = handler(sent, Context())  # type: ignore[arg-type]
    # then
    assert answer["statusCode"] == status
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert json.loads(answer["body"])["status"] == status
    assert "Kanarie" not in logged()


PARTS = (
    *((name,) for name in broken()),
    *(("requestContext", name) for name in broken()["requestContext"]),
    *(("requestContext", "http", name) for name in broken()["requestContext"]["http"]),
)
NEEDED = {
    # Without these it is another request, or none.
    ("headers",): 400,
    ("body",): 400,
    ("requestContext",): 405,
    ("requestContext", "http"): 405,
    ("requestContext", "http", "method"): 405,
}


@pytest.mark.parametrize("how", ["missing", "null"])
@pytest.mark.parametrize("part", PARTS, ids="/".join)
def test_a_submission_whose_event_lacks_a_part_is_taken_or_refused_and_never_fails(
    part: tuple[str, ...], how: str
) -> None:
    # given
    bench = Bench()
    request = bench.form()
    sent = event("POST", request.path, request.body, request.headers, "", {})
    *above, name = part
    within: dict[str, Any] = sent
    for each in above:
        within = within[each]
    if how == "null":
        within[name] = None
    else:
        del within[name]
    # when
    answer = lambda_handler(bench.apps["submission"], SITE)(sent, Context())  # type: ignore[arg-type]
    # then
    assert answer["statusCode"] == NEEDED.get(part, 201)
    assert len(bench.world.applications) == (0 if part in NEEDED else 1)


@pytest.mark.parametrize("write", [str.upper, str.title, str.swapcase], ids=["UPPER", "Title", "sWAPPED"])
@pytest.mark.parametrize("encoded", [False, True], ids=["text", "base64"])
def test_a_submission_is_taken_whatever_the_case_of_its_headers(write: Callable[[str], str], encoded: bool) -> None:
    # given
    bench = Bench()
    request = bench.form()
    sent = event("POST", request.path, request.body, request.headers, "", {}, encoded=encoded)
    sent["headers"] = {write(name): value for name, value in sent["headers"].items()}
    # when
    answer = lambda_handler(bench.apps["submission"], SITE)(sent, Context())  # type: ignore[arg-type]
    # then
    assert answer["statusCode"] == 201


def test_an_event_that_breaks_the_adapter_itself_is_a_bare_500(logged: Callable[[], str]) -> None:
    # given
    handler = lambda_handler(self_test_app(Service().take_self_test, SITE), SITE)
    # when
    answer = handler(broken(rawQueryString={"Kanariefågel": 1}), Context())  # type: ignore[arg-type]
    # then
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["type"] == f"{SITE}/problem/internal/"
    assert answer["headers"]["cache-control"] == "no-store"
    assert "Kanarie" not in logged()


@pytest.mark.parametrize(
    "authorizer", [None, {}, {"jwt": None}, {"jwt": {"claims": None}}, {"jwt": {"claims": "x"}}, "x"]
)
def test_an_authorizer_that_says_nothing_lets_nobody_in(authorizer: Any) -> None:
    # given
    service = Service()
    handler = lambda_handler(mailbox_app(service.mailbox, "client", SITE), SITE)
    sent = event("GET", "/api/mailbox/deliveries", None, {}, "", {})
    sent["requestContext"]["authorizer"] = authorizer
    # then
    assert handler(sent, Context())["statusCode"] == 401  # type: ignore[arg-type]
