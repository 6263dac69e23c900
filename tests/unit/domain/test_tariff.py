"""The tariff: classes and their borders, a fee with what it rests on, and a budget that is shared to the öre."""

import itertools
import json
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain import tariff as module
from familjehem.domain.errors import FieldError, InvalidCommandError
from familjehem.domain.municipality import municipalities
from familjehem.domain.tariff import Source, fee, share_budget, tariff_of, tariffs, vat

(TARIFF,) = tariffs()


def test_the_table_is_read_as_it_is_written() -> None:
    # given
    written = json.loads(files("familjehem.domain").joinpath("tariffs.json").read_text(encoding="utf-8"))
    # when: read anew, whatever was read before
    found = tariffs.__wrapped__()
    # then
    assert [
        {
            "version": one.version,
            "validFrom": one.valid_from.isoformat(),
            "vatPercent": one.vat_percent,
            "classes": [{"from": each.from_population, "ore": each.ore, "source": each.source} for each in one.classes],
        }
        for one in found
    ] == written
    assert all(isinstance(each.source, Source) for one in found for each in one.classes)


@pytest.mark.parametrize(
    ("population", "ore"),
    [
        (0, 31500), (4999, 31500), (5000, 39000), (9999, 39000), (10000, 55000), (14999, 55000), (15000, 68500),
        (19999, 68500), (20000, 85000), (29999, 85000), (30000, 113500), (49999, 113500), (50000, 151000),
        (74999, 151000), (75000, 188000), (99999, 188000), (100000, 233500), (149999, 233500), (150000, 290000),
        (199999, 290000), (200000, 378000), (349999, 378000), (350000, 450000), (995574, 450000),
    ],
)  # fmt: skip
def test_a_border_belongs_to_the_class_above_it(population: int, ore: int) -> None:
    assert TARIFF.of(population).ore == ore


def test_only_the_two_ends_are_skrs_own() -> None:
    sources = [one.source for one in TARIFF.classes]
    assert sources == [Source.SKR, *[Source.ASSUMPTION] * 10, Source.SKR]
    assert (TARIFF.classes[0].ore, TARIFF.classes[-1].ore) == (315_00, 4_500_00)


@given(one=st.integers(0, 2_000_000), other=st.integers(0, 2_000_000))
def test_who_is_more_never_pays_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert TARIFF.of(low).ore <= TARIFF.of(high).ore


def test_all_municipalities_together_pay_what_the_table_says() -> None:
    assert sum(fee(one, 2026).ore for one in municipalities().values()) == 263_110_00


def test_a_fee_says_what_it_rests_on() -> None:
    # given a municipality that lies just above a border
    found = fee(municipalities()["1447"], 2026)
    # then
    assert (found.population, found.population_year, found.tariff, found.year) == (5031, 2024, "2026-1", 2026)
    assert (found.municipality, found.ore, found.vat_percent) == ("1447", 39000, 25)


def test_a_population_that_is_too_new_for_a_year_is_not_counted_on() -> None:
    # given the figures of 31 December 2025
    newer = replace(municipalities()["0680"], population_year=2025)
    # when
    with pytest.raises(InvalidCommandError) as refused:
        fee(newer, 2026)
    # then
    assert refused.value.errors == (FieldError("/year", "noPopulation"),)
    assert fee(newer, 2027).population_year == 2025


def test_a_year_before_the_first_tariff_has_none() -> None:
    old = replace(municipalities()["0680"], population_year=2020)
    with pytest.raises(InvalidCommandError) as refused:
        fee(old, 2025)
    assert refused.value.errors == (FieldError("/year", "noTariff"),)


@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2026, 1, 2)])
def test_a_new_tariff_holds_from_the_year_after_its_first_day(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    # given a table that came when its year had begun
    later = replace(TARIFF, version="2027-1", valid_from=day)
    monkeypatch.setattr(module, "tariffs", lambda: (TARIFF, later))
    # then the running year keeps its own
    assert [tariff_of(year).version for year in (2026, 2027, 2030)] == ["2026-1", "2027-1", "2027-1"]


@pytest.mark.parametrize(
    ("ore", "percent", "expected"),
    [
        (100, 25, 25),
        (49, 1, 0),
        (50, 1, 1),
        (1, 25, 0),
        (2, 25, 1),
        (3, 25, 1),
        (0, 25, 0),
        (31500, 25, 7875),
        (102, 12, 12),
    ],
)
def test_vat_is_whole_ore(ore: int, percent: int, expected: int) -> None:
    assert vat(ore, percent) == expected


POPULATIONS = st.dictionaries(st.sampled_from(sorted(municipalities())), st.integers(1, 1_000_000), min_size=1)


@given(
    populations=POPULATIONS, floor=st.integers(0, 100_000), more=st.integers(0, 1_000_000), part=st.integers(0, 1000)
)
def test_a_budget_is_shared_to_the_ore_between_floor_and_cap(populations, floor, more, part) -> None:
    # given any budget that floor and cap allow
    cap = floor + more
    budget = len(populations) * floor + len(populations) * more * part // 1000
    # when
    shares = share_budget(budget, populations, floor=floor, cap=cap)
    # then
    assert sum(shares.values()) == budget
    assert shares.keys() == populations.keys()
    assert all(floor <= share <= cap for share in shares.values())
    # and the larger never pays less, but for the öre of rounding
    by_size = sorted(populations, key=lambda code: populations[code])
    assert all(shares[low] <= shares[high] + 1 for low, high in itertools.pairwise(by_size))


def test_a_share_grows_slower_than_a_population() -> None:
    # given one of 5 000 and one of 350 000, which pay 315 and 4 500 by the tariff
    found = share_budget(481_500, {"1447": 5_000, "1480": 350_000}, floor=0, cap=1_000_000)
    # then they share as the tariff has it, and not as they are many
    assert found == pytest.approx({"1447": 31_500, "1480": 450_000}, abs=50)


@pytest.mark.parametrize(
    ("populations", "budget", "expected"),
    [
        # 5.75 and 14.25, and 6.04 and 14.96
        ({"1447": 21_300, "1480": 5_000}, 20, {"1447": 14, "1480": 6}),
        ({"1447": 5_000, "1480": 21_300}, 21, {"1447": 6, "1480": 15}),
        # equal remainders: the first code gets the öre, wherever it stands
        ({"1480": 5_000, "0680": 5_000, "1447": 5_000}, 10, {"1480": 3, "0680": 4, "1447": 3}),
    ],
)
def test_what_rounding_leaves_goes_to_the_largest_remainders(populations, budget, expected) -> None:
    assert share_budget(budget, populations, floor=0, cap=100) == expected


@pytest.mark.parametrize(
    ("budget", "populations", "floor", "cap"),
    [
        (99, {"0680": 1}, 100, 200),
        (201, {"0680": 1}, 100, 200),
        (0, {}, 0, 0),
        (150, {"0680": 1}, 200, 100),
        (0, {"0680": 1}, -1, 5),
    ],
)
def test_a_budget_that_cannot_be_shared_is_refused(budget, populations, floor, cap) -> None:
    with pytest.raises(InvalidCommandError) as refused:
        share_budget(budget, populations, floor=floor, cap=cap)
    assert refused.value.errors == (FieldError("/budgetOre", "outOfRange"),)
