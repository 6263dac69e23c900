"""The access log's chain and its seals: whatever is changed, taken away or cut off is found, and named."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.access_log import (
    NOTHING,
    START,
    BrokenLine,
    Digest,
    Finding,
    FindingKind,
    Head,
    Line,
    NotADigestError,
    StoredDigest,
    check_lines,
    line_hash,
    read_digests,
)
from familjehem.domain.membership import AccessEntry, AccessKind, AccessReason, Role

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
LENGTH = 9


def entry(**changes: Any) -> AccessEntry:
    told: dict[str, Any] = {
        "at": NOON,
        "person": "anna",
        "name": "Anna Prov",
        "role": Role.CASE_WORKER,
        "kind": AccessKind.OPEN,
        "deliveries": ("7K3M-9QWX-2B4C",),
    }
    return AccessEntry(**told | changes)


def log(length: int = LENGTH, recipient: str = "0680") -> list[Line]:
    head, lines = START, list[Line]()
    for place in range(length):
        lines.append(Line.after(head, recipient, entry(at=NOON + timedelta(minutes=place))))
        head = lines[-1].head
    return lines


def found(lines: Sequence[Line | BrokenLine], end: Head | None = None) -> list[tuple[str, int | None, int | None]]:
    whole = end or log()[-1].head
    return [(one.kind.value, one.first, one.last) for one in check_lines("0680", lines, 0, NOTHING, whole)]


CHANGES: dict[str, Callable[[AccessEntry], AccessEntry]] = {
    "at": lambda one: replace(one, at=one.at + timedelta(microseconds=1)),
    "person": lambda one: replace(one, person="bo"),
    "name": lambda one: replace(one, name=None),
    "role": lambda one: replace(one, role=Role.READER),
    "kind": lambda one: replace(one, kind=AccessKind.LIST),
    "reason": lambda one: replace(one, reason=AccessReason.REQUEST),
    "deliveries": lambda one: replace(one, deliveries=()),
}


def test_a_log_as_it_was_written_has_nothing_amiss() -> None:
    assert found(log()) == []
    assert found([], START) == []


def test_a_hash_is_of_all_that_a_line_tells_and_of_whose_log_it_is() -> None:
    # given
    hashes = {line_hash("0680", 1, change(entry()), NOTHING) for change in CHANGES.values()}
    # when
    hashes |= {line_hash("0680", 1, entry(), NOTHING), line_hash("0180", 1, entry(), NOTHING)}
    hashes |= {line_hash("0680", 2, entry(), NOTHING), line_hash("0680", 1, entry(), b"\x01" * 32)}
    # then
    assert len(hashes) == len(CHANGES) + 4


def test_the_hash_of_a_line_is_what_the_documentation_says() -> None:
    # given the canonical JSON of docs/access-log.md, written out
    written = (
        '{"at":"2026-11-22T12:00:00.123456+00:00","deliveries":["7K3M-9QWX-2B4C"],"format":1,"kind":"open",'
        '"name":"Anna Prov","person":"anna","previous":"' + "00" * 32 + '","reason":"work","recipient":"0680",'
        '"role":"caseWorker","sequence":1}'
    )
    # then
    from hashlib import sha256

    assert line_hash("0680", 1, entry(), NOTHING) == sha256(written.encode()).digest()


@pytest.mark.parametrize("part", CHANGES)
@pytest.mark.parametrize("place", [1, 5, LENGTH])
def test_a_changed_line_is_named(part: str, place: int) -> None:
    # given
    lines = log()
    lines[place - 1] = replace(lines[place - 1], entry=CHANGES[part](lines[place - 1].entry))
    # then
    assert found(lines) == [("lineChanged", place, place)]


@pytest.mark.parametrize("place", [1, 5, LENGTH])
def test_a_changed_hash_is_found_at_its_line_or_the_next(place: int) -> None:
    # given
    lines = log()
    lines[place - 1] = replace(lines[place - 1], hash=b"\x01" * 32)
    # then
    assert ("lineChanged", place, place) in found(lines)


def test_what_is_no_line_any_more_is_named() -> None:
    # given
    lines: list[Line | BrokenLine] = [*log()]
    lines[4] = BrokenLine(5)
    # then
    assert found(lines) == [("lineChanged", 5, 5)]


@given(st.integers(1, LENGTH - 1), st.integers(1, LENGTH))
def test_missing_lines_are_named(first: int, count: int) -> None:
    # given a stretch that does not reach the end
    last = min(first + count - 1, LENGTH - 1)
    lines = [line for line in log() if not first <= line.sequence <= last]
    # then
    assert found(lines) == [("lineMissing", first, last)]


@given(st.integers(0, LENGTH - 1))
def test_a_cut_off_tail_is_named(left: int) -> None:
    assert found(log()[:left]) == [("tailCut", left + 1, LENGTH)]


@given(st.integers(1, LENGTH), st.sampled_from(sorted(CHANGES)))
def test_lines_written_anew_with_hashes_of_their_own_do_not_end_as_the_log_did(place: int, part: str) -> None:
    # given somebody who reckons every hash from the changed line on
    lines, head = list[Line](), START
    for line in log():
        told = CHANGES[part](line.entry) if line.sequence == place else line.entry
        lines.append(Line.after(head, "0680", told))
        head = lines[-1].head
    # then
    assert found(lines) == [("linesRewritten", 1, LENGTH)]


@given(st.data())
def test_whatever_is_done_to_a_log_is_found(data: st.DataObject) -> None:
    # given
    lines: list[Line | BrokenLine] = [*log()]
    for _ in range(data.draw(st.integers(1, 4))):
        if not lines:
            break
        place = data.draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        match data.draw(st.sampled_from(["drop", "cut", "break", "change", "rehash"])):
            case "drop":
                del lines[place]
            case "cut":
                del lines[place:]
            case "break":
                lines[place] = BrokenLine(line.sequence)
            case "change" if isinstance(line, Line):
                lines[place] = replace(line, entry=replace(line.entry, person="mallory"))
            case "rehash" if isinstance(line, Line):
                lines[place] = replace(line, hash=data.draw(st.binary(min_size=32, max_size=32)))
            case _:
                pass
    # then
    assert (found(lines) == []) == (lines == log())


def digests() -> list[StoredDigest]:
    """Give three digests over nine lines."""
    lines, previous, made = log(), NOTHING, list[StoredDigest]()
    for place in range(3):
        digest = Digest(
            recipient="0680",
            day=date(2026, 11, 20 + place),
            first=3 * place + 1,
            last=3 * place + 3,
            head=lines[3 * place + 2].hash,
            previous=previous,
        )
        previous = digest.hash
        made.append(StoredDigest(digest.name, digest.to_json()))
    return made


def amiss(stored: Sequence[StoredDigest], *, from_the_first: bool = True) -> list[tuple[str, str | None]]:
    return [
        (one.kind.value, one.digest) for one in read_digests("0680", stored, from_the_first=from_the_first).findings
    ]


def test_digests_as_they_were_made_have_nothing_amiss() -> None:
    # when
    sealed = read_digests("0680", digests(), from_the_first=True)
    # then
    assert sealed.findings == ()
    assert [(one.first, one.last, one.count) for one in sealed.digests] == [(1, 3, 3), (4, 6, 3), (7, 9, 3)]
    assert sealed.end == log()[-1].head
    assert read_digests("0680", [], from_the_first=True).end == START
    assert amiss(digests()[1:], from_the_first=False) == []


@given(st.integers(0, 2), st.integers(0, 400), st.integers(1, 255))
def test_any_changed_byte_of_a_digest_is_found(which: int, where: int, by: int) -> None:
    # given
    stored = digests()
    content = bytearray(stored[which].content)
    content[where % len(content)] ^= by
    stored[which] = replace(stored[which], content=bytes(content))
    # when
    sealed = read_digests("0680", stored, from_the_first=True)
    # then, by itself or by what stands beside it: the last one's own head is held against the lines
    lines = log()
    for before, digest in zip((None, *sealed.digests), sealed.digests, strict=False):
        start = before.head if before else NOTHING
        stretch = [line for line in lines if digest.first <= line.sequence <= digest.last]
        sealed = replace(
            sealed, findings=(*sealed.findings, *check_lines("0680", stretch, digest.first - 1, start, digest.end))
        )
    assert sealed.findings


def test_a_missing_digest_is_found_by_the_next() -> None:
    assert amiss([digests()[0], digests()[2]]) == [("digestMissing", "2026-11-22")]
    assert amiss(digests()[1:]) == [("digestMissing", "2026-11-21")]


def test_a_digest_that_another_was_put_over_is_found_and_its_first_version_counts() -> None:
    # given
    stored = digests()
    stored[1] = replace(stored[1], touched=True)
    # when
    sealed = read_digests("0680", stored, from_the_first=True)
    # then
    assert sealed.findings == (Finding(FindingKind.DIGEST_CHANGED, digest="2026-11-21"),)
    assert len(sealed.digests) == 3


def test_a_digest_of_another_recipient_or_another_day_is_none() -> None:
    # given
    stored = digests()
    moved = StoredDigest("2026-11-20", stored[1].content)
    # then
    assert amiss([moved]) == [("digestChanged", "2026-11-20")]
    assert [one.kind for one in read_digests("0180", stored[:1], from_the_first=True).findings] == [
        FindingKind.DIGEST_CHANGED
    ]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"recipient": "0680"}', b"null"])
def test_what_is_no_digest_is_read_as_none(content: bytes) -> None:
    with pytest.raises(NotADigestError):
        Digest.from_json(content)
