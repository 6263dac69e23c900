"""Tokens that a page carries for us: encrypted and authenticated, short-lived, and kept nowhere.

    base64url( nonce of 12 bytes, AES-256-GCM( JSON ), tag of 16 bytes )

The key is HKDF-SHA-256 of a version of the secret with the purpose as info, and the purpose is the associated data, so
that a token of one purpose is nothing for another. A token made under an older version of the secret is good for as
long as that version is kept.
"""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from familjehem.domain.canonical_json import canonical_json
from familjehem.domain.sealing import KEY_BYTES, NONCE_BYTES, TAG_BYTES

LONGEST_TOKEN = 4000


class TokenPurpose(StrEnum):
    """What a token is for."""

    ERRAND = "identification errand"
    IDENTIFICATION = "identification"


def issue(secrets: Mapping[str, bytes], purpose: TokenPurpose, content: Mapping[str, Any]) -> str:
    """Give a token that holds `content` (JSON), made under the first of `secrets`; another one at every call."""
    secret = next(iter(secrets.values()))
    nonce = os.urandom(NONCE_BYTES)
    plaintext = canonical_json(content)
    sealed = nonce + AESGCM(_key(secret, purpose)).encrypt(nonce, plaintext, purpose.encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(secrets: Mapping[str, bytes], purpose: TokenPurpose, token: str) -> Mapping[str, Any] | None:
    """Give what a token of ours holds; None for whatever is none, or is one of another purpose."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    if len(rest) < TAG_BYTES:
        return None
    for secret in secrets.values():
        try:
            return json.loads(AESGCM(_key(secret, purpose)).decrypt(nonce, rest, purpose.encode()))
        except InvalidTag:
            continue
    return None


def _key(secret: bytes, purpose: TokenPurpose) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"familjehem/token/{purpose}".encode()).derive(
        secret
    )
