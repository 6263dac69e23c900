"""Searching a mailbox: who is found by what, for whom, and what the log says of it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from familjehem.domain.delivery import ErasureReason
from familjehem.domain.errors import InvalidAnswersError, NotAMemberError, TooManySearchesError
from familjehem.domain.handling import Content, Outcome, Reason
from familjehem.domain.membership import AccessKind, Caller, Role
from familjehem.domain.search import PER_HOUR, SHOWN
from tests.builders import CO_APPLICANT_IDENTITY_NUMBER, IDENTITY_NUMBER
from tests.service import Service, answers_for

OUTCOME = Content(outcome=Outcome.CLOSED, reason=Reason.WITHDREW_TIME)


def arrives(service: Service, name: str = "Prov Persson-Kanarie", **answers: object) -> str:
    """Let a family's application come to 0680; give its delivery number."""
    known = {number for _, number in service.world.deliveries}
    service.accepted("0680", answers=answers_for(("0680",), name=name, **answers))
    service.work()
    service.world.passes(minutes=1)
    (number,) = {number for _, number in service.world.deliveries} - known
    return number


@pytest.fixture
def anna(service: Service) -> Caller:
    return service.hire("anna", "0680")


def found(service: Service, who: Caller, text: str) -> list[str]:
    return [one.delivery.number for one in service.mailbox.search(who, None, text).lines]


@pytest.mark.parametrize("text", ["persson", "Kanarie", IDENTITY_NUMBER, CO_APPLICANT_IDENTITY_NUMBER, "Test Persson"])
def test_a_family_is_found_by_the_names_and_numbers_of_both(service: Service, anna: Caller, text: str) -> None:
    number = arrives(service)
    assert found(service, anna, text) == [number]


def test_a_delivery_number_finds_however_it_is_written(service: Service, anna: Caller) -> None:
    number = arrives(service)
    for written in (number, number.replace("-", "").lower(), f" {number} "):
        assert found(service, anna, written) == [number]


@pytest.mark.parametrize("text", ["Jönköping", "Hund", "0701740605", "familjehem", "house"])
def test_nothing_else_of_a_letter_is_found(service: Service, anna: Caller, text: str) -> None:
    arrives(service)
    assert found(service, anna, text) == []


def test_what_is_found_has_its_card_as_corrected_last(service: Service, anna: Caller) -> None:
    # given
    accepted = service.accepted("0680")
    service.work()
    assert found(service, anna, "kanarie")
    service.supplemented(accepted.receipt, name="Prov Nilsson", mobile="070-174 06 06")
    service.work()
    # when
    (line,) = service.mailbox.search(anna, None, "nilsson").lines
    # then
    assert line.card is not None
    assert (line.card.name, line.card.telephone) == ("Prov Nilsson", "+46701740606")
    assert found(service, anna, "Kanarie") == [line.delivery.number]


def test_every_search_is_one_line_of_what_was_shown_and_never_of_what_was_asked(service: Service, anna: Caller) -> None:
    # given
    number = arrives(service)
    # when
    found(service, anna, "persson")
    found(service, anna, "hemligsson")
    # then
    lines = service.world.access["0680"]
    assert [(one.kind, one.deliveries) for one in lines] == [(AccessKind.SEARCH, (number,)), (AccessKind.SEARCH, ())]
    assert "persson" not in str(lines).lower()
    assert "hemligsson" not in str(service.world.access).lower()


def test_the_line_stands_before_a_card_is_opened(service: Service, anna: Caller) -> None:
    # given
    arrives(service)
    found(service, anna, "persson")
    service.world.steps.clear()
    # when
    found(service, anna, "persson")
    # then
    steps = service.world.steps
    assert steps.index("room.log") < steps.index("room.plaintexts")


def test_a_letter_is_looked_at_once_and_not_logged_for_that(service: Service, anna: Caller) -> None:
    # given
    arrives(service)
    arrives(service, "Någon Annan")
    # when
    assert len(found(service, anna, "annan")) == 1
    service.world.steps.clear()
    found(service, anna, "annan")
    # then
    assert "room.index" not in service.world.steps
    assert all(len(one.deliveries) == 1 for one in service.world.access["0680"])


def test_another_recipients_letters_are_found_by_nobody(service: Service, anna: Caller) -> None:
    service.accepted("1280")
    service.work()
    number = next(number for _, number in service.world.deliveries)
    assert found(service, anna, "persson") == found(service, anna, number) == []
    with pytest.raises(NotAMemberError):
        service.mailbox.search(anna, "1280", "persson")


def test_a_reader_may_search(service: Service) -> None:
    number = arrives(service)
    assert found(service, service.hire("rut", "0680", role=Role.READER), "persson") == [number]


def test_a_protected_letter_is_found_by_its_number_and_its_readers_alone(service: Service, anna: Caller) -> None:
    # given
    number = arrives(service)
    bo = service.hire("bo", "0680")
    assert found(service, bo, "persson") == [number]
    # when
    service.mailbox.protect(anna, None, number, ())
    # then
    assert found(service, bo, "persson") == found(service, anna, "persson") == []
    assert not service.world.tokens["0680", number]
    assert (found(service, anna, number), found(service, bo, number)) == ([number], [])
    service.mailbox.unprotect(anna, None, number)
    assert found(service, bo, "persson") == [number]


def test_to_a_stranger_a_protected_number_costs_what_an_unknown_one_does(service: Service, anna: Caller) -> None:
    # given
    number, bo = arrives(service), service.hire("bo", "0680")
    service.mailbox.protect(anna, None, number, ())
    found(service, bo, "persson")
    steps: list[list[str]] = []
    # when
    for text in (number, "7KQ3-9XRM-2VHC", "persson", "hemligsson"):
        service.world.steps.clear()
        assert found(service, bo, text) == []
        steps.append(list(service.world.steps))
    # then
    assert steps[0] == steps[1]
    assert steps[2] == steps[3]


def test_an_erased_letter_is_found_by_nothing(service: Service, anna: Caller) -> None:
    # given
    number = arrives(service)
    found(service, anna, "persson")
    service.mailbox.log_outcome(anna, None, number, uuid4(), OUTCOME)
    service.mailbox.decide_erasure(anna, None, number, ErasureReason.FAMILY_ASKED)
    assert found(service, anna, "persson") == []
    # when
    service.work()
    # then
    assert found(service, anna, "persson") == found(service, anna, number) == []
    assert ("0680", number) not in service.world.tokens
    assert not service.world.unsearched


def test_a_withdrawn_letter_that_came_is_found(service: Service, anna: Caller) -> None:
    accepted = service.accepted("0680")
    service.work()
    service.withdraw(accepted.receipt.reference, accepted.receipt.receipt_code, "192.0.2.7", None)
    assert len(found(service, anna, "persson")) == 1


def test_the_newest_are_shown_and_it_is_told_that_there_are_more(service: Service, anna: Caller) -> None:
    numbers = [arrives(service) for _ in range(SHOWN + 2)]
    # when
    answer = service.mailbox.search(anna, None, "persson")
    # then
    assert [one.delivery.number for one in answer.lines] == numbers[:1:-1]
    assert (answer.more, answer.complete) == (True, True)
    assert service.world.access["0680"][0].deliveries == tuple(numbers[:1:-1])


def test_a_letter_that_cannot_be_opened_keeps_no_other_from_being_found(service: Service, anna: Caller) -> None:
    # given
    broken, whole = arrives(service), arrives(service)
    wrap = service.world.wraps.pop(("0680", broken))
    # then
    assert found(service, anna, "persson") == [whole]
    assert found(service, anna, broken) == [broken]
    assert set(service.world.unsearched) == {("0680", broken)}
    # and when it can be opened again
    service.world.wraps["0680", broken] = wrap
    assert found(service, anna, "persson") == [whole, broken]


def test_where_very_many_are_new_the_answer_says_that_it_is_not_whole(
    service: Service, anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr("familjehem.usecases.search_mailbox._BITE", 1)
    for _ in range(4):
        arrives(service)
    # then
    answers = [service.mailbox.search(anna, None, "persson") for _ in range(2)]
    assert [(len(one.lines), one.complete) for one in answers] == [(3, False), (4, True)]


def test_who_searches_like_a_machine_is_stopped_until_the_next_hour(service: Service, anna: Caller) -> None:
    # given
    bo = service.hire("bo", "0680")
    for _ in range(PER_HOUR):
        found(service, anna, "persson")
    # then
    with pytest.raises(TooManySearchesError):
        found(service, anna, "persson")
    assert len(service.world.access["0680"]) == PER_HOUR
    assert found(service, bo, "persson") == []
    service.world.at += timedelta(hours=1)
    assert found(service, Caller("anna", service.world.at), "persson") == []


def test_a_search_for_nothing_is_refused_and_leaves_no_line(service: Service, anna: Caller) -> None:
    with pytest.raises(InvalidAnswersError):
        found(service, anna, "-")
    assert not service.world.access["0680"]
