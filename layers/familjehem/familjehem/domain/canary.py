"""The canary letter: a letter without a family that travels the whole way before a recipient receives from families.

It is sealed to the recipient's own key, delivered, told of and opened as any other, and says in its name that nobody is
behind it. It is in no tally, in no report and in no registry, and nobody waits to be called.
"""

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from familjehem.domain.assignment import Assignment
from familjehem.domain.identifiers import NUMBER_CHARACTERS
from familjehem.domain.texts import text

if TYPE_CHECKING:
    from familjehem.domain.question_set import QuestionSet


class Sealed(StrEnum):
    """What became of an order to seal a canary letter."""

    NOW = "now"
    BEFORE = "before"


TELEPHONE = "+46000000000"
"""A number that nobody can have."""


def canary_number(onboarding: str) -> str:
    """Give the number of the one canary letter of an onboarding, the same on every repeat."""
    digits = sha256(b"familjehem/canary\0" + onboarding.encode()).hexdigest().upper()
    return "-".join(digits[start : start + 4] for start in range(0, NUMBER_CHARACTERS, 4))


def canary_answers(
    question_set: "QuestionSet", assignments: tuple[Assignment, ...], municipality: str
) -> Mapping[str, Any]:
    """Give what the letter says: its name tells what it is, and nothing is answered but what a list needs."""
    return {
        "assignments": [one.value for one in assignments],
        "name": text("canary.name"),
        "mobile": TELEPHONE,
        "bestContactTime": [],
        "startWindow": question_set.question("startWindow").choices[-1].code,
        "homeMunicipality": municipality,
    }
