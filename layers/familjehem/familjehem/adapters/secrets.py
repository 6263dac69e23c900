"""Secrets in Secrets Manager, kept in memory for a quarter of an hour."""

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from familjehem.adapters.aws import confirming
from familjehem.domain.errors import NotConfirmedError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEPT_SECONDS = 15 * 60


class SecretsManagerJson:
    """A secret whose value is a JSON object, read when it is needed; plays `Credential` of a provider.

    When it cannot be read again, what is known goes on serving. `monotonic` gives seconds.
    """

    def __init__(
        self, client: "SecretsManagerClient", secret_arn: str, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._monotonic = monotonic
        self._content: Mapping[str, Any] = {}
        self._read_at = 0.0

    def content(self) -> Mapping[str, Any]:
        """Give the object; `NotConfirmedError`."""
        if not self._content or self._monotonic() - self._read_at >= KEPT_SECONDS:
            try:
                self._content = self._read()
            except NotConfirmedError:
                if not self._content:
                    raise
            self._read_at = self._monotonic()
        return self._content

    def _read(self) -> Mapping[str, Any]:
        with confirming():
            text = self._client.get_secret_value(SecretId=self._secret_arn)["SecretString"]
        return json.loads(text)


class SecretsManagerSecrets:
    """Holds a versioned secret, `{"current": "2", "1": "…", "2": "…"}`; plays `Secrets`."""

    def __init__(
        self, client: "SecretsManagerClient", secret_arn: str, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._kept = SecretsManagerJson(client, secret_arn, monotonic=monotonic)

    def keys(self) -> Mapping[str, bytes]:
        """Give every version of the secret, the current one first, then the newest; `NotConfirmedError`."""
        versions = dict(self._kept.content())
        current = versions.pop("current")
        order = sorted(versions, key=lambda version: (version != current, -int(version)))
        return {version: versions[version].encode() for version in order}
