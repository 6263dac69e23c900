"""Protected deliveries: to all but their named readers they are not there (decision 0018)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from familjehem.domain.delivery import DeliveryState, Reader
from familjehem.domain.errors import (
    AlreadyClaimedError,
    DeliveryNotFoundError,
    FieldError,
    InvalidAnswersError,
    ReaderOnlyError,
)
from familjehem.domain.handling import Content
from familjehem.domain.inbox import View, Wanted
from familjehem.domain.membership import AccessKind, Caller, Role
from tests.service import ADDRESS, Service


@pytest.fixture
def number(service: Service) -> str:
    service.accepted("0680")
    service.work()
    return next(iter(service.world.deliveries.values())).number


@pytest.fixture
def people(service: Service) -> dict[str, Caller]:
    service.world.names |= {"anna": "Anna Prov", "bo": "Bo Prov"}
    roles = {
        "anna": Role.CASE_WORKER,
        "bo": Role.CASE_WORKER,
        "carin": Role.CASE_WORKER,
        "rut": Role.READER,
        "boss": Role.LOCAL_ADMINISTRATOR,
    }
    return {name: service.hire(name, "0680", role=role) for name, role in roles.items()}


def everything(service: Service, caller: Caller, number: str) -> dict[str, Callable[[], object]]:
    """Give every way to meet one delivery."""
    mailbox, content = service.mailbox, Content(text="Hej")
    return {
        "open": lambda: service.open_letter(caller, None, number),
        "print": lambda: service.exports.print_compilation(caller, None, number),
        "export": lambda: service.exports.open_letter(caller, None, number),
        "claim": lambda: mailbox.claim(caller, None, number),
        "release": lambda: mailbox.release(caller, None, number),
        "hand over": lambda: mailbox.hand_over(caller, None, number, "bo"),
        "contact": lambda: mailbox.log_contact(caller, None, number, uuid4(), content),
        "note": lambda: mailbox.write_note(caller, None, number, uuid4(), content),
        "protect": lambda: mailbox.protect(caller, None, number, ["bo"]),
        "unprotect": lambda: mailbox.unprotect(caller, None, number),
        "trail": lambda: mailbox.read_access_log(caller, None, number, None, 25),
    }


def shown(service: Service, caller: Caller, *, protected: bool = False) -> list[str]:
    page = service.list_deliveries(caller, None, Wanted(view=View.PROTECTED if protected else View.ALL), None, 25)
    return [one.delivery.number for one in page.lines]


def test_its_readers_have_it_apart_from_the_others_and_nobody_else_has_it(
    service: Service, people: dict[str, Caller], number: str
) -> None:
    # when
    protected = service.mailbox.protect(people["anna"], None, number, ["bo", "rut", "bo"])
    # then
    assert protected.readers == (Reader("anna", "Anna Prov"), Reader("bo", "Bo Prov"), Reader("rut", "rut"))
    for name in ("anna", "bo", "rut"):
        assert shown(service, people[name], protected=True) == [number]
        assert shown(service, people[name]) == []
        assert service.open_letter(people[name], None, number).delivery.readers == protected.readers
    for name in ("carin", "boss"):
        assert shown(service, people[name], protected=True) == shown(service, people[name]) == []


@pytest.mark.parametrize("who", ["carin", "boss"])
def test_to_everybody_else_it_is_as_one_that_is_not_there(
    service: Service, people: dict[str, Caller], number: str, who: str
) -> None:
    # given
    service.mailbox.protect(people["anna"], None, number, [])
    lines = len(service.world.access["0680"])
    there, not_there = (everything(service, people[who], one) for one in (number, "0000-0000-0000"))
    for way, ask in there.items():
        # when: one and the other, with all that the service did for it
        answers = []
        for call in (ask, not_there[way]):
            service.world.steps.clear()
            with pytest.raises(DeliveryNotFoundError):
                call()
            answers.append(list(service.world.steps))
        # then
        assert answers[0] == answers[1], way
    assert len(service.world.access["0680"]) == lines
    assert service.exports.export_registry(people[who], None, _day(service), _day(service)) == ()


def leaves(service: Service, person: str) -> None:
    """Take somebody's access to the recipient."""
    del service.world.memberships[person, "0680"]
    roster = service.world.rosters["0680"]
    members = {one: member for one, member in roster.members.items() if one != person}
    service.world.rosters["0680"] = replace(roster, members=members)


def _day(service: Service):
    return service.world.at.date()


def test_a_number_that_can_be_none_is_not_looked_for(service: Service, people: dict[str, Caller], number: str) -> None:
    assert number
    for ask in everything(service, people["anna"], "not a number").values():
        service.world.steps.clear()
        with pytest.raises(DeliveryNotFoundError):
            ask()
        assert "room.delivery" not in service.world.steps


def test_of_two_recipients_it_is_protected_at_the_one_that_is_said(service: Service, number: str) -> None:
    # given
    anna = service.hire("anna", "0680", "1280")
    # then
    assert service.mailbox.protect(anna, "0680", number, []).protected
    assert not service.mailbox.unprotect(anna, "0680", number).protected


def test_its_numbers_are_left_out_of_the_log_that_others_read(
    service: Service, people: dict[str, Caller], number: str
) -> None:
    # given
    service.list_deliveries(people["carin"], None, None, None, 25)
    service.mailbox.protect(people["anna"], None, number, [])

    def numbers(name: str) -> list[tuple[str, ...]]:
        page = service.mailbox.read_access_log(people[name], None, None, None, 25)
        return [line.entry.deliveries for line in page.lines]

    # then: the lines stand, without gaps
    assert numbers("anna") == [(number,), (number,)]
    assert numbers("carin") == numbers("boss") == [(), ()]
    assert all(
        number not in line.entry.deliveries for line in service.mailbox.review_access_log(people["boss"], None).sample
    )


def test_each_change_is_an_event_and_a_line_and_a_repeat_is_none(
    service: Service, people: dict[str, Caller], number: str
) -> None:
    # when
    for _ in range(2):
        service.mailbox.protect(people["anna"], None, number, ["bo"])
    service.mailbox.protect(people["bo"], None, number, ["anna", "rut"])
    opened = service.mailbox.unprotect(people["bo"], None, number)
    service.mailbox.unprotect(people["carin"], None, number)
    # then
    expected = [AccessKind.PROTECT, AccessKind.PROTECT, AccessKind.UNPROTECT]
    assert [one.kind for one in service.world.access["0680"]] == expected
    assert [one.kind for one in service.world.events.values()] == expected
    assert not opened.protected
    assert shown(service, people["carin"]) == [number]


def test_whoever_handles_it_and_is_no_reader_handles_it_no_longer(
    service: Service, people: dict[str, Caller], number: str
) -> None:
    # given
    service.mailbox.claim(people["anna"], None, number)
    # then: a colleague may not, whoever leads may
    with pytest.raises(AlreadyClaimedError):
        service.mailbox.protect(people["carin"], None, number, [])
    protected = service.mailbox.protect(people["boss"], None, number, ["bo"])
    assert (protected.handler, protected.state) == (None, DeliveryState.DELIVERED)
    assert [one.id for one in protected.readers] == ["bo", "boss"]
    with pytest.raises(DeliveryNotFoundError):
        service.mailbox.claim(people["anna"], None, number)


def test_whoever_handles_it_and_is_a_reader_goes_on(service: Service, people: dict[str, Caller], number: str) -> None:
    # given
    service.mailbox.claim(people["anna"], None, number)
    # when
    protected = service.mailbox.protect(people["boss"], None, number, ["anna"])
    # then
    assert (protected.handler, protected.state) == ("anna", DeliveryState.CLAIMED)
    # and a reader cannot open it to all while a colleague handles it, but whoever leads can
    service.mailbox.protect(people["boss"], None, number, ["anna", "bo"])
    with pytest.raises(AlreadyClaimedError):
        service.mailbox.unprotect(people["bo"], None, number)
    opened = service.mailbox.unprotect(people["boss"], None, number)
    assert (opened.handler, opened.readers) == ("anna", ())


def test_it_is_handed_over_to_a_reader_only(service: Service, people: dict[str, Caller], number: str) -> None:
    # given
    service.mailbox.protect(people["anna"], None, number, ["bo"])
    service.mailbox.claim(people["anna"], None, number)
    # then
    with pytest.raises(InvalidAnswersError) as refused:
        service.mailbox.hand_over(people["anna"], None, number, "carin")
    assert refused.value.errors == (FieldError("/to", "unknownChoice"),)
    assert service.mailbox.hand_over(people["anna"], None, number, "bo").handler == "bo"


def test_readers_are_colleagues(service: Service, people: dict[str, Caller], number: str) -> None:
    # given
    service.hire("eva", "1280")
    # then
    with pytest.raises(InvalidAnswersError) as refused:
        service.mailbox.protect(people["anna"], None, number, ["bo", "eva", "nobody"])
    assert refused.value.errors == (
        FieldError("/readers/1", "unknownChoice"),
        FieldError("/readers/2", "unknownChoice"),
    )
    with pytest.raises(ReaderOnlyError):
        service.mailbox.protect(people["rut"], None, number, [])


def test_one_that_is_closed_or_withdrawn_is_protected_too(service: Service, people: dict[str, Caller]) -> None:
    # given
    receipt = service.accepted("0680").receipt
    service.work()
    number = receipt.promises[0].number
    service.withdraw(receipt.reference, receipt.receipt_code, ADDRESS, None)
    # then
    assert service.mailbox.protect(people["anna"], None, number, []).protected


def test_who_leads_takes_over_what_all_readers_have_left_and_not_before(
    service: Service, people: dict[str, Caller], number: str
) -> None:
    # given
    service.mailbox.protect(people["anna"], None, number, ["bo"])
    leaves(service, "anna")
    with pytest.raises(DeliveryNotFoundError):
        service.mailbox.protect(people["boss"], None, number, [])
    leaves(service, "bo")
    # when
    with pytest.raises(DeliveryNotFoundError):
        service.mailbox.protect(people["carin"], None, number, [])
    taken = service.mailbox.protect(people["boss"], None, number, ["carin"])
    # then
    assert [one.id for one in taken.readers] == ["boss", "carin"]
    assert service.world.access["0680"][-1].kind is AccessKind.TAKE_OVER
    assert service.open_letter(people["carin"], None, number).delivery.protected


def test_the_applicant_sees_it_fare_as_any_other(service: Service, people: dict[str, Caller]) -> None:
    # given
    receipt = service.accepted("0680").receipt
    service.work()
    # when
    service.mailbox.protect(people["anna"], None, receipt.promises[0].number, [])
    service.world.passes(minutes=1)
    service.open_letter(people["anna"], None, receipt.promises[0].number)
    (told,) = service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS).deliveries
    # then
    assert (told.state, told.opened_at) == (DeliveryState.OPENED, service.world.at)
    assert [one.at for one in told.openings] == [service.world.at]
    assert service.world.at - timedelta(minutes=1) == told.received_at
