"""Persons and their memberships in table main, one partition per person."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import Database
from familjehem.domain.handling import Colleague
from familjehem.domain.membership import Membership, Person, Role

_NAMED = ("person", "name", "role")
"""What colleagues may know of each other: never the address."""


class DynamoMembers:
    """Knows who belongs where; plays `Members`. Who belongs where is changed in the roster (`staff.py`)."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def person(self, person: str) -> Person:
        """Give, read consistently, the person with every membership; a stranger has none."""
        found = self._database.query(self._table, "#pk = :person", {":person": keys.person(person).pk})
        memberships: list[Membership] = []
        signed_out_at: datetime | None = None
        name: str | None = None
        for row in found:
            if row["sk"] == keys.PERSON:
                signed_out_at = datetime.fromisoformat(row["signed_out_at"]) if "signed_out_at" in row else None
                name = row.get("name")
            else:
                memberships.append(_membership(row))
        return Person(person, tuple(memberships), signed_out_at, name)

    def colleagues(self, recipient: str) -> Sequence[Colleague]:
        """Give everybody who has access, read consistently, without their addresses."""
        found = self._database.query(self._table, "#pk = :staff", {":staff": keys.staff(recipient)}, projection=_NAMED)
        return tuple(Colleague(row["person"], row["name"], Role(row["role"])) for row in found)

    def sign_out(self, person: str, at: datetime) -> None:
        """End every session of a person that began before `at`; the latest call counts. `NotConfirmedError`."""
        self._database.update(self._table, keys.person(person), "SET #signed_out_at = :at", {":at": keys.moment(at)})


def _membership(row: Mapping[str, Any]) -> Membership:
    return Membership(row["recipient"], row["recipient_name"], Role(row["role"]), row.get("name"))
