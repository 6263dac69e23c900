"""Plays the runbooks of SKR's console: the very documents of the template, through the real handler.

As Systems Manager does it: parameters by their types and patterns, variables, branches, an approval by somebody else, a
stop at the first step that fails. What it does not know (another action, another input) is an error.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dev.routines import ROUTINES
from dev.template import ACCOUNT, Physical, Template

WHO = f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/skrivbordet"
COLLEAGUE = f"arn:aws:sts::{ACCOUNT}:assumed-role/approver/kollegan"
_VARIABLE = re.compile(r"\{\{ (\S+) \}\}")

type Call = Callable[[str, Any], Any]


class StepFailedError(Exception):
    """A step failed; the message is what the function said, which holds nothing of any person."""


class RefusedError(ValueError):
    """The form is not filled in as the runbook demands; the message names the field and the reason, never the value."""


@dataclass(slots=True)
class Run:
    """One run of a runbook: where it stands (`Success`, `Failed`, `Waiting`), and what its steps told."""

    id: str
    name: str
    title: str
    runbook: Mapping[str, Any]
    values: dict[str, Any]
    at: str
    next: str | None
    status: str = "Running"
    told: list[str] = field(default_factory=list)
    reports: list[Mapping[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Give the run as JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "at": self.at,
            "status": self.status,
            "told": self.told,
            "reports": self.reports,
        }


def parameters(runbook: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    """Read a form by the runbook's parameters; `RefusedError`. Texts are read as lists and booleans where asked for."""
    known = runbook["parameters"]
    if unknown := set(form) - set(known):
        raise RefusedError(f"{len(unknown)} fält finns inte i formuläret")
    values: dict[str, Any] = {}
    for name, said in known.items():
        value = form.get(name, said.get("default"))
        if value is None:
            raise RefusedError(f"{name}: saknas")
        values[name] = _typed(name, said, value)
    return values


def _typed(name: str, said: Mapping[str, Any], value: Any) -> Any:
    match said["type"]:
        case "StringList":
            return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else list(value)
        case "Boolean":
            return value if isinstance(value, bool) else str(value).lower() == "true"
        case "Integer":
            if not re.fullmatch(r"[0-9]{1,9}", str(value)):
                raise RefusedError(f"{name}: ska vara ett tal")
            return int(value)
        case "String":
            text = str(value)
            if not re.search(said.get("allowedPattern", ""), text):
                raise RefusedError(f"{name}: har fel form")
            if text not in said.get("allowedValues", [text]):
                raise RefusedError(f"{name}: är inte ett av valen")
            return text
        case other:
            raise RefusedError(f"{name}: {other} spelas inte här")


def begun(name: str, runbook: Mapping[str, Any], form: Mapping[str, Any], who: str = WHO) -> Run:
    """Begin a run with a form; nothing is called yet. `RefusedError`."""
    values: dict[str, Any] = {**parameters(runbook, form), "vem.person": who}
    title = str(runbook["description"]).partition("\n")[0].lstrip("# ")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Run(uuid.uuid4().hex[:12], name, title, runbook, values, at, runbook["mainSteps"][0]["name"])


def played(run: Run, call: Call, approver: str | None = None) -> Run:
    """Play a run on, to its end or to its approval, which `approver` gives."""
    steps = {step["name"]: step for step in run.runbook["mainSteps"]}
    order = list(steps)
    while run.next is not None:
        step = steps[run.next]
        following = step.get("nextStep") or (None if step.get("isEnd") else order[order.index(run.next) + 1])
        inputs = _substituted(step["inputs"], run.values)
        match step["action"]:
            case "aws:executeAwsApi":
                pass  # who asks and who approves is known here
            case "aws:invokeLambdaFunction":
                try:
                    report = call(inputs["Qualifier"], inputs["InputPayload"])
                except Exception as error:
                    run.status, run.next = "Failed", None
                    run.told.append(str(error))
                    return run
                run.reports.append(report)
                run.told.append(report["text"])
            case "aws:branch":
                (choice,) = inputs["Choices"]
                if choice["Variable"] == choice["StringEquals"]:
                    following = choice["NextStep"]
            case "aws:approve":
                if approver is None:
                    run.status = "Waiting"
                    return run
                run.values["godkannare.beslut"] = f'{{"{approver}": "Approve"}}'
            case other:
                raise StepFailedError(f"{other} spelas inte här")
        run.next = following
    run.status = "Success"
    return run


def _substituted(part: Any, values: Mapping[str, Any]) -> Any:
    """Put values in as SSM does: a text that is nothing but a variable becomes the value itself."""
    match part:
        case dict():
            return {name: _substituted(one, values) for name, one in part.items()}
        case list():
            return [_substituted(one, values) for one in part]
        case str() if whole := _VARIABLE.fullmatch(part):
            return values.get(whole[1], part)
        case _:
            return part


@dataclass(slots=True)
class Routines:
    """The routines of the template's console, with the runs of this process."""

    template: Template
    physical: Mapping[str, Physical]
    call: Call
    _runs: dict[str, Run] = field(default_factory=dict)

    def described(self) -> list[dict[str, Any]]:
        """Give every routine: its name, what it is about, and its form."""
        found: list[dict[str, Any]] = []
        for name, runbook in self._runbooks().items():
            title, *about = [line for line in str(runbook["description"]).splitlines() if line]
            words = [line.replace("**", "") for line in about]
            found.append(
                {"name": name, "title": title.lstrip("# "), "about": words, "parameters": runbook["parameters"]}
            )
        return found

    def runs(self) -> list[dict[str, Any]]:
        """Give the runs, the newest first."""
        return [run.shown() for run in reversed(self._runs.values())]

    def start(self, name: str, form: Mapping[str, Any]) -> dict[str, Any]:
        """Run a routine with a form; `RefusedError` for one that is not filled in, `KeyError` for an unknown one."""
        run = begun(name, self._runbooks()[name], form)
        self._runs[run.id] = run
        return played(run, self.call).shown()

    def approve(self, run: str) -> dict[str, Any]:
        """Approve a run that waits, as a colleague; `KeyError` for one that does not."""
        found = self._runs[run]
        if found.status != "Waiting":
            raise KeyError(run)
        return played(found, self.call, COLLEAGUE).shown()

    def _runbooks(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for one in self.template.of_type("AWS::SSM::Document"):
            properties = self.template.resolve(one, self.physical)
            # The application's name stands before the routine's.
            name = next(routine.name for routine in ROUTINES if properties["Name"].endswith(f"-{routine.name}"))
            found[name] = properties["Content"]
        return found
