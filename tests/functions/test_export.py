"""The export on the wire, through both doors."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.functions.doors import Door
from tests.service import FIVE, Service

type SignIn = Callable[..., Door]
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "compilation-1.json"
REGISTRY = "/api/mailbox/registry.csv"
DAYS = "from=2026-11-01&to=2026-11-30"


@pytest.fixture
def delivered(service: Service) -> Service:
    receipt = service.accepted(*FIVE).receipt
    service.work()
    service.supplemented(receipt, "Vi har flyttat.", mobile="070-174 06 08")
    service.work()
    service.hire("anna", "0680")
    service.hire("maria", "0680", "1280")
    return service


@pytest.fixture
def path(delivered: Service) -> str:
    number = next(number for recipient, number in delivered.world.deliveries if recipient == "0680")
    return f"/api/mailbox/deliveries/{number}/compilation"


def test_a_pdf_comes_whole_and_is_kept_nowhere(export_door: SignIn, path: str) -> None:
    # when
    answer = export_door("anna")("GET", f"{path}.pdf")
    # then
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{path.split("/")[4]}.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body.startswith(b"%PDF-1.7")
    assert answer.body.rstrip().endswith(b"%%EOF")


def test_the_json_is_as_its_published_schema_says(export_door: SignIn, path: str) -> None:
    # given
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    # when
    answer = export_door("anna")("GET", f"{path}.json")
    # then
    Draft202012Validator(schema).validate(answer.json)
    assert (answer.json["format"], answer.json["version"]) == ("familjehemsverige.compilation", 1)
    assert answer.json["answers"]["housingForm"] == "house"
    assert answer.json["recipient"] == {"id": "0680", "name": "Jönköping"}
    assert [one["answer"] for one in answer.json["supplements"][0]["items"]] == ["+46701740608"]
    assert {one["sensitive"] for one in answer.json["indicators"]} == {True, False}
    assert answer.headers["content-disposition"].endswith('.json"')


def test_a_reader_of_the_schema_bears_a_field_more() -> None:
    assert 'additionalProperties": false' not in SCHEMA.read_text("utf-8")


def test_the_registry_tells_of_no_person(export_door: SignIn, delivered: Service) -> None:
    # when
    answer = export_door("anna")("GET", REGISTRY, query=DAYS)
    # then
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.body.startswith(b"\xef\xbb\xbfInkom;Leveransnummer;")
    assert answer.body.count(b"\r\n") == 3
    assert b"Persson" not in answer.body
    assert len(delivered.world.access["0680"]) == 1


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("", "/from", "required"),
        ("from=2026-11-01", "/to", "required"),
        ("from=20261101&to=2026-11-30", "/from", "invalid"),
        ("from=2026-W45-1&to=2026-11-30", "/from", "invalid"),
        ("from=2026-11-31&to=2026-11-30", "/from", "invalid"),
        ("from=2026-11-30&to=2026-11-01", "/to", "outOfRange"),
        ("from=2020-11-30&to=2026-11-01", "/to", "outOfRange"),
        (f"{DAYS}&from=2026-11-02", "", "unknownQuery"),
        (f"{DAYS}&more=1", "", "unknownQuery"),
    ],
)
def test_a_period_that_makes_no_sense_is_400(
    export_door: SignIn, delivered: Service, query: str, pointer: str, code: str
) -> None:
    answer = export_door("anna")("GET", REGISTRY, query=query)
    assert answer.status == 400
    assert answer.json["errors"] == [{"pointer": pointer, "code": code}]
    assert not delivered.world.access["0680"]


@pytest.mark.parametrize("end", [".pdf", ".json"])
def test_a_letter_of_others_is_404_alike(export_door: SignIn, delivered: Service, end: str) -> None:
    # given
    others = [number for recipient, number in delivered.world.deliveries if recipient != "0680"]
    anna = export_door("anna")
    # then
    answers = [anna("GET", f"/api/mailbox/deliveries/{one}/compilation{end}") for one in [*others, "0000-0000-0000"]]
    assert {one.status for one in answers} == {404}
    assert len({one.body for one in answers}) == 1


@pytest.mark.parametrize("claims", [{"token_use": "id"}, {"client_id": "another"}, {"auth_time": "x"}])
def test_any_other_token_is_401(export_door: SignIn, delivered: Service, path: str, claims: dict[str, object]) -> None:
    anna = export_door("anna", **claims)
    for sent in (f"{path}.pdf", f"{path}.json", REGISTRY):
        assert anna("GET", sent, query=DAYS if sent == REGISTRY else "").status == 401
    assert not delivered.world.access


def test_a_stranger_is_403_and_who_has_several_says_for_whom(export_door: SignIn, path: str) -> None:
    assert export_door("nobody")("GET", f"{path}.pdf").status == 403
    assert export_door("anna")("GET", f"{path}.pdf", headers={"Recipient": "1280"}).status == 403
    assert export_door("maria")("GET", f"{path}.pdf").status == 400
    assert export_door("maria")("GET", f"{path}.pdf", headers={"Recipient": "0680"}).status == 200


def test_a_letter_that_cannot_be_opened_is_500(export_door: SignIn, delivered: Service, path: str) -> None:
    delivered.world.wraps.clear()
    assert export_door("anna")("GET", f"{path}.json").status == 500
