"""The recipients in table main: one row each, and one claim per municipality."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.recipient_rows import SETTINGS, read_recipient, recipient_row, settings_row
from familjehem.adapters.dynamo.table import EXISTING, Database, put
from familjehem.domain.errors import RecipientClosedError, RecipientExistsError
from familjehem.domain.municipality import municipalities
from familjehem.domain.recipient import Recipient

if TYPE_CHECKING:
    from familjehem.domain.recipient_settings import RecipientSettings

_ROUNDS = 3


class DynamoDirectory:
    """Knows the recipients; plays `Directory`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def all(self) -> Sequence[Recipient]:
        """Give every recipient, in order of id."""
        found = self._database.query(self._table, "#pk = :directory", {":directory": keys.DIRECTORY})
        return tuple(read_recipient(row) for row in found)

    def serving(self, codes: Iterable[str]) -> Mapping[str, Recipient | None]:
        """Give, read consistently, the recipient that serves each municipality, or None.

        Claim and recipient agree: one that moved between the two reads is looked up again.
        """
        asked, known = tuple(codes), municipalities()
        # What no municipality has is not looked up: a foreign string never becomes a key, nor many of them many reads.
        sought = frozenset(asked) & known.keys()
        served: dict[str, Recipient] = {}
        for _ in range(_ROUNDS):
            found = self._claimed(code for code in asked if code in sought)
            served |= {code: one for code, one in found.items() if code in one.municipalities}
            sought = found.keys() - served.keys()
            if not sought:
                break
        return {code: served.get(code) for code in asked}

    def _claimed(self, codes: Iterable[str]) -> Mapping[str, Recipient]:
        """Give the recipient that the claim of each municipality names, where there is one."""
        claims = {code: keys.municipality(code) for code in codes}
        claimed = self._database.get_many(self._table, claims.values())
        homes = {code: keys.recipient(claimed[key]["recipient"]) for code, key in claims.items() if key in claimed}
        found = self._database.get_many(self._table, homes.values())
        return {code: read_recipient(found[home]) for code, home in homes.items() if home in found}

    def get(self, recipient: str) -> Recipient | None:
        """Give one recipient, read consistently, or None."""
        row = self._database.get(self._table, keys.recipient(recipient)) if keys.fits(recipient) else None
        return read_recipient(row) if row else None

    def add(self, recipient: Recipient) -> None:
        """Store a new recipient and claim its municipalities, all or nothing; `RecipientExistsError`."""
        claims = (
            put(
                self._table,
                {**keys.municipality(code).attributes(), "recipient": recipient.id},
                label=code,
            )
            for code in recipient.municipalities
        )
        if self._database.commit([put(self._table, recipient_row(recipient), label=recipient.id), *claims]):
            raise RecipientExistsError

    def configure(self, recipient: str, settings: "RecipientSettings") -> None:
        """Store a recipient's settings, all of them; the latest call counts and touches nothing else of the recipient.

        `RecipientClosedError` for one that is none, `NotConfirmedError`.
        """
        row = settings_row(settings)
        kept = [name for name in SETTINGS if row[name] is not None]
        change = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if gone := [name for name in SETTINGS if name not in kept]:
            change += " REMOVE " + ", ".join(f"#{name}" for name in gone)
        values = {f":{name}": row[name] for name in kept}
        # Its state is not asked for: then whoever sets hours would need the right to touch it.
        if not self._database.update(self._table, keys.recipient(recipient), change, values, EXISTING):
            raise RecipientClosedError
