"""What a question set is made of: questions, self-test statements, indicators and next steps.

`question_set.py` is the door: it loads the versions and gives these names on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from familjehem.domain.assignment import Assignment
from familjehem.domain.condition import Condition
from familjehem.domain.delivery import NextStep

TALK = "talk"


class AnswerType(StrEnum):
    """The form of an answer (`docs/question-sets.md` shows each on the wire)."""

    SINGLE = "single"
    MULTI = "multi"
    TEXT = "text"
    NUMBER = "number"
    YEAR = "year"
    """A year of four digits, never later than this year; members of groups only."""
    CONFIRM = "confirm"
    IDENTITY_NUMBER = "identityNumber"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    MUNICIPALITY = "municipality"
    MUNICIPALITIES = "municipalities"
    LANGUAGES = "languages"
    INTERPRETER = "interpreter"
    GROUP = "group"


class View(StrEnum):
    """Where a recipient sees an answer; the full compilation holds what the overview holds."""

    OVERVIEW = "overview"
    FULL = "full"
    NOT_DELIVERED = "notDelivered"


class DataClass(StrEnum):
    """What kind of personal data an answer is: GDPR art. 6, 9 (special category, K) and 10 (offence, B).

    `delicate` (Ö) are personal circumstances under the secrecy of social services (OSL 26:1) though not art. 9.
    """

    NONE = "none"
    PERSONAL = "personal"
    THIRD_PARTY = "thirdParty"
    SPECIAL_CATEGORY = "specialCategory"
    OFFENCE = "offence"
    DELICATE = "delicate"

    @property
    def sensitive(self) -> bool:
        """Whether the answer may stand in the full compilation only: classes K, B and Ö."""
        return self in _SENSITIVE


_SENSITIVE = frozenset({DataClass.SPECIAL_CATEGORY, DataClass.OFFENCE, DataClass.DELICATE})


class SeenBy(StrEnum):
    """Who sees an answer, as it is told to the applicant."""

    NOBODY = "nobody"
    """It is never sent and never stored."""
    SERVICE = "service"
    """The service acts on it; no recipient sees it."""
    OVERVIEW = "overview"
    """The recipient's case workers."""
    FULL = "full"
    """Those of the recipient's case workers who open the full compilation."""


class Measure(StrEnum):
    """What a statistic counts by: a number, or the codes themselves."""

    CODES = "codes"
    NUMBER = "number"
    COUNT = "count"
    COUNT_AT_HOME = "countAtHome"
    """Rows of `children` that live at home, whole time or part of it."""
    YOUNGEST_AT_HOME = "youngestAtHome"
    """Age in whole years of the youngest child at home, by year of birth; no bin where there is none."""
    OTHER_LANGUAGES = "otherLanguages"
    """How many languages besides Swedish."""
    PROXIMITY = "proximity"
    """How the home lies to the recipient: `own`, `sameCounty` or `otherCounty`, as codes."""


class IndicatorLevel(StrEnum):
    """How an indicator is meant: ask before going on, talk about, a strength. Never a score."""

    OBSTACLE = "obstacle"
    TALK = "talk"
    STRENGTH = "strength"


class IndicatorGroup(StrEnum):
    """The two groups by which the first sorting looks at an application."""

    ENGAGEMENT = "engagement"
    LIFE_SITUATION = "lifeSituation"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose, by its code, with its Swedish label."""

    code: str
    label: str

    def to_wire(self) -> dict[str, Any]:
        """Give the choice as the website reads it."""
        return {"code": self.code, "label": self.label}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A part of an address, or of each item of a group.

    `assignments` are those for which the part is asked and, if `required`, demanded; `longest` counts characters;
    `overview` is false for a part that the overview leaves out.
    """

    name: str
    type: AnswerType
    label: str
    assignments: frozenset[Assignment]
    required: bool = True
    overview: bool = True
    choices: tuple[Choice, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    longest: int | None = None

    def to_wire(self) -> dict[str, Any]:
        """Give the part as a form needs it; limits that do not apply are null."""
        return {
            "name": self.name,
            "type": self.type.value,
            "label": self.label,
            "assignments": _in_order(self.assignments),
            "required": self.required,
            "choices": [choice.to_wire() for choice in self.choices],
            "minimum": self.minimum,
            "maximum": self.maximum,
            "longest": self.longest,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One bin of a statistic: by `codes`, or from `minimum` to `maximum`, both included."""

    name: str
    label: str
    codes: frozenset[str] = frozenset()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Statistic:
    """One dimension of the anonymised statistics, with bins that leave nothing out and never overlap.

    An answer of several codes, or of two adults, may fall into several bins.
    """

    dimension: str
    measure: Measure
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the application.

    `name` is its stable name, `code` its display number. `assignments` are those for which it can be asked, `core_for`
    those for which every recipient asks it; for the others it is extended: asked where a recipient switched it on.
    `required` counts when it is shown. `longest` limits characters, `minimum`/`maximum` a number, `most` choices or
    items. `exclusive` choices exclude every other; `withheld_from_overview` choices stand in the full compilation only.
    `overview_for` are the assignments for which the answer stands in the overview: all of its own where `view` is
    `overview`, otherwise none, or those that the set names. `overview_flag` is the sentence that stands in the overview
    instead of an answer that is not shown there. `exclusive`, `choices` and the rest are empty where they do not apply.
    """

    name: str
    code: str
    section: str
    label: str
    type: AnswerType
    assignments: frozenset[Assignment]
    core_for: frozenset[Assignment]
    required: bool
    view: View
    data_class: DataClass
    help: str | None = None
    choices: tuple[Choice, ...] = ()
    shown_when: Condition | None = None
    per_adult: bool = False
    longest: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    most: int | None = None
    exclusive: frozenset[str] = frozenset()
    members: tuple[Member, ...] = ()
    withheld_from_overview: frozenset[str] = frozenset()
    overview_for: frozenset[Assignment] = frozenset()
    overview_flag: str | None = None
    statistics: tuple[Statistic, ...] = ()
    note: str | None = None

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the choices."""
        return frozenset(choice.code for choice in self.choices)

    @property
    def can_be_told(self) -> bool:
        """Whether one may choose to tell the answer orally (the choice `talk`)."""
        return any(choice.code == TALK for choice in self.choices)

    @property
    def stored(self) -> bool:
        """Whether the answer is an answer at all: the two questions of class `none` stop on the page, never sent."""
        return self.data_class is not DataClass.NONE

    @property
    def seen_by(self) -> SeenBy:
        """Who gets to see the answer, for the applicant to know before answering."""
        if not self.stored:
            return SeenBy.NOBODY
        if self.view is View.NOT_DELIVERED:
            return SeenBy.SERVICE
        return SeenBy.OVERVIEW if self.view is View.OVERVIEW else SeenBy.FULL

    def to_wire(self) -> dict[str, Any]:
        """Give all that a form needs to ask the question; what does not apply is null or empty."""
        return {
            "name": self.name,
            "number": self.code,
            "section": self.section,
            "label": self.label,
            "help": self.help,
            "type": self.type.value,
            "choices": [choice.to_wire() for choice in self.choices],
            "exclusive": [choice.code for choice in self.choices if choice.code in self.exclusive],
            "assignments": _in_order(self.assignments),
            "coreFor": _in_order(self.core_for),
            "required": self.required,
            "shownWhen": None if self.shown_when is None else self.shown_when.to_wire(),
            "perAdult": self.per_adult,
            "longest": self.longest,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "most": self.most,
            "members": [member.to_wire() for member in self.members],
            "view": self.view.value,
            "dataClass": self.data_class.value,
            "seenBy": self.seen_by.value,
        }


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the application; its questions are those that name it."""

    name: str
    code: str
    label: str

    def to_wire(self) -> dict[str, Any]:
        """Give the section as the website reads it."""
        return {"name": self.name, "letter": self.code, "label": self.label}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A rule that raises one explained sentence for the case worker, with the answers that triggered it.

    `sensitive` (it rests on an answer of class K, B or Ö) keeps it in the full compilation; it is worked out, not
    written. `important_when` marks the same sentence as important.
    """

    name: str
    code: str
    level: IndicatorLevel
    group: IndicatorGroup
    text: str
    why: str
    rule: Condition
    sensitive: bool
    important_when: Condition | None = None


@dataclass(frozen=True, slots=True)
class NextStepRule:
    """A step suggested when `when` holds (None: always); the first rule that holds decides."""

    step: NextStep
    when: Condition | None
    why: str


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a statement of the self-test, with its points."""

    code: str
    text: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of the self-test; points of `high_from` and more give the high feedback.

    A low answer to a `key` statement comes first in the outcome, whatever the total.
    """

    name: str
    code: str
    theme: str
    text: str
    assignments: frozenset[Assignment]
    key: bool
    options: tuple[Option, ...]
    high_from: int
    feedback_high: str
    feedback_low: str

    def to_wire(self) -> dict[str, Any]:
        """Give the statement as it is asked: neither points nor which statements are key leave the server."""
        return {
            "name": self.name,
            "number": self.code,
            "theme": self.theme,
            "text": self.text,
            "assignments": _in_order(self.assignments),
            "options": [{"code": option.code, "label": option.text} for option in self.options],
        }


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of the self-test, from `minimum_share` of the points that the statements asked can give."""

    name: str
    minimum_share: float
    heading: str
    text: str
    next_steps: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """One version of the catalogue, checked; all in the order in which it is asked and shown.

    `levels` go from the highest share to the lowest; `talk` is the choice to tell an answer orally.
    """

    version: str
    talk: Choice
    languages: tuple[Choice, ...]
    assignments: tuple[Choice, ...]
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    indicators: tuple[Indicator, ...]
    next_steps: tuple[NextStepRule, ...]
    statements: tuple[Statement, ...]
    levels: tuple[Level, ...]
    by_name: Mapping[str, Question] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the questions by name."""
        object.__setattr__(self, "by_name", {question.name: question for question in self.questions})

    def question(self, name: str) -> Question:
        """Give the question of this name; `KeyError` if the set has none."""
        return self.by_name[name]

    def to_wire(self) -> dict[str, Any]:
        """Give what `GET /api/question-sets/current` answers: all that is asked, nothing of how it is weighed."""
        return {
            "version": self.version,
            "assignments": [assignment.to_wire() for assignment in self.assignments],
            "languages": [language.to_wire() for language in self.languages],
            "talk": self.talk.to_wire(),
            "sections": [section.to_wire() for section in self.sections],
            "questions": [question.to_wire() for question in self.questions],
            "selfTest": [statement.to_wire() for statement in self.statements],
        }


def _in_order(assignments: Iterable[Assignment]) -> list[str]:
    chosen = frozenset(assignments)
    return [assignment.value for assignment in Assignment if assignment in chosen]
