"""The registry: what came in, without who sent it."""

import csv
from datetime import UTC, date, datetime

import pytest

from familjehem.domain.delivery import DeliveryState, ReceivedSupplement
from familjehem.domain.registry import BYTE_ORDER_MARK, RegistryLine, as_csv, harmless, registry
from tests.builders import delivery

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 3)


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_a_period_holds_its_swedish_days_and_no_others() -> None:
    # given: half past eleven in the evening in UTC is the next day in Sweden
    moments = (at(1, 22, 30), at(1, 23, 30), at(3, 22, 30), at(3, 23, 30))
    deliveries = [delivery(number=f"{index}", received_at=moment) for index, moment in enumerate(moments)]
    # when
    lines = registry(reversed(deliveries), FIRST, LAST)
    # then
    assert [line.number for line in lines] == ["1", "2"]


def test_a_supplement_is_a_document_of_its_own_day() -> None:
    # given
    one = delivery(received_at=at(1), received_supplements=(ReceivedSupplement(2, at(2)), ReceivedSupplement(3, at(9))))
    # then
    assert registry([one], FIRST, LAST) == (
        RegistryLine(at(2), one.number, "Komplettering 2 av intresseanmälan", "Mottagen"),
    )


def test_what_was_never_received_is_not_registered() -> None:
    assert registry([delivery(received_at=None)], FIRST, LAST) == ()


@pytest.mark.parametrize("state", [one for one in DeliveryState if one is not DeliveryState.QUEUED])
def test_every_state_has_its_word(state: DeliveryState) -> None:
    (line,) = registry([delivery(state=state)], FIRST, LAST)
    assert line.state


def test_it_is_a_sheet_that_a_swedish_excel_opens() -> None:
    # when
    sheet = as_csv(registry([delivery()], FIRST, LAST))
    # then
    assert sheet.startswith(BYTE_ORDER_MARK)
    assert sheet.endswith("\r\n")
    head, line = csv.reader(sheet.removeprefix(BYTE_ORDER_MARK).splitlines(), delimiter=";")
    assert head == ["Inkom", "Leveransnummer", "Avsändare", "Ärendemening", "Status"]
    assert line == [
        "2026-03-02 14:05",
        "7K3M-9QWX-2B4C",
        "Utelämnad (5 kap. 2 § OSL), se handlingen",
        "Intresseanmälan",
        "Mottagen",
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+46", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("7K3M-9QWX-2B4C") == "7K3M-9QWX-2B4C"
