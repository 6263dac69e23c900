"""From the rule or the decision to the tombstone: what goes, when, and what nobody can open any more."""

from datetime import date, timedelta

import pytest

from familjehem.domain.delivery import DeliveryState, ErasureReason
from familjehem.domain.erasure import Erasure
from familjehem.domain.errors import (
    AdministratorsOnlyError,
    DeliveryNotFoundError,
    ErasureLockedError,
    NotConfirmedError,
    ReaderOnlyError,
)
from familjehem.domain.handling import Content, Outcome, Reason
from familjehem.domain.membership import AccessKind, Caller, Role
from familjehem.domain.outbox import ErasureTask, ExpiryTask
from tests.service import ADDRESS, Service, uuid4

CLOSED = Content(outcome=Outcome.CLOSED, reason=Reason.NOT_REACHED)
REASON = ErasureReason.NO_LONGER_NEEDED
ENDS = timedelta(days=90)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def anna(service: Service) -> Caller:
    return service.hire("anna", "0680")


def received(service: Service) -> str:
    receipt = service.accepted("0680").receipt
    service.work()
    return receipt.promises[0].number


def closed(service: Service, anna: Caller) -> str:
    number = received(service)
    service.mailbox.log_outcome(anna, None, number, uuid4(), CLOSED)
    return number


def kinds(service: Service) -> list[AccessKind]:
    return [one.kind for one in service.world.access["0680"]]


def certificates_of(service: Service) -> tuple[Erasure, ...]:
    boss = service.hire("boss", "0680", role=Role.LOCAL_ADMINISTRATOR)
    return service.mailbox.list_erasures(boss, None)


def left(service: Service) -> list[object]:
    """Give all that is left of any letter, and all that waits."""
    world = service.world
    wraps, objects = [*world.wraps, *world.supplement_wraps], [*world.objects, *world.supplement_objects]
    return [*wraps, *objects, *world.events, *world.tasks()]


class TestByRule:
    def test_a_closed_letter_is_warned_of_in_one_mail_and_goes_a_fortnight_later(
        self, service: Service, anna: Caller
    ) -> None:
        # given two closed ones and one that is worked with
        numbers = [closed(service, anna) for _ in range(2)]
        open_one = received(service)
        mails = len(service.world.mails)
        # when
        service.world.passes(days=76)
        first, again = service.apply_retention(), service.apply_retention()
        service.work()
        # then
        assert (first.warned, first.decided, again.warned) == (2, 0, 0)
        (mail,) = service.world.mails[mails:]
        assert mail.to == "familjehem@0680.example"
        assert not [part for part in (*numbers, "Kanarie") if part in mail.subject + mail.text]
        assert {one.number: one.erases_on for one in service.world.deliveries.values()} == {
            **dict.fromkeys(numbers, date(2027, 2, 20)),
            open_one: None,
        }
        # and: a day too early nothing goes
        service.world.passes(days=13)
        assert service.apply_retention().decided == 0
        service.world.passes(days=1)
        assert service.apply_retention().decided == 2
        service.keep_house()
        assert service.world.retained[-1] == (0, 2, 0)
        assert not service.world.tasks()
        assert {key[1] for key in service.world.wraps} == {open_one}
        assert {key[1] for key in service.world.objects} == {open_one}
        certificates = certificates_of(service)
        assert {one.number for one in certificates} == set(numbers)
        assert all(one.reason is ErasureReason.RULE for one in certificates)
        assert all(one.gone_at == service.world.at + timedelta(hours=24) for one in certificates)

    def test_what_is_exempt_stays_until_that_is_lifted_and_is_warned_of_again(
        self, service: Service, anna: Caller
    ) -> None:
        # given
        number = closed(service, anna)
        service.world.passes(days=80)
        service.apply_retention()
        service.mailbox.hold(anna, None, number, hold=True)
        service.mailbox.hold(anna, None, number, hold=True)
        # when
        service.world.passes(days=900)
        kept = service.apply_retention()
        service.mailbox.hold(anna, None, number, hold=False)
        lifted = service.apply_retention()
        service.world.passes(days=14)
        gone = service.apply_retention()
        # then
        assert (kept.warned, kept.decided) == (0, 0)
        assert (lifted.warned, lifted.decided) == (1, 0)
        assert gone.decided == 1
        assert kinds(service)[-2:] == [AccessKind.HOLD, AccessKind.LIFT_HOLD]

    def test_nothing_that_was_not_delivered_ever_goes(self, service: Service, anna: Caller) -> None:
        # given a letter that waits, and a supplement that waits
        waiting = service.accepted("1280").receipt.promises[0].number
        receipt = service.accepted("0680").receipt
        for task in service.world.tasks():
            if getattr(task, "number", None) == receipt.promises[0].number:
                service.deliver(task)  # pyright: ignore[reportArgumentType]
        service.supplemented(receipt, "Vi har flyttat.")
        # when
        service.world.passes(days=2000)
        found = service.apply_retention()
        # then
        assert (found.warned, found.decided) == (0, 0)
        assert {one.state for one in service.world.deliveries.values() if one.number == waiting} == {
            DeliveryState.QUEUED
        }

    def test_a_recipient_that_fails_does_not_keep_the_others(self, service: Service, anna: Caller) -> None:
        # given
        closed(service, anna)
        service.world.passes(days=80)
        service.world.fails("disposals.clocks", NotConfirmedError())
        # when
        found = service.apply_retention()
        # then
        assert (found.warned, found.failed) == (1, 1)

    def test_what_was_handled_meanwhile_is_left_to_the_next_day(self, service: Service, anna: Caller) -> None:
        # given
        closed(service, anna)
        service.world.passes(days=80)
        service.apply_retention()
        (clock,) = service.world.disposals.clocks("0680")
        service.mailbox.hold(anna, None, clock.number, hold=True)
        # when / then
        assert service.world.disposals.decide(clock, service.world.at) is False


class TestByDecision:
    def test_it_is_gone_at_once_and_destroyed_within_a_round(self, service: Service, anna: Caller) -> None:
        # given
        number = closed(service, anna)
        service.mailbox.decide_erasure(anna, None, number, REASON)
        # when
        with pytest.raises(DeliveryNotFoundError):
            service.open_letter(anna, None, number)
        before = certificates_of(service)
        report = service.keep_house()
        # then
        assert before[0].erased_at is before[0].gone_at is None
        assert (report.erased, report.touched) == (1, 0)
        (certificate,) = certificates_of(service)
        assert (certificate.number, certificate.reason, certificate.erased_at) == (number, REASON, service.world.at)
        assert not left(service)
        assert kinds(service)[-1] is AccessKind.ERASE
        assert service.mailbox.list_deliveries(anna, None, None, None, 25).lines == ()

    @pytest.mark.parametrize("step", ["condemned", "destroy", "forget", "done"])
    @pytest.mark.parametrize("after", [False, True])
    def test_whatever_fails_is_taken_up_again(self, service: Service, anna: Caller, step: str, after: bool) -> None:
        # given
        number = closed(service, anna)
        service.mailbox.decide_erasure(anna, None, number, REASON)
        service.world.fails(f"disposals.{step}", NotConfirmedError(), after=after)
        # when
        failed = service.keep_house()
        service.keep_house()
        # then
        assert (failed.erased, failed.failed) == (0, 1)
        assert not left(service)

    def test_supplements_go_with_their_letter(self, service: Service, anna: Caller) -> None:
        # given
        receipt = service.accepted("0680").receipt
        service.work()
        service.supplemented(receipt, "Vi har flyttat.")
        service.work()
        number = receipt.promises[0].number
        service.mailbox.log_outcome(anna, None, number, uuid4(), CLOSED)
        # when
        service.mailbox.decide_erasure(anna, None, number, REASON)
        service.keep_house()
        # then
        assert not left(service)

    def test_only_what_is_withdrawn_or_closed_and_not_exempt_can_be(self, service: Service, anna: Caller) -> None:
        # given
        number = received(service)
        with pytest.raises(ErasureLockedError):
            service.mailbox.decide_erasure(anna, None, number, REASON)
        service.mailbox.log_outcome(anna, None, number, uuid4(), CLOSED)
        service.mailbox.hold(anna, None, number, hold=True)
        # when / then
        with pytest.raises(ErasureLockedError):
            service.mailbox.decide_erasure(anna, None, number, REASON)
        assert not service.world.erasing
        assert AccessKind.ERASE not in kinds(service)

    def test_a_reader_decides_nothing(self, service: Service, anna: Caller) -> None:
        number, rut = closed(service, anna), service.hire("rut", "0680", role=Role.READER)
        for call in (
            lambda: service.mailbox.decide_erasure(rut, None, number, REASON),
            lambda: service.mailbox.hold(rut, None, number, hold=True),
        ):
            with pytest.raises(ReaderOnlyError):
                call()

    def test_certificates_are_the_local_administrators(self, service: Service, anna: Caller) -> None:
        with pytest.raises(AdministratorsOnlyError):
            service.mailbox.list_erasures(anna, None)

    def test_its_applicant_reads_that_it_is_erased_and_can_do_nothing_more(
        self, service: Service, anna: Caller
    ) -> None:
        # given a letter that was withdrawn, which is erased
        receipt = service.accepted("0680", "1280").receipt
        service.work()
        number = next(one.number for one in receipt.promises if one.recipient == "0680")
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, number)
        service.mailbox.decide_erasure(anna, None, number, ErasureReason.FAMILY_ASKED)
        service.keep_house()
        # when
        told = service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, number)
        supplemented = service.supplemented(receipt, "Hej igen")
        # then
        states = {one.promise.recipient: one.state for one in told.deliveries}
        assert states == {"0680": DeliveryState.ERASED, "1280": DeliveryState.DELIVERED}
        assert supplemented is not None
        assert {one.recipient for one in service.world.waiting_supplements} == {"1280"}


def test_a_mail_that_was_taken_back_is_not_sent(service: Service) -> None:
    assert service.notify(ExpiryTask("0680")) is False


def test_a_mail_to_a_recipient_that_is_none_waits(service: Service) -> None:
    service.world.expiries[ExpiryTask("0000")] = service.world.at
    with pytest.raises(NotConfirmedError):
        service.notify(ExpiryTask("0000"))


def test_a_task_of_what_is_not_to_be_erased_destroys_nothing(service: Service) -> None:
    number = received(service)
    service.world.erasing[ErasureTask("0680", number)] = service.world.at
    service.keep_house()
    assert ("0680", number) in service.world.wraps
    assert not service.world.tasks()
