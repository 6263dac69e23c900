"""The recorder of AWS calls: every call that any boto3 client makes, as the access control of AWS would see it.

In a test: `with Recorder("submission") as calls: …`. In a worker process: `switch_on("submission")`, which does
nothing unless FAMILJEHEM_RECORD names a file; calls are added to it as JSON lines, and `read(path)` gives them
back. Values are recorded only where conditions can ask for them: keys of rows, encryption contexts, tags,
headers; never attributes' values, bodies or addresses.
"""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from botocore.client import BaseClient
from botocore.exceptions import ClientError

VARIABLE = "FAMILJEHEM_RECORD"
ACCOUNT = "123456789012"

_TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_EXPRESSIONS = (
    "ProjectionExpression",
    "KeyConditionExpression",
    "FilterExpression",
    "ConditionExpression",
    "UpdateExpression",
)
_NAME = re.compile(r"#\w+")
_EQUALS = re.compile(r"(#?\w+)\s*=\s*(:\w+)")
_HEADERS = {
    "IfNoneMatch": "s3:if-none-match",
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "Prefix": "s3:prefix",
}
NEW_KEY = "key/yet-to-be-made"
_OF_VERSIONS = {"DeleteObject", "GetObject"}
_OBJECT_ACTIONS = {"HeadObject": "GetObject"}
_BUCKET_ACTIONS = {"ListObjectsV2": "ListBucket", "ListObjects": "ListBucket", "HeadBucket": "ListBucket"}
_BUCKET_ACTIONS |= {"ListObjectVersions": "ListBucketVersions"}


@dataclass(frozen=True)
class Call:
    """One right that one call needed.

    `principal` is the ARN of the role whose session made the call, None for the function's own; `context` maps
    condition keys of IAM to a string or a list; `outcome` is `ok` or the error code.
    """

    function: str
    principal: str | None
    service: str
    operation: str
    action: str
    resources: tuple[str, ...]
    context: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = "ok"

    def line(self) -> str:
        """Give the call as one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True)
class _Session:
    """A session that was taken with AssumeRole: its role and tags."""

    role_arn: str
    tags: Mapping[str, str]


class Recorder:
    """Records while it is entered, or from `start` to `stop`; `calls` holds what was recorded.

    `function` is a name or gives the present name; `sink` is a file that gets the lines as well.
    """

    def __init__(
        self, function: str | Callable[[], str] = "", *, account: str = ACCOUNT, sink: Path | None = None
    ) -> None:
        self.calls: list[Call] = []
        self._function = function
        self._account = account
        self._sink = sink
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.Lock()
        self._original: Callable[..., Any] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Record from now on, whichever client and thread."""
        original = self._original = BaseClient._make_api_call  # pyright: ignore[reportAttributeAccessIssue]
        recorder = self

        def recorded(client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
            outcome = "ok"
            try:
                answer = original(client, operation_name, api_params)
                recorder._learn(operation_name, api_params, answer)
            except ClientError as error:
                outcome = error.response.get("Error", {}).get("Code", "")
                raise
            except Exception as error:
                outcome = type(error).__name__
                raise
            else:
                return answer
            finally:
                recorder._record(client, operation_name, api_params, outcome)

        BaseClient._make_api_call = recorded  # pyright: ignore[reportAttributeAccessIssue]

    def stop(self) -> None:
        """Record no more."""
        if self._original is not None:
            BaseClient._make_api_call = self._original  # pyright: ignore[reportAttributeAccessIssue]
            self._original = None

    def actions(self) -> set[str]:
        """Give the set of actions that were needed."""
        return {call.action for call in self.calls}

    def of(self, action: str) -> list[Call]:
        """Give the calls that needed this action."""
        return [call for call in self.calls if call.action == action]

    def _learn(self, operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        if operation == "AssumeRole":
            tags = {tag["Key"]: tag["Value"] for tag in asked.get("Tags", [])}
            self._sessions[answer["Credentials"]["AccessKeyId"]] = _Session(asked["RoleArn"], tags)

    def _record(self, client: Any, operation: str, asked: Mapping[str, Any], outcome: str) -> None:
        service = client.meta.service_model.service_name
        credentials = client._request_signer._credentials
        session = self._sessions.get(credentials.access_key) if credentials else None
        tags = {f"aws:PrincipalTag/{name}": value for name, value in session.tags.items()} if session else {}
        place = _Place(client.meta.region_name, self._account)
        function = self._function if isinstance(self._function, str) else self._function()
        for action, resources, context in _rights(service, operation, asked, place):
            call = Call(
                function=function,
                principal=session.role_arn if session else None,
                service=service,
                operation=operation,
                action=action,
                resources=resources,
                context={**context, **tags},
                outcome=outcome,
            )
            with self._lock:
                self.calls.append(call)
                if self._sink is not None:
                    with self._sink.open("a", encoding="utf-8") as sink:
                        sink.write(call.line() + "\n")


def switch_on(function: str | Callable[[], str], *, account: str = ACCOUNT) -> Recorder | None:
    """Record this process into the file that FAMILJEHEM_RECORD names; nothing where it names none."""
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    recorder = Recorder(function, account=account, sink=Path(path))
    recorder.start()
    return recorder


def read(path: Path) -> list[Call]:
    """Give the calls that were recorded into a file."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    read = (json.loads(line) for line in lines)
    return [Call(**{**call, "resources": tuple(call["resources"])}) for call in read]


# ---------------------------------------------------------------- what access control sees

type Right = tuple[str, tuple[str, ...], dict[str, Any]]


@dataclass(frozen=True)
class _Place:
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def named(self, service: str, kind: str, name: str) -> str:
        return name if name.startswith("arn:") else self.arn(service, f"{kind}/{name}")


def _rights(service: str, operation: str, asked: Mapping[str, Any], place: _Place) -> Iterator[Right]:
    match service:
        case "dynamodb":
            yield from _dynamodb(operation, asked, place)
        case "kms":
            yield from _kms(operation, asked, place)
        case "s3":
            yield _s3(operation, asked)
        case "sts":
            yield from _sts(operation, asked)
        case "sesv2":
            yield _ses(operation, asked, place)
        case "secretsmanager":
            yield f"secretsmanager:{operation}", (asked.get("SecretId", "*"),), {}
        case "lambda" if operation == "Invoke":
            yield "lambda:InvokeFunction", (asked.get("FunctionName", "*"),), {}
        case "cognito-idp":
            yield f"{service}:{operation}", (place.arn(service, f"userpool/{asked.get('UserPoolId', '*')}"),), {}
        case "sqs":
            queue = str(asked.get("QueueUrl", "*")).rpartition("/")[2]
            yield f"sqs:{operation}", (place.arn("sqs", queue),), {}
        case _:
            yield f"{service}:{operation}", ("*",), {}


def _dynamodb(operation: str, asked: Mapping[str, Any], place: _Place) -> Iterator[Right]:
    if operation in {"TransactWriteItems", "TransactGetItems"}:
        for item in asked["TransactItems"]:
            for kind, part in item.items():
                yield _row(_TRANSACTED[kind], part, place)
    elif operation in {"BatchGetItem", "BatchWriteItem"}:
        for table, part in asked["RequestItems"].items():
            requests = part["Keys"] if operation == "BatchGetItem" else [_written(one) for one in part]
            named = part if operation == "BatchGetItem" else {}
            leading = sorted({_text(row["pk"]) for row in requests})
            context: dict[str, Any] = {"dynamodb:LeadingKeys": leading}
            if attributes := _attributes(named, requests[0] if requests else {}):
                context["dynamodb:Attributes"] = attributes
            yield f"dynamodb:{operation}", (place.named("dynamodb", "table", table),), context
    else:
        yield _row(operation, asked, place)


def _written(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"]


def _row(action: str, asked: Mapping[str, Any], place: _Place) -> Right:
    table = place.named("dynamodb", "table", asked["TableName"]) if "TableName" in asked else "*"
    index = asked.get("IndexName")
    context: dict[str, Any] = {}
    row = asked.get("Key") or asked.get("Item") or {}
    if "pk" in row:
        context["dynamodb:LeadingKeys"] = [_text(row["pk"])]
    elif "KeyConditionExpression" in asked:
        context["dynamodb:LeadingKeys"] = [_partition(asked)]
    if attributes := _attributes(asked, row):
        context["dynamodb:Attributes"] = attributes
    if action in {"PutItem", "UpdateItem", "DeleteItem"}:
        context["dynamodb:ReturnValues"] = asked.get("ReturnValues", "NONE")
    if action in {"Query", "Scan"}:
        projected = "ALL_PROJECTED_ATTRIBUTES" if index else "ALL_ATTRIBUTES"
        given = "SPECIFIC_ATTRIBUTES" if "ProjectionExpression" in asked else projected
        context["dynamodb:Select"] = asked.get("Select", given)
    if action == "Scan":
        context["dynamodb:FullTableScan"] = "true"
    return f"dynamodb:{action}", (f"{table}/index/{index}" if index else table,), context


def _partition(asked: Mapping[str, Any]) -> str:
    """Give the value that the first part of a key condition, which is the partition's, is equal to."""
    found = _EQUALS.search(asked["KeyConditionExpression"])
    return _text(asked["ExpressionAttributeValues"][found[2]]) if found else "?"


def _attributes(asked: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    names = asked.get("ExpressionAttributeNames", {})
    used = {names.get(name, name) for part in _EXPRESSIONS for name in _NAME.findall(asked.get(part, ""))}
    return sorted(used | set(row))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(next(iter(value.values())))


def _kms(operation: str, asked: Mapping[str, Any], place: _Place) -> Iterator[Right]:
    key = asked.get("KeyId")
    resource = place.named("kms", "key", key) if key else "*"
    encryption = asked.get("EncryptionContext", {})
    context: dict[str, Any] = {f"kms:EncryptionContext:{name}": value for name, value in encryption.items()}
    if encryption:
        context["kms:EncryptionContextKeys"] = sorted(encryption)
    tags = {tag["TagKey"]: tag["TagValue"] for tag in asked.get("Tags", [])}
    context |= _tags(tags)
    yield f"kms:{operation}", (resource,), context
    if operation == "CreateKey" and tags:
        # The key is none yet: whoever may tag it must be allowed to tag any.
        yield "kms:TagResource", (place.arn("kms", NEW_KEY),), context


def _s3(operation: str, asked: Mapping[str, Any]) -> Right:
    bucket = f"arn:aws:s3:::{asked.get('Bucket', '*')}"
    context = {condition: asked[name] for name, condition in _HEADERS.items() if name in asked}
    if "Key" in asked:
        action = f"{operation}Version" if operation in _OF_VERSIONS and asked.get("VersionId") else operation
        return f"s3:{_OBJECT_ACTIONS.get(action, action)}", (f"{bucket}/{asked['Key']}",), context
    return f"s3:{_BUCKET_ACTIONS.get(operation, operation)}", (bucket,), context


def _sts(operation: str, asked: Mapping[str, Any]) -> Iterator[Right]:
    resources = (asked.get("RoleArn", "*"),)
    tags = {tag["Key"]: tag["Value"] for tag in asked.get("Tags", [])}
    context: dict[str, Any] = _tags(tags)
    if "RoleSessionName" in asked:
        context["sts:RoleSessionName"] = asked["RoleSessionName"]
    yield f"sts:{operation}", resources, context
    if tags:
        yield "sts:TagSession", resources, context


def _ses(operation: str, asked: Mapping[str, Any], place: _Place) -> Right:
    sender = asked.get("FromEmailAddress", "")
    address = sender.rpartition("<")[2].rstrip(">")
    resources = ((place.arn("ses", f"identity/{address.rpartition('@')[2]}"),) if address else ()) + tuple(
        place.arn("ses", f"configuration-set/{name}") for name in [asked.get("ConfigurationSetName")] if name
    )
    return f"ses:{operation}", resources or ("*",), {"ses:FromAddress": address} if address else {}


def _tags(tags: Mapping[str, str]) -> dict[str, Any]:
    named: dict[str, Any] = {f"aws:RequestTag/{name}": value for name, value in tags.items()}
    return {**named, "aws:TagKeys": sorted(tags)} if tags else {}
