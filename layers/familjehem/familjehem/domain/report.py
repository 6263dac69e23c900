"""A month's report: what its reader is told, as sums of what is published and of nothing else (design 6, month).

`docs/schemas/report-1.json` describes the JSON; the CSV has one line for each number of it. What is not told is null,
and an empty cell.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from familjehem.domain.books import months_between
from familjehem.domain.canonical_json import canonical_json
from familjehem.domain.disclosure import SHARE_BASE, THRESHOLD, Block, Dimension, Table, dimensions, together
from familjehem.domain.handling_tally import BINS
from familjehem.domain.question_set import QuestionSet
from familjehem.domain.tally import NOT_ASKED, PAIRS, Level, Scope, pair_bin, pair_name
from familjehem.domain.texts import text

FORMAT = "familjehemsverige.report"
VERSION = 1
WINDOW = 12
"""Of how many months, the reported one included, blocks are put together."""

type Published = Mapping[Scope, Sequence[Block]]
"""The blocks of each home, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a report is for: a recipient, or everybody, without identifier; `counties` are those that it is told of."""

    identifier: str
    name: str
    counties: tuple[str, ...]


class Sections:
    """The parts of a month's reports: made once each, since all readers read of the same nation and counties.

    `counties` is the county of each recipient, by its code; `names` what counties are called; `handled` are the blocks
    of what was done with deliveries, by their tables.
    """

    def __init__(
        self,
        month: str,
        published: Published,
        counties: Mapping[str, str],
        names: Mapping[str, str],
        question_set: QuestionSet,
        handled: Mapping[str, Published] | None = None,
    ) -> None:
        self.month = month
        self.question_set = question_set
        self._names = names
        self._labels = {**_labels(question_set), **_labels_of_handling()}
        self._families = _Homes(published, counties)
        self._tabulated = [(one, self._families) for one in dimensions(question_set)]
        for name, blocks in (handled or {}).items():
            self._tabulated.append((Dimension(name, BINS[name]), _Homes(blocks, counties)))
        self._made: dict[str, Mapping[str, Any]] = {}

    def own(self, reader: Reader) -> Mapping[str, Any]:
        """Give what is told of a recipient's own home."""
        return self._section("own", reader.name, Scope(Level.RECIPIENT, reader.identifier))

    def county(self, code: str) -> Mapping[str, Any]:
        """Give what is told of a county: of every home in it."""
        if code not in self._made:
            self._made[code] = self._section("county", self._names[code], Scope(Level.COUNTY, code))
        return self._made[code]

    def nation(self) -> Mapping[str, Any]:
        """Give what is told of the nation: of every home there is."""
        if "" not in self._made:
            self._made[""] = self._section("nation", None, Scope(Level.NATION))
        return self._made[""]

    def _section(self, level: str, name: str | None, whole: Scope) -> Mapping[str, Any]:
        told = self._told(self._families, whole)
        tables = (_table(one, self._told(homes, whole), self._labels[one.name]) for one, homes in self._tabulated)
        return {
            "level": level,
            "name": name,
            "families": sum(one.families for one in told),
            "from": min((one.first for one in told), default=None),
            "to": max((one.last for one in told), default=None),
            "tables": [table for table in tables if table],
        }

    def _told(self, homes: "_Homes", whole: Scope) -> list[Block]:
        return [one for one in homes.blocks(whole) if 0 <= months_between(one.last, self.month) < WINDOW]


class _Homes:
    """Published blocks by what they are told of: one recipient's own, all homes in a county, all there are."""

    def __init__(self, published: Published, counties: Mapping[str, str]) -> None:
        self._published = published
        self._in: dict[str, list[Scope]] = {}
        for scope in sorted(published):
            if county := _county(scope, counties):
                self._in.setdefault(county, []).append(scope)

    def blocks(self, whole: Scope) -> list[Block]:
        match whole.level:
            case Level.RECIPIENT:
                return list(self._published.get(whole, ()))
            case Level.COUNTY:
                return _all(self._published, self._in.get(whole.identifier, ()))
            case _:
                return _all(self._published, sorted(self._published))


def report(
    reader: Reader, sections: Sections, received: Mapping[str, int], stages: Mapping[str, int], connected: int
) -> dict[str, Any]:
    """Give a report, ready for JSON.

    `received` are the reader's applications by month, the oldest first; `stages` how many came to which stage in the
    twelve months up to this one; `connected` how many recipients there were in it.
    """
    own = [sections.own(reader)] if reader.identifier else []
    return {
        "format": FORMAT,
        "version": VERSION,
        "month": sections.month,
        "recipient": {"id": reader.identifier, "name": reader.name} if reader.identifier else None,
        "questionSet": sections.question_set.version,
        "connected": connected,
        "threshold": THRESHOLD,
        "shareBase": SHARE_BASE,
        "received": [{"month": one, "applications": number} for one, number in received.items()],
        "stages": [
            {"name": one, "label": text(f"report.stage.{one}"), "count": number} for one, number in stages.items()
        ],
        "sections": [*own, *(sections.county(one) for one in reader.counties), sections.nation()],
    }


def to_json(made: Mapping[str, Any]) -> bytes:
    """Give a report as the very same bytes each time."""
    return canonical_json(made)


def to_csv(made: Mapping[str, Any]) -> bytes:
    """Give a report as CSV (UTF-8 with its mark, semicolons: what Excel in Swedish opens as a table)."""
    content = io.StringIO()
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow(text("report.columns").split(", "))
    for one in made["received"]:
        writer.writerow([text("report.received"), "", one["month"], "", one["applications"], "", ""])
    for one in made["stages"]:
        writer.writerow([text("report.stages"), "", one["label"], "", one["count"], "", ""])
    for section, table, line in lines(made):
        share = "" if line["share"] is None else line["share"]
        count = "" if line["count"] is None else line["count"]
        row = [section["level"], section["name"] or "", table["label"], line["label"], count, share, table["asked"]]
        writer.writerow([_harmless(cell) for cell in row])
    return ("\ufeff" + content.getvalue()).encode()


def lines(made: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
    """Give every number of the tables with its section and table."""
    for section in made["sections"]:
        for table in section["tables"]:
            for line in table["bins"]:
                yield section, table, line


def blocks_to_wire(published: Published) -> list[dict[str, Any]]:
    """Give the published blocks as they are kept."""
    return [
        {
            "level": scope.level.value,
            "identifier": scope.identifier,
            "first": one.first,
            "last": one.last,
            "families": one.families,
            "tables": {name: {"asked": each.asked, "shown": dict(each.shown)} for name, each in one.tables.items()},
        }
        for scope, blocks in sorted(published.items())
        for one in blocks
    ]


def blocks_from_wire(kept: Iterable[Mapping[str, Any]]) -> dict[Scope, list[Block]]:
    """Read published blocks back."""
    found: dict[Scope, list[Block]] = {}
    for one in kept:
        tables = {name: Table(each["asked"], each["shown"]) for name, each in one["tables"].items()}
        made = Block(one["first"], one["last"], one["families"], tables)
        found.setdefault(Scope(Level(one["level"]), one["identifier"]), []).append(made)
    return found


def _table(dimension: Dimension, blocks: Sequence[Block], labels: Mapping[str, str]) -> dict[str, Any] | None:
    found = together(dimension, blocks)
    if found is None:
        return None
    return {
        "dimension": dimension.name,
        "label": labels[""],
        "asked": found.asked,
        "several": dimension.multiple,
        "bins": [
            {
                "name": name,
                "label": labels[name],
                "count": found.shown.get(name),
                "atLeast": name in found.partly and name in found.shown,
                "share": found.share(name),
            }
            for name in dimension.bins
        ],
    }


def _labels(question_set: QuestionSet) -> dict[str, dict[str, str]]:
    """Give the words of each dimension, under no name, and of each of its bins."""
    found: dict[str, dict[str, str]] = {}
    for question in question_set.questions:
        for one in question.statistics:
            found[one.dimension] = {
                "": question.label,
                NOT_ASKED: text("report.noAnswer"),
                **{each.name: each.label for each in one.bins},
            }
    for first, second in PAIRS:
        if first in found and second in found:
            one, other = found[first], found[second]
            both = {pair_bin(a, b): f"{one[a]}, {other[b]}" for a in one if a for b in other if b}
            found[pair_name((first, second))] = {"": f"{one['']} {other['']}", **both}
    return found


def _labels_of_handling() -> dict[str, dict[str, str]]:
    return {
        name: {"": text(f"report.{name}.heading"), **{one: text(f"report.{name}.{one}") for one in bins}}
        for name, bins in BINS.items()
    }


def _all(published: Published, homes: Iterable[Scope]) -> list[Block]:
    return [block for one in homes for block in published[one]]


def _county(scope: Scope, counties: Mapping[str, str]) -> str | None:
    if scope.level is Level.COUNTY:
        return scope.identifier
    return counties.get(scope.identifier) if scope.level is Level.RECIPIENT else None


def _harmless(cell: Any) -> Any:
    """Keep a word that begins like a formula from being one."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@"} else cell
