"""The floor of an accept: a bare handler that makes the AWS calls of an accept and does nothing else.

It makes the very calls that were planned (`plan.py`): same operations, order, concurrency and bytes, under fresh keys.
It knows no rule, checks nothing, seals nothing, logs nothing.
"""

import json
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from tests.performance.plan import PLACE, decoded

AT_ONCE = 6

CLIENTS: dict[str, Any] = {name: boto3.client(name) for name in ("dynamodb", "kms", "secretsmanager")}
POOL = ThreadPoolExecutor(AT_ONCE)


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Accept what was sent, whatever it is."""
    body = json.loads(event["body"])
    plan = plan_for(len(body["municipalities"]))
    names = {name: fresh_name() for name in plan["names"]}
    calls = renewed(plan["calls"], names)
    *reads, transaction = [one for one in calls if one[1] != "generate_data_key"]
    for one in reads:
        call(*one)
    for order in [POOL.submit(call, *one) for one in calls if one[1] == "generate_data_key"]:
        order.result()
    transaction[2]["ClientRequestToken"] = secrets.token_hex(16)
    call(*transaction)
    answer = renewed(plan["answer"], names)
    return {"statusCode": 201, "headers": {"content-type": "application/json"}, "body": answer}


def call(service: str, operation: str, parameters: dict[str, Any]) -> Any:
    """Make one call."""
    return getattr(CLIENTS[service], operation)(**parameters)


def fresh_name() -> str:
    """Give a name of the length of a reference or a delivery number."""
    name = secrets.token_hex(6).upper()
    return f"{name[:4]}-{name[4:8]}-{name[8:]}"


def renewed(part: Any, names: dict[str, str]) -> Any:
    """Give a copy with fresh names in place of those that were planned."""
    if isinstance(part, str):
        for old, new in names.items():
            if old in part:
                part = part.replace(old, new)
        return part
    if isinstance(part, dict):
        return {name: renewed(inner, names) for name, inner in part.items()}
    if isinstance(part, list):
        return [renewed(inner, names) for inner in part]
    return part


@cache
def plan_for(municipalities: int) -> dict[str, Any]:
    """Read the plan for so many municipalities, and the secret, as a cold start does."""
    plan = json.loads((Path(os.environ[PLACE]) / f"plan-{municipalities}.json").read_text("utf-8"), object_hook=decoded)
    CLIENTS["secretsmanager"].get_secret_value(SecretId=os.environ["MAC_SECRET_ARN"])
    return plan
