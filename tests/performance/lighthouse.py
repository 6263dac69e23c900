"""Lets Google's Lighthouse judge pages of the running service, as it does by itself: a phone on a slow network.

Its packages are those of `lighthouse/package-lock.json`; they are brought when they are first needed.
"""

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import httpx2 as httpx

from familjehem.domain.question_set import current
from tests.reliability.running import Running
from website import build

HERE = Path(__file__).parent / "lighthouse"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)
RUNS = 3
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100}
MOST_BYTES = 60_000
UNITS = {"fcp": "FCP, ms", "lcp": "LCP, ms", "tbt": "TBT, ms", "cls": "CLS"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One page: `kept` is what the tab's storage holds when it opens, `first` whether somebody may come there first."""

    path: str
    kept: Mapping[str, str]
    first: bool = True


def pages() -> tuple[Judged, ...]:
    """Give the pages that are judged; the last one is a step of the form, for somebody who has begun it."""
    begun = {
        "form": 1,
        "key": str(uuid4()),
        "version": current().version,
        "raw": {},
        "municipalities": [],
        "visited": [],
        "cleared": True,
        "campaign": None,
        "tried": None,
        "receipt": None,
    }
    return (
        *(Judged(path, {}) for path in ("/", "/sjalvtest/", "/ansok/", "/en/")),
        Judged("/ansok/#assignment", {"familjehem.draft": json.dumps(begun)}, first=False),
    )


def install() -> None:
    """Bring the packages of package-lock.json, unless they are there already."""
    told = b"".join((HERE / name).read_bytes() for name in ("package.json", "package-lock.json", ".npmrc"))
    wanted, stamp = hashlib.sha256(told).hexdigest(), HERE / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    ran = subprocess.run([build.NODE, build.NPM, "ci"], cwd=HERE, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"npm ci failed:\n{ran.stdout}{ran.stderr}"
    stamp.write_text(wanted, "utf-8")


def figures(running: Running) -> dict[str, Any]:
    """Judge every page; round by round, so that what disturbs the machine for a while disturbs no page alone."""
    assert CHROMIUM.exists(), "there is no Chromium: make chromium brings it"
    install()
    judged = pages()
    rounds = [[_run(running, page) for page in judged] for _ in range(RUNS)]
    found = {page.path: _figure(running, page, runs) for page, *runs in zip(judged, *rounds, strict=True)}
    return {
        "Lighthouse": rounds[0][0]["lighthouse"],
        "runs of each page, of which the median counts": RUNS,
        "power of the machine by Lighthouse's own measure, least and most": "{} to {}".format(
            *(round(pick(run["power"] for each in rounds for run in each)) for pick in (min, max))
        ),
        "idle before a run, %, least and most": "{} to {}".format(
            *(pick(run["idle"] for each in rounds for run in each) for pick in (min, max))
        ),
        **found,
    }


def missed(found: Mapping[str, Any]) -> list[str]:
    """Tell every figure that is not as good as it must be."""
    faults: list[str] = []
    for path, page in found.items():
        if isinstance(page, Mapping):
            faults += [f"{path}: {name} {page[name]}" for name, least in LEAST.items() if page[name] < least]
            faults += [f"{path}: CLS {page['CLS']}"] if page["CLS"] else []
            faults += [f"{path}: {page[FIRST]} bytes"] if page.get(FIRST, 0) > MOST_BYTES else []
    return faults


FIRST = "first view, bytes compressed"


def _rest() -> float:
    """Wait until the machine has a core to spare, six seconds at most; give how much of it was idle in the end."""
    until, idle = time.monotonic() + 6, 0.0
    while idle < 1 / (os.cpu_count() or 1) and time.monotonic() < until:
        before = _ticks()
        time.sleep(2)
        total, free = (now - then for now, then in zip(_ticks(), before, strict=True))
        idle = free / total if total else 1.0
    return idle


def _ticks() -> tuple[int, int]:
    ticks = [int(each) for each in Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:9]]
    return sum(ticks), ticks[3]


def _run(running: Running, page: Judged) -> dict[str, Any]:
    idle = _rest()
    told = {"chromium": str(CHROMIUM), "flags": FLAGS, "address": f"{running.url}{page.path}", "kept": page.kept}
    ran = subprocess.run(
        [build.NODE, "judge.mjs"], cwd=HERE, input=json.dumps(told), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found = json.loads(ran.stdout)
    assert found["shown"] == told["address"], found["shown"]
    assert found["warnings"] == [], found["warnings"]
    found["idle"] = round(100 * idle)
    print(page.path, json.dumps({name: found[name] for name in ("scores", "metrics", "power", "idle")}), flush=True)
    return found


def _figure(running: Running, page: Judged, runs: list[dict[str, Any]]) -> dict[str, Any]:
    middle = {name: median(run["metrics"][name] for run in runs) for name in UNITS}
    first = [one["url"] for one in runs[0]["requests"] if one["resourceType"] not in {"Fetch", "XHR"}]
    return {
        **{name: round(median(run["scores"][name] for run in runs)) for name in runs[0]["scores"]},
        **{UNITS[name]: round(value, 3 if name == "cls" else None) for name, value in middle.items()},
        "requests": len(runs[0]["requests"]),
        "all bytes, with headers": round(median(run["metrics"]["bytes"] for run in runs)),
        **({FIRST: sum(_size(running, url) for url in first)} if page.first else {}),
    }


def _size(running: Running, url: str) -> int:
    """Give how many bytes of content go over the network for an address."""
    with running.http.stream("GET", httpx.URL(url).path, headers={"Accept-Encoding": "gzip"}) as answer:
        return sum(len(part) for part in answer.iter_raw())
