"""Read the access log: who of the recipient has read and done what, for everybody of the recipient (decision 0017)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from familjehem.domain.access_log import Line
from familjehem.domain.delivery import Delivery
from familjehem.domain.membership import Caller
from familjehem.ports import TenantRoom
from familjehem.usecases.read_mailbox import Reception, found


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the log, the newest first; `before` is the number that the next page lies before, None at the end."""

    lines: tuple[Line, ...]
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAccessLog:
    """Gives the log a page at a time. To read it is no line of it: it tells of colleagues, and opens no letter."""

    reception: Reception

    def __call__(
        self, caller: Caller, recipient: str | None, delivery: str | None, before: int | None, limit: int
    ) -> LogPage:
        """Give one page, with `delivery` of those lines only that are about it alone.

        Raises as `Reception.admit`, and `DeliveryNotFoundError`. Numbers of deliveries that are protected from the
        caller are left out of their lines.
        """
        admitted = self.reception.admit(caller, recipient)
        room = admitted.room
        if delivery is not None:
            lines = room.trail(found(admitted, delivery).number, before, limit + 1)
        else:
            lines = seen_by(admitted.who.id, room.lines(before, limit + 1), room)
        page = lines[:limit]
        return LogPage(page, page[-1].sequence if len(lines) > limit else None)


def seen_by(person: str, lines: tuple[Line, ...], room: TenantRoom) -> tuple[Line, ...]:
    """Give lines as a person may see them: without the numbers of deliveries that are protected from her."""
    protected = room.protected()
    return tuple(_seen(person, line, protected) for line in lines) if protected else lines


def _seen(person: str, line: Line, protected: Mapping[str, Delivery]) -> Line:
    shown = tuple(
        number for number in line.entry.deliveries if number not in protected or protected[number].read_by(person)
    )
    return replace(line, entry=replace(line.entry, deliveries=shown))
