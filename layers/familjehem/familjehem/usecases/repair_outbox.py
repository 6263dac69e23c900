"""Repair the outbox by hand: wake what waits, and clear the notes of what was given up."""

from dataclasses import dataclass

from familjehem.domain.administration import CommandReport, Finding, changed, told, unchanged
from familjehem.domain.errors import NotConfirmedError
from familjehem.ports import Clock, Failures, Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchOutbox:
    """Wakes the workers of everything that waits in the outbox, of one recipient or of all. Safe to repeat.

    Nothing is ever removed: a row goes when its work is done. Reports number and age, and nothing of what waits.
    """

    outbox: Outbox
    clock: Clock

    def __call__(self, recipient: str | None, *, dry_run: bool) -> CommandReport:
        """Touch the rows."""
        now = self.clock.now()
        rows = [row for row in self.outbox.waiting() if recipient in {None, getattr(row.task, "recipient", None)}]
        oldest = max((now - row.queued_at for row in rows), default=None)
        facts = {"waiting": len(rows), "oldestMinutes": int(oldest.total_seconds() // 60) if oldest else 0}
        failed = 0
        for row in () if dry_run else rows:
            try:
                self.outbox.touch(row.task, now)
            except NotConfirmedError:
                # One row that cannot be touched must not keep the others asleep.
                failed += 1
        subject = recipient or "OUT"
        if failed:
            return CommandReport((told(subject, NotConfirmedError()),), {**facts, "failed": failed})
        return CommandReport((changed(subject) if rows else unchanged(subject),), facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDeadLetters:
    """Takes up again what workers gave up: wakes every row that still waits, then throws away the notes.

    A note names a place in a stream and no row; the row itself is what is done again. So the rows are woken first: a
    crash in between leaves notes that are thrown away next time.
    """

    touch: TouchOutbox
    failures: Failures

    def __call__(self, *, dry_run: bool) -> CommandReport:
        """Replay; a repeat finds nothing more."""
        woken = self.touch(None, dry_run=dry_run)
        findings: list[Finding] = list(woken.findings)
        try:
            notes = self.failures.count() if dry_run else self.failures.clear()
        except NotConfirmedError as error:
            return CommandReport((*findings, told("notes", error)), woken.facts)
        findings.append(changed("notes") if notes else unchanged("notes"))
        return CommandReport(tuple(findings), {**woken.facts, "notes": notes})
