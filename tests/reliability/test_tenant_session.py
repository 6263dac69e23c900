"""Whoever held a tenant session's credentials, past all of our code: what AWS itself would let them reach.

The session policy is the very one that the mailbox takes, written out for its recipient; the emulator judges each call by it,
by the role's own policy and by the policy of the key. Conditions one by one are tried in `tests/infrastructure`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from dev.cloud import known
from dev.template import REGION
from familjehem.adapters.documents import filled, policy
from familjehem.adapters.tenancy import POLICY, Premises
from tests.reliability.running import FIVE, Running, Store

OWN, OTHER = "0680", "0180"
REFUSED = {"AccessDenied", "AccessDeniedException"}


@dataclass(frozen=True)
class Lair:
    """One letter as it lies in the stores: where, and under what."""

    recipient: str
    number: str
    wrap: Mapping[str, Any]

    @property
    def context(self) -> dict[str, str]:
        return {"recipient": self.recipient, "delivery": self.number}


class Session:
    """Clients with the credentials of one recipient's tenant session."""

    def __init__(self, running: Running, store: Store, recipient: str, **changes: Any) -> None:
        premises = Premises(
            main=store.named("Data/MainTable"),
            wraps=store.named("Data/WrapsTable"),
            tally=store.named("Data/TallyTable"),
            bucket=store.named("Data/MailboxBucket"),
            reports=store.named("Data/ReportBucket"),
            role_arn=known(running.places)["TenantRole"].attributes["Arn"],
        )
        asked = {
            "RoleArn": premises.role_arn,
            "RoleSessionName": f"mailbox-{recipient}",
            "Tags": [{"Key": "recipient", "Value": recipient}],
            "Policy": filled(policy(POLICY), premises.names(recipient)),
        }
        mailbox = _client(running, "sts", _assumed(store.client("sts"), known(running.places)["MailboxRole"]))
        self._credentials = mailbox.assume_role(**{**asked, **changes})["Credentials"]
        self._running = running

    def __call__(self, service: str) -> Any:
        return _client(self._running, service, self._credentials)


def _assumed(sts: Any, role: Any) -> Mapping[str, str]:
    return sts.assume_role(RoleArn=role.attributes["Arn"], RoleSessionName="prov")["Credentials"]


def _client(running: Running, service: str, credentials: Mapping[str, str]) -> Any:
    session = boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=REGION,
    )
    return session.client(service, endpoint_url=running.service.emulator)


@pytest.fixture(scope="module")
def lairs(running: Running) -> Mapping[str, Lair]:
    """Give where an application's letters lie, by recipient."""
    receipt = running.submit(*FIVE).json()
    running.quiet()
    wraps = {row["pk"]["S"]: row for row in Store(running).rows("Wraps")}
    numbers = {one["recipient"]["id"]: one["number"] for one in receipt["deliveries"]}
    return {owner: Lair(owner, number, wraps[f"WRAP#{owner}#{number}"]) for owner, number in numbers.items()}


def reaches(session: Session, store: Store, lair: Lair) -> dict[str, Callable[[], Any]]:
    """Give every way to a letter that the mailbox itself goes, and a few that it does not."""
    main, wraps = store.named("Data/MainTable"), store.named("Data/WrapsTable")
    bucket = store.named("Data/MailboxBucket")
    dynamodb, s3, kms = session("dynamodb"), session("s3"), session("kms")
    place = {"pk": {"S": f"DELIVERY#{lair.recipient}#{lair.number}"}, "sk": {"S": "DELIVERY"}}

    def query(partition: str, table: str = main, **asked: Any) -> Any:
        name = "inbox_pk" if asked else "pk"
        return dynamodb.query(
            TableName=table,
            KeyConditionExpression=f"{name} = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            **asked,
        )

    def line(partition: str) -> Any:
        return dynamodb.put_item(TableName=main, Item={"pk": {"S": partition}, "sk": {"S": "LINE#prov"}})

    return {
        "list": lambda: query(f"INBOX#{lair.recipient}", IndexName="inbox"),
        "read the row": lambda: dynamodb.get_item(TableName=main, Key=place),
        "read what was done": lambda: query(f"HANDLING#{lair.recipient}#{lair.number}"),
        "read the access log": lambda: query(f"ACCESS#{lair.recipient}"),
        "write into the access log": lambda: line(f"ACCESS#{lair.recipient}"),
        "claim": lambda: dynamodb.update_item(
            TableName=main,
            Key=place,
            UpdateExpression="SET #handler = :who",
            ExpressionAttributeNames={"#handler": "handler"},
            ExpressionAttributeValues={":who": {"S": "prov"}},
        ),
        "read the wrap": lambda: dynamodb.batch_get_item(
            RequestItems={wraps: {"Keys": [{"pk": lair.wrap["pk"], "sk": lair.wrap["sk"]}]}}
        ),
        "read the object": lambda: s3.get_object(Bucket=bucket, Key=f"{lair.recipient}/{lair.number}/letter"),
        "open the wrap": lambda: kms.decrypt(
            KeyId=lair.wrap["key_arn"]["S"],
            CiphertextBlob=lair.wrap["wrap"]["B"],
            EncryptionContext=lair.context,
        ),
    }


NEVER: Mapping[str, Callable[[Session, Store, Lair], Any]] = {
    "scan everything": lambda session, store, _: session("dynamodb").scan(TableName=store.named("Data/MainTable")),
    "scan all wraps": lambda session, store, _: session("dynamodb").scan(TableName=store.named("Data/WrapsTable")),
    "list all objects": lambda session, store, _: session("s3").list_objects_v2(
        Bucket=store.named("Data/MailboxBucket")
    ),
    "remove an object": lambda session, store, lair: session("s3").delete_object(
        Bucket=store.named("Data/MailboxBucket"), Key=f"{lair.recipient}/{lair.number}/letter"
    ),
    "destroy a wrap": lambda session, store, lair: session("dynamodb").delete_item(
        TableName=store.named("Data/WrapsTable"), Key={"pk": lair.wrap["pk"], "sk": lair.wrap["sk"]}
    ),
    "remove the access log": lambda session, store, lair: session("dynamodb").delete_item(
        TableName=store.named("Data/MainTable"), Key={"pk": {"S": f"ACCESS#{lair.recipient}"}, "sk": {"S": "HEAD"}}
    ),
    "open the wrap as another's": lambda session, _, lair: session("kms").decrypt(
        KeyId=lair.wrap["key_arn"]["S"],
        CiphertextBlob=lair.wrap["wrap"]["B"],
        EncryptionContext=lair.context | {"recipient": OTHER},
    ),
    "make a data key": lambda session, _, lair: session("kms").generate_data_key(
        KeyId=lair.wrap["key_arn"]["S"], KeySpec="AES_256", EncryptionContext=lair.context
    ),
    "become another": lambda session, _, lair: session("sts").assume_role(
        RoleArn="arn:aws:iam::000000000000:role/familjehem-tenant",
        RoleSessionName=f"mailbox-{OTHER}",
        Tags=[{"Key": "recipient", "Value": OTHER}],
    ),
}


def refused(reach: Callable[[], Any]) -> bool:
    try:
        reach()
    except ClientError as error:
        if error.response["Error"]["Code"] not in REFUSED:
            raise
        return True
    return False


def test_its_own_letters_are_all_that_a_tenant_session_reaches(
    running: Running, store: Store, lairs: Mapping[str, Lair]
) -> None:
    # given
    session = Session(running, store, OWN)
    # then
    own = {name: refused(reach) for name, reach in reaches(session, store, lairs[OWN]).items()}
    assert own == dict.fromkeys(own, False)
    for owner in set(lairs) - {OWN}:
        others = {name: refused(reach) for name, reach in reaches(session, store, lairs[owner]).items()}
        assert others == dict.fromkeys(others, True), owner
    assert all(refused(lambda reach=reach: reach(session, store, lairs[OWN])) for reach in NEVER.values())


def test_a_policy_for_one_and_a_tag_for_another_reach_neither_s_letters(
    running: Running, store: Store, lairs: Mapping[str, Lair]
) -> None:
    # given a session that says two things: the tag holds the role and the key, the policy holds the session
    tagged = {"Tags": [{"Key": "recipient", "Value": OTHER}]}
    session = Session(running, store, OWN, RoleSessionName=f"mailbox-{OTHER}", **tagged)
    # then
    assert refused(lambda: Session(running, store, OWN, **tagged)), "a session is named after its tag"
    for owner in (OWN, OTHER):
        found = {name: refused(reach) for name, reach in reaches(session, store, lairs[owner]).items()}
        assert found == dict.fromkeys(found, True), owner
