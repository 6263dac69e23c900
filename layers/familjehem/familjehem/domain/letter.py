"""The letter that a recipient reads, and its card: names and codes only, never labels (design 4, 6).

A letter knows nothing of the other recipients: who else was chosen (`recipients`, A04) and whether they
may know of each other (`shareRecipients`, A06) are left out by the question set's views, and the letter
holds core questions and those extended ones that its own recipient switched on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from familjehem.domain.assignment import Assignment
from familjehem.domain.canonical_json import canonical_json
from familjehem.domain.identification import Adult, Identification

LETTER_FORMAT = 1
CARD_FORMAT = 1
LARGEST_LETTER = 100 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One application as one recipient gets it.

    `answers` maps question names to answers on the wire's form; `not_asked` and all labels are worked
    out when it is read, from `question_set`; `extended_questions` are those that this recipient had switched
    on, so that what was asked and left empty is told from what was not asked. `municipalities` are those that
    led to this recipient. `identifications` are those of adults who used an e-identification of their own; whoever is
    missing there, and everybody in a letter from before there was any, has stated name and number only.
    """

    number: str
    recipient: str
    municipalities: tuple[str, ...]
    submitted_at: datetime
    question_set: str
    assignments: tuple[Assignment, ...]
    answers: Mapping[str, Any]
    extended_questions: tuple[str, ...] = ()
    identifications: Mapping[Adult, Identification] = field(default_factory=dict[Adult, Identification])

    def to_json(self) -> bytes:
        """Give the letter as canonical JSON (sorted keys, UTF-8), the plaintext that is sealed."""
        proven = {adult: one.to_wire() for adult, one in self.identifications.items()}
        return canonical_json(
            {
                "format": LETTER_FORMAT,
                "number": self.number,
                "recipient": self.recipient,
                "municipalities": list(self.municipalities),
                "submittedAt": self.submitted_at.isoformat(),
                "questionSet": self.question_set,
                "assignments": list(self.assignments),
                "answers": self.answers,
                "extendedQuestions": sorted(self.extended_questions),
                **({"identifications": proven} if proven else {}),
            }
        )

    @classmethod
    def from_json(cls, plaintext: bytes) -> Self:
        """Read a letter back; raises `ValueError` for a format that this version does not know."""
        content = json.loads(plaintext)
        if content["format"] != LETTER_FORMAT:
            message = "unknown letter format"
            raise ValueError(message)
        return cls(
            number=content["number"],
            recipient=content["recipient"],
            municipalities=tuple(content["municipalities"]),
            submitted_at=datetime.fromisoformat(content["submittedAt"]),
            question_set=content["questionSet"],
            assignments=tuple(Assignment(code) for code in content["assignments"]),
            answers=content["answers"],
            extended_questions=tuple(content["extendedQuestions"]),
            identifications={
                Adult(adult): Identification.from_wire(one) for adult, one in content.get("identifications", {}).items()
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The few lines of a letter that a list needs; no answer of class K, B or Ö (lag 2001:454, 7 a §)."""

    name: str
    telephone: str
    best_time: tuple[str, ...]
    start_window: str

    def to_json(self) -> bytes:
        """Give the card as canonical JSON, the plaintext that is sealed."""
        return canonical_json(
            {
                "format": CARD_FORMAT,
                "name": self.name,
                "telephone": self.telephone,
                "bestTime": list(self.best_time),
                "startWindow": self.start_window,
            }
        )

    @classmethod
    def from_json(cls, plaintext: bytes) -> Self:
        """Read a card back; raises `ValueError` for a format that this version does not know."""
        content = json.loads(plaintext)
        if content["format"] != CARD_FORMAT:
            message = "unknown card format"
            raise ValueError(message)
        return cls(
            name=content["name"],
            telephone=content["telephone"],
            best_time=tuple(content["bestTime"]),
            start_window=content["startWindow"],
        )
