"""What a command of the administration tells afterwards: finding by finding, in plain Swedish.

A command is done as far as it can be done: of 290 recipients the one that is refused does not hold up the others. A dry
run finds the same and changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from familjehem.domain.errors import FieldError, InvalidCommandError, NotConfirmedError, OnboardingStepError
from familjehem.domain.onboarding import in_words
from familjehem.domain.texts import text


class Verdict(StrEnum):
    """What became of one subject of a command; in a dry run, what would become of it."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"


_ORDER = (Verdict.FAILED, Verdict.REFUSED, Verdict.CHANGED, Verdict.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a report: about what, what became of it, why in plain Swedish, and facts by name."""

    subject: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class CommandReport:
    """Everything that a command found; `facts` are about the whole of it."""

    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def verdict(self) -> Verdict:
        """The gravest of all verdicts; unchanged where there was nothing to find."""
        found = {one.verdict for one in self.findings}
        return next((one for one in _ORDER if one in found), Verdict.UNCHANGED)

    def words(self, *, dry_run: bool) -> str:
        """Give the report as text: a head, the sum, and a line for each finding that needs one."""
        run = "dryRun" if dry_run else "live"
        lines = [text(f"administration.head.{run}")]
        counts = {verdict: sum(one.verdict is verdict for one in self.findings) for verdict in _ORDER}
        lines += [
            text(f"administration.sum.{run}.{verdict}", count=count) for verdict, count in counts.items() if count
        ]
        for one in self.findings:
            # What was only looked at says what was seen; all else says what became of it first.
            looked = one.verdict is Verdict.UNCHANGED and one.reasons
            word = "" if looked else text(f"administration.verdict.{run}.{one.verdict}")
            name = f" {one.facts['name']}" if "name" in one.facts else ""
            lines.append(f"{one.subject}{name}: {' '.join((word, *one.reasons)).strip()}")
        return "\n".join(lines)


def changed(subject: str, *reasons: str, **facts: Any) -> Finding:
    """Say that a subject was changed, or would be."""
    return Finding(subject, Verdict.CHANGED, reasons, facts)


def unchanged(subject: str, *reasons: str, **facts: Any) -> Finding:
    """Say that a subject is as it should be already."""
    return Finding(subject, Verdict.UNCHANGED, reasons, facts)


def refused(subject: str, *codes: str, **facts: Any) -> Finding:
    """Say why nothing can be done with a subject, by the codes of `administration.reason`."""
    return Finding(subject, Verdict.REFUSED, reasons(codes), facts)


def reasons(codes: Iterable[str]) -> tuple[str, ...]:
    """Give in plain Swedish what codes of `administration.reason` mean."""
    return tuple(text(f"administration.reason.{code}") for code in codes)


def told(subject: str, error: OnboardingStepError | InvalidCommandError | NotConfirmedError) -> Finding:
    """Tell a refusal of a step, a fault of the command, or a failure on the way, as the finding that it is."""
    match error:
        case OnboardingStepError(missing=missing):
            return Finding(subject, Verdict.REFUSED, in_words(missing), {"missing": list(missing)})
        case InvalidCommandError(errors=faults):
            return Finding(subject, Verdict.REFUSED, reasons(fault.code for fault in faults), _pointed(faults))
        case _:
            return Finding(subject, Verdict.FAILED, reasons(("notConfirmed",)))


def _pointed(faults: Iterable[FieldError]) -> Mapping[str, Any]:
    return {"errors": [{"pointer": one.pointer, "code": one.code} for one in faults]}
