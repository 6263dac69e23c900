"""The HTTP API and the desk over a real connection."""

import asyncio
import base64
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2 as httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from dev import cloud
from dev.desk import Desk
from dev.emulator import free_port, listeners
from dev.gateway import Gateway
from dev.places import write
from dev.pumps import Pumps
from dev.running import Service
from dev.server import Site, listener, server
from dev.token import SignInError, token
from tests.dev.conftest import Stand

ORIGIN = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def url(stand: Stand) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    clients = cloud.Clients(stand.emulator.url)
    pumps = Pumps(stand.wiring, stand.runner, clients)
    gateway = Gateway(stand.wiring, stand.runner, stand.emulator.url, stand.places.logs / "api-access.log")
    desk = Desk(
        stand.places,
        stand.template,
        stand.physical,
        stand.wiring,
        stand.runner,
        pumps,
        clients,
        url,
        stand.emulator.url,
    )
    http, taken = server(Site(gateway, desk), port), listener(port)

    def serve() -> None:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(http.serve(sockets=[taken]))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    while not http.started:
        time.sleep(0.01)
    yield url
    http.should_exit = True
    thread.join(20)
    taken.close()


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def worker(stand: Stand) -> dict[str, Any]:
    """Somebody who can sign in."""
    cognito, pool = stand.client("cognito-idp"), stand.physical["Identity/Pool"].ref
    email, password = "anna.prov@jonkoping.example", "Prov-Losenord-1234-abc"
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=email,
        MessageAction="SUPPRESS",
        TemporaryPassword="Prov-Tillfalligt-1234-abc",
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
    write(stand.places.people, {email: {"password": password, "recipients": []}})
    return {"email": email, "password": password}


@pytest.fixture(scope="module")
def service(stand: Stand, url: str) -> Service:
    client = stand.physical["Identity/Client"].ref
    return Service(url, stand.emulator.url, client, "http://127.0.0.1:8080/desk/signed-in", stand.places)


def event_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    return answer.json()["event"]


def test_a_request_becomes_an_event_of_payload_format_two(http: httpx.Client) -> None:
    answer = http.get(
        "/api/things/blå%20ko?a=1&a=2&tom=",
        headers=[("X-One", "1"), ("X-One", "2"), ("Cookie", "c=1; d=2"), ("User-Agent", "prov")],
    )
    event = event_of(answer)
    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /api/things/{name}"
    assert event["rawPath"] == "/api/things/blå ko"
    assert event["pathParameters"] == {"name": "blå ko"}
    assert event["rawQueryString"] == "a=1&a=2&tom="
    assert event["queryStringParameters"] == {"a": "1,2", "tom": ""}
    assert event["headers"]["x-one"] == "1,2"
    assert event["cookies"] == ["c=1", "d=2"]
    assert "cookie" not in event["headers"]
    context = event["requestContext"]
    assert context["http"] == {
        "method": "GET",
        "path": "/api/things/blå ko",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "prov",
    }
    assert context["stage"] == "$default"
    assert "authorizer" not in context
    assert "body" not in event
    assert event["isBase64Encoded"] is False


def test_the_answer_of_the_function_is_passed_on(http: httpx.Client) -> None:
    answer = http.get("/api/things/x")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["apigw-requestid"]


@pytest.mark.parametrize(
    ("content", "kind", "encoded"),
    [
        ("hej å".encode(), "application/json; charset=utf-8", False),
        (b"a=1", "application/x-www-form-urlencoded", False),
        (b"{}", "application/problem+json", False),
        (b"\x00\xff", "application/octet-stream", True),
        (b"\x00\xff", "application/json", True),
    ],
)
def test_a_body_that_is_no_text_comes_as_base64(http: httpx.Client, content: bytes, kind: str, encoded: bool) -> None:
    event = event_of(http.post("/api/things", content=content, headers={"content-type": kind}))
    assert event["isBase64Encoded"] is encoded
    assert (base64.b64decode(event["body"]) if encoded else event["body"].encode()) == content


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/nothing"), ("DELETE", "/api/things"), ("GET", "/api/things/"), ("GET", "/else")]
)
def test_what_is_no_route_is_not_found(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_a_body_over_ten_megabytes_is_too_large(http: httpx.Client) -> None:
    answer = http.post("/api/things", content=b"x" * (10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})


def test_a_function_that_fails_is_told_without_its_reason(http: httpx.Client) -> None:
    answer = http.post("/api/things", content="raise", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})


def test_eight_clients_at_once_are_all_answered(http: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: http.get(f"/api/things/{n}"), range(80)))
    assert [event_of(answer)["pathParameters"]["name"] for answer in answers] == [str(n) for n in range(80)]


def test_origins_of_the_template_may_ask_and_no_others(http: httpx.Client) -> None:
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    granted = http.options("/api/things", headers={"Origin": ORIGIN, **preflight})
    assert granted.status_code == 204
    assert granted.headers["access-control-allow-origin"] == ORIGIN
    assert granted.headers["access-control-allow-methods"] == "GET,POST"
    assert granted.headers["access-control-max-age"] == "600"
    other = http.options("/api/things", headers={"Origin": "https://evil.example", **preflight})
    assert "access-control-allow-origin" not in other.headers
    assert http.get("/api/things/x", headers={"Origin": ORIGIN}).headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in http.get("/api/things/x", headers={"Origin": "null"}).headers


def test_the_access_log_holds_what_the_template_says(http: httpx.Client, stand: Stand) -> None:
    http.get("/api/things/hemligt")
    last = (stand.places.logs / "api-access.log").read_text().splitlines()[-1]
    assert json.loads(last) == {"route": "GET /api/things/{name}", "status": "201"}


# ---------------------------------------------------------------- signing in


def test_a_case_worker_signs_in_on_the_hosted_page_and_is_known(
    http: httpx.Client, service: Service, worker: dict[str, Any]
) -> None:
    bearer = token(service, worker["email"])
    event = event_of(http.get("/api/mine", headers={"Authorization": f"Bearer {bearer}"}))
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    assert claims["token_use"] == "access"
    assert claims["client_id"] == service.client
    assert all(isinstance(value, str) for value in claims.values())


def test_a_wrong_password_or_an_unknown_person_gets_no_token(service: Service, worker: dict[str, Any]) -> None:
    with pytest.raises(SignInError):
        token(service, worker["email"], "Fel-Losenord-1234-abcd")
    with pytest.raises(SignInError, match="heter"):
        token(service, "ingen@jonkoping.example")


def test_without_a_good_token_the_answer_is_that_of_api_gateway(
    http: httpx.Client, stand: Stand, service: Service, worker: dict[str, Any]
) -> None:
    good = token(service, worker["email"])
    head, claims = jwt.get_unverified_header(good), jwt.decode(good, options={"verify_signature": False})
    mine = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode(claims, mine, "RS256", headers={"kid": head["kid"]})
    unsigned = jwt.encode(claims, None, "none", headers={"kid": head["kid"]})
    confused = jwt.encode(claims, "x" * 32, "HS256", headers={"kid": head["kid"]})
    tampered = ".".join([good.split(".")[0], forged.split(".")[1][:-2] + "AA", good.split(".")[2]])
    for bad in ("", "Bearer", "Bearer x", *(f"Bearer {each}" for each in (forged, unsigned, confused, tampered))):
        answer = http.get("/api/mine", headers={"Authorization": bad} if bad else {})
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"}), bad
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_made_for_another_client_or_pool_is_refused(
    http: httpx.Client, stand: Stand, service: Service, worker: dict[str, Any]
) -> None:
    cognito, pool = stand.client("cognito-idp"), stand.physical["Identity/Pool"].ref
    settings: dict[str, Any] = {
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthScopes": ["openid", "email"],
        "CallbackURLs": [service.redirect],
        "SupportedIdentityProviders": ["COGNITO"],
    }
    other = cognito.create_user_pool_client(UserPoolId=pool, ClientName="other", **settings)["UserPoolClient"]
    stranger = Service(service.url, service.emulator, other["ClientId"], service.redirect, service.places)
    bearer = token(stranger, worker["email"])
    assert http.get("/api/mine", headers={"Authorization": f"Bearer {bearer}"}).status_code == 401


# ---------------------------------------------------------------- the desk


def test_the_desk_shows_everything_as_json(http: httpx.Client) -> None:
    for name in ("mails", "sms", "outbox", "queues", "functions", "schedules", "people"):
        answer = http.get(f"/desk/api/{name}")
        assert answer.status_code == 200
        assert isinstance(answer.json()[name], list)
    names = {each["id"] for each in http.get("/desk/api/functions").json()["functions"]}
    assert names == {"Echo", "Collect", "Tick"}
    assert {each["id"] for each in http.get("/desk/api/queues").json()["queues"]} >= {"Data/Work", "Data/WorkDead"}


def test_the_desk_runs_functions_and_schedules(http: httpx.Client) -> None:
    answer = http.post("/desk/api/functions/tick/run", json={"by": "hand"}).json()
    assert answer["result"] == {"event": {"by": "hand"}}
    answer = http.post("/desk/api/schedules/TickEveryMinute/run").json()
    assert answer["result"]["event"]["source"] == "aws.scheduler"
    assert http.post("/desk/api/functions/nobody/run").status_code == 404
    assert http.post("/desk/api/functions/echo/faults", json={}).status_code == 400
    assert http.post("/desk/api/functions/echo/failing", json={}).json() == {"failing": None, "share": 1}


def test_the_desk_is_a_page_of_its_own(http: httpx.Client) -> None:
    answer = http.get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/desk")
    page = http.get("/desk")
    assert page.status_code == 200
    assert '<html lang="sv">' in page.text
    assert "Utkorg" in page.text
    assert "http-equiv" not in page.text
    assert "//cdn" not in page.text
    assert http.get("/desk/desk.css").headers["content-type"].startswith("text/css")
    assert http.get("/desk/desk.js").status_code == 200


def test_the_desk_takes_orders_from_loopback_and_its_own_page_only(http: httpx.Client) -> None:
    assert http.get("/desk", headers={"Host": "evil.example:8080"}).status_code == 421
    order = http.post("/desk/api/functions/tick/run", headers={"Origin": "https://evil.example"})
    assert order.status_code == 403


def test_everything_listens_on_loopback_only(stand: Stand, url: str) -> None:
    import os

    found = listeners(os.getpid()) | listeners(stand.emulator.pid or 0)
    assert {address for address, _ in found} == {"127.0.0.1"}
