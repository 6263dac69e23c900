"""The demo tells the whole story against a service that asks for proof of work, and leaves nothing in the open."""

from collections.abc import Iterator

import pytest

from tests.reliability.running import FIVE, Running


@pytest.fixture
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    service = Running(tmp_path_factory.mktemp("guarded"), {"FAMILJEHEM_PROOF_OF_WORK": "on"})
    service.start()
    yield service
    service.close()


def test_the_demo_walks_from_self_test_to_opened_letter_and_no_value_stands_in_the_open(guarded: Running) -> None:
    # when
    told = guarded.tool("dev.demo")
    # then
    assert told.returncode == 0, told.stdout + told.stderr
    for chapter in (
        "1. ",
        "2. Självtestet",
        "Kvittokod",
        "Ny intresseanmälan",
        "Prov Persson-Kanarie",
        "En sökning på Persson-Kanarie hittar ",
        "Förslag till första steg",
    ):
        assert chapter in told.stdout
    guarded.quiet()
    searched = guarded.tool("dev.leaks", "--marks", "events/http/bodies/family.json")
    assert searched.returncode == 0, searched.stdout
    # and without its solved challenge an application is refused
    refused = guarded.submit(*FIVE)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"pointer": "/challenge", "code": "missing"}]


def test_a_tool_without_a_service_says_how_to_start_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    # given
    nothing = Running(tmp_path_factory.mktemp("nothing"))
    # when
    told = nothing.tool("dev.demo")
    nothing.close()
    # then
    assert told.returncode != 0
    assert "make run" in told.stdout + told.stderr


def test_a_port_that_is_taken_is_told_with_what_to_do(
    guarded: Running, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # given
    second = Running(tmp_path_factory.mktemp("second"), port=guarded.port)
    # when
    told = second.tool("dev")
    second.close()
    # then
    assert told.returncode == 1
    assert f"Port {guarded.port} är upptagen" in told.stdout
