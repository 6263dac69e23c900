"""Searches everything that the running service keeps or has said for marked personal values.

    uv run python -m dev.leaks --marks events/http/bodies/family.json

A mark is every text of the file that can be told from anybody's (`marks_of`), or, with `--mark`, what is given. It is
looked for as it is, in either case, JSON-escaped, URL-encoded, as base64 at each of its three offsets, and as hex,
with and without its separators. Searched are: every attribute of every table, the streams, queues with their dead letters,
mails, SMS, object keys and bodies, logs (metrics are lines in them), the desk's and the emulator's own files.
Exit status 0: nothing found outside the places that must hold a value; 1: found; 2: could not look.

What may hold one: the address of the one confirmation mail, as its receiver.
"""

import argparse
import base64
import json
import re
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.cloud import Clients
from dev.places import Places
from dev.running import NotRunningError, find

_SHORTEST = 6
_SEPARATORS = re.compile(r"[\s\-]+")
# Codes and words of the catalogue stand in many places and tell nobody apart.
_CODE = re.compile(r"[a-z][A-Za-z0-9]*|\d{4}|\d{4}-\d{1,3}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a mark stands, and in which of its forms."""

    place: str
    mark: str
    form: str


def marks_of(content: Any) -> frozenset[str]:
    """Give the texts of a JSON document that can be told from anybody's: long enough, and no codes."""
    found: set[str] = set()
    match content:
        case dict():
            for part in content.values():
                found |= marks_of(part)
        case list():
            for part in content:
                found |= marks_of(part)
        case str():
            found |= {
                line.strip()
                for line in content.splitlines()
                if len(line.strip()) >= _SHORTEST and not _CODE.fullmatch(line.strip())
            }
        case _:
            pass
    return frozenset(found)


def forms(mark: str) -> dict[str, bytes]:
    """Give every form in which a mark is looked for, by name; all of them in lower case where case does not matter."""
    texts = {"som det står": mark}
    if (bare := _SEPARATORS.sub("", mark)) != mark and len(bare) >= _SHORTEST:
        texts["utan skiljetecken"] = bare
    if re.fullmatch(r"0\d{8,9}", bare):
        texts["som telefonnummer"] = bare[1:]  # whatever stands for the leading zero
    found: dict[str, bytes] = {}
    for name, text in texts.items():
        raw = text.encode()
        found[name] = text.casefold().encode()
        found[f"{name}, latin-1"] = text.casefold().encode("latin-1", "ignore")
        found[f"{name}, JSON"] = json.dumps(text.casefold())[1:-1].encode()
        found[f"{name}, JSON, versaler"] = json.dumps(text.upper())[1:-1].lower().encode()
        found[f"{name}, URL"] = urllib.parse.quote(text, safe="").lower().encode()
        found[f"{name}, formulär"] = urllib.parse.quote_plus(text).lower().encode()
        found[f"{name}, hex"] = raw.hex().encode()
        for offset in range(3):
            found[f"{name}, base64 {offset}"] = _base64_core(raw, offset)
    return {name: form for name, form in found.items() if len(form) >= _SHORTEST}


def _base64_core(raw: bytes, offset: int) -> bytes:
    """Give the part of the base64 of `raw` that is the same whatever stands before and after it."""
    encoded = base64.b64encode(b"\0" * offset + raw).rstrip(b"=")
    first = (0, 2, 3)[offset]
    spare = (offset + len(raw)) % 3
    return encoded[first : len(encoded) - (1 if spare else 0)]


class Searcher:
    """Searches texts for marks; a text is searched as it is and in lower case."""

    def __init__(self, marks: Iterable[str]) -> None:
        """Prepare the forms of all marks."""
        self._forms: list[tuple[str, str, bytes, bool]] = []
        for mark in sorted(marks):
            for name, form in forms(mark).items():
                self._forms.append((mark, name, form, "base64" in name))

    def search(self, place: str, content: bytes) -> Iterator[Finding]:
        """Give what is found in one place, each mark and form once."""
        lowered = content.lower()
        folded = content.decode("utf-8", "replace").casefold().encode()
        for mark, name, form, exact in self._forms:
            if exact:
                urlsafe = form.replace(b"+", b"-").replace(b"/", b"_")
                hit = form in content or urlsafe in content
            else:
                hit = form in lowered or form in folded
            if hit:
                yield Finding(place, mark, name)


def places_of(clients: Clients, emulator: str, places: Places) -> Iterator[tuple[str, bytes]]:
    """Give everything that is kept, place by place."""
    yield from _tables(clients)
    yield from _streams(clients)
    yield from _buckets(clients)
    for path in ("sqs/messages", "ses/messages", "sns/sms-messages"):
        with urllib.request.urlopen(f"{emulator}/_ministack/{path}", timeout=30) as answer:
            yield f"emulatorn: {path}", answer.read()
    yield from _log_groups(clients)
    for file in sorted(places.root.rglob("*")):
        if file.is_file():
            yield f"fil: {file.relative_to(places.root)}", file.read_bytes()
            yield f"filnamn: {file.relative_to(places.root)}", str(file.relative_to(places.root)).encode()


def _tables(clients: Clients) -> Iterator[tuple[str, bytes]]:
    dynamodb = clients("dynamodb")
    for page in dynamodb.get_paginator("list_tables").paginate():
        for name in page["TableNames"]:
            for rows in dynamodb.get_paginator("scan").paginate(TableName=name):
                for row in rows["Items"]:
                    place = f"tabell {name}: {_shown(row.get('pk'))}"
                    yield from ((f"{place} {attribute}", _flat(value)) for attribute, value in row.items())


def _shown(key: Any) -> str:
    return "#".join(str(next(iter(key.values()))).split("#")[:2]) if isinstance(key, Mapping) else ""


def _flat(value: Any) -> bytes:
    match value:
        case bytes():
            return value
        case str():
            return value.encode()
        case dict():
            return b"\n".join(_flat(name) + b" " + _flat(part) for name, part in value.items())
        case list() | set():
            return b"\n".join(_flat(part) for part in value)
        case _:
            return str(value).encode()


def _streams(clients: Clients) -> Iterator[tuple[str, bytes]]:
    streams = clients("dynamodbstreams")
    for stream in streams.list_streams()["Streams"]:
        arn = stream["StreamArn"]
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                page = streams.get_records(ShardIterator=iterator, Limit=1000)
                for record in page["Records"]:
                    yield f"ström {stream['TableName']}", _flat(record)
                iterator = page.get("NextShardIterator") if page["Records"] else None


def _buckets(clients: Clients) -> Iterator[tuple[str, bytes]]:
    s3 = clients("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
            for version in page.get("Versions", ()):
                key = version["Key"]
                yield f"hink {bucket['Name']}: nyckel", key.encode()
                found = s3.get_object(Bucket=bucket["Name"], Key=key, VersionId=version["VersionId"])
                yield f"hink {bucket['Name']}: {key} metadata", _flat(found["Metadata"])
                yield f"hink {bucket['Name']}: {key}", found["Body"].read()


def _log_groups(clients: Clients) -> Iterator[tuple[str, bytes]]:
    logs = clients("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            for events in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                for event in events["events"]:
                    yield f"logg {group['logGroupName']}", event["message"].encode()


def expected(finding: Finding, content: bytes, confirmation: str | None) -> bool:
    """Tell whether a finding is where the value must be: the confirmation's address, as the receiver of one mail."""
    if confirmation is None or finding.mark.casefold() != confirmation.casefold():
        return False
    if finding.place in {"emulatorn: ses/messages", "fil: mails.jsonl"}:
        return not _stands_outside_receivers(content, confirmation)
    return False


def _stands_outside_receivers(content: bytes, address: str) -> bool:
    text = content.decode("utf-8", "replace")
    return bool(re.search(re.escape(address), re.sub(r'"To": ?\[[^\]]*\]', "", text), re.IGNORECASE))


def search(marks: Iterable[str], confirmation: str | None = None) -> list[Finding]:
    """Search the running service; give what stands where it must not."""
    service = find()
    searcher = Searcher(marks)
    found: list[Finding] = []
    for place, content in places_of(Clients(service.emulator), service.emulator, service.places):
        found += [each for each in searcher.search(place, content) if not expected(each, content, confirmation)]
    return found


def main() -> int:
    """Search as the command line says and tell what was found."""
    arguments = argparse.ArgumentParser(
        description="Söker märkta personuppgifter i allt som tjänsten sparar och säger."
    )
    arguments.add_argument("--marks", type=Path, action="append", default=[], help="en JSON-fil med svar")
    arguments.add_argument("--mark", action="append", default=[], help="ett värde")
    given = arguments.parse_args()
    marks, confirmation = set(given.mark), None
    for file in given.marks:
        content = json.loads(file.read_text(encoding="utf-8"))
        answers = content.get("answers", content)
        marks |= marks_of(answers)
        confirmation = confirmation or answers.get("email")
    if not marks:
        arguments.error("inga märken att söka efter")
    try:
        found = search(marks, confirmation)
    except NotRunningError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Sökte efter {len(marks)} märkta värden.")
    for each in found:
        print(f"  {each.place}: {each.mark!r} ({each.form})")
    print(f"{len(found)} fynd." if found else "Inget märkt värde fanns någonstans.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
