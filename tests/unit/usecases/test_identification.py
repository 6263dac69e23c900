"""From the page to the provider and back, and into an application: over fakes."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest

from familjehem.domain.errors import (
    IdentificationRefusedError,
    IdentificationRequiredError,
    IdentificationUnavailableError,
    InvalidAnswersError,
    KeyReusedError,
)
from familjehem.domain.identification import Adult
from familjehem.domain.letter import Letter
from familjehem.domain.sealing import Label, Purpose, unseal
from familjehem.domain.tokens import TokenPurpose, issue
from familjehem.ports import Claimed
from tests.builders import IDENTITY_NUMBER, UNDER_AGE_IDENTITY_NUMBER
from tests.service import FIVE, PERSONS, Service, answers_for, submission

DRAFT = UUID("5f0e8a52-6f3c-4b52-9a70-0d2f5b1c7e11")
APPLICANT, CO_APPLICANT = Adult.APPLICANT, Adult.CO_APPLICANT


@pytest.fixture
def service() -> Service:
    demanding = Service()
    demanding.demand_identification()
    return demanding


def letters(service: Service) -> list[Letter]:
    """Open every letter of the outbox, as nobody but these tests can."""
    found: list[Letter] = []
    for task, queued in service.world.letters.items():
        _, wrap = service.world.wraps[task.recipient, task.number]
        key = service.world.made_keys[wrap][2]
        found.append(Letter.from_json(unseal(Label(Purpose.LETTER, task.recipient, task.number), key, queued.letter)))
    return found


def fault(refused: pytest.ExceptionInfo[IdentificationRefusedError]) -> tuple[str, str]:
    return refused.value.fault.pointer, refused.value.fault.code


class TestTheWay:
    def test_somebody_who_comes_back_is_known(self, service: Service) -> None:
        # given
        service.world.persons["code"] = Claimed("19121212-1212", " Prov  Persson-Kanarie ", "4")
        state = service.identification.start(APPLICANT, DRAFT, "sv").state
        # when
        found, _ = service.identification.finish("code", state, DRAFT)
        # then
        assert (found.number, found.name) == (IDENTITY_NUMBER, "Prov Persson-Kanarie")
        assert found.identification.level == "4"
        assert found.identification.at == service.world.at

    def test_whoever_comes_of_age_on_that_day_is_known(self, service: Service) -> None:
        # given
        service.world.at = datetime(2030, 12, 12, 12, 0, tzinfo=UTC)
        # then
        assert service.identified(DRAFT, person=Claimed(UNDER_AGE_IDENTITY_NUMBER, "Ung", "3"))

    def test_the_provider_is_told_all_that_it_needs_at_both_ends(self, service: Service) -> None:
        # given a provider that notes what it is asked
        service.world.persons["code"] = PERSONS[APPLICANT]
        provider, asked = service.world.identity_provider, dict[str, Any]()
        identify = provider.identify
        provider.identify = lambda **told: asked.update(told) or identify(**told)  # type: ignore[method-assign]
        # when
        started = service.identification.start(APPLICANT, DRAFT, "en")
        service.world.passes(minutes=3)
        service.identification.finish("code", started.state, DRAFT)
        # then
        query = parse_qs(urlsplit(started.address).query)
        assert query == {"state": [started.state], "ui_locales": ["en"]}
        assert (asked["code"], asked["language"], asked["now"]) == ("code", "en", service.world.at)
        # 32 random bytes each; RFC 7636 wants a verifier of 43 characters at least
        assert (len(asked["verifier"]), len(asked["nonce"])) == (43, 43)

    def test_nothing_is_stored_on_the_way(self, service: Service) -> None:
        # when
        service.identified(DRAFT)
        # then
        assert {step.partition(".")[0] for step in service.world.steps} <= {
            "directory",
            "recipient_keys",
            "identification_secrets",
            "identity_provider",
        }

    @pytest.mark.parametrize("state", ["", "Kanariefågel", "A" * 500])
    def test_a_state_that_is_none_of_ours_is_refused(self, service: Service, state: str) -> None:
        with pytest.raises(IdentificationRefusedError) as refused:
            service.identification.finish("code", state, DRAFT)
        assert fault(refused) == ("/state", "invalid")

    def test_an_identification_is_no_state(self, service: Service) -> None:
        token = service.identified(DRAFT)
        with pytest.raises(IdentificationRefusedError) as refused:
            service.identification.finish("code", token, DRAFT)
        assert fault(refused) == ("/state", "invalid")

    def test_what_was_begun_for_one_draft_is_not_finished_for_another(self, service: Service) -> None:
        # given a person who was lured to the way back of somebody else
        state = service.identification.start(APPLICANT, DRAFT, "sv").state
        # then
        with pytest.raises(IdentificationRefusedError) as refused:
            service.identification.finish("code", state, uuid4())
        assert fault(refused) == ("/state", "otherDraft")
        assert "identity_provider.identify" not in service.world.steps

    @pytest.mark.parametrize(("minutes", "good"), [(14.9, True), (15, False)])
    def test_one_who_stays_too_long_at_the_provider_begins_anew(
        self, service: Service, minutes: float, good: bool
    ) -> None:
        # given
        service.world.persons["code"] = PERSONS[APPLICANT]
        state = service.identification.start(APPLICANT, DRAFT, "sv").state
        service.world.passes(minutes=minutes)
        # then
        if good:
            assert service.identification.finish("code", state, DRAFT)
            return
        with pytest.raises(IdentificationRefusedError) as refused:
            service.identification.finish("code", state, DRAFT)
        assert fault(refused) == ("/state", "expired")

    @pytest.mark.parametrize(
        ("person", "code"),
        [
            (Claimed("191212121213", "Prov", "3"), "noIdentityNumber"),
            (Claimed("Kanariefågel", "Prov", "3"), "noIdentityNumber"),
            (Claimed(UNDER_AGE_IDENTITY_NUMBER, "Ung", "3"), "underAge"),
            (Claimed(IDENTITY_NUMBER, "\u200b", "3"), "noName"),
            (Claimed(IDENTITY_NUMBER, "Prov", "2"), "levelTooLow"),
        ],
    )
    def test_who_cannot_apply_is_told_so(self, service: Service, person: Claimed, code: str) -> None:
        with pytest.raises(IdentificationRefusedError) as refused:
            service.identified(DRAFT, person=person)
        assert fault(refused) == ("/code", code)

    def test_a_provider_that_is_down_is_told(self, service: Service) -> None:
        for step in ("identity_provider.address", "identity_provider.identify"):
            service.world.fails(step, IdentificationUnavailableError("prov"))
            with pytest.raises(IdentificationUnavailableError):
                service.identified(DRAFT)

    def test_no_two_ways_share_anything(self, service: Service) -> None:
        one, other = (service.identification.start(APPLICANT, DRAFT, "sv") for _ in range(2))
        assert one.state != other.state
        assert len(service.world.errands) == 2
        assert len(set(service.world.errands.values())) == 2


class TestSending:
    def test_without_an_identification_nothing_is_accepted(self, service: Service) -> None:
        with pytest.raises(IdentificationRequiredError):
            service.accepted()
        assert not service.world.applications

    def test_the_co_applicant_s_alone_is_not_enough(self, service: Service) -> None:
        token = service.identified(DRAFT, CO_APPLICANT)
        with pytest.raises(IdentificationRequiredError):
            service.accepted(key=DRAFT, identifications={CO_APPLICANT: token})

    def test_every_letter_tells_who_identified_at_which_level_with_what_and_when(self, service: Service) -> None:
        # given
        tokens = {APPLICANT: service.identified(DRAFT), CO_APPLICANT: service.identified(DRAFT, CO_APPLICANT)}
        # when
        service.accepted(key=DRAFT, identifications=tokens)
        # then
        opened = letters(service)
        assert len(opened) == 5
        for letter in opened:
            assert {adult: one.level for adult, one in letter.identifications.items()} == {
                APPLICANT: "3",
                CO_APPLICANT: "4",
            }
            assert {one.provider for one in letter.identifications.values()} == {"Testlegitimation"}
            assert {one.at for one in letter.identifications.values()} == {service.world.at}

    def test_a_co_applicant_need_not_identify(self, service: Service) -> None:
        service.accepted(key=DRAFT, identifications={APPLICANT: service.identified(DRAFT)})
        assert {adult for letter in letters(service) for adult in letter.identifications} == {APPLICANT}

    def test_no_token_serves_another_application(self, service: Service) -> None:
        token = service.identified(DRAFT)
        with pytest.raises(IdentificationRefusedError) as refused:
            service.accepted(key=uuid4(), identifications={APPLICANT: token})
        assert fault(refused) == ("/identifications/applicant", "otherDraft")

    def test_no_token_serves_the_other_adult(self, service: Service) -> None:
        token = service.identified(DRAFT)
        with pytest.raises(IdentificationRefusedError) as refused:
            service.accepted(key=DRAFT, identifications={APPLICANT: token, CO_APPLICANT: token})
        assert fault(refused) == ("/identifications/coApplicant", "otherAdult")

    @pytest.mark.parametrize(("hours", "good"), [(23.9, True), (24, False)])
    def test_a_token_is_good_for_a_day(self, service: Service, hours: float, good: bool) -> None:
        # given
        token = service.identified(DRAFT)
        service.world.passes(hours=hours)
        # then
        if good:
            assert service.accepted(key=DRAFT, identifications={APPLICANT: token})
            return
        with pytest.raises(IdentificationRefusedError) as refused:
            service.accepted(key=DRAFT, identifications={APPLICANT: token})
        assert fault(refused) == ("/identifications/applicant", "expired")

    @pytest.mark.parametrize("forged", ["Kanariefågel", "", "state"])
    def test_what_is_no_token_is_refused(self, service: Service, forged: str) -> None:
        token = service.identification.start(APPLICANT, DRAFT, "sv").state if forged == "state" else forged
        with pytest.raises(IdentificationRefusedError) as refused:
            service.accepted(key=DRAFT, identifications={APPLICANT: token})
        assert fault(refused) == ("/identifications/applicant", "invalid")

    def test_a_token_made_with_another_secret_is_refused(self, service: Service) -> None:
        content = {"adult": "applicant"}
        forged = issue({"1": b"a secret of somebody else, as long"}, TokenPurpose.IDENTIFICATION, content)
        with pytest.raises(IdentificationRefusedError):
            service.accepted(key=DRAFT, identifications={APPLICANT: forged})

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"name": "Prov Persson"}, "/answers/name"),
            (
                {"identityNumber": "189001019802", "coApplicantIdentityNumber": "191212121212"},
                "/answers/identityNumber",
            ),
        ],
    )
    def test_nobody_sends_in_the_name_of_another(self, service: Service, change: dict[str, str], pointer: str) -> None:
        # given
        token = service.identified(DRAFT)
        # then
        with pytest.raises(InvalidAnswersError) as refused:
            service.accepted(key=DRAFT, identifications={APPLICANT: token}, answers=answers_for(FIVE, **change))
        assert [(one.pointer, one.code) for one in refused.value.errors] == [(pointer, "notAsIdentified")]
        assert not service.world.applications

    def test_the_number_may_be_written_as_one_likes(self, service: Service) -> None:
        token = service.identified(DRAFT)
        answers = answers_for(FIVE, identityNumber="121212+1212")
        assert service.accepted(key=DRAFT, identifications={APPLICANT: token}, answers=answers)


class TestReplays:
    def test_the_same_application_with_other_tokens_is_the_same(self, service: Service) -> None:
        # given
        first = service.accepted(key=DRAFT, identifications={APPLICANT: service.identified(DRAFT)})
        # when
        again = service.accepted(key=DRAFT, identifications={APPLICANT: service.identified(DRAFT)})
        # then
        assert again.replayed
        assert again.receipt == first.receipt

    def test_a_replay_is_answered_even_when_its_token_has_expired(self, service: Service) -> None:
        # given
        sent = {APPLICANT: service.identified(DRAFT)}
        first = service.accepted(key=DRAFT, identifications=sent)
        service.world.passes(hours=30)
        # then
        assert service.accepted(key=DRAFT, identifications=sent).receipt == first.receipt

    def test_one_more_adult_is_another_content(self, service: Service) -> None:
        # given
        service.accepted(key=DRAFT, identifications={APPLICANT: service.identified(DRAFT)})
        both = {APPLICANT: service.identified(DRAFT), CO_APPLICANT: service.identified(DRAFT, CO_APPLICANT)}
        # then nobody is given a receipt for a confirmation that stands in no letter
        with pytest.raises(KeyReusedError):
            service.accepted(key=DRAFT, identifications=both)

    def test_without_identifications_the_content_is_what_it_always_was(self) -> None:
        sent = submission(key=DRAFT)
        assert len(json.loads(sent.canonical())) == 4
        assert replace(sent, identifications={APPLICANT: "a"}).canonical() != sent.canonical()


class TestOff:
    def test_nobody_needs_to_identify(self) -> None:
        service = Service()
        service.accepted()
        assert not [letter for letter in letters(service) if letter.identifications]
        assert "identification_secrets.keys" not in service.world.steps

    def test_tokens_from_before_it_was_switched_off_count_for_nothing_and_hinder_nobody(self) -> None:
        service = Service()
        service.accepted(identifications={APPLICANT: "Kanariefågel"})
        assert not [letter for letter in letters(service) if letter.identifications]
