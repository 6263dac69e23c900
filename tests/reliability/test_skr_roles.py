"""SKR's people, past the console: with the credentials of their roles no letter, wrap, key or account is reached.

The policy evaluator tries every operation (tests/infrastructure/test_console.py); here the emulator judges the same roles,
with a real letter in its stores.
"""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from dev.cloud import known
from dev.template import REGION
from tests.reliability.running import FIVE, Running, Store
from tests.reliability.test_tenant_session import OWN, REFUSED, Lair, reaches

ANYBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
ROLES = ("operator", "approver", "automation")


class SkrSession:
    """Clients with the credentials of one of SKR's roles."""

    def __init__(self, running: Running, store: Store, role: str) -> None:
        arn = known(running.places)[f"Console/{role.title()}Role"].attributes["Arn"]
        # Who may take the role, and that a second factor is asked for, is not the question here: for a moment anybody may.
        iam, name = store.client("iam"), arn.rpartition("/")[2]
        trusted = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(ANYBODY))
        try:
            self._credentials = store.client("sts").assume_role(RoleArn=arn, RoleSessionName="prov")["Credentials"]
        finally:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trusted))
        self._emulator = running.service.emulator

    def __call__(self, service: str) -> Any:
        session = boto3.Session(
            aws_access_key_id=self._credentials["AccessKeyId"],
            aws_secret_access_key=self._credentials["SecretAccessKey"],
            aws_session_token=self._credentials["SessionToken"],
            region_name=REGION,
        )
        return session.client(service, endpoint_url=self._emulator)


@pytest.fixture(scope="module")
def lair(running: Running) -> Lair:
    """Give where one letter lies."""
    receipt = running.submit(*FIVE).json()
    running.quiet()
    number = next(one["number"] for one in receipt["deliveries"] if one["recipient"]["id"] == OWN)
    wraps: Mapping[str, Any] = {row["pk"]["S"]: row for row in Store(running).rows("Wraps")}
    return Lair(OWN, number, wraps[f"WRAP#{OWN}#{number}"])


@pytest.mark.parametrize("role", ROLES)
def test_no_way_to_a_letter_is_open_to_a_role_of_skr(running: Running, store: Store, lair: Lair, role: str) -> None:
    # given
    session = SkrSession(running, store, role)
    pool = known(running.places)["Identity/CaseWorkers"].ref
    person = running.worker_of(OWN)
    ways = {
        **reaches(session, store, lair),  # type: ignore[arg-type]
        "scan everything": lambda: session("dynamodb").scan(TableName=store.named("Data/MainTable")),
        "scan all wraps": lambda: session("dynamodb").scan(TableName=store.named("Data/WrapsTable")),
        "list all objects": lambda: session("s3").list_objects_v2(Bucket=store.named("Data/MailboxBucket")),
        "let oneself decrypt": lambda: session("kms").create_grant(
            KeyId=lair.wrap["key_arn"]["S"],
            GranteePrincipal=known(running.places)["Console/OperatorRole"].attributes["Arn"],
            Operations=["Decrypt"],
        ),
        "change the key's policy": lambda: session("kms").put_key_policy(
            KeyId=lair.wrap["key_arn"]["S"], PolicyName="default", Policy="{}"
        ),
        "sign in as staff": lambda: session("cognito-idp").admin_set_user_password(
            UserPoolId=pool, Username=person, Password="Prov-prov-prov-1", Permanent=True
        ),
        "become the mailbox": lambda: session("sts").assume_role(
            RoleArn=known(running.places)["TenantRole"].attributes["Arn"], RoleSessionName="mailbox-0680"
        ),
    }
    # when
    open_ways = set[str]()
    for name, way in ways.items():
        try:
            way()
        except ClientError as error:
            if error.response["Error"]["Code"] not in REFUSED:
                open_ways.add(f"{name}: {error.response['Error']['Code']}")
        else:
            open_ways.add(name)
    # then
    assert open_ways == set()
