"""Swedish dates: a day, a month and a year are those of Europe/Stockholm (FL 22 §), whatever a server's clock says.

A working day is neither Saturday, Sunday, a red day (lag 1989:253), nor an eve on which offices are closed: midsummer,
Christmas and New Year's.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_ONE = timedelta(days=1)
_SATURDAY, _FRIDAY = 5, 4
# New Year's Day, Epiphany, First of May, National Day, Christmas Eve, Christmas Day, Boxing Day, New Year's Eve.
_FIXED = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
# Good Friday, Easter Monday, Ascension Day; Easter Day and Whit Sunday are Sundays anyhow.
_FROM_EASTER = (-2, 1, 39)


def swedish_date(at: datetime) -> date:
    """Give the date that a moment has in Sweden."""
    return at.astimezone(STOCKHOLM).date()


def working_day(day: date) -> bool:
    """Tell whether a Swedish office works on a day (Gregorian calendar, rules as they have been since 2005)."""
    return day.weekday() < _SATURDAY and day not in _free(day.year)


def due(received_at: datetime, closing: time) -> datetime:
    """Give the moment by which a family is to be called: the first closing of a working day after it was received.

    `closing` is the wall clock's; an hour that the clock skips or shows twice is read as the earlier of the two.
    """
    day = swedish_date(received_at)
    while not (working_day(day) and _closing(day, closing) > received_at):
        day += _ONE
    return _closing(day, closing)


def last_closing(now: datetime, closing: time) -> datetime:
    """Give the last closing of a working day that has passed: whatever was received before it was due by it."""
    day = swedish_date(now)
    while not (working_day(day) and _closing(day, closing) < now):
        day -= _ONE
    return _closing(day, closing)


def _closing(day: date, closing: time) -> datetime:
    # In one zone Python compares wall clocks; in UTC it compares moments.
    return datetime.combine(day, closing, STOCKHOLM).astimezone(UTC)


@cache
def _free(year: int) -> frozenset[date]:
    """Give the days of a year, beside Saturdays and Sundays, on which offices are closed."""
    midsummer_eve = next(day for day in (date(year, 6, 19) + _ONE * n for n in range(7)) if day.weekday() == _FRIDAY)
    fixed = (date(year, month, day) for month, day in _FIXED)
    moving = (_easter(year) + _ONE * days for days in _FROM_EASTER)
    return frozenset((*fixed, *moving, midsummer_eve))


def _easter(year: int) -> date:
    """Give Easter Day (Gregorian; the anonymous algorithm of 1876)."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
