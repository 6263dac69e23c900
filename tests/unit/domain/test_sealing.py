"""The sealed envelope FHS1: fixed vectors, and everything that must be refused."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.errors import LetterUnreadableError
from familjehem.domain.sealing import (
    Label,
    Purpose,
    contact_context,
    letter_context,
    note_label,
    seal,
    unseal,
    versioned,
)

VECTORS = json.loads((Path(__file__).parent / "sealing-vectors.json").read_text(encoding="utf-8"))
DATA_KEY = bytes(range(32))
LABEL = Label(Purpose.LETTER, "0680", "4T7K-2MX9-Q8RD")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_fixed_vector_is_sealed_to_the_same_bytes_for_ever(vector: dict[str, str]) -> None:
    # given
    label = Label(Purpose[vector["purpose"]], vector["owner"], vector["number"])
    key, nonce, plaintext = (bytes.fromhex(vector[name]) for name in ("dataKey", "nonce", "plaintext"))
    # when
    envelope = seal(label, key, plaintext, nonce=nonce)
    # then
    assert envelope.hex() == vector["envelope"]
    assert unseal(label, key, envelope) == plaintext


def test_the_vectors_cover_every_purpose() -> None:
    assert {vector["purpose"] for vector in VECTORS} == {purpose.name for purpose in Purpose}


@given(plaintext=st.binary(max_size=2000))
def test_what_was_sealed_is_opened_again(plaintext: bytes) -> None:
    assert unseal(LABEL, DATA_KEY, seal(LABEL, DATA_KEY, plaintext)) == plaintext


def test_the_same_letter_sealed_twice_gives_two_envelopes_of_the_same_length() -> None:
    # when
    one, other = (seal(LABEL, DATA_KEY, b"the same") for _ in range(2))
    # then
    assert one != other
    assert len(one) == len(other)


def test_every_single_tampered_bit_is_refused() -> None:
    # given
    envelope = seal(LABEL, DATA_KEY, b"Kanariebrev")
    # when
    tampered = (
        envelope[:place] + bytes((envelope[place] ^ (1 << bit),)) + envelope[place + 1 :]
        for place in range(len(envelope))
        for bit in range(8)
    )
    # then
    for one in tampered:
        with pytest.raises(LetterUnreadableError):
            unseal(LABEL, DATA_KEY, one)


def test_every_truncation_and_every_addition_is_refused() -> None:
    # given
    envelope = seal(LABEL, DATA_KEY, b"Kanariebrev")
    # then
    for length in range(len(envelope)):
        with pytest.raises(LetterUnreadableError):
            unseal(LABEL, DATA_KEY, envelope[:length])
    with pytest.raises(LetterUnreadableError):
        unseal(LABEL, DATA_KEY, envelope + b"\0")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Label(Purpose.LETTER, "0180", LABEL.number), id="wrong recipient"),
        pytest.param(Label(Purpose.LETTER, LABEL.owner, "4T7K-2MX9-Q8RE"), id="wrong number"),
        pytest.param(Label(Purpose.CARD, LABEL.owner, LABEL.number), id="wrong purpose"),
        pytest.param(Label(Purpose.LETTER, LABEL.owner, f"{LABEL.number}/2"), id="another version"),
        pytest.param(Label(Purpose.LETTER, "0680\x0e4", "T7K-2MX9-Q8RD"), id="bytes moved between owner and number"),
    ],
)
def test_an_envelope_is_refused_under_another_label(asked: Label) -> None:
    # given
    envelope = seal(LABEL, DATA_KEY, b"Kanariebrev")
    # then
    with pytest.raises(LetterUnreadableError):
        unseal(asked, DATA_KEY, envelope)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Label(Purpose.LETTER, "0180", LABEL.number), id="wrong recipient"),
        pytest.param(Label(Purpose.LETTER, LABEL.owner, "4T7K-2MX9-Q8RE"), id="wrong number"),
        pytest.param(Label(Purpose.CARD, LABEL.owner, LABEL.number), id="wrong purpose"),
    ],
)
def test_a_forged_header_does_not_help(asked: Label) -> None:
    # given the ciphertext of one label under the header of another
    envelope = seal(LABEL, DATA_KEY, b"Kanariebrev")
    forged = asked.header() + envelope[len(LABEL.header()) :]
    # then
    with pytest.raises(LetterUnreadableError):
        unseal(asked, DATA_KEY, forged)


@pytest.mark.parametrize("key", [bytes(32), bytes(range(1, 33)), bytes(31), bytes(33), b""])
def test_a_wrong_key_is_refused(key: bytes) -> None:
    # given
    envelope = seal(LABEL, DATA_KEY, b"Kanariebrev")
    # then
    with pytest.raises(LetterUnreadableError):
        unseal(LABEL, key, envelope)


@pytest.mark.parametrize(
    ("owner", "number"),
    [("", "1"), ("1", ""), ("o" * 256, "1"), ("1", "n" * 256)],
    ids=["no owner", "no number", "long owner", "long number"],
)
def test_a_label_that_does_not_fit_the_format_is_not_sealed(owner: str, number: str) -> None:
    with pytest.raises(ValueError, match=r"^owner and number take 1 to 255 bytes$"):
        seal(Label(Purpose.CARD, owner, number), DATA_KEY, b"")


@pytest.mark.parametrize("owner", ["1", "o" * 255])
@pytest.mark.parametrize("number", ["1", "n" * 255])
def test_a_label_just_within_the_format_is_sealed_and_opened(owner: str, number: str) -> None:
    label = Label(Purpose.CARD, owner, number)
    assert unseal(label, DATA_KEY, seal(label, DATA_KEY, b"Kanariebrev")) == b"Kanariebrev"


def test_the_context_of_a_data_key_names_what_policies_and_trails_look_for() -> None:
    assert letter_context("0680", "4T7K-2MX9-Q8RD") == {"recipient": "0680", "delivery": "4T7K-2MX9-Q8RD"}
    assert contact_context("4F7T-0A1B-9XYZ") == {"purpose": "contact", "application": "4F7T-0A1B-9XYZ"}


def test_a_note_and_a_version_of_a_letter_are_told_by_what_stands_behind_the_number() -> None:
    assert note_label("0680", "4T7K-2MX9-Q8RD", "0" * 32) == Label(Purpose.NOTE, "0680", f"4T7K-2MX9-Q8RD/{'0' * 32}")
    assert [versioned("4T7K-2MX9-Q8RD", version) for version in (1, 2)] == ["4T7K-2MX9-Q8RD", "4T7K-2MX9-Q8RD/2"]


def test_an_envelope_has_the_length_that_the_format_tells() -> None:
    assert len(seal(LABEL, DATA_KEY, bytes(100))) == 19 + len(LABEL.owner) + len(LABEL.number) + 100 + 16
