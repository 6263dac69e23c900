"""Connect recipients: approve what a municipality asked for, or begin it for one that has written to SKR."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from familjehem.domain.administration import CommandReport, Finding, Verdict, changed, refused, told, unchanged
from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.function_mailbox import in_words, mailbox_faults
from familjehem.domain.invoice import Payer
from familjehem.domain.municipality import municipalities
from familjehem.domain.onboarding import Onboarding
from familjehem.domain.outbox import LinkTask
from familjehem.domain.recipient import Recipient, RecipientKind, RecipientState
from familjehem.ports import Clock, RecipientKeys, Register, RegisterChange, RegisterChangedError, Registered

_UNIT = re.compile(r"unit-[0-9a-z]+(?:-[0-9a-z]+)*")
LONGEST_ID = 45
MOST_MEMBERS = 90
"""A transaction holds a hundred rows, and the recipient needs some of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request from the website that SKR approves; `domain_confirmed` when SKR knows whose the domain is."""

    request: str
    domain_confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A recipient that SKR begins itself: three of its four groups of data, and nothing of any person.

    A municipality is called by its own name where `name` is None. One that `waits` is connected without being served:
    it leaves its unit later, by a transfer.
    """

    recipient: str
    name: str | None
    kind: RecipientKind
    municipalities: tuple[str, ...]
    assignments: frozenset[Assignment]
    function_mailbox: str
    payer: Payer | None = None
    domain_confirmed: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectRecipients:
    """Connects recipients, one after the other; the one that is refused does not hold up the rest.

    Afterwards each has its own key, stands in the directory as `verifying`, and its municipalities are claimed by it
    and nobody else, and its mailbox is sent the link by which it proves itself; what is still missing is told. Safe to
    repeat: one that is connected with the same data stays as it is. Of two administrators at once one connects, and the
    other is told; a key that was made in vain is ended.
    """

    register: Register
    keys: RecipientKeys
    clock: Clock

    def __call__(self, wanted: Sequence[Approval | Connection], *, dry_run: bool) -> CommandReport:
        """Connect; a dry run reads and judges and does nothing else."""
        known = _Known.of(self.register.all())
        findings: list[Finding] = []
        for one in wanted:
            subject = one.request if isinstance(one, Approval) else one.recipient
            way = self._way(one, known)
            if way is None:
                findings.append(refused(subject, "unknownRequest"))
                continue
            waits = isinstance(one, Connection) and one.waits
            finding = self._judged(subject, way, known, waits=waits) or self._connect(way, waits=waits, dry_run=dry_run)
            if finding.verdict is Verdict.CHANGED:
                known.take(way, waits=waits)
            findings.append(finding)
        return CommandReport(tuple(findings))

    def _way(self, one: Approval | Connection, known: "_Known") -> Onboarding | None:
        if isinstance(one, Connection):
            return _begun(one, self.clock.now())
        asked = known.requests.get(one.request)
        return replace(asked, domain_confirmed=one.domain_confirmed) if asked else None

    def _judged(self, subject: str, way: Onboarding, known: "_Known", *, waits: bool) -> Finding | None:
        codes = tuple(dict.fromkeys(_faults(way)))
        if codes:
            return refused(subject, *codes)
        there = known.recipients.get(way.recipient)
        if there is not None:
            return _there(subject, way, there)
        serving = {code: known.serving[code] for code in way.municipalities if code in known.serving and not waits}
        if serving:
            return refused(subject, "servedByAnother", serving=serving)
        found = in_words(mailbox_faults(way.function_mailbox, _names(way), domain_confirmed=way.domain_confirmed))
        if found:
            return replace(refused(subject), reasons=found)
        return None

    def _connect(self, way: Onboarding, *, waits: bool, dry_run: bool) -> Finding:
        if dry_run:
            return changed(way.recipient, name=way.name)
        now = self.clock.now()
        before = way if way.approved_at is None and way.id != way.recipient else None
        try:
            key_arn = self.keys.create(way.recipient)
        except NotConfirmedError as error:
            return told(way.recipient, error)
        approved = way.approve(now, key_arn)
        try:
            self.register.commit(
                RegisterChange(
                    onboardings=((before, approved),),
                    recipients=((None, _row(approved, waits=waits)),),
                    links=((LinkTask(approved.id), now),),
                    claims={} if waits else dict.fromkeys(way.municipalities, (None, way.recipient)),
                )
            )
        except RegisterChangedError:
            # Somebody was faster, so it is known that nothing was sealed with this key, nor ever will be.
            with suppress(NotConfirmedError):
                self.keys.retire(key_arn)
            return refused(way.recipient, "changedMeanwhile")
        except NotConfirmedError as error:
            return told(way.recipient, error)
        return changed(way.recipient, name=way.name, missing=[one.value for one in approved.missing])


@dataclass(slots=True)
class _Known:
    """What stands in the register, and what this very command has added."""

    recipients: dict[str, Registered]
    requests: dict[str, Onboarding]
    serving: dict[str, str]

    @classmethod
    def of(cls, found: Iterable[Registered]) -> "_Known":
        recipients: dict[str, Registered] = {}
        requests: dict[str, Onboarding] = {}
        serving: dict[str, str] = {}
        for one in found:
            if one.onboarding is not None:
                requests[one.onboarding.id] = one.onboarding
            if one.recipient is not None:
                recipients[one.recipient.id] = one
                serving |= dict.fromkeys(one.recipient.municipalities, one.recipient.id)
        return cls(recipients, requests, serving)

    def take(self, way: Onboarding, *, waits: bool) -> None:
        """Remember one that was connected, so that the same command does not name it twice."""
        self.recipients[way.recipient] = Registered(way, None)
        self.serving |= {} if waits else dict.fromkeys(way.municipalities, way.recipient)


def _begun(one: Connection, now: datetime) -> Onboarding:
    known = municipalities().get(one.recipient)
    return Onboarding(
        id=one.recipient,
        recipient=one.recipient,
        name=one.name or (known.name if known else ""),
        kind=one.kind,
        municipalities=one.municipalities,
        assignments=one.assignments,
        function_mailbox=one.function_mailbox,
        domain_confirmed=one.domain_confirmed,
        payer=one.payer,
        requested_at=now,
    )


def _there(subject: str, way: Onboarding, there: Registered) -> Finding:
    if there.recipient is None:
        return refused(subject, "repeated")
    same = (there.recipient.function_mailbox, set(there.recipient.municipalities)) == (
        way.function_mailbox,
        set(way.municipalities),
    )
    onboarding = there.onboarding
    asked_for = onboarding is not None and way.function_mailbox in {onboarding.new_mailbox, onboarding.function_mailbox}
    if there.recipient.state is RecipientState.CLOSED:
        return refused(subject, "closed")
    if same or (asked_for and onboarding is not None and set(onboarding.municipalities) == set(way.municipalities)):
        left = onboarding.missing if onboarding else ()
        return unchanged(subject, name=there.recipient.name, missing=[one.value for one in left])
    return refused(subject, "connectedOtherwise")


def _faults(way: Onboarding) -> Iterator[str]:
    known: Mapping[str, object] = municipalities()
    if any(code not in known for code in way.municipalities):
        yield "unknownMunicipality"
    if not way.municipalities:
        yield "noMunicipality"
    if len(way.municipalities) > MOST_MEMBERS:
        yield "tooManyMunicipalities"
    if len(set(way.municipalities)) != len(way.municipalities):
        yield "repeatedMunicipality"
    if way.kind is RecipientKind.UNIT:
        if len(way.recipient) > LONGEST_ID or not _UNIT.fullmatch(way.recipient):
            yield "noUnitId"
    elif way.municipalities != (way.recipient,):
        yield "notItsOwnCode"
    if not way.name:
        yield "noName"
    if not way.assignments:
        yield "noAssignment"


def _names(way: Onboarding) -> tuple[str, ...]:
    known = municipalities()
    return (way.name, *(known[code].name for code in way.municipalities if code in known))


def _row(way: Onboarding, *, waits: bool) -> Recipient:
    return Recipient(
        id=way.recipient,
        name=way.name,
        kind=way.kind,
        state=RecipientState.VERIFYING,
        municipalities=() if waits else way.municipalities,
        assignments=way.assignments,
        key_arn=way.key_arn or "",
        function_mailbox=way.function_mailbox,
    )
