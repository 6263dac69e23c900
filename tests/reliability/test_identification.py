"""E-identification on the running service: handlers, roles and a certified OpenID provider, from the page to the letter."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from dev.identities import LOW_LEVEL, NAME, walk
from tests.reliability.running import FIVE, Running, family


@pytest.fixture(scope="module")
def identifying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    service = Running(tmp_path_factory.mktemp("identifying"), {"FAMILJEHEM_IDENTIFICATION": "on"})
    service.start()
    yield service
    service.close()


def come_back(running: Running, draft: str, role: str, **chosen: str) -> dict[str, str]:
    """Go to the provider as a browser does; give what the page of return sends."""
    started = running.http.post("/api/identification/start", json={"role": role, "draft": draft})
    assert started.status_code == 200, started.text
    person = {"applicant": "applicant", "coApplicant": "co-applicant"}[role]
    address = walk(started.json()["authorizationUrl"], **{"person": person, **chosen})
    assert address.startswith(f"{running.url}/ansok/identifierad/?")
    returned = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert returned["state"] == started.json()["state"]
    return {"code": returned["code"], "state": returned["state"], "draft": draft}


def identify(running: Running, draft: str, role: str = "applicant") -> dict[str, Any]:
    answer = running.http.post("/api/identification/finish", json=come_back(running, draft, role))
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(answer: Any) -> tuple[int, str, list[dict[str, str]]]:
    return answer.status_code, answer.json()["type"].split("/")[-2], answer.json().get("errors", [])


def test_the_whole_way_from_the_page_to_a_letter_that_says_styrkt(identifying: Running) -> None:
    # given
    assert identifying.http.get("/api/identification").json() == {"required": True, "provider": NAME}
    draft = str(uuid4())
    found = {role: identify(identifying, draft, role) for role in ("applicant", "coApplicant")}
    # when
    body = {**family(*FIVE), "identifications": {role: one["identification"] for role, one in found.items()}}
    answer = identifying.http.post("/api/applications", json=body, headers={"Idempotency-Key": draft})
    # then
    assert answer.status_code == 201, answer.text
    identifying.quiet()
    number = next(one["number"] for one in answer.json()["deliveries"] if one["recipient"]["id"] == "0680")
    letter = identifying.letter("0680", number)
    identity = letter["compilation"]["identity"]
    assert identity["applicant"]["text"].startswith(f"styrkt (nivå 3, {NAME}, ")
    assert identity["coApplicant"]["proven"] is True
    assert (letter["answers"]["name"], letter["answers"]["identityNumber"]) == (
        found["applicant"]["name"],
        found["applicant"]["identityNumber"],
    )


def test_without_one_nothing_is_taken(identifying: Running) -> None:
    assert problem(identifying.submit(*FIVE)) == (
        422,
        "identification-required",
        [{"pointer": "/identifications/applicant", "code": "required"}],
    )


def test_a_code_is_good_once_and_a_way_back_serves_its_own_draft_only(identifying: Running) -> None:
    # given
    draft = str(uuid4())
    returned = come_back(identifying, draft, "applicant")
    # when
    elsewhere = identifying.http.post("/api/identification/finish", json={**returned, "draft": str(uuid4())})
    bent = identifying.http.post(
        "/api/identification/finish", json={**returned, "state": returned["state"][:-9] + "A" * 9}
    )
    first = identifying.http.post("/api/identification/finish", json=returned)
    again = identifying.http.post("/api/identification/finish", json=returned)
    # then
    assert problem(elsewhere)[2] == [{"pointer": "/state", "code": "otherDraft"}]
    assert problem(bent)[2] == [{"pointer": "/state", "code": "invalid"}]
    assert first.status_code == 200
    assert problem(again) == (422, "identification-refused", [{"pointer": "/code", "code": "notAccepted"}])


@pytest.mark.parametrize(
    ("chosen", "code"), [({"level": LOW_LEVEL}, "levelTooLow"), ({"person": "under-age"}, "underAge")]
)
def test_who_does_not_reach_what_is_asked_is_told_so(identifying: Running, chosen: dict[str, str], code: str) -> None:
    returned = come_back(identifying, str(uuid4()), "applicant", **chosen)
    answer = identifying.http.post("/api/identification/finish", json=returned)
    assert problem(answer)[2] == [{"pointer": "/code", "code": code}]


def test_an_identification_of_one_application_serves_no_other(identifying: Running) -> None:
    token = identify(identifying, str(uuid4()))["identification"]
    body = {**family(*FIVE), "identifications": {"applicant": token}}
    answer = identifying.http.post("/api/applications", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert problem(answer)[2] == [{"pointer": "/identifications/applicant", "code": "otherDraft"}]


def test_no_table_was_touched_and_no_mark_stands_outside_sealed_letters(identifying: Running) -> None:
    # given
    draft = str(uuid4())
    identify(identifying, draft)
    # when
    calls = [json.loads(line) for line in identifying.record.read_text("utf-8").splitlines()]
    found = identifying.tool("dev.leaks", "--marks", "events/http/bodies/family.json")
    # then
    assert {one["action"] for one in calls if one["function"] == "identification"} == {"secretsmanager:GetSecretValue"}
    assert found.returncode == 0, found.stdout + found.stderr
    logs = "".join(path.read_text("utf-8") for path in identifying.places.logs.glob("*.log"))
    assert draft not in logs
