"""The compilation of one letter for its case worker: an overview on one screen, the full compilation, and indicators.

Worked out when a letter is opened, from its answers and the question set that it names; nothing of it is stored. There
is no score, no ranking and no refusal. Answers of class K, B and Ö, and indicators that rest on them, stand in the full
part only (lag 2001:454, 7 a §); the overview tells of one of them merely that contact should be adapted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from familjehem.domain.answers import (
    LANGUAGE,
    NEEDED,
    POSTAL_CODE,
    Answers,
    asked,
    is_shown,
)
from familjehem.domain.calendar import swedish_date
from familjehem.domain.condition import APPLICANT, CO_APPLICANT
from familjehem.domain.delivery import NextStep
from familjehem.domain.identification import QUESTIONS, Adult, Identification
from familjehem.domain.letter import Letter
from familjehem.domain.municipality import municipalities
from familjehem.domain.question_set import (
    TALK,
    AnswerType,
    Choice,
    Indicator,
    IndicatorGroup,
    Member,
    Question,
    QuestionSet,
    View,
)
from familjehem.domain.sorting import suggestion
from familjehem.domain.supplement import Supplement
from familjehem.domain.texts import catalogue, text

CHILDREN = "children"
CONFIRMED = "coApplicantConfirmed"
BIRTH_YEAR = "birthYear"

LAYOUT: Mapping[str, tuple[str, ...]] = {
    "who": ("name", "applicants", "coApplicantName", "coApplicantConfirmed", "homeMunicipality"),
    "contact": ("mobile", "bestContactTime", "contactWay", "interpreter", "contactAdaptation"),
    "assignment": ("assignments", "startWindow", "currentAssignment", "informationMeeting"),
    "household": ("relationshipStatus", "otherAdults", "children", "placedPersons"),
    "housing": ("housingForm", "areaType", "ownRoom", "places"),
    "time": ("occupation", "homeAtStart"),
    "onCall": ("daytimeAdult", "onCallHours", "acuteNotice", "onCallContract", "longestStay"),
    "regular": ("visitFrequency", "overnightStay", "meetingFrequency", "meetingTimes", "assignmentDuration"),
    "experience": ("assignmentExperience", "peopleExperience", "specialExperience", "speciallyQualified", "interests"),
    "languages": ("spokenLanguages",),
    "receives": ("targetGroup", "ages", "siblings", "needs", "assignmentLength"),
    "agreement": (
        "adultsAgree",
        "childrensView",
        "recordChecks",
        "contactWithParents",
        "followUpVisits",
        "trainingAndSupervision",
        "supportNetwork",
    ),
}
"""The lines of the overview and the questions on each, in order; what a set shows besides stands on a last line."""


class State(StrEnum):
    """How a question was answered."""

    ANSWERED = "answered"
    NOT_ANSWERED = "notAnswered"
    TOLD_ORALLY = "toldOrally"


@dataclass(frozen=True, slots=True)
class Item:
    """One answer as it is read: the question's name, display number, label and the answer in words.

    `answer` has a line per adult or per item of a group; `state` is one of `State`.
    """

    name: str
    code: str
    label: str
    answer: str
    state: str

    def to_wire(self) -> dict[str, str]:
        """Give the item as JSON."""
        return {
            "name": self.name,
            "number": self.code,
            "label": self.label,
            "answer": self.answer,
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the overview: a heading and the answers on it, with short labels (empty where none is needed)."""

    name: str
    heading: str
    items: tuple[Item, ...]

    @property
    def text(self) -> str:
        """The line in words."""
        said = (f"{item.label}: {item.answer}" if item.label else item.answer for item in self.items)
        return text("compilation.separator").join(one.replace("\n", "; ") for one in said)

    def to_wire(self) -> dict[str, Any]:
        """Give the line as JSON."""
        return {
            "name": self.name,
            "heading": self.heading,
            "text": self.text,
            "items": [item.to_wire() for item in self.items],
        }


@dataclass(frozen=True, slots=True)
class CompiledSection:
    """One section of the full compilation, with every question that was asked."""

    name: str
    code: str
    heading: str
    items: tuple[Item, ...]

    def to_wire(self) -> dict[str, Any]:
        """Give the section as JSON."""
        return {
            "name": self.name,
            "letter": self.code,
            "heading": self.heading,
            "items": [item.to_wire() for item in self.items],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedIndicator:
    """An indicator that is raised, with the answers that raised it; `sensitive` keeps it out of the overview."""

    name: str
    code: str
    level: str
    text: str
    why: str
    important: bool
    sensitive: bool
    triggers: tuple[Item, ...]

    def to_wire(self) -> dict[str, Any]:
        """Give the indicator as JSON; `mark` is the word that marks an important one, or null."""
        return {
            "name": self.name,
            "number": self.code,
            "level": self.level,
            "levelLabel": text(f"compilation.level.{self.level}"),
            "text": self.text,
            "why": self.why,
            "important": self.important,
            "mark": text("compilation.important") if self.important else None,
            "triggers": [item.to_wire() for item in self.triggers],
        }


@dataclass(frozen=True, slots=True)
class IndicatorList:
    """The raised indicators of one group, under its heading."""

    group: IndicatorGroup
    indicators: tuple[RaisedIndicator, ...]

    def for_overview(self) -> "IndicatorList":
        """Give the list without those that rest on answers of class K, B or Ö."""
        return IndicatorList(self.group, tuple(one for one in self.indicators if not one.sensitive))

    def to_wire(self) -> dict[str, Any]:
        """Give the list as JSON."""
        return {
            "heading": text(f"compilation.group.{self.group}"),
            "items": [one.to_wire() for one in self.indicators],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """One letter, readable: `overview` for the first look, all the rest for who reads on.

    `identifications` has every adult who applies, with None for one who has stated name and number only;
    `indicators` are all that are raised, in the two groups; `told_orally` and `not_asked` are labels of questions:
    those that the family would rather talk about, and those that this recipient does not ask.
    """

    number: str
    submitted_at: datetime
    municipalities: tuple[str, ...]
    question_set: str
    overview: tuple[Line, ...]
    sections: tuple[CompiledSection, ...]
    indicators: tuple[IndicatorList, ...]
    told_orally: tuple[str, ...]
    not_asked: tuple[str, ...]
    next_step: NextStep
    next_step_why: str
    answers: Answers
    identifications: Mapping[Adult, Identification | None]

    def to_wire(self) -> dict[str, Any]:
        """Give the compilation as JSON, in camelCase, with the answers by name as they are stored."""
        return {
            "number": self.number,
            "submittedAt": self.submitted_at.isoformat(),
            "municipalities": list(self.municipalities),
            "questionSet": self.question_set,
            "identity": {
                "heading": text("compilation.identity"),
                **{
                    adult: {"proven": one is not None, "text": _proof(one), **(one.to_wire() if one else {})}
                    for adult, one in self.identifications.items()
                },
            },
            "overview": {
                "heading": text("compilation.overview"),
                "lines": [line.to_wire() for line in self.overview],
                "indicators": {one.group.value: one.for_overview().to_wire() for one in self.indicators},
            },
            "heading": text("compilation.full"),
            "sections": [section.to_wire() for section in self.sections],
            "indicators": {one.group.value: one.to_wire() for one in self.indicators},
            "toldOrally": {"heading": text("compilation.toldOrallyHeading"), "labels": list(self.told_orally)},
            "notAsked": {"heading": text("compilation.notAsked"), "labels": list(self.not_asked)},
            "nextStep": {
                "step": self.next_step.value,
                "heading": text("compilation.nextStep"),
                "text": text(f"compilation.step.{self.next_step}"),
                "why": self.next_step_why,
                "note": text("compilation.nextStepNote"),
            },
            "answers": dict(self.answers),
        }


def compile_letter(question_set: QuestionSet, letter: Letter) -> Compilation:
    """Compile a letter under the question set that it names; total for answers that `answers.validate` gave."""
    return _Compiler(question_set, letter.answers, letter.submitted_at, letter).compilation()


def compile_supplement(question_set: QuestionSet, supplement: Supplement) -> tuple[Item, ...]:
    """Give the corrected answers in words, as the full compilation has them, in the order of the catalogue.

    Answers of class K, B and Ö are among them: a supplement belongs to the full part. Total for answers that
    `answers.validate_supplement` gave.
    """
    wording = _SupplementWording(question_set, supplement.answers, supplement.submitted_at)
    return tuple(
        wording.item(question, question.label)
        for question in question_set.questions
        if question.name in supplement.answers
    )


@dataclass(frozen=True, slots=True)
class _Wording:
    """Puts answers into words."""

    question_set: QuestionSet
    answers: Answers
    submitted_at: datetime

    def item(self, question: Question, label: str, *, overview: bool = False) -> Item:
        value = self.answers.get(question.name)
        if value is None:
            return Item(question.name, question.code, label, text("compilation.notAnswered"), State.NOT_ANSWERED)
        state = State.TOLD_ORALLY if _told_orally(question, value) else State.ANSWERED
        words = self.proven(question.name, self._words(question, value, overview=overview))
        return Item(question.name, question.code, label, words, state)

    def proven(self, question: str, words: str) -> str:  # noqa: ARG002 what a letter knows of proofs
        """Give an answer as it stands when an e-identification vouches for it; here none does."""
        return words

    def _words(self, question: Question, value: Any, *, overview: bool) -> str:
        if not question.per_adult:
            return self._one(question, value, overview=overview)
        if not self.names_adults(value):
            return self._one(question, value[APPLICANT], overview=overview)
        return "\n".join(
            text(f"compilation.adult.{adult}", answer=self._one(question, value[adult], overview=overview))
            for adult in (APPLICANT, CO_APPLICANT)
            if adult in value
        )

    def names_adults(self, value: Mapping[str, Any]) -> bool:
        """Say whether an answer per adult tells whose it is: not where somebody applies alone."""
        return CO_APPLICANT in value

    def _one(self, question: Question, value: Any, *, overview: bool) -> str:
        match question.type:
            case AnswerType.MULTI:
                left_out = question.withheld_from_overview if overview else frozenset[str]()
                return _listed(_label(question.choices, code) for code in value if code not in left_out)
            case AnswerType.LANGUAGES:
                return _listed(_label(self.question_set.languages, code) for code in value)
            case AnswerType.INTERPRETER:
                needed = _label(question.choices, value[NEEDED])
                if LANGUAGE not in value:
                    return needed
                language = _label(self.question_set.languages, value[LANGUAGE])
                return text("compilation.interpreter", needed=needed, language=language[0].lower() + language[1:])
            case AnswerType.ADDRESS:
                return _address(value)
            case AnswerType.GROUP:
                return self._group(question, value, overview=overview)
            case _:
                return self._plain(question, value)

    def _group(self, question: Question, value: Any, *, overview: bool) -> str:
        if not value:
            return text("compilation.none")
        if overview and question.name == CHILDREN:
            year = swedish_date(self.submitted_at).year
            ages = sorted(year - child[BIRTH_YEAR] for child in value)
            return text("compilation.children", count=len(ages), ages=_counted(ages), year=year)
        members = [member for member in question.members if member.overview or not overview]
        return "\n".join(
            ", ".join(self._member(member, item[member.name]) for member in members if member.name in item)
            for item in value
        )

    def _member(self, member: Member, value: Any) -> str:
        label = member.label.removesuffix("?")
        return text("compilation.member", label=label, answer=self._plain(member, value))

    def _plain(self, spec: Question | Member, value: Any) -> str:
        match spec.type:
            case AnswerType.SINGLE:
                return _label(spec.choices, value)
            case AnswerType.MUNICIPALITY:
                return _municipality(value)
            case AnswerType.CONFIRM:
                return text("compilation.yes")
            case AnswerType.IDENTITY_NUMBER:
                return text("compilation.identityNumber", birth=value[:8], last=value[8:])
            case _:
                return str(value)


@dataclass(frozen=True, slots=True)
class _SupplementWording(_Wording):
    """Puts corrections into words: of two adults one may stand alone, so that one is always named."""

    def names_adults(self, value: Mapping[str, Any]) -> bool:
        """Say that it does."""
        return bool(value)


@dataclass(frozen=True, slots=True)
class _Compiler(_Wording):
    """Works out one compilation."""

    letter: Letter

    def compilation(self) -> Compilation:
        items = {question.name: self.item(question, question.label) for question in self._shown()}
        rule = suggestion(self.question_set, self.letter.answers)
        return Compilation(
            number=self.letter.number,
            submitted_at=self.letter.submitted_at,
            municipalities=tuple(_municipality(code) for code in self.letter.municipalities),
            question_set=self.letter.question_set,
            overview=tuple(self._overview()),
            sections=tuple(
                CompiledSection(section.name, section.code, section.label, of_section)
                for section in self.question_set.sections
                if (
                    of_section := tuple(
                        items[question.name]
                        for question in self.question_set.questions
                        if question.section == section.name and question.name in items
                    )
                )
            ),
            indicators=tuple(IndicatorList(group, tuple(self._raised(group, items))) for group in IndicatorGroup),
            told_orally=tuple(item.label for item in items.values() if item.state == State.TOLD_ORALLY),
            not_asked=tuple(self._not_asked()),
            next_step=rule.step,
            next_step_why=rule.why,
            answers=self.letter.answers,
            identifications={
                adult: self.letter.identifications.get(adult)
                for adult, (number, _) in QUESTIONS.items()
                if number in self.letter.answers
            },
        )

    def _shown(self) -> list[Question]:
        """Give what was asked and shown, in order; an answer that is there was asked for, whatever the letter says."""
        answers = self.letter.answers
        extended = {*self.letter.extended_questions, *answers}
        return [
            question
            for question in asked(self.question_set, self.letter.assignments, extended)
            if question.view is not View.NOT_DELIVERED and is_shown(question, answers)
        ]

    def _not_asked(self) -> Iterable[str]:
        chosen = frozenset(self.letter.assignments)
        extended = {*self.letter.extended_questions, *self.letter.answers}
        for question in self.question_set.questions:
            mine = question.assignments & chosen and question.view is not View.NOT_DELIVERED
            if mine and not question.core_for & chosen and question.name not in extended:
                yield question.label

    def proven(self, question: str, words: str) -> str:
        """Give an answer as it stands when an e-identification vouches for it; the same words where none does."""
        proofs = self.letter.identifications
        for adult, one in proofs.items():
            if question == QUESTIONS[adult][0]:
                return text("compilation.numberProven", number=words, proof=_proof(one))
        if question == CONFIRMED and (one := proofs.get(Adult.CO_APPLICANT)):
            return text("compilation.confirmedProven", answer=words, **_said(one))
        return words

    # ------------------------------------------------------------ overview

    def _overview(self) -> Iterable[Line]:
        placed = {name for names in LAYOUT.values() for name in names}
        shown = {question.name: question for question in self._shown()}
        rest = tuple(name for name in shown if name not in placed)
        for line, names in {**LAYOUT, "other": rest}.items():
            items = [item for name in names if name in shown for item in self._in_overview(shown[name])]
            if line == "who":
                proof = _proof(self.letter.identifications.get(Adult.APPLICANT))
                items.insert(1, Item("identity", "", text("compilation.identity"), proof, State.ANSWERED))
            if items:
                yield Line(line, text(f"compilation.line.{line}"), tuple(items))

    def _in_overview(self, question: Question) -> Iterable[Item]:
        if question.name not in self.letter.answers:
            return
        if question.overview_flag is not None:
            flag = text("compilation.flag")
            yield Item(question.name, question.code, question.overview_flag, flag, State.ANSWERED)
        elif question.overview_for & frozenset(self.letter.assignments) and not question.data_class.sensitive:
            label = catalogue().get(f"compilation.short.{question.name}", question.label)
            item = self.item(question, label, overview=True)
            if item.answer:
                yield item

    # ------------------------------------------------------------ indicators

    def _raised(self, group: IndicatorGroup, items: Mapping[str, Item]) -> Iterable[RaisedIndicator]:
        for indicator in self.question_set.indicators:
            if indicator.group is group and indicator.rule.holds(self.letter.answers):
                yield self._explained(indicator, items)

    def _explained(self, indicator: Indicator, items: Mapping[str, Item]) -> RaisedIndicator:
        important = indicator.important_when
        return RaisedIndicator(
            name=indicator.name,
            code=indicator.code,
            level=indicator.level,
            text=indicator.text,
            why=indicator.why,
            important=important is not None and important.holds(self.letter.answers),
            sensitive=indicator.sensitive,
            triggers=tuple(items[name] for name in indicator.rule.triggers(self.letter.answers)),
        )


def _proof(identification: Identification | None) -> str:
    """Say how sure it is who somebody is: proven by e-identification, or merely stated (design 8)."""
    if identification is None:
        return text("compilation.unproven")
    return text("compilation.proven", **_said(identification))


def _said(identification: Identification) -> dict[str, str]:
    day = swedish_date(identification.at).isoformat()
    return {"level": identification.level, "provider": identification.provider, "day": day}


def _told_orally(question: Question, value: Any) -> bool:
    given = value.values() if question.per_adult else (value,)
    return question.can_be_told and TALK in given


def _label(choices: Iterable[Choice], code: str) -> str:
    return next(choice.label for choice in choices if choice.code == code)


def _listed(labels: Iterable[str]) -> str:
    return "; ".join(labels)


def _counted(numbers: Iterable[int]) -> str:
    *first, last = map(str, numbers)
    return text("compilation.and", first=", ".join(first), last=last) if first else last


def _municipality(code: str) -> str:
    return municipalities()[code].name


def _address(value: Mapping[str, str]) -> str:
    parts = dict(value)
    if POSTAL_CODE in parts:
        digits = parts.pop(POSTAL_CODE)
        parts["city"] = f"{digits[:3]} {digits[3:]} {parts['city']}"
    return ", ".join(parts[name] for name in ("street", "city") if name in parts)
