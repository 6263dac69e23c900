"""One recipient's rows, read and written in that recipient's session: mailbox list, states, access log."""

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.delivery_rows import read_delivery
from familjehem.adapters.dynamo.table import Database
from familjehem.domain.delivery import Delivery, DeliveryState
from familjehem.domain.errors import FieldError, MalformedRequestError
from familjehem.domain.membership import AccessEntry
from familjehem.ports import Page

type Version = tuple[str, int]
"""One version of a letter: the delivery's number, and 1 for the letter itself."""

_NONCE_BYTES = 8


class TenantRows:
    """The rows of one recipient; every key is built from the recipient that the room was opened for."""

    def __init__(self, database: Database, main: str, wraps: str, recipient: str) -> None:
        self._database = database
        self._main = main
        self._wraps = wraps
        self._recipient = recipient

    def page(self, state: DeliveryState | None, cursor: str | None, limit: int) -> Page:
        """Give one page, newest first; the rows are walked until it is full or there are no more."""
        walk = self._database.query(
            self._main,
            "#inbox_pk = :inbox",
            {":inbox": keys.inbox(self._recipient), **({":state": state.value} if state else {})},
            index=keys.INBOX_INDEX,
            criterion="#state = :state" if state else None,
            newest_first=True,
            after=self._after(cursor) if cursor is not None else None,
            limit=limit + 1,
        )
        # One more than asked for tells whether there is a next page.
        found = [row for row, _ in zip(walk, range(limit + 1), strict=False)]
        more = len(found) > limit
        deliveries = tuple(read_delivery(row) for row in found[:limit])
        return Page(deliveries, _cursor(found[limit - 1]["inbox_sk"]) if more else None)

    def delivery(self, number: str) -> Delivery | None:
        """Give one readable delivery, read consistently, or None."""
        if not keys.fits(number):
            return None
        row = self._database.get(self._main, keys.delivery(self._recipient, number))
        delivery = read_delivery(row) if row else None
        return delivery if delivery and delivery.readable else None

    def opened(self, delivery: Delivery, at: datetime) -> Delivery:
        """Note the first opening: delivered → opened; later ones change nothing. `NotConfirmedError`."""
        if delivery.state is not DeliveryState.DELIVERED:
            return delivery
        self._database.update(
            self._main,
            keys.delivery(self._recipient, delivery.number),
            "SET #state = :opened, #opened_at = :at",
            {
                ":opened": DeliveryState.OPENED.value,
                ":at": keys.moment(at),
                ":delivered": delivery.state.value,
            },
            "#state = :delivered",
        )
        return self.delivery(delivery.number) or delivery

    def log(self, entry: AccessEntry) -> None:
        """Write one line of the access log; returns only when it stands. `NotConfirmedError`."""
        key = keys.access(self._recipient, entry.at, secrets.token_hex(_NONCE_BYTES))
        # Within one call the nonce is the same, so a line that stands already is this very line.
        self._database.put(
            self._main,
            {
                **key.attributes(),
                "at": keys.moment(entry.at),
                "person": entry.person,
                "kind": entry.kind.value,
                "deliveries": list(entry.deliveries),
            },
        )

    def wraps(self, versions: Sequence[Version]) -> Mapping[Version, tuple[str, bytes]]:
        """Give key ARN and wrapped data key by delivery number and version; what is erased is left out."""
        wanted = {keys.wrap(self._recipient, number, version): (number, version) for number, version in versions}
        found = self._database.get_many(self._wraps, wanted)
        return {wanted[key]: (row["key_arn"], row["wrap"]) for key, row in found.items()}

    def _after(self, cursor: str) -> dict[str, str]:
        """Build the place in the index anew, of our own recipient: a cursor of another mailbox leads nowhere."""
        try:
            inbox_sk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        except (binascii.Error, ValueError):
            inbox_sk = ""
        number = keys.inbox_number(inbox_sk)
        if number is None:
            raise MalformedRequestError(FieldError("/cursor", "unknownCursor"))
        return {
            **keys.delivery(self._recipient, number).attributes(),
            "inbox_pk": keys.inbox(self._recipient),
            "inbox_sk": inbox_sk,
        }


def _cursor(inbox_sk: str) -> str:
    return base64.urlsafe_b64encode(inbox_sk.encode()).decode().rstrip("=")
