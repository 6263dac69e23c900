"""schemathesis over the running service: gateway, events and handlers as they are; tests/contract does it in process.

What API Gateway answers by itself (docs/decisions/0009) stands in the document where it can happen.
"""

import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.reliability.running import REPOSITORY, Running, Store

DOCUMENT = REPOSITORY / "docs/openapi.json"
schema = schemathesis.openapi.from_path(DOCUMENT)
# A body of more than 64 KiB is refused for its size, whatever else is wrong with it.
refusal = schema.config.checks.negative_data_rejection
refusal.expected_statuses = [*refusal.expected_statuses, "413"]


@pytest.fixture(scope="module")
def over_http(running: Running) -> Iterator[Running]:
    """The running service; afterwards nobody is held to have guessed at codes, and nothing was let in."""
    running.quiet()
    store = Store(running)
    before = store.stored()
    yield running
    forget_failures(store)
    assert store.stored() == before


@pytest.fixture(autouse=True)
def nobody_has_guessed(over_http: Running) -> None:
    """Forget wrong codes before each call of the document: a hundred from one address are refused with 429."""
    forget_failures(Store(over_http))


def forget_failures(store: Store) -> None:
    for row in store.rows():
        if row["pk"]["S"].startswith("ADDRESS#"):
            store.client("dynamodb").delete_item(
                TableName=store.named("Data/MainTable"), Key={name: row[name] for name in ("pk", "sk")}
            )


def test_the_service_serves_the_document_that_is_committed(over_http: Running) -> None:
    assert over_http.http.get("/api/openapi.json").json() == json.loads(DOCUMENT.read_text(encoding="utf-8"))


@schema.parametrize()
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_every_call_over_http_answers_as_the_document_says(case: Any, over_http: Running) -> None:
    # With a good token every other call, so that both the authorizer and the mailbox answer; the same call, always alike.
    what = repr((case.headers, case.query, case.path_parameters)).encode()
    signed_in = case.path.startswith("/api/mailbox") and zlib.crc32(what) % 2
    case.call_and_validate(
        base_url=over_http.url,
        headers=over_http.as_worker("0680") if signed_in else None,
        excluded_checks=[
            # Whether a token is good is judged by the authorizer; the local gateway has tests of its own.
            schemathesis.checks.ignored_auth,
            # Which answers are valid is said by the question set, not by the schema.
            schemathesis.checks.positive_data_acceptance,
        ],
    )
