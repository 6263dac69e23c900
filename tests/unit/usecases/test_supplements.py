"""A supplement on its way, and the consent that recipients may know of each other; each step safe to repeat."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest

from familjehem.domain.application import MOST_SUPPLEMENTS, Receipt
from familjehem.domain.delivery import DeliveryState
from familjehem.domain.errors import (
    ApplicationErasedError,
    ApplicationNotFoundError,
    KeyReusedError,
    LetterUnreadableError,
    NobodyToSupplementError,
    NotConfirmedError,
    ProtectedIdentityError,
    RecipientsUnavailableError,
    SharingNotAskedError,
    TooManySupplementsError,
    Unavailable,
)
from familjehem.domain.identifiers import digest
from familjehem.domain.outbox import NoticeTask, Occasion, SupplementTask
from familjehem.domain.purpose import Purpose
from familjehem.domain.recipient import RecipientState
from familjehem.domain.texts import text
from familjehem.ports import ApplicationChangedError
from familjehem.usecases.supplement_application import Addition
from tests.builders import MARKED_VALUES
from tests.service import ADDRESS, FIVE, MAILBOX, Service

NEW_NUMBER = "070-174 06 08"


def receipt_of(service: Service, *municipalities: str) -> Receipt:
    return service.accepted(*(municipalities or FIVE)).receipt


def delivered(service: Service, *municipalities: str) -> Receipt:
    receipt = receipt_of(service, *municipalities)
    service.work()
    service.world.mails.clear()
    return receipt


def number_of(receipt: Receipt, recipient: str) -> str:
    return next(one.number for one in receipt.promises if one.recipient == recipient)


class WithdrawingVault:
    """A vault beside which the applicant withdraws, while something is put."""

    def __init__(self, service: Service, receipt: Receipt) -> None:
        self.service, self.receipt = service, receipt
        self.puts: list[Purpose] = []

    def put(self, recipient: str, number: str, purpose: Purpose, ciphertext: bytes, version: int = 1) -> None:
        if not self.puts:
            self.service.withdraw(self.receipt.reference, self.receipt.receipt_code, ADDRESS, None)
        self.puts.append(purpose)


class TestAccept:
    def test_a_supplement_stands_sealed_for_every_recipient_in_one_commit(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        service.world.steps.clear()
        # when
        found = service.supplemented(receipt, "Vi har flyttat.", mobile=NEW_NUMBER)
        # then
        assert (found.record.number, found.replayed) == (1, False)
        assert found.promises == receipt.promises
        assert found.record.submitted_at == service.world.at
        assert {task.version for task in service.world.waiting_supplements} == {2}
        assert len(service.world.supplement_wraps) == 5
        assert service.world.steps.count("intake.supplement") == 1
        stored = repr([service.world.supplements, service.world.applications, service.world.waiting_supplements])
        assert not [mark for mark in (*MARKED_VALUES, "flyttat") if mark in stored]

    def test_each_data_key_is_fresh_and_bound_to_recipient_and_delivery(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        # when
        service.supplemented(receipt, "Hej")
        # then
        wraps = [wrap for _, wrap in service.world.supplement_wraps.values()]
        contexts = [service.world.made_keys[wrap][1] for wrap in wraps]
        assert len({service.world.made_keys[wrap][2] for wrap in wraps}) == 5
        assert contexts == [{"recipient": one.recipient, "delivery": one.number} for one in receipt.promises]

    def test_the_same_again_gives_the_same_and_other_content_is_refused(self, service: Service) -> None:
        # given
        receipt, key = delivered(service), uuid4()
        first = service.supplemented(receipt, "Hej", key=key)
        service.world.passes(hours=1)
        # when
        again = service.supplemented(receipt, "Hej", key=key)
        # then
        assert again == replace(first, replayed=True)
        with pytest.raises(KeyReusedError):
            service.supplemented(receipt, "Hej då", key=key)
        assert len(service.world.supplements) == 1

    def test_the_same_again_is_the_same_though_nobody_reads_any_more(self, service: Service) -> None:
        # given
        receipt, key = delivered(service, "0680"), uuid4()
        first = service.supplemented(receipt, "Hej", key=key)
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
        # then
        assert service.supplemented(receipt, "Hej", key=key) == replace(first, replayed=True)

    def test_two_at_once_are_one(self, service: Service) -> None:
        # given
        receipt, key = delivered(service), uuid4()
        # when
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: service.supplemented(receipt, "Hej", key=key), range(4)))
        # then
        assert sorted(one.replayed for one in found) == [False, True, True, True]
        assert {one.record for one in found} == {found[0].record}
        assert len(service.world.waiting_supplements) == 5

    def test_two_different_at_once_are_both_accepted(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        # when
        with ThreadPoolExecutor(3) as pool:
            found = list(pool.map(lambda index: service.supplemented(receipt, f"Hej {index}"), range(3)))
        # then
        assert sorted(one.record.number for one in found) == [1, 2, 3]
        assert {task.version for task in service.world.waiting_supplements} == {2, 3, 4}

    def test_what_changed_meanwhile_is_read_again(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        service.world.fails("intake.supplement", ApplicationChangedError())
        # then
        assert not service.supplemented(receipt, "Hej").replayed

    def test_what_keeps_changing_is_not_confirmed(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        for _ in range(4):
            service.world.fails("intake.supplement", ApplicationChangedError())
        # then
        with pytest.raises(NotConfirmedError):
            service.supplemented(receipt, "Hej")

    @pytest.mark.parametrize(("erased", "error"), [(True, ApplicationErasedError), (False, ApplicationNotFoundError)])
    def test_an_application_that_goes_meanwhile_is_told_to_be_gone(
        self, service: Service, erased: bool, error: type[Exception]
    ) -> None:
        # given
        receipt = delivered(service)
        row = service.world.applications[receipt.reference]

        class GoneError(ApplicationChangedError):
            def __init__(self) -> None:
                super().__init__()

        original = service.world.intake.supplement

        def gone(_: object) -> None:
            if erased:
                service.world.applications[receipt.reference] = replace(row, erased_at=service.world.at)
            else:
                del service.world.applications[receipt.reference]
            raise GoneError

        service.world.intake.supplement = gone  # type: ignore[method-assign]
        # then
        with pytest.raises(error):
            service.supplemented(receipt, "Hej")
        service.world.intake.supplement = original  # type: ignore[method-assign]

    def test_a_lost_answer_is_mended_by_a_repeat(self, service: Service) -> None:
        # given
        receipt, key = delivered(service), uuid4()
        service.world.fails("intake.supplement", NotConfirmedError(), after=True)
        with pytest.raises(NotConfirmedError):
            service.supplemented(receipt, "Hej", key=key)
        # then
        assert service.supplemented(receipt, "Hej", key=key).replayed
        assert len(service.world.waiting_supplements) == 5

    def test_a_wrong_code_is_refused_and_counted(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        # then
        with pytest.raises(ApplicationNotFoundError):
            service.supplemented(replace(receipt, receipt_code="0000-0000-0000-0000"), "Hej")
        assert service.world.failures.total() == 1
        assert service.world.attempts.failures(ADDRESS, service.world.at) == 1

    def test_its_row_and_its_content_are_told_by_keyed_digests_of_their_own(self, service: Service) -> None:
        # given
        receipt, key = delivered(service, "0680"), uuid4()
        secret = next(iter(service.world.secrets_kept.values()))
        sent = Addition(idempotency_key=key, question_set="2026-1", answers={}, message="Hej")
        # when
        record = service.supplemented(receipt, "Hej", key=key).record
        # then
        assert record.key == digest(secret, "supplement", key.bytes)
        assert record.digest == digest(secret, "supplement content", sent.canonical())

    def test_a_year_is_judged_by_the_date_in_sweden(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        child = {"birthYear": service.world.at.year, "living": "fullTime", "relation": "own"}
        # then
        assert service.supplemented(receipt, None, children=[child]).record.number == 1

    def test_what_must_never_be_sent_is_stopped_before_anything_is_looked_up(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        service.world.steps.clear()
        # then
        with pytest.raises(ProtectedIdentityError):
            service.supplemented(receipt, protectedIdentity="yes")
        assert service.world.steps == []

    def test_the_twentieth_is_the_last(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        for _ in range(MOST_SUPPLEMENTS):
            service.supplemented(receipt, "Hej")
        # then
        with pytest.raises(TooManySupplementsError):
            service.supplemented(receipt, "Hej")
        service.work()
        anna = service.hire("anna", "0680")
        opened = service.open_letter(anna, None, receipt.promises[0].number)
        assert [one.version for one in opened.supplements] == list(range(2, 22))

    def test_a_secret_that_was_rotated_meanwhile_knows_its_supplements(self, service: Service) -> None:
        # given
        receipt, key = delivered(service), uuid4()
        service.supplemented(receipt, "Hej", key=key)
        service.world.secrets_kept = {"2": b"another secret, just as long as the first", **service.world.secrets_kept}
        # then
        assert service.supplemented(receipt, "Hej", key=key).replayed


class TestRecipients:
    def test_each_gets_what_it_asks_and_who_asks_none_of_it_gets_nothing(self, service: Service) -> None:
        # given Jönköping alone asks of smoking
        receipt = delivered(service, "0180", "0680")
        # when
        alone = service.supplemented(receipt, smoking="none")
        both = service.supplemented(receipt, smoking="none", mobile=NEW_NUMBER)
        service.work()
        # then
        assert [one.recipient for one in alone.promises] == ["0680"]
        assert [one.recipient for one in both.promises] == ["0180", "0680"]
        anna, maria = service.hire("anna", "0680"), service.hire("maria", "0180")
        mine = service.open_letter(anna, None, number_of(receipt, "0680")).supplements
        others = service.open_letter(maria, None, number_of(receipt, "0180")).supplements
        assert [(one.version, [item.name for item in one.items]) for one in mine] == [
            (2, ["smoking"]),
            (3, ["mobile", "smoking"]),
        ]
        # and Stockholm cannot tell that there was another before
        assert [(one.version, [item.name for item in one.items]) for one in others] == [(2, ["mobile"])]

    def test_content_and_size_are_the_same_whoever_else_was_chosen(self, service: Service) -> None:
        # given
        alone, one_of_five = delivered(service, "0180"), delivered(service, *FIVE)
        # when
        for receipt in (alone, one_of_five):
            service.supplemented(receipt, "Vi har flyttat.", mobile=NEW_NUMBER)
        service.work()
        # then
        maria = service.hire("maria", "0180")
        numbers = [number_of(receipt, "0180") for receipt in (alone, one_of_five)]
        first, second = (service.open_letter(maria, None, number).supplements for number in numbers)
        assert first == second
        sizes = {
            number: [
                len(service.world.supplement_objects["0180", number, 2, purpose])
                for purpose in (Purpose.SUPPLEMENT, Purpose.CARD)
            ]
            for number in numbers
        }
        assert sizes[numbers[0]] == sizes[numbers[1]]

    def test_who_was_withdrawn_or_has_closed_the_matter_gets_nothing(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, number_of(receipt, "0180"))
        key = ("1280", number_of(receipt, "1280"))
        service.world.deliveries[key] = replace(service.world.deliveries[key], state=DeliveryState.CLOSED)
        service.world.recipients["1480"] = replace(service.world.recipients["1480"], state=RecipientState.CLOSED)
        # when
        found = service.supplemented(receipt, "Hej")
        # then
        assert [one.recipient for one in found.promises] == ["0680", "unit-hoglandet"]

    @pytest.mark.parametrize("state", [RecipientState.PAUSED, RecipientState.LEAVING])
    def test_who_takes_no_new_applications_still_gets_supplements(
        self, service: Service, state: RecipientState
    ) -> None:
        # given
        receipt = delivered(service, "0680")
        service.world.recipients["0680"] = replace(service.world.recipients["0680"], state=state)
        # then
        assert service.supplemented(receipt, "Hej").promises == receipt.promises

    def test_when_nobody_is_left_it_is_said(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
        # then
        with pytest.raises(NobodyToSupplementError):
            service.supplemented(receipt, "Hej")

    def test_one_whose_key_cannot_be_used_is_named_and_nothing_is_stored(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        service.world.usable_keys[service.world.recipients["0680"].key_arn] = False
        # then
        with pytest.raises(RecipientsUnavailableError) as refused:
            service.supplemented(receipt, "Hej")
        assert refused.value.unavailable == (Unavailable(("0680",), "0680", "Jönköping", "keyUnavailable"),)
        assert not service.world.supplements

    def test_a_key_that_was_not_made_is_not_confirmed(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        service.world.fails("data_keys.make", NotConfirmedError())
        # then
        with pytest.raises(NotConfirmedError):
            service.supplemented(receipt, "Hej")
        assert not service.world.supplements


class TestDelivery:
    def test_it_comes_beside_its_letter_and_its_notice_stands_in_its_place(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        number = receipt.promises[0].number
        service.supplemented(receipt, "Hej")
        service.world.passes(seconds=3)
        task = SupplementTask("0680", number, 2)
        # when
        did, again = service.deliver_supplement(task), service.deliver_supplement(task)
        # then
        assert (did, again) == (True, False)
        assert set(service.world.supplement_objects) == {
            ("0680", number, 2, Purpose.SUPPLEMENT),
            ("0680", number, 2, Purpose.CARD),
        }
        assert list(service.world.notices) == [NoticeTask("0680", number, Occasion.SUPPLEMENTED, 2)]
        assert service.world.deliveries["0680", number].supplemented_at == service.world.at
        assert service.world.counted == {("0680", "2026-11"): 1}

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("step", ["supplement_queue.read", "vault.put", "supplement_queue.delivered"])
    def test_a_crash_at_any_step_is_mended_by_a_repeat(self, service: Service, step: str, *, after: bool) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, "Hej")
        (task,) = service.world.waiting_supplements
        service.world.fails(step, NotConfirmedError(), after=after)
        with pytest.raises(NotConfirmedError):
            service.deliver_supplement(task)
        # when
        service.deliver_supplement(task)
        # then
        assert not service.world.waiting_supplements
        assert len(service.world.supplement_objects) == 2
        assert len(service.world.deliveries["0680", task.number].received_supplements) == 1

    def test_one_that_was_neither_delivered_nor_withdrawn_and_yet_waits_is_not_confirmed(
        self, service: Service
    ) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, "Hej")
        (task,) = service.world.waiting_supplements
        del service.world.deliveries["0680", task.number]
        # then
        with pytest.raises(NotConfirmedError):
            service.deliver_supplement(task)

    def test_one_that_was_withdrawn_between_is_left_alone(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, "Hej")
        (task,) = service.world.waiting_supplements
        queued = service.world.waiting_supplements[task]
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
        # then
        assert not service.world.supplement_queue.delivered(queued, service.world.at)
        assert not service.deliver_supplement(task)

    def test_one_that_was_withdrawn_while_it_was_put_was_not_delivered_by_this_call(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, "Hej")
        (task,) = service.world.waiting_supplements
        vault = WithdrawingVault(service, receipt)
        # when
        done = replace(service.deliver_supplement, vault=vault)(task)
        # then
        assert not done
        assert vault.puts == [Purpose.SUPPLEMENT, Purpose.CARD]
        assert not service.world.waiting_supplements

    def test_order_does_not_matter(self, service: Service) -> None:
        # given a letter that waits
        receipt = receipt_of(service, "0680")
        service.supplemented(receipt, "Först", mobile=NEW_NUMBER)
        service.supplemented(receipt, "Sedan")
        # when
        for task in sorted(service.world.waiting_supplements, reverse=True):
            service.deliver_supplement(task)
        service.work()
        # then
        anna = service.hire("anna", "0680")
        opened = service.open_letter(anna, None, receipt.promises[0].number)
        assert [(one.version, one.message) for one in opened.supplements] == [(2, "Först"), (3, "Sedan")]

    def test_a_notice_tells_nothing_but_that_there_is_something(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, "Kanariefågel", mobile=NEW_NUMBER)
        # when
        service.work()
        # then
        (mail,) = service.world.mails
        assert mail.subject == "En intresseanmälan har kompletterats"
        assert mail.text == text("notice.supplemented.body", recipient="Jönköping", link=MAILBOX)
        assert mail.tags == {"recipient": "0680", "kind": "notice-supplemented"}
        assert service.world.notified[NoticeTask("0680", receipt.promises[0].number, Occasion.SUPPLEMENTED, 2)]

    def test_every_supplement_has_a_notice_of_its_own(self, service: Service) -> None:
        # given a first notice that waits when the second comes
        receipt = delivered(service, "0680")
        for message in ("Hej", "Hej igen"):
            service.supplemented(receipt, message)
            service.deliver_supplement(next(iter(service.world.waiting_supplements)))
        # when
        service.work()
        # then
        assert len(service.world.mails) == 2

    def test_housekeeping_wakes_a_supplement_that_waits(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, "Hej")
        (task,) = service.world.waiting_supplements
        service.world.passes(minutes=16)
        # when
        report = service.keep_house()
        # then
        assert (report.waiting, report.touched, report.stuck) == (1, 1, 1)
        assert service.world.touches[task] == 1


class TestWithdrawal:
    def test_a_queued_delivery_goes_with_its_supplements(self, service: Service) -> None:
        # given
        receipt = receipt_of(service, "0680")
        service.supplemented(receipt, "Hej")
        service.deliver_supplement(next(iter(service.world.waiting_supplements)))
        service.supplemented(receipt, "Hej igen")
        # when
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
        # then
        assert not service.world.supplement_wraps
        assert not service.world.wraps
        service.work()
        assert [mail.subject for mail in service.world.mails] == [text("confirmation.subject")]

    def test_of_a_delivered_one_what_came_stays_and_what_waits_goes(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, "Hej")
        service.work()
        service.supplemented(receipt, "Hej igen")
        service.world.mails.clear()
        # when
        service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
        service.work()
        # then
        assert [mail.subject for mail in service.world.mails] == [text("notice.withdrawn.subject")]
        opened = service.open_letter(service.hire("anna", "0680"), None, receipt.promises[0].number)
        assert [one.message for one in opened.supplements] == ["Hej"]


class TestReading:
    def test_the_list_shows_whom_to_call_now(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, mobile="070-174 06 09", name="Prov Nytt-Kanarie")
        service.supplemented(receipt, mobile=NEW_NUMBER, startWindow="now", bestContactTime=["morning"])
        service.supplemented(receipt, "Bara ett ord")
        # when
        service.work()
        anna = service.hire("anna", "0680")
        (line,) = service.list_deliveries(anna, None, None, None, 25).lines
        # then
        assert line.card is not None
        assert (line.card.name, line.card.telephone) == ("Prov Nytt-Kanarie", "+46701740608")
        assert (line.card.best_time, line.card.start_window) == (("morning",), "now")
        assert line.delivery.supplemented_at == service.world.at
        # and the letter stays as it was received
        opened = service.open_letter(anna, None, line.delivery.number)
        assert opened.letter.answers["mobile"] == "+46701740605"
        assert [len(one.items) for one in opened.supplements] == [2, 3, 0]

    def test_a_card_whose_correction_cannot_be_opened_is_not_shown(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, mobile=NEW_NUMBER)
        service.work()
        service.world.supplement_wraps.clear()
        # then
        anna = service.hire("anna", "0680")
        (line,) = service.list_deliveries(anna, None, None, None, 25).lines
        assert line.card is None
        with pytest.raises(LetterUnreadableError):
            service.open_letter(anna, None, line.delivery.number)

    def test_a_room_that_gives_too_few_hides_none(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, "Hej")
        service.work()
        room = type(service.world.tenancy.room("0680"))
        monkeypatch.setattr(room, "supplements", lambda _, deliveries, __: {one.number: () for one in deliveries})
        # then
        with pytest.raises(ValueError, match="zip"):
            service.open_letter(service.hire("anna", "0680"), None, number_of(receipt, "0680"))

    def test_the_line_of_the_access_log_stands_before_a_supplement_is_opened(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        service.supplemented(receipt, "Hej")
        service.work()
        anna = service.hire("anna", "0680")
        service.world.fails("room.opened", NotConfirmedError())
        service.world.steps.clear()
        # then
        with pytest.raises(NotConfirmedError):
            service.open_letter(anna, None, receipt.promises[0].number)
        assert "room.supplements" not in service.world.steps


class TestConsent:
    def test_it_is_taken_back_and_given_again_and_told(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        given = service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
        # when
        told = [
            service.share(receipt.reference, receipt.receipt_code, ADDRESS, share=share).share_recipients
            for share in (False, False, True, False)
        ]
        # then
        assert given.share_recipients is True
        assert told == [False, False, True, False]
        assert service.world.applications[receipt.reference].share_recipients is False
        found = service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
        assert found == replace(given, share_recipients=False)

    def test_with_one_recipient_there_is_nothing_to_say(self, service: Service) -> None:
        # given
        receipt = delivered(service, "0680")
        # then
        assert service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS).share_recipients is None
        with pytest.raises(SharingNotAskedError):
            service.share(receipt.reference, receipt.receipt_code, ADDRESS, share=False)

    def test_an_application_that_was_erased_meanwhile_is_told_to_be_gone(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        service.world.fails("intake.share", ApplicationChangedError())
        # then
        with pytest.raises(ApplicationErasedError):
            service.share(receipt.reference, receipt.receipt_code, ADDRESS, share=False)

    def test_a_wrong_code_changes_nothing(self, service: Service) -> None:
        # given
        receipt = delivered(service)
        # then
        with pytest.raises(ApplicationNotFoundError):
            service.share(receipt.reference, "0000-0000-0000-0000", ADDRESS, share=False)
        assert service.world.applications[receipt.reference].share_recipients is True
        # but counts against the address that it came from
        assert service.world.attempts.failures(ADDRESS, service.world.at) == 1


def test_the_content_of_a_supplement_is_told_apart_by_all_of_its_parts() -> None:
    # given
    base = Addition(idempotency_key=uuid4(), question_set="2026-1", answers={"name": "A", "email": "b"}, message="c")
    # then
    assert base.canonical() == replace(base, answers={"email": "b", "name": "A"}, idempotency_key=uuid4()).canonical()
    others = [replace(base, question_set="2026-2"), replace(base, answers={}), replace(base, message=None)]
    assert len({one.canonical() for one in (base, *others)}) == 4
    assert base.canonical() == b'["2026-1",{"email":"b","name":"A"},"c"]'
