"""Two mailboxes over the emulator, the one a hundred times as full as the other."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.delivery_rows import delivery_row
from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import Delivery, DeliveryState, NextStep, Origin
from familjehem.domain.outbox import LetterTask
from familjehem.domain.search import token
from tests.adapters.houses import AwsHouse
from tests.fakes import World
from tests.service import TOWN, Service, answers_for, submission

BATCH = 25


class Opened:
    """The house of adapters with gauges that measure nothing, so that a service can stand on it."""

    def __init__(self, house: AwsHouse) -> None:
        self._house, self._gauges = house, World()
        self.recipients = {one.id: one for one in TOWN}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._house if hasattr(self._house, name) else self._gauges, name)


class Filled:
    """A service whose mailboxes are filled: the latest letters by the service itself, the others as rows."""

    def __init__(self, house: AwsHouse) -> None:
        self._house = house
        self._service = Service(Opened(house))  # type: ignore[arg-type]
        self._service.submit = replace(self._service.submit, contact_key=house.contact_key_arn)
        self.mailbox = self._service.mailbox
        self.members = house.members
        self.numbers: dict[str, list[str]] = {}

    def fill(self, recipient: str, letters: int, real: int, common: int, before: datetime) -> None:
        """Fill one mailbox; one in `common` of the rows has the first name of all the real ones."""
        self.numbers[recipient] = [self._arrives(recipient, f"Anna Ensamson{number}") for number in range(real)]
        self._index(recipient)
        self._put(self._rows(recipient, letters - real, common, before))

    def forgets_searches(self, recipient: str, person: str) -> None:
        """Let a person not have searched yet within the hour."""
        key = _stored(keys.searches(recipient, person).attributes())
        self._house.dynamodb.delete_item(TableName=self._house.cloud.tables.main, Key=key)

    def _arrives(self, recipient: str, name: str) -> str:
        solution = self._house.solve(self._house.challenges.issue(self._house.clock.now()))
        answers = answers_for((recipient,), name=name)
        (promise,) = self._service.submit(submission(recipient, answers=answers, challenge=solution)).receipt.promises
        assert self._service.deliver(LetterTask(recipient, promise.number))
        return promise.number

    def _index(self, recipient: str) -> None:
        from familjehem.usecases.search_mailbox import _catch_up  # pyright: ignore[reportPrivateUsage]

        assert _catch_up(self._house.tenancy.room(recipient))

    def _rows(self, recipient: str, count: int, common: int, before: datetime) -> Iterator[dict[str, Any]]:
        key = self._house.tenancy.room(recipient)._key_to_search()  # pyright: ignore[reportPrivateUsage]
        assert key is not None
        for index in range(count):
            number = secrets.token_hex(6).upper()
            came = before - timedelta(minutes=7 * index)
            delivery = Delivery(
                number=f"{number[:4]}-{number[4:8]}-{number[8:]}",
                recipient=recipient,
                state=DeliveryState.CLOSED,
                assignments=(Assignment.FAMILJEHEM,),
                origin=Origin.OWN,
                next_step=NextStep.CALL_FIRST,
                question_set="2026-1",
                queued_at=came,
                received_at=came,
                opened_at=came,
                settled_at=came,
                handlings=2,
            )
            yield delivery_row(delivery)
            first = "anna" if index % common == 0 else f"namn{index % 400}"
            for term in (f"name:{first}", f"name:sson{index}", f"number:{index:012}"):
                place = keys.inbox_sort(came, delivery.number)
                yield keys.Key(keys.found_by(recipient, token(key, term)), place).attributes()

    def _put(self, rows: Iterator[dict[str, Any]]) -> None:
        table = self._house.cloud.tables.main
        for some in batched(rows, BATCH, strict=False):
            asked: Any = {table: [{"PutRequest": {"Item": _stored(row)}} for row in some]}
            while asked:
                asked = self._house.dynamodb.batch_write_item(RequestItems=asked).get("UnprocessedItems")


def timed(work: Any, *told: Any) -> float:
    """Give the seconds that a call takes."""
    began = time.perf_counter()
    work(*told)
    return time.perf_counter() - began


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    write = TypeSerializer().serialize
    return {name: write(value) for name, value in values.items() if value is not None}
