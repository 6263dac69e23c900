"""The door of statistics: the mornings of a month, and the command that makes a report again."""

import importlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import ReportTask
from familjehem.runtime.observability import ReportMetrics, metrics
from familjehem.runtime.wiring.statistics import Statistics
from familjehem.usecases.announce_reports import AnnounceReports
from familjehem.usecases.file_national_report import FileNationalReport
from familjehem.usecases.forget_tallies import ForgetTallies
from tests.fakes import FakeAnnouncements, FakeClock, FakeDirectory, FakeFolder, FakeShelf, FakeTallies, World
from tests.functions.doors import Context
from tests.unit.usecases.test_publish_month import apply, at_work, publisher

NAME = "functions.statistics.handler"
MORNING = {"schedule": "reports", "scheduledTime": "2026-12-01T04:15:00Z"}

type Door = Callable[[dict[str, Any]], Any]


class Patient(Context):
    """A call with all the time of the function before it."""

    def get_remaining_time_in_millis(self) -> int:
        return 890_000


@pytest.fixture
def world() -> World:
    return at_work()


@pytest.fixture
def door(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    for name, value in {
        "STAGE": "dev",
        "SITE_URL": "https://familjehem.example",
        "MAIN_TABLE": "main",
        "TALLY_TABLE": "tally",
        "REPORT_BUCKET": "report",
        "FOLDER_BUCKET": "folder",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "POWERTOOLS_METRICS_NAMESPACE": "prov",
    }.items():
        monkeypatch.setenv(name, value)
    sys.modules.pop(NAME, None)
    module = importlib.import_module(NAME)
    shelf = FakeShelf(world)
    house = Statistics(
        publish=publisher(world),
        announce=AnnounceReports(shelf=shelf, announcements=FakeAnnouncements(world), clock=FakeClock(world)),
        file=FileNationalReport(shelf=shelf, folder=FakeFolder(world)),
        forget=ForgetTallies(tallies=FakeTallies(world), shelf=shelf, directory=FakeDirectory(world)),
        gauge=ReportMetrics(),
    )
    monkeypatch.setattr(module, "house", house)
    yield lambda event: module.handler(event, Patient())
    sys.modules.pop(NAME, None)


def command(month: str, recipient: str = "0680", *, dry_run: bool = False) -> dict[str, Any]:
    return {"command": "rebuildReport", "recipient": recipient, "month": month, "dryRun": dry_run}


def test_a_morning_publishes_and_tells_and_the_next_one_finds_it_done(door: Door, world: World) -> None:
    apply(world, 3, "0680")

    first, second = door(MORNING), door(MORNING)

    (month,) = first["months"]
    assert (month["month"], month["made"], month["failed"], first["told"]) == ("2026-11", 5, 0, 4)
    assert (second["months"][0]["made"], second["told"]) == (0, 0)
    assert ReportTask("0680", "2026-11") in world.announced


def test_the_nation_s_report_is_filed_for_skr_once(door: Door, world: World) -> None:
    first, second = door(MORNING), door(MORNING)

    assert (first["filed"], second["filed"]) == (4, 0)
    assert {name for name in world.papers if name.startswith("reports/")} == {
        f"reports/2026-11.{form}" for form in ("pdf", "xlsx", "csv", "json")
    }
    assert world.papers["reports/2026-11.json"] == world.shelved["reports/nationen/2026-11.json"]


def test_a_morning_that_finds_one_that_cannot_be_made_makes_and_tells_the_others(
    door: Door,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    put = FakeShelf.put

    def failing(self: FakeShelf, name: str, content: bytes) -> bool:
        if name == "reports/0685/2026-11.pdf":
            raise NotConfirmedError
        return put(self, name, content)

    monkeypatch.setattr(FakeShelf, "put", failing)
    first = door(MORNING)
    said = capsys.readouterr().out
    monkeypatch.undo()

    assert (first["months"][0]["failed"], first["told"]) == (1, 3)
    # and: it rings, and says whose
    assert '"ReportsFailed":[1.0]' in said.replace(" ", "")
    assert [one.recipient for one in caplog.records if one.message == "report not made"] == ["0685"]  # type: ignore[attr-defined]


def test_months_that_nobody_published_are_made_up_for_one_by_one(door: Door, world: World) -> None:
    apply(world, 1, "0680")
    world.at = datetime(2027, 2, 1, 6, 0, tzinfo=UTC)

    assert [one["month"] for one in door(MORNING)["months"]] == ["2026-11", "2026-12", "2027-01"]


def test_a_report_that_is_missing_is_made_by_command(door: Door, world: World) -> None:
    door(MORNING)
    whole = dict(world.shelved)
    del world.shelved["reports/0680/2026-11.pdf"]

    dry, done, again = door(command("2026-11", dry_run=True)), door(command("2026-11")), door(command("2026-11"))

    assert dry == {"month": "2026-11", "recipient": "0680", "dryRun": True}
    assert (done["made"], again["made"], again["stood"]) == (1, 0, 1)
    assert world.shelved == whole


@pytest.mark.parametrize(
    ("month", "recipient", "code"),
    [
        ("2026-12", "0680", "monthNotOver"),
        ("2026-10", "0680", "monthBeforeTheFirst"),
        ("november", "0680", "invalid"),
        ("2026-11", "9999", "noReportThen"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(door: Door, month: str, recipient: str, code: str) -> None:
    assert door(command(month, recipient)) == {"refused": [code]}


def test_a_command_that_there_is_not_is_refused(door: Door) -> None:
    with pytest.raises(ValueError, match="no such command"):
        door({"command": "eraseEverything"})


def test_nothing_of_a_family_is_logged(door: Door, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    apply(world, 3, "0680", housingForm="farm")

    door(MORNING)

    assert "farm" not in capsys.readouterr().out
    assert not metrics.metric_set
