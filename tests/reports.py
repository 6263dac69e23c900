"""Reports of invented months, to be looked at: by the tests, and by the eyes of who builds them.

python -m tests.reports FOLDER     PDF (as pictures), workbook and JSON of a month with 0, 3 and 300 applications
"""

import json
import random
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from familjehem.adapters.press import REPORT, TypstPress
from familjehem.adapters.report_workbook import XlsxReport
from familjehem.domain.disclosure import Dimension, Unasked, dimensions
from familjehem.domain.handling_tally import BINS, CLOSED, STAGES, binned, stage
from familjehem.domain.question_set import current
from familjehem.domain.tally import NOT_ASKED, PAIRS, Level, Scope, base, counter, counties_of, pair_bin, pair_name
from familjehem.usecases.print_report import printed, printout
from familjehem.usecases.publish_month import PublishMonth
from tests.builders import recipient
from tests.fakes import FakeClock, FakeDirectory, FakeReportBook, FakeShelf, FakeTallies, World

OWN = "0680"
NAMES = {OWN: "Jönköping", "0685": "Vetlanda", "0682": "Nässjö", "0180": "Stockholm"}
MONTH = "2026-10"
LAYOUT = Path(__file__).parents[1] / "functions" / "statistics"


class Plain:
    """Prints JSON, which tests can read."""

    def pdf(self, content: Any, at: datetime) -> bytes:
        """Give what would be printed, and when it says that it was made."""
        return json.dumps([content, at.isoformat()], sort_keys=True).encode()


def a_report(applications: int, reader: str = OWN) -> dict[str, Any]:
    """Give the report of a month in which so many applications came to four recipients; the same each time."""
    world = World(at=datetime(2026, 11, 2, 6, tzinfo=UTC))
    for code, name in NAMES.items():
        world.recipients[code] = recipient(id=code, name=name, municipalities=(code,))
    chance = random.Random(applications)
    for _ in range(applications):
        _apply(world, chance)
        _handle(world, chance)
    PublishMonth(
        tallies=FakeTallies(world),
        shelf=FakeShelf(world),
        directory=FakeDirectory(world),
        press=Plain(),
        book=FakeReportBook(world),
        clock=FakeClock(world),
    )(MONTH)
    return json.loads(world.shelved[f"reports/{reader}/{MONTH}.json"])


def press() -> TypstPress:
    """Give the press of reports."""
    return TypstPress(LAYOUT, lambda count: "?" * count, REPORT)


def _apply(world: World, chance: random.Random) -> None:
    chosen = chance.choice([(OWN,), (OWN,), (OWN,), (OWN, "0685"), tuple(NAMES), ("0685",), ("0180",)])
    counties = {county for one in chosen for county in counties_of(world.recipients[one])}
    level = Level.RECIPIENT if len(chosen) == 1 else Level.COUNTY if len(counties) == 1 else Level.NATION
    fallen = {one.name: _bins(one, chance) for one in dimensions(current()) if not one.pair}
    for first, second in PAIRS:
        if first in fallen and second in fallen:
            fallen[pair_name((first, second))] = (pair_bin(fallen[first][0], fallen[second][0]),)
    names = [base(level), *(counter(level, name, one) for name, bins in fallen.items() for one in bins), "count"]
    scopes = [Scope(Level.NATION), *(Scope(Level.COUNTY, one) for one in counties)]
    homes = {Scope(level, *({Level.COUNTY: counties}.get(level, ())))} if level is not Level.RECIPIENT else set()
    for scope in [*scopes, *(Scope(Level.RECIPIENT, one) for one in chosen)]:
        counted = names if scope in homes or scope.level is Level.RECIPIENT else ["count"]
        world.tallied.setdefault((scope, MONTH), Counter()).update(counted)
    for one in chosen:
        world.counted[one, MONTH] += 1


def _handle(world: World, chance: random.Random) -> None:
    done = world.handled[chance.choice(tuple(NAMES)), MONTH]
    stages = STAGES[: chance.choice((0, 1, 1, 2, 3))]
    done.update(stage(one) for one in stages)
    if stages:
        done.update(
            [binned("firstContact", chance.choice(("sameWorkingDay", "sameWorkingDay", "nextWorkingDay", "later")))]
        )
    if chance.random() < 1 / 2:
        done.update([stage(CLOSED), binned("closedBecause", chance.choice(BINS["closedBecause"]))])


def _bins(dimension: Dimension, chance: random.Random) -> tuple[str, ...]:
    if dimension.unasked is Unasked.FEW and chance.random() < 1 / 3:
        return (NOT_ASKED,)
    weights = [1 / (place + 1) for place in range(len(dimension.bins))]
    found = chance.choices(dimension.bins, weights, k=2 if dimension.multiple else 1)
    return tuple(dict.fromkeys(found))


def main(folder: Path) -> None:
    """Write pictures, workbook and JSON of three months into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for applications in (0, 3, 300):
        made = a_report(applications)
        (folder / f"{applications}.json").write_text(json.dumps(made, ensure_ascii=False, indent=1), "utf-8")
        (folder / f"{applications}.pdf").write_bytes(printed(press(), made))
        (folder / f"{applications}.xlsx").write_bytes(XlsxReport().excel(made))
        for number, page in enumerate(press().pictures(printout(made)), 1):
            (folder / f"{applications}-{number}.png").write_bytes(page)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
