"""Canonical JSON: the same content is the same bytes, always; the form of every plaintext that is sealed."""

import json
from typing import Any


def canonical_json(content: Any) -> bytes:
    """Give content as JSON with sorted keys and no spaces, in UTF-8; lone surrogates raise `UnicodeEncodeError`."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
