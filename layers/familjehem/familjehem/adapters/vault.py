"""The mailbox bucket, as the delivery function may use it: create, never read."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from familjehem.adapters.aws import code, confirming
from familjehem.domain.purpose import LETTER_VERSION, Purpose

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_THERE_ALREADY = "PreconditionFailed"


def object_key(recipient: str, number: str, purpose: Purpose, version: int = LETTER_VERSION) -> str:
    """Give the key of a sealed object, such as `0680/<number>/letter` or `0680/<number>/2/card`: identifiers only."""
    folder = f"{recipient}/{number}" if version == LETTER_VERSION else f"{recipient}/{number}/{version}"
    return f"{folder}/{purpose.name.lower()}"


class S3Vault:
    """Puts ciphertexts into the mailbox bucket; plays `Vault`.

    No encryption header is sent: the bucket encrypts by default with its own key.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(
        self, recipient: str, number: str, purpose: Purpose, ciphertext: bytes, version: int = LETTER_VERSION
    ) -> None:
        """Create the object of one version; one that is already there is a success. `NotConfirmedError`."""
        with confirming():
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=object_key(recipient, number, purpose, version),
                    Body=ciphertext,
                    ContentType="application/octet-stream",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                # The ciphertext was fixed at accept, so whoever put it put the same.
                if code(error) != _THERE_ALREADY:
                    raise
