"""Two reads of the directory between which a municipality moves: what is told must have been true at one moment."""

from dataclasses import replace
from typing import Any

import pytest

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.domain.recipient import Recipient
from tests.adapters import families
from tests.memory.cloud import Call, MemoryAws, database
from tests.memory.house import TABLES, MemoryHouse


class Moving:
    """Moves 0680 to the unit after each of the first `times` reads of claims, and back after the next."""

    def __init__(self, house: MemoryHouse, times: int, own: Recipient, unit: Recipient) -> None:
        self.house, self.times = house, times
        self.homes = [(unit, own), (own, unit)]
        self.reads = 0

    def __call__(self, call: Call) -> Any:
        answer = call.do()
        read = call.parameters["RequestItems"][TABLES.main]["Keys"]
        if read[0]["pk"]["S"].startswith("MUNICIPALITY#") and self.reads < self.times:
            here, there = self.homes[self.reads % 2]
            self.reads += 1
            self.house.change(with_municipalities(there, "0180"))
            self.house.change(with_municipalities(here, "0680"))
            self.house._main.put_item(Item={**keys.municipality("0680").attributes(), "recipient": here.id})
        return answer


def with_municipalities(recipient: Recipient, *codes: str) -> Recipient:
    return replace(recipient, municipalities=codes)


@pytest.mark.parametrize(("times", "expected"), [(1, "unit-norr"), (2, "0680"), (9, None)])
def test_gives_who_serves_now_where_it_moved_between_two_reads_and_nobody_where_it_never_stands_still(
    times: int, expected: str | None
) -> None:
    # given
    house = MemoryHouse()
    own, unit = families.recipient(house, "0680"), families.recipient(house, "unit-norr", "2580")
    aws = MemoryAws(house.memory, Moving(house, times, own, unit))
    directory = DynamoDirectory(database(aws.dynamodb()), TABLES.main)
    # when
    served = directory.serving(["0680"])
    # then
    found = served["0680"]
    assert (found.id if found else None) == expected
    assert found is None or found.municipalities == ("0680",)
