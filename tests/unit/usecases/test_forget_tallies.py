"""Tallies are forgotten some months after their month was published, and never before."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from familjehem.domain.tally import Level, Scope
from familjehem.usecases.forget_tallies import KEPT, ForgetTallies
from tests.builders import recipient
from tests.fakes import FakeDirectory, FakeShelf, FakeTallies, World

NATION = Scope(Level.NATION)
OWN = Scope(Level.RECIPIENT, "0680")


@pytest.fixture
def world() -> World:
    found = World(at=datetime(2027, 4, 1, 6, 0, tzinfo=UTC))
    found.recipients["0680"] = recipient(id="0680", municipalities=("0680",))
    for month in ("2026-11", "2026-12"):
        found.tallied[NATION, month] = Counter(count=3)
        found.tallied[OWN, month] = Counter(count=3)
        found.counted["0680", month] = 3
        found.shelved[f"books/{month}.json"] = b"closed"
    return found


def forget(world: World, published: str) -> int:
    return ForgetTallies(tallies=FakeTallies(world), shelf=FakeShelf(world), directory=FakeDirectory(world))(published)


def test_what_is_old_goes_and_the_rest_stays(world: World) -> None:
    assert KEPT == 4
    assert forget(world, "2027-02") == 0
    assert forget(world, "2027-03") == 3
    assert {month for _, month in (*world.tallied, *world.counted)} == {"2026-12"}


def test_again_looks_for_nothing(world: World) -> None:
    forget(world, "2027-03")
    world.tallied[NATION, "2026-11"] = Counter(count=1)

    assert forget(world, "2027-03") == 0


def test_a_round_that_was_missed_is_made_up_for(world: World) -> None:
    assert forget(world, "2027-05") == 6


def test_a_month_that_was_never_published_is_kept(world: World) -> None:
    del world.shelved["books/2026-11.json"]

    assert forget(world, "2027-03") == 0
    assert (NATION, "2026-11") in world.tallied
