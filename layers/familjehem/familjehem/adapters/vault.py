"""The mailbox bucket, as the delivery function may use it: create, never read."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from familjehem.adapters.aws import code, confirming
from familjehem.domain.purpose import Purpose

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_THERE_ALREADY = "PreconditionFailed"


def object_key(recipient: str, number: str, purpose: Purpose) -> str:
    """Give the key of a sealed object: `<recipient>/<number>/letter`, identifiers only."""
    return f"{recipient}/{number}/{purpose.name.lower()}"


class S3Vault:
    """Puts ciphertexts into the mailbox bucket; plays `Vault`.

    No encryption header is sent: the bucket encrypts by default with its own key.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, recipient: str, number: str, purpose: Purpose, ciphertext: bytes) -> None:
        """Create the object; one that is already there is a success. `NotConfirmedError`."""
        with confirming():
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=object_key(recipient, number, purpose),
                    Body=ciphertext,
                    ContentType="application/octet-stream",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                # The ciphertext was fixed at accept, so whoever put it put the same.
                if code(error) != _THERE_ALREADY:
                    raise
