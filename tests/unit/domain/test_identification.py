"""Who an adult was found to be, in the form that answers have, and the tokens that carry it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.answers import validate
from familjehem.domain.errors import FieldError, InvalidAnswersError
from familjehem.domain.identification import (
    LONGEST_NAME,
    QUESTIONS,
    Adult,
    Errand,
    Identification,
    Identified,
    as_answer,
    differences,
    draft_digest,
)
from familjehem.domain.question_set import current
from familjehem.domain.tokens import LONGEST_TOKEN, TokenPurpose, issue, read
from tests.builders import CO_APPLICANT_IDENTITY_NUMBER, IDENTITY_NUMBER, NOW, TODAY, family_answers, validated

SECRETS = {"2": b"the second secret of the tests", "1": b"the first secret of the tests"}
DRAFT = UUID("5f0e8a52-6f3c-4b52-9a70-0d2f5b1c7e11")
APPLICANT = Identified(
    adult=Adult.APPLICANT,
    draft=draft_digest(DRAFT),
    number=IDENTITY_NUMBER,
    name="Prov Persson-Kanarie",
    identification=Identification("3", "Testlegitimation", NOW),
)
CO_APPLICANT = replace(
    APPLICANT, adult=Adult.CO_APPLICANT, number=CO_APPLICANT_IDENTITY_NUMBER, name="Test Persson-Kanarie"
)


class TestNames:
    @pytest.mark.parametrize(
        ("written", "answer"),
        [
            ("  Prov   Persson ", "Prov Persson"),
            ("A\u030asa Persson", "Åsa Persson"),
            ("Prov\u200bPersson", "ProvPersson"),
            ("Prov\tPersson\n", "Prov Persson"),
            ("\u202eProv", "Prov"),
            ("x" * 119 + " y" * 9, "x" * 119),
            ("\0", ""),
        ],
    )
    def test_a_name_is_brought_into_the_form_of_an_answer(self, written: str, answer: str) -> None:
        assert as_answer(written) == answer

    def test_a_name_may_be_as_long_as_the_question_set_lets_it_be(self) -> None:
        longest = {one.name: one.longest for one in current().questions}
        assert {longest[name] for _, name in QUESTIONS.values()} == {LONGEST_NAME}


@given(st.text(min_size=1, max_size=200))
def test_whatever_a_provider_writes_passes_as_an_answer_unchanged(written: str) -> None:
    name = as_answer(written)
    if name:
        sent = family_answers(name=name)
        answers = validate(current(), sent, extended=(), recipients=1, today=TODAY)
        assert answers["name"] == name


class TestDifferences:
    def test_answers_that_are_those_of_the_identified_differ_in_nothing(self) -> None:
        both = {one.adult: one for one in (APPLICANT, CO_APPLICANT)}
        assert differences(both, validated()) == ()

    def test_every_answer_that_differs_is_told(self) -> None:
        both = {one.adult: one for one in (replace(APPLICANT, name="Prov"), replace(CO_APPLICANT, number="1"))}
        assert differences(both, validated()) == (
            FieldError("/answers/name", "notAsIdentified"),
            FieldError("/answers/coApplicantIdentityNumber", "notAsIdentified"),
        )

    def test_a_co_applicant_where_nobody_applies_together_is_told(self) -> None:
        found = differences({Adult.CO_APPLICANT: CO_APPLICANT}, validated(applicants="solo"))
        assert found == (FieldError("/identifications/coApplicant", "notShown"),)

    def test_what_one_is_told_of_hides_nothing_about_the_other(self) -> None:
        both = {Adult.CO_APPLICANT: CO_APPLICANT, Adult.APPLICANT: replace(APPLICANT, name="Prov")}
        assert differences(both, validated(applicants="solo")) == (
            FieldError("/identifications/coApplicant", "notShown"),
            FieldError("/answers/name", "notAsIdentified"),
        )

    def test_nobody_is_identified_as_both(self) -> None:
        with pytest.raises(InvalidAnswersError):
            validated(coApplicantIdentityNumber=IDENTITY_NUMBER)


class TestTokens:
    def test_a_token_gives_back_what_it_was_made_of(self) -> None:
        # given
        errand = Errand(
            adult=Adult.CO_APPLICANT,
            draft=draft_digest(DRAFT),
            language="en",
            verifier="v",
            nonce="n",
            expires_at=NOW,
        )
        # when
        identified = read(
            SECRETS, TokenPurpose.IDENTIFICATION, issue(SECRETS, TokenPurpose.IDENTIFICATION, APPLICANT.content())
        )
        sent = read(SECRETS, TokenPurpose.ERRAND, issue(SECRETS, TokenPurpose.ERRAND, errand.content()))
        # then
        assert identified is not None
        assert sent is not None
        assert Identified.of(identified) == APPLICANT
        assert Errand.of(sent) == errand

    def test_it_tells_nobody_else_anything_and_is_another_one_each_time(self) -> None:
        one, other = (issue(SECRETS, TokenPurpose.IDENTIFICATION, APPLICANT.content()) for _ in range(2))
        assert one != other
        assert "Kanarie" not in one

    def test_the_longest_name_still_fits(self) -> None:
        longest = replace(APPLICANT, name="\U0001d49c" * LONGEST_NAME)
        assert len(issue(SECRETS, TokenPurpose.IDENTIFICATION, longest.content())) < LONGEST_TOKEN

    def test_a_token_of_an_older_version_is_read_and_of_none_is_not(self) -> None:
        token = issue({"1": SECRETS["1"]}, TokenPurpose.ERRAND, {"a": 1})
        assert read(SECRETS, TokenPurpose.ERRAND, token) == {"a": 1}
        assert read({"2": SECRETS["2"]}, TokenPurpose.ERRAND, token) is None

    def test_a_new_token_is_made_under_the_first_version(self) -> None:
        token = issue(SECRETS, TokenPurpose.ERRAND, {})
        assert read({"2": SECRETS["2"]}, TokenPurpose.ERRAND, token) == {}

    def test_a_token_of_one_purpose_is_nothing_for_another(self) -> None:
        token = issue(SECRETS, TokenPurpose.ERRAND, APPLICANT.content())
        assert read(SECRETS, TokenPurpose.IDENTIFICATION, token) is None

    def test_every_change_is_found(self) -> None:
        token = issue(SECRETS, TokenPurpose.ERRAND, {})
        for place in range(len(token)):
            other = "A" if token[place] != "A" else "B"
            changed = token[:place] + other + token[place + 1 :]
            found = read(SECRETS, TokenPurpose.ERRAND, changed)
            # The last character may hold bits that stand for nothing.
            assert found is None or place == len(token) - 1

    def test_one_that_is_too_long_is_not_looked_at(self) -> None:
        # given one that is as long as any may be, and a longer one
        longest, longer = (issue(SECRETS, TokenPurpose.ERRAND, {"a": "x" * length}) for length in (2964, 2965))
        # then
        assert len(longest) == LONGEST_TOKEN
        assert read(SECRETS, TokenPurpose.ERRAND, longest) == {"a": "x" * 2964}
        assert read(SECRETS, TokenPurpose.ERRAND, longer) is None

    def test_one_that_was_made_before_a_release_is_read_after_it(self) -> None:
        token = "AAECAwQFBgcICQoLqpyE85POcmI4nAuIZ8WRJUoNJA5aabZrJ8AkLpWfOmzQjlMMIA"
        assert read(SECRETS, TokenPurpose.ERRAND, token) == {"name": "Åsa", "a": 1}

    @pytest.mark.parametrize(("content", "length"), [({}, 40), ({"a": 1}, 47), ({"a": 12}, 48), ({"å": 1}, 48)])
    def test_it_is_as_short_as_what_it_holds_lets_it_be(
        self, content: dict[str, int], length: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # given nonces that are different and the same at every run
        nonces = (number.to_bytes(12) for number in range(256))
        monkeypatch.setattr("os.urandom", lambda _: next(nonces))
        # then
        for _ in range(256):
            token = issue(SECRETS, TokenPurpose.ERRAND, content)
            assert len(token) == length
            assert read(SECRETS, TokenPurpose.ERRAND, token) == content

    @pytest.mark.parametrize("stray", [" ", "\n", "=", "+", "/", "å"])
    def test_one_with_anything_else_in_it_is_none(self, stray: str) -> None:
        token = issue(SECRETS, TokenPurpose.ERRAND, {"a": 12})
        assert read(SECRETS, TokenPurpose.ERRAND, token[:8] + stray * 4 + token[8:]) is None


@given(st.text(max_size=100))
def test_whatever_is_no_token_of_ours_is_none(sent: str) -> None:
    assert read(SECRETS, TokenPurpose.ERRAND, sent) is None


def test_an_identification_is_good_for_a_day() -> None:
    assert APPLICANT.expires_at == NOW + timedelta(hours=24)


def test_a_draft_is_told_by_a_digest_that_does_not_give_it_away() -> None:
    assert draft_digest(DRAFT) == draft_digest(UUID(str(DRAFT)))
    assert draft_digest(DRAFT) != draft_digest(uuid4())
    assert DRAFT.hex not in draft_digest(DRAFT)


def test_a_draft_is_told_by_the_same_digest_after_a_release_so_that_who_is_under_way_arrives() -> None:
    assert draft_digest(DRAFT) == "fe1847a7ac48e0279e251223c94b71a1f29c5e86c33fd29d8c862a876fe81676"
