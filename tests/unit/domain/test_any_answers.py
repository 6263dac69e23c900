"""Any answers at all: a letter that reads back, or faults at exactly the wrong fields; and never much more work."""

import gc
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.answers import for_recipient, validate
from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import FamiljehemError, InvalidAnswersError
from familjehem.domain.letter import Letter
from familjehem.domain.question_set import AnswerType, Question, View, current
from tests.builders import (
    EVERY_ANSWER,
    TODAY,
    UNDER_AGE_IDENTITY_NUMBER,
    every_extended_question,
    family_answers,
    letter,
)

EXTENDED = every_extended_question()
EVERYTHING = [one.value for one in Assignment]
QUESTIONS = {question.name: question for question in current().questions if question.name in EVERY_ANSWER}

type Fault = tuple[str, str]
type Spoiled = tuple[Any, Fault]
"""A wrong answer, with the rest of the pointer (after the question's name) and the code that it must get."""

# ---------------------------------------------------------------- families, good in every way

FREE = {
    question.name: st.sampled_from([choice.code for choice in question.choices])
    for question in QUESTIONS.values()
    if question.type is AnswerType.SINGLE and not question.per_adult
}


@st.composite
def families(draw: st.DrawFn) -> tuple[dict[str, Any], frozenset[str], int]:
    """Give what a family sends that chooses freely, the questions switched on, and how many recipients it chose."""
    extended = draw(st.frozensets(st.sampled_from(sorted(EXTENDED))))
    recipients = draw(st.integers(1, 5))
    sent = family_answers(
        extended=extended,
        recipients=recipients,
        assignments=draw(st.lists(st.sampled_from(EVERYTHING), unique=True, min_size=1)),
        where_shown={
            **draw(st.fixed_dictionaries(FREE)),
            "children": draw(st.sampled_from([[], EVERY_ANSWER["children"]])),
            "otherAdults": draw(st.integers(0, 2)),
        },
    )
    return sent, extended, recipients


STORED_IN_ANOTHER_FORM: Mapping[str, Any] = {
    "identityNumber": "191212121212",
    "coApplicantIdentityNumber": "189001019802",
    "mobile": "+46701740605",
    "coApplicantMobile": "+46701740606",
    "address": {**EVERY_ANSWER["address"], "postalCode": "55316"},
    "referees": [{**EVERY_ANSWER["referees"][0], "phone": "+46701740607"}],
}


@given(families())
def test_good_answers_become_a_letter_that_reads_back_to_the_same_answers(
    family: tuple[dict[str, Any], frozenset[str], int],
) -> None:
    # given a family that answers whatever is asked of it
    sent, extended, recipients = family
    # when its answers are judged, cut for a recipient that asks everything of it, and read back from their bytes
    answers = validate(current(), sent, extended=extended, recipients=recipients, today=TODAY)
    written = letter(answers, extended=extended)
    read = Letter.from_json(written.to_json())
    # then the letter is the same, and says what was sent, each answer in its one form, but for what is never delivered
    assert read == written
    assert read.answers == {
        name: STORED_IN_ANOTHER_FORM.get(name, value)
        for name, value in sent.items()
        if QUESTIONS[name].view is not View.NOT_DELIVERED
    }
    assert for_recipient(current(), read.answers, extended) == read.answers


# ---------------------------------------------------------------- families with known mistakes

NO_CODE = "ingenSådan"


def _whole(question: Question, good: Any) -> Iterator[Spoiled]:
    """Give wrong answers of one person, and the fault of each."""
    match question.type:
        case AnswerType.SINGLE:
            yield from ((3, ("", "wrongType")), ([], ("", "wrongType")), (NO_CODE, ("", "unknownChoice")))
        case AnswerType.MULTI | AnswerType.LANGUAGES:
            unknown = "unknownChoice" if question.type is AnswerType.MULTI else "unknownLanguage"
            most = question.most or len(question.codes)
            yield from ((NO_CODE, ("", "wrongType")), ([NO_CODE], ("/0", unknown)), ([7], ("/0", "wrongType")))
            yield [good[0]] * (most + 1), ("", "tooMany")
            if most > 1:
                yield [good[0], good[0]], ("/1", "repeated")
                yield [good[0], NO_CODE], ("/1", unknown)
            if most > 1 and question.exclusive:
                one = min(question.exclusive)
                yield [one, min(question.codes - question.exclusive)], ("", "exclusive")
        case AnswerType.NUMBER:
            assert question.minimum is not None
            assert question.maximum is not None
            yield from (("2", ("", "wrongType")), (True, ("", "wrongType")), (1.0, ("", "wrongType")))
            yield from ((question.minimum - 1, ("", "outOfRange")), (question.maximum + 1, ("", "outOfRange")))
        case AnswerType.CONFIRM:
            yield from ((False, ("", "required")), (1, ("", "wrongType")), ("yes", ("", "wrongType")))
        case AnswerType.TEXT:
            assert question.longest is not None
            yield from ((7, ("", "wrongType")), ("x" * (question.longest + 1), ("", "tooLong")))
            yield "ett\x00två", ("", "unallowedCharacters")
        case AnswerType.IDENTITY_NUMBER:
            yield from ((191212121212, ("", "wrongType")), ("19121212-1213", ("", "invalidIdentityNumber")))
            yield UNDER_AGE_IDENTITY_NUMBER, ("", "underAge")
        case AnswerType.PHONE:
            yield from ((112, ("", "wrongType")), ("112", ("", "invalidPhone")))
        case AnswerType.EMAIL:
            yield from ((112, ("", "wrongType")), ("prov@localhost", ("", "invalidEmail")))
        case AnswerType.MUNICIPALITY:
            yield from ((680, ("", "wrongType")), ("9999", ("", "unknownMunicipality")))
        case AnswerType.INTERPRETER:
            yield from (("no", ("", "wrongType")), ({}, ("/needed", "required")))
            yield {"needed": NO_CODE}, ("/needed", "unknownChoice")
            yield {"needed": "yes"}, ("/language", "required")
            yield {"needed": "yes", "language": NO_CODE}, ("/language", "unknownLanguage")
            yield {"needed": "no", "language": "ar"}, ("/language", "notShown")
            yield {**good, "dialect": "x"}, ("", "unknownQuestion")
        case AnswerType.ADDRESS:
            yield from (("Provgatan 1", ("", "wrongType")), ({**good, "country": "x"}, ("", "unknownQuestion")))
            yield {**good, "postalCode": "0531"}, ("/postalCode", "invalidPostalCode")
            yield {**good, "city": 7}, ("/city", "wrongType")
            yield {**good, "city": " "}, ("/city", "required")
        case AnswerType.GROUP:
            yield from (({}, ("", "wrongType")), ([7], ("/0", "wrongType")))
            yield [EVERY_ANSWER[question.name][0]] * ((question.most or 20) + 1), ("", "tooMany")
            for member in question.members:
                yield [{**EVERY_ANSWER[question.name][0], member.name: []}], (f"/0/{member.name}", "wrongType")
        case _:
            pytest.fail(f"no wrong answers are known for {question.type}")


def spoiled(question: Question, good: Any) -> list[Spoiled]:
    """Give wrong answers to a question that is shown; they do not change what is asked of anybody."""
    if not question.per_adult:
        return list(_whole(question, good))
    return [
        (7, ("", "wrongType")),
        ({**good, "cat": good["applicant"]}, ("", "unknownQuestion")),
        *(
            ({**good, "applicant": value}, (f"/applicant{place}", code))
            for value, (place, code) in _whole(question, good["applicant"])
        ),
    ]


def surely_not_asked(sent: dict[str, Any], extended: frozenset[str]) -> list[str]:
    """Give the questions that no answer could show, since they belong to no chosen assignment or were not switched on."""
    chosen = {Assignment(code) for code in sent["assignments"]}
    return [
        question.name
        for question in QUESTIONS.values()
        if not question.assignments & chosen or not (question.core_for & chosen or question.name in extended)
    ]


@given(st.data(), families())
def test_wrong_answers_are_pointed_at_exactly_and_nothing_else_is(
    data: st.DataObject, family: tuple[dict[str, Any], frozenset[str], int]
) -> None:
    # given a good application, in which some answers are spoiled, some left out, and some were never asked for
    sent, extended, recipients = family
    expected: list[Fault] = []
    spoilable = sorted(sent.keys() - {"assignments"})
    for name in data.draw(st.lists(st.sampled_from(spoilable), unique=True, max_size=8), label="wrong"):
        question = QUESTIONS[name]
        wrong = spoiled(question, sent[name])
        # what rests on an answer in doubt is not demanded: only questions that are always shown are left out here
        if question.required and question.shown_when is None and data.draw(st.integers(0, 4)) == 0:
            del sent[name]
            expected.append((f"/answers/{name}", "required"))
        else:
            sent[name], (place, code) = data.draw(st.sampled_from(wrong), label=name)
            expected.append((f"/answers/{name}{place}", code))
    strangers = surely_not_asked(sent, extended)
    for name in data.draw(st.lists(st.sampled_from(strangers), unique=True, max_size=2)) if strangers else ():
        sent[name] = EVERY_ANSWER[name]
        expected.append((f"/answers/{name}", "notShown"))
    if data.draw(st.booleans(), label="unknown"):
        sent[data.draw(st.text(max_size=5).filter(lambda text: text not in QUESTIONS))] = "x"
        expected.append(("/answers", "unknownQuestion"))
    # when it is judged
    try:
        validate(current(), sent, extended=extended, recipients=recipients, today=TODAY)
        found = []
    except InvalidAnswersError as refusal:
        found = [(fault.pointer, fault.code) for fault in refusal.errors]
    # then the faults are those and no others, in the order of the catalogue
    assert sorted(found) == sorted(expected)
    order = {name: place for place, name in enumerate(QUESTIONS)}
    places = [order.get(pointer.split("/")[2]) if pointer != "/answers" else len(order) for pointer, _ in found]
    assert places == sorted(places)


def test_every_kind_of_answer_can_be_spoiled_in_some_way() -> None:
    everything = family_answers(extended=EXTENDED, recipients=2, assignments=EVERYTHING)
    assert everything.keys() == QUESTIONS.keys()
    for name, question in QUESTIONS.items():
        # given each wrong answer by itself, where all that it hides or shows is in doubt, then it is told alone
        for value, (place, code) in spoiled(question, everything[name]) if name != "assignments" else ():
            with pytest.raises(InvalidAnswersError) as refusal:
                validate(current(), {**everything, name: value}, extended=EXTENDED, recipients=2, today=TODAY)
            found = [(fault.pointer, fault.code) for fault in refusal.value.errors]
            assert found == [(f"/answers/{name}{place}", code)], (name, value)


# ---------------------------------------------------------------- work

_COUNTER = 4
"""A tool id of `sys.monitoring` that neither debuggers nor coverage nor profilers use."""
MOST = 50
"""No input is more than so many times the work of a usual family."""


def work_of(sent: Mapping[str, Any], extended: frozenset[str] = EXTENDED, recipients: int = 5) -> int:
    """Judge what was sent, whatever the outcome, and count the work.

    Every instruction of Python counts one, and every call as much as the first thing handed to it is long, since C
    reads it where nobody can count. No clock: the figure is the same on every machine, however busy.
    """
    work = [0]
    events = sys.monitoring.events

    def instruction(*_: object) -> None:
        work[0] += 1

    def call(_code: object, _offset: int, _function: object, first: object) -> None:
        if isinstance(first, str | list | dict):
            work[0] += len(first)

    sys.monitoring.use_tool_id(_COUNTER, "work")
    gc.disable()
    try:
        sys.monitoring.register_callback(_COUNTER, events.INSTRUCTION, instruction)
        sys.monitoring.register_callback(_COUNTER, events.CALL, call)
        sys.monitoring.set_events(_COUNTER, events.INSTRUCTION | events.CALL)
        with suppress(FamiljehemError):
            validate(current(), sent, extended=extended, recipients=recipients, today=TODAY)
    finally:
        gc.enable()
        sys.monitoring.set_events(_COUNTER, events.NO_EVENTS)
        sys.monitoring.free_tool_id(_COUNTER)
    return work[0]


@cache
def usual_work() -> float:
    """Give the median over families of every assignment, with few and many questions; what is kept once is kept."""
    kinds = [
        (family_answers(extended=extended, recipients=recipients, assignments=[assignment]), extended, recipients)
        for assignment in EVERYTHING
        for extended in (frozenset[str](), EXTENDED)
        for recipients in (1, 5)
    ]
    for kind in kinds:
        work_of(*kind)
    return statistics.median(work_of(*kind) for kind in kinds)


def _everywhere(kind: AnswerType, value: Callable[[Question], Any]) -> dict[str, Any]:
    """Give `value` of every question of one kind."""
    return {name: value(question) for name, question in QUESTIONS.items() if question.type is kind}


IDEOGRAPHS = "".join(map(chr, range(0x4E00, 0x4E00 + 20_000)))
HEAVY: Mapping[str, Mapping[str, Any]] = {
    "texts of spaces that cannot be printed": _everywhere(
        AnswerType.TEXT, lambda one: "\u00a0" * 4 * (one.longest or 0)
    ),
    "texts that compose slowly": _everywhere(AnswerType.TEXT, lambda one: "a\u0316\u0301" * (one.longest or 0)),
    "a text of line breaks": {"motive": "\n" * 3400},
    "texts far too long": _everywhere(AnswerType.TEXT, lambda _: "x" * 5_000),
    "an address of one long label": {"email": f"p@{IDEOGRAPHS[:240]}"},
    "an address of long labels": {"email": f"p@{'.'.join(IDEOGRAPHS[at : at + 60] for at in range(0, 240, 60))}"},
    "an address that grows when it is encoded": {"email": f"p@{'\ufdfa' * 250}"},
    "an address far too long": {"email": "x" * 60_000},
    "an address of points": {"email": f"p@{'.' * 250}"},
    "numbers of spaces": {"identityNumber": " " * 30_000, "coApplicantIdentityNumber": "\u00a0" * 30_000},
    "telephone numbers of brackets": {"mobile": "(0)" * 13, "coApplicantMobile": "(" * 60_000},
    "a number of many figures": {"places": 10**4000},
    "many unknown names": {f"{number}": 0 for number in range(8_000)},
    "long lists": {"animals": ["dog"] * 8_000, "children": [{}] * 8_000, "spokenLanguages": ["sv"] * 8_000},
    "items with many parts": {"children": [{f"{number}": 0 for number in range(500)}] * 15},
    "nothing": dict.fromkeys(EVERY_ANSWER),
}


@pytest.mark.parametrize("changes", HEAVY.values(), ids=HEAVY)
def test_what_was_made_to_be_slow_is_judged_with_little_more_work_than_a_family(changes: Mapping[str, Any]) -> None:
    everything = family_answers(extended=EXTENDED, recipients=5, assignments=EVERYTHING)
    assert work_of({**everything, **changes}) <= MOST * usual_work()


LONG = st.builds(lambda text, times: text * times, st.text(max_size=4), st.sampled_from([1, 16, 250, 4_000]))
HEAVY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | LONG | LONG.map(lambda text: f"p@{text}"),
    lambda inside: (
        st.builds(lambda items, times: items * times, st.lists(inside, max_size=2), st.sampled_from([1, 20, 500]))
        | st.dictionaries(
            st.sampled_from(["applicant", "coApplicant", "street", "postalCode", "city", "birthYear", "needed"]),
            inside,
            max_size=3,
        )
    ),
    max_leaves=4,
)


@given(
    changes=st.dictionaries(st.sampled_from(sorted(QUESTIONS)) | st.text(max_size=5), HEAVY_JSON, max_size=4),
    assignments=st.lists(st.sampled_from(EVERYTHING), unique=True, min_size=1),
)
def test_no_input_is_more_than_fifty_times_the_work_of_a_family(
    changes: dict[str, Any], assignments: list[str]
) -> None:
    sent = {**family_answers(extended=EXTENDED, recipients=5, assignments=assignments), **changes}
    assert work_of(sent) <= MOST * usual_work()


def test_the_work_is_counted_and_not_timed() -> None:
    # given the same family twice, and one with a text ten times as long
    family = family_answers()
    usual_work()
    first, again = work_of(family), work_of(family)
    longer = work_of({**family, "motive": "x" * 500})
    # then the count is the same, and tells the difference
    assert first == again
    assert longer > first
