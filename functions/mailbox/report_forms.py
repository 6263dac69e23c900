"""What the mailbox says on the wire about monthly reports."""

from collections.abc import Sequence
from typing import Self

from familjehem.runtime.http import Wire


class ReportForm(Wire):
    """A month's report, there in every form; `month` is such as `2026-11`."""

    month: str


class ReportsForm(Wire):
    """The reports of the chosen recipient, the newest first."""

    reports: list[ReportForm]

    @classmethod
    def of(cls, months: Sequence[str]) -> Self:
        """Give the wire form of months."""
        return cls(reports=[ReportForm(month=one) for one in months])
