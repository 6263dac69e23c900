"""The audit bucket: digests of access logs, created once and locked against everybody for five years."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from familjehem.adapters.aws import code, confirming
from familjehem.domain.access_log import StoredDigest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SUFFIX = ".json"
_THERE_ALREADY = "PreconditionFailed"


class S3DigestStore:
    """Keeps digests; plays `DigestStore`.

    Whatever came after the first version of an object, a marker of deletion too, is a change: the lock keeps the first.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def names(self, recipient: str) -> Mapping[str, bool]:
        """Give what the digests of a recipient are called, in order, and of each whether more was put there since."""
        return {name: kept.touched for name, kept in sorted(self._kept(f"{recipient}/").items())}

    def read(self, recipient: str, name: str) -> StoredDigest:
        """Give one digest as it was first put. `NotConfirmedError`."""
        key = f"{recipient}/{name}{_SUFFIX}"
        kept = self._kept(key)[name]
        with confirming():
            found = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=kept.first)
            return StoredDigest(name, found["Body"].read(), kept.touched)

    def put(self, recipient: str, name: str, content: bytes) -> bool:
        """Keep a digest; False if there is one of this name already. `NotConfirmedError`."""
        with confirming():
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=f"{recipient}/{name}{_SUFFIX}",
                    Body=content,
                    ContentType="application/json",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if code(error) != _THERE_ALREADY:
                    raise
                return False
        return True

    def _kept(self, prefix: str) -> dict[str, "_Kept"]:
        versions: dict[str, list[str]] = {}
        marked: set[str] = set()
        with confirming():
            for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix):
                # Of one object the newest comes first.
                for one in page.get("Versions", ()):
                    versions.setdefault(_name(one.get("Key", "")), []).append(one.get("VersionId", ""))
                marked |= {_name(one.get("Key", "")) for one in page.get("DeleteMarkers", ())}
        return {name: _Kept(found[-1], len(found) > 1 or name in marked) for name, found in versions.items()}


@dataclass(frozen=True, slots=True)
class _Kept:
    """The first version of an object, and whether anything came after it."""

    first: str
    touched: bool


def _name(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(_SUFFIX)
