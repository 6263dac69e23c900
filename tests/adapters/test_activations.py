"""The port suite of the municipalities' own pages; the fake as the adapter."""

import pytest

from familjehem.domain.activation import Activation, Code, Colleague, Link, Responsible, Signature
from familjehem.domain.outbox import CodeTask, LinkTask
from familjehem.ports import ActivationChangedError, RegisterChange
from tests.adapters.houses import at
from tests.adapters.test_register import asked

ASK = "ask-1"
FULL = Activation(
    id=ASK,
    links=(Link(digest=b"d" * 32, address="familjehem@mottagaren.example", expires_at=at(9)),),
    code=Code(digest=b"c" * 32, expires_at=at(9), tries=2),
    responsible=Responsible(name="Eva Prov", mobile="+46701740605", proven_at=at(8)),
    signature=Signature(version="2026-1", name="Eva Prov", at=at(8)),
    people=(Colleague(name="Anna Prov", email="anna.prov@mottagaren.example", mobile="+46701740606"),),
    codes=3,
)


class TestActivations:
    def test_keeps_a_request_and_its_page_once(self, house):
        # given
        one = asked(ASK, "0180")
        house.activations.ask(one, FULL)
        # when
        with pytest.raises(ActivationChangedError):
            house.activations.ask(one, Activation(id=ASK))
        # then
        assert house.activations.find(ASK) == FULL
        assert house.register.request(ASK) == one
        assert house.activations.find("ask-2") is None
        assert house.activations.find("") is None

    def test_takes_a_change_of_what_was_read_and_no_other(self, house):
        # given
        house.activations.commit(None, Activation(id=ASK))
        read = house.activations.find(ASK)
        house.activations.commit(read, FULL)
        # when
        for before in (read, None):
            with pytest.raises(ActivationChangedError):
                house.activations.commit(before, Activation(id=ASK))
        # then
        assert house.activations.find(ASK) == FULL

    def test_asks_for_a_sending_with_the_change_and_not_twice(self, house):
        # given
        task = CodeTask(ASK)
        house.activations.commit(None, FULL, task, at(9))
        read = house.activations.find(ASK)
        # when
        with pytest.raises(ActivationChangedError):
            house.activations.commit(read, Activation(id=ASK), task, at(10))
        # then
        assert house.activations.find(ASK) == FULL
        assert [one.task for one in house.outbox.waiting()] == [task]
        assert house.activations.waits(task)
        house.activations.sent(task)
        house.activations.sent(task)
        assert not house.activations.waits(task)

    def test_has_links_asked_for_by_a_change_of_the_register(self, house):
        # given
        task = LinkTask(ASK)
        # when
        house.register.commit(RegisterChange(onboardings=((None, asked(ASK, "0180")),), links=((task, at(9)),)))
        house.register.commit(RegisterChange(links=((task, at(10)),)))
        # then
        assert [one.task for one in house.outbox.waiting()] == [task]
