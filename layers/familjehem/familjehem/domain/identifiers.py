"""References, receipt codes, delivery numbers and digests: keyed MACs of the idempotency key (design 6, 7).

All of them follow from the key that the applicant's page made, so a replay gets the same ones; none of
them can be guessed, nor be linked to another, without the secret. Written in Crockford's base 32, which
has no letters that look like figures, in groups of four.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_CHARACTERS = 12  # 60 bits: no collision in sight at a million applications a year
RECEIPT_CODE_CHARACTERS = 16  # 80 bits, the least that design 7 asks for
NUMBER_CHARACTERS = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class Identity:
    """What an idempotency key stands for under one version of the secret."""

    secret_version: str
    reference: str
    receipt_code: str


def identity(version: str, secret: bytes, idempotency_key: UUID) -> Identity:
    """Give reference and receipt code of an idempotency key; the same on every repeat."""
    return Identity(
        secret_version=version,
        reference=_code(secret, REFERENCE_CHARACTERS, "reference", idempotency_key.bytes),
        receipt_code=_code(secret, RECEIPT_CODE_CHARACTERS, "receipt", idempotency_key.bytes),
    )


def delivery_number(secret: bytes, idempotency_key: UUID, recipient: str) -> str:
    """Give the number of the delivery to `recipient`; without the secret it tells of no other delivery."""
    return _code(secret, NUMBER_CHARACTERS, "delivery", idempotency_key.bytes, recipient.encode())


def digest(secret: bytes, purpose: str, content: bytes) -> bytes:
    """Give the keyed digest (HMAC-SHA-256, 32 bytes) of `content` for one purpose."""
    return _mac(secret, purpose, content)


def same(one: bytes, other: bytes) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(one, other)


def canonical(code: str, characters: int) -> str | None:
    """Read a code as people write it (any case, with or without dashes, O for 0); None if it is no such code."""
    plain = code.upper().translate(_MISREAD)
    if len(plain) != characters or any(character not in ALPHABET for character in plain):
        return None
    return _grouped(plain)


def _code(secret: bytes, characters: int, purpose: str, *parts: bytes) -> str:
    number = int.from_bytes(_mac(secret, purpose, *parts))
    return _grouped("".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(characters)))


def _grouped(plain: str) -> str:
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def _mac(secret: bytes, purpose: str, *parts: bytes) -> bytes:
    mac = hmac.new(secret, f"familjehem/{purpose}".encode(), sha256)
    for part in parts:
        mac.update(len(part).to_bytes(8))
        mac.update(part)
    return mac.digest()
