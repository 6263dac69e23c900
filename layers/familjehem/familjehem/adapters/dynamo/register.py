"""The register in table main: recipients with their onboardings, claims, affiliations and fees."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.onboarding_rows import (
    affiliation_row,
    fee_row,
    onboarding_write,
    read_affiliation,
    read_fee,
    read_onboarding,
)
from familjehem.adapters.dynamo.outbox import activation_task_row
from familjehem.adapters.dynamo.recipient_rows import read_recipient, recipient_row
from familjehem.adapters.dynamo.table import Database, Write, put, update
from familjehem.domain.affiliation import Affiliation
from familjehem.domain.onboarding import Onboarding
from familjehem.domain.recipient import Recipient
from familjehem.domain.tariff import Fee
from familjehem.ports import RegisterChange, RegisterChangedError, Registered

_GUARDED = ["state", "membership_version", "key_arn", "function_mailbox"]
_CHANGED = (*_GUARDED, "municipalities")


class DynamoRegister:
    """Keeps the register; plays `Register`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def all(self) -> Sequence[Registered]:
        """Give every recipient and every request, in order of the recipient's id, then of the request's."""
        rows = list(self._database.query(self._table, "#pk = :directory", {":directory": keys.DIRECTORY}))
        lines = self._database.query(self._table, "#pk = :lines", {":lines": keys.ONBOARDINGS})
        homes = [keys.onboarding(line["sk"]) for line in lines]
        ways = {key.pk: read_onboarding(row) for key, row in self._database.get_many(self._table, homes).items()}
        found = [Registered(ways.pop(_way(row), None), read_recipient(row)) for row in rows]
        found += [Registered(one, None) for one in ways.values()]
        return tuple(sorted(found, key=_order))

    def find(self, recipient: str) -> Registered | None:
        """Give one recipient, read consistently, or None."""
        row = self._database.get(self._table, keys.recipient(recipient)) if keys.fits(recipient) else None
        if row is None:
            return None
        way = self._database.get(self._table, keys.onboarding(row["onboarding"])) if "onboarding" in row else None
        return Registered(read_onboarding(way) if way else None, read_recipient(row))

    def request(self, request: str) -> Onboarding | None:
        """Give one request, read consistently, or None."""
        row = self._database.get(self._table, keys.onboarding(request)) if keys.fits(request) else None
        return read_onboarding(row) if row else None

    def affiliations(self) -> Sequence[Affiliation]:
        """Give every affiliation there has been, in order of municipality and time."""
        found = self._database.query(self._table, "#pk = :affiliations", {":affiliations": keys.AFFILIATIONS})
        return tuple(map(read_affiliation, found))

    def ask(self, onboarding: Onboarding) -> None:
        """Store a request; `RegisterChangedError` where there is one with this id, `NotConfirmedError`."""
        self.commit(RegisterChange(onboardings=((None, onboarding),)))

    def commit(self, change: RegisterChange) -> None:
        """Store a change whose rows are all as they were read; `RegisterChangedError`, `NotConfirmedError`."""
        if self._database.commit(list(self._writes(change))):
            raise RegisterChangedError

    def fees(self, year: int) -> Mapping[str, Fee]:
        """Give the fees that are fixed for a calendar year, by municipality."""
        found = self._database.query(self._table, "#pk = :fees", {":fees": keys.fees(year)})
        return {fee.municipality: fee for fee in map(read_fee, found)}

    def fix(self, fees: Iterable[Fee]) -> None:
        """Fix fees for their years; one that is fixed already stays as it is. `NotConfirmedError`."""
        for fee in fees:
            self._database.put(self._table, fee_row(fee))

    def _writes(self, change: RegisterChange) -> Iterator[Write]:
        for before, after in change.onboardings:
            yield from self._onboarding(before, after)
        owner = {after.recipient: after.id for _, after in change.onboardings}
        for before, after in change.recipients:
            yield self._recipient(before, after, owner.get(after.id))
        for code, (before, after) in (change.claims or {}).items():
            yield self._claim(code, before, after)
        for one in change.begun:
            yield put(self._table, affiliation_row(one), label="affiliation")
        for one, until in change.ended:
            yield update(
                self._table,
                keys.affiliation(one.municipality, one.since, one.recipient),
                "SET #until = :until",
                {":until": until.isoformat(), **({":old": one.until.isoformat()} if one.until else {})},
                condition="#until = :old" if one.until else "attribute_exists(#pk) AND attribute_not_exists(#until)",
                label="affiliation",
            )
        for task, at in change.links:
            # One that waits already is replaced by itself.
            yield put(self._table, activation_task_row(task, at), condition=None)

    def _onboarding(self, before: Onboarding | None, after: Onboarding) -> Iterator[Write]:
        yield onboarding_write(self._table, before, after)
        if before is None:
            line = {**keys.onboarding_line(after.id).attributes(), "recipient": after.recipient}
            yield put(self._table, line, label="onboarding")

    def _recipient(self, before: Recipient | None, after: Recipient, onboarding: str | None) -> Write:
        if before is None:
            return put(self._table, {**recipient_row(after), "onboarding": onboarding}, label="recipient")
        # Only what the administration changes: the recipient's own people may change their settings meanwhile.
        old, new = recipient_row(before), recipient_row(after)
        names = [name for name in _CHANGED if old[name] != new[name]] or ["state"]
        # A proven mailbox hangs on nothing else of the row, and whoever notes it may ask for nothing else.
        guarded = names if names == ["function_mailbox"] else _GUARDED
        values: dict[str, Any] = {f":{name}": new[name] for name in names}
        values |= {f":old_{name}": old[name] for name in guarded}
        change = "SET " + ", ".join(f"#{name} = :{name}" for name in names)
        as_read = " AND ".join(f"#{name} = :old_{name}" for name in guarded)
        return update(self._table, keys.recipient(after.id), change, values, condition=as_read, label="recipient")

    def _claim(self, code: str, before: str | None, after: str) -> Write:
        key = keys.municipality(code)
        if before is None:
            return put(self._table, {**key.attributes(), "recipient": after}, label="claim")
        values = {":held": before, ":recipient": after}
        change = "SET #recipient = :recipient"
        return update(self._table, key, change, values, condition="#recipient = :held", label="claim")


def _way(row: Mapping[str, Any]) -> str:
    """Give the partition of a recipient's onboarding; empty for a recipient that came without one."""
    return keys.onboarding(row["onboarding"]).pk if "onboarding" in row else ""


def _order(one: Registered) -> tuple[str, str]:
    way = one.onboarding
    whose = one.recipient.id if one.recipient else way.recipient if way else ""
    return whose, way.id if way else ""
