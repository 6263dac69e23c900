"""The Swedish words that the domain itself speaks; the catalogue of questions has its own.

They stand in `texts/sv.json`, in groups; a key is its path, such as `compilation.notAnswered`. Another language is
another file beside it. `tests/unit/domain/test_texts.py` finds keys that nobody uses and words that nobody wrote.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

LANGUAGE = "sv"


@cache
def catalogue(language: str = LANGUAGE) -> Mapping[str, str]:
    """Give every text by its key."""
    path = files("familjehem.domain").joinpath("texts", f"{language}.json")
    return MappingProxyType(dict(_flat(json.loads(path.read_text(encoding="utf-8")))))


def text(key: str, **placeholders: object) -> str:
    """Give the text of `key` with its placeholders filled in by name; `KeyError` for a key or name that is missing."""
    return catalogue()[key].format_map(placeholders)


def _flat(group: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, inside in group.items():
        if isinstance(inside, str):
            yield path + name, inside
        else:
            yield from _flat(inside, f"{path}{name}.")
