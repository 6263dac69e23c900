"""Protect a delivery: named readers alone know of it, to everybody else it is not there (decision 0018; OSL 21:3)."""

from collections.abc import Iterable
from dataclasses import dataclass

from familjehem.domain.delivery import Delivery
from familjehem.domain.errors import DeliveryNotFoundError, FieldError, InvalidAnswersError
from familjehem.domain.handling import Colleague, abandoned, protected, unprotected
from familjehem.domain.identifiers import NUMBER_CHARACTERS, canonical
from familjehem.domain.membership import AccessKind, Caller
from familjehem.usecases.handle_delivery import Desk
from familjehem.usecases.read_mailbox import Admission


@dataclass(frozen=True, slots=True)
class ProtectDelivery:
    """Names those who alone may read a delivery; the caller is always one of them.

    Of a delivery whose readers have all left, whoever leads and knows its number takes over, which the log tells.
    """

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str, readers: Iterable[str]) -> Delivery:
        """Protect, or name other readers; the same readers again change nothing.

        Raises as `Desk.admit` and `Desk.work`, and `InvalidAnswersError` for a reader who is no colleague.
        """
        admitted = self.desk.admit(caller, recipient)
        # Read before the delivery, and for every number: it takes as long whether there is such a delivery or not.
        staff = {one.id: one for one in self.desk.reception.members.colleagues(admitted.membership.recipient)}

        def look(admitted: Admission, number: str) -> Delivery:
            delivery = _any(admitted, number)
            if delivery.read_by(admitted.who.id) or _left_to(admitted, delivery, staff.values()):
                return delivery
            raise DeliveryNotFoundError

        before = look(admitted, number)
        wanted = tuple(dict.fromkeys(readers))
        if faults := tuple(
            FieldError(f"/readers/{place}", "unknownChoice") for place, one in enumerate(wanted) if one not in staff
        ):
            raise InvalidAnswersError(*faults)
        named = tuple(staff[one] for one in wanted)

        def judge(delivery: Delivery, who: Colleague) -> Delivery:
            return protected(delivery, who, named)

        kind = AccessKind.PROTECT if before.read_by(admitted.who.id) else AccessKind.TAKE_OVER
        return self.desk.work(admitted, number, kind, judge, look=look)


@dataclass(frozen=True, slots=True)
class UnprotectDelivery:
    """Lets everybody of the recipient read a delivery again."""

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str) -> Delivery:
        """Take the protection away. Raises as `Desk.admit` and `Desk.work`."""
        return self.desk.work(self.desk.admit(caller, recipient), number, AccessKind.UNPROTECT, unprotected)


def _any(admitted: Admission, number: str) -> Delivery:
    named = canonical(number, NUMBER_CHARACTERS)
    delivery = admitted.room.delivery(named) if named is not None else None
    if delivery is None:
        raise DeliveryNotFoundError
    return delivery


def _left_to(admitted: Admission, delivery: Delivery, staff: Iterable[Colleague]) -> bool:
    return admitted.who.role.leads and abandoned(delivery, staff)
