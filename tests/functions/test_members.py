"""Local administration on the wire, through both doors."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from familjehem.domain.membership import Role
from tests.functions.doors import Answer, Door
from tests.service import Service

type SignIn = Callable[..., Door]

BO = {"email": "bo.prov@jonkoping.example", "name": " Bo  Prov ", "role": "caseWorker"}
SETTINGS = {
    "closingTime": "15:00",
    "assignments": ["familjehem", "jourhem"],
    "extendedQuestions": ["interests"],
    "contact": {"telephone": "036-10 50 00", "web": "https://prov.example/familjehem"},
    "retention": {"afterClosingDays": 60, "longestMonths": 12},
}


@pytest.fixture
def led(service: Service) -> Service:
    service.hire("lena", "0680", role=Role.LOCAL_ADMINISTRATOR)
    service.hire("siv", "0680", "1280", role=Role.LOCAL_ADMINISTRATOR)
    return service


def send(door: Door, method: str, path: str, content: Any, **headers: str) -> Answer:
    return door(
        method, path, body=json.dumps(content).encode(), headers={"Content-Type": "application/json", **headers}
    )


def test_a_colleague_is_invited_seen_changed_and_removed(
    led: Service, members_door: SignIn, mailbox_door: SignIn
) -> None:
    lena = members_door("lena")
    # when
    invited = send(lena, "POST", "/api/members", BO)
    bo = invited.json["id"]
    # then
    assert invited.status == 201
    assert invited.json == {
        "id": bo,
        "email": BO["email"],
        "name": "Bo Prov",
        "role": "caseWorker",
        "invitedAt": "2026-11-22T12:00:00Z",
        "lastSeenOn": None,
        "endsOn": "2027-02-20",
    }
    mailbox_door(bo)("GET", "/api/mailbox/deliveries")
    listed = lena("GET", "/api/members").json
    assert [(one["id"], one["lastSeenOn"]) for one in listed["colleagues"]] == [
        (bo, "2026-11-22"),
        ("lena", None),
        ("siv", None),
    ]
    assert listed["warnings"] == []
    changed = send(lena, "PUT", f"/api/members/{bo}", {"name": "Bo P", "role": "reader"})
    assert (changed.status, changed.json["role"], changed.json["name"]) == (200, "reader", "Bo P")
    removed = lena("DELETE", f"/api/members/{bo}")
    assert (removed.status, removed.body) == (204, b"")
    assert lena("DELETE", f"/api/members/{bo}").status == 404
    assert mailbox_door(bo)("GET", "/api/mailbox/me").status in {401, 403}


def test_a_shortage_is_told_and_confirmed(led: Service, members_door: SignIn) -> None:
    # given
    lena = members_door("lena")
    # when
    asked = lena("DELETE", "/api/members/siv")
    # then
    assert (asked.status, asked.json["warnings"]) == (409, ["fewerThanTwo", "lastReader"])
    asked = send(lena, "PUT", "/api/members/siv", {"name": "Siv", "role": "reader"})
    assert (asked.status, asked.json["warnings"]) == (409, ["fewerThanTwo"])
    confirmed = send(lena, "PUT", "/api/members/siv", {"name": "Siv", "role": "reader", "confirm": True})
    assert confirmed.status == 200
    assert lena("DELETE", "/api/members/siv", query="confirm=true").status == 204
    assert lena("GET", "/api/members").json["warnings"] == ["fewerThanTwo", "lastReader"]
    # and what is the other recipient's is not touched
    assert [one.recipient for one in led.world.members.person("siv").memberships] == ["1280"]


def test_whoever_leads_two_says_which(led: Service, members_door: SignIn) -> None:
    siv = members_door("siv")
    assert siv("GET", "/api/members").status == 400
    found = siv("GET", "/api/members", headers={"Recipient": "1280"}).json
    assert [one["id"] for one in found["colleagues"]] == ["siv"]
    assert siv("GET", "/api/members", headers={"Recipient": "0180"}).status == 403


def test_every_session_ends_at_once(led: Service, members_door: SignIn, mailbox_door: SignIn) -> None:
    # given
    lena, siv = members_door("lena"), mailbox_door("siv")
    assert siv("GET", "/api/mailbox/me").status == 200
    # when
    assert lena("POST", "/api/members/siv/sign-out").status == 204
    # then
    assert siv("GET", "/api/mailbox/me").status == 401
    assert lena("POST", "/api/members/me/sign-out").status == 204
    assert lena("POST", "/api/members/me/sign-out").status == 401
    assert mailbox_door("lena")("GET", "/api/mailbox/me").status == 401
    led.world.passes(seconds=1)
    assert mailbox_door("lena")("GET", "/api/mailbox/me").status == 200


def test_anybody_may_end_her_own_sessions_and_nobody_else_s(led: Service, members_door: SignIn) -> None:
    led.hire("rut", "0680", role=Role.READER)
    assert members_door("rut")("POST", "/api/members/lena/sign-out").status == 403
    assert members_door("rut")("POST", "/api/members/me/sign-out").status == 204


def test_settings_are_read_and_changed_as_a_whole(led: Service, members_door: SignIn) -> None:
    # given
    lena = members_door("lena")
    before = lena("GET", "/api/members/settings").json
    assert before["retention"] == {"afterClosingDays": 90, "longestMonths": 24}
    assert (before["closingTime"], before["extendedQuestions"]) == ("16:30", ["smoking"])
    # when
    changed = send(lena, "PUT", "/api/members/settings", SETTINGS)
    # then
    assert (changed.status, changed.json) == (200, SETTINGS)
    assert lena("GET", "/api/members/settings").json == SETTINGS
    # what is read can be sent as it is
    assert send(lena, "PUT", "/api/members/settings", before).json == before


def test_who_one_is_and_with_whom_one_works(led: Service, mailbox_door: SignIn) -> None:
    # given
    led.world.names["siv"] = "Siv Prov"
    siv = mailbox_door("siv")
    # when
    me = siv("GET", "/api/mailbox/me").json
    # then
    assert me["person"] == {"id": "siv", "name": "Siv Prov"}
    assert [(one["id"], one["role"]) for one in me["recipients"]] == [
        ("0680", "localAdministrator"),
        ("1280", "localAdministrator"),
    ]
    found = siv("GET", "/api/mailbox/colleagues", headers={"Recipient": "0680"})
    assert found.json == {
        "colleagues": [
            {"id": "lena", "name": "lena", "role": "localAdministrator"},
            {"id": "siv", "name": "siv", "role": "localAdministrator"},
        ]
    }
    assert b"@" not in found.body
    assert siv("GET", "/api/mailbox/colleagues").status == 400
    assert siv("GET", "/api/mailbox/colleagues", headers={"Recipient": "0180"}).status == 403
    assert mailbox_door("nobody")("GET", "/api/mailbox/me").status == 403


@pytest.mark.parametrize("claims", [{"token_use": "id"}, {"client_id": "another"}, {"auth_time": None}])
def test_any_other_token_is_401(led: Service, members_door: SignIn, claims: dict[str, object]) -> None:
    lena = members_door("lena", **claims)
    for method, path in (("GET", "/api/members"), ("POST", "/api/members/me/sign-out"), ("DELETE", "/api/members/siv")):
        assert lena(method, path).status == 401
    assert "siv" in led.world.rosters["0680"].members


def test_the_log_tells_who_did_what_to_whom_by_identifiers_only(
    led: Service, members_door: SignIn, logged: Callable[[], str]
) -> None:
    # given
    lena = members_door("lena")
    # when
    bo = send(lena, "POST", "/api/members", BO).json["id"]
    send(lena, "PUT", "/api/members/settings", SETTINGS)
    # then
    log = logged()
    assert '"colleague invited"' in log
    assert bo in log
    assert '"settings changed"' in log
    assert not [word for word in ("Bo Prov", "bo.prov", "036-10", "prov.example") if word in log]
