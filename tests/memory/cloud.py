"""An AWS in memory, for the real adapters: fast, and with a place at every call where a fault can be put in.

It plays what our adapters call and nothing else, and passes the port suite as moto does (docs/decisions/0033). Whatever it
does not know it refuses, so that nothing passes here by being ignored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from familjehem.adapters.aws import TemporaryCredentials
from familjehem.adapters.dynamo.table import Database
from tests.memory.dynamodb import DynamoDb
from tests.memory.errors import Exceptions
from tests.memory.services import MAILBOX, S3, Cognito, Kms, SecretsManager, Ses, Sns, Sqs, Sts

BUCKET = MAILBOX
AUDIT_BUCKET = "audit"


@dataclass(frozen=True, slots=True)
class Call:
    """One call that a client makes; `do` does it, as often as it is called."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    do: Callable[[], Any]

    @property
    def name(self) -> str:
        """The call's name, such as `dynamodb:put_item`."""
        return f"{self.service}:{self.operation}"


type Wire = Callable[[Call], Any]
"""What lies between a client and AWS."""


def straight(call: Call) -> Any:
    """Let a call through."""
    return call.do()


class Cloud:
    """Everything that is stored anywhere."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.dynamodb = DynamoDb(now)
        self.kms = Kms(now)
        self.s3 = S3()
        self.sesv2 = Ses(now)
        self.sns = Sns()
        self.secretsmanager = SecretsManager()
        self.sts = Sts(now)
        self.cognito = Cognito()
        self.sqs = Sqs(now)

    def copy(self, now: Callable[[], datetime]) -> "Cloud":
        """Give a cloud of its own with the same tables, keys, objects and secrets, and nothing sent."""
        other = Cloud(now)
        other.dynamodb.tables = {name: table.copy() for name, table in self.dynamodb.tables.items()}
        other.kms, other.s3, other.cognito = self.kms.copy(now), self.s3.copy(), self.cognito.copy()
        other.secretsmanager.secrets = dict(self.secretsmanager.secrets)
        return other


def _nothing(*_: Any) -> None:
    pass


class Client:
    """Plays a boto3 client of one service."""

    def __init__(self, cloud: Cloud, service: str, wire: Wire, session: str | None) -> None:
        self._service = service
        self._player = getattr(cloud, service)
        self._wire = wire
        self._session: Mapping[str, Any] = {} if service == "dynamodb" else {"session": session}
        self.exceptions = Exceptions()
        # Hooks on botocore have nothing to hang on here.
        self.meta = SimpleNamespace(events=SimpleNamespace(register=_nothing, unregister=_nothing))

    def get_paginator(self, operation: str) -> SimpleNamespace:
        """Give what turns pages: everything fits on one."""
        return SimpleNamespace(paginate=lambda **parameters: [getattr(self, operation)(**parameters)])

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation.startswith("_") or not hasattr(self._player, operation):
            message = f"{self._service}:{operation} is not played by tests/memory"
            raise AttributeError(message)
        play = getattr(self._player, operation)

        def called(**parameters: Any) -> Any:
            return self._wire(Call(self._service, operation, parameters, lambda: play(**self._session, **parameters)))

        return called


class MemoryAws:
    """Plays `Aws`: makes clients of one cloud; `sleep` is what its databases pause with."""

    def __init__(
        self,
        cloud: Cloud,
        wire: Wire = straight,
        *,
        sleep: Callable[[float], None] = lambda _: None,
        session: str | None = None,
    ) -> None:
        self.cloud = cloud
        self.wire = wire
        self.sleep = sleep
        self._session = session

    def acting_as(self, credentials: TemporaryCredentials) -> "MemoryAws":
        """Give the same maker of clients in a tenant session."""
        recipient = credentials.get("aws_access_key_id")
        return MemoryAws(self.cloud, self.wire, sleep=self.sleep, session=recipient)

    def dynamodb(self) -> Any:
        client = self._client("dynamodb")
        client.sleep = self.sleep
        return client

    def kms(self) -> Any:
        return self._client("kms")

    def s3(self) -> Any:
        return self._client("s3")

    def ses(self) -> Any:
        return self._client("sesv2")

    def secrets(self) -> Any:
        return self._client("secretsmanager")

    def sts(self) -> Any:
        return self._client("sts")

    def accounts(self) -> Any:
        return self._client("cognito")

    def sns(self) -> Any:
        return self._client("sns")

    def sqs(self) -> Any:
        return self._client("sqs")

    def _client(self, service: str) -> Client:
        return Client(self.cloud, service, self.wire, self._session)


def database(client: Any, **_: Any) -> Database:
    """Stand for `Database` where nobody shall really sleep: it pauses with what its client was made with."""
    return Database(client, sleep=client.sleep, chance=lambda: 0.5)
