from datetime import UTC, datetime

import pytest

from dev.schedule import ScheduleError, next_time

NOW = datetime(2026, 11, 22, 7, 30, 20, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("rate(1 minute)", "UTC", datetime(2026, 11, 22, 7, 31, 20, tzinfo=UTC)),
        ("rate(2 hours)", "UTC", datetime(2026, 11, 22, 9, 30, 20, tzinfo=UTC)),
        ("cron(0 6 1 * ? *)", "UTC", datetime(2026, 12, 1, 6, 0, tzinfo=UTC)),
        ("cron(0 6 1 * ? *)", "Europe/Stockholm", datetime(2026, 12, 1, 5, 0, tzinfo=UTC)),
        ("cron(0/15 * * * ? *)", "UTC", datetime(2026, 11, 22, 7, 45, tzinfo=UTC)),
        ("cron(0 8 ? * MON-FRI *)", "UTC", datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ("cron(0 8 L * ? *)", "UTC", datetime(2026, 11, 30, 8, 0, tzinfo=UTC)),
        ("cron(0 8 ? JAN,FEB SUN 2027)", "UTC", datetime(2027, 1, 3, 8, 0, tzinfo=UTC)),
        ("at(2026-12-24T15:00:00)", "Europe/Stockholm", datetime(2026, 12, 24, 14, 0, tzinfo=UTC)),
        ("at(2026-01-01T00:00:00)", "UTC", None),
    ],
)
def test_a_schedule_fires_when_eventbridge_would_fire_it(expression: str, zone: str, expected: datetime | None) -> None:
    assert next_time(expression, NOW, zone) == expected


@pytest.mark.parametrize("expression", ["rate(1 fortnight)", "cron(0 6 1 * *)", "cron(61 * * * ? *)", "whenever"])
def test_an_expression_that_cannot_be_read_is_told(expression: str) -> None:
    with pytest.raises(ScheduleError):
        next_time(expression, NOW)
