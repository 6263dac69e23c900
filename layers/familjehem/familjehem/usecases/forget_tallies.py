"""Forget tallies: they hold small counts, and nobody needs them once their month was published (design 6, month)."""

from dataclasses import dataclass

from familjehem.domain.books import months_before
from familjehem.domain.tally import every_scope
from familjehem.ports import Directory, Shelf, Tallies
from familjehem.usecases.publish_month import books_of

KEPT = 4
"""For how many months after the last published one tallies are kept: a fault found meanwhile can be reckoned anew."""
_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetTallies:
    """Deletes what was counted in a month, some months after its books were closed, and never before.

    Safe to repeat: a month that is forgotten is marked, and one that was missed is made up for in later rounds.
    """

    tallies: Tallies
    shelf: Shelf
    directory: Directory

    def __call__(self, published: str) -> int:
        """Forget what is old when this month is published; give how many rows went. `NotConfirmedError`."""
        gone = 0
        for age in range(KEPT, KEPT + _ROUNDS):
            month = months_before(published, age)
            mark = f"forgotten/{month}"
            if self.shelf.get(books_of(month)) is None or self.shelf.get(mark) is not None:
                continue
            gone += self.tallies.forget(every_scope(one.id for one in self.directory.all()), month)
            self.shelf.put(mark, b"")
        return gone
