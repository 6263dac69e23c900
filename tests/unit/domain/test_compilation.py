"""A letter is read as an overview, a full compilation and explained indicators; what is sensitive stays in the full part."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from familjehem.domain.answers import Answers, for_recipient
from familjehem.domain.assignment import Assignment
from familjehem.domain.compilation import (
    LAYOUT,
    Compilation,
    CompiledSection,
    IndicatorList,
    Item,
    Line,
    RaisedIndicator,
    State,
    compile_letter,
)
from familjehem.domain.condition import parse
from familjehem.domain.delivery import NextStep, Origin
from familjehem.domain.identification import Adult, Identification
from familjehem.domain.letter import Card
from familjehem.domain.question_set import (
    AnswerType,
    IndicatorGroup,
    IndicatorLevel,
    NextStepRule,
    Question,
    QuestionSet,
    View,
    current,
)
from familjehem.domain.sorting import card, next_step, origin
from familjehem.domain.texts import text
from tests.builders import EVERY_ANSWER, NOW, OMIT, every_extended_question, letter, validated

EXTENDED = every_extended_question()
EVERYTHING = [one.value for one in Assignment]
SENSITIVE = tuple(question for question in current().questions if question.data_class.sensitive)


def compiled(answers: Answers | None = None, *, extended: frozenset[str] = frozenset(), **changes: Any) -> Compilation:
    stored = validated(extended=extended, **changes) if answers is None else answers
    return compile_letter(current(), letter(stored, extended=extended))


def full(compilation: Compilation) -> dict[str, Item]:
    return {item.name: item for section in compilation.sections for item in section.items}


def lines(compilation: Compilation) -> dict[str, str]:
    return {line.name: line.text for line in compilation.overview}


def raised(compilation: Compilation) -> dict[str, Any]:
    return {one.name: one for group in compilation.indicators for one in group.indicators}


# ---------------------------------------------------------------- card, next step, origin


def test_a_card_holds_what_a_list_needs_and_nothing_else() -> None:
    assert card(validated()) == Card(
        name="Prov Persson-Kanarie",
        telephone="+46701740605",
        best_time=("afternoon", "evening"),
        start_window="withinThreeMonths",
    )


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, NextStep.DIRECT_MEETING),
        ({"assignmentExperience": ["none"]}, NextStep.INFORMATION_MEETING),
        ({"startWindow": "unknown"}, NextStep.INFORMATION_MEETING),
        ({"recordChecks": "no"}, NextStep.CALL_FIRST),
        ({"followUpVisits": "no", "startWindow": "unknown"}, NextStep.CALL_FIRST),
        ({"interpreter": {"needed": "yes", "language": "ar"}}, NextStep.CALL_FIRST),
    ],
)
def test_the_suggested_step_follows_the_first_rule_that_holds(changes: dict[str, Any], step: NextStep) -> None:
    answers = validated(**changes)
    assert next_step(current(), answers) is step
    wire = compiled(answers).to_wire()["nextStep"]
    assert wire["step"] == step
    assert all(wire[name] for name in ("heading", "text", "why", "note"))


def test_a_family_is_the_recipients_own_if_it_lives_in_any_municipality_that_it_serves() -> None:
    assert origin(validated(), ("0682", "0680")) is Origin.OWN
    assert origin(validated(), ("0682",)) is Origin.OTHER


# ---------------------------------------------------------------- overview


def test_the_overview_tells_on_one_screen_who_the_family_is() -> None:
    overview = lines(compiled(assignments=["familjehem", "jourhem"]))
    assert overview["who"].startswith("Prov Persson-Kanarie · Identitet: ej styrkt · Jag och min partner")
    assert overview["contact"] == (
        "+46701740605 · Nås lättast: Vardag eftermiddag; Vardag kväll · Helst: Telefon · Tolk: Nej"
        " · Anpassning önskas: Ja"
    )
    assert overview["assignment"].startswith("Familjehem; Jourhem · Kan börja: Inom 3 månader")
    assert overview["household"].endswith("Barn: 2 (fyller 8 och 12 år 2026) · Placerade nu: 0")
    assert overview["time"].startswith("Sysselsättning: Den som anmäler: Arbetar deltid; Medsökande: Arbetar heltid")
    assert "regular" not in overview
    assert len(overview) <= 12


def test_the_overview_tells_of_children_only_how_many_and_how_old() -> None:
    def told(*years: int) -> str:
        children = [{"birthYear": year, "living": "fullTime", "relation": "placed"} for year in years]
        return lines(compiled(children=children))["household"]

    assert "Barn: Inga" in told()
    assert "Barn: 1 (fyller 12 år 2026)" in told(2014)
    assert "Barn: 3 (fyller 3, 8 och 12 år 2026)" in told(2018, 2014, 2023)
    assert "Placerat" not in told(2014)
    assert "Hela tiden" not in told(2014)


def test_own_experience_of_foster_care_stands_in_the_full_part_only() -> None:
    # given somebody who lived in a familjehem, with other experience and without
    both = compiled(peopleExperience=["work", "lived"])
    alone = compiled(peopleExperience=["lived"])
    # then the overview leaves it out
    assert "Egen erfarenhet" not in json.dumps(both.to_wire()["overview"], ensure_ascii=False)
    assert "Egen erfarenhet" not in json.dumps(alone.to_wire()["overview"], ensure_ascii=False)
    assert "Barn och människor" not in lines(alone)["experience"]
    # and the full part tells it
    assert full(both)["peopleExperience"].answer.endswith("Egen erfarenhet av familjehem")


def test_what_somebody_needs_to_be_met_shows_in_the_overview_as_a_wish_only() -> None:
    with_wish, without = compiled(), compiled(contactAdaptation=OMIT)
    assert "Anpassning önskas: Ja" in lines(with_wish)["contact"]
    assert "Tala gärna" not in json.dumps(with_wish.to_wire()["overview"], ensure_ascii=False)
    assert "Tala gärna" in full(with_wish)["contactAdaptation"].answer
    assert "Anpassning" not in lines(without)["contact"]


def test_interests_stand_in_the_overview_where_they_matter() -> None:
    extended = frozenset({"interests"})
    assert "Intressen" not in lines(compiled(extended=extended))["experience"]
    assert "Intressen: Natur" in lines(compiled(extended=extended, assignments=["kontaktfamilj"]))["experience"]


@pytest.mark.parametrize("assignment", Assignment)
def test_every_question_of_the_overview_has_its_line_and_nothing_else_has_one(assignment: Assignment) -> None:
    chosen = [assignment.value]
    alone = {} if assignment is not Assignment.KONTAKTPERSON else {"applicants": OMIT}
    compilation = compiled(extended=EXTENDED, assignments=chosen, **alone)
    shown = {item.name for line in compilation.overview for item in line.items} - {"identity"}
    wanted = {
        question.name
        for question in current().questions
        if question.name in compilation.answers and (assignment in question.overview_for or question.overview_flag)
    }
    assert shown == wanted


def test_the_layout_names_questions_of_the_current_set_and_short_words_for_each() -> None:
    overview = {one.name for one in current().questions if one.overview_for or one.overview_flag}
    placed = [name for names in LAYOUT.values() for name in names]
    assert len(placed) == len(set(placed))
    # only what a bank of families would ask is left for the last line
    assert overview - set(placed) == {"bankProfile"}
    assert set(placed) <= overview


def _other_answers(question: Question) -> list[Any]:
    """Give every answer to a sensitive question, or a few where it is free text."""
    if question.type is AnswerType.TEXT:
        return ["Något annat", "Ännu något"]
    codes = [choice.code for choice in question.choices]
    if question.type is AnswerType.MULTI:
        return [[code] for code in codes]
    if question.per_adult:
        return [{"applicant": one, "coApplicant": other} for one in codes for other in codes]
    return codes


@pytest.mark.parametrize("question", SENSITIVE, ids=lambda question: question.name)
def test_no_answer_of_class_k_b_or_o_reaches_overview_card_or_next_step(question: Question) -> None:
    # given everything that can be asked
    answers = dict(validated(extended=EXTENDED, assignments=EVERYTHING))

    def outside(value: Any) -> tuple[Any, ...]:
        changed = {**answers, question.name: value}
        compilation = compiled(changed, extended=EXTENDED)
        assert full(compilation)[question.name].answer
        return compilation.overview, compilation.to_wire()["overview"], compilation.next_step, card(changed)

    # when one sensitive answer takes every value, then nothing outside the full part changes
    before = outside(answers[question.name])
    for value in _other_answers(question):
        assert outside(value) == before


@settings(max_examples=40, deadline=None)
@given(st.fixed_dictionaries({one.name: st.sampled_from(_other_answers(one)) for one in SENSITIVE}))
def test_no_combination_of_sensitive_answers_reaches_the_overview(changes: Mapping[str, Any]) -> None:
    answers = dict(validated(extended=EXTENDED, assignments=EVERYTHING))
    before = compiled(answers, extended=EXTENDED)
    after = compiled({**answers, **changes}, extended=EXTENDED)
    assert after.to_wire()["overview"] == before.to_wire()["overview"]
    assert after.next_step is before.next_step


def test_even_a_careless_question_set_cannot_bring_a_sensitive_answer_out_of_the_full_part() -> None:
    # given a set whose overview, and whose next step, would rest on what somebody said about violence
    careless = replace(
        current(),
        questions=tuple(
            replace(one, overview_for=frozenset(Assignment)) if one.name == "violence" else one
            for one in current().questions
        ),
        next_steps=(NextStepRule(NextStep.CALL_FIRST, parse("violence == now"), ""), *current().next_steps),
    )
    answers = {**validated(), "violence": "now"}
    # when a letter is compiled under it, then both keep silent
    compilation = compile_letter(careless, letter(answers))
    assert "violence" not in {item.name for line in compilation.overview for item in line.items}
    assert compilation.next_step is next_step(careless, answers) is NextStep.DIRECT_MEETING


def _changed(name: str, **changes: Any) -> QuestionSet:
    """Give the current set with one question changed."""
    return replace(
        current(), questions=tuple(replace(one, **changes) if one.name == name else one for one in current().questions)
    )


def test_a_question_of_the_overview_for_which_there_are_no_short_words_is_told_with_its_label() -> None:
    # given a set that brings a question into the overview
    chosen = _changed("smoking", overview_for=frozenset(Assignment))
    answers = validated(extended={"smoking"})
    # when
    overview = compile_letter(chosen, letter(answers, extended={"smoking"})).overview
    # then it stands on the last line
    (item,) = overview[-1].items
    assert (overview[-1].name, item.name, item.label) == ("other", "smoking", current().question("smoking").label)


@pytest.mark.parametrize("adults", [("applicant",), ("applicant", "coApplicant")])
def test_what_is_withheld_from_the_overview_is_withheld_for_each_adult(adults: tuple[str, ...]) -> None:
    # given a set in which each adult chooses several, of which one is for the full part only
    chosen = _changed("occupation", type=AnswerType.MULTI, withheld_from_overview=frozenset({"fullTime"}))
    answers = {**validated(), "occupation": {adult: ["partTime", "fullTime"] for adult in adults}}
    # when
    compilation = compile_letter(chosen, letter(answers))
    # then
    assert "heltid" not in lines(compilation)["time"]
    assert lines(compilation)["time"].count("Arbetar deltid") == len(adults)
    assert full(compilation)["occupation"].answer.count("Arbetar deltid; Arbetar heltid") == len(adults)


# ---------------------------------------------------------------- full compilation


def test_the_full_compilation_has_every_question_that_was_asked_in_its_section() -> None:
    answers = validated(extended=EXTENDED, recipients=5, assignments=EVERYTHING)
    compilation = compiled(answers, extended=EXTENDED)
    delivered = [one.name for one in current().questions if one.name in answers and one.view is not View.NOT_DELIVERED]
    assert [item.name for section in compilation.sections for item in section.items] == delivered
    assert compilation.not_asked == ()
    for section in compilation.sections:
        assert {current().question(item.name).section for item in section.items} == {section.name}


def test_what_was_asked_and_left_empty_is_told_from_what_was_not_asked() -> None:
    # given two optional questions, of which this recipient switched one on, and neither answered
    compilation = compiled(extended=frozenset({"interests"}), interests=OMIT, informationMeeting=OMIT)
    items = full(compilation)
    asked = current().question("interests")
    assert items["interests"] == Item(asked.name, asked.code, asked.label, "inte besvarad", State.NOT_ANSWERED)
    assert items["informationMeeting"].answer == "inte besvarad"
    label = current().question("genderPreference").label
    assert "genderPreference" not in items
    assert label in compilation.not_asked
    assert items["interests"].label not in compilation.not_asked


def test_what_a_condition_hid_is_neither_unanswered_nor_not_asked() -> None:
    compilation = compiled(applicants="solo", otherAdults=0, children=[])
    for name in ("coApplicantName", "adultsAgree", "childrensView"):
        assert name not in full(compilation)
        assert current().question(name).label not in compilation.not_asked


def test_not_asked_speaks_only_of_the_chosen_assignments() -> None:
    labels = compiled(assignments=["kontaktperson"], applicants=OMIT).not_asked
    assert current().question("speciallyQualified").label in labels
    assert current().question("canFetchChild").label not in labels
    assert current().question("protectedIdentity").label not in labels


def test_what_somebody_would_rather_say_is_listed_and_marked() -> None:
    compilation = compiled(generalHealth={"applicant": "good", "coApplicant": "talk"}, violence="talk")
    items = full(compilation)
    assert items["generalHealth"].state == State.TOLD_ORALLY
    assert items["violence"].answer == "Vill hellre berätta muntligt"
    assert items["alcohol"].state == State.ANSWERED
    told = [items[name].label for name in ("generalHealth", "violence", "recordEntries")]
    assert list(compilation.told_orally) == told


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("identityNumber", {}, "19121212-1212"),
        ("coApplicantIdentityNumber", {}, "18900101-9802"),
        ("address", {}, "Kanariefågelgatan 5, 553 16 Kanariefågelstad"),
        ("homeMunicipality", {}, "Jönköping"),
        ("interpreter", {"interpreter": {"needed": "yes", "language": "ar"}}, "Ja, arabiska"),
        ("spokenLanguages", {}, "Svenska; Finska"),
        ("truthful", {}, "Ja"),
        ("places", {}, "2"),
        ("mobile", {}, "+46701740605"),
        ("generalHealth", {}, "Den som anmäler: Bra\nMedsökande: För det mesta bra"),
        ("generalHealth", {"applicants": "solo"}, "Bra"),
        ("children", {"children": []}, "Inga"),
        (
            "children",
            {"children": [{"birthYear": 2014, "living": "fullTime", "relation": "own"}] * 2},
            "\n".join(["Födelseår: 2014, Hur bor barnet hos er: Hela tiden, Vems barn är det: Eget barn"] * 2),
        ),
    ],
)
def test_answers_are_given_in_words(name: str, changes: dict[str, Any], words: str) -> None:
    assert full(compiled(**changes))[name].answer == words


def test_a_contact_persons_address_may_be_a_place_only() -> None:
    items = full(compiled(assignments=["kontaktperson"], applicants=OMIT, address={"city": "Provstad"}))
    assert items["address"].answer == "Provstad"


# ---------------------------------------------------------------- indicators


def test_every_indicator_says_which_answers_raised_it() -> None:
    found = raised(compiled(adultsAgree="almost", childrensView="against", ownRoom="no"))
    agree = found["notEverybodyAgrees"]
    assert [(item.name, item.answer) for item in agree.triggers] == [
        ("adultsAgree", "Nästan"),
        ("childrensView", "Någon vill inte"),
    ]
    assert agree.triggers[0].label == current().question("adultsAgree").label
    assert {item.name for item in found["ownRoomMissing"].triggers} == {"ownRoom", "assignments"}


def test_only_the_answer_that_meets_the_rule_is_named() -> None:
    agree = raised(compiled(adultsAgree="yes", childrensView="notYetAsked"))["notEverybodyAgrees"]
    assert [item.name for item in agree.triggers] == ["childrensView"]


def test_indicators_stand_in_their_two_groups() -> None:
    compilation = compiled(recordChecks="no", changesAhead=["move"])
    groups = {group.group: {one.name for one in group.indicators} for group in compilation.indicators}
    assert list(groups) == [IndicatorGroup.ENGAGEMENT, IndicatorGroup.LIFE_SITUATION]
    assert "recordChecksRefused" in groups[IndicatorGroup.ENGAGEMENT]
    assert "changeExpected" in groups[IndicatorGroup.LIFE_SITUATION]
    wire = compilation.to_wire()["indicators"]
    assert (wire["engagement"]["heading"], wire["lifeSituation"]["heading"]) == ("Engagemang", "Livssituation")


def test_sensitive_indicators_are_in_the_full_part_and_never_in_the_overview() -> None:
    compilation = compiled(violence="now", changesAhead=["move"], recordChecks="no")
    wire = compilation.to_wire()
    outside = json.dumps(wire["overview"], ensure_ascii=False)
    for name in ("safetyToDiscuss", "changeExpected"):
        assert raised(compilation)[name].sensitive
        assert raised(compilation)[name].text not in outside
    assert raised(compilation)["recordChecksRefused"].text in outside


@pytest.mark.parametrize(
    ("changes", "important"),
    [
        ({"violence": "now"}, True),
        ({"addiction": "yes"}, True),
        ({"violence": "past"}, False),
        ({"alcohol": "often"}, False),
    ],
)
def test_the_same_sentence_is_marked_where_it_is_important(changes: dict[str, Any], important: bool) -> None:
    one = raised(compiled(**changes))["safetyToDiscuss"]
    assert one.important is important
    assert one.to_wire()["mark"] == ("Viktigt" if important else None)
    assert one.text == "Trygghet hemma behöver pratas igenom"


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"spokenLanguages": ["sv"]}, {"severalLanguages": False}),
        ({"supportNetwork": ["kin"]}, {"supportiveNetwork": False}),
        ({"supportNetwork": ["kin", "friends"]}, {"supportiveNetwork": True}),
        ({"placedPersons": 3}, {"alreadyEngaged": True}),
        ({"placedPersons": 2}, {"alreadyEngaged": False}),
        ({"generalHealth": {"applicant": "good", "coApplicant": "poor"}}, {"healthToDiscuss": True}),
        ({"generalHealth": {"applicant": "good", "coApplicant": "ok"}}, {"healthToDiscuss": False}),
    ],
)
def test_indicators_are_raised_by_their_rules(changes: dict[str, Any], names: dict[str, bool]) -> None:
    found = raised(compiled(**changes))
    assert {name: name in found for name in names} == names


def test_every_level_and_group_has_its_words() -> None:
    wire = compiled(recordChecks="no", violence="now").to_wire()
    levels = {one["level"]: one["levelLabel"] for group in wire["indicators"].values() for one in group["items"]}
    assert set(levels) == set(IndicatorLevel)
    assert all(levels.values())


# ---------------------------------------------------------------- on the wire


def test_the_compilation_is_plain_json_with_the_answers_as_they_are() -> None:
    answers = for_recipient(current(), validated(extended=EXTENDED, assignments=EVERYTHING), EXTENDED)
    wire = compiled(answers, extended=EXTENDED).to_wire()
    assert json.loads(json.dumps(wire)) == wire
    assert wire["answers"] == answers
    assert wire["municipalities"] == ["Jönköping"]
    assert wire["submittedAt"] == "2026-03-02T13:05:00+00:00"


def test_every_key_on_the_wire_is_the_one_that_the_case_workers_page_reads() -> None:
    # given a compilation with one of everything
    room = Item("ownRoom", "E04", "Eget rum", "Nej", State.ANSWERED)
    harm = Item("violence", "H01", "Våld", "Vill hellre berätta muntligt", State.TOLD_ORALLY)
    plain = RaisedIndicator(
        name="ownRoomMissing",
        code="I-ROOM",
        level="obstacle",
        text="Rum saknas",
        why="Barn behöver rum",
        important=False,
        sensitive=False,
        triggers=(room,),
    )
    sensitive = replace(plain, name="safety", code="I-SAFE", level="talk", important=True, sensitive=True, triggers=())
    compilation = Compilation(
        number="7K3M-9QWX-2B4C",
        submitted_at=NOW,
        municipalities=("Jönköping", "Nässjö"),
        question_set="2026-1",
        overview=(Line("housing", "Boende", (room, replace(room, label="", answer="två\nrader"))),),
        sections=(CompiledSection("home", "E", "Hemmet", (room, harm)),),
        indicators=(
            IndicatorList(IndicatorGroup.ENGAGEMENT, (plain,)),
            IndicatorList(IndicatorGroup.LIFE_SITUATION, (sensitive, plain)),
        ),
        told_orally=("Våld",),
        not_asked=("Rökning",),
        next_step=NextStep.CALL_FIRST,
        next_step_why="Tolk behövs",
        answers={"ownRoom": "no"},
        identifications={Adult.APPLICANT: Identification("3", "Testlegitimation", NOW), Adult.CO_APPLICANT: None},
    )
    # then it is, on the wire, exactly
    room_wire = {"name": "ownRoom", "number": "E04", "label": "Eget rum", "answer": "Nej", "state": "answered"}
    plain_wire = {
        "name": "ownRoomMissing",
        "number": "I-ROOM",
        "level": "obstacle",
        "levelLabel": text("compilation.level.obstacle"),
        "text": "Rum saknas",
        "why": "Barn behöver rum",
        "important": False,
        "mark": None,
        "triggers": [room_wire],
    }
    sensitive_wire = plain_wire | {
        "name": "safety",
        "number": "I-SAFE",
        "level": "talk",
        "levelLabel": text("compilation.level.talk"),
        "important": True,
        "mark": "Viktigt",
        "triggers": [],
    }
    assert compilation.to_wire() == {
        "number": "7K3M-9QWX-2B4C",
        "submittedAt": "2026-03-02T13:05:00+00:00",
        "municipalities": ["Jönköping", "Nässjö"],
        "questionSet": "2026-1",
        "identity": {
            "heading": "Identitet",
            "applicant": {
                "proven": True,
                "text": "styrkt (nivå 3, Testlegitimation, 2026-03-02)",
                "level": "3",
                "provider": "Testlegitimation",
                "at": "2026-03-02T13:05:00+00:00",
            },
            "coApplicant": {"proven": False, "text": "ej styrkt"},
        },
        "overview": {
            "heading": text("compilation.overview"),
            "lines": [
                {
                    "name": "housing",
                    "heading": "Boende",
                    "text": "Eget rum: Nej · två; rader",
                    "items": [room_wire, room_wire | {"label": "", "answer": "två\nrader"}],
                }
            ],
            "indicators": {
                "engagement": {"heading": "Engagemang", "items": [plain_wire]},
                "lifeSituation": {"heading": "Livssituation", "items": [plain_wire]},
            },
        },
        "heading": text("compilation.full"),
        "sections": [
            {
                "name": "home",
                "letter": "E",
                "heading": "Hemmet",
                "items": [
                    room_wire,
                    {
                        "name": "violence",
                        "number": "H01",
                        "label": "Våld",
                        "answer": "Vill hellre berätta muntligt",
                        "state": "toldOrally",
                    },
                ],
            }
        ],
        "indicators": {
            "engagement": {"heading": "Engagemang", "items": [plain_wire]},
            "lifeSituation": {"heading": "Livssituation", "items": [sensitive_wire, plain_wire]},
        },
        "toldOrally": {"heading": text("compilation.toldOrallyHeading"), "labels": ["Våld"]},
        "notAsked": {"heading": text("compilation.notAsked"), "labels": ["Rökning"]},
        "nextStep": {
            "step": "callFirst",
            "heading": text("compilation.nextStep"),
            "text": text("compilation.step.callFirst"),
            "why": "Tolk behövs",
            "note": text("compilation.nextStepNote"),
        },
        "answers": {"ownRoom": "no"},
    }


def test_a_compilation_tells_whose_letter_it_is_and_why_its_step_is_suggested() -> None:
    # given a letter that two municipalities led to
    sent = letter(validated(recordChecks="no"), municipalities=("0680", "0682"))
    # when
    compilation = compile_letter(current(), sent)
    # then
    assert (compilation.number, compilation.question_set) == (sent.number, sent.question_set)
    assert compilation.municipalities == ("Jönköping", "Nässjö")
    assert (compilation.next_step, compilation.next_step_why) == (NextStep.CALL_FIRST, current().next_steps[0].why)
    sections = {one.name: one for one in current().sections}
    for section in compilation.sections:
        assert (section.code, section.heading) == (sections[section.name].code, sections[section.name].label)


def test_every_item_and_indicator_carries_the_words_of_the_question_set() -> None:
    # given
    compilation = compiled(violence="now", recordChecks="no", contactAdaptation=EVERY_ANSWER["contactAdaptation"])
    # then in the full part, everything has its own number and label
    for name, item in full(compilation).items():
        assert (item.code, item.label) == (current().question(name).code, current().question(name).label)
    # and in the overview its number, and the short words where there are some
    for item in (item for line in compilation.overview for item in line.items):
        if item.name == "identity":
            assert item == Item("identity", "", "Identitet", "ej styrkt", State.ANSWERED)
        elif item.name == "contactAdaptation":
            assert item == Item("contactAdaptation", "B09", "Anpassning önskas", "Ja", State.ANSWERED)
        else:
            question = current().question(item.name)
            assert (item.code, item.label) == (question.code, text(f"compilation.short.{item.name}"))
            assert item.state == State.ANSWERED
    assert [(line.name, line.heading) for line in compilation.overview] == [
        (line.name, text(f"compilation.line.{line.name}")) for line in compilation.overview
    ]
    # and every indicator its own words
    known = {one.name: one for one in current().indicators}
    for name, one in raised(compilation).items():
        written = known[name]
        assert (one.code, one.level, one.text, one.why) == (written.code, written.level, written.text, written.why)
        assert one.sensitive is written.sensitive


def test_a_compilation_has_no_score_and_no_word_of_risk() -> None:
    words = json.dumps(compiled(violence="now", recordChecks="no").to_wire(), ensure_ascii=False).lower()
    assert not any(word in words for word in ("poäng", "score", "rangordn"))
    sentences = " ".join(one.text for one in current().indicators).lower()
    assert "risk" not in sentences


def test_ages_are_told_by_the_year_in_which_the_family_applied() -> None:
    answers = validated(children=[{"birthYear": 2014, "living": "fullTime", "relation": "own"}])
    sent = letter(answers, submitted_at=datetime(2027, 1, 2, tzinfo=UTC))
    assert "fyller 13 år 2027" in lines(compile_letter(current(), sent))["household"]


SINGLE = {
    question.name: st.sampled_from([choice.code for choice in question.choices])
    for question in current().questions
    if question.name in EVERY_ANSWER and question.type is AnswerType.SINGLE and not question.per_adult
}


@settings(max_examples=60, deadline=None)
@given(
    assignments=st.lists(st.sampled_from(EVERYTHING), unique=True, min_size=1),
    extended=st.frozensets(st.sampled_from(sorted(EXTENDED))),
    chosen=st.fixed_dictionaries(SINGLE),
    children=st.sampled_from([[], EVERY_ANSWER["children"]]),
    other_adults=st.integers(0, 2),
)
def test_whatever_was_accepted_can_be_compiled(
    assignments: list[str], extended: frozenset[str], chosen: dict[str, str], children: list[Any], other_adults: int
) -> None:
    # given a family that chooses freely, and is asked what its own choices show
    free = {**chosen, "children": children, "otherAdults": other_adults}
    answers = validated(extended=extended, assignments=assignments, where_shown=free)
    # when it is compiled, then every answer has words
    compilation = compiled(answers, extended=extended)
    assert all(item.answer for section in compilation.sections for item in section.items)
    assert compilation.submitted_at == NOW


class TestIdentity:
    """Who vouches for whom: nobody, until an e-identification does."""

    PROOF = Identification("3", "Testlegitimation", datetime(2026, 3, 1, 23, 30, tzinfo=UTC))

    def compiled(self, *adults: Adult, **changes: Any) -> Compilation:
        return compile_letter(
            current(), letter(validated(**changes), identifications=dict.fromkeys(adults, self.PROOF))
        )

    def test_one_who_identified_is_proven_in_the_overview_and_in_the_full_compilation(self) -> None:
        # when
        found = self.compiled(Adult.APPLICANT)
        # then, by the day in Stockholm
        proof = "styrkt (nivå 3, Testlegitimation, 2026-03-02)"
        assert lines(found)["who"].startswith(f"Prov Persson-Kanarie · Identitet: {proof} · ")
        assert full(found)["identityNumber"].answer == f"19121212-1212, {proof}"
        assert full(found)["coApplicantIdentityNumber"].answer == "18900101-9802"
        assert found.identifications == {Adult.APPLICANT: self.PROOF, Adult.CO_APPLICANT: None}

    def test_a_co_applicant_who_identified_has_confirmed_herself(self) -> None:
        # when
        found = self.compiled(Adult.APPLICANT, Adult.CO_APPLICANT)
        # then
        said = "Ja, med egen e-legitimation (nivå 3, Testlegitimation, 2026-03-02)"
        assert f"Medsökande har bekräftat: {said}" in lines(found)["who"]
        assert full(found)["coApplicantConfirmed"].answer == said
        assert full(found)["coApplicantIdentityNumber"].answer.startswith("18900101-9802, styrkt (nivå 3")

    def test_where_nobody_did_everything_is_stated_only(self) -> None:
        # when
        found = self.compiled()
        # then
        assert "Identitet: ej styrkt" in lines(found)["who"]
        assert full(found)["identityNumber"].answer == "19121212-1212"
        assert full(found)["coApplicantConfirmed"].answer == "Ja"
        assert found.to_wire()["identity"]["coApplicant"] == {"proven": False, "text": "ej styrkt"}

    def test_one_who_applies_alone_has_no_co_applicant_there_either(self) -> None:
        found = self.compiled(Adult.APPLICANT, applicants="solo")
        assert set(found.to_wire()["identity"]) == {"heading", "applicant"}
