"""What each function may and may never do: one call that is allowed and one that is refused for every condition.

The calls are written by hand, after what the adapters do; the calls that the adapters really make are recorded and put
to the same evaluator elsewhere.
"""

import json
from types import SimpleNamespace
from typing import ClassVar

import pytest

from dev.template import REGION
from familjehem.adapters.documents import filled, policy
from familjehem.adapters.recipient_keys import KmsRecipientKeys
from tests.infrastructure.policy import Verdict, statements
from tests.infrastructure.rights import Rights, arn

ALLOWED, REFUSED, FORBIDDEN = Verdict.ALLOWED, Verdict.REFUSED, Verdict.FORBIDDEN
NUMBER = "7K3M-9QRT-2W8X"
DYNAMO, S3, SECRETS = (f"{service}.{REGION}.amazonaws.com" for service in ("dynamodb", "s3", "secretsmanager"))
LETTER = {"kms:EncryptionContext:recipient": "0680", "kms:EncryptionContext:delivery": NUMBER}
LETTER |= {"kms:EncryptionContextKeys": ["recipient", "delivery"]}
SEARCHING = {**LETTER, "kms:EncryptionContext:delivery": "search"}
CONTACT = {"kms:EncryptionContext:purpose": "contact", "kms:EncryptionContext:application": "2F7Y-K0D9-XM3A"}
CONTACT |= {"kms:EncryptionContextKeys": ["purpose", "application"]}
STATUS = ["pk", "sk", "number", "recipient", "state", "assignments", "origin", "next_step", "question_set", "queued_at"]
STATUS += ["received_at", "opened_at", "contacted_at", "withdrawn_at", "supplements", "received_supplements"]
SUPPLEMENTED = ["pk", "sk", "supplements", "erased_at"]
FUNCTIONS = (
    "self_test",
    "submission",
    "delivery",
    "notification",
    "mailbox",
    "export",
    "members",
    "housekeeping",
    "statistics",
    "identification",
    "onboarding",
    "administration",
)


def rows(*keys, **context):
    return {"dynamodb:LeadingKeys": list(keys), **{f"dynamodb:{name}": value for name, value in context.items()}}


@pytest.fixture(scope="module")
def recipient_key(rights: Rights) -> str:
    """A key with the very policy that the adapter gives it."""
    keys = KmsRecipientKeys(
        None,  # type: ignore[arg-type]
        submission_role_arn=rights.role("submission"),
        tenant_role_arn=rights.role("tenant"),
    )
    return rights.recipient_key("0680", json.loads(keys.policy("0680")))


class TestSubmission:
    """The letterbox."""

    @pytest.mark.parametrize(
        ("action", "table", "context"),
        [
            ("Query", "main", rows("DIRECTORY", Select="ALL_ATTRIBUTES")),
            ("BatchGetItem", "main", rows("MUNICIPALITY#0680", "MUNICIPALITY#0180")),
            ("BatchGetItem", "main", rows("DIRECTORY")),
            ("GetItem", "main", rows("DIRECTORY")),
            ("BatchGetItem", "main", rows("APPLICATION#a", "APPLICATION#b")),
            ("BatchGetItem", "main", rows("DELIVERY#0680#1", Attributes=STATUS, Select="SPECIFIC_ATTRIBUTES")),
            ("PutItem", "main", rows("APPLICATION#a")),
            ("PutItem", "main", rows("DELIVERY#0680#1")),
            ("PutItem", "main", rows("OUT#LETTER#0680#1", ReturnValues="NONE")),
            ("PutItem", "main", rows("OUT#SUPPLEMENT#0680#1#2", ReturnValues="NONE")),
            ("PutItem", "main", rows("OUT#CONFIRMATION#a")),
            ("PutItem", "main", rows("OUT#NOTICE#0680#1#withdrawn")),
            ("PutItem", "main", rows("CHALLENGE#c")),
            ("ConditionCheckItem", "main", rows("DIRECTORY")),
            ("ConditionCheckItem", "main", rows("APPLICATION#b")),
            ("PutItem", "wraps", rows("WRAP#0680#1")),
            ("PutItem", "wraps", rows("CONTACT#a")),
            ("UpdateItem", "tally", rows("NATION#2026-11#3")),
            ("UpdateItem", "tally", rows("COUNTY#06#2026-11#3")),
            ("UpdateItem", "tally", rows("RECIPIENT#0680#2026-11#3")),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "state", "withdrawn_at"])),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "state", "supplements"])),
            ("UpdateItem", "main", rows("APPLICATION#a", Attributes=SUPPLEMENTED)),
            ("UpdateItem", "main", rows("APPLICATION#a", Attributes=["pk", "sk", "share_recipients", "erased_at"])),
            ("GetItem", "main", rows("APPLICATION#a")),
            ("DeleteItem", "main", rows("OUT#SUPPLEMENT#0680#1#2")),
            ("DeleteItem", "main", rows("OUT#NOTICE#0680#1#supplemented#2")),
            ("DeleteItem", "main", rows("OUT#LETTER#0680#1")),
            ("DeleteItem", "main", rows("OUT#NOTICE#0680#1#new")),
            ("DeleteItem", "wraps", rows("WRAP#0680#1")),
            (
                "Query",
                "main",
                rows("TRAIL#0680#1", Attributes=["pk", "at", "kind", "role"], Select="SPECIFIC_ATTRIBUTES"),
            ),
            ("GetItem", "main", rows("ADDRESS#m")),
            ("UpdateItem", "main", rows("ADDRESS#m")),
        ],
    )
    def test_may_drop_letters_in_and_tell_how_they_fare(self, rights, action, table, context):
        assert rights.verdict("submission", f"dynamodb:{action}", getattr(rights, table), context) is ALLOWED

    @pytest.mark.parametrize(
        ("action", "table", "context", "verdict"),
        [
            ("Query", "main", rows("TRAIL#0680#1", Attributes=["pk", "at", "person"]), REFUSED),
            ("Query", "main", rows("TRAIL#0680#1", Attributes=["pk", "at", "name"]), REFUSED),
            ("Query", "main", rows("TRAIL#0680#1", Select="ALL_ATTRIBUTES"), REFUSED),
            ("Query", "main", rows("ACCESS#0680", Attributes=["pk", "at"]), FORBIDDEN),
            ("PutItem", "main", rows("TRAIL#0680#1"), REFUSED),
            ("GetItem", "main", rows("OUT#LETTER#0680#1"), FORBIDDEN),
            ("GetItem", "main", rows("OUT#SUPPLEMENT#0680#1#2"), FORBIDDEN),
            ("BatchGetItem", "main", rows("APPLICATION#a", "OUT#LETTER#0680#1"), FORBIDDEN),
            ("Query", "main", rows("OUT#LETTER#0680#1"), FORBIDDEN),
            ("Query", "main", rows("DELIVERY#0680#1"), REFUSED),
            ("Query", "main", rows("PERSON#p"), FORBIDDEN),
            ("GetItem", "main", rows("ACCESS#0680"), FORBIDDEN),
            ("Scan", "main", {}, FORBIDDEN),
            ("PartiQLSelect", "main", {}, FORBIDDEN),
            ("GetItem", "main", {}, REFUSED),
            ("GetItem", "main", rows(), REFUSED),
            ("BatchGetItem", "main", rows("DELIVERY#0680#1", Attributes=[*STATUS, "handler"]), REFUSED),
            ("BatchGetItem", "main", rows("DELIVERY#0680#1"), REFUSED),
            ("GetItem", "main", rows("DELIVERY#0680#1", Attributes=STATUS), REFUSED),
            ("DeleteItem", "main", rows("OUT#LETTER#0680#1", ReturnValues="ALL_OLD"), REFUSED),
            ("PutItem", "main", rows("OUT#LETTER#0680#1", ReturnValues="ALL_OLD"), REFUSED),
            ("DeleteItem", "wraps", rows("WRAP#0680#1", ReturnValues="ALL_OLD"), REFUSED),
            ("DeleteItem", "wraps", rows("CONTACT#a"), REFUSED),
            ("DeleteItem", "main", rows("APPLICATION#a"), REFUSED),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "received_at"]), REFUSED),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "received_supplements"]), REFUSED),
            ("UpdateItem", "main", rows("DELIVERY#0680#1"), REFUSED),
            ("UpdateItem", "main", rows("APPLICATION#a", Attributes=["pk", "sk", "receipt_digest"]), REFUSED),
            ("UpdateItem", "main", rows("APPLICATION#a"), REFUSED),
            ("UpdateItem", "main", rows("APPLICATION#a", Attributes=SUPPLEMENTED, ReturnValues="ALL_OLD"), REFUSED),
            ("UpdateItem", "main", rows("OUT#SUPPLEMENT#0680#1#2", Attributes=SUPPLEMENTED), REFUSED),
            ("DeleteItem", "main", rows("OUT#SUPPLEMENT#0680#1#2", ReturnValues="ALL_OLD"), REFUSED),
            ("PutItem", "main", rows("DIRECTORY"), REFUSED),
            ("PutItem", "main", rows("PERSON#p"), REFUSED),
            ("PutItem", "wraps", rows("OTHER#1"), REFUSED),
            ("ConditionCheckItem", "main", rows("OUT#LETTER#0680#1"), REFUSED),
            ("UpdateItem", "tally", rows("OTHER#0680#2026-11#1"), REFUSED),
            ("GetItem", "wraps", rows("WRAP#0680#1"), FORBIDDEN),
            ("Query", "wraps", rows("WRAP#0680#1"), FORBIDDEN),
            ("GetItem", "tally", rows("NATION#2026-11#3"), REFUSED),
            ("BatchWriteItem", "main", rows("APPLICATION#a"), REFUSED),
        ],
    )
    def test_may_never_take_one_out(self, rights, action, table, context, verdict):
        assert rights.verdict("submission", f"dynamodb:{action}", getattr(rights, table), context) is verdict

    def test_may_list_no_mailbox_and_no_outbox(self, rights):
        for index, key in (("inbox", "INBOX#0680"), ("outbox", "OUT")):
            found = rights.verdict("submission", "dynamodb:Query", f"{rights.main}/index/{index}", rows(key))
            assert found is FORBIDDEN

    def test_may_seal_for_a_recipient(self, rights, recipient_key):
        assert rights.verdict("submission", "kms:GenerateDataKey", recipient_key, LETTER) is ALLOWED

    @pytest.mark.parametrize(
        "context",
        [
            {},
            {**LETTER, "kms:EncryptionContext:recipient": "0180"},
            {**LETTER, "kms:EncryptionContextKeys": ["recipient", "delivery", "more"]},
            {name: value for name, value in LETTER.items() if not name.endswith("delivery")},
        ],
    )
    def test_may_seal_for_that_recipient_only(self, rights, recipient_key, context):
        assert rights.verdict("submission", "kms:GenerateDataKey", recipient_key, context) is REFUSED

    def test_may_seal_under_no_key_of_another_purpose(self, rights):
        for key in ("Data/TableKey", "Data/BucketKey", "Data/SecretKey"):
            assert rights.verdict("submission", "kms:GenerateDataKey", rights.arn(key), LETTER) is REFUSED

    def test_may_seal_a_contact_address_and_not_open_it(self, rights):
        key = rights.arn("Data/ContactKey")
        assert rights.verdict("submission", "kms:GenerateDataKey", key, CONTACT) is ALLOWED
        other = {**CONTACT, "kms:EncryptionContext:purpose": "letter"}
        assert rights.verdict("submission", "kms:GenerateDataKey", key, other) is REFUSED
        assert rights.verdict("submission", "kms:Decrypt", key, CONTACT) is FORBIDDEN

    def test_may_never_decrypt_with_whatever_key_and_policy(self, rights, recipient_key):
        unguarded = rights.recipient_key("unguarded")
        for key in (recipient_key, unguarded, rights.arn("Data/BucketKey"), rights.arn("Data/ContactKey")):
            for context in (LETTER, {**LETTER, "kms:ViaService": S3}, {**LETTER, "kms:ViaService": DYNAMO}):
                assert rights.verdict("submission", "kms:Decrypt", key, context) is FORBIDDEN
        assert rights.verdict("submission", "kms:ReEncryptFrom", unguarded, LETTER) is FORBIDDEN
        assert rights.verdict("submission", "kms:CreateGrant", unguarded, LETTER) is FORBIDDEN

    def test_reads_the_secret_that_nobody_else_reads(self, rights):
        secret = rights.physical["Data/MacSecret"].ref
        assert rights.verdict("submission", "secretsmanager:GetSecretValue", secret) is ALLOWED
        for other in (*FUNCTIONS[2:], "tenant", arn("iam", "role/administrator", region="")):
            assert rights.verdict(other, "secretsmanager:GetSecretValue", secret) is FORBIDDEN

    def test_may_touch_no_object(self, rights):
        for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
            found = rights.verdict("submission", action, f"{rights.bucket}/0680/1/letter", {"s3:if-none-match": "*"})
            assert found is not ALLOWED


class TestIdentification:
    """The only function that talks to somebody outside: two secrets, and nothing else."""

    OWN = ("Data/IdentificationSecret", "Data/ProviderSecret")

    def test_reads_its_two_secrets(self, rights):
        for path in self.OWN:
            found = rights.verdict("identification", "secretsmanager:GetSecretValue", rights.physical[path].ref)
            assert found is ALLOWED

    def test_never_reads_the_secret_of_receipts(self, rights):
        secret = rights.physical["Data/MacSecret"].ref
        assert rights.verdict("identification", "secretsmanager:GetSecretValue", secret) is FORBIDDEN

    def test_shares_the_secret_of_tokens_with_submission_alone(self, rights):
        tokens, credential = (rights.physical[path].ref for path in self.OWN)
        assert rights.verdict("submission", "secretsmanager:GetSecretValue", tokens) is ALLOWED
        assert rights.verdict("submission", "secretsmanager:GetSecretValue", credential) is not ALLOWED
        others = [name for name in FUNCTIONS if name not in {"identification", "submission"}]
        for other in (*others, "tenant", arn("iam", "role/administrator", region="")):
            for secret in (tokens, credential):
                assert rights.verdict(other, "secretsmanager:GetSecretValue", secret) is FORBIDDEN

    @pytest.mark.parametrize("action", ["BatchGetItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"])
    def test_touches_no_table(self, rights, action):
        for table in (rights.main, rights.wraps, rights.tally):
            found = rights.verdict("identification", f"dynamodb:{action}", table, rows("DIRECTORY"))
            assert found is FORBIDDEN

    def test_touches_no_object_no_mail_and_no_queue(self, rights):
        for action, resource in (
            ("s3:GetObject", f"{rights.bucket}/0680/1/letter"),
            ("s3:PutObject", f"{rights.bucket}/0680/1/letter"),
            ("ses:SendEmail", arn("ses", "identity/familjehemsverige.se")),
            ("sqs:SendMessage", rights.arn("Messaging/DeliveryFailures")),
            ("sts:AssumeRole", rights.role("tenant")),
        ):
            assert rights.verdict("identification", action, resource) is FORBIDDEN

    def test_uses_no_key_but_that_of_the_secrets_through_their_service(self, rights, recipient_key):
        unguarded = rights.recipient_key("unguarded")
        for key in (recipient_key, unguarded, rights.arn("Data/ContactKey"), rights.arn("Data/TableKey")):
            for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:ReEncryptFrom"):
                for context in (LETTER, {**LETTER, "kms:ViaService": SECRETS}):
                    assert rights.verdict("identification", action, key, context) is FORBIDDEN
        assert rights.verdict("identification", "kms:Decrypt", rights.arn("Data/SecretKey")) is FORBIDDEN


class TestOnboarding:
    """Hears strangers, and has its own rows only."""

    @pytest.mark.parametrize(
        ("action", "leading", "verdict"),
        [
            ("BatchGetItem", "MUNICIPALITY#0680", ALLOWED),
            ("BatchGetItem", "DIRECTORY", ALLOWED),
            ("GetItem", "ONBOARDING#ask-1", ALLOWED),
            ("GetItem", "ACTIVATION#ask-1", ALLOWED),
            ("GetItem", "DIRECTORY", ALLOWED),
            ("GetItem", "OUT#CODE#ask-1", ALLOWED),
            ("PutItem", "OUT#CODE#ask-1", ALLOWED),
            ("PutItem", "ONBOARDINGS", ALLOWED),
            ("PutItem", "ACTIVATION#ask-1", ALLOWED),
            ("PutItem", "ONBOARDING#ask-1", REFUSED),
            ("PutItem", "OUT#LINK#ask-1", REFUSED),
            ("PutItem", "DIRECTORY", REFUSED),
            ("Query", "ONBOARDINGS", FORBIDDEN),
            ("UpdateItem", "DIRECTORY", REFUSED),
            ("UpdateItem", "ACTIVATION#ask-1", REFUSED),
            ("DeleteItem", "ACTIVATION#ask-1", FORBIDDEN),
        ],
    )
    def test_keeps_to_its_rows(self, rights, action, leading, verdict):
        assert rights.verdict("onboarding", f"dynamodb:{action}", rights.main, rows(leading)) is verdict

    @pytest.mark.parametrize(
        ("leading", "names", "verdict"),
        [
            ("ONBOARDING#ask-1", ["mailbox_proven_at", "responsible_proven_at", "agreement", "revision"], ALLOWED),
            ("DIRECTORY", ["function_mailbox"], ALLOWED),
            ("DIRECTORY", ["state"], REFUSED),
            ("DIRECTORY", ["function_mailbox", "key_arn"], REFUSED),
            *(
                ("ONBOARDING#ask-1", [name, "revision"], REFUSED)
                for name in ("approved_at", "key_arn", "readers", "canary", "canary_opened_at", "live_at", "closed_at")
            ),
        ],
    )
    def test_notes_what_the_municipality_says_and_never_what_skr_decides(self, rights, leading, names, verdict):
        asked = rows(leading, Attributes=["pk", "sk", *names])
        assert rights.verdict("onboarding", "dynamodb:UpdateItem", rights.main, asked) is verdict

    @pytest.mark.parametrize("leading", ["DELIVERY#0680#1", "APPLICATION#a", "STAFF#0680", "OUT#LETTER#0680#1"])
    def test_reads_and_writes_nobody_elses(self, rights, leading):
        for action in ("BatchGetItem", "GetItem", "PutItem"):
            for table in (rights.main, rights.wraps, rights.tally):
                assert rights.verdict("onboarding", f"dynamodb:{action}", table, rows(leading)) is not ALLOWED

    def test_opens_nothing_and_knows_no_account(self, rights, recipient_key):
        for key in (recipient_key, rights.recipient_key("unguarded"), rights.arn("Data/ContactKey")):
            assert rights.verdict("onboarding", "kms:Decrypt", key, LETTER) is FORBIDDEN
        for action in ("cognito-idp:AdminCreateUser", "s3:GetObject", "ses:SendEmail", "sts:AssumeRole"):
            assert rights.verdict("onboarding", action, "*") is FORBIDDEN

    def test_reads_what_the_municipalities_pages_hold_with_whoever_sends_their_links_alone(self, rights):
        page = rows("ACTIVATION#ask-1")
        assert rights.verdict("notification", "dynamodb:GetItem", rights.main, page) is ALLOWED
        named = rows("ACTIVATION#ask-1", Attributes=["pk", "sk", "people"])
        assert rights.verdict("administration", "dynamodb:GetItem", rights.main, named) is ALLOWED
        proof = rows("ACTIVATION#ask-1", Attributes=["pk", "sk", "people", "code"])
        assert rights.verdict("administration", "dynamodb:GetItem", rights.main, proof) is REFUSED
        others = [name for name in FUNCTIONS if name not in {"onboarding", "notification"}]
        for other in (*others, "tenant"):
            for action in ("BatchGetItem", "GetItem", "Query"):
                found = rights.verdict(other, f"dynamodb:{action}", rights.main, rows("ACTIVATION#ask-1"))
                assert found is not ALLOWED


class TestDelivery:
    """From the outbox into the mailboxes."""

    @pytest.mark.parametrize(
        ("action", "table", "context"),
        [
            ("GetItem", "main", rows("OUT#LETTER#0680#1")),
            ("GetItem", "main", rows("OUT#SUPPLEMENT#0680#1#2")),
            (
                "UpdateItem",
                "main",
                rows("DELIVERY#0680#1", Attributes=["pk", "sk", "state", "received_at", "inbox_pk", "inbox_sk"]),
            ),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "received_supplements"])),
            ("DeleteItem", "main", rows("OUT#LETTER#0680#1")),
            ("DeleteItem", "main", rows("OUT#SUPPLEMENT#0680#1#2")),
            ("PutItem", "main", rows("OUT#NOTICE#0680#1#supplemented#2")),
            ("PutItem", "main", rows("OUT#NOTICE#0680#1#new")),
            ("PutItem", "main", rows("SEARCH#0680#UNSEARCHED")),
            ("UpdateItem", "tally", rows("RECIPIENT#0680#2026-11#1")),
        ],
    )
    def test_may_work_off_letters(self, rights, action, table, context):
        assert rights.verdict("delivery", f"dynamodb:{action}", getattr(rights, table), context) is ALLOWED

    @pytest.mark.parametrize(
        ("action", "table", "context", "verdict"),
        [
            ("GetItem", "main", rows("OUT#CONFIRMATION#a"), REFUSED),
            ("PutItem", "main", rows("SEARCH#0680#0c63fefff376b09bb8e006762d28b376"), REFUSED),
            ("PutItem", "main", rows("SEARCHED#0680#1"), REFUSED),
            ("Query", "main", rows("SEARCH#0680#UNSEARCHED"), REFUSED),
            ("GetItem", "main", rows("APPLICATION#a"), REFUSED),
            ("GetItem", "main", {}, REFUSED),
            ("Query", "main", rows("OUT#LETTER#0680#1"), REFUSED),
            ("Scan", "main", {}, REFUSED),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "handler"]), REFUSED),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "supplements"]), REFUSED),
            ("PutItem", "main", rows("OUT#SUPPLEMENT#0680#1#2"), REFUSED),
            ("UpdateItem", "main", rows("OUT#LETTER#0680#1", Attributes=["pk", "sk", "state"]), REFUSED),
            ("DeleteItem", "main", rows("DELIVERY#0680#1"), REFUSED),
            ("DeleteItem", "main", rows("OUT#LETTER#0680#1", ReturnValues="ALL_OLD"), REFUSED),
            ("PutItem", "main", rows("OUT#LETTER#0680#1"), REFUSED),
            ("UpdateItem", "tally", rows("NATION#2026-11#1"), REFUSED),
            ("GetItem", "wraps", rows("WRAP#0680#1"), FORBIDDEN),
            ("DeleteItem", "wraps", rows("WRAP#0680#1"), REFUSED),
        ],
    )
    def test_may_do_nothing_else_in_the_tables(self, rights, action, table, context, verdict):
        assert rights.verdict("delivery", f"dynamodb:{action}", getattr(rights, table), context) is verdict

    @pytest.mark.parametrize(
        ("key", "headers", "verdict"),
        [
            ("0680/1/letter", {"s3:if-none-match": "*"}, ALLOWED),
            ("0680/1/card", {"s3:if-none-match": "*"}, ALLOWED),
            ("0680/1/2/supplement", {"s3:if-none-match": "*"}, ALLOWED),
            ("0680/1/2/card", {"s3:if-none-match": "*"}, ALLOWED),
            ("0680/1/2/supplement", {}, FORBIDDEN),
            ("0680/1/letter", {}, FORBIDDEN),
            ("0680/1/other", {"s3:if-none-match": "*"}, REFUSED),
            ("0680/1/letter", {"s3:if-none-match": "*", "s3:x-amz-server-side-encryption": "AES256"}, FORBIDDEN),
            ("0680/1/letter", {"s3:if-none-match": "*", "s3:x-amz-server-side-encryption": "aws:kms"}, FORBIDDEN),
            ("0680/1/letter", {"s3:if-none-match": "*", "aws:SecureTransport": "false"}, FORBIDDEN),
            ("0680/1/letter", {"s3:if-none-match": "*", "s3:TlsVersion": "1.1"}, FORBIDDEN),
        ],
    )
    def test_may_put_each_object_once_encrypted_by_the_bucket(self, rights, key, headers, verdict):
        assert rights.verdict("delivery", "s3:PutObject", f"{rights.bucket}/{key}", headers) is verdict

    def test_may_name_the_buckets_own_key(self, rights):
        headers = {"s3:if-none-match": "*", "s3:x-amz-server-side-encryption": "aws:kms"}
        headers["s3:x-amz-server-side-encryption-aws-kms-key-id"] = rights.arn("Data/BucketKey")
        assert rights.verdict("delivery", "s3:PutObject", f"{rights.bucket}/0680/1/letter", headers) is ALLOWED

    def test_may_never_read_or_remove_an_object(self, rights):
        here = f"{rights.bucket}/0680/1/letter"
        assert rights.verdict("delivery", "s3:GetObject", here) is FORBIDDEN
        assert rights.verdict("delivery", "s3:DeleteObject", here) is REFUSED
        assert rights.verdict("delivery", "s3:ListBucket", rights.bucket) is FORBIDDEN

    def test_may_encrypt_through_s3_only_and_never_decrypt(self, rights, recipient_key):
        key = rights.arn("Data/BucketKey")
        assert rights.verdict("delivery", "kms:GenerateDataKey", key, {"kms:ViaService": S3}) is ALLOWED
        assert rights.verdict("delivery", "kms:GenerateDataKey", key) is REFUSED
        assert rights.verdict("delivery", "kms:Decrypt", key, {"kms:ViaService": S3}) is FORBIDDEN
        assert rights.verdict("delivery", "kms:Decrypt", recipient_key, LETTER) is FORBIDDEN
        assert rights.verdict("delivery", "kms:Decrypt", rights.recipient_key("unguarded"), LETTER) is FORBIDDEN
        assert rights.verdict("delivery", "kms:GenerateDataKey", recipient_key, LETTER) is REFUSED

    def test_may_note_its_failures_and_no_others(self, rights):
        own, other = rights.arn("Messaging/DeliveryFailures"), rights.arn("Messaging/NotificationFailures")
        assert rights.verdict("delivery", "sqs:SendMessage", own) is ALLOWED
        assert rights.verdict("delivery", "sqs:SendMessage", other) is REFUSED
        assert rights.verdict("delivery", "sqs:SendMessage", own, {"aws:SecureTransport": "false"}) is FORBIDDEN
        assert rights.verdict("delivery", "sqs:ReceiveMessage", own) is REFUSED


@pytest.mark.parametrize("function", ["delivery", "notification"])
def test_workers_may_read_the_stream(rights, function):
    stream = rights.arn("Data/MainTable", "StreamArn")
    for action in ("DescribeStream", "GetRecords", "GetShardIterator"):
        assert rights.verdict(function, f"dynamodb:{action}", stream) is ALLOWED
    assert rights.verdict(function, "dynamodb:ListStreams", "*") is ALLOWED


@pytest.mark.parametrize(
    "function",
    [
        "self_test",
        "submission",
        "mailbox",
        "export",
        "members",
        "housekeeping",
        "identification",
        "onboarding",
        "tenant",
    ],
)
def test_nobody_else_may_read_the_stream(rights, function):
    stream = rights.arn("Data/MainTable", "StreamArn")
    assert rights.verdict(function, "dynamodb:GetRecords", stream) is not ALLOWED


class TestNotification:
    """Content-free mail."""

    SENDER = "ingen-svar@familjehemsverige.se"

    @pytest.mark.parametrize(
        ("action", "table", "context"),
        [
            ("GetItem", "main", rows("OUT#NOTICE#0680#1#new")),
            ("GetItem", "main", rows("OUT#CONFIRMATION#a")),
            ("GetItem", "main", rows("OUT#ACCESS#0680#p#unused")),
            ("GetItem", "main", rows("OUT#REMINDER#0680#skr")),
            ("DeleteItem", "main", rows("OUT#REMINDER#0680#skr")),
            ("GetItem", "main", rows("STAFF#0680")),
            ("DeleteItem", "main", rows("OUT#ACCESS#0680#p#unused")),
            ("GetItem", "main", rows("DIRECTORY")),
            ("GetItem", "main", rows("OUT#LINK#ask-1")),
            ("GetItem", "main", rows("ONBOARDING#ask-1")),
            ("GetItem", "main", rows("ACTIVATION#ask-1")),
            ("PutItem", "main", rows("ACTIVATION#ask-1")),
            ("DeleteItem", "main", rows("OUT#CODE#ask-1")),
            ("GetItem", "wraps", rows("CONTACT#a")),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "notified_new_at", "sk"])),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "notified_withdrawn_at"])),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "notified_supplemented_at"])),
            ("DeleteItem", "main", rows("OUT#NOTICE#0680#1#supplemented#2")),
            ("DeleteItem", "main", rows("OUT#NOTICE#0680#1#new")),
            ("DeleteItem", "main", rows("OUT#CONFIRMATION#a")),
            ("DeleteItem", "wraps", rows("CONTACT#a")),
        ],
    )
    def test_may_work_off_notices(self, rights, action, table, context):
        assert rights.verdict("notification", f"dynamodb:{action}", getattr(rights, table), context) is ALLOWED

    @pytest.mark.parametrize(
        ("action", "table", "context", "verdict"),
        [
            ("GetItem", "main", rows("OUT#LETTER#0680#1"), FORBIDDEN),
            ("GetItem", "main", rows("OUT#SUPPLEMENT#0680#1#2"), FORBIDDEN),
            ("GetItem", "main", rows("DELIVERY#0680#1"), REFUSED),
            ("GetItem", "main", rows("PERSON#p"), REFUSED),
            ("Query", "main", rows("STAFF#0680"), REFUSED),
            ("GetItem", "wraps", rows("WRAP#0680#1"), FORBIDDEN),
            ("GetItem", "wraps", {}, REFUSED),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "state"]), REFUSED),
            ("UpdateItem", "main", rows("DELIVERY#0680#1"), REFUSED),
            ("DeleteItem", "main", rows("OUT#LETTER#0680#1"), REFUSED),
            ("DeleteItem", "wraps", rows("WRAP#0680#1"), REFUSED),
            ("DeleteItem", "wraps", rows("CONTACT#a", ReturnValues="ALL_OLD"), REFUSED),
            ("PutItem", "main", rows("OUT#NOTICE#0680#1#new"), REFUSED),
            ("PutItem", "main", rows("ONBOARDING#ask-1"), REFUSED),
            ("Query", "main", rows("DIRECTORY"), REFUSED),
        ],
    )
    def test_may_read_no_letter(self, rights, action, table, context, verdict):
        assert rights.verdict("notification", f"dynamodb:{action}", getattr(rights, table), context) is verdict

    def test_alone_opens_contact_addresses(self, rights):
        key = rights.arn("Data/ContactKey")
        assert rights.verdict("notification", "kms:Decrypt", key, CONTACT) is ALLOWED
        for other in (*FUNCTIONS[:3], "mailbox", "housekeeping", "tenant", arn("iam", "role/administrator", region="")):
            assert rights.verdict(other, "kms:Decrypt", key, CONTACT) is not ALLOWED

    @pytest.mark.parametrize(
        "context",
        [
            {},
            {**CONTACT, "kms:EncryptionContext:purpose": "letter"},
            {**CONTACT, "kms:EncryptionContextKeys": ["purpose", "application", "more"]},
            {"kms:EncryptionContext:purpose": "contact", "kms:EncryptionContextKeys": ["purpose"]},
        ],
    )
    def test_opens_them_by_their_own_context_only(self, rights, context):
        assert rights.verdict("notification", "kms:Decrypt", rights.arn("Data/ContactKey"), context) is REFUSED

    def test_opens_no_letter_and_makes_no_key(self, rights, recipient_key):
        assert rights.verdict("notification", "kms:Decrypt", recipient_key, LETTER) is FORBIDDEN
        assert rights.verdict("notification", "kms:GenerateDataKey", rights.arn("Data/ContactKey"), CONTACT) is REFUSED
        assert rights.verdict("notification", "s3:GetObject", f"{rights.bucket}/0680/1/letter") is FORBIDDEN

    def test_sends_as_the_one_sender(self, rights):
        identity = arn("ses", "identity/familjehemsverige.se")
        configuration = arn("ses", f"configuration-set/{rights.physical['Post/ConfigurationSet'].ref}")
        for resource in (identity, configuration):
            assert (
                rights.verdict("notification", "ses:SendEmail", resource, {"ses:FromAddress": self.SENDER}) is ALLOWED
            )
        assert rights.verdict("notification", "ses:SendEmail", identity, {"ses:FromAddress": "a@b.se"}) is REFUSED
        assert rights.verdict("notification", "ses:SendEmail", identity) is REFUSED
        other = arn("ses", "identity/annan.se")
        assert rights.verdict("notification", "ses:SendEmail", other, {"ses:FromAddress": self.SENDER}) is REFUSED

    def test_alone_sends(self, rights):
        identity = arn("ses", "identity/familjehemsverige.se")
        for other in (name for name in FUNCTIONS if name != "notification"):
            assert rights.verdict(other, "ses:SendEmail", identity, {"ses:FromAddress": self.SENDER}) is not ALLOWED

    def test_alone_texts_telephones_and_publishes_to_no_topic(self, rights):
        topic = arn("sns", "alarms")
        assert rights.verdict("notification", "sns:Publish", "*") is ALLOWED
        assert rights.verdict("notification", "sns:Publish", topic) is not ALLOWED
        for other in (name for name in FUNCTIONS if name != "notification"):
            assert rights.verdict(other, "sns:Publish", "*") is not ALLOWED


@pytest.mark.parametrize("function", ["mailbox", "export"])
class TestMailboxAndExport:
    """Signed in, but not yet a recipient."""

    ASSUME: ClassVar[dict] = {
        "aws:RequestTag/recipient": "0680",
        "aws:TagKeys": ["recipient"],
        "sts:RoleSessionName": "mailbox-0680",
    }

    def test_may_read_memberships_and_the_mailbox_recipients_too(self, function, rights):
        assert rights.verdict(function, "dynamodb:Query", rights.main, rows("PERSON#p")) is ALLOWED
        recipients = rights.verdict(function, "dynamodb:GetItem", rights.main, rows("DIRECTORY"))
        assert recipients is (ALLOWED if function == "mailbox" else REFUSED)

    def test_the_mailbox_names_colleagues_without_their_addresses(self, function, rights):
        named = ["pk", "person", "name", "role"]
        found = rights.verdict(function, "dynamodb:Query", rights.main, rows("STAFF#0680", Attributes=named))
        assert found is (ALLOWED if function == "mailbox" else REFUSED)
        addressed = rows("STAFF#0680", Attributes=[*named, "email"])
        assert rights.verdict(function, "dynamodb:Query", rights.main, addressed) is REFUSED

    @pytest.mark.parametrize(
        ("action", "where", "key", "verdict"),
        [
            ("GetItem", "", "DELIVERY#0680#1", FORBIDDEN),
            ("Query", "/index/inbox", "INBOX#0680", FORBIDDEN),
            ("GetItem", "", "OUT#LETTER#0680#1", FORBIDDEN),
            ("PutItem", "", "ACCESS#0680", REFUSED),
            ("PutItem", "", "PERSON#p", REFUSED),
            ("Query", "", "STAFF#0680", REFUSED),
            ("Query", "", "DIRECTORY", REFUSED),
        ],
    )
    def test_may_do_nothing_without_a_tenant_session(self, function, rights, action, where, key, verdict):
        assert rights.verdict(function, f"dynamodb:{action}", f"{rights.main}{where}", rows(key)) is verdict

    def test_may_open_nothing_without_a_tenant_session(self, function, rights, recipient_key):
        assert rights.verdict(function, "dynamodb:GetItem", rights.wraps, rows("WRAP#0680#1")) is FORBIDDEN
        assert rights.verdict(function, "s3:GetObject", f"{rights.bucket}/0680/1/letter") is FORBIDDEN
        assert rights.verdict(function, "kms:Decrypt", recipient_key, LETTER) is FORBIDDEN
        tagged = {**LETTER, "aws:PrincipalTag/recipient": "0680"}
        assert rights.verdict(function, "kms:Decrypt", recipient_key, tagged) is FORBIDDEN

    def test_may_become_one_recipient(self, function, rights):
        tenant = rights.role("tenant")
        assert rights.verdict(function, "sts:AssumeRole", tenant, self.ASSUME) is ALLOWED
        assert rights.verdict(function, "sts:TagSession", tenant, self.ASSUME) is ALLOWED

    @pytest.mark.parametrize(
        "change",
        [
            {"aws:RequestTag/recipient": None, "aws:TagKeys": None},
            {"aws:TagKeys": ["recipient", "more"]},
            {"sts:RoleSessionName": "mailbox-0180"},
            {"sts:RoleSessionName": "someone"},
        ],
    )
    def test_must_say_which_recipient_and_nothing_more(self, function, rights, change):
        context = {name: value for name, value in {**self.ASSUME, **change}.items() if value is not None}
        assert rights.verdict(function, "sts:AssumeRole", rights.role("tenant"), context) is REFUSED

    def test_and_nobody_else_becomes_a_recipient(self, function, rights):
        assert function in FUNCTIONS
        others = (name for name in FUNCTIONS if name not in {"mailbox", "export"})
        for other in (*others, arn("iam", "role/administrator", region="")):
            assert rights.verdict(other, "sts:AssumeRole", rights.role("tenant"), self.ASSUME) is not ALLOWED


class TestMembers:
    """A recipient's people and settings, never its letters."""

    PLACE: ClassVar[list] = ["pk", "sk", "name", "role"]

    @pytest.mark.parametrize(
        ("action", "context", "verdict"),
        [
            ("Query", rows("STAFF#0680"), ALLOWED),
            ("Query", rows("STAFF#0680", "INBOX#0680"), FORBIDDEN),
            ("Query", {}, REFUSED),
            ("Query", rows("DIRECTORY"), REFUSED),
            ("GetItem", rows("PERSON#p"), REFUSED),
            ("PutItem", rows("ROSTER#0680"), ALLOWED),
            ("PutItem", rows("STAFF#0680", ReturnValues="ALL_OLD"), REFUSED),
            ("PutItem", rows("OUT#NOTICE#0680#1#new"), REFUSED),
            ("PutItem", rows("DIRECTORY"), REFUSED),
            ("PutItem", rows("ACCESS#0680"), REFUSED),
            ("UpdateItem", rows("PERSON#p", Attributes=PLACE), ALLOWED),
            ("UpdateItem", rows("PERSON#p", Attributes=[*PLACE, "recipient"]), REFUSED),
            ("UpdateItem", rows("PERSON#p"), REFUSED),
            ("UpdateItem", rows("ROSTER#0680", Attributes=PLACE), REFUSED),
            ("UpdateItem", rows("SEEN#0680", Attributes=["pk", "sk", "seen_on"]), REFUSED),
            ("UpdateItem", rows("DIRECTORY", Attributes=["pk", "sk", "closing_time"]), ALLOWED),
            ("UpdateItem", rows("DIRECTORY", Attributes=["pk", "sk", "closing_time", "key_arn"]), REFUSED),
            ("UpdateItem", rows("DIRECTORY", Attributes=["pk", "sk", "state"]), REFUSED),
            ("UpdateItem", rows("DIRECTORY", Attributes=["pk", "sk", "function_mailbox"]), REFUSED),
            ("DeleteItem", rows("STAFF#0680"), ALLOWED),
            ("DeleteItem", rows("ROSTER#0680"), REFUSED),
            ("DeleteItem", rows("DIRECTORY"), REFUSED),
            ("Scan", {}, FORBIDDEN),
        ],
    )
    def test_keeps_people_and_settings_and_nothing_else(self, rights, action, context, verdict):
        assert rights.verdict("members", f"dynamodb:{action}", rights.main, context) is verdict

    def test_opens_no_letter_and_becomes_no_recipient(self, rights, recipient_key):
        for key in (recipient_key, rights.recipient_key("unguarded"), rights.arn("Data/ContactKey")):
            assert rights.verdict("members", "kms:Decrypt", key, LETTER) is FORBIDDEN
        assert rights.verdict("members", "s3:GetObject", f"{rights.bucket}/0680/1/letter") is FORBIDDEN
        assert rights.verdict("members", "dynamodb:GetItem", rights.wraps, rows("WRAP#0680#1")) is FORBIDDEN
        assumed = TestMailboxAndExport.ASSUME
        assert rights.verdict("members", "sts:AssumeRole", rights.role("tenant"), assumed) is FORBIDDEN

    def test_keeps_accounts_that_housekeeping_may_only_close(self, rights):
        pool, other = rights.arn("Identity/CaseWorkers"), arn("cognito-idp", "userpool/other")
        made = ("AdminCreateUser", "AdminGetUser", "AdminLinkProviderForUser")
        for action in (*made, "AdminDisableUser", "AdminEnableUser", "AdminUserGlobalSignOut"):
            assert rights.verdict("members", f"cognito-idp:{action}", pool) is ALLOWED
            assert rights.verdict("members", f"cognito-idp:{action}", other) is REFUSED
            found = rights.verdict("housekeeping", f"cognito-idp:{action}", pool)
            assert found is (REFUSED if action in made else ALLOWED)
            # SKR lets in whom a municipality has named; it closes no account.
            found = rights.verdict("administration", f"cognito-idp:{action}", pool)
            assert found is (REFUSED if action == "AdminDisableUser" else ALLOWED)
            for function in (name for name in FUNCTIONS if name not in {"administration", "members", "housekeeping"}):
                assert rights.verdict(function, f"cognito-idp:{action}", pool) is not ALLOWED
        for action in ("AdminSetUserPassword", "AdminDeleteUser", "AdminInitiateAuth", "AdminUpdateUserAttributes"):
            assert rights.verdict("members", f"cognito-idp:{action}", pool) is REFUSED


class TestTenant:
    """One recipient's session: the role's policy, the session's own, and the key's, all together."""

    ME: ClassVar[dict] = {"aws:PrincipalTag/recipient": "0680"}

    @pytest.fixture
    def session(self, rights):
        return json.loads(
            filled(
                policy("tenant_policy"),
                {
                    "main_table_arn": rights.main,
                    "wraps_table_arn": rights.wraps,
                    "tally_table_arn": rights.tally,
                    "bucket_arn": rights.bucket,
                    "report_bucket_arn": rights.arn("Data/ReportBucket"),
                    "recipient": "0680",
                },
            )
        )

    def both(self, rights, session, action, resource, context):
        """The verdict of the role alone must already be that of both, so that the tag alone holds the tenant."""
        alone = rights.verdict("tenant", action, resource, {**self.ME, **context})
        narrowed = rights.verdict("tenant", action, resource, {**self.ME, **context}, session=session)
        return alone, narrowed

    @pytest.mark.parametrize(
        ("action", "where", "context"),
        [
            ("Query", "main/index/inbox", rows("INBOX#0680")),
            ("Query", "main/index/waiting", rows("WAITING#0680")),
            ("Query", "main/index/handled", rows("HANDLING#0680#anna")),
            ("GetItem", "main", rows("DELIVERY#0680#1")),
            (
                "UpdateItem",
                "main",
                rows("DELIVERY#0680#1", Attributes=["pk", "state", "opened_at"], ReturnValues="ALL_NEW"),
            ),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "state", "handler", "handlings"])),
            ("UpdateItem", "main", rows("SEEN#0680", Attributes=["pk", "sk", "seen_on"])),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "inbox_pk", "readers", "reader_names"])),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "waiting_pk", "handled_pk"])),
            ("Query", "main/index/inbox", rows("PROTECTED#0680")),
            ("ConditionCheckItem", "main", rows("DELIVERY#0680#1")),
            ("PutItem", "main", rows("ACCESS#0680")),
            ("PutItem", "main", rows("TRAIL#0680#1")),
            ("PutItem", "main", rows("REVIEW#0680")),
            ("GetItem", "main", rows("ACCESS#0680")),
            ("Query", "main", rows("ACCESS#0680")),
            ("Query", "main", rows("TRAIL#0680#1")),
            ("Query", "main", rows("REVIEW#0680")),
            ("PutItem", "main", rows("HANDLING#0680#1")),
            ("GetItem", "main", rows("HANDLING#0680#1")),
            ("Query", "main", rows("HANDLING#0680#1")),
            ("BatchGetItem", "wraps", rows("WRAP#0680#1", "WRAP#0680#2")),
            ("GetItem", "wraps", rows("SEARCHKEY#0680")),
            ("PutItem", "wraps", rows("SEARCHKEY#0680")),
            ("Query", "main", rows("SEARCH#0680#UNSEARCHED")),
            ("Query", "main", rows("SEARCH#0680#0c63fefff376b09bb8e006762d28b376")),
            ("PutItem", "main", rows("SEARCH#0680#0c63fefff376b09bb8e006762d28b376")),
            ("DeleteItem", "main", rows("SEARCH#0680#UNSEARCHED")),
            ("BatchGetItem", "main", rows("SEARCHED#0680#1", "SEARCHED#0680#2")),
            ("PutItem", "main", rows("SEARCHED#0680#1")),
            (
                "UpdateItem",
                "main",
                rows("SEARCH#0680#SEARCHES", Attributes=["pk", "sk", "hour", "count", "expires_at"]),
            ),
        ],
    )
    def test_may_work_in_its_own_mailbox(self, rights, session, action, where, context):
        table, _, index = where.partition("/")
        resource = getattr(rights, table) + (f"/{index}" if index else "")
        assert self.both(rights, session, f"dynamodb:{action}", resource, context) == (ALLOWED, ALLOWED)

    @pytest.mark.parametrize(
        ("action", "where", "context"),
        [
            ("Query", "main/index/inbox", rows("INBOX#0180")),
            ("Query", "main/index/waiting", rows("WAITING#0180")),
            ("Query", "main/index/waiting", {}),
            ("Query", "main/index/handled", rows("HANDLING#0180#anna")),
            ("Query", "main/index/outbox", rows("OUT")),
            ("Query", "main/index/inbox", {}),
            ("Scan", "main", {}),
            ("GetItem", "main", rows("DELIVERY#0180#1")),
            ("GetItem", "main", rows("OUT#LETTER#0680#1")),
            ("GetItem", "main", rows("OUT#SUPPLEMENT#0680#1#2")),
            ("GetItem", "main", rows("ACCESS#0180")),
            ("UpdateItem", "main", rows("ACCESS#0680", Attributes=["pk", "sequence"])),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "recipient"])),
            ("Query", "main/index/inbox", rows("PROTECTED#0180")),
            ("ConditionCheckItem", "main", rows("DELIVERY#0180#1")),
            ("Query", "main", rows("TRAIL#0180#1")),
            ("Query", "main", rows("REVIEW#0180")),
            ("PutItem", "main", rows("TRAIL#0180#1")),
            ("PutItem", "main", rows("REVIEW#0180")),
            ("DeleteItem", "main", rows("TRAIL#0680#1")),
            ("DeleteItem", "main", rows("REVIEW#0680")),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "received_at"])),
            ("UpdateItem", "main", rows("DELIVERY#0680#1", Attributes=["pk", "received_supplements"])),
            ("UpdateItem", "main", rows("DELIVERY#0180#1", Attributes=["pk", "state"])),
            ("UpdateItem", "main", rows("DELIVERY#0180#1", Attributes=["pk", "sk", "state", "handler"])),
            ("UpdateItem", "main", rows("SEEN#0180", Attributes=["pk", "sk", "seen_on"])),
            ("UpdateItem", "main", rows("SEEN#0680", Attributes=["pk", "sk", "role"])),
            ("Query", "main", rows("STAFF#0680")),
            ("PutItem", "main", rows("ACCESS#0180")),
            ("PutItem", "main", rows("HANDLING#0180#1")),
            ("GetItem", "main", rows("HANDLING#0180#1")),
            ("Query", "main", rows("HANDLING#0180#1")),
            ("Query", "main", rows("DELIVERY#0680#1")),
            ("Query", "main", rows("ACCESS#0180")),
            ("PutItem", "main", rows("HANDLING#0680#1", "HANDLING#0180#1")),
            ("PutItem", "main", rows("DELIVERY#0680#1")),
            ("DeleteItem", "main", rows("HANDLING#0680#1")),
            ("DeleteItem", "main", rows("ACCESS#0680")),
            ("BatchGetItem", "wraps", rows("WRAP#0680#1", "WRAP#0180#1")),
            ("BatchGetItem", "wraps", {}),
            ("DeleteItem", "wraps", rows("WRAP#0680#1")),
            ("PutItem", "wraps", rows("WRAP#0680#1")),
            ("GetItem", "wraps", rows("SEARCHKEY#0180")),
            ("PutItem", "wraps", rows("SEARCHKEY#0180")),
            ("DeleteItem", "wraps", rows("SEARCHKEY#0680")),
            ("Query", "main", rows("SEARCH#0180#UNSEARCHED")),
            ("PutItem", "main", rows("SEARCH#0180#0c63fefff376b09bb8e006762d28b376")),
            ("DeleteItem", "main", rows("SEARCHED#0180#1")),
            ("UpdateItem", "main", rows("SEARCH#0680#UNSEARCHED", Attributes=["pk", "sk", "mark"])),
            ("UpdateItem", "main", rows("SEARCH#0180#SEARCHES", Attributes=["pk", "sk", "count"])),
        ],
    )
    def test_may_reach_no_other(self, rights, session, action, where, context):
        table, _, index = where.partition("/")
        resource = getattr(rights, table) + (f"/{index}" if index else "")
        assert self.both(rights, session, f"dynamodb:{action}", resource, context) == (REFUSED, REFUSED)

    @pytest.mark.parametrize(
        "own",
        [
            "ACCESS#0680",
            "DELIVERY#0680#1",
            "HANDLING#0680#1",
            "INBOX#0680",
            "OUT#CALLED#0680#1",
            "PROTECTED#0680",
            "REVIEW#0680",
            "SEARCH#0680#t",
            "SEEN#0680",
            "SHARE#0680#1",
            "TRAIL#0680#1",
            "WAITING#0680",
        ],
    )
    def test_the_session_alone_holds_the_tenant_to_its_own_rows(self, rights, session, own):
        """Even where the role let everything through: which action on which kind of row is the role's to say."""
        everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        wide = Rights(
            rights.physical, rights.properties, {rights.role("tenant"): [everything]}, rights.resources, rights.tags
        )

        def verdict(action, where, *keys):
            return wide.verdict("tenant", f"dynamodb:{action}", where, rows(*keys) if keys else {}, session=session)

        for action in ("GetItem", "PutItem", "UpdateItem", "Query"):
            assert verdict(action, rights.main, own) is ALLOWED
            assert verdict(action, rights.main, own.replace("0680", "0180")) is REFUSED
            assert verdict(action, rights.main, own, own.replace("0680", "0180")) is REFUSED
            assert verdict(action, rights.main) is REFUSED
            assert verdict(action, rights.wraps, own) is REFUSED
        assert verdict("Query", f"{rights.main}/index/inbox", own) is ALLOWED
        assert verdict("Scan", rights.main, own) is REFUSED

    def test_knows_of_others_what_stands_in_its_own_row_and_changes_nothing_of_it(self, rights, session):
        own, foreign, which = "SHARE#0680#1", "SHARE#0180#1", "OTHERS#0680#1"
        assert self.both(rights, session, "dynamodb:GetItem", rights.main, rows(own)) == (ALLOWED, ALLOWED)
        for key in (foreign, which, "OTHERS#0180#1"):
            assert self.both(rights, session, "dynamodb:GetItem", rights.main, rows(key)) == (REFUSED, REFUSED)
        for action in ("PutItem", "UpdateItem", "DeleteItem", "Query"):
            for key in (own, which):
                assert self.both(rights, session, f"dynamodb:{action}", rights.main, rows(key)) == (REFUSED, REFUSED)
        called = rows("OUT#CALLED#0680#1")
        assert self.both(rights, session, "dynamodb:PutItem", rights.main, called) == (ALLOWED, ALLOWED)
        assert rights.verdict("delivery", "dynamodb:GetItem", rights.main, rows(which)) is ALLOWED
        for function in ("submission", "notification", "mailbox", "housekeeping", "administration", "statistics"):
            assert rights.verdict(function, "dynamodb:GetItem", rights.main, rows(which)) is not ALLOWED

    def test_reads_its_own_objects(self, rights, session):
        own, other = f"{rights.bucket}/0680/1/letter", f"{rights.bucket}/0180/1/letter"
        assert self.both(rights, session, "s3:GetObject", own, {}) == (ALLOWED, ALLOWED)
        beside = f"{rights.bucket}/0680/1/2/supplement"
        assert self.both(rights, session, "s3:GetObject", beside, {}) == (ALLOWED, ALLOWED)
        assert self.both(rights, session, "s3:GetObject", other, {}) == (REFUSED, REFUSED)
        assert self.both(rights, session, "s3:PutObject", own, {"s3:if-none-match": "*"}) == (FORBIDDEN, FORBIDDEN)
        assert self.both(rights, session, "s3:DeleteObject", own, {}) == (REFUSED, REFUSED)

    def test_adds_to_its_own_tallies_and_reads_none(self, rights, session):
        added = {"Attributes": ["pk", "sk", "stage_closed", "closedBecause_notReached"]}
        own, other = rows("RECIPIENT#0680#2026-11#3", **added), rows("RECIPIENT#0180#2026-11#3", **added)
        assert self.both(rights, session, "dynamodb:UpdateItem", rights.tally, own) == (ALLOWED, ALLOWED)
        families = rows("RECIPIENT#0680#2026-11#3", Attributes=["pk", "sk", "recipient_families"])
        told = {**own, "dynamodb:ReturnValues": "ALL_NEW"}
        for context in (other, families, told, rows("NATION#2026-11#3", **added), {}):
            assert ALLOWED not in self.both(rights, session, "dynamodb:UpdateItem", rights.tally, context)[:1]
        for action in ("GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "DeleteItem"):
            alone, _ = self.both(rights, session, f"dynamodb:{action}", rights.tally, own)
            assert alone is not ALLOWED

    def test_reads_its_own_reports_and_finds_no_others(self, rights, session):
        bucket = rights.arn("Data/ReportBucket")
        own, other = f"{bucket}/reports/0680/2026-11.pdf", f"{bucket}/reports/0180/2026-11.pdf"
        assert self.both(rights, session, "s3:GetObject", own, {}) == (ALLOWED, ALLOWED)
        assert self.both(rights, session, "s3:ListBucket", bucket, {"s3:prefix": "reports/0680/"}) == (ALLOWED, ALLOWED)
        for resource in (other, f"{bucket}/books/2026-11.json", f"{bucket}/waiting/2026-11-a.json"):
            assert ALLOWED not in self.both(rights, session, "s3:GetObject", resource, {})
        for prefix in ("reports/0180/", "reports/", "", "reports/0680"):
            assert ALLOWED not in self.both(rights, session, "s3:ListBucket", bucket, {"s3:prefix": prefix})
        assert ALLOWED not in self.both(rights, session, "s3:ListBucket", bucket, {})
        assert ALLOWED not in self.both(rights, session, "s3:PutObject", own, {"s3:if-none-match": "*"})
        through = {"kms:ViaService": S3}
        assert self.both(rights, session, "kms:Decrypt", rights.arn("Data/ReportKey"), through) == (ALLOWED, ALLOWED)
        assert ALLOWED not in self.both(rights, session, "kms:Decrypt", rights.arn("Data/ReportKey"), {})

    def test_decrypts_the_bucket_through_s3_only(self, rights, session):
        key = rights.arn("Data/BucketKey")
        assert self.both(rights, session, "kms:Decrypt", key, {"kms:ViaService": S3}) == (ALLOWED, ALLOWED)
        assert self.both(rights, session, "kms:Decrypt", key, {}) == (REFUSED, REFUSED)

    def test_opens_its_own_letters(self, rights, session, recipient_key):
        assert self.both(rights, session, "kms:Decrypt", recipient_key, LETTER) == (ALLOWED, ALLOWED)

    @pytest.mark.parametrize(
        "context",
        [
            {},
            {**LETTER, "kms:EncryptionContext:recipient": "0180"},
            {**LETTER, "kms:EncryptionContextKeys": ["recipient", "delivery", "more"]},
            {name: value for name, value in LETTER.items() if not name.endswith("delivery")},
        ],
    )
    def test_opens_them_by_their_own_context_only(self, rights, session, recipient_key, context):
        assert self.both(rights, session, "kms:Decrypt", recipient_key, context) == (REFUSED, REFUSED)

    def test_makes_its_search_key_and_no_other(self, rights, session, recipient_key):
        make = "kms:GenerateDataKey"
        assert self.both(rights, session, make, recipient_key, SEARCHING) == (ALLOWED, ALLOWED)
        assert self.both(rights, session, "kms:Decrypt", recipient_key, SEARCHING) == (ALLOWED, ALLOWED)
        others = {**SEARCHING, "kms:EncryptionContext:recipient": "0180"}
        more = {**SEARCHING, "kms:EncryptionContextKeys": ["recipient", "delivery", "more"]}
        for context in (LETTER, {}, others, more):
            assert self.both(rights, session, make, recipient_key, context) == (REFUSED, REFUSED)
        assert self.both(rights, session, make, rights.recipient_key("0180"), SEARCHING) == (REFUSED, REFUSED)

    def test_opens_no_letter_under_a_key_of_another(self, rights, session):
        """Held by the role alone, even where the other key's own policy would let everybody in."""
        other = rights.recipient_key("0180")
        assert self.both(rights, session, "kms:Decrypt", other, LETTER) == (REFUSED, REFUSED)

    def test_the_key_itself_holds_the_tenant_too(self, rights, recipient_key):
        """Held by the key alone, even where the role let everything through."""
        everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        wide = Rights(
            rights.physical, rights.properties, {rights.role("tenant"): [everything]}, rights.resources, rights.tags
        )
        other = {"aws:PrincipalTag/recipient": "0180"}
        assert wide.verdict("tenant", "kms:Decrypt", recipient_key, {**LETTER, **self.ME}) is ALLOWED
        assert wide.verdict("tenant", "kms:Decrypt", recipient_key, {**LETTER, **other}) is REFUSED
        assert wide.verdict("tenant", "kms:Decrypt", recipient_key, LETTER) is REFUSED
        make = "kms:GenerateDataKey"
        assert wide.verdict("tenant", make, recipient_key, {**SEARCHING, **self.ME}) is ALLOWED
        for context in ({**LETTER, **self.ME}, {**SEARCHING, **other}, SEARCHING):
            assert wide.verdict("tenant", make, recipient_key, context) is REFUSED

    def test_a_session_without_a_tag_opens_and_reads_nothing(self, rights, recipient_key):
        assert rights.verdict("tenant", "kms:Decrypt", recipient_key, LETTER) is REFUSED
        assert rights.verdict("tenant", "s3:GetObject", f"{rights.bucket}//1/letter") is REFUSED
        assert rights.verdict("tenant", "dynamodb:GetItem", rights.main, rows("DELIVERY##1")) is REFUSED


class TestHousekeeping:
    """What waits, never what it holds."""

    def test_sees_and_wakes_what_waits(self, rights):
        outbox = f"{rights.main}/index/outbox"
        assert rights.verdict("housekeeping", "dynamodb:Query", outbox, rows("OUT")) is ALLOWED
        for kind in ("LETTER#0680#1", "SUPPLEMENT#0680#1#2", "NOTICE#0680#1#new", "CONFIRMATION#a"):
            touched = rows(f"OUT#{kind}", Attributes=["pk", "sk", "touches", "touched_at"])
            assert rights.verdict("housekeeping", "dynamodb:UpdateItem", rights.main, touched) is ALLOWED

    def test_takes_unused_access_and_gives_none(self, rights):
        for action, context in (
            ("Query", rows("DIRECTORY")),
            ("Query", rows("SEEN#0680")),
            ("PutItem", rows("ROSTER#0680")),
            ("PutItem", rows("OUT#ACCESS#0680#p#unused")),
            ("UpdateItem", rows("STAFF#0680", Attributes=["pk", "sk", "warned_on"])),
            ("DeleteItem", rows("PERSON#p")),
        ):
            assert rights.verdict("housekeeping", f"dynamodb:{action}", rights.main, context) is ALLOWED
        for action, context in (
            ("PutItem", rows("STAFF#0680")),
            ("PutItem", rows("PERSON#p")),
            ("UpdateItem", rows("STAFF#0680", Attributes=["pk", "sk", "role"])),
            ("UpdateItem", rows("PERSON#p", Attributes=["pk", "sk", "role"])),
            ("DeleteItem", rows("ROSTER#0680")),
        ):
            assert rights.verdict("housekeeping", f"dynamodb:{action}", rights.main, context) is REFUSED

    @pytest.mark.parametrize(
        ("action", "where", "context"),
        [
            ("Query", "", rows("OUT#LETTER#0680#1")),
            ("Query", "/index/inbox", rows("INBOX#0680")),
            ("Query", "/index/outbox", {}),
            ("GetItem", "", rows("OUT#LETTER#0680#1")),
            ("Scan", "", {}),
            ("UpdateItem", "", rows("OUT#LETTER#0680#1", Attributes=["pk", "sk", "letter"])),
            ("UpdateItem", "", rows("OUT#LETTER#0680#1")),
            ("UpdateItem", "", rows("OUT#LETTER#0680#1", Attributes=["pk", "touches"], ReturnValues="ALL_NEW")),
            ("UpdateItem", "", rows("DELIVERY#0680#1", Attributes=["pk", "sk", "touches"])),
            ("DeleteItem", "", rows("OUT#LETTER#0680#1")),
            ("PutItem", "", rows("OUT#LETTER#0680#1")),
        ],
    )
    def test_reads_alters_and_removes_nothing(self, rights, action, where, context):
        assert rights.verdict("housekeeping", f"dynamodb:{action}", f"{rights.main}{where}", context) is not ALLOWED

    def test_sees_whether_families_wait_and_nothing_of_them(self, rights):
        index, seen = f"{rights.main}/index/waiting", ["waiting_pk", "inbox_sk", "recipient", "readers"]

        def verdict(*attributes):
            named = {"Attributes": list(attributes)} if attributes else {}
            return rights.verdict("housekeeping", "dynamodb:Query", index, rows("WAITING#0680", **named))

        assert verdict(*seen) is ALLOWED
        assert verdict() is FORBIDDEN
        for more in ("handler", "handler_name", "next_step", "reader_names"):
            assert verdict(*seen, more) is FORBIDDEN
        assert rights.verdict("housekeeping", "dynamodb:Query", rights.main, rows("REMINDED")) is ALLOWED
        assert rights.verdict("notification", "dynamodb:GetItem", rights.main, rows("REMINDED")) is REFUSED

    def test_never_decrypts(self, rights, recipient_key):
        for key in (recipient_key, rights.recipient_key("unguarded"), rights.arn("Data/ContactKey")):
            assert rights.verdict("housekeeping", "kms:Decrypt", key, LETTER) is FORBIDDEN

    def test_reads_the_access_logs_and_alters_none(self, rights):
        assert rights.verdict("housekeeping", "dynamodb:Query", rights.main, rows("DIRECTORY")) is ALLOWED
        for action in ("GetItem", "Query"):
            assert rights.verdict("housekeeping", f"dynamodb:{action}", rights.main, rows("ACCESS#0680")) is ALLOWED
        for action in ("PutItem", "UpdateItem", "DeleteItem"):
            assert rights.verdict("housekeeping", f"dynamodb:{action}", rights.main, rows("ACCESS#0680")) is REFUSED
        for key in ("DELIVERY#0680#1", "HANDLING#0680#1", "PROTECTED#0680"):
            assert rights.verdict("housekeeping", "dynamodb:Query", rights.main, rows(key)) is FORBIDDEN
            assert rights.verdict("housekeeping", "dynamodb:Query", rights.main, rows("ACCESS#0680", key)) is FORBIDDEN
        for key in ("TRAIL#0680#1", "REVIEW#0680"):
            assert rights.verdict("housekeeping", "dynamodb:Query", rights.main, rows(key)) is REFUSED

    def test_keeps_digests_where_nobody_else_puts_and_nobody_deletes(self, rights):
        bucket = rights.arn("Data/AuditBucket")
        digest, create = f"{bucket}/0680/2026-11-26.json", {"s3:if-none-match": "*"}
        assert rights.verdict("housekeeping", "s3:PutObject", digest, create) is ALLOWED
        assert rights.verdict("housekeeping", "s3:GetObject", digest) is REFUSED
        assert rights.verdict("housekeeping", "s3:PutObject", digest) is FORBIDDEN
        assert rights.verdict("housekeeping", "s3:GetObjectVersion", digest) is ALLOWED
        assert rights.verdict("housekeeping", "s3:ListBucketVersions", bucket) is ALLOWED
        for wrong in (
            {"aws:SecureTransport": "false"},
            {"s3:TlsVersion": "1.1"},
            {"s3:x-amz-server-side-encryption": "AES256"},
        ):
            assert rights.verdict("housekeeping", "s3:PutObject", digest, {**create, **wrong}) is FORBIDDEN
        administrator = arn("iam", "role/administrator", region="")
        everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        roles = {role: [everything] for role in (administrator, rights.role("housekeeping"), rights.role("mailbox"))}
        wide = Rights(rights.physical, rights.properties, roles, rights.resources, rights.tags)
        for who in roles:
            for action in ("DeleteObject", "DeleteObjectVersion", "PutObjectRetention", "PutObjectLegalHold"):
                assert wide.verdict(who, f"s3:{action}", digest) is FORBIDDEN
        for who in (administrator, "mailbox"):
            assert wide.verdict(who, "s3:PutObject", digest, create) is FORBIDDEN

    def test_opens_digests_through_s3_only(self, rights):
        key = rights.arn("Data/AuditKey")
        for action in ("kms:Decrypt", "kms:GenerateDataKey"):
            assert rights.verdict("housekeeping", action, key, {"kms:ViaService": S3}) is ALLOWED
            assert rights.verdict("housekeeping", action, key, {"kms:ViaService": DYNAMO}) is not ALLOWED
            assert rights.verdict("housekeeping", action, key) is not ALLOWED


class TestSelfTest:
    def test_may_write_its_log_and_nothing_else(self, rights):
        own = rights.arn("SelfTestLogs").removesuffix("*") + "log-stream:one"
        assert rights.verdict("self_test", "logs:PutLogEvents", own) is ALLOWED
        found = [one for document in rights.identities[rights.role("self_test")] for one in statements(document)]
        assert [one["Sid"] for one in found] == ["WriteOwnLog"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_writes_its_own_log_only(rights, function):
    logs = "".join(part.title() for part in function.split("_")) + "Logs"
    for other in rights.physical:
        if other.endswith("Logs"):
            stream = rights.arn(other).removesuffix("*") + "log-stream:one"
            found = rights.verdict(function, "logs:PutLogEvents", stream)
            assert found is (ALLOWED if other == logs else REFUSED), other


class TestKeys:
    ADMINISTRATOR = arn("iam", "role/administrator", region="")

    @pytest.mark.parametrize("key", ["TableKey", "BucketKey", "AuditKey", "ContactKey", "SecretKey"])
    def test_whoever_administers_a_key_cannot_use_it(self, rights, key):
        """Even with every right that a role can have."""
        everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        wide = Rights(
            rights.physical, rights.properties, {self.ADMINISTRATOR: [everything]}, rights.resources, rights.tags
        )
        own = wide.arn(f"Data/{key}")
        assert wide.verdict(self.ADMINISTRATOR, "kms:DescribeKey", own) is ALLOWED
        assert wide.verdict(self.ADMINISTRATOR, "kms:ScheduleKeyDeletion", own) is ALLOWED
        for action in ("Decrypt", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "CreateGrant", "Sign"):
            for context in ({}, LETTER, CONTACT):
                assert wide.verdict(self.ADMINISTRATOR, f"kms:{action}", own, context) is REFUSED

    @pytest.mark.parametrize(("key", "service"), [("TableKey", DYNAMO), ("SecretKey", SECRETS)])
    def test_keys_of_services_work_through_their_service_only(self, rights, key, service):
        own = rights.arn(f"Data/{key}")
        assert rights.verdict("submission", "kms:Decrypt", own, {"kms:ViaService": service}) is ALLOWED
        assert rights.verdict("submission", "kms:Decrypt", own) is FORBIDDEN
        assert rights.verdict("submission", "kms:Decrypt", own, {"kms:ViaService": S3}) is FORBIDDEN
        stranger = arn("iam", "role/one", region="", account="999999999999")
        assert rights.verdict(stranger, "kms:Decrypt", own, {"kms:ViaService": service}) is REFUSED

    def test_a_grant_on_the_table_key_goes_to_the_service_only(self, rights):
        own = rights.arn("Data/TableKey")
        via = {"kms:ViaService": DYNAMO}
        made = rights.verdict(self.ADMINISTRATOR, "kms:CreateGrant", own, {**via, "kms:GrantIsForAWSResource": "true"})
        assert made is ALLOWED
        assert rights.verdict(self.ADMINISTRATOR, "kms:CreateGrant", own, via) is REFUSED

    def test_alarms_may_use_the_key_of_their_topic(self, rights):
        key, topic = rights.arn("Watch/AlarmKey"), rights.physical["Watch/Alarms"].ref
        ours, theirs = {"aws:SourceAccount": topic.split(":")[4]}, {"aws:SourceAccount": "999999999999"}
        assert rights.verdict("cloudwatch.amazonaws.com", "kms:GenerateDataKey", key, ours) is ALLOWED
        assert rights.verdict("cloudwatch.amazonaws.com", "kms:GenerateDataKey", key, theirs) is REFUSED
        assert rights.verdict("cloudwatch.amazonaws.com", "sns:Publish", topic, ours) is ALLOWED
        assert rights.verdict("cloudwatch.amazonaws.com", "sns:Publish", topic, theirs) is REFUSED
        assert rights.verdict("events.amazonaws.com", "sns:Publish", topic) is ALLOWED
        assert rights.verdict("lambda.amazonaws.com", "sns:Publish", topic, ours) is REFUSED


class TestKeysAlone:
    """Held by the key's own policy, even where a role had every right there is."""

    @pytest.fixture
    def wide(self, rights) -> Rights:
        everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        roles = (rights.role(name) for name in (*FUNCTIONS, "tenant", "administrator"))
        return Rights(
            rights.physical, rights.properties, {role: [everything] for role in roles}, rights.resources, rights.tags
        )

    @pytest.mark.parametrize(
        ("key", "action", "who", "context"),
        [
            ("BucketKey", "GenerateDataKey", "delivery", {"kms:ViaService": S3}),
            ("BucketKey", "Decrypt", "tenant", {"kms:ViaService": S3}),
            ("AuditKey", "GenerateDataKey", "housekeeping", {"kms:ViaService": S3}),
            ("AuditKey", "Decrypt", "housekeeping", {"kms:ViaService": S3}),
            ("ContactKey", "GenerateDataKey", "submission", CONTACT),
            ("ContactKey", "Decrypt", "notification", CONTACT),
        ],
    )
    def test_one_role_uses_it_in_one_way(self, wide, key, action, who, context):
        own = wide.arn(f"Data/{key}")
        assert wide.verdict(who, f"kms:{action}", own, context) is ALLOWED
        for other in (*FUNCTIONS, "tenant", "administrator"):
            if other != who:
                assert wide.verdict(other, f"kms:{action}", own, context) is REFUSED, other
        for name, value in context.items():
            if name == "kms:EncryptionContextKeys":
                continue
            without = {one: fact for one, fact in context.items() if one != name}
            assert wide.verdict(who, f"kms:{action}", own, without) is REFUSED, name
            if not name.endswith(":application"):
                assert wide.verdict(who, f"kms:{action}", own, {**context, name: f"{value}-other"}) is REFUSED, name

    @pytest.mark.parametrize(
        "context",
        [
            {"kms:ViaService": DYNAMO},
            {"kms:GrantIsForAWSResource": "true"},
            {"kms:ViaService": S3, "kms:GrantIsForAWSResource": "true"},
            {"kms:ViaService": DYNAMO, "kms:GrantIsForAWSResource": "true", "kms:CallerAccount": "999999999999"},
        ],
    )
    def test_the_table_key_is_granted_to_dynamodb_only(self, wide, context):
        assert wide.verdict("administrator", "kms:CreateGrant", wide.arn("Data/TableKey"), context) is REFUSED

    def test_a_tenant_is_trusted_with_one_tag_only(self, wide):
        tenant = wide.role("tenant")
        one = {"aws:RequestTag/recipient": "0680", "aws:TagKeys": ["recipient"]}
        assert wide.verdict("mailbox", "sts:TagSession", tenant, one) is ALLOWED
        assert wide.verdict("mailbox", "sts:TagSession", tenant, {"aws:TagKeys": ["recipient"]}) is REFUSED
        more = {**one, "aws:TagKeys": ["recipient", "more"]}
        assert wide.verdict("mailbox", "sts:TagSession", tenant, more) is REFUSED

    def test_alarms_may_be_published_by_rules_and_over_tls_only(self, wide):
        key, topic = wide.arn("Watch/AlarmKey"), wide.physical["Watch/Alarms"].ref
        assert wide.verdict("events.amazonaws.com", "kms:GenerateDataKey", key) is ALLOWED
        assert wide.verdict("administrator", "kms:Decrypt", key) is REFUSED
        assert wide.verdict("administrator", "kms:DescribeKey", key) is ALLOWED
        assert wide.verdict("administrator", "sns:Publish", topic, {"aws:SecureTransport": "false"}) is FORBIDDEN

    @pytest.mark.parametrize("queue", ["DeliveryFailures", "NotificationFailures"])
    def test_queues_speak_tls_only(self, wide, queue):
        own = wide.arn(f"Messaging/{queue}")
        for action in ("DeleteMessage", "PurgeQueue", "ReceiveMessage", "SendMessage"):
            assert wide.verdict("administrator", f"sqs:{action}", own) is ALLOWED
            assert wide.verdict("administrator", f"sqs:{action}", own, {"aws:SecureTransport": "false"}) is FORBIDDEN


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_role_of_a_function_is_lambda_s_to_take(rights, function):
    assert rights.verdict("lambda.amazonaws.com", "sts:AssumeRole", rights.role(function)) is ALLOWED
    for other in ("mailbox", "administrator", "events.amazonaws.com"):
        assert rights.verdict(other, "sts:AssumeRole", rights.role(function)) is REFUSED


class TestBucket:
    def test_an_administrator_with_every_right_reads_no_letter(self, rights):
        administrator = arn("iam", "role/administrator", region="")
        everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        wide = Rights(rights.physical, rights.properties, {administrator: [everything]}, rights.resources, rights.tags)
        here = f"{rights.bucket}/0680/1/letter"
        for action in ("GetObject", "GetObjectVersion", "PutObject", "DeleteObjectVersion"):
            assert wide.verdict(administrator, f"s3:{action}", here, {"s3:if-none-match": "*"}) is FORBIDDEN
        # A delete only hides a letter behind a marker, which an administrator can take away again.
        assert wide.verdict(administrator, "s3:DeleteObject", here) is ALLOWED


def test_a_recorded_call_is_judged_by_its_worst_resource(rights):
    identity = arn("ses", "identity/familjehemsverige.se")
    sender = {"ses:FromAddress": "ingen-svar@familjehemsverige.se"}
    good = SimpleNamespace(
        function="notification", principal=None, action="ses:SendEmail", resources=(identity,), context=sender
    )
    assert rights.judge(good) is ALLOWED
    good.resources = (identity, arn("ses", "identity/annan.se"))
    assert rights.judge(good) is REFUSED
    good.principal = rights.role("delivery")
    assert rights.judge(good) is REFUSED
