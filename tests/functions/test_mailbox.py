"""The mailbox on the wire, through both doors."""

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from familjehem.domain.membership import Role
from familjehem.domain.search import PER_HOUR
from tests.functions.doors import Answer, Door
from tests.service import FIVE, Service

type SignIn = Callable[..., Door]


@pytest.fixture
def delivered(service: Service) -> Service:
    service.accepted(*FIVE)
    service.work()
    service.hire("anna", "0680")
    service.hire("maria", "0680", "1280")
    return service


def test_a_case_worker_lists_and_opens(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    anna = mailbox_door("anna")
    # when
    page = anna("GET", "/api/mailbox/deliveries").json
    number = page["deliveries"][0]["number"]
    letter = anna("GET", f"/api/mailbox/deliveries/{number}").json
    # then
    assert page["recipient"] == {"id": "0680", "name": "Jönköping", "role": "caseWorker"}
    assert page["cursor"] is None
    assert page["deliveries"][0]["card"]["name"] == "Prov Persson-Kanarie"
    assert page["deliveries"][0]["state"] == "delivered"
    assert (page["deliveries"][0]["dueAt"], page["deliveries"][0]["overdue"]) == ("2026-11-23T15:30:00Z", False)
    assert anna("GET", "/api/mailbox/deliveries", query="overdue=true").json["deliveries"] == []
    assert letter["state"] == "opened"
    assert letter["answers"]["housingForm"] == "house"
    assert {"overview", "sections", "indicators"} <= set(letter["compilation"])
    assert set(letter["compilation"]["indicators"]) == {"engagement", "lifeSituation"}


def test_who_belongs_to_several_says_for_whom_in_a_header(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    maria = mailbox_door("maria")
    # then
    assert maria("GET", "/api/mailbox/deliveries").status == 400
    assert maria("GET", "/api/mailbox/deliveries", headers={"Recipient": "1280"}).json["recipient"]["id"] == "1280"
    assert maria("GET", "/api/mailbox/deliveries", headers={"Recipient": "0180"}).status == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"token_use": "id"},
        {"client_id": "another"},
        {"auth_time": "x"},
        {"auth_time": "9" * 40},
        {"auth_time": "9" * 17},
        {"auth_time": None},
    ],
)
def test_any_other_token_is_401(delivered: Service, mailbox_door: SignIn, claims: dict[str, object]) -> None:
    assert mailbox_door("anna", **claims)("GET", "/api/mailbox/deliveries").status == 401
    assert not delivered.world.access


def test_no_token_at_all_is_401(delivered: Service, service: Service, door: Callable[..., Door]) -> None:
    # given
    from functions.mailbox.app import create_app

    bare = door(create_app(service.mailbox, "client", "https://familjehem.example"))
    # then
    assert bare("GET", "/api/mailbox/deliveries").status == 401


def test_a_removed_colleague_is_403_and_an_ended_session_401(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    anna, maria = mailbox_door("anna"), mailbox_door("maria")
    del delivered.world.memberships["anna", "0680"]
    delivered.world.members.sign_out("maria", delivered.world.at)
    # then
    assert anna("GET", "/api/mailbox/deliveries").status == 403
    assert maria("GET", "/api/mailbox/deliveries", headers={"Recipient": "0680"}).status == 401


@pytest.mark.parametrize("query", ["limit=0", "limit=26", "limit=x", "limit=²", "state=queued", "state=x", "cursor=x"])
def test_a_list_that_makes_no_sense_is_400(delivered: Service, mailbox_door: SignIn, query: str) -> None:
    assert mailbox_door("anna")("GET", "/api/mailbox/deliveries", query=query).status == 400


def test_where_deliveries_stand_is_told_without_a_card_and_without_a_line_of_the_log(
    delivered: Service, mailbox_door: SignIn
) -> None:
    # given
    anna = mailbox_door("anna")
    number = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    # when
    before = anna("GET", "/api/mailbox/states", query="view=waiting").json
    delivered.world.names["maria"] = "Maria Prov"
    mailbox_door("maria")("POST", f"/api/mailbox/deliveries/{number}/claim", headers={"Recipient": "0680"})
    after = anna("GET", "/api/mailbox/states", query="view=waiting").json
    mine = anna("GET", "/api/mailbox/states", query="view=mine").json
    # then
    assert before == {
        "states": [
            {
                "number": number,
                "state": "delivered",
                "contactedAt": None,
                "withdrawnAt": None,
                "supplementedAt": None,
                "handler": None,
                "dueAt": "2026-11-23T15:30:00Z",
                "overdue": False,
            }
        ],
        "more": False,
        "summary": {"new": 1, "waiting": 1, "overdue": 0},
    }
    (told,) = after["states"]
    assert (told["state"], told["handler"]) == ("claimed", {"id": "maria", "name": "Maria Prov"})
    assert after["summary"] == {"new": 0, "waiting": 1, "overdue": 0}
    assert mine["states"] == []
    assert anna("GET", f"/api/mailbox/states/{number}").json == told
    assert anna("GET", "/api/mailbox/states/0000-0000-0000").status == 404
    assert [one.kind for one in delivered.world.access["0680"]] == ["claim"]


def test_a_first_page_counts_what_waits_and_no_other_does(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    for _ in range(2):
        delivered.world.passes(minutes=1)
        delivered.accepted("0680")
        delivered.work()
    anna = mailbox_door("anna")
    # when
    first = anna("GET", "/api/mailbox/deliveries", query="view=waiting&limit=2").json
    rest = anna("GET", "/api/mailbox/deliveries", query=f"view=waiting&limit=2&cursor={first['cursor']}").json
    # then: who came first is due first
    moments = [one["receivedAt"] for page in (first, rest) for one in page["deliveries"]]
    assert moments == sorted(moments)
    assert len(moments) == 3
    assert (first["summary"], rest["summary"]) == ({"new": 3, "waiting": 3, "overdue": 0}, None)
    # and: a cursor leads on in its own view only
    assert anna("GET", "/api/mailbox/deliveries", query=f"view=all&cursor={first['cursor']}").status == 400


def test_pages_follow_each_other_by_cursor(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    for _ in range(4):
        delivered.world.passes(minutes=1)
        delivered.accepted("0680")
        delivered.work()
    anna = mailbox_door("anna")
    # when
    seen: list[str] = []
    query = "limit=2"
    while True:
        page = anna("GET", "/api/mailbox/deliveries", query=query).json
        seen += [one["receivedAt"] for one in page["deliveries"]]
        if not page["cursor"]:
            break
        query = f"limit=2&cursor={page['cursor']}"
    # then
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


def test_a_letter_of_another_recipient_is_404(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    others = [number for recipient, number in delivered.world.deliveries if recipient != "0680"]
    # then
    answers = {
        mailbox_door("anna")("GET", f"/api/mailbox/deliveries/{number}").body for number in [*others, "0000-0000-0000"]
    }
    assert len(answers) == 1


def test_a_letter_tells_by_when_to_call_and_of_others_what_the_family_consents_to(
    delivered: Service, mailbox_door: SignIn
) -> None:
    # given
    (application,) = delivered.world.applications.values()
    number = next(one.number for one in application.promises if one.recipient == "0680")
    path = f"/api/mailbox/deliveries/{number}"

    def consents(*, share: bool) -> None:
        numbers = {one.number for one in application.promises}
        rows = [one for one in delivered.world.deliveries.values() if one.number in numbers]
        delivered.world.applications[application.reference] = replace(application, share_recipients=not share)
        delivered.world.intake.share(application, rows, consent=share)

    # then
    consents(share=True)
    told = mailbox_door("anna")("GET", path).json
    assert (told["dueAt"], told["overdue"]) == ("2026-11-23T15:30:00Z", False)
    assert told["others"] == {"count": len(application.promises) - 1, "contacted": False}
    consents(share=False)
    assert mailbox_door("anna")("GET", path).json["others"] is None


def test_of_two_who_claim_one_wins_and_the_other_is_told_by_whom(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    delivered.world.names["anna"] = "Anna Prov"
    anna, maria = mailbox_door("anna"), mailbox_door("maria")
    number = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    path, mine = f"/api/mailbox/deliveries/{number}", {"Recipient": "0680"}
    # when
    won, lost = anna("POST", f"{path}/claim"), maria("POST", f"{path}/claim", headers=mine)
    body = b'{"to": "maria"}'
    handed = anna("POST", f"{path}/handover", body=body, headers={"Content-Type": "application/json"})
    released = maria("POST", f"{path}/release", headers=mine)
    # then
    assert (won.status, won.json["state"], won.json["handler"]) == (200, "claimed", {"id": "anna", "name": "Anna Prov"})
    assert (lost.status, lost.json["handler"]) == (409, {"id": "anna", "name": "Anna Prov"})
    assert (handed.status, handed.json["handler"]) == (200, {"id": "maria", "name": None})
    assert (released.status, released.json["handler"], released.json["state"]) == (200, None, "delivered")
    assert [one.kind for one in delivered.world.access["0680"]] == ["claim", "handover", "release"]


def test_a_call_a_note_and_an_outcome_stand_in_the_letters_history(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    anna = mailbox_door("anna")
    number = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    path = f"/api/mailbox/deliveries/{number}"

    def tell(verb: str, **content: object) -> Answer:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        return anna("POST", f"{path}/{verb}", body=json.dumps(content).encode(), headers=headers)

    # when
    called = tell("contact", result="reached", note="Vill höra mer.")
    noted = tell("note", text="Två hundar.")
    meeting = tell("outcome", outcome="informationMeeting", bookedAt="2026-12-01T18:00:00+01:00")
    closed = tell("outcome", outcome="closed", reason="withdrewTime")
    history = anna("GET", path).json["history"]
    # then
    assert [one.status for one in (called, noted, meeting, closed)] == [200] * 4
    assert (called.json["state"], called.json["handler"]["id"]) == ("contacted", "anna")
    assert closed.json["state"] == "closed"
    assert [one["kind"] for one in history] == ["contact", "note", "outcome", "outcome"]
    assert [one["text"] for one in history] == ["Vill höra mer.", "Två hundar.", None, None]
    assert (history[0]["result"], history[2]["bookedAt"], history[3]["reason"]) == (
        "reached",
        "2026-12-01T17:00:00Z",
        "withdrewTime",
    )
    assert all(one["readable"] and one["by"] == {"id": "anna", "name": None} for one in history)
    assert tell("note", text="För sent.").status == 409


@pytest.mark.parametrize("verb", ["claim", "release", "handover"])
def test_nobody_works_with_a_letter_that_is_not_hers(delivered: Service, mailbox_door: SignIn, verb: str) -> None:
    # given
    delivered.hire("rut", "0680", role=Role.READER)
    others = [number for recipient, number in delivered.world.deliveries if recipient != "0680"]
    own = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    sent = {"body": b'{"to": "anna"}', "headers": {"Content-Type": "application/json"}} if verb == "handover" else {}

    def answer(person: str, number: str) -> Answer:
        return mailbox_door(person)("POST", f"/api/mailbox/deliveries/{number}/{verb}", **sent)

    # then another's number is as one that does not exist, and a reader learns of neither
    assert len({(answer("anna", one).status, answer("anna", one).body) for one in [*others, "0000-0000-0000"]}) == 1
    assert len({(answer("rut", one).status, answer("rut", one).body) for one in [own, *others, "0"]}) == 1
    assert (answer("anna", others[0]).status, answer("rut", own).status) == (404, 403)
    assert answer("nobody", own).status == 403
    # and a removed colleague is a stranger
    del delivered.world.memberships["anna", "0680"]
    assert answer("anna", own).status == 403
    assert not delivered.world.access


def test_a_letter_that_cannot_be_opened_is_500_for_the_fault_is_ours(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    delivered.world.wraps.clear()
    number = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    # then
    answer = mailbox_door("anna")("GET", f"/api/mailbox/deliveries/{number}")
    assert answer.status == 500
    assert answer.json["type"].endswith("/problem/letter-unreadable/")


def test_everybody_of_the_recipient_reads_its_access_log_page_by_page(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    delivered.world.names["anna"] = "Anna Prov"
    delivered.hire("rut", "0680", role=Role.READER)
    anna, rut = mailbox_door("anna"), mailbox_door("rut")
    number = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    anna("GET", "/api/mailbox/deliveries")
    anna("GET", f"/api/mailbox/deliveries/{number}", query="reason=cover")
    # when
    first = rut("GET", "/api/mailbox/access-log", query="limit=1").json
    rest = rut("GET", "/api/mailbox/access-log", query=f"cursor={first['cursor']}").json
    trail = rut("GET", "/api/mailbox/access-log", query=f"delivery={number}").json
    # then
    assert first["lines"] == [
        {
            "sequence": 2,
            "at": "2026-11-22T12:00:00Z",
            "person": {"id": "anna", "name": "Anna Prov"},
            "role": "caseWorker",
            "kind": "open",
            "reason": "cover",
            "deliveries": [number],
        }
    ]
    assert first["cursor"] == "2"
    assert ([one["kind"] for one in rest["lines"]], rest["cursor"]) == (["list"], None)
    assert trail["lines"] == first["lines"]
    assert rut("GET", "/api/mailbox/access-review").status == 403


def test_a_local_administrator_reviews_the_log_and_confirms_who_has_access(
    delivered: Service, mailbox_door: SignIn
) -> None:
    # given
    delivered.hire("boss", "0680", role=Role.LOCAL_ADMINISTRATOR)
    boss, json_ = mailbox_door("boss"), {"Content-Type": "application/json"}
    number = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    mailbox_door("anna")("GET", f"/api/mailbox/deliveries/{number}")
    # when
    sample = boss("GET", "/api/mailbox/access-review").json["sample"]
    sent = json.dumps({"lines": [one["sequence"] for one in sample], "finding": "followUp", "note": "Fråga Anna."})
    key = {"Idempotency-Key": str(uuid4()), **json_}
    kept, again = (boss("POST", "/api/mailbox/access-review", body=sent.encode(), headers=key) for _ in range(2))
    after = boss("GET", "/api/mailbox/access-review").json
    people = boss("GET", "/api/mailbox/access-confirmation").json
    everybody = json.dumps({"persons": [one["id"] for one in people["persons"]]}).encode()
    confirmed = boss("POST", "/api/mailbox/access-confirmation", body=everybody, headers=json_)
    # then
    assert [one["sequence"] for one in sample] == [1]
    assert (kept.status, kept.body) == (again.status, again.body)
    assert kept.status == 201
    assert after == {"sample": [], "reviews": [kept.json], "due": False}
    assert kept.json == {
        "at": "2026-11-22T12:00:00Z",
        "by": {"id": "boss", "name": None},
        "lines": [1],
        "finding": "followUp",
        "note": "Fråga Anna.",
    }
    assert ([one["id"] for one in people["persons"]], people["due"]) == (["anna", "boss", "maria"], True)
    assert (people["confirmedAt"], people["confirmedBy"]) == (None, None)
    assert (confirmed.status, confirmed.json["due"], confirmed.json["confirmedBy"]["id"]) == (201, False, "boss")
    assert [one.kind for one in delivered.world.access["0680"]] == ["open", "review", "confirm"]


def test_a_protected_letter_is_its_readers_and_to_others_as_one_that_is_not_there(
    delivered: Service, mailbox_door: SignIn
) -> None:
    # given
    delivered.hire("boss", "0680", role=Role.LOCAL_ADMINISTRATOR)
    number = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    anna, boss, mine = mailbox_door("anna"), mailbox_door("boss"), {"Recipient": "0680"}
    path, json_ = f"/api/mailbox/deliveries/{number}", {"Content-Type": "application/json"}
    # when
    protected = anna("POST", f"{path}/protect", body=b'{"readers": ["maria"]}', headers=json_)
    letter = mailbox_door("maria")("GET", path, headers=mine).json
    # then
    assert (protected.status, protected.json["protected"]) == (200, True)
    assert [one["id"] for one in letter["readers"]] == ["anna", "maria"]
    for method, way, sent in (
        ("GET", "", None),
        ("POST", "/claim", None),
        ("POST", "/unprotect", None),
        ("POST", "/protect", b'{"readers": []}'),
        ("POST", "/handover", b'{"to": "anna"}'),
    ):
        there, not_there = (
            boss(method, f"/api/mailbox/deliveries/{one}{way}", body=sent, headers=json_ if sent else None)
            for one in (number, "0000-0000-0000")
        )
        assert (there.status, there.body, there.headers) == (404, not_there.body, not_there.headers)
    assert boss("GET", "/api/mailbox/access-log", query=f"delivery={number}").status == 404
    for who, query, shown in (
        (anna, "view=protected", [number]),
        (anna, "", []),
        (boss, "view=protected", []),
        (boss, "view=all", []),
    ):
        page = who("GET", "/api/mailbox/deliveries", query=query).json
        assert [one["number"] for one in page["deliveries"]] == shown
    opened = anna("POST", f"{path}/unprotect")
    assert (opened.status, opened.json["protected"]) == (200, False)
    assert boss("GET", path).json["readers"] == []


def test_a_closed_letter_is_exempted_then_erased_and_its_certificate_tells_so(
    delivered: Service, mailbox_door: SignIn
) -> None:
    # given
    delivered.hire("boss", "0680", role=Role.LOCAL_ADMINISTRATOR)
    number = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    anna, boss = mailbox_door("anna"), mailbox_door("boss")
    path, json_ = f"/api/mailbox/deliveries/{number}", {"Content-Type": "application/json"}
    reason = b'{"reason": "familyAsked"}'
    anna(
        "POST",
        f"{path}/outcome",
        body=b'{"outcome": "closed", "reason": "withdrewTime"}',
        headers={**json_, "Idempotency-Key": "5f0e8a52-6f3c-4b52-9a70-0d2f5b1c7e12"},
    )
    # when
    held = anna("POST", f"{path}/hold")
    refused = anna("POST", f"{path}/erase", body=reason, headers=json_)
    lifted = anna("POST", f"{path}/unhold")
    erased = anna("POST", f"{path}/erase", body=reason, headers=json_)
    delivered.work()
    # then
    assert [held.json["held"], lifted.json["held"], held.json["erasesOn"]] == [True, False, None]
    assert (refused.status, refused.json["type"].split("/")[-2]) == (409, "erasure-locked")
    assert (erased.status, erased.json["state"]) == (200, "erased")
    assert (anna("GET", path).status, anna("GET", "/api/mailbox/erasures").status) == (404, 403)
    (certificate,) = boss("GET", "/api/mailbox/erasures").json["erasures"]
    assert (certificate["number"], certificate["reason"]) == (number, "familyAsked")
    assert certificate["erasedAt"] < certificate["goneAt"]
    trail = boss("GET", "/api/mailbox/access-log", query=f"delivery={number}")
    assert trail.status == 404
    kinds = [one["kind"] for one in boss("GET", "/api/mailbox/access-log").json["lines"]]
    assert kinds[:3] == ["erase", "liftHold", "hold"]
    assert anna("GET", "/api/mailbox/deliveries", query="state=erased").status == 400


def searched(door: Door, text: str, headers: dict[str, str] | None = None) -> Answer:
    sent = json.dumps({"text": text}, ensure_ascii=False).encode()
    return door(
        "POST", "/api/mailbox/search", body=sent, headers={"Content-Type": "application/json", **(headers or {})}
    )


def test_a_family_is_found_by_a_word_of_its_name_and_by_nothing_that_is_not_on_a_card(
    delivered: Service, mailbox_door: SignIn
) -> None:
    # given
    anna, maria = mailbox_door("anna"), mailbox_door("maria")
    listed = anna("GET", "/api/mailbox/deliveries").json
    (number,) = (one["number"] for one in listed["deliveries"])
    # when
    found = searched(anna, " kanarie ")
    nothing = searched(anna, "Jönköping")
    # then
    assert found.status == nothing.status == 200
    assert found.json == {
        "recipient": listed["recipient"],
        "deliveries": listed["deliveries"],
        "more": False,
        "complete": True,
    }
    assert (nothing.json["deliveries"], nothing.json["complete"]) == ([], True)
    assert [one["number"] for one in searched(anna, number).json["deliveries"]] == [number]
    assert [one.kind for one in delivered.world.access["0680"]][1:] == ["search"] * 3
    elsewhere = {"Recipient": "1280"}
    theirs = searched(maria, "kanarie", headers=elsewhere).json["deliveries"]
    assert [one["number"] for one in theirs] != [number]
    assert searched(maria, number, headers=elsewhere).json["deliveries"] == []


def test_a_search_is_asked_in_the_body_alone(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    anna = mailbox_door("anna")
    # then
    assert anna("GET", "/api/mailbox/search", query="text=kanarie").status == 405
    assert anna("POST", "/api/mailbox/search", query="text=kanarie").status in {400, 415, 422}
    assert not delivered.world.access


def test_too_many_searches_say_when_to_come_back(delivered: Service, mailbox_door: SignIn) -> None:
    # given
    anna = mailbox_door("anna")
    room = delivered.world.tenancy.room("0680")
    while room.may_search("anna", delivered.world.at, PER_HOUR):
        pass
    # when
    refused = searched(anna, "kanarie")
    # then
    assert (refused.status, refused.headers["retry-after"]) == (429, "3600")
    assert not delivered.world.access
