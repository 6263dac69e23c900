"""The self-test on the wire, through both doors."""

import json

import pytest

from tests.builders import self_test_answers
from tests.functions.doors import Door
from tests.service import Service


def test_a_self_test_gets_an_explained_result_and_nothing_is_kept(self_test_door: Door, service: Service) -> None:
    # given
    before = list(service.world.steps)
    body = json.dumps({"assignments": ["familjehem"], "answers": self_test_answers()}).encode()
    # when
    answer = self_test_door("POST", "/api/self-test", body=body, headers={"Content-Type": "application/json"})
    # then
    assert answer.status == 200
    assert set(answer.json) == {"level", "heading", "text", "feedback", "nextSteps"}
    assert answer.json["level"] == "good"
    assert set(answer.json["feedback"][0]) == {"name", "theme", "tone", "text"}
    assert service.world.steps == before


def test_a_missing_answer_is_a_field_error(self_test_door: Door) -> None:
    # given
    answers = self_test_answers()
    answers.pop("everydayTime")
    # when
    body = json.dumps({"assignments": ["familjehem"], "answers": answers}).encode()
    answer = self_test_door("POST", "/api/self-test", body=body, headers={"Content-Type": "application/json"})
    # then
    assert answer.status == 422
    assert answer.json["errors"] == [{"pointer": "/answers/everydayTime", "code": "required"}]


def test_a_self_test_that_makes_no_sense_is_told_without_repeating_it(self_test_door: Door) -> None:
    for body in (
        {"assignments": ["familjehem"], "answers": {"191212121212 Kanariefagel": 3}},
        {"assignments": ["Kanariefagel"], "answers": {}},
        {"assignments": [], "answers": {"everydayTime": ["Kanariefagel"]}},
        {"assignments": [{"Kanariefagel": 1}], "answers": {}},
    ):
        sent = json.dumps(body).encode()
        answer = self_test_door("POST", "/api/self-test", body=sent, headers={"Content-Type": "application/json"})
        assert answer.status == 422
        assert b"Kanariefagel" not in answer.body


def test_the_question_set_is_public_and_may_be_cached(self_test_door: Door) -> None:
    # when
    answer = self_test_door("GET", "/api/question-sets/current")
    # then
    assert answer.json["version"] == "2026-1"
    assert len(answer.json["questions"]) == 111
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert '"points"' not in answer.body.decode()


def test_the_openapi_document_is_served(self_test_door: Door) -> None:
    assert self_test_door("GET", "/api/openapi.json").json["openapi"] == "3.1.0"


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("TRACE", "/api/self-test", 405, "POST"),
        ("PUT", "/api/applications", 405, "POST"),
        ("HEAD", "/api/recipients", 405, "GET"),
        ("POST", "/api/applications/0000-0000-0000", 405, "DELETE, GET"),
        ("DELETE", "/api/mailbox/deliveries", 405, "GET"),
        ("GET", "/api/applications/", 404, None),
        ("GET", "/api/applications/0000-0000-0000/more", 404, None),
        ("GET", "/api/Recipients", 404, None),
        ("GET", "/", 404, None),
    ],
)
def test_what_no_route_took_is_told_from_a_wrong_method_at_another_functions_path(
    self_test_door: Door, method: str, path: str, status: int, allowed: str | None
) -> None:
    # given what the gateway sends to this function for want of a better one
    answer = self_test_door(method, path)
    # then
    assert answer.status == status
    assert answer.headers.get("allow") == allowed
