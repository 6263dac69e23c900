"""Expressions of DynamoDB as far as anybody here writes them: conditions, key conditions, filters, updates, projections.

Each is compiled once, by its text. Attributes are whole (`#name` or `name`, no paths into maps and lists); values are in
the form of the wire, `{"S": "…"}`.
"""

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

type Stored = Mapping[str, Any]
"""A value on the wire: its type and what it is."""
type Row = Mapping[str, Stored]
type Names = Mapping[str, str]
type Values = Mapping[str, Stored]
type Condition = Callable[[Row, Names, Values], bool]
type Operand = Callable[[Row, Names, Values], Stored | None]
type Change = Callable[[Row, dict[str, Stored], Names, Values], None]

_TOKENS = re.compile(r"\s*([#:]?\w+|<>|<=|>=|[=<>(),+-])")
_ORDERED: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CLAUSES = frozenset({"SET", "REMOVE", "ADD", "DELETE"})


class UnknownExpressionError(Exception):
    """An expression that is not played here."""


@cache
def condition(text: str) -> Condition:
    """Compile a condition, a key condition or a filter."""
    reader = _Reader(text)
    compiled = _either(reader)
    reader.end()
    return compiled


@cache
def update(text: str) -> Callable[[Row, Names, Values], dict[str, Stored]]:
    """Compile an update; it gives the row as it is to be, all operands being read from the row as it was."""
    reader, changes = _Reader(text), list[Change]()
    while reader.left:
        clause = reader.take()
        while True:
            changes.append(_CHANGES[clause](reader))
            if not reader.skips(","):
                break
    reader.end()

    def changed(row: Row, names: Names, values: Values) -> dict[str, Stored]:
        after = dict(row)
        for change in changes:
            change(row, after, names, values)
        return after

    return changed


def projected(row: Row, text: str | None, names: Names) -> Row:
    """Give the attributes that a projection names; all without one."""
    if text is None:
        return row
    wanted = {names.get(name.strip(), name.strip()) for name in text.split(",")}
    return {name: value for name, value in row.items() if name in wanted}


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _TOKENS.findall(text)
        self.at = 0
        if "".join(self.tokens) != re.sub(r"\s", "", text):
            raise UnknownExpressionError(text)

    @property
    def left(self) -> bool:
        return self.at < len(self.tokens)

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.left else ""

    def take(self, expected: str | None = None) -> str:
        token = self.next
        if not token or (expected and token.upper() != expected):
            raise UnknownExpressionError(self.text)
        self.at += 1
        return token

    def skips(self, word: str) -> bool:
        if self.next.upper() == word:
            self.at += 1
            return True
        return False

    def end(self) -> None:
        if self.left:
            raise UnknownExpressionError(self.text)


# ---------------------------------------------------------------- conditions


def _either(reader: _Reader) -> Condition:
    parts = [_both(reader)]
    while reader.skips("OR"):
        parts.append(_both(reader))
    return parts[0] if len(parts) == 1 else lambda row, names, values: any(one(row, names, values) for one in parts)


def _both(reader: _Reader) -> Condition:
    parts = [_one(reader)]
    while reader.skips("AND"):
        parts.append(_one(reader))
    return parts[0] if len(parts) == 1 else lambda row, names, values: all(one(row, names, values) for one in parts)


def _one(reader: _Reader) -> Condition:
    if reader.skips("NOT"):
        inner = _one(reader)
        return lambda row, names, values: not inner(row, names, values)
    if reader.skips("("):
        inner = _either(reader)
        reader.take(")")
        return inner
    if reader.next in _FUNCTIONS:
        return _FUNCTIONS[reader.take()](reader)
    return _compared(reader)


def _compared(reader: _Reader) -> Condition:
    left = _operand(reader)
    sign = reader.take().upper()
    match sign:
        case "=":
            right = _operand(reader)
            return lambda row, names, values: _same(left(row, names, values), right(row, names, values))
        case "<>":
            right = _operand(reader)
            return lambda row, names, values: not _same(left(row, names, values), right(row, names, values))
        case "IN":
            reader.take("(")
            choices = [_operand(reader)]
            while reader.skips(","):
                choices.append(_operand(reader))
            reader.take(")")
            return lambda row, names, values: any(
                _same(left(row, names, values), one(row, names, values)) for one in choices
            )
        case "BETWEEN":
            least = _operand(reader)
            reader.take("AND")
            most = _operand(reader)
            return lambda row, names, values: (
                _ranked("<=", least(row, names, values), left(row, names, values))
                and _ranked("<=", left(row, names, values), most(row, names, values))
            )
        case _ if sign in _ORDERED:
            right = _operand(reader)
            return lambda row, names, values: _ranked(sign, left(row, names, values), right(row, names, values))
        case _:
            raise UnknownExpressionError(reader.text)


def _attribute_exists(reader: _Reader) -> Condition:
    name = _in_brackets(reader)[0]
    return lambda row, names, _: names.get(name, name) in row


def _attribute_not_exists(reader: _Reader) -> Condition:
    name = _in_brackets(reader)[0]
    return lambda row, names, _: names.get(name, name) not in row


def _begins_with(reader: _Reader) -> Condition:
    name, prefix = _in_brackets(reader)

    def begins(row: Row, names: Names, values: Values) -> bool:
        found, wanted = _read(name, row, names, values), _read(prefix, row, names, values)
        kinds = [kind for kind in ("S", "B") if found and wanted and kind in found and kind in wanted]
        return any(found[kind].startswith(wanted[kind]) for kind in kinds if found and wanted)

    return begins


def _contains(reader: _Reader) -> Condition:
    name, part = _in_brackets(reader)

    def contains(row: Row, names: Names, values: Values) -> bool:
        found, wanted = _read(name, row, names, values), _read(part, row, names, values)
        if not found or not wanted:
            return False
        ((kind, content),) = found.items()
        if kind == "L":
            return any(_same(one, wanted) for one in content)
        ((_, sought),) = wanted.items()
        return sought in content

    return contains


_FUNCTIONS: Mapping[str, Callable[[_Reader], Condition]] = {
    "attribute_exists": _attribute_exists,
    "attribute_not_exists": _attribute_not_exists,
    "begins_with": _begins_with,
    "contains": _contains,
}


def _in_brackets(reader: _Reader) -> list[str]:
    reader.take("(")
    found = [reader.take()]
    while reader.skips(","):
        found.append(reader.take())
    reader.take(")")
    return found


def _same(one: Stored | None, other: Stored | None) -> bool:
    if one is None or other is None:
        return False
    if "N" in one and "N" in other:
        return Decimal(one["N"]) == Decimal(other["N"])
    return one == other


def _ranked(sign: str, one: Stored | None, other: Stored | None) -> bool:
    if one is None or other is None or one.keys() != other.keys():
        return False
    (kind,) = one
    if kind == "N":
        return _ORDERED[sign](Decimal(one[kind]), Decimal(other[kind]))
    return _ORDERED[sign](one[kind], other[kind])


def _read(token: str, row: Row, names: Names, values: Values) -> Stored | None:
    return values[token] if token.startswith(":") else row.get(names.get(token, token))


# ---------------------------------------------------------------- updates


def _operand(reader: _Reader) -> Operand:
    token = reader.take()
    match token:
        case "if_not_exists":
            name, _, other = _pair(reader)
            return lambda row, names, values: row.get(names.get(name, name)) or other(row, names, values)
        case "list_append":
            _, first, second = _pair(reader)

            def appended(row: Row, names: Names, values: Values) -> Stored:
                one, other = first(row, names, values), second(row, names, values)
                if one is None or other is None:
                    raise UnknownExpressionError(reader.text)
                return {"L": [*one["L"], *other["L"]]}

            return appended
        case _:
            return lambda row, names, values: _read(token, row, names, values)


def _pair(reader: _Reader) -> tuple[str, Operand, Operand]:
    reader.take("(")
    name = reader.next
    first = _operand(reader)
    reader.take(",")
    second = _operand(reader)
    reader.take(")")
    return name, first, second


def _set(reader: _Reader) -> Change:
    name = reader.take()
    reader.take("=")
    first, sign, second = _operand(reader), reader.next, None
    if sign in {"+", "-"}:
        reader.take()
        second = _operand(reader)

    def change(row: Row, after: dict[str, Stored], names: Names, values: Values) -> None:
        value = first(row, names, values)
        if value is None:
            raise UnknownExpressionError(reader.text)
        if second is not None:
            other = second(row, names, values) or {"N": "0"}
            by = Decimal(other["N"]) * (-1 if sign == "-" else 1)
            value = {"N": str(Decimal(value["N"]) + by)}
        after[names.get(name, name)] = value

    return change


def _remove(reader: _Reader) -> Change:
    name = reader.take()
    return lambda _row, after, names, _values: after.pop(names.get(name, name), None) and None


def _add(reader: _Reader) -> Change:
    name, token = reader.take(), reader.take()

    def change(row: Row, after: dict[str, Stored], names: Names, values: Values) -> None:
        place, ((kind, by),) = names.get(name, name), values[token].items()
        before = row.get(place)
        if kind == "N":
            after[place] = {"N": str(Decimal(before["N"] if before else 0) + Decimal(by))}
        else:
            after[place] = {kind: sorted({*(before[kind] if before else ()), *by})}

    return change


def _delete(reader: _Reader) -> Change:
    name, token = reader.take(), reader.take()

    def change(row: Row, after: dict[str, Stored], names: Names, values: Values) -> None:
        place, ((kind, gone),) = names.get(name, name), values[token].items()
        left = sorted({*row.get(place, {}).get(kind, ())} - {*gone})
        after.pop(place, None)
        if left:
            after[place] = {kind: left}

    return change


_CHANGES: Mapping[str, Callable[[_Reader], Change]] = {"SET": _set, "REMOVE": _remove, "ADD": _add, "DELETE": _delete}
