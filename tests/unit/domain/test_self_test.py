"""The self-test gives words, not points; its levels and their borders are those of the catalogue."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import InvalidAnswersError
from familjehem.domain.question_set import current
from familjehem.domain.self_test import Outcome, Tone, statements, take
from tests.builders import self_test_answers

FAMILJEHEM = (Assignment.FAMILJEHEM,)
BY_CODE = {statement.code: statement for statement in current().statements}
POINTS = {statement.name: {one.code: one.points for one in statement.options} for statement in current().statements}


def outcome(*, assignments: Sequence[Assignment] = FAMILJEHEM, **changes: str) -> Outcome:
    """Take the test; `changes` are by display number."""
    named = {BY_CODE[code].name: option for code, option in changes.items()}
    return take(current(), assignments, self_test_answers(*assignments, **named))


def faults(assignments: Sequence[Any], answers: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidAnswersError) as refusal:
        take(current(), assignments, answers)
    return [(fault.pointer, fault.code) for fault in refusal.value.errors]


@pytest.mark.parametrize(
    ("assignment", "count"),
    [
        (Assignment.FAMILJEHEM, 15),
        (Assignment.JOURHEM, 17),
        (Assignment.JOURFAMILJ, 17),
        (Assignment.KONTAKTFAMILJ, 12),
        (Assignment.KONTAKTPERSON, 7),
    ],
)
def test_the_statements_follow_from_the_assignment(assignment: Assignment, count: int) -> None:
    assert len(statements(current(), (assignment,))) == count
    assert len(take(current(), (assignment,), self_test_answers(assignment)).feedback) == count


def test_several_assignments_ask_the_union_once() -> None:
    assert len(statements(current(), tuple(Assignment))) == len(current().statements) == 19


def test_a_good_test_is_told_so_with_its_next_steps() -> None:
    found = outcome()
    assert found.level == "good"
    assert found.heading == "Det här låter som en bra grund"
    assert found.text == current().levels[0].text
    assert found.next_steps[0] == "Fyll i intresseanmälan"
    assert {one.tone for one in found.feedback} == {Tone.STRENGTH}


def test_every_level_leads_on_to_the_application() -> None:
    for level in current().levels:
        assert "Fyll i intresseanmälan" in {step.label for step in level.next_steps}


def _points(total: int, *, keys: int = 2) -> dict[str, str]:
    """Spread `total` points over the 15 statements of familjehem, key statements at `keys` points or more."""
    options = {3: "full", 2: "mostly", 1: "unsure", 0: "no"}
    motives = {3: "child", 2: "experience", 1: "siblings", 0: "income"}
    asked = statements(current(), FAMILJEHEM)
    given = {one.name: (keys if one.key else 0) for one in asked}
    left = total - sum(given.values())
    for one in sorted(asked, key=lambda one: one.key):
        more = min(3 - given[one.name], left)
        given[one.name] += more
        left -= more
    assert left == 0
    return {one.name: (motives if one.name == BY_CODE["T15"].name else options)[given[one.name]] for one in asked}


@pytest.mark.parametrize("total", range(10, 46))
def test_the_level_follows_from_the_points_of_45(total: int) -> None:
    found = take(current(), FAMILJEHEM, _points(total))
    assert found.level == ("good" if total >= 34 else "think" if total >= 22 else "notnow")


@pytest.mark.parametrize(("below", "level"), [(0, "good"), (1, "think")])
def test_who_meets_a_border_exactly_is_above_it(below: int, level: str) -> None:
    # given the twelve statements of kontaktfamilj, and three quarters of their 36 points, or a point less
    asked = statements(current(), (Assignment.KONTAKTFAMILJ,))
    best = {one.name: max(POINTS[one.name].values()) for one in asked}
    left = sum(best.values()) * 3 // 4 - below - 2 * sum(one.key for one in asked)
    given = {one.name: 2 for one in asked if one.key}
    for one in asked:
        if not one.key:
            given[one.name] = min(best[one.name], left)
            left -= given[one.name]
    answers = {
        name: next(code for code, points in POINTS[name].items() if points == wanted) for name, wanted in given.items()
    }
    # then
    assert (sum(best.values()), left) == (36, 0)
    assert take(current(), (Assignment.KONTAKTFAMILJ,), answers).level == level


@pytest.mark.parametrize("total", range(5, 41))
def test_a_key_statement_at_one_point_keeps_a_test_from_being_good(total: int) -> None:
    answers = _points(total, keys=1)
    lowest = min(POINTS[one.name][answers[one.name]] for one in statements(current(), FAMILJEHEM) if one.key)
    if lowest == 1:
        assert take(current(), FAMILJEHEM, answers).level == ("think" if total >= 22 else "notnow")


@pytest.mark.parametrize("key", [one.code for one in current().statements if one.key])
def test_one_key_statement_decides_whatever_the_total(key: str) -> None:
    everything = tuple(Assignment)
    assert outcome(assignments=everything, **{key: "no"}).level == "notnow"
    assert outcome(assignments=everything, **{key: "unsure"}).level == "think"
    assert outcome(assignments=everything, **{key: "mostly"}).level == "good"


@pytest.mark.parametrize("other", [one.code for one in current().statements if not one.key and one.code != "T15"])
def test_no_other_statement_decides_alone(other: str) -> None:
    assert outcome(assignments=tuple(Assignment), **{other: "no"}).level == "good"


def test_a_motive_of_ones_own_is_spoken_about_but_stops_nobody() -> None:
    found = outcome(T15="income")
    assert found.level == "good"
    assert [one.name for one in found.feedback if one.tone is Tone.CONSIDER] == [BY_CODE["T15"].name]


def test_limits_without_violence_takes_the_whole_answer() -> None:
    # given T09, whose feedback is high for `full` alone
    mostly = {one.name: one for one in outcome(T09="mostly").feedback}[BY_CODE["T09"].name]
    full = {one.name: one for one in outcome(T09="full").feedback}[BY_CODE["T09"].name]
    assert (mostly.tone, mostly.text) == (Tone.IMPORTANT, BY_CODE["T09"].feedback_low)
    assert (full.tone, full.text) == (Tone.STRENGTH, BY_CODE["T09"].feedback_high)
    assert mostly.theme == full.theme == BY_CODE["T09"].theme


def test_key_statements_come_first_then_others_then_strengths_each_in_the_order_asked() -> None:
    found = outcome(T11="unsure", T02="no", T14="unsure", T01="no")
    codes = [next(code for code, one in BY_CODE.items() if one.name == told.name) for told in found.feedback]
    assert codes[:4] == ["T02", "T11", "T01", "T14"]
    assert codes[4:] == sorted(codes[4:])
    assert [told.tone for told in found.feedback[:5]] == [
        Tone.IMPORTANT,
        Tone.IMPORTANT,
        Tone.CONSIDER,
        Tone.CONSIDER,
        Tone.STRENGTH,
    ]


def test_every_statement_shown_must_be_answered_and_no_other() -> None:
    answers: dict[str, Any] = self_test_answers(Assignment.KONTAKTPERSON)
    first = next(iter(answers))
    del answers[first]
    answers[BY_CODE["T01"].name] = "full"
    assert sorted(faults(["kontaktperson"], answers)) == sorted(
        [(f"/answers/{first}", "required"), (f"/answers/{BY_CODE['T01'].name}", "notShown")]
    )


@pytest.mark.parametrize(
    ("assignments", "found"),
    [
        ([], [("/assignments", "required")]),
        (["familjehem"] * 6, [("/assignments", "tooMany")]),
        (["familjehem", "adoption"], [("/assignments/1", "unknownChoice")]),
        (["familjehem", 7], [("/assignments/1", "unknownChoice")]),
        (["kontaktperson", "adoption"], [("/assignments/1", "unknownChoice")]),
        (["familjehem", "familjehem"], [("/assignments/1", "repeated")]),
    ],
)
def test_assignments_are_judged_too(assignments: list[Any], found: list[tuple[str, str]]) -> None:
    assert faults(assignments, self_test_answers()) == found


@pytest.mark.parametrize(
    ("option", "code"), [("perhaps", "unknownChoice"), ("", "unknownChoice"), (3, "wrongType"), (None, "wrongType")]
)
def test_an_answer_is_one_of_the_options(option: Any, code: str) -> None:
    name = BY_CODE["T01"].name
    assert faults(["familjehem"], {**self_test_answers(), name: option}) == [(f"/answers/{name}", code)]


def test_an_unknown_statement_is_refused_without_being_repeated() -> None:
    assert faults(["familjehem"], {**self_test_answers(), "housingForm": "full"}) == [("/answers", "unknownQuestion")]


@given(st.data(), st.lists(st.sampled_from(list(Assignment)), unique=True, min_size=1))
def test_the_rules_hold_for_every_test(data: st.DataObject, assignments: list[Assignment]) -> None:
    # given any answers to the statements shown
    asked = statements(current(), assignments)
    answers = {
        one.name: data.draw(st.sampled_from([option.code for option in one.options]), label=one.code) for one in asked
    }
    # when the test is taken
    found = take(current(), assignments, answers)
    # then the level is the one that the catalogue's three rules give
    points = [POINTS[one.name][answers[one.name]] for one in asked]
    keys = [POINTS[one.name][answers[one.name]] for one in asked if one.key]
    share = 100 * sum(points) / (3 * len(asked))
    by_share = "good" if share >= 75 else "think" if share >= 48 else "notnow"
    expected = "notnow" if 0 in keys else "think" if by_share == "good" and 1 in keys else by_share
    assert found.level == expected
    # and a better answer never gives a worse level
    order = ["notnow", "think", "good"]
    for one in asked:
        best = max(one.options, key=lambda option: option.points).code
        better = take(current(), assignments, {**answers, one.name: best})
        assert order.index(better.level) >= order.index(found.level)


@given(
    st.dictionaries(
        st.text(max_size=6) | st.sampled_from(list(POINTS)), st.text(max_size=6) | st.integers() | st.none()
    )
)
def test_any_other_json_is_refused_without_being_repeated(answers: dict[str, Any]) -> None:
    # given any answers at all, and among them none that is good for every statement
    found = faults(["kontaktperson"], answers)
    # then only our own names are pointed at
    assert {pointer for pointer, _ in found} <= {"/answers", *(f"/answers/{name}" for name in POINTS)}
