"""A day begins at midnight in Sweden, whatever a server's clock is set to."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from familjehem.domain.calendar import swedish_date


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 11, 0, tzinfo=timezone(timedelta(hours=13))), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 10, 59, tzinfo=timezone(timedelta(hours=13))), date(2026, 6, 30)),
    ],
)
def test_a_moment_has_the_date_that_it_has_in_sweden(at: datetime, day: date) -> None:
    assert swedish_date(at) == day
