"""Supplement and consent on the wire, and what a case worker reads, through both doors."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from familjehem.domain.application import Receipt
from tests.builders import MARKED_VALUES
from tests.functions.doors import Answer, Door
from tests.service import FIVE, Service

BODY = {
    "questionSet": "2026-1",
    "answers": {"mobile": "070-174 06 08", "bestContactTime": ["morning"]},
    "message": "Vi har flyttat.\nKanariefågel",
}


@pytest.fixture
def receipt(service: Service) -> Receipt:
    found = service.accepted(*FIVE).receipt
    service.work()
    return found


def supplement(door: Door, receipt: Receipt, key: str | None = None, **changes: Any) -> Answer:
    headers = {"Receipt-Code": receipt.receipt_code, "Idempotency-Key": key or str(uuid4())}
    return door(
        "POST",
        f"/api/applications/{receipt.reference}/supplement",
        body=json.dumps({**BODY, **changes}).encode(),
        headers={"Content-Type": "application/json", **headers},
    )


def share(door: Door, receipt: Receipt, *, consent: bool) -> Answer:
    return door(
        "PUT",
        f"/api/applications/{receipt.reference}/share-recipients",
        body=json.dumps({"share": consent}).encode(),
        headers={"Content-Type": "application/json", "Receipt-Code": receipt.receipt_code},
    )


def test_a_supplement_is_accepted_and_a_replay_is_200_with_the_same_bytes(
    submission_door: Door, receipt: Receipt, service: Service
) -> None:
    # given
    key = str(uuid4())
    # when
    first = supplement(submission_door, receipt, key)
    service.world.passes(minutes=3)
    again = supplement(submission_door, receipt, key)
    # then
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert set(first.json) == {"supplement", "submittedAt", "deliveries"}
    assert first.json["supplement"] == 1
    assert first.json["submittedAt"] == "2026-11-22T12:00:00Z"
    assert set(first.json["deliveries"][0]) == {"number", "recipient", "municipalities"}
    assert [one["recipient"]["id"] for one in first.json["deliveries"]] == [one.recipient for one in receipt.promises]


def test_other_content_under_the_same_key_is_409(submission_door: Door, receipt: Receipt) -> None:
    # given
    key = str(uuid4())
    supplement(submission_door, receipt, key)
    # then
    answer = supplement(submission_door, receipt, key, message="Annat")
    assert answer.status == 409
    assert answer.json["type"].endswith("/problem/key-reused/")


def test_a_message_and_answers_may_each_be_left_out(submission_door: Door, receipt: Receipt) -> None:
    # given
    path = f"/api/applications/{receipt.reference}/supplement"
    # then
    for number, body in enumerate(
        ({"message": "Hej"}, {"answers": {"name": "Prov"}}, {"message": None, "answers": {"name": "P"}})
    ):
        answer = submission_door(
            "POST",
            path,
            body=json.dumps({"questionSet": "2026-1", **body}).encode(),
            headers={
                "Content-Type": "application/json",
                "Receipt-Code": receipt.receipt_code,
                "Idempotency-Key": str(uuid4()),
            },
        )
        assert (answer.status, answer.json["supplement"]) == (201, number + 1)


def test_nothing_of_a_supplement_is_logged(
    submission_door: Door, receipt: Receipt, logged: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    # when
    supplement(submission_door, receipt)
    supplement(submission_door, receipt, answers={"mobile": "Kanariefågel"})
    # then
    printed = capsys.readouterr()
    assert "application supplemented" in logged()
    assert not [mark for mark in MARKED_VALUES if mark in logged() + printed.out + printed.err]


def test_a_case_worker_reads_it_beside_the_letter_and_sees_whom_to_call(
    submission_door: Door, receipt: Receipt, service: Service, mailbox_door: Callable[..., Door]
) -> None:
    # given
    service.hire("anna", "0680")
    anna = mailbox_door("anna")
    before = anna("GET", "/api/mailbox/deliveries").json["deliveries"][0]
    service.world.passes(minutes=5)
    supplement(submission_door, receipt)
    supplement(submission_door, receipt, answers={"generalHealth": {"coApplicant": "good"}}, message=None)
    service.work()
    # when
    line = anna("GET", "/api/mailbox/deliveries").json["deliveries"][0]
    letter = anna("GET", f"/api/mailbox/deliveries/{line['number']}").json
    # then
    assert (before["supplementedAt"], before["card"]["telephone"]) == (None, "+46701740605")
    assert line["supplementedAt"] == letter["supplementedAt"] == "2026-11-22T12:05:00Z"
    assert (line["card"]["telephone"], line["card"]["bestTime"]) == ("+46701740608", ["morning"])
    assert letter["answers"]["mobile"] == "+46701740605"
    first, second = letter["supplements"]
    assert set(first) == {"version", "receivedAt", "message", "items"}
    assert (first["version"], first["receivedAt"]) == (2, "2026-11-22T12:05:00Z")
    assert first["message"] == "Vi har flyttat.\nKanariefågel"
    assert first["items"][0] == {
        "name": "mobile",
        "code": "B04",
        "label": "Mobilnummer",
        "answer": "+46701740608",
    }
    assert (second["version"], second["message"]) == (3, None)
    assert second["items"][0]["answer"].startswith("Medsökande: ")
    # and the list holds nothing of class K, B or Ö
    assert "generalHealth" not in json.dumps(line)


def test_a_letter_without_supplements_says_so(
    receipt: Receipt, service: Service, mailbox_door: Callable[..., Door]
) -> None:
    # given
    service.hire("anna", "0680")
    number = next(one.number for one in receipt.promises if one.recipient == "0680")
    # when
    letter = mailbox_door("anna")("GET", f"/api/mailbox/deliveries/{number}").json
    # then
    assert letter["supplements"] == []
    assert letter["supplementedAt"] is None


def test_consent_is_told_taken_back_and_given_again(submission_door: Door, receipt: Receipt) -> None:
    # given
    headers = {"Receipt-Code": receipt.receipt_code}
    path = f"/api/applications/{receipt.reference}"
    told = submission_door("GET", path, headers=headers)
    # when
    back, again, given = (share(submission_door, receipt, consent=each) for each in (False, False, True))
    # then
    assert told.json["shareRecipients"] is True
    assert [one.status for one in (back, again, given)] == [200, 200, 200]
    assert [one.json["shareRecipients"] for one in (back, again, given)] == [False, False, True]
    assert back.body == again.body
    assert {**back.json, "shareRecipients": True} == told.json
    assert submission_door("GET", path, headers=headers).body == given.body


def test_where_there_is_one_recipient_consent_is_null(submission_door: Door, service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    # then
    told = submission_door(
        "GET", f"/api/applications/{receipt.reference}", headers={"Receipt-Code": receipt.receipt_code}
    )
    assert told.json["shareRecipients"] is None
    assert share(submission_door, receipt, consent=False).status == 409


@pytest.mark.parametrize(("path", "method"), [("supplement", "POST"), ("share-recipients", "PUT")])
def test_other_methods_are_told_which_there_is(submission_door: Door, path: str, method: str) -> None:
    answer = submission_door("PATCH", f"/api/applications/0000-0000-0000/{path}")
    assert (answer.status, answer.headers["allow"]) == (405, method)
