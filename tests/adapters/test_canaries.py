"""The port suite of the canary letter: it goes the way of all letters and is counted nowhere; the fake as the adapter."""

from dataclasses import replace

import pytest

from familjehem.domain.inbox import Selection, View, Wanted
from familjehem.domain.membership import AccessEntry, AccessKind, Role
from familjehem.domain.outbox import LetterTask, NoticeTask, Occasion
from familjehem.domain.purpose import Purpose
from familjehem.domain.recipient import RecipientState
from familjehem.ports import AlreadyAcceptedError, RecipientChangedError
from tests.adapters import families
from tests.adapters.houses import at


@pytest.fixture
def ready(house):
    """A recipient that is ready and not yet live, with its sealed canary letter."""
    one = replace(families.recipient(house, "0680"), state=RecipientState.READY)
    house.change(one)
    return one, families.sealed(house, one, row={"canary": True}).deliveries[0]


def opening(number: str, moment) -> AccessEntry:
    return AccessEntry(
        at=moment, person="anna", name="Anna", role=Role.CASE_WORKER, kind=AccessKind.OPEN, deliveries=(number,)
    )


def test_a_canary_letter_is_accepted_once_for_who_is_ready_and_as_it_was_read(house, ready):
    one, sealed = ready
    number = sealed.delivery.number
    house.change(replace(one, state=RecipientState.LIVE))
    with pytest.raises(RecipientChangedError):
        house.intake.accept_canary(sealed)
    house.change(one)
    house.intake.accept_canary(sealed)
    with pytest.raises(AlreadyAcceptedError):
        house.intake.accept_canary(sealed)
    assert house.letter_queue.read(LetterTask(one.id, number)).canary


def test_it_is_delivered_and_told_of_and_counted_nowhere(house, ready):
    one, sealed = ready
    number = sealed.delivery.number
    house.intake.accept_canary(sealed)
    queued = house.letter_queue.read(LetterTask(one.id, number))
    for purpose, content in ((Purpose.LETTER, queued.letter), (Purpose.CARD, queued.card)):
        house.vault.put(one.id, number, purpose, content)
    # when
    assert house.letter_queue.delivered(queued, at(13))
    # then
    room = house.tenancy.room(one.id)
    assert room.delivery(number).canary
    assert house.notice_queue.waits(NoticeTask(one.id, number, Occasion.NEW))
    selection = Selection(Wanted(view=View.WAITING), "anna", at(17))
    assert room.page(selection, None, 10).deliveries == ()
    shown = room.page(Selection(Wanted(), "anna", at(17)), None, 10).deliveries
    assert [(one.number, one.canary) for one in shown] == [(number, True)]
    assert room.counts(selection).waiting == 0
    assert house.counted_in(one.id, f"{at(13):%Y-%m}") == 0
    # and its opening leaves the one note that SKR may read
    assert house.canaries.opened_at(one.id, number) is None
    room.opened(room.delivery(number), opening(number, at(14)))
    room.opened(room.delivery(number), opening(number, at(15)))
    assert house.canaries.opened_at(one.id, number) == at(14)
    assert house.canaries.opened_at("0180", number) is None


def test_the_opening_of_any_other_letter_leaves_none(house):
    one = families.recipient(house, "0680")
    number = families.delivered(house, one)
    room = house.tenancy.room(one.id)
    room.opened(room.delivery(number), opening(number, at(14)))
    assert house.canaries.opened_at(one.id, number) is None
