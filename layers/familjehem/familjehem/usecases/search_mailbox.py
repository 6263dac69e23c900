"""Search a mailbox by name, identity number or delivery number (design 6, reading; 2001:637, 15 §)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from familjehem.domain.calendar import swedish_date
from familjehem.domain.delivery import Delivery
from familjehem.domain.errors import TooManySearchesError
from familjehem.domain.letter import Letter
from familjehem.domain.membership import AccessKind, Caller, Membership
from familjehem.domain.purpose import Purpose
from familjehem.domain.search import PER_HOUR, SHOWN, Term, read, terms_of
from familjehem.domain.supplement import Supplement
from familjehem.ports import Clock, Directory, TenantRoom, ToSearch
from familjehem.usecases.read_mailbox import Hours, Listed, Reception, lines

_BITE = 100
_BITES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What a search shows, the newest first; `more` that there is more to be found, by whoever asks more narrowly.

    `complete` is False where so many letters are new that not all of them were looked at: to ask again goes on.
    """

    membership: Membership
    lines: tuple[Listed, ...]
    more: bool
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMailbox:
    """Finds letters. One search is one line of the access log, written before the answer: what was shown, not asked.

    A letter that has come since the latest search is first brought to where it is found: by the program, for the
    person who asks, in the recipient's session; nobody sees it by that, so it is no line of the log.
    """

    reception: Reception
    directory: Directory
    clock: Clock

    def __call__(self, caller: Caller, recipient: str | None, text: str) -> Found:
        """Give what is found. A protected letter is found by its number alone, and by its readers (decision 0018).

        Raises as `Reception.admit`, `InvalidAnswersError` as `search.read`, `TooManySearchesError`.
        """
        admitted = self.reception.admit(caller, recipient)
        room, now = admitted.room, self.clock.now()
        query = read(text, swedish_date(now))
        if not room.may_search(admitted.who.id, now, PER_HOUR):
            raise TooManySearchesError
        complete = not query.terms or _catch_up(room)
        numbers = query.chosen(room.found_by(query.terms)) if query.terms else ()
        # One more than is shown tells whether there is more; what was protected meanwhile falls out.
        asked = dict.fromkeys((*((query.number,) if query.number else ()), *numbers[: SHOWN + 1]))
        known = room.deliveries(tuple(asked))
        mine = [known[one] for one in asked if one in known and _shown(known[one], admitted.who.id, query.number)]
        shown = tuple(mine[:SHOWN])
        hours = Hours.of(self.directory, admitted.membership.recipient, now)
        room.log(admitted.entry(now, AccessKind.SEARCH, tuple(one.number for one in shown)))
        return Found(admitted.membership, lines(room, shown, hours), len(mine) > SHOWN, complete)


def _shown(delivery: Delivery, person: str, asked: str | None) -> bool:
    return not delivery.protected or (delivery.number == asked and delivery.read_by(person))


def _catch_up(room: TenantRoom) -> bool:
    """Have every letter found by what it should be found by; False where there are too many for one search.

    One that cannot be opened keeps its note: what keeps it closed may end, as a key that is disabled.
    """
    last: str | None = None
    for _ in range(_BITES):
        marks = room.unsearched(_BITE, last)
        if marks:
            room.index(_to_search(room, marks))
        if len(marks) < _BITE:
            return True
        last = max(marks)
    return not room.unsearched(1, last)


def _to_search(room: TenantRoom, marks: Mapping[str, str]) -> list[ToSearch]:
    """Read letters, and give by what each is to be found: nothing where it is protected; none that cannot be opened."""
    known = room.deliveries(tuple(marks))
    open_to_all = [one for one in known.values() if not one.protected]
    letters = room.plaintexts([one.number for one in open_to_all], Purpose.LETTER)
    corrections = room.supplements(open_to_all, Purpose.SUPPLEMENT)
    terms = {number: _terms(letter, corrections[number]) for number, letter in letters.items()}
    return [
        ToSearch(number=number, mark=mark, delivery=known.get(number), terms=found)
        for number, mark in marks.items()
        if (found := terms.get(number, frozenset())) is not None
    ]


def _terms(letter: bytes | None, corrections: Sequence[bytes | None]) -> frozenset[Term] | None:
    opened = [one for one in reversed(corrections) if one is not None]
    if letter is None or len(opened) < len(corrections):
        return None
    try:
        return terms_of([*(Supplement.from_json(one).answers for one in opened), Letter.from_json(letter).answers])
    except (KeyError, ValueError):
        # A letter of a form that this version does not know must not keep the others from being found.
        return frozenset()
