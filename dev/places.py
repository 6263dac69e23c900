"""Where the local cloud keeps what it keeps: one folder, ignored by git, for nobody but the person at the machine."""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

REPOSITORY = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8080
LOOPBACK = "127.0.0.1"


class AlreadyRunningError(Exception):
    """Another service uses the same folder; the message says which, in Swedish."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folder of one local cloud. Passwords and keys lie in clear there, so it is of mode 700."""

    root: Path

    @classmethod
    def here(cls) -> "Places":
        """Give the folder `.local/` of this repository, or what `FAMILJEHEM_LOCAL` names, made if it is missing."""
        root = Path(os.environ.get("FAMILJEHEM_LOCAL") or REPOSITORY / ".local").resolve()
        places = cls(root)
        places.make()
        return places

    def make(self) -> None:
        """Make the folders; repeats do nothing but take rights away from others."""
        for folder in (self.root, self.state, self.objects, self.logs, self.faults):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)

    @property
    def state(self) -> Path:
        """The emulator's own state: tables, keys, queues, users."""
        return self.root / "state"

    @property
    def objects(self) -> Path:
        """The emulator's buckets."""
        return self.root / "objects"

    @property
    def logs(self) -> Path:
        """One file per function, and that of the emulator."""
        return self.root / "logs"

    @property
    def faults(self) -> Path:
        """Where a worker that is held at a fault point says so."""
        return self.root / "faults"

    @property
    def mails(self) -> Path:
        """Every e-mail as it was handed over, one JSON object per line."""
        return self.root / "mails.jsonl"

    @property
    def sms(self) -> Path:
        """Every SMS as it was handed over, one JSON object per line."""
        return self.root / "sms.jsonl"

    @property
    def cloud(self) -> Path:
        """What was made of the template: physical ids and the digests of the properties."""
        return self.root / "cloud.json"

    @property
    def service(self) -> Path:
        """The running service: its address, its emulator's, its process."""
        return self.root / "service.json"

    @property
    def people(self) -> Path:
        """The seeded case workers and their passwords."""
        return self.root / "people.json"

    def lock(self) -> IO[str]:
        """Take the folder for this process until the handle is closed; `AlreadyRunningError` if it is taken."""
        handle = (self.root / "lock").open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            running = read(self.service)
            message = (
                f"Tjänsten är redan igång (process {running.get('pid', '?')}, {running.get('url', 'okänd adress')}). "
                "Stoppa den med Ctrl-C där den startades, eller ge den här en egen mapp med FAMILJEHEM_LOCAL=…"
            )
            raise AlreadyRunningError(message) from None
        return handle


def read(path: Path) -> dict[str, Any]:
    """Read a JSON object; an absent or broken file is an empty one."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object in one step, readable by its owner only."""
    draft = path.with_suffix(f"{path.suffix}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=1)
    draft.replace(path)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON objects, one per line; a line cut off by a crash is left out."""
    found: list[dict[str, Any]] = []
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
    return found
