"""Invoices: every month of every municipality once, with the fee of its year, to the öre."""

import csv
import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.affiliation import Affiliation, charged_months, first_day, month_of
from familjehem.domain.invoice import Billing, Payer, as_csv, invoices, needed_fees, period, table, totals
from familjehem.domain.municipality import municipalities
from familjehem.domain.registry import BYTE_ORDER_MARK
from familjehem.domain.tariff import fee, tariff_of

YEAR = period("2026")
BEFORE = date(2025, 6, 1)
SMALL, NEXT = "1438", "2506"


def payer(recipient: str, billing: Billing = Billing.SUM) -> Payer:
    return Payer(
        recipient=recipient, name=f"Mottagare {recipient}", address="Fakturagatan 1", reference="R1", billing=billing
    )


def made(*affiliations: Affiliation, months: tuple[int, int] = YEAR, billing: Billing = Billing.SUM):
    payers = {one.recipient: payer(one.recipient, billing) for one in affiliations}
    fees = {(code, year): fee(municipalities()[code], year) for code, year in needed_fees(affiliations, *months)}
    return invoices(affiliations, payers, fees, *months)


def at(municipality: str, since: date, until: date | None = None, recipient: str | None = None) -> Affiliation:
    return Affiliation(municipality=municipality, recipient=recipient or municipality, since=since, until=until)


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2026, 1, 1), None, 11),
        (date(2026, 3, 15), None, 9),
        (date(2026, 3, 31), None, 9),
        (date(2026, 12, 1), None, 0),
        (BEFORE, date(2026, 5, 1), 5),
        (BEFORE, date(2026, 5, 31), 5),
        (BEFORE, date(2025, 12, 31), 0),
        (date(2026, 3, 2), date(2026, 3, 30), 0),
        (date(2026, 3, 31), date(2026, 4, 1), 1),
        (BEFORE, date(2027, 6, 1), 12),
    ],
)
def test_it_starts_with_the_next_month_and_ends_with_the_month_of_notice(since, until, months) -> None:
    assert len(charged_months(at(SMALL, since, until), *YEAR)) == months
    assert sum(one.ore for one in made(at(SMALL, since, until))) == months * 31500


def test_a_full_year_of_all_municipalities_reconciles_with_the_table() -> None:
    # given all 290, connected since before the year
    found = made(*(at(code, BEFORE) for code in municipalities()))
    # then each invoice is twelve months of its class, and the whole is the table's
    assert len(found) == 290
    classes = {code: tariff_of(2026).of(one.population).ore for code, one in municipalities().items()}
    assert {one.payer.recipient: one.ore for one in found} == {code: 12 * ore for code, ore in classes.items()}
    assert sum(one.ore for one in found) == 12 * 263_110_00
    assert sum(one.vat_ore for one in found) == 12 * 263_110_00 // 4
    # and so do its four quarters and its twelve months
    parts = [f"2026-Q{quarter}" for quarter in range(1, 5)], [f"2026-{month:02}" for month in range(1, 13)]
    for names in parts:
        sums = [
            sum(one.ore for one in made(*(at(code, BEFORE) for code in municipalities()), months=period(name)))
            for name in names
        ]
        assert sum(sums) == 12 * 263_110_00


DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@given(
    moves=st.lists(st.tuples(DAYS, st.sampled_from(["unit-a", "unit-b", SMALL])), min_size=1, max_size=6),
    end=DAYS | st.none(),
)
def test_however_often_it_moves_each_month_is_paid_once(moves, end) -> None:
    # given a municipality that moves between units and itself, and perhaps leaves
    moves = sorted(moves)
    ends = [day for day, _ in moves[1:]] + [max(end, moves[-1][0]) if end else None]
    stays = [at(SMALL, since, until, home) for (since, home), until in zip(moves, ends, strict=True)]
    # when
    paid = [month for stay in stays for month in charged_months(stay, *YEAR)]
    # then
    assert len(paid) == len(set(paid))
    first = max(YEAR[0], month_of(moves[0][0]) + 1)
    last = YEAR[1] if ends[-1] is None else min(YEAR[1], month_of(ends[-1]))
    assert sorted(paid) == list(range(first, last + 1))
    assert sum(one.ore for one in made(*stays)) == len(paid) * 31500


def test_a_unit_pays_one_sum_or_each_member_its_own() -> None:
    # given two members, one of which joined in the middle of the year
    members = (at(SMALL, BEFORE, recipient="unit-prov"), at(NEXT, date(2026, 6, 10), recipient="unit-prov"))
    # then
    (whole,) = made(*members)
    each = made(*members, billing=Billing.PER_MEMBER)
    assert (whole.municipality, [line.municipality for line in whole.lines]) == (None, [SMALL, NEXT])
    assert {one.payer for one in each} == {payer("unit-prov", Billing.PER_MEMBER)}
    assert [(one.municipality, one.ore) for one in each] == [(SMALL, 12 * 31500), (NEXT, 6 * 31500)]
    assert whole.ore == sum(one.ore for one in each)


def test_a_period_over_new_year_has_a_line_per_year() -> None:
    months = (month_of(date(2026, 11, 1)), month_of(date(2027, 2, 1)))
    (found,) = made(at(SMALL, BEFORE), months=months)
    assert [(line.fee.year, len(line.months)) for line in found.lines] == [(2026, 2), (2027, 2)]


def test_nobody_owes_nothing() -> None:
    assert made(at(SMALL, date(2026, 12, 24))) == ()


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026", "2026-01", "2026-12"),
        ("2026-Q2", "2026-04", "2026-06"),
        ("2026-Q4", "2026-10", "2026-12"),
        ("2026-09", "2026-09", "2026-09"),
    ],
)
def test_a_period_is_a_year_a_quarter_or_a_month(name, first, last) -> None:
    assert tuple(f"{first_day(one):%Y-%m}" for one in period(name)) == (first, last)


@given(day=st.dates())
def test_months_are_counted_without_a_gap(day: date) -> None:
    assert first_day(month_of(day)) == day.replace(day=1)
    assert month_of(day.replace(day=1) + timedelta(days=32)) - month_of(day) == 1 if day.year < 9999 else True


def test_the_sheet_holds_every_figure_and_no_formula() -> None:
    # given a payer whose reference begins like a formula
    one = Payer(recipient=SMALL, name="Dals-Ed", address="Box 1", reference="=1+1")
    fees = {(SMALL, 2026): fee(municipalities()[SMALL], 2026)}
    found = invoices([at(SMALL, date(2026, 9, 3))], {SMALL: one}, fees, *YEAR)
    # when
    sheet = as_csv(table(found))
    # then
    assert sheet.startswith(BYTE_ORDER_MARK)
    head, row = csv.reader(io.StringIO(sheet.removeprefix(BYTE_ORDER_MARK)), delimiter=";")
    assert head[0] == "Faktura"
    population = str(municipalities()[SMALL].population)
    assert row == [
        "1",
        "Dals-Ed",
        "Box 1",
        "'=1+1",
        SMALL,
        "2026-10",
        "2026-12",
        "3",
        population,
        "2024",
        "2026-1",
        "31500",
        "94500",
        "25",
    ]
    assert totals(found)[0] == (
        "Faktura",
        "Mottagare",
        "Kommunkod",
        "Referens",
        "Öre utan moms",
        "Moms öre",
        "Öre med moms",
    )
    assert totals(found)[1] == (1, "Dals-Ed", "", "=1+1", 94500, 23625, 118125)
