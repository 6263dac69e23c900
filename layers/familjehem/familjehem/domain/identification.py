"""E-identification (e-legitimering): who an adult was found to be, at which level of assurance, by whom and when.

What a provider says is brought into the form that answers have, so that a page may fill name and number in and lock
them. On its way it lives in tokens (`tokens.py`) that the page carries and cannot read: one while the person is at the
provider, one from there to the submission. Both are bound to one draft, so that neither serves another application.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

from familjehem.domain.condition import APPLICANT, CO_APPLICANT
from familjehem.domain.errors import FieldError

LONGEST_NAME = 120
"""As long as the question set lets a name be; what an official name has beyond that is cut off."""
AT_PROVIDER = timedelta(minutes=15)
"""How long a person may be at the provider."""
VALID_FOR = timedelta(hours=24)
"""How long an identification may wait for its application."""


class Adult(StrEnum):
    """Who of the two that may apply together."""

    APPLICANT = APPLICANT
    CO_APPLICANT = CO_APPLICANT


QUESTIONS: Mapping[Adult, tuple[str, str]] = {
    Adult.APPLICANT: ("identityNumber", "name"),
    Adult.CO_APPLICANT: ("coApplicantIdentityNumber", "coApplicantName"),
}
"""The questions that an identification answers: number and name."""


@dataclass(frozen=True, slots=True)
class Identification:
    """How sure it is who somebody is: level of assurance (`3` or `4`), the provider's shown name, and when."""

    level: str
    provider: str
    at: datetime

    def to_wire(self) -> dict[str, str]:
        """Give the identification as JSON."""
        return {"level": self.level, "provider": self.provider, "at": self.at.isoformat()}

    @classmethod
    def from_wire(cls, content: Mapping[str, str]) -> Self:
        """Read back what `to_wire` gave."""
        return cls(content["level"], content["provider"], datetime.fromisoformat(content["at"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """An adult who has identified: number (twelve digits) and name in the form that answers have.

    `draft` is the digest of the draft for which it was done.
    """

    adult: Adult
    draft: str
    number: str
    name: str
    identification: Identification

    @property
    def expires_at(self) -> datetime:
        """The moment from which it is good for no application any more."""
        return self.identification.at + VALID_FOR

    def content(self) -> dict[str, Any]:
        """Give what a token holds."""
        return {
            "adult": self.adult,
            "draft": self.draft,
            "number": self.number,
            "name": self.name,
            **self.identification.to_wire(),
        }

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """Read what a token held; only what `content` gave ever stands in one."""
        return cls(
            adult=Adult(content["adult"]),
            draft=content["draft"],
            number=content["number"],
            name=content["name"],
            identification=Identification.from_wire(content),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A person's way to the provider and back: all that must be the same at both ends, kept by nobody meanwhile.

    `verifier` is the secret half of PKCE (RFC 7636), `nonce` comes back in the ID token, `language` is the page's.
    """

    adult: Adult
    draft: str
    language: str
    verifier: str
    nonce: str
    expires_at: datetime

    def content(self) -> dict[str, Any]:
        """Give what a token holds."""
        return {
            "adult": self.adult,
            "draft": self.draft,
            "language": self.language,
            "verifier": self.verifier,
            "nonce": self.nonce,
            "expires": self.expires_at.isoformat(),
        }

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """Read what a token held; only what `content` gave ever stands in one."""
        return cls(
            adult=Adult(content["adult"]),
            draft=content["draft"],
            language=content["language"],
            verifier=content["verifier"],
            nonce=content["nonce"],
            expires_at=datetime.fromisoformat(content["expires"]),
        )


def draft_digest(draft: UUID) -> str:
    """Give the digest that stands for a draft: its id, the idempotency key to be, is in no token."""
    return sha256(b"familjehem/draft" + draft.bytes).hexdigest()


def as_answer(name: str) -> str:
    """Give a name as a provider writes it in the form in which the question of a name takes it; it may be empty."""
    shown = "".join(one for one in " ".join(name.split()) if one.isprintable())
    return unicodedata.normalize("NFC", shown).strip()[:LONGEST_NAME].rstrip()


def differences(identified: Mapping[Adult, Identified], answers: Mapping[str, Any]) -> tuple[FieldError, ...]:
    """Tell where judged answers differ from what the adults have identified as.

    `notAsIdentified` stands at each question that differs, `notShown` at the identification of a co-applicant where
    nobody applies together.
    """
    faults: list[FieldError] = []
    for adult, one in identified.items():
        number, name = QUESTIONS[adult]
        if number not in answers:
            faults.append(FieldError(f"/identifications/{adult}", "notShown"))
            continue
        found = ((number, one.number), (name, one.name))
        faults += [
            FieldError(f"/answers/{place}", "notAsIdentified") for place, said in found if answers[place] != said
        ]
    return tuple(faults)
