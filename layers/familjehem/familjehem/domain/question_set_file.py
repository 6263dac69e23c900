"""Reads the text of a question set into its nouns, and refuses one that breaks a rule, naming every place at once."""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from familjehem.domain.assignment import Assignment
from familjehem.domain.condition import Comparison, Condition, Relation, parse
from familjehem.domain.delivery import NextStep
from familjehem.domain.errors import QuestionSetBrokenError
from familjehem.domain.question import (
    AnswerType,
    Bin,
    Choice,
    DataClass,
    Indicator,
    IndicatorGroup,
    IndicatorLevel,
    Level,
    Measure,
    Member,
    NextStepRule,
    Option,
    Question,
    QuestionSet,
    Section,
    Statement,
    Statistic,
    View,
)
from familjehem.domain.question_set_rules import faults_of

ASSIGNMENTS = "assignments"
EACH_CHOICE = "choices"


def read(version: str, text: str) -> QuestionSet:
    """Read and check one question set.

    Raises `QuestionSetBrokenError` with one line per fault, each beginning with its place, such as
    `questions/ownRoom/shownWhen: unknown choice …`.
    """
    faults: list[str] = []
    try:
        content = json.loads(text)
    except ValueError as error:
        message = f"question set {version}: not JSON ({error})"
        raise QuestionSetBrokenError(message) from None
    question_set = _question_set(version, _Entry(content, faults))
    faults += faults_of(question_set)
    if faults:
        raise QuestionSetBrokenError("\n".join((f"question set {version}:", *faults)))
    return question_set


_ASSIGNMENTS: frozenset[str] = frozenset(Assignment)

# Stands in for a condition that could not be read, so that the rest of the file is still checked.
_UNREADABLE = Comparison("", Relation.EQUAL, ("",))


class _Entry:
    """One object of the file: gives its values by kind and notes every fault, so that reading always goes on."""

    __slots__ = ("_content", "_faults", "_place")

    def __init__(self, content: Any, faults: list[str], place: str = "") -> None:
        self._place = place
        self._faults = faults
        self._content: dict[str, Any] = {}
        if isinstance(content, dict):
            self._content = content
        else:
            faults.append(f"{place or 'file'}: must be an object")

    def text(self, key: str) -> str:
        value = self._take(key)
        if isinstance(value, str) and value.strip():
            return value
        self._fault(key, "missing text")
        return ""

    def text_or_none(self, key: str) -> str | None:
        return self.text(key) if key in self._content else None

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            self._fault(key, "must be true or false")
        return value is True

    def whole(self, key: str) -> int:
        value = self.whole_or_none(key)
        if value is None:
            self._fault(key, "missing number")
        return value or 0

    def whole_or_none(self, key: str) -> int | None:
        value = self._take(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self._fault(key, "must be a whole number")
        return None

    def share(self, key: str) -> float:
        value = self._take(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        self._fault(key, "must be a share from 0 to 1")
        return 0.0

    def one[E: StrEnum](self, key: str, kind: type[E]) -> E:
        try:
            return kind(self._take(key))
        except ValueError:
            self._fault(key, f"must be one of {', '.join(kind)}")
            return next(iter(kind))

    def words(self, key: str) -> tuple[str, ...]:
        if key not in self._content:
            return ()
        values = self._list(key)
        if all(isinstance(value, str) for value in values):
            if len(set(values)) < len(values):
                self._fault(key, "something stands twice")
            return tuple(values)
        self._fault(key, "must be a list of codes")
        return ()

    def assignments(self, key: str) -> frozenset[Assignment]:
        words = self.words(key)
        if not _ASSIGNMENTS.issuperset(words):
            self._fault(key, f"must be among {', '.join(Assignment)}")
        return frozenset(assignment for assignment in Assignment if assignment in words)

    def assignments_or(self, key: str, default: frozenset[Assignment]) -> frozenset[Assignment]:
        return self.assignments(key) if key in self._content else default

    def choices(self, key: str) -> tuple[Choice, ...]:
        return tuple(_choice(entry) for entry in self.entries(key, by="code"))

    def condition(self, key: str) -> Condition:
        try:
            return parse(self.text(key))
        except QuestionSetBrokenError as error:
            self._fault(key, str(error))
            return _UNREADABLE

    def condition_or_none(self, key: str) -> Condition | None:
        return self.condition(key) if self._content.get(key) is not None else self._take(key)

    def says(self, key: str, word: str) -> bool:
        met = self._content.get(key) == word
        if met:
            self._take(key)
        return met

    def named(self, version: str) -> None:
        if self.text("version") != version:
            self._fault("version", f"must be {version}, the name of the file")

    def entry(self, key: str) -> "_Entry":
        return _Entry(self._take(key), self._faults, self._at(key))

    def entries(self, key: str, *, by: str = "name") -> "Iterator[_Entry]":
        if key not in self._content:
            return
        for index, content in enumerate(self._list(key)):
            named = content.get(by) if isinstance(content, dict) else None
            entry = _Entry(content, self._faults, f"{self._at(key)}/{named or index}")
            yield entry
            entry.close()

    def close(self) -> None:
        for key in self._content:
            self._fault(key, "unknown key")

    def _list(self, key: str) -> list[Any]:
        value = self._take(key)
        if isinstance(value, list):
            return value
        self._fault(key, "must be a list")
        return []

    def _take(self, key: str, default: Any = None) -> Any:
        # What is read is taken out, so that `close` finds the keys that nothing asks for.
        return self._content.pop(key, default)

    def _at(self, key: str) -> str:
        return "/".join(part for part in (self._place, key) if part)

    def _fault(self, key: str, what: str) -> None:
        self._faults.append(f"{self._at(key)}: {what}")


def _question_set(version: str, file: _Entry) -> QuestionSet:
    file.named(version)
    scale = tuple(_option(entry) for entry in file.entries("scale", by="code"))
    questions = tuple(_question(entry) for entry in file.entries("questions"))
    sensitive = frozenset(question.name for question in questions if question.data_class.sensitive)
    talk = file.entry("talk")
    question_set = QuestionSet(
        version=version,
        talk=_choice(talk),
        languages=file.choices("languages"),
        assignments=next((question.choices for question in questions if question.name == ASSIGNMENTS), ()),
        sections=tuple(_section(entry) for entry in file.entries("sections")),
        questions=questions,
        indicators=tuple(_indicator(entry, sensitive) for entry in file.entries("indicators")),
        next_steps=tuple(_next_step(entry) for entry in file.entries("nextSteps", by="step")),
        statements=tuple(_statement(entry, scale) for entry in file.entries("statements")),
        levels=tuple(_level(entry) for entry in file.entries("levels")),
    )
    talk.close()
    file.close()
    return question_set


def _choice(entry: _Entry) -> Choice:
    return Choice(entry.text("code"), entry.text("label"))


def _option(entry: _Entry) -> Option:
    return Option(entry.text("code"), entry.text("text"), entry.whole("points"))


def _section(entry: _Entry) -> Section:
    return Section(entry.text("name"), entry.text("code"), entry.text("label"))


def _question(entry: _Entry) -> Question:
    assignments = entry.assignments("assignments")
    choices = entry.choices("choices")
    view = entry.one("view", View)
    return Question(
        name=entry.text("name"),
        code=entry.text("code"),
        section=entry.text("section"),
        label=entry.text("label"),
        help=entry.text_or_none("help"),
        type=entry.one("type", AnswerType),
        choices=choices,
        assignments=assignments,
        core_for=entry.assignments("coreFor"),
        required=entry.flag("required", default=False),
        shown_when=entry.condition_or_none("shownWhen"),
        view=view,
        data_class=entry.one("dataClass", DataClass),
        per_adult=entry.flag("perAdult", default=False),
        longest=entry.whole_or_none("longest"),
        minimum=entry.whole_or_none("minimum"),
        maximum=entry.whole_or_none("maximum"),
        most=entry.whole_or_none("most"),
        exclusive=frozenset(entry.words("exclusive")),
        members=tuple(_member(member, assignments) for member in entry.entries("members")),
        withheld_from_overview=frozenset(entry.words("withheldFromOverview")),
        overview_for=entry.assignments_or("overviewFor", assignments if view is View.OVERVIEW else frozenset()),
        overview_flag=entry.text_or_none("overviewFlag"),
        statistics=tuple(_statistic(each, choices) for each in entry.entries("statistics", by="dimension")),
        note=entry.text_or_none("note"),
    )


def _member(entry: _Entry, assignments: frozenset[Assignment]) -> Member:
    return Member(
        name=entry.text("name"),
        type=entry.one("type", AnswerType),
        label=entry.text("label"),
        assignments=entry.assignments_or("assignments", assignments),
        required=entry.flag("required", default=True),
        overview=entry.flag("overview", default=True),
        choices=entry.choices("choices"),
        minimum=entry.whole_or_none("minimum"),
        maximum=entry.whole_or_none("maximum"),
        longest=entry.whole_or_none("longest"),
    )


def _statistic(entry: _Entry, choices: tuple[Choice, ...]) -> Statistic:
    dimension, measure = entry.text("dimension"), entry.one("measure", Measure)
    if entry.says("bins", EACH_CHOICE):
        bins = tuple(Bin(name=each.code, label=each.label, codes=frozenset({each.code})) for each in choices)
        return Statistic(dimension, measure, bins)
    return Statistic(dimension, measure, tuple(_bin(each) for each in entry.entries("bins")))


def _bin(entry: _Entry) -> Bin:
    return Bin(
        name=entry.text("name"),
        label=entry.text("label"),
        codes=frozenset(entry.words("codes")),
        minimum=entry.whole_or_none("minimum"),
        maximum=entry.whole_or_none("maximum"),
    )


def _indicator(entry: _Entry, sensitive: frozenset[str]) -> Indicator:
    rule = entry.condition("rule")
    important = entry.condition_or_none("importantWhen")
    rests_on = rule.names() | (important.names() if important is not None else frozenset[str]())
    return Indicator(
        name=entry.text("name"),
        code=entry.text("code"),
        level=entry.one("level", IndicatorLevel),
        group=entry.one("group", IndicatorGroup),
        text=entry.text("text"),
        why=entry.text("why"),
        rule=rule,
        important_when=important,
        sensitive=not rests_on.isdisjoint(sensitive),
    )


def _next_step(entry: _Entry) -> NextStepRule:
    return NextStepRule(entry.one("step", NextStep), entry.condition_or_none("when"), entry.text("why"))


def _statement(entry: _Entry, scale: tuple[Option, ...]) -> Statement:
    own = tuple(_option(each) for each in entry.entries("options", by="code"))
    return Statement(
        name=entry.text("name"),
        code=entry.text("code"),
        theme=entry.text("theme"),
        text=entry.text("text"),
        assignments=entry.assignments("assignments"),
        key=entry.flag("key", default=False),
        options=own or scale,
        high_from=entry.whole("highFrom"),
        feedback_high=entry.text("feedbackHigh"),
        feedback_low=entry.text("feedbackLow"),
    )


def _level(entry: _Entry) -> Level:
    return Level(
        entry.text("name"),
        entry.share("minimumShare"),
        entry.text("heading"),
        entry.text("text"),
        entry.choices("nextSteps"),
    )
