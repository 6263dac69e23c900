"""What identification says and hears on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from familjehem.domain.identification import Adult, Identified
from familjehem.domain.tokens import LONGEST_TOKEN
from familjehem.runtime.http import Wire
from familjehem.usecases.start_identification import Started

Draft = Annotated[
    str,
    Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", json_schema_extra={"format": "uuid"}),
]
"""The id of the draft: the very UUID that is its Idempotency-Key when it is sent."""


class RequirementForm(Wire):
    """Whether an application needs an e-identification, and what it is called."""

    required: bool
    provider: str | None


class StartForm(Wire):
    """Who wants to identify, for which draft, and in which language the page is."""

    role: Literal["applicant", "coApplicant"]
    draft: Draft
    language: Literal["sv", "en"] = "sv"

    @property
    def adult(self) -> Adult:
        """Who wants to identify."""
        return Adult(self.role)

    @property
    def draft_id(self) -> UUID:
        """The draft's id."""
        return UUID(self.draft)


class StartedForm(Wire):
    """Where to go, and the state that comes back from there."""

    authorization_url: str
    state: str

    @classmethod
    def of(cls, started: Started) -> Self:
        """Give the wire form of a beginning."""
        return cls(authorization_url=started.address, state=started.state)


class FinishForm(Wire):
    """What the provider sent the person back with, and the draft in the page's own memory."""

    code: Annotated[str, Field(min_length=1, max_length=4000)]
    state: Annotated[str, Field(min_length=1, max_length=LONGEST_TOKEN)]
    draft: Draft

    @property
    def draft_id(self) -> UUID:
        """The draft's id."""
        return UUID(self.draft)


class IdentifiedForm(Wire):
    """Who came back: a token for the application, and what the page fills in and locks."""

    identification: str
    role: str
    name: str
    identity_number: str
    level: str
    provider: str
    expires_at: datetime

    @classmethod
    def of(cls, found: Identified, token: str) -> Self:
        """Give the wire form of somebody who has identified."""
        return cls(
            identification=token,
            role=found.adult,
            name=found.name,
            identity_number=found.number,
            level=found.identification.level,
            provider=found.identification.provider,
            expires_at=found.expires_at,
        )
