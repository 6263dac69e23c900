"""E-mail through SES: plain text, a subject, and tags that hold no address."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from familjehem.adapters.aws import confirming
from familjehem.ports import AddressRefusedError

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class SesPost:
    """Sends e-mail; plays `Post`. `sender` is a plain address or `Name <address>`."""

    def __init__(self, client: "SESV2Client", sender: str, configuration_set: str) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, to: str, subject: str, text: str, tags: Mapping[str, str]) -> None:
        """Hand one e-mail to the provider; a repeat sends another.

        `AddressRefusedError` when it will never take it, `NotConfirmedError` when it did not take it now.
        """
        with confirming(), self._refusing():
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": subject, "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                    }
                },
                ConfigurationSetName=self._configuration_set,
                EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
            )

    @contextmanager
    def _refusing(self) -> Generator[None]:
        try:
            yield
        except self._client.exceptions.BadRequestException:
            raise AddressRefusedError from None
