import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from familjehem.domain.assignment import Assignment
from familjehem.domain.condition import Comparison, Relation
from familjehem.domain.delivery import NextStep
from familjehem.domain.errors import QuestionSetBrokenError, QuestionSetUnknownError
from familjehem.domain.question_set import (
    TALK,
    AnswerType,
    Bin,
    Choice,
    DataClass,
    Indicator,
    IndicatorGroup,
    IndicatorLevel,
    Level,
    Measure,
    Member,
    NextStepRule,
    Option,
    Question,
    QuestionSet,
    Section,
    SeenBy,
    Statement,
    Statistic,
    View,
    current,
    load,
    versions,
)
from familjehem.domain.question_set_file import read

EVERYBODY = [assignment.value for assignment in Assignment]
type Document = dict[str, Any]
type Break = Callable[[Document], object]


# ---------------------------------------------------------------- the published set


@pytest.fixture(scope="module")
def published() -> QuestionSet:
    return load("2026-1")


def test_the_first_version_is_published_and_newest(published: QuestionSet) -> None:
    assert versions() == ("2026-1",)
    assert current() is published
    assert published.version == "2026-1"


def test_a_version_is_read_once(published: QuestionSet) -> None:
    started = perf_counter()
    for _ in range(100):
        assert load("2026-1") is published
    assert perf_counter() - started < 0.05


def test_it_holds_the_whole_catalogue(published: QuestionSet) -> None:
    assert len(published.questions) == 111
    assert len(published.sections) == 16
    assert len(published.indicators) == 19
    assert len(published.statements) == 19
    assert [level.name for level in published.levels] == ["good", "think", "notnow"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("A00", "protectedIdentity"),
        ("A01", "assignments"),
        ("A03", "knownChild"),
        ("A04", "municipalities"),
        ("A05", "homeMunicipality"),
        ("A06", "shareRecipients"),
        ("A07", "startWindow"),
        ("B01", "identityNumber"),
        ("B02", "name"),
        ("B03", "address"),
        ("B04", "mobile"),
        ("B05", "email"),
        ("B06", "bestContactTime"),
        ("B07", "contactWay"),
        ("B08", "interpreter"),
        ("E01", "housingForm"),
        ("I01", "assignmentExperience"),
    ],
)
def test_the_names_that_others_rely_on(published: QuestionSet, code: str, name: str) -> None:
    assert published.question(name).code == code


def test_an_unknown_question_is_a_key_error(published: QuestionSet) -> None:
    with pytest.raises(KeyError):
        published.question("shoeSize")


@pytest.mark.parametrize(
    ("assignment", "core", "whole", "sensitive"),
    [
        ("familjehem", 64, 96, 16),
        ("jourhem", 68, 101, 16),
        ("jourfamilj", 67, 96, 14),
        ("kontaktfamilj", 55, 87, 12),
        ("kontaktperson", 36, 47, 4),
    ],
)
def test_each_assignment_asks_as_many_questions_as_were_planned(
    published: QuestionSet, assignment: str, core: int, whole: int, sensitive: int
) -> None:
    asked = [question for question in published.questions if assignment in question.assignments]
    assert len(asked) == whole
    assert sum(assignment in question.core_for for question in asked) == core
    assert sum(question.data_class.sensitive for question in asked) == sensitive


@pytest.mark.parametrize(
    ("assignment", "statements"),
    [("familjehem", 15), ("jourhem", 17), ("jourfamilj", 17), ("kontaktfamilj", 12), ("kontaktperson", 7)],
)
def test_the_self_test_asks_as_many_statements_as_were_planned(
    published: QuestionSet, assignment: str, statements: int
) -> None:
    assert sum(assignment in statement.assignments for statement in published.statements) == statements


def test_recipients_and_whether_they_may_know_of_each_other_are_never_delivered(published: QuestionSet) -> None:
    for name in ("municipalities", "shareRecipients"):
        assert published.question(name).view is View.NOT_DELIVERED
        assert published.question(name).seen_by is SeenBy.SERVICE


def test_the_two_questions_that_stop_are_seen_by_nobody(published: QuestionSet) -> None:
    assert [q.name for q in published.questions if not q.stored] == ["protectedIdentity", "knownChild"]
    assert {q.seen_by for q in published.questions if not q.stored} == {SeenBy.NOBODY}


def test_no_sensitive_answer_stands_in_the_overview_or_is_counted(published: QuestionSet) -> None:
    sensitive = [question for question in published.questions if question.data_class.sensitive]
    assert len(sensitive) == 16
    assert all(question.view is View.FULL and not question.overview_for for question in sensitive)
    assert not any(question.statistics for question in sensitive)
    assert {question.seen_by for question in sensitive} == {SeenBy.FULL}


def test_the_questions_on_health_and_records_can_be_told_orally(published: QuestionSet) -> None:
    told = {question.code for question in published.questions if question.can_be_told}
    assert told == {"F05", "G01", "G02", "G03", "G04", "G06", "G07", "H02", "H03"}
    assert published.talk.code == TALK


def test_an_own_home_for_children_is_told_with_an_explicit_empty_list(published: QuestionSet) -> None:
    children = published.question("children")
    assert children.required
    assert children.minimum is None
    assert [member.name for member in children.members if member.overview] == ["birthYear"]


def test_what_the_overview_shows_in_its_own_way(published: QuestionSet) -> None:
    assert published.question("peopleExperience").withheld_from_overview == {"lived"}
    assert published.question("contactAdaptation").overview_flag == "Anpassning önskas"
    assert published.question("interests").overview_for == {Assignment.KONTAKTFAMILJ, Assignment.KONTAKTPERSON}


def test_a_kontaktperson_gives_the_city_alone(published: QuestionSet) -> None:
    parts = published.question("address").members
    assert [part.name for part in parts if Assignment.KONTAKTPERSON in part.assignments] == ["city"]


def test_the_support_numbers_stand_beside_the_question_on_violence(published: QuestionSet) -> None:
    help_text = published.question("violence").help or ""
    assert "112" in help_text
    assert "020-50 50 50" in help_text


@pytest.mark.parametrize("name", ["contactAdaptation", "motive", "handlingAnger", "ownLimits"])
def test_free_text_comes_with_help(published: QuestionSet, name: str) -> None:
    assert published.question(name).help


def test_indicators_on_sensitive_answers_are_those_of_the_full_compilation(published: QuestionSet) -> None:
    sensitive = {indicator.code for indicator in published.indicators if indicator.sensitive}
    assert sensitive == {"I-FORCE", "I-CHANGE", "I-ECON", "I-HEALTH", "I-SAFE", "I-RECORD"}
    assert {indicator.group for indicator in published.indicators} == set(IndicatorGroup)


def _indicator(question_set: QuestionSet, code: str) -> Any:
    return next(indicator for indicator in question_set.indicators if indicator.code == code)


@pytest.mark.parametrize(
    ("code", "answers", "triggers"),
    [
        ("I-REC-NO", {"recordChecks": "no"}, ("recordChecks",)),
        ("I-ROOM", {"ownRoom": "shared", "assignments": ["jourhem"]}, ("ownRoom", "assignments")),
        ("I-ROOM", {"ownRoom": "shared", "assignments": ["kontaktfamilj"]}, ()),
        ("I-HEALTH", {"healthAndCapacity": {"applicant": "no", "coApplicant": "yes"}}, ("healthAndCapacity",)),
        ("I-SAFE", {"alcohol": "talk", "violence": "no"}, ("alcohol",)),
        ("I-LOAD", {"placedPersons": 2, "currentAssignment": "no"}, ()),
        ("I-LOAD", {"placedPersons": 3, "currentAssignment": "company"}, ("placedPersons", "currentAssignment")),
        ("I-LOAD", {}, ()),
        ("I-EXP", {"assignmentExperience": ["none"]}, ()),
        ("I-EXP", {"assignmentExperience": ["guardian"]}, ("assignmentExperience",)),
        ("I-NET", {"supportNetwork": ["kin", "friends"]}, ("supportNetwork",)),
        ("I-NET", {"supportNetwork": ["kin"]}, ()),
        ("I-LANG", {"spokenLanguages": ["sv", "fi"]}, ("spokenLanguages",)),
    ],
)
def test_indicators_name_what_triggered_them(
    published: QuestionSet, code: str, answers: dict[str, Any], triggers: tuple[str, ...]
) -> None:
    assert _indicator(published, code).rule.triggers(answers) == triggers


def test_violence_now_makes_the_safety_indicator_important(published: QuestionSet) -> None:
    safety = _indicator(published, "I-SAFE")
    assert safety.important_when.holds({"violence": "now"})
    assert safety.important_when.holds({"addiction": "yes"})
    assert not safety.important_when.holds({"violence": "past", "addiction": "past"})


def test_every_obstacle_that_is_not_sensitive_leads_to_a_call_first(published: QuestionSet) -> None:
    call_first = published.next_steps[0]
    assert call_first.step is NextStep.CALL_FIRST
    assert call_first.when is not None
    for indicator in published.indicators:
        if indicator.level is IndicatorLevel.OBSTACLE and not indicator.sensitive:
            assert set(indicator.rule.comparisons()) <= set(call_first.when.comparisons())


@pytest.mark.parametrize(
    ("answers", "step"),
    [
        ({"assignmentExperience": ["familjehem"], "startWindow": "now"}, "directMeeting"),
        ({"assignmentExperience": ["familjehem"], "startWindow": "unknown"}, "informationMeeting"),
        ({"assignmentExperience": ["none"], "startWindow": "now"}, "informationMeeting"),
        ({"assignmentExperience": ["familjehem"], "recordChecks": "no"}, "callFirst"),
        ({"assignmentExperience": ["familjehem"], "interpreter": {"needed": "yes", "language": "ar"}}, "callFirst"),
        ({"assignmentExperience": ["familjehem"], "interpreter": {"needed": "no"}}, "directMeeting"),
        ({}, "informationMeeting"),
    ],
)
def test_the_first_next_step_that_holds_decides(published: QuestionSet, answers: dict[str, Any], step: str) -> None:
    assert next(each.step for each in published.next_steps if each.when is None or each.when.holds(answers)) == step


def test_the_languages_hold_the_national_minorities_sign_language_and_other(published: QuestionSet) -> None:
    codes = [language.code for language in published.languages]
    assert {"fi", "fit", "se", "smj", "sma", "rom", "yi", "swl"} <= set(codes)
    assert codes[0] == "sv"
    assert codes[-1] == "other"


def test_exclusive_choices_are_those_that_deny_or_swallow_the_rest(published: QuestionSet) -> None:
    exclusive = {question.name: question.exclusive for question in published.questions if question.exclusive}
    assert set().union(*exclusive.values()) == {"none", "any", "open"}
    for question in published.questions:
        if question.type is AnswerType.MULTI and "none" in question.codes:
            assert "none" in question.exclusive


def test_no_text_speaks_of_risk_or_of_points(published: QuestionSet) -> None:
    for indicator in published.indicators:
        assert "risk" not in f"{indicator.text} {indicator.why}".lower()


# ---------------------------------------------------------------- the wire


def test_the_wire_form_is_json_and_whole(published: QuestionSet) -> None:
    wire = json.loads(json.dumps(published.to_wire()))
    assert set(wire) == {"version", "assignments", "languages", "talk", "sections", "questions", "selfTest"}
    assert [question["name"] for question in wire["questions"]] == [q.name for q in published.questions]
    assert [each["code"] for each in wire["assignments"]] == EVERYBODY


def test_a_question_on_the_wire_has_all_that_a_form_needs(published: QuestionSet) -> None:
    wire = {question["name"]: question for question in published.to_wire()["questions"]}
    assert wire["interpreter"]["number"] == "B08"
    assert wire["mainReasons"]["most"] == 2
    assert wire["animals"]["exclusive"] == ["none"]
    assert wire["generalHealth"]["perAdult"] is True
    assert wire["generalHealth"]["seenBy"] == "full"
    assert wire["shareRecipients"]["shownWhen"] == {
        "question": "municipalities",
        "part": "count",
        "adult": False,
        "relation": ">",
        "values": [1],
    }
    assert [part["name"] for part in wire["children"]["members"]] == ["birthYear", "living", "relation"]


def test_nothing_of_how_answers_are_weighed_leaves_the_server(published: QuestionSet) -> None:
    wire = json.dumps(published.to_wire(), ensure_ascii=False)
    for hidden in ("points", '"key"', "highFrom", "feedback", "minimumShare", "indicator", "statistic", "note"):
        assert hidden not in wire
    assert published.indicators[0].text not in wire
    assert published.statements[0].feedback_low not in wire


# ---------------------------------------------------------------- versions


def _question(name: str, code: str, kind: str, **more: Any) -> Document:
    return {
        "name": name,
        "code": code,
        "section": "all",
        "label": f"Fråga {code}",
        "type": kind,
        "assignments": EVERYBODY,
        "coreFor": EVERYBODY,
        "required": True,
        "view": "overview",
        "dataClass": "personal",
    } | more


def _choices(*codes: str) -> list[Document]:
    return [{"code": code, "label": f"Val {code}"} for code in codes]


def _tiny(version: str = "2031-2") -> Document:
    """Give a small whole question set, to publish as a version or to break."""
    hidden = {"view": "notDelivered", "dataClass": "none"}
    return {
        "version": version,
        "talk": {"code": "talk", "label": "Berättar hellre"},
        "sections": [{"name": "all", "code": "A", "label": "Allt"}],
        "questions": [
            _question("protectedIdentity", "A00", "single", choices=_choices("no", "yes"), **hidden),
            _question("assignments", "A01", "multi", choices=_choices(*EVERYBODY)),
            _question("applicants", "A02", "single", choices=_choices("solo", "partner")),
            _question("knownChild", "A03", "single", choices=_choices("no", "yes"), **hidden),
            _question("municipalities", "A04", "municipalities", view="notDelivered", most=5),
            _question("homeMunicipality", "A05", "municipality"),
            _question("startWindow", "A07", "single", choices=_choices("now", "later", "unknown")),
            _question("identityNumber", "B01", "identityNumber"),
            _question("name", "B02", "text", longest=120),
            _question("mobile", "B04", "phone"),
            _question("email", "B05", "email"),
            _question("bestContactTime", "B06", "multi", choices=_choices("morning", "evening")),
            _question("adults", "D01", "number", minimum=0, maximum=10),
            _question(
                "children",
                "D03",
                "group",
                most=5,
                members=[{"name": "birthYear", "type": "year", "label": "Födelseår"}],
            ),
            _question("animals", "D07", "multi", choices=_choices("none", "dog", "cat"), exclusive=["none"], most=2),
            _question("tongues", "I05", "languages", most=3),
            _question("interpreter", "B08", "interpreter", choices=_choices("no", "yes")),
            _question(
                "health",
                "G01",
                "single",
                choices=[*_choices("good", "poor"), {"code": "talk", "label": "Berättar hellre"}],
                perAdult=True,
                view="full",
                dataClass="specialCategory",
                coreFor=EVERYBODY[:1],
                assignments=EVERYBODY[:3],
            ),
            _question("later", "Z01", "single", choices=_choices("yes", "no"), shownWhen="children.count > 0"),
        ],
        "indicators": [
            {
                "name": "unwell",
                "code": "I-1",
                "level": "talk",
                "group": "lifeSituation",
                "rule": "any adult health in [poor, talk]",
                "importantWhen": "any adult health == poor",
                "text": "Ork",
                "why": "Orken ska räcka",
            }
        ],
        "nextSteps": [
            {"step": "callFirst", "when": "interpreter.needed == yes", "why": "Tolk"},
            {"step": "informationMeeting", "why": "Annars"},
        ],
        "scale": [{"code": "full", "text": "Helt", "points": 3}, {"code": "no", "text": "Inte", "points": 0}],
        "statements": [
            {
                "name": "time",
                "code": "T01",
                "theme": "Tid",
                "text": "Jag har tid.",
                "assignments": EVERYBODY,
                "highFrom": 2,
                "feedbackHigh": "Bra.",
                "feedbackLow": "Vänta.",
            }
        ],
        "levels": [
            {"name": "good", "minimumShare": 0.5, "heading": "Bra", "text": "Bra.", "nextSteps": _choices("apply")},
            {"name": "notnow", "minimumShare": 0, "heading": "Vänta", "text": "Vänta.", "nextSteps": _choices("call")},
        ],
        "languages": _choices("sv", "fi", "other"),
    }


def _publish(directory: Path, *documents: Document) -> Path:
    for document in documents:
        (directory / f"{document['version']}.json").write_text(json.dumps(document), encoding="utf-8")
    return directory


def test_every_published_version_stays_readable_and_the_newest_is_current(tmp_path: Path) -> None:
    # given a directory with versions whose names do not sort as text
    _publish(tmp_path, _tiny("2031-10"), _tiny("2031-9"), _tiny("2030-1"))
    (tmp_path / "schema.json").write_text("{}")
    # then each is read by its name and the newest is the current one
    assert versions(tmp_path) == ("2030-1", "2031-9", "2031-10")
    assert [load(version, tmp_path).version for version in versions(tmp_path)] == list(versions(tmp_path))
    assert current(tmp_path).version == "2031-10"
    # and the versions of our own are untouched by it
    assert versions() == ("2026-1",)


def test_the_tiny_version_differs_from_the_first(tmp_path: Path) -> None:
    tiny = load("2031-2", _publish(tmp_path, _tiny()))
    assert [question.name for question in tiny.questions] != [question.name for question in current().questions]
    assert tiny.question("health").data_class is DataClass.SPECIAL_CATEGORY
    assert tiny.indicators[0].sensitive


@pytest.mark.parametrize("version", ["", "2025-1", "2026-2", "../2026-1", "/etc/passwd", "2026-1.json", "2026-1\0"])
def test_an_unknown_version_is_refused_without_touching_the_disk(version: str) -> None:
    with pytest.raises(QuestionSetUnknownError):
        load(version)


# ---------------------------------------------------------------- broken sets


def _at(document: Document, name: str) -> Document:
    return next(
        each
        for kind in ("questions", "indicators", "statements", "sections", "levels")
        for each in document[kind]
        if each["name"] == name
    )


def _set(name: str, /, **values: Any) -> Break:
    return lambda document: _at(document, name).update(values)


def _drop(name: str, key: str) -> Break:
    return lambda document: _at(document, name).pop(key)


def _later(condition: str, **more: Any) -> Break:
    return _set("later", shownWhen=condition, **more)


def _rule(condition: str) -> Break:
    return _set("unwell", rule=condition)


def _step(condition: str) -> Break:
    return lambda document: document["nextSteps"][0].update(when=condition)


def _counted(name: str, measure: str, *bins: Document) -> Break:
    return _set(name, statistics=[{"dimension": "dim", "measure": measure, "bins": list(bins)}])


def _bin(name: str, *codes: str, **limits: int) -> Document:
    return {"name": name, "label": name, "codes": list(codes)} | limits


def _never(fault: str) -> list[str]:
    """Give a fault of the condition of `later` together with what follows from it for every assignment."""
    return [fault, *(f"questions/later/shownWhen: is never shown for {one}" for one in EVERYBODY)]


BROKEN: list[tuple[Break, str | list[str]]] = [
    # conditions: what they speak of
    (_later("ghost == yes"), "questions/later/shownWhen: unknown question ghost"),
    (_later("startWindow == never"), "questions/later/shownWhen: unknown choice never of startWindow"),
    (_later("startWindow in [now, never]"), "questions/later/shownWhen: unknown choice never of startWindow"),
    (_later("tongues any [sv, tlh]"), "questions/later/shownWhen: unknown choice tlh of tongues"),
    (_later("interpreter.needed == maybe"), "questions/later/shownWhen: unknown choice maybe of interpreter.needed"),
    (_later("interpreter == yes"), "questions/later/shownWhen: interpreter cannot be tested"),
    (_later("name == x"), "questions/later/shownWhen: name cannot be tested"),
    (_later("name.count > 0"), "questions/later/shownWhen: name.count cannot be tested"),
    (_later("children.living == x"), "questions/later/shownWhen: children.living cannot be tested"),
    (_later("startWindow > 3"), "questions/later/shownWhen: `>` does not fit startWindow"),
    (_later("startWindow any [now]"), "questions/later/shownWhen: `any` does not fit startWindow"),
    (_later("animals == dog"), "questions/later/shownWhen: `==` does not fit animals"),
    (_later("animals.count any [1]"), "questions/later/shownWhen: `any` does not fit animals.count"),
    (_later("adults == many"), "questions/later/shownWhen: adults takes a number, not many"),
    (_later("startWindow == 3"), "questions/later/shownWhen: startWindow takes a choice, not 3"),
    (_later("startWindow in [now, now]"), "questions/later/shownWhen: a value of startWindow stands twice"),
    (_later("knownChild == yes"), "questions/later/shownWhen: knownChild is never sent"),
    (_later("health == poor"), "questions/later/shownWhen: health is answered by each adult"),
    (_later("any adult startWindow == now"), "questions/later/shownWhen: startWindow is not answered by each adult"),
    (
        _later("startWindow = now"),
        ["questions/later/shownWhen: unreadable `=` at character 13", "questions/later/shownWhen: unknown question "],
    ),
    (
        _later("startWindow == now or"),
        [
            "questions/later/shownWhen: expected a question's name, found the end",
            "questions/later/shownWhen: unknown question ",
        ],
    ),
    # conditions: order and cycles
    (_later("later == yes"), "questions/later/shownWhen: refers to itself"),
    (_set("adults", shownWhen="later == yes"), "questions/adults/shownWhen: refers to later, which comes later"),
    (
        lambda document: (
            _set("adults", shownWhen="later == yes")(document),
            _later("adults > 0")(document),
            _rule("later == yes")(document),
        ),
        "questions/adults/shownWhen: refers to later, which comes later",
    ),
    (
        _set("adults", shownWhen="later == yes and later == no"),
        "questions/adults/shownWhen: refers to later, which comes later",
    ),
    # conditions: that can never hold
    (
        lambda document: (_set("adults", minimum=1)(document), _later("adults < 1")(document)),
        _never("questions/later/shownWhen: can never hold: adults < 1"),
    ),
    (
        lambda document: (_drop("adults", "maximum")(document), _later("adults > 0")(document)),
        [
            "questions/adults: a number needs minimum and maximum",
            *_never("questions/later/shownWhen: can never hold: adults > 0"),
        ],
    ),
    (_later("adults > 10"), _never("questions/later/shownWhen: can never hold: adults > 10")),
    (_later("adults < 0"), _never("questions/later/shownWhen: can never hold: adults < 0")),
    (_later("adults == 11"), _never("questions/later/shownWhen: can never hold: adults == 11")),
    (
        _later("adults > 3 and adults < 4"),
        _never("questions/later/shownWhen: can never hold: adults > 3 and adults < 4"),
    ),
    (_later("children.count > 5"), _never("questions/later/shownWhen: can never hold: children.count > 5")),
    (_later("municipalities.count < 1"), _never("questions/later/shownWhen: can never hold: municipalities.count < 1")),
    (
        _later("startWindow == now and startWindow == later"),
        _never("questions/later/shownWhen: can never hold: startWindow == now and startWindow == later"),
    ),
    (
        _later("animals any [none] and animals any [dog]"),
        _never("questions/later/shownWhen: can never hold: animals any [none] and animals any [dog]"),
    ),
    (
        _later("animals any [none] and animals.count > 1"),
        _never("questions/later/shownWhen: can never hold: animals any [none] and animals.count > 1"),
    ),
    (_later("animals.count > 2"), _never("questions/later/shownWhen: can never hold: animals.count > 2")),
    (
        _later("animals not any [none, dog, cat]"),
        _never("questions/later/shownWhen: can never hold: animals not any [none, dog, cat]"),
    ),
    (_later("animals.count < 1"), _never("questions/later/shownWhen: can never hold: animals.count < 1")),
    (
        lambda document: (_set("animals", most=1)(document), _later("animals.count > 1")(document)),
        _never("questions/later/shownWhen: can never hold: animals.count > 1"),
    ),
    (_later("tongues.count > 3"), _never("questions/later/shownWhen: can never hold: tongues.count > 3")),
    (
        _later("adults > 0 or adults > 3 and adults < 2"),
        "questions/later/shownWhen: can never hold: adults > 3 and adults < 2",
    ),
    (
        _later("interpreter.needed == yes and interpreter.needed == no"),
        _never("questions/later/shownWhen: can never hold: interpreter.needed == yes and interpreter.needed == no"),
    ),
    (_rule("adults > 10"), "indicators/unwell/rule: can never hold: adults > 10"),
    (_rule("ghost == yes"), "indicators/unwell/rule: unknown question ghost"),
    (_set("unwell", importantWhen="adults > 10"), "indicators/unwell/importantWhen: can never hold: adults > 10"),
    (_step("adults > 10"), "nextSteps/0/when: can never hold: adults > 10"),
    # conditions: questions that are never shown together
    (
        _later("any adult health == poor", assignments=EVERYBODY[3:], coreFor=[]),
        [
            "questions/later/shownWhen: can never hold: any adult health == poor",
            "questions/later/shownWhen: is never shown for kontaktfamilj",
            "questions/later/shownWhen: is never shown for kontaktperson",
        ],
    ),
    (
        _later("any adult health == poor", coreFor=[]),
        [
            "questions/later/shownWhen: is never shown for kontaktfamilj",
            "questions/later/shownWhen: is never shown for kontaktperson",
        ],
    ),
    (
        _later("any adult health == poor", assignments=EVERYBODY[:2], coreFor=EVERYBODY[:2]),
        "questions/later/shownWhen: is core for jourhem but rests on extended questions",
    ),
    (
        _rule("any adult health == poor and later == yes and children.count == 0"),
        "indicators/unwell/rule: can never hold: any adult health == poor and later == yes and children.count == 0",
    ),
    # what is sensitive
    (_set("health", view="overview"), "questions/health/view: a sensitive answer never stands in the overview"),
    (
        _set("health", overviewFor=EVERYBODY[:1]),
        "questions/health/view: a sensitive answer never stands in the overview",
    ),
    (
        _set("health", statistics=[{"dimension": "health", "measure": "codes", "bins": "choices"}]),
        "questions/health/statistics: a sensitive answer is never counted",
    ),
    (_step("any adult health == poor"), "nextSteps/0/when: rests on health, which is sensitive"),
    (
        _set("municipalities", overviewFlag="Flera"),
        "questions/municipalities/view: what is not delivered stands in no overview",
    ),
    (_set("knownChild", view="full"), "questions/knownChild/view: what is never stored is not delivered"),
    # names and codes
    (_set("later", name="animals"), "questions/animals: the name is taken by questions/animals"),
    (_set("time", name="animals"), "statements/animals: the name is taken by questions/animals"),
    (_set("later", code="D07"), "questions/later/code: D07 stands twice"),
    (
        _set("later", name="not"),
        "questions/not: a name is camelCase and none of adult, and, any, count, in, not, or",
    ),
    (_set("later", choices=_choices("yes", "yes")), "questions/later/choices/yes: the code stands twice"),
    (_set("later", choices=_choices("yes", "no way")), "questions/later/choices/no way: a code is camelCase"),
    (lambda document: document["languages"].append(document["languages"][0]), "languages/sv: the code stands twice"),
    (
        lambda document: document.update(languages=[]),
        ["languages: missing", "nextSteps/0/when: can never hold: interpreter.needed == yes"],
    ),
    (
        lambda document: document["scale"].append(document["scale"][0]),
        "statements/time/options/full: the code stands twice",
    ),
    (
        lambda document: document["sections"].append({"name": "Home", "code": "B", "label": "Hemmet"}),
        "sections/Home: a name is camelCase and none of adult, and, any, count, in, not, or",
    ),
    (_set("unwell", name="animals"), "indicators/animals: the name is taken by questions/animals"),
    (
        lambda document: _at(document, "children")["members"].append(
            {"name": "kind", "type": "single", "label": "Slag", "choices": _choices("own", "own")}
        ),
        "questions/children/members/kind/choices/own: the code stands twice",
    ),
    (_set("later", section="ghost"), "questions/later/section: unknown section ghost"),
    # what the code needs
    (
        lambda document: document["questions"].remove(_at(document, "mobile")),
        "questions/mobile: missing, the code needs it",
    ),
    (_set("mobile", type="email"), "questions/mobile/type: must be phone, the code needs it"),
    (
        _set("assignments", choices=_choices("familjehem")),
        "questions/assignments/choices: must be familjehem, jourhem, jourfamilj, kontaktfamilj, kontaktperson",
    ),
    # questions
    (_drop("later", "label"), "questions/later/label: missing text"),
    (_set("later", label=" "), "questions/later/label: missing text"),
    (_set("later", help=""), "questions/later/help: missing text"),
    (_set("later", choices=[{"code": "yes"}]), "questions/later/choices/yes/label: missing text"),
    (_set("later", hlep="Hjälp"), "questions/later/hlep: unknown key"),
    (
        _set("later", type="poem"),
        [f"questions/later/type: must be one of {', '.join(AnswerType)}"],
    ),
    (_set("later", required="yes"), "questions/later/required: must be true or false"),
    (
        _set("later", assignments=[]),
        [
            "questions/later/assignments: is asked for no assignment",
            "questions/later/coreFor: goes beyond the assignments",
            "questions/later/shownWhen: can never hold: children.count > 0",
        ],
    ),
    (
        _set("later", assignments=["barnvakt"]),
        [
            "questions/later/assignments: must be among familjehem, jourhem, jourfamilj, kontaktfamilj, kontaktperson",
            "questions/later/assignments: is asked for no assignment",
            "questions/later/coreFor: goes beyond the assignments",
            "questions/later/shownWhen: can never hold: children.count > 0",
        ],
    ),
    (
        _set("later", assignments=[3]),
        [
            "questions/later/assignments: must be a list of codes",
            "questions/later/assignments: is asked for no assignment",
            "questions/later/coreFor: goes beyond the assignments",
            "questions/later/shownWhen: can never hold: children.count > 0",
        ],
    ),
    (
        _set("later", assignments="familjehem"),
        [
            "questions/later/assignments: must be a list",
            "questions/later/assignments: is asked for no assignment",
            "questions/later/coreFor: goes beyond the assignments",
            "questions/later/shownWhen: can never hold: children.count > 0",
        ],
    ),
    (
        _set("later", assignments=["jourhem", "jourhem"]),
        ["questions/later/assignments: something stands twice", "questions/later/coreFor: goes beyond the assignments"],
    ),
    (_set("later", assignments=EVERYBODY[:1]), "questions/later/coreFor: goes beyond the assignments"),
    (
        _set("later", assignments=EVERYBODY[:1], coreFor=[], overviewFor=EVERYBODY),
        "questions/later/overviewFor: goes beyond the assignments",
    ),
    (
        _drop("later", "choices"),
        ["questions/later/choices: belong to single, multi and interpreter, and are needed there"],
    ),
    (
        _set("name", choices=_choices("x")),
        ["questions/name/choices: belong to single, multi and interpreter, and are needed there"],
    ),
    (_set("animals", exclusive=["bird"]), "questions/animals/exclusive: unknown choice bird"),
    (_set("animals", withheldFromOverview=["bird"]), "questions/animals/withheldFromOverview: unknown choice bird"),
    (_set("later", exclusive=["no"]), "questions/later/exclusive: belongs to multi"),
    (_set("later", choices=_choices("yes", "talk")), "questions/later/choices/talk: must be worded as in talk"),
    (_set("adults", perAdult=True), "questions/adults/perAdult: belongs to single and multi"),
    (_drop("name", "longest"), "questions/name/longest: missing"),
    (_drop("adults", "maximum"), "questions/adults: a number needs minimum and maximum"),
    (_set("adults", minimum=11), "questions/adults/minimum: is above the maximum"),
    (
        _set("adults", minimum="0"),
        ["questions/adults/minimum: must be a whole number", "questions/adults: a number needs minimum and maximum"],
    ),
    (_drop("children", "most"), "questions/children/most: missing"),
    (
        _set("children", minimum=6),
        [
            "questions/children/minimum: is above most",
            *_never("questions/later/shownWhen: can never hold: children.count > 0"),
        ],
    ),
    (
        _set("children", minimum=2, most=1),
        [
            "questions/children/minimum: is above most",
            *_never("questions/later/shownWhen: can never hold: children.count > 0"),
        ],
    ),
    (
        lambda document: (_drop("children", "most")(document), _set("children", minimum=2)(document)),
        "questions/children/most: missing",
    ),
    (
        lambda document: _at(document, "children")["members"][0].update(name="birth year"),
        "questions/children/members/birth year: a name is camelCase and none of adult, and, any, count, in, not, or",
    ),
    (
        lambda document: _at(document, "children")["members"][0].update(type="number"),
        "questions/children/members/birthYear: a number needs minimum and maximum",
    ),
    (_drop("children", "members"), ["questions/children/members: belong to group and address, and are needed there"]),
    (
        lambda document: _at(document, "children")["members"].append(_at(document, "children")["members"][0].copy()),
        "questions/children/members/birthYear: the name stands twice",
    ),
    (
        lambda document: _at(document, "children")["members"][0].update(type="email"),
        ["questions/children/members/birthYear/type: must be one of number, phone, single, text, year"],
    ),
    (
        lambda document: _at(document, "children")["members"][0].update(type="single"),
        ["questions/children/members/birthYear/choices: belong to single, and are needed there"],
    ),
    (
        lambda document: _at(document, "children").update(
            assignments=EVERYBODY[:1],
            coreFor=[],
            members=[_at(document, "children")["members"][0] | {"assignments": EVERYBODY}],
        ),
        [
            "questions/children/members/birthYear/assignments: go beyond those of the question",
            "questions/later/shownWhen: is core for familjehem but rests on extended questions",
            "questions/later/shownWhen: is never shown for jourhem",
            "questions/later/shownWhen: is never shown for jourfamilj",
            "questions/later/shownWhen: is never shown for kontaktfamilj",
            "questions/later/shownWhen: is never shown for kontaktperson",
        ],
    ),
    # statistics
    (
        _counted("later", "codes"),
        [
            "questions/later/statistics/dim/bins: missing",
            "questions/later/statistics/dim/bins: no falls into none",
            "questions/later/statistics/dim/bins: yes falls into none",
        ],
    ),
    (_counted("later", "codes", _bin("yes", "yes")), "questions/later/statistics/dim/bins: no falls into none"),
    (
        _counted("later", "codes", _bin("yes", "yes"), _bin("no", "no", "yes")),
        "questions/later/statistics/dim/bins: yes falls into several",
    ),
    (
        _counted("later", "codes", _bin("yes", "yes"), _bin("no", "no", "never")),
        "questions/later/statistics/dim/bins: unknown choice never",
    ),
    (
        _counted("later", "codes", _bin("yes", "yes"), _bin("yes", "no")),
        "questions/later/statistics/dim/bins/yes: the name stands twice",
    ),
    (
        _counted("adults", "number", _bin("few", maximum=1), _bin("many", minimum=3)),
        "questions/adults/statistics/dim/bins: must follow each other from 0 to 10",
    ),
    (
        _counted("children", "countAtHome", _bin("no", maximum=0), _bin("some", minimum=1, maximum=3)),
        "questions/children/statistics/dim/bins: must follow each other from 0 to the end",
    ),
    (
        _counted("adults", "number", _bin("few", "now", maximum=1), _bin("many", minimum=2)),
        "questions/adults/statistics/dim/bins: must follow each other from 0 to 10",
    ),
    (
        _counted("adults", "number", _bin("few", minimum=1, maximum=1), _bin("many", minimum=2)),
        "questions/adults/statistics/dim/bins: must follow each other from 0 to 10",
    ),
    (
        _counted("adults", "number", _bin("few", maximum=1), _bin("many", minimum=2, maximum=9)),
        "questions/adults/statistics/dim/bins: must follow each other from 0 to 10",
    ),
    (
        _counted("municipalities", "count", _bin("none", minimum=0)),
        "questions/municipalities/statistics/dim/bins: must follow each other from 1 to 5",
    ),
    (
        _counted("children", "count", _bin("some", minimum=1)),
        "questions/children/statistics/dim/bins: must follow each other from 0 to 5",
    ),
    (
        _counted("homeMunicipality", "proximity", _bin("own", "own"), _bin("else", "sameCounty", "abroad")),
        [
            "questions/homeMunicipality/statistics/dim/bins: unknown choice abroad",
            "questions/homeMunicipality/statistics/dim/bins: otherCounty falls into none",
        ],
    ),
    (
        _counted("later", "shoes"),
        [
            f"questions/later/statistics/dim/measure: must be one of {', '.join(Measure)}",
            "questions/later/statistics/dim/bins: missing",
            "questions/later/statistics/dim/bins: no falls into none",
            "questions/later/statistics/dim/bins: yes falls into none",
        ],
    ),
    # next steps, self-test, levels
    (lambda document: document["nextSteps"].pop(), "nextSteps: the last must hold always"),
    (
        lambda document: document["nextSteps"][0].pop("when"),
        "nextSteps/0/when: missing, the steps after it are never suggested",
    ),
    (
        lambda document: (
            document["nextSteps"].insert(0, {"step": "directMeeting", "why": "Alltid"}),
            document["nextSteps"][1].update(when="ghost == yes"),
        ),
        [
            "nextSteps/0/when: missing, the steps after it are never suggested",
            "nextSteps/1/when: unknown question ghost",
        ],
    ),
    (lambda document: document["nextSteps"][0].pop("why"), "nextSteps/callFirst/why: missing text"),
    (lambda document: document["scale"][0].pop("text"), "scale/full/text: missing text"),
    (
        _set("time", options=[{"code": "very", "points": 2}, {"code": "less", "text": "Föga", "points": 0}]),
        "statements/time/options/very/text: missing text",
    ),
    (
        lambda document: document["scale"][1].update(points=-1),
        "statements/time/options: must give points from 0 upwards",
    ),
    (
        lambda document: document["scale"][0].update(points=0),
        "statements/time/options: must give points from 0 upwards",
    ),
    (_set("time", assignments=EVERYBODY[1:]), "statements: none for familjehem"),
    (
        _set("time", assignments=[]),
        [
            "statements: none for familjehem",
            "statements: none for jourhem",
            "statements: none for jourfamilj",
            "statements: none for kontaktfamilj",
            "statements: none for kontaktperson",
            "statements/time/assignments: is asked for no assignment",
        ],
    ),
    (_set("time", highFrom=4), "statements/time/highFrom: must part the points"),
    (
        _drop("time", "highFrom"),
        ["statements/time/highFrom: missing number", "statements/time/highFrom: must part the points"],
    ),
    (lambda document: document.update(scale=[]), "statements/time/options: must give points from 0 upwards"),
    (_drop("time", "feedbackLow"), "statements/time/feedbackLow: missing text"),
    (_set("notnow", minimumShare=0.1), "levels: must go down to the share 0"),
    (_set("good", minimumShare=0), "levels: must go down to the share 0"),
    (
        _set("good", minimumShare=75),
        ["levels/good/minimumShare: must be a share from 0 to 1", "levels: must go down to the share 0"],
    ),
    (
        _set("good", minimumShare=1.01),
        ["levels/good/minimumShare: must be a share from 0 to 1", "levels: must go down to the share 0"],
    ),
    (
        _set("good", minimumShare=True),
        ["levels/good/minimumShare: must be a share from 0 to 1", "levels: must go down to the share 0"],
    ),
    (_set("notnow", name="good"), "levels/good: the name stands twice"),
    # the file
    (lambda document: document.update(version="2031-3"), "version: must be 2031-2, the name of the file"),
    (lambda document: document.update(extra=1), "extra: unknown key"),
    (
        lambda document: document.update(talk="talk"),
        [
            "talk: must be an object",
            "talk/code: missing text",
            "talk/label: missing text",
            "questions/health/choices/talk: must be worded as in talk",
        ],
    ),
    (
        lambda document: document["questions"].append("x"),
        [
            "questions/19: must be an object",
            "questions/19/view: must be one of overview, full, notDelivered",
            "questions/19/name: missing text",
            "questions/19/code: missing text",
            "questions/19/section: missing text",
            "questions/19/label: missing text",
            f"questions/19/type: must be one of {', '.join(AnswerType)}",
            "questions/19/dataClass: must be one of none, personal, thirdParty, specialCategory, offence, delicate",
            "questions/: a name is camelCase and none of adult, and, any, count, in, not, or",
            "questions//section: unknown section ",
            "questions//assignments: is asked for no assignment",
            "questions//choices: belong to single, multi and interpreter, and are needed there",
            "questions//view: what is never stored is not delivered",
        ],
    ),
    (
        lambda document: document.update(questions={}),
        [
            "questions: must be a list",
            "questions/protectedIdentity: missing, the code needs it",
            "questions/assignments: missing, the code needs it",
            "questions/applicants: missing, the code needs it",
            "questions/knownChild: missing, the code needs it",
            "questions/municipalities: missing, the code needs it",
            "questions/homeMunicipality: missing, the code needs it",
            "questions/startWindow: missing, the code needs it",
            "questions/identityNumber: missing, the code needs it",
            "questions/name: missing, the code needs it",
            "questions/mobile: missing, the code needs it",
            "questions/email: missing, the code needs it",
            "questions/bestContactTime: missing, the code needs it",
            "indicators/unwell/rule: unknown question health",
            "indicators/unwell/importantWhen: unknown question health",
            "nextSteps/0/when: unknown question interpreter",
        ],
    ),
]


def _faults(document: Document) -> list[str]:
    with pytest.raises(QuestionSetBrokenError) as refusal:
        read("2031-2", json.dumps(document))
    title, *faults = str(refusal.value).splitlines()
    assert title == "question set 2031-2:"
    return faults


def test_the_set_to_break_is_whole() -> None:
    assert read("2031-2", json.dumps(_tiny())).version == "2031-2"


@pytest.mark.parametrize(
    ("spoil", "faults"), BROKEN, ids=[faults if isinstance(faults, str) else faults[0] for _, faults in BROKEN]
)
def test_a_broken_set_is_refused_with_the_place_and_what_follows_from_it(spoil: Break, faults: str | list[str]) -> None:
    document = _tiny()
    spoil(document)
    assert _faults(document) == ([faults] if isinstance(faults, str) else faults)


@pytest.mark.parametrize(
    "condition",
    [
        "tongues any [sv] and tongues any [fi] and tongues.count == 3",
        "animals any [dog] and animals any [cat]",
        "animals.count == 1 and animals any [none]",
        "animals.count == 1 and animals any [dog]",
        "animals any [cat] and animals not any [dog]",
        "animals.count == 2 and animals not any [none]",
        "bestContactTime any [morning] and bestContactTime any [evening] and bestContactTime.count == 2",
        "adults > 3 and adults < 5",
        "adults > 9",
        "adults < 1",
        "adults != 0 and adults != 1 and adults <= 2",
        "municipalities.count < 2",
        "municipalities.count == 5",
        "children.count == 0",
        "any adult health == good and any adult health == poor",
        "interpreter.needed == yes and interpreter.language != sv",
        "interpreter.language == fi",
        "startWindow != now and startWindow != later",
    ],
)
def test_a_rule_that_can_hold_is_not_refused(condition: str) -> None:
    document = _tiny()
    _rule(condition)(document)
    assert str(read("2031-2", json.dumps(document)).indicators[0].rule) == condition


@pytest.mark.parametrize(
    ("name", "measure", "bins"),
    [
        ("adults", "number", [_bin("few", maximum=1), _bin("some", minimum=2, maximum=3), _bin("many", minimum=4)]),
        ("adults", "number", [_bin("few", minimum=0, maximum=4), _bin("many", minimum=5, maximum=10)]),
        ("adults", "number", [_bin("all")]),
        ("municipalities", "count", [_bin("one", minimum=1, maximum=1), _bin("more", minimum=2, maximum=5)]),
        ("children", "count", [_bin("none", maximum=0), _bin("some", minimum=1, maximum=5)]),
        ("children", "youngestAtHome", [_bin("baby", maximum=0), _bin("older", minimum=1)]),
        ("tongues", "otherLanguages", [_bin("none", minimum=0, maximum=0), _bin("some", minimum=1)]),
        ("homeMunicipality", "proximity", [_bin("near", "own", "sameCounty"), _bin("far", "otherCounty")]),
        ("later", "codes", [_bin("both", "yes", "no")]),
    ],
)
def test_bins_that_leave_nothing_out_are_not_refused(name: str, measure: str, bins: list[Document]) -> None:
    document = _tiny()
    _counted(name, measure, *bins)(document)
    (statistic,) = read("2031-2", json.dumps(document)).question(name).statistics
    assert [each.name for each in statistic.bins] == [each["name"] for each in bins]


def test_limits_that_leave_one_possibility_are_not_refused() -> None:
    # given
    document = _tiny()
    _set("name", longest=1)(document)
    _set("adults", minimum=3, maximum=3)(document)
    _set("children", minimum=1, most=1)(document)
    _set("tongues", most=1)(document)
    _set("good", minimumShare=1)(document)
    # then
    assert read("2031-2", json.dumps(document)).question("children").most == 1


def test_a_question_that_comes_to_be_shown_in_several_ways_is_shown_for_the_assignments_of_all_of_them() -> None:
    # given a question that one answer shows for familjehem, and another answer for all the others
    document = _tiny()
    document["questions"][-1:-1] = [
        _question("his", "X02", "number", minimum=0, maximum=3, assignments=EVERYBODY[:1], coreFor=EVERYBODY[:1]),
        _question("hers", "X03", "number", minimum=0, maximum=3, assignments=EVERYBODY[1:], coreFor=EVERYBODY[1:]),
        _question("both", "X04", "number", minimum=0, maximum=3, shownWhen="his > 1 or hers > 2"),
    ]
    # when another question rests on it
    _later("both > 0")(document)
    # then it is shown, and core, for all of them
    assert read("2031-2", json.dumps(document)).question("later").core_for == ALL


def test_a_self_test_may_give_one_point_and_have_three_levels() -> None:
    # given
    document = _tiny()
    document["scale"][0].update(points=1)
    _set("time", highFrom=1)(document)
    middle = document["levels"][0] | {"name": "think", "minimumShare": 0.25}
    document["levels"].insert(1, middle)
    # then
    assert [level.name for level in read("2031-2", json.dumps(document)).levels] == ["good", "think", "notnow"]


def test_a_condition_of_null_is_none() -> None:
    document = _tiny()
    _set("later", shownWhen=None)(document)
    assert read("2031-2", json.dumps(document)).question("later").shown_when is None


def test_a_file_that_is_no_object_is_told_as_such_first() -> None:
    with pytest.raises(QuestionSetBrokenError) as refusal:
        read("2031-2", "[1, 2]")
    assert str(refusal.value).splitlines()[:2] == ["question set 2031-2:", "file: must be an object"]


def test_several_faults_are_told_together_and_each_once() -> None:
    # given a set with faults of shape, of conditions and of texts
    document = _tiny()
    _later("ghost == yes or startWindow == never")(document)
    _drop("name", "label")(document)
    _set("time", feedbackHigh="")(document)
    # when it is read
    faults = _faults(document)
    # then every fault stands there, once
    assert set(faults) == {
        "questions/later/shownWhen: unknown question ghost",
        "questions/later/shownWhen: unknown choice never of startWindow",
        "questions/name/label: missing text",
        "statements/time/feedbackHigh: missing text",
    }
    assert max(Counter(faults).values()) == 1


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '"x"'])
def test_what_is_no_question_set_at_all_is_refused(text: str) -> None:
    with pytest.raises(QuestionSetBrokenError, match="question set 2031-2"):
        read("2031-2", text)


def test_a_broken_version_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    document = _tiny()
    _drop("name", "label")(document)
    with pytest.raises(QuestionSetBrokenError, match="questions/name/label: missing text"):
        load("2031-2", _publish(tmp_path, document))


def test_a_question_knows_its_codes() -> None:
    question: Question = read("2031-2", json.dumps(_tiny())).question("animals")
    assert question.codes == {"none", "dog", "cat"}
    assert not question.can_be_told


# ---------------------------------------------------------------- every key


def _full() -> Document:
    """Give a set that uses every key there is, each with a value of its own."""
    document = _tiny()
    document["sections"].append({"name": "home", "code": "E", "label": "Hemmet"})
    document["questions"] += [
        {
            "name": "pets",
            "code": "E01",
            "section": "home",
            "label": "Vilka djur?",
            "help": "Alla slag",
            "type": "multi",
            "choices": _choices("none", "dog", "cat", "hen"),
            "exclusive": ["none"],
            "most": 3,
            "assignments": ["kontaktfamilj", "jourhem", "familjehem"],
            "coreFor": ["jourhem"],
            "required": True,
            "shownWhen": "adults > 0",
            "view": "full",
            "overviewFor": ["familjehem"],
            "overviewFlag": "Har djur",
            "withheldFromOverview": ["hen"],
            "dataClass": "personal",
            "statistics": [
                {"dimension": "kinds", "measure": "codes", "bins": "choices"},
                {
                    "dimension": "many",
                    "measure": "count",
                    "bins": [
                        {"name": "one", "label": "Ett", "minimum": 1, "maximum": 1},
                        {"name": "more", "label": "Flera", "minimum": 2, "maximum": 3},
                    ],
                },
            ],
            "note": "Fråga försiktigt",
        },
        {
            "name": "rooms",
            "code": "E02",
            "section": "home",
            "label": "Rum",
            "type": "group",
            "minimum": 1,
            "most": 4,
            "assignments": ["familjehem", "jourhem"],
            "view": "overview",
            "dataClass": "thirdParty",
            "members": [
                {
                    "name": "kind",
                    "type": "single",
                    "label": "Slag?",
                    "choices": _choices("own", "shared"),
                    "required": False,
                    "overview": False,
                    "assignments": ["jourhem"],
                },
                {"name": "size", "type": "number", "label": "Yta", "minimum": 4, "maximum": 90},
                {"name": "about", "type": "text", "label": "Om", "longest": 80},
            ],
        },
        {
            "name": "strength",
            "code": "E03",
            "section": "home",
            "label": "Kraft",
            "type": "single",
            "choices": [*_choices("good"), {"code": "talk", "label": "Berättar hellre"}],
            "perAdult": True,
            "assignments": ["jourfamilj"],
            "view": "full",
            "dataClass": "delicate",
        },
        {
            "name": "beds",
            "code": "E04",
            "section": "home",
            "label": "Sängar",
            "type": "number",
            "minimum": 1,
            "maximum": 9,
            "assignments": EVERYBODY,
            "view": "overview",
            "dataClass": "personal",
            "statistics": [
                {
                    "dimension": "beds",
                    "measure": "number",
                    "bins": [
                        {"name": "few", "label": "Få", "minimum": 1, "maximum": 2},
                        {"name": "many", "label": "Många", "minimum": 3},
                    ],
                }
            ],
        },
    ]
    document["indicators"].append(
        {
            "name": "lively",
            "code": "I-2",
            "level": "strength",
            "group": "engagement",
            "rule": "adults > 1",
            "text": "Liv",
            "why": "Det är liv i huset",
        }
    )
    document["nextSteps"].insert(1, {"step": "directMeeting", "when": "adults > 2", "why": "Många"})
    document["statements"].append(
        {
            "name": "calm",
            "code": "T02",
            "theme": "Lugn",
            "text": "Jag är lugn.",
            "assignments": ["jourhem", "familjehem"],
            "key": True,
            "options": [{"code": "very", "text": "Mycket", "points": 2}, {"code": "less", "text": "Föga", "points": 1}],
            "highFrom": 2,
            "feedbackHigh": "Lugnt.",
            "feedbackLow": "Oroligt.",
        }
    )
    return document


@pytest.fixture
def whole() -> QuestionSet:
    return read("2031-2", json.dumps(_full()))


ALL = frozenset(Assignment)
HOME = frozenset({Assignment.FAMILJEHEM, Assignment.JOURHEM})


def test_every_key_of_a_question_is_read(whole: QuestionSet) -> None:
    assert whole.question("pets") == Question(
        name="pets",
        code="E01",
        section="home",
        label="Vilka djur?",
        help="Alla slag",
        type=AnswerType.MULTI,
        choices=tuple(Choice(code, f"Val {code}") for code in ("none", "dog", "cat", "hen")),
        exclusive=frozenset({"none"}),
        most=3,
        assignments=HOME | {Assignment.KONTAKTFAMILJ},
        core_for=frozenset({Assignment.JOURHEM}),
        required=True,
        shown_when=Comparison("adults", Relation.MORE, (0,)),
        view=View.FULL,
        overview_for=frozenset({Assignment.FAMILJEHEM}),
        overview_flag="Har djur",
        withheld_from_overview=frozenset({"hen"}),
        data_class=DataClass.PERSONAL,
        statistics=(
            Statistic(
                "kinds",
                Measure.CODES,
                tuple(
                    Bin(name=code, label=f"Val {code}", codes=frozenset({code}))
                    for code in ("none", "dog", "cat", "hen")
                ),
            ),
            Statistic(
                "many",
                Measure.COUNT,
                (
                    Bin(name="one", label="Ett", minimum=1, maximum=1),
                    Bin(name="more", label="Flera", minimum=2, maximum=3),
                ),
            ),
        ),
        note="Fråga försiktigt",
    )
    assert whole.question("rooms") == Question(
        name="rooms",
        code="E02",
        section="home",
        label="Rum",
        type=AnswerType.GROUP,
        minimum=1,
        most=4,
        assignments=HOME,
        core_for=frozenset(),
        required=False,
        view=View.OVERVIEW,
        overview_for=HOME,
        data_class=DataClass.THIRD_PARTY,
        members=(
            Member(
                name="kind",
                type=AnswerType.SINGLE,
                label="Slag?",
                choices=(Choice("own", "Val own"), Choice("shared", "Val shared")),
                required=False,
                overview=False,
                assignments=frozenset({Assignment.JOURHEM}),
            ),
            Member(name="size", type=AnswerType.NUMBER, label="Yta", assignments=HOME, minimum=4, maximum=90),
            Member(name="about", type=AnswerType.TEXT, label="Om", assignments=HOME, longest=80),
        ),
    )
    strength, name = whole.question("strength"), whole.question("name")
    assert (strength.per_adult, strength.data_class, strength.overview_for) == (True, DataClass.DELICATE, frozenset())
    assert (name.longest, name.per_adult, name.core_for) == (120, False, ALL)


def test_every_key_of_what_is_made_of_answers_is_read(whole: QuestionSet) -> None:
    poor, talk = ("poor",), ("poor", "talk")
    assert whole.indicators == (
        Indicator(
            name="unwell",
            code="I-1",
            level=IndicatorLevel.TALK,
            group=IndicatorGroup.LIFE_SITUATION,
            text="Ork",
            why="Orken ska räcka",
            rule=Comparison("health", Relation.IN, talk, None, adult=True),
            important_when=Comparison("health", Relation.EQUAL, poor, None, adult=True),
            sensitive=True,
        ),
        Indicator(
            name="lively",
            code="I-2",
            level=IndicatorLevel.STRENGTH,
            group=IndicatorGroup.ENGAGEMENT,
            text="Liv",
            why="Det är liv i huset",
            rule=Comparison("adults", Relation.MORE, (1,)),
            important_when=None,
            sensitive=False,
        ),
    )
    assert whole.next_steps == (
        NextStepRule(NextStep.CALL_FIRST, Comparison("interpreter", Relation.EQUAL, ("yes",), "needed"), "Tolk"),
        NextStepRule(NextStep.DIRECT_MEETING, Comparison("adults", Relation.MORE, (2,)), "Många"),
        NextStepRule(NextStep.INFORMATION_MEETING, None, "Annars"),
    )


def test_an_indicator_is_sensitive_too_where_only_its_importance_rests_on_such_an_answer() -> None:
    document = _full()
    _set("lively", importantWhen="any adult strength == talk")(document)
    assert [one.sensitive for one in read("2031-2", json.dumps(document)).indicators] == [True, True]


def test_every_key_of_the_self_test_and_of_the_lists_is_read(whole: QuestionSet) -> None:
    assert whole.statements == (
        Statement(
            name="time",
            code="T01",
            theme="Tid",
            text="Jag har tid.",
            assignments=ALL,
            key=False,
            options=(Option("full", "Helt", 3), Option("no", "Inte", 0)),
            high_from=2,
            feedback_high="Bra.",
            feedback_low="Vänta.",
        ),
        Statement(
            name="calm",
            code="T02",
            theme="Lugn",
            text="Jag är lugn.",
            assignments=HOME,
            key=True,
            options=(Option("very", "Mycket", 2), Option("less", "Föga", 1)),
            high_from=2,
            feedback_high="Lugnt.",
            feedback_low="Oroligt.",
        ),
    )
    assert whole.levels == (
        Level("good", 0.5, "Bra", "Bra.", (Choice("apply", "Val apply"),)),
        Level("notnow", 0.0, "Vänta", "Vänta.", (Choice("call", "Val call"),)),
    )
    assert whole.version == "2031-2"
    assert whole.talk == Choice("talk", "Berättar hellre")
    assert whole.sections == (Section("all", "A", "Allt"), Section("home", "E", "Hemmet"))
    assert whole.languages == tuple(Choice(code, f"Val {code}") for code in ("sv", "fi", "other"))
    assert whole.assignments == tuple(Choice(code, f"Val {code}") for code in EVERYBODY)
    assert whole.by_name == {question.name: question for question in whole.questions}


def test_every_key_on_the_wire_is_the_one_that_the_website_reads(whole: QuestionSet) -> None:
    # given the form that the website gets
    wire = whole.to_wire()
    questions = {question["name"]: question for question in wire["questions"]}
    # then a question holds what its form needs
    assert questions["pets"] == {
        "name": "pets",
        "number": "E01",
        "section": "home",
        "label": "Vilka djur?",
        "help": "Alla slag",
        "type": "multi",
        "choices": _choices("none", "dog", "cat", "hen"),
        "exclusive": ["none"],
        "assignments": ["familjehem", "jourhem", "kontaktfamilj"],
        "coreFor": ["jourhem"],
        "required": True,
        "shownWhen": {"question": "adults", "part": None, "adult": False, "relation": ">", "values": [0]},
        "perAdult": False,
        "longest": None,
        "minimum": None,
        "maximum": None,
        "most": 3,
        "members": [],
        "view": "full",
        "dataClass": "personal",
        "seenBy": "full",
    }
    assert questions["rooms"]["members"] == [
        {
            "name": "kind",
            "type": "single",
            "label": "Slag?",
            "assignments": ["jourhem"],
            "required": False,
            "choices": _choices("own", "shared"),
            "minimum": None,
            "maximum": None,
            "longest": None,
        },
        {
            "name": "size",
            "type": "number",
            "label": "Yta",
            "assignments": ["familjehem", "jourhem"],
            "required": True,
            "choices": [],
            "minimum": 4,
            "maximum": 90,
            "longest": None,
        },
        {
            "name": "about",
            "type": "text",
            "label": "Om",
            "assignments": ["familjehem", "jourhem"],
            "required": True,
            "choices": [],
            "minimum": None,
            "maximum": None,
            "longest": 80,
        },
    ]
    limits = {name: (one["longest"], one["minimum"], one["maximum"]) for name, one in questions.items()}
    assert (limits["name"], limits["adults"]) == ((120, None, None), (None, 0, 10))
    # and so do the rest
    assert wire["selfTest"][1] == {
        "name": "calm",
        "number": "T02",
        "theme": "Lugn",
        "text": "Jag är lugn.",
        "assignments": ["familjehem", "jourhem"],
        "options": [{"code": "very", "label": "Mycket"}, {"code": "less", "label": "Föga"}],
    }
    assert wire["sections"] == [
        {"name": "all", "letter": "A", "label": "Allt"},
        {"name": "home", "letter": "E", "label": "Hemmet"},
    ]
    assert (wire["version"], wire["talk"]) == ("2031-2", {"code": "talk", "label": "Berättar hellre"})
    assert (wire["languages"], wire["assignments"]) == (_choices("sv", "fi", "other"), _choices(*EVERYBODY))


def test_each_way_of_being_seen_has_its_own_word(whole: QuestionSet) -> None:
    seen = {name: whole.question(name).seen_by for name in ("protectedIdentity", "municipalities", "name", "health")}
    assert seen == {
        "protectedIdentity": SeenBy.NOBODY,
        "municipalities": SeenBy.SERVICE,
        "name": SeenBy.OVERVIEW,
        "health": SeenBy.FULL,
    }
