"""Tallies: what is counted of an application when it is accepted, for whom and in which counters (design 6, 8).

A family is an application, however many recipients it chose. It belongs to exactly one *home*: the recipient, where it
chose but one; the county, where all whom it chose lie in one; the nation otherwise. Its attributes are counted there,
and, for the disclosure control alone, at each recipient as what that recipient knows of the home. Nothing counted here
names an application, and no answer of class K, B or Ö is looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any

from familjehem.domain.answers import Answers
from familjehem.domain.assignment import Assignment
from familjehem.domain.municipality import municipalities
from familjehem.domain.question_set import Measure, Question, QuestionSet, Statistic
from familjehem.domain.recipient import Recipient

NOT_ASKED = "notAsked"
"""The bin of a family that falls into none: it was not asked, or did not answer."""
PAIRS = (
    ("applying", "childrenAtHome"),
    ("housingForm", "areaType"),
    ("startWindow", "currentAssignment"),
)
"""The pairs that are counted together: no other table has two dimensions, and none has three."""
FAMILIES = "families"
CONTACT_PERSONS = "contactPersons"
HOME_ASSIGNMENTS = frozenset(Assignment) - {Assignment.KONTAKTPERSON}
"""Those for which a home is opened. Who wants to be a contact person only is not asked about a home: counted apart."""

_MOVED_OUT = "movedOut"
_SWEDISH = "sv"


class Level(StrEnum):
    """Where a family is at home; the value begins its counters' names."""

    RECIPIENT = "recipient"
    COUNTY = "county"
    NATION = "nation"


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Whose counters: those of a recipient, of a county by its code, or of the nation (without identifier)."""

    level: Level
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """What one application adds, one each, to the counters of one scope."""

    scope: Scope
    counters: tuple[str, ...]


def counter(home: Level, dimension: str, bin_name: str) -> str:
    """Give the name of a counter: of families of this home, those in a bin of a dimension."""
    return f"{home.value}_{dimension}_{bin_name}"


def base(home: Level) -> str:
    """Give the name of the counter of all families of a home."""
    return f"{home.value}_{FAMILIES}"


def pair_name(pair: tuple[str, str]) -> str:
    """Give what a pair is called as a dimension."""
    return f"{pair[0]}By{_capital(pair[1])}"


def pair_bin(first: str, second: str) -> str:
    """Give what a cell of a pair is called."""
    return f"{first}And{_capital(second)}"


def counts(
    question_set: QuestionSet, answers: Answers, recipients: Iterable[Recipient], today: date
) -> tuple[Count, ...]:
    """Give what an accepted application adds to which counters: one entry for each scope, each scope once."""
    chosen = tuple(recipients)
    counties = sorted({county for one in chosen for county in counties_of(one)})
    home = _home(chosen, counties)
    if HOME_ASSIGNMENTS.isdisjoint(answers["assignments"]):
        names: tuple[str, ...] = (f"{home.value}_{CONTACT_PERSONS}",)
    else:
        names = (base(home), *(counter(home, *cell) for cell in cells(question_set, answers, chosen, today)))
    found = [Count(Scope(Level.NATION), names if home is Level.NATION else ())]
    found += [Count(Scope(Level.COUNTY, one), names if home is Level.COUNTY else ()) for one in counties]
    found += [Count(Scope(Level.RECIPIENT, one.id), names) for one in chosen]
    return tuple(found)


def every_scope(recipients: Iterable[str]) -> tuple[Scope, ...]:
    """Give every scope that can have counters: the nation, all counties, and these recipients."""
    counties = sorted({one.county_code for one in municipalities().values()})
    return (
        Scope(Level.NATION),
        *(Scope(Level.COUNTY, one) for one in counties),
        *(Scope(Level.RECIPIENT, one) for one in sorted(recipients)),
    )


def counties_of(recipient: Recipient) -> frozenset[str]:
    """Give the codes of the counties that a recipient's municipalities lie in."""
    known = municipalities()
    return frozenset(known[code].county_code for code in recipient.municipalities)


def cells(
    question_set: QuestionSet, answers: Answers, chosen: tuple[Recipient, ...], today: date
) -> tuple[tuple[str, str], ...]:
    """Give every dimension and bin that the answers fall into, pairs included, or `NOT_ASKED` of a dimension."""
    fallen: dict[str, tuple[str, ...]] = {}
    for question in question_set.questions:
        if question.data_class.sensitive:
            continue
        for statistic in question.statistics:
            values = frozenset(_values(question, statistic, answers, chosen, today))
            bins = tuple(one.name for one in statistic.bins if _within(one, values))
            fallen[statistic.dimension] = bins or (NOT_ASKED,)
    for pair in PAIRS:
        if all(one in fallen for one in pair):
            both = product(*(fallen[one] for one in pair))
            told = tuple(pair_bin(*each) for each in both if NOT_ASKED not in each)
            fallen[pair_name(pair)] = told or (NOT_ASKED,)
    return tuple((dimension, name) for dimension, names in fallen.items() for name in names)


def _home(chosen: tuple[Recipient, ...], counties: list[str]) -> Level:
    if len(chosen) == 1:
        return Level.RECIPIENT
    return Level.COUNTY if len(counties) == 1 else Level.NATION


def _within(one: Any, values: frozenset[Any]) -> bool:
    if one.codes:
        return not one.codes.isdisjoint(values)
    lowest = one.minimum if one.minimum is not None else 0
    return any(lowest <= value and (one.maximum is None or value <= one.maximum) for value in values)


def _values(
    question: Question, statistic: Statistic, answers: Answers, chosen: tuple[Recipient, ...], today: date
) -> Iterator[Any]:
    """Give what is looked for among the bins: codes, or one number."""
    if statistic.measure is Measure.COUNT and question.name == "municipalities":
        yield len(chosen)
        return
    answer = answers.get(question.name)
    if answer is None:
        return
    if statistic.measure in {Measure.COUNT_AT_HOME, Measure.YOUNGEST_AT_HOME}:
        yield from _children(statistic.measure, answer, today)
        return
    match statistic.measure:
        case Measure.NUMBER:
            yield answer
        case Measure.COUNT:
            yield len(answer)
        case Measure.OTHER_LANGUAGES:
            yield sum(language != _SWEDISH for language in _codes(answer))
        case Measure.PROXIMITY:
            yield _proximity(answer, chosen)
        case _:
            yield from _codes(answer)


def _children(measure: Measure, children: Iterable[Any], today: date) -> Iterator[int]:
    at_home = [child for child in children if child["living"] != _MOVED_OUT]
    if measure is Measure.COUNT_AT_HOME:
        yield len(at_home)
    elif at_home:
        yield today.year - max(child["birthYear"] for child in at_home)


def _codes(answer: Any) -> Iterator[str]:
    """Give the codes of an answer: one, several, or those of each adult."""
    match answer:
        case str():
            yield answer
        case dict():
            for one in answer.values():
                yield from _codes(one)
        case _:
            for one in answer:
                yield from _codes(one)


def _proximity(home: str, chosen: tuple[Recipient, ...]) -> str:
    """Say how near the home lies to the nearest of those that were chosen."""
    if any(home in one.municipalities for one in chosen):
        return "own"
    known = municipalities()
    county = known[home].county_code if home in known else ""
    return "sameCounty" if any(county in counties_of(one) for one in chosen) else "otherCounty"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
