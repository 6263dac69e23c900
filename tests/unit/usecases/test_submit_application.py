"""An application is accepted for every chosen recipient, or refused with the reason and nothing stored."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from familjehem.domain.application import Application
from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import Delivery, DeliveryState, NextStep, Origin
from familjehem.domain.errors import (
    ApplicationErasedError,
    ChallengeRefusedError,
    FieldError,
    InvalidAnswersError,
    KeyReusedError,
    KnownChildError,
    NotConfirmedError,
    ProtectedIdentityError,
    QuestionSetUnknownError,
    RecipientsUnavailableError,
    Unavailable,
)
from familjehem.domain.letter import Card, Letter
from familjehem.domain.outbox import LetterTask
from familjehem.domain.question_set import current
from familjehem.domain.recipient import RecipientState
from familjehem.domain.sealing import Label, Purpose, letter_context, unseal
from familjehem.domain.tally import Level, Scope
from familjehem.ports import AlreadyAcceptedError, ChallengeSpentError, SealedApplication
from familjehem.usecases import submit_application
from tests.builders import MARKED_VALUES, OMIT
from tests.fakes import CONTACT_KEY_ARN, World
from tests.service import FIVE, Service, answers_for, submission


def nothing_is_stored(world: World) -> bool:
    return not (
        world.applications
        or world.deliveries
        or world.tasks()
        or world.wraps
        or world.contact_wraps
        or world.spent
        or world.tallied
    )


def letters(service: Service) -> dict[str, Letter]:
    """Open every waiting letter with its recipient's key, by recipient."""
    opened: dict[str, Letter] = {}
    for task, queued in service.world.letters.items():
        _, wrap = service.world.wraps[task.recipient, task.number]
        key_arn, context, key = service.world.made_keys[wrap]
        assert key_arn == service.world.recipients[task.recipient].key_arn
        assert context == letter_context(task.recipient, task.number)
        letter = Letter.from_json(unseal(Label(Purpose.LETTER, task.recipient, task.number), key, queued.letter))
        assert (letter.number, letter.recipient) == (task.number, task.recipient)
        opened[task.recipient] = letter
        Card.from_json(unseal(Label(Purpose.CARD, task.recipient, task.number), key, queued.card))
    return opened


def blind_at_first(find: Any) -> Any:
    """Give a look-up that finds nothing the first time, as one that came too early."""
    looks = iter([lambda _: None])

    def look(references: Any) -> Any:
        return next(looks, find)(references)

    return look


def change(service: Service, recipient: str, **changes: Any) -> None:
    service.world.recipients[recipient] = replace(service.world.recipients[recipient], **changes)


def test_five_municipalities_get_five_letters_each_under_its_own_key(service: Service) -> None:
    # when
    submitted = service.accepted(*FIVE)
    # then
    assert submitted.replayed is False
    found = letters(service)
    assert sorted(found) == ["0180", "0680", "1280", "1480", "unit-hoglandet"]
    assert len({service.world.made_keys[wrap][2] for _, wrap in service.world.wraps.values()}) == 5
    assert service.world.tallied[Scope(Level.NATION), "2026-11"]["count"] == 1


def test_a_receipt_names_every_delivery_in_order_of_recipient(service: Service) -> None:
    # when
    receipt = service.accepted(*FIVE).receipt
    # then
    assert [(one.recipient, one.municipalities) for one in receipt.promises] == [
        ("0180", ("0180",)),
        ("0680", ("0680",)),
        ("1280", ("1280",)),
        ("1480", ("1480",)),
        ("unit-hoglandet", ("0687",)),
    ]
    assert {LetterTask(one.recipient, one.number) for one in receipt.promises} == set(service.world.letters)
    assert [one.recipient_name for one in receipt.promises] == [
        "Stockholm",
        "Jönköping",
        "Malmö",
        "Göteborg",
        "Höglandet (prov)",
    ]
    assert receipt.submitted_at == service.world.at


def test_what_is_kept_of_an_application_is_what_its_receipt_needs(service: Service) -> None:
    # when
    receipt = service.accepted(*FIVE).receipt
    # then
    (kept,) = service.world.applications.values()
    assert kept == Application(
        reference=receipt.reference,
        digest=kept.digest,
        receipt_digest=kept.receipt_digest,
        secret_version="1",
        submitted_at=service.world.at,
        question_set="2026-1",
        promises=receipt.promises,
        share_recipients=True,
        erased_at=None,
    )
    assert len(kept.digest) == len(kept.receipt_digest) == 32
    assert kept.digest != kept.receipt_digest


def test_who_is_not_asked_for_an_address_gets_no_mail(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a question set that leaves the address to choice
    questions = tuple(replace(one, required=one.required and one.name != "email") for one in current().questions)
    monkeypatch.setattr(submit_application, "load", lambda _: replace(current(), questions=questions))
    committed: list[SealedApplication] = []
    service.world.intake.accept = committed.append  # type: ignore[method-assign]
    # when
    service.accepted("0680", answers=answers_for(("0680",), email=OMIT))
    # then
    (sealed,) = committed
    assert sealed.confirmation is None
    assert [key_arn for key_arn, _, _ in service.world.made_keys.values()] == [service.world.recipients["0680"].key_arn]


def test_a_letter_larger_than_any_may_be_is_refused_and_the_largest_is_not(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the size of a letter
    service.accepted("0680")
    size = len(letters(service)["0680"].to_json())
    # then the same is accepted where that is the limit
    monkeypatch.setattr(submit_application, "LARGEST_LETTER", size)
    service.accepted("0680")
    # and refused where the limit is a byte less
    monkeypatch.setattr(submit_application, "LARGEST_LETTER", size - 1)
    with pytest.raises(InvalidAnswersError) as refused:
        service.accepted("0680")
    assert refused.value.errors == (FieldError("/answers", "tooLong"),)


def test_a_recipient_that_recruits_for_just_what_is_offered_receives(service: Service) -> None:
    # given
    change(service, "0680", assignments=frozenset({Assignment.JOURHEM}))
    # then
    service.accepted("0680", answers=answers_for(("0680",), assignments=["jourhem"]))
    with pytest.raises(RecipientsUnavailableError):
        service.accepted("0680", answers=answers_for(("0680",), assignments=["familjehem"]))


def test_a_unit_counts_once_and_its_letter_names_the_municipalities_that_led_to_it(service: Service) -> None:
    # when
    submitted = service.accepted("0685", "0686", "0687")
    # then
    assert len(submitted.receipt.promises) == 1
    assert letters(service)["unit-hoglandet"].municipalities == ("0685", "0686", "0687")


def test_eight_municipalities_of_five_recipients_are_not_too_many_but_six_recipients_are(service: Service) -> None:
    service.accepted("0180", "0680", "1280", "1480", "0685", "0686", "0687")
    with pytest.raises(InvalidAnswersError) as refused:
        service.accepted("0180", "0580", "0680", "1280", "1480", "2480")
    assert refused.value.errors == (FieldError("/municipalities", "tooMany"),)


def test_a_letter_is_the_same_alone_and_as_one_of_five_but_for_number_and_time(service: Service) -> None:
    # given
    alone, yes, no = Service(), Service(), Service()
    # when
    alone.accepted("0680", answers=answers_for(("0680",)))
    yes.accepted(*FIVE, answers=answers_for(FIVE, shareRecipients="yes"))
    no.accepted(*FIVE, answers=answers_for(FIVE, shareRecipients="no"))
    # then
    one, *others = [replace(letters(each)["0680"], number="") for each in (alone, yes, no)]
    assert others == [one, one]
    sizes = {
        len(queued.letter)
        for each in (alone, yes, no)
        for task, queued in each.world.letters.items()
        if task.recipient == "0680"
    }
    assert len(sizes) == 1


def test_a_letter_holds_the_extended_questions_of_its_own_recipient_only(service: Service) -> None:
    # when
    service.accepted(*FIVE)
    # then
    found = letters(service)
    assert "smoking" in found["0680"].answers
    assert found["0680"].extended_questions == ("smoking",)
    assert all("smoking" not in letter.answers for recipient, letter in found.items() if recipient != "0680")


def test_what_stands_in_clear_holds_no_answer(service: Service) -> None:
    # when
    service.accepted(*FIVE)
    # then
    world = service.world
    clear = repr((world.applications, world.deliveries, world.letters, world.confirmations, world.wraps, world.spent))
    assert not [mark for mark in MARKED_VALUES if mark.lower() in clear.lower()]


def test_a_family_that_lives_there_is_the_municipalitys_own(service: Service) -> None:
    # when
    service.accepted(*FIVE, answers=answers_for(FIVE, homeMunicipality="0685"))
    # then
    origins = {delivery.recipient: delivery.origin for delivery in service.world.deliveries.values()}
    assert origins.pop("unit-hoglandet") is Origin.OWN
    assert set(origins.values()) == {Origin.OTHER}


def test_the_same_form_sent_again_gives_the_same_receipt_and_stores_nothing_more(service: Service) -> None:
    # given
    sent = submission(*FIVE)
    first = service.submit(sent)
    before = repr(service.world.letters)
    # when
    service.world.passes(days=40)
    again = service.submit(sent)
    # then
    assert again.replayed
    assert again.receipt == first.receipt
    assert repr(service.world.letters) == before


def test_a_replay_needs_no_new_proof_of_work(service: Service) -> None:
    # given
    service.world.challenge_asked = True
    solution = service.world.challenges.solve(service.world.challenges.issue(service.world.at))
    sent = submission(*FIVE, challenge=solution)
    first = service.submit(sent)
    # then
    for challenge in (None, "forged", solution):
        assert service.submit(replace(sent, challenge=challenge)).receipt == first.receipt


def test_other_content_under_the_same_key_is_refused_whatever_it_is(service: Service) -> None:
    # given
    sent = submission(*FIVE)
    service.submit(sent)
    # then
    for other in (
        replace(sent, answers={**sent.answers, "places": 1}),
        replace(sent, municipalities=FIVE[:4]),
        replace(sent, campaign="var"),
        replace(sent, question_set="2020-1"),
        replace(sent, answers={}),
    ):
        with pytest.raises(KeyReusedError):
            service.submit(other)


def test_twenty_of_the_same_form_at_once_are_one_application(service: Service) -> None:
    # given
    sent = submission(*FIVE)
    # when
    with ThreadPoolExecutor(8) as pool:
        submitted = list(pool.map(service.submit, [sent] * 20))
    # then
    assert len({one.receipt for one in submitted}) == 1
    assert sum(not one.replayed for one in submitted) == 1
    assert len(service.world.letters) == 5
    assert service.world.tallied[Scope(Level.NATION), "2026-11"]["count"] == 1


def test_an_erased_application_stays_erased(service: Service) -> None:
    # given
    sent = submission(*FIVE)
    reference = service.submit(sent).receipt.reference
    service.world.applications[reference] = replace(service.world.applications[reference], erased_at=service.world.at)
    # then
    with pytest.raises(ApplicationErasedError):
        service.submit(sent)


def test_a_replay_is_recognised_after_the_secret_was_rotated(service: Service) -> None:
    # given
    sent = submission(*FIVE)
    first = service.submit(sent)
    # when
    service.world.secrets_kept = {"2": b"a newer secret of the tests, as long as one", **service.world.secrets_kept}
    # then
    assert service.submit(sent).receipt == first.receipt
    assert service.accepted("0180").receipt.reference != first.receipt.reference


def test_a_rotation_of_the_secret_in_the_middle_of_a_retry_makes_no_second_application(service: Service) -> None:
    # given one instance that knows the new version already, and one that does not
    sent, old = submission(*FIVE), service.world.secrets_kept
    service.world.secrets_kept = {"2": b"a newer secret of the tests, as long as one", **old}
    first = service.submit(sent)
    find = service.world.intake.find
    # when the other one's look-up comes before the first one's commit
    service.world.secrets_kept = dict(reversed(service.world.secrets_kept.items()))
    service.world.intake.find = blind_at_first(find)  # type: ignore[method-assign]
    second = service.submit(sent)
    # then
    assert second.receipt == first.receipt
    assert len(service.world.letters) == 5


def test_a_refusal_that_comes_after_a_twin_was_accepted_gives_the_twins_receipt(service: Service) -> None:
    # given
    sent = submission(*FIVE)
    first = service.submit(sent)
    find = service.world.intake.find
    service.world.intake.find = blind_at_first(find)  # type: ignore[method-assign]
    # when the recipient is paused between the two
    change(service, "1280", state=RecipientState.PAUSED)
    # then
    assert service.submit(sent).receipt == first.receipt


def test_the_consent_of_the_applicant_is_kept_at_the_application_and_nowhere_else(service: Service) -> None:
    # when
    consents = {
        service.accepted(*municipalities, answers=answers_for(municipalities, **changes)).receipt.reference: consent
        for municipalities, changes, consent in (
            (FIVE, {"shareRecipients": "yes"}, True),
            (FIVE, {"shareRecipients": "no"}, False),
            (("0180",), {}, None),
        )
    }
    # then
    assert {key: one.share_recipients for key, one in service.world.applications.items()} == consents


@pytest.mark.parametrize(
    ("code", "changes", "reason"),
    [
        ("0180", {"state": RecipientState.PAUSED}, "paused"),
        ("0180", {"state": RecipientState.LEAVING}, "leaving"),
        ("0180", {"state": RecipientState.READY}, "notConnected"),
        ("0687", {"state": RecipientState.PAUSED}, "paused"),
        ("0180", {"assignments": frozenset({Assignment.KONTAKTPERSON})}, "notRecruiting"),
        ("0180", {"key_arn": "arn:aws:kms:eu-north-1:111122223333:key/gone"}, "keyUnavailable"),
    ],
)
def test_a_recipient_that_cannot_receive_is_named_and_nothing_is_stored(
    service: Service, code: str, changes: dict[str, Any], reason: str
) -> None:
    # given
    recipient = "unit-hoglandet" if code == "0687" else code
    change(service, recipient, **changes)
    # when
    with pytest.raises(RecipientsUnavailableError) as refused:
        service.accepted(*FIVE)
    # then
    (one,) = refused.value.unavailable
    assert (one.recipient, one.municipalities, one.reason) == (recipient, (code,), reason)
    assert one.name == service.world.recipients[recipient].name
    assert nothing_is_stored(service.world)


def test_every_recipient_that_cannot_receive_is_named_at_once(service: Service) -> None:
    # given
    change(service, "0180", state=RecipientState.PAUSED)
    change(service, "1280", state=RecipientState.LEAVING)
    # when
    with pytest.raises(RecipientsUnavailableError) as refused:
        service.accepted("0180", "0114", "1280", answers=answers_for(("0180", "1280")))
    # then
    assert [(one.name, one.reason) for one in refused.value.unavailable] == [
        ("Upplands Väsby", "notConnected"),
        ("Stockholm", "paused"),
        ("Malmö", "leaving"),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": RecipientState.PAUSED}, "paused"),
        ({"key_arn": "arn:aws:kms:eu-north-1:111122223333:key/rotated"}, "changed"),
        ({"membership_version": 2, "municipalities": ("1280", "1281")}, "changed"),
    ],
)
def test_a_recipient_that_changes_between_check_and_commit_is_named_and_nothing_is_stored(
    service: Service, changes: dict[str, Any], reason: str
) -> None:
    # given a change that comes after the recipients were read and before the commit
    make = service.world.data_keys.make

    def make_while_it_changes(orders: Any) -> Any:
        made = make(orders)
        change(service, "1280", **changes)
        return made

    service.world.data_keys.make = make_while_it_changes  # type: ignore[method-assign]
    # when
    with pytest.raises(RecipientsUnavailableError) as refused:
        service.accepted(*FIVE)
    # then
    assert refused.value.unavailable == (Unavailable(("1280",), "1280", "Malmö", reason),)
    assert nothing_is_stored(service.world)


def test_a_recipient_that_vanishes_between_check_and_commit_is_named(service: Service) -> None:
    # given
    make = service.world.data_keys.make

    def make_while_it_goes(orders: Any) -> Any:
        made = make(orders)
        del service.world.recipients["1280"]
        return made

    service.world.data_keys.make = make_while_it_goes  # type: ignore[method-assign]
    # then
    with pytest.raises(RecipientsUnavailableError) as refused:
        service.accepted(*FIVE)
    assert [one.reason for one in refused.value.unavailable] == ["notConnected"]


def test_faults_of_the_choice_and_of_the_answers_are_told_together(service: Service) -> None:
    # when
    with pytest.raises(InvalidAnswersError) as refused:
        service.accepted("0180", "0180", "9999", answers=answers_for(("0180",), places="många", housingForm=OMIT))
    # then
    assert set(refused.value.errors) >= {
        FieldError("/municipalities/1", "repeated"),
        FieldError("/municipalities/2", "unknownMunicipality"),
        FieldError("/answers/places", "wrongType"),
        FieldError("/answers/housingForm", "required"),
    }
    assert nothing_is_stored(service.world)


@pytest.mark.parametrize("share", [OMIT, "yes"], ids=["one recipient", "several"])
def test_the_faults_of_the_choice_alone_are_enough_and_no_other_is_told(service: Service, share: Any) -> None:
    # given good answers, with and without the question that only several recipients bring
    sent = replace(submission("0180"), municipalities=(), answers=answers_for(("0180",), shareRecipients=share))
    # when
    with pytest.raises(InvalidAnswersError) as refused:
        service.submit(sent)
    # then
    assert refused.value.errors == (FieldError("/municipalities", "required"),)


def test_what_one_recipient_would_ask_is_no_fault_while_the_choice_is_at_fault(service: Service) -> None:
    # given an answer that Jönköping switched on, and a choice in which a code is wrong
    sent = replace(submission("0680"), municipalities=("0680", "9999"))
    assert "smoking" in sent.answers
    # when
    with pytest.raises(InvalidAnswersError) as refused:
        service.submit(sent)
    # then
    assert refused.value.errors == (FieldError("/municipalities/1", "unknownMunicipality"),)


@pytest.mark.parametrize("assignments", [None, "familjehem", [1], [["familjehem"]], {"familjehem": True}])
def test_assignments_that_cannot_be_read_are_a_fault_of_the_answers(service: Service, assignments: Any) -> None:
    with pytest.raises(InvalidAnswersError) as refused:
        service.accepted("0180", answers={**answers_for(("0180",)), "assignments": assignments})
    assert any(error.pointer.startswith("/answers/assignments") for error in refused.value.errors)


def test_protected_identity_and_a_known_child_stop_before_anything_is_read(service: Service) -> None:
    for name, error in (("protectedIdentity", ProtectedIdentityError), ("knownChild", KnownChildError)):
        with pytest.raises(error):
            service.accepted("0180", answers={**answers_for(("0180",)), name: "no"})
    assert "intake.find" not in service.world.steps


def test_an_unknown_question_set_is_refused(service: Service) -> None:
    with pytest.raises(QuestionSetUnknownError):
        service.submit(replace(submission("0180"), question_set="1999-1"))


def test_a_missing_proof_of_work_is_refused_before_the_answers_are_judged(service: Service) -> None:
    # given
    service.world.challenge_asked = True
    # then
    with pytest.raises(ChallengeRefusedError):
        service.accepted("0180", answers={})
    assert nothing_is_stored(service.world)


def test_a_challenge_is_spent_once(service: Service) -> None:
    # given
    service.world.challenge_asked = True
    solution = service.world.challenges.solve(service.world.challenges.issue(service.world.at))
    service.accepted("0180", challenge=solution)
    # then
    with pytest.raises(ChallengeRefusedError) as refused:
        service.accepted("0180", challenge=solution)
    assert refused.value.code == "spent"


def test_a_challenge_spent_by_the_same_form_a_moment_ago_gives_its_receipt(service: Service) -> None:
    # given two of the same form at once, of which the other one commits in between
    sent = submission(*FIVE)
    accept = service.world.intake.accept

    def accept_too_late(sealed: Any) -> None:
        accept(sealed)
        raise ChallengeSpentError

    service.world.intake.accept = accept_too_late  # type: ignore[method-assign]
    # then
    assert service.submit(sent).replayed


def test_an_answer_that_was_lost_after_the_commit_is_not_confirmed_and_the_next_try_gives_the_receipt(
    service: Service,
) -> None:
    # given
    sent = submission(*FIVE)
    service.world.fails("intake.accept", NotConfirmedError(), after=True)
    with pytest.raises(NotConfirmedError):
        service.submit(sent)
    # then
    assert service.submit(sent).replayed
    assert len(service.world.letters) == 5


@pytest.mark.parametrize("step", ["intake.find", "directory.serving", "data_keys.make", "intake.accept"])
def test_a_failure_at_any_step_stores_nothing_and_the_next_try_succeeds(service: Service, step: str) -> None:
    # given
    sent = submission(*FIVE)
    service.world.fails(step, NotConfirmedError())
    with pytest.raises(NotConfirmedError):
        service.submit(sent)
    assert nothing_is_stored(service.world)
    # then
    assert not service.submit(sent).replayed
    assert len(service.world.letters) == 5


def test_without_its_contact_key_the_service_blames_no_recipient(service: Service) -> None:
    # given
    service.world.usable_keys[CONTACT_KEY_ARN] = False
    # then
    with pytest.raises(NotConfirmedError):
        service.accepted(*FIVE)
    assert nothing_is_stored(service.world)


def test_a_recipient_whose_key_is_gone_is_named_even_while_the_service_itself_is_ill(service: Service) -> None:
    # given
    service.world.usable_keys[CONTACT_KEY_ARN] = False
    change(service, "1280", key_arn="arn:aws:kms:eu-north-1:111122223333:key/gone")
    # when
    with pytest.raises(RecipientsUnavailableError) as refused:
        service.accepted(*FIVE)
    # then
    assert [(one.recipient, one.reason) for one in refused.value.unavailable] == [("1280", "keyUnavailable")]
    assert nothing_is_stored(service.world)


def test_a_reference_that_is_taken_and_gone_again_is_not_confirmed(service: Service) -> None:
    # given
    service.world.fails("intake.accept", AlreadyAcceptedError())
    # then
    with pytest.raises(NotConfirmedError):
        service.accepted(*FIVE)


@settings(max_examples=30)
@given(
    answers=st.dictionaries(
        st.text(max_size=20), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists), max_size=4
    )
)
def test_the_content_of_a_submission_has_one_form_whatever_it_is(answers: dict[str, Any]) -> None:
    # given
    one = submission("0180", answers=answers or {"x": 1})
    other = replace(one, answers=dict(reversed(one.answers.items())), challenge="another")
    # then
    assert one.canonical() == other.canonical()
    json.loads(one.canonical())


def test_the_content_of_a_submission_is_these_bytes_for_ever() -> None:
    # given what is asked again after a release: a replay must be known by its digest
    sent = submission("0180", "0680", answers={"b": ["å", 1], "a": {"d": None, "c": True}}, campaign="var")
    # then
    expected = '["2026-1",["0180","0680"],{"a":{"c":true,"d":null},"b":["\\u00e5",1]},"var"]'
    assert sent.canonical().decode() == expected


def test_a_delivery_waits_as_queued_and_tells_only_what_may_stand_in_clear(service: Service) -> None:
    # when
    service.accepted("0680")
    # then
    (delivery,) = service.world.deliveries.values()
    assert delivery == Delivery(
        number=delivery.number,
        recipient="0680",
        state=DeliveryState.QUEUED,
        assignments=(Assignment.FAMILJEHEM,),
        origin=Origin.OWN,
        next_step=NextStep.DIRECT_MEETING,
        question_set="2026-1",
        queued_at=service.world.at,
    )
    assert not delivery.readable
