"""Conditions that ministack does not know by itself: each with a call that is allowed and one that is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.dev.conftest import Stand

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    ],
}
TAGS = [{"Key": "recipient", "Value": "0680"}]


@pytest.fixture
def role(stand: Stand, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Makes a role with these statements and gives its name."""
    made: list[str] = []

    def make(*statements: dict[str, Any]) -> str:
        name = f"role-{abs(hash(request.node.name)) % 10**9}-{len(made)}"
        stand.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        stand.client("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
        made.append(name)
        return name

    return make


def refused(call: Callable[..., Any], **arguments: Any) -> bool:
    """Tell whether a call is denied; any other error is the test's failure."""
    try:
        call(**arguments)
    except ClientError as error:
        if "AccessDenied" not in error.response["Error"]["Code"]:
            raise
        return True
    return False


def allow(action: str | list[str], resource: str, **condition: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def test_the_encryption_context_is_judged(stand: Stand, role: Callable[..., str]) -> None:
    arn = stand.physical["Data/Key"].attributes["Arn"]
    kms = stand.acting_as(
        "kms",
        role(
            allow(
                "kms:GenerateDataKey",
                arn,
                StringEquals={"kms:EncryptionContext:recipient": "0680"},
                Null={"kms:EncryptionContext:delivery": "false"},
                **{"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["recipient", "delivery"]}},
            )
        ),
    )

    def make(**context: str) -> bool:
        return refused(kms.generate_data_key, KeyId=arn, KeySpec="AES_256", EncryptionContext=context)

    assert not make(recipient="0680", delivery="1")
    assert make(recipient="0180", delivery="1")
    assert make(recipient="0680")
    assert make(recipient="0680", delivery="1", more="x")
    assert refused(kms.generate_data_key, KeyId=arn, KeySpec="AES_256")


def test_a_key_that_may_be_used_through_a_service_only_is_of_no_use_beside_it(
    stand: Stand, role: Callable[..., str]
) -> None:
    arn = stand.physical["Data/Key"].attributes["Arn"]
    through = {"kms:ViaService": "dynamodb.eu-north-1.amazonaws.com"}
    kms = stand.acting_as("kms", role(allow("kms:GenerateDataKey", arn, StringEquals=through)))
    assert refused(kms.generate_data_key, KeyId=arn, KeySpec="AES_256")


def test_rows_are_judged_by_their_partition_one_by_one(stand: Stand, role: Callable[..., str]) -> None:
    table, arn = stand.physical["Data/Table"].ref, stand.physical["Data/Table"].attributes["Arn"]
    within = {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["MINE#*"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    checked = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["OTHER#*"]}}
    name = role(
        allow(["dynamodb:PutItem", "dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem"], arn, **within),
        allow("dynamodb:ConditionCheckItem", arn, **checked),
    )
    dynamodb = stand.acting_as("dynamodb", name)

    def key(pk: str) -> dict[str, Any]:
        return {"pk": {"S": pk}, "sk": {"S": "x"}}

    def query(pk: str) -> bool:
        return refused(
            dynamodb.query,
            TableName=table,
            KeyConditionExpression="#p = :p",
            ExpressionAttributeNames={"#p": "pk"},
            ExpressionAttributeValues={":p": {"S": pk}},
        )

    def transact(put: str, check: str) -> bool:
        condition = {"TableName": table, "Key": key(check), "ConditionExpression": "attribute_not_exists(pk)"}
        items = [{"Put": {"TableName": table, "Item": key(put)}}, {"ConditionCheck": condition}]
        return refused(dynamodb.transact_write_items, TransactItems=items)

    assert not refused(dynamodb.put_item, TableName=table, Item=key("MINE#1"))
    assert refused(dynamodb.put_item, TableName=table, Item=key("OTHER#1"))
    assert not refused(dynamodb.get_item, TableName=table, Key=key("MINE#1"))
    assert refused(dynamodb.batch_get_item, RequestItems={table: {"Keys": [key("MINE#1"), key("OTHER#1")]}})
    assert not query("MINE#1")
    assert query("OTHER#1")
    assert not transact("MINE#2", "OTHER#2")
    assert transact("OTHER#2", "OTHER#2")
    assert transact("MINE#2", "MINE#3")


def test_an_update_is_judged_by_the_attributes_that_it_names(stand: Stand, role: Callable[..., str]) -> None:
    table, arn = stand.physical["Data/Table"].ref, stand.physical["Data/Table"].attributes["Arn"]
    named = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "touches"]}}
    dynamodb = stand.acting_as("dynamodb", role(allow("dynamodb:UpdateItem", arn, **named)))

    def update(expression: str, **names: str) -> bool:
        return refused(
            dynamodb.update_item,
            TableName=table,
            Key={"pk": {"S": "UPDATED"}, "sk": {"S": "x"}},
            UpdateExpression=expression,
            ExpressionAttributeValues={":n": {"N": "1"}},
            **({"ExpressionAttributeNames": {f"#{n}": name for n, name in names.items()}} if names else {}),
        )

    assert not update("SET touches = if_not_exists(touches, :n) + :n")
    assert not update("ADD #t :n", t="touches")
    assert update("SET #s = :n", s="state")
    assert update("SET touches = :n, received_at = :n")


def test_a_session_tag_is_put_into_resources_and_conditions(stand: Stand, role: Callable[..., str]) -> None:
    bucket, arn = stand.physical["Data/Bucket"].ref, stand.physical["Data/Table"].attributes["Arn"]
    tag = "${aws:PrincipalTag/recipient}"
    leading = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": f"INBOX#{tag}"}}
    name = role(
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/{tag}/*"),
        allow("dynamodb:GetItem", arn, **leading),
    )
    for owner in ("0680", "0180"):
        stand.client("s3").put_object(Bucket=bucket, Key=f"{owner}/1/letter", Body=b"x")
    s3 = stand.acting_as("s3", name, Tags=TAGS)
    dynamodb = stand.acting_as("dynamodb", name, Tags=TAGS)
    table = stand.physical["Data/Table"].ref

    assert not refused(s3.get_object, Bucket=bucket, Key="0680/1/letter")
    assert refused(s3.get_object, Bucket=bucket, Key="0180/1/letter")
    assert not refused(dynamodb.get_item, TableName=table, Key={"pk": {"S": "INBOX#0680"}, "sk": {"S": "x"}})
    assert refused(dynamodb.get_item, TableName=table, Key={"pk": {"S": "INBOX#0180"}, "sk": {"S": "x"}})
    untagged = stand.acting_as("s3", name)
    assert refused(untagged.get_object, Bucket=bucket, Key="0680/1/letter")


def test_a_role_is_known_by_its_own_arn_in_a_condition(stand: Stand, role: Callable[..., str]) -> None:
    bucket = stand.physical["Data/Bucket"].ref
    owner = role(allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*"))
    other = role(allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*"))
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{bucket}/owned/*",
                "Condition": {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::000000000000:role/{owner}"}},
            },
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{bucket}/once/*",
                "Condition": {"Null": {"s3:if-none-match": "true"}},
            },
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }
    stand.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    try:
        mine, theirs = stand.acting_as("s3", owner), stand.acting_as("s3", other)
        assert not refused(mine.put_object, Bucket=bucket, Key="owned/a", Body=b"x")
        assert refused(theirs.put_object, Bucket=bucket, Key="owned/a", Body=b"x")
        assert not refused(mine.put_object, Bucket=bucket, Key="once/a", Body=b"x", IfNoneMatch="*")
        assert refused(mine.put_object, Bucket=bucket, Key="once/b", Body=b"x")
    finally:
        stand.client("s3").delete_bucket_policy(Bucket=bucket)


def test_a_sending_is_judged_by_its_sender_and_identity(stand: Stand, role: Callable[..., str]) -> None:
    stand.client("sesv2").create_email_identity(EmailIdentity="prov.example")
    ses = stand.acting_as(
        "sesv2",
        role(
            allow(
                "ses:SendEmail",
                "arn:aws:ses:eu-north-1:000000000000:identity/prov.example",
                StringEquals={"ses:FromAddress": "ingen-svar@prov.example"},
            )
        ),
    )

    def send(sender: str) -> bool:
        return refused(
            ses.send_email,
            FromEmailAddress=sender,
            Destination={"ToAddresses": ["b@prov.example"]},
            Content={"Simple": {"Subject": {"Data": "hej"}, "Body": {"Text": {"Data": "hej"}}}},
        )

    assert not send("ingen-svar@prov.example")
    assert not send("Familjehem <ingen-svar@prov.example>")
    assert send("annan@prov.example")


def test_without_any_right_nothing_is_allowed(stand: Stand, role: Callable[..., str]) -> None:
    nothing = role(allow("sts:GetCallerIdentity", "*"))
    assert refused(stand.acting_as("dynamodb", nothing).scan, TableName=stand.physical["Data/Table"].ref)
    assert refused(stand.acting_as("kms", nothing).list_keys)
    assert refused(stand.acting_as("s3", nothing).list_buckets)
