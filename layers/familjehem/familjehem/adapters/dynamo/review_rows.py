"""How reviews of the access log, and confirmations of who has access, lie in their rows: all of it about staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.domain.access_review import Confirmation, Review, ReviewFinding


def review_row(recipient: str, review: Review) -> dict[str, Any]:
    """Give the row of a review."""
    return {
        **keys.review(recipient, review.id).attributes(),
        "id": review.id,
        "at": keys.moment(review.at),
        "person": review.person,
        "name": review.name,
        "lines": list(review.lines),
        "through": review.through,
        "finding": review.finding.value,
        "note": review.note,
    }


def read_review(row: Mapping[str, Any]) -> Review:
    """Read a review from its row."""
    return Review(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        person=row["person"],
        name=row.get("name"),
        lines=tuple(row["lines"]),
        through=row["through"],
        finding=ReviewFinding(row["finding"]),
        note=row.get("note"),
    )


def confirmation_row(recipient: str, confirmation: Confirmation) -> dict[str, Any]:
    """Give the row of a confirmation."""
    return {
        **keys.confirmation(recipient, confirmation.at).attributes(),
        "at": keys.moment(confirmation.at),
        "person": confirmation.person,
        "name": confirmation.name,
        "persons": list(confirmation.persons),
    }


def read_confirmation(row: Mapping[str, Any]) -> Confirmation:
    """Read a confirmation from its row."""
    return Confirmation(
        at=datetime.fromisoformat(row["at"]),
        person=row["person"],
        name=row.get("name"),
        persons=tuple(row["persons"]),
    )
