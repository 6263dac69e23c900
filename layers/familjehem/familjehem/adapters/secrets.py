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


class _Kept:
    """The JSON object of a secret in the form that its user wants, read when it is needed.

    When it cannot be read again, what is known goes on serving. `monotonic` gives seconds.
    """

    def __init__(
        self, client: "SecretsManagerClient", secret_arn: str, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._monotonic = monotonic
        self._known: Mapping[str, Any] = {}
        self._read_at = 0.0

    def _form(self, content: dict[str, Any]) -> Mapping[str, Any]:
        """Give what a secret's object is to its user."""
        return content

    def _present(self) -> Mapping[str, Any]:
        """Give the object; `NotConfirmedError`."""
        if not self._known or self._monotonic() - self._read_at >= KEPT_SECONDS:
            try:
                self._known = self._form(self._read())
            except NotConfirmedError:
                if not self._known:
                    raise
            self._read_at = self._monotonic()
        return self._known

    def _read(self) -> dict[str, Any]:
        with confirming():
            text = self._client.get_secret_value(SecretId=self._secret_arn)["SecretString"]
        return json.loads(text)


class SecretsManagerCredential(_Kept):
    """Holds our credential at the provider of e-identification; plays `Credential`."""

    def content(self) -> Mapping[str, Any]:
        """Give the object as it was put in; `NotConfirmedError`."""
        return self._present()


class SecretsManagerSecrets(_Kept):
    """Holds a versioned secret, `{"current": "2", "1": "…", "2": "…"}`; plays `Secrets`."""

    def keys(self) -> Mapping[str, bytes]:
        """Give every version of the secret, the current one first, then the newest; `NotConfirmedError`."""
        return self._present()

    def _form(self, content: dict[str, Any]) -> Mapping[str, bytes]:
        current = content.pop("current")
        order = sorted(content, key=lambda version: (version != current, -int(version)))
        return {version: content[version].encode() for version in order}
