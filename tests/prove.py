"""What takes long, with its figures: `make prove` runs it all and writes docs/proof.md.

python -m tests.prove [load] [kills] [simulation] [evening] [crashes] [fuzz] [disclosure] [wide] [mutation] [website]     some of it, or all without a word
"""

import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from inspect import cleandoc
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.performance import lighthouse
from tests.reliability import crowd
from tests.reliability import disclosure as attacks
from tests.reliability.running import FIVE, RECIPIENTS, REPOSITORY, Running, Store, family
from tests.reliability.simulation.figures import figures as simulated
from website import build

APPLICATIONS = int(os.environ.get("FAMILJEHEM_APPLICATIONS", "200"))
CLIENTS = 8
PROOF = REPOSITORY / "docs/proof.md"
FIGURES = REPOSITORY / "docs/proof.json"
WORKSHOP = REPOSITORY / "mutants"
MISSED = "missed"
_LISTS = frozenset({"answers", "faults injected"})


def load() -> dict[str, Any]:
    """Send many applications from eight clients, then every request twice at once; open and compare every letter."""
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder))
        running.start()
        try:
            return {
                "first start, s": round(running.started_in, 1),
                "each request once": _round(running, times=1),
                "each request twice at once": _round(running, times=2),
                "second start, s": _restart(running),
            }
        finally:
            running.close()


def _restart(running: Running) -> float:
    running.stop()
    running.start()
    return round(running.started_in, 1)


def _round(running: Running, times: int) -> dict[str, Any]:
    store = Store(running)
    before = store.counted()
    sent = {
        str(uuid4()): {"motive": f"Kanariefågel nummer {index}", "places": index % 4} for index in range(APPLICATIONS)
    }
    requests = [key for key in sent for _ in range(times)]
    took: list[float] = []

    def submit(key: str) -> Any:
        began = time.monotonic()
        answer = running.submit(*FIVE, key=key, **sent[key])
        took.append(time.monotonic() - began)
        return key, answer

    began = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(submit, requests))
    accepted = time.monotonic() - began
    running.quiet(patience=600)
    arrived = time.monotonic() - began
    statuses = Counter(answer.status_code for _, answer in answers)
    receipts = {key: answer.json() for key, answer in answers if answer.status_code in {200, 201}}
    assert set(statuses) <= {200, 201}, statuses
    assert statuses[201] == APPLICATIONS, statuses
    assert all(answer.json() == receipts[key] for key, answer in answers)
    compared = _compare(running, sent, receipts)
    grown = store.counted() - before
    assert grown == {"families": APPLICATIONS, **dict.fromkeys(RECIPIENTS, APPLICATIONS)}, grown
    took.sort()
    return {
        "applications": APPLICATIONS,
        "requests": len(requests),
        "answers": {str(status): count for status, count in sorted(statuses.items())},
        "errors": 0,
        "letters opened and compared": compared,
        "lost": APPLICATIONS * len(FIVE) - compared,
        "doubled": 0,
        "accept p50, ms": round(statistics.median(took) * 1000),
        "accept p95, ms": round(took[int(len(took) * 0.95)] * 1000),
        "all accepted after, s": round(accepted, 1),
        "outbox empty after, s": round(arrived, 1),
    }


def _compare(running: Running, sent: dict[str, dict[str, Any]], receipts: dict[str, Any]) -> int:
    """Open every letter of every chosen mailbox; each must be there once and be the one that was sent."""
    expected = {
        one["number"]: (one["recipient"]["id"], sent[key])
        for key, receipt in receipts.items()
        for one in receipt["deliveries"]
    }
    name, compared = family()["answers"]["name"], 0
    for recipient in RECIPIENTS:
        mine = {number for number, (owner, _) in expected.items() if owner == recipient}
        listed = Counter(line["number"] for line in running.mailbox(recipient) if line["number"] in expected)
        assert listed == Counter(mine)
        for number in mine:
            letter = running.letter(recipient, number)
            changes = expected[number][1]
            assert {key: letter["answers"][key] for key in changes} == changes
            assert (letter["answers"]["name"], letter["recipient"]["id"]) == (name, recipient)
            compared += 1
    return compared


def kills() -> dict[str, Any]:
    """Kill workers at every step, stop the service, refuse by name, judge the recorded calls: as tests, each told."""
    return _pytest("tests/reliability", "-v")


def simulation() -> dict[str, Any]:
    """Let everything go wrong that can, at every call to AWS, and hold what is left against the promises (0033).

    The real functions run over an AWS in memory. Enumerated are every fault at every call of four ways, and every two
    faults of the main way; by chance, whole evenings of up to five families with everything at once. A planted bug must be
    found within a minute.
    """
    return simulated()


def evening() -> dict[str, Any]:
    """A campaign evening on the local cloud: many clients, two recipients on average, and all is not well.

    A tenth of what delivery puts into the mailbox fails throughout, and for three tenths of the time the provider takes no mail.
    Clients do what the page does: send the same again. `FAMILJEHEM_EVENING` is applications, minutes and clients, such as
    `200,2,25`; without it 1 000 in ten minutes from 50.
    """
    applications, minutes, clients = os.environ.get("FAMILJEHEM_EVENING", "1000,10,50").split(",")
    return _served(lambda running: crowd.evening(running, int(applications), float(minutes) * 60, int(clients)))


def crashes() -> dict[str, Any]:
    """Kill the processes of each function in turn under load, then the whole service, and start it again.

    The emulator that plays AWS keeps its tables in memory: it ends in order when the service is killed. Its own sudden death is
    not shown here, for what changed in its last seconds is lost with it, as no table of AWS would be.
    """
    return _served(lambda running: crowd.crashes(running, applications=120, seconds=60, clients=8))


def _served(work: Callable[[Running], dict[str, Any]]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder))
        running.start()
        try:
            return work(running)
        finally:
            running.close()


def wide() -> dict[str, Any]:
    """The rules and the OpenAPI document with thousands of made-up inputs instead of some."""
    return _pytest("tests/unit", "tests/contract", "-n", "2", environment={"HYPOTHESIS_PROFILE": "wide"})


def fuzz() -> dict[str, Any]:
    """Give every parser that meets the outside five thousand inputs, made up and spoiled, by hypothesis.

    Bodies, applications, supplements, keys, codes, tokens, envelopes, challenges, cursors, request lines, claims, events: each gets an
    answer or a refusal of its own. A coverage-guided fuzzer (atheris) has no build for this Python.
    """
    arguments = ("tests/functions/test_any_input.py", "--hypothesis-show-statistics", "-v")
    return _pytest(*arguments, environment={"HYPOTHESIS_PROFILE": "tireless"})


def disclosure() -> dict[str, Any]:
    """Let a reader with every report and all its own letters derive the few of others, by integer programming.

    Populations from tiny to large, two years each; and two reports that are known to be bad, which it breaks.
    """
    return attacks.figures(range(6))


def _pytest(*arguments: str, environment: dict[str, str] | None = None) -> dict[str, Any]:
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [
        line.split("::", 1)[1].split(" ")[0:2]
        for line in ran.stdout.splitlines()
        if re.search(r"::.* (PASSED|FAILED)", line)
    ]
    counted = re.findall(r"(\d+) (passed|failed|error)", ran.stdout.splitlines()[-1])
    assert ran.returncode == 0, ran.stdout[-3000:]
    found: dict[str, Any] = {name: int(number) for number, name in counted}
    found["seconds"] = round(time.monotonic() - began)
    if examples := re.findall(r"(\d+) passing, \d+ failing", ran.stdout):
        found["inputs"] = sum(map(int, examples))
    if told:
        found["tests"] = sorted(name.replace("_", " ").removeprefix("test ") for name, *_ in told)
    return found


def mutation() -> dict[str, Any]:
    """Change the code of domain and use cases a little, everywhere, and see whether a test falls."""
    _lay_out_workshop()
    ran = _mutmut("run", "--max-children", str(max(1, (os.cpu_count() or 1) - 1)))
    lines = [line.strip() for line in _mutmut("results", "--all", "true").stdout.splitlines() if ": " in line]
    assert lines, ran.stdout[-2000:] + ran.stderr[-2000:]
    verdicts = dict(line.rsplit(": ", 1) for line in lines)
    states = Counter(verdicts.values())
    assert not states["not checked"], ran.stdout[-2000:] + ran.stderr[-2000:]
    left = [name for name, state in verdicts.items() if state not in {"killed", "timeout"}]
    return {
        "mutants": len(verdicts),
        **dict(sorted(states.items())),
        "killed, %": round(100 * (1 - len(left) / len(verdicts)), 1),
        "left alive in": dict(sorted(Counter(".".join(name.split(".")[1:3]) for name in left).items())),
    }


def _lay_out_workshop() -> None:
    """Put the package where its path is its import name, `src`, with all that its tests read beside it."""
    shutil.rmtree(WORKSHOP, ignore_errors=True)
    compiled = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "layers/familjehem/familjehem", WORKSHOP / "src/familjehem", ignore=compiled)
    for name in ("dev", "events", "functions", "layers", "tests"):
        shutil.copytree(REPOSITORY / name, WORKSHOP / name, ignore=compiled)
    shutil.copy2(REPOSITORY / "pyproject.toml", WORKSHOP)


def _mutmut(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("mutmut"), *arguments],
        cwd=WORKSHOP,
        env={**os.environ, "HYPOTHESIS_PROFILE": "mutation"},
        capture_output=True,
        text=True,
        check=False,
    )


def website() -> dict[str, Any]:
    """Let Google's Lighthouse judge pages as on a phone with a slow network, each three times with nothing cached.

    Performance must be 98, accessibility and best practices 100, CLS 0, and what a first view fetches at most 60 000
    bytes. Lighthouse takes plain HTTP on loopback for safe, so that nothing is said here of TLS or of HTTP/2; `seo` is told
    and not demanded: without the site's address the links between languages cannot be whole addresses, which it asks for.
    `#assignment` is a step of the form for somebody who has begun; its bytes count the municipalities, fetched ahead.
    Blocking time is what others on the machine disturb most: the start page has no scripts at all.
    """
    build.make()
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder))
        running.start()
        try:
            found = lighthouse.figures(running)
        finally:
            running.close()
    return {**found, MISSED: "; ".join(lighthouse.missed(found)) or "nothing"}


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "load": load,
    "kills": kills,
    "simulation": simulation,
    "evening": evening,
    "crashes": crashes,
    "fuzz": fuzz,
    "disclosure": disclosure,
    "wide": wide,
    "mutation": mutation,
    "website": website,
}


def written(figures: dict[str, Any]) -> str:
    """Give the page."""
    lines = [
        "# Proof",
        "",
        "Written by `make prove`; the same figures for machines are in `proof.json`. Everything ran on one machine that is",
        "shared with others, against the local cloud: counts prove something, times only compare rows of one run.",
        "",
    ]
    for name, part in figures.items():
        lines += [f"## {name.capitalize()}", "", cleandoc(PARTS[name].__doc__ or ""), ""]
        lines += [f"{part['machine']}, {part['date']}.", "", *_rows(part["found"]), ""]
    return "\n".join(lines)


def _rows(found: dict[str, Any]) -> Iterator[str]:
    tests: Sequence[str] = found.get("tests", ())
    nested = {name: value for name, value in found.items() if isinstance(value, dict) and name not in _LISTS}
    yield "| what | figure |"
    yield "|---|---|"
    for name, value in found.items():
        if name not in nested and name != "tests":
            yield f"| {name} | {_shown(value)} |"
    for title, inner in nested.items():
        for name, value in inner.items():
            yield f"| {title}: {name} | {_shown(value)} |"
    if tests:
        yield ""
        yield from (f"- {name}" for name in tests)


def _shown(value: Any) -> Any:
    return ", ".join(f"{count} × {what}" for what, count in value.items()) if isinstance(value, dict) else value


def main() -> int:
    """Run the parts that were asked for, and write the page after each; what was missed is written, and ends it."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    machine = f"{os.cpu_count()} cores, CPython {platform.python_version()}, {platform.system()}"
    for name in sys.argv[1:] or PARTS:
        print(f"{name} …", flush=True)
        found = PARTS[name]()
        figures[name] = {"machine": machine, "date": datetime.now(UTC).date().isoformat(), "found": found}
        ordered = {part: figures[part] for part in PARTS if part in figures}
        FIGURES.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PROOF.write_text(written(ordered), encoding="utf-8")
        print(
            json.dumps({key: value for key, value in found.items() if key != "tests"}, ensure_ascii=False), flush=True
        )
        if found.get(MISSED, "nothing") != "nothing":
            print(f"{name}: missed {found[MISSED]}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
