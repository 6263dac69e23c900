"""The compilation for a case system: `docs/schemas/compilation-1.json` is made of these models.

A change that a reader could stumble over gets a new version, beside the old one; a field more does not.
"""

from datetime import datetime
from typing import Any, Literal, Self

from familjehem.domain.compilation import Item, RaisedIndicator
from familjehem.runtime.http import Wire
from familjehem.usecases.read_mailbox import OpenedLetter, OpenedSupplement

FORMAT: Literal["familjehemsverige.compilation"] = "familjehemsverige.compilation"
VERSION: Literal[1] = 1


class AnswerForm(Wire):
    """One question and its answer in plain Swedish; `state` is `answered`, `notAnswered` or `toldOrally`."""

    name: str
    number: str
    label: str
    answer: str
    state: Literal["answered", "notAnswered", "toldOrally"]

    @classmethod
    def of(cls, item: Item) -> Self:
        """Give the form of an item."""
        return cls.model_validate(item.to_wire())


class SectionForm(Wire):
    """A section of the full compilation, with every question that was asked."""

    name: str
    letter: str
    heading: str
    items: list[AnswerForm]


class OverviewLineForm(Wire):
    """A line of the overview."""

    name: str
    heading: str
    text: str


class IndicatorForm(Wire):
    """A raised indicator and the answers behind it; a sensitive one rests on answers of class K, B or Ö."""

    group: str
    name: str
    number: str
    level: str
    text: str
    why: str
    important: bool
    sensitive: bool
    answers: list[AnswerForm]

    @classmethod
    def of(cls, group: str, one: RaisedIndicator) -> Self:
        """Give the form of an indicator."""
        return cls(
            group=group,
            name=one.name,
            number=one.code,
            level=one.level,
            text=one.text,
            why=one.why,
            important=one.important,
            sensitive=one.sensitive,
            answers=[AnswerForm.of(item) for item in one.triggers],
        )


class AdultForm(Wire):
    """How sure it is who an adult is: proven by an e-identification, or stated only."""

    adult: Literal["applicant", "coApplicant"]
    proven: bool
    level: str | None
    provider: str | None
    at: datetime | None


class NextStepForm(Wire):
    """The suggested first step, never a decision."""

    step: Literal["directMeeting", "informationMeeting", "callFirst"]
    text: str
    why: str


class SupplementVersionForm(Wire):
    """What came after the letter, which is version 1."""

    version: int
    received_at: datetime
    message: str | None
    items: list[AnswerForm]

    @classmethod
    def of(cls, one: OpenedSupplement) -> Self:
        """Give the form of a supplement."""
        items = [AnswerForm.of(item) for item in one.items]
        return cls(version=one.version, received_at=one.received_at, message=one.message, items=items)


class AddresseeForm(Wire):
    """The recipient that the letter was sent to."""

    id: str
    name: str


class CompilationForm(Wire):
    """One letter, compiled, for a case system. Secret under OSL 26 kap. 1 §. Times are ISO 8601 with their offset.

    `answers` are the answers as stored, by the question's name in `questionSet`; all else is made of them, in words.
    """

    format: Literal["familjehemsverige.compilation"]
    version: Literal[1]
    number: str
    recipient: AddresseeForm
    state: Literal["delivered", "opened", "claimed", "contacted", "closed", "withdrawn"]
    assignments: list[Literal["familjehem", "jourhem", "jourfamilj", "kontaktfamilj", "kontaktperson"]]
    origin: Literal["own", "other"]
    municipalities: list[str]
    question_set: str
    submitted_at: datetime
    received_at: datetime
    withdrawn_at: datetime | None
    identity: list[AdultForm]
    next_step: NextStepForm
    overview: list[OverviewLineForm]
    indicators: list[IndicatorForm]
    sections: list[SectionForm]
    told_orally: list[str]
    not_asked: list[str]
    supplements: list[SupplementVersionForm]
    answers: dict[str, Any]

    @classmethod
    def of(cls, opened: OpenedLetter) -> Self:
        """Give the form of an opened letter."""
        compilation, delivery, letter = opened.compilation, opened.delivery, opened.letter
        return cls.model_validate(
            {
                "format": FORMAT,
                "version": VERSION,
                "number": delivery.number,
                "recipient": {"id": opened.membership.recipient, "name": opened.membership.recipient_name},
                "state": delivery.state.value,
                "assignments": [one.value for one in delivery.assignments],
                "origin": delivery.origin.value,
                "municipalities": list(letter.municipalities),
                "question_set": letter.question_set,
                "submitted_at": letter.submitted_at,
                "received_at": delivery.received_at,
                "withdrawn_at": delivery.withdrawn_at,
                "identity": [
                    {
                        "adult": adult.value,
                        "proven": one is not None,
                        "level": one.level if one else None,
                        "provider": one.provider if one else None,
                        "at": one.at if one else None,
                    }
                    for adult, one in compilation.identifications.items()
                ],
                "next_step": {
                    "step": compilation.next_step.value,
                    "text": compilation.to_wire()["nextStep"]["text"],
                    "why": compilation.next_step_why,
                },
                "overview": [
                    {"name": line.name, "heading": line.heading, "text": line.text} for line in compilation.overview
                ],
                "indicators": [
                    IndicatorForm.of(group.group.value, one)
                    for group in compilation.indicators
                    for one in group.indicators
                ],
                "sections": [section.to_wire() for section in compilation.sections],
                "told_orally": list(compilation.told_orally),
                "not_asked": list(compilation.not_asked),
                "supplements": [SupplementVersionForm.of(one) for one in opened.supplements],
                "answers": dict(letter.answers),
            }
        )
