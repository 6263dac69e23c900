"""The letter without a family: it can be read as any other, and says what it is."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.assignment import Assignment
from familjehem.domain.canary import canary_answers, canary_number
from familjehem.domain.compilation import compile_letter
from familjehem.domain.identifiers import NUMBER_CHARACTERS, canonical
from familjehem.domain.letter import Letter
from familjehem.domain.question_set import current
from familjehem.domain.sorting import card


@given(st.sets(st.sampled_from(Assignment), min_size=1))
def test_it_is_compiled_whatever_the_recipient_recruits_for_and_names_itself(assignments):
    # given
    question_set, wanted = current(), tuple(sorted(assignments))
    answers = canary_answers(question_set, wanted, "0680")
    letter = Letter(
        number=canary_number("ask-1"),
        recipient="0680",
        municipalities=("0680",),
        submitted_at=datetime(2026, 11, 27, 8, tzinfo=UTC),
        question_set=question_set.version,
        assignments=wanted,
        answers=answers,
    )
    # when
    compiled = compile_letter(question_set, Letter.from_json(letter.to_json()))
    # then
    assert "Provbrev från SKR" in repr(compiled.overview)
    assert card(answers).name == "Provbrev från SKR (ingen familj)"


@given(st.text(min_size=1))
def test_its_number_is_the_same_on_every_repeat_and_written_as_numbers_are(onboarding):
    number = canary_number(onboarding)
    assert number == canary_number(onboarding) == canonical(number, NUMBER_CHARACTERS)
