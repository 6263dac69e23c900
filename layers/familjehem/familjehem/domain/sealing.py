"""The sealed envelope, format FHS1: AES-256-GCM under a key derived per purpose from one data key.

    offset  bytes  what
    0       4      magic `FHS1`
    4       1      purpose: 1 letter, 2 card, 3 contact address, 4 supplement, 5 note
    5       1      n, length of the owner
    6       n      owner: recipient id (letter, card, supplement, note) or `contact`, UTF-8
    6+n     1      m, length of the number
    7+n     m      number: delivery number (`<number>/<version>` of a supplement, `<number>/<event>` of a
                   note), or reference for a contact address, ASCII
    7+n+m   12     nonce
    19+n+m  …      ciphertext, then the tag of 16 bytes

Everything before the nonce is the header and is the associated data. The content key is HKDF-SHA-256 of
the data key, no salt, with the header as info, so that letter and card, two recipients or two numbers
never share a key. The data key is wrapped by KMS and the wrap is stored apart from every ciphertext;
without it nothing can be opened. `docs/sealing.md` tells the whole and holds the test vectors' source.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from familjehem.domain.errors import LetterUnreadableError
from familjehem.domain.purpose import LETTER_VERSION, Purpose

MAGIC = b"FHS1"
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
CONTACT_OWNER = "contact"


@dataclass(frozen=True, slots=True)
class Label:
    """Whose envelope it is: purpose, owner and number, all of them demanded again at opening."""

    purpose: Purpose
    owner: str
    number: str

    def header(self) -> bytes:
        """Give the header of the format; raises `ValueError` if owner or number do not fit it."""
        owner, number = self.owner.encode(), self.number.encode("ascii")
        if not (0 < len(owner) < 256 and 0 < len(number) < 256):  # noqa: PLR2004 one length byte each
            message = "owner and number take 1 to 255 bytes"
            raise ValueError(message)
        return b"".join((MAGIC, bytes((self.purpose, len(owner))), owner, bytes((len(number),)), number))


def versioned(number: str, version: int) -> str:
    """Give the number in the label of one version of a letter: with `/2` behind it for the first supplement.

    No number holds a slash, so that no version can pass for another, nor for another delivery.
    """
    return number if version == LETTER_VERSION else f"{number}/{version}"


def note_label(recipient: str, number: str, event: str) -> Label:
    """Give the label of an event's content: each has a content key of its own, from the delivery's data key."""
    return Label(Purpose.NOTE, recipient, f"{number}/{event}")


def letter_context(recipient: str, number: str) -> dict[str, str]:
    """Give the KMS encryption context of a delivery's data keys: identifiers only, for CloudTrail shows it.

    Letter and supplements have the same: the version is bound by the label.
    """
    return {"recipient": recipient, "delivery": number}


def contact_context(reference: str) -> dict[str, str]:
    """Give the KMS encryption context of a contact address's data key."""
    return {"purpose": CONTACT_OWNER, "application": reference}


def seal(label: Label, data_key: bytes, plaintext: bytes, *, nonce: bytes | None = None) -> bytes:
    """Seal `plaintext` under the key that `data_key` gives for `label`.

    `nonce` is given by test vectors only; otherwise it is 12 fresh random bytes. A repeat gives another
    envelope of the same length: 19 + len(owner) + len(number) + len(plaintext) + 16 bytes.
    """
    header = label.header()
    fresh = os.urandom(NONCE_BYTES) if nonce is None else nonce
    return header + fresh + AESGCM(_content_key(data_key, header)).encrypt(fresh, plaintext, header)


def unseal(label: Label, data_key: bytes, envelope: bytes) -> bytes:
    """Open an envelope that must carry exactly `label`; `LetterUnreadableError` for whatever is not so."""
    header = label.header()
    body = len(header) + NONCE_BYTES
    if not envelope.startswith(header) or len(envelope) < body + TAG_BYTES:
        raise LetterUnreadableError
    nonce = envelope[len(header) : body]
    try:
        return AESGCM(_content_key(data_key, header)).decrypt(nonce, envelope[body:], header)
    except InvalidTag:
        raise LetterUnreadableError from None


def _content_key(data_key: bytes, header: bytes) -> bytes:
    if len(data_key) != KEY_BYTES:
        raise LetterUnreadableError
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=header).derive(data_key)
