"""Onboarding: how a municipality or a unit becomes a recipient, and how it leaves (design 6; SKR, 25 April 2024).

`requested → verifying → agreement → ready → live → paused → leaving → closed`. SKR asks for four groups of data: the
function mailbox, the mobile of the person who is responsible for the start, the people who shall have access, and where
invoices go. Here stand facts and times only; what tells of persons lies in rows of its own, which the commands of SKR
never read. A state follows from its conditions, so no order of steps, and no repeat, leads past one of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import OnboardingStepError
from familjehem.domain.invoice import Payer
from familjehem.domain.recipient import RecipientKind
from familjehem.domain.recipient import RecipientState as State
from familjehem.domain.texts import text

LEAST_PEOPLE = 2
"""How many must have access: the second reads while the first is ill or away."""


class Missing(StrEnum):
    """What still stands between a recipient and its next state, or what makes a step impossible.

    Each has its Swedish sentence in the message catalogue (`onboarding.missing`).
    """

    APPROVAL = "approval"
    MAILBOX_PROOF = "mailboxProof"
    RESPONSIBLE = "responsible"
    RESPONSIBLE_PROOF = "responsibleProof"
    AGREEMENT = "agreement"
    PEOPLE = "people"
    INVOICE = "invoice"
    KEY = "key"
    CANARY_SENT = "canarySent"
    CANARY_OPENED = "canaryOpened"
    START = "start"
    # what makes a step impossible
    OTHER_MAILBOX = "otherMailbox"
    OTHER_CANARY = "otherCanary"
    NOT_READY = "notReady"
    NOT_LIVE = "notLive"
    NOT_PAUSED = "notPaused"
    NOT_LEAVING = "notLeaving"
    LEAVING = "leaving"
    CLOSED = "closed"
    LAST_DAY = "lastDay"
    OUTBOX = "outbox"
    EXPORT = "export"
    CLOSING = "closing"
    KEY_DISABLED = "keyDisabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The processor agreement as it was accepted; by whom stands in the row of the responsible person."""

    version: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportProof:
    """That the municipality has taken over all letters: on what day it said so, and under what number of its own."""

    confirmed_on: date
    case_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Onboarding:
    """Everything that is known about a recipient's way in and out.

    `id` is that of the request, or the recipient's own where SKR began it; `readers` is how many people have access;
    `new_mailbox` waits for its proof while notices still go to `function_mailbox`. `revision` grows with every change,
    so that of two administrators at once the second reads again.
    """

    id: str
    recipient: str
    name: str
    kind: RecipientKind
    municipalities: tuple[str, ...]
    assignments: frozenset[Assignment]
    function_mailbox: str
    requested_at: datetime
    domain_confirmed: bool = False
    payer: Payer | None = None
    approved_at: datetime | None = None
    key_arn: str | None = None
    mailbox_proven_at: datetime | None = None
    new_mailbox: str | None = None
    responsible_named_at: datetime | None = None
    responsible_proven_at: datetime | None = None
    agreement: Agreement | None = None
    readers: int = 0
    canary: str | None = None
    canary_opened_at: datetime | None = None
    live_at: datetime | None = None
    paused_at: datetime | None = None
    leaving_at: datetime | None = None
    last_day: date | None = None
    export: ExportProof | None = None
    closing_at: datetime | None = None
    key_disabled_at: datetime | None = None
    key_deleted_on: date | None = None
    closed_at: datetime | None = None
    revision: int = field(default=1, compare=False)

    @property
    def state(self) -> State:
        """Where it stands; follows from the facts alone."""
        if self.closed_at is not None:
            return State.CLOSED
        if self.leaving_at is not None:
            return State.LEAVING
        if self.live_at is not None:
            return State.LIVE if self.paused_at is None else State.PAUSED
        if self.approved_at is None:
            return State.REQUESTED
        left = set(self.missing)
        if left & {Missing.MAILBOX_PROOF, Missing.RESPONSIBLE, Missing.RESPONSIBLE_PROOF}:
            return State.VERIFYING
        if left & {Missing.AGREEMENT, Missing.PEOPLE, Missing.INVOICE, Missing.KEY}:
            return State.AGREEMENT
        return State.READY

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What must be done before it is live, in the order in which one would do it; nothing once it has been live."""
        if self.live_at is not None:
            return ()
        needed = (
            (Missing.APPROVAL, self.approved_at is None),
            (Missing.MAILBOX_PROOF, self.mailbox_proven_at is None),
            (Missing.RESPONSIBLE, self.responsible_named_at is None),
            (Missing.RESPONSIBLE_PROOF, self.responsible_proven_at is None),
            (Missing.AGREEMENT, self.agreement is None),
            (Missing.PEOPLE, self.readers < LEAST_PEOPLE),
            (Missing.INVOICE, self.payer is None),
            (Missing.KEY, self.key_arn is None),
            (Missing.CANARY_SENT, self.canary is None),
            (Missing.CANARY_OPENED, self.canary_opened_at is None),
            (Missing.START, True),
        )
        return tuple(one for one, is_missing in needed if is_missing)

    @property
    def opens(self) -> bool:
        """Whether the recipient can open its letters: it has a key, and nobody has disabled it."""
        return self.key_arn is not None and self.key_disabled_at is None

    @property
    def mailbox_to_prove(self) -> str | None:
        """The address that must still prove, by the link that is sent to it, that somebody reads there; or None."""
        if self.new_mailbox is not None:
            return self.new_mailbox
        return self.function_mailbox if self.mailbox_proven_at is None else None

    # ---------------------------------------------------------------- the way in

    def approve(self, at: datetime, key_arn: str) -> "Onboarding":
        """Approve, as SKR does, with the recipient's own key. A repeat changes nothing, the key included."""
        self._demand(Missing.CLOSED, self.closed_at is None)
        return self if self.approved_at else replace(self, approved_at=at, key_arn=key_arn)

    def name_responsible(self, at: datetime) -> "Onboarding":
        """Note that the responsible person's mobile was given; another mobile must prove itself anew."""
        self._demand_stage()
        return replace(self, responsible_named_at=at, responsible_proven_at=None)

    def prove_mailbox(self, at: datetime, address: str) -> "Onboarding":
        """Note that the link sent to `address` was used; one sent to an earlier address proves nothing."""
        self._demand(Missing.CLOSED, self.closed_at is None)
        if self.new_mailbox is not None and address == self.new_mailbox:
            return replace(self, function_mailbox=address, new_mailbox=None, mailbox_proven_at=at)
        self._demand(Missing.OTHER_MAILBOX, address == self.function_mailbox)
        return self if self.mailbox_proven_at else replace(self, mailbox_proven_at=at)

    def prove_responsible(self, at: datetime) -> "Onboarding":
        """Note that the code sent to the responsible person's mobile was given back."""
        self._demand_stage()
        self._demand(Missing.RESPONSIBLE, self.responsible_named_at is not None)
        return self if self.responsible_proven_at else replace(self, responsible_proven_at=at)

    def accept_agreement(self, at: datetime, version: str) -> "Onboarding":
        """Note that the responsible person, who has proven herself, accepts a version of the processor agreement.

        A later version may be accepted at any time until the recipient leaves; the same one again changes nothing.
        """
        self._demand(Missing.LEAVING, self.leaving_at is None)
        self._demand(Missing.RESPONSIBLE_PROOF, self.responsible_proven_at is not None)
        if self.agreement is not None and self.agreement.version == version:
            return self
        return replace(self, agreement=Agreement(version=version, accepted_at=at))

    def count_readers(self, readers: int) -> "Onboarding":
        """Note how many people have access now; too few do not stop a live recipient, but its health tells."""
        return replace(self, readers=max(readers, 0))

    def give_payer(self, payer: Payer) -> "Onboarding":
        """Send invoices here from now on; also after it has left, for what it still owes."""
        return replace(self, payer=payer)

    def send_canary(self, number: str) -> "Onboarding":
        """Note that a letter without a family is on its way to a recipient that is ready; the latest one counts."""
        if self.canary == number:
            return self
        self._demand_stage()
        self._demand(Missing.NOT_READY, self.state is State.READY)
        return replace(self, canary=number, canary_opened_at=None)

    def open_canary(self, at: datetime, number: str) -> "Onboarding":
        """Note that somebody of the recipient has opened the canary letter."""
        self._demand(Missing.OTHER_CANARY, self.canary == number)
        return self if self.canary_opened_at else replace(self, canary_opened_at=at)

    def go_live(self, at: datetime) -> "Onboarding":
        """Receive from now on; raises with all that is missing."""
        if self.live_at is not None:
            self._demand(Missing.LEAVING, self.leaving_at is None)
            return self
        left = tuple(one for one in self.missing if one is not Missing.START)
        if left:
            raise OnboardingStepError(*left)
        return replace(self, live_at=at)

    # ---------------------------------------------------------------- in service

    def change_mailbox(self, address: str, *, domain_confirmed: bool) -> "Onboarding":
        """Take another function mailbox; one that was proven stays in use until the new one has proven itself."""
        self._demand(Missing.LEAVING, self.leaving_at is None)
        if address == self.function_mailbox:
            return replace(self, new_mailbox=None, domain_confirmed=domain_confirmed)
        if self.mailbox_proven_at is None:
            return replace(self, function_mailbox=address, domain_confirmed=domain_confirmed)
        return replace(self, new_mailbox=address, domain_confirmed=domain_confirmed)

    def pause(self, at: datetime) -> "Onboarding":
        """Receive nothing new for a while; everything that was received can be read, and the agreement stands."""
        self._demand(Missing.LEAVING, self.leaving_at is None)
        self._demand(Missing.NOT_LIVE, self.live_at is not None)
        return self if self.paused_at else replace(self, paused_at=at)

    def resume(self) -> "Onboarding":
        """Receive again after a pause."""
        self._demand(Missing.LEAVING, self.leaving_at is None)
        self._demand(Missing.NOT_PAUSED, self.live_at is not None)
        return replace(self, paused_at=None)

    # ---------------------------------------------------------------- the way out

    def leave(self, at: datetime, last_day: date) -> "Onboarding":
        """Receive nothing new; letters can be read and exported until it is closed, which is after `last_day`.

        A repeat may name another last day, until the recipient has begun to close.
        """
        self._demand(Missing.CLOSED, self.closed_at is None and self.closing_at is None)
        self._demand(Missing.NOT_LIVE, self.live_at is not None)
        return replace(self, leaving_at=self.leaving_at or at, last_day=last_day)

    def begin_closing(self, at: datetime, today: date, proof: ExportProof) -> "Onboarding":
        """Take no supplement either, from now on: the last day is over, and the municipality has exported its letters.

        What is under way arrives, and can be read until the key is disabled.
        """
        self._demand(Missing.NOT_LEAVING, self.leaving_at is not None)
        self._demand(Missing.LAST_DAY, self.last_day is not None and self.last_day < today)
        return self if self.closing_at else replace(self, closing_at=at, export=proof)

    def disable_key(self, at: datetime, deleted_on: date, *, outbox_empty: bool) -> "Onboarding":
        """Note that the key is disabled and will be deleted on a day: nothing can be opened any more."""
        self._demand(Missing.CLOSING, self.closing_at is not None)
        self._demand(Missing.EXPORT, self.export is not None)
        self._demand(Missing.OUTBOX, outbox_empty)
        return self if self.key_disabled_at else replace(self, key_disabled_at=at, key_deleted_on=deleted_on)

    def close(self, at: datetime) -> "Onboarding":
        """Close: the key is disabled, the proof stands."""
        self._demand(Missing.KEY_DISABLED, self.key_disabled_at is not None)
        return self if self.closed_at else replace(self, closed_at=at)

    # ---------------------------------------------------------------- demands

    def _demand(self, missing: Missing, holds: object) -> None:
        if not holds:
            raise OnboardingStepError(missing)

    def _demand_stage(self) -> None:
        """Demand that the way in is open: approved, and not yet leaving."""
        self._demand(Missing.APPROVAL, self.approved_at is not None)
        self._demand(Missing.LEAVING, self.leaving_at is None)


def in_words(missing: Iterable[str]) -> tuple[str, ...]:
    """Give in plain Swedish what is missing, or what makes a step impossible."""
    return tuple(text(f"onboarding.missing.{one}") for one in missing)
