"""How AWS is reached: one session, one configuration, and one reading of its errors.

Region, credentials and endpoint come from the environment that botocore reads by itself.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from familjehem.domain.errors import NotConfirmedError

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

CARDS_AT_ONCE = 25
CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"total_max_attempts": 3, "mode": "standard"},
    tcp_keepalive=True,
    max_pool_connections=CARDS_AT_ONCE,
)


class TemporaryCredentials(TypedDict, total=False):
    """Credentials in the form that a boto3 client takes; empty for those of the environment."""

    aws_access_key_id: str
    aws_secret_access_key: str
    aws_session_token: str


class Aws:
    """Makes clients that share one session, and with it the parsed descriptions of the services."""

    def __init__(self, session: boto3.Session | None = None, credentials: TemporaryCredentials | None = None) -> None:
        self._session = session or boto3.Session()
        self._credentials: TemporaryCredentials = credentials or {}

    def acting_as(self, credentials: TemporaryCredentials) -> "Aws":
        """Give the same maker of clients with other credentials."""
        return Aws(self._session, credentials)

    def accounts(self) -> "CognitoIdentityProviderClient":
        """Make a client of Cognito's user pools."""
        return self._session.client("cognito-idp", config=CONFIG, **self._credentials)

    def dynamodb(self) -> "DynamoDBClient":
        """Make a client of DynamoDB."""
        return self._session.client("dynamodb", config=CONFIG, **self._credentials)

    def kms(self) -> "KMSClient":
        """Make a client of KMS."""
        return self._session.client("kms", config=CONFIG, **self._credentials)

    def functions(self) -> "LambdaClient":
        """Make a client of Lambda, as patient as what it calls."""
        patient = CONFIG.merge(Config(read_timeout=280, retries={"total_max_attempts": 1, "mode": "standard"}))
        return self._session.client("lambda", config=patient, **self._credentials)

    def s3(self) -> "S3Client":
        """Make a client of S3."""
        return self._session.client("s3", config=CONFIG, **self._credentials)

    def ses(self) -> "SESV2Client":
        """Make a client of SES, version 2."""
        return self._session.client("sesv2", config=CONFIG, **self._credentials)

    def secrets(self) -> "SecretsManagerClient":
        """Make a client of Secrets Manager."""
        return self._session.client("secretsmanager", config=CONFIG, **self._credentials)

    def sns(self) -> "SNSClient":
        """Make a client of SNS, which sends SMS."""
        return self._session.client("sns", config=CONFIG, **self._credentials)

    def sqs(self) -> "SQSClient":
        """Make a client of SQS."""
        return self._session.client("sqs", config=CONFIG, **self._credentials)

    def sts(self) -> "STSClient":
        """Make a client of STS."""
        return self._session.client("sts", config=CONFIG, **self._credentials)


def code(error: ClientError) -> str:
    """Give the error code of an answer, such as `DisabledException`; empty where there is none."""
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def confirming() -> Generator[None]:
    """Turn what botocore raises within, where nobody has read it, into `NotConfirmedError`.

    The message names operation and code and nothing else: messages of AWS may repeat keys and values.
    """
    try:
        yield
    except ClientError as error:
        message = f"{error.operation_name}: {code(error)}"
        raise NotConfirmedError(message) from None
    except BotoCoreError as error:
        raise NotConfirmedError(type(error).__name__) from None
