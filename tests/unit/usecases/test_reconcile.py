"""Whatever came is told of: the reconciler finds the letter whose notice was lost, and has its recipient told."""

import pytest

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import LetterTask, NoticeTask
from tests.service import ADDRESS, Service


@pytest.fixture
def service() -> Service:
    return Service()


def deliver(service: Service) -> None:
    for task in service.world.tasks():
        if isinstance(task, LetterTask):
            service.deliver(task)


def test_where_all_is_well_nothing_is_found(service: Service) -> None:
    # given letters that came and were told of, one that waits, one whose notice waits, one that was withdrawn untold
    service.accepted("0680", "1280")
    service.work()
    withdrawn = service.accepted("1480").receipt
    deliver(service)
    service.withdraw(withdrawn.reference, withdrawn.receipt_code, ADDRESS, None)
    service.work()
    service.accepted("0680")
    deliver(service)
    service.accepted("0180")
    service.world.passes(hours=3)
    # when
    found = service.reconcile()
    # then
    assert (found.delivered, found.waiting, found.untold, found.failed) == (4, 1, (), 0)
    assert service.world.reconciled == [(4, 1, 0)]


def test_a_letter_whose_notice_was_lost_is_found_after_an_hour_and_told_of_once(service: Service) -> None:
    # given
    number = service.accepted("0680").receipt.promises[0].number
    deliver(service)
    service.world.notices.clear()
    service.world.passes(minutes=59)
    early = service.reconcile()
    service.world.passes(minutes=1)
    # when
    found, again = service.reconcile(), service.reconcile()
    mails = len(service.world.mails)
    service.work()
    after = service.reconcile()
    # then
    assert (early.untold, found.untold, again.untold, after.untold) == ((), (("0680", number),), (), ())
    told = [mail.to for mail in service.world.mails[mails:] if mail.subject == "Ny intresseanmälan"]
    assert told == ["familjehem@0680.example"]


def test_a_recipient_that_cannot_be_looked_at_does_not_keep_the_others(service: Service) -> None:
    service.world.fails("disposals.clocks", NotConfirmedError())
    assert service.reconcile().failed == 1


def test_seventy_two_hours_without_mail_lose_no_notice(service: Service) -> None:
    # given
    service.accepted("0680", "1280")
    deliver(service)
    # when the provider takes nothing for three days
    for _ in range(72):
        for task in [task for task in service.world.tasks() if isinstance(task, NoticeTask)]:
            service.world.fails("post.send", NotConfirmedError())
            with pytest.raises(NotConfirmedError):
                service.notify(task)
        service.world.passes(hours=1)
        service.keep_house()
    stuck = service.world.gauged[-1][1]
    service.work()
    # then
    assert stuck > 0
    assert len([mail for mail in service.world.mails if mail.subject == "Ny intresseanmälan"]) == 2
    service.world.passes(hours=2)
    assert service.reconcile().untold == ()
