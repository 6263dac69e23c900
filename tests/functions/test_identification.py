"""E-identification through both doors: the whole way, from the page's first question to the letter."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from familjehem.domain.errors import IdentificationUnavailableError
from familjehem.domain.identification import Adult
from functions.identification.app import create_app
from tests.builders import MARKED_VALUES
from tests.functions.doors import Answer, Door
from tests.service import FIVE, PERSONS, SITE, Service, answers_for

JSON = {"Content-Type": "application/json"}


def post(door: Door, path: str, content: dict[str, Any], **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return door("POST", path, body=json.dumps(content).encode(), headers={**JSON, **named})


def identify(door: Door, service: Service, draft: str, role: str = "applicant") -> dict[str, Any]:
    """Go the whole way as the page goes it."""
    started = post(door, "/api/identification/start", {"role": role, "draft": draft}).json
    state = parse_qs(urlsplit(started["authorizationUrl"]).query)["state"][0]
    assert state == started["state"]
    service.world.persons["code"] = PERSONS[Adult(role)]
    answer = post(door, "/api/identification/finish", {"code": "code", "state": state, "draft": draft})
    assert answer.status == 200
    return answer.json


def test_the_page_learns_that_an_identification_is_needed_and_what_it_is_called(identification_door: Door) -> None:
    answer = identification_door("GET", "/api/identification")
    assert (answer.status, answer.json) == (200, {"required": True, "provider": "Testlegitimation"})


def test_the_page_learns_that_none_is_needed(door: Callable[..., Door]) -> None:
    answer = door(create_app(None, SITE))("GET", "/api/identification")
    assert (answer.status, answer.json) == (200, {"required": False, "provider": None})


def test_who_comes_back_is_told_as_the_page_fills_it_in(identification_door: Door, service: Service) -> None:
    # when
    found = identify(identification_door, service, str(uuid4()))
    # then
    assert found.pop("identification")
    assert found == {
        "role": "applicant",
        "name": "Prov Persson-Kanarie",
        "identityNumber": "191212121212",
        "level": "3",
        "provider": "Testlegitimation",
        "expiresAt": "2026-11-23T12:00:00Z",
    }


def test_two_who_identify_stand_in_the_letter_as_proven(
    identification_door: Door, submission_door: Door, service: Service
) -> None:
    # given
    draft = str(uuid4())
    tokens = {
        role: identify(identification_door, service, draft, role)["identification"]
        for role in ("applicant", "coApplicant")
    }
    # when
    answer = submit(submission_door, draft, tokens)
    # then
    assert answer.status == 201
    service.work()
    caller = service.hire("anna", "0680")
    number = next(one["number"] for one in answer.json["deliveries"] if one["recipient"]["id"] == "0680")
    compilation = service.open_letter(caller, "0680", number).compilation.to_wire()
    assert compilation["identity"]["applicant"]["text"] == "styrkt (nivå 3, Testlegitimation, 2026-11-22)"
    assert compilation["identity"]["coApplicant"]["level"] == "4"


@pytest.fixture(autouse=True)
def demanded(service: Service) -> None:
    service.demand_identification()


def submit(door: Door, draft: str, tokens: dict[str, str]) -> Answer:
    body = {
        "questionSet": "2026-1",
        "municipalities": list(FIVE),
        "answers": answers_for(FIVE),
        "identifications": tokens,
    }
    return post(door, "/api/applications", body, Idempotency_Key=draft)


def test_a_replay_with_a_fresh_token_is_the_same_receipt(
    identification_door: Door, submission_door: Door, service: Service
) -> None:
    # given
    draft = str(uuid4())
    # when
    first, again = (
        submit(submission_door, draft, {"applicant": identify(identification_door, service, draft)["identification"]})
        for _ in range(2)
    )
    # then
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body


def test_a_draft_may_be_written_in_capitals(identification_door: Door, submission_door: Door, service: Service) -> None:
    draft = str(uuid4())
    token = identify(identification_door, service, draft.upper())["identification"]
    assert submit(submission_door, draft, {"applicant": token}).status == 201


def test_the_english_page_is_come_back_to(identification_door: Door) -> None:
    sent = {"role": "applicant", "draft": str(uuid4()), "language": "en"}
    started = post(identification_door, "/api/identification/start", sent).json
    assert parse_qs(urlsplit(started["authorizationUrl"]).query)["ui_locales"] == ["en"]


def test_a_provider_that_is_down_is_503_with_a_time_to_try_again_and_its_step_in_the_log(
    identification_door: Door, service: Service, logged: Callable[[], str]
) -> None:
    # given
    service.world.fails("identity_provider.address", IdentificationUnavailableError("discovery"))
    # when
    answer = post(identification_door, "/api/identification/start", {"role": "applicant", "draft": str(uuid4())})
    # then
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert '"step":"discovery"' in logged()


def test_nothing_of_a_person_is_logged(
    identification_door: Door,
    submission_door: Door,
    service: Service,
    logged: Callable[[], str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    # when
    draft = str(uuid4())
    found = identify(identification_door, service, draft)
    submit(submission_door, draft, {"applicant": found["identification"]})
    # then
    printed = capsys.readouterr()
    everything = logged() + printed.out + printed.err
    assert "person identified" in everything
    assert not [mark for mark in (*MARKED_VALUES, draft, found["identification"]) if mark in everything]
