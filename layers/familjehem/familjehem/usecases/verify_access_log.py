"""Verify an access log against its digests: was a line changed, taken away or cut off, is a digest as it was made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from familjehem.domain.access_log import (
    SEALED_WITHIN,
    START,
    Digest,
    Finding,
    FindingKind,
    Head,
    Line,
    Sealed,
    check_lines,
    read_digests,
)
from familjehem.ports import AccessLedger, Clock, DigestStore

NIGHTS = 30
"""In so many nights everything is read that was ever sealed, a part each night, besides the latest."""
LATEST = 3
"""How many of the latest digests every night's verification reads."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification came to: digests held against their lines, how far the log goes, what is amiss."""

    recipient: str
    digests: int
    lines: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyAccessLog:
    """Verifies one recipient's log. Reads only."""

    ledger: AccessLedger
    digests: DigestStore
    clock: Clock

    def __call__(self, recipient: str, *, thorough: bool = True) -> Verification:
        """Verify all of it; not `thorough`, the latest digests, what follows them, and tonight's part of the older.

        `NotConfirmedError`.
        """
        names = self.digests.names(recipient)
        findings: list[Finding] = []
        seen: set[str] = set()
        end: Head | None = START
        for window in self._windows(tuple(names), thorough=thorough):
            first = window[:1] == tuple(names)[:1]
            stored = [self.digests.read(recipient, name) for name in window]
            sealed = read_digests(recipient, stored, from_the_first=first)
            findings += sealed.findings
            for start, digest in _stretches(sealed, from_the_first=first):
                seen.add(digest.name)
                lines = self.ledger.lines(recipient, digest.first, digest.last)
                findings += check_lines(recipient, lines, digest.first - 1, start, digest.end)
            end = sealed.end if sealed.digests or first else None
        head = self.ledger.head(recipient)
        if end is not None:
            findings += self.unsealed(recipient, end, head)
        # Two windows may tell of the same.
        return Verification(recipient, len(seen), head.sequence, tuple(dict.fromkeys(findings)))

    def unsealed(self, recipient: str, end: Head, head: Head) -> Iterator[Finding]:
        """Hold the lines after `end`, where the sealed part ends, against where the log says that it ends."""
        if head.sequence < end.sequence:
            yield Finding(FindingKind.TAIL_CUT, head.sequence + 1, end.sequence)
            return
        if head.sequence == end.sequence and head != end:
            yield Finding(FindingKind.HEAD_CHANGED)
        if head.sequence > end.sequence:
            lines = self.ledger.lines(recipient, end.sequence + 1, head.sequence)
            yield from check_lines(recipient, lines, end.sequence, end.hash, head)
            oldest = next(self.ledger.lines(recipient, end.sequence + 1, head.sequence), None)
            if isinstance(oldest, Line) and self.clock.now() - oldest.entry.at > SEALED_WITHIN:
                yield Finding(FindingKind.NOT_SEALED, oldest.sequence)
        # While this was read somebody may have written on; what is beyond a log that stands still was never its own.
        if self.ledger.head(recipient) == head and next(self.ledger.lines(recipient, head.sequence + 1), None):
            yield Finding(FindingKind.HEAD_CHANGED)

    def _windows(self, names: Sequence[str], *, thorough: bool) -> Iterator[Sequence[str]]:
        """Give the digests that are to be read, as stretches of neighbours; the last stretch ends with the latest.

        The first of a stretch is what the second is held against, so stretches overlap by one.
        """
        if not thorough and len(names) > LATEST:
            share = ceil(len(names) / NIGHTS)
            start = share * (self.clock.now().toordinal() % NIGHTS)
            if older := names[start : start + share + 1]:
                yield older
            names = names[-LATEST:]
        yield names


def _stretches(sealed: Sealed, *, from_the_first: bool) -> Iterator[tuple[bytes | None, Digest]]:
    """Give each digest whose lines are to be read, with the hash of the line before them where that is known."""
    before: Digest | None = None
    for place, digest in enumerate(sealed.digests):
        if place or from_the_first:
            follows = before.last + 1 == digest.first if before else digest.first == 1
            yield (before.head if before else START.hash) if follows else None, digest
        before = digest
