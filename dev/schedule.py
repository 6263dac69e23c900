"""When a schedule of EventBridge fires next: `rate(…)`, `cron(…)` with six fields, `at(…)`."""

import calendar
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.+)\)")
_AT = re.compile(r"at\((.+)\)")
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_YEARS_AHEAD = 5


class ScheduleError(Exception):
    """An expression that the local scheduler cannot read."""


def next_time(expression: str, after: datetime, zone: str = "UTC") -> datetime | None:
    """Give the first moment after `after` (aware) at which the expression fires, in UTC; None when it never will."""
    if found := _RATE.fullmatch(expression):
        count, unit = int(found[1]), found[2]
        return after + timedelta(**{f"{unit}s": count})
    if found := _AT.fullmatch(expression):
        moment = datetime.fromisoformat(found[1]).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        return moment if moment > after else None
    if found := _CRON.fullmatch(expression):
        return _next_cron(found[1], after, ZoneInfo(zone))
    raise ScheduleError(f"cannot read the schedule {expression}")


def _next_cron(fields: str, after: datetime, zone: ZoneInfo) -> datetime | None:
    parts = fields.split()
    if len(parts) != 6:
        raise ScheduleError(f"cron({fields}) has not six fields")
    minutes, hours = _values(parts[0], 0, 59, {}), _values(parts[1], 0, 23, {})
    months, years = _values(parts[3], 1, 12, _MONTHS), _values(parts[5], 1970, 2199, {})
    day = after.astimezone(zone).date()
    for _ in range(366 * _YEARS_AHEAD):
        if day.month in months and day.year in years and _is_day(parts[2], parts[4], day.year, day.month, day.day):
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
                    if moment > after:
                        return moment
        day += timedelta(days=1)
    return None


def _is_day(of_month: str, of_week: str, year: int, month: int, day: int) -> bool:
    last = calendar.monthrange(year, month)[1]
    weekday = (calendar.weekday(year, month, day) + 1) % 7 + 1
    if of_month == "L":
        return day == last
    if of_month.endswith("W") or "#" in of_week or of_week.endswith("L"):
        raise ScheduleError(f"the local scheduler does not know the day {of_month} {of_week}")
    if of_month != "?":
        return day in _values(of_month, 1, 31, {})
    return weekday in _values(of_week, 1, 7, _DAYS)


def _values(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        body, _, step = part.partition("/")
        if body in {"*", "?"}:
            first, last = low, high
        else:
            start, _, end = body.partition("-")
            first = names.get(start.upper(), -1) if not start.isdigit() else int(start)
            last = (names.get(end.upper(), -1) if not end.isdigit() else int(end)) if end else (high if step else first)
        if not (low <= first <= high and low <= last <= high):
            raise ScheduleError(f"cannot read {text} in a schedule")
        found |= set(range(first, last + 1, int(step or 1)))
    return frozenset(found)
