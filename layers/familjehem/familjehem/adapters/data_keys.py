"""Data keys from KMS, several at the same time; nothing here can open one again."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from familjehem.adapters.aws import code, confirming
from familjehem.ports import DataKey, KeyUnusableError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

AT_ONCE = 6
"""Five recipients and the contact key."""

UNUSABLE = frozenset(
    {
        "AccessDeniedException",
        "DisabledException",
        "InvalidArnException",
        "InvalidKeyUsageException",
        "KMSInvalidStateException",
        "NotFoundException",
    }
)
"""Error codes after which the same key will not do, however often one asks."""


class KmsDataKeys:
    """Makes data keys under the keys of recipients; plays `DataKeys`."""

    def __init__(self, client: "KMSClient") -> None:
        self._client = client
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="data-key")

    def make(self, orders: Mapping[str, tuple[str, Mapping[str, str]]]) -> Mapping[str, Future[DataKey]]:
        """Make one data key per order (name → key ARN, encryption context), all at the same time.

        A future raises `KeyUnusableError` or `NotConfirmedError`.
        """
        return {name: self._pool.submit(self._make, key_arn, context) for name, (key_arn, context) in orders.items()}

    def _make(self, key_arn: str, context: Mapping[str, str]) -> DataKey:
        with confirming():
            try:
                made = self._client.generate_data_key(KeyId=key_arn, KeySpec="AES_256", EncryptionContext=context)
            except ClientError as error:
                if code(error) in UNUSABLE:
                    raise KeyUnusableError(code(error)) from None
                raise
        return DataKey(made["Plaintext"], made["CiphertextBlob"])
