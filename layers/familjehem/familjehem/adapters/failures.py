"""The on-failure queues of the workers: places in a stream, never a row (infrastructure/messaging.yaml)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from familjehem.adapters.aws import confirming

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

AT_ONCE = 10
MOST = 1000


class SqsFailures:
    """Counts and throws away notes; plays `Failures`."""

    def __init__(self, client: "SQSClient", urls: Sequence[str]) -> None:
        self._client = client
        self._urls = urls

    def count(self) -> int:
        """Give how many notes wait, as nearly as the queues know."""
        wanted = "ApproximateNumberOfMessages"
        with confirming():
            answers = [
                self._client.get_queue_attributes(QueueUrl=url, AttributeNames=[wanted])["Attributes"]
                for url in self._urls
            ]
        return sum(int(answer[wanted]) for answer in answers)

    def clear(self) -> int:
        """Throw away up to 1 000 notes of each queue; give how many. A repeat goes on. `NotConfirmedError`."""
        return sum(self._clear(url) for url in self._urls)

    def _clear(self, url: str) -> int:
        gone = 0
        while gone < MOST:
            with confirming():
                notes = self._client.receive_message(QueueUrl=url, MaxNumberOfMessages=AT_ONCE, VisibilityTimeout=30)
                found = notes.get("Messages", [])
                for note in found:
                    self._client.delete_message(QueueUrl=url, ReceiptHandle=note.get("ReceiptHandle", ""))
            if not found:
                break
            gone += len(found)
        return gone
