"""The openings of a delivery, as its applicant may know them: of its trail in the access log, when and by what role."""

from datetime import datetime

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import Database
from familjehem.domain.application import Opening
from familjehem.domain.membership import AccessKind, Role

SHOWN = ("at", "kind", "role")
"""All that the letterbox may read of a trail: never who it was."""
_LATEST = 100
_OPENINGS = {AccessKind.OPEN.value, AccessKind.EXPORT.value}


def read_openings(database: Database, table: str, recipient: str, number: str) -> tuple[Opening, ...]:
    """Give the openings among the latest hundred lines of a delivery's trail, the newest first."""
    trail = {":trail": keys.trail(recipient, number)}
    found = database.query(table, "#pk = :trail", trail, newest_first=True, limit=_LATEST, projection=SHOWN)
    latest = (row for row, _ in zip(found, range(_LATEST), strict=False))
    return tuple(
        Opening(datetime.fromisoformat(row["at"]), Role(row["role"])) for row in latest if row["kind"] in _OPENINGS
    )
