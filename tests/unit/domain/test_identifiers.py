"""References, receipt codes, delivery numbers and digests."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.identifiers import (
    ALPHABET,
    NUMBER_CHARACTERS,
    RECEIPT_CODE_CHARACTERS,
    REFERENCE_CHARACTERS,
    canonical,
    delivery_number,
    digest,
    identity,
    same,
)

KEY = UUID("7c1c0f0e-0000-4000-8000-00000000abcd")
SECRET = b"a secret of the tests"


def test_the_same_key_gives_the_same_reference_and_code_for_ever() -> None:
    # when
    mine = identity("1", SECRET, KEY)
    # then
    assert mine == identity("1", SECRET, KEY)
    assert (mine.reference, mine.receipt_code) == ("4PNY-38DX-NKTJ", "NFMX-PGC6-6TSV-CPFZ")
    assert delivery_number(SECRET, KEY, "0680") == "P9HE-J1KB-JETD"


def test_a_receipt_code_has_at_least_eighty_bits() -> None:
    # given
    code = identity("1", SECRET, KEY).receipt_code
    # then
    assert len(code.replace("-", "")) * 5 >= 80
    assert set(code) <= set(ALPHABET) | {"-"}


def test_another_secret_another_key_or_another_recipient_gives_something_else() -> None:
    # given
    mine = identity("1", SECRET, KEY)
    # then
    assert identity("1", b"another", KEY).reference != mine.reference
    assert identity("1", SECRET, uuid4()).receipt_code != mine.receipt_code
    assert delivery_number(SECRET, KEY, "0680") != delivery_number(SECRET, KEY, "0180")


def test_no_identifier_of_one_application_shows_in_another() -> None:
    # given
    mine = identity("1", SECRET, KEY)
    numbers = [delivery_number(SECRET, KEY, recipient) for recipient in ("0180", "0680", "1280", "1480", "unit-prov")]
    # then
    parts = [part for code in (mine.reference, mine.receipt_code, *numbers) for part in code.split("-")]
    assert len(set(parts)) == len(parts)


@given(key=st.uuids(), secret=st.binary(min_size=16, max_size=64))
def test_what_was_given_out_is_read_as_people_write_it(key: UUID, secret: bytes) -> None:
    # given
    mine = identity("1", secret, key)
    # then
    for code, characters in ((mine.reference, REFERENCE_CHARACTERS), (mine.receipt_code, RECEIPT_CODE_CHARACTERS)):
        for written in (
            code,
            code.lower(),
            code.replace("-", ""),
            code.replace("-", " "),
            code.replace("0", "o").replace("1", "l"),
        ):
            assert canonical(written, characters) == code


@given(code=st.text(max_size=30))
def test_what_is_no_code_is_none_and_nothing_else(code: str) -> None:
    # when
    read = canonical(code, NUMBER_CHARACTERS)
    # then
    assert read is None or (len(read) == NUMBER_CHARACTERS + 2 and canonical(read, NUMBER_CHARACTERS) == read)


@pytest.mark.parametrize("code", ["", "U" * 12, "å" * 12, "0" * 11, "0" * 13])
def test_letters_that_are_not_in_the_alphabet_make_no_code(code: str) -> None:
    assert canonical(code, NUMBER_CHARACTERS) is None


def test_digests_differ_by_purpose_and_content_and_are_compared_whole() -> None:
    # given
    one = digest(SECRET, "content", b"abc")
    # then
    assert same(one, digest(SECRET, "content", b"abc"))
    assert not same(one, digest(SECRET, "content", b"abd"))
    assert not same(one, digest(SECRET, "receipt code", b"abc"))
    assert not same(one, one[:-1])
