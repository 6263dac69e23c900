"""What is counted of calls and outcomes: each stage once, how soon in working days, and why it ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.delivery import Delivery, Reader
from familjehem.domain.handling import Content, Outcome, Reason
from familjehem.domain.handling_tally import FIRST_CONTACT, counters, first_contact, of_contact, of_outcome
from tests.builders import delivery

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "reached", "soon"),
    [
        ("2026-11-20T09:00", "2026-11-20T15:00", "sameWorkingDay"),
        # a Friday evening is a Friday still, and a Saturday is after it
        ("2026-11-20T21:00", "2026-11-20T22:30", "sameWorkingDay"),
        ("2026-11-20T09:00", "2026-11-21T09:00", "nextWorkingDay"),
        ("2026-11-20T09:00", "2026-11-23T09:00", "nextWorkingDay"),
        ("2026-11-20T09:00", "2026-11-24T09:00", "later"),
        ("2026-11-20T09:00", "2026-11-30T09:00", "later"),
        ("2026-11-20T09:00", "2027-11-30T09:00", "later"),
        # what comes on a Saturday is due on the Monday
        ("2026-11-21T09:00", "2026-11-22T09:00", "sameWorkingDay"),
        ("2026-11-21T09:00", "2026-11-23T15:00", "sameWorkingDay"),
        # over Christmas
        ("2026-12-23T09:00", "2026-12-28T09:00", "nextWorkingDay"),
        ("2026-12-24T09:00", "2026-12-28T09:00", "sameWorkingDay"),
        # half past eleven at night in UTC is the next day in Sweden
        ("2026-11-19T23:30", "2026-11-20T22:30", "sameWorkingDay"),
    ],
)
def test_how_soon_is_counted_in_working_days(received: str, reached: str, soon: str) -> None:
    at = [datetime.fromisoformat(f"{one}:00+00:00") for one in (received, reached)]

    assert first_contact(*at) == soon


@given(
    st.datetimes(min_value=FRIDAY.replace(tzinfo=None), max_value=FRIDAY.replace(tzinfo=None, year=2028)),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_who_is_called_later_is_never_called_sooner(received: datetime, days: int, more: int) -> None:
    begun = received.replace(tzinfo=UTC)
    order = [first_contact(begun, begun + timedelta(one)) for one in (days, days + more)]

    assert FIRST_CONTACT.index(order[0]) <= FIRST_CONTACT.index(order[1])


def a_delivery() -> Delivery:
    return delivery(received_at=FRIDAY)


def test_the_first_call_that_reaches_a_family_is_counted_and_no_other() -> None:
    before = a_delivery()
    after = replace(before, contacted_at=FRIDAY)

    assert of_contact(before, before) == ()
    assert of_contact(before, after) == ("stage_contacted", "firstContact_sameWorkingDay")
    assert of_contact(after, after) == ()


def test_each_stage_is_counted_once_and_an_end_with_its_reason() -> None:
    before, meeting = a_delivery(), Content(outcome=Outcome.PHONE_INTERVIEW)

    assert of_outcome(before, meeting, ()) == ("stage_meeting",)
    assert of_outcome(before, Content(outcome=Outcome.INFORMATION_MEETING), [meeting]) == ()
    assert of_outcome(before, Content(outcome=Outcome.RESTING, reason=Reason.WITHDREW_TIME), ()) == ()
    closed = Content(outcome=Outcome.CLOSED, reason=Reason.WITHDREW_TIME)
    assert of_outcome(before, closed, [meeting]) == ("stage_closed", "closedBecause_withdrewTime")


def test_a_protected_delivery_is_never_counted() -> None:
    before = replace(a_delivery(), readers=(Reader("anna", "Anna Prov"),))
    closed = Content(outcome=Outcome.CLOSED, reason=Reason.NOT_REACHED)

    assert of_contact(before, replace(before, contacted_at=FRIDAY)) == ()
    assert of_outcome(before, closed, ()) == ()


def test_whatever_is_counted_has_a_counter() -> None:
    closed = [of_outcome(a_delivery(), Content(outcome=Outcome.CLOSED, reason=one), ()) for one in Reason]
    others = [of_outcome(a_delivery(), Content(outcome=one), ()) for one in Outcome]

    assert {name for found in (*closed, *others) for name in found} <= set(counters())
    assert len(set(counters())) == len(counters())
