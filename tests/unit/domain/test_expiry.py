"""When a letter's time is over: by rule, after a warning, and never while anything of it waits."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.delivery import WARNED_BEFORE, DeliveryState
from familjehem.domain.expiry import Clock, Fate, ends_on, fate
from familjehem.domain.retention import CLOSING_BOUNDS, MONTHS_BOUNDS, Retention

RECEIVED = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULE = Retention()

moments = st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 made aware
days = st.dates(date(2026, 1, 1), date(2036, 1, 1))
rules = st.builds(Retention, st.integers(*CLOSING_BOUNDS), st.integers(*MONTHS_BOUNDS))
clocks = st.builds(
    Clock,
    recipient=st.just("0680"),
    number=st.just("N"),
    state=st.sampled_from([one for one in DeliveryState if one is not DeliveryState.QUEUED]),
    received_at=st.none() | moments,
    settled_at=st.none() | moments,
    withdrawn_at=st.none() | moments,
    held=st.booleans(),
    warned_on=st.none() | days,
    supplements=st.integers(0, 2),
    received_supplements=st.integers(0, 2),
)


def clock(**changes: Any) -> Clock:
    given: dict[str, Any] = {"recipient": "0680", "number": "N", "state": DeliveryState.OPENED, "received_at": RECEIVED}
    return Clock(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ({}, date(2028, 11, 22)),
        ({"settled_at": RECEIVED + timedelta(days=10)}, date(2027, 3, 2)),
        ({"withdrawn_at": RECEIVED + timedelta(days=10)}, date(2027, 3, 2)),
        ({"settled_at": RECEIVED, "withdrawn_at": RECEIVED + timedelta(days=10)}, date(2027, 3, 2)),
        ({"settled_at": RECEIVED + timedelta(days=720)}, date(2028, 11, 22)),
        ({"received_at": datetime(2028, 2, 29, 22, 59, tzinfo=UTC)}, date(2030, 2, 28)),
        ({"received_at": datetime(2026, 12, 31, 23, 30, tzinfo=UTC)}, date(2029, 1, 1)),
        ({"held": True}, None),
        ({"received_at": None}, None),
        ({"supplements": 1}, None),
        ({"supplements": 1, "received_supplements": 1}, date(2028, 11, 22)),
        ({"state": DeliveryState.ERASED}, None),
    ],
)
def test_a_letter_ends_some_time_after_it_was_settled_and_at_the_latest_some_months_after_it_came(
    changes: dict[str, Any], ends: date | None
) -> None:
    assert ends_on(clock(**changes), RULE) == ends


def test_a_letter_is_warned_of_a_fortnight_before_and_goes_a_fortnight_after_the_warning() -> None:
    ends = date(2028, 11, 22)
    assert fate(clock(), RULE, ends - timedelta(days=15)) is Fate.STAYS
    assert fate(clock(), RULE, ends - timedelta(days=14)) is Fate.IS_WARNED_OF
    # what was not warned of in time stays until it was
    assert fate(clock(), RULE, ends + timedelta(days=100)) is Fate.IS_WARNED_OF
    warned = clock(warned_on=ends - timedelta(days=10))
    assert fate(warned, RULE, ends) is Fate.STAYS
    assert fate(warned, RULE, ends + timedelta(days=4)) is Fate.GOES


def test_whoever_lengthens_the_time_is_told_again() -> None:
    warned = clock(settled_at=RECEIVED, warned_on=date(2027, 2, 10))
    longer = Retention(after_closing_days=365)
    assert fate(warned, longer, date(2027, 11, 8)) is Fate.IS_WARNED_OF


@given(clocks, rules, days)
def test_nothing_goes_that_waits_is_exempt_or_was_not_warned_of_a_fortnight_ago(
    one: Clock, rule: Retention, today: date
) -> None:
    if fate(one, rule, today) is not Fate.GOES:
        return
    assert one.received_at is not None
    assert not one.held
    assert one.supplements == one.received_supplements
    assert one.warned_on is not None
    assert today - one.warned_on >= WARNED_BEFORE
    ends = ends_on(one, rule)
    assert ends is not None
    assert ends <= today


@given(clocks, rules)
def test_whatever_can_go_goes_a_fortnight_after_its_end_at_the_latest_if_it_is_looked_at_each_day(
    one: Clock, rule: Retention
) -> None:
    ends = ends_on(one, rule)
    if ends is None:
        return
    warned = Clock(**{name: getattr(one, name) for name in one.__slots__} | {"warned_on": None})
    day = ends - WARNED_BEFORE
    assert fate(warned, rule, day) is Fate.IS_WARNED_OF
    told = Clock(**{name: getattr(one, name) for name in one.__slots__} | {"warned_on": day})
    assert fate(told, rule, ends) is Fate.GOES
