"""Connecting all 290 municipalities in one run, beside the same AWS calls made barely; and a second time, for nothing."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dev import cloud
from dev.emulator import ROOT_CREDENTIALS, Emulator, free_port
from dev.places import REPOSITORY, Places
from dev.template import ACCOUNT, REGION, load
from familjehem.domain.municipality import municipalities
from tests.performance.measure import Figure, by_turns

PART = "Connecting recipients"
AT_ONCE = 29
PAIRS = 10
WITHIN = 120.0
TARGET = 1.5


class _Bare:
    """Makes the calls that connecting made, with the same bytes, and nothing else: keys are fresh, rows are new."""

    def __init__(self, clients: dict[str, Any], calls: list[tuple[str, str, dict[str, Any]]]) -> None:
        self._clients, self._calls, self._round = clients, calls, 0

    def __call__(self) -> float:
        self._round += 1
        mark = f"bare-{self._round}"
        ready: list[tuple[Any, dict[str, Any]]] = []
        for service, operation, parameters in self._calls:
            renewed = json.loads(json.dumps(parameters), object_hook=lambda one: _fresh(one, mark))
            ready.append((getattr(self._clients[service], operation), renewed))
        began, key = time.perf_counter(), ""
        for call, parameters in ready:
            if "KeyId" in parameters:
                parameters["KeyId"] = key
            if "ClientRequestToken" in parameters:
                parameters["ClientRequestToken"] = f"{mark}-{len(key)}-{time.perf_counter_ns()}"[-36:]
            answer = call(**parameters)
            key = answer.get("KeyMetadata", {}).get("Arn", key)
        return time.perf_counter() - began


def _fresh(one: dict[str, Any], mark: str) -> dict[str, Any]:
    """Give the key of a row that does not exist yet, in a partition that nothing else reads."""
    return {**one, "pk": {"S": f"{mark}#{one['pk']['S']}"}} if isinstance(one.get("pk"), dict) else one


def figures() -> Iterator[Figure]:
    """Measure by turns, 29 recipients each; then the whole again."""
    from botocore import xform_name
    from botocore.client import BaseClient

    from familjehem.adapters.aws import Aws
    from familjehem.runtime.settings import AdministrationSettings
    from familjehem.runtime.wiring.administration import wire
    from functions.administration.forms import ConnectionForm
    from tests.administration import connection

    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        places.make()
        emulator = Emulator(places, free_port(), access_control=False)
        emulator.start()
        try:
            template = load(REPOSITORY / "template.yaml", {"Stage": "dev", "SourceDigest": "ab" * 32})
            made = cloud.make(template, emulator, places)
            os.environ |= {name.upper(): value for name, value in ROOT_CREDENTIALS.items()}
            os.environ |= {"AWS_ENDPOINT_URL": emulator.url, "AWS_DEFAULT_REGION": REGION}
            role = f"arn:aws:iam::{ACCOUNT}:role/prov"
            told = dict.fromkeys(AdministrationSettings.model_fields, "prov")
            told |= {"SUBMISSION_ROLE_ARN": role, "TENANT_ROLE_ARN": role}
            told["MAIN_TABLE"] = template.output("Data", "MainTableName", made.physical)
            house = wire(AdministrationSettings.model_validate(told))
            wanted = [ConnectionForm.model_validate(connection(code)).connection() for code in municipalities()]
            calls: list[tuple[str, str, dict[str, Any]]] = []
            original = BaseClient._make_api_call  # pyright: ignore[reportAttributeAccessIssue]

            def noted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
                calls.append((client.meta.service_model.service_name, xform_name(operation), parameters))
                return original(client, operation, parameters)

            rest = iter([wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)])
            BaseClient._make_api_call = noted  # pyright: ignore[reportAttributeAccessIssue]
            assert house.connect(next(rest), dry_run=False).verdict == "changed"
            BaseClient._make_api_call = original  # pyright: ignore[reportAttributeAccessIssue]
            aws = Aws()
            bare = _Bare({"dynamodb": aws.dynamodb(), "kms": aws.kms()}, list(calls))

            def ours() -> float:
                part = next(rest, None)
                if part is None:
                    raise StopIteration
                began = time.perf_counter()
                assert house.connect(part, dry_run=False).verdict == "changed"
                return time.perf_counter() - began

            measured = by_turns(ours, bare, len(wanted) // AT_ONCE - 2, within=WITHIN)
            for part in rest:
                house.connect(part, dry_run=False)
            yield Figure(PART, "a recipient, connected", measured.ratio, "×", TARGET, measured.told)
            before = sum(1 for _ in house.connect.register.all())
            began = time.perf_counter()
            again = house.connect(wanted, dry_run=False)
            took = time.perf_counter() - began
            assert again.verdict == "unchanged"
            assert len(again.findings) == before == len(wanted)
            yield Figure(
                PART, "all 290 a second time, changing nothing", took * 1000, "ms", None, "one look at the register"
            )
        finally:
            emulator.stop()
