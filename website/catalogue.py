"""The texts that the domain owns, in Swedish, by the keys under which other languages translate them."""

from collections.abc import Iterator
from typing import Final

from familjehem.domain import question_set
from familjehem.domain import texts as messages
from familjehem.domain.question import Choice, Option, Question, QuestionSet, Statement

FORM: Final = ("section.", "language.", "question.")
"""What the keys of the application form begin with."""


def texts() -> dict[str, str]:
    """Give every text of the domain by its key."""
    current = question_set.current()
    return dict((*_of_form(current), *_of_self_test(current), *_of_problems()))


def slugs() -> tuple[str, ...]:
    """Give every problem type that an answer of the API can name."""
    return tuple(sorted({key.split(".")[1] for key in messages.catalogue() if key.startswith("problem.")}))


def option_key(statement: Statement, option: Option) -> str:
    """Give the key of an option's text: that of the common scale unless the statement has options of its own."""
    return f"scale.{option.code}" if _has_scale(statement) else f"statement.{statement.name}.option.{option.code}"


def choice_key(place: str, choice: Choice) -> str:
    """Give the key of a choice's label at `place`, such as `question.smoking`; `talk` is one for all questions."""
    return "question.talk" if choice.code == question_set.TALK else f"{place}.choice.{choice.code}"


def _of_form(current: QuestionSet) -> Iterator[tuple[str, str]]:
    for section in current.sections:
        yield f"section.{section.name}", section.label
    for language in current.languages:
        yield f"language.{language.code}", language.label
    yield "question.talk", current.talk.label
    for question in current.questions:
        yield from _of_question(question)


def _of_question(question: Question) -> Iterator[tuple[str, str]]:
    place = f"question.{question.name}"
    yield f"{place}.label", question.label
    if question.help is not None:
        yield f"{place}.help", question.help
    yield from _of_choices(place, question.choices)
    for member in question.members:
        yield f"{place}.member.{member.name}.label", member.label
        yield from _of_choices(f"{place}.member.{member.name}", member.choices)


def _of_choices(place: str, choices: tuple[Choice, ...]) -> Iterator[tuple[str, str]]:
    for choice in choices:
        yield choice_key(place, choice), choice.label


def _of_self_test(current: QuestionSet) -> Iterator[tuple[str, str]]:
    for statement in current.statements:
        place = f"statement.{statement.name}"
        yield f"{place}.theme", statement.theme
        yield f"{place}.text", statement.text
        yield f"{place}.strength", statement.feedback_high
        yield f"{place}.low", statement.feedback_low
        for option in statement.options:
            yield option_key(statement, option), option.text
    for level in current.levels:
        yield f"level.{level.name}.heading", level.heading
        yield f"level.{level.name}.text", level.text


def _of_problems() -> Iterator[tuple[str, str]]:
    for slug in slugs():
        for part in ("title", "detail"):
            yield f"problem.{slug}.{part}", messages.text(f"problem.{slug}.{part}")


def _has_scale(statement: Statement) -> bool:
    return [option.code for option in statement.options] == ["full", "mostly", "unsure", "no"]
