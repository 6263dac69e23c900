import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dev.cloud import Clients
from dev.emulator import Emulator, EmulatorError, free_port, listeners
from dev.places import AlreadyRunningError, Places, read_lines
from tests.dev.conftest import Stand


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path / "local")
    places.make()
    return places


@pytest.fixture
def emulator(places: Places) -> Iterator[Emulator]:
    emulator = Emulator(places, free_port())
    emulator.start()
    yield emulator
    emulator.stop()


def fill(emulator: Emulator) -> str:
    dynamodb, kms = client(emulator, "dynamodb"), client(emulator, "kms")
    dynamodb.create_table(
        TableName="things",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    dynamodb.put_item(TableName="things", Item={"pk": {"S": "a"}, "blob": {"B": b"\x00\xff"}})
    client(emulator, "s3").create_bucket(
        Bucket="things", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"}
    )
    client(emulator, "s3").put_object(Bucket="things", Key="a/b", Body=b"sealed")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    return kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext={"a": "b"})["CiphertextBlob"]


def client(emulator: Emulator, service: str) -> Any:
    return Clients(emulator.url)(service)


def is_whole(emulator: Emulator, blob: Any) -> bool:
    row = client(emulator, "dynamodb").get_item(TableName="things", Key={"pk": {"S": "a"}})["Item"]
    letter = client(emulator, "s3").get_object(Bucket="things", Key="a/b")["Body"].read()
    opened = client(emulator, "kms").decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"})["Plaintext"]
    return (row["blob"]["B"], letter, opened) == (b"\x00\xff", b"sealed", b"secret")


def test_it_listens_on_loopback_only(emulator: Emulator) -> None:
    assert emulator.pid is not None
    assert listeners(emulator.pid) == {("127.0.0.1", emulator.port)}


def test_a_clean_stop_loses_nothing(emulator: Emulator) -> None:
    blob = fill(emulator)
    emulator.stop()
    emulator.start()
    assert is_whole(emulator, blob)


def test_what_was_saved_survives_a_kill(emulator: Emulator) -> None:
    blob = fill(emulator)
    emulator.save()
    assert emulator.pid is not None
    os.kill(emulator.pid, signal.SIGKILL)
    emulator.stop()
    emulator.start()
    assert is_whole(emulator, blob)


def test_it_saves_by_itself_after_a_few_seconds(emulator: Emulator, places: Places) -> None:
    fill(emulator)
    until = time.monotonic() + 20
    while not (places.state / "kms.json").exists():
        assert time.monotonic() < until
        time.sleep(0.1)
    assert (places.state / "kms.json").stat().st_mode & 0o077 == 0


def test_mails_and_texts_are_kept_over_a_restart_once_each(emulator: Emulator, places: Places) -> None:
    client(emulator, "sesv2").create_email_identity(EmailIdentity="prov.example")
    for subject in ("ett", "två"):
        client(emulator, "sesv2").send_email(
            FromEmailAddress="a@prov.example",
            Destination={"ToAddresses": ["b@prov.example"]},
            Content={"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": "hej"}}}},
        )
        client(emulator, "sns").publish(PhoneNumber="+46701740605", Message=subject)
        emulator.stop()
        emulator.start()
    assert [mail["Subject"] for mail in read_lines(places.mails)] == ["ett", "två"]
    assert [text["Message"] for text in read_lines(places.sms)] == ["ett", "två"]


def test_state_cannot_be_thrown_away_over_the_wire(emulator: Emulator) -> None:
    request = urllib.request.Request(f"{emulator.url}/_ministack/reset", method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    refused.value.close()
    assert refused.value.code == 403


def test_another_host_name_is_refused(stand: Stand) -> None:
    request = urllib.request.Request(f"{stand.emulator.url}/_ministack/health", headers={"Host": "evil.example:80"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    refused.value.close()
    assert refused.value.code == 421


def test_it_stops_with_its_parent(emulator: Emulator) -> None:
    process = emulator._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(20) == 0


def test_a_port_that_is_taken_is_told(stand: Stand, places: Places) -> None:
    second = Emulator(places, stand.emulator.port)
    second.begin()
    with pytest.raises(EmulatorError, match=str(stand.emulator.port)):
        second.wait()


def test_a_folder_serves_one_service_at_a_time(places: Places) -> None:
    with places.lock(), pytest.raises(AlreadyRunningError, match="redan igång"):
        places.lock()
    places.lock().close()
