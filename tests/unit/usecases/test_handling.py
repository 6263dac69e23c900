"""Handling a delivery: one person at a time, each change with its event and its line of the access log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from familjehem.domain.delivery import Delivery, DeliveryState
from familjehem.domain.errors import (
    AlreadyClaimedError,
    DeliveryNotFoundError,
    HandlingLockedError,
    InvalidAnswersError,
    KeyReusedError,
    LetterUnreadableError,
    NotAMemberError,
    NotConfirmedError,
    ReaderOnlyError,
    RecipientNotChosenError,
)
from familjehem.domain.handling import Colleague, ContactResult, Content, Outcome, Reason
from familjehem.domain.inbox import Wanted
from familjehem.domain.membership import AccessKind, Caller, Role
from familjehem.ports import DeliveryChangedError
from tests.service import Service


@pytest.fixture
def number(service: Service) -> str:
    service.accepted("0680", "1280")
    service.work()
    service.world.names |= {"anna": "Anna Prov", "bo": "Bo Prov"}
    return next(number for recipient, number in service.world.deliveries if recipient == "0680")


@pytest.fixture
def anna(service: Service) -> Caller:
    return service.hire("anna", "0680")


@pytest.fixture
def bo(service: Service) -> Caller:
    return service.hire("bo", "0680")


def done(service: Service) -> list[tuple[str, AccessKind]]:
    """Give who did what, as the access log tells it, which must be as the events tell it."""
    lines = [(one.person, one.kind) for one in service.world.access["0680"]]
    events = [(one.person, one.kind) for one in sorted(service.world.events.values(), key=lambda one: one.step)]
    assert lines == events
    return lines


def stored(service: Service, number: str) -> Delivery:
    return service.world.deliveries["0680", number]


def test_who_claims_handles_and_a_repeat_is_no_second_line(service: Service, number: str, anna: Caller) -> None:
    # when
    first = service.mailbox.claim(anna, None, number)
    again = service.mailbox.claim(anna, None, number)
    # then
    assert first == again == stored(service, number)
    assert (first.state, first.handler, first.handler_name) == (DeliveryState.CLAIMED, "anna", "Anna Prov")
    assert done(service) == [("anna", AccessKind.CLAIM)]


def test_a_colleague_is_told_who_was_first(service: Service, number: str, anna: Caller, bo: Caller) -> None:
    # given
    service.mailbox.claim(anna, None, number)
    # then
    for refused in (service.mailbox.claim, service.mailbox.release):
        with pytest.raises(AlreadyClaimedError) as refusal:
            refused(bo, None, number)
        assert (refusal.value.handler, refusal.value.name) == ("anna", "Anna Prov")
        assert str(refusal.value) == "already-claimed"
    with pytest.raises(AlreadyClaimedError):
        service.mailbox.hand_over(bo, None, number, "bo")
    assert done(service) == [("anna", AccessKind.CLAIM)]


def test_of_two_at_the_same_instant_one_wins_and_the_other_is_told(
    service: Service, number: str, anna: Caller, bo: Caller
) -> None:
    # given Bo's commit comes between Anna's reading and her own
    room = service.world.tenancy.room("0680")
    handle, first = room.handle, [True]

    def late(handled: object) -> None:
        if first.pop() if first else False:
            service.world.tenancy.room = real  # type: ignore[method-assign]
            service.mailbox.claim(bo, None, number)
        handle(handled)  # type: ignore[arg-type]

    real = service.world.tenancy.room
    room.handle = late  # type: ignore[method-assign]
    service.world.tenancy.room = lambda _: room  # type: ignore[method-assign]
    # then
    with pytest.raises(AlreadyClaimedError) as refusal:
        service.mailbox.claim(anna, None, number)
    assert refusal.value.handler == "bo"
    assert done(service) == [("bo", AccessKind.CLAIM)]


def test_an_opening_at_the_same_instant_hinders_no_claim(service: Service, number: str, anna: Caller) -> None:
    # given
    service.world.fails("room.handle", DeliveryChangedError())
    # when
    claimed = service.mailbox.claim(anna, None, number)
    # then
    assert claimed.handler == "anna"
    assert done(service) == [("anna", AccessKind.CLAIM)]


def test_whoever_is_always_too_late_is_told_to_send_the_same_again(service: Service, number: str, anna: Caller) -> None:
    # given
    for _ in range(8):
        service.world.fails("room.handle", DeliveryChangedError())
    # then
    with pytest.raises(NotConfirmedError):
        service.mailbox.claim(anna, None, number)
    assert done(service) == []


def test_an_answer_that_was_lost_is_one_line_after_the_repeat(service: Service, number: str, anna: Caller) -> None:
    # given
    service.world.fails("room.handle", NotConfirmedError(), after=True)
    with pytest.raises(NotConfirmedError):
        service.mailbox.claim(anna, None, number)
    # when
    service.mailbox.claim(anna, None, number)
    # then
    assert done(service) == [("anna", AccessKind.CLAIM)]


@pytest.mark.parametrize("opened", [False, True])
def test_what_is_released_is_nobodys_and_as_it_was_before(
    service: Service, number: str, anna: Caller, bo: Caller, *, opened: bool
) -> None:
    # given
    service.mailbox.claim(anna, None, number)
    if opened:
        service.open_letter(anna, None, number)
        service.world.access.clear()
    # when
    released = service.mailbox.release(anna, None, number)
    service.mailbox.release(anna, None, number)
    # then
    assert released.state is (DeliveryState.OPENED if opened else DeliveryState.DELIVERED)
    assert (released.handler, released.handler_name) == (None, None)
    assert [one.kind for one in service.world.events.values()] == [AccessKind.CLAIM, AccessKind.RELEASE]
    assert service.mailbox.claim(bo, None, number).handler == "bo"


def test_the_first_opening_of_a_claimed_delivery_is_noted_and_leaves_it_claimed(
    service: Service, number: str, anna: Caller
) -> None:
    # given
    service.mailbox.claim(anna, None, number)
    # when
    opened = service.open_letter(anna, None, number).delivery
    # then
    assert (opened.state, opened.opened_at, opened.handler) == (DeliveryState.CLAIMED, service.world.at, "anna")


def test_a_delivery_is_handed_to_a_colleague_once(service: Service, number: str, anna: Caller, bo: Caller) -> None:
    # given
    service.mailbox.claim(anna, None, number)
    # when
    handed = service.mailbox.hand_over(anna, None, number, "bo")
    # then
    assert (handed.state, handed.handler, handed.handler_name) == (DeliveryState.CLAIMED, "bo", "Bo Prov")
    assert done(service) == [("anna", AccessKind.CLAIM), ("anna", AccessKind.HANDOVER)]
    event = max(service.world.events.values(), key=lambda one: one.step)
    assert (event.to, event.to_name, event.name) == ("bo", "Bo Prov", "Anna Prov")
    assert service.mailbox.claim(bo, None, number) == handed


def test_whoever_was_called_stays_called_when_a_delivery_is_handed_over(
    service: Service, number: str, anna: Caller, bo: Caller
) -> None:
    # given
    service.mailbox.log_contact(anna, None, number, uuid4(), REACHED)
    # when
    handed = service.mailbox.hand_over(anna, None, number, bo.person)
    # then
    assert (handed.state, handed.handler, handed.contacted_at) == (DeliveryState.CONTACTED, "bo", service.world.at)


def test_each_event_has_the_moment_at_which_it_was_done(service: Service, number: str, anna: Caller) -> None:
    # given
    began = service.world.at
    # when
    service.mailbox.claim(anna, None, number)
    service.world.passes(hours=1)
    service.mailbox.write_note(anna, None, number, uuid4(), Content(text="Ett"))
    # then
    events = sorted(service.world.events.values(), key=lambda one: one.step)
    assert [one.at for one in events] == [began, began + timedelta(hours=1)]
    assert [one.at for one in service.world.access["0680"]] == [began, began + timedelta(hours=1)]


def test_a_colleague_is_known_by_what_she_is_called_and_does_here(service: Service, anna: Caller) -> None:
    # given
    service.world.names |= {"anna": "Anna Prov"}
    reception = service.open_letter.reception
    # then
    assert reception.colleague(anna.person, "0680") == Colleague("anna", "Anna Prov", Role.CASE_WORKER)
    assert reception.colleague(anna.person, "1280") is None


def test_nobody_outside_is_handed_anything_and_all_of_them_are_told_of_alike(
    service: Service, number: str, anna: Caller
) -> None:
    # given
    service.hire("eva", "1280")
    service.hire("rut", "0680", role=Role.READER)
    # then
    for to in ("eva", "rut", "nobody"):
        with pytest.raises(InvalidAnswersError) as refusal:
            service.mailbox.hand_over(anna, None, number, to)
        assert [(one.pointer, one.code) for one in refusal.value.errors] == [("/to", "unknownChoice")]
    assert stored(service, number).handler is None
    assert done(service) == []


def test_who_leads_takes_a_delivery_from_a_colleague_who_is_away(
    service: Service, number: str, anna: Caller, bo: Caller
) -> None:
    # given
    leader = service.hire("lena", "0680", role=Role.LOCAL_ADMINISTRATOR)
    service.mailbox.claim(anna, None, number)
    # then not by claiming it, which would be by mistake
    with pytest.raises(AlreadyClaimedError):
        service.mailbox.claim(leader, None, number)
    assert service.mailbox.hand_over(leader, None, number, bo.person).handler == "bo"
    assert service.mailbox.release(leader, None, number).handler is None


@pytest.mark.parametrize("role", [None, Role.READER])
def test_what_a_removed_colleague_held_is_free_to_claim(
    service: Service, number: str, anna: Caller, bo: Caller, role: Role | None
) -> None:
    # given
    service.mailbox.claim(anna, None, number)
    place = service.world.memberships.pop(("anna", "0680"))
    if role:
        service.world.memberships["anna", "0680"] = replace(place, role=role)
    # when
    claimed = service.mailbox.claim(bo, None, number)
    # then
    assert claimed.handler == "bo"
    with pytest.raises(ReaderOnlyError if role else NotAMemberError):
        service.mailbox.release(anna, None, number)


@pytest.mark.parametrize("state", [DeliveryState.WITHDRAWN, DeliveryState.CLOSED])
def test_what_is_withdrawn_or_closed_is_locked(
    service: Service, number: str, anna: Caller, bo: Caller, state: DeliveryState
) -> None:
    # given
    service.mailbox.claim(anna, None, number)
    service.world.deliveries["0680", number] = replace(stored(service, number), state=state)
    # then
    for refused in (service.mailbox.claim, service.mailbox.release):
        with pytest.raises(HandlingLockedError):
            refused(anna, None, number)
    with pytest.raises(HandlingLockedError):
        service.mailbox.hand_over(anna, None, number, bo.person)
    assert done(service) == [("anna", AccessKind.CLAIM)]


def test_a_withdrawal_at_the_same_instant_wins_over_a_claim(service: Service, number: str, anna: Caller) -> None:
    # given
    service.world.fails("room.handle", DeliveryChangedError())
    handled = service.world.tenancy.room("0680").delivery(number)
    assert handled is not None
    service.world.intake.withdraw(handled, service.world.at)
    # then
    with pytest.raises(HandlingLockedError):
        service.mailbox.claim(anna, None, number)
    assert done(service) == []


def test_a_reader_and_another_recipients_case_worker_do_nothing_here(service: Service, number: str) -> None:
    # given
    reader, eva = service.hire("rut", "0680", role=Role.READER), service.hire("eva", "1280")
    # then
    for act in (service.mailbox.claim, service.mailbox.release):
        with pytest.raises(ReaderOnlyError):
            act(reader, None, number)
        # A reader learns nothing from it, not even which numbers there are.
        with pytest.raises(ReaderOnlyError):
            act(reader, None, "0000-0000-0000")
        with pytest.raises(DeliveryNotFoundError):
            act(eva, None, number)
        with pytest.raises(NotAMemberError):
            act(eva, "0680", number)
    with pytest.raises(DeliveryNotFoundError):
        service.mailbox.hand_over(eva, None, number, "eva")
    assert not service.world.access
    assert not service.world.events


def test_the_applicant_never_learns_who_handles(service: Service, anna: Caller) -> None:
    # given
    receipt = service.accepted("0680").receipt
    service.work()
    service.mailbox.claim(anna, None, receipt.promises[0].number)
    # when
    told = service.world.intake.deliveries(receipt.promises)[receipt.promises[0].number]
    # then
    assert (told.state, told.handler, told.handler_name) == (DeliveryState.CLAIMED, None, None)


REACHED, MISSED = (
    Content(result=ContactResult.REACHED, text="Vill höra mer."),
    Content(result=ContactResult.NOT_REACHED),
)


def test_the_first_call_claims_and_the_first_time_reached_is_kept(
    service: Service, number: str, anna: Caller, bo: Caller
) -> None:
    # when
    missed = service.mailbox.log_contact(anna, None, number, uuid4(), MISSED)
    service.world.passes(hours=1)
    first = service.world.at
    reached = service.mailbox.log_contact(anna, None, number, uuid4(), REACHED)
    service.world.passes(hours=1)
    again = service.mailbox.log_contact(anna, None, number, uuid4(), REACHED)
    # then
    assert (missed.state, missed.handler, missed.contacted_at) == (DeliveryState.CLAIMED, "anna", None)
    assert (reached.state, reached.contacted_at) == (DeliveryState.CONTACTED, first)
    assert again.contacted_at == first
    assert done(service) == [("anna", AccessKind.CONTACT)] * 3
    with pytest.raises(AlreadyClaimedError):
        service.mailbox.log_contact(bo, None, number, uuid4(), REACHED)
    # and who releases it later leaves it contacted
    assert service.mailbox.release(anna, None, number).state is DeliveryState.CONTACTED


def test_a_repeat_by_its_key_is_told_once_even_after_it_was_closed_or_handed_over(
    service: Service, number: str, anna: Caller, bo: Caller
) -> None:
    # given
    called, ended = uuid4(), uuid4()
    closed = Content(outcome=Outcome.CLOSED, reason=Reason.WITHDREW_TIME)
    service.mailbox.log_contact(anna, None, number, called, REACHED)
    service.mailbox.hand_over(anna, None, number, bo.person)
    service.mailbox.log_outcome(bo, None, number, ended, closed)
    # when
    service.mailbox.log_contact(anna, None, number, called, REACHED)
    again = service.mailbox.log_outcome(bo, None, number, ended, closed)
    # then
    assert again.state is DeliveryState.CLOSED
    assert [kind for _, kind in done(service)] == [AccessKind.CONTACT, AccessKind.HANDOVER, AccessKind.OUTCOME]


def test_a_key_tells_of_one_thing_only(service: Service, number: str, anna: Caller, bo: Caller) -> None:
    # given
    key, said = uuid4(), Content(text="Ett")
    service.mailbox.write_note(anna, None, number, key, said)
    # then not of another text, by another person, or of another kind
    with pytest.raises(KeyReusedError):
        service.mailbox.write_note(anna, None, number, key, Content(text="Två"))
    with pytest.raises(KeyReusedError):
        service.mailbox.write_note(bo, None, number, key, said)
    with pytest.raises(KeyReusedError):
        service.mailbox.log_contact(anna, None, number, key, said)
    assert len(done(service)) == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_lost_answer_or_a_conflict_leaves_one_event(
    service: Service, number: str, anna: Caller, *, after: bool
) -> None:
    # given
    service.world.fails("room.handle", DeliveryChangedError(), after=after)
    # when
    service.mailbox.write_note(anna, None, number, uuid4(), Content(text="Ett"))
    # then
    assert done(service) == [("anna", AccessKind.NOTE)]


def test_a_note_is_anybodys_and_claims_nothing(service: Service, number: str, anna: Caller, bo: Caller) -> None:
    # given
    service.mailbox.claim(anna, None, number)
    # when
    noted = service.mailbox.write_note(bo, None, number, uuid4(), Content(text="De ringde till mig."))
    # then
    assert (noted.handler, noted.state) == ("anna", DeliveryState.CLAIMED)


def test_an_outcome_has_what_belongs_to_it_and_nothing_else(service: Service, number: str, anna: Caller) -> None:
    # given
    then = service.world.at + timedelta(days=3)
    amiss = {
        ("/reason", "required"): Content(outcome=Outcome.CLOSED),
        ("/reason", "notAsked"): Content(outcome=Outcome.PHONE_INTERVIEW, reason=Reason.NOT_REACHED),
        ("/bookedAt", "notAsked"): Content(outcome=Outcome.RESTING, booked_at=then),
    }
    # then
    for fault, content in amiss.items():
        with pytest.raises(InvalidAnswersError) as refusal:
            service.mailbox.log_outcome(anna, None, number, uuid4(), content)
        assert [(one.pointer, one.code) for one in refusal.value.errors] == [fault]
    booked = service.mailbox.log_outcome(
        anna, None, number, uuid4(), Content(outcome=Outcome.INFORMATION_MEETING, booked_at=then)
    )
    assert (booked.state, booked.handler) == (DeliveryState.CLAIMED, "anna")


def test_nothing_is_noted_where_it_is_locked_by_a_reader_or_by_a_stranger(
    service: Service, number: str, anna: Caller
) -> None:
    # given
    reader, eva = service.hire("rut", "0680", role=Role.READER), service.hire("eva", "1280")
    resting = Content(outcome=Outcome.RESTING)
    acts = (
        (service.mailbox.log_contact, REACHED),
        (service.mailbox.log_outcome, resting),
        (service.mailbox.write_note, Content(text="Ett")),
    )
    # then
    for act, content in acts:
        with pytest.raises(ReaderOnlyError):
            act(reader, None, number, uuid4(), content)
        with pytest.raises(DeliveryNotFoundError):
            act(eva, None, number, uuid4(), content)
    service.world.deliveries["0680", number] = replace(stored(service, number), state=DeliveryState.WITHDRAWN)
    for act, content in acts:
        with pytest.raises(HandlingLockedError):
            act(anna, None, number, uuid4(), content)
    assert done(service) == []


def test_who_works_for_several_handles_for_the_one_that_she_names(service: Service, number: str, bo: Caller) -> None:
    # given
    eva = service.hire("eva", "0680", "1280")
    acts: tuple[Callable[[str | None], Delivery], ...] = (
        lambda named: service.mailbox.claim(eva, named, number),
        lambda named: service.mailbox.release(eva, named, number),
        lambda named: service.mailbox.write_note(eva, named, number, uuid4(), Content(text="Ett")),
        lambda named: service.mailbox.log_contact(eva, named, number, uuid4(), REACHED),
        lambda named: service.mailbox.log_outcome(eva, named, number, uuid4(), Content(outcome=Outcome.RESTING)),
        lambda named: service.mailbox.hand_over(eva, named, number, bo.person),
    )
    for act in acts:
        # then not for one that is left to be guessed, nor for the other
        with pytest.raises(RecipientNotChosenError):
            act(None)
        with pytest.raises(DeliveryNotFoundError):
            act("1280")
        assert act("0680").number == number
    assert stored(service, number).handler == "bo"


def test_of_a_letter_that_nobody_has_handled_no_history_is_fetched(service: Service, anna: Caller, number: str) -> None:
    service.open_letter(anna, None, number)
    assert "room.history" not in service.world.steps


def test_the_opened_letter_shows_its_history_and_says_what_cannot_be_opened(
    service: Service, number: str, anna: Caller
) -> None:
    # given
    service.mailbox.claim(anna, None, number)
    service.mailbox.log_contact(anna, None, number, UUID(int=1), REACHED)
    # when
    history = service.open_letter(anna, None, number).history
    # then
    assert [(one.step, one.kind, one.name) for one in history] == [
        (1, AccessKind.CLAIM, "Anna Prov"),
        (2, AccessKind.CONTACT, "Anna Prov"),
    ]
    assert history[1].content is not None
    assert Content.from_json(history[1].content) == REACHED
    assert [one.readable for one in history] == [True, True]
    assert not replace(history[1], content=None).readable
    with pytest.raises(ValueError, match="format"):
        Content.from_json(b'{"format": 2}')


def test_nothing_is_noted_on_what_was_erased(service: Service, number: str, anna: Caller) -> None:
    # given
    service.world.wraps.clear()
    # then
    with pytest.raises(LetterUnreadableError):
        service.mailbox.write_note(anna, None, number, uuid4(), Content(text="Ett"))
    assert done(service) == []


def test_the_list_tells_by_when_to_call_and_who_should_have_been_called(
    service: Service, number: str, anna: Caller
) -> None:
    # given a letter of a Sunday, and it is Monday after closing; another came just now
    service.world.at = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    service.accepted("0680")
    service.work()

    def told(*, overdue: bool = False) -> list[tuple[str, bool]]:
        lines = service.list_deliveries(anna, None, Wanted(overdue=overdue), None, 25).lines
        return [(one.due_at.isoformat(), one.overdue) for one in lines]

    # then the newest stands first
    first = ("2026-11-23T15:30:00+00:00", True)
    assert told() == [("2026-11-24T15:30:00+00:00", False), first]
    assert told(overdue=True) == [first]
    # and to claim is not to call
    service.mailbox.claim(anna, None, number)
    assert told(overdue=True) == [first]
    service.mailbox.log_contact(anna, None, number, uuid4(), REACHED)
    assert told(overdue=True) == []
    assert told()[1] == (first[0], False)


@pytest.mark.parametrize(
    ("received_at", "due_at", "overdue"),
    [
        (datetime(2026, 11, 23, 15, 29, 59, tzinfo=UTC), datetime(2026, 11, 23, 15, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), datetime(2026, 11, 24, 15, 30, tzinfo=UTC), False),
    ],
)
def test_the_hours_count_from_the_moment_when_a_letter_was_received(
    service: Service, anna: Caller, received_at: datetime, due_at: datetime, *, overdue: bool
) -> None:
    # given a letter that waited in the outbox since the morning, and it is evening
    service.world.at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    service.accepted("0680")
    service.world.at = received_at
    service.work()
    service.world.at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    # then
    (line,) = service.list_deliveries(anna, None, None, None, 25).lines
    assert (line.due_at, line.overdue) == (due_at, overdue)


def test_where_no_hours_are_known_the_usual_ones_decide(service: Service, number: str, anna: Caller) -> None:
    # given
    del service.world.recipients["0680"]
    # then
    (line,) = service.list_deliveries(anna, None, None, None, 25).lines
    assert (line.delivery.number, line.due_at) == (number, datetime(2026, 11, 23, 15, 30, tzinfo=UTC))


def test_the_recipients_own_hours_decide(service: Service, number: str, anna: Caller) -> None:
    # given
    service.world.recipients["0680"] = replace(service.world.recipients["0680"], closing_time=time(12))
    # then
    (line,) = service.list_deliveries(anna, None, None, None, 25).lines
    assert (line.delivery.number, line.due_at) == (number, datetime(2026, 11, 23, 11, 0, tzinfo=UTC))


def test_a_note_s_line_says_as_what_she_wrote_it(service: Service, number: str) -> None:
    # given
    boss = service.hire("boss", "0680", role=Role.LOCAL_ADMINISTRATOR)
    # when
    service.mailbox.write_note(boss, None, number, uuid4(), Content(text="Hej"))
    # then
    assert [one.role for one in service.world.access["0680"]] == [Role.LOCAL_ADMINISTRATOR]


def test_colleagues_are_named_in_order_and_whoever_has_no_name_first(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    both = service.hire("anna", "0680", "1280")
    people = [
        Colleague("1", "bo", Role.READER),
        Colleague("2", "Anna", Role.READER),
        Colleague("3", None, Role.READER),
        Colleague("4", "Yrsa", Role.READER),
    ]
    asked: list[str] = []
    monkeypatch.setattr(service.world.members, "colleagues", lambda recipient: asked.append(recipient) or people)
    # then
    assert [one.id for one in service.mailbox.name_colleagues(both, "1280")] == ["3", "2", "1", "4"]
    assert asked == ["1280"]


def test_what_is_done_is_counted_once_whatever_is_told_again(service: Service, number: str, anna: Caller) -> None:
    # given
    key, closed = uuid4(), Content(outcome=Outcome.CLOSED, reason=Reason.WITHDREW_TIME)
    # when
    service.mailbox.log_contact(anna, None, number, uuid4(), MISSED)
    for _ in range(2):
        service.mailbox.log_contact(anna, None, number, key, REACHED)
    service.mailbox.log_contact(anna, None, number, uuid4(), REACHED)
    for outcome in (Outcome.PHONE_INTERVIEW, Outcome.INFORMATION_MEETING, Outcome.HANDED_TO_INVESTIGATION):
        service.mailbox.log_outcome(anna, None, number, uuid4(), Content(outcome=outcome))
    service.mailbox.log_outcome(anna, None, number, uuid4(), closed)
    # then
    ((where, counted),) = [(where, dict(one)) for where, one in service.world.handled.items() if one]
    assert where == ("0680", service.world.at.strftime("%Y-%m"))
    assert counted == dict.fromkeys(
        (
            "stage_contacted",
            "firstContact_sameWorkingDay",
            "stage_meeting",
            "stage_investigation",
            "stage_closed",
            "closedBecause_withdrewTime",
        ),
        1,
    )


def test_what_is_done_with_a_protected_delivery_is_not_counted(service: Service, number: str, anna: Caller) -> None:
    service.mailbox.protect(anna, None, number, [])

    service.mailbox.log_contact(anna, None, number, uuid4(), REACHED)
    service.mailbox.log_outcome(anna, None, number, uuid4(), Content(outcome=Outcome.PHONE_INTERVIEW))

    assert not any(service.world.handled.values())
