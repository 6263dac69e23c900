"""Every recipient is told of its report once, on a day on which somebody reads mail."""

from datetime import UTC, datetime

import pytest

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import ReportTask
from familjehem.domain.recipient import RecipientState
from familjehem.usecases.announce_reports import AnnounceReports
from tests.builders import recipient
from tests.fakes import FakeAnnouncements, FakeClock, FakeShelf, World
from tests.service import Service

READERS = frozenset({"0680", "0180"})


@pytest.fixture
def world() -> World:
    found = World(at=datetime(2026, 12, 1, 6, 0, tzinfo=UTC))
    for one in READERS:
        found.shelved[f"reports/{one}/2026-11.pdf"] = b"a report"
    return found


def announce(world: World, month: str = "2026-11") -> int:
    told = AnnounceReports(shelf=FakeShelf(world), announcements=FakeAnnouncements(world), clock=FakeClock(world))
    return told(month, READERS)


def test_everybody_is_told_once(world: World) -> None:
    assert (announce(world), announce(world)) == (2, 0)
    assert set(world.announced) == {ReportTask(one, "2026-11") for one in READERS}


def test_nobody_is_told_again_when_the_mail_is_sent(world: World) -> None:
    announce(world)
    world.announced.clear()

    assert announce(world) == 0
    assert world.announced == {}


def test_on_a_red_day_the_mail_waits_for_the_first_working_day(world: World) -> None:
    for one in READERS:
        world.shelved[f"reports/{one}/2026-12.pdf"] = b"a report"
    told = []
    for day in (1, 2, 3, 4):
        world.at = datetime(2027, 1, day, 6, 0, tzinfo=UTC)
        told.append(announce(world, "2026-12"))

    # the first of January 2027 is a Friday
    assert told == [0, 0, 0, 2]


def test_after_the_first_working_day_a_weekend_is_no_hindrance(world: World) -> None:
    world.at = datetime(2026, 12, 5, 6, 0, tzinfo=UTC)

    assert announce(world) == 2


def test_a_report_that_is_not_whole_is_not_told_of(world: World) -> None:
    del world.shelved["reports/0180/2026-11.pdf"]
    world.shelved["reports/0180/2026-11.json"] = b"half of it"

    assert announce(world) == 1
    assert set(world.announced) == {ReportTask("0680", "2026-11")}


def test_the_mail_is_a_link_to_the_function_mailbox_and_tells_nothing() -> None:
    service = Service()
    task = ReportTask("0680", "2026-11")
    service.world.announced[task] = service.world.at

    assert service.notify(task) is True
    assert service.notify(task) is False

    (mail,) = service.world.mails
    assert mail.to == service.world.recipients["0680"].function_mailbox
    assert "/brevlada/rapporter/" in mail.text
    assert "2026" not in mail.subject + mail.text


def test_who_has_closed_meanwhile_is_told_nothing() -> None:
    service = Service()
    task = ReportTask("0680", "2026-11")
    service.world.announced[task] = service.world.at
    service.world.recipients["0680"] = recipient(id="0680", state=RecipientState.CLOSED)

    assert service.notify(task) is False
    assert (service.world.mails, service.world.announced) == ([], {})


def test_a_recipient_that_is_nowhere_is_tried_again() -> None:
    service = Service()
    service.world.announced[ReportTask("0000", "2026-11")] = service.world.at

    with pytest.raises(NotConfirmedError):
        service.notify(ReportTask("0000", "2026-11"))
