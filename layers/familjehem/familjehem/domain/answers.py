"""Answers: judged against a question set, and cut to what one recipient asked.

The server decides what is asked (assignments, core or switched on), what is shown (conditions, over the answers that
are shown themselves), what is demanded and how long it may be; nothing that the page thinks is believed. Whatever JSON
is sent, the outcome is answers in their stored form or an error that holds no sent value: pointers are made of the
catalogue's names, of indexes and of nothing else. `docs/question-sets.md` shows each answer's form on the wire.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from familjehem.domain import contact_details, identity_number
from familjehem.domain.assignment import Assignment
from familjehem.domain.condition import APPLICANT, CO_APPLICANT
from familjehem.domain.errors import FieldError, InvalidAnswersError, KnownChildError, ProtectedIdentityError
from familjehem.domain.municipality import municipalities
from familjehem.domain.question_set import AnswerType, Member, Question, QuestionSet, View

PROTECTED_IDENTITY = "protectedIdentity"
KNOWN_CHILD = "knownChild"
ASSIGNMENTS = "assignments"
MUNICIPALITIES = "municipalities"
APPLICANTS = "applicants"
TOGETHER = frozenset({"partner", "otherAdult"})
"""Answers to `applicants` that make two adults apply, so that both answer what each adult answers."""

NEEDED = "needed"
LANGUAGE = "language"
POSTAL_CODE = "postalCode"
SEVERAL_LINES_FROM = 200
"""Texts that may be longer than this have several lines; shorter ones are one line."""
LONGEST_MESSAGE = 2000
LONGEST_GROUP = 20
LONGEST_POSTAL_CODE = 10
_COMPOSITION = 4  # NFC makes at most this many characters into one

type Answers = Mapping[str, Any]
"""Answers by question name, in their stored form: normalised, and only those to questions that were shown."""


def asked(
    question_set: QuestionSet, assignments: Iterable[Assignment], extended: Collection[str]
) -> tuple[Question, ...]:
    """Give the questions that belong to `assignments`: the core ones, and the extended ones in `extended`.

    Their conditions are not looked at. The two questions that stop on the page and the choice of municipalities are
    no answers and are left out.
    """
    chosen = frozenset(assignments)
    return tuple(
        question
        for question in question_set.questions
        if _is_answer(question)
        and question.assignments & chosen
        and (question.core_for & chosen or question.name in extended)
    )


def stop_early(sent: Mapping[str, Any]) -> None:
    """Refuse what must never be sent: `ProtectedIdentityError` or `KnownChildError` if the question was sent at all."""
    if PROTECTED_IDENTITY in sent:
        raise ProtectedIdentityError
    if KNOWN_CHILD in sent:
        raise KnownChildError


def validate(
    question_set: QuestionSet, sent: Mapping[str, Any], *, extended: Collection[str], recipients: int, today: date
) -> Answers:
    """Judge what was sent and give the answers in their stored form.

    `extended` are the questions that at least one chosen recipient switched on, `recipients` how many recipients were
    chosen, `today` the date in Stockholm. Raises `ProtectedIdentityError` or `KnownChildError` if that question was
    sent at all, before anything else is looked at; otherwise `InvalidAnswersError` with every fault, in the order of
    the catalogue.
    """
    stop_early(sent)
    judgement = _Judgement(question_set, sent, extended, recipients, today)
    answers = judgement.judge()
    if judgement.faults:
        raise InvalidAnswersError(*judgement.faults)
    return answers


@dataclass(frozen=True, slots=True)
class Corrections:
    """A judged supplement: corrected answers in their stored form, and the message or None; never both empty."""

    answers: Answers
    message: str | None


def validate_supplement(
    question_set: QuestionSet,
    sent: Mapping[str, Any],
    message: str | None,
    *,
    assignments: Collection[Assignment],
    extended: Collection[str],
    today: date,
) -> Corrections:
    """Judge what an applicant adds to a letter that nobody here can read.

    Each answer is judged by the rules of `validate` as to type, length and choices, and must belong to a question that
    one of its recipients asks: `assignments` are those of the letter, `extended` the questions that at least one
    recipient switched on. What rests on other answers (whether a question is shown, or demanded) cannot be judged, and
    an answer per adult may be that of one adult. Who applies, for what, by which identity number, and what was
    confirmed is not corrected but applied for anew. Raises as `validate`; `/message` `required` if nothing was sent.
    """
    stop_early(sent)
    judgement = _SupplementJudgement(question_set, sent, extended, recipients=1, today=today)
    judgement.chosen = frozenset(assignments)
    corrections = judgement.corrections(message)
    if judgement.faults:
        raise InvalidAnswersError(*judgement.faults)
    return corrections


def corrections_for_recipient(
    question_set: QuestionSet, answers: Answers, assignments: Iterable[Assignment], extended: Collection[str]
) -> Answers:
    """Give those corrected answers that one recipient asks for: core, and the extended ones that it switched on."""
    own = {question.name for question in asked(question_set, assignments, extended)}
    return {name: value for name, value in answers.items() if name in own}


def for_recipient(question_set: QuestionSet, answers: Answers, extended: Collection[str]) -> Answers:
    """Give what one recipient's letter holds: its own questions, shown by its own answers, that are delivered at all.

    `extended` are the questions that this recipient switched on. Nothing in the outcome depends on who else was chosen
    or on what others ask.
    """
    chosen = chosen_assignments(answers)
    own: dict[str, Any] = {}
    for question in asked(question_set, chosen, extended):
        delivered = question.view is not View.NOT_DELIVERED
        if delivered and question.name in answers and is_shown(question, own):
            own[question.name] = answers[question.name]
    return own


def chosen_assignments(answers: Answers) -> tuple[Assignment, ...]:
    """Give the assignments that judged answers name, in their order."""
    return tuple(Assignment(code) for code in answers[ASSIGNMENTS])


def is_shown(question: Question, earlier: Answers) -> bool:
    """Say whether the answers to earlier questions show this one."""
    return question.shown_when is None or question.shown_when.holds(earlier)


def _is_answer(question: Question) -> bool:
    return question.stored and question.type is not AnswerType.MUNICIPALITIES


@dataclass(slots=True)
class _Judgement:
    """One reading of what was sent, question after question; it gathers faults and goes on.

    A reader gives the stored form, or None after it has put down a fault. `doubtful` are questions whose answer is not
    known to be good: what rests on them is read, but neither demanded nor refused, so that one mistake is told once.
    """

    question_set: QuestionSet
    sent: Mapping[str, Any]
    extended: Collection[str]
    recipients: int
    today: date
    faults: list[FieldError] = field(default_factory=list[FieldError])
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    doubtful: set[str] = field(default_factory=set[str])
    chosen: frozenset[Assignment] = frozenset()
    persons: set[str] = field(default_factory=set[str])

    def judge(self) -> dict[str, Any]:
        """Read every question in the order of the catalogue; the values are complete only if there are no faults."""
        known = [question for question in self.question_set.questions if _is_answer(question)]
        for question in known:
            self._question(question)
            if question.name == ASSIGNMENTS:
                self.chosen = frozenset(Assignment(code) for code in self.values.get(ASSIGNMENTS, ()))
        if len(self.sent) > sum(question.name in self.sent for question in known):
            # The name of an unknown question is itself something that was sent: the pointer keeps it out.
            self._refuse("/answers", "unknownQuestion")
        return self.values

    def _question(self, question: Question) -> None:
        name, pointer = question.name, f"/answers/{question.name}"
        shown = self._shown(question)
        if shown is False:
            if name in self.sent:
                self._refuse(pointer, "notShown")
            return
        if name not in self.sent or _left_empty(question.type, self.sent[name]):
            if question.required:
                self.doubtful.add(name)
                if shown:
                    self._refuse(pointer, "required")
            return
        before = len(self.faults)
        value = (self._per_adult if question.per_adult else self._whole)(question, self.sent[name], pointer)
        if len(self.faults) > before or not shown:
            self.doubtful.add(name)
        else:
            self.values[name] = value

    def _shown(self, question: Question) -> bool | None:
        """Say whether the question is shown; None where that rests on an answer that is in doubt."""
        if question.name != ASSIGNMENTS:
            if ASSIGNMENTS in self.doubtful:
                return None
            if not question.assignments & self.chosen:
                return False
            if not question.core_for & self.chosen and question.name not in self.extended:
                return False
        if question.shown_when is None:
            return True
        if is_shown(question, {**self.values, MUNICIPALITIES: (None,) * self.recipients}):
            return True
        return None if question.shown_when.names() & self.doubtful else False

    def _refuse(self, pointer: str, code: str) -> None:
        self.faults.append(FieldError(pointer, code))

    def _mistyped(self, pointer: str) -> None:
        self._refuse(pointer, "wrongType")

    # ------------------------------------------------------------ answers made of answers

    def _per_adult(self, question: Question, value: Any, pointer: str) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            return self._mistyped(pointer)
        together = self.values.get(APPLICANTS) in TOGETHER
        in_doubt = APPLICANTS in self.doubtful or not self.chosen
        adults: dict[str, Any] = {}
        for adult, expected in ((APPLICANT, True), (CO_APPLICANT, together)):
            place = f"{pointer}/{adult}"
            if adult not in value or _left_empty(question.type, value[adult]):
                if expected:
                    self._refuse(place, "required")
            elif not expected and not in_doubt:
                self._refuse(place, "notShown")
            else:
                adults[adult] = self._whole(question, value[adult], place)
        self._refuse_strangers(value, (APPLICANT, CO_APPLICANT), pointer)
        return adults

    def _whole(self, question: Question, value: Any, pointer: str) -> Any:
        match question.type:
            case AnswerType.GROUP:
                return self._group(question, value, pointer)
            case AnswerType.ADDRESS:
                return self._members(question.members, value, pointer)
            case AnswerType.MULTI:
                return self._multi(question, value, pointer)
            case AnswerType.LANGUAGES:
                return self._codes(value, self._languages(), pointer, "unknownLanguage", question.most)
            case AnswerType.INTERPRETER:
                return self._interpreter(question, value, pointer)
            case _:
                return self._single(question, value, pointer)

    def _group(self, question: Question, value: Any, pointer: str) -> list[Any] | None:
        if not isinstance(value, list):
            return self._mistyped(pointer)
        if len(value) > (question.most or LONGEST_GROUP):
            return self._refuse(pointer, "tooMany")
        if len(value) < (question.minimum or 0):
            return self._refuse(pointer, "required")
        return [self._members(question.members, item, f"{pointer}/{index}") for index, item in enumerate(value)]

    def _members(self, members: tuple[Member, ...], value: Any, pointer: str) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            return self._mistyped(pointer)
        parts: dict[str, Any] = {}
        for member in members:
            place = f"{pointer}/{member.name}"
            if member.name in value and not _left_empty(member.type, value[member.name]):
                parts[member.name] = self._single(member, value[member.name], place)
            elif member.required and (member.assignments & self.chosen):
                self._refuse(place, "required")
        self._refuse_strangers(value, [member.name for member in members], pointer)
        return parts

    def _multi(self, question: Question, value: Any, pointer: str) -> list[str] | None:
        codes = self._codes(value, question.codes, pointer, "unknownChoice", question.most)
        if codes and len(codes) > 1 and not question.exclusive.isdisjoint(codes):
            return self._refuse(pointer, "exclusive")
        return codes

    def _codes(
        self, value: Any, known: Collection[str], pointer: str, unknown: str, most: int | None
    ) -> list[str] | None:
        if not isinstance(value, list):
            return self._mistyped(pointer)
        if len(value) > (most or len(known)):
            return self._refuse(pointer, "tooMany")
        codes: list[str] = []
        for index, code in enumerate(value):
            place = f"{pointer}/{index}"
            if not isinstance(code, str):
                self._refuse(place, "wrongType")
            elif code not in known:
                self._refuse(place, unknown)
            elif code in codes:
                self._refuse(place, "repeated")
            else:
                codes.append(code)
        return codes

    def _interpreter(self, question: Question, value: Any, pointer: str) -> dict[str, str] | None:
        if not isinstance(value, Mapping):
            return self._mistyped(pointer)
        needed, language = value.get(NEEDED, ""), value.get(LANGUAGE, "")
        self._refuse_strangers(value, (NEEDED, LANGUAGE), pointer)
        if _blank(needed):
            return self._refuse(f"{pointer}/{NEEDED}", "required")
        code = self._code(needed, question.codes, f"{pointer}/{NEEDED}", "unknownChoice")
        place, unsaid = f"{pointer}/{LANGUAGE}", _blank(language)
        if code == "yes":
            if unsaid:
                return self._refuse(place, "required")
            spoken = self._code(language, self._languages(), place, "unknownLanguage")
            return None if spoken is None else {NEEDED: code, LANGUAGE: spoken}
        if code is None:
            return None
        return {NEEDED: code} if unsaid else self._refuse(place, "notShown")

    def _refuse_strangers(self, value: Mapping[str, Any], known: Collection[str], pointer: str) -> None:
        if any(name not in known for name in value):
            self._refuse(pointer, "unknownQuestion")

    def _languages(self) -> Collection[str]:
        return {language.code for language in self.question_set.languages}

    # ------------------------------------------------------------ single answers

    def _single(self, spec: Question | Member, value: Any, pointer: str) -> Any:
        match spec.type:
            case AnswerType.NUMBER:
                return self._number(value, spec.minimum, spec.maximum, pointer)
            case AnswerType.YEAR:
                return self._number(value, spec.minimum, self.today.year, pointer)
            case AnswerType.CONFIRM:
                return self._confirm(value, pointer)
            case AnswerType.SINGLE:
                return self._code(value, {choice.code for choice in spec.choices}, pointer, "unknownChoice")
            case AnswerType.MUNICIPALITY:
                return self._code(value, municipalities(), pointer, "unknownMunicipality")
            case _:
                return self._string(spec, value, pointer) if isinstance(value, str) else self._mistyped(pointer)

    def _string(self, spec: Question | Member, value: str, pointer: str) -> str | None:
        match spec.type:
            case AnswerType.IDENTITY_NUMBER:
                return self._identity_number(value, pointer)
            case AnswerType.PHONE:
                return self._read(contact_details.phone, value, pointer, "invalidPhone")
            case AnswerType.EMAIL:
                return self._read(contact_details.email, value, pointer, "invalidEmail")
            case _ if spec.name == POSTAL_CODE:
                return self._read(_postal_code, value, pointer, "invalidPostalCode")
            case _:
                return self._text(value, spec.longest or SEVERAL_LINES_FROM, pointer)

    def _code(self, value: Any, known: Collection[str], pointer: str, unknown: str) -> str | None:
        if not isinstance(value, str):
            return self._mistyped(pointer)
        return value if value in known else self._refuse(pointer, unknown)

    def _number(self, value: Any, minimum: int | None, maximum: int | None, pointer: str) -> int | None:
        # `True` is an int in Python and no number on the wire; 2.0 is a float in every reading.
        if not isinstance(value, int) or isinstance(value, bool):
            return self._mistyped(pointer)
        if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            return self._refuse(pointer, "outOfRange")
        return value

    def _confirm(self, value: Any, pointer: str) -> bool | None:
        if value is True:
            return True
        return self._refuse(pointer, "required" if value is False else "wrongType")

    def _identity_number(self, value: str, pointer: str) -> str | None:
        number = identity_number.read(value, self.today)
        if number is None:
            return self._refuse(pointer, "invalidIdentityNumber")
        if number.age(self.today) < identity_number.OF_AGE:
            return self._refuse(pointer, "underAge")
        if number.digits in self.persons:
            return self._refuse(pointer, "repeated")
        self.persons.add(number.digits)
        return number.digits

    def _read(self, reader: Callable[[str], str | None], value: str, pointer: str, code: str) -> str | None:
        found = reader(value)
        return self._refuse(pointer, code) if found is None else found

    def _text(self, value: str, longest: int, pointer: str) -> str | None:
        if len(value) > longest * _COMPOSITION + SEVERAL_LINES_FROM:
            # Composing is slow for text made to be slow, and this cannot become short enough.
            return self._refuse(pointer, "tooLong")
        plain = value.replace("\r\n", "\n").replace("\t", " ")
        if any(_unallowed(plain)):
            return self._refuse(pointer, "unallowedCharacters")
        composed = unicodedata.normalize("NFC", plain).strip()
        if "\n" in composed and longest <= SEVERAL_LINES_FROM:
            return self._refuse(pointer, "unallowedCharacters")
        return composed if len(composed) <= longest else self._refuse(pointer, "tooLong")


@dataclass(slots=True)
class _SupplementJudgement(_Judgement):
    """One reading of a supplement: the same readers, without what rests on answers that were sent earlier."""

    def corrections(self, message: str | None) -> Corrections:
        """Read every answer in the order of the catalogue, then the message."""
        known = [question for question in self.question_set.questions if _is_answer(question)]
        for question in known:
            if question.name in self.sent and not _left_empty(question.type, self.sent[question.name]):
                self._correction(question, self.sent[question.name], f"/answers/{question.name}")
        if len(self.sent) > sum(question.name in self.sent for question in known):
            self._refuse("/answers", "unknownQuestion")
        said = None if message is None else self._text(message, LONGEST_MESSAGE, "/message")
        if not (self.values or said or self.faults):
            self._refuse("/message", "required")
        return Corrections(self.values, said or None)

    def _correction(self, question: Question, value: Any, pointer: str) -> None:
        if not _is_correctable(question):
            return self._refuse(pointer, "notCorrectable")
        asked_by_some = question.core_for & self.chosen or question.name in self.extended
        if not (question.assignments & self.chosen and asked_by_some):
            return self._refuse(pointer, "notShown")
        before = len(self.faults)
        read = (self._per_adult if question.per_adult else self._whole)(question, value, pointer)
        if len(self.faults) == before:
            self.values[question.name] = read
        return None

    def _per_adult(self, question: Question, value: Any, pointer: str) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            return self._mistyped(pointer)
        adults = {
            adult: self._whole(question, value[adult], f"{pointer}/{adult}")
            for adult in (APPLICANT, CO_APPLICANT)
            if adult in value and not _left_empty(question.type, value[adult])
        }
        self._refuse_strangers(value, (APPLICANT, CO_APPLICANT), pointer)
        return adults or self._refuse(pointer, "required")


def _is_correctable(question: Question) -> bool:
    return (
        question.view is not View.NOT_DELIVERED
        and question.name not in {ASSIGNMENTS, APPLICANTS}
        and question.type not in {AnswerType.IDENTITY_NUMBER, AnswerType.CONFIRM}
    )


_UNALLOWED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control characters, invisible ones (bidirectional controls, zero width), surrogates, private use, odd line ends."""


def _unallowed(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if not line.isprintable():
            yield from (one for one in line if unicodedata.category(one) in _UNALLOWED or _noncharacter(one))


def _noncharacter(one: str) -> bool:
    return "\ufdd0" <= one <= "\ufdef" or ord(one) & 0xFFFE == 0xFFFE  # noqa: PLR2004 the last two of each plane


def _left_empty(kind: AnswerType, value: Any) -> bool:
    """Say whether a field was left empty; an empty group is an answer, `none`."""
    if kind in {AnswerType.MULTI, AnswerType.LANGUAGES} and value == []:
        return True
    return kind not in {AnswerType.NUMBER, AnswerType.YEAR, AnswerType.CONFIRM} and _blank(value)


def _blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _postal_code(written: str) -> str | None:
    if len(written) > LONGEST_POSTAL_CODE:
        return None
    digits = "".join(written.split())
    plain = digits.isascii() and digits.isdigit() and not digits.startswith("0")
    return digits if plain and len(digits) == 5 else None  # noqa: PLR2004 a Swedish postal code
