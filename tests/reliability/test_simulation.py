"""The whole pipeline over an AWS in memory, where everything goes wrong that can: a sample of what `make prove` runs."""

import time
from collections.abc import Iterator

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.reliability.simulation.faults import Fault, possible
from tests.reliability.simulation.planted import BUGS, search
from tests.reliability.simulation.stage import FUNCTIONS, staged
from tests.reliability.simulation.stories import STORIES, Figures, evening, read, run, singles, written
from tests.reliability.simulation.town import TOO_LONG, BrokenPromiseError, contact_key


@pytest.fixture(autouse=True)
def stage() -> Iterator[None]:
    with staged(contact_key()):
        yield


@pytest.mark.parametrize(("way", "every"), [("application", 1), ("supplement", 5), ("withdrawal", 4), ("reading", 6)])
def test_a_single_fault_at_any_call_breaks_no_promise(way: str, every: int) -> None:
    figures = Figures()
    # when
    schedules = list(singles(way, figures, parts=every))
    # then
    assert len(schedules) >= 50
    assert figures.held.applications == figures.runs
    assert sum(figures.faults.values()) >= len(schedules)


def test_an_evening_in_which_everything_happens_at_once_breaks_no_promise() -> None:
    figures = Figures()
    # when
    for seed in range(60):
        evening(seed, figures)
    # then: it was an evening worth the name
    assert figures.held.applications > 100
    assert figures.held.letters > 200
    assert figures.held.supplements
    assert figures.held.withdrawn
    assert figures.held.refused
    assert set(figures.faults) == {str(fault) for fault in Fault}


def test_the_same_seed_gives_the_same_evening() -> None:
    assert evening(5, Figures()).trace == evening(5, Figures()).trace


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_fault_is_found_within_a_minute_and_told_so_that_it_can_be_seen_again(bug: str) -> None:
    # given
    began = time.monotonic()
    # when
    with BUGS[bug](), pytest.raises(BrokenPromiseError) as broken:
        search(Figures())
    # then
    assert time.monotonic() - began < 60
    told = str(broken.value)
    assert "\nBroken:\n" in told
    # and once more from what was told
    with BUGS[bug](), pytest.raises(BrokenPromiseError):
        repeat(told.rpartition("simulation ")[2])


def repeat(told: str) -> None:
    if told.startswith("--seed"):
        evening(int(told.split()[1]), Figures())
    else:
        run(told.split()[1], read(told.split("'")[1]), Figures())


def test_every_call_of_the_main_way_can_fail() -> None:
    for number, faults in run("application", {}, Figures()):
        assert faults, number
    assert Fault.CONFLICT in possible("dynamodb", "transact_write_items")
    assert Fault.LOST not in possible("dynamodb", "get_item")


def test_a_schedule_is_read_as_it_was_written() -> None:
    schedule = {3: Fault.LOST, 7: Fault.KILLED_AFTER}
    assert read(written(schedule)) == schedule


def test_functions_are_ended_after_as_long_as_the_template_gives_them() -> None:
    resources = yaml_parse((FUNCTIONS.parent / "template.yaml").read_text("utf-8"))["Resources"]
    assert {name: resources[name.capitalize()]["Properties"]["Timeout"] for name in TOO_LONG} == TOO_LONG
    assert set(STORIES) == {"application", "supplement", "withdrawal", "reading"}
