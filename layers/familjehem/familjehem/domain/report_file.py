"""The files of a month's report: where they lie, and in which forms (design 6, month)."""

import re
from datetime import datetime

from familjehem.domain.calendar import swedish_date

REPORTS = "reports"
"""Under what reports lie: each reader's by its id, then by month and form."""
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
FORMS = tuple(MEDIA_TYPES)
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")

_NAME = re.compile(rf"({MONTH.pattern})\.({'|'.join(FORMS)})")


def folder(reader: str) -> str:
    """Give under what all reports of a reader lie."""
    return f"{REPORTS}/{reader}/"


def place(reader: str, month: str, form: str) -> str:
    """Give where a report lies."""
    return f"{folder(reader)}{month}.{form}"


def read_name(name: str) -> tuple[str, str] | None:
    """Read month and form out of the name of a file such as `2026-11.pdf`; None for any other name."""
    found = _NAME.fullmatch(name)
    return (found[1], found[3]) if found else None


def is_over(month: str, now: datetime) -> bool:
    """Tell whether a month such as `2026-11` has ended in Sweden."""
    return month < swedish_date(now).strftime("%Y-%m")
