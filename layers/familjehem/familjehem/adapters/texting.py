"""SMS through SNS."""

from typing import TYPE_CHECKING

from familjehem.adapters.aws import confirming
from familjehem.ports import AddressRefusedError

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class SnsTexting:
    """Sends SMS; plays `Texting`."""

    def __init__(self, client: "SNSClient", sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, to: str, text: str) -> None:
        """Hand one message to the provider; `AddressRefusedError`, `NotConfirmedError`."""
        attributes = {"AWS.SNS.SMS.SenderID": self._sender, "AWS.SNS.SMS.SMSType": "Transactional"}
        with confirming():
            try:
                self._client.publish(
                    PhoneNumber=to,
                    Message=text,
                    MessageAttributes={
                        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                    },
                )
            except self._client.exceptions.InvalidParameterException:
                raise AddressRefusedError from None
