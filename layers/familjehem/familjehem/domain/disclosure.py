"""Disclosure control: which counts of attributes may be published, so that nobody learns of a few others (design 6, 8).

`docs/disclosure-control.md` tells it to a statistician, with its limits. In short: families lie in disjoint *homes*
(`tally.py`); the months of a home become disjoint *blocks*, each closed at the end of the first month in which enough
families are in it that nobody knows, and never opened again. Of a block, each dimension gives its counts, but those
that are too small, and others that would give them away. Everything here is pure, and a repeat gives the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Self

from familjehem.domain.question_set import AnswerType, Question, QuestionSet
from familjehem.domain.tally import HOME_ASSIGNMENTS, NOT_ASKED, PAIRS, Level, base, counter, pair_bin, pair_name

THRESHOLD = 5
"""The least count of others that is shown."""
CLOSING = 20
"""How many families that no reader knows a block holds before it closes."""
SHARE_BASE = 20
"""The least base of which shares are told."""
LEAST_RECIPIENTS = 3
"""How many recipients a county has before anything is told of it."""

_UNTABLED = frozenset({"municipalities"})
"""Follows from the home that a family is counted at."""

type Counts = Mapping[str, int]
"""Counters by their names, as `tally.counter` gives them; what is not there is 0."""


class Unasked(StrEnum):
    """What it means that a family falls into no bin of a dimension."""

    NEVER = "never"
    """Every family is asked and must answer."""
    FEW = "few"
    """Only some are asked: how many were not is a count of an attribute itself."""
    BIN = "bin"
    """Nobody must answer: no answer is one bin more, which is never shown alone."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What is tabulated: bins in order. In a `multiple` one a family may fall into several, a `pair` has two sides."""

    name: str
    bins: tuple[str, ...]
    unasked: Unasked = Unasked.NEVER
    multiple: bool = False
    pair: bool = False


def dimensions(question_set: QuestionSet) -> tuple[Dimension, ...]:
    """Give what is tabulated: of each question one statistic, its first, and the fixed pairs.

    Several of one question would be tables that are linked, and what one hides another would tell.
    """
    found: dict[str, Dimension] = {}
    for question in question_set.questions:
        if not question.statistics or question.data_class.sensitive or question.name in _UNTABLED:
            continue
        first = question.statistics[0]
        bins = tuple(one.name for one in first.bins)
        unasked = _unasked(question)
        if unasked is Unasked.BIN:
            bins = (*bins, NOT_ASKED)
        multiple = question.type is AnswerType.MULTI or question.per_adult
        found[first.dimension] = Dimension(first.dimension, bins, unasked, multiple=multiple)
    for pair in PAIRS:
        if all(one in found for one in pair):
            both = product(*(found[one].bins for one in pair))
            found[pair_name(pair)] = Dimension(pair_name(pair), tuple(pair_bin(*one) for one in both), pair=True)
    return tuple(found.values())


def _unasked(question: Question) -> Unasked:
    if question.shown_when is not None or not question.core_for >= HOME_ASSIGNMENTS:
        return Unasked.FEW
    return Unasked.NEVER if question.required else Unasked.BIN


@dataclass(frozen=True, slots=True)
class Table:
    """One dimension of one block: how many answered, and the bins that are shown. What is not shown is not told."""

    asked: int
    shown: Mapping[str, int]

    @property
    def hidden(self) -> int:
        """How many fall into bins that are not shown; only in a dimension of single answers."""
        return self.asked - sum(self.shown.values())


@dataclass(frozen=True, slots=True)
class Block:
    """What is published of a home's months, from `first` to `last`: how many families, and the tables that may be told.

    A dimension of which nothing may be told is left out.
    """

    first: str
    last: str
    families: int
    tables: Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Pending:
    """The months of a home that wait for their block: its counts, and what each reader knows of them."""

    first: str | None = None
    counts: Counts = field(default_factory=dict[str, int])
    known: Mapping[str, Counts] = field(default_factory=dict[str, Counts])

    def and_month(self, month: str, counts: Counts, known: Mapping[str, Counts]) -> Self:
        """Give it with one month more."""
        return type(self)(
            first=self.first or month,
            counts=added(self.counts, counts),
            known={one: added(self.known.get(one, {}), known.get(one, {})) for one in {*self.known, *known}},
        )


def added(*several: Counts) -> dict[str, int]:
    """Give the sums."""
    total = Counter[str]()
    for one in several:
        total.update(one)
    return dict(sorted(total.items()))


def closes(level: Level, pending: Pending, closing: int = CLOSING) -> bool:
    """Tell whether a block is to close: by numbers of families alone, so that the moment tells of no attribute.

    `known` holds what each reader knows: of a recipient's own home nobody else's, of a county's or the nation's those
    of each recipient.
    """
    return _unknown(pending, base(level)) >= closing


def block(level: Level, pending: Pending, last: str, dimensions: Iterable[Dimension]) -> Block:
    """Give what is published of the months that wait, closed with the month `last`."""
    assert pending.first is not None  # noqa: S101 nothing closes that never began
    tables = {one.name: told for one in dimensions if (told := _table(level, pending, one)) is not None}
    return Block(pending.first, last, pending.counts.get(base(level), 0), tables)


def _table(level: Level, pending: Pending, dimension: Dimension) -> Table | None:
    """Give what may be told of one dimension, None where that is nothing."""
    families = pending.counts.get(base(level), 0)
    unasked = _Cell(0, {}) if dimension.unasked is Unasked.BIN else _cell(level, pending, dimension, NOT_ASKED)
    # How many were not asked is a count of an attribute too: where it is small, the whole table would give it away.
    if dimension.unasked is Unasked.FEW and not unasked.safe:
        return None
    if dimension.unasked is Unasked.NEVER and unasked.count:
        return None
    asked = families - unasked.count
    others = {who: known.get(base(level), 0) - unasked.known.get(who, 0) for who, known in pending.known.items()}
    if asked - max(others.values(), default=0) < THRESHOLD:
        return None
    found = {name: _cell(level, pending, dimension, name) for name in dimension.bins}
    if dimension.pair:
        # A pair's margins are told elsewhere: a hole in it could be reckoned from them.
        whole = all(one.safe for one in found.values())
        return Table(asked, {name: one.count for name, one in found.items()}) if whole else None
    if dimension.multiple:
        return _several(asked, others, found)
    return _single(asked, found)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A count, and what each reader knows of it."""

    count: int
    known: Mapping[str, int]

    @property
    def safe(self) -> bool:
        """Whether the others are enough, whoever reads it."""
        return self.count - max(self.known.values(), default=0) >= THRESHOLD

    def and_cell(self, other: "_Cell") -> "_Cell":
        readers = {*self.known, *other.known}
        known = {who: self.known.get(who, 0) + other.known.get(who, 0) for who in readers}
        return _Cell(self.count + other.count, known)


def _several(asked: int, others: Mapping[str, int], found: Mapping[str, _Cell]) -> Table | None:
    """Of several answers each bin stands alone: told where both those in it and those outside it are enough."""
    shown: dict[str, int] = {}
    for name, one in found.items():
        rest = {who: number - one.known.get(who, 0) for who, number in others.items()}
        if one.safe and _Cell(asked - one.count, rest).safe:
            shown[name] = one.count
    return Table(asked, shown) if shown else None


def _single(asked: int, found: Mapping[str, _Cell]) -> Table | None:
    """Of one answer each: hide what is too small, then the smallest beside it until the hidden ones hide each other."""
    shown = {name: one for name, one in found.items() if one.safe}
    hidden = {name: one for name, one in found.items() if not one.safe}
    while hidden and not _hide_each_other(hidden.values()):
        if not shown:
            return None
        smallest = min(one.count for one in shown.values())
        # All that are equal, so that no order among the bins tells which of two hidden ones is the smaller.
        for name in [name for name, one in shown.items() if one.count == smallest]:
            hidden[name] = shown.pop(name)
    told = {name: shown[name].count for name in found if name in shown}
    return Table(asked, told) if told else None


def _hide_each_other(hidden: Iterable[_Cell]) -> bool:
    """Two at least, together so many others that their sum is no small count, and more than one way to make that sum.

    Where all that are hidden are too small, and their sum is as great as it can be, each of them is `THRESHOLD - 1`:
    whoever knows the rule would know it.
    """
    cells = list(hidden)
    total = _Cell(0, {})
    for one in cells:
        total = total.and_cell(one)
    greatest = len(cells) * (THRESHOLD - 1)
    only_one_way = greatest in {total.count - known for known in (0, *total.known.values())}
    return len(cells) > 1 and total.safe and not only_one_way


def _cell(level: Level, pending: Pending, dimension: Dimension, name: str) -> _Cell:
    key = counter(level, dimension.name, name)
    return _Cell(pending.counts.get(key, 0), {who: known.get(key, 0) for who, known in pending.known.items()})


def _unknown(pending: Pending, key: str) -> int:
    """Give how many of a count the reader who knows most does not know."""
    return pending.counts.get(key, 0) - max((one.get(key, 0) for one in pending.known.values()), default=0)


@dataclass(frozen=True, slots=True)
class Sum:
    """Blocks put together for reading: sums of what is published, of no more than that.

    `partly` are bins that are hidden in some of the blocks: their sums are at least what there is.
    """

    asked: int
    shown: Mapping[str, int]
    partly: frozenset[str]

    def share(self, name: str) -> int | None:
        """Give a bin's share in whole percent; None where the base is too small or the bin is hidden in a part."""
        if self.asked < SHARE_BASE or name in self.partly or name not in self.shown:
            return None
        return round(100 * self.shown[name] / self.asked)


def together(dimension: Dimension, blocks: Sequence[Block]) -> Sum | None:
    """Put the tables of one dimension together; None where there is none."""
    tables = [table for one in blocks if (table := one.tables.get(dimension.name)) is not None]
    if not tables:
        return None
    shown = added(*(one.shown for one in tables))
    partly = {name for name in dimension.bins if any(name not in one.shown for one in tables)}
    ordered = {name: shown[name] for name in dimension.bins if name in shown}
    return Sum(sum(one.asked for one in tables), ordered, frozenset(partly))
