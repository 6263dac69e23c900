"""The books of the statistics: which months of which home wait for their block, and what closing a month publishes.

A home whose months have waited for a year without enough families hands them up: a recipient's to its county, a
county's to the nation, together with who knows of them. So every family comes to stand in exactly one block.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from familjehem.domain.disclosure import Block, Counts, Dimension, Pending, added, block, closes
from familjehem.domain.tally import Level, Scope

PATIENCE = 12
"""For how many months a home's families wait at most before they are handed up."""
NATION = Scope(Level.NATION)

type Waiting = Mapping[Scope, Pending]
"""The books: what waits, by home."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed month: the books as they are then, and the blocks that it published, by home."""

    waiting: Waiting
    blocks: Mapping[Scope, Block]


def close_month(
    month: str,
    waiting: Waiting,
    tallies: Mapping[Scope, Counts],
    counties: Mapping[str, str],
    dimensions: Iterable[Dimension],
) -> Closed:
    """Close a month such as `2026-11`.

    `tallies` are the month's counters by scope, all shards together; `counties` the county of each recipient that lies
    in one. Pure, so that a month can be closed again and gives the same.
    """
    tabulated = tuple(dimensions)
    books = dict(waiting)
    for scope in sorted(tallies):
        counts = _of(scope.level, tallies[scope])
        books[scope] = books.get(scope, Pending()).and_month(month, counts, _known(scope, tallies, counties))
    blocks: dict[Scope, Block] = {}
    for level in (Level.RECIPIENT, Level.COUNTY, Level.NATION):
        for scope in sorted(one for one in books if one.level is level):
            pending = books[scope]
            if closes(level, pending):
                blocks[scope] = block(level, pending, month, tabulated)
                del books[scope]
            elif above := _above(scope, pending, month, counties):
                books[above] = _handed_up(scope, pending, above, books.get(above, Pending(first=month)))
                del books[scope]
    return Closed(books, blocks)


def _of(level: Level, counts: Counts) -> dict[str, int]:
    """Give those of a scope's counters that are of families at home at a level."""
    return {name: number for name, number in sorted(counts.items()) if name.startswith(f"{level.value}_") and number}


def _known(scope: Scope, tallies: Mapping[Scope, Counts], counties: Mapping[str, str]) -> dict[str, Counts]:
    """Give what each recipient knows of a home: of a recipient's own, no other knows anything."""
    if scope.level is Level.RECIPIENT:
        return {}
    knowing = {
        other.identifier: _of(scope.level, counts)
        for other, counts in tallies.items()
        if other.level is Level.RECIPIENT
        and (scope.level is Level.NATION or counties.get(other.identifier) == scope.identifier)
    }
    return {who: counts for who, counts in sorted(knowing.items()) if counts}


def _above(scope: Scope, pending: Pending, month: str, counties: Mapping[str, str]) -> Scope | None:
    """Say to which home months that have waited too long are handed up; None while they may wait."""
    if scope.level is Level.NATION or months_between(pending.first or month, month) < PATIENCE - 1:
        return None
    if scope.level is Level.RECIPIENT and (county := counties.get(scope.identifier)):
        return Scope(Level.COUNTY, county)
    return NATION


def _handed_up(scope: Scope, pending: Pending, above: Scope, there: Pending) -> Pending:
    """Give what waits above with the families that are handed up: a recipient knows those that were its own."""
    counts = _renamed(scope.level, above.level, pending.counts)
    known = {who: _renamed(scope.level, above.level, one) for who, one in pending.known.items()}
    if scope.level is Level.RECIPIENT:
        known[scope.identifier] = counts
    # What is handed up waits from now on, not from its own first month.
    merged = {who: added(there.known.get(who, {}), known.get(who, {})) for who in sorted({*there.known, *known})}
    return Pending(first=there.first, counts=added(there.counts, counts), known=merged)


def _renamed(level: Level, above: Level, counts: Counts) -> dict[str, int]:
    return {above.value + name.removeprefix(level.value): number for name, number in counts.items()}


def months_between(first: str, last: str) -> int:
    """Give how many months lie between two, such as 1 between `2026-11` and `2026-12`."""
    return 12 * (int(last[:4]) - int(first[:4])) + int(last[5:]) - int(first[5:])


def months_before(month: str, number: int) -> str:
    """Give the month so many months before one, such as `2026-11` for one before `2026-12`."""
    year, index = divmod(12 * int(month[:4]) + int(month[5:]) - 1 - number, 12)
    return f"{year}-{index + 1:02}"


def to_wire(waiting: Waiting) -> list[dict[str, Any]]:
    """Give the books as they are kept. They hold small counts: personal data, as the tallies are."""
    return [
        {
            "level": scope.level.value,
            "identifier": scope.identifier,
            "first": one.first,
            "counts": dict(one.counts),
            "known": {who: dict(counts) for who, counts in one.known.items()},
        }
        for scope, one in sorted(waiting.items())
    ]


def from_wire(kept: Iterable[Mapping[str, Any]]) -> Waiting:
    """Read the books back."""
    return {
        Scope(Level(one["level"]), one["identifier"]): Pending(one["first"], one["counts"], one["known"])
        for one in kept
    }
