"""Offboard a recipient in two stages: notice, and when all letters are exported, the end of its key."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from familjehem.domain.administration import CommandReport, Finding, reasons, refused, told
from familjehem.domain.affiliation import first_day, month_of
from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import NotConfirmedError, OnboardingStepError
from familjehem.domain.onboarding import ExportProof, Missing, Onboarding
from familjehem.domain.outbox import ConfirmationTask
from familjehem.domain.texts import text
from familjehem.ports import Outbox, RecipientKeys
from familjehem.usecases.take_step import TakeStep

SETTLES_WITHIN = timedelta(minutes=2)
"""How long what was accepted just before may take to show in the outbox, whose index is a moment behind."""


@dataclass(frozen=True, slots=True)
class LeaveRecipient:
    """Gives a recipient notice: nothing new reaches it, and its letters can be read and exported until it closes."""

    take: TakeStep

    def __call__(self, recipient: str, last_day: date | None, *, dry_run: bool) -> CommandReport:
        """Give notice to `last_day`, by default the end of this month; a repeat may name another day."""
        now = self.take.clock.now()
        day = last_day or first_day(month_of(swedish_date(now)) + 1) - timedelta(days=1)
        finding = self.take(recipient, lambda way: way.leave(now, day), dry_run=dry_run)
        return CommandReport((finding,), {"lastDay": day.isoformat()})


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRecipient:
    """Closes a recipient that has left, step by step, each safe to repeat: call it again until it says closed.

    First nothing can be sealed for it any more; then, when the outbox has been empty for it, its key is disabled and
    scheduled for deletion, and the proof is written. A crash between two steps is taken up by the next call. Before its
    first step nothing is lost: letters can be opened until the key is disabled.
    """

    take: TakeStep
    outbox: Outbox
    keys: RecipientKeys

    def __call__(self, recipient: str, proof: ExportProof | None, *, dry_run: bool) -> CommandReport:
        """Close, with the municipality's word that all letters are exported; the report is the proof."""
        found = self.take.register.find(recipient)
        way = found.onboarding if found else None
        if way is None:
            return CommandReport((refused(recipient, "unknownRecipient"),))
        if way.closed_at is not None:
            return _closed(recipient, way, self.take(recipient, lambda one: one, dry_run=dry_run))
        if way.closing_at is None:
            return self._begin(recipient, proof, dry_run=dry_run)
        return self._end(recipient, way, dry_run=dry_run)

    def _begin(self, recipient: str, proof: ExportProof | None, *, dry_run: bool) -> CommandReport:
        if proof is None:
            return CommandReport((told(recipient, OnboardingStepError(Missing.EXPORT)),))
        now = self.take.clock.now()
        today = swedish_date(now)
        finding = self.take(recipient, lambda way: way.begin_closing(now, today, proof), dry_run=dry_run)
        if finding.verdict == "changed":
            finding = replace(finding, reasons=reasons(("closingHasBegun",)))
        return CommandReport((finding,), {"again": True})

    def _end(self, recipient: str, way: Onboarding, *, dry_run: bool) -> CommandReport:
        now = self.take.clock.now()
        if way.closing_at is not None and now - way.closing_at < SETTLES_WITHIN:
            return CommandReport((refused(recipient, "settles"),), {"again": True})
        waiting = sum(1 for row in self.outbox.waiting() if _of(row.task) == recipient)
        if waiting or way.key_arn is None:
            error = OnboardingStepError(Missing.OUTBOX if waiting else Missing.KEY)
            return CommandReport((told(recipient, error),), {"waiting": waiting, "again": True})
        try:
            # What a dry run cannot know is the day on which KMS will delete the key.
            deleted_on = swedish_date(now + timedelta(days=30)) if dry_run else self.keys.retire(way.key_arn)
        except NotConfirmedError as error:
            return CommandReport((told(recipient, error),), {"again": True})
        step = self.take(
            recipient,
            lambda one: one.disable_key(now, deleted_on, outbox_empty=True).close(now),
            dry_run=dry_run,
        )
        return _closed(recipient, way.disable_key(now, deleted_on, outbox_empty=True).close(now), step)


def _closed(recipient: str, way: Onboarding, finding: Finding) -> CommandReport:
    """Give the report with the proof: what was done, when, and what can no longer be done."""
    proof = {
        "recipient": recipient,
        "name": way.name,
        "keyArn": way.key_arn,
        "keyDisabledAt": _moment(way.key_disabled_at),
        "keyDeletedOn": way.key_deleted_on.isoformat() if way.key_deleted_on else None,
        "exportConfirmedOn": way.export.confirmed_on.isoformat() if way.export else None,
        "caseNumber": way.export.case_number if way.export else None,
        "closedAt": _moment(way.closed_at),
    }
    words = text(
        "administration.proof",
        name=way.name,
        disabled=proof["keyDisabledAt"],
        deleted=proof["keyDeletedOn"],
        exported=proof["exportConfirmedOn"],
        number=proof["caseNumber"],
    )
    if finding.verdict in {"changed", "unchanged"}:
        finding = replace(finding, reasons=(words,))
    return CommandReport((finding,), {"proof": proof})


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def _of(task: object) -> str | None:
    """Give the recipient of a task; the confirmation to an applicant is nobody's."""
    return None if isinstance(task, ConfirmationTask) else getattr(task, "recipient", None)
