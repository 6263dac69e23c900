"""An adversary against the statistics: every report of everybody, all letters of its own recipient, an integer program.

python -m tests.reliability.disclosure [populations]     all attacks, with their figures

The unknowns are the families of others: by home, month and bin. What the adversary knows are, generously, how many of them
every home had in every month, and each published count; the program (HiGHS) gives the least and the greatest value
that each count can have. A count is *derived* where the two are one, and it is a breach where it is under five. The same
adversary is let loose on two reports that are known to be bad: one without complementary suppression, one that rolls.
"""

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import highspy

from familjehem.domain import books, disclosure
from familjehem.domain.books import close_month
from familjehem.domain.disclosure import THRESHOLD, Block, Dimension, Pending, Unasked, added
from familjehem.domain.tally import NOT_ASKED, Level, Scope, base, counter

MONTHS = tuple(f"{2026 + index // 12}-{index % 12 + 1:02}" for index in range(24))
DIMENSIONS = (
    Dimension("two", ("a", "b")),
    Dimension("four", ("a", "b", "c", "d")),
    Dimension("skewed", ("a", "b", "c")),
    Dimension("open", ("a", "b", NOT_ASKED), Unasked.BIN),
    Dimension("some", ("a", "b"), Unasked.FEW),
    Dimension("several", ("a", "b", "c"), multiple=True),
)
WEIGHTS = {
    "two": (5, 4),
    "four": (8, 5, 2, 1),
    "skewed": (20, 3, 1),
    "open": (6, 3, 2),
    "some": (2, 3, 3),
    "several": (3, 3, 2),
}

KINDS = ((3, 0.5), (4, 4.0), (8, 8.0), (12, 20.0))
"""Populations: how many recipients, and how many families each gets in a month."""
TRACE = "trace."
MONTHLY_TARGETS = 6

type Source = tuple[Scope, str]
"""A home in a month: whose families the unknowns count."""


@dataclass(frozen=True)
class Family:
    """One family: when it came, whom it chose, what it answered."""

    month: str
    chosen: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Population:
    """Recipients by county, and the families of two years; `monthly` is how many a recipient gets in a month."""

    seed: int
    counties: Mapping[str, str]
    families: tuple[Family, ...]

    @classmethod
    def made(cls, seed: int, recipients: int, monthly: float, counties: int = 2) -> "Population":
        chance = random.Random(seed)
        where = {f"{index:04}": f"{index % counties:02}" for index in range(recipients)}
        names = sorted(where)
        families = []
        for month in MONTHS:
            # Half of all families choose one recipient, the others up to five.
            for _ in range(_poisson(chance, monthly * recipients / 2)):
                many = min(chance.choice((1, 1, 1, 2, 3, 5)), recipients)
                own = chance.choice(names)
                near = [one for one in names if where[one] == where[own] and one != own]
                far = [one for one in names if one not in near and one != own]
                chance.shuffle(near)
                chance.shuffle(far)
                others = (near + far) if chance.random() < 0.6 else (far + near)
                families.append(Family(month, tuple(sorted([own, *others[: many - 1]])), _answers(chance)))
        return cls(seed, where, tuple(families))

    def home(self, family: Family) -> Scope:
        """Where a family is at home, as `tally.py` says."""
        if len(family.chosen) == 1:
            return Scope(Level.RECIPIENT, family.chosen[0])
        counties = {self.counties[one] for one in family.chosen}
        return Scope(Level.COUNTY, *counties) if len(counties) == 1 else Scope(Level.NATION)

    def tallies(self, month: str) -> Mapping[Scope, Mapping[str, int]]:
        """Count a month as the accept transaction does."""
        found: dict[Scope, Counter[str]] = defaultdict(Counter)
        for family in self.families:
            if family.month != month:
                continue
            home = self.home(family)
            names = [base(home.level)]
            names.append(f"{home.level.value}_{TRACE}{home.level.value}/{home.identifier}/{month}")
            names += [counter(home.level, dimension, one) for dimension, bins in family.answers.items() for one in bins]
            for scope in {home, *(Scope(Level.RECIPIENT, one) for one in family.chosen)}:
                found[scope].update(names)
        return found


@dataclass(frozen=True)
class Told:
    """One published number: of the families of some homes in some months, how many fall into one of `bins`."""

    dimension: str
    sources: frozenset[Source]
    bins: frozenset[str]
    number: int


@dataclass
class Outcome:
    """What the attacks came to: tables that were published, counts that were attacked, and those that were derived."""

    tables: int = 0
    attempts: int = 0
    breaches: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.tables += other.tables
        self.attempts += other.attempts
        self.breaches += other.breaches


def ours(population: Population, dimensions: Sequence[Dimension] = DIMENSIONS) -> list[list[Told]]:
    """Publish two years as the service does; give the numbers of each table."""
    told: list[list[Told]] = []
    waiting: Mapping[Scope, Pending] = {}

    def spied(level: Level, pending: Pending, last: str, tabulated: Iterable[Dimension]) -> Block:
        made = disclosure.block(level, pending, last, tabulated)
        sources = frozenset(_source(name) for name in pending.counts if TRACE in name)
        told.extend(_numbers(made, sources, dimensions))
        return made

    with patch.object(books, "block", spied):
        for month in MONTHS:
            waiting = close_month(month, waiting, population.tallies(month), population.counties, dimensions).waiting
    return told


def without_complement(population: Population) -> list[list[Told]]:
    """Publish as the service does, but hide only what is too small itself."""
    with patch.object(disclosure, "_hide_each_other", lambda _: True):
        return ours(population)


def rolling(population: Population) -> list[list[Told]]:
    """Publish each month the table of the last six months of each recipient, with all other rules."""
    told: list[list[Told]] = []
    months = {month: population.tallies(month) for month in MONTHS}
    for last in range(5, len(MONTHS)):
        window = MONTHS[last - 5 : last + 1]
        for recipient in population.counties:
            scope = Scope(Level.RECIPIENT, recipient)
            pending = Pending(window[0], added(*(months[one].get(scope, {}) for one in window)))
            pending = replace(pending, counts={n: v for n, v in pending.counts.items() if n.startswith("recipient_")})
            if disclosure.closes(Level.RECIPIENT, pending):
                made = disclosure.block(Level.RECIPIENT, pending, window[-1], DIMENSIONS)
                told.extend(_numbers(made, frozenset((scope, one) for one in window), DIMENSIONS))
    return told


def _numbers(made: Block, sources: frozenset[Source], dimensions: Sequence[Dimension]) -> Iterator[list[Told]]:
    for one in dimensions:
        if (table := made.tables.get(one.name)) is None:
            continue
        if one.multiple:
            for name, number in table.shown.items():
                yield [Told(f"{one.name}.{name}", sources, frozenset({"in"}), number)]
            continue
        asked = frozenset(one.bins) if one.unasked is not Unasked.FEW else frozenset(one.bins) - {NOT_ASKED}
        numbers = [Told(one.name, sources, frozenset({name}), number) for name, number in table.shown.items()]
        yield [*numbers, Told(one.name, sources, asked, table.asked)]


def attack(population: Population, tables: Sequence[list[Told]], adversary: str, chance: random.Random) -> Outcome:
    """Let one recipient try to derive a count of others that is under five."""
    outcome = Outcome(tables=len(tables))
    truth = _truth(population, adversary)
    by_dimension: dict[str, list[Told]] = defaultdict(list)
    for told in tables:
        for one in told:
            by_dimension[one.dimension].append(one)
    for dimension, told in sorted(by_dimension.items()):
        for component in _components(told):
            outcome.add(_solve(dimension, component, truth, chance))
    return outcome


@dataclass(frozen=True)
class _Truth:
    """What there is: of each home and month, by dimension and bin, the others and those that the adversary knows."""

    others: Mapping[tuple[Source, str], Counter[str]]
    known: Mapping[tuple[Source, str], Counter[str]]


def _truth(population: Population, adversary: str) -> _Truth:
    others: dict[tuple[Source, str], Counter[str]] = defaultdict(Counter)
    known: dict[tuple[Source, str], Counter[str]] = defaultdict(Counter)
    for family in population.families:
        source = (population.home(family), family.month)
        into = known if adversary in family.chosen else others
        for one in DIMENSIONS:
            if one.multiple:
                for name in one.bins:
                    into[source, f"{one.name}.{name}"]["in" if name in family.answers[one.name] else "out"] += 1
            else:
                into[source, one.name][family.answers[one.name][0]] += 1
    return _Truth(others, known)


def _components(told: Sequence[Told]) -> Iterator[list[Told]]:
    """Give those numbers together that have a family in common: the others cannot help each other."""
    left = list(told)
    while left:
        found, sources = [left.pop()], set[Source]()
        sources |= found[0].sources
        while near := [one for one in left if one.sources & sources]:
            left = [one for one in left if not one.sources & sources]
            found += near
            sources |= frozenset().union(*(one.sources for one in near))
        yield found


def _bins(dimension: str) -> tuple[str, ...]:
    if "." in dimension:
        return ("in", "out")
    one = next(one for one in DIMENSIONS if one.name == dimension)
    return one.bins if one.unasked is not Unasked.FEW else (*one.bins, NOT_ASKED)


def _solve(dimension: str, told: Sequence[Told], truth: _Truth, chance: random.Random) -> Outcome:
    """Give the least and the greatest value of each count, by integer programming."""
    sources = sorted({source for one in told for source in one.sources})
    bins = _bins(dimension)
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    unknown: dict[tuple[Source, str], Any] = {}
    for source in sources:
        total = truth.others.get((source, dimension), Counter()).total()
        for name in bins:
            unknown[source, name] = model.addIntegral(lb=0, ub=total)
        everybody: Any = sum(unknown[source, name] for name in bins)
        model.addConstr(everybody == total)
    for one in told:
        known = sum(
            truth.known.get((source, dimension), {}).get(name, 0) for source in one.sources for name in one.bins
        )
        terms = [unknown[source, name] for source in sorted(one.sources) for name in sorted(one.bins)]
        counted: Any = sum(terms)
        model.addConstr(counted == one.number - known)
    outcome = Outcome()
    targets = [(tuple(sorted(one)), name) for one in {told.sources for told in told} for name in bins]
    months = [((source,), name) for source in sources for name in bins]
    targets += chance.sample(months, min(len(months), MONTHLY_TARGETS))
    for where, name in targets:
        value = sum(truth.others.get((source, dimension), Counter())[name] for source in where)
        if not sum(truth.others.get((source, dimension), Counter()).total() for source in where):
            continue
        outcome.attempts += 1
        if value < THRESHOLD and _derived(model, [unknown[source, name] for source in where]):
            outcome.breaches.append(f"{dimension}.{name} of {len(where)} months of {where[0][0]}: {value}")
    return outcome


def _derived(model: Any, terms: Sequence[Any]) -> bool:
    """Tell whether there is but one value that a count can have."""
    aim = sum(terms)
    model.minimize(aim)
    least = round(model.getInfo().objective_function_value)
    model.maximize(aim)
    return least == round(model.getInfo().objective_function_value)


def run(seeds: Iterable[int], kinds: Sequence[tuple[int, float]] = KINDS, adversaries: int = 2) -> Outcome:
    """Attack what the service publishes of several populations."""
    outcome = Outcome()
    for seed, (recipients, monthly) in ((seed, kind) for seed in seeds for kind in kinds):
        population = Population.made(seed, recipients, monthly)
        tables = ours(population)
        chance = random.Random(seed)
        for adversary in chance.sample(sorted(population.counties), min(adversaries, recipients)):
            outcome.add(attack(population, tables, adversary, chance))
    return outcome


def _poisson(chance: random.Random, mean: float) -> int:
    limit, product, count = 2.718281828459045**-mean, chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _answers(chance: random.Random) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in DIMENSIONS:
        names = one.bins if one.unasked is not Unasked.FEW else (*one.bins, NOT_ASKED)
        if one.multiple:
            found[one.name] = tuple(name for name in names if chance.random() < 0.5) or (names[0],)
        else:
            found[one.name] = tuple(chance.choices(names, WEIGHTS[one.name]))
    return found


def _source(name: str) -> Source:
    level, identifier, month = name.partition(TRACE)[2].split("/")
    return Scope(Level(level), identifier), month


def useful(recipients: int, monthly: float, seeds: Iterable[int] = range(5)) -> str:
    """Tell how soon and how much is shown, where every recipient gets `monthly` applications a month."""
    first, told, cells, shown, waited = [], 0, 0, 0, 0
    for seed in seeds:
        population = Population.made(seed, recipients, monthly, counties=max(2, recipients // 12))
        waiting: Mapping[Scope, Pending] = {}
        begun: dict[Scope, int] = {}
        for index, month in enumerate(MONTHS):
            closed = close_month(month, waiting, population.tallies(month), population.counties, DIMENSIONS)
            waiting = closed.waiting
            for scope, made in closed.blocks.items():
                begun.setdefault(scope, index + 1)
                told += made.families
                cells += sum(len(one.bins) for one in DIMENSIONS)
                shown += sum(len(table.shown) for table in made.tables.values())
        waited += len(population.families)
        first += [begun.get(Scope(Level.RECIPIENT, one), 99) for one in population.counties]
    middle = sorted(first)[len(first) // 2]
    soon = f"{middle} months" if middle <= len(MONTHS) else "not within two years"
    return (
        f"{monthly} applications a month: an own table after {soon}; "
        f"{told / waited:.0%} of all families in a table after two years, {shown / max(cells, 1):.0%} of the cells shown"
    )


def figures(seeds: Iterable[int]) -> dict[str, Any]:
    """Attack what the service publishes, and the two bad reports; give the figures."""
    found = run(seeds)
    assert not found.breaches, found.breaches
    told: dict[str, Any] = {"tables attacked": found.tables, "counts attacked": found.attempts, "counts derived": 0}
    for kind, publish in (("without complementary suppression", without_complement), ("rolling", rolling)):
        population = Population.made(1, 6, 12.0)
        bad = attack(population, publish(population)[:200], "0000", random.Random(1))
        assert bad.breaches, kind
        told[f"{kind}: counts derived"] = f"{len(bad.breaches)} of {bad.attempts}"
    return told


def main(many: int) -> None:
    """Attack, and print what came of it."""
    began = time.perf_counter()
    for name, figure in figures(range(many)).items():
        print(f"{name}: {figure}")
    for recipients, monthly in ((60, 1.5), (60, 3.0), (60, 15.0), (60, 30.0)):
        print(useful(recipients, monthly, range(1)))
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
