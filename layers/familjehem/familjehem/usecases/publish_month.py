"""Publish a month: close the books once, then make every reader's report of them (design 6, month)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from familjehem.domain.books import Waiting, close_month, from_wire, months_between, to_wire
from familjehem.domain.calendar import swedish_date
from familjehem.domain.canonical_json import canonical_json
from familjehem.domain.disclosure import LEAST_RECIPIENTS, dimensions
from familjehem.domain.errors import FamiljehemError, FieldError, InvalidCommandError
from familjehem.domain.municipality import municipalities
from familjehem.domain.question_set import QuestionSet, current, load
from familjehem.domain.recipient import RecipientState
from familjehem.domain.report import (
    MONTH,
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
from familjehem.domain.tally import Level, Scope, counties_of
from familjehem.ports import Clock, Directory, Shelf, Tallies

FIRST = "2026-11"
"""The month in which counting began: the books before it are empty."""
NATION = "nationen"
"""Where the nation's report lies."""
_READ = frozenset({RecipientState.LIVE, RecipientState.PAUSED, RecipientState.LEAVING})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedMonth:
    """What came of it: whose reports were made now, whose stood already, and whose could not be made."""

    month: str
    made: tuple[str, ...]
    stood: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Books:
    """The books as they are after a month, with what was published in the window that ends with it."""

    month: str
    question_set: str
    waiting: Waiting
    published: Published
    received: Mapping[str, Mapping[str, int]]
    names: Mapping[str, str]
    counties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishMonth:
    """Publishes months, one after the other.

    The books are closed by one write that succeeds once; all reports follow from them and from nothing else, so a
    repeat gives the same bytes, whenever it comes, and goes on where another stopped. A reader whose report fails keeps
    nobody waiting.
    """

    tallies: Tallies
    shelf: Shelf
    directory: Directory
    clock: Clock

    def __call__(self, month: str | None = None, recipient: str | None = None) -> PublishedMonth:
        """Publish a month (the last one that has ended, if none is named), for everybody or one recipient.

        Raises `InvalidCommandError` for a month that is none, is not over or before the first, for a recipient that had
        no report in it, and where the month before was not published; `NotConfirmedError`.
        """
        books = self._books(self._judged(month or _last(self.clock.now())))
        readers = _readers(books)
        if recipient is not None:
            if recipient not in readers:
                raise InvalidCommandError(FieldError("/recipient", "noReportThen"))
            readers = {recipient: readers[recipient]}
        sections = Sections(books.month, books.published, books.counties, _county_names(), load(books.question_set))
        made, stood, failed = [], [], []
        for name, reader in readers.items():
            try:
                told = report(reader, sections, books.received[reader.identifier])
                (made if self._report(name, told, books.month) else stood).append(name)
            except FamiljehemError:
                failed.append(name)
        return PublishedMonth(month=books.month, made=tuple(made), stood=tuple(stood), failed=tuple(failed))

    def _judged(self, month: str) -> str:
        if not MONTH.fullmatch(month):
            raise _refused("invalid")
        if months_between(month, _last(self.clock.now())) < 0:
            raise _refused("monthNotOver")
        if months_between(FIRST, month) < 0:
            raise _refused("monthBeforeTheFirst")
        return month

    def _books(self, month: str) -> _Books:
        if kept := self.shelf.get(_place(month)):
            return _read(kept)
        before = None
        if month != FIRST:
            kept = self.shelf.get(_place(_previous(month)))
            if kept is None:
                raise _refused("monthBeforeMissing")
            before = _read(kept)
        self.shelf.put(_place(month), self._closed(month, before, current()))
        # Somebody else may have been first: what stands is what counts.
        kept = self.shelf.get(_place(month))
        assert kept is not None  # noqa: S101 it was put there
        return _read(kept)

    def _closed(self, month: str, before: _Books | None, question_set: QuestionSet) -> bytes:
        """Close a month from its tallies; recipients that have left are counted to their end."""
        recipients = {one.id: one for one in self.directory.all()}
        counties = {one.id: next(iter(codes)) for one in recipients.values() if len(codes := counties_of(one)) == 1}
        scopes = [Scope(Level.NATION), *(Scope(Level.COUNTY, one) for one in sorted({*_county_names()}))]
        scopes += [Scope(Level.RECIPIENT, one) for one in sorted(recipients)]
        tallies = self.tallies.families(scopes, month)
        come = self.tallies.deliveries(sorted(recipients), month)
        closed = close_month(month, before.waiting if before else {}, tallies, counties, dimensions(question_set))
        published = {scope: list(blocks) for scope, blocks in (before.published if before else {}).items()}
        for scope, one in closed.blocks.items():
            published.setdefault(scope, []).append(one)
        within = {
            scope: kept
            for scope, blocks in published.items()
            if (kept := [one for one in blocks if months_between(one.last, month) < WINDOW])
        }
        received = {
            one: _latest({**(before.received.get(one, {}) if before else {}), month: come.get(one, 0)})
            for one, row in sorted(recipients.items())
            if row.state in _READ
        }
        nation = _latest(
            {**(before.received.get("", {}) if before else {}), month: tallies.get(scopes[0], {}).get("count", 0)}
        )
        return canonical_json(
            {
                "month": month,
                "questionSet": question_set.version,
                "waiting": to_wire(closed.waiting),
                "published": blocks_to_wire(within),
                "received": {"": nation, **received},
                "names": {one: recipients[one].name for one in received},
                "counties": dict(counties),
            }
        )

    def _report(self, name: str, made: Mapping[str, Any], month: str) -> bool:
        first = self.shelf.put(f"{name}/{month}.json", to_json(made))
        second = self.shelf.put(f"{name}/{month}.csv", to_csv(made))
        return first or second


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


def _latest(received: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(received.items())[-WINDOW - 1 :])


def _read(kept: bytes) -> _Books:
    read: dict[str, Any] = json.loads(kept)
    return _Books(
        month=read["month"],
        question_set=read["questionSet"],
        waiting=from_wire(read["waiting"]),
        published=blocks_from_wire(read["published"]),
        received=read["received"],
        names=read["names"],
        counties=read["counties"],
    )


def _place(month: str) -> str:
    return f"books/{month}.json"


def _last(now: datetime) -> str:
    return _previous(swedish_date(now).strftime("%Y-%m"))


def _previous(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year}-{number - 1:02}" if number > 1 else f"{year - 1}-12"
