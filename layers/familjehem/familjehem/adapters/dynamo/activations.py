"""What the municipalities' own pages hold, in table main, in a partition of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.onboarding_rows import onboarding_write
from familjehem.adapters.dynamo.outbox import activation_task_row
from familjehem.adapters.dynamo.table import NEW, Database, delete, put
from familjehem.domain.activation import Activation, Code, Colleague, Link, Responsible, Signature
from familjehem.domain.onboarding import Onboarding
from familjehem.domain.outbox import ActivationTask
from familjehem.ports import ActivationChangedError

_LABEL = "activation"


class DynamoActivations:
    """Keeps what the municipalities' own pages hold; plays `Activations`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def find(self, request: str) -> Activation | None:
        """Give one, read consistently, or None."""
        row = self._database.get(self._table, keys.activation(request)) if keys.fits(request) else None
        return _read(row) if row else None

    def people(self, request: str) -> tuple[Colleague, ...]:
        """Give whom the municipality has named, and read nothing else of the page."""
        row = self._database.get(self._table, keys.activation(request), ("people",)) if keys.fits(request) else None
        return tuple(Colleague(**one) for one in row["people"]) if row else ()

    def ask(self, onboarding: Onboarding, activation: Activation) -> None:
        """Store a request and its page; `ActivationChangedError` for an id that is taken, `NotConfirmedError`."""
        line = {**keys.onboarding_line(onboarding.id).attributes(), "recipient": onboarding.recipient}
        rows = [put(self._table, row, label=_LABEL) for row in (line, _row(activation, 1))]
        if self._database.commit([onboarding_write(self._table, None, onboarding), *rows]):
            raise ActivationChangedError

    def commit(
        self,
        before: Activation | None,
        after: Activation,
        asks: ActivationTask | None = None,
        at: datetime | None = None,
    ) -> None:
        """Store one as it is to be, if it is as it was read, and ask for the sending of a link or a code.

        `ActivationChangedError`, also where the same sending waits already; `NotConfirmedError`.
        """
        revision = before.revision if before else 0
        writes = [
            put(
                self._table,
                _row(after, revision + 1),
                condition="#revision = :revision" if before else NEW,
                values={":revision": revision} if before else None,
                label=_LABEL,
            )
        ]
        if asks is not None and at is not None:
            writes.append(put(self._table, activation_task_row(asks, at), label=_LABEL))
        if self._database.commit(writes):
            raise ActivationChangedError

    def waits(self, task: ActivationTask) -> bool:
        """Tell, read consistently, whether a link or a code is still to be sent."""
        return self._database.get(self._table, keys.task(task), ("pk",)) is not None

    def sent(self, task: ActivationTask) -> None:
        """Delete the task's row; repeats do nothing. `NotConfirmedError`."""
        self._database.commit([delete(self._table, keys.task(task))])


def _row(one: Activation, revision: int) -> dict[str, Any]:
    code, who, signed = one.code, one.responsible, one.signature
    return {
        **keys.activation(one.id).attributes(),
        "id": one.id,
        "codes": one.codes,
        "links": [
            {"digest": link.digest, "address": link.address, "expires": keys.moment(link.expires_at)}
            for link in one.links
        ],
        "code": {"digest": code.digest, "expires": keys.moment(code.expires_at), "tries": code.tries} if code else None,
        "responsible": {
            "name": who.name,
            "mobile": who.mobile,
            "proven": keys.moment(who.proven_at) if who.proven_at else "",
        }
        if who
        else None,
        "signature": {"version": signed.version, "name": signed.name, "at": keys.moment(signed.at)} if signed else None,
        "people": [{"name": each.name, "email": each.email, "mobile": each.mobile} for each in one.people],
        "revision": revision,
    }


def _read(row: Mapping[str, Any]) -> Activation:
    code, who, signed = row.get("code"), row.get("responsible"), row.get("signature")
    return Activation(
        id=row["id"],
        codes=row["codes"],
        links=tuple(
            Link(digest=one["digest"], address=one["address"], expires_at=datetime.fromisoformat(one["expires"]))
            for one in row["links"]
        ),
        code=Code(digest=code["digest"], expires_at=datetime.fromisoformat(code["expires"]), tries=code["tries"])
        if code
        else None,
        responsible=Responsible(
            name=who["name"],
            mobile=who["mobile"],
            proven_at=datetime.fromisoformat(who["proven"]) if who["proven"] else None,
        )
        if who
        else None,
        signature=Signature(version=signed["version"], name=signed["name"], at=datetime.fromisoformat(signed["at"]))
        if signed
        else None,
        people=tuple(Colleague(**one) for one in row["people"]),
        revision=row["revision"],
    )
