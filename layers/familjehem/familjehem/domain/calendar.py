"""Swedish dates: a day, a month and a year are those of Europe/Stockholm (FL 22 §), whatever a server's clock says."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def swedish_date(at: datetime) -> date:
    """Give the date that a moment has in Sweden."""
    return at.astimezone(STOCKHOLM).date()
