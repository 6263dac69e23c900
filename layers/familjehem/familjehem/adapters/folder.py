"""The folder of the administration: a bucket of its own, for invoice bases and other papers without applicants."""

from typing import TYPE_CHECKING

from familjehem.adapters.aws import confirming

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Folder:
    """Keeps papers in a bucket; plays `Folder`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, name: str, content: bytes, media_type: str) -> str:
        """Store a paper and give its `s3://` address; a repeat replaces it. `NotConfirmedError`."""
        with confirming():
            self._client.put_object(Bucket=self._bucket, Key=name, Body=content, ContentType=media_type)
        return f"s3://{self._bucket}/{name}"

    def fetch(self, name: str) -> bytes | None:
        """Give the paper that its people have put there, or None. `NotConfirmedError`."""
        with confirming():
            try:
                return self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None
