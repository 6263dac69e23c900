"""The shelf: a bucket in which each report, and the books, are put once and stay as they are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from familjehem.adapters.aws import code, confirming

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_THERE_ALREADY = "PreconditionFailed"


class S3Shelf:
    """Keeps files that are written once; plays `Shelf`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, name: str, content: bytes) -> bool:
        """Create a file; False if there is one of this name already. `NotConfirmedError`."""
        with confirming():
            try:
                self._client.put_object(Bucket=self._bucket, Key=name, Body=content, IfNoneMatch="*")
            except ClientError as error:
                if code(error) != _THERE_ALREADY:
                    raise
                return False
        return True

    def get(self, name: str) -> bytes | None:
        """Give a file, or None. `NotConfirmedError`."""
        with confirming():
            try:
                return self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None

    def names(self, beginning: str) -> Sequence[str]:
        """Give the names of files that begin so, in order. `NotConfirmedError`."""
        with confirming():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=beginning)
            return sorted(one["Key"] for page in pages for one in page.get("Contents", ()) if "Key" in one)
