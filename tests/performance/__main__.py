"""Measures speed and size, prints the table and writes docs/performance.md: `make bench`.

python -m tests.performance [cpu] [cold] [accept] [memory] [connect] [inbox] [month] [sizes]     all without a word; the page keeps the others
"""

import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

# The parts read their own settings when they are imported; nothing here may ever reach an account.
os.environ.update(AWS_DEFAULT_REGION="eu-north-1", AWS_EC2_METADATA_DISABLED="true")

from dev.places import REPOSITORY
from tests.performance import accept, cold, connect, cpu, inbox, memory, month
from tests.performance.measure import Figure

PAGE = REPOSITORY / "docs" / "performance.md"
PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "cpu": cpu.figures,
    "cold": cold.figures,
    "accept": accept.figures,
    "memory": memory.figures,
    "connect": connect.figures,
    "inbox": inbox.figures,
    "month": month.figures,
    "sizes": cold.sizes,
}
METHOD = {
    accept.PART: """\
The floor is a bare handler with the role and the environment of `submission`, behind the same local server and the same
emulator, that makes the AWS calls of an accept and nothing else: the look-up of the application, of the municipalities
and of the recipients, the data keys at the same time, one transaction, with the same bytes under fresh keys
(`tests/performance/floor.py`). Both take turns, request by request; at four and eight clients all of them send at the
same moment, first all to the one, then all to the other, and their median counts. Pumps and schedules stand still.
The emulator answers a call in more milliseconds than it takes our own code; what that costs is the difference of the two.""",
    cpu.PART: """\
Median processor time of 200 calls. Every role that would speak to AWS is played in memory and in no time; the whole use
case is measured, idempotency and receipt included. At accept a letter is compiled to card, origin and next step; the
full compilation is made when a letter is opened.""",
    cold.PART: """\
Processor time in fresh processes by turns, with the built artefacts and their byte code, the template's environment, and
only that loaded before which Lambda's own runtime client loads. Beside: `pydantic` imported, and the boto3 clients that
the handler makes when it starts, made in one session with its configuration.
There the garbage collector is on, as Python has it by itself; a handler starts with it off, which is part of the figure.""",
    memory.PART: "VmHWM of the processes of the running service, after every function has done its work on it.",
    connect.PART: """\
The use case over the emulator, 29 municipalities a turn, beside the calls that it makes for them (the register read once,
for each a key with its rotation and one transaction) with the same bytes under fresh keys, and nothing else.""",
    inbox.PART: """\
Both mailboxes lie on one emulator; each takes its turn. The latest 30 letters of each are real, the others are what they leave in the
tables: the delivery's row, closed, and its tokens. What is measured is the use case with its JSON over every adapter, the session
taken. Ministack sorts the whole partition of an index at every query, which DynamoDB does not: here it is shown the rows at
which DynamoDB would look (`tests/performance/indexed.py`). Beside an opened letter stand its seven calls, with the same bytes, order and
concurrency, and a line in a log of their own.""",
    month.PART: """\
Processor time of closing the books and making 291 reports, stores played in memory, every counter in use. 1 000 against
100 000 and 1 000 000 counted applications: of 1 000 hardly a table may be told, so that there is less to write.""",
    "Artefacts": "Of `make build`: arm64, byte code included.",
}
ORDER = (cpu.PART, cold.PART, accept.PART, memory.PART, connect.PART, inbox.PART, month.PART, "Artefacts")
MISSED = "**missed**"
TABLE = ("| what | figure | target | | measured |", "|---|---|---|---|---|")
HEAD = """\
# Performance

Written by `make bench`, never by hand. Ratios are medians of the ratios of pairs that were measured by turns in one run,
so that they hold on a machine that is shared; a time alone compares nothing but its neighbours in the table.
"""


def machine() -> str:
    """Tell what was measured on, without its name."""
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), CPython {platform.python_version()}, "
        f"{platform.system()} {platform.release().partition('-')[0]}"
    )


def page(figures: Sequence[Figure], before: str) -> str:
    """Give the page: the parts that were measured now, and the others as they stood before."""
    today = datetime.now(UTC).date().isoformat()
    sections = _sections(before) | {
        part: _section([one for one in figures if one.part == part], today)
        for part in dict.fromkeys(figure.part for figure in figures)
    }
    kept = [f"## {part}\n\n{sections[part]}" for part in ORDER if part in sections]
    missed = [
        f"{part.lower()}: {line.split(' | ')[0].removeprefix('| ')}"
        for part in ORDER
        for line in sections.get(part, "").splitlines()
        if MISSED in line
    ]
    verdict = f"Missed: {'; '.join(missed)}." if missed else "Every target is met."
    return "\n".join([HEAD, f"{machine()}.\n", f"{verdict}\n", *kept, notes()])


def _section(figures: Sequence[Figure], today: str) -> str:
    head = [METHOD[figures[0].part], "", f"Measured {today}.", "", *TABLE]
    return "\n".join([*head, *(figure.line() for figure in figures), ""])


def _sections(page: str) -> dict[str, str]:
    """Give the parts of a page by their names."""
    found = (part.partition("\n\n") for part in page.split("\n## ")[1:])
    return {name: text.rstrip("\n") + "\n" for name, _, text in found if name in METHOD}


def notes() -> str:
    """Give what was found and done, which is written by hand."""
    return (REPOSITORY / "tests" / "performance" / "notes.md").read_text("utf-8").rstrip("\n") + "\n"


def main(wanted: Sequence[str]) -> int:
    """Run the parts that were asked for, or all, and write them into the page."""
    found = list[Figure]()
    for name in wanted or PARTS:
        for figure in PARTS[name]():
            print(figure.line(), flush=True)  # noqa: T201 it is a command
            found.append(figure)
    PAGE.write_text(page(found, PAGE.read_text("utf-8") if wanted else ""), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
