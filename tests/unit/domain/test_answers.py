"""Answers are judged by the server alone, and a letter knows only what its own recipient asked."""

import json
import sys
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from familjehem.domain import contact_details, identity_number
from familjehem.domain.answers import asked, for_recipient, validate
from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import (
    FamiljehemError,
    FieldError,
    InvalidAnswersError,
    KnownChildError,
    ProtectedIdentityError,
)
from familjehem.domain.question_set import AnswerType, View, current
from tests.builders import (
    EVERY_ANSWER,
    IDENTITY_NUMBER,
    MARKED_VALUES,
    OMIT,
    TODAY,
    UNDER_AGE_IDENTITY_NUMBER,
    every_extended_question,
    family_answers,
    family_body,
    supplement,
    validated,
)

FAMILY = Path(__file__).parents[3] / "events" / "http" / "bodies" / "family.json"
SUPPLEMENT = FAMILY.with_name("supplement.json")
EXTENDED = every_extended_question()
QUESTIONS = tuple(question for question in current().questions if question.name in EVERY_ANSWER)


def faults(
    *, extended: frozenset[str] = frozenset(), recipients: int = 1, sent: dict[str, Any] | None = None, **changes: Any
) -> list[tuple[str, str]]:
    """Send a family's answers with `changes` and give the faults."""
    if sent is None:
        sent = family_answers(extended=extended, recipients=recipients, **changes)
    try:
        validate(current(), sent, extended=extended, recipients=recipients, today=TODAY)
    except InvalidAnswersError as refusal:
        return [(fault.pointer, fault.code) for fault in refusal.errors]
    return []


# ---------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("assignment", "core", "with_extended"),
    [
        (Assignment.FAMILJEHEM, 64, 96),
        (Assignment.JOURHEM, 68, 101),
        (Assignment.JOURFAMILJ, 67, 96),
        (Assignment.KONTAKTFAMILJ, 55, 87),
        (Assignment.KONTAKTPERSON, 36, 47),
    ],
)
def test_each_assignment_asks_as_many_questions_as_the_catalogue_says(
    assignment: Assignment, core: int, with_extended: int
) -> None:
    not_answers = 3  # protected identity and the known child stop on the page, the municipalities stand beside
    assert len(asked(current(), [assignment], ())) == core - not_answers
    assert len(asked(current(), [assignment], EXTENDED)) == with_extended - not_answers


def test_a_question_is_core_as_soon_as_one_chosen_assignment_makes_it_core() -> None:
    # given a question that is extended for kontaktfamilj and core for familjehem
    names = [question.name for question in asked(current(), [Assignment.KONTAKTFAMILJ], ())]
    assert "changesAhead" not in names
    # when both are chosen, then it is asked
    both = [question.name for question in asked(current(), [Assignment.KONTAKTFAMILJ, Assignment.FAMILJEHEM], ())]
    assert "changesAhead" in both


@pytest.mark.parametrize("assignment", Assignment)
@pytest.mark.parametrize("applicants", ["solo", "partner", "otherAdult"])
@pytest.mark.parametrize("extended", [frozenset[str](), EXTENDED], ids=["core", "extended"])
def test_a_complete_family_is_accepted_in_every_assignment(
    assignment: Assignment, applicants: str, extended: frozenset[str]
) -> None:
    alone = assignment is Assignment.KONTAKTPERSON
    changes = {} if alone else {"applicants": applicants}
    assert faults(extended=extended, recipients=5, assignments=[assignment.value], **changes) == []


def test_the_family_of_the_demonstration_is_the_builders_family_and_is_accepted() -> None:
    sent = json.loads(FAMILY.read_text(encoding="utf-8"))
    assert sent == family_body()
    assert faults(recipients=5, sent=sent["answers"]) == []


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_required_question_that_is_shown_must_be_answered(question: Any) -> None:
    # given everything asked of somebody with all assignments, but one answer
    everything = {"assignments": [one.value for one in Assignment]}
    answers = family_answers(extended=EXTENDED, recipients=2, **everything)
    if question.name not in answers:
        pytest.fail(f"{question.name} is never shown to the builders' family")
    del answers[question.name]
    # when it is sent, then exactly that answer is missed
    found = faults(extended=EXTENDED, recipients=2, sent=answers)
    hidden = {fault for fault in found if fault[1] == "notShown"}
    if question.required:
        assert found[0] == (f"/answers/{question.name}", "required")
        assert len(found) == 1
    else:
        assert found == []
    assert not hidden


def test_what_was_not_asked_must_not_be_answered() -> None:
    assert faults(onCallHours=["day"]) == [("/answers/onCallHours", "notShown")]
    assert faults(genderPreference="no") == [("/answers/genderPreference", "notShown")]
    assert faults(extended=frozenset({"genderPreference"}), genderPreference="no") == []


def test_what_an_answer_hides_must_not_be_answered() -> None:
    assert faults(children=[], childrensView="all") == [("/answers/childrensView", "notShown")]
    assert faults(recipients=1, shareRecipients="yes") == [("/answers/shareRecipients", "notShown")]
    assert faults(recipients=2, shareRecipients="yes") == []


def test_a_hidden_answer_cannot_show_another_question() -> None:
    # given a household question that hides behind an answer which kontaktperson is never asked
    sent = family_answers(assignments=["kontaktperson"]) | {"otherAdults": 2, "adultsAgree": "yes"}
    assert faults(sent=sent) == [("/answers/otherAdults", "notShown"), ("/answers/adultsAgree", "notShown")]


def test_one_mistake_is_told_once_and_not_again_for_all_that_rests_on_it() -> None:
    # given answers of two adults, and an unreadable answer to who applies
    assert faults(applicants="partner") == []
    sent = family_answers() | {"applicants": "aunt"}
    assert faults(sent=sent) == [("/answers/applicants", "unknownChoice")]
    # and the same where it is missing, or where the assignments themselves are
    del sent["applicants"]
    assert faults(sent=sent) == [("/answers/applicants", "required")]
    sent = family_answers()
    del sent["assignments"]
    assert faults(sent=sent) == [("/answers/assignments", "required")]
    assert faults(sent=family_answers() | {"assignments": ["adoption"]}) == [
        ("/answers/assignments/0", "unknownChoice")
    ]


def test_every_fault_is_told_at_once_in_the_order_of_the_catalogue() -> None:
    sent = family_answers(places=9, name=OMIT, housingForm="castle") | {"surprise": 1}
    assert faults(sent=sent) == [
        ("/answers/name", "required"),
        ("/answers/housingForm", "unknownChoice"),
        ("/answers/places", "outOfRange"),
        ("/answers", "unknownQuestion"),
    ]


@pytest.mark.parametrize("name", ["municipalities", "everydayTime", "", "Name", "\ud800", "../name"])
def test_an_unknown_name_is_refused_without_being_repeated(name: str) -> None:
    assert faults(sent=family_answers() | {name: "x"}) == [("/answers", "unknownQuestion")]


@pytest.mark.parametrize(
    ("name", "refusal"), [("protectedIdentity", ProtectedIdentityError), ("knownChild", KnownChildError)]
)
@pytest.mark.parametrize("value", ["yes", "no", None, {}])
def test_two_questions_stop_before_anything_else_is_looked_at(
    name: str, refusal: type[FamiljehemError], value: Any
) -> None:
    with pytest.raises(refusal):
        validate(current(), {name: value, "name": 1, "nonsense": []}, extended=(), recipients=1, today=TODAY)


# ---------------------------------------------------------------- single answers


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"housingForm": 3}, "housingForm", "wrongType"),
        ({"housingForm": None}, "housingForm", "wrongType"),
        ({"housingForm": ["house"]}, "housingForm", "wrongType"),
        ({"housingForm": "HOUSE"}, "housingForm", "unknownChoice"),
        ({"housingForm": "  "}, "housingForm", "required"),
        ({"places": True}, "places", "wrongType"),
        ({"places": 2.0}, "places", "wrongType"),
        ({"places": float("nan")}, "places", "wrongType"),
        ({"places": "2"}, "places", "wrongType"),
        ({"places": ""}, "places", "wrongType"),
        ({"places": -1}, "places", "outOfRange"),
        ({"places": 10**4000}, "places", "outOfRange"),
        ({"truthful": False}, "truthful", "required"),
        ({"truthful": 1}, "truthful", "wrongType"),
        ({"truthful": "true"}, "truthful", "wrongType"),
        ({"homeMunicipality": "0682x"}, "homeMunicipality", "unknownMunicipality"),
        ({"homeMunicipality": 680}, "homeMunicipality", "wrongType"),
        ({"animals": "dog"}, "animals", "wrongType"),
        ({"animals": []}, "animals", "required"),
        ({"animals": ["dog", 1]}, "animals/1", "wrongType"),
        ({"animals": ["dog", "dragon"]}, "animals/1", "unknownChoice"),
        ({"animals": ["dog", "dog"]}, "animals/1", "repeated"),
        ({"animals": ["dog", "none"]}, "animals", "exclusive"),
        ({"animals": ["dog"] * 7}, "animals", "tooMany"),
        ({"mainReasons": ["safe", "share", "other"]}, "mainReasons", "tooMany"),
        ({"spokenLanguages": ["sv", "klingon"]}, "spokenLanguages/1", "unknownLanguage"),
        ({"spokenLanguages": "sv"}, "spokenLanguages", "wrongType"),
        ({"spokenLanguages": []}, "spokenLanguages", "required"),
        ({"interpreter": "no"}, "interpreter", "wrongType"),
        ({"interpreter": {}}, "interpreter/needed", "required"),
        ({"interpreter": {"needed": "perhaps"}}, "interpreter/needed", "unknownChoice"),
        ({"interpreter": {"needed": True}}, "interpreter/needed", "wrongType"),
        ({"interpreter": {"needed": "yes"}}, "interpreter/language", "required"),
        ({"interpreter": {"needed": "yes", "language": "klingon"}}, "interpreter/language", "unknownLanguage"),
        ({"interpreter": {"needed": "yes", "language": 7}}, "interpreter/language", "wrongType"),
        ({"interpreter": {"needed": "no", "language": "ar"}}, "interpreter/language", "notShown"),
        ({"interpreter": {"needed": "no", "dialect": "x"}}, "interpreter", "unknownQuestion"),
        ({"mobile": "112"}, "mobile", "invalidPhone"),
        ({"mobile": 701740605}, "mobile", "wrongType"),
        ({"email": "prov@localhost"}, "email", "invalidEmail"),
        ({"identityNumber": "19121212-1213"}, "identityNumber", "invalidIdentityNumber"),
        ({"identityNumber": UNDER_AGE_IDENTITY_NUMBER}, "identityNumber", "underAge"),
        ({"coApplicantIdentityNumber": UNDER_AGE_IDENTITY_NUMBER}, "coApplicantIdentityNumber", "underAge"),
        ({"coApplicantIdentityNumber": IDENTITY_NUMBER}, "coApplicantIdentityNumber", "repeated"),
        ({"address": "Provgatan 1"}, "address", "wrongType"),
        ({"address": {"street": "Provgatan 1", "city": "Provstad"}}, "address/postalCode", "required"),
        ({"address": {"street": "", "postalCode": "55316", "city": "P"}}, "address/street", "required"),
        ({"address": {"street": "P", "postalCode": "05316", "city": "P"}}, "address/postalCode", "invalidPostalCode"),
        ({"address": {"street": "P", "postalCode": "5531", "city": "P"}}, "address/postalCode", "invalidPostalCode"),
        ({"address": {"street": "P", "postalCode": "5" * 99, "city": "P"}}, "address/postalCode", "invalidPostalCode"),
        ({"address": {"street": "P", "postalCode": "٥٥٣١٦", "city": "P"}}, "address/postalCode", "invalidPostalCode"),
        ({"address": {"street": "P", "postalCode": "55316", "city": "P", "land": "x"}}, "address", "unknownQuestion"),
        ({"children": {}}, "children", "wrongType"),
        ({"children": [{"birthYear": 2014}] * 16}, "children", "tooMany"),
        ({"children": [2014]}, "children/0", "wrongType"),
        ({"occupation": "fullTime"}, "occupation", "wrongType"),
        ({"occupation": {"applicant": "fullTime"}}, "occupation/coApplicant", "required"),
        ({"occupation": {"applicant": "x", "coApplicant": "study"}}, "occupation/applicant", "unknownChoice"),
        (
            {"occupation": {"applicant": "study", "coApplicant": "study", "cat": "study"}},
            "occupation",
            "unknownQuestion",
        ),
        (
            {"applicants": "solo", "occupation": {"applicant": "study", "coApplicant": "study"}},
            "occupation/coApplicant",
            "notShown",
        ),
    ],
)
def test_an_answer_of_the_wrong_kind_is_refused_at_its_place(change: dict[str, Any], pointer: str, code: str) -> None:
    assert faults(**change) == [(f"/answers/{pointer}", code)]


@pytest.mark.parametrize(
    "question", [one for one in QUESTIONS if one.type is AnswerType.NUMBER], ids=lambda question: question.name
)
def test_the_least_and_the_greatest_number_that_may_be_are_numbers_like_others(question: Any) -> None:
    assert validated(**{question.name: question.minimum})[question.name] == question.minimum
    assert validated(**{question.name: question.maximum})[question.name] == question.maximum


def test_a_child_was_born_in_a_year_from_1900_to_this_one() -> None:
    child = {"birthYear": TODAY.year, "living": "fullTime", "relation": "own"}
    for year in (1900, TODAY.year):
        assert validated(children=[child | {"birthYear": year}])["children"] == [child | {"birthYear": year}]
    assert faults(children=[child | {"birthYear": 1899}]) == [("/answers/children/0/birthYear", "outOfRange")]
    assert faults(children=[child | {"birthYear": ""}]) == [("/answers/children/0/birthYear", "wrongType")]


def test_an_adult_who_left_a_field_empty_has_not_answered() -> None:
    # given two adults of whom one wrote nothing
    half = {"applicant": "study", "coApplicant": " "}
    # then that one is missed, if the two apply together
    assert faults(occupation=half) == [("/answers/occupation/coApplicant", "required")]
    assert validated(applicants="solo", occupation=half)["occupation"] == {"applicant": "study"}


def test_an_adult_who_ticked_none_of_several_answers_has_not_answered() -> None:
    # given a question of which each adult may tick several answers
    catalogue = replace(
        current(),
        questions=tuple(
            replace(question, type=AnswerType.MULTI) if question.name == "occupation" else question
            for question in current().questions
        ),
    )
    sent = family_answers(occupation={"applicant": ["study", "partTime"], "coApplicant": []})
    # when one ticks none, then that one is missed
    with pytest.raises(InvalidAnswersError) as refusal:
        validate(catalogue, sent, extended=(), recipients=1, today=TODAY)
    assert refusal.value.errors == (FieldError("/answers/occupation/coApplicant", "required"),)
    # and what both tick is kept
    sent["occupation"]["coApplicant"] = ["study"]
    assert validate(catalogue, sent, extended=(), recipients=1, today=TODAY)["occupation"] == sent["occupation"]


def test_every_part_of_every_item_of_a_group_is_judged() -> None:
    child = {"birthYear": 2014, "living": "fullTime", "relation": "own"}
    assert faults(
        children=[
            child,
            child | {"birthYear": TODAY.year + 1},
            child | {"birthYear": "2014", "living": "moon"},
            {"birthYear": 2014, "living": "fullTime", "name": "x"},
        ]
    ) == [
        ("/answers/children/1/birthYear", "outOfRange"),
        ("/answers/children/2/birthYear", "wrongType"),
        ("/answers/children/2/living", "unknownChoice"),
        ("/answers/children/3/relation", "required"),
        ("/answers/children/3", "unknownQuestion"),
    ]


def test_a_group_that_must_have_an_item_cannot_be_empty_but_children_can() -> None:
    switched_on = frozenset({"otherAdultDetails"})
    assert faults(extended=switched_on, otherAdultDetails=[]) == [("/answers/otherAdultDetails", "required")]
    assert faults(children=[]) == []


def test_an_optional_question_may_be_left_empty_and_is_then_no_answer() -> None:
    answers = validated(contactAdaptation="  \n ", extended={"interests"}, interests=[])
    assert "contactAdaptation" not in answers
    assert "interests" not in answers


def test_a_contact_person_need_not_say_more_of_the_address_than_the_place() -> None:
    assert faults(assignments=["kontaktperson"], address={"city": "Provstad"}) == []
    assert faults(assignments=["kontaktperson"], address={}) == [("/answers/address/city", "required")]


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\x7f",
        "\x85",
        "\u200b",
        "\u200e",
        "\u2028",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ud800",
        "\ue000",
        "\ufffe",
        "\U0010ffff",
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_a_reader_cannot_see_or_trust_is_not_allowed_in_a_text(character: str) -> None:
    assert faults(motive=f"Vi vill{character} hjälpa") == [("/answers/motive", "unallowedCharacters")]
    assert faults(name=f"Prov{character}Kanarie") == [("/answers/name", "unallowedCharacters")]


def test_lines_are_broken_only_where_a_text_has_several() -> None:
    assert validated(motive="ett\r\ntvå\tord\n")["motive"] == "ett\ntvå ord"
    assert faults(name="Prov\nKanarie") == [("/answers/name", "unallowedCharacters")]
    assert faults(motive="ett\rtvå") == [("/answers/motive", "unallowedCharacters")]


def test_a_text_is_counted_in_composed_characters_after_its_ends_are_trimmed() -> None:
    # given å written as two characters, at the limit
    assert validated(motive="  " + "a\u030a" * 800 + " ")["motive"] == "å" * 800
    assert faults(motive="å" * 801) == [("/answers/motive", "tooLong")]
    assert faults(motive="👍" * 800) == []
    assert faults(motive="a\u0301\u0316" * 40_000) == [("/answers/motive", "tooLong")]


def test_what_surrounds_a_text_may_be_long_but_not_without_end() -> None:
    # given texts that are short enough once they are trimmed
    assert validated(motive="x" * 800 + " " * 2600)["motive"] == "x" * 800
    assert validated(name="x" * 120 + " " * 560)["name"] == "x" * 120
    # then they may be four times as long as they come, and a little more
    assert faults(motive="x" * 800 + " " * 2601) == [("/answers/motive", "tooLong")]
    assert faults(name="x" * 120 + " " * 561) == [("/answers/name", "tooLong")]


def test_only_a_text_of_more_than_200_characters_has_several_lines() -> None:
    assert faults(contactAdaptation="ett\ntvå") == [("/answers/contactAdaptation", "unallowedCharacters")]
    assert faults(extended=frozenset({"ownLimits"}), ownLimits="ett\ntvå") == []


@pytest.mark.parametrize("character", ["\ufdd0", "\ufdef", "\U0001fffe", "\U0001ffff"])
def test_what_is_no_character_is_not_allowed(character: str) -> None:
    assert faults(motive=f"Vi vill{character}") == [("/answers/motive", "unallowedCharacters")]


@pytest.mark.parametrize("character", ["\u00a0", "\u3000", "\u0378", "\ufdcf", "\ufdf0", "\ufffd", "\U0001fffd"])
def test_what_is_only_rare_is_allowed(character: str) -> None:
    assert validated(motive=f"Vi\u00a0vill{character}hjälpa")["motive"] == f"Vi\u00a0vill{character}hjälpa"


@pytest.mark.parametrize(
    ("written", "stored"), [("553 16", "55316"), (" 5 5 3 1 6", "55316"), (" 5 5 3 1 6 ", None), ("553-16", None)]
)
def test_a_postal_code_has_five_figures_in_at_most_ten_characters(written: str, stored: str | None) -> None:
    address = {"street": "P", "postalCode": written, "city": "P"}
    if stored is None:
        assert faults(address=address) == [("/answers/address/postalCode", "invalidPostalCode")]
    else:
        assert validated(address=address)["address"]["postalCode"] == stored


def test_names_of_all_scripts_are_names() -> None:
    for name in ("محمد كناريا", "Nguyễn Kanarie", "O’Prov–Kanarie", "Åsa-Märta Ödlund Ħ"):
        assert faults(name=name) == []


# ---------------------------------------------------------------- stored form


def test_answers_are_stored_in_one_form() -> None:
    answers = validated(email=" Kanariefagel.Prov@EXAMPLE.com ", mobile="+46 (0)70-174 06 05")
    assert answers["identityNumber"] == "191212121212"
    assert answers["coApplicantIdentityNumber"] == "189001019802"
    assert answers["mobile"] == "+46701740605"
    assert answers["email"] == "Kanariefagel.Prov@example.com"
    assert answers["address"] == {"street": "Kanariefågelgatan 5", "postalCode": "55316", "city": "Kanariefågelstad"}
    assert answers["interpreter"] == {"needed": "no"}
    assert validated(interpreter={"needed": "yes", "language": "ar"})["interpreter"] == {
        "needed": "yes",
        "language": "ar",
    }


def test_the_stored_form_is_accepted_again_and_stays_the_same() -> None:
    once = validated(extended=EXTENDED, recipients=3)
    again = validate(current(), once, extended=EXTENDED, recipients=3, today=TODAY)
    assert again == once


def test_what_was_sent_is_left_as_it_was() -> None:
    sent = family_answers()
    before = deepcopy(sent)
    validate(current(), sent, extended=(), recipients=1, today=TODAY)
    assert sent == before


def test_every_marked_value_of_the_builders_can_be_found_in_what_is_sent_or_stored() -> None:
    everything = {"extended": EXTENDED, "assignments": [one.value for one in Assignment]}
    text = json.dumps([family_answers(**everything), validated(**everything), supplement().answers])
    text += SUPPLEMENT.read_text(encoding="utf-8")
    assert [value for value in MARKED_VALUES if value not in text] == []
    for question in current().questions:
        if question.type is AnswerType.TEXT and question.longest and question.longest > 120:
            assert "Kanariefågel" in EVERY_ANSWER[question.name]


# ---------------------------------------------------------------- identity numbers and contact details


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("191212121212", "191212121212"),
        ("19121212-1212", "191212121212"),
        (" 19121212 1212 ", "191212121212"),
        ("121212+1212", "191212121212"),
        ("19121212\u20131212", "191212121212"),
        ("121212-1212", "201212121212"),
        ("19121272-1219", "191212721219"),
        ("18900101-9802", "189001019802"),
    ],
)
def test_identity_numbers_are_read_in_every_usual_notation(written: str, digits: str) -> None:
    number = identity_number.read(written, TODAY)
    assert number is not None
    assert number.digits == digits


@pytest.mark.parametrize(
    "written",
    [
        "",
        "19121212121",
        "1912121212123",
        "19121212-1213",
        "19121312-1211",
        "19120230-1211",
        "121212-0009",
        "1912T212-1212",
        "121212-T212",
        "191212121212\n1",
        "١٩١٢١٢١٢١٢١٢",
        "00000000-0000",
        "18120230-1210",
        "20991212-1218",
    ],
)
def test_what_is_no_identity_number_is_none(written: str) -> None:
    assert identity_number.read(written, TODAY) is None


@pytest.mark.parametrize(
    ("written", "today", "digits"),
    [
        ("121212-1212", date(2011, 12, 31), "191212121212"),
        ("121212-1212", date(2012, 12, 12), "201212121212"),
        ("121212-1212", date(2015, 6, 1), "201212121212"),
        ("121212+1212", date(2015, 6, 1), "191212121212"),
        ("000101-2384", TODAY, "200001012384"),
        ("000101+9801", TODAY, "190001019801"),
    ],
)
def test_ten_figures_mean_the_latest_year_that_has_come_or_a_hundred_years_before(
    written: str, today: date, digits: str
) -> None:
    number = identity_number.read(written, today)
    assert number is not None
    assert number.digits == digits


def test_nobody_is_born_tomorrow_or_in_another_age() -> None:
    day = date(2012, 12, 12)
    assert identity_number.read("201212121212", day) is not None
    assert identity_number.read("201212121212", date(2012, 12, 11)) is None
    # 12 December 1812 has the same last four digits, and the same check digit
    assert identity_number.read("181212121212", TODAY) is None


@pytest.mark.parametrize(
    ("today", "age"),
    [(date(2030, 12, 11), 17), (date(2030, 12, 12), 18), (date(2030, 12, 13), 18), (date(2031, 1, 1), 18)],
)
def test_somebody_is_of_age_on_the_day_itself(today: date, age: int) -> None:
    number = identity_number.read("201212121212", today)
    assert number is not None
    assert number.age(today) == age


@pytest.mark.parametrize(("today", "codes"), [(date(2030, 12, 11), ["underAge"]), (date(2030, 12, 12), [])])
@pytest.mark.parametrize("name", ["identityNumber", "coApplicantIdentityNumber"])
def test_somebody_may_apply_from_the_day_of_turning_eighteen(name: str, today: date, codes: list[str]) -> None:
    # given a family of which one adult was born on 12 December 2012
    sent = family_answers(**{name: UNDER_AGE_IDENTITY_NUMBER})
    # when it applies
    try:
        validate(current(), sent, extended=(), recipients=1, today=today)
        found = []
    except InvalidAnswersError as refusal:
        found = [(fault.pointer, fault.code) for fault in refusal.errors]
    # then it is refused on the last day of seventeen years, and on no later one
    assert found == [(f"/answers/{name}", code) for code in codes]


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{6,8}[-+ ]?[0-9]{4}\n?"))
def test_reading_an_identity_number_never_fails(written: str) -> None:
    number = identity_number.read(written, TODAY)
    assert number is None or (len(number.digits) == 12 and number.born <= TODAY)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("070-174 06 05", "+46701740605"),
        ("0046 70 174 06 05", "+46701740605"),
        ("+46 (0)70 174 06 05", "+46701740605"),
        ("+46070 1740605", "+46701740605"),
        ("08-465 004 01", "+46846500401"),
        ("+358 40 123 4567", "+358401234567"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("070-174 06 0", None),
        ("070-174 06 055", None),
        ("+46", None),
        ("+0701740605", None),
        ("701740605", None),
        ("070-KANARIE", None),
        ("٠٧٠١٧٤٠٦٠٥", None),
        ("070-174 06 05".ljust(40), "+46701740605"),
        ("070-174 06 05".ljust(41), None),
        ("0" * 41, None),
        ("", None),
    ],
)
def test_telephone_numbers_get_one_form(written: str, number: str | None) -> None:
    assert contact_details.phone(written) == number


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Prov.Kanarie+x@Example.COM", "Prov.Kanarie+x@example.com"),
        ("prov@räksmörgås.example.com", "prov@xn--rksmrgs-5wao1o.example.com"),
        ("prov@example", None),
        ("pröv@example.com", None),
        ("prov..x@example.com", None),
        (".prov@example.com", None),
        ("prov@-example.com", None),
        ("prov@example..com", None),
        ("prov@å..com", None),
        ("prov@192.0.2.1", None),
        ("prov@example.com, annan@example.com", None),
        ("prov@example.com\nBcc: x@example.com", None),
        ("@example.com", None),
        ("x" * 65 + "@example.com", None),
        ("prov@" + "x." * 130 + "com", None),
        ("prov@" + "å." * 60 + "com", None),
        ("prov@" + "x" * 63 + ".com", "prov@" + "x" * 63 + ".com"),
        ("prov@" + "x" * 64 + ".com", None),
        ("x" * 64 + "@example.com", "x" * 64 + "@example.com"),
        ("prov@" + "abcdefgh." * 27 + "abcdef", "prov@" + "abcdefgh." * 27 + "abcdef"),
        ("prov@" + "abcdefgh." * 27 + "abcdefg", None),
        # what is left out when it is encoded counts before it is left out
        ("prov@" + ("a" + "\u00ad" * 40 + ".") * 2 + "com", "prov@a.a.com"),
        ("prov@" + ("a" + "\u00ad" * 40 + ".") * 6 + "com", None),
        # and what comes by the encoding counts too: 254 characters, and 255
        ("prov@" + "ö." * 24 + "x" * 53 + ".com", "prov@" + "xn--nda." * 24 + "x" * 53 + ".com"),
        ("prov@" + "ö." * 24 + "x" * 54 + ".com", None),
    ],
)
def test_mail_addresses_get_one_form(written: str, address: str | None) -> None:
    assert contact_details.email(written) == address


@pytest.mark.parametrize(("written", "loads"), [("prov@Example.com", False), ("prov@räksmörgås.example.com", True)])
def test_only_an_address_beyond_ascii_waits_for_the_slow_codec_of_domains(written: str, *, loads: bool) -> None:
    # given somebody who hears of every call
    heard: set[str] = set()
    before = sys.getprofile()
    sys.setprofile(lambda frame, _event, _about: heard.add(Path(frame.f_code.co_filename).name))
    # when an address is read
    try:
        address = contact_details.email(written)
    finally:
        sys.setprofile(before)
    # then the codec, which takes longer to load than an application to judge, is called only if it must be
    assert address is not None
    assert ("idna.py" in heard) is loads


# ---------------------------------------------------------------- whatever is sent

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=8,
)
NAMES = [question.name for question in current().questions if question.stored]
OURS = {*NAMES, *(member.name for question in current().questions for member in question.members)}
OURS |= {"", "answers", "applicant", "coApplicant", "needed", "language"}
NESTED = st.sampled_from(
    ["applicant", "coApplicant", "street", "postalCode", "city", "birthYear", "living", "needed", "language", "phone"]
)
CODES = st.sampled_from(sorted({code for question in current().questions for code in question.codes} | {"sv", "0680"}))
NEAR = st.recursive(
    JSON | CODES,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(NESTED, inside, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    changes=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=10), NEAR, max_size=6),
    assignments=st.lists(st.sampled_from([one.value for one in Assignment]), unique=True, min_size=1),
    recipients=st.integers(1, 5),
)
def test_any_json_gives_answers_or_a_refusal_that_repeats_nothing(
    changes: dict[str, Any], assignments: list[str], recipients: int
) -> None:
    # given a good application in which anything was changed
    sent = {**family_answers(assignments=assignments, extended=EXTENDED, recipients=recipients), **changes}
    # when it is judged, then it is stored, as JSON, with nothing but questions of ours
    refusal = None
    try:
        answers = validate(current(), sent, extended=EXTENDED, recipients=recipients, today=TODAY)
        assert set(answers) <= set(NAMES)
        json.dumps(answers, allow_nan=False).encode()
    except FamiljehemError as found:
        refusal = found
    # or refused, and the refusal is made of names, indexes and codes of ours
    for fault in getattr(refusal, "errors", ()):
        assert isinstance(fault, FieldError)
        assert all(part in OURS or part.isdecimal() for part in fault.pointer.split("/")), fault
    assert refusal is None or str(refusal) == refusal.slug


# ---------------------------------------------------------------- one recipient's letter


def test_a_letter_holds_neither_who_else_was_chosen_nor_what_others_asked() -> None:
    answers = validated(extended=EXTENDED, recipients=5)
    mine = for_recipient(current(), answers, {"genderPreference"})
    assert "shareRecipients" in answers
    assert "shareRecipients" not in mine
    assert "informationRead" not in mine
    assert mine["genderPreference"] == "no"
    assert "hazards" not in mine


@given(
    own=st.sets(st.sampled_from(sorted(EXTENDED))),
    others=st.sets(st.sampled_from(sorted(EXTENDED))),
    recipients=st.integers(2, 5),
    share=st.sampled_from(["yes", "no"]),
    assignments=st.lists(st.sampled_from([one.value for one in Assignment]), unique=True, min_size=1),
)
@settings(max_examples=60, deadline=None)
def test_a_letter_is_the_same_alone_and_as_one_of_several(
    own: set[str], others: set[str], recipients: int, share: str, assignments: list[str]
) -> None:
    # given the same family, once with one recipient and once with others that ask for more
    alone = validated(extended=own, recipients=1, assignments=assignments)
    together = validated(extended=own | others, recipients=recipients, assignments=assignments, shareRecipients=share)
    # when the letters are cut, then they are equal
    assert for_recipient(current(), together, own) == for_recipient(current(), alone, own)


def test_a_letter_shows_a_question_by_its_own_answers_only() -> None:
    # given an answer whose condition only another recipient's question could fulfil
    answers = dict(validated(extended={"otherAdultDetails"}))
    del answers["otherAdults"]
    assert "otherAdultDetails" not in for_recipient(current(), answers, {"otherAdultDetails"})


def test_nothing_that_is_not_delivered_is_in_any_letter() -> None:
    answers = validated(extended=EXTENDED, recipients=5, assignments=[one.value for one in Assignment])
    mine = for_recipient(current(), answers, EXTENDED)
    withheld = {question.name for question in current().questions if question.view is View.NOT_DELIVERED}
    assert withheld.isdisjoint(mine)
    assert set(mine) == set(answers) - withheld
