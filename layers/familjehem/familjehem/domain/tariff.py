"""The tariff: what a municipality pays a month, by its inhabitants (SKR, 25 April 2024; our assumption in between).

SKR names two fees: 315 SEK a month for the very smallest and 4 500 for the metropolitan ones. All classes between them
are ours (`Source.ASSUMPTION`), and the steering group decides. Amounts are integers in öre, without VAT.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from familjehem.domain.errors import FieldError, InvalidCommandError
from familjehem.domain.municipality import Municipality

YEARS_BEHIND = 2
"""A fee counts on the population of 31 December two years before, the last that is known when the year begins."""
WEIGHT = 0.626
"""How a share grows with population: ln(4500 / 315) / ln(350 000 / 5 000)."""


class Source(StrEnum):
    """Where a class has its fee from."""

    SKR = "skr"
    ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True)
class TariffClass:
    """One class: from so many inhabitants, so many öre a month."""

    from_population: int
    ore: int
    source: Source


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of the table, for calendar years that begin on its first day or later."""

    version: str
    valid_from: date
    vat_percent: int
    classes: tuple[TariffClass, ...]

    def of(self, population: int) -> TariffClass:
        """Give the class of a population; a border belongs to the class above it (4 999 below, 5 000 in the next)."""
        return next(one for one in reversed(self.classes) if population >= one.from_population)


@dataclass(frozen=True, slots=True)
class Fee:
    """What one municipality pays a month throughout a calendar year, and everything that it rests on.

    It is fixed when it is first reckoned, and stored: neither a later tariff nor a later population changes it.
    """

    year: int
    municipality: str
    population: int
    population_year: int
    tariff: str
    ore: int
    vat_percent: int


@cache
def tariffs() -> tuple[Tariff, ...]:
    """Give every version of the tariff, the oldest first."""
    written = json.loads(files("familjehem.domain").joinpath("tariffs.json").read_text(encoding="utf-8"))
    return tuple(sorted(map(_tariff, written), key=lambda one: one.valid_from))


def tariff_of(year: int) -> Tariff:
    """Give the tariff of a calendar year: the newest that held on its first day; `InvalidCommandError` at `/year`."""
    known = [one for one in tariffs() if one.valid_from <= date(year, 1, 1)]
    if not known:
        raise InvalidCommandError(FieldError("/year", "noTariff"))
    return known[-1]


def fee(municipality: Municipality, year: int) -> Fee:
    """Reckon the fee of a municipality for a calendar year; `InvalidCommandError` at `/year`.

    A population that is newer than the year may count on is refused: a year's classes are those of its beginning.
    """
    if municipality.population_year > year - YEARS_BEHIND:
        raise InvalidCommandError(FieldError("/year", "noPopulation"))
    tariff = tariff_of(year)
    return Fee(
        year=year,
        municipality=municipality.code,
        population=municipality.population,
        population_year=municipality.population_year,
        tariff=tariff.version,
        ore=tariff.of(municipality.population).ore,
        vat_percent=tariff.vat_percent,
    )


def vat(ore: int, percent: int) -> int:
    """Give the VAT of an amount in whole öre, half an öre upwards."""
    return (ore * percent + 50) // 100


def share_budget(budget: int, populations: Mapping[str, int], *, floor: int, cap: int) -> Mapping[str, int]:
    """Share a yearly budget among municipalities, by code: a floor for each, the rest by weighted population.

    A calculator for the steering group, in öre. Whoever reaches the cap pays it, and the others share what is left.
    The shares add up to the budget to the öre; `InvalidCommandError` where floors exceed it or caps cannot reach it.
    """
    if not populations or floor < 0 or cap < floor or not len(populations) * floor <= budget <= len(populations) * cap:
        raise InvalidCommandError(FieldError("/budgetOre", "outOfRange"))
    weights = {code: Fraction(population**WEIGHT) for code, population in populations.items()}
    capped: set[str] = set()
    while True:
        open_ = {code: weight for code, weight in weights.items() if code not in capped}
        rest = budget - cap * len(capped) - floor * len(open_)
        whole = sum(open_.values())
        exact = {code: floor + rest * weight / whole for code, weight in open_.items()}
        above = {code for code, share in exact.items() if share > cap}
        if not above:
            break
        capped |= above
    shares = {code: int(share) for code, share in exact.items()} | dict.fromkeys(capped, cap)
    # The öre that rounding left over go to the largest remainders, in code order where these are equal.
    left = budget - sum(shares.values())
    for code in sorted(exact, key=lambda one: (int(exact[one]) - exact[one], one))[:left]:
        shares[code] += 1
    return {code: shares[code] for code in populations}


def _tariff(written: Mapping[str, Any]) -> Tariff:
    classes = tuple(TariffClass(one["from"], one["ore"], Source(one["source"])) for one in written["classes"])
    return Tariff(written["version"], date.fromisoformat(written["validFrom"]), written["vatPercent"], classes)
