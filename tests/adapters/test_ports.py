"""The port suite: what every player of a port must do, the fake as the adapter."""

import base64
import json
from dataclasses import replace
from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from familjehem.domain.access_log import NOTHING, START, StoredDigest, check_lines
from familjehem.domain.access_review import Confirmation, Review, ReviewFinding
from familjehem.domain.application import DeliveryPromise
from familjehem.domain.assignment import Assignment
from familjehem.domain.calendar import swedish_date
from familjehem.domain.delivery import (
    DeliveryState,
    ErasureReason,
    NextStep,
    Origin,
    Others,
    Reader,
    ReceivedSupplement,
)
from familjehem.domain.erasure import erased, held
from familjehem.domain.errors import (
    ChallengeRefusedError,
    DeliveryNotFoundError,
    LetterUnreadableError,
    MalformedRequestError,
    RecipientClosedError,
    RecipientExistsError,
)
from familjehem.domain.expiry import Clock as LetterClock
from familjehem.domain.handling import Colleague, Event, Handled
from familjehem.domain.inbox import Counts, Handling, View
from familjehem.domain.membership import AccessEntry, AccessKind, AccessReason, Membership, Role
from familjehem.domain.outbox import (
    AccessOccasion,
    AccessTask,
    CalledTask,
    ConfirmationTask,
    ErasureTask,
    ExpiryTask,
    LetterTask,
    NoticeTask,
    Occasion,
    ReminderTask,
    ReportTask,
    Stage,
    SupplementTask,
)
from familjehem.domain.recipient import PublicContact, RecipientState
from familjehem.domain.recipient_settings import RecipientSettings
from familjehem.domain.reminder import Overdue
from familjehem.domain.retention import Retention
from familjehem.domain.roster import Member, Roster, RosterChange, RosterKind
from familjehem.domain.sealing import CONTACT_OWNER, Label, Purpose, contact_context, unseal
from familjehem.domain.tally import Level, Scope
from familjehem.ports import (
    AddressRefusedError,
    AlreadyAcceptedError,
    ApplicationChangedError,
    ChallengeSpentError,
    Condemned,
    DeliveryChangedError,
    Page,
    RecipientChangedError,
    RosterChangedError,
)
from tests.adapters import families
from tests.adapters.houses import at

MONTH = "2026-11"


def entry(*numbers, **changes):
    """Give what a line of the access log tells of an opening."""
    told = {"person": "person-1", "name": "Prov Ett", "role": Role.READER, "kind": AccessKind.OPEN}
    return AccessEntry(**{"at": at(14), **told, "deliveries": numbers, **changes})


class TestDirectory:
    def test_gives_recipients_as_they_were_added_in_order_of_id(self, house):
        unit = families.recipient(house, "unit-norr", "2580", "2514")
        one = families.recipient(house, "0680")

        assert list(house.directory.all()) == [one, unit]
        assert house.directory.get("unit-norr") == unit
        assert house.directory.get("0180") is None

    def test_tells_who_serves_a_municipality_and_that_nobody_does(self, house):
        unit = families.recipient(house, "unit-norr", "2580", "2514")

        served = house.directory.serving(["2514", "0180", "9999", "#", "2580"])

        assert served == {"2514": unit, "0180": None, "9999": None, "#": None, "2580": unit}

    def test_refuses_a_second_claim_and_stores_nothing_of_it(self, house):
        one = families.recipient(house, "0680")

        with pytest.raises(RecipientExistsError):
            families.recipient(house, "unit-syd", "0180", "0680")
        with pytest.raises(RecipientExistsError):
            families.recipient(house, "0680", "0180")

        assert list(house.directory.all()) == [one]
        assert house.directory.serving(["0180"]) == {"0180": None}


class TestIntake:
    def test_stores_an_application_with_all_that_belongs_to_it(self, house):
        recipients = [families.recipient(house, "0680"), families.recipient(house, "unit-norr", "2580")]
        application = families.sealed(house, *recipients, confirmation=True, challenge=families.challenge())

        house.intake.accept(application)

        assert house.intake.find(["REF-none", application.application.reference]) == application.application
        found = house.intake.deliveries(application.application.promises)
        assert found == {each.delivery.number: each.delivery for each in application.deliveries}
        for each in application.deliveries:
            queued = house.letter_queue.read(LetterTask(each.delivery.recipient, each.delivery.number))
            assert (queued.letter, queued.card, queued.queued_at) == (each.letter, each.card, each.delivery.queued_at)
        assert house.notice_queue.confirmation(application.confirmation.task) == application.confirmation
        assert house.families_in(MONTH) == 1
        scopes = [Scope(Level.NATION), *(Scope(Level.RECIPIENT, one.id) for one in recipients)]
        assert all(house.tallied(one, MONTH) == {"count": 1, "nation_families": 1} for one in scopes)
        assert house.tallied(Scope(Level.RECIPIENT, "0180"), MONTH) == {}

    def test_finds_nothing_by_a_reference_that_is_none(self, house):
        assert house.intake.find(["REF#1", ""]) is None
        assert house.intake.find([]) is None

    def test_accepts_once_and_says_so_before_anything_else(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one, challenge=families.challenge())
        house.change(replace(one, state=RecipientState.PAUSED))

        with pytest.raises(AlreadyAcceptedError):
            house.intake.accept(application)

        assert house.families_in(MONTH) == 1

    @pytest.mark.parametrize(
        "change",
        [{"state": RecipientState.PAUSED}, {"membership_version": 2}, {"key_arn": "arn:aws:kms:x:1:key/other"}],
        ids=["paused", "membership", "key"],
    )
    def test_refuses_by_name_a_recipient_that_changed_and_stores_nothing(self, house, change):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        application = families.sealed(house, one, other, challenge=families.challenge(), confirmation=True)
        house.change(replace(other, **change))

        with pytest.raises(RecipientChangedError) as refusal:
            house.intake.accept(application)

        assert refusal.value.recipients == ("0180",)
        assert house.intake.find([application.application.reference]) is None
        assert house.intake.deliveries(application.application.promises) == {}
        assert list(house.outbox.waiting()) == []
        assert house.families_in(MONTH) == 0

    def test_takes_a_challenge_once(self, house):
        one = families.recipient(house)
        families.accepted(house, one, challenge=families.challenge())

        with pytest.raises(ChallengeSpentError):
            families.accepted(house, one, challenge=families.challenge())

    def test_counts_a_family_in_the_month_that_sweden_lives_in(self, house):
        one = families.recipient(house)

        families.accepted(house, one, queued_at=at(23, 30).replace(day=30))

        assert (house.families_in("2026-11"), house.families_in("2026-12")) == (0, 1)

    def test_never_tells_the_applicant_who_handles_a_delivery(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        house.handle(application.deliveries[0].delivery, "person-1")

        found = house.intake.deliveries(application.application.promises)

        assert [delivery.handler for delivery in found.values()] == [None]


class TestWithdrawal:
    def test_erases_a_queued_delivery_with_its_letter_and_wrap(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        delivery = application.deliveries[0].delivery
        queued = house.letter_queue.read(LetterTask(one.id, delivery.number))

        house.intake.withdraw(delivery, at(14))

        found = house.intake.deliveries(application.application.promises)[delivery.number]
        assert (found.state, found.withdrawn_at, found.readable) == (DeliveryState.WITHDRAWN, at(14), False)
        assert list(house.outbox.waiting()) == []
        assert house.letter_queue.delivered(queued, at(15)) is False
        house.vault.put(one.id, delivery.number, Purpose.LETTER, queued.letter)
        room = house.tenancy.room(one.id)
        assert room.plaintexts([delivery.number], Purpose.LETTER) == {delivery.number: None}
        assert room.delivery(delivery.number) is None
        assert room.page(families.asked(), None, 10) == Page((), None)

    def test_tells_the_recipient_of_a_delivered_one_and_leaves_the_letter(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        room = house.tenancy.room(one.id)
        house.notice_queue.sent(NoticeTask(one.id, number, Occasion.NEW), at(13, 5))

        house.intake.withdraw(room.delivery(number), at(14))

        assert room.delivery(number).state is DeliveryState.WITHDRAWN
        assert [row.task for row in house.outbox.waiting()] == [NoticeTask(one.id, number, Occasion.WITHDRAWN)]
        assert room.plaintexts([number], Purpose.LETTER) == {number: f"letter {number}".encode()}

    def test_refuses_one_that_is_no_longer_as_it_was_read(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        delivery = application.deliveries[0].delivery
        queued = house.letter_queue.read(LetterTask(one.id, delivery.number))
        house.letter_queue.delivered(queued, at(13))

        with pytest.raises(DeliveryChangedError):
            house.intake.withdraw(delivery, at(14))

        assert families.state(house, application) is DeliveryState.DELIVERED


class TestErasure:
    def closed(self, house, one, number):
        """Close a delivery, with a note, as the mailbox would."""
        room = house.tenancy.room(one.id)
        before = room.delivery(number)
        after = replace(before, state=DeliveryState.CLOSED, handlings=1, settled_at=at(14))
        told = Event(id="a" * 32, step=1, at=at(14), kind=AccessKind.OUTCOME, person="p", name="P", content=b"said")
        room.handle(Handled(before, after, told, Role.CASE_WORKER))
        return after

    def decided(self, house, one, number, **changes):
        before = replace(self.closed(house, one, number), **changes)
        after = replace(erased(before, ErasureReason.FAMILY_ASKED, at(15)), handlings=2)
        event = Event(id="b" * 32, step=2, at=at(15), kind=AccessKind.ERASE, person="p", name="P")
        house.tenancy.room(one.id).handle(Handled(before, after, event, Role.CASE_WORKER))
        return ErasureTask(one.id, number)

    def test_tells_the_clock_of_every_letter_and_of_nothing_else(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        families.accepted(house, one)
        families.delivered(house, other)
        number, kept = families.delivered(house, one), families.delivered(house, one)
        self.closed(house, one, number)

        found = {clock.number: clock for clock in house.disposals.clocks(one.id)}

        assert set(found) == {number, kept}
        assert (found[number].state, found[number].settled_at, found[number].held) == (
            DeliveryState.CLOSED,
            at(14),
            False,
        )
        assert found[kept] == LetterClock.of(house.tenancy.room(one.id).delivery(kept))

    def test_knows_whether_its_recipient_was_told_and_has_it_told_again(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        notice = NoticeTask(one.id, number, Occasion.NEW)
        assert [clock.told for clock in house.disposals.clocks(one.id)] == [False]
        house.notice_queue.sent(notice, at(14))
        assert [clock.told for clock in house.disposals.clocks(one.id)] == [True]

        for hour in (15, 16):
            house.outbox.tell_again(notice, at(hour))

        assert [row.queued_at for row in house.outbox.waiting() if row.task == notice] == [at(15)]

    def test_warns_of_letters_in_one_mail(self, house):
        one = families.recipient(house)
        numbers = [families.delivered(house, one), families.delivered(house, one)]
        day = at(14).date()
        before = {row.task for row in house.outbox.waiting()}

        house.disposals.warn(one.id, numbers, day, at(14))
        house.disposals.warn(one.id, numbers, day, at(15))

        task = ExpiryTask(one.id)
        assert {row.task for row in house.outbox.waiting()} - before == {task}
        assert [house.tenancy.room(one.id).delivery(number).warned_on for number in numbers] == [day, day]
        assert house.notice_queue.waits(task)
        house.notice_queue.sent(task, at(16))
        house.notice_queue.sent(task, at(16))
        assert not house.notice_queue.waits(task)

    def test_decides_by_rule_what_is_as_it_was_read_and_only_once(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        (clock,) = house.disposals.clocks(one.id)

        assert house.disposals.decide(clock, at(15)) is True
        assert house.disposals.decide(clock, at(16)) is False

        room = house.tenancy.room(one.id)
        assert room.delivery(number) is None
        assert room.page(families.asked(), None, 10) == Page((), None)
        (erasure,) = room.erasures()
        assert (erasure.number, erasure.reason, erasure.decided_at) == (number, ErasureReason.RULE, at(15))
        assert house.disposals.condemned(ErasureTask(one.id, number)) == Condemned(erasure, 1)

    def test_never_decides_by_rule_what_is_exempt_or_has_had_a_supplement_since(self, house):
        one = families.recipient(house)
        number, other = families.delivered(house, one), families.delivered(house, one)
        clocks = list(house.disposals.clocks(one.id))
        room = house.tenancy.room(one.id)
        before = room.delivery(number)
        event = Event(id="c" * 32, step=1, at=at(14), kind=AccessKind.HOLD, person="p", name="P")
        room.handle(Handled(before, replace(held(before), handlings=1), event, Role.CASE_WORKER))
        families.supplemented(house, families.reference_of(other))

        assert [house.disposals.decide(clock, at(15)) for clock in clocks] == [False, False]
        assert [clock.held for clock in house.disposals.clocks(one.id) if clock.number == number] == [True]

    def test_destroys_wraps_objects_and_notes_and_leaves_a_tombstone(self, house):
        one = families.recipient(house)
        number, kept = families.delivered(house, one), families.delivered(house, one)
        families.supplemented(house, families.reference_of(number), come=at(13))
        before = {row.task for row in house.outbox.waiting()}
        task = self.decided(house, one, number)
        assert {row.task for row in house.outbox.waiting()} - before == {task}
        condemned = house.disposals.condemned(task)
        assert (condemned.versions, condemned.erasure.erased_at, house.wraps_of(one.id, number)) == (2, None, 2)

        for hour in (16, 17):
            house.disposals.destroy(condemned, at(hour))
        assert house.shredder.shred(one.id, number) == 4
        assert house.shredder.shred(one.id, number) == 0
        for _ in range(2):
            house.disposals.forget(task)
            house.disposals.done(task)

        (erasure,) = house.tenancy.room(one.id).erasures()
        assert (erasure.decided_at, erasure.erased_at, erasure.reason) == (at(15), at(16), ErasureReason.FAMILY_ASKED)
        assert (house.wraps_of(one.id, number), house.objects_of(one.id, number)) == (0, 0)
        assert house.events(one.id, number) == []
        assert task not in {row.task for row in house.outbox.waiting()}
        (told,) = house.intake.deliveries(
            [DeliveryPromise(number=number, recipient=one.id, recipient_name="", municipalities=())]
        ).values()
        assert (told.state, told.assignments, told.received_at) == (DeliveryState.ERASED, (), erasure.received_at)
        assert house.wraps_of(one.id, kept) == 1
        assert house.objects_of(one.id, kept) == 2

    def test_knows_of_nothing_to_destroy_where_nothing_was_decided(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)

        assert house.disposals.condemned(ErasureTask(one.id, number)) is None
        assert house.disposals.condemned(ErasureTask(one.id, "none")) is None

    def test_decides_again_what_was_restored_whatever_has_become_of_it_but_nothing_that_waits(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        waiting = families.accepted(house, one).deliveries[0].delivery.number
        self.closed(house, one, number)
        tasks = [ErasureTask(one.id, each) for each in (number, waiting, "none")]

        for _ in range(2):
            found = [house.disposals.decide_again(task, ErasureReason.FAMILY_ASKED, at(16)) for task in tasks]
            assert found == [True, False, False]

        condemned = house.disposals.condemned(tasks[0])
        assert (condemned.erasure.reason, condemned.erasure.decided_at) == (ErasureReason.FAMILY_ASKED, at(16))
        assert house.stored_task(tasks[0])
        assert not house.stored_task(tasks[1])

    def test_refuses_a_decision_about_what_has_had_a_supplement_since(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        families.supplemented(house, families.reference_of(number), come=at(13))

        with pytest.raises(DeliveryChangedError):
            self.decided(house, one, number, supplements=0, received_supplements=())

        assert house.tenancy.room(one.id).erasures() == ()


class TestSupplement:
    def test_stores_a_supplement_with_all_that_belongs_to_it(self, house):
        recipients = [families.recipient(house, "0680"), families.recipient(house, "unit-norr", "2580")]
        reference = families.accepted(house, *recipients).application.reference

        sealed = families.supplemented(house, reference)

        assert house.intake.find([reference]) == replace(sealed.application, supplements=1)
        assert house.intake.supplement_of(reference, b"key") == sealed.record
        assert house.intake.supplement_of(reference, b"other") is None
        found = house.intake.deliveries(sealed.application.promises)
        for part in sealed.parts:
            owner, number = part.delivery.recipient, part.delivery.number
            assert found[number] == replace(part.delivery, supplements=1)
            queued = house.supplement_queue.read(SupplementTask(owner, number, 2))
            assert (queued.supplement, queued.card, queued.queued_at) == (part.supplement, part.card, at(14))
            assert house.wraps_of(owner, number) == 2

    def test_takes_one_after_another_as_versions_of_their_own(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        number = application.deliveries[0].delivery.number

        for key in (b"a", b"b"):
            families.supplemented(house, application.application.reference, key=key)

        waiting = {row.task for row in house.outbox.waiting()}
        assert waiting == {LetterTask(one.id, number), *(SupplementTask(one.id, number, each) for each in (2, 3))}
        assert house.intake.find([application.application.reference]).supplements == 2

    def test_takes_the_same_once(self, house):
        one = families.recipient(house)
        reference = families.accepted(house, one).application.reference
        sealed = families.supplemented(house, reference)

        with pytest.raises(ApplicationChangedError):
            house.intake.supplement(sealed)
        with pytest.raises(ApplicationChangedError):
            house.intake.supplement(families.supplement(house, reference))

        assert house.intake.find([reference]).supplements == 1

    @pytest.mark.parametrize("change", ["withdrawn", "erased", "key", "another"])
    def test_refuses_what_is_no_longer_as_it_was_read_and_stores_nothing(self, house, change):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        application = families.accepted(house, one, other)
        reference = application.application.reference
        sealed = families.supplement(house, reference)
        match change:
            case "withdrawn":
                house.intake.withdraw(application.deliveries[1].delivery, at(13))
            case "erased":
                house.erase(reference)
            case "key":
                house.change(replace(other, key_arn="arn:aws:kms:x:1:key/other"))
            case _:
                families.supplemented(house, reference, key=b"another")
        before = {row.task for row in house.outbox.waiting()}

        with pytest.raises(ApplicationChangedError):
            house.intake.supplement(sealed)

        assert house.intake.supplement_of(reference, b"key") is None
        assert {row.task for row in house.outbox.waiting()} == before

    def test_takes_one_to_a_delivery_that_came_meanwhile(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        sealed = families.supplement(house, application.application.reference)
        number = application.deliveries[0].delivery.number
        house.letter_queue.delivered(house.letter_queue.read(LetterTask(one.id, number)), at(13))

        house.intake.supplement(sealed)

        assert house.supplement_queue.read(SupplementTask(one.id, number, 2)) is not None

    def test_comes_once_and_leaves_the_notice_in_its_place(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        number = application.deliveries[0].delivery.number
        families.supplemented(house, application.application.reference)
        task = SupplementTask(one.id, number, 2)
        queued = house.supplement_queue.read(task)

        assert house.supplement_queue.delivered(queued, at(15)) is True
        assert house.supplement_queue.delivered(queued, at(16)) is False

        assert house.supplement_queue.read(task) is None
        found = house.intake.deliveries(application.application.promises)[number]
        assert found.received_supplements == (ReceivedSupplement(2, at(15)),)
        assert (found.supplemented_at, found.queued_supplements) == (at(15), ())
        notice = NoticeTask(one.id, number, Occasion.SUPPLEMENTED, 2)
        assert {row.task for row in house.outbox.waiting()} == {LetterTask(one.id, number), notice}
        house.notice_queue.sent(notice, at(16))
        assert not house.notice_queue.waits(notice)

    def test_lies_beside_its_letter_and_is_opened_in_order_of_version(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        application = families.reference_of(number)
        families.supplemented(house, application, key=b"a")
        families.supplemented(house, application, key=b"b")
        for version in (3, 2):
            queued = house.supplement_queue.read(SupplementTask(one.id, number, version))
            house.vault.put(one.id, number, Purpose.SUPPLEMENT, queued.supplement, version)
            house.vault.put(one.id, number, Purpose.CARD, queued.card, version)
            house.vault.put(one.id, number, Purpose.CARD, b"another", version)
            assert house.supplement_queue.delivered(queued, at(15, 10 - version))
        room = house.tenancy.room(one.id)

        delivery = room.delivery(number)

        assert delivery.received_supplements == (ReceivedSupplement(2, at(15, 8)), ReceivedSupplement(3, at(15, 7)))
        opened = room.supplements([delivery], Purpose.SUPPLEMENT)
        assert opened == {number: tuple(f"supplement {number}/{each}".encode() for each in (2, 3))}
        assert room.supplements([delivery], Purpose.CARD)[number][1] == f"card {number}/3".encode()
        assert room.plaintexts([number], Purpose.LETTER) == {number: f"letter {number}".encode()}
        assert room.page(families.asked(), None, 10).deliveries == (delivery,)
        assert room.supplements([], Purpose.CARD) == {}

    def test_cannot_be_opened_without_its_wrap_nor_by_another_recipient(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        number = families.delivered(house, one)
        families.supplemented(house, families.reference_of(number), come=at(15))
        delivery = house.tenancy.room(one.id).delivery(number)

        assert house.tenancy.room(other.id).supplements([delivery], Purpose.SUPPLEMENT) == {number: (None,)}
        house.erase_wrap(one.id, number, 2)

        assert house.tenancy.room(one.id).supplements([delivery], Purpose.SUPPLEMENT) == {number: (None,)}

    def test_goes_with_the_queued_letter_that_is_withdrawn_whether_it_came_or_waits(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        reference, number = application.application.reference, application.deliveries[0].delivery.number
        families.supplemented(house, reference, key=b"a", come=at(13))
        families.supplemented(house, reference, key=b"b")
        queued = house.supplement_queue.read(SupplementTask(one.id, number, 3))

        house.intake.withdraw(house.intake.deliveries(application.application.promises)[number], at(14))

        assert list(house.outbox.waiting()) == []
        assert house.wraps_of(one.id, number) == 0
        assert house.supplement_queue.delivered(queued, at(15)) is False

    def test_of_a_delivered_letter_that_is_withdrawn_what_came_stays_and_what_waits_goes(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        reference = families.reference_of(number)
        families.supplemented(house, reference, key=b"a", come=at(13))
        families.supplemented(house, reference, key=b"b")
        room = house.tenancy.room(one.id)

        house.intake.withdraw(room.delivery(number), at(14))

        assert [row.task for row in house.outbox.waiting()] == [NoticeTask(one.id, number, Occasion.WITHDRAWN)]
        assert house.wraps_of(one.id, number) == 2
        opened = room.supplements([room.delivery(number)], Purpose.SUPPLEMENT)
        assert opened == {number: (f"supplement {number}/2".encode(),)}

    def test_a_withdrawal_read_before_a_supplement_was_accepted_or_came_is_refused(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        reference, number = application.application.reference, application.deliveries[0].delivery.number
        read = application.deliveries[0].delivery
        families.supplemented(house, reference)

        with pytest.raises(DeliveryChangedError):
            house.intake.withdraw(read, at(14))
        read = house.intake.deliveries(application.application.promises)[number]
        house.supplement_queue.delivered(house.supplement_queue.read(SupplementTask(one.id, number, 2)), at(14))
        with pytest.raises(DeliveryChangedError):
            house.intake.withdraw(read, at(14))

        assert families.state(house, application) is DeliveryState.QUEUED
        assert house.wraps_of(one.id, number) == 2


def shared(house, reference, *, consent):
    application = house.intake.find([reference])
    house.intake.share(application, house.intake.deliveries(application.promises).values(), consent=consent)


class TestOthers:
    def family(self, house, consent=True):
        """Let a family of three recipients come to all of them; give its reference and its places."""
        known = house.directory.all()
        recipients = known or [families.recipient(house, one) for one in ("0180", "0680", "1280")]
        application = families.accepted(house, *recipients).application
        for one in application.promises:
            queued = house.letter_queue.read(LetterTask(one.recipient, one.number))
            for purpose, content in ((Purpose.LETTER, queued.letter), (Purpose.CARD, queued.card)):
                house.vault.put(one.recipient, one.number, purpose, content)
            assert house.letter_queue.delivered(queued, at(13))
        house.asked(application.reference, consent=consent)
        if consent:
            shared(house, application.reference, consent=True)
        return application.reference, [(one.recipient, one.number) for one in application.promises]

    def calls(self, house, place):
        recipient, number = place
        room = house.tenancy.room(recipient)
        before = room.delivery(number)
        after = replace(before, state=DeliveryState.CONTACTED, contacted_at=at(14), handlings=before.handlings + 1)
        event = Event(id="e" * 32, step=after.handlings, at=at(14), kind=AccessKind.CONTACT, person="p", name="P")
        room.handle(Handled(before, after, event, Role.CASE_WORKER))
        return CalledTask(recipient, number)

    def known(self, house, places):
        return [house.tenancy.room(recipient).others(number) for recipient, number in places]

    def test_a_call_is_told_to_the_others_and_to_nobody_else(self, house):
        _, places = self.family(house)
        stranger = self.family(house)[1]
        assert self.known(house, places) == [Others(2, called=False)] * 3

        task = self.calls(house, places[0])
        assert house.stored_task(task)
        others = house.called_queue.read(task)
        assert sorted(others) == sorted(places[1:])
        for _ in range(2):
            house.called_queue.told(task, others)

        assert self.known(house, places) == [Others(2, called=False), Others(2, called=True), Others(2, called=True)]
        assert self.known(house, stranger) == [Others(2, called=False)] * 3
        assert house.called_queue.read(task) is None

    def test_nothing_is_told_without_consent_and_nothing_once_it_is_taken_back(self, house):
        _, silent = self.family(house, consent=False)
        task = self.calls(house, silent[0])
        assert house.called_queue.read(task) == []
        house.called_queue.told(task, [])
        assert not house.stored_task(task)

        reference, places = self.family(house)
        task = self.calls(house, places[0])
        others = house.called_queue.read(task)
        shared(house, reference, consent=False)
        house.called_queue.told(task, others)

        assert self.known(house, [*silent, *places]) == [None] * 6
        assert not house.stored_task(task)

    def test_consent_that_is_given_again_tells_of_calls_until_then(self, house):
        reference, places = self.family(house, consent=False)
        application = house.intake.find([reference])
        read = house.intake.deliveries(application.promises).values()
        self.calls(house, places[0])

        with pytest.raises(DeliveryChangedError):
            house.intake.share(application, read, consent=True)
        assert self.known(house, places) == [None] * 3
        shared(house, reference, consent=True)

        assert self.known(house, places) == [Others(2, called=False), Others(2, called=True), Others(2, called=True)]

    def test_an_erased_letter_forgets_the_others_and_they_keep_what_they_know(self, house):
        _, places = self.family(house)
        house.disposals.done(ErasureTask(*places[0]))
        assert self.known(house, places) == [None, Others(2, called=False), Others(2, called=False)]


class TestConsent:
    def test_is_given_and_taken_back_as_often_as_one_likes(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        application = families.accepted(house, one, other).application
        reference, promises = application.reference, application.promises
        house.asked(reference, consent=True)

        for consent in (False, False, True, False):
            shared(house, reference, consent=consent)
            assert house.intake.find([reference]).share_recipients is consent
            known = [house.tenancy.room(each.recipient).others(each.number) for each in promises]
            assert known == [Others(1, called=False) if consent else None] * 2

    def test_is_not_set_where_it_was_never_asked_nor_on_a_tombstone(self, house):
        application = families.accepted(house, families.recipient(house)).application
        reference = application.reference

        with pytest.raises(ApplicationChangedError):
            house.intake.share(application, (), consent=True)
        with pytest.raises(ApplicationChangedError):
            house.intake.share(replace(application, reference="REF-none"), (), consent=True)
        house.asked(reference, consent=True)
        house.erase(reference)
        with pytest.raises(ApplicationChangedError):
            house.intake.share(application, (), consent=False)

        assert house.intake.find([reference]).share_recipients is True


class TestLetterQueue:
    def test_delivers_once_counts_once_and_leaves_the_notice_in_the_letters_place(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        number = application.deliveries[0].delivery.number
        task = LetterTask(one.id, number)
        queued = house.letter_queue.read(task)

        assert house.letter_queue.delivered(queued, at(13)) is True
        assert house.letter_queue.delivered(queued, at(14)) is False

        assert house.letter_queue.read(task) is None
        found = house.intake.deliveries(application.application.promises)[number]
        assert (found.state, found.received_at) == (DeliveryState.DELIVERED, at(13))
        waiting = list(house.outbox.waiting())
        assert [(row.task, row.queued_at) for row in waiting] == [(NoticeTask(one.id, number, Occasion.NEW), at(13))]
        assert house.counted_in(one.id, MONTH) == 1

    def test_finds_no_letter_where_none_waits(self, house):
        assert house.letter_queue.read(LetterTask("0680", "NUM-none")) is None


class TestNoticeQueue:
    def test_forgets_a_notice_when_it_is_sent_and_repeats_do_nothing(self, house):
        one = families.recipient(house)
        task = NoticeTask(one.id, families.delivered(house, one), Occasion.NEW)
        assert house.notice_queue.waits(task)

        house.notice_queue.sent(task, at(13, 1))
        house.notice_queue.sent(task, at(13, 2))

        assert not house.notice_queue.waits(task)
        assert list(house.outbox.waiting()) == []

    def test_erases_the_address_with_its_key_and_repeats_do_nothing(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one, confirmation=True)
        task = application.confirmation.task

        house.notice_queue.confirmation_sent(task)
        house.notice_queue.confirmation_sent(task)

        assert house.notice_queue.confirmation(task) is None
        assert not house.stored_task(task)
        assert house.notice_queue.confirmation(ConfirmationTask("REF-none")) is None


class TestReminders:
    def told(self, hour):
        return {Stage.MAILBOX: at(hour), Stage.RESPONSIBLE: at(hour - 1), Stage.SKR: at(hour - 2)}

    def test_looks_among_those_that_wait_and_came_in_time(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        families.delivered(house, other, at(13))
        assert house.reminders.overdue(one.id, None, at(23)) == Overdue()
        number = families.delivered(house, one, at(13))
        families.accepted(house, one)

        shared = Overdue(shared=True)
        assert house.reminders.overdue(one.id, None, at(13)) == Overdue()
        assert house.reminders.overdue(one.id, None, at(13, 1)) == shared
        assert house.reminders.overdue(one.id, at(13), at(13, 1)) == shared
        assert house.reminders.overdue(one.id, at(13, 1), at(23)) == Overdue()

        room = house.tenancy.room(one.id)
        TestProtection().protected(room, number, ("person-1", "Prov Ett"), ("person-2", None))
        assert house.reminders.overdue(one.id, None, at(23)) == Overdue(readers=frozenset({"person-1", "person-2"}))
        families.delivered(house, one, at(14))
        assert house.reminders.overdue(one.id, None, at(23)).shared
        families.withdrawn(house, one, number)
        assert house.reminders.overdue(one.id, None, at(23)) == shared

    def test_commits_what_was_told_with_its_tasks_and_once(self, house):
        tasks = [
            ReminderTask("0680", Stage.MAILBOX),
            ReminderTask("0680", Stage.SKR),
            AccessTask("0680", "anna", AccessOccasion.OVERDUE),
        ]
        assert house.reminders.told() == {}

        assert house.reminders.tell("0680", None, self.told(10), tasks, at(13))
        assert not house.reminders.tell("0680", None, self.told(11), tasks, at(14))
        assert not house.reminders.tell("0680", self.told(9), self.told(11), tasks, at(14))

        assert house.reminders.told() == {"0680": self.told(10)}
        assert {row.task: row.queued_at for row in house.outbox.waiting()} == dict.fromkeys(tasks, at(13))

    def test_puts_no_task_again_that_waits_and_those_that_do_not(self, house):
        first, second = (ReminderTask("0680", stage) for stage in (Stage.MAILBOX, Stage.SKR))
        assert house.reminders.tell("0680", None, self.told(10), [first], at(13))

        assert house.reminders.tell("0680", self.told(10), self.told(11), [first, second], at(14))

        assert house.reminders.told() == {"0680": self.told(11)}
        assert {row.task: row.queued_at for row in house.outbox.waiting()} == {first: at(13), second: at(14)}
        assert house.notice_queue.waits(first)
        house.notice_queue.sent(first, at(15))
        house.notice_queue.sent(first, at(15))
        assert not house.notice_queue.waits(first)


class TestOutbox:
    def test_shows_what_waits_the_oldest_first_and_how_often_it_was_touched(self, house):
        one = families.recipient(house)
        late = families.accepted(house, one, queued_at=at(12, 30))
        early = families.accepted(house, one, queued_at=at(12), confirmation=True)
        tasks = [LetterTask(one.id, each.deliveries[0].delivery.number) for each in (early, late)]

        house.outbox.touch(tasks[1], at(13))
        house.outbox.touch(tasks[1], at(14))

        waiting = {row.task: (row.queued_at, row.touches) for row in house.outbox.waiting()}
        assert waiting == {tasks[0]: (at(12), 0), early.confirmation.task: (at(12), 0), tasks[1]: (at(12, 30), 2)}
        assert [row.queued_at for row in house.outbox.waiting()] == [at(12), at(12), at(12, 30)]

    def test_does_not_wake_what_is_gone(self, house):
        task = LetterTask("0680", "NUM-gone")

        house.outbox.touch(task, at(13))

        assert not house.stored_task(task)
        assert list(house.outbox.waiting()) == []


class TestMembers:
    def test_knows_the_memberships_of_a_person_and_none_of_a_stranger(self, house):
        first = Membership("0180", "Mottagare 0180", Role.CASE_WORKER)
        house.members.enrol("person-1", Membership("0680", "Mottagare 0680", Role.READER))
        house.members.enrol("person-1", Membership("0680", "Mottagare 0680", Role.LOCAL_ADMINISTRATOR))
        house.members.enrol("person-1", first)

        person = house.members.person("person-1")

        assert person.memberships == (first, Membership("0680", "Mottagare 0680", Role.LOCAL_ADMINISTRATOR))
        assert person.signed_out_at is None
        assert house.members.person("person-2").memberships == ()

    def test_knows_since_when_older_sessions_are_over(self, house):
        house.members.enrol("person-1", Membership("0180", "Mottagare 0180", Role.CASE_WORKER))
        house.members.sign_out("person-1", at(12))
        house.members.sign_out("person-1", at(13))

        person = house.members.person("person-1")

        assert person.signed_out_at == at(13)
        assert person.name is None
        assert len(person.memberships) == 1

    def test_knows_what_a_person_is_called_without_ending_her_sessions(self, house):
        house.members.enrol("person-1", Membership("0180", "Mottagare 0180", Role.CASE_WORKER))
        house.members.call("person-1", "Prov Ett")
        house.members.call("person-1", "Prov Två")

        person = house.members.person("person-1")

        assert (person.name, person.signed_out_at, len(person.memberships)) == ("Prov Två", None, 1)

    def test_names_colleagues_without_their_addresses(self, house):
        enrolled(house, "anna", Role.LOCAL_ADMINISTRATOR)
        enrolled(house, "bo", Role.READER)

        found = house.members.colleagues("0680")

        assert sorted(found, key=lambda one: one.id) == [
            Colleague("anna", "Prov Anna", Role.LOCAL_ADMINISTRATOR),
            Colleague("bo", "Prov Bo", Role.READER),
        ]
        assert list(house.members.colleagues("0180")) == []


def member(person, role=Role.CASE_WORKER, **changes):
    made = Member(
        id=person, email=f"{person}@prov.example", name=f"Prov {person.title()}", role=role, invited_at=at(12)
    )
    return replace(made, **changes)


def changed(before, after, person, kind=RosterKind.CHANGED, **more):
    return RosterChange(
        kind=kind, before=before, after=after, person=person, recipient_name="Jönköping", by="lena", at=at(13), **more
    )


def enrolled(house, person, role=Role.CASE_WORKER, **more):
    """Give a person access; give the roster as it is then."""
    before = house.staff.roster("0680")
    house.staff.commit(changed(before, before.invited(member(person, role)), person, RosterKind.INVITED, **more))
    return house.staff.roster("0680")


class TestStaff:
    def test_keeps_who_has_access_beside_the_person_s_own_place(self, house):
        roster = enrolled(house, "anna", Role.LOCAL_ADMINISTRATOR)

        person = house.members.person("anna")

        assert (roster.version, roster.members) == (1, {"anna": member("anna", Role.LOCAL_ADMINISTRATOR)})
        place = Membership("0680", "Jönköping", Role.LOCAL_ADMINISTRATOR, "Prov Anna")
        assert (person.memberships, person.name) == ((place,), "Prov Anna")
        assert house.staff.roster("0180").members == {}
        assert house.staff.roster("0180").version == 0

    def test_changes_role_and_name_in_both_places_and_nothing_else(self, house):
        before = enrolled(house, "anna")

        house.staff.commit(changed(before, before.changed("anna", Role.READER, "Anna P"), "anna"))

        assert house.staff.roster("0680").members == {"anna": member("anna", Role.READER, name="Anna P")}
        (place,) = house.members.person("anna").memberships
        assert (place.role, place.name) == (Role.READER, "Anna P")
        assert house.members.person("anna").name == "Prov Anna"

    def test_notes_a_warning_with_the_mail_that_tells_it(self, house):
        before = enrolled(house, "anna")
        task = AccessTask("0680", "anna", AccessOccasion.UNUSED)

        house.staff.commit(
            changed(before, before.warned("anna", date(2026, 11, 22)), "anna", RosterKind.WARNED, told=task)
        )

        assert house.staff.roster("0680").members == {"anna": member("anna", warned_on=date(2026, 11, 22))}
        assert [(one.task, one.queued_at) for one in house.outbox.waiting()] == [(task, at(13))]
        assert house.access_queue.whom(task) == member("anna", warned_on=date(2026, 11, 22))

    def test_takes_access_with_its_mirror_and_the_day(self, house):
        families.recipient(house)
        anna = uuid4().hex
        before = enrolled(house, anna)
        house.tenancy.room("0680").seen(anna)
        assert set(house.staff.last_seen("0680")) == {anna}

        house.staff.commit(changed(before, before.removed(anna), anna, RosterKind.REMOVED))

        assert house.staff.roster("0680") == Roster("0680", 2, {})
        assert house.members.person(anna).memberships == ()
        assert house.members.person(anna).name == member(anna).name
        assert house.staff.last_seen("0680") == {}

    def test_lets_one_of_two_win_and_leaves_nothing_of_the_other(self, house):
        before = enrolled(house, "anna", Role.LOCAL_ADMINISTRATOR)
        task = AccessTask("0680", "bo", AccessOccasion.INVITED)
        house.staff.commit(changed(before, before.changed("anna", Role.LOCAL_ADMINISTRATOR, "A"), "anna"))

        with pytest.raises(RosterChangedError):
            house.staff.commit(changed(before, before.invited(member("bo")), "bo", RosterKind.INVITED, told=task))

        assert set(house.staff.roster("0680").members) == {"anna"}
        assert house.members.person("bo").memberships == ()
        assert list(house.outbox.waiting()) == []

    def test_asks_for_the_same_mail_again_without_a_fault(self, house):
        task = AccessTask("0680", "anna", AccessOccasion.INVITED)
        enrolled(house, "anna", told=task)
        before = house.staff.roster("0680")
        house.staff.commit(changed(before, before.removed("anna"), "anna", RosterKind.REMOVED))

        enrolled(house, "anna", told=task)

        assert house.access_queue.whom(task) == member("anna")

    def test_tells_whom_a_mail_goes_to_until_it_is_sent_or_the_access_is_gone(self, house):
        task, other, _ = (AccessTask("0680", "anna", occasion) for occasion in AccessOccasion)
        before = enrolled(house, "anna", told=task)

        assert house.access_queue.whom(other) is None
        house.access_queue.told(task)
        house.access_queue.told(task)
        assert house.access_queue.whom(task) is None
        assert not house.stored_task(task)

        house.staff.commit(changed(before, before.warned("anna", date(2026, 11, 22)), "anna", told=other))
        latest = house.staff.roster("0680")
        house.staff.commit(changed(latest, latest.removed("anna"), "anna", RosterKind.REMOVED))
        assert house.access_queue.whom(other) is None
        assert house.stored_task(other)

    def test_notes_the_day_in_the_recipient_s_room_once(self, house):
        families.recipient(house)
        # A room remembers whom it has noted; these two it has never seen.
        room, (first, second) = house.tenancy.room("0680"), (uuid4().hex, uuid4().hex)

        room.seen(first)
        room.seen(first)
        room.seen(second)

        today = swedish_date(house.clock.now())
        assert house.staff.last_seen("0680") == {first: today, second: today}
        assert house.staff.last_seen("0180") == {}


class TestSettings:
    SETTINGS = RecipientSettings(
        closing_time=time(15, 0),
        assignments=frozenset({Assignment.JOURHEM}),
        extended_questions=frozenset({"interests"}),
        contact=PublicContact(web="https://prov.example/"),
        retention=Retention(30, 12),
    )

    def test_are_stored_as_a_whole_and_touch_nothing_else(self, house):
        before = families.recipient(house)

        house.directory.configure(before.id, self.SETTINGS)

        assert house.directory.get(before.id) == self.SETTINGS.over(before)
        house.directory.configure(before.id, RecipientSettings.of(before))
        assert house.directory.get(before.id) == before

    def test_of_a_recipient_that_is_none_are_not_stored(self, house):
        with pytest.raises(RecipientClosedError):
            house.directory.configure("0680", self.SETTINGS)
        assert house.directory.get("0680") is None


class TestAccounts:
    def test_are_made_once_for_an_address_however_it_is_written(self, house):
        email = f"anna-{uuid4().hex[:8]}@prov.example"

        first, again = house.accounts.open(email), house.accounts.open(email)

        assert (first.fresh, first.mailed) == (True, True)
        # she has never come, so she is sent another password
        assert (again.person, again.fresh, again.mailed) == (first.person, False, True)

    def test_are_closed_and_opened_again(self, house):
        email = f"anna-{uuid4().hex[:8]}@prov.example"
        person = house.accounts.open(email).person

        house.accounts.sign_out(person)
        house.accounts.close(person)
        house.accounts.close(person)
        assert not house.enabled(email)
        house.accounts.reopen(person)
        assert house.enabled(email)
        house.accounts.close(person)
        assert house.accounts.open(email).person == person
        assert house.enabled(email)

    def test_that_do_not_exist_have_no_session_to_end(self, house):
        house.accounts.sign_out("nobody")
        house.accounts.close("nobody")


class TestAttempts:
    def test_counts_failures_of_an_address_within_the_hour(self, house):
        house.attempts.failed("198.51.100.7", at(12))
        house.attempts.failed("198.51.100.7", at(12, 59))

        assert house.attempts.failures("198.51.100.7", at(12, 30)) == 2
        assert house.attempts.failures("198.51.100.8", at(12, 30)) == 0
        assert house.attempts.failures("198.51.100.7", at(13)) == 0
        assert house.attempts.failures("198.51.100.7", at(12) + timedelta(days=1)) == 0

    def test_takes_a_household_of_ipv6_as_one_address(self, house):
        house.attempts.failed("2001:db8:0:1::7", at(12))
        house.attempts.failed("::ffff:198.51.100.7", at(12))

        assert house.attempts.failures("2001:db8:0:1:ffff::9", at(12)) == 1
        assert house.attempts.failures("2001:db8:0:2::7", at(12)) == 0
        assert house.attempts.failures("198.51.100.7", at(12)) == 1


class TestMailbox:
    def test_opens_letters_and_cards_of_its_own_recipient(self, house):
        one = families.recipient(house)
        numbers = [families.delivered(house, one, at(13, minute)) for minute in range(3)]

        room = house.tenancy.room(one.id)

        assert room.plaintexts(numbers, Purpose.CARD) == {number: f"card {number}".encode() for number in numbers}
        assert room.plaintexts([], Purpose.CARD) == {}

    def test_opens_nothing_of_another_recipient(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        number = families.delivered(house, one)

        room = house.tenancy.room(other.id)

        assert room.plaintexts([number], Purpose.LETTER) == {number: None}
        assert room.delivery(number) is None
        assert room.delivery(f"{number}#") is None
        assert room.page(families.asked(), None, 10) == Page((), None)

    def test_tells_which_cannot_be_opened_and_opens_the_others(self, house):
        one = families.recipient(house)
        erased, tampered, swapped, whole, swapped_too = (
            families.delivered(house, one, at(13, minute)) for minute in range(5)
        )
        house.erase_wrap(one.id, erased)
        house.tamper(one.id, tampered, Purpose.LETTER)
        house.swap_wraps(one.id, swapped, swapped_too)

        opened = house.tenancy.room(one.id).plaintexts([erased, tampered, swapped, whole, "NUM-none"], Purpose.LETTER)

        assert opened == {
            erased: None,
            tampered: None,
            swapped: None,
            whole: f"letter {whole}".encode(),
            "NUM-none": None,
        }

    def test_keeps_the_first_ciphertext_that_was_put(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)

        house.vault.put(one.id, number, Purpose.LETTER, b"another")

        assert house.tenancy.room(one.id).plaintexts([number], Purpose.LETTER)[number] == f"letter {number}".encode()

    def test_lists_the_newest_first_page_by_page(self, house):
        one = families.recipient(house)
        newest_first = [families.delivered(house, one, at(13, minute)) for minute in range(5)][::-1]
        families.accepted(house, one)
        room = house.tenancy.room(one.id)

        first = room.page(families.asked(), None, 2)
        second = room.page(families.asked(), first.cursor, 2)
        third = room.page(families.asked(), second.cursor, 2)

        pages = [[one.number for one in page.deliveries] for page in (first, second, third)]
        assert pages == [newest_first[:2], newest_first[2:4], newest_first[4:]]
        assert third.cursor is None
        assert room.page(families.asked(), None, 5).cursor is None

    def test_fills_a_page_of_one_state_however_far_apart_they_lie(self, house):
        one = families.recipient(house)
        numbers = [families.delivered(house, one, at(13, minute)) for minute in range(5)]
        room = house.tenancy.room(one.id)
        for number in (numbers[0], numbers[4]):
            room.opened(room.delivery(number), entry(number))

        page = room.page(families.asked(state=DeliveryState.OPENED), None, 1)
        rest = room.page(families.asked(state=DeliveryState.OPENED), page.cursor, 1)

        assert [one.number for one in (*page.deliveries, *rest.deliveries)] == [numbers[4], numbers[0]]
        assert rest.cursor is None
        assert room.page(families.asked(state=DeliveryState.CLOSED), None, 2) == Page((), None)

    def test_lists_those_that_wait_due_first_and_those_that_have_waited_since_a_moment(self, house):
        one = families.recipient(house)
        numbers = [families.delivered(house, one, at(13, minute)) for minute in range(5)]
        room = house.tenancy.room(one.id)
        handling = TestHandling()
        called = handling.handled(room.delivery(numbers[1]), state=DeliveryState.CONTACTED, contacted_at=at(14))
        room.handle(called)
        room.opened(room.delivery(numbers[0]), entry(numbers[0]))

        late = families.asked(passed=at(13, 3), overdue=True)
        first = room.page(late, None, 1)
        rest = room.page(late, first.cursor, 5)
        opened = room.page(families.asked(passed=at(13, 3), overdue=True, state=DeliveryState.OPENED), None, 5)
        due_first = room.page(families.asked(passed=at(13, 3), view=View.WAITING), None, 5)

        assert [delivery.number for delivery in first.deliveries] == [numbers[2]]
        assert [delivery.number for delivery in rest.deliveries] == [numbers[0]]
        assert [delivery.number for delivery in due_first.deliveries] == [numbers[0], *numbers[2:]]
        assert [delivery.number for delivery in opened.deliveries] == [numbers[0]]

    @pytest.mark.parametrize("cursor", ["", "?", "x", "bm8", base64.urlsafe_b64encode("å#1".encode()).decode()])
    def test_refuses_a_cursor_that_is_none_of_ours(self, house, cursor):
        one = families.recipient(house)

        with pytest.raises(MalformedRequestError):
            house.tenancy.room(one.id).page(families.asked(), cursor, 2)

    def test_shows_nothing_of_another_mailbox_by_its_cursor(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        for minute in range(3):
            families.delivered(house, one, at(13, minute))
        own = families.delivered(house, other, at(12))
        cursor = house.tenancy.room(one.id).page(families.asked(), None, 1).cursor

        with pytest.raises(MalformedRequestError):
            house.tenancy.room(other.id).page(families.asked(), cursor, 10)
        assert [one.number for one in house.tenancy.room(other.id).page(families.asked(), None, 9).deliveries] == [own]

    @pytest.mark.parametrize(
        "wish",
        [
            {"view": View.WAITING},
            {"view": View.PROTECTED},
            {"state": DeliveryState.OPENED},
            {"overdue": True},
            {"handler": Handling.NONE},
        ],
    )
    def test_takes_a_cursor_for_what_it_was_given_for_only(self, house, wish):
        one = families.recipient(house)
        for minute in range(3):
            families.delivered(house, one, at(13, minute))
        room = house.tenancy.room(one.id)
        cursor = room.page(families.asked(), None, 1).cursor

        with pytest.raises(MalformedRequestError):
            room.page(families.asked(passed=at(15), **wish), cursor, 1)
        with pytest.raises(MalformedRequestError):
            room.page(families.asked("person-2", view=View.MINE), cursor, 1)

    def test_shows_what_a_person_has_in_hand_as_long_as_it_is_open(self, house):
        one = families.recipient(house)
        numbers = [families.delivered(house, one, at(13, minute)) for minute in range(4)]
        room, handling = house.tenancy.room(one.id), TestHandling()

        def changed(number, **to):
            room.handle(handling.handled(room.delivery(number), **to))

        def mine(person="person-1", **wish):
            page = room.page(families.asked(person, view=View.MINE, **wish), None, 9)
            return [delivery.number for delivery in page.deliveries]

        for number in numbers[:3]:
            changed(number, state=DeliveryState.CLAIMED, handler="person-1", handler_name="Prov Ett")
        changed(numbers[3], state=DeliveryState.CLAIMED, handler="person-2", handler_name=None)
        assert (mine(), mine("person-2"), mine("person-3")) == (numbers[2::-1], [numbers[3]], [])
        changed(numbers[0], state=DeliveryState.CLOSED)
        changed(numbers[1], state=DeliveryState.CONTACTED, contacted_at=at(14))
        changed(numbers[2], handler="person-2", handler_name=None)
        assert (mine(), mine("person-2")) == ([numbers[1]], [numbers[3], numbers[2]])
        assert mine("person-2", passed=at(13, 3), overdue=True) == [numbers[2]]
        families.withdrawn(house, one, numbers[3])
        assert mine("person-2") == [numbers[2]]

    def test_filters_on_what_stands_in_clear(self, house):
        one = families.recipient(house)
        plain = families.delivered(house, one, at(13))
        other = families.delivered(
            house, one, at(13, 1), row={"origin": Origin.OTHER, "next_step": NextStep.DIRECT_MEETING}
        )
        room = house.tenancy.room(one.id)
        claim = {"state": DeliveryState.CLAIMED, "handler": "person-1", "handler_name": None}
        room.handle(TestHandling().handled(room.delivery(plain), **claim))

        def shown(**wish):
            return [delivery.number for delivery in room.page(families.asked(**wish), None, 9).deliveries]

        assert shown(origin=Origin.OTHER) == shown(next_step=NextStep.DIRECT_MEETING) == [other]
        assert shown(handler=Handling.NONE) == shown(view=View.WAITING, handler=Handling.NONE) == [other]
        assert shown(handler=Handling.ME) == shown(view=View.WAITING, state=DeliveryState.CLAIMED) == [plain]
        assert shown(assignment=Assignment.FAMILJEHEM) == [other, plain]
        assert shown(assignment=Assignment.KONTAKTPERSON) == []

    def test_counts_those_that_wait_and_are_not_protected(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        numbers = [families.delivered(house, one, at(13, minute)) for minute in range(4)]
        families.delivered(house, other, at(13))
        room = house.tenancy.room(one.id)
        room.opened(room.delivery(numbers[0]), entry(numbers[0]))
        TestProtection().protected(room, numbers[3], ("person-1", None))

        assert room.counts(families.asked(passed=at(13, 1))) == Counts(new=2, waiting=3, overdue=1)
        reached = {"state": DeliveryState.CONTACTED, "contacted_at": at(14)}
        room.handle(TestHandling().handled(room.delivery(numbers[0]), **reached))
        assert room.counts(families.asked(passed=at(13, 1))) == Counts(new=2, waiting=2, overdue=0)
        assert room.page(families.asked(view=View.PROTECTED, passed=at(14), overdue=True), None, 9).deliveries

    def test_notes_the_first_opening_only(self, house):
        one = families.recipient(house)
        room = house.tenancy.room(one.id)
        delivery = room.delivery(families.delivered(house, one))

        first = room.opened(delivery, entry(delivery.number))
        again = room.opened(delivery, entry(delivery.number, at=at(15)))

        assert first == again == room.delivery(delivery.number)
        assert (first.state, first.opened_at) == (DeliveryState.OPENED, at(14))

    def test_writes_every_line_of_the_access_log(self, house):
        one = families.recipient(house)
        room = house.tenancy.room(one.id)
        line = entry("NUM-1", "NUM-2", kind=AccessKind.LIST)

        room.log(line)
        room.log(line)

        assert house.lines(one.id) == [("person-1", "list", ("NUM-1", "NUM-2"))] * 2

    def test_gives_lines_by_number_the_newest_first_and_the_rest_the_oldest_first(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        room = house.tenancy.room(one.id)
        told = [entry(f"NUM-{place}", at=at(14, place), name=None, reason=AccessReason.COVER) for place in range(5)]
        for line in told:
            room.log(line)

        lines = room.lines(None, 9)

        assert [(line.sequence, line.entry) for line in lines] == [
            (place + 1, told[place]) for place in (4, 3, 2, 1, 0)
        ]
        assert room.lines(None, 2) == lines[:2]
        assert room.lines(4, 2) == lines[2:4]
        assert room.lines(1, 2) == room.trail("NUM-1", None, 9) == ()
        assert tuple(room.lines_since(2)) == lines[2::-1]
        assert tuple(room.lines_since(5)) == house.tenancy.room(other.id).lines(None, 9) == ()
        assert tuple(house.ledger.lines(one.id, 1)) == lines[::-1]
        assert tuple(house.ledger.lines(one.id, 2, 3)) == lines[3:1:-1]
        assert house.ledger.head(one.id) == lines[0].head
        assert (house.ledger.head(other.id), tuple(house.ledger.lines(other.id, 1))) == (START, ())
        assert list(check_lines(one.id, lines[::-1], 0, NOTHING, lines[0].head)) == []

    def test_keeps_what_is_about_one_delivery_as_a_trail_and_tells_its_applicant_no_name(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        (promise,) = application.application.promises
        house.letter_queue.delivered(house.letter_queue.read(LetterTask(one.id, promise.number)), at(13))
        room, number = house.tenancy.room(one.id), promise.number

        room.log(entry(number, kind=AccessKind.LIST))
        room.opened(room.delivery(number), entry(number))
        room.handle(TestHandling().handled(room.delivery(number), handler="person-1"))
        room.opened(room.delivery(number), entry(number, kind=AccessKind.EXPORT, role=Role.CASE_WORKER, at=at(15)))

        trail = room.trail(number, None, 9)
        assert [(line.sequence, line.entry.kind.value) for line in trail] == [(4, "export"), (3, "claim"), (2, "open")]
        assert trail == room.lines(None, 3)
        assert room.trail(number, 4, 1) == trail[1:2]
        openings = [(one.at, one.role) for one in house.intake.openings(promise)]
        assert openings == [(at(15), Role.CASE_WORKER), (at(14), Role.READER)]

    def test_keeps_reviews_and_confirmations_with_their_lines(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        room = house.tenancy.room(one.id)
        told = {"person": "person-1", "name": None}
        reviews = [
            Review(**told, id=f"{place}" * 32, at=at(14 - place), lines=(1, 2), through=2, finding=finding, note=note)
            for place, (finding, note) in enumerate(
                [(ReviewFinding.NONE, None), (ReviewFinding.UNAUTHORISED, "Fråga Åsa.")]
            )
        ]
        confirmation = Confirmation(**told, at=at(15), persons=("person-1", "person-2"))

        assert [room.review(one, entry(kind=AccessKind.REVIEW)) for one in reviews] == [True, True]
        assert room.review(reviews[0], entry(kind=AccessKind.REVIEW)) is False
        room.confirm(confirmation, entry(kind=AccessKind.CONFIRM))

        assert room.reviews() == (reviews[1], reviews[0])
        assert room.confirmations() == (confirmation,)
        assert [kind for _, kind, _ in house.lines(one.id)] == ["review", "review", "confirm"]
        beside = house.tenancy.room(other.id)
        assert beside.reviews() == beside.confirmations() == ()


class TestProtection:
    def protected(self, room, number, *readers):
        named = tuple(Reader(one, name) for one, name in readers)
        room.handle(TestHandling().handled(room.delivery(number), AccessKind.PROTECT, readers=named))
        return named

    def test_takes_a_delivery_out_of_the_mailbox_to_its_readers_and_back(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        plain, number = (families.delivered(house, one, at(13, minute)) for minute in range(2))
        room = house.tenancy.room(one.id)

        named = self.protected(room, number, ("person-1", "Prov Ett"), ("person-2", None))

        def shown(reader=None, recipient=one.id):
            page = house.tenancy.room(recipient).page(
                families.asked(reader or "", view=View.PROTECTED if reader else View.ALL), None, 9
            )
            return [delivery.number for delivery in page.deliveries]

        assert room.delivery(number).readers == named
        assert (shown(), shown("person-1"), shown("person-2"), shown("person-3")) == ([plain], [number], [number], [])
        assert shown("person-1", other.id) == []
        assert list(room.protected()) == [number]
        assert room.protected()[number].readers == named
        self.protected(room, number)
        assert (shown(), shown("person-1"), room.protected()) == ([number, plain], [], {})
        assert not room.delivery(number).protected

    def test_is_paged_as_the_mailbox_is(self, house):
        one = families.recipient(house)
        numbers = [families.delivered(house, one, at(13, minute)) for minute in range(3)]
        room = house.tenancy.room(one.id)
        for number in numbers:
            self.protected(room, number, ("person-1", None))

        first = room.page(families.asked(view=View.PROTECTED), None, 2)
        rest = room.page(families.asked(view=View.PROTECTED), first.cursor, 2)

        pages = [[one.number for one in page.deliveries] for page in (first, rest)]
        assert (pages, rest.cursor) == ([numbers[:0:-1], numbers[:1]], None)

    def test_refuses_the_opening_of_whoever_had_read_it_before_it_was_protected(self, house):
        one = families.recipient(house)
        room = house.tenancy.room(one.id)
        read = room.delivery(families.delivered(house, one))
        self.protected(room, read.number, ("person-2", None))

        with pytest.raises(DeliveryNotFoundError):
            room.opened(read, entry(read.number))

        assert [kind for _, kind, _ in house.lines(one.id)] == ["protect"]
        assert room.delivery(read.number).opened_at is None


class TestTallies:
    def test_sums_what_was_counted_in_a_month(self, house):
        one = families.recipient(house)
        for _ in range(3):
            families.accepted(house, one)
        families.delivered(house, one)
        families.accepted(house, one, queued_at=at(23, 30).replace(day=30))
        nation, own = Scope(Level.NATION), Scope(Level.RECIPIENT, one.id)

        found = house.tallies.families([nation, own, Scope(Level.COUNTY, "06")], MONTH)

        assert {scope: dict(counts) for scope, counts in found.items()} == {
            nation: {"count": 4, "nation_families": 4},
            own: {"count": 4, "nation_families": 4},
        }
        assert dict(house.tallies.deliveries([one.id, "0180"], MONTH)) == {one.id: 1}
        # and: what is forgotten is gone, whatever else was counted in another month
        assert house.tallies.forget([nation, own], "2026-01") == 0
        assert house.tallies.forget([nation, own, Scope(Level.COUNTY, "06")], MONTH) >= 3
        assert house.tallies.families([nation, own], MONTH) == {}
        assert house.tallies.deliveries([one.id], MONTH) == {}
        assert house.tallies.forget([nation, own], MONTH) == 0


class TestShelf:
    def test_keeps_what_was_put_first(self, house):
        assert house.shelf.get("0680/2026-11.json") is None

        assert house.shelf.put("0680/2026-11.json", b"first")
        assert not house.shelf.put("0680/2026-11.json", b"second")

        assert house.shelf.get("0680/2026-11.json") == b"first"

    def test_names_what_begins_alike(self, house) -> None:
        for name in ("r/0680/2026-11.pdf", "r/0680/2026-11.csv", "r/0680/2026-10.pdf", "r/0180/2026-11.pdf"):
            house.shelf.put(name, b"")

        assert house.shelf.names("r/0680/2026-11.") == ["r/0680/2026-11.csv", "r/0680/2026-11.pdf"]
        assert house.shelf.names("r/0684/") == []


class TestHandlings:
    def test_counts_what_was_done_once_in_the_commit_that_does_it(self, house) -> None:
        one = families.recipient(house)
        number = families.delivered(house, one)
        room = house.tenancy.room(one.id)
        before = room.delivery(number)
        event = Event(id="a" * 32, step=1, at=at(14), kind=AccessKind.CONTACT, person="p", name="P", content=b"said")
        counts = ("stage_contacted", "firstContact_sameWorkingDay")
        handled = Handled(before, replace(before, handlings=1), event, Role.CASE_WORKER, counts)

        room.handle(handled)
        with pytest.raises(DeliveryChangedError):
            room.handle(handled)

        assert house.tallies.handlings([one.id, "0180"], MONTH) == {one.id: dict.fromkeys(counts, 1)}
        assert house.tallies.forget([Scope(Level.RECIPIENT, one.id)], MONTH) >= 1
        assert house.tallies.handlings([one.id], MONTH) == {}


class TestReports:
    def test_a_room_has_the_reports_of_its_own_recipient_once_they_stand_whole(self, house) -> None:
        one = families.recipient(house)
        for name in ("2026-10.pdf", "2026-11.json", "2026-11.pdf", "2026-12.json"):
            house.shelf.put(f"reports/{one.id}/{name}", name.encode())
        house.shelf.put("reports/0180/2026-09.pdf", b"another's")
        room = house.tenancy.room(one.id)

        assert room.reports() == ("2026-11", "2026-10")
        assert room.report("2026-11", "json") == b"2026-11.json"
        assert room.report("2026-09", "pdf") is None


class TestAnnouncements:
    def test_a_report_waits_in_the_outbox_once_until_its_mail_is_sent(self, house) -> None:
        task = ReportTask("0680", "2026-11")

        house.announcements.announce(task, at(14))
        house.announcements.announce(task, at(14))

        assert house.notice_queue.waits(task)
        house.notice_queue.sent(task, at(16))
        assert not house.notice_queue.waits(task)


class TestDigestStore:
    def test_keeps_digests_in_order_and_the_first_of_each_name(self, house):
        store = house.digest_store

        assert store.put("0680", "2026-11-23", b"second")
        assert store.put("0680", "2026-11-22", b"first")
        assert not store.put("0680", "2026-11-22", b"another")
        assert store.put("0180", "2026-11-22", b"other")

        assert store.names("0680") == {"2026-11-22": False, "2026-11-23": False}
        assert list(store.names("0680")) == ["2026-11-22", "2026-11-23"]
        assert store.names("068") == {}
        assert store.read("0680", "2026-11-22") == StoredDigest("2026-11-22", b"first")

    def test_tells_of_what_was_put_over_one_and_gives_the_first(self, house):
        house.digest_store.put("0680", "2026-11-22", b"first")
        house.put_digest("0680", "2026-11-22", b"another")

        assert house.digest_store.names("0680") == {"2026-11-22": True}
        assert house.digest_store.read("0680", "2026-11-22") == StoredDigest("2026-11-22", b"first", touched=True)


class TestHandling:
    def handled(self, delivery, kind=AccessKind.CLAIM, to=None, **changes):
        after = replace(delivery, handlings=delivery.handlings + 1, **changes)
        event = Event(
            id=uuid4().hex,
            step=after.handlings,
            at=at(14, after.handlings),
            kind=kind,
            person="person-1",
            name="Prov Ett",
            to=to,
        )
        return Handled(delivery, after, event, Role.CASE_WORKER)

    def test_commits_the_delivery_its_event_and_its_line(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        room = house.tenancy.room(one.id)
        mine = {"state": DeliveryState.CLAIMED, "handler": "person-1", "handler_name": "Prov Ett"}

        room.handle(self.handled(room.delivery(number), **mine))
        claimed = room.delivery(number)
        theirs = {"handler": "person-2", "handler_name": None}
        room.handle(self.handled(claimed, AccessKind.HANDOVER, "person-2", **theirs))
        handed = room.delivery(number)
        room.handle(self.handled(handed, AccessKind.RELEASE, state=DeliveryState.DELIVERED, handler=None))
        released = room.delivery(number)

        assert (claimed.state, claimed.handler, claimed.handler_name) == tuple(mine.values())
        assert (handed.handler, handed.handler_name) == ("person-2", None)
        assert (released.state, released.handler, released.handlings) == (DeliveryState.DELIVERED, None, 3)
        assert released.received_at == claimed.received_at
        assert house.events(one.id, number) == [
            (1, "claim", "person-1", None),
            (2, "handover", "person-1", "person-2"),
            (3, "release", "person-1", None),
        ]
        kinds = ("claim", "handover", "release")
        assert house.lines(one.id) == [("person-1", kind, (number,)) for kind in kinds]

    def test_lets_one_of_two_win_and_leaves_nothing_of_the_other(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        room = house.tenancy.room(one.id)
        read = room.delivery(number)
        room.handle(self.handled(read, state=DeliveryState.CLAIMED, handler="person-1"))

        with pytest.raises(DeliveryChangedError):
            room.handle(self.handled(read, state=DeliveryState.CLAIMED, handler="person-2"))
        # The same state again is not the same delivery.
        now = room.delivery(number)
        room.handle(self.handled(now, AccessKind.RELEASE, state=DeliveryState.DELIVERED, handler=None))
        with pytest.raises(DeliveryChangedError):
            room.handle(self.handled(read, state=DeliveryState.CLAIMED, handler="person-2"))

        assert room.delivery(number).handler is None
        assert [kind for _, kind, _ in house.lines(one.id)] == ["claim", "release"]
        assert len(house.events(one.id, number)) == 2

    def test_is_refused_after_a_withdrawal_and_not_after_a_supplement(self, house):
        one = families.recipient(house)
        application = families.accepted(house, one)
        number = application.deliveries[0].delivery.number
        house.letter_queue.delivered(house.letter_queue.read(LetterTask(one.id, number)), at(13))
        room = house.tenancy.room(one.id)
        read = room.delivery(number)
        families.supplemented(house, application.application.reference)

        room.handle(self.handled(read, state=DeliveryState.CLAIMED, handler="person-1"))
        read = room.delivery(number)
        house.intake.withdraw(read, at(15))

        assert (read.handler, read.supplements) == ("person-1", 1)
        with pytest.raises(DeliveryChangedError):
            room.handle(self.handled(read, AccessKind.RELEASE, handler=None))
        assert len(house.lines(one.id)) == 1

    def test_the_first_opening_after_a_claim_is_noted_once(self, house):
        one = families.recipient(house)
        number = families.delivered(house, one)
        room = house.tenancy.room(one.id)
        room.handle(self.handled(room.delivery(number), state=DeliveryState.CLAIMED, handler="person-1"))

        first = room.opened(room.delivery(number), entry(number, at=at(15)))
        again = room.opened(first, entry(number, at=at(16)))

        assert first == again == room.delivery(number)
        assert (first.state, first.opened_at) == (DeliveryState.CLAIMED, at(15))

    def test_seals_what_is_said_with_the_deliverys_own_key_and_opens_it_again(self, house):
        one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
        number, beside = families.delivered(house, one), families.delivered(house, one)
        room = house.tenancy.room(one.id)
        read = room.delivery(number)
        claimed = self.handled(read, state=DeliveryState.CLAIMED, handler="person-1")
        room.handle(claimed)
        read = room.delivery(number)
        noted = self.handled(read, AccessKind.CONTACT, state=DeliveryState.CONTACTED, contacted_at=at(15))
        noted = replace(noted, event=replace(noted.event, content="Kanariefågel".encode()))
        room.handle(noted)

        assert room.history(room.delivery(number)) == (claimed.event, noted.event)
        assert room.event(number, noted.event.id) == noted.event
        assert room.event(number, uuid4().hex) is None
        assert room.history(room.delivery(beside)) == ()
        assert room.delivery(number).contacted_at == at(15)
        assert house.tenancy.room(other.id).event(number, noted.event.id) is None
        # Erasing the letter's wrap erases what was noted.
        house.erase_wrap(one.id, number)
        assert [event.content for event in room.history(read)] == [None, None]
        late = self.handled(room.delivery(number), AccessKind.NOTE)
        with pytest.raises(LetterUnreadableError):
            room.handle(replace(late, event=replace(late.event, content=b"late")))
        assert len(house.lines(one.id)) == 2


class TestKeysAndPost:
    def test_opens_with_the_contact_key_what_was_sealed_for_that_application_only(self, house):
        one = families.recipient(house)
        queued = families.accepted(house, one, confirmation=True).confirmation
        context = contact_context(queued.task.reference)

        data_key = house.contact_key.unwrap(queued.wrap, context)

        label = Label(Purpose.CONTACT, CONTACT_OWNER, queued.task.reference)
        assert unseal(label, data_key, queued.address) == families.ADDRESS
        with pytest.raises(LetterUnreadableError):
            house.contact_key.unwrap(queued.wrap, contact_context("REF-other"))

    def test_makes_data_keys_that_differ(self, house):
        one = families.recipient(house)
        order = (one.key_arn, {"recipient": one.id, "delivery": "NUM-1"})

        made = house.data_keys.make(dict.fromkeys("abcdef", order))

        keys = [future.result() for future in made.values()]
        assert {len(key.plaintext) for key in keys} == {32}
        assert len({key.plaintext for key in keys} | {key.wrap for key in keys}) == 12

    def test_gives_every_recipient_a_key_of_its_own(self, house):
        assert house.recipient_keys.create("0680") != house.recipient_keys.create("0680")

    def test_sends_what_it_is_given(self, house):
        house.post.send("familjehem@example.se", "Ny intresseanmälan", "Logga in.", {"kind": "notice-new"})

        assert ("familjehem@example.se", "Ny intresseanmälan", "Logga in.") in house.sent()

    def test_texts_what_it_is_given_and_refuses_what_is_no_number(self, house):
        house.texting.send("+46701740605", "Din kod är 123456.")

        assert ("+46701740605", "Din kod är 123456.") in house.texted()
        with pytest.raises(AddressRefusedError):
            house.texting.send("0701740605", "Din kod är 123456.")

    def test_gives_the_present_secret_first(self, house):
        assert all(isinstance(secret, bytes) and len(secret) > 16 for secret in house.secrets.keys().values())


class TestChallenges:
    def test_takes_a_solution_and_tells_which_challenge_it_spent(self, house):
        solution = house.solve(house.challenges.issue(at(12)))

        spent = house.challenges.check(solution, at(12, 10))

        assert spent == house.challenges.check(solution, at(12, 20))
        assert spent.expires_at == at(12, 30).replace(microsecond=0)

    def test_says_what_is_wrong_with_a_solution(self, house):
        solution = house.solve(house.challenges.issue(at(12)))
        forged = base64.b64encode(json.dumps({"challenge": "x"}).encode()).decode()

        for sent, code in [(None, "missing"), ("", "missing"), ("?", "forged"), ("W10=", "forged"), (forged, "forged")]:
            with pytest.raises(ChallengeRefusedError) as refusal:
                house.challenges.check(sent, at(12))
            assert refusal.value.code == code
        with pytest.raises(ChallengeRefusedError) as refusal:
            house.challenges.check(solution, at(12, 31))
        assert refusal.value.code == "expired"
