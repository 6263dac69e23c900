"""A supplement: what an applicant adds to a letter or corrects in it, as one recipient gets it (design 6, supplement).

The letter stays as it was received; the supplement lies beside it as a version of its own. Like the letter it knows
nothing of the other recipients, and it holds names and codes only.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from familjehem.domain.answers import Answers
from familjehem.domain.canonical_json import canonical_json
from familjehem.domain.letter import Card

SUPPLEMENT_FORMAT = 1
CHANGES_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """One supplement as one recipient gets it: corrected answers in their stored form, a message, or both.

    `version` is 2 for the first one, since the letter is the first version. An answer per adult may hold one adult.
    """

    number: str
    recipient: str
    version: int
    submitted_at: datetime
    question_set: str
    answers: Answers
    message: str | None = None

    @property
    def says_something(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.answers) or self.message is not None

    def to_json(self) -> bytes:
        """Give the supplement as canonical JSON (sorted keys, UTF-8), the plaintext that is sealed."""
        return canonical_json(
            {
                "format": SUPPLEMENT_FORMAT,
                "number": self.number,
                "recipient": self.recipient,
                "version": self.version,
                "submittedAt": self.submitted_at.isoformat(),
                "questionSet": self.question_set,
                "answers": self.answers,
                "message": self.message,
            }
        )

    @classmethod
    def from_json(cls, plaintext: bytes) -> Self:
        """Read a supplement back; raises `ValueError` for a format that this version does not know."""
        content = json.loads(plaintext)
        if content["format"] != SUPPLEMENT_FORMAT:
            message = "unknown supplement format"
            raise ValueError(message)
        return cls(
            number=content["number"],
            recipient=content["recipient"],
            version=content["version"],
            submitted_at=datetime.fromisoformat(content["submittedAt"]),
            question_set=content["questionSet"],
            answers=content["answers"],
            message=content["message"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChanges:
    """What a supplement changes of a card; None where it changes nothing, and often that is everything."""

    name: str | None = None
    telephone: str | None = None
    best_time: tuple[str, ...] | None = None
    start_window: str | None = None

    @classmethod
    def of(cls, answers: Answers) -> Self:
        """Give the changes that corrected answers make."""
        best_time = answers.get("bestContactTime")
        return cls(
            name=answers.get("name"),
            telephone=answers.get("mobile"),
            best_time=None if best_time is None else tuple(best_time),
            start_window=answers.get("startWindow"),
        )

    def over(self, card: Card) -> Card:
        """Give the card as it is after the changes."""
        changes: dict[str, Any] = {
            "name": self.name,
            "telephone": self.telephone,
            "best_time": self.best_time,
            "start_window": self.start_window,
        }
        return replace(card, **{name: value for name, value in changes.items() if value is not None})

    def to_json(self) -> bytes:
        """Give the changes as canonical JSON, the plaintext that is sealed."""
        return canonical_json(
            {
                "format": CHANGES_FORMAT,
                "name": self.name,
                "telephone": self.telephone,
                "bestTime": None if self.best_time is None else list(self.best_time),
                "startWindow": self.start_window,
            }
        )

    @classmethod
    def from_json(cls, plaintext: bytes) -> Self:
        """Read changes back; raises `ValueError` for a format that this version does not know."""
        content = json.loads(plaintext)
        if content["format"] != CHANGES_FORMAT:
            message = "unknown format of changes"
            raise ValueError(message)
        best_time = content["bestTime"]
        return cls(
            name=content["name"],
            telephone=content["telephone"],
            best_time=None if best_time is None else tuple(best_time),
            start_window=content["startWindow"],
        )
