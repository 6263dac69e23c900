"""Seal the access logs: each night a digest of what was written since, where nobody can change it (decision 0017)."""

from dataclasses import dataclass

from familjehem.domain.access_log import NOTHING, START, Digest, NotADigestError, check_lines
from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import NotConfirmedError
from familjehem.ports import AccessLedger, AccessLogGauge, Clock, DigestStore, Directory
from familjehem.usecases.verify_access_log import Verification, VerifyAccessLog


@dataclass(frozen=True, slots=True, kw_only=True)
class SealAccessLog:
    """Seals one recipient's log, once a Swedish day at most; a repeat does nothing."""

    ledger: AccessLedger
    digests: DigestStore
    clock: Clock

    def __call__(self, recipient: str) -> Digest | None:
        """Seal what was written since the latest digest, and give the new one.

        None where nothing was, where it was sealed today already, and where the log or the latest digest is not as it
        was written: that is verification's to tell, and no seal may make it look whole. `NotConfirmedError`.
        """
        day = swedish_date(self.clock.now())
        names = self.digests.names(recipient)
        if day.isoformat() in names:
            return None
        end, previous = START, NOTHING
        if names:
            try:
                latest = Digest.from_json(self.digests.read(recipient, max(names)).content)
            except NotADigestError:
                return None
            end, previous = latest.end, latest.hash
        head = self.ledger.head(recipient)
        lines = self.ledger.lines(recipient, end.sequence + 1, head.sequence)
        if head.sequence <= end.sequence or any(check_lines(recipient, lines, end.sequence, end.hash, head)):
            return None
        digest = Digest(
            recipient=recipient,
            day=day,
            first=end.sequence + 1,
            last=head.sequence,
            head=head.hash,
            previous=previous,
        )
        return digest if self.digests.put(recipient, digest.name, digest.to_json()) else None


@dataclass(frozen=True, slots=True)
class Night:
    """What a night's work came to: logs, digests made, logs that could not be read, and those that are amiss."""

    logs: int
    sealed: int
    failed: int
    amiss: tuple[Verification, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAccessLogs:
    """Seals and verifies the log of every recipient. Safe to repeat; one that cannot be read keeps no other waiting."""

    directory: Directory
    seal: SealAccessLog
    verify: VerifyAccessLog
    gauge: AccessLogGauge

    def __call__(self) -> Night:
        """Do one night's work, and tell the alarms what it came to."""
        recipients = [one.id for one in self.directory.all()]
        sealed = failed = 0
        amiss: list[Verification] = []
        for recipient in recipients:
            try:
                sealed += self.seal(recipient) is not None
                if (verified := self.verify(recipient, thorough=False)).findings:
                    amiss.append(verified)
            except NotConfirmedError:
                failed += 1
        self.gauge.kept(len(recipients) - failed, sum(len(one.findings) for one in amiss), failed)
        return Night(len(recipients), sealed, failed, tuple(amiss))
