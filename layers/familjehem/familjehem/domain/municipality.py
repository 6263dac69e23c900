"""The 290 municipalities, with the population that the tariff counts on (source: SCB, 31 Dec 2024)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality by its SCB code (a string of four digits), with county and population of a stated year."""

    code: str
    name: str
    county_code: str
    county: str
    population: int
    population_year: int


@cache
def municipalities() -> Mapping[str, Municipality]:
    """Give all municipalities by code, in code order."""
    with files("familjehem.domain").joinpath("municipalities.csv").open(encoding="utf-8") as lines:
        rows = [
            Municipality(
                code=row["code"],
                name=row["name"],
                county_code=row["county_code"],
                county=row["county_name"],
                population=int(row["population"]),
                population_year=int(row["population_year"]),
            )
            for row in csv.DictReader(lines)
        ]
    return MappingProxyType({row.code: row for row in sorted(rows, key=lambda row: row.code)})
