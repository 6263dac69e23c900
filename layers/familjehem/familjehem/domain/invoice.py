"""The invoice basis: who is to pay what for a period of whole months, to the öre, for SKR's finance system."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from familjehem.domain.affiliation import Affiliation, charged_months, first_day
from familjehem.domain.registry import BYTE_ORDER_MARK, harmless
from familjehem.domain.tariff import Fee, vat
from familjehem.domain.texts import text


class Billing(StrEnum):
    """Who gets the invoice of a joint unit: each member its own, or the unit one sum."""

    PER_MEMBER = "perMember"
    SUM = "sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Where invoices of a recipient go: SKR's fourth group of data, an address of an authority and its reference."""

    recipient: str
    name: str
    address: str
    reference: str
    billing: Billing = Billing.SUM


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One municipality's fee for some months in a row: what it is, and what it was reckoned from. Öre, without VAT."""

    recipient: str
    municipality: str
    months: range
    fee: Fee

    @property
    def ore(self) -> int:
        """The amount without VAT."""
        return self.fee.ore * len(self.months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One invoice: its payer, the municipality where each member has its own (else None), and its lines."""

    payer: Payer
    municipality: str | None
    lines: tuple[InvoiceLine, ...]

    @property
    def ore(self) -> int:
        """The amount without VAT."""
        return sum(line.ore for line in self.lines)

    @property
    def vat_ore(self) -> int:
        """The VAT, reckoned once per invoice and rate, so that no sum of roundings is left."""
        by_rate: dict[int, int] = {}
        for line in self.lines:
            by_rate[line.fee.vat_percent] = by_rate.get(line.fee.vat_percent, 0) + line.ore
        return sum(vat(ore, percent) for percent, ore in by_rate.items())


def invoices(
    affiliations: Iterable[Affiliation],
    payers: Mapping[str, Payer],
    fees: Mapping[tuple[str, int], Fee],
    first: int,
    last: int,
) -> tuple[Invoice, ...]:
    """Give the invoices of the months `first` to `last` (counted by `month_of`), in order of recipient.

    `fees` are by municipality and calendar year, `payers` by recipient; both must hold whoever pays, or `KeyError`.
    Every month of every affiliation is charged exactly once, with the fee of its own year.
    """
    lines = [
        line
        for one in sorted(affiliations, key=lambda one: (one.recipient, one.municipality, one.since))
        for line in _lines(one, fees, first, last)
    ]
    found: list[Invoice] = []
    for recipient, of_recipient in groupby(lines, key=lambda line: line.recipient):
        payer = payers[recipient]
        if payer.billing is Billing.SUM:
            found.append(Invoice(payer=payer, municipality=None, lines=tuple(of_recipient)))
            continue
        for municipality, own in groupby(of_recipient, key=lambda line: line.municipality):
            found.append(Invoice(payer=payer, municipality=municipality, lines=tuple(own)))
    return tuple(found)


def needed_fees(affiliations: Iterable[Affiliation], first: int, last: int) -> frozenset[tuple[str, int]]:
    """Give the fees, by municipality and calendar year, that the invoices of a period need."""
    return frozenset(
        (one.municipality, month // 12) for one in affiliations for month in charged_months(one, first, last)
    )


def period(name: str) -> tuple[int, int]:
    """Read a period: `2026`, `2026-Q1` or `2026-03`, as its first and last month (counted by `month_of`)."""
    year, _, part = name.partition("-")
    start = int(year) * 12
    if not part:
        return start, start + 11
    if part.startswith("Q"):
        start += 3 * (int(part[1:]) - 1)
        return start, start + 2
    return start + int(part) - 1, start + int(part) - 1


def table(found: Iterable[Invoice]) -> tuple[tuple[str | int, ...], ...]:
    """Give the basis as rows of cells, a head first: one line per municipality and fee; amounts are integers in öre."""
    head = tuple(
        text(f"administration.invoice.{name}")
        for name in (
            "invoice",
            "recipient",
            "address",
            "reference",
            "municipality",
            "firstMonth",
            "lastMonth",
            "months",
            "population",
            "populationYear",
            "tariff",
            "monthOre",
            "ore",
            "vatPercent",
        )
    )
    return (head, *(_row(number, one, line) for number, one in enumerate(found, 1) for line in one.lines))


def totals(found: Iterable[Invoice]) -> tuple[tuple[str | int, ...], ...]:
    """Give one row per invoice, a head first: without VAT, VAT, with VAT; integers in öre."""
    head = tuple(
        text(f"administration.invoice.{name}")
        for name in ("invoice", "recipient", "municipality", "reference", "ore", "vatOre", "totalOre")
    )
    rows = (
        (
            number,
            one.payer.name,
            one.municipality or "",
            one.payer.reference,
            one.ore,
            one.vat_ore,
            one.ore + one.vat_ore,
        )
        for number, one in enumerate(found, 1)
    )
    return (head, *rows)


def as_csv(rows: Iterable[tuple[str | int, ...]]) -> str:
    """Give rows as a Swedish Excel opens them: byte order mark, semicolons, and no cell that is a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return BYTE_ORDER_MARK + sheet.getvalue()


def month_name(month: int) -> str:
    """Give a counted month as `2026-03`."""
    return f"{first_day(month):%Y-%m}"


def _lines(
    affiliation: Affiliation, fees: Mapping[tuple[str, int], Fee], first: int, last: int
) -> Iterable[InvoiceLine]:
    months = charged_months(affiliation, first, last)
    for year, of_year in groupby(months, key=lambda month: month // 12):
        own = tuple(of_year)
        yield InvoiceLine(
            recipient=affiliation.recipient,
            municipality=affiliation.municipality,
            months=range(own[0], own[-1] + 1),
            fee=fees[affiliation.municipality, year],
        )


def _row(number: int, invoice: Invoice, line: InvoiceLine) -> tuple[str | int, ...]:
    return (
        number,
        invoice.payer.name,
        invoice.payer.address,
        invoice.payer.reference,
        line.municipality,
        month_name(line.months[0]),
        month_name(line.months[-1]),
        len(line.months),
        line.fee.population,
        line.fee.population_year,
        line.fee.tariff,
        line.fee.ore,
        line.ore,
        line.fee.vat_percent,
    )
