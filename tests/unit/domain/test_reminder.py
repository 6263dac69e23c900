"""When who is told that a family waits: never before it is due, each once, whatever rounds are missed or repeated."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.calendar import STOCKHOLM, due
from familjehem.domain.outbox import Stage
from familjehem.domain.reminder import SETTLES, Told, to_be_told, told_after

CLOSING = time(16, 30)
MOMENTS = st.integers(0, 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(0, 60 * minutes)
)
CLOSINGS = st.times(min_value=time(8), max_value=time(20)).map(lambda one: one.replace(second=0, microsecond=0))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=STOCKHOLM)


def rounds(received: datetime, *runs: tuple[datetime, time]) -> list[tuple[Stage, datetime]]:
    """Give the stages that are told of one family that nobody calls, with the moments at which they are."""
    before, found = None, list[tuple[Stage, datetime]]()
    for now, closing in runs:
        after: Told = told_after(before, to_be_told(now, closing))
        found += [
            (stage, now)
            for stage in Stage
            if (before is None or before[stage] <= received) and received < after[stage] and received < now
        ]
        before = after
    return found


@pytest.mark.parametrize(
    ("received", "told"),
    [
        pytest.param(
            local(2026, 11, 23, 9),
            [local(2026, 11, 23, 17), local(2026, 11, 24, 17), local(2026, 11, 25, 17)],
            id="Monday",
        ),
        pytest.param(
            local(2026, 11, 27, 18),
            [local(2026, 11, 30, 17), local(2026, 12, 1, 17), local(2026, 12, 2, 17)],
            id="on a Friday after closing",
        ),
        pytest.param(
            local(2026, 4, 30, 9),
            [local(2026, 4, 30, 17), local(2026, 5, 4, 17), local(2026, 5, 5, 17)],
            id="before a red day",
        ),
        pytest.param(
            local(2026, 12, 23, 17),
            [local(2026, 12, 28, 17), local(2026, 12, 29, 17), local(2026, 12, 30, 17)],
            id="the evening before Christmas Eve",
        ),
    ],
)
def test_the_three_stages_follow_at_closings_of_working_days(received: datetime, told: list[datetime]) -> None:
    # when one looks every evening for a fortnight
    runs = [(received.replace(hour=17) - timedelta(days=1) + timedelta(days=day), CLOSING) for day in range(15)]
    # then
    assert rounds(received, *runs) == list(zip(Stage, told, strict=True))


@given(MOMENTS, CLOSINGS, st.lists(MOMENTS, min_size=1, max_size=12))
def test_nobody_is_told_before_a_family_is_due_or_twice(
    received: datetime, closing: time, runs: list[datetime]
) -> None:
    told = rounds(received, *((now, closing) for now in sorted(runs)))
    assert all(now >= due(received, closing) + SETTLES for _, now in told)
    assert max(Counter(stage for stage, _ in told).values(), default=1) == 1


@given(MOMENTS, st.lists(st.tuples(MOMENTS, CLOSINGS), max_size=12), CLOSINGS)
def test_everybody_is_told_once_whatever_was_missed_and_whenever_it_closes(
    received: datetime, runs: list[tuple[datetime, time]], closing: time
) -> None:
    # given rounds at any time, between which the closing time changes
    late = datetime(2027, 3, 1, tzinfo=UTC)
    told = rounds(received, *sorted(runs), (late, closing), (late, closing))
    # then
    assert [stage for stage, _ in sorted(told, key=lambda one: list(Stage).index(one[0]))] == list(Stage)
    moments = [next(now for stage, now in told if stage is wanted) for wanted in Stage]
    assert moments == sorted(moments)


@given(MOMENTS, CLOSINGS)
def test_what_was_told_is_never_taken_back(now: datetime, closing: time) -> None:
    before = to_be_told(now, closing)
    assert told_after(before, to_be_told(now - timedelta(days=9), closing)) == before
    assert told_after(None, before) == before
    assert sorted(before.values(), reverse=True) == list(before.values())
