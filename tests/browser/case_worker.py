"""A case worker in a browser: signs in through the hosted pages once, and comes to any page of the mailbox after that."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dev.places import read
from tests.reliability.running import Running

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

MISSING = 404
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
            visitor.page.locator("body.mailbox--in, body.mailbox--choosing").wait_for()
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
    """Answer in the form of the contract for what the running service does not answer yet, and for nothing else."""
    people = read(office.running.places.people)
    staff = [
        {
            "id": one["sub"],
            "name": each.partition("@")[0].replace(".", " ").title(),
            "role": place["role"],
            "email": each,
        }
        for each, one in people.items()
        for place in one["recipients"]
        if place["id"] in {own["id"] for own in people[email]["recipients"]}
    ]
    me = next(each for each in staff if each["email"] == email)
    line = {
        "sequence": 7,
        "at": "2026-03-02T08:05:00Z",
        "person": {"id": me["id"], "name": me["name"]},
        "role": me["role"],
        "kind": "open",
        "reason": "work",
        "deliveries": ["7KQ3-9XRM-2VHC"],
    }
    listed = {**line, "sequence": 8, "kind": "list", "deliveries": [f"7KQ3-9XRM-2VH{each}" for each in range(9)]}
    review = {
        "at": "2026-02-02T08:00:00Z",
        "by": {"name": me["name"]},
        "lines": 12,
        "finding": "followUp",
        "note": "Fråga.",
    }
    answers: dict[str, Any] = {
        "/api/mailbox/me": {
            "person": {"id": me["id"], "name": me["name"]},
            "recipients": [{**each, "role": each["role"]} for each in people[email]["recipients"]],
        },
        "/api/mailbox/colleagues": {"colleagues": staff},
        "/api/mailbox/access-log": {"lines": [listed, line], "cursor": None},
        "/api/mailbox/access-review": {"sample": [line], "reviews": [review], "due": True},
        "/api/mailbox/access-confirmation": {"persons": staff, "confirmedAt": None, "due": True},
        "/api/members": {
            "colleagues": [
                {**each, "invitedAt": "2026-01-02T08:00:00Z", "lastSeenOn": None, "endsOn": "2026-04-02"}
                for each in staff
            ],
            "warnings": ["fewerThanTwo"],
        },
        "/api/members/settings": {
            "closingTime": "16:30",
            "assignments": ["familjehem"],
            "extendedQuestions": ["interests"],
            "contact": {"telephone": "08-465 004 01", "web": "https://stockholm.example/familjehem"},
            "retention": {"afterClosingDays": 90, "longestMonths": 24},
        },
    }
    for path, answer in answers.items():
        # What is there refuses whoever has no token; what is not there is not found.
        if office.running.http.get(path).status_code == MISSING:
            visitor.page.route(re.compile(re.escape(path) + r"(\?|$)"), answering(answer))
    if office.running.http.post("/api/members/me/sign-out").status_code == MISSING:
        visitor.page.route("**/api/members/me/sign-out", lambda route: route.fulfill(status=204))


def answering(answer: Any) -> Callable[[Any], None]:
    def fulfil(route: Any) -> None:
        route.fulfill(status=200, content_type="application/json", body=json.dumps(answer))

    return fulfil
