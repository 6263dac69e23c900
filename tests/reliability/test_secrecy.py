"""What a letter tells of others, and what the submission role can reach: nothing."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from dev.cloud import known
from tests.reliability.running import FIVE, RECIPIENTS, Running, Store


def test_a_letter_is_the_same_alone_and_as_one_of_five_but_for_number_and_time(running: Running, store: Store) -> None:
    # given
    receipts = [
        running.submit("0680").json(),
        running.submit(*FIVE, shareRecipients="yes").json(),
        running.submit(*FIVE, shareRecipients="no").json(),
    ]
    running.quiet()
    numbers = [
        next(one["number"] for one in receipt["deliveries"] if one["recipient"]["id"] == "0680") for receipt in receipts
    ]
    # when
    letters = [running.letter("0680", number) for number in numbers]
    sealed = [store.sealed("0680", number) for number in numbers]
    # then
    stripped = [without_number_and_time(letter) for letter in letters]
    assert stripped[1:] == [stripped[0]] * 2
    assert len({tuple(map(len, one)) for one in sealed}) == 1
    assert "shareRecipients" not in letters[0]["answers"]
    # what the family agreed to is read at opening, and is no part of the letter
    assert [letter["others"] for letter in letters] == [None, {"count": 4, "contacted": False}, None]
    assert not [name for name in ("Stockholm", "Malmö", "Göteborg", "Höglandet") if name in str(letters[1])]


def test_a_supplement_is_the_same_alone_and_as_one_of_five(running: Running, store: Store) -> None:
    # given
    receipts = [running.submit("0680").json(), running.submit(*FIVE).json()]
    running.quiet()
    for receipt in receipts:
        assert running.supplement(receipt).status_code == 201
    running.quiet()
    numbers = [
        next(one["number"] for one in receipt["deliveries"] if one["recipient"]["id"] == "0680") for receipt in receipts
    ]
    # when
    read = [running.letter("0680", number)["supplements"] for number in numbers]
    sealed = [store.sealed("0680", number, ("2/supplement", "2/card")) for number in numbers]
    # then
    alone, one_of_five = ([{**each, "receivedAt": None} for each in supplements] for supplements in read)
    assert alone == one_of_five
    assert len({tuple(map(len, one)) for one in sealed}) == 1


def without_number_and_time(letter: dict[str, Any]) -> dict[str, Any]:
    mine = {
        name: value
        for name, value in letter.items()
        if name not in {"number", "submittedAt", "receivedAt", "openedAt", "dueAt", "others"}
    }
    mine["compilation"] = {
        name: value for name, value in letter["compilation"].items() if name not in {"number", "submittedAt"}
    }
    return mine


def as_role(store: Store, role: str) -> dict[str, str]:
    found = store.client("sts").assume_role(
        RoleArn=known(store.running.places)[role].attributes["Arn"], RoleSessionName="prov"
    )
    credentials = found["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def test_the_submission_role_can_neither_read_nor_decrypt(running: Running, store: Store) -> None:
    # given a letter that was delivered, and its supplement
    receipt = running.submit(*FIVE).json()
    running.supplement(receipt)
    running.quiet()
    one = receipt["deliveries"][0]
    wrap = next(
        row
        for row in store.rows("Wraps")
        if (row["pk"]["S"], row["sk"]["S"]) == (f"WRAP#{one['recipient']['id']}#{one['number']}", "WRAP#2")
    )
    context = {"recipient": one["recipient"]["id"], "delivery": one["number"]}
    main, wraps, bucket = (
        store.named("Data/MainTable"),
        store.named("Data/WrapsTable"),
        store.named("Data/MailboxBucket"),
    )
    import boto3

    session = boto3.Session(**as_role(store, "SubmissionRole"), region_name="eu-north-1")
    dynamodb, kms, s3 = (
        session.client(name, endpoint_url=running.service.emulator) for name in ("dynamodb", "kms", "s3")
    )
    # then
    for reach in (
        lambda: kms.decrypt(KeyId=wrap["key_arn"]["S"], CiphertextBlob=wrap["wrap"]["B"], EncryptionContext=context),
        lambda: s3.get_object(Bucket=bucket, Key=f"{one['recipient']['id']}/{one['number']}/letter"),
        lambda: s3.get_object(Bucket=bucket, Key=f"{one['recipient']['id']}/{one['number']}/2/supplement"),
        lambda: s3.list_objects_v2(Bucket=bucket),
        lambda: dynamodb.get_item(TableName=wraps, Key={"pk": wrap["pk"], "sk": wrap["sk"]}),
        lambda: dynamodb.scan(TableName=main),
        lambda: dynamodb.scan(TableName=wraps),
        lambda: dynamodb.query(
            TableName=main,
            IndexName="inbox",
            KeyConditionExpression="inbox_pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"INBOX#{one['recipient']['id']}"}},
        ),
    ):
        with pytest.raises(ClientError) as refused:
            reach()
        assert refused.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
    # and what it may, it can: a data key of a recipient, which it can never get again
    made = kms.generate_data_key(KeyId=wrap["key_arn"]["S"], KeySpec="AES_256", EncryptionContext=context)
    with pytest.raises(ClientError):
        kms.decrypt(KeyId=wrap["key_arn"]["S"], CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context)


def test_no_other_function_can_decrypt_a_letter(running: Running, store: Store) -> None:
    import boto3

    wrap = next(row for row in store.rows("Wraps") if row["pk"]["S"].startswith("WRAP#"))
    _, recipient, number = wrap["pk"]["S"].split("#")
    for role in ("DeliveryRole", "NotificationRole", "HousekeepingRole", "SelfTestRole", "MailboxRole", "MembersRole"):
        session = boto3.Session(**as_role(store, role), region_name="eu-north-1")
        with pytest.raises(ClientError) as refused:
            session.client("kms", endpoint_url=running.service.emulator).decrypt(
                KeyId=wrap["key_arn"]["S"],
                CiphertextBlob=wrap["wrap"]["B"],
                EncryptionContext={"recipient": recipient, "delivery": number},
            )
        assert refused.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


def test_every_mailbox_holds_its_own_letters_only(running: Running, store: Store) -> None:
    # given
    receipt = running.submit(*FIVE).json()
    running.quiet()
    # then
    for owner in RECIPIENTS:
        for one in receipt["deliveries"]:
            answer = running.http.get(f"/api/mailbox/deliveries/{one['number']}", headers=running.as_worker(owner))
            assert answer.status_code == (200 if one["recipient"]["id"] == owner else 404)
