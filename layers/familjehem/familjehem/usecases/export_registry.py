"""Export the registry of a mailbox: what came in, without who sent it and what it says (OSL 5 kap. 1-2 §§)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from familjehem.domain.delivery import Delivery
from familjehem.domain.errors import FieldError, MalformedRequestError
from familjehem.domain.inbox import Selection, Wanted
from familjehem.domain.membership import AccessKind, Caller
from familjehem.domain.registry import RegistryLine, registry
from familjehem.ports import Clock, TenantRoom
from familjehem.usecases.read_mailbox import Reception

LONGEST_DAYS = 366
AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRegistry:
    """Gives a period's registry. No letter and no card is opened; one line of the access log, before the answer.

    Protected deliveries are not in it, whoever asks: whoever reads them registers them by hand.
    """

    reception: Reception
    clock: Clock

    def __call__(self, caller: Caller, recipient: str | None, first: date, last: date) -> tuple[RegistryLine, ...]:
        """Give what came in from `first` to `last`, both included, the oldest first.

        Raises as `Reception.admit`, and `MalformedRequestError` for a period that ends before it begins or is longer
        than a year.
        """
        if not 0 <= (last - first).days < LONGEST_DAYS:
            raise MalformedRequestError(FieldError("/to", "outOfRange"))
        admitted = self.reception.admit(caller, recipient)
        room = admitted.room
        # All of it is walked: a supplement may have come long after its letter.
        now = self.clock.now()
        lines = registry(_all(room, Selection(Wanted(), admitted.who.id, now)), first, last)
        numbers = tuple(dict.fromkeys(line.number for line in lines))
        room.log(admitted.entry(now, AccessKind.EXPORT, numbers))
        return lines


def _all(room: TenantRoom, selection: Selection) -> Iterator[Delivery]:
    cursor: str | None = None
    while True:
        page = room.page(selection, cursor, AT_ONCE)
        yield from page.deliveries
        cursor = page.cursor
        if cursor is None:
            return
