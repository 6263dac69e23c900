"""The third house of the port suite: the adapters over the AWS in memory."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from samtranslator.yaml_helper import yaml_parse

from familjehem.adapters.dynamo.intake import Tables
from tests.adapters import houses
from tests.adapters.houses import TEMPLATE, AwsHouse
from tests.memory.cloud import AUDIT_BUCKET, BUCKET, Cloud, MemoryAws
from tests.memory.dynamodb import Table
from tests.memory.services import ACCOUNT

TABLES = Tables(main="main", wraps="wraps", tally="tally")
SECRET = "mac"
POOL = "case-workers"
SECRETS = {"current": "2", "1": "the first secret of the tests", "2": "the second secret of the tests"}

_write, _read = TypeSerializer().serialize, TypeDeserializer().deserialize


@cache
def _described() -> Mapping[str, Any]:
    resources = yaml_parse(TEMPLATE.read_text("utf-8"))["Resources"]
    return {name: resources[f"{name.capitalize()}Table"]["Properties"] for name in ("main", "wraps", "tally")}


def furnished(cloud: Cloud) -> str:
    """Make the tables of the template and the secret; give the contact key."""
    for name, properties in _described().items():
        cloud.dynamodb.tables[name] = Table.described(name, properties)
    cloud.secretsmanager.secrets[SECRET] = json.dumps(SECRETS)
    return cloud.kms.create_key(session=None)["KeyMetadata"]["Arn"]


def described(name: str) -> Mapping[str, Any]:
    """Give what the template says of the table main, wraps or tally."""
    return _described()[name]


class Rows:
    """A table as a boto3 resource shows it: values as Python has them."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self._client = cloud.dynamodb
        self._name = name

    def put_item(self, *, Item: Mapping[str, Any]) -> None:
        self._client.put_item(TableName=self._name, Item=_stored(Item))

    def get_item(self, *, Key: Mapping[str, Any]) -> dict[str, Any]:
        found = self._client.get_item(TableName=self._name, Key=_stored(Key))
        return {"Item": _loaded(found["Item"])} if found else {}

    def delete_item(self, *, Key: Mapping[str, Any]) -> None:
        self._client.delete_item(TableName=self._name, Key=_stored(Key))

    def update_item(self, *, Key: Mapping[str, Any], **asked: Any) -> None:
        if "ExpressionAttributeValues" in asked:
            asked["ExpressionAttributeValues"] = _stored(asked["ExpressionAttributeValues"])
        self._client.update_item(TableName=self._name, Key=_stored(Key), **asked)

    def query(self, *, KeyConditionExpression: ConditionBase, **asked: Any) -> dict[str, Any]:
        built = ConditionExpressionBuilder().build_expression(KeyConditionExpression, is_key_condition=True)
        found = self._client.query(
            TableName=self._name,
            KeyConditionExpression=built.condition_expression,
            ExpressionAttributeNames=built.attribute_name_placeholders,
            ExpressionAttributeValues=_stored(built.attribute_value_placeholders),
            **asked,
        )
        return {**found, "Items": [_loaded(row) for row in found["Items"]]}

    def scan(self, **_: Any) -> dict[str, Any]:
        return {"Items": [_loaded(row) for row in self._client.scan(TableName=self._name)["Items"]]}


class _Resource:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def Table(self, name: str) -> Rows:
        return Rows(self._cloud, name)


class MemoryHouse(AwsHouse):
    """The house of adapters, each of its own AWS in memory."""

    def __init__(self) -> None:
        self.memory = Cloud()
        contact_key = furnished(self.memory)
        super().__init__(
            houses.Cloud(
                aws=cast("Any", MemoryAws(self.memory)),
                tables=TABLES,
                bucket=BUCKET,
                audit_bucket=AUDIT_BUCKET,
                contact_key_arn=contact_key,
                secret_arn=SECRET,
                resource=_Resource(self.memory),
                account=ACCOUNT,
                pool=POOL,
            )
        )

    def sent(self) -> list[tuple[str, str, str]]:
        return [(mail.to, mail.subject, mail.text) for mail in self.memory.sesv2.mails]

    def texted(self) -> list[tuple[str, str]]:
        return list(self.memory.sns.messages)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _write(value) for name, value in values.items()}


def _loaded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read(value) for name, value in row.items()}
