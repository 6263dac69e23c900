"""Publishing a month: 290 recipients and the nation, of few and of many counted applications."""

import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from familjehem.domain.disclosure import dimensions
from familjehem.domain.municipality import municipalities
from familjehem.domain.question_set import current
from familjehem.domain.tally import CONTACT_PERSONS, Level, Scope, base, counter, counties_of
from familjehem.usecases.publish_month import PublishMonth
from tests.builders import recipient
from tests.fakes import FakeClock, FakeDirectory, FakeReportBook, FakeShelf, FakeTallies, World
from tests.performance.measure import Figure

PART = "Publishing a month"
FEW, SOME, MANY = 1_000, 100_000, 1_000_000
ROUNDS = 5
TARGET = 1.2
MEMORY = 256.0


def figures() -> Iterator[Figure]:
    """Publish by turns, in one process; and once in a process of its own, for the memory."""
    few = min(published(FEW) for _ in range(ROUNDS))
    ours, beside = [], []
    for _ in range(ROUNDS):
        beside.append(published(SOME))
        ours.append(published(MANY))
    ratio = sorted(a / b for a, b in zip(ours, beside, strict=True))[ROUNDS // 2]
    detail = f"{sorted(ours)[ROUNDS // 2]:.2f} s for {MANY} counted applications, over that for {SOME}; {few:.2f} s for {FEW}"
    yield Figure(PART, "290 recipients and the nation", ratio, "x", TARGET, detail)
    program = "from tests.performance.month import *; published(MANY); print(peak())"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    yield Figure(
        PART,
        "peak memory",
        float(ran.stdout),
        "MiB",
        MEMORY,
        "the whole process, fakes of the stores included; nothing printed",
    )


def published(applications: int) -> float:
    """Give the seconds that a month of so many counted applications takes, every counter in use."""
    world = World(at=datetime(2026, 12, 1, 6, tzinfo=UTC))
    for code, one in municipalities().items():
        world.recipients[code] = recipient(id=code, name=one.name, municipalities=(code,))
    each = applications // len(world.recipients) // 3
    for one in world.recipients.values():
        world.counted[one.id, "2026-11"] = each
        counts = Counter({name: number for home in Level for name, number in _counters(home, each)})
        world.tallied[Scope(Level.RECIPIENT, one.id), "2026-11"] = counts
        for scope in (Scope(Level.COUNTY, *counties_of(one)), Scope(Level.NATION)):
            home = Counter(dict(_counters(scope.level, each)))
            world.tallied.setdefault((scope, "2026-11"), Counter()).update(home)
    publish = PublishMonth(
        tallies=FakeTallies(world),
        shelf=Away(world),
        directory=FakeDirectory(world),
        press=Unprinted(),
        book=FakeReportBook(world),
        clock=FakeClock(world),
    )
    began = time.process_time()
    done = publish("2026-11")
    took = time.process_time() - began
    assert len(done.made) == len(world.recipients) + 1
    return took


class Away(FakeShelf):
    """Takes reports away, as a bucket does: the memory is that of making them, and not of keeping all of them."""

    def put(self, name: str, content: bytes) -> bool:
        """Create a file, of which only the name stays where it is a report."""
        return super().put(name, b"" if name.startswith("reports/") else content)


class Unprinted:
    """Prints nothing: what a page takes does not hang on how many were counted."""

    def pdf(self, content: Mapping[str, Any], at: datetime) -> bytes:
        """Give a page of nothing."""
        return f"{len(content)} {at}".encode()


def peak() -> float:
    """Give the most memory that this process held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _counters(home: Level, families: int) -> Iterator[tuple[str, int]]:
    yield base(home), families
    yield f"{home.value}_{CONTACT_PERSONS}", families // 10
    for dimension in dimensions(current()):
        for place, name in enumerate(dimension.bins):
            yield counter(home, dimension.name, name), families // (place + 2)
