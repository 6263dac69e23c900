"""Onboarding, model-checked: no order of steps, repeats and faults reaches a state without its conditions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import OnboardingStepError
from familjehem.domain.invoice import Payer
from familjehem.domain.onboarding import ExportProof, Missing, Onboarding, in_words
from familjehem.domain.recipient import RecipientKind, RecipientState

AT = datetime(2026, 3, 2, 13, 5, tzinfo=UTC)
LAST = date(2026, 6, 30)
PAYER = Payer(recipient="0680", name="Jönköping", address="Fakturagatan 1", reference="R1")
PROOF = ExportProof(confirmed_on=LAST, case_number="SN 2026/12")
KEY = "arn:aws:kms:eu-north-1:000000000000:key/one"
MAILBOX, OTHER = "familjehem@jonkoping.example", "barn@jonkoping.example"


def asked(**changes) -> Onboarding:
    return replace(
        Onboarding(
            id="0680",
            recipient="0680",
            name="Jönköping",
            kind=RecipientKind.MUNICIPALITY,
            municipalities=("0680",),
            assignments=frozenset(Assignment),
            function_mailbox=MAILBOX,
            requested_at=AT,
        ),
        **changes,
    )


def ready() -> Onboarding:
    one = asked().approve(AT, KEY).name_responsible(AT).prove_mailbox(AT, MAILBOX).prove_responsible(AT)
    return one.accept_agreement(AT, "1").count_readers(2).give_payer(PAYER)


def live() -> Onboarding:
    return ready().send_canary("C1").open_canary(AT, "C1").go_live(AT)


def test_each_condition_leads_to_its_state() -> None:
    # given
    one = asked()
    seen = [one.state]
    # when the steps are taken as one would take them
    for step in (
        lambda o: o.approve(AT, KEY),
        lambda o: o.name_responsible(AT).prove_mailbox(AT, MAILBOX).prove_responsible(AT),
        lambda o: o.accept_agreement(AT, "1").count_readers(2).give_payer(PAYER),
        lambda o: o.send_canary("C1").open_canary(AT, "C1").go_live(AT),
        lambda o: o.pause(AT),
        lambda o: o.resume(),
        lambda o: o.leave(AT, LAST),
        lambda o: (
            o.begin_closing(AT, LAST + timedelta(days=1), PROOF).disable_key(AT, LAST, outbox_empty=True).close(AT)
        ),
    ):
        one = step(one)
        seen.append(one.state)
    # then
    assert seen == ["requested", "verifying", "agreement", "ready", "live", "paused", "live", "leaving", "closed"]


def test_what_is_missing_is_said_in_plain_swedish_in_the_order_of_work() -> None:
    assert asked().missing == tuple(Missing)[:11]
    assert ready().missing == (Missing.CANARY_SENT, Missing.CANARY_OPENED, Missing.START)
    assert live().missing == ()
    for words in in_words(Missing):
        assert words.endswith(".")


@pytest.mark.parametrize("missing", [one for one in asked().missing if one is not Missing.START])
def test_nobody_goes_live_without(missing: Missing) -> None:
    # given everything but one
    gone = {
        Missing.APPROVAL: {"approved_at": None},
        Missing.MAILBOX_PROOF: {"mailbox_proven_at": None},
        Missing.RESPONSIBLE: {"responsible_named_at": None},
        Missing.RESPONSIBLE_PROOF: {"responsible_proven_at": None},
        Missing.AGREEMENT: {"agreement": None},
        Missing.PEOPLE: {"readers": 1},
        Missing.INVOICE: {"payer": None},
        Missing.KEY: {"key_arn": None},
        Missing.CANARY_SENT: {"canary": None},
        Missing.CANARY_OPENED: {"canary_opened_at": None},
    }[missing]
    almost = replace(ready().send_canary("C1").open_canary(AT, "C1"), **gone)
    # when
    with pytest.raises(OnboardingStepError) as refused:
        almost.go_live(AT)
    # then
    assert refused.value.missing == (missing,)


def test_another_mobile_and_another_mailbox_prove_themselves_anew() -> None:
    one = ready()
    assert one.name_responsible(AT).state is RecipientState.VERIFYING
    moved = one.change_mailbox(OTHER, domain_confirmed=True)
    assert (moved.function_mailbox, moved.new_mailbox) == (MAILBOX, OTHER)
    assert moved.prove_mailbox(AT, OTHER).function_mailbox == OTHER
    assert moved.change_mailbox(MAILBOX, domain_confirmed=True).new_mailbox is None
    unproven = asked().change_mailbox(OTHER, domain_confirmed=False)
    assert (unproven.function_mailbox, unproven.new_mailbox) == (OTHER, None)


def test_the_last_day_may_be_moved_until_it_closes() -> None:
    one = live().leave(AT, LAST)
    later = one.leave(AT + timedelta(days=1), LAST + timedelta(days=31))
    assert (later.leaving_at, later.last_day) == (AT, LAST + timedelta(days=31))
    closing = one.begin_closing(AT, LAST + timedelta(days=1), PROOF)
    with pytest.raises(OnboardingStepError):
        closing.leave(AT, LAST)


def test_another_agreement_replaces_the_first_and_a_repeat_does_not() -> None:
    one, later = live(), AT + timedelta(days=1)
    assert one.accept_agreement(later, "1") == one
    assert one.accept_agreement(later, "2").agreement.accepted_at == later


class Way(RuleBasedStateMachine):
    """All steps in any order, again and again; a step that is refused must leave everything as it was."""

    # Chance alone seldom finds the whole way, so a walk may begin further on, where steps themselves have led.
    @initialize(start=st.sampled_from([asked, ready, live]))
    def begin(self, start) -> None:
        self.one = start()
        self.today = date(2026, 3, 2)
        self.disabled = False
        self.was_live = start is live

    def take(self, step) -> bool:
        before = self.one
        try:
            after = step(before)
        except OnboardingStepError as error:
            refused = error
        else:
            # a repeat of the very same step changes nothing
            assert step(after) == after
            self.one = after
            return True
        assert in_words(refused.missing)
        assert self.one == before
        return False

    @rule()
    def approve(self) -> None:
        self.take(lambda o: o.approve(AT, KEY))

    @rule()
    def name_responsible(self) -> None:
        self.take(lambda o: o.name_responsible(AT))

    @rule(address=st.sampled_from([MAILBOX, OTHER, "annan@jonkoping.example"]))
    def prove_mailbox(self, address: str) -> None:
        self.take(lambda o: o.prove_mailbox(AT, address))

    @rule()
    def prove_responsible(self) -> None:
        self.take(lambda o: o.prove_responsible(AT))

    @rule(version=st.sampled_from(["1", "2"]))
    def accept_agreement(self, version: str) -> None:
        self.take(lambda o: o.accept_agreement(AT, version))

    @rule(readers=st.integers(-1, 3))
    def count_readers(self, readers: int) -> None:
        self.take(lambda o: o.count_readers(readers))

    @rule()
    def give_payer(self) -> None:
        self.take(lambda o: o.give_payer(PAYER))

    @rule(number=st.sampled_from(["C1", "C2"]))
    def send_canary(self, number: str) -> None:
        self.take(lambda o: o.send_canary(number))

    @rule(number=st.sampled_from(["C1", "C2"]))
    def open_canary(self, number: str) -> None:
        self.take(lambda o: o.open_canary(AT, number))

    @rule()
    def go_live(self) -> None:
        if self.take(lambda o: o.go_live(AT)) and not self.was_live:
            self.was_live = True
            one = self.one
            assert one.mailbox_proven_at
            assert one.responsible_proven_at
            assert one.agreement
            assert one.payer
            assert one.readers >= 2
            assert one.key_arn
            assert one.canary
            assert one.canary_opened_at
            assert one.approved_at

    @rule(address=st.sampled_from([MAILBOX, OTHER]))
    def change_mailbox(self, address: str) -> None:
        self.take(lambda o: o.change_mailbox(address, domain_confirmed=True))

    @rule()
    def pause(self) -> None:
        self.take(lambda o: o.pause(AT))

    @rule()
    def resume(self) -> None:
        self.take(lambda o: o.resume())

    @precondition(lambda self: self.was_live)
    @rule(days=st.integers(-5, 40))
    def leave(self, days: int) -> None:
        day = self.today + timedelta(days=days)
        self.take(lambda o: o.leave(AT, day))

    @rule()
    def leave_at_any_time(self) -> None:
        self.take(lambda o: o.leave(AT, self.today))

    @rule()
    def begin_closing(self) -> None:
        today = self.today
        self.take(lambda o: o.begin_closing(AT, today, PROOF))

    @rule(empty=st.booleans())
    def disable_key(self, empty: bool) -> None:
        # as the use case does it: what the model refuses is never asked of the key service
        if self.take(lambda o: o.disable_key(AT, LAST, outbox_empty=empty)):
            assert empty or self.disabled
            self.disabled = True

    @rule()
    def close(self) -> None:
        self.take(lambda o: o.close(AT))

    @rule(days=st.integers(1, 60))
    def time_goes_by(self, days: int) -> None:
        self.today += timedelta(days=days)

    @invariant()
    def whoever_is_live_or_paused_can_decrypt(self) -> None:
        if self.one.state in {RecipientState.LIVE, RecipientState.PAUSED}:
            assert self.one.opens
            assert not self.disabled

    @invariant()
    def whoever_is_closed_has_its_proof_and_a_disabled_key(self) -> None:
        if self.one.state is RecipientState.CLOSED:
            assert self.disabled
            assert not self.one.opens
            assert self.one.export is not None
            assert self.one.closing_at is not None

    @invariant()
    def a_key_is_disabled_on_the_way_out_only(self) -> None:
        if self.disabled:
            assert self.one.state in {RecipientState.LEAVING, RecipientState.CLOSED}

    @invariant()
    def nobody_is_served_who_never_was_live(self) -> None:
        served = {RecipientState.LIVE, RecipientState.PAUSED, RecipientState.LEAVING, RecipientState.CLOSED}
        assert (self.one.state in served) is self.was_live

    @invariant()
    def what_is_ready_lacks_nothing_but_the_canary_and_the_start(self) -> None:
        if self.one.state is RecipientState.READY:
            assert set(self.one.missing) <= {Missing.CANARY_SENT, Missing.CANARY_OPENED, Missing.START}


Way.TestCase.settings = settings(stateful_step_count=40)
TestEveryOrder = Way.TestCase
