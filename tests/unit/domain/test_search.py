"""By what a letter is found: folding, words, identity numbers, and what a query chooses."""

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.errors import FieldError, InvalidAnswersError
from familjehem.domain.search import MOST_TERMS, folded, read, terms_of, token
from tests.builders import CO_APPLICANT_IDENTITY_NUMBER, IDENTITY_NUMBER

TODAY = date(2026, 11, 22)
CAME = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMES = st.text(st.characters(categories=["L", "M", "Zs", "Pd", "Po"]), max_size=60)
LETTER = {
    "name": "Anna-Karin O'Brien Åberg",
    "identityNumber": IDENTITY_NUMBER,
    "coApplicantName": "Søren Müller",
    "coApplicantIdentityNumber": CO_APPLICANT_IDENTITY_NUMBER,
}


def finds(text: str, *versions: dict[str, str]) -> bool:
    """Tell whether a letter of these versions is found by a text."""
    terms = terms_of(versions or (LETTER,))
    query = read(text, TODAY)
    return bool(query.chosen({term: {"1": CAME} if term in terms else {} for term in query.terms}))


@pytest.mark.parametrize(
    "text",
    [
        "åberg",
        "ABERG",
        "Anna",
        "karin anna",
        "Anna-Karin",
        "annakarin",
        "obrien",
        "O'Brien",
        "o’brien",
        "Aberg, Anna",
        "Muller",
        "søren",
        "Soren Müller",
        "A\u030aberg",
        IDENTITY_NUMBER,
        IDENTITY_NUMBER[2:],
        f"{IDENTITY_NUMBER[:8]}-{IDENTITY_NUMBER[8:]}",
        f"{IDENTITY_NUMBER[2:8]} {IDENTITY_NUMBER[8:]}",
        f"Anna {IDENTITY_NUMBER[2:8]}-{IDENTITY_NUMBER[8:]}",
        f"{IDENTITY_NUMBER} {CO_APPLICANT_IDENTITY_NUMBER}",
    ],
)
def test_a_letter_is_found_by_whole_words_and_numbers_however_they_are_written(text: str) -> None:
    assert finds(text)


@pytest.mark.parametrize("text", ["Åb", "Anna Svensson", "Karinanna", "199001019802", "Anna 199001019802", "Brie"])
def test_a_letter_is_found_by_nothing_that_is_not_wholly_there(text: str) -> None:
    assert not finds(text)


def test_a_letter_is_found_by_nothing_but_names_and_numbers_of_its_adults() -> None:
    assert not finds("Hund", {**LETTER, "mobile": "0701740605", "motive": "Hund", "refereeName": "Hund"})


def test_a_hyphen_on_either_side_finds_the_other() -> None:
    assert finds("Anna-Karin", {"name": "Annakarin Prov"})
    assert finds("Annakarin", {"name": "Anna-Karin Prov"})


def test_a_corrected_name_is_found_as_it_was_and_as_it_is() -> None:
    versions = ({"name": "Anna Nilsson"}, {"name": "Anna Nilson"})
    assert finds("nilsson", *versions)
    assert finds("nilson", *versions)


def test_a_coordination_number_is_found_in_every_notation() -> None:
    number = "197010632391"
    assert all(finds(text, {"identityNumber": number}) for text in (number, "701063-2391", "7010632391"))


@pytest.mark.parametrize("written", ["7KQ3-9XRM-2VHC", "7kq39xrm2vhc", " 7kq3 9xrm 2vhc "])
def test_a_delivery_number_is_asked_for_alone(written: str) -> None:
    query = read(written, TODAY)
    assert query.number == "7KQ3-9XRM-2VHC"
    assert not query.terms


def test_twelve_letters_are_a_delivery_number_and_a_name() -> None:
    query = read("Bergenstrand", TODAY)
    assert query.number == "BERG-ENST-RAND"
    assert query.terms == {"name:bergenstrand"}


def test_twelve_digits_are_a_delivery_number_and_an_identity_number() -> None:
    query = read(IDENTITY_NUMBER, TODAY)
    assert query.number is not None
    assert query.terms == {f"number:{IDENTITY_NUMBER}"}


def test_ten_digits_are_looked_for_in_two_centuries() -> None:
    assert read("121212-1212", TODAY).terms == {"number:191212121212", "number:201212121212"}
    assert read("121212+1212", TODAY).terms == {"number:191212121212", "number:201212121212"}


@pytest.mark.parametrize(("text", "code"), [("-", "required"), (" . ", "required"), ("a " * 13, "tooLong")])
def test_what_holds_no_word_or_too_many_is_refused(text: str, code: str) -> None:
    words = " ".join(f"{each}{number}" for number, each in enumerate(text.split())) if code == "tooLong" else text
    with pytest.raises(InvalidAnswersError) as refusal:
        read(words, TODAY)
    assert refusal.value.errors == (FieldError("/text", code),)


def test_the_one_that_came_last_stands_first() -> None:
    query = read("anna", TODAY)
    places = {"name:anna": {"a": CAME, "c": CAME.replace(hour=14), "b": CAME.replace(hour=13)}}
    assert query.chosen(places) == ("c", "b", "a")


def test_a_letter_of_endless_names_has_an_end() -> None:
    terms = terms_of([{"name": " ".join(f"n{one}x" for one in range(60)), "identityNumber": IDENTITY_NUMBER}])
    assert len(terms) == MOST_TERMS
    assert f"number:{IDENTITY_NUMBER}" in terms


@given(NAMES)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(NAMES, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_however_a_name_is_encoded_it_folds_alike(text: str, form: str) -> None:
    assert folded(unicodedata.normalize(form, text)) == folded(text)  # type: ignore[arg-type]


@given(NAMES)
def test_whoever_types_a_whole_name_finds_it(name: str) -> None:
    words = [one for one in name.split() if folded(one)][:12]
    if not any(each.isalnum() for word in words for each in folded(word)):
        return
    assert finds(" ".join(words), {"name": name})


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.text(min_size=1))
def test_a_token_is_of_its_key_and_tells_nothing_of_its_term(one: bytes, other: bytes, term: str) -> None:
    assert token(one, term) == token(one, term)
    assert (token(one, term) == token(other, term)) == (one == other)
    assert len(token(one, term)) == 32
