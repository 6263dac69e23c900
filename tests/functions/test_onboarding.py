"""A municipality asks to be connected, through both doors."""

import json
from pathlib import Path

BODY = (Path(__file__).parents[2] / "events" / "http" / "bodies" / "request-connection.json").read_bytes()
HEADERS = {"Content-Type": "application/json", "Idempotency-Key": "11111111-2222-4333-8444-555555555555"}
PATH = "/api/onboarding/requests"


def test_lands_once_as_requested_with_nothing_of_a_person_where_skr_reads(service, onboarding_door, logged):
    # when
    first, second = (onboarding_door("POST", PATH, body=BODY, headers=HEADERS) for _ in range(2))
    # then
    assert (first.status, second.status) == (201, 200)
    assert first.json == second.json
    assert list(first.json) == ["request"]
    [asked] = [one for one in service.world.onboardings.values() if one.id == first.json["request"]]
    assert asked.state == "requested"
    assert "Kanarie" not in repr(asked)
    assert len(service.world.pages[asked.id].people) == 2
    assert not service.world.mails
    assert "Kanarie" not in logged()


def test_may_leave_its_people_for_later_and_ask_for_a_unit(service, onboarding_door):
    # given
    body = {**json.loads(BODY), "people": [], "unit": "Enheten i norr", "municipalities": ["2584", "2580"]}
    # when
    answer = onboarding_door("POST", PATH, body=json.dumps(body).encode(), headers=HEADERS)
    # then
    assert answer.status == 201
    assert service.world.onboardings[answer.json["request"]].recipient == "unit-enheten-i-norr"
