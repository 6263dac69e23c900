"""Proof of work (altcha, version 1): the browser finds a number, which costs it a moment and a flood a fortune."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from altcha.v1 import create_challenge, extract_params, verify_solution

from familjehem.domain.errors import ChallengeRefusedError
from familjehem.ports import Secrets, SpentChallenge

VALID_FOR = timedelta(minutes=30)
LARGEST_NUMBER = 50_000
LARGEST_SOLUTION = 2048
_PURPOSE = b"proof-of-work"
_TEXTS = ("algorithm", "challenge", "salt", "signature")


class AltchaChallenges:
    """Issues and checks challenges; plays `Challenges`.

    `asked` False lets everything through. The key is derived from the MAC secret; a challenge of an
    older version of the secret is good until it expires.
    """

    def __init__(self, secrets: Secrets, *, asked: bool = True, largest_number: int = LARGEST_NUMBER) -> None:
        self._secrets = secrets
        self._asked = asked
        self._largest_number = largest_number

    def issue(self, now: datetime) -> Mapping[str, Any]:
        """Give a fresh challenge (altcha v1), or an empty one where none is asked for."""
        if not self._asked:
            return {}
        challenge = create_challenge(
            algorithm="SHA-256",
            max_number=self._largest_number,
            salt_length=12,
            hmac_key=self._keys()[0],
            salt="",
            number=None,
            expires=now + VALID_FOR,
            params=None,
        )
        return challenge.to_dict()

    def check(self, solution: str | None, now: datetime) -> SpentChallenge | None:
        """Give the spent challenge, or None where none is asked for.

        Raises `ChallengeRefusedError` with the code `missing`, `forged` or `expired`.
        """
        if not self._asked:
            return None
        if not solution:
            raise ChallengeRefusedError("missing")
        payload = _payload(solution)
        if not any(verify_solution(cast("Any", payload), key, check_expires=False)[0] for key in self._keys()):
            raise ChallengeRefusedError("forged")
        # Read after the signature was found good: what stands here is our own.
        expires_at = datetime.fromtimestamp(int(extract_params(cast("Any", payload))["expires"][0]), UTC)
        if expires_at <= now:
            raise ChallengeRefusedError("expired")
        return SpentChallenge(payload["challenge"], expires_at)

    def _keys(self) -> list[bytes]:
        return [hmac.digest(secret, _PURPOSE, "sha256") for secret in self._secrets.keys().values()]


def _payload(solution: str) -> dict[str, Any]:
    """Read the solution's base64 JSON; whatever has another shape is forged."""
    if len(solution) > LARGEST_SOLUTION:
        raise ChallengeRefusedError("forged")
    try:
        read: Any = json.loads(base64.b64decode(solution, validate=True))
        payload = {name: read[name] for name in (*_TEXTS, "number")}
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        raise ChallengeRefusedError("forged") from None
    number = payload["number"]
    texts = [payload[name] for name in _TEXTS]
    if not all(isinstance(one, str) and one.isascii() for one in texts) or not isinstance(number, int) or number < 0:
        raise ChallengeRefusedError("forged")
    return payload
