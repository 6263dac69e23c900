"""Every AWS call that the running service really made is put to the template's policies, conditions included."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from dev import recorder
from dev.cloud import known
from dev.service import parameters
from dev.template import STACK, load
from familjehem.adapters.documents import filled, policy
from familjehem.adapters.tenancy import POLICY, Premises
from tests.infrastructure.policy import Request, Verdict, applies, many, statements
from tests.infrastructure.rights import Rights
from tests.reliability.running import FIVE, REPOSITORY, Running, Store
from tests.reliability.ways import everything_once

FACTS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
# Whom people are, and who only starts a function; their rights are put to the test in tests/infrastructure.
NO_FUNCTIONS = ("operator", "approver", "automation")
# What AWS itself does in a function's name, where no client of ours makes the call.
DONE_BY_AWS = {
    *("logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"),
    *(f"dynamodb:{one}" for one in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")),
}
THROUGH_S3 = {"EncryptThroughS3", "DecryptThroughS3", "UseTheirKeyThroughS3"}
EXCUSED = {
    (
        "administration",
        "SeeThatItReads",
        "dynamodb:GetItem",
    ): "once a canary letter was sent; tests/browser/test_connecting",
    ("tenant", "TellThatItReads", "dynamodb:PutItem"): "once a canary letter is opened; tests/browser/test_connecting",
    (
        "administration",
        "ClearNotes",
        "sqs:DeleteMessage",
    ): "only where a worker gave up; tests/reliability/test_kills.py",
    ("administration", "GiveAccess", "OUT#ACCESS#*"): "only for somebody who has an account already, as in members",
    (
        "administration",
        "KeepAccounts",
        "cognito-idp:AdminEnableUser",
    ): "only for somebody who had an account, as in members",
    (
        "administration",
        "KeepAccounts",
        "cognito-idp:AdminGetUser",
    ): "only for somebody who has an account, as in members",
    (
        "administration",
        "KeepAccounts",
        "cognito-idp:AdminLinkProviderForUser",
    ): "only where a municipality signs in by its own",
    (
        "members",
        "KeepAccounts",
        "cognito-idp:AdminLinkProviderForUser",
    ): "only where a municipality signs in by its own",
    (
        "housekeeping",
        "CloseAccounts",
        "cognito-idp:AdminEnableUser",
    ): "only where somebody is let in at the same moment",
    (
        "identification",
        "ReadOwnSecrets",
        "secretsmanager:GetSecretValue",
    ): "only with e-identification; test_identification",
    ("submission", "ReadIdentificationSecret", "secretsmanager:GetSecretValue"): "only with e-identification",
    ("submission", "LetIn", "CHALLENGE#*"): "only with proof of work; tests/reliability/test_demo.py",
    ("submission", "DemandLiveRecipientsAndFreeReferences", "APPLICATION#*"): "only while the secret has two versions",
    ("statistics", "ForgetTallies", "dynamodb:DeleteItem"): "only four months after publication",
    (
        "mailbox",
        "NameColleagues",
        "sk",
    ): "of the table's key: what AWS counts among the attributes is for an account to tell",
    ("submission", "ReadOpenings", "sk"): "of the table's key, as above",
}
NEVER = {"kms:Decrypt", "s3:GetObject", "dynamodb:Scan", "s3:ListBucket"}


def rights_of(running: Running, store: Store) -> Rights:
    template = load(REPOSITORY / "template.yaml", parameters(running.url, {}))
    rights = Rights.of(template, known(running.places))
    kms = store.client("kms")
    named = {row["key_arn"]["S"] for row in store.rows() if row.get("key_arn", {}).get("S")}
    for key in sorted(named):
        rights.key(
            key,
            json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]),
            kms.list_resource_tags(KeyId=key)["Tags"],
        )
    return rights


def session_policy(running: Running, store: Store, call: Any) -> dict[str, Any] | None:
    recipient = call.context.get("aws:PrincipalTag/recipient")
    if recipient is None:
        return None
    premises = Premises(
        main=store.named("Data/MainTable"),
        wraps=store.named("Data/WrapsTable"),
        tally=store.named("Data/TallyTable"),
        bucket=store.named("Data/MailboxBucket"),
        reports=store.named("Data/ReportBucket"),
        role_arn=known(running.places)["TenantRole"].attributes["Arn"],
    )
    return json.loads(filled(policy(POLICY), premises.names(recipient)))


def idle(rights: Rights, calls: list[recorder.Call]) -> set[tuple[str, str, str]]:
    """Give what the policies allow and no call needed: role, statement, and an action or a value of a condition."""
    found = set[tuple[str, str, str]]()
    for role, policies in rights.identities.items():
        name = role.rpartition("/")[2].removeprefix(f"{STACK}-")
        own = [one for one in calls if (one.principal or rights.role(one.function)) == role]
        for statement in (one for each in policies for one in statements(each) if one["Effect"] == "Allow"):
            passed = [
                Request(call.action, resource, role, {**FACTS, **tags(rights, resource), **call.context})
                for call in own
                for resource in call.resources
                if call.action in many(statement["Action"])
            ]
            passed = [one for one in passed if applies(statement, one)]
            idle_here = {action for action in many(statement["Action"]) if action not in {one.action for one in passed}}
            idle_here |= set(_unmet(statement, passed)) if passed else set()
            found |= {(name, statement.get("Sid", ""), what) for what in idle_here}
    return found


def tags(rights: Rights, key: str) -> dict[str, str]:
    return {f"aws:ResourceTag/{name}": value for name, value in rights.tags.get(key, {}).items()}


def excused(role: str, statement: str, what: str) -> bool:
    return (
        role in NO_FUNCTIONS
        # The role of a schedule may start its function, and has no name of its own.
        or not statement
        or what in DONE_BY_AWS
        or statement in THROUGH_S3
        # Counters with a name for each code: what may count one may count them all.
        or (statement == "CountHandling" and what.startswith(("closedBecause_", "firstContact_", "stage_")))
        or (role, statement, what) in EXCUSED
    )


def _unmet(statement: Mapping[str, Any], passed: list[Request]) -> Iterator[str]:
    for operator, keyed in statement.get("Condition", {}).items():
        if "Null" in operator or "IfExists" in operator:
            continue
        for key, wanted in keyed.items():
            seen = {value for one in passed for value in many(one.context.get(key, []))}
            for pattern in many(wanted):
                if not any(fnmatchcase(value, re.sub(r"\$\{[^}]*\}", "*", pattern)) for value in seen):
                    yield pattern


def test_every_recorded_call_is_allowed_by_its_role_and_submission_never_reads_or_decrypts(
    running: Running, store: Store
) -> None:
    # given
    everything_once(running, store)
    rights = rights_of(running, store)
    # when
    calls = recorder.read(running.record)
    # then
    wrong = {
        (call.function, call.action, call.resources, str(call.context))
        for call in calls
        if rights.judge(call, session=session_policy(running, store, call)) is not Verdict.ALLOWED
    }
    assert not wrong
    needless = {one for one in idle(rights, calls) if not excused(*one)}
    assert sorted(needless) == []
    used: dict[str, set[str]] = defaultdict(set)
    for call in calls:
        used["tenant" if call.principal else call.function].add(call.action)
    assert not used["submission"] & NEVER
    assert used == {
        "submission": {
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "kms:GenerateDataKey",
            "secretsmanager:GetSecretValue",
        },
        "delivery": {
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "s3:PutObject",
        },
        "members": {
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminDisableUser",
            "cognito-idp:AdminEnableUser",
            "cognito-idp:AdminGetUser",
            "cognito-idp:AdminUserGlobalSignOut",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "notification": {
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "kms:Decrypt",
            "ses:SendEmail",
            "sns:Publish",
        },
        "mailbox": {"dynamodb:GetItem", "dynamodb:Query", "sts:AssumeRole", "sts:TagSession"},
        "export": {"dynamodb:Query", "sts:AssumeRole", "sts:TagSession"},
        "tenant": {
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "s3:GetObject",
            "s3:ListBucket",
        },
        "statistics": {
            "dynamodb:BatchGetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutObject",
        },
        "administration": {
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminUserGlobalSignOut",
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "kms:CreateKey",
            "kms:DescribeKey",
            "kms:DisableKey",
            "kms:EnableKeyRotation",
            "kms:ScheduleKeyDeletion",
            "kms:TagResource",
            "lambda:InvokeFunction",
            "s3:GetObject",
            "s3:PutObject",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        },
        "onboarding": {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "housekeeping": {
            "cognito-idp:AdminDisableUser",
            "cognito-idp:AdminUserGlobalSignOut",
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "s3:DeleteObjectVersion",
            "s3:GetObjectVersion",
            "s3:ListBucketVersions",
            "s3:PutObject",
        },
    }


def test_after_all_of_it_no_marked_value_stands_outside_sealed_letters(running: Running) -> None:
    # given what every test before sent, one more application with a supplement, and those that were refused
    receipt = running.submit(*FIVE).json()
    running.submit(*FIVE, email="Kanariefågel utan adress")
    assert running.supplement(receipt).status_code == 201
    assert running.supplement(receipt, message="Kanariefågel utan nummer", answers={"mobile": "x"}).status_code == 422
    running.quiet()
    # when
    added = ("070-174 06 08", "Vi har flyttat.", "Kanariefågeln följde med", "Kanariefågel utan nummer")
    marks = [part for mark in added for part in ("--mark", mark)]
    found = running.tool("dev.leaks", "--marks", "events/http/bodies/family.json", *marks)
    # then
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_search_finds_a_mark_that_was_put_in_the_open(running: Running) -> None:
    # given
    (running.places.logs / "prov.log").write_text("Prov Persson-Kanarie", encoding="utf-8")
    # when
    found = running.tool("dev.leaks", "--marks", "events/http/bodies/family.json")
    # then
    (running.places.logs / "prov.log").unlink()
    assert found.returncode == 1
    assert "prov.log" in found.stdout
