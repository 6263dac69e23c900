"""Prints a case worker's access token, got as a browser gets it: `uv run python -m dev.token <e-mail>`.

Authorize with PKCE, the sign-in page's own form, the code, the token. Only the token goes to standard output.
"""

import base64
import hashlib
import secrets
import sys
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2 as httpx

from dev.places import read
from dev.running import NotRunningError, Service, find


class SignInError(Exception):
    """The sign-in did not go through; the message is for the person at the machine."""


class _Form(HTMLParser):
    """Reads the first form of a page with its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and not self.action:
            self.action = given.get("action") or ""
        elif tag == "input" and (name := given.get("name")):
            self.fields.setdefault(name, given.get("value") or "")


def token(service: Service, email: str, password: str | None = None) -> str:
    """Sign a case worker in and give the access token; `SignInError`."""
    secret = password or read(service.places.people).get(email, {}).get("password")
    if not secret:
        known = ", ".join(sorted(read(service.places.people)))
        raise SignInError(f"Ingen handläggare heter {email}. De som finns: {known}")
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    with httpx.Client(timeout=30) as browser:
        page = browser.get(
            f"{service.emulator}/oauth2/authorize",
            params={
                "response_type": "code",
                "client_id": service.client,
                "redirect_uri": service.redirect,
                "scope": "openid email",
                "state": state,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            },
        )
        form = _Form()
        form.feed(page.text)
        if page.status_code != httpx.codes.OK or "password" not in form.fields:
            raise SignInError(f"Inloggningssidan svarade {page.status_code} utan formulär.")
        answer = browser.post(
            urljoin(str(page.url), form.action or "/login"), data={**form.fields, "username": email, "password": secret}
        )
        back = parse_qs(urlsplit(answer.headers.get("location", "")).query)
        if not answer.is_redirect or back.get("state") != [state] or "code" not in back:
            raise SignInError("Inloggningen avvisades.")
        answer = browser.post(
            f"{service.emulator}/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "client_id": service.client,
                "code": back["code"][0],
                "redirect_uri": service.redirect,
                "code_verifier": verifier,
            },
        )
        if answer.status_code != httpx.codes.OK:
            raise SignInError(f"Koden kunde inte bytas mot en token ({answer.status_code}).")
        return answer.json()["access_token"]


def main() -> int:
    """Print the token of the person that the command line names."""
    if len(sys.argv) != 2:
        print("Så här: uv run python -m dev.token <e-post>", file=sys.stderr)
        return 2
    try:
        print(token(find(), sys.argv[1]))
    except (NotRunningError, SignInError, httpx.HTTPError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
