"""The search finds a mark in every form and at every place; else its silence would mean nothing."""

import base64
import json
import urllib.parse
from collections.abc import Callable

import pytest

from dev.cloud import Clients
from dev.leaks import Finding, Searcher, expected, marks_of, places_of
from tests.dev.conftest import Stand

MARK = "Kanariefågel Prövsson"
NUMBER = "19121212-1212"


def found(content: bytes, mark: str = MARK) -> bool:
    return any(Searcher([mark]).search("somewhere", content))


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text.encode(),
        lambda text: text.upper().encode(),
        lambda text: text.lower().encode(),
        lambda text: text.encode("latin-1"),
        lambda text: json.dumps({"name": text}).encode(),
        lambda text: json.dumps({"name": text}, ensure_ascii=False).encode(),
        lambda text: json.dumps(text.upper()).encode(),
        lambda text: urllib.parse.quote(text).encode(),
        lambda text: urllib.parse.quote_plus(text).lower().encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.b64encode(b"1" + text.encode() + b"2"),
        lambda text: base64.b64encode(b"12" + text.encode() + b"345"),
        lambda text: base64.urlsafe_b64encode(b"123" + text.encode()),
        lambda text: text.encode().hex().encode(),
        lambda text: text.encode().hex().upper().encode(),
    ],
)
@pytest.mark.parametrize("around", [b"", b"before ", b'{"a": "'])
def test_a_mark_is_found_in_every_form(form: Callable[[str], bytes], around: bytes) -> None:
    assert found(around + form(MARK) + b" after")


def test_a_number_is_found_with_and_without_its_separators() -> None:
    assert found(b"x191212121212x", NUMBER)
    assert found(b"19121212-1212", NUMBER)
    assert found(b"+46701740605", "070-174 06 05")


def test_what_is_not_there_is_not_found() -> None:
    assert not found(b"Kanariefagel Provsson and other birds")
    assert not found(base64.b64encode(b"other birds"))


def test_marks_are_the_texts_that_tell_somebody_apart() -> None:
    body = {
        "assignments": ["familjehem"],
        "home": "0680",
        "name": MARK,
        "children": [{"birthYear": 2014}],
        "motive": "Första raden\nAndra raden",
        "mobile": "070-174 06 05",
        "yes": True,
    }
    assert marks_of(body) == {MARK, "Första raden", "Andra raden", "070-174 06 05"}


def test_every_place_of_a_running_cloud_is_searched(stand: Stand) -> None:
    table, bucket = stand.physical["Data/Table"].ref, stand.physical["Data/Bucket"].ref
    marks = {
        place: f"märke-nummer-{number}-här"
        for number, place in enumerate(
            ("attribute", "key", "binary", "object", "object key", "queue", "mail", "sms", "log")
        )
    }
    row = {
        "pk": {"S": f"MARK#{marks['key']}"},
        "sk": {"S": "x"},
        "list": {"L": [{"M": {"a": {"S": marks["attribute"]}}}]},
    }
    stand.client("dynamodb").put_item(TableName=table, Item={**row, "blob": {"B": f"x{marks['binary']}".encode()}})
    stand.client("s3").put_object(Bucket=bucket, Key="a/b", Body=f"..{marks['object']}".encode())
    stand.client("s3").put_object(Bucket=bucket, Key=f"a/{marks['object key']}", Body=b"x")
    stand.client("sqs").send_message(QueueUrl=stand.physical["Data/Failures"].ref, MessageBody=marks["queue"])
    stand.client("sesv2").create_email_identity(EmailIdentity="leaks.example")
    stand.client("sesv2").send_email(
        FromEmailAddress="a@leaks.example",
        Destination={"ToAddresses": ["b@leaks.example"]},
        Content={"Simple": {"Subject": {"Data": "hej"}, "Body": {"Text": {"Data": marks["mail"]}}}},
    )
    stand.client("sns").publish(PhoneNumber="+46701740605", Message=marks["sms"])
    (stand.places.logs / "Prov.log").write_text(json.dumps({"message": marks["log"]}), encoding="utf-8")
    stand.emulator.save()

    searcher = Searcher(marks.values())
    places: dict[str, set[str]] = {}
    for place, content in places_of(Clients(stand.emulator.url), stand.emulator.url, stand.places):
        for finding in searcher.search(place, content):
            places.setdefault(finding.mark, set()).add(place)
    assert set(places) == set(marks.values())
    for mark in (marks["attribute"], marks["key"], marks["binary"]):
        assert any(place.startswith(f"tabell {table}") for place in places[mark])
        assert "fil: state/dynamodb.json" in places[mark]
    assert f"ström {table}" in places[marks["key"]]
    assert f"hink {bucket}: a/b" in places[marks["object"]]
    assert f"hink {bucket}: nyckel" in places[marks["object key"]]
    assert "emulatorn: sqs/messages" in places[marks["queue"]]
    assert "fil: mails.jsonl" in places[marks["mail"]]
    assert "fil: sms.jsonl" in places[marks["sms"]]
    assert "fil: logs/Prov.log" in places[marks["log"]]
    (stand.places.logs / "Prov.log").unlink()
    stand.client("sqs").purge_queue(QueueUrl=stand.physical["Data/Failures"].ref)


def test_the_confirmations_address_may_be_its_receiver_and_nothing_else() -> None:
    address = "kanariefagel@example.com"
    receiver = json.dumps({"To": [address], "Subject": "Vi har tagit emot det"}).encode()
    content = json.dumps({"To": ["familjehem@jonkoping.example"], "BodyText": f"Från {address}"}).encode()
    finding = Finding("fil: mails.jsonl", address, "som det står")
    assert expected(finding, receiver, address)
    assert not expected(finding, content, address)
    assert not expected(finding, receiver, None)
    assert not expected(Finding("tabell x", address, "som det står"), receiver, address)
