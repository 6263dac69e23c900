"""The mailbox bucket, as housekeeping may use it: remove every version of what was erased, never read one."""

from typing import TYPE_CHECKING

from familjehem.adapters.aws import confirming

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Shredder:
    """Removes sealed objects with all their versions; plays `Shredder`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def shred(self, recipient: str, number: str) -> int:
        """Remove every version of every object of a delivery, markers too; give how many. `NotConfirmedError`."""
        gone = 0
        with confirming():
            pages = self._client.get_paginator("list_object_versions")
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{recipient}/{number}/"):
                for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    self._client.delete_object(
                        Bucket=self._bucket, Key=one.get("Key", ""), VersionId=one.get("VersionId", "")
                    )
                    gone += 1
        return gone
