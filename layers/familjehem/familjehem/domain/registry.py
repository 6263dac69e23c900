"""The registry: what came in, line by line, as a registrar copies it into the municipality's own (OSL 5 kap. 1-2 §§).

Date, number, sender, subject and state, and nothing of the content. Who sent an application is itself secret
(OSL 26:1), and a registry must be fit to be shown; so the sender is withheld in every line, and stands in the letter.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from familjehem.domain.calendar import STOCKHOLM, swedish_date
from familjehem.domain.delivery import Delivery
from familjehem.domain.texts import text

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """One received document: an application, or a supplement to it; `subject` and `state` in words."""

    received_at: datetime
    number: str
    subject: str
    state: str


def registry(deliveries: Iterable[Delivery], first: date, last: date) -> tuple[RegistryLine, ...]:
    """Give what came in from `first` to `last`, Swedish dates that both count, in the order in which it came."""
    # Behind a canary letter there is nobody, so it is no document that came in.
    lines = (line for delivery in deliveries if not delivery.canary for line in _lines(delivery))
    mine = (line for line in lines if first <= swedish_date(line.received_at) <= last)
    return tuple(sorted(mine, key=lambda line: (line.received_at, line.number)))


def as_csv(lines: Iterable[RegistryLine]) -> str:
    """Give the registry as a Swedish Excel opens it: byte order mark, semicolons, and no cell that is a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow(
        (
            text("export.registry.received"),
            text("export.registry.number"),
            text("export.registry.sender"),
            text("export.registry.subject"),
            text("export.registry.state"),
        )
    )
    for line in lines:
        received = f"{line.received_at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
        row = (received, line.number, text("export.registry.withheld"), line.subject, line.state)
        writer.writerow(map(harmless, row))
    return BYTE_ORDER_MARK + sheet.getvalue()


def harmless(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _lines(delivery: Delivery) -> Iterable[RegistryLine]:
    if delivery.received_at is None:
        return
    state = text(f"export.registry.states.{delivery.state}")
    yield RegistryLine(delivery.received_at, delivery.number, text("export.registry.interest"), state)
    for one in delivery.received_supplements:
        yield RegistryLine(one.at, delivery.number, text("export.registry.supplement", version=one.version), state)
