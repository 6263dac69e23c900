"""Finish an e-identification: who came back, as a token for the application that it was done for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from familjehem.domain import identity_number
from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import FieldError, IdentificationRefusedError
from familjehem.domain.identification import Errand, Identification, Identified, as_answer, draft_digest
from familjehem.domain.tokens import TokenPurpose, issue, read
from familjehem.ports import Claimed, Clock, IdentityProvider, Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishIdentification:
    """Asks the provider who came back; `provider_name` is what people are told that they identified with."""

    secrets: Secrets
    provider: IdentityProvider
    provider_name: str
    clock: Clock

    def __call__(self, code: str, state: str, draft: UUID) -> tuple[Identified, str]:
        """Give the adult and the token that says so.

        Raises `IdentificationRefusedError`, `IdentificationUnavailableError`, `NotConfirmedError`. A code is good for
        one call; whatever comes of that, the way from there is to begin anew.
        """
        secrets, now = self.secrets.keys(), self.clock.now()
        content = read(secrets, TokenPurpose.ERRAND, state)
        if content is None:
            raise _refused("/state", "invalid")
        errand = Errand.of(content)
        if errand.draft != draft_digest(draft):
            raise _refused("/state", "otherDraft")
        if errand.expires_at <= now:
            raise _refused("/state", "expired")
        claimed = self.provider.identify(
            code=code, verifier=errand.verifier, nonce=errand.nonce, language=errand.language, now=now
        )
        found = self._judged(errand, claimed, now)
        return found, issue(secrets, TokenPurpose.IDENTIFICATION, found.content())

    def _judged(self, errand: Errand, claimed: Claimed, now: datetime) -> Identified:
        today = swedish_date(now)
        number, name = identity_number.read(claimed.number, today), as_answer(claimed.name)
        if number is None:
            raise _refused("/code", "noIdentityNumber")
        if number.age(today) < identity_number.OF_AGE:
            raise _refused("/code", "underAge")
        if not name:
            raise _refused("/code", "noName")
        return Identified(
            adult=errand.adult,
            draft=errand.draft,
            number=number.digits,
            name=name,
            identification=Identification(claimed.level, self.provider_name, now),
        )


def _refused(pointer: str, code: str) -> IdentificationRefusedError:
    return IdentificationRefusedError(FieldError(pointer, code))
