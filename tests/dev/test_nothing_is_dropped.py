"""What the template says is done here, or stands on the list with its reason."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dev import cloud, not_local, wiring
from dev.emulator import Emulator, free_port
from dev.places import REPOSITORY, Places
from dev.service import parameters
from dev.taken import Taken
from dev.template import Template, load


@dataclass
class House:
    template: Template
    cloud: cloud.Cloud
    wiring: wiring.Wiring
    emulator: Emulator
    second: cloud.Cloud

    def client(self, service: str) -> Any:
        return cloud.Clients(self.emulator.url)(service)

    def ref(self, path: str) -> str:
        return self.cloud.physical[path].ref


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    places = Places(tmp_path_factory.mktemp("house"))
    places.make()
    template = load(REPOSITORY / "template.yaml", parameters("http://127.0.0.1:8080", {}))
    emulator = Emulator(places, free_port())
    emulator.start()
    try:
        made = cloud.make(template, emulator, places)
        yield House(
            template, made, wiring.read(template, made.physical), emulator, cloud.make(template, emulator, places)
        )
    finally:
        emulator.stop()


def test_every_property_is_applied_or_listed_with_a_reason(house: House) -> None:
    left = [
        f"{house.template.resources[path].type}:{name} ({path})"
        for source in (house.cloud.left, house.wiring.left)
        for path, names in source.items()
        for name in names
        if not not_local.reason(house.template.resources[path].type, name)
    ]
    assert left == []


def test_every_reason_says_something() -> None:
    assert all(len(reason) > 15 for reason in (*not_local.TYPES.values(), *not_local.PROPERTIES.values()))


def test_what_nobody_takes_is_told() -> None:
    taken = Taken({"A": 1, "B": {"C": 2, "D": 3}, "E": [{"F": 4, "G": 5}], "H": 6})
    taken.get("A")
    taken.part("B").get("C")
    taken.parts("E")[0].get("G")
    assert sorted(taken.left()) == ["B.D", "E.F", "H"]


def test_a_second_start_makes_and_changes_nothing(house: House) -> None:
    assert (house.second.made, house.second.changed) == (0, 0)
    assert house.second.physical == house.cloud.physical


def test_tables_are_as_the_template_says(house: House) -> None:
    name = house.ref("Data/MainTable")
    table = house.client("dynamodb").describe_table(TableName=name)["Table"]
    assert table["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"
    assert table["DeletionProtectionEnabled"]
    assert table["SSEDescription"]["KMSMasterKeyArn"] == house.cloud.physical["Data/TableKey"].attributes["Arn"]
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {
        "inbox",
        "waiting",
        "handled",
        "outbox",
    }
    lifetime = house.client("dynamodb").describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert (lifetime["TimeToLiveStatus"], lifetime["AttributeName"]) == ("ENABLED", "expires_at")
    backups = house.client("dynamodb").describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_the_mailbox_bucket_is_as_the_template_says(house: House) -> None:
    s3, name = house.client("s3"), house.ref("Data/MailboxBucket")
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]}
    assert rules["last-broom"]["Expiration"]["Days"] == 800
    block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert "PutsOnlyCreate" in s3.get_bucket_policy(Bucket=name)["Policy"]


def test_keys_have_the_policies_of_the_template(house: House) -> None:
    kms = house.client("kms")
    policy = kms.get_key_policy(KeyId=house.ref("Data/ContactKey"))["Policy"]
    assert "kms:EncryptionContext:purpose" in policy
    assert kms.get_key_rotation_status(KeyId=house.ref("Data/ContactKey"))["KeyRotationEnabled"]


def test_every_route_source_and_schedule_of_the_template_is_played(house: House) -> None:
    assert "POST /api/applications" in {route.key for route in house.wiring.routes}
    guarded = {route.key for route in house.wiring.routes if route.authorizer}
    mailbox = "GET /api/mailbox/deliveries"
    compilation = f"{mailbox}/{{number}}/compilation"
    exports = {f"{compilation}.pdf", f"{compilation}.json", "GET /api/mailbox/registry.csv"}
    exports |= {"GET /api/mailbox/reports", "GET /api/mailbox/reports/{file}"}
    verbs = (
        "claim",
        "release",
        "handover",
        "contact",
        "outcome",
        "note",
        "protect",
        "unprotect",
        "erase",
        "hold",
        "unhold",
    )
    handling = {f"POST /api/mailbox/deliveries/{{number}}/{verb}" for verb in verbs}
    people = {"GET /api/mailbox/me", "GET /api/mailbox/colleagues"}
    people |= {"GET /api/mailbox/states", "GET /api/mailbox/states/{number}", "POST /api/mailbox/search"}
    settings = {f"{method} /api/members/settings" for method in ("GET", "PUT")}
    signing_out = {f"POST /api/members/{whose}/sign-out" for whose in ("me", "{person}")}
    members = {f"{method} /api/members" for method in ("GET", "POST")}
    members |= {f"{method} /api/members/{{person}}" for method in ("PUT", "DELETE")}
    administration = settings | signing_out | members
    checks = {
        f"{method} /api/mailbox/access-{what}" for method in ("GET", "POST") for what in ("review", "confirmation")
    }
    checks.add("GET /api/mailbox/erasures")
    log = "GET /api/mailbox/access-log"
    handled = {*exports, *handling, log, *checks}
    assert guarded == {mailbox, f"{mailbox}/{{number}}", *handled, *people, *administration}
    assert {(source.function, source.report_items) for source in house.wiring.sources} == {
        ("Delivery", True),
        ("Notification", True),
    }
    assert {(one.function, one.expression, one.zone) for one in house.wiring.schedules} == {
        ("Housekeeping", "rate(1 minute)", "UTC"),
        ("Statistics", "cron(15 5,7,10 1-7 * ? *)", "Europe/Stockholm"),
        ("Housekeeping", "cron(20 6 * * ? *)", "Europe/Stockholm"),
        ("Housekeeping", "cron(40 6 * * ? *)", "Europe/Stockholm"),
        ("Housekeeping", "cron(10,25,40,55 8-20 * * ? *)", "Europe/Stockholm"),
        ("Housekeeping", "cron(0 7 * * ? *)", "Europe/Stockholm"),
        ("Housekeeping", "cron(30 0 * * ? *)", "Europe/Stockholm"),
    }


def test_the_audit_bucket_has_its_lock(house: House) -> None:
    lock = house.client("s3").get_object_lock_configuration(Bucket=house.ref("Data/AuditBucket"))
    assert lock["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 5}},
    }


def test_the_interpreter_is_that_of_the_functions(house: House) -> None:
    runtimes = {
        house.template.resolve(resource, house.cloud.physical)["Runtime"]
        for resource in house.template.of_type("AWS::Lambda::Function")
    }
    assert runtimes == {f"python{sys.version_info.major}.{sys.version_info.minor}"}
