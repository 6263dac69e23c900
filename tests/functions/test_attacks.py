"""Whoever is signed in as somebody else, tried on every route of staff: refused alike, whatever is asked for.

What a refusal could tell by its content is compared byte for byte, its size with it, and what it could tell by its time by
the steps that were taken: an answer about something that is there takes the same as one about something that is not.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import pytest
from starlette.routing import Route

from familjehem.domain.membership import Role
from functions.export.app import create_app as export_app
from functions.mailbox.app import create_app as mailbox_app
from functions.members.app import create_app as members_app
from tests.functions.bad_input import CLIENT
from tests.functions.doors import Door
from tests.service import FIVE, SITE, Service

OWN, OTHER = "0680", "1280"
NOWHERE = "0000-0000-0000"
NOBODY = "00000000-0000-4000-8000-000000000000"
KEY = str(UUID(int=7, version=4))

READ, WORK, ADMINISTER = frozenset(Role), frozenset(Role) - {Role.READER}, frozenset({Role.LOCAL_ADMINISTRATOR})
ALONE = frozenset[Role]()
"""For what a person does about herself and no recipient."""


@dataclass(frozen=True, slots=True)
class Way:
    """One route: who of a recipient's people may take it, and what is sent so that nothing else is wrong."""

    roles: frozenset[Role]
    body: Any = None
    query: str = ""


_SETTINGS = {
    "closingTime": "16:30",
    "assignments": ["familjehem"],
    "extendedQuestions": [],
    "contact": {"telephone": "010-000 00 00", "web": None},
    "retention": {"afterClosingDays": 90, "longestMonths": 24},
}

WAYS: Mapping[tuple[str, str], Way] = {
    ("GET", "/api/mailbox/me"): Way(ALONE),
    ("GET", "/api/mailbox/colleagues"): Way(READ),
    ("GET", "/api/mailbox/deliveries"): Way(READ),
    ("POST", "/api/mailbox/search"): Way(READ, {"text": "Persson-Kanarie"}),
    ("GET", "/api/mailbox/states"): Way(READ),
    ("GET", "/api/mailbox/states/{number}"): Way(READ),
    ("GET", "/api/mailbox/deliveries/{number}"): Way(READ),
    ("POST", "/api/mailbox/deliveries/{number}/claim"): Way(WORK),
    ("POST", "/api/mailbox/deliveries/{number}/release"): Way(WORK),
    ("POST", "/api/mailbox/deliveries/{number}/handover"): Way(WORK, {"to": "anna"}),
    ("POST", "/api/mailbox/deliveries/{number}/contact"): Way(WORK, {"result": "reached"}),
    ("POST", "/api/mailbox/deliveries/{number}/outcome"): Way(WORK, {"outcome": "closed", "reason": "withdrewTime"}),
    ("POST", "/api/mailbox/deliveries/{number}/note"): Way(WORK, {"text": "Hej"}),
    ("POST", "/api/mailbox/deliveries/{number}/protect"): Way(WORK, {"readers": []}),
    ("POST", "/api/mailbox/deliveries/{number}/unprotect"): Way(WORK),
    ("POST", "/api/mailbox/deliveries/{number}/erase"): Way(WORK, {"reason": "familyAsked"}),
    ("POST", "/api/mailbox/deliveries/{number}/hold"): Way(WORK),
    ("POST", "/api/mailbox/deliveries/{number}/unhold"): Way(WORK),
    ("GET", "/api/mailbox/erasures"): Way(ADMINISTER),
    ("GET", "/api/mailbox/access-log"): Way(READ),
    ("GET", "/api/mailbox/access-review"): Way(ADMINISTER),
    ("POST", "/api/mailbox/access-review"): Way(ADMINISTER, {"lines": [1], "finding": "none"}),
    ("GET", "/api/mailbox/access-confirmation"): Way(ADMINISTER),
    ("POST", "/api/mailbox/access-confirmation"): Way(ADMINISTER, {"persons": ["anna"]}),
    ("GET", "/api/mailbox/deliveries/{number}/compilation.pdf"): Way(READ),
    ("GET", "/api/mailbox/deliveries/{number}/compilation.json"): Way(READ),
    ("GET", "/api/mailbox/registry.csv"): Way(READ, query="from=2026-11-01&to=2026-11-22"),
    ("GET", "/api/mailbox/reports"): Way(READ),
    ("GET", "/api/mailbox/reports/{file}"): Way(READ),
    ("GET", "/api/members"): Way(ADMINISTER),
    ("POST", "/api/members"): Way(ADMINISTER, {"email": "ny@prov.example", "name": "Ny Prov", "role": "reader"}),
    ("GET", "/api/members/settings"): Way(ADMINISTER),
    ("PUT", "/api/members/settings"): Way(ADMINISTER, _SETTINGS),
    ("POST", "/api/members/me/sign-out"): Way(ALONE),
    ("PUT", "/api/members/{person}"): Way(ADMINISTER, {"name": "Nytt Namn", "role": "reader", "confirm": True}),
    ("DELETE", "/api/members/{person}"): Way(ADMINISTER, query="confirm=true"),
    ("POST", "/api/members/{person}/sign-out"): Way(ADMINISTER),
}
EVERY = sorted(WAYS)
OF_A_RECIPIENT = [one for one in EVERY if WAYS[one].roles]
OF_ONE_THING = [one for one in OF_A_RECIPIENT if "{" in one[1]]


UNFINISHED = {
    ("POST", "/api/mailbox/deliveries/{number}/release"),
    ("POST", "/api/mailbox/deliveries/{number}/unprotect"),
    ("POST", "/api/mailbox/deliveries/{number}/handover"),
    ("POST", "/api/mailbox/deliveries/{number}/erase"),
    ("POST", "/api/mailbox/access-review"),
    ("POST", "/api/mailbox/access-confirmation"),
}
"""What even the right person can only do after something else."""


REPORT = "2026-10.pdf"


@pytest.fixture
def town(service: Service) -> Service:
    """Give two recipients, each with letters and with somebody of every role."""
    service.accepted(*FIVE)
    service.work()
    service.world.shelved[f"reports/{OWN}/{REPORT}"] = b"a report"
    for recipient, names in ((OWN, ("anna", "rut", "boss")), (OTHER, ("maria", "lars", "chef"))):
        roles = (Role.CASE_WORKER, Role.READER, Role.LOCAL_ADMINISTRATOR)
        for name, role in zip(names, roles, strict=True):
            service.hire(name, recipient, role=role)
    return service


@dataclass(frozen=True)
class Attacker:
    """Somebody who is signed in, and can call every route."""

    town: Service
    doors: Mapping[str, Door]

    def __call__(
        self, way: tuple[str, str], thing: str = NOWHERE, *, recipient: str | None = None, query: str = ""
    ) -> "Seen":
        """Call, and give all that the caller could tell apart."""
        method, path = way
        body = WAYS[way].body
        headers = {"Idempotency-Key": KEY} | ({"Recipient": recipient} if recipient else {})
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.town.world.steps.clear()
        answer = self.doors[_function(path)](
            method,
            path.replace("{number}", thing).replace("{person}", thing).replace("{file}", thing),
            body=None if body is None else json.dumps(body).encode(),
            headers=headers,
            query=query or WAYS[way].query,
        )
        return Seen(answer.status, answer.headers, answer.body, tuple(self.town.world.steps))


class Seen(NamedTuple):
    """An answer, and what was asked of the world for it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    steps: tuple[str, ...]


def _function(path: str) -> str:
    if path.startswith("/api/members"):
        return "members"
    return "export" if "compilation" in path or path.endswith("registry.csv") else "mailbox"


type SignIn = Callable[..., Attacker]


@pytest.fixture
def sign_in(
    town: Service,
    mailbox_door: Callable[..., Door],
    export_door: Callable[..., Door],
    members_door: Callable[..., Door],
) -> SignIn:
    opened = {"mailbox": mailbox_door, "export": export_door, "members": members_door}
    return lambda person, **claims: Attacker(town, {name: door(person, **claims) for name, door in opened.items()})


@pytest.fixture
def unharmed(town: Service) -> Iterator[None]:
    """Hold after the attacks that nothing was read and nothing is otherwise than before."""
    world = town.world
    kept = ("deliveries", "events", "access", "memberships", "recipients", "reviews", "access_confirmations", "mails")
    before = {name: copy.deepcopy(getattr(world, name)) for name in kept}
    yield
    assert {name: getattr(world, name) for name in kept} == before


attack = pytest.mark.usefixtures("unharmed")


def letter(town: Service, recipient: str) -> str:
    return next(number for owner, number in town.world.deliveries if owner == recipient)


def nowhere(way: tuple[str, str]) -> str:
    """Give what is at no recipient, in the form that the route takes."""
    return "2024-01.pdf" if "{file}" in way[1] else NOWHERE


def thing(town: Service, way: tuple[str, str]) -> str:
    """Give what is there at the first recipient, for a route about one thing."""
    if "{file}" in way[1]:
        return REPORT
    return "anna" if "{person}" in way[1] else letter(town, OWN)


def test_no_route_of_staff_is_forgotten(service: Service) -> None:
    # given
    apps = (
        mailbox_app(service.mailbox, CLIENT, SITE),
        export_app(service.exports, CLIENT, SITE),
        members_app(service.administration, CLIENT, SITE),
    )
    routes = [route for app in apps for route in app.routes if isinstance(route, Route)]
    # then
    assert {(method, one.path) for one in routes for method in one.methods or () if method != "HEAD"} == set(WAYS)


@pytest.mark.parametrize("way", [one for one in EVERY if one not in UNFINISHED], ids=" ".join)
def test_the_same_call_is_answered_to_whom_it_is_for(town: Service, sign_in: SignIn, way: tuple[str, str]) -> None:
    """Nothing but who calls is wrong with the calls below."""
    assert sign_in("boss")(way, thing(town, way)).status in {200, 201, 204}


@attack
@pytest.mark.parametrize(
    "claims",
    [
        {"token_use": "id"},
        {"client_id": "another"},
        {"client_id": None, "aud": CLIENT},
        {"auth_time": None},
        {"auth_time": "1"},
    ],
    ids=["an id token", "another client", "an audience alone", "no sign-in", "a session that was ended"],
)
def test_a_token_of_another_kind_client_or_session(town: Service, sign_in: SignIn, claims: dict[str, object]) -> None:
    town.world.members.sign_out("boss", town.world.at)
    boss = sign_in("boss", **claims)
    for way in EVERY:
        seen = boss(way, thing(town, way))
        assert seen.status == 401, way
        assert all(step.startswith("members.") for step in seen.steps), way


@attack
@pytest.mark.parametrize("person", ["gone", "stranger"])
def test_somebody_who_belongs_nowhere_or_no_longer(town: Service, sign_in: SignIn, person: str) -> None:
    # given
    town.hire("gone", OWN, role=Role.LOCAL_ADMINISTRATOR)
    del town.world.memberships["gone", OWN]
    somebody = sign_in(person)
    # then
    for way in OF_A_RECIPIENT:
        for recipient in (None, OWN, "9999"):
            there = somebody(way, thing(town, way), recipient=recipient)
            assert there.status == 403, way
            assert there == somebody(way, recipient=recipient), way


@attack
@pytest.mark.parametrize("person", ["maria", "lars", "chef"])
def test_people_of_another_recipient_who_say_that_they_act_for_this_one(
    town: Service, sign_in: SignIn, person: str
) -> None:
    somebody = sign_in(person)
    for way in OF_A_RECIPIENT:
        there = somebody(way, thing(town, way), recipient=OWN)
        assert there.status == 403, way
        # A recipient that is there is as one that is not.
        assert there == somebody(way, recipient="9999"), way


@attack
@pytest.mark.parametrize("person", ["maria", "lars", "chef"])
def test_people_of_another_recipient_who_know_a_number_or_a_name(town: Service, sign_in: SignIn, person: str) -> None:
    somebody, role = sign_in(person), town.world.memberships[person, OTHER].role
    for way in OF_ONE_THING:
        there = somebody(way, thing(town, way))
        assert there.status == (404 if role in WAYS[way].roles else 403), way
        # What another has is as what nobody has.
        assert there == somebody(way, NOBODY if "{person}" in way[1] else nowhere(way)), way


@attack
@pytest.mark.parametrize("person", ["anna", "rut"])
def test_people_of_the_recipient_whose_role_does_not_let_them(town: Service, sign_in: SignIn, person: str) -> None:
    somebody, role = sign_in(person), town.world.memberships[person, OWN].role
    for way in OF_A_RECIPIENT:
        if role in WAYS[way].roles:
            continue
        there = somebody(way, thing(town, way))
        assert there.status == 403, way
        assert there == somebody(way), way


@attack
def test_a_letter_s_trail_of_another_recipient(town: Service, sign_in: SignIn) -> None:
    way, maria = ("GET", "/api/mailbox/access-log"), sign_in("maria")
    there = maria(way, query=f"delivery={letter(town, OWN)}")
    assert there.status == 404
    assert there == maria(way, query=f"delivery={NOWHERE}")


def test_another_s_cursor_shows_nothing_of_the_other(town: Service, sign_in: SignIn) -> None:
    # given a cursor from a list of two letters
    town.accepted(OWN)
    town.work()
    way = ("GET", "/api/mailbox/deliveries")
    cursor = json.loads(sign_in("anna")(way, query="limit=1").body)["cursor"]
    # when
    seen = sign_in("maria")(way, query=urlencode({"cursor": cursor}))
    # then it is no cursor at all there, or leads to what is one's own
    own = {number for recipient, number in town.world.deliveries if recipient == OTHER}
    shown = {one["number"] for one in json.loads(seen.body).get("deliveries", ())}
    assert seen.status == 400 or shown <= own
