"""Persons and their memberships in table main, one partition per person."""

from datetime import datetime

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import Database
from familjehem.domain.membership import Membership, Person, Role


class DynamoMembers:
    """Knows who belongs where; plays `Members`, and enrols people for those who seed or invite."""

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
                memberships.append(Membership(row["recipient"], row["recipient_name"], Role(row["role"])))
        return Person(person, tuple(memberships), signed_out_at, name)

    def enrol(self, person: str, membership: Membership) -> None:
        """Give a person a place at a recipient, or another role there; repeats do nothing. `NotConfirmedError`."""
        self._database.update(
            self._table,
            keys.membership(person, membership.recipient),
            "SET #recipient = :recipient, #recipient_name = :recipient_name, #role = :role",
            {
                ":recipient": membership.recipient,
                ":recipient_name": membership.recipient_name,
                ":role": membership.role.value,
            },
        )

    def call(self, person: str, name: str) -> None:
        """Say what a person is called; the latest call counts. `NotConfirmedError`."""
        self._database.update(self._table, keys.person(person), "SET #name = :name", {":name": name})

    def sign_out(self, person: str, at: datetime) -> None:
        """End every session of a person that began before `at`; the latest call counts. `NotConfirmedError`."""
        self._database.update(self._table, keys.person(person), "SET #signed_out_at = :at", {":at": keys.moment(at)})
