"""Check the identifications that come with an application: ours, fresh, and done for this very draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from familjehem.domain.errors import FieldError, IdentificationRefusedError, IdentificationRequiredError
from familjehem.domain.identification import Adult, Identified, draft_digest
from familjehem.domain.tokens import TokenPurpose, read
from familjehem.ports import Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIdentifications:
    """Knows who has identified; `required` says whether e-identification is configured.

    Where it is not, whatever was sent counts for nothing: a page that began before it was switched off can still send,
    and the letter says what is true, that nobody vouches for the name.
    """

    secrets: Secrets
    required: bool

    def __call__(self, sent: Mapping[Adult, str], draft: UUID, now: datetime) -> Mapping[Adult, Identified]:
        """Give those who have identified; `IdentificationRequiredError`, `IdentificationRefusedError`."""
        if not self.required:
            return {}
        if Adult.APPLICANT not in sent:
            raise IdentificationRequiredError
        secrets = self.secrets.keys()
        return {adult: _read(secrets, adult, token, draft, now) for adult, token in sent.items()}


def _read(secrets: Mapping[str, bytes], adult: Adult, token: str, draft: UUID, now: datetime) -> Identified:
    def refused(code: str) -> IdentificationRefusedError:
        return IdentificationRefusedError(FieldError(f"/identifications/{adult}", code))

    content = read(secrets, TokenPurpose.IDENTIFICATION, token)
    if content is None:
        raise refused("invalid")
    one = Identified.of(content)
    if one.draft != draft_digest(draft):
        raise refused("otherDraft")
    if one.adult is not adult:
        raise refused("otherAdult")
    if one.expires_at <= now:
        raise refused("expired")
    return one
