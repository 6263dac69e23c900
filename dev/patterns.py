"""Filter criteria of event sources: which records a pattern lets through (the rules that AWS documents)."""

import json
from collections.abc import Mapping
from typing import Any


def passes(record: Mapping[str, Any], filters: tuple[Mapping[str, Any], ...]) -> bool:
    """Tell whether any of the patterns matches; without patterns everything does."""
    return not filters or any(_matches(record, pattern) for pattern in filters)


def _matches(content: Any, pattern: Mapping[str, Any]) -> bool:
    for name, rule in pattern.items():
        if name == "$or":
            if not any(_matches(content, {**alternative}) for alternative in rule):
                return False
            continue
        inner = content
        if isinstance(inner, str):  # a queue's body is JSON in a string
            try:
                inner = json.loads(inner)
            except ValueError:
                return False
        found = inner.get(name, _ABSENT) if isinstance(inner, Mapping) else _ABSENT
        if isinstance(rule, Mapping):
            if found is _ABSENT or not _matches(found, rule):
                return False
        elif not any(_fits(found, each) for each in rule):
            return False
    return True


_ABSENT = object()


def _fits(found: Any, rule: Any) -> bool:
    if not isinstance(rule, Mapping):
        return found is not _ABSENT and found == rule
    name, value = next(iter(rule.items()))
    match name:
        case "exists":
            return (found is not _ABSENT) == value
        case "prefix":
            return isinstance(found, str) and found.startswith(value)
        case "suffix":
            return isinstance(found, str) and found.endswith(value)
        case "equals-ignore-case":
            return isinstance(found, str) and found.casefold() == value.casefold()
        case "anything-but":
            refused = value if isinstance(value, list) else [value]
            return found is not _ABSENT and not any(_fits(found, each) for each in refused)
        case "numeric":
            return _compares(found, value)
        case _:
            raise ValueError(f"the local event sources do not know the filter {name}")


def _compares(found: Any, rule: list[Any]) -> bool:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    tests = {
        "=": lambda a, b: a == b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    return all(tests[rule[at]](found, rule[at + 1]) for at in range(0, len(rule), 2))
