"""Reminders: content-free, one mail per recipient and stage, each once, whatever fails in between."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from familjehem.domain.calendar import STOCKHOLM
from familjehem.domain.delivery import Reader
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.handling import ContactResult, Content
from familjehem.domain.membership import Role
from familjehem.domain.outbox import AccessOccasion, AccessTask, ReminderTask, Stage
from familjehem.domain.recipient import RecipientState
from familjehem.usecases.remind_overdue import ReminderReport
from tests.builders import replace
from tests.service import ADDRESS, SKR, Service

FUNCTION_MAILBOX = "familjehem@0680.example"
LEADER = "lena@0680.example"


@pytest.fixture
def service() -> Service:
    made = Service()
    made.hire("anna", "0680")
    made.hire("lena", "0680", role=Role.LOCAL_ADMINISTRATOR)
    made.hire("omar", "0180", role=Role.LOCAL_ADMINISTRATOR)
    # A Friday.
    at(made, 27, 9)
    made.remind_overdue()
    return made


def at(service: Service, day: int, hour: int, minute: int = 0) -> None:
    """Let it be that time in Sweden, in November 2026, or in December from the 31st on."""
    month, date = (11, day) if day <= 30 else (12, day - 30)
    service.world.at = datetime(2026, month, date, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)


def come(service: Service, *recipients: str) -> str:
    """Let a family's letter come, and its notice be sent."""
    number = service.accepted(*(recipients or ("0680",))).receipt.promises[0].number
    service.work()
    service.world.mails.clear()
    return number


def told(service: Service, *, sends: bool = True) -> list[str]:
    """Do a round, and give whom its mails went to."""
    service.world.mails.clear()
    service.remind_overdue()
    if sends:
        service.work()
    return sorted(mail.to for mail in service.world.mails)


def test_of_thirty_families_each_stage_is_told_in_one_mail_at_closings_of_working_days(service: Service) -> None:
    # given thirty families on a Friday evening after closing
    at(service, 27, 18)
    for _ in range(30):
        come(service)
    # then nobody is told before Monday's closing has passed
    for day, hour, minute in ((28, 17, 0), (29, 17, 0), (30, 16, 34)):
        at(service, day, hour, minute)
        assert told(service) == []
    at(service, 30, 16, 40)
    assert told(service) == [FUNCTION_MAILBOX]
    assert told(service) == []
    at(service, 31, 16, 40)
    assert told(service) == [LEADER]
    at(service, 32, 16, 40)
    assert told(service) == [SKR]
    # and then it is over
    for day in range(33, 45):
        at(service, day, 16, 40)
        assert told(service) == []
    assert service.world.reminders_gauged[-1] == (0, 0, 0, 0)


def test_families_of_several_days_give_one_mail_to_each_and_no_more(service: Service) -> None:
    come(service)
    at(service, 30, 9)
    come(service)
    at(service, 30, 17)
    # Of Friday's, where a round was missed, two are told at once; of Monday's the function mailbox.
    assert told(service) == [FUNCTION_MAILBOX, LEADER]
    at(service, 31, 17)
    assert told(service) == [LEADER, SKR]
    at(service, 32, 17)
    assert told(service) == [SKR]


def test_a_family_that_was_called_or_that_withdrew_is_not_told_of(service: Service) -> None:
    called = come(service)
    receipt = service.accepted("0680").receipt
    service.work()
    caller = service.hire("anna", "0680")
    service.mailbox.log_contact(caller, None, called, uuid4(), Content(result=ContactResult.REACHED))
    service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
    service.work()
    at(service, 30, 17)
    assert told(service) == []
    # but one that was not reached still waits
    at(service, 30, 18)
    tried = come(service)
    service.mailbox.log_contact(caller, None, tried, uuid4(), Content(result=ContactResult.NOT_REACHED))
    at(service, 31, 17)
    assert FUNCTION_MAILBOX in told(service)


def test_of_a_protected_family_its_readers_are_told_and_nobody_else_of_the_recipient(service: Service) -> None:
    number = come(service)
    stored = service.world.deliveries["0680", number]
    service.world.deliveries["0680", number] = replace(stored, readers=(Reader("anna", None), Reader("gone", None)))
    at(service, 27, 17)
    assert told(service) == ["anna@0680.example"]
    at(service, 30, 17)
    assert told(service) == ["anna@0680.example"]
    at(service, 31, 17)
    assert told(service) == [SKR]


def test_no_mail_tells_of_anybody_and_all_are_without_codes(service: Service) -> None:
    number = come(service)
    mails = []
    for day in (27, 30, 31):
        at(service, day, 17)
        told(service)
        mails += service.world.mails
    assert [mail.to for mail in mails] == [FUNCTION_MAILBOX, LEADER, SKR]
    for mail in mails:
        said = f"{mail.subject}\n{mail.text}\n{mail.tags}"
        assert service.world.recipients["0680"].name in said
        assert not [secret for secret in (number, "Kanarie", "{", "}") if secret in mail.subject + mail.text]
    assert [mail.tags["kind"] for mail in mails] == ["notice-mailbox", "access-overdue", "notice-skr"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["reminders.overdue", "staff.roster", "reminders.tell"])
def test_one_recipient_that_fails_is_tried_again_and_does_not_keep_the_others(
    service: Service, step: str, after: bool
) -> None:
    # given families at two recipients
    come(service, "0180", "0680")
    at(service, 30, 17)
    service.world.fails(step, NotConfirmedError(), after=after)
    # when
    report = service.remind_overdue()
    again = service.remind_overdue()
    service.work()
    # then each was told once
    assert (report.failed, again.failed) == (1, 0)
    assert sorted(mail.to for mail in service.world.mails) == sorted(
        [FUNCTION_MAILBOX, LEADER, "familjehem@0180.example", "omar@0180.example"]
    )


def test_of_two_rounds_at_the_same_time_one_tells(service: Service) -> None:
    come(service)
    at(service, 27, 17)
    before = service.world.reminded["0680"]
    service.remind_overdue()
    # when the other read before the first had written
    assert not service.world.reminders.tell("0680", before, before, [ReminderTask("0680", Stage.SKR)], service.world.at)
    # then
    service.work()
    assert [mail.to for mail in service.world.mails] == [FUNCTION_MAILBOX]


def test_while_mail_is_down_nothing_is_put_twice_and_nothing_is_lost(service: Service) -> None:
    come(service)
    at(service, 27, 17)
    service.world.fails("post.send", NotConfirmedError())
    with pytest.raises(NotConfirmedError):
        told(service)
    at(service, 30, 9)
    come_later = service.accepted("0680").receipt.promises[0].number
    (task,) = service.world.letters
    service.deliver(task)
    at(service, 30, 17)
    told(service, sends=False)
    # then one mail waits for the function mailbox, since the first time
    assert set(service.world.reminding) == {ReminderTask("0680", Stage.MAILBOX)}
    waiting = {row.task: row.queued_at for row in service.world.outbox.waiting()}
    assert waiting[ReminderTask("0680", Stage.MAILBOX)].day == 27
    assert AccessTask("0680", "lena", AccessOccasion.OVERDUE) in waiting
    service.work()
    assert [mail.to for mail in service.world.mails].count(FUNCTION_MAILBOX) == 2, come_later
    assert not service.world.tasks()


def test_a_recipient_that_can_open_nothing_is_not_reminded(service: Service) -> None:
    come(service)
    service.world.recipients["0680"] = replace(service.world.recipients["0680"], state=RecipientState.CLOSED)
    at(service, 30, 17)
    assert service.remind_overdue() == ReminderReport(0, 0, 0, 0)
    assert not service.world.tasks()


def test_a_reminder_that_was_sent_is_not_sent_again(service: Service) -> None:
    assert service.notify(ReminderTask("0680", Stage.SKR)) is False
    assert not service.world.mails
