"""From the outbox to the mailbox, and back to the applicant's receipt; each step safe to repeat."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from familjehem.domain.application import DeliveryStatus
from familjehem.domain.delivery import DeliveryState
from familjehem.domain.errors import (
    ApplicationErasedError,
    ApplicationNotFoundError,
    DeliveryNotFoundError,
    FieldError,
    InvalidAnswersError,
    LetterUnreadableError,
    MalformedRequestError,
    NotAMemberError,
    NotConfirmedError,
    RecipientExistsError,
    RecipientNotChosenError,
    SignInRequiredError,
    TooManyAttemptsError,
)
from familjehem.domain.identifiers import RECEIPT_CODE_CHARACTERS, canonical
from familjehem.domain.inbox import Wanted
from familjehem.domain.membership import AccessEntry, AccessKind, Membership, Role
from familjehem.domain.outbox import LetterTask, NoticeTask, Occasion, OutboxTask
from familjehem.domain.recipient import Recipient, RecipientState
from familjehem.domain.sealing import Purpose
from familjehem.domain.texts import text
from familjehem.ports import AddressRefusedError, DeliveryChangedError
from familjehem.usecases.keep_house import due_age
from familjehem.usecases.read_receipt import Status
from tests.builders import MARKED_VALUES, every_extended_question, self_test_answers
from tests.fakes import Mail
from tests.service import ADDRESS, FIVE, MAILBOX, SITE, Service, recipient, submission


def only_letter(service: Service) -> LetterTask:
    (task,) = service.world.letters
    return task


def test_a_delivered_letter_lies_in_the_mailbox_and_its_notice_waits_in_its_place(service: Service) -> None:
    # given
    service.accepted("0680")
    task = only_letter(service)
    service.world.passes(seconds=3)
    # when
    did = service.deliver(task)
    # then
    assert did
    assert {purpose for _, _, purpose in service.world.objects} == {Purpose.LETTER, Purpose.CARD}
    assert service.world.deliveries[task.recipient, task.number].received_at == service.world.at
    assert list(service.world.notices) == [NoticeTask(task.recipient, task.number, Occasion.NEW)]
    assert service.world.counted == {("0680", "2026-11"): 1}


def test_a_letter_delivered_twice_is_received_once(service: Service) -> None:
    # given
    service.accepted("0680")
    task = only_letter(service)
    service.deliver(task)
    received = service.world.deliveries[task.recipient, task.number].received_at
    # when
    service.world.passes(minutes=5)
    again = service.deliver(task)
    # then
    assert not again
    assert service.world.deliveries[task.recipient, task.number].received_at == received
    assert service.world.counted == {("0680", "2026-11"): 1}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["letter_queue.read", "vault.put", "letter_queue.delivered"])
def test_a_crash_at_any_step_of_delivery_is_mended_by_a_repeat(service: Service, step: str, *, after: bool) -> None:
    # given
    service.accepted("0680")
    task = only_letter(service)
    service.world.fails(step, NotConfirmedError(), after=after)
    with pytest.raises(NotConfirmedError):
        service.deliver(task)
    # when
    service.deliver(task)
    # then
    assert service.world.counted == {("0680", "2026-11"): 1}
    assert not service.world.letters
    assert len(service.world.objects) == 2


def test_what_was_accepted_is_delivered_even_if_the_recipient_is_paused_meanwhile(service: Service) -> None:
    # given
    service.accepted("0680")
    service.world.recipients["0680"] = replace(service.world.recipients["0680"], state=RecipientState.PAUSED)
    # when
    service.work()
    # then
    assert not service.world.tasks()
    assert len(service.world.mails) == 2


def test_a_notice_tells_nothing_but_that_there_is_something(service: Service) -> None:
    # given
    service.accepted(*FIVE)
    # when
    service.work()
    # then
    notices = [mail for mail in service.world.mails if "familjehem@" in mail.to]
    assert sorted(mail.to for mail in notices) == [
        "familjehem@0180.example",
        "familjehem@0680.example",
        "familjehem@1280.example",
        "familjehem@1480.example",
        "familjehem@unit-hoglandet.example",
    ]
    for mail in notices:
        assert mail.subject == "Ny intresseanmälan"
        assert "https://familjehem.example/brevlada/" in mail.text
        assert not [mark for mark in MARKED_VALUES if mark in repr(mail)]


def test_a_notice_is_worded_from_the_catalogue_and_told_to_the_provider_by_identifiers(service: Service) -> None:
    # given
    service.accepted("0680")
    service.deliver(only_letter(service))
    (task,) = service.world.notices
    service.world.passes(seconds=4)
    # when
    did = service.notify(task)
    # then
    assert did
    assert service.world.mails == [
        Mail(
            to="familjehem@0680.example",
            subject=text("notice.new.subject"),
            text=text("notice.new.body", recipient="Jönköping", link=MAILBOX),
            tags={"recipient": "0680", "kind": "notice-new"},
        )
    ]
    assert service.world.notified == {task: service.world.at}


def test_a_confirmation_is_worded_from_the_catalogue_and_shows_the_way_to_the_site(service: Service) -> None:
    # given
    service.accepted("0680")
    (task,) = service.world.confirmations
    # when
    service.confirm(task)
    # then
    assert service.world.mails == [
        Mail(
            to="kanariefagel.prov@example.com",
            subject=text("confirmation.subject"),
            text=text("confirmation.body", link=f"{SITE}/min-anmalan/"),
            tags={"kind": "confirmation"},
        )
    ]


def test_the_applicant_gets_one_neutral_mail_without_code_and_the_address_is_erased(service: Service) -> None:
    # given
    receipt = service.accepted(*FIVE).receipt
    # when
    service.work()
    # then
    (mail,) = [mail for mail in service.world.mails if mail.to == "kanariefagel.prov@example.com"]
    assert "familjehem" not in mail.subject.lower()
    assert "anmälan" not in mail.subject.lower()
    assert not [secret for secret in (receipt.receipt_code, receipt.reference) if secret in mail.text]
    assert not service.world.contact_wraps
    assert not service.world.confirmations


@pytest.mark.parametrize("step", ["notice_queue.waits", "post.send", "notice_queue.sent", "directory.get"])
def test_a_notice_that_failed_is_sent_at_least_once(service: Service, step: str) -> None:
    # given
    service.accepted("0680")
    service.deliver(only_letter(service))
    (task,) = service.world.notices
    service.world.fails(step, NotConfirmedError())
    with pytest.raises(NotConfirmedError):
        service.notify(task)
    # when
    service.notify(task)
    # then
    assert len([mail for mail in service.world.mails if mail.to == "familjehem@0680.example"]) >= 1
    assert not service.world.notices
    assert not service.notify(task)


def test_a_notice_to_a_recipient_that_cannot_be_found_waits(service: Service) -> None:
    # given
    service.accepted("0680")
    service.deliver(only_letter(service))
    (task,) = service.world.notices
    del service.world.recipients["0680"]
    # then
    with pytest.raises(NotConfirmedError):
        service.notify(task)
    assert list(service.world.notices) == [task]


def test_a_confirmation_that_was_sent_is_not_sent_again(service: Service) -> None:
    # given
    service.accepted("0680")
    (task,) = service.world.confirmations
    # then
    assert service.confirm(task)
    assert not service.confirm(task)
    assert len(service.world.mails) == 1


@pytest.mark.parametrize("wrong", ["refused by the provider", "wrap gone", "sealed for another"])
def test_an_address_that_can_never_be_reached_is_erased_and_does_not_wait_for_ever(
    service: Service, wrong: str
) -> None:
    # given
    service.accepted("0680")
    (task,) = service.world.confirmations
    if wrong == "refused by the provider":
        service.world.fails("post.send", AddressRefusedError())
    elif wrong == "wrap gone":
        service.world.contact_wraps.clear()
    else:
        service.world.confirmations[task] = replace(service.world.confirmations[task], address=b"x" * 80)
    # when
    did = service.confirm(task)
    # then
    assert not did
    assert not service.world.confirmations
    assert not service.world.contact_wraps


def test_a_function_mailbox_that_is_refused_waits_for_the_alarm(service: Service) -> None:
    # given
    service.accepted("0680")
    service.deliver(only_letter(service))
    (task,) = service.world.notices
    service.world.fails("post.send", AddressRefusedError())
    # then
    with pytest.raises(AddressRefusedError):
        service.notify(task)
    assert list(service.world.notices) == [task]


def test_a_letter_whose_delivery_is_gone_waits_for_the_alarm(service: Service) -> None:
    # given
    service.accepted("0680")
    task = only_letter(service)
    service.world.deliveries.clear()
    # then
    with pytest.raises(NotConfirmedError):
        service.deliver(task)
    assert list(service.world.letters) == [task]


def test_a_letter_delivered_by_another_worker_in_the_same_moment_is_done(service: Service) -> None:
    # given
    service.accepted("0680")
    task = only_letter(service)
    put = service.world.vault.put

    def put_while_another_delivers(*arguments: object) -> None:
        service.world.vault.put = put  # type: ignore[method-assign]
        service.deliver(task)
        put(*arguments)  # type: ignore[arg-type]

    service.world.vault.put = put_while_another_delivers  # type: ignore[method-assign]
    # then
    assert not service.deliver(task)
    assert service.world.counted == {("0680", "2026-11"): 1}


def test_nobody_is_told_of_an_application_as_new_after_it_was_withdrawn(service: Service) -> None:
    # given a letter that was delivered, with its notice still waiting
    receipt = service.accepted("0680").receipt
    service.deliver(only_letter(service))
    # when
    service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
    # then
    assert [task.occasion for task in service.world.notices] == [Occasion.WITHDRAWN]


def test_a_receipt_tells_how_each_delivery_fares(service: Service) -> None:
    # given
    receipt = service.accepted("0680", "1280").receipt
    first = service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
    service.work()
    # when
    second = service.read_receipt(receipt.reference.lower(), receipt.receipt_code.replace("-", " "), ADDRESS)
    # then
    assert [one.state for one in first.deliveries] == [DeliveryState.QUEUED, DeliveryState.QUEUED]
    assert [one.state for one in second.deliveries] == [DeliveryState.DELIVERED, DeliveryState.DELIVERED]
    assert all(one.received_at for one in second.deliveries)


def test_a_receipt_tells_of_each_delivery_when_it_arrived_was_opened_and_answered(service: Service) -> None:
    # given one of two letters that was opened and answered
    submitted_at = service.world.at
    receipt = service.accepted("0680", "1280").receipt
    key = ("0680", receipt.promises[0].number)
    moments = [submitted_at + timedelta(hours=hours) for hours in (1, 2, 3)]
    service.world.deliveries[key] = replace(
        service.world.deliveries[key],
        state=DeliveryState.CONTACTED,
        received_at=moments[0],
        opened_at=moments[1],
        contacted_at=moments[2],
    )
    # when
    status = service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
    # then
    assert status == Status(
        reference=receipt.reference,
        submitted_at=submitted_at,
        share_recipients=True,
        deliveries=(
            DeliveryStatus(
                promise=receipt.promises[0],
                state=DeliveryState.CONTACTED,
                received_at=moments[0],
                opened_at=moments[1],
                contacted_at=moments[2],
            ),
            DeliveryStatus(
                promise=receipt.promises[1],
                state=DeliveryState.QUEUED,
                received_at=None,
                opened_at=None,
                contacted_at=None,
            ),
        ),
    )


def test_a_delivery_that_is_gone_is_left_out_of_the_receipt(service: Service) -> None:
    # given
    receipt = service.accepted("0680", "1280").receipt
    del service.world.deliveries["0680", receipt.promises[0].number]
    # when
    status = service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
    # then
    assert [one.promise for one in status.deliveries] == [receipt.promises[1]]


def test_a_wrong_code_is_counted_against_its_address_at_a_withdrawal_too(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    # when
    with pytest.raises(ApplicationNotFoundError):
        service.withdraw(receipt.reference, "wrong", ADDRESS, None)
    # then
    assert [address for address, _ in service.world.failures.elements()] == [ADDRESS]


def test_a_wrong_reference_and_a_wrong_code_are_told_alike_and_cost_alike(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    steps: list[list[str]] = []
    # when
    for reference, code in (
        (receipt.reference, "0000-0000-0000-0000"),
        ("0000-0000-0000", receipt.receipt_code),
        ("not a reference", receipt.receipt_code),
        (receipt.reference, ""),
    ):
        service.world.steps.clear()
        with pytest.raises(ApplicationNotFoundError):
            service.read_receipt(reference, code, ADDRESS)
        steps.append(list(service.world.steps))
    # then
    assert all(one == steps[0] for one in steps)


def test_too_many_wrong_codes_from_one_address_are_stopped_alike_for_real_and_unknown_references(
    service: Service,
) -> None:
    # given
    receipt = service.accepted("0680").receipt
    for _ in range(5):
        with pytest.raises(ApplicationNotFoundError):
            service.read_receipt(receipt.reference, "wrong", ADDRESS)
    # then
    for reference in (receipt.reference, "0000-0000-0000"):
        with pytest.raises(TooManyAttemptsError):
            service.read_receipt(reference, receipt.receipt_code, ADDRESS)
    service.read_receipt(receipt.reference, receipt.receipt_code, "198.51.100.4")
    service.world.passes(hours=1)
    service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)


def test_right_codes_are_never_counted(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    # then
    for _ in range(50):
        service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)


def test_the_receipt_of_an_erased_application_says_so_to_who_holds_the_code(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    service.world.applications[receipt.reference] = replace(
        service.world.applications[receipt.reference], erased_at=service.world.at
    )
    # then
    with pytest.raises(ApplicationErasedError):
        service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
    with pytest.raises(ApplicationNotFoundError):
        service.read_receipt(receipt.reference, "wrong", ADDRESS)


def test_a_receipt_outlives_the_rotation_of_the_secret_but_not_its_removal(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    service.world.secrets_kept = {"2": b"a newer secret of the tests, as long as one", **service.world.secrets_kept}
    assert service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
    # when
    del service.world.secrets_kept["1"]
    # then
    with pytest.raises(ApplicationNotFoundError):
        service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)


def test_a_delivery_withdrawn_while_it_waits_is_erased_and_nobody_is_told(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    task = only_letter(service)
    # when
    status = service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
    # then
    assert [one.state for one in status.deliveries] == [DeliveryState.WITHDRAWN]
    assert not service.world.letters
    assert not service.world.wraps
    assert not service.deliver(task)
    assert not service.world.notices
    assert service.world.counted == {}
    assert [one.withdrawn_at for one in service.world.deliveries.values()] == [service.world.at]


def test_a_delivered_letter_is_withdrawn_and_kept_and_its_recipient_is_told_once(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    service.work()
    service.world.mails.clear()
    # when
    for _ in range(2):
        status = service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
        service.work()
    # then
    assert [one.state for one in status.deliveries] == [DeliveryState.WITHDRAWN]
    assert [mail.subject for mail in service.world.mails] == ["En intresseanmälan har tagits tillbaka"]
    assert service.world.wraps
    assert service.world.objects


def test_one_of_two_deliveries_is_withdrawn_alone(service: Service) -> None:
    # given
    receipt = service.accepted("0680", "1280").receipt
    # when
    status = service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, receipt.promises[1].number.lower())
    # then
    assert [one.state for one in status.deliveries] == [DeliveryState.QUEUED, DeliveryState.WITHDRAWN]


@pytest.mark.parametrize("number", ["0000-0000-0000", "no number", ""])
def test_a_number_of_another_application_is_not_found(service: Service, number: str) -> None:
    # given
    receipt = service.accepted("0680").receipt
    # then
    with pytest.raises(DeliveryNotFoundError):
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, number)


def test_a_delivery_that_arrives_during_its_withdrawal_is_withdrawn_as_a_delivered_one(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    task = only_letter(service)
    withdraw = service.world.intake.withdraw

    def withdraw_too_late(*arguments: object) -> None:
        service.world.intake.withdraw = withdraw  # type: ignore[method-assign]
        service.deliver(task)
        raise DeliveryChangedError

    service.world.intake.withdraw = withdraw_too_late  # type: ignore[method-assign]
    # when
    status = service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
    # then
    assert [one.state for one in status.deliveries] == [DeliveryState.WITHDRAWN]
    assert NoticeTask(task.recipient, task.number, Occasion.WITHDRAWN) in service.world.notices


def test_a_withdrawal_that_never_gets_through_is_not_confirmed(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    for _ in range(9):
        service.world.fails("intake.withdraw", DeliveryChangedError())
    # then
    with pytest.raises(NotConfirmedError):
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
    assert service.world.steps.count("intake.withdraw") == 4


def test_of_two_deliveries_one_that_changes_does_not_keep_the_other_from_being_withdrawn_at_once(
    service: Service,
) -> None:
    # given
    receipt = service.accepted("0680", "1280").receipt
    service.world.fails("intake.withdraw", DeliveryChangedError())
    service.world.steps.clear()
    # when
    status = service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
    # then the other one went in the same round, and the first in the next
    assert {one.state for one in status.deliveries} == {DeliveryState.WITHDRAWN}
    rounds = [step for step in service.world.steps if step in {"intake.deliveries", "intake.withdraw"}]
    assert rounds[:5] == [
        "intake.deliveries",
        "intake.withdraw",
        "intake.withdraw",
        "intake.deliveries",
        "intake.withdraw",
    ]


def test_a_case_worker_lists_and_opens_and_each_is_a_line_of_the_access_log(service: Service) -> None:
    # given
    service.accepted("0680")
    service.work()
    anna = service.hire("anna", "0680")
    # when
    page = service.list_deliveries(anna, None, None, None, 25)
    opened = service.open_letter(anna, None, page.lines[0].delivery.number)
    # then
    assert page.lines[0].card is not None
    assert page.lines[0].card.name == "Prov Persson-Kanarie"
    assert opened.letter.answers["name"] == "Prov Persson-Kanarie"
    assert opened.compilation.answers == opened.letter.answers
    assert opened.membership == page.membership == Membership("0680", "Jönköping", Role.CASE_WORKER)
    assert (opened.delivery.state, opened.delivery.opened_at) == (DeliveryState.OPENED, service.world.at)
    numbers = (opened.delivery.number,)
    assert service.world.access["0680"] == [
        AccessEntry(at=service.world.at, person="anna", name=None, role=Role.CASE_WORKER, kind=kind, deliveries=numbers)
        for kind in (AccessKind.LIST, AccessKind.OPEN)
    ]


def test_a_mailbox_is_listed_by_state_and_page_after_page(service: Service) -> None:
    # given three letters, of which the second was opened
    for _ in range(3):
        service.accepted("0680")
        service.work()
        service.world.passes(minutes=1)
    anna = service.hire("anna", "0680")
    newest, middle, oldest = [one.delivery.number for one in service.list_deliveries(anna, None, None, None, 25).lines]
    service.open_letter(anna, None, middle)
    # when
    first = service.list_deliveries(anna, None, Wanted(state=DeliveryState.DELIVERED), None, 1)
    second = service.list_deliveries(anna, None, Wanted(state=DeliveryState.DELIVERED), first.cursor, 1)
    # then
    assert [one.delivery.number for one in first.lines] == [newest]
    assert [one.delivery.number for one in second.lines] == [oldest]
    assert second.cursor is None
    assert [one.deliveries for one in service.world.access["0680"][-2:]] == [(newest,), (oldest,)]


def test_a_cursor_that_is_none_of_ours_is_pointed_at(service: Service) -> None:
    # given
    anna = service.hire("anna", "0680")
    # then
    with pytest.raises(MalformedRequestError) as refused:
        service.list_deliveries(anna, None, None, "nonsense", 25)
    assert refused.value.errors == (FieldError("/cursor", "unknownCursor"),)
    assert str(refused.value) == "malformed-request"


def test_the_line_stands_before_the_letter_is_opened(service: Service) -> None:
    # given
    service.accepted("0680")
    service.work()
    anna = service.hire("anna", "0680")
    number = next(iter(service.world.deliveries.values())).number
    service.world.fails("room.opened", NotConfirmedError())
    service.world.steps.clear()
    # then
    with pytest.raises(NotConfirmedError):
        service.open_letter(anna, None, number)
    assert "room.plaintexts" not in service.world.steps


def test_an_empty_page_is_no_line_of_the_access_log(service: Service) -> None:
    # given
    anna = service.hire("anna", "0680")
    # when
    page = service.list_deliveries(anna, None, None, None, 25)
    # then
    assert page.lines == ()
    assert not service.world.access["0680"]


def test_a_letter_whose_wrap_is_gone_cannot_be_opened_and_its_line_has_no_card(service: Service) -> None:
    # given
    service.accepted("0680")
    service.work()
    anna = service.hire("anna", "0680")
    service.world.wraps.clear()
    number = next(iter(service.world.deliveries.values())).number
    # then
    assert service.list_deliveries(anna, None, None, None, 25).lines[0].card is None
    with pytest.raises(LetterUnreadableError):
        service.open_letter(anna, None, number)


def test_nobody_reads_anothers_mailbox(service: Service) -> None:
    # given
    service.accepted("0680")
    service.work()
    number = next(iter(service.world.deliveries.values())).number
    eva, stranger = service.hire("eva", "1280"), service.hire("nobody")
    # then
    with pytest.raises(DeliveryNotFoundError):
        service.open_letter(eva, None, number)
    for caller, chosen in ((eva, "0680"), (stranger, None), (stranger, "0680")):
        with pytest.raises(NotAMemberError):
            service.open_letter(caller, chosen, number)
        with pytest.raises(NotAMemberError):
            service.list_deliveries(caller, chosen, None, None, 25)
    assert not service.world.access


def test_who_belongs_to_several_must_say_for_whom(service: Service) -> None:
    # given
    both = service.hire("maria", "0680", "1280")
    # then
    with pytest.raises(RecipientNotChosenError):
        service.list_deliveries(both, None, None, None, 25)
    assert service.list_deliveries(both, "1280", None, None, 25).membership.recipient == "1280"


def test_a_session_that_was_ended_is_refused_and_a_new_one_is_not(service: Service) -> None:
    # given
    anna = service.hire("anna", "0680")
    service.world.passes(minutes=1)
    service.world.members.sign_out("anna", service.world.at)
    # then
    for began in (anna.session_began, service.world.at):
        with pytest.raises(SignInRequiredError):
            service.list_deliveries(replace(anna, session_began=began), None, None, None, 25)
    service.list_deliveries(replace(anna, session_began=service.world.at + timedelta(seconds=1)), None, None, None, 25)


def test_what_is_no_number_is_not_found(service: Service) -> None:
    # given
    anna = service.hire("anna", "0680")
    # then
    for number in ("", "../0180", "0000-0000-0000"):
        with pytest.raises(DeliveryNotFoundError):
            service.open_letter(anna, None, number)
    # and only what could be one is looked up
    assert service.world.steps.count("room.delivery") == 1


def test_housekeeping_wakes_old_rows_at_growing_distances_and_tells_what_is_stuck(service: Service) -> None:
    # given
    service.accepted("0680")
    # when
    rounds = []
    for _ in range(20):
        rounds.append(service.keep_house())
        service.world.passes(minutes=1)
    # then
    assert [number for number, report in enumerate(rounds) if report.touched] == [2, 4, 8, 16]
    assert [report.stuck for report in rounds] == [0] * 15 + [2] * 5
    assert service.world.gauged[-1] == (2, 2, 19 * 60.0)


def test_a_row_that_cannot_be_touched_keeps_no_other_asleep_and_no_alarm_quiet(service: Service) -> None:
    # given
    service.accepted("0680", "1280")
    service.world.passes(minutes=20)
    service.world.fails("outbox.touch", NotConfirmedError())
    service.world.fails("outbox.touch", NotConfirmedError())
    # when
    report = service.keep_house()
    # then
    assert (report.waiting, report.touched, report.failed, report.stuck) == (3, 1, 2, 3)
    assert service.world.gauged == [(3, 3, 1200.0)]


def test_a_round_tells_of_every_row_that_it_touched(service: Service) -> None:
    # given two letters and a confirmation that have waited long enough
    service.accepted("0680", "1280")
    service.world.passes(minutes=3)
    # when
    report = service.keep_house()
    # then
    assert service.world.steps.count("outbox.touch") == 3
    assert (report.waiting, report.touched, report.failed, report.stuck) == (3, 3, 0, 0)


def test_a_card_of_an_unknown_form_leaves_its_line_readable(service: Service) -> None:
    # given
    service.accepted("0680")
    service.work()
    anna = service.hire("anna", "0680")
    room = service.world.tenancy.room("0680")
    service.world.tenancy.room = lambda _: room  # type: ignore[method-assign]
    room.plaintexts = lambda numbers, _: dict.fromkeys(numbers, b'{"format": 2}')  # type: ignore[method-assign]
    # then
    (line,) = service.list_deliveries(anna, None, None, None, 25).lines
    assert line.card is None


def test_a_row_is_touched_at_the_moment_of_the_round(service: Service) -> None:
    # given
    service.accepted("0680")
    service.world.passes(minutes=3)
    touched: list[tuple[OutboxTask, datetime]] = []
    service.world.outbox.touch = lambda task, at: touched.append((task, at))  # type: ignore[method-assign]
    # when
    service.keep_house()
    # then
    assert sorted(touched, key=repr) == [(task, service.world.at) for task in sorted(service.world.tasks(), key=repr)]


def test_an_empty_outbox_is_told_as_such(service: Service) -> None:
    assert service.keep_house() == service.keep_house()
    assert service.world.gauged == [(0, 0, 0.0)] * 2


def test_a_row_that_cannot_succeed_is_woken_about_once_an_hour_for_ever() -> None:
    # given
    ages = [due_age(touches) for touches in range(60)]
    # then
    assert ages == sorted(ages)
    assert all(later - earlier <= timedelta(hours=1) for earlier, later in pairwise(ages))
    assert ages[-1] > timedelta(days=2)
    assert [age / timedelta(minutes=1) for age in ages[:8]] == [2, 4, 8, 16, 32, 64, 124, 184]


def test_a_municipality_has_one_recipient_at_most(service: Service) -> None:
    for taken in (
        recipient("unit-ny", "Ny enhet", "0680", "0682"),
        recipient("unit-hoglandet", "Igen", "0682", "0684"),
    ):
        before = len(service.world.usable_keys)
        with pytest.raises(RecipientExistsError):
            service.create_recipient(taken)
        assert len(service.world.usable_keys) == before


@pytest.mark.parametrize(
    ("faulty", "faults"),
    [
        pytest.param(recipient("9999", "X"), [("/municipalities/0", "unknownMunicipality")], id="unknown municipality"),
        pytest.param(
            replace(recipient("0682", "X"), municipalities=()),
            [("/id", "invalid"), ("/municipalities", "required")],
            id="no municipality",
        ),
        pytest.param(
            recipient("unit-x", "X", "0682", "0682"), [("/municipalities", "repeated")], id="repeated municipality"
        ),
        pytest.param(
            recipient("0682", "X", extended_questions=frozenset({"favouriteColour"})),
            [("/extendedQuestions", "unknownQuestion")],
            id="unknown question",
        ),
        pytest.param(
            recipient("0682", "X", extended_questions=frozenset({"name"})),
            [("/extendedQuestions", "unknownQuestion")],
            id="core question",
        ),
        pytest.param(
            recipient("0682", "X", assignments=frozenset()), [("/assignments", "required")], id="no assignment"
        ),
        pytest.param(
            recipient("unit-höglandet", "X", "0682", "0684"), [("/id", "invalid")], id="foreign letters in the id"
        ),
        pytest.param(recipient("UNIT_X", "X", "0682", "0684"), [("/id", "invalid")], id="capitals in the id"),
        pytest.param(recipient("unit#x", "X", "0682", "0684"), [("/id", "invalid")], id="separator in the id"),
        pytest.param(recipient("0684", "X", "0682"), [("/id", "invalid")], id="id of another municipality"),
        pytest.param(
            recipient("unit#x", "X", "9999", "0682", "9999", assignments=frozenset()),
            [
                ("/municipalities/0", "unknownMunicipality"),
                ("/municipalities/2", "unknownMunicipality"),
                ("/id", "invalid"),
                ("/assignments", "required"),
                ("/municipalities", "repeated"),
            ],
            id="everything at once",
        ),
    ],
)
def test_a_recipient_that_makes_no_sense_is_not_created(
    service: Service, faulty: Recipient, faults: list[tuple[str, str]]
) -> None:
    # when
    with pytest.raises(InvalidAnswersError) as refused:
        service.create_recipient(faulty)
    # then
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == faults
    assert faulty.id not in service.world.recipients


def test_a_recipient_gets_a_key_of_its_own_and_may_switch_on_every_extended_question(service: Service) -> None:
    # when
    created = service.create_recipient(recipient("0682", "Nässjö", extended_questions=every_extended_question()))
    # then
    assert created.key_arn.startswith("arn:aws:kms:eu-north-1:111122223333:key/0682-")
    assert service.world.recipients["0682"] == created
    assert created.extended_questions == every_extended_question()


def test_a_self_test_is_counted_by_level_and_not_kept(service: Service) -> None:
    # when
    outcome = service.take_self_test(["familjehem"], self_test_answers())
    # then
    assert service.world.levels == {outcome.level: 1}


def test_all_municipalities_are_listed_in_swedish_order_with_whoever_serves_them(service: Service) -> None:
    # when
    municipalities, serving = service.list_recipients()
    # then
    names = [one.name for one in municipalities]
    assert len(names) == 290
    assert names[0] == "Ale"
    assert names[-1] == "Övertorneå"
    assert names.index("Åmål") < names.index("Ängelholm") < names.index("Öckerö")
    assert serving["0687"].id == "unit-hoglandet"


def test_a_receipt_code_is_read_as_people_write_it(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    # then
    assert canonical(receipt.receipt_code, RECEIPT_CODE_CHARACTERS) == receipt.receipt_code
    assert service.submit(submission("0680", key=uuid4())).receipt.receipt_code != receipt.receipt_code
