"""Runbooks as they are played here: forms by their types, branches, approval by somebody else, a stop where a step fails."""

import json
from typing import Any

import pytest

from dev import desk_page
from dev.automation import COLLEAGUE, WHO, RefusedError, Routines, StepFailedError, begun, parameters, played
from dev.routines import ROUTINES
from dev.template import load
from tests.administration import House
from tests.infrastructure.conftest import DIGEST, ROOT
from tests.infrastructure.rights import deployed

CONNECT = {
    "Mottagare": "0680",
    "Kommuner": "",
    "Uppdrag": "familjehem, jourhem",
    "Funktionsbrevlada": "familjehem@jonkoping.example",
    "DomanKontrollerad": "true",
    "FakturaNamn": "Jönköping",
    "FakturaAdress": "Box 1",
    "FakturaReferens": "R1",
}


@pytest.fixture(scope="module")
def template():
    return load(ROOT / "template.yaml", {"Stage": "prod", "SourceDigest": DIGEST})


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def routines(template, house: House) -> Routines:
    def call(alias: str, event: Any) -> Any:
        try:
            return house.send(event, alias)
        except Exception as error:
            raise StepFailedError(str(error)) from None

    return Routines(template, deployed(template)[0], call)


def test_the_desk_has_the_console_s_own_routines(routines: Routines) -> None:
    described = routines.described()
    assert {one["name"] for one in described} == {routine.name for routine in ROUTINES}
    assert all(one["title"] and one["about"] for one in described)


def test_a_form_is_tried_dry_and_then_done(routines: Routines, house: House) -> None:
    # when
    dry = routines.start("anslut-mottagare", {**CONNECT, "Korning": "Provkör"})
    # then
    assert (dry["status"], len(dry["reports"]), house.world.recipients) == ("Success", 1, {})
    # when
    done = routines.start("anslut-mottagare", {**CONNECT, "Korning": "Skarpt"})
    # then
    assert [report["dryRun"] for report in done["reports"]] == [True, False]
    assert house.way().name == "Jönköping"


def test_a_routine_that_cannot_be_undone_waits_for_a_colleague(routines: Routines, house: House) -> None:
    # given
    house.live()
    # when
    waiting = routines.start("sag-upp-mottagare", {"Mottagare": "0680", "Korning": "Skarpt"})
    # then nothing is done yet
    assert (waiting["status"], house.way().leaving_at) == ("Waiting", None)
    # when
    done = routines.approve(waiting["id"])
    # then
    assert done["status"] == "Success"
    assert house.way().leaving_at is not None
    with pytest.raises(KeyError):
        routines.approve(waiting["id"])
    assert [run["id"] for run in routines.runs()] == [waiting["id"]]


def test_a_run_stops_where_a_step_fails_and_says_why(routines: Routines, house: House) -> None:
    stopped = routines.start("pausa-mottagare", {"Mottagare": "0680", "Korning": "Skarpt"})
    assert (stopped["status"], stopped["reports"]) == ("Failed", [])
    assert "ingen sådan mottagare" in stopped["told"][0]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"Mottagare": "Kanariefågel"},
        {"Mottagare": "0680", "Korning": "Kanariefågel"},
        {"Mottagare": "0680", "Kanariefågel": "1"},
    ],
)
def test_a_form_that_is_not_filled_in_as_it_asks_is_refused_without_the_value(routines: Routines, form) -> None:
    with pytest.raises(RefusedError) as refused:
        routines.start("pausa-mottagare", form)
    assert "Kanarie" not in str(refused.value)


def test_fields_are_read_by_their_types() -> None:
    runbook = {
        "parameters": {
            "Lista": {"type": "StringList", "default": ["a"]},
            "Val": {"type": "Boolean", "default": False},
            "Tal": {"type": "Integer"},
        }
    }
    assert parameters(runbook, {"Tal": "7"}) == {"Lista": ["a"], "Val": False, "Tal": 7}
    assert parameters(runbook, {"Lista": "a, b,", "Val": "TRUE", "Tal": 7}) == {
        "Lista": ["a", "b"],
        "Val": True,
        "Tal": 7,
    }
    for wrong in ({"Tal": "sju"}, {"Tal": ""}):
        with pytest.raises(RefusedError):
            parameters(runbook, wrong)
    with pytest.raises(RefusedError):
        parameters({"parameters": {"Karta": {"type": "StringMap"}}}, {"Karta": "{}"})


def test_a_step_that_is_not_known_here_is_an_error() -> None:
    runbook = {
        "description": "x",
        "parameters": {},
        "mainSteps": [{"name": "a", "action": "aws:sleep", "inputs": {}, "isEnd": True}],
    }
    with pytest.raises(StepFailedError, match="aws:sleep"):
        played(begun("one", runbook, {}), lambda alias, event: None)


def test_who_asks_and_who_approves_are_told_to_the_command(routines: Routines, house: House) -> None:
    house.live()
    sent: list[Any] = []
    routines.call = lambda alias, event: sent.append((alias, event)) or {"text": ""}
    run = routines.start("sag-upp-mottagare", {"Mottagare": "0680", "Korning": "Skarpt"})
    routines.approve(run["id"])
    assert [alias for alias, _ in sent] == ["preview", "live"]
    assert all(event["requestedBy"] == WHO for _, event in sent)
    assert COLLEAGUE in json.loads(sent[1][1]["approvedBy"])


def test_the_page_has_a_form_for_every_routine_and_shows_what_waits(routines: Routines, house: House) -> None:
    house.live()
    run = routines.start("sag-upp-mottagare", {"Mottagare": "0680", "Korning": "Skarpt"})
    page = desk_page.routines(routines.described(), routines.runs(), "<not this>")
    assert all(f"routines/{routine.name}/run" in page for routine in ROUTINES)
    assert f"routines/{run['id']}/approve" in page
    assert "&lt;not this&gt;" in page
