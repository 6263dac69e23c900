"""The access log in table main: a recipient writes it in its own session, housekeeping reads it whole.

A line, the row that tells where the log ends, and what the line tells of are one commit: of two that would be the same
line one is refused, and takes the next number.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import NEW, Database, Item, Write, put
from familjehem.domain.access_log import START, BrokenLine, Head, Line
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.membership import AccessEntry, AccessKind, AccessReason, Role

_LAST = 10**keys.SEQUENCE_WIDTH - 1
_HEAD = "head"
_BETWEEN = "#pk = :log AND #sk BETWEEN :first AND :last"
# Other rows of the partition: where the log ends, and lines of the form that was before this one, of no consequence.
_NUMBERED = re.compile(rf"[0-9]{{{keys.SEQUENCE_WIDTH}}}")


class AccessLog:
    """One recipient's access log, in that recipient's session."""

    def __init__(self, database: Database, table: str, recipient: str) -> None:
        self._database = database
        self._table = table
        self._recipient = recipient

    def append(self, entry: AccessEntry, others: Sequence[Write] = (), *, trail: str | None = None) -> frozenset[str]:
        """Commit a line together with `others`, all or nothing; give the labels of those that were refused.

        With `trail`, the number of the delivery that it is about alone, the line stands among those of that one too.
        `NotConfirmedError` when it is not known, or when others were always faster.
        """
        for _ in self._database.tries():
            head = self.head()
            line = Line.after(head, self._recipient, entry)
            refused = self._database.commit([*self._writes(line, head, trail), *others])
            if told := refused - {_HEAD}:
                return told
            if not refused:
                return frozenset()
        message = "the access log: always somebody else's line"
        raise NotConfirmedError(message)

    def head(self) -> Head:
        """Tell, read consistently, where the log ends."""
        return _head(self._database, self._table, self._recipient)

    def lines(self, before: int | None, limit: int) -> tuple[Line, ...]:
        """Give the lines before a number, or the latest, the newest first."""
        last = self.head().sequence if before is None else min(before - 1, _LAST)
        walk = _walk(
            self._database, self._table, keys.access_log(self._recipient), 1, last, newest_first=True, limit=limit
        )
        return tuple(_line(row) for row, _ in zip(walk, range(limit), strict=False))

    def lines_since(self, after: int) -> Iterator[Line]:
        """Give the lines after a number, the oldest first."""
        log = keys.access_log(self._recipient)
        return map(_line, _walk(self._database, self._table, log, after + 1, self.head().sequence))

    def trail(self, number: str, before: int | None, limit: int) -> tuple[Line, ...]:
        """Give the lines about one delivery alone before a number, or the latest, the newest first."""
        last = _LAST if before is None else min(before - 1, _LAST)
        trail = keys.trail(self._recipient, number)
        walk = _walk(self._database, self._table, trail, 1, last, newest_first=True, limit=limit)
        return tuple(_line(row) for row, _ in zip(walk, range(limit), strict=False))

    def _writes(self, line: Line, head: Head, trail: str | None) -> Iterator[Write]:
        """Give the writes of a line; where the log ends is what refuses the second of two."""
        ends = {
            **keys.access_head(self._recipient).attributes(),
            "sequence": line.sequence,
            "hash": line.hash,
        }
        unmoved = "#sequence = :before" if head.sequence else NEW
        before = {":before": head.sequence} if head.sequence else None
        yield put(self._table, ends, condition=unmoved, values=before, label=_HEAD)
        yield put(self._table, {**keys.access(self._recipient, line.sequence).attributes(), **_row(line)})
        if trail is not None:
            place = keys.Key(keys.trail(self._recipient, trail), keys.in_sequence(line.sequence))
            yield put(self._table, {**place.attributes(), **_row(line)})


class DynamoAccessLedger:
    """The access logs as housekeeping reads them; plays `AccessLedger`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def head(self, recipient: str) -> Head:
        """Tell, read consistently, where a recipient's log ends; `START` for one that nobody has written in."""
        return _head(self._database, self._table, recipient)

    def lines(self, recipient: str, first: int, last: int | None = None) -> Iterator[Line | BrokenLine]:
        """Give those lines that there are of a stretch (or from `first` on), the oldest first, and what is none."""
        log, end = keys.access_log(recipient), _LAST if last is None else last
        return map(_unbroken, _walk(self._database, self._table, log, first, end))


def _head(database: Database, table: str, recipient: str) -> Head:
    row = database.get(table, keys.access_head(recipient))
    return Head(row["sequence"], row["hash"]) if row else START


def _walk(
    database: Database,
    table: str,
    log: str,
    first: int,
    last: int,
    *,
    newest_first: bool = False,
    limit: int | None = None,
) -> Iterator[Item]:
    if last < first:
        return iter(())
    values = {":log": log, ":first": keys.in_sequence(first), ":last": keys.in_sequence(last)}
    found = database.query(table, _BETWEEN, values, newest_first=newest_first, limit=limit)
    return (row for row in found if _NUMBERED.fullmatch(row["sk"]))


def _row(line: Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "sequence": line.sequence,
        "at": keys.moment(entry.at),
        "person": entry.person,
        "name": entry.name,
        "role": entry.role.value,
        "kind": entry.kind.value,
        "reason": entry.reason.value,
        "deliveries": list(entry.deliveries),
        "hash": line.hash,
    }


def _unbroken(row: Mapping[str, Any]) -> Line | BrokenLine:
    """Read a line that must be as it was written to the letter: nothing other, nothing more, nothing less."""
    sequence = int(row["sk"])
    try:
        line = _line(row)
        written = {name: value for name, value in _row(line).items() if value is not None}
    except (KeyError, ValueError, TypeError, AttributeError):
        return BrokenLine(sequence)
    as_written = {"pk": row["pk"], "sk": keys.in_sequence(line.sequence), **written} == row
    return line if as_written and line.sequence == sequence else BrokenLine(sequence)


def _line(row: Mapping[str, Any]) -> Line:
    entry = AccessEntry(
        at=datetime.fromisoformat(row["at"]),
        person=row["person"],
        name=row.get("name"),
        role=Role(row["role"]),
        kind=AccessKind(row["kind"]),
        deliveries=tuple(row["deliveries"]),
        reason=AccessReason(row["reason"]),
    )
    return Line(row["sequence"], entry, row["hash"])
