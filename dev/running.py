"""Finds the running service, for the tools beside it."""

import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from dev.places import DEFAULT_PORT, LOOPBACK, Places, read


class NotRunningError(Exception):
    """No service answers; the message says how to start one, in Swedish."""


@dataclass(frozen=True, slots=True)
class Service:
    """The running service, as it described itself when it started."""

    url: str
    emulator: str
    client: str
    redirect: str
    places: Places


def find() -> Service:
    """Give the service of `PORT`, or of this folder where `PORT` is not set; `NotRunningError`."""
    places = Places.here()
    described: dict[str, Any] = read(places.service)
    port = os.environ.get("PORT") or described.get("port") or DEFAULT_PORT
    url = f"http://{LOOPBACK}:{port}"
    if not described.get("ready") or described["url"] != url or not _answers(url):
        raise NotRunningError(
            f"Ingen tjänst svarar på {url}. Starta den i ett annat fönster med: make run"
            + ("" if str(port) == str(DEFAULT_PORT) else f" PORT={port}")
        )
    return Service(url, described["emulator"], described["client"], described["redirect"], places)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/desk/api/service", timeout=5):
            return True
    except (OSError, urllib.error.URLError):
        return False
