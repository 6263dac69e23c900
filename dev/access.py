"""What ministack's access control does not know, added to it, so that the template's policies hold as they are written.

Nothing is stripped from a policy. Inside the emulator's process (`dev.emulator`) the request's own content gives the
missing condition keys, and policy variables are put in before a statement is judged:

- `kms:EncryptionContext:<key>`, `kms:EncryptionContextKeys` from the request;
- `kms:ViaService` and `kms:GrantIsForAWSResource` are absent, for every call here is a direct one (as AWS does);
- `dynamodb:LeadingKeys`, `dynamodb:Attributes`, `dynamodb:Select` and `dynamodb:ReturnValues` from keys, items and
  expressions, for each item of a transaction by itself;
- `ses:FromAddress`, and the identity that a sending is judged by;
- `s3:x-amz-server-side-encryption-aws-kms-key-id` and the other headers of a put;
- `${aws:PrincipalTag/…}`, `${aws:userid}` and the like in resources and conditions (never put in by ministack itself;
  one without a value matches nothing, as AWS does);
- `aws:PrincipalArn` of a session is the ARN of its role (ministack gives that of the session);
- `aws:SecureTransport` is true: plain HTTP on loopback stands for TLS.

What stays open is told in `docs/local-cloud.md`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from dev.template import ACCOUNT, REGION

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_WORD = re.compile(r"(?<![:\w])#?[A-Za-z_]\w*")
_PATH_TAIL = re.compile(r"(?<=[\w\]])\.#?\w+")
_LANGUAGE = frozenset(
    [
        "set",
        "remove",
        "add",
        "delete",
        "and",
        "or",
        "not",
        "between",
        "in",
        "if_not_exists",
        "attribute_exists",
        "attribute_not_exists",
        "attribute_type",
        "begins_with",
        "contains",
        "size",
        "list_append",
    ]
)
_EQUALITY = re.compile(r"(#?[\w.-]+)\s*=\s*(:[\w]+)")
_MATCHES_NOTHING = "\0"


@dataclass(slots=True)
class Request:
    """What came in: the headers, and the body as far as it was read."""

    headers: Mapping[str, str]
    chunks: list[bytes] = field(default_factory=list)
    items: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    _content: dict[str, Any] | None = None

    @property
    def content(self) -> dict[str, Any]:
        """The body as JSON; empty when it is none."""
        if self._content is None:
            try:
                found = json.loads(b"".join(self.chunks))
            except ValueError:
                found = {}
            self._content = found if isinstance(found, dict) else {}
        return self._content


current: ContextVar[Request | None] = ContextVar("request", default=None)


def install() -> None:
    """Add all that to ministack, in this process."""
    from ministack import app
    from ministack.core import iam_actions, iam_evaluator

    actions: Any = iam_actions
    evaluator: Any = iam_evaluator
    judge, resolve, hold, enforce = (
        evaluator._first_match,  # noqa: SLF001
        evaluator._resolve_condition_key,  # noqa: SLF001
        evaluator._conditions_met,  # noqa: SLF001
        evaluator.enforce,
    )
    checks, origin = actions.dynamodb_transaction_checks, app.pin_request_origin

    def resolve_condition_key(key: str, ctx: Any) -> Any:
        found = resolve(key, ctx)
        if key.lower() == "aws:principalarn" and ":assumed-role/" in found:
            return f"arn:aws:iam::{ctx.principal_account}:role/{found.split('/')[1]}"
        return found

    def first_match(ctx: Any, statements: list[Any], effect: str) -> Any:
        return judge(ctx, [_with_variables(statement, ctx) for statement in statements], effect)

    def conditions_met(conditions: dict[str, Any], ctx: Any) -> bool:
        return hold(_substituted(conditions, ctx), ctx)

    def transaction_checks(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = checks(action, body, region, account)
        if (request := current.get()) is not None and found:
            request.items = [(kind, part) for item in request.content["TransactItems"] for kind, part in item.items()]
        return found

    def enforce_with_more(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        context = dict(service_context or {})
        if (request := current.get()) is not None:
            context |= dict(_keys(service, iam_action, resource_arn, request))
            resource_arn = _mail_identity(request) or resource_arn if service == "sesv2" else resource_arn
        return enforce(access_key_id, iam_action, service, region, resource_arn, context)

    evaluator._resolve_condition_key = resolve_condition_key  # noqa: SLF001
    evaluator._first_match = first_match  # noqa: SLF001
    evaluator._conditions_met = conditions_met  # noqa: SLF001
    evaluator.enforce = enforce_with_more
    actions.dynamodb_transaction_checks = transaction_checks
    app.pin_request_origin = lambda address, _secure: origin(address, True)


def _keys(service: str, action: str, resource: str, request: Request) -> Iterator[tuple[str, Any]]:
    match service:
        case "kms":
            context = request.content.get("EncryptionContext") or {}
            yield from ((f"kms:EncryptionContext:{name}", value) for name, value in context.items())
            if context:
                yield "kms:EncryptionContextKeys", list(context)
            yield "kms:CallerAccount", ACCOUNT
            if str(request.content.get("KeyId", "")).startswith("alias/"):
                yield "kms:RequestAlias", request.content["KeyId"]
        case "dynamodb":
            yield from _table_keys(action, resource, request)
        case "s3":
            for name in ("server-side-encryption-aws-kms-key-id", "server-side-encryption", "storage-class"):
                if value := request.headers.get(f"x-amz-{name}"):
                    yield f"s3:x-amz-{name}", value
            if condition := request.headers.get("if-none-match"):
                yield "s3:if-none-match", condition
        case "sesv2":
            if sender := request.content.get("FromEmailAddress"):
                yield "ses:FromAddress", parseaddr(sender)[1]
        case _:
            pass


def _mail_identity(request: Request) -> str | None:
    """Give the identity that AWS would judge a sending by: that of the address if there is one, else its domain."""
    from ministack.services import ses_v2

    address = parseaddr(str(request.content.get("FromEmailAddress", "")))[1]
    if not address:
        return None
    known = {key[-1] for key in ses_v2._identities.to_dict()}  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    name = address if address in known else address.rpartition("@")[2]
    return f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{name}"


def _table_keys(action: str, arn: str, request: Request) -> Iterator[tuple[str, Any]]:
    from ministack.services import dynamodb

    name = arn.partition(":table/")[2].split("/")[0]
    table = dynamodb._tables.get(name)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    if table is None:
        return
    # Ministack judges the items of a transaction in their order, one call for each.
    asked = [request.items.pop(0)[1]] if request.items else list(_requests(name, request.content))
    if leading := [key for part in asked for key in _leading(part, table)]:
        yield "dynamodb:LeadingKeys", sorted(set(leading))
    if attributes := {name for part in asked for name in _attributes(part)}:
        yield "dynamodb:Attributes", sorted(attributes)
    specific = any("ProjectionExpression" in part or "AttributesToGet" in part for part in asked)
    kind = action.partition(":")[2]
    if kind in {"BatchGetItem", "GetItem", "Query", "Scan"}:
        counted = request.content.get("Select")
        yield "dynamodb:Select", counted or ("SPECIFIC_ATTRIBUTES" if specific else "ALL_ATTRIBUTES")
    for part in asked:
        returned = part.get("ReturnValues") or part.get("ReturnValuesOnConditionCheckFailure")
        if returned:
            yield "dynamodb:ReturnValues", returned


def _leading(part: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[str]:
    partition = table["pk_name"]
    key = part.get("Key") or part.get("Item")
    if key and partition in key:
        yield from map(str, key[partition].values())
    elif expression := part.get("KeyConditionExpression"):
        index = next((i for i in _indexes(table) if i["IndexName"] == part.get("IndexName")), None)
        schema = index["KeySchema"] if index else [{"AttributeName": partition, "KeyType": "HASH"}]
        hashed = next(each["AttributeName"] for each in schema if each["KeyType"] == "HASH")
        names, values = part.get("ExpressionAttributeNames") or {}, part["ExpressionAttributeValues"]
        for left, right in _EQUALITY.findall(expression):
            if names.get(left, left) == hashed:
                yield from map(str, values[right].values())


def _attributes(part: Mapping[str, Any]) -> Iterator[str]:
    yield from part.get("Item") or ()
    yield from part.get("Key") or ()
    yield from part.get("AttributesToGet") or ()
    names = part.get("ExpressionAttributeNames") or {}
    for kind in ("ProjectionExpression", "UpdateExpression", "ConditionExpression", "FilterExpression"):
        for word in _WORD.findall(_PATH_TAIL.sub("", part.get(kind) or "")):
            if word.startswith("#"):
                yield names.get(word, word)
            elif word.lower() not in _LANGUAGE:
                yield word


def _indexes(table: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return [*(table.get("GlobalSecondaryIndexes") or ()), *(table.get("LocalSecondaryIndexes") or ())]


def _requests(table: str, content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name, asked in (content.get("RequestItems") or {}).items():
        if not _is_of(name, table):
            continue
        if isinstance(asked, dict):
            rest = {name: value for name, value in asked.items() if name != "Keys"}
            yield from ({"Key": key, **rest} for key in asked.get("Keys") or ())
        else:
            yield from (part for write in asked for part in write.values())
    if _is_of(str(content.get("TableName", "")), table):
        yield content


def _is_of(named: str, table: str) -> bool:
    return named.rpartition("/")[2] == table


def _with_variables(statement: Any, ctx: Any) -> Any:
    texts = (*statement.resources, *statement.not_resources)
    if not any("${" in text for text in texts):
        return statement
    from dataclasses import replace

    return replace(
        statement,
        resources=[_put_in(text, ctx) for text in statement.resources],
        not_resources=[_put_in(text, ctx) for text in statement.not_resources],
    )


def _substituted(conditions: Mapping[str, Any], ctx: Any) -> dict[str, Any]:
    return {
        operator: {
            key: [_put_in(value, ctx) if isinstance(value, str) else value for value in _listed(expected)]
            for key, expected in block.items()
        }
        for operator, block in conditions.items()
    }


def _listed(expected: Any) -> list[Any]:
    return expected if isinstance(expected, list) else [expected]


def _put_in(text: str, ctx: Any) -> str:
    from ministack.core.iam_evaluator import _resolve_condition_key  # pyright: ignore[reportPrivateUsage]

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in {"*", "?", "$"}:
            return name
        name, _, default = name.partition(",")
        known = _resolve_condition_key(name.strip(), ctx)
        return str(known) if isinstance(known, str) else default.strip().strip("'") or _MATCHES_NOTHING

    return _VARIABLE.sub(value, text) if "${" in text else text
