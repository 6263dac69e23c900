"""The port suite of the administration: register, keys that end, folder, notes of failure; the fake as the adapter."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from familjehem.domain.affiliation import Affiliation
from familjehem.domain.assignment import Assignment
from familjehem.domain.invoice import Billing, Payer
from familjehem.domain.municipality import municipalities
from familjehem.domain.onboarding import ExportProof, Onboarding
from familjehem.domain.recipient import Recipient, RecipientKind, RecipientState
from familjehem.domain.tariff import fee
from familjehem.ports import RegisterChange, RegisterChangedError, Registered
from tests.adapters import families
from tests.adapters.houses import at

DAY = date(2026, 3, 2)


def asked(identifier: str = "0680", recipient: str | None = None, *codes: str) -> Onboarding:
    return Onboarding(
        id=identifier,
        recipient=recipient or identifier,
        name="Mottagaren (prov)",
        kind=RecipientKind.MUNICIPALITY,
        municipalities=codes or (recipient or identifier,),
        assignments=frozenset({Assignment.FAMILJEHEM}),
        function_mailbox="familjehem@mottagaren.example",
        requested_at=at(8),
    )


def told(one: Onboarding) -> Onboarding:
    """An onboarding with every fact that it can have."""
    payer = Payer(
        recipient=one.recipient, name="Mottagaren", address="Box 1", reference="R1", billing=Billing.PER_MEMBER
    )
    live = (
        one.approve(at(9), "arn:aws:kms:eu-north-1:111122223333:key/one")
        .name_responsible(at(9))
        .prove_mailbox(at(9), one.function_mailbox)
        .prove_responsible(at(9))
        .accept_agreement(at(9), "1")
        .count_readers(2)
        .give_payer(payer)
        .send_canary("C1")
        .open_canary(at(9), "C1")
        .go_live(at(10))
        .change_mailbox("barn@mottagaren.example", domain_confirmed=True)
        .pause(at(10))
    )
    closing = live.leave(at(11), DAY).begin_closing(
        at(12), DAY + timedelta(days=1), ExportProof(confirmed_on=DAY, case_number="1")
    )
    return closing.disable_key(at(12), DAY + timedelta(days=30), outbox_empty=True).close(at(12))


def row(one: Onboarding, state: RecipientState = RecipientState.VERIFYING) -> Recipient:
    return Recipient(
        id=one.recipient,
        name=one.name,
        kind=one.kind,
        state=state,
        municipalities=one.municipalities,
        assignments=one.assignments,
        key_arn=one.key_arn or "",
        function_mailbox=one.function_mailbox,
    )


def connected(house, one: Onboarding) -> Registered:
    approved = one if one.approved_at else one.approve(at(9), "arn:aws:kms:eu-north-1:111122223333:key/one")
    claims = dict.fromkeys(one.municipalities, (None, one.recipient))
    house.register.commit(
        RegisterChange(onboardings=((None, approved),), recipients=((None, row(approved)),), claims=claims)
    )
    return Registered(approved, row(approved))


class TestRegister:
    def test_gives_recipients_and_requests_with_every_fact(self, house):
        # given
        one, other = connected(house, told(asked())), asked("ask-1", "0180")
        house.register.ask(other)
        seeded = families.recipient(house, "1480")
        # then
        assert house.register.all() == (Registered(other, None), one, Registered(None, seeded))
        assert house.register.find("0680") == one
        assert house.register.find("1480") == Registered(None, seeded)
        assert house.register.request("ask-1") == other
        assert house.directory.serving(["0680"]) == {"0680": one.recipient}

    @pytest.mark.parametrize("nowhere", ["0180", "", "#", "unit-#", "å"])
    def test_knows_nothing_of_what_is_not_there(self, house, nowhere):
        assert house.register.find(nowhere) is None
        assert house.register.request(nowhere) is None

    def test_a_request_is_stored_once(self, house):
        house.register.ask(asked("ask-1"))
        with pytest.raises(RegisterChangedError):
            house.register.ask(replace(asked("ask-1"), name="Another"))
        assert house.register.request("ask-1") == asked("ask-1")

    def test_of_two_changes_of_one_onboarding_the_second_is_refused_whole(self, house):
        # given two who have read the same
        one = connected(house, asked())
        first, second = one.onboarding.name_responsible(at(10)), one.onboarding.count_readers(3)
        house.register.commit(RegisterChange(onboardings=((one.onboarding, first),)))
        # when
        paused = replace(one.recipient, state=RecipientState.PAUSED)
        with pytest.raises(RegisterChangedError):
            house.register.commit(
                RegisterChange(onboardings=((one.onboarding, second),), recipients=((one.recipient, paused),))
            )
        # then
        found = house.register.find("0680")
        assert found == Registered(first, one.recipient)
        assert found.onboarding.revision == 2
        # and whoever reads again gets through
        house.register.commit(RegisterChange(onboardings=((found.onboarding, second),)))
        assert house.register.find("0680").onboarding == second

    @pytest.mark.parametrize(
        "change",
        [
            {"state": RecipientState.PAUSED},
            {"membership_version": 2},
            {"key_arn": "arn:aws:kms:eu-north-1:111122223333:key/other"},
            {"function_mailbox": "annan@mottagaren.example"},
        ],
        ids=["state", "membership", "key", "mailbox"],
    )
    def test_a_recipient_that_changed_meanwhile_is_not_changed(self, house, change):
        one = families.recipient(house, "0680")
        house.change(replace(one, **change))
        with pytest.raises(RegisterChangedError):
            house.register.commit(RegisterChange(recipients=((one, replace(one, state=RecipientState.LEAVING)),)))
        assert house.directory.get("0680") == replace(one, **change)

    def test_what_the_recipient_s_own_people_set_stays(self, house):
        # given settings that were changed after the row was read
        one = families.recipient(house, "0680")
        set_ = replace(one, extended_questions=frozenset({"interests"}))
        house.change(set_)
        # when
        house.register.commit(RegisterChange(recipients=((one, replace(one, state=RecipientState.PAUSED)),)))
        # then
        assert house.directory.get("0680") == replace(set_, state=RecipientState.PAUSED)

    def test_a_municipality_that_somebody_serves_is_claimed_by_nobody_else(self, house):
        connected(house, asked("0680"))
        with pytest.raises(RegisterChangedError):
            connected(house, asked("unit-prov", "unit-prov", "0180", "0680"))
        assert house.register.find("unit-prov") is None
        assert house.directory.serving(["0180"]) == {"0180": None}

    def test_a_claim_moves_from_whoever_holds_it(self, house):
        # given
        connected(house, asked("0680"))
        connected(house, asked("unit-prov", "unit-prov", "0180"))
        unit = house.directory.get("unit-prov")
        grown = replace(unit, municipalities=(*unit.municipalities, "0680"))
        # when
        house.register.commit(RegisterChange(recipients=((unit, grown),), claims={"0680": ("0680", "unit-prov")}))
        # then
        assert house.directory.serving(["0680"])["0680"].id == "unit-prov"
        for wrong in ("0680", None):
            with pytest.raises(RegisterChangedError):
                house.register.commit(RegisterChange(claims={"0680": (wrong, "0680")}))

    def test_an_affiliation_begins_once_and_ends_for_whoever_has_read_its_end(self, house):
        # given
        one = Affiliation(municipality="0680", recipient="unit-prov", since=DAY, decided_on=DAY, agreed_until=DAY)
        other = Affiliation(municipality="0180", recipient="0180", since=DAY)
        house.register.commit(RegisterChange(begun=(one, other)))
        # when
        house.register.commit(RegisterChange(ended=((one, DAY + timedelta(days=9)),)))
        # then
        ended = replace(one, until=DAY + timedelta(days=9))
        assert house.register.affiliations() == (other, ended)
        for again in (RegisterChange(begun=(one,)), RegisterChange(ended=((one, DAY),))):
            with pytest.raises(RegisterChangedError):
                house.register.commit(again)
        house.register.commit(RegisterChange(ended=((ended, DAY),)))
        assert house.register.affiliations() == (other, replace(one, until=DAY))

    def test_a_fee_is_fixed_by_the_first_who_reckons_it(self, house):
        # given
        first = fee(municipalities()["0680"], 2026)
        house.register.fix([first])
        # when a later figure would give another
        house.register.fix([replace(first, population=1, ore=1), fee(municipalities()["0180"], 2026)])
        # then
        assert house.register.fees(2026) == {"0680": first, "0180": fee(municipalities()["0180"], 2026)}
        assert house.register.fees(2027) == {}


class TestEndOfAKey:
    def test_a_key_is_disabled_and_a_repeat_gives_the_same_day(self, house):
        # given
        key = house.recipient_keys.create("0680")
        assert house.key_works(key)
        # when
        first, second = house.recipient_keys.retire(key), house.recipient_keys.retire(key)
        # then
        assert not house.key_works(key)
        assert first == second


class TestFolder:
    def test_a_paper_is_kept_and_replaced(self, house):
        place = house.folder.keep("invoices/2026.csv", b"one", "text/csv")
        assert house.folder.keep("invoices/2026.csv", b"two", "text/csv") == place
        assert house.paper(place) == house.folder.fetch("invoices/2026.csv") == b"two"

    def test_a_paper_that_is_not_there_is_none(self, house):
        assert house.folder.fetch("commands/nothing.json") is None


class TestFailures:
    def test_notes_are_counted_and_thrown_away(self, house):
        house.gives_up(23)
        assert house.given_up.count() == 23
        assert house.given_up.clear() == 23
        assert (house.given_up.count(), house.given_up.clear()) == (0, 0)
