"""By when a family is to be called: working days of Sweden, wall clock of Stockholm."""

from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain import calendar
from familjehem.domain.calendar import STOCKHOLM, due, last_closing, swedish_date, working_day

CLOSING = time(16, 30)


@pytest.fixture(autouse=True)
def nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every year be worked out by the test that asks for it."""
    monkeypatch.setattr(calendar, "_free", calendar._free.__wrapped__)


MOMENTS = st.integers(0, 40 * 366 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(0, seconds)
)
CLOSINGS = st.times(min_value=time(11), max_value=time(19)).map(lambda one: one.replace(second=0, microsecond=0))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        pytest.param(local(2026, 11, 23, 9), local(2026, 11, 23, 16, 30), id="in the morning"),
        pytest.param(local(2026, 11, 23, 16, 29, 59), local(2026, 11, 23, 16, 30), id="just before closing"),
        pytest.param(local(2026, 11, 23, 16, 30), local(2026, 11, 24, 16, 30), id="at closing"),
        pytest.param(local(2026, 11, 20, 20), local(2026, 11, 23, 16, 30), id="on a Friday evening"),
        pytest.param(local(2026, 11, 22, 12), local(2026, 11, 23, 16, 30), id="on a Sunday"),
        pytest.param(local(2026, 4, 30, 17), local(2026, 5, 4, 16, 30), id="the evening before the First of May"),
        pytest.param(local(2026, 4, 2, 12), local(2026, 4, 2, 16, 30), id="on Maundy Thursday, which is worked"),
        pytest.param(local(2026, 4, 2, 17), local(2026, 4, 7, 16, 30), id="over Easter"),
        pytest.param(local(2026, 5, 13, 17), local(2026, 5, 15, 16, 30), id="over Ascension Day"),
        pytest.param(local(2026, 6, 18, 17), local(2026, 6, 22, 16, 30), id="over midsummer"),
        pytest.param(local(2026, 6, 19, 9), local(2026, 6, 22, 16, 30), id="on midsummer eve"),
        pytest.param(local(2026, 12, 23, 17), local(2026, 12, 28, 16, 30), id="over Christmas"),
        pytest.param(local(2026, 12, 31, 9), local(2027, 1, 4, 16, 30), id="on New Year's Eve"),
        pytest.param(local(2026, 3, 29, 1, 59), local(2026, 3, 30, 16, 30), id="in the night without its third hour"),
        pytest.param(local(2026, 10, 25, 2, 30), local(2026, 10, 26, 16, 30), id="in the night that has it twice"),
        pytest.param(local(2026, 10, 23, 17), local(2026, 10, 26, 16, 30), id="over the change of the clock"),
    ],
)
def test_a_family_is_called_before_closing_or_on_the_next_working_day(received: datetime, expected: datetime) -> None:
    assert due(received.astimezone(UTC), CLOSING) == expected.astimezone(UTC)


@given(received=MOMENTS, closing=CLOSINGS)
def test_it_is_due_at_a_closing_of_a_working_day_after_it_came_and_no_earlier_one_lies_between(
    received: datetime, closing: time
) -> None:
    # when
    found = due(received, closing)
    # then
    assert found > received
    assert working_day(swedish_date(found))
    assert found.astimezone(STOCKHOLM).time() == closing
    assert last_closing(found, closing) <= received
    assert found - received <= timedelta(days=6)


@given(received=MOMENTS, later=MOMENTS, closing=CLOSINGS)
def test_what_was_received_before_the_last_closing_is_overdue_and_nothing_else_is(
    received: datetime, later: datetime, closing: time
) -> None:
    received, later = sorted((received, later))
    assert (received < last_closing(later, closing)) == (due(received, closing) < later)


def test_the_days_off_are_those_that_others_have_counted_too() -> None:
    # given
    years = range(2005, 2101)
    theirs = holidays.country_holidays("SE", years=years, include_sundays=False, categories=("public", "de_facto"))
    # then
    day = date(years[0], 1, 1)
    while day.year in years:
        assert working_day(day) == (day.weekday() < 5 and day not in theirs), day
        day += timedelta(days=1)


def test_both_moments_are_in_utc() -> None:
    for moment in (due(local(2026, 11, 23, 9), CLOSING), last_closing(local(2026, 11, 23, 9), CLOSING)):
        assert moment.tzinfo is UTC


def test_easter_falls_as_the_church_reckons_it_however_far_ahead() -> None:
    assert [calendar._easter(year) for year in range(1583, 4100)] == [easter(year) for year in range(1583, 4100)]
