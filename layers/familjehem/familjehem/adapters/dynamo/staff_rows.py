"""How people's access lies in its rows, and how it is read back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.domain.membership import Role
from familjehem.domain.roster import Member


def member_row(recipient: str, member: Member) -> dict[str, Any]:
    """Give the row of a person's access."""
    return {
        **keys.staff_member(recipient, member.id).attributes(),
        "person": member.id,
        "email": member.email,
        "name": member.name,
        "role": member.role.value,
        "invited_at": keys.moment(member.invited_at),
        "warned_on": member.warned_on.isoformat() if member.warned_on else None,
    }


def read_member(row: Mapping[str, Any]) -> Member:
    """Read a person's access from its row."""
    return Member(
        id=row["person"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        invited_at=datetime.fromisoformat(row["invited_at"]),
        warned_on=date.fromisoformat(row["warned_on"]) if "warned_on" in row else None,
    )
