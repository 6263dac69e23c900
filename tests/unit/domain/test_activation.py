"""The municipality's own page: links, codes, and whom the municipality names."""

from datetime import UTC, datetime, timedelta

import pytest

from familjehem.domain.activation import (
    AGREEMENT_VERSION,
    CODE_LASTS,
    LINK_LASTS,
    MOST_CODES,
    MOST_TRIES,
    Activation,
    people,
    responsible,
)
from familjehem.domain.errors import (
    ActivationNotFoundError,
    CodeRefusedError,
    InvalidAnswersError,
    OnboardingStepError,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAILBOX = "familjehem@mottagaren.example"
EVA = responsible("Eva Prov", "070-174 06 05")
PAGE = Activation(id="ask-1", responsible=EVA)


def faults(error) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in error.value.errors]


class TestLink:
    def test_opens_the_page_that_it_was_made_for_until_it_expires(self):
        # given
        page = PAGE.with_link("secret", MAILBOX, NOW)
        # then
        assert page.opened("secret", NOW + LINK_LASTS - timedelta(seconds=1)).address == MAILBOX
        with pytest.raises(ActivationNotFoundError):
            page.opened("secret", NOW + LINK_LASTS)
        with pytest.raises(ActivationNotFoundError):
            page.opened("other", NOW)
        with pytest.raises(ActivationNotFoundError):
            Activation(id="ask-2", links=page.links).opened("secret", NOW)

    def test_is_good_beside_the_two_before_it_and_no_more(self):
        # when
        page = PAGE
        for secret in "abcd":
            page = page.with_link(secret, MAILBOX, NOW)
        # then
        assert page.opened("b", NOW)
        with pytest.raises(ActivationNotFoundError):
            page.opened("a", NOW)


class TestCode:
    def test_proves_the_mobile_once(self):
        # given
        page = PAGE.with_code("123456", NOW).tried()
        # when
        proven = page.proven("123456", NOW)
        # then
        assert proven.responsible is not None
        assert proven.responsible.proven_at == NOW
        with pytest.raises(CodeRefusedError, match="noCode"):
            proven.tried()

    @pytest.mark.parametrize(
        ("code", "after", "reason"),
        [("654321", timedelta(0), "wrong"), ("123456", CODE_LASTS, "expired")],
        ids=["another", "an old one"],
    )
    def test_is_refused(self, code, after, reason):
        # given
        page = PAGE.with_code("123456", NOW).tried()
        # then
        with pytest.raises(CodeRefusedError, match=reason):
            page.proven(code, NOW + after)

    def test_is_void_after_five_tries_even_the_right_one(self):
        # given
        page = PAGE.with_code("123456", NOW)
        # when
        for _ in range(MOST_TRIES):
            page = page.tried()
        # then
        with pytest.raises(CodeRefusedError, match="tooManyTries"):
            page.tried()

    def test_cannot_be_asked_for_without_end(self):
        # given
        page = PAGE
        # when
        for _ in range(MOST_CODES):
            page = page.asked_code()
        # then
        with pytest.raises(CodeRefusedError, match="tooManyCodes"):
            page.asked_code()
        assert page.with_link("secret", MAILBOX, NOW).asked_code()

    def test_is_for_the_mobile_it_was_sent_to(self):
        # given
        page = PAGE.with_code("123456", NOW).tried().proven("123456", NOW).with_code("234567", NOW)
        # when
        other = page.named(responsible("Eva Prov", "070-174 06 06"))
        # then
        assert other.code is None
        assert other.responsible is not None
        assert other.responsible.proven_at is None
        assert page.named(EVA) is page


class TestAgreement:
    def test_is_accepted_in_the_name_of_who_has_proven_herself(self):
        # given
        proven = PAGE.with_code("123456", NOW).tried().proven("123456", NOW)
        # when
        signed = proven.signed(AGREEMENT_VERSION, NOW)
        # then
        assert signed.signature is not None
        assert (signed.signature.version, signed.signature.name) == (AGREEMENT_VERSION, "Eva Prov")
        assert signed.signed(AGREEMENT_VERSION, NOW + timedelta(1)) is signed
        with pytest.raises(OnboardingStepError, match="responsibleProof"):
            PAGE.signed(AGREEMENT_VERSION, NOW)
        with pytest.raises(InvalidAnswersError):
            proven.signed("2019-1", NOW)


class TestPeople:
    def test_are_told_of_every_fault_at_once(self):
        # when
        with pytest.raises(InvalidAnswersError) as error:
            people((("", "familjehem@mottagaren.example", "08-123 456 78"),), MAILBOX)
        # then
        assert faults(error) == [
            ("/people/0/name", "invalidName"),
            ("/people/0/mobile", "invalidMobile"),
            ("/people/0/email", "notPersonal"),
            ("/people", "tooFew"),
        ]

    def test_are_two_different_ones(self):
        # given
        anna = ("Anna Prov", "anna.prov@mottagaren.example", "0701740605")
        # then
        with pytest.raises(InvalidAnswersError) as error:
            people((anna, anna), MAILBOX)
        assert faults(error) == [("/people/1/email", "repeated")]
        found = people((anna, ("Bo Prov", "Bo.Prov@mottagaren.example", "+46 70 174 06 06")), MAILBOX)
        assert [(one.email, one.mobile) for one in found] == [
            ("anna.prov@mottagaren.example", "+46701740605"),
            ("bo.prov@mottagaren.example", "+46701740606"),
        ]
