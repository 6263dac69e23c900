"""A small evaluator of AWS policies, after the documented logic of one account; strict where AWS is vague.

It answers one question: may this call be made? Matching strings in a policy proves nothing; this does, for calls that
were recorded and for calls that were made up to be refused. What it does not know (operators, NotPrincipal) is an
error and never a silent yes. So is a condition without ForAllValues or ForAnyValue on a key that holds several values.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

type Value = str | Sequence[str]


class PolicyError(Exception):
    """A policy holds what the evaluator does not know, or a condition that AWS would take in an unsaid way."""


class Verdict(StrEnum):
    """What comes of a call."""

    ALLOWED = "allowed"
    REFUSED = "refused: nothing allows it"
    FORBIDDEN = "forbidden: a statement denies it"


@dataclass(frozen=True)
class Request:
    """One right that is asked for: action, resource, who asks, and what is known about it.

    `principal` is the ARN of the role (not of its session) or the name of a service; `context` maps condition keys to
    a string, or to a list where the key is one of several values.
    """

    action: str
    resource: str
    principal: str
    context: Mapping[str, Value] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Value]:
        """The context by lower-case key, as AWS compares them, with what follows from the principal."""
        own: dict[str, Value] = {}
        if self.principal.startswith("arn:"):
            account = self.principal.split(":")[4]
            own = {"aws:PrincipalArn": self.principal, "aws:PrincipalAccount": account, "kms:CallerAccount": account}
        return {key.lower(): value for key, value in {**own, **self.context}.items()}


def decide(
    request: Request,
    identity: Iterable[Mapping[str, Any]],
    *,
    resource: Mapping[str, Any] | None = None,
    session: Mapping[str, Any] | None = None,
    demands_resource: bool = False,
) -> Verdict:
    """Say what comes of a call, within one account.

    `identity` are the policies of the role, `resource` the policy of what is called, `session` the policy that the
    session was narrowed by. With `demands_resource` (KMS keys, trust of a role) nothing is allowed that the resource's
    own policy does not allow; where it names the account, the identity must allow too.
    """
    own = [statement for policy in identity for statement in statements(policy)]
    theirs = [one for one in statements(resource or {}) if _names(one, request.principal)]
    narrowed = list(statements(session)) if session is not None else []
    if any(one["Effect"] == "Deny" and applies(one, request) for one in (*own, *theirs, *narrowed)):
        return Verdict.FORBIDDEN
    if session is not None and not _any_allows(narrowed, request):
        return Verdict.REFUSED
    by_identity = _any_allows(own, request)
    allowing = [one for one in theirs if one["Effect"] == "Allow" and applies(one, request)]
    directly = any(not _names_account_only(one, request.principal) for one in allowing)
    if demands_resource:
        return Verdict.ALLOWED if directly or (allowing and by_identity) else Verdict.REFUSED
    return Verdict.ALLOWED if by_identity or directly else Verdict.REFUSED


def statements(policy: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the statements of a policy document, which may hold one or a list."""
    found = policy.get("Statement", [])
    yield from [found] if isinstance(found, Mapping) else found


def applies(statement: Mapping[str, Any], request: Request) -> bool:
    """Tell whether action, resource and every condition of a statement fit the request."""
    facts = request.facts
    return (
        _fits(statement, "Action", lambda pattern: _like(pattern.lower(), request.action.lower()))
        and _fits(statement, "Resource", lambda pattern: _resource(pattern, request.resource, facts), optional=True)
        and all(
            _condition(operator, key, many(values), facts)
            for operator, keys in (statement.get("Condition") or {}).items()
            for key, values in keys.items()
        )
    )


def many(value: Any) -> list[str]:
    """Give a value that may stand alone as the list that it means, every part as text."""
    parts = value if isinstance(value, list | tuple) else [value]
    return [str(part).lower() if isinstance(part, bool) else str(part) for part in parts]


def _any_allows(found: Iterable[Mapping[str, Any]], request: Request) -> bool:
    return any(one["Effect"] == "Allow" and applies(one, request) for one in found)


def _fits(statement: Mapping[str, Any], element: str, matches: Any, *, optional: bool = False) -> bool:
    if element in statement:
        return any(matches(pattern) for pattern in many(statement[element]))
    if f"Not{element}" in statement:
        return not any(matches(pattern) for pattern in many(statement[f"Not{element}"]))
    if optional:  # the trust of a role has no resource: it is about itself
        return True
    raise PolicyError(f"a statement without {element}")


def _resource(pattern: str, resource: str, facts: Mapping[str, Value]) -> bool:
    expression = _pattern(pattern, facts, wildcards=True)
    return expression is not None and re.fullmatch(expression, resource, re.DOTALL) is not None


# ---------------------------------------------------------------- principals


def _names(statement: Mapping[str, Any], principal: str) -> bool:
    if "NotPrincipal" in statement or "Principal" not in statement:
        raise PolicyError("a resource's statement must say Principal")
    named = statement["Principal"]
    if named == "*":
        return True
    kind = "AWS" if principal.startswith("arn:") else "Service"
    return any(_is(one, principal) for one in many(named.get(kind, [])))


def _is(named: str, principal: str) -> bool:
    return named in {"*", principal} or (principal.startswith("arn:") and _account(named) == principal.split(":")[4])


def _account(named: str) -> str | None:
    """Give the account that a principal stands for, None where it is a role, a user or a service."""
    if named.isdigit():
        return named
    return named.split(":")[4] if named.startswith("arn:") and named.endswith(":root") else None


def _names_account_only(statement: Mapping[str, Any], principal: str) -> bool:
    named = statement["Principal"]
    return named != "*" and not any(one in {"*", principal} for kind in named.values() for one in many(kind))


# ---------------------------------------------------------------- conditions

_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnLike",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}
_NUMERIC = {
    "NumericEquals": lambda one, other: one == other,
    "NumericLessThan": lambda one, other: one < other,
    "NumericLessThanEquals": lambda one, other: one <= other,
    "NumericGreaterThan": lambda one, other: one > other,
    "NumericGreaterThanEquals": lambda one, other: one >= other,
}


def _condition(operator: str, key: str, wanted: list[str], facts: Mapping[str, Value]) -> bool:
    quantifier, _, plain = operator.rpartition(":")
    if quantifier not in {"", "ForAllValues", "ForAnyValue"}:
        raise PolicyError(f"unknown quantifier {quantifier}")
    name = plain.removesuffix("IfExists")
    found = facts.get(key.lower())
    if name == "Null":
        missing = found is None or (not isinstance(found, str) and not found)
        return str(missing).lower() in {value.lower() for value in wanted}
    if found is None and name != plain:
        return True
    match quantifier:
        case "ForAllValues":  # an empty set, or a key that is not there, passes: the trap
            return all(_holds(name, value, wanted, facts) for value in _set(found))
        case "ForAnyValue":
            return any(_holds(name, value, wanted, facts) for value in _set(found))
        case _ if found is None:
            return name in _NEGATED
        case _ if not isinstance(found, str):
            raise PolicyError(f"{operator} on {key}, which holds several values")
        case _:
            return _holds(name, found, wanted, facts)


def _set(found: Value | None) -> Sequence[str]:
    if found is None:
        return ()
    return (found,) if isinstance(found, str) else found


def _holds(name: str, value: str, wanted: list[str], facts: Mapping[str, Value]) -> bool:
    if name in _NEGATED:
        return not _holds(_NEGATED[name], value, wanted, facts)
    return any(_compare(name, value, one, facts) for one in wanted)


def _compare(name: str, value: str, wanted: str, facts: Mapping[str, Value]) -> bool:
    match name:
        case "StringEquals" | "StringEqualsIgnoreCase":
            expression = _pattern(wanted, facts, wildcards=False)
            flags = re.IGNORECASE if name.endswith("IgnoreCase") else 0
            return expression is not None and re.fullmatch(expression, value, flags | re.DOTALL) is not None
        case "StringLike":
            expression = _pattern(wanted, facts, wildcards=True)
            return expression is not None and re.fullmatch(expression, value, re.DOTALL) is not None
        case "ArnLike" | "ArnEquals":  # AWS takes wildcards in both
            wanted_parts, parts = wanted.split(":", 5), value.split(":", 5)
            return len(wanted_parts) == len(parts) and all(
                (expression := _pattern(one, facts, wildcards=True)) is not None and re.fullmatch(expression, other)
                for one, other in zip(wanted_parts, parts, strict=True)
            )
        case "Bool":
            return value.lower() == wanted.lower()
        case _ if name in _NUMERIC:
            return _NUMERIC[name](float(value), float(wanted))
        case _:
            raise PolicyError(f"unknown operator {name}")


# ---------------------------------------------------------------- patterns and variables

_TOKEN = re.compile(r"\$\{([^}]*)\}|([*?])")
_LITERAL = {"*": "*", "?": "?", "$": "$"}


def _like(pattern: str, value: str) -> bool:
    expression = _pattern(pattern, {}, wildcards=True)
    return expression is not None and re.fullmatch(expression, value) is not None


def _pattern(text: str, facts: Mapping[str, Value], *, wildcards: bool) -> str | None:
    """Turn a policy's text into an expression; None when a variable has no value, for then nothing matches.

    What a variable holds is taken literally: a star in a tag is a star.
    """
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(re.escape(text[end : token.start()]))
        end = token.end()
        variable, wildcard = token.groups()
        if wildcard:
            parts.append({"*": ".*", "?": "."}[wildcard] if wildcards else re.escape(wildcard))
        elif variable in _LITERAL:
            parts.append(re.escape(_LITERAL[variable]))
        else:
            value = _variable(variable, facts)
            if value is None:
                return None
            parts.append(re.escape(value))
    return "".join((*parts, re.escape(text[end:])))


def _variable(variable: str, facts: Mapping[str, Value]) -> str | None:
    name, _, default = variable.partition(",")
    value = facts.get(name.strip().lower())
    if isinstance(value, str):
        return value
    if value is not None:
        raise PolicyError(f"the variable {name} holds several values")
    return default.strip().strip("'") if default else None
