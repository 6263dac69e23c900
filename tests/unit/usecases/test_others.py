"""What recipients may know of each other: how many, and whether one has called; only while the family consents."""

from uuid import uuid4

import pytest

from familjehem.domain.application import Receipt
from familjehem.domain.delivery import Others
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.handling import ContactResult, Content
from familjehem.domain.outbox import CalledTask
from familjehem.ports import DeliveryChangedError
from tests.service import ADDRESS, Service, answers_for

TOGETHER = ("0180", "0680", "1280")


@pytest.fixture
def service() -> Service:
    made = Service()
    for recipient in TOGETHER:
        made.hire(f"worker-{recipient}", recipient)
    return made


def come(service: Service, *recipients: str, consent: str = "yes") -> Receipt:
    """Let a family's letters come to their recipients."""
    answers = answers_for(recipients)
    if len(recipients) > 1:
        answers["shareRecipients"] = consent
    receipt = service.accepted(*recipients, answers=answers).receipt
    service.work()
    return receipt


def number_at(receipt: Receipt, recipient: str) -> str:
    return next(one.number for one in receipt.promises if one.recipient == recipient)


def known(service: Service, receipt: Receipt, recipient: str) -> Others | None:
    """Open a letter, and give what is told of the others."""
    caller = service.hire(f"worker-{recipient}", recipient)
    return service.mailbox.read_letter(caller, None, number_at(receipt, recipient)).others


def calls(service: Service, receipt: Receipt, recipient: str, result: ContactResult = ContactResult.REACHED) -> None:
    caller = service.hire(f"worker-{recipient}", recipient)
    service.mailbox.log_contact(caller, None, number_at(receipt, recipient), uuid4(), Content(result=result))


def shares(service: Service, receipt: Receipt, *, share: bool) -> None:
    service.share(receipt.reference, receipt.receipt_code, ADDRESS, share=share)


def test_with_consent_each_is_told_how_many_others_there_are_and_whether_one_has_called(service: Service) -> None:
    receipt = come(service, *TOGETHER)
    assert [known(service, receipt, one) for one in TOGETHER] == [Others(2, called=False)] * 3
    # when one was not reached, and then reached
    calls(service, receipt, "0680", ContactResult.NOT_REACHED)
    service.work()
    assert known(service, receipt, "0180") == Others(2, called=False)
    calls(service, receipt, "0680")
    service.work()
    # then the others know, and whoever called knows of no other that has
    assert [known(service, receipt, one) for one in ("0180", "0680", "1280")] == [
        Others(2, called=True),
        Others(2, called=False),
        Others(2, called=True),
    ]


def test_without_consent_nobody_is_told_anything_and_the_outbox_is_empty(service: Service) -> None:
    receipt, alone = come(service, *TOGETHER, consent="no"), come(service, "0680")
    calls(service, receipt, "0680")
    calls(service, alone, "0680")
    service.work()
    assert [known(service, receipt, one) for one in TOGETHER] == [None] * 3
    assert known(service, alone, "0680") is None
    assert not service.world.tasks()


def test_consent_that_is_taken_back_holds_at_once_and_given_again_tells_what_has_been(service: Service) -> None:
    receipt = come(service, *TOGETHER)
    shares(service, receipt, share=False)
    assert [known(service, receipt, one) for one in TOGETHER] == [None] * 3
    calls(service, receipt, "0680")
    service.work()
    assert known(service, receipt, "0180") is None
    shares(service, receipt, share=True)
    assert known(service, receipt, "0180") == Others(2, called=True)
    assert known(service, receipt, "0680") == Others(2, called=False)


def test_consent_is_tried_again_where_one_was_called_meanwhile(service: Service) -> None:
    receipt = come(service, *TOGETHER, consent="no")
    service.world.fails("intake.share", DeliveryChangedError())
    shares(service, receipt, share=True)
    assert known(service, receipt, "0180") == Others(2, called=False)
    # but not for ever
    for _ in range(6):
        service.world.fails("intake.share", DeliveryChangedError())
    with pytest.raises(NotConfirmedError):
        shares(service, receipt, share=True)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["called_queue.read", "called_queue.told"])
def test_the_news_of_a_call_comes_through_whatever_fails(service: Service, step: str, after: bool) -> None:
    receipt = come(service, *TOGETHER)
    calls(service, receipt, "0680")
    (task,) = service.world.calls
    service.world.fails(step, NotConfirmedError(), after=after)
    with pytest.raises(NotConfirmedError):
        service.tell_others(task)
    service.work()
    assert known(service, receipt, "1280") == Others(2, called=True)
    assert service.tell_others(task) is False
    assert task == CalledTask("0680", number_at(receipt, "0680"))


def test_a_letter_tells_by_when_to_call(service: Service) -> None:
    receipt = come(service, "0680")
    caller, number = service.hire("worker-0680", "0680"), number_at(receipt, "0680")
    read = service.mailbox.read_letter(caller, None, number)
    assert read.state.due_at > service.world.at
    assert not read.state.overdue
    service.world.passes(days=7)
    late = service.mailbox.read_letter(caller, None, number).state
    assert (late.due_at, late.overdue) == (read.state.due_at, True)
    assert read.opened.delivery.number == number
