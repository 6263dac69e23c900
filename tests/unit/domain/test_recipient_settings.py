"""What a recipient decides itself, within bounds."""

from dataclasses import replace
from datetime import time

import pytest

from familjehem.domain.assignment import Assignment
from familjehem.domain.recipient import PublicContact
from familjehem.domain.recipient_settings import LONGEST_WEB, RecipientSettings, extendable
from familjehem.domain.retention import Retention
from tests.builders import every_extended_question, recipient

GOOD = RecipientSettings.of(recipient())


def test_those_of_a_recipient_are_good_and_change_nothing_of_it() -> None:
    assert GOOD.faults() == ()
    assert GOOD.over(recipient()) == recipient()
    assert extendable() == every_extended_question()


def test_they_never_touch_who_it_is_and_whom_it_serves() -> None:
    # given
    other = replace(
        GOOD,
        closing_time=time(15, 0),
        assignments=frozenset({Assignment.JOURHEM}),
        extended_questions=frozenset({"interests"}),
        contact=PublicContact(),
        retention=Retention(30, 6),
    )
    # when
    changed = other.over(recipient(membership_version=7))
    # then
    assert RecipientSettings.of(changed) == other
    assert GOOD.over(changed) == recipient(membership_version=7)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"closing_time": time(7, 59)}, ("/closingTime", "outOfRange")),
        ({"closing_time": time(20, 1)}, ("/closingTime", "outOfRange")),
        ({"assignments": frozenset()}, ("/assignments", "required")),
        ({"extended_questions": frozenset({"name"})}, ("/extendedQuestions", "unknownQuestion")),
        ({"contact": PublicContact(telephone="0701")}, ("/contact/telephone", "invalidPhone")),
        ({"contact": PublicContact(web="http://prov.example/")}, ("/contact/web", "invalidWeb")),
        ({"contact": PublicContact(web="https://prov.example/a b")}, ("/contact/web", "invalidWeb")),
        ({"contact": PublicContact(web="https://anna:lösen@prov.example/")}, ("/contact/web", "invalidWeb")),
        ({"contact": PublicContact(web=f"https://prov.example/{'a' * 200}")}, ("/contact/web", "invalidWeb")),
        ({"retention": Retention(29, 24)}, ("/retention/afterClosingDays", "outOfRange")),
        ({"retention": Retention(366, 24)}, ("/retention/afterClosingDays", "outOfRange")),
        ({"retention": Retention(90, 5)}, ("/retention/longestMonths", "outOfRange")),
        ({"retention": Retention(90, 25)}, ("/retention/longestMonths", "outOfRange")),
    ],
)
def test_what_is_out_of_bounds_is_told_by_its_place(change: dict[str, object], fault: tuple[str, str]) -> None:
    found = replace(GOOD, **change).faults()  # type: ignore[arg-type]
    assert [(one.pointer, one.code) for one in found] == [fault]


@pytest.mark.parametrize(
    "change",
    [
        {"closing_time": time(8, 0)},
        {"closing_time": time(20, 0)},
        {"contact": PublicContact(telephone="036-10 50 00", web="https://www.prov.example")},
        {"contact": PublicContact(web=f"https://prov.example/{'a' * (LONGEST_WEB - 21)}")},
        {"extended_questions": extendable()},
        {"retention": Retention(30, 6)},
        {"retention": Retention(365, 24)},
    ],
)
def test_the_bounds_themselves_are_good(change: dict[str, object]) -> None:
    assert replace(GOOD, **change).faults() == ()  # type: ignore[arg-type]


def test_retention_is_ninety_days_and_two_years_unless_somebody_says_otherwise() -> None:
    assert Retention() == Retention(after_closing_days=90, longest_months=24)
