"""The contact key: opens the address of an applicant for the one e-mail that an application gives."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from familjehem.adapters.aws import code, confirming
from familjehem.domain.errors import LetterUnreadableError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

UNREADABLE = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})
"""Error codes of a wrap of another key or another context, or of one that was tampered with."""


class KmsContactKey:
    """Opens what was sealed under the contact key; plays `ContactKey`."""

    def __init__(self, client: "KMSClient", key_arn: str) -> None:
        self._client = client
        self._key_arn = key_arn

    def unwrap(self, wrap: bytes, context: Mapping[str, str]) -> bytes:
        """Give the data key; `LetterUnreadableError` for a wrap of another context or none, `NotConfirmedError`."""
        if not wrap:
            raise LetterUnreadableError
        with confirming():
            try:
                opened = self._client.decrypt(KeyId=self._key_arn, CiphertextBlob=wrap, EncryptionContext=context)
            except ClientError as error:
                if code(error) in UNREADABLE:
                    raise LetterUnreadableError from None
                raise
        return opened["Plaintext"]
