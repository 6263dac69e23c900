"""Every condition of every role, by construction: a call that passes, and the same call with that one thing wrong.

Only the role's own policies are asked here, so that no condition hides behind a key's or a bucket's policy. The table
below holds, for every statement that allows, a call for each of its actions; a statement without one fails a test.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from dev.template import REGION
from familjehem.adapters.dynamo.recipient_rows import SETTINGS
from tests.infrastructure.policy import Request, Verdict, applies, decide, many, statements
from tests.infrastructure.rights import Rights, arn
from tests.infrastructure.test_rights import CONTACT, FUNCTIONS, LETTER, SEARCHING, STATUS, rows

ROLES = (*FUNCTIONS, "tenant")
FOREIGN = "FOREIGN#1"
# What AWS adds by itself, or leaves out where the caller asked for nothing: its absence alone is no other call.
IMPLIED = {"dynamodb:ReturnValues", "dynamodb:Select", "kms:EncryptionContextKeys", "aws:TagKeys"}
# What may have any value: the number of a delivery, a reference, and for the letterbox any recipient (the key binds it).
FREE = {"kms:EncryptionContext:delivery", "kms:EncryptionContext:application", "s3:if-none-match"}
FREE |= {"aws:RequestTag/recipient", "aws:RequestTag/familjehem:recipient"}
TENANT = {"aws:PrincipalTag/recipient": "0680"}
RECIPIENT_KEY = {"aws:ResourceTag/familjehem:purpose": "recipient", "aws:ResourceTag/familjehem:recipient": "0680"}
ASSUME = {"aws:RequestTag/recipient": "0680", "aws:TagKeys": ["recipient"]}
SENDER = {"ses:FromAddress": "ingen-svar@familjehemsverige.se"}
CREATE = {"s3:if-none-match": "*"}
MAKES_KEY = {"aws:RequestTag/familjehem:purpose": "recipient", "aws:RequestTag/familjehem:recipient": "0680"}
MAKES_KEY |= {"aws:TagKeys": ["familjehem:purpose", "familjehem:recipient"]}
LOOKS_AFTER = ("DescribeKey", "DisableKey", "EnableKeyRotation", "ScheduleKeyDeletion")

READS = [
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
]
NAMED = ["pk", "person", "name", "role"]
SETTINGS_OF_RECIPIENT = ["pk", "sk", *SETTINGS]
CLOSING = ("AdminDisableUser", "AdminEnableUser", "AdminUserGlobalSignOut")
OPENING = ("AdminCreateUser", "AdminGetUser", "AdminLinkProviderForUser")
OPENS = ["kms:CreateGrant", "kms:Decrypt", "kms:ReEncryptFrom"]


def via(service: str) -> dict[str, str]:
    return {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}


def calls(rights: Rights) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    """For each role: action, resource, context of calls that it must be able to make."""
    main, wraps, tally, bucket = rights.main, rights.wraps, rights.tally, rights.bucket
    stream = rights.arn("Data/MainTable", "StreamArn")
    key, contact = arn("kms", "key/recipient-0680"), rights.arn("Data/ContactKey")
    identity = arn("ses", "identity/familjehemsverige.se")
    accepted = ("APPLICATION#a", "DELIVERY#0680#1", "CHALLENGE#c")
    accepted += ("OUT#LETTER#0680#1", "OUT#SUPPLEMENT#0680#1#2", "OUT#CONFIRMATION#a", "OUT#NOTICE#0680#1#withdrawn")
    shared = ("SHARE#0680#1", "OTHERS#0680#1")
    accepted += shared
    withdrawn, opened = (["pk", "sk", "state", time] for time in ("withdrawn_at", "opened_at"))
    withdrawn.append("supplements")
    counted = ["pk", "sk", "hour", "count", "expires_at"]
    handled = ["pk", "sk", "state", "handler", "handler_name", "handlings", "contacted_at"]
    added = ["pk", "sk", "supplements", "share_recipients", "erased_at"]
    said = ["pk", "sk", "mailbox_proven_at", "new_mailbox", "function_mailbox", "agreement", "payer", "revision"]
    touched = ["pk", "sk", "touches", "touched_at"]
    named, pool = ["pk", "sk", "name", "email", "role", "signed_out_at"], rights.arn("Identity/CaseWorkers")
    guarded = ["pk", "sk", "inbox_pk", "readers", "reader_names"]
    terms = ["pk", "sk", "state", "settled_at", "held", "warned_on", "decided_at", "erasure", "inbox_pk", "supplements"]
    clock = [
        "inbox_pk",
        "number",
        "recipient",
        "state",
        "received_at",
        "settled_at",
        "withdrawn_at",
        "held",
        "warned_on",
        "notified_new_at",
    ]
    decision = ["number", "state", "queued_at", "received_at", "withdrawn_at", "decided_at", "erased_at", "erasure"]
    ruled = ["pk", "sk", "state", "warned_on", "decided_at", "erasure", "inbox_pk", "held", "supplements"]
    stone = ["pk", "sk", "inbox_pk", "inbox_sk", *decision, "recipient", "expires_at"]
    shown = ["pk", "sk", "at", "kind", "role"]
    audit, report = rights.arn("Data/AuditBucket"), rights.arn("Data/ReportBucket")
    tallied = ("NATION#2026-11#3", "COUNTY#06#2026-11#3", "RECIPIENT#0680#2026-11#3")
    noted = ["pk", "sk", "notified_new_at", "notified_withdrawn_at", "notified_supplemented_at"]
    delivered = ["pk", "sk", "state", "received_at", "inbox_pk", "inbox_sk", "received_supplements"]
    reading = [(f"dynamodb:{one}", stream, {}) for one in ("DescribeStream", "GetRecords", "GetShardIterator")]
    reading.append(("dynamodb:ListStreams", "*", {}))
    silent = {"ReturnValues": "NONE"}
    registered = ("DIRECTORY", "ONBOARDINGS", "AFFILIATIONS", "MUNICIPALITY#0680", "FEES#2026")
    registered += ("OUT#LINK#ask-1",)
    changed = {
        "DIRECTORY": ["state", "membership_version", "key_arn", "function_mailbox", "municipalities"],
        "AFFILIATIONS": ["until"],
        "MUNICIPALITY#0680": ["recipient"],
        "RULINGS": ["published", "ruled_at"],
        "OUT#LETTER#0680#1": ["touches", "touched_at"],
    }
    found = {
        "self_test": [],
        "submission": [
            ("dynamodb:Query", main, rows("DIRECTORY")),
            ("dynamodb:BatchGetItem", main, rows("MUNICIPALITY#0680", "MUNICIPALITY#0180")),
            ("dynamodb:GetItem", main, rows("DIRECTORY")),
            ("dynamodb:GetItem", main, rows("ADDRESS#m")),
            ("dynamodb:BatchGetItem", main, rows("APPLICATION#a", "APPLICATION#b")),
            ("dynamodb:BatchGetItem", main, rows("DELIVERY#0680#1", Attributes=STATUS, Select="SPECIFIC_ATTRIBUTES")),
            ("dynamodb:Query", main, rows("TRAIL#0680#1", Attributes=shown, Select="SPECIFIC_ATTRIBUTES")),
            ("dynamodb:ConditionCheckItem", main, rows("DIRECTORY")),
            *(("dynamodb:PutItem", main, rows(one, **silent)) for one in accepted),
            ("dynamodb:PutItem", wraps, rows("WRAP#0680#1", **silent)),
            ("dynamodb:PutItem", wraps, rows("CONTACT#a", **silent)),
            ("dynamodb:UpdateItem", tally, rows("NATION#2026-11#3", **silent)),
            ("dynamodb:UpdateItem", tally, rows("COUNTY#06#2026-11#3", **silent)),
            ("dynamodb:UpdateItem", tally, rows("RECIPIENT#0680#2026-11#3", **silent)),
            ("dynamodb:UpdateItem", main, rows("ADDRESS#m")),
            (
                "dynamodb:UpdateItem",
                main,
                rows("DELIVERY#0680#1", Attributes=withdrawn, **silent),
            ),
            ("dynamodb:UpdateItem", main, rows("APPLICATION#a", Attributes=added, **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#LETTER#0680#1", **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#SUPPLEMENT#0680#1#2", **silent)),
            *(("dynamodb:DeleteItem", main, rows(one, **silent)) for one in shared),
            ("dynamodb:ConditionCheckItem", main, rows("DELIVERY#0680#1", Attributes=["pk", "sk", "contacted_at"])),
            ("dynamodb:DeleteItem", wraps, rows("WRAP#0680#1", **silent)),
            ("kms:GenerateDataKey", key, {**LETTER, "aws:ResourceTag/familjehem:purpose": "recipient"}),
            ("kms:GenerateDataKey", contact, CONTACT),
            ("secretsmanager:GetSecretValue", rights.physical["Data/MacSecret"].ref, {}),
            ("secretsmanager:GetSecretValue", rights.physical["Data/IdentificationSecret"].ref, {}),
        ],
        "onboarding": [
            ("dynamodb:BatchGetItem", main, rows("MUNICIPALITY#0680")),
            ("dynamodb:BatchGetItem", main, rows("DIRECTORY")),
            ("dynamodb:GetItem", main, rows("ONBOARDING#ask-1")),
            ("dynamodb:GetItem", main, rows("ACTIVATION#ask-1")),
            ("dynamodb:GetItem", main, rows("DIRECTORY")),
            ("dynamodb:GetItem", main, rows("OUT#CODE#ask-1")),
            *(
                ("dynamodb:PutItem", main, rows(one, **silent))
                for one in ("ONBOARDINGS", "ACTIVATION#ask-1", "OUT#CODE#ask-1")
            ),
            ("dynamodb:UpdateItem", main, rows("ONBOARDING#ask-1", Attributes=said, **silent)),
            ("dynamodb:UpdateItem", main, rows("DIRECTORY", Attributes=["pk", "sk", "function_mailbox"], **silent)),
        ],
        "identification": [
            ("secretsmanager:GetSecretValue", rights.physical["Data/IdentificationSecret"].ref, {}),
            ("secretsmanager:GetSecretValue", rights.physical["Data/ProviderSecret"].ref, {}),
        ],
        "delivery": [
            *reading,
            ("sqs:SendMessage", rights.arn("Messaging/DeliveryFailures"), {}),
            ("dynamodb:GetItem", main, rows("OUT#LETTER#0680#1")),
            ("dynamodb:GetItem", main, rows("OUT#SUPPLEMENT#0680#1#2")),
            *(("dynamodb:GetItem", main, rows(one)) for one in ("OUT#CALLED#0680#1", "OTHERS#0680#1")),
            ("dynamodb:UpdateItem", main, rows("SHARE#0680#1", Attributes=["pk", "sk", "called"], **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#CALLED#0680#1", **silent)),
            ("s3:PutObject", f"{bucket}/0680/1/letter", CREATE),
            ("s3:PutObject", f"{bucket}/0680/1/2/supplement", CREATE),
            ("s3:PutObject", f"{bucket}/0680/1/card", CREATE),
            ("kms:GenerateDataKey", rights.arn("Data/BucketKey"), via("s3")),
            ("dynamodb:UpdateItem", main, rows("DELIVERY#0680#1", Attributes=delivered, **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#LETTER#0680#1", **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#SUPPLEMENT#0680#1#2", **silent)),
            ("dynamodb:PutItem", main, rows("OUT#NOTICE#0680#1#new", **silent)),
            ("dynamodb:PutItem", main, rows("SEARCH#0680#UNSEARCHED", **silent)),
            ("dynamodb:UpdateItem", tally, rows("RECIPIENT#0680#2026-11#1", **silent)),
        ],
        "notification": [
            *reading,
            ("sqs:SendMessage", rights.arn("Messaging/NotificationFailures"), {}),
            *(
                ("dynamodb:GetItem", main, rows(one))
                for one in (
                    "OUT#NOTICE#0680#1#new",
                    "OUT#CONFIRMATION#a",
                    "OUT#ACCESS#0680#p#unused",
                    "OUT#EXPIRY#0680",
                    "OUT#HEALTH#2026-11-27",
                    "OUT#LINK#ask-1",
                    "OUT#CODE#ask-1",
                    "STAFF#0680",
                    "DIRECTORY",
                    "ONBOARDING#ask-1",
                    "ACTIVATION#ask-1",
                )
            ),
            ("dynamodb:GetItem", wraps, rows("CONTACT#a")),
            ("dynamodb:UpdateItem", main, rows("DELIVERY#0680#1", Attributes=noted, **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#CONFIRMATION#a", **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#ACCESS#0680#p#unused", **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#EXPIRY#0680", **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#HEALTH#2026-11-27", **silent)),
            *(("dynamodb:DeleteItem", main, rows(f"OUT#{one}#ask-1", **silent)) for one in ("LINK", "CODE")),
            ("dynamodb:PutItem", main, rows("ACTIVATION#ask-1", **silent)),
            ("dynamodb:PutItem", main, rows("RETURNS", **silent)),
            ("dynamodb:DeleteItem", main, rows("OUT#NOTICE#0680#1#new", **silent)),
            ("dynamodb:DeleteItem", wraps, rows("CONTACT#a", **silent)),
            ("kms:Decrypt", contact, CONTACT),
            ("ses:SendEmail", identity, SENDER),
            ("sns:Publish", "*", {}),
        ],
        "mailbox": [
            ("dynamodb:Query", main, rows("PERSON#p")),
            ("dynamodb:Query", main, rows("STAFF#0680", Attributes=NAMED, Select="SPECIFIC_ATTRIBUTES")),
            ("dynamodb:GetItem", main, rows("DIRECTORY")),
            ("sts:AssumeRole", rights.role("tenant"), ASSUME),
            ("sts:TagSession", rights.role("tenant"), ASSUME),
        ],
        "export": [
            ("dynamodb:Query", main, rows("PERSON#p")),
            ("sts:AssumeRole", rights.role("tenant"), ASSUME),
            ("sts:TagSession", rights.role("tenant"), ASSUME),
        ],
        "members": [
            *(("dynamodb:Query", main, rows(one)) for one in ("PERSON#p", "STAFF#0680", "ROSTER#0680", "SEEN#0680")),
            ("dynamodb:GetItem", main, rows("DIRECTORY")),
            *(
                ("dynamodb:PutItem", main, rows(one, **silent))
                for one in ("PERSON#p", "STAFF#0680", "ROSTER#0680", "OUT#ACCESS#0680#p#invited")
            ),
            ("dynamodb:UpdateItem", main, rows("PERSON#p", Attributes=named, **silent)),
            ("dynamodb:UpdateItem", main, rows("STAFF#0680", Attributes=["pk", "sk", "name", "role"], **silent)),
            ("dynamodb:UpdateItem", main, rows("DIRECTORY", Attributes=SETTINGS_OF_RECIPIENT, **silent)),
            *(("dynamodb:DeleteItem", main, rows(one, **silent)) for one in ("PERSON#p", "STAFF#0680", "SEEN#0680")),
            *((f"cognito-idp:{one}", pool, {}) for one in (*CLOSING, *OPENING)),
        ],
        "tenant": [
            ("dynamodb:UpdateItem", main, rows("SEEN#0680", Attributes=["pk", "sk", "seen_on"])),
            ("dynamodb:Query", f"{main}/index/inbox", rows("INBOX#0680")),
            ("dynamodb:GetItem", main, rows("DELIVERY#0680#1")),
            ("dynamodb:BatchGetItem", main, rows("DELIVERY#0680#1")),
            ("dynamodb:UpdateItem", main, rows("DELIVERY#0680#1", Attributes=opened)),
            ("dynamodb:UpdateItem", main, rows("DELIVERY#0680#1", Attributes=handled)),
            ("dynamodb:UpdateItem", main, rows("DELIVERY#0680#1", Attributes=guarded)),
            ("dynamodb:UpdateItem", main, rows("DELIVERY#0680#1", Attributes=terms)),
            ("dynamodb:PutItem", main, rows("OUT#ERASURE#0680#1")),
            ("dynamodb:PutItem", main, rows("OUT#CALLED#0680#1")),
            ("dynamodb:GetItem", main, rows("SHARE#0680#1")),
            ("dynamodb:PutItem", main, rows("CANARY#0680")),
            ("dynamodb:Query", f"{main}/index/inbox", rows("PROTECTED#0680")),
            ("dynamodb:Query", f"{main}/index/inbox", rows("ERASED#0680")),
            ("dynamodb:Query", f"{main}/index/waiting", rows("WAITING#0680")),
            ("dynamodb:Query", f"{main}/index/handled", rows("HANDLING#0680#anna")),
            ("dynamodb:GetItem", main, rows("ACCESS#0680")),
            ("dynamodb:ConditionCheckItem", main, rows("DELIVERY#0680#1")),
            *(
                (f"dynamodb:{action}", main, rows(key))
                for action in ("PutItem", "Query")
                for key in ("ACCESS#0680", "REVIEW#0680", "TRAIL#0680#1")
            ),
            *((f"dynamodb:{one}", main, rows("HANDLING#0680#1")) for one in ("GetItem", "PutItem", "Query")),
            ("dynamodb:BatchGetItem", wraps, rows("WRAP#0680#1", "WRAP#0680#2")),
            *((f"dynamodb:{one}", wraps, rows("SEARCHKEY#0680")) for one in ("GetItem", "PutItem")),
            *(
                (f"dynamodb:{one}", main, rows(key))
                for one in ("BatchGetItem", "DeleteItem", "PutItem", "Query")
                for key in ("SEARCH#0680#UNSEARCHED", "SEARCHED#0680#1")
            ),
            ("dynamodb:UpdateItem", main, rows("SEARCH#0680#SEARCHES", Attributes=counted)),
            ("kms:GenerateDataKey", key, {**SEARCHING, **RECIPIENT_KEY}),
            ("s3:GetObject", f"{bucket}/0680/1/letter", {}),
            ("kms:Decrypt", rights.arn("Data/BucketKey"), via("s3")),
            (
                "dynamodb:UpdateItem",
                tally,
                rows("RECIPIENT#0680#2026-11#3", Attributes=["pk", "sk", "stage_contacted"], **silent),
            ),
            ("kms:Decrypt", rights.arn("Data/ReportKey"), via("s3")),
            ("s3:ListBucket", report, {"s3:prefix": "reports/0680/"}),
            ("s3:GetObject", f"{report}/reports/0680/2026-11.pdf", {}),
            ("kms:Decrypt", key, {**LETTER, **RECIPIENT_KEY}),
        ],
        "administration": [
            *(
                ("dynamodb:Query", main, rows(one))
                for one in ("DIRECTORY", "ONBOARDINGS", "AFFILIATIONS", "FEES#2026", "VITALS")
            ),
            ("dynamodb:Query", main, rows("RULINGS")),
            ("dynamodb:Query", f"{main}/index/outbox", rows("OUT")),
            ("dynamodb:GetItem", main, rows("DIRECTORY")),
            ("dynamodb:GetItem", main, rows("ONBOARDING#0680")),
            ("dynamodb:BatchGetItem", main, rows("ONBOARDING#0680", "ONBOARDING#0180")),
            *(("dynamodb:PutItem", main, rows(one, **silent)) for one in registered),
            ("dynamodb:UpdateItem", main, rows("ONBOARDING#0680", **silent)),
            ("dynamodb:GetItem", main, rows("ACTIVATION#0680", Attributes=["pk", "sk", "people"])),
            *(("dynamodb:Query", main, rows(one)) for one in ("STAFF#0680", "ROSTER#0680")),
            *(
                ("dynamodb:PutItem", main, rows(one, **silent))
                for one in ("PERSON#p", "STAFF#0680", "ROSTER#0680", "OUT#ACCESS#0680#p#invited")
            ),
            (
                "dynamodb:UpdateItem",
                main,
                rows("PERSON#p", Attributes=["pk", "sk", "name", "email", "signed_out_at"], **silent),
            ),
            *(("dynamodb:DeleteItem", main, rows(one, **silent)) for one in ("PERSON#p", "STAFF#0680", "SEEN#0680")),
            *((f"cognito-idp:{one}", pool, {}) for one in (*OPENING, "AdminEnableUser", "AdminUserGlobalSignOut")),
            *(
                ("dynamodb:UpdateItem", main, rows(one, Attributes=["pk", "sk", *names], **silent))
                for one, names in changed.items()
            ),
            *(
                (f"sqs:{one}", rights.arn(f"Messaging/{queue}"), {})
                for one in ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
                for queue in ("DeliveryFailures", "NotificationFailures")
            ),
            ("s3:PutObject", f"{rights.arn('Data/FolderBucket')}/invoices/2026.csv", {}),
            ("s3:GetObject", f"{rights.arn('Data/FolderBucket')}/commands/start.json", {}),
            ("kms:CreateKey", "*", MAKES_KEY),
            ("kms:TagResource", key, MAKES_KEY),
            *((f"kms:{one}", key, {"aws:ResourceTag/familjehem:purpose": "recipient"}) for one in LOOKS_AFTER),
            *(
                ("lambda:InvokeFunction", rights.physical[f"{one}Aliaslive"].ref, {})
                for one in ("Housekeeping", "Statistics", "Submission")
            ),
            ("dynamodb:GetItem", main, rows("CANARY#0680")),
        ],
        "statistics": [
            ("dynamodb:Query", main, rows("DIRECTORY")),
            ("dynamodb:PutItem", main, rows("OUT#REPORT#0680#2026-11", **silent)),
            ("dynamodb:BatchGetItem", tally, rows(*tallied)),
            *(("dynamodb:DeleteItem", tally, rows(one, **silent)) for one in tallied),
            ("s3:ListBucket", report, {}),
            ("s3:GetObject", f"{report}/books/2026-11.json", {}),
            ("s3:PutObject", f"{report}/reports/0680/2026-11.pdf", CREATE),
            ("s3:PutObject", f"{rights.arn('Data/FolderBucket')}/reports/2026-11.pdf", {}),
            ("kms:Decrypt", rights.arn("Data/ReportKey"), via("s3")),
            ("kms:GenerateDataKey", rights.arn("Data/ReportKey"), via("s3")),
        ],
        "housekeeping": [
            ("dynamodb:Query", f"{main}/index/outbox", rows("OUT")),
            (
                "dynamodb:UpdateItem",
                main,
                rows("OUT#LETTER#0680#1", Attributes=touched, **silent),
            ),
            *(
                ("dynamodb:Query", main, rows(one))
                for one in (
                    "DIRECTORY",
                    "PERSON#p",
                    "STAFF#0680",
                    "ROSTER#0680",
                    "SEEN#0680",
                    "REMINDED",
                    "RETURNS",
                    "ONBOARDINGS",
                )
            ),
            (
                "dynamodb:Query",
                f"{main}/index/waiting",
                rows("WAITING#0680", Attributes=["waiting_pk", "inbox_sk", "recipient", "readers"]),
            ),
            ("dynamodb:Query", main, rows("REVIEW#0680", Attributes=["pk", "sk", "at"])),
            *(("dynamodb:Query", main, rows(one)) for one in ("AFFILIATIONS", "VITALS")),
            ("dynamodb:BatchGetItem", main, rows("ONBOARDING#0680")),
            ("dynamodb:UpdateItem", main, rows("HEALTH", Attributes=["pk", "sk", "told_on"], **silent)),
            ("dynamodb:UpdateItem", main, rows("VITALS", Attributes=["pk", "sk", "vitals", "found_on"], **silent)),
            *(("dynamodb:PutItem", main, rows(one, **silent)) for one in ("ROSTER#0680", "OUT#ACCESS#0680#p#unused")),
            ("dynamodb:UpdateItem", main, rows("STAFF#0680", Attributes=["pk", "sk", "warned_on"], **silent)),
            ("dynamodb:UpdateItem", main, rows("PERSON#p", Attributes=["pk", "sk", "signed_out_at"], **silent)),
            *(("dynamodb:DeleteItem", main, rows(one, **silent)) for one in ("PERSON#p", "STAFF#0680", "SEEN#0680")),
            *((f"cognito-idp:{one}", pool, {}) for one in CLOSING),
            *(
                ("dynamodb:Query", f"{main}/index/inbox", rows(one, Attributes=clock))
                for one in ("INBOX#0680", "PROTECTED#0680")
            ),
            ("dynamodb:GetItem", main, rows("DELIVERY#0680#1", Attributes=["pk", "sk", *decision])),
            ("dynamodb:UpdateItem", main, rows("DELIVERY#0680#1", Attributes=ruled, **silent)),
            *(
                ("dynamodb:PutItem", main, rows(one, **silent))
                for one in (
                    "OUT#EXPIRY#0680",
                    "OUT#HEALTH#2026-11-27",
                    "OUT#ERASURE#0680#1",
                    "OUT#NOTICE#0680#1#new",
                    "OUT#REMINDER#0680#skr",
                    "REMINDED",
                )
            ),
            ("dynamodb:PutItem", main, rows("DELIVERY#0680#1", Attributes=stone, **silent)),
            ("dynamodb:Query", main, rows("HANDLING#0680#1", Attributes=["pk", "sk"])),
            ("dynamodb:GetItem", main, rows("SEARCHED#0680#1", Attributes=["pk", "sk", "tokens", "place"])),
            *(
                ("dynamodb:DeleteItem", main, rows(one, **silent))
                for one in ("HANDLING#0680#1", "OUT#ERASURE#0680#1", "SEARCH#0680#t", "SEARCHED#0680#1", *shared)
            ),
            ("dynamodb:DeleteItem", wraps, rows("WRAP#0680#1", **silent)),
            ("s3:ListBucketVersions", bucket, {}),
            ("s3:DeleteObjectVersion", f"{bucket}/0680/1/letter", {}),
            ("dynamodb:Query", main, rows("ACCESS#0680")),
            ("dynamodb:GetItem", main, rows("ACCESS#0680")),
            ("s3:ListBucketVersions", audit, {}),
            ("s3:GetObjectVersion", f"{audit}/0680/2026-11-26.json", {}),
            ("s3:PutObject", f"{audit}/0680/2026-11-26.json", CREATE),
            ("kms:Decrypt", rights.arn("Data/AuditKey"), via("s3")),
            ("kms:GenerateDataKey", rights.arn("Data/AuditKey"), via("s3")),
        ],
    }
    for role, own in found.items():
        if role != "tenant":
            logs = "".join(part.title() for part in role.split("_")) + "Logs"
            stream_of_logs = rights.arn(logs).removesuffix("*") + "log-stream:one"
            own += [(f"logs:{one}", stream_of_logs, {}) for one in ("CreateLogStream", "PutLogEvents")]
    return found


def wronged(role: str, context: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the context once for everything that can be wrong with it: each fact gone, other, or one among others.

    It follows from the call and not from the policy, so that a condition that somebody takes away is missed.
    """
    free = FREE | ({"kms:EncryptionContext:recipient"} if role == "submission" else set())
    for key, value in context.items():
        if key not in IMPLIED:
            yield f"without {key}", {name: one for name, one in context.items() if name != key}
        if isinstance(value, list):
            yield f"one more {key}", {**context, key: [*value, FOREIGN]}
            yield f"another {key}", {**context, key: [FOREIGN]}
        elif key not in free:
            yield f"another {key}", {**context, key: FOREIGN}


def ask(rights: Rights, role: str, action: str, resource: str, context: dict[str, Any]) -> Verdict:
    """The verdict of the role's own policies, and of nothing else."""
    facts = {**(TENANT if role == "tenant" else {}), **context}
    return decide(Request(action, resource, rights.role(role), facts), rights.identities[rights.role(role)])


def allowing(rights: Rights, role: str) -> list[dict[str, Any]]:
    documents = rights.identities[rights.role(role)]
    return [one for document in documents for one in statements(document) if one["Effect"] == "Allow"]


@pytest.mark.parametrize("role", ROLES)
def test_every_call_of_the_table_is_allowed(rights, role):
    for action, resource, context in calls(rights)[role]:
        assert ask(rights, role, action, resource, context) is Verdict.ALLOWED, (action, resource, context)


@pytest.mark.parametrize("role", ROLES)
def test_the_same_call_is_refused_with_any_one_thing_wrong(rights, role):
    for action, resource, context in calls(rights)[role]:
        for what, broken in wronged(role, context):
            assert ask(rights, role, action, resource, broken) is not Verdict.ALLOWED, (action, resource, what)


@pytest.mark.parametrize("role", ROLES)
def test_no_right_stands_there_that_no_call_needs(rights, role):
    needed = set()
    for action, resource, context in calls(rights)[role]:
        facts = {**(TENANT if role == "tenant" else {}), **context}
        for statement in allowing(rights, role):
            if applies(statement, Request(action, resource, rights.role(role), facts)):
                needed.add((statement["Sid"], action))
    given = {(statement["Sid"], action) for statement in allowing(rights, role) for action in many(statement["Action"])}
    assert given == needed


@pytest.mark.parametrize("role", ROLES)
def test_the_same_call_is_refused_on_any_other_resource(rights, role):
    others = (rights.tally + "-other", f"{rights.main}/index/other", "arn:aws:s3:::other/0680/1/letter")
    others += (
        arn("kms", "alias/x"),
        arn("sqs", "other"),
        arn("iam", "role/other", region=""),
        arn("logs", "log-group:other"),
    )
    for action, resource, context in calls(rights)[role]:
        for other in others:
            if resource != "*":
                assert ask(rights, role, action, other, context) is not Verdict.ALLOWED, (action, other)


class TestWhatIsForbidden:
    """Forbidden by the role itself, even if somebody added every right to it."""

    EVERYTHING: ClassVar[dict] = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}

    def ask(self, rights, role, action, resource, context):
        policies = [*rights.identities[rights.role(role)], self.EVERYTHING]
        return decide(Request(action, resource, rights.role(role), context), policies)

    @pytest.mark.parametrize("action", OPENS)
    @pytest.mark.parametrize(
        "role",
        [
            "submission",
            "delivery",
            "notification",
            "mailbox",
            "export",
            "members",
            "housekeeping",
            "statistics",
            "administration",
        ],
    )
    def test_opening_letters(self, rights, role, action):
        key = arn("kms", "key/recipient-0680")
        for context in ({}, LETTER, {**LETTER, **RECIPIENT_KEY, **TENANT}, via("s3"), via("dynamodb")):
            assert self.ask(rights, role, action, key, context) is Verdict.FORBIDDEN
        assert self.ask(rights, role, action, rights.arn("Data/BucketKey"), via("s3")) is Verdict.FORBIDDEN

    @pytest.mark.parametrize("action", OPENS)
    @pytest.mark.parametrize(
        "role",
        ["submission", "delivery", "mailbox", "export", "members", "housekeeping", "statistics", "administration"],
    )
    def test_opening_addresses_or_the_table_s_key_directly(self, rights, role, action):
        assert self.ask(rights, role, action, rights.arn("Data/ContactKey"), CONTACT) is Verdict.FORBIDDEN
        assert self.ask(rights, role, action, rights.arn("Data/TableKey"), {}) is Verdict.FORBIDDEN
        assert self.ask(rights, role, action, rights.arn("Data/TableKey"), via("s3")) is Verdict.FORBIDDEN
        assert self.ask(rights, role, action, rights.arn("Data/TableKey"), via("dynamodb")) is Verdict.ALLOWED

    @pytest.mark.parametrize(
        "role",
        [
            "submission",
            "delivery",
            "notification",
            "mailbox",
            "export",
            "members",
            "housekeeping",
            "statistics",
            "administration",
        ],
    )
    def test_but_never_what_lambda_opens_before_the_function_runs(self, rights, role):
        """The environment is decrypted as the role, with the account's key for Lambda; to forbid it stops every start.

        A letter cannot be opened in this way: its context is another, and KMS compares the whole of it.
        """
        own = {"kms:EncryptionContext:aws:lambda:FunctionArn": arn("lambda", "function:one")}
        assert self.ask(rights, role, "kms:Decrypt", arn("kms", "key/of-lambda"), own) is Verdict.ALLOWED

    @pytest.mark.parametrize("action", READS)
    @pytest.mark.parametrize(
        "role",
        ["submission", "delivery", "mailbox", "export", "members", "housekeeping", "statistics", "administration"],
    )
    def test_reading_wraps(self, rights, role, action):
        for context in ({}, rows("WRAP#0680#1"), rows("CONTACT#a")):
            assert self.ask(rights, role, action, rights.wraps, context) is Verdict.FORBIDDEN

    @pytest.mark.parametrize("action", READS)
    @pytest.mark.parametrize(
        ("role", "key"),
        [
            *(("submission", key) for key in ("OUT", "OUT#LETTER#0680#1", "INBOX#0680", "ACCESS#0680", "PERSON#p")),
            *(
                (function, key)
                for function in ("mailbox", "export")
                for key in ("DELIVERY#0680#1", "INBOX#0680", "OUT", "OUT#LETTER#0680#1", "ACCESS#0680")
            ),
            ("submission", "OUT#SUPPLEMENT#0680#1#2"),
            *(("mailbox", key) for key in ("HANDLING#0680#1", "REVIEW#0680", "TRAIL#0680#1")),
            *(("export", key) for key in ("REVIEW#0680", "TRAIL#0680#1")),
            *(("submission", key) for key in ("REVIEW#0680", "PROTECTED#0680")),
            *(
                ("housekeeping", key)
                for key in ("OUT#LETTER#0680#1", "DELIVERY#0680#1", "HANDLING#0680#1", "INBOX#0680", "PROTECTED#0680")
            ),
            *(
                ("members", f"{kind}#0680#1")
                for kind in ("DELIVERY", "HANDLING", "APPLICATION", "OUT#LETTER", "SEARCH", "SHARE", "TRAIL")
            ),
            *(("members", key) for key in ("INBOX#0680", "ACCESS#0680", "OUT")),
            *(
                ("statistics", key)
                for key in (
                    "APPLICATION#a",
                    "DELIVERY#0680#1",
                    "INBOX#0680",
                    "OUT",
                    "OUT#LETTER#0680#1",
                    "ACCESS#0680",
                    "PERSON#p",
                )
            ),
            *(
                ("notification", key)
                for key in ("OUT#LETTER#0680#1", "OUT#SUPPLEMENT#0680#1#2", "WRAP#0680#1", "INBOX#0680")
            ),
        ],
    )
    def test_reading_rows_of_others_even_among_own(self, rights, role, key, action):
        for table in (rights.main, f"{rights.main}/index/inbox"):
            assert self.ask(rights, role, action, table, rows(key)) is Verdict.FORBIDDEN
            assert self.ask(rights, role, action, table, rows("DIRECTORY", key)) is Verdict.FORBIDDEN

    @pytest.mark.parametrize("action", READS)
    def test_reading_wraps_of_letters_by_notification(self, rights, action):
        assert self.ask(rights, "notification", action, rights.wraps, rows("WRAP#0680#1")) is Verdict.FORBIDDEN

    @pytest.mark.parametrize("action", ["dynamodb:PartiQLSelect", "dynamodb:Scan"])
    @pytest.mark.parametrize("role", ["submission", "members"])
    def test_scanning_by_the_letterbox_or_local_administration(self, rights, role, action):
        for table in (rights.main, f"{rights.main}/index/inbox"):
            assert self.ask(rights, role, action, table, {}) is Verdict.FORBIDDEN

    @pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:TagSession"])
    def test_becoming_a_recipient_by_local_administration(self, rights, action):
        assert self.ask(rights, "members", action, rights.role("tenant"), ASSUME) is Verdict.FORBIDDEN

    @pytest.mark.parametrize(
        "action", ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"]
    )
    @pytest.mark.parametrize(
        "role",
        [
            "submission",
            "delivery",
            "notification",
            "mailbox",
            "export",
            "members",
            "housekeeping",
            "statistics",
            "administration",
        ],
    )
    def test_reading_mailboxes(self, rights, role, action):
        # Housekeeping finds the versions of what is to be erased by their names, which are identifiers.
        expected = Verdict.ALLOWED if (role, action) == ("housekeeping", "s3:ListBucketVersions") else Verdict.FORBIDDEN
        for resource in (rights.bucket, f"{rights.bucket}/0680/1/letter"):
            assert self.ask(rights, role, action, resource, TENANT) is expected
