"""Transfer a municipality: into a joint unit, out of it, or from one to another; no letter is lost on the way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from familjehem.domain.administration import CommandReport, Finding, changed, refused, told, unchanged
from familjehem.domain.affiliation import Affiliation
from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.municipality import municipalities
from familjehem.domain.recipient import Recipient, RecipientKind, RecipientState
from familjehem.ports import Clock, Register, RegisterChange, RegisterChangedError, Registered

_ROUNDS = 3
_SERVING = frozenset({RecipientState.LIVE, RecipientState.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A municipality and the recipient that shall serve it, with the decision behind it and when the agreement ends."""

    municipality: str
    recipient: str
    decided_on: date
    agreed_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferMunicipality:
    """Moves a municipality from whoever serves it to another recipient, in one commit.

    Applications that name it go to the new recipient from that commit on; one that is being accepted meanwhile is
    accepted for whoever serves it then, since both rows have another membership version. Letters stay with the
    recipient that received them. Safe to repeat.
    """

    register: Register
    clock: Clock

    def __call__(self, transfer: Transfer, *, dry_run: bool) -> CommandReport:
        """Move it, or in a dry run tell what would come of it."""
        for _ in range(_ROUNDS):
            finding = self._once(transfer, dry_run=dry_run)
            if finding is not None:
                return CommandReport((finding,))
        return CommandReport((refused(transfer.municipality, "changedMeanwhile"),))

    def _once(self, transfer: Transfer, *, dry_run: bool) -> Finding | None:
        code = transfer.municipality
        if code not in municipalities():
            return refused(code, "unknownMunicipality")
        to = self.register.find(transfer.recipient)
        if to is None or to.recipient is None:
            return refused(code, "unknownRecipient")
        holder = next(
            (one for one in self.register.all() if one.recipient and code in one.recipient.municipalities), None
        )
        if holder is not None and holder.recipient is not None and holder.recipient.id == to.recipient.id:
            return unchanged(code, name=to.recipient.name)
        codes = [*_unfit(transfer, to.recipient), *self._too_soon(transfer)]
        if codes:
            return refused(code, *codes)
        facts = {
            "name": municipalities()[code].name,
            "from": holder.recipient.name if holder and holder.recipient else None,
            "to": to.recipient.name,
        }
        if dry_run:
            return changed(code, **facts)
        try:
            self.register.commit(self._change(transfer, holder, to))
        except RegisterChangedError:
            return None
        except NotConfirmedError as error:
            return told(code, error)
        return changed(code, **facts)

    def _change(self, transfer: Transfer, holder: Registered | None, to: Registered) -> RegisterChange:
        code, today = transfer.municipality, swedish_date(self.clock.now())
        sides = [(to, _with(to, code))]
        if holder is not None:
            sides.append((holder, _without(holder, code)))
        onboardings = tuple(
            (before.onboarding, after.onboarding) for before, after in sides if before.onboarding and after.onboarding
        )
        recipients = tuple(
            (before.recipient, after.recipient) for before, after in sides if before.recipient and after.recipient
        )
        old = holder.recipient.id if holder and holder.recipient else None
        stays = [
            one
            for one in self.register.affiliations()
            if one.municipality == code and (one.until is None or one.until > today)
        ]
        return RegisterChange(
            onboardings=onboardings,
            recipients=recipients,
            claims={code: (old, transfer.recipient)},
            begun=_begun(transfer, to, today),
            ended=tuple((one, today) for one in stays),
        )

    def _too_soon(self, transfer: Transfer) -> list[str]:
        """Refuse a way back on the same day: an affiliation is known by the day on which it began."""
        today = swedish_date(self.clock.now())
        key = (transfer.municipality, transfer.recipient, today)
        began = {(one.municipality, one.recipient, one.since) for one in self.register.affiliations()}
        return ["movedToday"] if key in began else []


def _begun(transfer: Transfer, to: Registered, today: date) -> tuple[Affiliation, ...]:
    # One that is not live yet begins its affiliations when it goes live.
    if to.recipient is None or to.recipient.state not in _SERVING:
        return ()
    return (
        Affiliation(
            municipality=transfer.municipality,
            recipient=transfer.recipient,
            since=today,
            decided_on=transfer.decided_on,
            agreed_until=transfer.agreed_until,
        ),
    )


def _unfit(transfer: Transfer, to: Recipient) -> list[str]:
    codes: list[str] = []
    if to.kind is RecipientKind.MUNICIPALITY and to.id != transfer.municipality:
        codes.append("notItsOwnCode")
    if to.state in {RecipientState.LEAVING, RecipientState.CLOSED}:
        codes.append("leavingOrClosed")
    if transfer.agreed_until is not None and transfer.agreed_until < transfer.decided_on:
        codes.append("periodEndsBefore")
    return codes


def _with(side: Registered, code: str) -> Registered:
    return _serving(side, lambda codes: tuple(sorted({*codes, code})))


def _without(side: Registered, code: str) -> Registered:
    return _serving(side, lambda codes: tuple(one for one in codes if one != code))


def _serving(side: Registered, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Registered:
    recipient, way = side.recipient, side.onboarding
    if recipient is not None:
        recipient = replace(
            recipient,
            municipalities=change(recipient.municipalities),
            membership_version=recipient.membership_version + 1,
        )
    if way is not None and way.kind is RecipientKind.UNIT:
        way = replace(way, municipalities=change(way.municipalities))
    return Registered(way, recipient)
