"""A supplement: how it is judged without the letter, what each recipient gets of it, and how it is read."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from familjehem.domain.answers import Corrections, corrections_for_recipient, validate_supplement
from familjehem.domain.assignment import Assignment
from familjehem.domain.compilation import compile_supplement
from familjehem.domain.delivery import DeliveryState, ReceivedSupplement
from familjehem.domain.errors import FieldError, InvalidAnswersError, KnownChildError, ProtectedIdentityError
from familjehem.domain.question_set import AnswerType, View, current
from familjehem.domain.sealing import versioned
from familjehem.domain.supplement import CardChanges, Supplement
from tests.builders import EVERY_ANSWER, NOW, TODAY, card, delivery, every_extended_question, supplement

FAMILJEHEM = frozenset({Assignment.FAMILJEHEM})
NEVER_CORRECTED = {
    "assignments",
    "applicants",
    "identityNumber",
    "coApplicantIdentityNumber",
    "coApplicantConfirmed",
    "truthful",
}


def judged(message: str | None = None, *, extended: frozenset[str] = frozenset(), **answers: Any) -> Corrections:
    return validate_supplement(current(), answers, message, assignments=FAMILJEHEM, extended=extended, today=TODAY)


def faults(message: str | None = None, **answers: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidAnswersError) as refused:
        judged(message, **answers)
    return [(one.pointer, one.code) for one in refused.value.errors]


def test_corrections_are_given_in_their_stored_form() -> None:
    found = judged("  Hej!\r\nVi har\tflyttat. ", mobile="070-174 06 08", bestContactTime=["evening"])
    assert found == Corrections({"mobile": "+46701740608", "bestContactTime": ["evening"]}, "Hej!\nVi har flyttat.")


def test_a_message_alone_and_an_answer_alone_are_enough() -> None:
    assert judged("Hej") == Corrections({}, "Hej")
    assert judged(name="Prov") == Corrections({"name": "Prov"}, None)
    assert judged("", name="Prov", email=" ") == Corrections({"name": "Prov"}, None)


def test_a_group_without_items_is_a_correction() -> None:
    assert judged(children=[]) == Corrections({"children": []}, None)


@pytest.mark.parametrize(("message", "answers"), [(None, {}), ("", {}), (" \n", {"name": "", "ages": []})])
def test_nothing_at_all_is_refused_at_the_message(message: str | None, answers: dict[str, Any]) -> None:
    assert faults(message, **answers) == [("/message", "required")]


def test_a_message_is_as_long_as_it_may_be_and_no_longer() -> None:
    assert judged("å" * 2000).message == "å" * 2000
    assert faults("å" * 2001) == [("/message", "tooLong")]


def test_an_answer_is_judged_though_what_shows_it_is_not_known() -> None:
    # given a question that the letter may never have shown
    assert judged(coApplicantName="Test").answers == {"coApplicantName": "Test"}
    assert faults(coApplicantMobile="fel") == [("/answers/coApplicantMobile", "invalidPhone")]


@pytest.mark.parametrize("adults", [("applicant",), ("coApplicant",), ("applicant", "coApplicant")])
def test_an_answer_per_adult_is_that_of_one_or_of_both(adults: tuple[str, ...]) -> None:
    value = dict.fromkeys(adults, "fullTime")
    assert judged(occupation=value).answers == {"occupation": value}


def test_an_adult_who_ticked_none_of_several_answers_corrects_nothing() -> None:
    # given a question of which each adult may tick several answers
    catalogue = replace(
        current(),
        questions=tuple(
            replace(question, type=AnswerType.MULTI) if question.name == "occupation" else question
            for question in current().questions
        ),
    )
    sent = {"occupation": {"applicant": ["study", "partTime"], "coApplicant": []}}
    # then
    found = validate_supplement(catalogue, sent, None, assignments=FAMILJEHEM, extended=(), today=TODAY)
    assert found.answers == {"occupation": {"applicant": ["study", "partTime"]}}


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("fullTime", ("", "wrongType")),
        ({}, ("", "required")),
        ({"applicant": ""}, ("", "required")),
        ({"coApplicant": "x"}, ("/coApplicant", "unknownChoice")),
        ({"applicant": "fullTime", "third": "fullTime"}, ("", "unknownQuestion")),
    ],
)
def test_an_answer_per_adult_that_is_none_is_pointed_at(value: Any, fault: tuple[str, str]) -> None:
    assert faults(occupation=value)[0] == (f"/answers/occupation{fault[0]}", fault[1])


def test_all_faults_are_told_in_the_order_of_the_catalogue_and_the_message_last() -> None:
    assert faults("\0", email="fel", startWindow="fel", nothing="x") == [
        ("/answers/startWindow", "unknownChoice"),
        ("/answers/email", "invalidEmail"),
        ("/answers", "unknownQuestion"),
        ("/message", "unallowedCharacters"),
    ]


@pytest.mark.parametrize("name", sorted(EVERY_ANSWER))
def test_every_question_that_is_delivered_can_be_corrected_but_for_who_applies_and_what_was_confirmed(
    name: str,
) -> None:
    # given everybody asks everything
    sent = {name: EVERY_ANSWER[name]}
    question = current().question(name)
    everything = {"assignments": frozenset(Assignment), "extended": every_extended_question(), "today": TODAY}
    # then
    if name in NEVER_CORRECTED or question.view is View.NOT_DELIVERED:
        with pytest.raises(InvalidAnswersError) as refused:
            validate_supplement(current(), sent, None, **everything)
        assert refused.value.errors == (FieldError(f"/answers/{name}", "notCorrectable"),)
    else:
        assert set(validate_supplement(current(), sent, None, **everything).answers) == {name}


def test_what_no_recipient_asks_cannot_be_told() -> None:
    assert faults(visitFrequency=["oneWeekendAMonth"]) == [("/answers/visitFrequency", "notShown")]
    assert faults(tenure="own") == [("/answers/tenure", "notShown")]
    assert judged(tenure="own", extended=frozenset({"tenure"})).answers == {"tenure": "own"}


@pytest.mark.parametrize(
    ("name", "error"), [("protectedIdentity", ProtectedIdentityError), ("knownChild", KnownChildError)]
)
def test_what_must_never_be_sent_stops_before_anything_else(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        judged(None, **{name: "yes", "mobile": "fel"})


def test_what_a_recipient_asks_of_others_than_these_applicants_cannot_be_told() -> None:
    # given a question that a recipient has switched on, and that belongs to an assignment that nobody applied for
    asked = next(
        each.name
        for each in current().questions
        if Assignment.FAMILJEHEM not in each.assignments and each.type is AnswerType.SINGLE and each.choices
    )
    value = current().question(asked).choices[0].code
    # then
    with pytest.raises(InvalidAnswersError) as refused:
        judged(None, extended=frozenset({asked}), **{asked: value})
    assert refused.value.errors == (FieldError(f"/answers/{asked}", "notShown"),)


def test_a_year_is_judged_by_the_date_that_is_given() -> None:
    child = [{"birthYear": 2026, "living": "fullTime", "relation": "own"}]
    assert judged(children=child).answers == {"children": child}
    with pytest.raises(InvalidAnswersError):
        validate_supplement(
            current(), {"children": child}, None, assignments=FAMILJEHEM, extended=(), today=date(2025, 12, 31)
        )


def test_each_recipient_gets_what_it_asks_and_nothing_of_what_others_ask() -> None:
    answers = {"mobile": "+46701740608", "tenure": "own", "smoking": "none"}
    assert corrections_for_recipient(current(), answers, FAMILJEHEM, {"tenure"}) == {
        "mobile": "+46701740608",
        "tenure": "own",
    }
    assert corrections_for_recipient(current(), answers, FAMILJEHEM, ()) == {"mobile": "+46701740608"}


def test_a_supplement_is_read_back_as_it_was_sealed() -> None:
    for one in (supplement(), supplement(message=None), supplement({})):
        assert Supplement.from_json(one.to_json()) == one
    with pytest.raises(ValueError, match=r"^unknown supplement format$"):
        Supplement.from_json(b'{"format": 2}')


def test_a_supplement_says_something_or_is_not_sent() -> None:
    assert supplement(message=None).says_something
    assert supplement({}).says_something
    assert not supplement({}, message=None).says_something


def test_the_words_are_those_of_the_full_compilation() -> None:
    # when
    items = compile_supplement(
        current(),
        supplement(
            {
                "mobile": "+46701740608",
                "address": {"street": "Nygatan 1", "postalCode": "55316", "city": "Jönköping"},
                "bestContactTime": ["morning", "evening"],
                "occupation": {"coApplicant": "fullTime"},
                "generalHealth": {"applicant": "good", "coApplicant": "ok"},
                "children": [],
            }
        ),
    )
    # then in the order of the catalogue, with K, B and Ö
    found = {one.name: one.answer for one in items}
    assert list(found) == ["address", "mobile", "bestContactTime", "children", "occupation", "generalHealth"]
    assert found["address"] == "Nygatan 1, 553 16 Jönköping"
    assert found["mobile"] == "+46701740608"
    assert found["children"] == "Inga"
    assert found["occupation"].startswith("Medsökande: ")
    assert [line.split(": ")[0] for line in found["generalHealth"].split("\n")] == ["Den som anmäler", "Medsökande"]
    assert [(one.code, one.label) for one in items if one.name == "mobile"] == [
        ("B04", current().question("mobile").label)
    ]


def test_languages_are_named_in_words() -> None:
    (item,) = compile_supplement(current(), supplement({"spokenLanguages": ["ar"]}))
    assert item.answer == "Arabiska"


def test_of_two_adults_the_one_who_answers_alone_is_named() -> None:
    (item,) = compile_supplement(current(), supplement({"occupation": {"applicant": "fullTime"}}))
    assert item.answer.startswith("Den som anmäler: ")


def test_a_card_has_what_was_corrected_last_and_keeps_the_rest() -> None:
    # given
    first = CardChanges.of({"mobile": "+46701740608", "housingForm": "house"})
    second = CardChanges.of({"mobile": "+46701740609", "bestContactTime": ["morning"]})
    # when
    shown = second.over(first.over(card()))
    # then
    assert shown == card(telephone="+46701740609", best_time=("morning",))
    everything = CardChanges(name="Ny", telephone="+46", best_time=(), start_window="now")
    assert everything.over(card()) == card(name="Ny", telephone="+46", best_time=(), start_window="now")
    assert CardChanges().over(card()) == card()


@pytest.mark.parametrize(
    "changes", [CardChanges(), CardChanges(name="Ny", telephone="+46", best_time=("morning",), start_window="now")]
)
def test_changes_are_read_back_as_they_were_sealed(changes: CardChanges) -> None:
    assert CardChanges.from_json(changes.to_json()) == changes


def test_changes_of_another_format_are_not_read() -> None:
    with pytest.raises(ValueError, match=r"^unknown format of changes$"):
        CardChanges.from_json(b'{"format": 2}')


def test_a_version_stands_behind_the_number_of_its_delivery() -> None:
    assert [versioned("7K3M-9QWX-2B4C", version) for version in (1, 2, 21)] == [
        "7K3M-9QWX-2B4C",
        "7K3M-9QWX-2B4C/2",
        "7K3M-9QWX-2B4C/21",
    ]


def test_a_delivery_knows_which_supplements_have_come() -> None:
    # given
    later = NOW.replace(hour=20)
    one = delivery(supplements=3, received_supplements=(ReceivedSupplement(2, later), ReceivedSupplement(4, NOW)))
    # then
    assert one.next_version == 5
    assert one.queued_supplements == (3,)
    assert one.supplemented_at == later
    assert (delivery().next_version, delivery().queued_supplements, delivery().supplemented_at) == (2, (), None)


@pytest.mark.parametrize("state", DeliveryState)
def test_a_delivery_is_open_until_it_is_closed_withdrawn_or_erased(state: DeliveryState) -> None:
    over = {DeliveryState.CLOSED, DeliveryState.WITHDRAWN, DeliveryState.ERASED}
    assert delivery(state=state).open is (state not in over)
