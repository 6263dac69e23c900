"""Mails that came back, in table main: one row each, without an address, gone by itself when it no longer counts."""

from collections.abc import Iterator
from datetime import datetime

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import Database, put
from familjehem.domain.returned_mail import KEPT, ReturnedMail, ReturnReason

_RETURN = "return"


class DynamoMailReturns:
    """Keeps returns; plays `MailReturns`."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def record(self, mail: ReturnedMail) -> bool:
        """Keep one return for as long as it counts; False where it is known already. `NotConfirmedError`."""
        row = {
            **keys.mail_return(mail.recipient, mail.id).attributes(),
            "recipient": mail.recipient,
            "id": mail.id,
            "reason": mail.reason.value,
            "at": keys.moment(mail.at),
            "expires_at": int((mail.at + KEPT).timestamp()),
        }
        return not self._database.commit([put(self._table, row, label=_RETURN)])

    def all(self) -> Iterator[ReturnedMail]:
        """Give every return that is kept, in no order."""
        for row in self._database.query(self._table, "#pk = :returns", {":returns": keys.MAIL_RETURNS}):
            yield ReturnedMail(
                id=row["id"],
                recipient=row["recipient"],
                reason=ReturnReason(row["reason"]),
                at=datetime.fromisoformat(row["at"]),
            )
