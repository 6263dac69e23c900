"""Activate: what a municipality does on its own page between SKR's approval and the start."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from familjehem.domain.activation import AGREEMENT_VERSION, Activation, Link, people, responsible
from familjehem.domain.administration import Verdict
from familjehem.domain.errors import (
    ActivationNotFoundError,
    ChangedMeanwhileError,
    FieldError,
    InvalidAnswersError,
    NotConfirmedError,
)
from familjehem.domain.invoice import Billing, Payer
from familjehem.domain.onboarding import Missing, Onboarding
from familjehem.domain.outbox import CodeTask
from familjehem.domain.recipient import Recipient
from familjehem.ports import ActivationChangedError, Activations, Clock, Register
from familjehem.usecases.take_step import TakeStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far it has come, as the page shows it; the page's own people are shown to those who have its link."""

    onboarding: Onboarding
    activation: Activation
    code_on_its_way: bool = False

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the municipality itself has left to do; those who are named wait for SKR to let them in."""
        hidden = {Missing.APPROVAL, Missing.KEY, Missing.CANARY_SENT, Missing.START}
        if self.activation.people:
            hidden.add(Missing.PEOPLE)
        return tuple(one for one in self.onboarding.missing if one not in hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activate:
    """Takes the steps of the page, each for whoever has a link to it, and each safe to repeat.

    What concerns persons is stored first or last so that a crash between the two rows leaves less proven, never more.
    """

    register: Register
    activations: Activations
    clock: Clock

    def show(self, request: str, secret: str) -> Standing:
        """Give the standing. `ActivationNotFoundError` for a link that opens nothing; so do all the others."""
        onboarding, activation, _ = self._opened(request, secret)
        return Standing(onboarding=onboarding, activation=activation)

    def prove_mailbox(self, request: str, secret: str) -> Standing:
        """Note that somebody reads the mailbox that the link was sent to."""
        onboarding, _, link = self._opened(request, secret)
        now = self.clock.now()
        return self._step(onboarding, secret, lambda one: one.prove_mailbox(now, link.address))

    def name_responsible(self, request: str, secret: str, name: str, mobile: str) -> Standing:
        """Name who is responsible for the start, in the place of anybody named before."""
        onboarding, activation, _ = self._opened(request, secret)
        after = activation.named(responsible(name, mobile))
        if after is activation:
            return Standing(onboarding=onboarding, activation=activation)
        now = self.clock.now()
        # First the proof goes, then the mobile that it was for.
        self._step(onboarding, secret, lambda one: one.name_responsible(now))
        self._commit(activation, after)
        return self.show(request, secret)

    def ask_code(self, request: str, secret: str) -> Standing:
        """Have a code sent to the mobile; one that is on its way already is enough. `CodeRefusedError`."""
        _, activation, _ = self._opened(request, secret)
        task = CodeTask(request)
        if not self.activations.waits(task):
            self._commit(activation, activation.asked_code(), task)
        return replace(self.show(request, secret), code_on_its_way=True)

    def give_code(self, request: str, secret: str, code: str) -> Standing:
        """Prove the mobile. `CodeRefusedError`; the try counts before it is judged."""
        onboarding, activation, _ = self._opened(request, secret)
        now = self.clock.now()
        who = activation.responsible
        if activation.code is not None or who is None or who.proven_at is None:
            tried = activation.tried()
            self._commit(activation, tried)
            counted = self.activations.find(request)
            if counted is None or counted != tried:
                raise ChangedMeanwhileError
            self._commit(counted, counted.proven(code, now))
        return self._step(onboarding, secret, lambda one: one.prove_responsible(now))

    def accept(self, request: str, secret: str, version: str) -> Standing:
        """Accept the processor agreement in the name of the responsible person, who has proven herself."""
        onboarding, activation, _ = self._opened(request, secret)
        now = self.clock.now()
        after = activation.signed(version, now)
        self._tried(onboarding, lambda one: one.accept_agreement(now, version))
        if after is not activation:
            self._commit(activation, after)
        return self._step(onboarding, secret, lambda one: one.accept_agreement(now, AGREEMENT_VERSION))

    def name_people(self, request: str, secret: str, named: tuple[tuple[str, str, str], ...]) -> Standing:
        """Name all who shall have access; SKR lets them in by the request's id. `InvalidAnswersError`."""
        onboarding, activation, _ = self._opened(request, secret)
        after = activation.staffed(people(named, onboarding.function_mailbox))
        if after != activation:
            self._commit(activation, after)
        return self.show(request, secret)

    def invoice(self, request: str, secret: str, name: str, address: str, reference: str) -> Standing:
        """Say where invoices go. `InvalidAnswersError`."""
        onboarding, _, _ = self._opened(request, secret)
        said = {"name": name.strip(), "address": address.strip(), "reference": reference.strip()}
        faults = [FieldError(f"/{field}", "required") for field, value in said.items() if not value]
        if faults:
            raise InvalidAnswersError(*faults)
        # How a unit's invoices are divided is agreed with SKR.
        billing = onboarding.payer.billing if onboarding.payer else Billing.SUM
        payer = Payer(recipient=onboarding.recipient, billing=billing, **said)
        return self._step(onboarding, secret, lambda one: one.give_payer(payer))

    # ---------------------------------------------------------------- within

    def _opened(self, request: str, secret: str) -> tuple[Onboarding, Activation, Link]:
        activation = self.activations.find(request)
        if activation is None:
            raise ActivationNotFoundError
        link = activation.opened(secret, self.clock.now())
        onboarding = self.register.request(request)
        if onboarding is None:
            raise ActivationNotFoundError
        return onboarding, activation, link

    def _commit(self, before: Activation, after: Activation, asks: CodeTask | None = None) -> None:
        try:
            self.activations.commit(before, after, asks, self.clock.now())
        except ActivationChangedError:
            raise ChangedMeanwhileError from None

    def _tried(self, onboarding: Onboarding, step: Callable[[Onboarding], Onboarding]) -> None:
        """Have the domain say what makes a step impossible, before anything is stored."""
        step(onboarding)

    def _step(self, onboarding: Onboarding, secret: str, step: Callable[[Onboarding], Onboarding]) -> Standing:
        self._tried(onboarding, step)
        take = TakeStep(register=self.register, clock=self.clock, shows=_with_its_mailbox)
        found = take(onboarding.recipient, step, dry_run=False)
        if found.verdict is Verdict.REFUSED:
            raise ChangedMeanwhileError
        if found.verdict is Verdict.FAILED:
            raise NotConfirmedError
        return self.show(onboarding.id, secret)


def _with_its_mailbox(row: Recipient, way: Onboarding) -> Recipient:
    """Show everybody else the mailbox and nothing more: whoever listens to strangers may not say who is served."""
    return replace(row, function_mailbox=way.function_mailbox)
