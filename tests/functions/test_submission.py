"""Submission on the wire, through both doors."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.recipient import RecipientState
from tests.builders import MARKED_VALUES
from tests.functions.doors import Answer, Door
from tests.service import FIVE, SITE, Service, answers_for


def send(door: Door, key: str | None = None, *, headers: dict[str, str] | None = None, **changes: Any) -> Answer:
    body = {"questionSet": "2026-1", "municipalities": list(FIVE), "answers": answers_for(FIVE), **changes}
    given = {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid4()), **(headers or {})}
    return door("POST", "/api/applications", body=json.dumps(body).encode(), headers=given)


def slug(answer: Answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == answer.status
    assert answer.json["title"]
    assert answer.json["detail"]
    return answer.json["type"].removeprefix(f"{SITE}/problem/").rstrip("/")


def test_an_application_is_accepted_with_a_receipt(submission_door: Door, service: Service) -> None:
    # when
    answer = send(submission_door)
    # then
    assert answer.status == 201
    assert set(answer.json) == {"reference", "receiptCode", "submittedAt", "deliveries"}
    assert answer.json["submittedAt"] == "2026-11-22T12:00:00Z"
    assert set(answer.json["deliveries"][0]) == {"number", "recipient", "municipalities"}
    assert len(service.world.letters) == 5


def test_a_replay_is_200_with_the_same_bytes(submission_door: Door) -> None:
    # given
    key = str(uuid4())
    body = {"answers": answers_for(FIVE)}
    # when
    first, again = send(submission_door, key, **body), send(submission_door, key.upper(), **body)
    # then
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body


def test_other_content_under_the_same_key_is_409(submission_door: Door) -> None:
    # given
    key = str(uuid4())
    send(submission_door, key)
    # then
    answer = send(submission_door, key, municipalities=["0180"])
    assert (answer.status, slug(answer)) == (409, "key-reused")


def test_an_erased_application_is_410(submission_door: Door, service: Service) -> None:
    # given
    key = str(uuid4())
    reference = send(submission_door, key).json["reference"]
    service.world.applications[reference] = replace(service.world.applications[reference], erased_at=service.world.at)
    # then
    answer = send(submission_door, key)
    assert (answer.status, slug(answer)) == (410, "application-erased")


def test_a_recipient_that_cannot_receive_is_named(submission_door: Door, service: Service) -> None:
    # given
    service.world.recipients["1280"] = replace(service.world.recipients["1280"], state=RecipientState.PAUSED)
    # when
    answer = send(submission_door)
    # then
    assert (answer.status, slug(answer)) == (422, "recipients-unavailable")
    assert answer.json["recipients"] == [
        {"id": "1280", "name": "Malmö", "municipalities": ["1280"], "reason": "paused"}
    ]
    assert not service.world.applications


def test_field_errors_have_pointer_and_code_and_repeat_nothing(submission_door: Door) -> None:
    # when
    answers = answers_for(FIVE, email="Kanariefågel", identityNumber="191212121213", Kanariefågelfråga="x")
    answer = send(submission_door, answers=answers)
    # then
    assert (answer.status, slug(answer)) == (422, "invalid-answers")
    assert {"pointer": "/answers/email", "code": "invalidEmail"} in answer.json["errors"]
    assert {"pointer": "/answers/identityNumber", "code": "invalidIdentityNumber"} in answer.json["errors"]
    assert not [mark for mark in MARKED_VALUES if mark in answer.body.decode()]


@pytest.mark.parametrize(
    ("name", "problem"), [("protectedIdentity", "protected-identity"), ("knownChild", "known-child")]
)
def test_what_must_never_be_sent_is_refused_with_what_to_do_instead(
    submission_door: Door, service: Service, name: str, problem: str
) -> None:
    # when
    answer = send(submission_door, answers={**answers_for(FIVE), name: "yes"})
    # then
    assert (answer.status, slug(answer)) == (422, problem)
    assert not service.world.applications


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Idempotency-Key": ""}, "required"),
        ({"Idempotency-Key": "abc"}, "invalid"),
        ({"Idempotency-Key": "{7c1c0f0e00004000800000000000abcd}"}, "invalid"),
        ({"Idempotency-Key": "urn:7c1c0f0e00004000800000000000abcd"}, "invalid"),
        ({"Idempotency-Key": "00000000-0000-0000-0000-000000000000"}, "invalid"),
        ({"Idempotency-Key": "7c1c0f0e-0000-4000-8000-00000000abcd,7c1c0f0e-0000-4000-8000-00000000abcd"}, "invalid"),
    ],
)
def test_a_form_without_its_number_is_refused(submission_door: Door, headers: dict[str, str], code: str) -> None:
    # when
    answer = send(submission_door, headers=headers)
    # then
    assert (answer.status, slug(answer)) == (400, "idempotency-key")
    assert answer.json["errors"][0]["code"] == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "notJson"),
        (b"{", "notJson"),
        (b"\xff\xfe", "notUtf8"),
        (b'{"a":1,"a":2}', "duplicateName"),
        (b'{"a":NaN}', "notANumber"),
        (b'{"a":-Infinity}', "notANumber"),
        (b'{"a":1' + b"0" * 30 + b"}", "numberTooLong"),
        (b'{"a":1e' + b"9" * 30 + b"}", "numberTooLong"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "tooDeep"),
        (b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", "tooDeep"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_code_and_nothing_is_stored(
    submission_door: Door, service: Service, body: bytes, code: str
) -> None:
    # when
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    answer = submission_door("POST", "/api/applications", body=body, headers=headers)
    # then
    assert (answer.status, slug(answer)) == (400, "malformed-request")
    assert code in [error["code"] for error in answer.json["errors"]]
    assert b"Kanariefagel" not in answer.body
    assert not service.world.applications


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"[]", {"pointer": "", "code": "wrongType"}),
        (b"null", {"pointer": "", "code": "wrongType"}),
        (
            b'{"questionSet":"2026-1","municipalities":[],"answers":{},"Kanariefagel":1}',
            {"pointer": "", "code": "unknownField"},
        ),
        (
            b'{"questionSet":"2026-1","municipalities":"0180","answers":{}}',
            {"pointer": "/municipalities", "code": "wrongType"},
        ),
        (
            b'{"questionSet":"2026-1","municipalities":[1],"answers":{}}',
            {"pointer": "/municipalities/0", "code": "wrongType"},
        ),
        (
            b'{"questionSet":"\\ud800","municipalities":[],"answers":{}}',
            {"pointer": "/questionSet", "code": "unallowedCharacters"},
        ),
        (b'{"municipalities":[],"answers":{}}', {"pointer": "/questionSet", "code": "required"}),
        (
            b'{"questionSet":"2026-1","municipalities":[],"answers":{},"campaign":"Kanariefagel!"}',
            {"pointer": "/campaign", "code": "invalid"},
        ),
    ],
)
def test_what_has_another_shape_is_refused_with_field_errors(
    submission_door: Door, service: Service, body: bytes, fault: dict[str, str]
) -> None:
    # when
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    answer = submission_door("POST", "/api/applications", body=body, headers=headers)
    # then
    assert (answer.status, slug(answer)) == (422, "invalid-answers")
    assert fault in answer.json["errors"]
    assert b"Kanariefagel" not in answer.body
    assert not service.world.applications


def test_a_body_over_64_kib_is_413_and_one_of_another_type_415(submission_door: Door) -> None:
    # given
    headers = {"Idempotency-Key": str(uuid4())}
    # when
    large = submission_door(
        "POST", "/api/applications", body=b" " * 65_537, headers={**headers, "Content-Type": "application/json"}
    )
    other = submission_door("POST", "/api/applications", body=b"{}", headers={**headers, "Content-Type": "text/plain"})
    # then
    assert (large.status, slug(large)) == (413, "too-large")
    assert (other.status, slug(other)) == (415, "unsupported-media-type")


def test_what_is_not_confirmed_is_503_and_says_when_to_try_again(submission_door: Door, service: Service) -> None:
    # given
    service.world.fails("intake.accept", NotConfirmedError())
    # when
    answer = send(submission_door)
    # then
    assert (answer.status, slug(answer)) == (503, "not-confirmed")
    assert int(answer.headers["retry-after"]) > 0


def test_a_fault_that_nobody_expected_is_a_bare_500_and_its_message_goes_nowhere(
    submission_door: Door, service: Service, logged: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    service.world.fails("intake.accept", RuntimeError("Kanariefågel"))
    # when
    answer = send(submission_door)
    # then
    assert (answer.status, slug(answer)) == (500, "internal")
    printed = capsys.readouterr()
    assert "Kanariefågel" not in answer.body.decode() + printed.out + printed.err
    assert "Kanariefågel" not in logged()
    assert "RuntimeError" in logged()


def test_nothing_that_was_sent_is_logged(
    submission_door: Door, logged: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    # when
    send(submission_door)
    send(submission_door, answers=answers_for(FIVE, email="fel"))
    # then
    printed = capsys.readouterr()
    assert "application accepted" in logged()
    assert not [mark for mark in MARKED_VALUES if mark in logged() + printed.out + printed.err]


def test_every_answer_is_kept_out_of_caches_and_frames(submission_door: Door) -> None:
    for answer in (send(submission_door), submission_door("GET", "/api/nowhere"), send(submission_door, answers={})):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_a_receipt_is_read_and_withdrawn(submission_door: Door, service: Service) -> None:
    # given
    receipt = send(submission_door).json
    headers = {"Receipt-Code": receipt["receiptCode"]}
    path = f"/api/applications/{receipt['reference']}"
    service.work()
    # when
    read = submission_door("GET", path, headers=headers)
    one = submission_door("DELETE", path, headers=headers, query=f"delivery={receipt['deliveries'][0]['number']}")
    all_of_them = submission_door("DELETE", path, headers=headers)
    # then
    assert {each["state"] for each in read.json["deliveries"]} == {"delivered"}
    assert set(read.json["deliveries"][0]) == {
        "number",
        "recipient",
        "municipalities",
        "state",
        "receivedAt",
        "openedAt",
        "contactedAt",
        "openings",
    }
    assert [each["state"] for each in one.json["deliveries"]] == ["withdrawn"] + ["delivered"] * 4
    assert {each["state"] for each in all_of_them.json["deliveries"]} == {"withdrawn"}


@pytest.mark.parametrize("query", ["number=x", "Delivery=x", "delivery=a&delivery=b"])
def test_a_misspelt_withdrawal_withdraws_nothing(submission_door: Door, service: Service, query: str) -> None:
    # given
    receipt = send(submission_door).json
    path, headers = f"/api/applications/{receipt['reference']}", {"Receipt-Code": receipt["receiptCode"]}
    # when
    answer = submission_door("DELETE", path, headers=headers, query=query)
    # then
    assert (answer.status, slug(answer)) == (400, "malformed-request")
    assert {delivery.state for delivery in service.world.deliveries.values()} == {"queued"}


def test_a_wrong_reference_or_code_is_404_alike(submission_door: Door) -> None:
    # given
    receipt = send(submission_door).json
    # when
    answers = [
        submission_door(
            "GET", f"/api/applications/{receipt['reference']}", headers={"Receipt-Code": "0000-0000-0000-0000"}
        ),
        submission_door("GET", f"/api/applications/{receipt['reference']}"),
        submission_door("GET", "/api/applications/0000-0000-0000", headers={"Receipt-Code": receipt["receiptCode"]}),
        submission_door("DELETE", "/api/applications/åäö", headers={"Receipt-Code": receipt["receiptCode"]}),
    ]
    # then
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}
    assert slug(answers[0]) == "application-not-found"


def test_too_many_wrong_codes_are_429(submission_door: Door) -> None:
    # given
    for _ in range(5):
        submission_door("GET", "/api/applications/0000-0000-0000")
    # then
    answer = submission_door("GET", "/api/applications/0000-0000-0000")
    assert (answer.status, slug(answer)) == (429, "too-many-attempts")
    assert answer.headers["retry-after"] == "3600"


def test_a_number_that_is_not_of_this_application_is_404(submission_door: Door) -> None:
    # given
    receipt = send(submission_door).json
    # then
    path, headers = f"/api/applications/{receipt['reference']}", {"Receipt-Code": receipt["receiptCode"]}
    answer = submission_door("DELETE", path, headers=headers, query="delivery=0000-0000-0000")
    assert (answer.status, slug(answer)) == (404, "delivery-not-found")


def test_all_municipalities_are_listed_connected_or_not(submission_door: Door, service: Service) -> None:
    # given
    service.world.recipients["1280"] = replace(service.world.recipients["1280"], state=RecipientState.PAUSED)
    # when
    found = {one["code"]: one for one in submission_door("GET", "/api/recipients").json["municipalities"]}
    # then
    assert len(found) == 290
    assert found["0680"]["recipient"] == {"id": "0680", "name": "Jönköping", "extendedQuestions": ["smoking"]}
    assert found["0687"]["recipient"]["id"] == "unit-hoglandet"
    assert found["0114"]["recipient"] is None
    assert found["1280"]["recipient"] is None
    assert found["1280"]["assignments"] == []
    assert found["1280"]["contact"]["telephone"] == "010-000 00 00"
    assert "familjehem@" not in json.dumps(found)


def test_a_challenge_says_whether_it_is_asked_for(submission_door: Door, service: Service) -> None:
    # given
    unasked = submission_door("GET", "/api/challenge").json
    # when
    service.world.challenge_asked = True
    asked = submission_door("GET", "/api/challenge").json
    # then
    assert (unasked["required"], asked["required"]) == (False, True)
    assert asked["challenge"]


def test_an_unknown_way_is_404_and_a_wrong_method_405(submission_door: Door) -> None:
    assert slug(submission_door("GET", "/api/nowhere")) == "not-found"
    assert slug(submission_door("PUT", "/api/applications")) == "method-not-allowed"
