"""How recipients fare, in table main: one row each, of counts and days, written by housekeeping."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.outbox import health_row
from familjehem.adapters.dynamo.table import Database, put, update
from familjehem.domain.calendar import swedish_date
from familjehem.domain.health import Vitals
from familjehem.domain.outbox import HealthTask

_TOLD = "told"
_DAYS = ("last_sign_in", "oldest_unopened", "access_confirmed_on")


class DynamoVitals:
    """Keeps vitals and gives them; plays `VitalsBook` and `Examiner`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def confirmed_on(self, recipient: str) -> date | None:
        """Give the Swedish date on which it was last confirmed who has access; None if it never was."""
        found = self._database.query(
            self._table,
            "#pk = :reviews AND begins_with(#sk, :confirmation)",
            {":reviews": keys.reviews(recipient), ":confirmation": keys.CONFIRMATIONS},
            newest_first=True,
            limit=1,
            projection=("pk", "sk", "at"),
        )
        last = next(iter(found), None)
        return swedish_date(datetime.fromisoformat(last["at"])) if last else None

    def note(self, recipient: str, vitals: Vitals, on: date) -> None:
        """Keep what was found of one recipient, in place of what was found before. `NotConfirmedError`."""
        found = asdict(vitals) | {name: day.isoformat() for name in _DAYS if (day := getattr(vitals, name))}
        self._database.update(
            self._table,
            keys.vitals(recipient),
            "SET #vitals = :vitals, #found_on = :on",
            {":vitals": {name: value for name, value in found.items() if value is not None}, ":on": on.isoformat()},
        )

    def tell(self, task: HealthTask, lines: Sequence[str], at: datetime) -> bool:
        """Have SKR told, a line per recipient; False where it was told on this day or later. `NotConfirmedError`."""
        told = update(
            self._table,
            keys.health_told(),
            "SET #told_on = :day",
            {":day": task.day},
            condition="attribute_not_exists(#told_on) OR #told_on < :day",
            label=_TOLD,
        )
        return not self._database.commit([told, put(self._table, health_row(task, lines, at), label=_TOLD)])

    def vitals(self) -> Mapping[str, Vitals]:
        """Give what is known, by recipient; a recipient of which nothing is known is left out."""
        found = self._database.query(self._table, "#pk = :vitals", {":vitals": keys.VITALS})
        return {row["sk"]: _read(row["vitals"]) for row in found}


def _read(found: Mapping[str, Any]) -> Vitals:
    return Vitals(
        bounces=_count(found, "bounces"),
        complaints=_count(found, "complaints"),
        suppressed=found.get("suppressed"),
        last_sign_in=_day(found, "last_sign_in"),
        readers=_count(found, "readers"),
        oldest_unopened=_day(found, "oldest_unopened"),
        access_confirmed_on=_day(found, "access_confirmed_on"),
    )


def _count(found: Mapping[str, Any], name: str) -> int | None:
    return int(found[name]) if name in found else None


def _day(found: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(found[name]) if name in found else None
