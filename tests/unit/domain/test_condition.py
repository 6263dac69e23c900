import json
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.condition import (
    LISTINGS,
    ORDERINGS,
    RESERVED,
    All,
    Comparison,
    Condition,
    Either,
    Relation,
    parse,
)
from familjehem.domain.errors import QuestionSetBrokenError

VECTORS = json.loads(Path(__file__).with_name("condition_vectors.json").read_text(encoding="utf-8"))

NAMES = st.sampled_from(["a", "b", "children", "interpreter", "health"])
CODES = st.sampled_from(["x", "yes", "no", "any", "in", "talk"])
NUMBERS = st.integers(-5, 20)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.integers() | st.floats() | CODES | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.sampled_from(["applicant", "coApplicant", "needed", "count"]) | st.text(max_size=3), inside, max_size=4
        )
    ),
    max_leaves=8,
)
ANSWERS = st.dictionaries(NAMES, JSON, max_size=5)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    relation = draw(st.sampled_from(list(Relation)))
    if relation in ORDERINGS:
        values: tuple[Any, ...] = (draw(NUMBERS),)
    elif relation in LISTINGS:
        values = tuple(draw(st.lists(CODES | NUMBERS, min_size=1, max_size=3)))
    else:
        values = (draw(CODES | NUMBERS),)
    part = draw(st.sampled_from([None, None, "count", "needed"]))
    return Comparison(draw(NAMES), relation, values, part, draw(st.booleans()))


def _joined(inside: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inside, min_size=2, max_size=3).map(tuple)
    return parts.map(All) | parts.map(Either)


CONDITIONS = st.recursive(comparisons(), _joined, max_leaves=6)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['condition']} for {vector['answers']}")
def test_holds_as_the_vectors_say(vector: dict[str, Any]) -> None:
    assert parse(vector["condition"]).holds(vector["answers"]) is vector["holds"]


def test_every_relation_is_in_the_vectors_with_both_outcomes() -> None:
    met = {(test.relation, vector["holds"]) for vector in VECTORS for test in parse(vector["condition"]).comparisons()}
    assert met == {(relation, holds) for relation in Relation for holds in (True, False)}


@given(CONDITIONS)
def test_a_test_on_a_question_that_was_not_answered_is_false(condition: Condition) -> None:
    assert condition.holds({}) is False
    assert condition.triggers({}) == ()


@given(CONDITIONS, ANSWERS)
def test_evaluation_never_raises_and_triggers_agree(condition: Condition, answers: dict[str, Any]) -> None:
    holds = condition.holds(answers)
    triggers = condition.triggers(answers)
    assert holds is bool(triggers)
    assert set(triggers) <= condition.names() & answers.keys()
    assert len(set(triggers)) == len(triggers)


@given(CONDITIONS, ANSWERS)
def test_what_triggered_a_condition_is_enough_to_make_it_hold(condition: Condition, answers: dict[str, Any]) -> None:
    only = {name: answers[name] for name in condition.triggers(answers)}
    assert condition.holds(only) is condition.holds(answers)


@given(CONDITIONS, ANSWERS)
def test_a_condition_written_and_read_again_says_the_same(condition: Condition, answers: dict[str, Any]) -> None:
    again = parse(str(condition))
    assert str(again) == str(parse(str(again)))
    assert again.holds(answers) is condition.holds(answers)
    assert again.names() == condition.names()


# ---------------------------------------------------------------- against a naive reference


def _numeric(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _equals(value: Any, literal: str | int) -> bool:
    return (type(value) is str or _numeric(value)) and type(value) is not bool and value == literal


def _meets(answer: Any, part: str | None, relation: str, values: list[Any]) -> bool:
    """Say whether one answer meets one test, as `docs/question-sets.md` tells it and as slowly as one likes."""
    if part == "count":
        if type(answer) is not list:
            return False
        answer = len(answer)
    elif part is not None:
        if type(answer) is not dict or part not in answer:
            return False
        answer = answer[part]
    if relation in {"any", "not any"}:
        if type(answer) is not list or len(answer) == 0:
            return False
        common = [item for item in answer if [value for value in values if _equals(item, value)]]
        return (len(common) > 0) == (relation == "any")
    if relation == "in":
        return len([value for value in values if _equals(answer, value)]) > 0
    (bound,) = values
    if relation == "==":
        return _equals(answer, bound)
    if relation == "!=":
        return (type(answer) is str or _numeric(answer)) and not _equals(answer, bound)
    if not _numeric(answer):
        return False
    smaller, greater = answer < bound, answer > bound
    return {
        "<": smaller,
        "<=": smaller or answer == bound,
        ">": greater,
        ">=": greater or answer == bound,
    }[relation]


def _true(test: Comparison, answers: dict[str, Any]) -> bool:
    if test.question not in answers:
        return False
    answer = answers[test.question]
    given_by = [answer]
    if test.adult:
        given_by = (
            [answer[who] for who in ("applicant", "coApplicant") if who in answer] if type(answer) is dict else []
        )
    return any(_meets(each, test.part, test.relation.value, list(test.values)) for each in given_by)


def _text_and_truth(draw: st.DrawFn, answers: dict[str, Any], depth: int) -> tuple[str, bool]:
    """Write alternatives of tests that must hold together, and work out by the way what they come to."""
    written: list[str] = []
    alternatives: list[bool] = []
    for _ in range(draw(st.integers(1, 3))):
        texts: list[str] = []
        truths: list[bool] = []
        for _ in range(draw(st.integers(1, 3))):
            if depth and draw(st.integers(0, 3)) == 0:
                text, truth = _text_and_truth(draw, answers, depth - 1)
                text = f"({text})"
            else:
                test = draw(comparisons())
                text, truth = str(test), _true(test, answers)
            texts.append(text)
            truths.append(truth)
        written.append(" and ".join(texts))
        alternatives.append(False not in truths)
    return " or ".join(written), True in alternatives


@st.composite
def told_conditions(draw: st.DrawFn) -> tuple[str, dict[str, Any], bool]:
    answers = draw(ANSWERS)
    text, truth = _text_and_truth(draw, answers, depth=3)
    return text, answers, truth


@given(told_conditions())
def test_the_evaluator_equals_a_naive_reference(told: tuple[str, dict[str, Any], bool]) -> None:
    text, answers, truth = told
    assert parse(text).holds(answers) is truth


@pytest.mark.parametrize("relation", Relation)
def test_every_relation_equals_the_reference_on_every_kind_of_answer(relation: Relation) -> None:
    kinds: list[Any] = [-1, 0, 1, 2, 0.5, 1.0, True, False, None, "1", "x", "", [], [1], ["x", 2], [True], {"a": 1}]
    bounds: list[Any] = [0, 1] if relation in ORDERINGS else [0, 1, "x", "y"]
    for answer, bound, part, adult in product(kinds, bounds, (None, "count", "needed"), (False, True)):
        # given an answer as it may be sent, to a question of all or of each adult
        test = Comparison("a", relation, (bound,), part, adult)
        inside = {"needed": answer} if part == "needed" else answer
        for answers in ({"a": inside}, {"a": {"coApplicant": inside}}, {"a": {"applicant": 5, "cat": inside}}):
            # then both say the same
            assert test.holds(answers) is _true(test, answers), (str(test), answers)


@given(CONDITIONS)
def test_the_wire_form_is_json_and_holds_every_question(condition: Condition) -> None:
    def names(wire: dict[str, Any]) -> set[str]:
        if "question" in wire:
            assert set(wire) == {"question", "part", "adult", "relation", "values"}
            return {wire["question"]}
        (parts,) = wire.values()
        return set().union(*map(names, parts))

    wire = json.loads(json.dumps(condition.to_wire()))
    assert names(wire) == condition.names()


def test_a_value_nested_beyond_measure_is_only_false() -> None:
    value: Any = "x"
    for _ in range(100_000):
        value = [value]
    assert not parse("a == x or a any [x] or a.needed == x or any adult a == x").holds({"a": value})


@pytest.mark.parametrize(
    "text",
    [
        "a == x and (b == x or c == x) and d == x",
        "(a == x or b == x) and any adult health != good",
        "a == x or b == x and c not any [x, y]",
        "children.count >= 2 and interpreter.needed in [yes]",
    ],
)
def test_a_condition_is_written_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text


def test_triggers_name_only_what_held_in_the_order_of_the_text() -> None:
    condition = parse("d == x or c == x and b == x or a any [x] and d != y")
    answers = {"a": ["x"], "b": "x", "c": "no", "d": "z"}
    assert condition.triggers(answers) == ("a", "d")


def test_the_wire_form_of_a_whole_condition() -> None:
    condition = parse("applicants in [partner] or (children.count > 0 and any adult health != good)")
    assert condition.to_wire() == {
        "any": [
            {"question": "applicants", "part": None, "adult": False, "relation": "in", "values": ["partner"]},
            {
                "all": [
                    {"question": "children", "part": "count", "adult": False, "relation": ">", "values": [0]},
                    {"question": "health", "part": None, "adult": True, "relation": "!=", "values": ["good"]},
                ]
            },
        ]
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a question's name, found the end"),
        ("a", "expected a relation, found the end"),
        ("a = x", "unreadable `=` at character 3"),
        ("a == ", "expected a choice code or a whole number, found the end"),
        ("a == x y", "expected `and`, `or` or the end, found `y` at character 8"),
        ("a == x or", "expected a question's name, found the end"),
        ("a in x", "expected `[`, found `x` at character 6"),
        ("a in []", "expected a choice code or a whole number, found `]` at character 7"),
        ("a in [x", "expected `]`, found the end"),
        ("a in [x,]", "expected a choice code or a whole number, found `]` at character 9"),
        ("a > x", "expected a whole number, found `x` at character 5"),
        ("a > 1.5", "unreadable `.` at character 6"),
        ("a > 12345678901", "expected a whole number, found `12345678901` at character 5"),
        ("a not x", "expected a relation, found `x` at character 7"),
        ("not a == x", "expected a question's name, found `not` at character 1"),
        ("any a == x", "expected `adult`, found `a` at character 5"),
        ("a.b.c == x", "unreadable `.` at character 4"),
        ("å == x", "unreadable `å` at character 1"),
        ("(a == x", "expected `)`, found the end"),
        ("a == x)", "expected `and`, `or` or the end, found `)` at character 7"),
        ("3 == x", "expected a question's name, found `3` at character 1"),
        ("(" * 9 + "a == x" + ")" * 9, "expected at most 8 parentheses inside each other, found `(` at character 9"),
    ],
)
def test_an_unreadable_condition_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(QuestionSetBrokenError) as refusal:
        parse(text)
    assert str(refusal.value) == message


def test_parentheses_that_were_closed_count_no_more() -> None:
    def nested(depth: int) -> str:
        return f"(a == x) and {'(' * depth}a == x{')' * depth}"

    assert parse(nested(8)).holds({"a": "x"})
    with pytest.raises(QuestionSetBrokenError, match="at most 8 parentheses"):
        parse(nested(9))


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_word_of_the_language_is_no_question(word: str) -> None:
    with pytest.raises(QuestionSetBrokenError):
        parse(f"{word} == x")


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(QuestionSetBrokenError):
        parse(text)
