"""A mailbox of ten thousand letters beside one of a hundred, and an opened letter beside its bare AWS calls."""

import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from dev.emulator import ROOT_CREDENTIALS, Emulator, free_port
from dev.places import Places
from dev.template import REGION
from tests.performance.measure import Figure, by_turns

PART = "A mailbox, small and large"
FEW, MANY = 100, 10_000
SMALL, LARGE = "0680", "0180"
PERSON = "00000000-0000-4000-8000-000000000001"
REAL = 30
"""So many letters of each mailbox are real, the latest; the others are rows in tables and index, and their tokens."""
COMMON = 50
"""One in so many of the others has the first name that all real ones have."""
PAIRS, WITHIN = 60, 30.0
LIST_TARGET, OPEN_TARGET, SEARCH_TARGET = 1.5, 1.3, 1.5
LATEST = datetime(2026, 11, 20, 8, tzinfo=UTC)

type Call = tuple[str, str, dict[str, Any]]
"""A call of AWS: service, operation, parameters."""


class _Indexed(Emulator):
    """The emulator with indexes that are walked as DynamoDB walks them."""

    program = "tests.performance.indexed"


def figures() -> Iterator[Figure]:
    """Measure by turns, over the emulator: pages, searches, and an opening."""
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        places.make()
        emulator = _Indexed(places, free_port(), access_control=False)
        emulator.start()
        try:
            os.environ |= {name.upper(): value for name, value in ROOT_CREDENTIALS.items()}
            os.environ |= {"AWS_DEFAULT_REGION": REGION, "FAMILJEHEM_CONTRACT_ENDPOINT": emulator.url}
            yield from _measured()
        finally:
            emulator.stop()


def _measured() -> Iterator[Figure]:
    from familjehem.domain.inbox import View, Wanted
    from familjehem.domain.membership import Caller, Membership, Role
    from functions.mailbox.forms import FoundForm, LetterForm, PageForm
    from tests.adapters.houses import AwsHouse, cloud
    from tests.performance.filled import Filled, timed

    with cloud() as made:
        filled = Filled(AwsHouse(made))
        for recipient, letters in ((SMALL, FEW), (LARGE, MANY)):
            filled.members.enrol(PERSON, Membership(recipient, recipient, Role.CASE_WORKER))
            filled.fill(recipient, letters, REAL, COMMON, LATEST)
        mailbox, caller = filled.mailbox, Caller(PERSON, datetime.now(UTC))

        def page(view: View, recipient: str) -> None:
            PageForm.of(mailbox.list_deliveries(caller, recipient, Wanted(view=view), None, 25)).model_dump_json()

        def search(text: str, lines: int, recipient: str) -> None:
            found = FoundForm.of(mailbox.search(caller, recipient, text))
            assert (len(found.deliveries), found.complete) == (lines, True)
            found.model_dump_json()

        def opened(number: str) -> None:
            LetterForm.of(mailbox.open_letter(caller, SMALL, number)).model_dump_json()

        def beside(what: str, target: float | None, work: Callable[[str], Any]) -> Figure:
            for recipient in (SMALL, LARGE):
                filled.forgets_searches(recipient, PERSON)
            pairs = by_turns(partial(timed, work, LARGE), partial(timed, work, SMALL), PAIRS, within=WITHIN)
            return Figure(PART, f"{what}, {MANY} letters beside {FEW}", pairs.ratio, "×", target, pairs.told)

        yield beside("a page of those to be called", LIST_TARGET, partial(page, View.WAITING))
        yield beside("a page of all", LIST_TARGET, partial(page, View.ALL))
        yield beside("a search with one hit", SEARCH_TARGET, partial(search, "ensamson7", 1))
        yield beside("a search with no hit", SEARCH_TARGET, partial(search, "ingensson", 0))
        yield beside("a search for a common first name", None, partial(search, "anna", 25))

        number = filled.numbers[SMALL][0]
        opened(number)
        with _noted() as calls:
            opened(number)
        clients = {"dynamodb": made.aws.dynamodb(), "s3": made.aws.s3(), "kms": made.aws.kms()}
        bare = _Bare(clients, calls)
        pairs = by_turns(partial(timed, opened, number), partial(timed, bare), 2 * PAIRS, within=2 * WITHIN)
        yield Figure(PART, "an opened letter beside its bare calls", pairs.ratio, "×", OPEN_TARGET, pairs.told)


@contextmanager
def _noted() -> Generator[list[Call]]:
    """Write down every call that is made meanwhile."""
    from botocore import xform_name
    from botocore.client import BaseClient

    calls: list[Call] = []
    lock, original = threading.Lock(), BaseClient._make_api_call  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]

    def noted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        with lock:
            calls.append((client.meta.service_model.service_name, xform_name(operation), parameters))
        return original(client, operation, parameters)

    BaseClient._make_api_call = noted  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
    try:
        yield calls
    finally:
        BaseClient._make_api_call = original  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]


class _Bare:
    """Makes the calls of an opening again: same bytes, order and concurrency, its line in a log of its own."""

    def __init__(self, clients: dict[str, Any], calls: list[Call]) -> None:
        self._clients, self._pool, self._line = clients, ThreadPoolExecutor(1), 0
        reads = [one for one in calls if one[1] in {"query", "get_item"}]
        assert [operation for _, operation, _ in reads] == ["query", "get_item", "get_item"]
        (self._object,) = (one for one in calls if one[0] == "s3")
        rest = [one for one in calls if one[1] in {"transact_write_items", "batch_get_item", "decrypt"}]
        self._commit, *self._opening = rest
        assert len(calls) == len(reads) + 1 + len(rest)
        self._reads = reads

    def __call__(self) -> None:
        for one in self._reads:
            self._call(*one)
        self._call("dynamodb", "transact_write_items", self._renewed(self._commit[2]))
        sealed = self._pool.submit(self._read)
        for one in self._opening:
            self._call(*one)
        sealed.result()

    def _call(self, service: str, operation: str, parameters: dict[str, Any]) -> Any:
        return getattr(self._clients[service], operation)(**parameters)

    def _read(self) -> bytes:
        return self._call(*self._object)["Body"].read()

    def _renewed(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Give the commit as the next line of the bare log: where that ends is demanded as it is of the real one."""
        self._line += 1
        items = [self._of_bare_log(one["Put"]) if "Put" in one else one for one in parameters["TransactItems"]]
        return {"TransactItems": items, "ClientRequestToken": secrets.token_hex(16)}

    def _of_bare_log(self, put: dict[str, Any]) -> dict[str, Any]:
        item = {**put["Item"], "pk": {"S": f"BARE#{put['Item']['pk']['S']}"}}
        if item["sk"] == {"S": "HEAD"}:
            first = self._line == 1
            item["sequence"] = {"N": str(self._line)}
            condition = {
                "ConditionExpression": "attribute_not_exists(#sequence)" if first else "#sequence = :before",
                "ExpressionAttributeNames": {"#sequence": "sequence"},
            }
            before = {} if first else {"ExpressionAttributeValues": {":before": {"N": str(self._line - 1)}}}
            return {"Put": {"TableName": put["TableName"], "Item": item, **condition, **before}}
        item["sk"] = {"S": f"{self._line:012}"}
        return {"Put": {**put, "Item": item}}
