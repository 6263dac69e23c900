"""The self-test: statements answered by somebody who thinks about an assignment, and what the answers suggest.

Nothing is kept and nobody is stopped: the outcome is words, never points.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import FieldError, InvalidAnswersError
from familjehem.domain.question_set import Level, Option, QuestionSet, Statement

GOOD = "good"
THINK = "think"
NOT_NOW = "notnow"


class Tone(StrEnum):
    """How a feedback speaks, in the order in which feedback is given."""

    IMPORTANT = "important"
    """A low answer to a key statement: first, whatever the total."""
    CONSIDER = "consider"
    STRENGTH = "strength"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one answer gives back; `name` and `theme` are the statement's."""

    name: str
    theme: str
    tone: Tone
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a self-test gives back: a level with its words, feedback on every answer, and possible next steps."""

    level: str
    heading: str
    text: str
    feedback: tuple[Feedback, ...]
    next_steps: tuple[str, ...]


def statements(question_set: QuestionSet, assignments: Sequence[Assignment]) -> tuple[Statement, ...]:
    """Give the statements that are asked of somebody who thinks about `assignments`; several give the union."""
    chosen = frozenset(assignments)
    return tuple(one for one in question_set.statements if one.assignments & chosen)


def take(question_set: QuestionSet, assignments: Sequence[Any], answers: Mapping[str, Any]) -> Outcome:
    """Judge a self-test: `assignments` and `answers` (statement name to option code) as they were sent.

    Every statement that is asked must be answered. Raises `InvalidAnswersError` with every fault: `/assignments`
    (`required`), `/assignments/<index>` (`unknownChoice`, `repeated`), `/answers/<name>` (`required`,
    `unknownChoice`, `wrongType`, `notShown`) and `/answers` (`unknownQuestion`). Repeats give the same outcome.
    """
    chosen, faults = _assignments(assignments)
    given: list[tuple[Statement, Option]] = []
    for statement in question_set.statements:
        asked = not chosen or bool(statement.assignments.intersection(chosen))
        found = _answer(statement, answers, asked=asked, demanded=asked and bool(chosen))
        if isinstance(found, FieldError):
            faults.append(found)
        elif found is not None:
            given.append((statement, found))
    if any(name not in {statement.name for statement in question_set.statements} for name in answers):
        faults.append(FieldError("/answers", "unknownQuestion"))
    if faults:
        raise InvalidAnswersError(*faults)
    level = _level(question_set.levels, given)
    feedback = sorted((_feedback(*one) for one in given), key=lambda one: list(Tone).index(one.tone))
    return Outcome(
        level=level.name,
        heading=level.heading,
        text=level.text,
        feedback=tuple(feedback),
        next_steps=tuple(step.label for step in level.next_steps),
    )


def _assignments(sent: Sequence[Any]) -> tuple[list[Assignment], list[FieldError]]:
    chosen: list[Assignment] = []
    faults: list[FieldError] = []
    if not sent:
        faults.append(FieldError("/assignments", "required"))
    elif len(sent) > len(Assignment):
        faults.append(FieldError("/assignments", "tooMany"))
    else:
        for index, code in enumerate(sent):
            if not isinstance(code, str) or code not in list(Assignment):
                faults.append(FieldError(f"/assignments/{index}", "unknownChoice"))
            elif code in chosen:
                faults.append(FieldError(f"/assignments/{index}", "repeated"))
            else:
                chosen.append(Assignment(code))
    return ([] if faults else chosen), faults


def _answer(
    statement: Statement, answers: Mapping[str, Any], *, asked: bool, demanded: bool
) -> Option | FieldError | None:
    pointer = f"/answers/{statement.name}"
    if statement.name not in answers:
        return FieldError(pointer, "required") if demanded else None
    if not asked:
        return FieldError(pointer, "notShown")
    code = answers[statement.name]
    if not isinstance(code, str):
        return FieldError(pointer, "wrongType")
    found = next((option for option in statement.options if option.code == code), None)
    return FieldError(pointer, "unknownChoice") if found is None else found


def _level(levels: Sequence[Level], given: Sequence[tuple[Statement, Option]]) -> Level:
    named = {level.name: level for level in levels}
    keys = [option.points for statement, option in given if statement.key]
    if 0 in keys:
        return named[NOT_NOW]
    points = sum(option.points for _, option in given)
    most = sum(max(option.points for option in statement.options) for statement, _ in given)
    by_share = next(level for level in levels if points >= _exact(level.minimum_share) * most)
    return named[THINK] if by_share.name == GOOD and 1 in keys else by_share


def _exact(share: float) -> Fraction:
    # 0.48 is a hair more or less than 0.48 in binary; whoever meets a border exactly is above it.
    return Fraction(str(share))


def _feedback(statement: Statement, option: Option) -> Feedback:
    if option.points >= statement.high_from:
        return Feedback(statement.name, statement.theme, Tone.STRENGTH, statement.feedback_high)
    tone = Tone.IMPORTANT if statement.key else Tone.CONSIDER
    return Feedback(statement.name, statement.theme, tone, statement.feedback_low)
