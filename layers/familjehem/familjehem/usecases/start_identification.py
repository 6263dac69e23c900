"""Begin an e-identification: the address where the person goes, and the state that comes back with her."""

import base64
import os
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from familjehem.domain.identification import AT_PROVIDER, Adult, Errand, draft_digest
from familjehem.domain.tokens import TokenPurpose, issue
from familjehem.ports import Clock, IdentityProvider, Secrets


@dataclass(frozen=True, slots=True)
class Started:
    """Where to go, and the state that the page holds against the one that comes back."""

    address: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartIdentification:
    """Sends an adult to the provider. Nothing is stored: what the way back needs is in the state, sealed."""

    secrets: Secrets
    provider: IdentityProvider
    clock: Clock

    def __call__(self, adult: Adult, draft: UUID, language: str) -> Started:
        """Give a fresh way; `IdentificationUnavailableError`, `NotConfirmedError`."""
        errand = Errand(
            adult=adult,
            draft=draft_digest(draft),
            language=language,
            verifier=_random(),
            nonce=_random(),
            expires_at=self.clock.now() + AT_PROVIDER,
        )
        state = issue(self.secrets.keys(), TokenPurpose.ERRAND, errand.content())
        challenge = _text(sha256(errand.verifier.encode()).digest())
        return Started(
            self.provider.address(state=state, nonce=errand.nonce, challenge=challenge, language=language), state
        )


def _random() -> str:
    return _text(os.urandom(32))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().removesuffix("=")
