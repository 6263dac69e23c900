"""The rules that every question set keeps, checked when it is loaded: each fault as one line that names its place."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, compress, pairwise, product
from typing import Any

from familjehem.domain.assignment import Assignment
from familjehem.domain.condition import (
    COUNT,
    LISTINGS,
    ORDERINGS,
    RESERVED,
    All,
    Comparison,
    Condition,
    Either,
    Relation,
)
from familjehem.domain.question import (
    TALK,
    AnswerType,
    Choice,
    Measure,
    Member,
    Question,
    QuestionSet,
    Statistic,
    View,
)

NEEDED: Mapping[str, AnswerType] = {
    "protectedIdentity": AnswerType.SINGLE,
    "assignments": AnswerType.MULTI,
    "applicants": AnswerType.SINGLE,
    "knownChild": AnswerType.SINGLE,
    "municipalities": AnswerType.MUNICIPALITIES,
    "homeMunicipality": AnswerType.MUNICIPALITY,
    "startWindow": AnswerType.SINGLE,
    "identityNumber": AnswerType.IDENTITY_NUMBER,
    "name": AnswerType.TEXT,
    "mobile": AnswerType.PHONE,
    "email": AnswerType.EMAIL,
    "bestContactTime": AnswerType.MULTI,
}
"""The questions that code speaks of by name, and the form that it relies on."""

_CHOOSING = frozenset({AnswerType.SINGLE, AnswerType.MULTI, AnswerType.INTERPRETER})
_PARTED = frozenset({AnswerType.GROUP, AnswerType.ADDRESS})
_PART_TYPES = frozenset({AnswerType.SINGLE, AnswerType.TEXT, AnswerType.NUMBER, AnswerType.YEAR, AnswerType.PHONE})
_LISTS = frozenset({AnswerType.MULTI, AnswerType.LANGUAGES, AnswerType.MUNICIPALITIES, AnswerType.GROUP})
_NAME = re.compile(r"[a-z][A-Za-z0-9]*", re.ASCII)
_NEEDED_PART = "needed"
_LANGUAGE_PART = "language"
_LONGEST_LIST = 20


def faults_of(question_set: QuestionSet) -> Iterator[str]:
    """Give every broken rule of `question_set`, each as `place: what`, in the order of the file."""
    yield from _name_faults(question_set)
    yield from _needed_faults(question_set)
    sections = frozenset(section.name for section in question_set.sections)
    rules = _ConditionRules(question_set)
    for question in question_set.questions:
        place = f"questions/{question.name}"
        if question.section not in sections:
            yield f"{place}/section: unknown section {question.section}"
        yield from _question_faults(place, question, question_set.talk)
        yield from rules.shown_when_faults(place, question)
    for indicator in question_set.indicators:
        place = f"indicators/{indicator.name}"
        yield from rules.rule_faults(f"{place}/rule", indicator.rule)
        if indicator.important_when is not None:
            yield from rules.rule_faults(f"{place}/importantWhen", indicator.important_when)
    yield from _next_step_faults(question_set, rules)
    yield from _self_test_faults(question_set)


def _name_faults(question_set: QuestionSet) -> Iterator[str]:
    kinds = (
        ("sections", question_set.sections),
        ("questions", question_set.questions),
        ("indicators", question_set.indicators),
        ("statements", question_set.statements),
    )
    first: dict[str, str] = {}
    codes: Counter[str] = Counter()
    for kind, members in kinds:
        for member in members:
            place = f"{kind}/{member.name}"
            yield from _spelling_faults(place, member.name)
            if member.name in first:
                yield f"{place}: the name is taken by {first[member.name]}"
            first.setdefault(member.name, place)
            codes[member.code] += 1
            if codes[member.code] > 1:
                yield f"{place}/code: {member.code} stands twice"
    for question in question_set.questions:
        place = f"questions/{question.name}"
        yield from _code_faults(f"{place}/choices", (choice.code for choice in question.choices))
        for member in question.members:
            yield from _code_faults(
                f"{place}/members/{member.name}/choices", (choice.code for choice in member.choices)
            )
    yield from _code_faults("languages", (language.code for language in question_set.languages))
    for statement in question_set.statements:
        yield from _code_faults(f"statements/{statement.name}/options", (option.code for option in statement.options))


def _spelling_faults(place: str, name: str) -> Iterator[str]:
    if not _NAME.fullmatch(name) or name in RESERVED:
        yield f"{place}: a name is camelCase and none of {', '.join(sorted(RESERVED))}"


def _code_faults(place: str, codes: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield f"{place}/{code}: the code stands twice"
        elif not _NAME.fullmatch(code):
            yield f"{place}/{code}: a code is camelCase"
        seen.add(code)


def _needed_faults(question_set: QuestionSet) -> Iterator[str]:
    for name, kind in NEEDED.items():
        question = question_set.by_name.get(name)
        if question is None:
            yield f"questions/{name}: missing, the code needs it"
        elif question.type is not kind:
            yield f"questions/{name}/type: must be {kind}, the code needs it"
    codes = {choice.code for choice in question_set.assignments}
    if "assignments" in question_set.by_name and codes != set(Assignment):
        yield f"questions/assignments/choices: must be {', '.join(Assignment)}"
    if not question_set.languages:
        yield "languages: missing"


def _question_faults(place: str, question: Question, talk: Choice) -> Iterator[str]:
    if not question.assignments:
        yield f"{place}/assignments: is asked for no assignment"
    if not question.core_for <= question.assignments:
        yield f"{place}/coreFor: goes beyond the assignments"
    if not question.overview_for <= question.assignments:
        yield f"{place}/overviewFor: goes beyond the assignments"
    yield from _choice_faults(place, question, talk)
    yield from _view_faults(place, question)
    yield from _limit_faults(place, question)
    yield from _member_faults(place, question)
    for statistic in question.statistics:
        yield from _statistic_faults(f"{place}/statistics/{statistic.dimension}", question, statistic)


def _choice_faults(place: str, question: Question, talk: Choice) -> Iterator[str]:
    if bool(question.choices) is not (question.type in _CHOOSING):
        yield f"{place}/choices: belong to single, multi and interpreter, and are needed there"
    for key, codes in (("exclusive", question.exclusive), ("withheldFromOverview", question.withheld_from_overview)):
        for code in sorted(codes - question.codes):
            yield f"{place}/{key}: unknown choice {code}"
    if question.exclusive and question.type is not AnswerType.MULTI:
        yield f"{place}/exclusive: belongs to multi"
    if question.can_be_told and talk not in question.choices:
        yield f"{place}/choices/{TALK}: must be worded as in talk"
    if question.per_adult and question.type not in {AnswerType.SINGLE, AnswerType.MULTI}:
        yield f"{place}/perAdult: belongs to single and multi"


def _view_faults(place: str, question: Question) -> Iterator[str]:
    if question.data_class.sensitive and question.overview_for:
        yield f"{place}/view: a sensitive answer never stands in the overview"
    if question.data_class.sensitive and question.statistics:
        yield f"{place}/statistics: a sensitive answer is never counted"
    if question.view is View.NOT_DELIVERED and (question.overview_for or question.overview_flag):
        yield f"{place}/view: what is not delivered stands in no overview"
    if not question.stored and question.view is not View.NOT_DELIVERED:
        yield f"{place}/view: what is never stored is not delivered"


def _limit_faults(place: str, part: Question | Member) -> Iterator[str]:
    if part.type is AnswerType.TEXT and (part.longest or 0) < 1:
        yield f"{place}/longest: missing"
    if part.type is AnswerType.NUMBER and (part.minimum is None or part.maximum is None):
        yield f"{place}: a number needs minimum and maximum"
    if part.minimum is not None and part.maximum is not None and part.minimum > part.maximum:
        yield f"{place}/minimum: is above the maximum"
    if isinstance(part, Question):
        if part.type in {AnswerType.GROUP, AnswerType.LANGUAGES, AnswerType.MUNICIPALITIES} and (part.most or 0) < 1:
            yield f"{place}/most: missing"
        if part.type is AnswerType.GROUP and part.minimum is not None and 0 < (part.most or 0) < part.minimum:
            yield f"{place}/minimum: is above most"


def _member_faults(place: str, question: Question) -> Iterator[str]:
    if bool(question.members) is not (question.type in _PARTED):
        yield f"{place}/members: belong to group and address, and are needed there"
    names: set[str] = set()
    for member in question.members:
        spot = f"{place}/members/{member.name}"
        yield from _spelling_faults(spot, member.name)
        if member.name in names:
            yield f"{spot}: the name stands twice"
        names.add(member.name)
        if member.type not in _PART_TYPES:
            yield f"{spot}/type: must be one of {', '.join(sorted(_PART_TYPES))}"
        if bool(member.choices) is not (member.type is AnswerType.SINGLE):
            yield f"{spot}/choices: belong to single, and are needed there"
        if not member.assignments <= question.assignments:
            yield f"{spot}/assignments: go beyond those of the question"
        yield from _limit_faults(spot, member)


_PROXIMITIES = frozenset({"own", "sameCounty", "otherCounty"})


def _statistic_faults(place: str, question: Question, statistic: Statistic) -> Iterator[str]:
    if not statistic.bins:
        yield f"{place}/bins: missing"
    for name, times in Counter(each.name for each in statistic.bins).items():
        if times > 1:
            yield f"{place}/bins/{name}: the name stands twice"
    if statistic.measure in {Measure.CODES, Measure.PROXIMITY}:
        known = question.codes if statistic.measure is Measure.CODES else _PROXIMITIES
        counted = Counter(code for each in statistic.bins for code in each.codes)
        for code in sorted(counted.keys() - known):
            yield f"{place}/bins: unknown choice {code}"
        for code in sorted(known - counted.keys()):
            yield f"{place}/bins: {code} falls into none"
        for code in sorted(code for code, times in counted.items() if times > 1):
            yield f"{place}/bins: {code} falls into several"
    else:
        yield from _range_faults(place, question, statistic)


def _range_faults(place: str, question: Question, statistic: Statistic) -> Iterator[str]:
    lowest, highest = {
        Measure.NUMBER: (question.minimum or 0, question.maximum),
        Measure.COUNT: (_fewest(question), question.most),
    }.get(statistic.measure, (0, None))
    ranges = [(each.minimum if each.minimum is not None else lowest, each.maximum) for each in statistic.bins]
    whole = all(not each.codes for each in statistic.bins) and bool(ranges)
    joined = all(end is not None and end + 1 == start for (_, end), (start, _) in pairwise(ranges))
    if not whole or not joined or ranges[0][0] != lowest or ranges[-1][1] not in {None, highest}:
        yield f"{place}/bins: must follow each other from {lowest} to {'the end' if highest is None else highest}"


def _next_step_faults(question_set: QuestionSet, rules: "_ConditionRules") -> Iterator[str]:
    steps = question_set.next_steps
    if not steps or steps[-1].when is not None:
        yield "nextSteps: the last must hold always"
    for index, rule in enumerate(steps):
        place = f"nextSteps/{index}/when"
        if rule.when is None:
            if rule is not steps[-1]:
                yield f"{place}: missing, the steps after it are never suggested"
            continue
        yield from rules.rule_faults(place, rule.when)
        for name in sorted(rule.when.names()):
            question = question_set.by_name.get(name)
            if question is not None and question.data_class.sensitive:
                yield f"{place}: rests on {name}, which is sensitive"


def _self_test_faults(question_set: QuestionSet) -> Iterator[str]:
    for assignment in Assignment:
        if not any(assignment in statement.assignments for statement in question_set.statements):
            yield f"statements: none for {assignment}"
    for statement in question_set.statements:
        place = f"statements/{statement.name}"
        if not statement.assignments:
            yield f"{place}/assignments: is asked for no assignment"
        points = [option.points for option in statement.options]
        if not points or min(points) < 0 or max(points) <= 0:
            yield f"{place}/options: must give points from 0 upwards"
        elif not min(points) < statement.high_from <= max(points):
            yield f"{place}/highFrom: must part the points"
    shares = [level.minimum_share for level in question_set.levels]
    if not shares or shares[-1] != 0 or any(after >= before for before, after in pairwise(shares)):
        yield "levels: must go down to the share 0"
    for name, times in Counter(level.name for level in question_set.levels).items():
        if times > 1:
            yield f"levels/{name}: the name stands twice"


# ---------------------------------------------------------------- conditions

type _Way = tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What a test may speak of: its codes, or a number, or neither."""

    codes: frozenset[str] = frozenset()
    number: bool = False
    many: bool = False


class _ConditionRules:
    """Checks conditions: what they speak of exists and fits, comes earlier, and can hold for somebody."""

    def __init__(self, question_set: QuestionSet) -> None:
        self._questions = question_set.by_name
        self._places = {question.name: index for index, question in enumerate(question_set.questions)}
        self._languages = frozenset(language.code for language in question_set.languages)

    def shown_when_faults(self, place: str, question: Question) -> Iterator[str]:
        """Give the faults of a question's own condition."""
        condition, place = question.shown_when, f"{place}/shownWhen"
        if condition is None:
            return
        unsound = [f"{place}: {fault}" for fault in self._comparison_faults(condition)]
        yield from unsound
        here, late = self._places[question.name], False
        for name in sorted(condition.names() & self._places.keys()):
            if self._places[name] >= here:
                late = True
                yield f"{place}: refers to {'itself' if name == question.name else f'{name}, which comes later'}"
        if unsound or late:
            return
        live = [(way, *self._live_for(way)) for way in _ways(condition)]
        for way, _, assignments in live:
            if not assignments & question.assignments:
                yield f"{place}: can never hold: {_spelled(way)}"
        for assignment in Assignment:
            if assignment in question.assignments and not any(assignment in all_ for _, _, all_ in live):
                yield f"{place}: is never shown for {assignment}"
            elif assignment in question.core_for and not any(assignment in core for _, core, _ in live):
                yield f"{place}: is core for {assignment} but rests on extended questions"

    def rule_faults(self, place: str, condition: Condition) -> Iterator[str]:
        """Give the faults of a rule over a whole application."""
        unsound = [f"{place}: {fault}" for fault in self._comparison_faults(condition)]
        yield from unsound
        if unsound:
            return
        for way in _ways(condition):
            if not self._live_for(way)[1]:
                yield f"{place}: can never hold: {_spelled(way)}"

    def _comparison_faults(self, condition: Condition) -> Iterator[str]:
        for test in condition.comparisons():
            question = self._questions.get(test.question)
            if question is None:
                yield f"unknown question {test.question}"
            elif not question.stored:
                yield f"{test.question} is never sent"
            elif question.per_adult is not test.adult:
                yield f"{test.question} is {'' if question.per_adult else 'not '}answered by each adult"
            elif (part := self._part(question, test.part)) is None:
                yield f"{test.subject} cannot be tested"
            else:
                yield from _fit_faults(test, part)

    def _part(self, question: Question, name: str | None) -> _Part | None:
        if name == COUNT:
            return _Part(number=True) if question.type in _LISTS else None
        if question.type is AnswerType.INTERPRETER:
            codes: Mapping[str | None, frozenset[str]]
            codes = {_NEEDED_PART: question.codes, _LANGUAGE_PART: self._languages}
            return _Part(codes[name]) if name in codes else None
        if name is not None:
            return None
        return {
            AnswerType.SINGLE: _Part(question.codes),
            AnswerType.MULTI: _Part(question.codes, many=True),
            AnswerType.LANGUAGES: _Part(self._languages, many=True),
            AnswerType.NUMBER: _Part(number=True),
        }.get(question.type)

    def _live_for(self, way: _Way) -> tuple[frozenset[Assignment], frozenset[Assignment]]:
        """Give the assignments for which the way can hold: with core questions alone, and at all."""
        core: frozenset[Assignment] = frozenset()
        all_: frozenset[Assignment] = frozenset()
        for whole in self._with_what_shows(way, frozenset()):
            asked = [self._questions[test.question] for test in whole]
            shared = frozenset(Assignment).intersection(*(each.assignments for each in asked))
            if shared and self._can_hold(whole):
                all_ |= shared
                core |= shared.intersection(*(each.core_for for each in asked))
        return core, all_

    def _with_what_shows(self, way: _Way, seen: frozenset[str]) -> Iterator[_Way]:
        """Give the way together with every way in which the questions that it speaks of come to be shown."""
        new = [self._questions[name] for name in dict.fromkeys(test.question for test in way) if name not in seen]
        conditions = [question.shown_when for question in new if question.shown_when is not None]
        # A condition with faults of its own is told of where it stands.
        sound = [each for each in conditions if not any(self._comparison_faults(each))]
        if not sound:
            yield way
            return
        after = seen | {question.name for question in new}
        for ways in product(*(_ways(each) for each in sound)):
            more = (test for each in ways for test in each)
            yield from self._with_what_shows(tuple(dict.fromkeys((*way, *more))), after)

    def _can_hold(self, way: _Way) -> bool:
        by_question: dict[str, list[Comparison]] = {}
        for test in way:
            # Of two adults each may meet another test, so such tests are taken one by one: their values are known.
            if not test.adult:
                by_question.setdefault(test.question, []).append(test)
        return all(
            any(
                all(test.holds({name: value}) for test in tests)
                for value in self._answers(self._questions[name], tests)
            )
            for name, tests in by_question.items()
        )

    def _answers(self, question: Question, tests: list[Comparison]) -> Iterator[Any]:
        """Give answers enough that, if none of them meets the tests, no answer does."""
        values = [value for test in tests for value in test.values]
        # Of the numbers that meet tests, the smallest is the least there is, one that a test names, or the next one.
        numbers = [number for value in values if isinstance(value, int) for number in (value, value + 1)]
        match question.type:
            case AnswerType.SINGLE:
                yield from question.codes
            case AnswerType.INTERPRETER:
                for needed, language in product(question.codes, self._languages):
                    yield {_NEEDED_PART: needed, _LANGUAGE_PART: language}
            case AnswerType.NUMBER:
                low, high = question.minimum or 0, question.maximum or 0
                yield from (number for number in (low, *numbers) if low <= number <= high)
            case AnswerType.GROUP | AnswerType.MUNICIPALITIES:
                low, high = _fewest(question), question.most or _LONGEST_LIST
                yield from ([None] * number for number in (low, *numbers) if low <= number <= high)
            case _:
                codes = question.codes or self._languages
                yield from _selections(codes, question.exclusive, {*map(str, values)}, question.most)


def _fit_faults(test: Comparison, part: _Part) -> Iterator[str]:
    listing = test.relation in {Relation.ANY, Relation.NOT_ANY}
    if (test.relation in ORDERINGS and not part.number) or (listing is not part.many):
        yield f"`{test.relation}` does not fit {test.subject}"
        return
    for value in test.values:
        if part.number is not isinstance(value, int):
            yield f"{test.subject} takes {'a number' if part.number else 'a choice'}, not {value}"
        elif isinstance(value, str) and value not in part.codes:
            yield f"unknown choice {value} of {test.subject}"
    if test.relation in LISTINGS and len(set(test.values)) < len(test.values):
        yield f"a value of {test.subject} stands twice"


def _selections(
    codes: frozenset[str], exclusive: frozenset[str], mentioned: set[str], most: int | None
) -> Iterator[list[str]]:
    # Choices that no test mentions are alike, so only their number matters.
    yield from ([code] for code in exclusive)
    free = codes - exclusive
    named, others = sorted(free & mentioned), sorted(free - mentioned)
    more = list(accumulate(([code] for code in others), initial=list[str]()))
    for taken, rest in product(product((False, True), repeat=len(named)), more):
        chosen = [*compress(named, taken), *rest]
        if 0 < len(chosen) <= (most or len(codes)):
            yield chosen


def _ways(condition: Condition) -> tuple[_Way, ...]:
    """Give the ways in which a condition can hold, each as the tests that must hold together."""
    match condition:
        case Comparison():
            return ((condition,),)
        case Either(parts):
            return tuple(way for part in parts for way in _ways(part))
        case All(parts):
            return tuple(tuple(test for way in ways for test in way) for ways in product(*map(_ways, parts)))


def _spelled(way: _Way) -> str:
    return " and ".join(map(str, way))


def _fewest(question: Question) -> int:
    # The list of recipients has at least one; a group may be empty unless the set says otherwise.
    return (question.minimum or 0) if question.type is AnswerType.GROUP else 1
