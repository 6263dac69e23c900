"""The most memory that each handler ever held, after it has done its work on the running service."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.performance.measure import Figure
from tests.reliability.running import FIVE, Running

PART = "Peak memory of a handler"
TARGET = 128.0
OWNER = "0680"


def figures() -> Iterator[Figure]:
    """Let every function work, and ask the kernel."""
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder), {"FAMILJEHEM_RECORD": ""})
        running.start()
        try:
            work(running)
            for one in running.desk("functions"):
                pids = [worker["pid"] for worker in one["workers"] if worker["calls"]]
                assert pids, f"{one['id']} has not worked"
                calls = sum(worker["calls"] for worker in one["workers"])
                detail = f"after {calls} events in all; interpreter and local runtime included"
                yield Figure(PART, one["id"], max(map(peak, pids)), "MiB", TARGET, detail)
        finally:
            running.close()


def work(running: Running) -> None:
    """Walk every way once: self-test, accept, delivery, notice, confirmation, list, open, receipt, withdrawal."""
    running.http.get("/api/question-sets/current").raise_for_status()
    running.order("functions/SelfTest/run", {"file": "http/self-test.json"})
    running.http.get("/api/recipients").raise_for_status()
    receipt = running.submit(*FIVE)
    receipt.raise_for_status()
    running.quiet()
    number = next(one["number"] for one in receipt.json()["deliveries"] if one["recipient"]["id"] == OWNER)
    assert next(running.mailbox(OWNER))
    running.letter(OWNER, number)
    running.receipt(receipt.json())
    headers = {"Receipt-Code": receipt.json()["receiptCode"]}
    running.http.delete(f"/api/applications/{receipt.json()['reference']}", headers=headers).raise_for_status()
    running.quiet()
    running.housekeeping()


def peak(pid: int) -> float:
    """Give the peak of a process's resident memory in MiB."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024
