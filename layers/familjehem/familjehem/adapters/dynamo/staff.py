"""The people of each recipient in table main: the roster, its history, and the mirror of it at each person.

`STAFF#<recipient>` holds a row a person, `ROSTER#<recipient>` a row a change: its number is the next one, and that
nobody else has written it makes the changes of one roster follow each other. `PERSON#<person>` says the same by person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.outbox import access_row
from familjehem.adapters.dynamo.staff_rows import member_row, read_member
from familjehem.adapters.dynamo.table import EXISTING, Database, Write, delete, put, update
from familjehem.domain.roster import Roster, RosterChange
from familjehem.ports import RosterChangedError

_ROSTER = "roster"
_STAFF = "staff"
_PLACE = "place"


class DynamoStaff:
    """Knows the people of each recipient; plays `Staff`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def roster(self, recipient: str) -> Roster:
        """Give, read consistently, everybody who has access; a recipient that is none has nobody."""
        # The number of the last change is read first: whatever comes in between then makes the commit be refused.
        history = self._database.query(
            self._table, "#pk = :roster", {":roster": keys.roster(recipient)}, newest_first=True, limit=1
        )
        last = next(history, None)
        found = self._database.query(self._table, "#pk = :staff", {":staff": keys.staff(recipient)})
        members = {row["person"]: read_member(row) for row in found}
        return Roster(recipient, keys.roster_number(last["sk"]) if last else 0, members)

    def last_seen(self, recipient: str) -> Mapping[str, date]:
        """Give, by person, the Swedish date on which somebody last was in the recipient's room."""
        found = self._database.query(self._table, "#pk = :seen", {":seen": keys.seen_partition(recipient)})
        return {row["sk"]: date.fromisoformat(row["seen_on"]) for row in found}

    def commit(self, change: RosterChange) -> None:
        """Commit the access, the person's own row, the line of history and the mail that is asked for; all or nothing.

        `RosterChangedError` where the roster is no longer as it was read, `NotConfirmedError`.
        """
        if self._database.commit([self._line(change), *self._rows(change), *self._told(change)]):
            raise RosterChangedError

    def _line(self, change: RosterChange) -> Write:
        after = change.after.members.get(change.person)
        line = {
            **keys.roster_line(change.after.recipient, change.after.version).attributes(),
            "at": keys.moment(change.at),
            "kind": change.kind.value,
            "person": change.person,
            "role": after.role.value if after else None,
            "by": change.by,
        }
        return put(self._table, line, label=_ROSTER)

    def _rows(self, change: RosterChange) -> Iterator[Write]:
        recipient, person = change.after.recipient, change.person
        before, after = change.before.members.get(person), change.after.members.get(person)
        row, place = keys.staff_member(recipient, person), keys.membership(person, recipient)
        if after is None:
            yield delete(self._table, row, condition=EXISTING, label=_STAFF)
            # Gone already where somebody took it by hand; then there is nothing left to take.
            yield delete(self._table, place)
            # The day belongs to the access: who is invited anew begins anew.
            yield delete(self._table, keys.seen(recipient, person))
        elif before is None:
            yield put(self._table, member_row(recipient, after), label=_STAFF)
            membership = {
                "recipient": recipient,
                "recipient_name": change.recipient_name,
                "role": after.role.value,
                "name": after.name,
                "invited_at": keys.moment(after.invited_at),
            }
            yield put(self._table, {**place.attributes(), **membership}, label=_PLACE)
            yield update(
                self._table,
                keys.person(person),
                "SET #name = if_not_exists(#name, :name), #email = :email",
                {":name": after.name, ":email": after.email},
            )
        elif replace(before, warned_on=after.warned_on) == after:
            told = {":warned_on": after.warned_on.isoformat() if after.warned_on else None}
            yield update(self._table, row, "SET #warned_on = :warned_on", told, condition=EXISTING, label=_STAFF)
        else:
            values = {":role": after.role.value, ":name": after.name}
            for key, label in ((row, _STAFF), (place, _PLACE)):
                yield update(
                    self._table, key, "SET #role = :role, #name = :name", values, condition=EXISTING, label=label
                )

    def _told(self, change: RosterChange) -> Iterator[Write]:
        if change.told is None:
            return
        # One that waits from before says the same; a row that exists must not make the change impossible.
        yield put(self._table, access_row(change.told, change.at), condition=None)
