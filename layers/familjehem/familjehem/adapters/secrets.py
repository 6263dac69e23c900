"""The versioned MAC secret in Secrets Manager, kept in memory for a quarter of an hour."""

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from familjehem.adapters.aws import confirming
from familjehem.domain.errors import NotConfirmedError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEPT_SECONDS = 15 * 60


class SecretsManagerSecrets:
    """Holds the versioned secret; plays `Secrets`.

    Its form is `{"current": "2", "1": "…", "2": "…"}`. When it cannot be read again, the one that is
    known goes on serving. `monotonic` gives seconds.
    """

    def __init__(
        self, client: "SecretsManagerClient", secret_arn: str, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._monotonic = monotonic
        self._keys: Mapping[str, bytes] = {}
        self._read_at = 0.0

    def keys(self) -> Mapping[str, bytes]:
        """Give every version of the secret, the current one first, then the newest; `NotConfirmedError`."""
        if not self._keys or self._monotonic() - self._read_at >= KEPT_SECONDS:
            try:
                self._keys = self._read()
            except NotConfirmedError:
                if not self._keys:
                    raise
            self._read_at = self._monotonic()
        return self._keys

    def _read(self) -> Mapping[str, bytes]:
        with confirming():
            text = self._client.get_secret_value(SecretId=self._secret_arn)["SecretString"]
        versions: dict[str, str] = json.loads(text)
        current = versions.pop("current")
        order = sorted(versions, key=lambda version: (version != current, -int(version)))
        return {version: versions[version].encode() for version in order}
