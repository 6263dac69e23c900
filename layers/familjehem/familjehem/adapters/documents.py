"""Policy documents that lie as JSON in this package, with `{placeholders}` for what is known at run time only."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any, cast


def policy(name: str) -> str:
    """Give the text of a policy document of this package, such as `key_policy`."""
    return resources.files("familjehem.adapters").joinpath(f"{name}.json").read_text("utf-8")


def filled(document: str, values: Mapping[str, str]) -> str:
    """Give a document, compact, with each `{name}` replaced within its strings; `KeyError` for one unknown.

    Values are put in after parsing, so that none of them can change the document's shape.
    """
    return json.dumps(_filled(json.loads(document), values), separators=(",", ":"))


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    match part:
        case str():
            return part.format_map(values)
        case list():
            return [_filled(one, values) for one in cast("list[Any]", part)]
        case dict():
            return {_filled(name, values): _filled(one, values) for name, one in cast("dict[str, Any]", part).items()}
        case _:
            return part
