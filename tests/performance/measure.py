"""How everything here is measured: two things by turns in one run, ratios pair by pair, medians of many.

The machines are shared, so that a time alone tells little. What is measured and what it is measured beside take turns
(A B, B A, A B, …), each pair gives one ratio, and the median of the ratios is the figure.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

FEWEST = 7


@dataclass(frozen=True)
class Figure:
    """One line of the table: `target` is the most that `value` may be, None where the issue sets none."""

    part: str
    what: str
    value: float
    unit: str
    target: float | None = None
    detail: str = ""

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.value <= self.target

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "**missed**"}[self.met]

    def shown(self, value: float) -> str:
        figures = 2 if self.unit in {"×", "ms"} else 1
        return f"{value:.{figures}f} {self.unit}"

    def line(self) -> str:
        """Give the row of the table."""
        target = "" if self.target is None else f"≤ {self.shown(self.target)}"
        return f"| {self.what} | {self.shown(self.value)} | {target} | {self.verdict} | {self.detail} |"


@dataclass(frozen=True)
class Pairs:
    """What was measured, pair by pair: seconds of the thing and of what it stands beside."""

    ours: Sequence[float]
    beside: Sequence[float]

    @property
    def ratio(self) -> float:
        return statistics.median(one / other for one, other in zip(self.ours, self.beside, strict=True))

    @property
    def spread(self) -> str:
        """Tell between what the middle half of the ratios lies."""
        low, _, high = statistics.quantiles((a / b for a, b in zip(self.ours, self.beside, strict=True)), n=4)
        return f"{low:.2f} to {high:.2f}"

    @property
    def told(self) -> str:
        ours, beside = statistics.median(self.ours) * 1000, statistics.median(self.beside) * 1000
        return f"{ours:.1f} ms beside {beside:.1f} ms, middle half {self.spread}, {len(self.ours)} pairs"


def by_turns(ours: Callable[[], float], beside: Callable[[], float], pairs: int, *, within: float) -> Pairs:
    """Measure both by turns, `pairs` times or, on a slow machine, as often as fits into so many seconds.

    Each is called once more first, unmeasured.
    """
    ours(), beside()
    mine: list[float] = []
    others: list[float] = []
    until = time.monotonic() + within
    for index in range(pairs):
        if index >= FEWEST and time.monotonic() > until:
            break
        if index % 2:
            others.append(beside())
            mine.append(ours())
        else:
            mine.append(ours())
            others.append(beside())
    return Pairs(mine, others)


def processor_time(work: Callable[[], object], rounds: int) -> float:
    """Give the median processor time of one call in milliseconds, after three that are not counted."""
    for _ in range(3):
        work()
    took: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return statistics.median(took) * 1000
