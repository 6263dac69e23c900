"""The access log of a recipient: numbered lines in a chain, sealed day by day, so that no line can be lost in silence.

Each line carries a hash over all that it tells and over the line before; a digest holds the hash of the latest line,
and of the digest before. What that proves and what it does not: docs/access-log.md (lag 2001:454, 10 §).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from familjehem.domain.canonical_json import canonical_json
from familjehem.domain.membership import AccessEntry

FORMAT = 1
NOTHING = bytes(32)
"""What stands where a first line, or a first digest, would name the one before."""
SEALED_WITHIN = timedelta(days=2)
"""A line is sealed in the next night; an older one that is not sealed tells that something is wrong."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log ends: the number of its latest line, and that line's hash."""

    sequence: int
    hash: bytes


START = Head(0, NOTHING)
"""Where an empty log ends."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number (from 1, without gaps), what it tells, and its hash."""

    sequence: int
    entry: AccessEntry
    hash: bytes

    @classmethod
    def after(cls, head: Head, recipient: str, entry: AccessEntry) -> Self:
        """Give the line that follows upon `head`."""
        sequence = head.sequence + 1
        return cls(sequence, entry, line_hash(recipient, sequence, entry, head.hash))

    @property
    def head(self) -> Head:
        """Where the log ends with this line."""
        return Head(self.sequence, self.hash)


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """What stands in a line's place and is none: something of it was changed, added, or taken away."""

    sequence: int


def line_hash(recipient: str, sequence: int, entry: AccessEntry, previous: bytes) -> bytes:
    """Give SHA-256 (32 bytes) of a line's canonical JSON: keys sorted, no spaces, UTF-8, UTC with microseconds."""
    return _hash(
        {
            "format": FORMAT,
            "recipient": recipient,
            "sequence": sequence,
            "at": _moment(entry.at),
            "person": entry.person,
            "name": entry.name,
            "role": entry.role.value,
            "kind": entry.kind.value,
            "reason": entry.reason.value,
            "deliveries": list(entry.deliveries),
            "previous": previous.hex(),
        }
    )


class FindingKind(StrEnum):
    """What a verification can find.

    LINE_CHANGED names a line that does not follow from the one before: it was changed, or the one before was written
    anew with a hash of its own.
    """

    LINE_MISSING = "lineMissing"
    LINE_CHANGED = "lineChanged"
    LINES_REWRITTEN = "linesRewritten"
    TAIL_CUT = "tailCut"
    HEAD_CHANGED = "headChanged"
    DIGEST_CHANGED = "digestChanged"
    DIGEST_MISSING = "digestMissing"
    NOT_SEALED = "notSealed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written: which lines, or which day's digest."""

    kind: FindingKind
    first: int | None = None
    last: int | None = None
    digest: str | None = None


class NotADigestError(Exception):
    """These bytes are no digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one day's seal says: the lines from `first` to `last` follow one another, and the last one's hash is `head`.

    `day` is the Swedish date on which it was made, `previous` the hash of the digest before (`NOTHING` for the first).
    """

    recipient: str
    day: date
    first: int
    last: int
    head: bytes
    previous: bytes

    @property
    def name(self) -> str:
        """What the digest is called among those of its recipient; names sort as days do."""
        return self.day.isoformat()

    @property
    def count(self) -> int:
        """How many lines it seals."""
        return self.last - self.first + 1

    @property
    def end(self) -> Head:
        """Where the log ended when it was made."""
        return Head(self.last, self.head)

    @property
    def hash(self) -> bytes:
        """What the next digest names as the one before: SHA-256 of the bytes that are kept."""
        return sha256(self.to_json()).digest()

    def to_json(self) -> bytes:
        """Give the digest as canonical JSON, the bytes that are kept and that the next one's `previous` is made of."""
        return canonical_json(
            {
                "format": FORMAT,
                "recipient": self.recipient,
                "day": self.name,
                "first": self.first,
                "last": self.last,
                "count": self.count,
                "head": self.head.hex(),
                "previous": self.previous.hex(),
            }
        )

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """Read a digest back; `NotADigestError` for anything but the very bytes that `to_json` gives."""
        try:
            read: dict[str, Any] = json.loads(content)
            found = cls(
                recipient=read["recipient"],
                day=date.fromisoformat(read["day"]),
                first=read["first"],
                last=read["last"],
                head=bytes.fromhex(read["head"]),
                previous=bytes.fromhex(read["previous"]),
            )
            whole = found.to_json() == content
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NotADigestError from None
        if not whole:
            raise NotADigestError
        return found


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """A digest as it lies in its store: what it is called, its bytes as first put, and whether more was put since."""

    name: str
    content: bytes
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the digests of a log say together: from which to which line each goes, and what is amiss with them."""

    digests: tuple[Digest, ...]
    findings: tuple[Finding, ...]

    @property
    def end(self) -> Head:
        """Where the sealed part of the log ends."""
        return self.digests[-1].end if self.digests else START


def read_digests(recipient: str, stored: Sequence[StoredDigest], *, from_the_first: bool) -> Sealed:
    """Read digests in order, each against the one before; without `from_the_first` the first is trusted."""
    digests: list[Digest] = []
    findings: list[Finding] = []
    before: bytes | None = NOTHING if from_the_first else None
    end: int | None = 0 if from_the_first else None
    for one in stored:
        digest = _digest(recipient, one)
        if one.touched or digest is None:
            findings.append(Finding(FindingKind.DIGEST_CHANGED, digest=one.name))
        if digest is None:
            before = end = None
            continue
        if end is not None and digest.first != end + 1:
            findings.append(Finding(FindingKind.DIGEST_MISSING, end + 1, digest.first - 1, one.name))
        elif before is not None and digest.previous != before:
            findings.append(Finding(FindingKind.DIGEST_CHANGED, digest=digests[-1].name if digests else one.name))
        digests.append(digest)
        before, end = digest.hash, digest.last
    return Sealed(tuple(digests), tuple(findings))


def _digest(recipient: str, stored: StoredDigest) -> Digest | None:
    try:
        digest = Digest.from_json(stored.content)
    except NotADigestError:
        return None
    return digest if (digest.recipient, digest.name) == (recipient, stored.name) and digest.count > 0 else None


def check_lines(
    recipient: str, lines: Iterable[Line | BrokenLine], after: int, previous: bytes | None, end: Head
) -> Iterator[Finding]:
    """Hold the lines that follow `after` against their chain, up to `end`, of which is known how it must be.

    `previous` is the hash of line `after`, None where it cannot be known. Where all lines fit together and not with
    `end`, they were written anew with hashes of their own, and which of them is no longer to be seen.
    """
    number, whole = after, previous is not None
    for line in lines:
        number_before, number = number, line.sequence
        if number > number_before + 1:
            yield Finding(FindingKind.LINE_MISSING, number_before + 1, number - 1)
            # The first one after a gap cannot be reckoned; its own hash is where the chain goes on.
            previous, whole = None, False
        if isinstance(line, BrokenLine):
            yield Finding(FindingKind.LINE_CHANGED, number, number)
            previous, whole = None, False
            continue
        if previous is not None and line_hash(recipient, number, line.entry, previous) != line.hash:
            yield Finding(FindingKind.LINE_CHANGED, number, number)
            whole = False
        previous = line.hash
    if number < end.sequence:
        yield Finding(FindingKind.TAIL_CUT, number + 1, end.sequence)
    elif whole and previous != end.hash:
        yield Finding(FindingKind.LINES_REWRITTEN, after + 1, end.sequence)
    elif previous not in {None, end.hash}:
        yield Finding(FindingKind.LINE_CHANGED, end.sequence, end.sequence)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _hash(content: dict[str, Any]) -> bytes:
    return sha256(canonical_json(content)).digest()
