"""Tampering with what is stored: rows and digests of an access log, changed behind the service's back, and found."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from familjehem.domain.access_log import Finding, FindingKind
from familjehem.domain.membership import AccessEntry, AccessKind, Role
from familjehem.usecases.seal_access_log import SealAccessLog
from familjehem.usecases.verify_access_log import VerifyAccessLog
from tests.adapters.houses import ENDPOINT, AwsHouse, at

pytestmark = pytest.mark.skipif(bool(ENDPOINT), reason="rows are changed past the service; that needs no emulator")

LENGTH = 6
SEALED = 4


@dataclass
class Days:
    """A clock that is set."""

    at: datetime

    def now(self) -> datetime:
        return self.at


class Log:
    """A log of six lines, of which four are sealed, two by two."""

    def __init__(self, house: AwsHouse) -> None:
        self.house, self.clock = house, Days(at(12))
        self.table = house.cloud.resource.Table(house.cloud.tables.main)
        self.seal = SealAccessLog(ledger=house.ledger, digests=house.digest_store, clock=self.clock)
        self.verify = VerifyAccessLog(ledger=house.ledger, digests=house.digest_store, clock=self.clock)
        room = house.tenancy.room("0680")
        for place in range(LENGTH):
            room.log(
                AccessEntry(
                    at=self.clock.at,
                    person=f"person-{place % 2}",
                    name="Prov Ett" if place % 2 else None,
                    role=Role.CASE_WORKER,
                    kind=AccessKind.OPEN,
                    deliveries=(f"NUM-{place}",),
                )
            )
            if place % 2 and place < SEALED:
                assert self.seal("0680")
                self.clock.at += timedelta(days=1)

    def row(self, sequence: int) -> dict:
        return self.table.get_item(Key={"pk": "ACCESS#0680", "sk": f"{sequence:012}"})["Item"]

    def head(self) -> dict:
        return self.table.get_item(Key={"pk": "ACCESS#0680", "sk": "HEAD"})["Item"]

    def drop(self, sequence: int) -> None:
        self.table.delete_item(Key={"pk": "ACCESS#0680", "sk": f"{sequence:012}"})

    def found(self) -> list[tuple[str, int | None, int | None]]:
        return [(one.kind.value, one.first, one.last) for one in self.verify("0680").findings]


@pytest.fixture
def log(aws_house: AwsHouse) -> Log:
    return Log(aws_house)


def test_nothing_is_found_in_a_log_as_it_was_written(log: Log) -> None:
    assert log.verify("0680").findings == ()
    assert (log.verify("0680").digests, log.verify("0680").lines) == (2, LENGTH)
    assert log.verify("0680", thorough=False).findings == ()


@pytest.mark.parametrize("sequence", [1, SEALED, LENGTH])
@pytest.mark.parametrize(
    "part", ["at", "person", "role", "kind", "reason", "deliveries", "sequence", "hash", "name", "more", "less"]
)
def test_a_changed_byte_of_any_line_is_found_there(log: Log, sequence: int, part: str) -> None:
    # given
    row = log.row(sequence)
    match part:
        case "deliveries":
            row[part] = [*row[part][:-1], f"{row[part][-1]}x"]
        case "sequence":
            row[part] += 1
        case "hash":
            row[part] = bytes([row[part].value[0] ^ 1, *row[part].value[1:]])
        case "name":
            row[part] = "Prov Två"
        case "more":
            row[part] = "x"
        case "less":
            del row["reason"]
        case _:
            row[part] = f"{row[part][:-1]}{chr(ord(row[part][-1]) ^ 1)}"
    log.table.put_item(Item=row)
    # then
    assert ("lineChanged", sequence, sequence) in log.found()


@pytest.mark.parametrize("sequence", [1, 3, SEALED, LENGTH - 1])
def test_a_missing_line_is_named(log: Log, sequence: int) -> None:
    # given
    log.drop(sequence)
    # then: the last one of a seal is missing at its end
    kind = "tailCut" if sequence == SEALED else "lineMissing"
    assert log.found() == [(kind, sequence, sequence)]


def test_a_cut_off_tail_is_named(log: Log) -> None:
    # given
    log.drop(LENGTH)
    # then
    assert log.found() == [("tailCut", LENGTH, LENGTH)]


def test_a_tail_cut_off_together_with_where_the_log_ends_is_found_as_far_as_it_was_sealed(log: Log) -> None:
    # given somebody who knows how the log is kept
    for sequence in range(SEALED, LENGTH + 1):
        log.drop(sequence)
    log.table.put_item(Item=log.head() | {"sequence": SEALED - 1, "hash": log.row(SEALED - 1)["hash"]})
    # then
    assert ("tailCut", SEALED, SEALED) in log.found()


def test_a_head_put_back_is_found_while_the_lines_stand(log: Log) -> None:
    # given
    log.table.put_item(Item=log.head() | {"sequence": LENGTH - 1, "hash": log.row(LENGTH - 1)["hash"]})
    # then
    assert log.found() == [("headChanged", None, None)]
    # and nothing is sealed of a log whose end is another than its last line
    log.table.put_item(Item=log.head() | {"hash": b"x" * 32})
    assert log.seal("0680") is None


def test_a_changed_digest_is_named_whether_it_was_put_over_or_hidden(log: Log, aws_house: AwsHouse) -> None:
    # given
    first, second = aws_house.digest_store.names("0680")
    aws_house.put_digest("0680", first, b"{}")
    bucket = {"Bucket": aws_house.cloud.audit_bucket}
    aws_house.s3.delete_object(**bucket, Key=f"0680/{second}.json")
    # then
    assert list(log.verify("0680").findings) == [
        Finding(FindingKind.DIGEST_CHANGED, digest=first),
        Finding(FindingKind.DIGEST_CHANGED, digest=second),
    ]


def test_a_digest_that_is_gone_is_found_by_the_next_or_by_its_lines_growing_old(log: Log, aws_house: AwsHouse) -> None:
    # given what the lock forbids
    first, second = aws_house.digest_store.names("0680")

    def gone(name: str) -> None:
        key, bucket = f"0680/{name}.json", aws_house.cloud.audit_bucket
        for one in aws_house.s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]:
            aws_house.s3.delete_object(Bucket=bucket, Key=key, VersionId=one["VersionId"])

    # then
    gone(second)
    log.clock.at += timedelta(days=2)
    assert log.found() == [("notSealed", 3, None)]
    gone(first)
    aws_house.digest_store.put("0680", second, b"{}")
    assert log.found()[0] == ("digestChanged", None, None)
