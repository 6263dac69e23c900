"""The application form: what one version of the question set becomes on the page, and what the page's script is told.

A page of the form holds every question of its version; its script shows those that apply. What the script must know of
a question (when it is shown, what it may hold) goes along as JSON, without any words: words stand in the markup.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup, escape

from familjehem.domain.assignment import Assignment
from familjehem.domain.question_set import AnswerType, Choice, Question, QuestionSet, load
from website import catalogue

STOPS: Final = ("protectedIdentity", "knownChild")
"""Asked before everything else; these answers are neither kept nor sent."""
AT_MUNICIPALITIES: Final = ("homeMunicipality", "municipalities", "shareRecipients")
AT_CHECK: Final = ("informationRead", "truthful")
IDENTIFIED: Final = {"identityNumber": "applicant", "coApplicantIdentityNumber": "coApplicant"}
"""Before these questions an e-identification is offered, where one is configured."""
QUICK_EXIT_AT: Final = "violence"
PROBLEMS: Final = (
    *("challenge-refused", "identification-refused", "identification-required", "key-reused"),
    *("recipients-unavailable", "too-many-attempts"),
)
"""Refusals that an applicant may meet, told in words where the API does not speak the language."""
NONE: Final = ("children",)
"""Groups for which `none` is an answer of its own, to be said and not left out."""
TEXTS: Final = (
    *("where", "progress", "of", "yes", "remove", "count.left", "count.over", "unanswered", "change", "step.check"),
    *(
        "adult.applicant",
        "adult.coApplicant",
        "status.done",
        "status.begun",
        "status.new",
        "status.ready",
        "status.waits",
    ),
    *("continue.receipt", "sending", "sending.again", "unsent.unknown.title", "unsent.unknown", "unsent.refused.title"),
    *(
        "unsent.refused",
        "unsent.read",
        "unsent.again",
        "unsent.choose",
        "unsent.renew",
        "receipt.sent",
        "send.note",
        "receipt.number",
    ),
    *("copy.title", "copy.note", "copy.time", "copy.to", "save.short", "save.working", "save.done"),
    *("identify.applicant.need", "identify.coApplicant.need", "identify.done", "identify.failed", "identify.working"),
    *("error.identify", "error.notAsIdentified", "unsent.identify"),
    *("open.fail.missing", "open.fail.file", "open.fail.phrase"),
    *("chooser.loading", "chooser.heading", "chooser.through", "chooser.remove", "chooser.choose", "chooser.chosen"),
    *(
        "chooser.full",
        "chooser.none",
        "chooser.count",
        "chooser.near",
        "chooser.call",
        "chooser.web",
        "chooser.lacking",
    ),
    *("chooser.unconnected", "chooser.unit"),
    *(f"reason.{each}" for each in ("notConnected", "notRecruiting", "paused", "leaving", "keyUnavailable", "changed")),
    *(f"error.required.{each}" for each in ("single", "multi", "languages", "group", "confirm")),
    *(f"error.required.{each}" for each in ("address", "children", "municipality", "truthful", "informationRead")),
    *(
        "error.required",
        "error.tooLong",
        "error.wrongType",
        "error.outOfRange",
        "error.invalidPhone",
        "error.invalidEmail",
    ),
    *("error.invalidPostalCode", "error.invalidIdentityNumber", "error.underAge", "error.repeated"),
    *("error.repeated.languages", "error.exclusive", "error.tooMany", "error.unallowedCharacters", "error.other"),
    *(f"error.municipalities.{each}" for each in ("required", "cannotReceive", "tooMany")),
)
"""Texts that the page's script shows, without `form.` before them."""

_NUMBER: Final = re.compile(r"\b(?:0[0-9]{2,3}-[0-9]{2,3}(?: [0-9]{2,3}){1,2}|112)\b")
_AUTOCOMPLETE: Final = {
    ("name", ""): "name",
    ("mobile", ""): "tel",
    ("email", ""): "email",
    ("address", "street"): "street-address",
    ("address", "postalCode"): "postal-code",
    ("address", "city"): "address-level2",
}
_INPUTS: Final = {
    AnswerType.TEXT: {"type": "text", "inputmode": "text", "classes": ""},
    AnswerType.PHONE: {"type": "tel", "inputmode": "tel", "classes": "govuk-input--width-20"},
    AnswerType.EMAIL: {"type": "email", "inputmode": "email", "classes": ""},
    AnswerType.NUMBER: {"type": "text", "inputmode": "numeric", "classes": "govuk-input--width-3"},
    AnswerType.YEAR: {"type": "text", "inputmode": "numeric", "classes": "govuk-input--width-4"},
    AnswerType.IDENTITY_NUMBER: {"type": "text", "inputmode": "numeric", "classes": "govuk-input--width-20"},
}


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form; `section` is the section of the question set that it asks, where it is a whole one."""

    name: str
    questions: tuple[Question, ...]
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What the page of one version is made of; `paths` are the pages of all versions, `path` that of the newest."""

    set: QuestionSet
    steps: tuple[Step, ...]
    logic: str
    path: str
    paths: Mapping[str, str]

    @classmethod
    def of(cls, version: str, paths: Mapping[str, str]) -> "Form":
        """Give the form of a version; the newest of `paths` comes first."""
        chosen = load(version)
        return cls(chosen, steps(chosen), logic(chosen), next(iter(paths.values())), paths)

    texts = TEXTS
    problems = PROBLEMS
    says_none = NONE
    identified = IDENTIFIED
    quick_exit_at = QUICK_EXIT_AT

    @staticmethod
    def choice_key(question: Question, choice: Choice, member: str = "") -> str:
        """Give the key of a choice's label."""
        place = f"question.{question.name}"
        return catalogue.choice_key(f"{place}.member.{member}" if member else place, choice)

    @staticmethod
    def explained(question: Question) -> bool:
        """Say whether the page tells who sees the answer and why it is asked: classes K, B and Ö."""
        return question.stored and question.data_class.sensitive

    @staticmethod
    def autocomplete(question: Question, member: str = "") -> str | None:
        """Give what the browser may fill in by itself (WCAG 1.3.5): the applicant's own details."""
        return _AUTOCOMPLETE.get((question.name, member))

    @staticmethod
    def optional(label: str, words: str) -> Markup:
        """Give a label with the words that say that one need not answer."""
        return Markup('{} <span class="quiet">{}</span>').format(label, words)

    @staticmethod
    def callable(text: str) -> Markup:
        """Give a text in which every telephone number can be called with a touch."""
        return Markup(  # noqa: S704 escaped here
            _NUMBER.sub(
                lambda found: f'<a class="govuk-link" href="tel:{re.sub(r"[^0-9]", "", found[0])}">{found[0]}</a>',
                str(escape(text)),
            )
        )

    @staticmethod
    def input_kind(kind: AnswerType) -> Mapping[str, str]:
        """Give the input's type, inputmode and width for a kind of answer."""
        return _INPUTS.get(kind, _INPUTS[AnswerType.TEXT])


def steps(chosen: QuestionSet) -> tuple[Step, ...]:
    """Give the pages of the form in their order; every question stands on exactly one of them."""
    return tuple(step for step in _steps(chosen) if step.questions)


def _steps(chosen: QuestionSet) -> Iterator[Step]:
    apart = {*STOPS, *AT_MUNICIPALITIES, *AT_CHECK}
    first, *others = chosen.sections
    yield Step("stops", tuple(chosen.question(name) for name in STOPS))
    rest = [question for question in chosen.questions if question.name not in apart]
    yield Step("assignment", tuple(question for question in rest if question.section == first.name))
    yield Step("municipalities", tuple(chosen.question(name) for name in AT_MUNICIPALITIES))
    for section in others:
        yield Step(section.name, tuple(one for one in rest if one.section == section.name), section.name)
    yield Step("check", tuple(chosen.question(name) for name in AT_CHECK))


def logic(chosen: QuestionSet) -> str:
    """Give what the script must know, as JSON: questions by name, in order, without words; and the steps."""
    return json.dumps(
        {
            "version": chosen.version,
            "steps": [step.name for step in steps(chosen)],
            "questions": [_told(question, at) for at, question in _placed(chosen)],
            "languages": [language.code for language in chosen.languages],
        },
        separators=(",", ":"),
    )


_OF_THE_WORDS: Final = frozenset({"number", "section", "label", "help", "view", "dataClass", "seenBy"})


def _placed(chosen: QuestionSet) -> list[tuple[int, Question]]:
    """Give every question in the order of the set, with the number of its step."""
    places = {question.name: index for index, step in enumerate(steps(chosen)) for question in step.questions}
    return [(places[question.name], question) for question in chosen.questions]


def _told(question: Question, at: int) -> dict[str, Any]:
    """Give a question as the script reads it; a list of assignments that repeats the one around it is `true`."""
    wire = question.to_wire()
    whole = wire["assignments"]
    for part in (*wire["members"], wire):
        part["choices"] = _codes(part)
    for part in wire["members"]:
        part["assignments"] = True if part["assignments"] == whole else part["assignments"]
    wire["coreFor"] = True if wire["coreFor"] == whole else wire["coreFor"]
    wire["members"] = [_short(part) for part in wire["members"]]
    return _short(
        {**wire, "assignments": True if len(whole) == len(Assignment) else whole, "at": at, "stored": question.stored}
    )


def _codes(wire: Mapping[str, Any]) -> list[str]:
    return [choice["code"] for choice in wire["choices"]]


def _short(told: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out words, and what does not apply."""
    return {
        key: value
        for key, value in told.items()
        if key not in _OF_THE_WORDS and value is not None and value is not False and value != []
    }
