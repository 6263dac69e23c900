"""The arithmetic of `make cost`: with figures that one can reckon with in one's head."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dev.cost import FIGURES, FUNCTION_OF, PAGE_OF_COST, PRICES, Assumptions, Facts, Line, facts, month, page, whole
from dev.metering import Measured, reading, size, writing

FACTS = Facts(memory=dict.fromkeys(set(FUNCTION_OF.values()), 1024), keys=5, secrets=1, alarms=10)
QUIET = Assumptions(
    visits=0,
    self_tests=0,
    challenges=0,
    receipts=0,
    withdrawn=0,
    lists=0,
    opened=0,
    key_renewals=0,
    cold_when_few=0,
    cold_when_many=0,
)
PRICE = {"lambda.gb_second": {"usd": 2.0, "per": 1}, "kms.request": {"usd": 3.0, "per": 1000}}


def measured(**changes: Any) -> Measured:
    paths = [path for path in FUNCTION_OF if path != "submit"]
    return replace(
        Measured(
            units={
                **{path: {} for path in paths},
                **{f"submit_{n}": {"kms.request": n + 1, "dynamodb.write": 10 * n} for n in range(1, 6)},
            },
            seconds={"submit_1": 0.1, "submit_5": 0.5, "housekeeping": 0.0},
            starts=dict.fromkeys(FACTS.memory, 1.0),
            invocations={"submit_1": 1.0, "submit_5": 1.0},
            log={"submit_1": 0, "submit_5": 0},
            stored={
                "recipient": 400,
                "main": 1000,
                "wraps": 200,
                "letter": 3000,
                "access_list": 500,
                "access_open": 100,
            },
        ),
        **changes,
    )


def of(lines: list[Line], price: str) -> float:
    return sum(one.quantity for one in lines if one.price == price)


def test_a_line_costs_its_quantity_by_the_price() -> None:
    assert whole([Line("a", "lambda.gb_second", 4), Line("b", "kms.request", 500)], PRICE) == 8 + 1.5


@pytest.mark.parametrize(
    ("chosen", "kms", "writes", "seconds"), [(1, 2, 10, 0.1), (5, 6, 50, 0.5), (1.8, 2.8, 18, 0.18)]
)
def test_a_submission_is_billed_by_how_many_were_chosen(
    chosen: float, kms: float, writes: float, seconds: float
) -> None:
    # when
    lines = month(1000, 7, chosen, measured(), FACTS, QUIET)
    # then
    assert of(lines, "kms.request") == pytest.approx(1000 * kms)
    assert of(lines, "dynamodb.write") == pytest.approx(1000 * writes)
    assert of(lines, "lambda.gb_second") == pytest.approx(1000 * seconds)
    assert of(lines, "api.request") == 1000


def test_memory_and_cold_starts_are_billed_with_the_time_and_read_the_secret() -> None:
    # given
    large = replace(FACTS, memory={**FACTS.memory, "Submission": 2048})
    # when
    lines = month(1000, 7, 1, measured(), large, replace(QUIET, cold_when_few=0.5))
    # then half of the submissions start first, and so does half of everything else that runs
    submissions = 2 * (1000 * 0.1 + 500 * 1.0)
    delivery, two_notices = 500 * 1.0, 2 * 500 * 1.0
    assert of(lines, "lambda.gb_second") == pytest.approx(submissions + delivery + two_notices)
    assert of(lines, "secrets.request") == 500


def test_what_stands_there_costs_by_recipient_and_by_what_is_kept() -> None:
    # when
    few, many = (month(600, recipients, 1, measured(), FACTS, QUIET) for recipients in (7, 290))
    # then
    assert (of(few, "kms.key_month"), of(many, "kms.key_month")) == (12, 295)
    assert (of(few, "cognito.user_month"), of(many, "cognito.user_month")) == (21, 870)
    assert of(few, "s3.gb_month") == pytest.approx(600 * 24 * 3000 / 1024**3)
    assert of(few, "dynamodb.gb_month") == of(few, "dynamodb.pitr_gb_month") == pytest.approx(600 * 24 * 1200 / 1024**3)


def test_the_list_of_recipients_is_read_by_the_page_however_many_there_are() -> None:
    # when
    lines = [month(100, recipients, 1, measured(), FACTS, replace(QUIET, visits=1)) for recipients in (7, 290)]
    # given that moto's town was of another size
    counted = measured(units={**measured().units, "recipients": {"dynamodb.read": 1}})
    read = [of(month(100, many, 1, counted, FACTS, replace(QUIET, visits=1)), "dynamodb.read") for many in (7, 290)]
    # then
    assert [of(one, "dynamodb.read") for one in lines] == [0, 0]
    assert read == [100 * 1, 100 * 29]


def test_rows_are_as_large_as_dynamodb_counts_them() -> None:
    assert size({"pk": {"S": "å"}}) == 2 + 2
    assert size({"n": {"N": "-12345"}, "b": {"B": b"123"}, "t": {"BOOL": True}}) == 1 + 4 + 1 + 3 + 1 + 1
    assert size({"l": {"L": [{"S": "ab"}]}, "m": {"M": {"k": {"S": "ab"}}}}) == 1 + 3 + 1 + 2 + 1 + 3 + 1 + 1 + 2


def test_a_write_is_billed_by_the_larger_of_before_and_after_twice_in_a_transaction_and_once_more_in_an_index() -> None:
    # given
    small, large = ({"pk": {"S": "a" * length}} for length in (10, 1500))
    waiting = {**large, "outbox_pk": {"S": "OUT"}, "outbox_sk": {"S": "1"}}
    # then
    assert writing(None, small, transacted=False) == 1
    assert writing(None, small, transacted=True) == 2
    assert writing(large, small, transacted=True) == 4
    assert writing(None, None, transacted=True) == 2
    assert writing(None, waiting, transacted=False) == 2 + 2
    assert writing(waiting, {**waiting, "outbox_sk": {"S": "2"}}, transacted=False) == 2 + 2 * 2
    assert writing(waiting, waiting, transacted=False) == 2


def test_a_read_is_billed_by_the_row_or_by_the_page() -> None:
    assert reading([], together=False, consistently=True) == 1
    assert reading([100, 5000], together=False, consistently=True) == 3
    assert reading([100, 3000], together=True, consistently=True) == 1
    assert reading([100, 3000], together=True, consistently=False) == 0.5


def test_the_table_of_prices_is_dated_and_says_that_it_must_be_checked() -> None:
    # given
    table = json.loads(PRICES.read_text("utf-8"))
    # then
    assert date.fromisoformat(table["date"])
    assert "must be checked" in table["note"]
    assert all(one["usd"] >= 0 and one["per"] >= 1 and one["what"] for one in table["prices"].values())


def test_the_page_is_as_its_figures_and_the_template_say() -> None:
    # given
    noted = json.loads(FIGURES.read_text("utf-8"))
    # when
    content = page(Measured(**noted["measured"]), noted, json.loads(PRICES.read_text("utf-8")), facts())
    # then otherwise `python -m dev.cost --again` writes it anew, or `make cost` measures too
    assert PAGE_OF_COST.read_text("utf-8") == content
