"""Two houses with the same rooms: one of fakes, one of adapters over moto or over an emulator.

Without FAMILJEHEM_CONTRACT_ENDPOINT the adapters meet moto within the process; with it they meet whatever
answers there. The tables are those of infrastructure/data.yaml.
"""

import json
import os
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
from altcha.v1 import Challenge, solve_challenge
from altcha.v1 import Payload as Solved
from boto3.dynamodb.conditions import Key
from moto import mock_aws
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from samtranslator.yaml_helper import yaml_parse

from familjehem.adapters.accounts import CognitoAccounts
from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.contact_key import KmsContactKey
from familjehem.adapters.data_keys import KmsDataKeys
from familjehem.adapters.digests import S3DigestStore
from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.access_log import DynamoAccessLedger
from familjehem.adapters.dynamo.access_queue import DynamoAccessQueue
from familjehem.adapters.dynamo.activations import DynamoActivations
from familjehem.adapters.dynamo.attempts import DynamoAttempts
from familjehem.adapters.dynamo.called_queue import DynamoCalledQueue
from familjehem.adapters.dynamo.canaries import DynamoCanaries
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.disposals import DynamoDisposals
from familjehem.adapters.dynamo.health_queue import DynamoHealthQueue
from familjehem.adapters.dynamo.intake import DynamoIntake, Tables
from familjehem.adapters.dynamo.mail_returns import DynamoMailReturns
from familjehem.adapters.dynamo.members import DynamoMembers
from familjehem.adapters.dynamo.outbox import (
    DynamoAnnouncements,
    DynamoLetterQueue,
    DynamoNoticeQueue,
    DynamoOutbox,
    DynamoSupplementQueue,
)
from familjehem.adapters.dynamo.recipient_rows import recipient_row
from familjehem.adapters.dynamo.register import DynamoRegister
from familjehem.adapters.dynamo.reminders import DynamoReminders
from familjehem.adapters.dynamo.staff import DynamoStaff
from familjehem.adapters.dynamo.table import Database, put
from familjehem.adapters.dynamo.tallies import DynamoTallies
from familjehem.adapters.dynamo.vitals import DynamoVitals
from familjehem.adapters.failures import SqsFailures
from familjehem.adapters.folder import S3Folder
from familjehem.adapters.post import SesPost
from familjehem.adapters.proof_of_work import AltchaChallenges
from familjehem.adapters.recipient_keys import KmsRecipientKeys
from familjehem.adapters.secrets import SecretsManagerSecrets
from familjehem.adapters.shelf import S3Shelf
from familjehem.adapters.shredder import S3Shredder
from familjehem.adapters.tenancy import Premises, StsTenancy
from familjehem.adapters.texting import SnsTexting
from familjehem.adapters.vault import S3Vault, object_key
from familjehem.domain.delivery import Delivery
from familjehem.domain.membership import Membership
from familjehem.domain.outbox import OutboxTask
from familjehem.domain.recipient import Recipient
from familjehem.domain.sealing import Purpose
from familjehem.domain.tally import Level, Scope
from tests.fakes import CONTACT_KEY_ARN, World

ENDPOINT = os.environ.get("FAMILJEHEM_CONTRACT_ENDPOINT")
TEMPLATE = Path(__file__).parents[2] / "infrastructure" / "data.yaml"
REGION = "eu-north-1"
SENDER = "avsandare@example.se"
CONFIGURATION_SET = "familjehem-contract"
_TABLE_PROPERTIES = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")


class FakeHouse:
    """The house of fakes."""

    contact_key_arn = CONTACT_KEY_ARN

    def __init__(self) -> None:
        self.world = World(challenge_asked=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)

    def change(self, recipient: Recipient) -> None:
        self.world.recipients[recipient.id] = recipient

    def handle(self, delivery: Delivery, handler: str) -> None:
        self.world.deliveries[delivery.recipient, delivery.number] = replace(delivery, handler=handler)

    def events(self, recipient: str, number: str) -> list[tuple[int, str, str, str | None]]:
        found = [one for (*key, _), one in self.world.events.items() if key == [recipient, number]]
        return sorted((one.step, one.kind.value, one.person, one.to) for one in found)

    def enabled(self, email: str) -> bool:
        return self.world.accounts_kept[email].enabled

    def families_in(self, month: str) -> int:
        return self.tallied(Scope(Level.NATION), month)["count"]

    def tallied(self, scope: Scope, month: str) -> Counter[str]:
        return Counter(self.world.tallied.get((scope, month), {}))

    def counted_in(self, recipient: str, month: str) -> int:
        return self.world.counted[recipient, month]

    def lines(self, recipient: str) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(entry.person, entry.kind.value, entry.deliveries) for entry in self.world.access[recipient]]

    def put_digest(self, recipient: str, name: str, content: bytes) -> None:
        self.world.digests[recipient, name].append(content)

    def sent(self) -> list[tuple[str, str, str]]:
        return [(mail.to, mail.subject, mail.text) for mail in self.world.mails]

    def texted(self) -> list[tuple[str, str]]:
        return list(self.world.messages)

    def erase_wrap(self, recipient: str, number: str, version: int = 1) -> None:
        if version == 1:
            del self.world.wraps[recipient, number]
        else:
            del self.world.supplement_wraps[recipient, number, version]

    def wraps_of(self, recipient: str, number: str) -> int:
        versions = [key for key in self.world.supplement_wraps if key[:2] == (recipient, number)]
        return len(versions) + ((recipient, number) in self.world.wraps)

    def erase(self, reference: str) -> None:
        self.world.applications[reference] = replace(self.world.applications[reference], erased_at=at(9))

    def asked(self, reference: str, *, consent: bool) -> None:
        self.world.applications[reference] = replace(self.world.applications[reference], share_recipients=consent)

    def swap_wraps(self, recipient: str, one: str, other: str) -> None:
        wraps = self.world.wraps
        wraps[recipient, one], wraps[recipient, other] = wraps[recipient, other], wraps[recipient, one]

    def objects_of(self, recipient: str, number: str) -> int:
        found = [*self.world.objects, *self.world.supplement_objects]
        return len([key for key in found if key[:2] == (recipient, number)])

    def tamper(self, recipient: str, number: str, purpose: Purpose) -> None:
        sealed = self.world.objects[recipient, number, purpose]
        self.world.objects[recipient, number, purpose] = sealed[:-1] + bytes([sealed[-1] ^ 1])

    def stored_task(self, task: OutboxTask) -> bool:
        return task in self.world.tasks()

    def gives_up(self, times: int) -> None:
        self.world.notes_of_failure += times

    def paper(self, place: str) -> bytes:
        return self.world.papers[place.removeprefix("s3://papers/")]

    def key_works(self, key_arn: str) -> bool:
        return self.world.usable_keys[key_arn]

    def solve(self, challenge: Mapping[str, Any]) -> str:
        return self.world.challenges.solve(challenge)


@dataclass
class Cloud:
    """What is made once: clients, three tables, a bucket, keys, a secret, a sender."""

    aws: Aws
    tables: Tables
    bucket: str
    audit_bucket: str
    contact_key_arn: str
    secret_arn: str
    resource: Any
    account: str
    pool: str

    def role(self, name: str) -> str:
        return f"arn:aws:iam::{self.account}:role/{name}"

    def sweep(self) -> None:
        """Empty tables and bucket."""
        for name in (self.tables.main, self.tables.wraps, self.tables.tally):
            table = self.resource.Table(name)
            with table.batch_writer() as rows:
                for row in table.scan(ProjectionExpression="pk, sk")["Items"]:
                    rows.delete_item(Key=row)
        s3 = self.aws.s3()
        for version in s3.list_objects_v2(Bucket=self.bucket).get("Contents", []):
            s3.delete_object(Bucket=self.bucket, Key=version["Key"])
        found = s3.list_object_versions(Bucket=self.audit_bucket)
        for version in (*found.get("Versions", []), *found.get("DeleteMarkers", [])):
            place = {"Key": version["Key"], "VersionId": version["VersionId"]}
            s3.delete_object(Bucket=self.audit_bucket, **place)


@contextmanager
def cloud() -> Iterator[Cloud]:
    """Make the cloud of a test run: moto's within this process, or at the given endpoint."""
    with ExitStack() as stack:
        os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
        if ENDPOINT:
            os.environ["AWS_ENDPOINT_URL"] = ENDPOINT
            os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
            os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
        else:
            stack.enter_context(mock_aws())
        yield _built(boto3.Session(region_name=REGION))


def _built(session: boto3.Session) -> Cloud:
    aws = Aws(session)
    resources = yaml_parse(TEMPLATE.read_text("utf-8"))["Resources"]
    run = uuid4().hex[:8]
    names = {"MainTable": f"main-{run}", "WrapsTable": f"wraps-{run}", "TallyTable": f"tally-{run}"}
    dynamodb = aws.dynamodb()
    for logical, name in names.items():
        properties = resources[logical]["Properties"]
        asked = {part: properties[part] for part in _TABLE_PROPERTIES if part in properties}
        dynamodb.create_table(TableName=name, **asked)
    bucket = f"mailbox-{run}"
    # Without its lock, so that it can be swept; the lock is held against the template, and against the local cloud.
    audit_bucket = f"audit-{run}"
    for name in (bucket, audit_bucket):
        aws.s3().create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        aws.s3().put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    ses = aws.ses()
    ses.create_email_identity(EmailIdentity=SENDER)
    ses.create_configuration_set(ConfigurationSetName=f"{CONFIGURATION_SET}-{run}")
    secret = json.dumps({"current": "2", "1": "the first secret of the tests", "2": "the second secret of the tests"})
    return Cloud(
        aws=aws,
        tables=Tables(main=names["MainTable"], wraps=names["WrapsTable"], tally=names["TallyTable"]),
        bucket=bucket,
        audit_bucket=audit_bucket,
        contact_key_arn=aws.kms().create_key()["KeyMetadata"]["Arn"],
        secret_arn=aws.secrets().create_secret(Name=f"mac-{run}", SecretString=secret)["ARN"],
        resource=session.resource("dynamodb"),
        account=aws.sts().get_caller_identity()["Account"],
        pool=aws.accounts().create_user_pool(
            PoolName=f"case-workers-{run}",
            UsernameAttributes=["email"],
            UsernameConfiguration={"CaseSensitive": False},
            AutoVerifiedAttributes=["email"],
        )["UserPool"]["Id"],
    )


class HousedMembers(DynamoMembers):
    """Gives places without an invitation, as the fakes do."""

    def enrol(self, person: str, membership: Membership) -> None:
        row = {"recipient": membership.recipient, "recipient_name": membership.recipient_name}
        row |= {"role": membership.role.value, "name": membership.name}
        self._put({**keys.membership(person, membership.recipient).attributes(), **row})
        staff = {"person": person, "name": membership.name or person, "role": membership.role.value}
        staff |= {"email": f"{person}@{membership.recipient}.example", "invited_at": keys.moment(at(8))}
        self._put({**keys.staff_member(membership.recipient, person).attributes(), **staff})

    def call(self, person: str, name: str) -> None:
        self._database.update(self._table, keys.person(person), "SET #name = :name", {":name": name})

    def _put(self, row: Mapping[str, Any]) -> None:
        self._database.commit([put(self._table, row, condition=None)])


class AwsHouse:
    """The house of adapters."""

    def __init__(self, cloud: Cloud) -> None:
        aws, tables = cloud.aws, cloud.tables
        self.cloud = cloud
        self.pauses: list[float] = []
        self.dynamodb = aws.dynamodb()
        self.kms = aws.kms()
        if not ENDPOINT:
            # moto looks for the key to end by its id alone; KMS takes its ARN too.
            for operation in ("DisableKey", "ScheduleKeyDeletion"):
                self.kms.meta.events.register(f"provide-client-params.kms.{operation}", _by_id)
        self.s3 = aws.s3()
        database = Database(self.dynamodb, sleep=self.pauses.append, chance=lambda: 1.0)
        self.clock = SystemClock()
        self.secrets = SecretsManagerSecrets(aws.secrets(), cloud.secret_arn)
        self.directory = DynamoDirectory(database, tables.main)
        self.intake = DynamoIntake(database, tables)
        self.letter_queue = DynamoLetterQueue(database, tables.main, tables.tally)
        self.supplement_queue = DynamoSupplementQueue(database, tables.main)
        self.notice_queue = DynamoNoticeQueue(database, tables.main, tables.wraps)
        self.access_queue = DynamoAccessQueue(database, tables.main)
        self.outbox = DynamoOutbox(database, tables.main)
        self.members = HousedMembers(database, tables.main)
        self.staff = DynamoStaff(database, tables.main)
        self.cognito = aws.accounts()
        self.accounts = CognitoAccounts(self.cognito, cloud.pool)
        self.access_gauge = World().access_gauge
        self.retention_gauge = World().retention_gauge
        self.reminder_gauge = World().reminder_gauge
        self.reconciliation_gauge = World().reconciliation_gauge
        self.register = DynamoRegister(database, tables.main)
        self.canaries = DynamoCanaries(database, tables.main)
        self.activations = DynamoActivations(database, tables.main)
        self.mail_returns = DynamoMailReturns(database, tables.main)
        self.health_queue = DynamoHealthQueue(database, tables.main)
        self.vitals_book = self.examiner = DynamoVitals(database, tables.main)
        self.folder = S3Folder(self.s3, cloud.bucket)
        self.sqs = aws.sqs()
        self.queues = [self.sqs.create_queue(QueueName=f"{name}-{uuid4().hex[:8]}")["QueueUrl"] for name in "ab"]
        self.given_up = SqsFailures(self.sqs, self.queues)
        self.ledger = DynamoAccessLedger(database, tables.main)
        self.digest_store = S3DigestStore(self.s3, cloud.audit_bucket)
        self.announcements = DynamoAnnouncements(database, tables.main)
        self.tallies, self.shelf = DynamoTallies(database, tables.tally), S3Shelf(self.s3, cloud.audit_bucket)
        self.attempts = DynamoAttempts(database, tables.main, self.secrets)
        self.vault = S3Vault(self.s3, cloud.bucket)
        self.called_queue = DynamoCalledQueue(database, tables.main)
        self.reminders = DynamoReminders(database, tables.main)
        self.disposals = DynamoDisposals(database, tables.main, tables.wraps)
        self.shredder = S3Shredder(self.s3, cloud.bucket)
        self.data_keys = KmsDataKeys(self.kms)
        self.contact_key_arn = cloud.contact_key_arn
        self.contact_key = KmsContactKey(self.kms, cloud.contact_key_arn)
        self.recipient_keys = KmsRecipientKeys(
            self.kms, submission_role_arn=cloud.role("submission"), tenant_role_arn=cloud.role("tenant")
        )
        self.ses = aws.ses()
        configuration_set = f"{CONFIGURATION_SET}-{tables.main.removeprefix('main-')}"
        self.post = SesPost(self.ses, f"FamiljehemSverige <{SENDER}>", configuration_set)
        self.sns = aws.sns()
        self.texting = SnsTexting(self.sns, "Familjehem")
        self.challenges = AltchaChallenges(self.secrets, largest_number=200)
        self.tenancy = StsTenancy(aws, self.premises(), self.clock)

    def premises(self) -> Premises:
        tables = self.cloud.tables
        return Premises(
            main=tables.main,
            wraps=tables.wraps,
            tally=tables.tally,
            bucket=self.cloud.bucket,
            reports=self.cloud.audit_bucket,
            role_arn=self.cloud.role("tenant"),
        )

    def change(self, recipient: Recipient) -> None:
        self._main.put_item(Item={name: part for name, part in recipient_row(recipient).items() if part is not None})

    def handle(self, delivery: Delivery, handler: str) -> None:
        self._main.update_item(
            Key=keys.delivery(delivery.recipient, delivery.number).attributes(),
            UpdateExpression="SET #handler = :handler",
            ExpressionAttributeNames={"#handler": "handler"},
            ExpressionAttributeValues={":handler": handler},
        )

    def events(self, recipient: str, number: str) -> list[tuple[int, str, str, str | None]]:
        found = self._main.query(KeyConditionExpression=Key("pk").eq(f"HANDLING#{recipient}#{number}"))["Items"]
        return sorted((int(row["step"]), row["kind"], row["person"], row.get("to")) for row in found)

    def enabled(self, email: str) -> bool:
        return self.cognito.admin_get_user(UserPoolId=self.cloud.pool, Username=email)["Enabled"]

    def families_in(self, month: str) -> int:
        return self.tallied(Scope(Level.NATION), month)["count"]

    def tallied(self, scope: Scope, month: str) -> Counter[str]:
        wanted = keys.tallies(scope.level, scope.identifier, month)
        found = self._table(self.cloud.tables.tally).scan()["Items"]
        rows = [row for row in found if row["pk"] in wanted and row["sk"] == "FAMILIES"]
        return sum((Counter({n: int(v) for n, v in row.items() if n not in {"pk", "sk"}}) for row in rows), Counter())

    def counted_in(self, recipient: str, month: str) -> int:
        return self._counted(f"RECIPIENT#{recipient}#{month}#", "DELIVERIES")

    def lines(self, recipient: str) -> list[tuple[str, str, tuple[str, ...]]]:
        found = self._main.query(KeyConditionExpression=Key("pk").eq(f"ACCESS#{recipient}"))["Items"]
        return [(row["person"], row["kind"], tuple(row["deliveries"])) for row in found if row["sk"] != "HEAD"]

    def put_digest(self, recipient: str, name: str, content: bytes) -> None:
        """Put one more version of a digest, past every rule."""
        self.s3.put_object(Bucket=self.cloud.audit_bucket, Key=f"{recipient}/{name}.json", Body=content)

    def sent(self) -> list[tuple[str, str, str]]:
        if ENDPOINT:
            with urllib.request.urlopen(f"{ENDPOINT}/_ministack/ses/messages") as answer:
                mails = json.load(answer)["messages"].get(self.cloud.account, [])
            return [(mail["To"][0], mail["Subject"], mail["BodyText"]) for mail in mails]
        messages = ses_backends[self.cloud.account][REGION].sent_messages
        return [(mail.destinations["ToAddresses"][0], mail.subject, mail.body) for mail in messages]

    def texted(self) -> list[tuple[str, str]]:
        if ENDPOINT:
            with urllib.request.urlopen(f"{ENDPOINT}/_ministack/sns/sms-messages") as answer:
                found = json.load(answer)["messages"].get(self.cloud.account, [])
            return [(one["PhoneNumber"], one["Message"]) for one in found]
        messages = sns_backends[self.cloud.account][REGION].sms_messages
        return [(number, text) for number, text, *_ in messages.values()]

    def erase_wrap(self, recipient: str, number: str, version: int = 1) -> None:
        self._table(self.cloud.tables.wraps).delete_item(Key=keys.wrap(recipient, number, version).attributes())

    def wraps_of(self, recipient: str, number: str) -> int:
        partition = Key("pk").eq(keys.wrap(recipient, number).pk)
        return self._table(self.cloud.tables.wraps).query(KeyConditionExpression=partition)["Count"]

    def erase(self, reference: str) -> None:
        self._set(reference, "erased_at", keys.moment(at(9)))

    def asked(self, reference: str, *, consent: bool) -> None:
        self._set(reference, "share_recipients", consent)

    def _set(self, reference: str, name: str, value: Any) -> None:
        self._main.update_item(
            Key=keys.application(reference).attributes(),
            UpdateExpression="SET #name = :value",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": value},
        )

    def swap_wraps(self, recipient: str, one: str, other: str) -> None:
        wraps = self._table(self.cloud.tables.wraps)
        first, second = (keys.wrap(recipient, number).attributes() for number in (one, other))
        kept = [wraps.get_item(Key=key)["Item"] for key in (first, second)]
        wraps.put_item(Item={**kept[0], **second})
        wraps.put_item(Item={**kept[1], **first})

    def objects_of(self, recipient: str, number: str) -> int:
        found = self.s3.list_object_versions(Bucket=self.cloud.bucket, Prefix=f"{recipient}/{number}/")
        return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))

    def tamper(self, recipient: str, number: str, purpose: Purpose) -> None:
        place = {"Bucket": self.cloud.bucket, "Key": object_key(recipient, number, purpose)}
        sealed = self.s3.get_object(**place)["Body"].read()
        self.s3.put_object(**place, Body=sealed[:-1] + bytes([sealed[-1] ^ 1]))

    def stored_task(self, task: OutboxTask) -> bool:
        return "Item" in self._main.get_item(Key=keys.task(task).attributes())

    def gives_up(self, times: int) -> None:
        for number in range(times):
            self.sqs.send_message(QueueUrl=self.queues[number % len(self.queues)], MessageBody="{}")

    def paper(self, place: str) -> bytes:
        bucket, _, key = place.removeprefix("s3://").partition("/")
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def key_works(self, key_arn: str) -> bool:
        return self.kms.describe_key(KeyId=key_arn)["KeyMetadata"]["Enabled"]

    def solve(self, challenge: Mapping[str, Any]) -> str:
        asked = Challenge(
            challenge["algorithm"],
            challenge["challenge"],
            challenge["maxNumber"],
            challenge["salt"],
            challenge["signature"],
        )
        found = solve_challenge(asked)
        assert found is not None
        return Solved(asked.algorithm, asked.challenge, found.number, asked.salt, asked.signature).to_base64()

    @property
    def _main(self) -> Any:
        return self._table(self.cloud.tables.main)

    def _table(self, name: str) -> Any:
        return self.cloud.resource.Table(name)

    def _counted(self, prefix: str, sk: str) -> int:
        found = self._table(self.cloud.tables.tally).scan()["Items"]
        return sum(int(row["count"]) for row in found if row["pk"].startswith(prefix) and row["sk"] == sk)


def _by_id(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return {**params, "KeyId": params["KeyId"].rpartition("/")[2]}


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Give a moment of the day that the tests live on."""
    return datetime(2026, 11, 22, hour, minute, second, 123456, tzinfo=UTC)
