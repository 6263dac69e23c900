"""A letter and its card are canonical JSON: the same content is the same bytes, and comes back as it was."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from familjehem.domain.assignment import Assignment
from familjehem.domain.identification import Adult, Identification
from familjehem.domain.letter import LARGEST_LETTER, Card, Letter
from tests.builders import card, every_extended_question, letter, validated

EXTENDED = every_extended_question()


@settings(max_examples=25, deadline=None)
@given(
    extended=st.frozensets(st.sampled_from(sorted(EXTENDED))),
    assignments=st.lists(st.sampled_from([one.value for one in Assignment]), unique=True, min_size=1),
)
def test_a_letter_comes_back_as_it_was(extended: frozenset[str], assignments: list[str]) -> None:
    written = letter(validated(extended=extended, assignments=assignments), extended=extended)
    assert Letter.from_json(written.to_json()) == written


def test_a_card_comes_back_as_it_was() -> None:
    assert Card.from_json(card().to_json()) == card()


def test_a_letter_and_a_card_are_these_bytes_for_ever() -> None:
    # given
    written = letter({"assignments": ["jourhem"], "name": "Åsa"}, municipalities=("0680", "0682"), extended=["smoking"])
    # then
    assert replace(written, answers={"name": "Åsa", "assignments": ["jourhem"]}).to_json().decode() == (
        '{"answers":{"assignments":["jourhem"],"name":"Åsa"},"assignments":["jourhem"],"extendedQuestions":["smoking"],'
        '"format":1,"municipalities":["0680","0682"],"number":"7K3M-9QWX-2B4C","questionSet":"2026-1",'
        '"recipient":"0680","submittedAt":"2026-03-02T13:05:00+00:00"}'
    )
    assert card(name="Åsa").to_json().decode() == (
        '{"bestTime":["afternoon","evening"],"format":1,"name":"Åsa","startWindow":"withinThreeMonths",'
        '"telephone":"+46701740605"}'
    )


def test_the_order_in_which_answers_were_given_leaves_no_trace() -> None:
    written = letter()
    other = letter(dict(reversed(written.answers.items())))
    assert other.to_json() == written.to_json()


@settings(max_examples=25, deadline=None)
@given(
    own=st.frozensets(st.sampled_from(sorted(EXTENDED))),
    others=st.frozensets(st.sampled_from(sorted(EXTENDED))),
    share=st.sampled_from(["yes", "no"]),
    recipients=st.integers(2, 5),
)
def test_letters_to_one_recipient_are_equal_to_the_byte_alone_and_as_one_of_five(
    own: frozenset[str], others: frozenset[str], share: str, recipients: int
) -> None:
    alone = letter(validated(extended=own), extended=own)
    together = validated(extended=own | others, recipients=recipients, shareRecipients=share)
    assert letter(together, extended=own).to_json() == alone.to_json()


def test_a_letter_holds_names_and_codes_and_no_labels() -> None:
    plaintext = letter().to_json().decode()
    assert '"housingForm":"house"' in plaintext
    assert "Villa" not in plaintext
    assert "Hur bor ni" not in plaintext


def test_the_longest_letter_fits() -> None:
    # given every text at its limit, in characters of four bytes, and groups as long as they may be
    longest = letter(
        validated(
            extended=EXTENDED,
            assignments=[one.value for one in Assignment],
            name="𝔓" * 120,
            coApplicantName="𝔓" * 120,
            address={"street": "𝔓" * 120, "postalCode": "55316", "city": "𝔓" * 60},
            contactAdaptation="𝔓" * 200,
            motive="𝔓" * 800,
            handlingAnger="𝔓" * 600,
            ownLimits="𝔓" * 300,
            children=[{"birthYear": 2014, "living": "alternating", "relation": "placed"}] * 15,
            otherAdultDetails=[{"relation": "adultChild", "birthYear": 1990}] * 10,
        ),
        extended=EXTENDED,
    )
    assert len(longest.to_json()) <= LARGEST_LETTER


@pytest.mark.parametrize("noun", [Letter, Card])
def test_a_format_of_the_future_is_not_guessed_at(noun: type[Letter] | type[Card]) -> None:
    content = json.loads(letter().to_json() if noun is Letter else card().to_json())
    content["format"] = 2
    with pytest.raises(ValueError, match=rf"^unknown {noun.__name__.lower()} format$"):
        noun.from_json(json.dumps(content).encode())


def test_the_time_keeps_its_moment() -> None:
    at = datetime(2026, 12, 31, 23, 59, 59, 123456, tzinfo=UTC)
    assert Letter.from_json(letter(submitted_at=at).to_json()).submitted_at == at


def test_identifications_come_back_as_they_were() -> None:
    at = datetime(2026, 12, 31, 23, 59, 59, 123456, tzinfo=UTC)
    proven = letter(identifications={adult: Identification("4", "Legitimation Å", at) for adult in Adult})
    assert Letter.from_json(proven.to_json()) == proven


def test_a_letter_from_before_there_were_identifications_is_read_with_none() -> None:
    # given
    plaintext = letter().to_json()
    # then
    assert b"identifications" not in plaintext
    assert Letter.from_json(plaintext).identifications == {}
