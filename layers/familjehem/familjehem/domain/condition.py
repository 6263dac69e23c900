"""The condition language of the question sets: one parser, one evaluator, total on every JSON value.

A condition says when a question is shown, when an indicator is raised, which next step is suggested. The grammar:

    condition  = every { "or" every }
    every      = term { "and" term }
    term       = "(" condition ")" | test
    test       = [ "any" "adult" ] subject relation
    subject    = question [ "." part ]                  part: `count`, or a member such as `interpreter.needed`
    relation   = ( "==" | "!=" ) value
               | ( "<" | "<=" | ">" | ">=" ) number
               | ( "in" | "any" | "not" "any" ) "[" value { "," value } "]"
    value      = a choice code, or a whole number

There is no `not` before a condition. A test on a question that was not shown or not answered is false, whatever its
relation; so is a test on a value of another kind than the relation speaks of. `docs/question-sets.md` tells the whole.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from familjehem.domain.errors import QuestionSetBrokenError

APPLICANT = "applicant"
CO_APPLICANT = "coApplicant"
COUNT = "count"
RESERVED = frozenset({"and", "or", "in", "any", "not", "adult", COUNT})
DEEPEST = 8

type Literal = str | int


class Relation(StrEnum):
    """How a test compares an answer with its values; the value is also the spelling in text and on the wire."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    IN = "in"
    ANY = "any"
    NOT_ANY = "not any"


_ORDER: Mapping[Relation, Callable[[float, float], bool]] = {
    Relation.LESS: lambda answer, bound: answer < bound,
    Relation.AT_MOST: lambda answer, bound: answer <= bound,
    Relation.MORE: lambda answer, bound: answer > bound,
    Relation.AT_LEAST: lambda answer, bound: answer >= bound,
}
ORDERINGS = frozenset(_ORDER)
LISTINGS = frozenset({Relation.IN, Relation.ANY, Relation.NOT_ANY})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One test of one answer: of the answer itself, of its `part`, or (`adult`) of at least one adult's."""

    question: str
    relation: Relation
    values: tuple[Literal, ...]
    part: str | None = None
    adult: bool = False

    @property
    def subject(self) -> str:
        """The subject as it is written, such as `children.count`."""
        return self.question if self.part is None else f"{self.question}.{self.part}"

    def comparisons(self) -> "Iterator[Comparison]":
        """Give every comparison of the condition, in the order of its text."""
        yield self

    def names(self) -> frozenset[str]:
        """Give the names of the questions that the condition speaks of."""
        return frozenset({self.question})

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Say whether the condition holds for `answers` (question name to wire form); never raises."""
        if self.question not in answers:
            return False
        answer: Any = answers[self.question]
        if not self.adult:
            return self._holds_for(answer)
        if not isinstance(answer, Mapping):
            return False
        return any(self._holds_for(answer[adult]) for adult in (APPLICANT, CO_APPLICANT) if adult in answer)

    def triggers(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Give the questions whose tests made the condition hold, in the order of its text; none if it does not."""
        return (self.question,) if self.holds(answers) else ()

    def to_wire(self) -> dict[str, Any]:
        """Give the form that the website evaluates: `question`, `part`, `adult`, `relation`, `values`."""
        return {
            "question": self.question,
            "part": self.part,
            "adult": self.adult,
            "relation": self.relation.value,
            "values": list(self.values),
        }

    def __str__(self) -> str:
        """Write the test as it stands in a question set."""
        values = ", ".join(str(value) for value in self.values)
        listed = f"[{values}]" if self.relation in LISTINGS else values
        return f"{'any adult ' if self.adult else ''}{self.subject} {self.relation} {listed}"

    def _holds_for(self, answer: Any) -> bool:
        if self.part == COUNT:
            return isinstance(answer, list | tuple) and self._compares(len(answer))
        if self.part is not None:
            return isinstance(answer, Mapping) and self.part in answer and self._compares(answer[self.part])
        return self._compares(answer)

    def _compares(self, value: Any) -> bool:
        match self.relation:
            case Relation.EQUAL | Relation.IN:
                return any(_same(value, each) for each in self.values)
            case Relation.UNEQUAL:
                return _plain(value) and not _same(value, self.values[0])
            case Relation.ANY | Relation.NOT_ANY:
                if not isinstance(value, list | tuple) or not value:
                    return False
                met = any(_same(item, each) for item in value for each in self.values)
                return met is (self.relation is Relation.ANY)
            case _:
                return _number(value) and _ORDER[self.relation](value, int(self.values[0]))


@dataclass(frozen=True, slots=True)
class All:
    """A condition that holds when every part of it holds (`and`)."""

    parts: "tuple[Condition, ...]"

    def comparisons(self) -> "Iterator[Comparison]":
        """Give every comparison of the condition, in the order of its text."""
        for part in self.parts:
            yield from part.comparisons()

    def names(self) -> frozenset[str]:
        """Give the names of the questions that the condition speaks of."""
        return frozenset[str]().union(*(part.names() for part in self.parts))

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Say whether the condition holds for `answers` (question name to wire form); never raises."""
        return all(part.holds(answers) for part in self.parts)

    def triggers(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Give the questions whose tests made the condition hold, in the order of its text; none if it does not."""
        return _together(self.parts, answers) if self.holds(answers) else ()

    def to_wire(self) -> dict[str, Any]:
        """Give the form that the website evaluates: `{"all": [...]}`."""
        return {"all": [part.to_wire() for part in self.parts]}

    def __str__(self) -> str:
        """Write the condition as it stands in a question set."""
        return " and ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """A condition that holds when at least one part of it holds (`or`)."""

    parts: "tuple[Condition, ...]"

    def comparisons(self) -> "Iterator[Comparison]":
        """Give every comparison of the condition, in the order of its text."""
        for part in self.parts:
            yield from part.comparisons()

    def names(self) -> frozenset[str]:
        """Give the names of the questions that the condition speaks of."""
        return frozenset[str]().union(*(part.names() for part in self.parts))

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Say whether the condition holds for `answers` (question name to wire form); never raises."""
        return any(part.holds(answers) for part in self.parts)

    def triggers(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Give the questions whose tests made the condition hold, in the order of its text; none if it does not."""
        return _together(self.parts, answers)

    def to_wire(self) -> dict[str, Any]:
        """Give the form that the website evaluates: `{"any": [...]}`."""
        return {"any": [part.to_wire() for part in self.parts]}

    def __str__(self) -> str:
        """Write the condition as it stands in a question set."""
        return " or ".join(str(part) for part in self.parts)


type Condition = Comparison | All | Either


def parse(text: str) -> Condition:
    """Read a condition; `QuestionSetBrokenError` says what was expected and where."""
    return _Reader(text).condition()


class _Reader:
    """Reads the tokens of one text from left to right; one method per rule of the grammar."""

    def __init__(self, text: str) -> None:
        self._tokens = tuple(_tokens(text))
        self._next = 0
        self._depth = 0

    def condition(self) -> Condition:
        found = self._either()
        if self._peek() is not None:
            raise self._fault("`and`, `or` or the end")
        return found

    def _either(self) -> Condition:
        parts = [self._all()]
        while self._took("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self) -> Condition:
        parts = [self._term()]
        while self._took("and"):
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _term(self) -> Condition:
        if not self._took("("):
            return self._comparison()
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._fault(f"at most {DEEPEST} parentheses inside each other", back=1)
        inside = self._either()
        self._take(")")
        self._depth -= 1
        return inside

    def _comparison(self) -> Comparison:
        adult = self._took("any")
        if adult:
            self._take("adult")
        question, _, part = self._word("a question's name", _SUBJECT).partition(".")
        if question in RESERVED:
            raise self._fault("a question's name", back=1)
        relation = self._relation()
        return Comparison(question, relation, self._values(relation), part or None, adult)

    def _relation(self) -> Relation:
        found = self._peek()
        if found == "not":
            self._next += 1
            found = f"not {self._peek()}"
        if found not in _RELATIONS:
            raise self._fault("a relation")
        self._next += 1
        return _RELATIONS[found]

    def _values(self, relation: Relation) -> tuple[Literal, ...]:
        if relation in ORDERINGS:
            return (int(self._word("a whole number", _NUMBER)),)
        if relation not in LISTINGS:
            return (self._value(),)
        self._take("[")
        values = [self._value()]
        while self._took(","):
            values.append(self._value())
        self._take("]")
        return tuple(values)

    def _value(self) -> Literal:
        word = self._word("a choice code or a whole number", _VALUE)
        return int(word) if _NUMBER.fullmatch(word) else word

    def _word(self, expected: str, pattern: re.Pattern[str]) -> str:
        word = self._peek()
        if word is None or not pattern.fullmatch(word):
            raise self._fault(expected)
        self._next += 1
        return word

    def _take(self, token: str) -> None:
        if not self._took(token):
            raise self._fault(f"`{token}`")

    def _took(self, token: str) -> bool:
        met = self._peek() == token
        self._next += met
        return met

    def _peek(self) -> str | None:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else None

    def _fault(self, expected: str, *, back: int = 0) -> QuestionSetBrokenError:
        place = self._next - back
        if place < len(self._tokens):
            token, column = self._tokens[place]
            return QuestionSetBrokenError(f"expected {expected}, found `{token}` at character {column}")
        return QuestionSetBrokenError(f"expected {expected}, found the end")


_TOKEN = re.compile(
    r"\s*(?:([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)?|-?[0-9]+|==|!=|<=|>=|[<>()\[\],])|(\S))", re.ASCII
)
_SUBJECT = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)?", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_VALUE = re.compile(r"-?[0-9]{1,9}|[A-Za-z][A-Za-z0-9]*", re.ASCII)
_RELATIONS = {relation.value: relation for relation in Relation}


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    for found in _TOKEN.finditer(text):
        token, stray = found.groups()
        if token is None:
            message = f"unreadable `{stray}` at character {found.start(2) + 1}"
            raise QuestionSetBrokenError(message)
        yield token, found.start(1) + 1


def _together(parts: tuple[Condition, ...], answers: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.triggers(answers)))


def _same(value: Any, literal: Literal) -> bool:
    # `True == 1` in Python: an answer `true` must never meet the number 1.
    return _plain(value) and isinstance(value, str) is isinstance(literal, str) and value == literal


def _plain(value: Any) -> bool:
    return isinstance(value, str) or _number(value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
