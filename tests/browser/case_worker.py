"""A case worker in a browser: signs in through the hosted pages once, and comes to any page of the mailbox after that."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dev.places import read
from tests.reliability.running import Running

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

PREFIX = "familjehem.mailbox."


@dataclass
class Office:
    """Those who work at recipients of the running service, each in a browser of her own."""

    running: Running
    visit: Callable[..., "Visitor"]
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)

    def person(self, email: str) -> dict[str, Any]:
        return read(self.running.places.people)[email]

    def comes(self, email: str, path: str = "/brevlada/", **settings: Any) -> "Visitor":
        """Let somebody come to a page, signed in."""
        visitor = self.visit(**{"viewport": {"width": 1280, "height": 800}, "accept_downloads": True, **settings})
        stands_in(visitor, self, email)
        if email in self.sessions:
            visitor.page.goto("/brevlada/")
            visitor.page.evaluate("(kept) => Object.assign(sessionStorage, kept)", self.sessions[email])
            # Another page, so that one whose address differs by its place alone is fetched too.
            visitor.page.goto("/404.html")
            visitor.complaints.clear()
            visitor.page.goto(path)
        else:
            visitor.page.goto(path)
            visitor.page.get_by_role("button", name="Logga in").click()
            self.signs_in(visitor, email)
            visitor.page.locator("body.mailbox--in").wait_for()
            visitor.complaints.clear()
            kept = visitor.page.evaluate("({...sessionStorage})")
            self.sessions[email] = {name: kept[name] for name in kept if not name.startswith(f"{PREFIX}note.")}
        return visitor

    def signs_in(self, visitor: "Visitor", email: str) -> None:
        """Fill in the hosted page."""
        visitor.page.locator("#username").fill(email)
        visitor.page.locator("#password").fill(self.person(email)["password"])
        visitor.page.locator("#password").press("Enter")

    def reads(self, email: str, number: str, **settings: Any) -> "Visitor":
        """Let somebody open a letter."""
        visitor = self.comes(email, f"/brevlada/anmalan/#{number}", **settings)
        visitor.page.locator("#letter").wait_for()
        return visitor


def stands_in(visitor: "Visitor", office: Office, email: str) -> None:
    """Answer for what the mailbox does not tell yet: who one is, and who works there too."""
    http = office.running.http
    if http.get("/api/mailbox/me").status_code != 404:
        return
    people = read(office.running.places.people)
    named = {
        one: each.partition("@")[0].replace(".", " ").title()
        for one, each in ((p["sub"], e) for e, p in people.items())
    }

    def me(route: Any) -> None:
        one = people[email]
        body = {"person": {"id": one["sub"], "name": named[one["sub"]]}, "recipients": one["recipients"]}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

    def colleagues(route: Any) -> None:
        at = route.request.headers["recipient"]
        found = [
            {"id": one["sub"], "name": named[one["sub"]], "role": place["role"]}
            for one in people.values()
            for place in one["recipients"]
            if place["id"] == at
        ]
        route.fulfill(status=200, content_type="application/json", body=json.dumps({"colleagues": found}))

    visitor.page.route("**/api/mailbox/me", me)
    visitor.page.route("**/api/mailbox/colleagues", colleagues)
