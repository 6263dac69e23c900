"""Decide in the mailbox that a letter is erased, or exempt it from erasure; tell what was erased (design 6)."""

from dataclasses import dataclass

from familjehem.domain.delivery import Delivery, ErasureReason
from familjehem.domain.erasure import Erasure, erased, held, unheld
from familjehem.domain.errors import AdministratorsOnlyError
from familjehem.domain.handling import Colleague
from familjehem.domain.membership import AccessKind, Caller
from familjehem.usecases.handle_delivery import Desk
from familjehem.usecases.read_mailbox import Reception


@dataclass(frozen=True, slots=True)
class DecideErasure:
    """Decides that a letter goes: it is gone from the mailbox at once, and destroyed within minutes.

    The decision, its line of the access log and the task of destroying it are one commit.
    """

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str, reason: ErasureReason) -> Delivery:
        """Decide. Raises as `Desk.admit` and `Desk.work`, and `ErasureLockedError`."""

        def judge(delivery: Delivery, _: Colleague) -> Delivery:
            return erased(delivery, reason, self.desk.clock.now())

        return self.desk.work(self.desk.admit(caller, recipient), number, AccessKind.ERASE, judge)


@dataclass(frozen=True, slots=True)
class HoldDelivery:
    """Exempts a letter from erasure, by rule and by decision, until that is lifted; or lifts it."""

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str, *, hold: bool) -> Delivery:
        """Exempt, or lift; what is so already stays so. Raises as `Desk.admit` and `Desk.work`."""
        kind = AccessKind.HOLD if hold else AccessKind.LIFT_HOLD

        def judge(delivery: Delivery, _: Colleague) -> Delivery:
            if delivery.held is hold:
                return delivery
            return held(delivery) if hold else unheld(delivery)

        return self.desk.work(self.desk.admit(caller, recipient), number, kind, judge)


@dataclass(frozen=True, slots=True)
class ListErasures:
    """Tells what was erased, and when the last copy was gone: the certificates.

    To local administrators alone, for a protected delivery that was erased stands among them (decision 0018).
    """

    reception: Reception

    def __call__(self, caller: Caller, recipient: str | None) -> tuple[Erasure, ...]:
        """Give them, the latest decision first. Raises as `Reception.admit`, and `AdministratorsOnlyError`."""
        admitted = self.reception.admit(caller, recipient)
        if not admitted.who.role.leads:
            raise AdministratorsOnlyError
        return admitted.room.erasures()
