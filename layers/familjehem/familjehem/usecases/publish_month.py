"""Publish a month: close the books once, then make every reader's report of them (design 6, month)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Any

from familjehem.domain.books import Waiting, close_month, from_wire, months_before, months_between, to_wire
from familjehem.domain.calendar import swedish_date
from familjehem.domain.canonical_json import canonical_json
from familjehem.domain.disclosure import LEAST_RECIPIENTS, Dimension, dimensions
from familjehem.domain.errors import FieldError, InvalidCommandError
from familjehem.domain.handling_tally import BINS, STAGES, binned, stage
from familjehem.domain.municipality import municipalities
from familjehem.domain.question_set import QuestionSet, current, load
from familjehem.domain.recipient import RecipientState
from familjehem.domain.report import (
    WINDOW,
    Published,
    Reader,
    Sections,
    blocks_from_wire,
    blocks_to_wire,
    report,
    to_csv,
    to_json,
)
from familjehem.domain.report_file import MONTH, REPORTS, is_over
from familjehem.domain.tally import Level, Scope, base, counter, counties_of, every_scope
from familjehem.ports import Clock, Directory, Press, ReportBook, Shelf, Tallies
from familjehem.usecases.print_report import printed

FAMILIES = "families"
NATION = "nationen"
"""Where the nation's report lies."""
LONGEST = 24
"""How many months back the first counted month is looked for, once, before any month is closed."""
_FIRST = "first.json"
_READ = frozenset({RecipientState.LIVE, RecipientState.PAUSED, RecipientState.LEAVING})


class Became(StrEnum):
    """What became of one reader's report; the value is its list in `PublishedMonth`."""

    MADE = "made"
    STOOD = "stood"
    DIFFERS = "differing"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedMonth:
    """What came of it: whose reports were made now, whose stood already, and who is left for another time.

    `failed` are those that could not be made, each with the kind of its fault; `differing` those that stand and would
    be other bytes now, since the program changed: they stay as they are.
    """

    month: str
    made: tuple[str, ...]
    stood: tuple[str, ...]
    failed: Mapping[str, str]
    differing: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Books:
    """The books as they are after a month, with what was published in the window that ends with it."""

    month: str
    question_set: str
    waiting: Mapping[str, Waiting]
    published: Mapping[str, Published]
    received: Mapping[str, Mapping[str, int]]
    stages: Mapping[str, Mapping[str, Mapping[str, int]]]
    names: Mapping[str, str]
    counties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishMonth:
    """Publishes months, one after the other.

    The books are closed by one write that succeeds once; all reports follow from them and from nothing else, so a
    repeat gives the same bytes, whenever it comes, and goes on where another stopped. A reader whose report fails keeps
    nobody waiting. Small counts that wait for their block lie apart from the books, and not as long.
    """

    tallies: Tallies
    shelf: Shelf
    directory: Directory
    press: Press
    book: ReportBook
    clock: Clock

    def due(self) -> tuple[str, ...]:
        """Give the months that are over and not closed, the oldest first, and in any case the last.

        A schedule that came late, or not at all, is made up for. `NotConfirmedError`.
        """
        first, found = self._first(), [_last(self.clock.now())]
        while months_between(first, found[-1]) > 0 and self.shelf.get(books_of(months_before(found[-1], 1))) is None:
            found.append(months_before(found[-1], 1))
        return tuple(reversed(found))

    def __call__(
        self,
        month: str,
        recipient: str | None = None,
        *,
        compare: bool = False,
        time_left: Callable[[], bool] = lambda: True,
    ) -> PublishedMonth:
        """Publish a month, for everybody or one recipient; with `compare` what stands is made too, and compared.

        Raises `InvalidCommandError` for a month that is none, is not over or before the first, for a recipient that had
        no report in it, and where the month before was not published; `NotConfirmedError`.
        """
        books = self._books(self.judged(month))
        readers = _readers(books)
        if recipient is not None:
            if recipient not in readers:
                raise InvalidCommandError(FieldError("/recipient", "noReportThen"))
            readers = {recipient: readers[recipient]}
        question_set = load(books.question_set)
        handled = {one: books.published[one] for one in BINS}
        sections = Sections(
            books.month, books.published[FAMILIES], books.counties, _county_names(), question_set, handled
        )
        found: dict[Became, list[str]] = {one: [] for one in Became}
        failed: dict[str, str] = {}
        for name, reader in readers.items():
            if not time_left():
                found[Became.LEFT].append(name)
                continue
            try:
                months, stages = books.received[reader.identifier], _stages(books, reader)
                told = report(reader, sections, months, stages, len(books.names))
                found[self._report(name, told, books.month, compare=compare)].append(name)
            # Whatever is wrong with one, the typesetter's faults among them, is not wrong with the others.
            except Exception as error:  # noqa: BLE001
                failed[name] = type(error).__name__
        return PublishedMonth(
            month=books.month, failed=failed, **{one.value: tuple(names) for one, names in found.items()}
        )

    def readers(self, month: str) -> frozenset[str]:
        """Give the recipients that have a report of a closed month; none before it is closed. `NotConfirmedError`."""
        kept = self.shelf.get(books_of(month))
        return frozenset(json.loads(kept)["names"]) if kept else frozenset()

    def judged(self, month: str) -> str:
        """Give a month that can be published; `InvalidCommandError` for any other, `NotConfirmedError`."""
        if not MONTH.fullmatch(month):
            raise _refused("invalid")
        if not is_over(month, self.clock.now()):
            raise _refused("monthNotOver")
        if months_between(self._first(), month) < 0:
            raise _refused("monthBeforeTheFirst")
        return month

    def _first(self) -> str:
        """Give the month in which counting began: as it was found when the first books were closed."""
        if kept := self.shelf.get(_FIRST):
            return json.loads(kept)["month"]
        found = month = _last(self.clock.now())
        for _ in range(LONGEST):
            if self.tallies.families([Scope(Level.NATION)], month):
                found = month
            month = months_before(month, 1)
        return found

    def _books(self, month: str) -> _Books:
        if kept := self.shelf.get(books_of(month)):
            return self._read(kept)
        before, first = None, self._first()
        if month == first:
            self.shelf.put(_FIRST, canonical_json({"month": first}))
        else:
            kept = self.shelf.get(books_of(months_before(month, 1)))
            if kept is None:
                raise _refused("monthBeforeMissing")
            before = self._read(kept, waiting=True)
        self.shelf.put(books_of(month), self._closed(month, before, current()))
        # Somebody else may have been first: what stands is what counts.
        kept = self.shelf.get(books_of(month))
        assert kept is not None  # noqa: S101 it was put there
        return self._read(kept)

    def _read(self, kept: bytes, *, waiting: bool = False) -> _Books:
        read: dict[str, Any] = json.loads(kept)
        waits = self.shelf.get(read["waiting"]) if waiting else b"{}"
        if waits is None:
            raise _refused("monthBeforeMissing")
        return _Books(
            month=read["month"],
            question_set=read["questionSet"],
            waiting={name: from_wire(one) for name, one in json.loads(waits).items()},
            published={name: blocks_from_wire(one) for name, one in read["published"].items()},
            received=read["received"],
            stages=read["stages"],
            names=read["names"],
            counties=read["counties"],
        )

    def _closed(self, month: str, before: _Books | None, question_set: QuestionSet) -> bytes:
        """Close a month from its tallies; recipients that have left are counted to their end."""
        recipients = {one.id: one for one in self.directory.all()}
        counties = {one.id: next(iter(codes)) for one in recipients.values() if len(codes := counties_of(one)) == 1}
        tallies = self.tallies.families(every_scope(recipients), month)
        come = self.tallies.deliveries(sorted(recipients), month)
        done = self.tallies.handlings(sorted(recipients), month)
        books = {
            FAMILIES: (tallies, dimensions(question_set)),
            **{name: (_events(name, done), (Dimension(name, bins),)) for name, bins in BINS.items()},
        }
        waiting: dict[str, Any] = {}
        published: dict[str, Any] = {}
        for name, (counted, tabulated) in books.items():
            closed = close_month(month, before.waiting[name] if before else {}, counted, counties, tabulated)
            told = {scope: list(blocks) for scope, blocks in (before.published[name] if before else {}).items()}
            for scope, one in closed.blocks.items():
                told.setdefault(scope, []).append(one)
            within = {
                scope: kept
                for scope, blocks in told.items()
                if (kept := [one for one in blocks if months_between(one.last, month) < WINDOW])
            }
            waiting[name], published[name] = to_wire(closed.waiting), blocks_to_wire(within)
        received = {
            one: _latest({**(before.received.get(one, {}) if before else {}), month: come.get(one, 0)})
            for one, row in sorted(recipients.items())
            if row.state in _READ
        }
        nation = _latest(
            {
                **(before.received.get("", {}) if before else {}),
                month: tallies.get(Scope(Level.NATION), {}).get("count", 0),
            }
        )
        # Named by what it holds: whoever closes at the same time puts one of his own, and the books name theirs.
        waits = canonical_json(waiting)
        place = f"waiting/{month}-{sha256(waits).hexdigest()[:32]}.json"
        self.shelf.put(place, waits)
        return canonical_json(
            {
                "month": month,
                "questionSet": question_set.version,
                "waiting": place,
                "published": published,
                "received": {"": nation, **received},
                "stages": {
                    one: _latest({**(before.stages.get(one, {}) if before else {}), month: _staged(done.get(one, {}))})
                    for one in sorted(recipients)
                },
                "names": {one: recipients[one].name for one in received},
                "counties": dict(counties),
            }
        )

    def _report(self, name: str, made: Mapping[str, Any], month: str, *, compare: bool) -> "Became":
        """Put what does not stand yet, the PDF last: where it stands, all do."""
        stem = f"{REPORTS}/{name}/{month}"
        standing = frozenset(self.shelf.names(f"{stem}."))
        make: Mapping[str, Callable[[Mapping[str, Any]], bytes]] = {
            "json": to_json,
            "csv": to_csv,
            "xlsx": self.book.excel,
            "pdf": partial(printed, self.press),
        }
        became = Became.STOOD
        for form, making in make.items():
            place = f"{stem}.{form}"
            if place not in standing and self.shelf.put(place, making(made)):
                became = Became.MADE
            elif compare and self.shelf.get(place) != making(made):
                return Became.DIFFERS
        return became


def _refused(code: str) -> InvalidCommandError:
    return InvalidCommandError(FieldError("/month", code))


def _readers(books: _Books) -> dict[str, Reader]:
    """Give who gets a report of a month: those that were connected in it, and the nation."""
    many: dict[str, int] = {}
    for one in books.names:
        if county := books.counties.get(one):
            many[county] = many.get(county, 0) + 1
    found = {}
    for one, name in books.names.items():
        county = books.counties.get(one)
        told = (county,) if county and many[county] >= LEAST_RECIPIENTS else ()
        found[one] = Reader(identifier=one, name=name, counties=told)
    everywhere = tuple(code for code, number in sorted(many.items()) if number >= LEAST_RECIPIENTS)
    return {**found, NATION: Reader(identifier="", name="", counties=everywhere)}


def _county_names() -> dict[str, str]:
    return {one.county_code: one.county for one in municipalities().values()}


def _events(table: str, done: Mapping[str, Mapping[str, int]]) -> dict[Scope, dict[str, int]]:
    """Give what was done at each recipient as families are given: each event in one home, its own."""
    found: dict[Scope, dict[str, int]] = {}
    for one, counts in done.items():
        bins = {name: counts.get(binned(table, name), 0) for name in BINS[table]}
        if total := sum(bins.values()):
            named = {counter(Level.RECIPIENT, table, name): number for name, number in bins.items()}
            found[Scope(Level.RECIPIENT, one)] = {base(Level.RECIPIENT): total, **named}
    return found


def _staged(counts: Mapping[str, int]) -> dict[str, int]:
    return {one: counts.get(stage(one), 0) for one in STAGES}


def _stages(books: _Books, reader: Reader) -> dict[str, int]:
    """Give how many came to which stage in the window; for the nation, of all recipients together."""
    own = [books.stages.get(reader.identifier, {})] if reader.identifier else list(books.stages.values())
    within = [one for each in own for month, one in each.items() if months_between(month, books.month) < WINDOW]
    months = books.received[reader.identifier]
    received = sum(number for month, number in months.items() if months_between(month, books.month) < WINDOW)
    return {"received": received, **{one: sum(each[one] for each in within) for one in STAGES}}


def _latest[Kept](received: Mapping[str, Kept]) -> dict[str, Kept]:
    return dict(sorted(received.items())[-WINDOW - 1 :])


def books_of(month: str) -> str:
    """Give where the books of a month lie."""
    return f"books/{month}.json"


def _last(now: datetime) -> str:
    return months_before(swedish_date(now).strftime("%Y-%m"), 1)
