"""Reckon invoices: what each recipient is to pay for a period, as a basis for SKR's finance system."""

from collections.abc import Iterable
from dataclasses import dataclass

from familjehem.domain.administration import CommandReport, Finding, changed, refused, unchanged
from familjehem.domain.affiliation import Affiliation
from familjehem.domain.errors import FieldError, InvalidCommandError
from familjehem.domain.invoice import Invoice, Payer, as_csv, invoices, needed_fees, period, table, totals
from familjehem.domain.municipality import municipalities
from familjehem.domain.tariff import Fee, fee, share_budget, tariff_of
from familjehem.domain.texts import text
from familjehem.ports import Folder, Register, Workbook

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReckonInvoices:
    """Makes the invoice basis of a period, as CSV and as Excel, in the administration's folder.

    Fees of the years within are fixed by the first reckoning that is no dry run, each with its population and tariff,
    and are never changed after that; so the same period gives the same basis whenever it is made, unless somebody
    joined, moved or left within it. A recipient without an invoice address is named, and nothing is made before it has
    one.
    """

    register: Register
    folder: Folder
    workbook: Workbook

    def __call__(self, name: str, *, dry_run: bool) -> CommandReport:
        """Reckon a period (`2026`, `2026-Q1`, `2026-03`); `InvalidCommandError` at `/year` for one without a tariff."""
        first, last = period(name)
        affiliations = self.register.affiliations()
        needed = needed_fees(affiliations, first, last)
        fees = self._fees(needed, dry_run=dry_run)
        payers = {one.recipient: one for one in self._payers()}
        owing = {one.recipient for one in affiliations if _pays(one, needed, first, last)}
        without = sorted(owing - payers.keys())
        if without:
            return CommandReport(tuple(refused(one, "noPayer") for one in without))
        found = invoices(affiliations, payers, fees, first, last)
        facts = {
            "period": name,
            "invoices": len(found),
            "ore": sum(one.ore for one in found),
            "vatOre": sum(one.vat_ore for one in found),
        }
        if not dry_run:
            facts |= self._papers(name, found)
        return CommandReport(tuple(_finding(one) for one in found), facts)

    def _fees(self, needed: Iterable[tuple[str, int]], *, dry_run: bool) -> dict[tuple[str, int], Fee]:
        known = municipalities()
        fees: dict[tuple[str, int], Fee] = {}
        for year in sorted({year for _, year in needed}):
            fixed = self.register.fees(year)
            codes = sorted(code for code, of_year in needed if of_year == year)
            new = {code: fee(known[code], year) for code in codes if code not in fixed}
            if new and not dry_run:
                self.register.fix(new.values())
                # Somebody else may have fixed them at the same time, and the first counts.
                fixed = self.register.fees(year)
            fees |= {(code, year): {**new, **fixed}[code] for code in codes}
        return fees

    def _payers(self) -> Iterable[Payer]:
        for one in self.register.all():
            if one.onboarding is not None and one.onboarding.payer is not None and one.recipient is not None:
                yield one.onboarding.payer

    def _papers(self, name: str, found: tuple[Invoice, ...]) -> dict[str, str]:
        lines, sums = table(found), totals(found)
        sheets = {text("administration.invoice.sums"): sums, text("administration.invoice.lines"): lines}
        return {
            "csv": self.folder.keep(f"invoices/{name}.csv", as_csv(lines).encode(), CSV),
            "sums": self.folder.keep(f"invoices/{name}-sums.csv", as_csv(sums).encode(), CSV),
            "excel": self.folder.keep(f"invoices/{name}.xlsx", self.workbook.excel(sheets), XLSX),
        }


@dataclass(frozen=True, slots=True)
class ShowTariff:
    """Shows what municipalities would pay: by the table of a year, or by sharing a budget. Changes nothing."""

    register: Register

    def __call__(
        self, year: int, codes: Iterable[str], *, budget: int | None = None, floor: int = 0, cap: int | None = None
    ) -> CommandReport:
        """Show the fees of a year, a month each; with `budget`, its yearly shares instead. All in öre.

        Without `codes`, of all that are connected for a budget, else of all municipalities. `InvalidCommandError`.
        """
        known = municipalities()
        chosen = tuple(codes) or (self._connected() if budget is not None else tuple(known))
        if unknown := [index for index, code in enumerate(chosen) if code not in known]:
            raise InvalidCommandError(*(FieldError(f"/municipalities/{at}", "unknownMunicipality") for at in unknown))
        if budget is not None:
            populations = {code: known[code].population for code in chosen}
            shares = share_budget(budget, populations, floor=floor, cap=budget if cap is None else cap)
            return CommandReport(
                tuple(unchanged(code, _share(ore), name=known[code].name, ore=ore) for code, ore in shares.items()),
                {"year": year, "ore": sum(shares.values())},
            )
        fees = [fee(known[code], year) for code in chosen]
        return CommandReport(
            tuple(
                unchanged(
                    one.municipality,
                    text("administration.fee", kronor=_kronor(one.ore), population=one.population),
                    name=known[one.municipality].name,
                    population=one.population,
                    oreAMonth=one.ore,
                )
                for one in fees
            ),
            {"year": year, "tariff": tariff_of(year).version, "oreAMonth": sum(one.ore for one in fees)},
        )

    def _connected(self) -> tuple[str, ...]:
        found = {code for one in self.register.all() if one.recipient for code in one.recipient.municipalities}
        return tuple(sorted(found))


def _pays(one: Affiliation, needed: frozenset[tuple[str, int]], first: int, last: int) -> bool:
    return bool(needed_fees([one], first, last) & needed)


def _finding(one: Invoice) -> Finding:
    subject = one.payer.recipient if one.municipality is None else f"{one.payer.recipient}/{one.municipality}"
    words = text("administration.owes", kronor=_kronor(one.ore), vat=_kronor(one.vat_ore))
    return changed(subject, words, name=one.payer.name, ore=one.ore, vatOre=one.vat_ore)


def _share(ore: int) -> str:
    return text("administration.share", kronor=_kronor(ore))


def _kronor(ore: int) -> str:
    """Give an amount as people read it: `2 335,00`."""
    return f"{ore // 100:,}.{ore % 100:02}".replace(",", "\u00a0").replace(".", ",")
