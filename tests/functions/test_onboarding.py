"""A municipality asks to be connected, through both doors."""

import json
from pathlib import Path

BODY = (Path(__file__).parents[2] / "events" / "http" / "bodies" / "request-connection.json").read_bytes()
HEADERS = {"Content-Type": "application/json", "Idempotency-Key": "11111111-2222-4333-8444-555555555555"}
JSON = {"Content-Type": "application/json"}
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


class TestOwnPage:
    """The page that the link opens, with its secret in the body alone."""

    SECRET = "the-secret-of-the-link-that-was-mailed"

    def test_leads_from_the_link_to_where_skr_lets_the_people_in(self, service, onboarding_door, logged):
        # given
        request = service.opened_page(self.SECRET)

        def step(path: str = "", **sent: object) -> dict:
            body = json.dumps({"request": request, "secret": self.SECRET, **sent}).encode()
            answer = onboarding_door("POST", f"/api/onboarding/activation{path}", body=body, headers=JSON)
            assert answer.status == 200, answer.json
            return answer.json

        def missing(standing: dict) -> list[str]:
            assert all(one["text"].endswith(".") for one in standing["missing"])
            return [one["code"] for one in standing["missing"]]

        people = [
            {"name": "Kanarie Ett", "email": "kanarie.ett@kiruna.se", "mobile": "070-174 06 06"},
            {"name": "Kanarie Två", "email": "kanarie.tva@kiruna.se", "mobile": "070-174 06 07"},
        ]
        # when
        first = step()
        said = [
            missing(step("/mailbox")),
            missing(step("/responsible", name="Eva Kanarie", mobile="0701740608")),
            missing(step("/code")),
        ]
        service.text_code(request, "123456")
        said += [
            missing(step("/mobile", code="123456")),
            missing(step("/agreement", version="2026-1")),
            missing(step("/people", people=people)),
            missing(step("/invoice", name="Kiruna kommun", address="Box 2", reference="R-2")),
        ]
        # then
        assert missing(first) == ["mailboxProof", "responsibleProof", "agreement", "people", "canaryOpened"]
        assert said[0] == said[1] == said[2] == ["responsibleProof", "agreement", "people", "canaryOpened"]
        assert said[3:] == [
            ["agreement", "people", "canaryOpened"],
            ["people", "canaryOpened"],
            ["canaryOpened"],
            ["canaryOpened"],
        ]
        last = step()
        assert last["agreement"]["name"] == "Eva Kanarie"
        assert last["invoice"]["reference"] == "R-2"
        assert [one["email"] for one in last["people"]] == [one["email"] for one in people]
        assert [to for to, _ in service.world.messages] == ["+46701740608"]
        # and what everybody else sees of it stays as SKR left it, and no log tells of a person or the link
        assert service.world.recipients["2584"].state == "verifying"
        assert "Kanarie" not in logged()
        assert self.SECRET not in logged()
