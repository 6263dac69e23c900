"""The simulation at its full width, on every core: for `make prove PARTS=simulation`."""

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import tests.conftest  # noqa: F401 what functions are told of their machine, before any of them is imported
from tests.reliability.simulation.planted import BUGS, search
from tests.reliability.simulation.stage import staged
from tests.reliability.simulation.stories import STORIES, Figures, evening, pairs, singles
from tests.reliability.simulation.town import BrokenPromiseError, contact_key

EVENINGS = int(os.environ.get("FAMILJEHEM_EVENINGS", "5000"))
SLICES = 40


def figures() -> dict[str, Any]:
    """Run all of it and give what it came to; the first broken promise ends it with its trace."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        one = _added(processes.map(_singles, STORIES))
        two = _added(processes.map(_pairs, range(SLICES)))
        evenings = _added(processes.map(_evenings, range(SLICES)))
        found = dict(zip(BUGS, processes.map(_found, BUGS), strict=True))
    total = Figures()
    for part in (one, two, evenings):
        total += part
    return {
        "schedules of one fault, four ways": one.runs - len(STORIES),
        "schedules of two faults, the main way": two.faults["schedules"],
        "evenings by chance": evenings.runs,
        "applications accepted": total.held.applications,
        "letters opened and compared": total.held.letters,
        "supplements opened and compared": total.held.supplements,
        "deliveries withdrawn": total.held.withdrawn,
        "applications refused by name": total.held.refused,
        "calls to AWS": total.calls,
        "faults injected": {fault: count for fault, count in total.faults.most_common() if fault != "schedules"},
        "promises held against them": total.held.checks,
        "lost": 0,
        "doubled": 0,
        "in clear": 0,
        **{f"planted and found, s: {bug}": seconds for bug, seconds in found.items()},
    }


def _singles(way: str) -> Figures:
    return _run(lambda figures: [None for _ in singles(way, figures)])


def _pairs(part: int) -> Figures:
    def both(figures: Figures) -> None:
        figures.faults["schedules"] += sum(1 for _ in pairs("application", figures, part=part, parts=SLICES))

    return _run(both)


def _evenings(part: int) -> Figures:
    def some(figures: Figures) -> None:
        for seed in range(part, EVENINGS, SLICES):
            evening(seed, figures)

    return _run(some)


def _run(work: Callable[[Figures], Any]) -> Figures:
    figures = Figures()
    with staged(contact_key()):
        work(figures)
    return figures


def _found(bug: str) -> float:
    """Plant a bug and give the seconds until it was found."""
    began = time.monotonic()
    with staged(contact_key()), BUGS[bug]():
        try:
            search(Figures())
        except BrokenPromiseError:
            return round(time.monotonic() - began, 1)
    message = f"planted and never found: {bug}"
    raise AssertionError(message)


def _added(parts: Iterable[Figures]) -> Figures:
    total = Figures()
    for part in parts:
        total += part
    return total
