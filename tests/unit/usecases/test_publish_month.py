"""A month is published once, for everybody, as the same bytes whoever asks again."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from familjehem.domain.errors import InvalidCommandError, NotConfirmedError
from familjehem.domain.question_set import current
from familjehem.domain.recipient import RecipientState
from familjehem.domain.tally import counts
from familjehem.usecases.publish_month import NATION, PublishMonth
from tests.builders import recipient, validated
from tests.fakes import (
    FakeClock,
    FakeDirectory,
    FakeReportBook,
    FakeShelf,
    FakeTallies,
    World,
)

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schemas/report-1.json").read_text("utf-8"))
AFTER = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
CHOSEN = ("0680", "0685", "0682", "0180")


@pytest.fixture
def world() -> World:
    return at_work()


def at_work() -> World:
    """Give a world with four recipients, three of them of one county, on the first of December."""
    found = World(at=AFTER)
    for one in CHOSEN:
        found.recipients[one] = recipient(id=one, name=f"Mottagare {one}", municipalities=(one,))
    return found


@pytest.fixture
def publish(world: World) -> PublishMonth:
    return publisher(world)


class PlainPress:
    """Prints JSON, which tests can read."""

    def pdf(self, content: Mapping[str, Any], at: datetime) -> bytes:
        return json.dumps([content, at.isoformat()], sort_keys=True).encode()


def publisher(world: World) -> PublishMonth:
    return PublishMonth(
        tallies=FakeTallies(world),
        shelf=FakeShelf(world),
        directory=FakeDirectory(world),
        press=PlainPress(),
        book=FakeReportBook(world),
        clock=FakeClock(world),
    )


def apply(world: World, many: int, *chosen: str, month: str = "2026-11", **changes: Any) -> None:
    """Count families as accept and delivery do."""
    answers = validated(recipients=len(chosen), **changes)
    if len(chosen) == 1:
        answers = {name: value for name, value in answers.items() if name != "shareRecipients"}
    for _ in range(many):
        for one in counts(current(), answers, [world.recipients[each] for each in chosen], AFTER.date()):
            world.tallied.setdefault((one.scope, month), Counter()).update(("count", *one.counters))
        for each in chosen:
            world.counted[each, month] += 1


def read(world: World, name: str, month: str = "2026-11") -> dict[str, Any]:
    found = json.loads(world.shelved[f"reports/{name}/{month}.json"])
    jsonschema.validate(found, SCHEMA)
    return found


def test_everybody_who_was_connected_gets_a_report_and_so_does_the_nation(world: World, publish: PublishMonth) -> None:
    world.recipients["1280"] = recipient(id="1280", municipalities=("1280",), state=RecipientState.CLOSED)

    published = publish("2026-11")

    assert (published.month, set(published.made), published.failed) == ("2026-11", {*CHOSEN, NATION}, {})


def test_a_month_with_nothing_is_a_report_that_says_so(world: World, publish: PublishMonth) -> None:
    publish("2026-11")

    report = read(world, "0680")
    assert report["received"] == [{"month": "2026-11", "applications": 0}]
    assert [one["tables"] for one in report["sections"]] == [[], [], []]


def test_three_families_are_told_as_a_number_and_nothing_else(world: World, publish: PublishMonth) -> None:
    apply(world, 3, "0680")

    publish("2026-11")

    report = read(world, "0680")
    assert report["received"] == [{"month": "2026-11", "applications": 3}]
    assert [one["families"] for one in report["sections"]] == [0, 0, 0]


def test_many_families_are_told_by_what_they_answered(world: World, publish: PublishMonth) -> None:
    apply(world, 30, "0680", housingForm="house")
    apply(world, 12, "0680", housingForm="flat")
    apply(world, 9, "0680", housingForm="farm")
    apply(world, 9, "0680", housingForm="other")

    publish("2026-11")

    report = read(world, "0680")
    own = report["sections"][0]
    (table,) = [one for one in own["tables"] if one["dimension"] == "housingForm"]
    assert (own["level"], own["families"], table["asked"]) == ("own", 60, 60)
    assert [one["count"] for one in table["bins"]] == [30, 12, 9, 9]
    assert table["bins"][0]["share"] == 50


def test_another_recipient_sees_no_total_of_it(world: World, publish: PublishMonth) -> None:
    apply(world, 60, "0680")

    publish("2026-11")

    assert read(world, "0180")["received"] == [{"month": "2026-11", "applications": 0}]
    assert [one["level"] for one in read(world, "0180")["sections"]] == ["own", "nation"]
    assert [one["level"] for one in read(world, "0685")["sections"]] == ["own", "county", "nation"]


def test_again_gives_the_same_bytes_and_changes_nothing(world: World, publish: PublishMonth) -> None:
    apply(world, 25, "0680")
    publish("2026-11")
    first = dict(world.shelved)
    apply(world, 25, "0680")

    again = publish("2026-11")
    for name in [one for one in first if one.startswith("reports/0680/")]:
        del world.shelved[name]
    publish("2026-11", "0680")

    assert (again.made, set(again.stood)) == ((), {*CHOSEN, NATION})
    assert world.shelved == first


def test_families_wait_over_the_months(world: World, publish: PublishMonth) -> None:
    apply(world, 12, "0680")
    publish("2026-11")
    world.at = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
    apply(world, 12, "0680", month="2026-12")

    publish("2026-12")

    own = read(world, "0680", "2026-12")["sections"][0]
    assert (own["families"], own["from"], own["to"]) == (24, "2026-11", "2026-12")


@pytest.mark.parametrize(
    ("month", "code"),
    [
        ("2026-12", "monthNotOver"),
        ("2027-05", "monthNotOver"),
        ("2026-10", "monthBeforeTheFirst"),
        ("2026-13", "invalid"),
        ("november", "invalid"),
    ],
)
def test_a_month_that_cannot_be_is_refused(publish: PublishMonth, world: World, month: str, code: str) -> None:
    with pytest.raises(InvalidCommandError) as refused:
        publish(month)

    assert [one.code for one in refused.value.errors] == [code]
    assert not world.shelved


def test_a_month_waits_for_the_one_before(publish: PublishMonth, world: World) -> None:
    world.at = datetime(2027, 2, 1, 6, 0, tzinfo=UTC)
    apply(world, 1, "0680")

    with pytest.raises(InvalidCommandError) as refused:
        publish("2027-01")

    assert [one.code for one in refused.value.errors] == ["monthBeforeMissing"]


def test_a_recipient_that_had_none_then_is_refused(publish: PublishMonth) -> None:
    with pytest.raises(InvalidCommandError) as refused:
        publish("2026-11", "1280")

    assert [one.code for one in refused.value.errors] == ["noReportThen"]


def test_one_that_fails_keeps_nobody_waiting_and_comes_next_time(
    publish: PublishMonth, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = FakeShelf.put

    def failing(self: FakeShelf, name: str, content: bytes) -> bool:
        if name.startswith("reports/0685/"):
            raise NotConfirmedError
        return put(self, name, content)

    monkeypatch.setattr(FakeShelf, "put", failing)
    first = publish("2026-11")
    monkeypatch.undo()
    second = publish("2026-11")

    assert (first.failed, set(first.made)) == ({"0685": "NotConfirmedError"}, {"0680", "0682", "0180", NATION})
    assert (second.made, second.failed) == (("0685",), {})


def test_the_table_says_the_same_as_the_report(world: World, publish: PublishMonth) -> None:
    apply(world, 25, "0680")
    publish("2026-11")

    rows = list(csv.reader(io.StringIO(world.shelved["reports/0680/2026-11.csv"].decode("utf-8-sig")), delimiter=";"))

    tables = [line for one in read(world, "0680")["sections"] for each in one["tables"] for line in each["bins"]]
    assert len(rows) == 1 + 1 + 6 + len(tables)
    assert {len(row) for row in rows} == {7}


def test_counting_begins_with_the_first_tally_whenever_that_was(publish: PublishMonth, world: World) -> None:
    apply(world, 1, "0680", month="2026-09")

    due = publish.due()
    for month in due:
        publish(month)

    assert due == ("2026-09", "2026-10", "2026-11")
    assert [one["month"] for one in read(world, "0680")["received"]] == ["2026-09", "2026-10", "2026-11"]
    # and: when its tallies are forgotten, counting has still begun then
    world.tallied.clear()
    with pytest.raises(InvalidCommandError):
        publish("2026-08")
    assert publish("2026-09").made == ()


def test_where_nothing_was_ever_counted_the_last_month_is_the_first(publish: PublishMonth) -> None:
    assert publish.due() == ("2026-11",)


def test_a_schedule_that_did_not_come_is_made_up_for(publish: PublishMonth, world: World) -> None:
    publish("2026-11")
    world.at = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)

    assert publish.due() == ("2026-12", "2027-01", "2027-02")


def test_a_schedule_that_comes_twice_makes_nothing_twice(publish: PublishMonth, world: World) -> None:
    publish("2026-11")
    shelved = dict(world.shelved)

    again = publish(*publish.due())

    assert (again.made, again.failed, world.shelved) == ((), {}, shelved)


def test_whose_report_finds_no_time_left_gets_it_with_the_next_round(publish: PublishMonth, world: World) -> None:
    turns = iter([True, True])

    first = publish("2026-11", time_left=lambda: next(turns, False))
    second = publish("2026-11")

    assert (len(first.made), len(first.left)) == (2, 3)
    assert set(second.made) == set(first.left)
    assert set(second.stood) == set(first.made)


def test_a_file_that_is_missing_is_made_and_no_other_touched(publish: PublishMonth, world: World) -> None:
    apply(world, 25, "0680")
    publish("2026-11")
    whole = dict(world.shelved)
    del world.shelved["reports/0680/2026-11.xlsx"]

    again = publish("2026-11")

    assert again.made == ("0680",)
    assert world.shelved == whole


def test_what_stands_and_would_be_other_bytes_now_is_told_and_stays(publish: PublishMonth, world: World) -> None:
    publish("2026-11")
    same = publish("2026-11", "0680", compare=True)
    world.shelved["reports/0680/2026-11.pdf"] = b"as an older program made it"

    other = publish("2026-11", "0680", compare=True)

    assert (same.stood, same.differing) == (("0680",), ())
    assert (other.stood, other.differing) == ((), ("0680",))
    assert world.shelved["reports/0680/2026-11.pdf"] == b"as an older program made it"


def test_small_counts_that_wait_lie_apart_from_the_books(publish: PublishMonth, world: World) -> None:
    apply(world, 3, "0680", housingForm="farm")

    publish("2026-11")

    books = json.loads(world.shelved["books/2026-11.json"])
    assert "farm" not in world.shelved["books/2026-11.json"].decode()
    assert "farm" in world.shelved[books["waiting"]].decode()


def test_of_two_that_close_at_the_same_time_one_counts_with_what_waits(
    publish: PublishMonth, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(world, 3, "0680")
    put = FakeShelf.put

    def late(self: FakeShelf, name: str, content: bytes) -> bool:
        if name.startswith("books/"):
            monkeypatch.undo()
            publisher(world)("2026-11")
        return put(self, name, content)

    monkeypatch.setattr(FakeShelf, "put", late)
    publish("2026-11")
    world.at = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
    publish("2026-12")

    ours = json.loads(world.shelved[json.loads(world.shelved["books/2026-12.json"])["waiting"]])["families"]
    assert [one["counts"]["recipient_families"] for one in ours if one["level"] == "recipient"] == [3]


def handle(world: World, recipient: str, month: str = "2026-11", **counts: int) -> None:
    world.handled[recipient, month].update(counts)


def test_how_many_came_to_each_stage_is_told_to_the_recipient_alone(publish: PublishMonth, world: World) -> None:
    apply(world, 9, "0680")
    handle(world, "0680", stage_contacted=7, stage_meeting=3, stage_closed=1)

    publish("2026-11")

    own, other, nation = (
        {one["name"]: one["count"] for one in read(world, who)["stages"]} for who in ("0680", "0685", NATION)
    )
    stages = {"received": 9, "contacted": 7, "meeting": 3, "investigation": 0, "caseSystem": 0, "closed": 1}
    assert (own, other["contacted"], nation) == (stages, 0, stages)


def test_how_soon_and_why_are_told_in_blocks_as_families_are(publish: PublishMonth, world: World) -> None:
    for one in ("0680", "0685", "0682"):
        handle(world, one, firstContact_sameWorkingDay=12, firstContact_nextWorkingDay=7, firstContact_later=5)
    handle(world, "0680", closedBecause_notReached=3, closedBecause_withdrewTime=16)

    publish("2026-11")
    handle(world, "0680", "2026-12", closedBecause_notReached=3)
    world.at = datetime(2027, 1, 4, 6, 0, tzinfo=UTC)
    publish("2026-12")

    def table(name: str, level: int, month: str) -> dict[str, Any] | None:
        section = read(world, "0680", month)["sections"][level]
        return next((one for one in section["tables"] if one["dimension"] == name), None)

    soon, county = table("firstContact", 0, "2026-11"), table("firstContact", 1, "2026-11")
    assert soon is not None
    assert county is not None
    assert [(one["count"], one["share"]) for one in soon["bins"]] == [(12, 50), (7, 29), (5, 21)]
    assert county["asked"] == 72
    # and: nineteen closings wait, and with three more they are told
    assert table("closedBecause", 0, "2026-11") is None
    why = table("closedBecause", 0, "2026-12")
    assert why is not None
    assert why["asked"] == 22
