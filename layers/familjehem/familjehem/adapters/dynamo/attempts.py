"""Wrong receipt codes, counted per address and hour in table main."""

import hmac
from datetime import UTC, datetime, timedelta
from ipaddress import AddressValueError, IPv6Address, IPv6Network

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.table import Database
from familjehem.ports import Secrets

_PURPOSE = "receipt-attempts"
_HOUSEHOLD = 64


class DynamoAttempts:
    """Counts failures; an address is only a MAC under a key of the day; plays `Attempts`.

    The hour is part of what is MACed, so that the row of one hour cannot be told to be that of another, and
    a row that outlives its hour (expiry is late by design) counts for nothing.
    """

    def __init__(self, database: Database, table: str, secrets: Secrets) -> None:
        self._database = database
        self._table = table
        self._secrets = secrets

    def failures(self, address: str, now: datetime) -> int:
        """Give the number of failures of this address within the present hour."""
        row = self._database.get(self._table, self._key(address, now), ("failures",))
        return row["failures"] if row else 0

    def failed(self, address: str, now: datetime) -> None:
        """Count one more failure; the row expires with the hour."""
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        self._database.update(
            self._table,
            self._key(address, now),
            "SET #expires_at = :expires_at ADD #failures :one",
            {":expires_at": int((hour + timedelta(hours=1)).timestamp()), ":one": 1},
        )

    def _key(self, address: str, now: datetime) -> keys.Key:
        at = keys.moment(now)
        secret = next(iter(self._secrets.keys().values()))
        of_the_day = hmac.digest(secret, f"{_PURPOSE}|{at[:10]}".encode(), "sha256")
        return keys.address(hmac.digest(of_the_day, f"{at[:13]}|{_household(address)}".encode(), "sha256").hex())


def _household(address: str) -> str:
    """Give an IPv4 address as it is, and of an IPv6 address the network of 64 bits that one household has."""
    try:
        full = IPv6Address(address)
    except AddressValueError:
        return address
    return str(full.ipv4_mapped or IPv6Network((full, _HOUSEHOLD), strict=False))
