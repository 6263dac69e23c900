"""Every bad input that we know of, in one table: what is sent, and the problem that must come back.

`tests/functions/test_bad_input.py` sends each through every door; `dev/problems.py` writes `docs/problems.md` from the
same table, so that the page shows what is really answered.
"""

import base64
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal
from uuid import UUID, uuid4

from altcha.v1 import Challenge, solve_challenge
from altcha.v1 import Payload as Solved
from starlette.types import ASGIApp

from familjehem.adapters.proof_of_work import AltchaChallenges
from familjehem.domain.application import MOST_SUPPLEMENTS
from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import DeliveryState
from familjehem.domain.errors import (
    AccountConflictError,
    CodeRefusedError,
    IdentificationUnavailableError,
    NotConfirmedError,
)
from familjehem.domain.identification import Adult
from familjehem.domain.membership import Caller, Role
from familjehem.domain.recipient import RecipientState
from familjehem.domain.search import PER_HOUR
from familjehem.ports import Claimed, RecipientChangedError, RegisterChangedError
from familjehem.runtime.http import LARGEST_BODY
from familjehem.runtime.wiring.submission import Submission
from familjehem.usecases.supplement_application import Addition
from functions.identification.app import create_app as identification_app
from functions.mailbox.app import create_app as mailbox_app
from functions.members.app import create_app as members_app
from functions.onboarding.app import create_app as onboarding_app
from functions.self_test.app import create_app as self_test_app
from functions.submission.app import create_app as submission_app
from tests.builders import (
    CO_APPLICANT_IDENTITY_NUMBER,
    IDENTITY_NUMBER,
    OMIT,
    UNDER_AGE_IDENTITY_NUMBER,
    self_test_answers,
)
from tests.fakes import CONTACT_KEY_ARN
from tests.functions.doors import Answer, AsgiDoor, Door, Headers, pairs
from tests.service import FIVE, SITE, Service, answers_for, submission

CLIENT = "client-of-the-tests"
MARK = "Kanariefagel"
"""Stands in whatever cannot be parsed, and may not come back."""
SIX = ("0180", "0580", "0680", "0687", "1280", "1480")
JSON = "application/json"
THIRTEEN = " ".join(MARK for _ in range(13))

type App = Literal["submission", "self-test", "identification", "mailbox", "members", "onboarding"]
type Error = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request; `claims` are those that the authorizer has verified, `app` is who gets it."""

    method: str = "POST"
    path: str = "/api/applications"
    body: bytes | None = None
    headers: Headers
    query: str = ""
    app: App = "submission"
    claims: Mapping[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One bad input and its problem.

    `prepare` makes the world ready and gives the request; `errors` are pointers and codes, all of them, in order;
    `recipients` are ids (or None) and reasons; `changes` names the parts of the world that even a refusal may change.
    """

    group: str
    name: str
    prepare: Callable[["Bench"], Request]
    status: int
    slug: str
    errors: tuple[Error, ...] = ()
    recipients: tuple[tuple[str | None, str], ...] = ()
    changes: frozenset[str] = frozenset()


class Bench:
    """A service over fakes, except for the proof of work, which is the real one and always asked for."""

    def __init__(self) -> None:
        self.service = Service()
        self.world = self.service.world
        self.challenges = AltchaChallenges(self.world.secrets, largest_number=20)
        self.provider = True

    @cached_property
    def apps(self) -> Mapping[App, ASGIApp]:
        service = self.service
        wired = Submission(
            list_recipients=service.list_recipients,
            challenges=self.challenges,
            clock=self.world.clock,
            submit=replace(service.submit, challenges=self.challenges),
            read_receipt=service.read_receipt,
            withdraw=service.withdraw,
            supplement=service.supplement,
            share=service.share,
            seal_canary=service.seal_canary,
        )
        return {
            "submission": submission_app(wired, SITE),
            "self-test": self_test_app(service.take_self_test, SITE),
            "identification": identification_app(service.identification if self.provider else None, SITE),
            "mailbox": mailbox_app(service.mailbox, CLIENT, SITE),
            "members": members_app(service.administration, CLIENT, SITE),
            "onboarding": onboarding_app(service.own_page, SITE),
        }

    def send(self, door: Callable[..., Door], request: Request) -> Answer:
        """Send a request through a door."""
        opened = door(self.apps[request.app], **(request.claims or {}))
        return opened(request.method, request.path, body=request.body, headers=request.headers, query=request.query)

    def solved(self, **changes: Any) -> str:
        """Do the work that a browser does; `changes` are made to the solution."""
        issued = self.challenges.issue(self.world.at)
        asked = Challenge(issued["algorithm"], issued["challenge"], 20, issued["salt"], issued["signature"])
        found = solve_challenge(asked)
        assert found is not None
        solution = Solved(asked.algorithm, asked.challenge, found.number, asked.salt, asked.signature).to_dict()
        return packed({**solution, **changes})

    def form(self, **changes: Any) -> Request:
        """Give a good submission with `changes` to the members of its body; OMIT leaves one out."""
        key: str = changes.pop("key", str(uuid4()))
        content = {
            "questionSet": "2026-1",
            "municipalities": list(FIVE),
            "answers": answers_for(FIVE),
            "challenge": self.solved(),
            **changes,
        }
        body = json.dumps({name: value for name, value in content.items() if value is not OMIT}).encode()
        return Request(body=body, headers={"Content-Type": JSON, "Idempotency-Key": key})

    def accepted(self, key: str = "", **changes: Any) -> str:
        """Let an application in; give its key."""
        key = key or str(uuid4())
        content = {"municipalities": list(FIVE), "answers": answers_for(FIVE), **changes}
        self.service.accepted(*content["municipalities"], key=UUID(key), answers=content["answers"])
        return key

    def state(self, recipient: str, state: RecipientState) -> None:
        """Put a recipient into another state."""
        self.world.recipients[recipient] = replace(self.world.recipients[recipient], state=state)


def packed(solution: Any) -> str:
    """Give a solution as the page sends it."""
    return base64.b64encode(json.dumps(solution).encode()).decode()


# ---------------------------------------------------------------- ways to send


def raw(body: bytes, content_type: str | None = JSON) -> Callable[[Bench], Request]:
    headers = {"Idempotency-Key": str(uuid4()), **({"Content-Type": content_type} if content_type else {})}
    return lambda _: Request(body=body, headers=headers)


def form(**changes: Any) -> Callable[[Bench], Request]:
    return lambda bench: bench.form(**changes)


def answering(*municipalities: str, **changes: Any) -> Callable[[Bench], Request]:
    chosen = municipalities or FIVE
    return lambda bench: bench.form(municipalities=list(chosen), answers=answers_for(chosen, **changes))


def also_answering(**changes: Any) -> Callable[[Bench], Request]:
    """Send answers beside a family's own that no builder would give."""
    return lambda bench: bench.form(answers={**answers_for(FIVE), **changes})


def choosing(*codes: Any) -> Callable[[Bench], Request]:
    return lambda bench: bench.form(municipalities=list(codes))


def keyed(headers: Callable[[Mapping[str, str]], Headers]) -> Callable[[Bench], Request]:
    """Send a good form with other headers."""

    def prepare(bench: Bench) -> Request:
        good = bench.form()
        return replace(good, headers=headers(dict(good.headers)))

    return prepare


def at(moment: datetime, **changes: Any) -> Callable[[Bench], Request]:
    def prepare(bench: Bench) -> Request:
        bench.world.at = moment
        return answering(**changes)(bench)

    return prepare


def unless(recipient: str, state: RecipientState) -> Callable[[Bench], Request]:
    def prepare(bench: Bench) -> Request:
        bench.state(recipient, state)
        return bench.form()

    return prepare


# ---------------------------------------------------------------- the table


def reading() -> Iterator[Case]:
    """What cannot be read at all."""

    def malformed(name: str, body: bytes, code: str) -> Case:
        return Case(
            group="The body", name=name, prepare=raw(body), status=400, slug="malformed-request", errors=(("", code),)
        )

    yield malformed("nothing", b"", "notJson")
    yield malformed("a form that was cut off", b'{"questionSet": "' + MARK.encode(), "notJson")
    yield malformed("one JSON text after another", b'{} {"a": "' + MARK.encode() + b'"}', "notJson")
    yield malformed("single quotes", b"{'a': '" + MARK.encode() + b"'}", "notJson")
    yield malformed("a comment", b"{} // " + MARK.encode(), "notJson")
    yield malformed("a comma too many", b'{"a": "' + MARK.encode() + b'",}', "notJson")
    yield malformed("a bare line break in a text", b'{"a": "' + MARK.encode() + b'\n"}', "notJson")
    yield malformed("a byte order mark", b'\xef\xbb\xbf{"a": "' + MARK.encode() + b'"}', "notJson")
    yield malformed("a web form", b"name=" + MARK.encode(), "notJson")
    yield malformed("Latin-1", f'{{"a": "{MARK} åäö"}}'.encode("latin-1"), "notUtf8")
    yield malformed("UTF-16", f'{{"a": "{MARK}"}}'.encode("utf-16"), "notUtf8")
    yield malformed("a surrogate in bytes", b'{"a": "' + MARK.encode() + b'\xed\xa0\x80"}', "notUtf8")
    yield malformed("a packed body", gzip.compress(b'{"a": "' + MARK.encode() + b'"}', mtime=0), "notUtf8")
    yield malformed("the same name twice", b'{"a": 1, "a": "' + MARK.encode() + b'"}', "duplicateName")
    yield malformed(
        "the same name twice, within", b'{"answers": {"a": 1, "a": "' + MARK.encode() + b'"}}', "duplicateName"
    )
    yield malformed(
        "the same name twice, once escaped", b'{"a": "' + MARK.encode() + b'", "\\u0061": 1}', "duplicateName"
    )
    for number in ("NaN", "Infinity", "-Infinity"):
        yield malformed(f"the number {number}", f'{{"{MARK}": {number}}}'.encode(), "notANumber")
    for name, number in {
        "a number of 19 figures": "1" * 19,
        "a number of 5 000 figures": "1" * 5000,
        "a fraction of 30 figures": "0." + "1" * 28,
        "an endless exponent": "1e" + "9" * 30,
        "a number too large for any machine": "1e999",
        "a number too small for any machine": "-1e999",
    }.items():
        yield malformed(name, f'{{"{MARK}": {number}}}'.encode(), "numberTooLong")
    for depth in (17, 500, 30_000):
        body = f'{{"{MARK}": {"[" * (depth - 1)}{"]" * (depth - 1)}}}'.encode()
        yield malformed(f"nested {depth} deep", body, "tooDeep")
    yield Case(
        group="The body",
        name="over 64 KiB",
        prepare=raw(b'{"a": "' + MARK.encode().ljust(LARGEST_BODY, b"x") + b'"}'),
        status=413,
        slug="too-large",
    )
    for content_type in (
        None,
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/problem+json",
    ):
        yield Case(
            group="The body",
            name=f"sent as {content_type or 'nothing'}",
            prepare=raw(f'{{"a": "{MARK}"}}'.encode(), content_type),
            status=415,
            slug="unsupported-media-type",
        )


def shape() -> Iterator[Case]:
    """What can be read and is no form."""

    def misshapen(name: str, prepare: Callable[[Bench], Request], pointer: str, code: str) -> Case:
        return Case(
            group="The form",
            name=name,
            prepare=prepare,
            status=422,
            slug="invalid-answers",
            errors=((pointer, code),),
        )

    for name, body in {
        "a list": f'["{MARK}"]',
        "a text": f'"{MARK}"',
        "null": "null",
        "a number": "170417041704",
    }.items():
        yield misshapen(name, raw(body.encode()), "", "wrongType")
    yield misshapen("a member that is none of ours", form(**{MARK: MARK}), "", "unknownField")
    yield misshapen("no question set", form(questionSet=OMIT), "/questionSet", "required")
    yield misshapen("no municipalities member", form(municipalities=OMIT), "/municipalities", "required")
    yield misshapen("no answers member", form(answers=OMIT), "/answers", "required")
    yield misshapen("a question set that is a number", form(questionSet=20261), "/questionSet", "wrongType")
    yield misshapen("an empty question set", form(questionSet=""), "/questionSet", "required")
    yield misshapen("a question set of 41 characters", form(questionSet=MARK * 4), "/questionSet", "tooLong")
    yield misshapen(
        "a lone surrogate in the question set", form(questionSet="\ud800"), "/questionSet", "unallowedCharacters"
    )
    yield misshapen("municipalities that are a text", form(municipalities=MARK), "/municipalities", "wrongType")
    yield misshapen("a municipality that is a number", choosing("0180", 680), "/municipalities/1", "wrongType")
    yield misshapen("a municipality that is null", choosing(None), "/municipalities/0", "wrongType")
    yield misshapen(
        "a lone surrogate in a municipality", choosing("\udc00"), "/municipalities/0", "unknownMunicipality"
    )
    yield misshapen("291 municipalities", choosing(*["0180"] * 291), "/municipalities", "tooMany")
    yield misshapen("answers that are a list", form(answers=[MARK]), "/answers", "wrongType")
    yield misshapen("a campaign with other characters", form(campaign=f"{MARK}!"), "/campaign", "invalid")
    yield misshapen("a campaign of 41 characters", form(campaign="a" * 41), "/campaign", "tooLong")
    yield misshapen("a challenge that is an object", form(challenge={MARK: 1}), "/challenge", "wrongType")
    yield misshapen("a lone surrogate in the challenge", form(challenge="\ud800"), "/challenge", "unallowedCharacters")
    yield misshapen("a challenge of 4 001 characters", form(challenge="a" * 4001), "/challenge", "tooLong")
    for name, version in {
        "a question set that never was": "1999-1",
        "a question set with a path": "../../2026-1",
        "a question set with NUL": "2026-1\0",
    }.items():
        yield Case(
            group="The form",
            name=name,
            prepare=form(questionSet=version),
            status=422,
            slug="question-set-unknown",
            errors=(("/questionSet", "unknownQuestionSet"),),
        )


def invalid(group: str, name: str, prepare: Callable[[Bench], Request], *errors: Error) -> Case:
    """Give a case of answers that need mending."""
    return Case(group=group, name=name, prepare=prepare, status=422, slug="invalid-answers", errors=errors)


def answers() -> Iterator[Case]:
    """Questions and choices."""
    group = "Questions and choices"
    yield invalid(group, "an unknown question", also_answering(**{MARK: MARK}), ("/answers", "unknownQuestion"))
    yield invalid(
        group,
        "a question that is named as on a prototype",
        also_answering(__proto__="x"),
        ("/answers", "unknownQuestion"),
    )
    yield invalid(
        group, "a lone surrogate as a question", also_answering(**{"\ud800": 1}), ("/answers", "unknownQuestion")
    )
    yield invalid(
        group, "a question by its display number", also_answering(E01="house"), ("/answers", "unknownQuestion")
    )
    yield invalid(
        group,
        "municipalities among the answers",
        also_answering(municipalities=["0680"]),
        ("/answers", "unknownQuestion"),
    )
    yield invalid(group, "an unknown choice", answering(housingForm=MARK), ("/answers/housingForm", "unknownChoice"))
    yield invalid(
        group, "a choice in capitals", answering(housingForm="HOUSE"), ("/answers/housingForm", "unknownChoice")
    )
    yield invalid(group, "a choice that is a number", answering(housingForm=1), ("/answers/housingForm", "wrongType"))
    yield invalid(group, "a choice that is null", answering(housingForm=None), ("/answers/housingForm", "wrongType"))
    yield invalid(
        group,
        "several choices where one is asked",
        answering(housingForm=["house"]),
        ("/answers/housingForm", "wrongType"),
    )
    yield invalid(
        group, "one choice where several are asked", answering(ages="age3to6"), ("/answers/ages", "wrongType")
    )
    yield invalid(
        group,
        "an unknown choice among several",
        answering(ages=["age3to6", MARK]),
        ("/answers/ages/1", "unknownChoice"),
    )
    yield invalid(
        group, "the same choice twice", answering(ages=["age3to6", "age3to6"]), ("/answers/ages/1", "repeated")
    )
    yield invalid(group, "more choices than there are", answering(ages=["age3to6"] * 99), ("/answers/ages", "tooMany"))
    yield invalid(
        group,
        "a choice that excludes the others, with others",
        answering(animals=["none", "dog"]),
        ("/answers/animals", "exclusive"),
    )
    yield invalid(
        group, "an unknown assignment", also_answering(assignments=[MARK]), ("/answers/assignments/0", "unknownChoice")
    )
    yield invalid(group, "no assignment", also_answering(assignments=[]), ("/answers/assignments", "required"))
    yield invalid(
        group,
        "an unknown language",
        answering(spokenLanguages=["sv", "xx-" + MARK]),
        ("/answers/spokenLanguages/1", "unknownLanguage"),
    )
    yield invalid(
        group,
        "an unknown home municipality",
        answering(homeMunicipality="9999"),
        ("/answers/homeMunicipality", "unknownMunicipality"),
    )
    yield invalid(
        group,
        "an interpreter without a language",
        answering(interpreter={"needed": "yes"}),
        ("/answers/interpreter/language", "required"),
    )
    yield invalid(
        group,
        "an unknown choice for one adult",
        answering(generalHealth={"applicant": MARK, "coApplicant": "ok"}),
        ("/answers/generalHealth/applicant", "unknownChoice"),
    )
    yield invalid(
        group,
        "an unknown member of an address",
        answering(address={"street": "Provgatan 5", "postalCode": "553 16", "city": "Provstad", MARK: MARK}),
        ("/answers/address", "unknownQuestion"),
    )
    yield invalid(group, "a number that is a text", answering(places="2"), ("/answers/places", "wrongType"))
    yield invalid(group, "a number with a fraction", answering(places=1.5), ("/answers/places", "wrongType"))
    yield invalid(group, "a number that is true", answering(places=True), ("/answers/places", "wrongType"))
    yield invalid(group, "a number below zero", answering(places=-1), ("/answers/places", "outOfRange"))
    yield invalid(group, "a number of 18 figures", answering(places=10**17), ("/answers/places", "outOfRange"))
    yield invalid(
        group,
        "a child that is not born yet",
        answering(children=[{"birthYear": 2027, "living": "fullTime", "relation": "own"}]),
        ("/answers/children/0/birthYear", "outOfRange"),
    )
    yield invalid(
        group, "more children than a form takes", answering(children=[{}] * 99), ("/answers/children", "tooMany")
    )
    yield invalid(
        group, "a confirmation that is a text", answering(truthful="true"), ("/answers/truthful", "wrongType")
    )

    group = "Hidden questions"
    yield invalid(
        group,
        "a co-applicant of somebody alone",
        answering(applicants="solo", coApplicantName=MARK),
        ("/answers/coApplicantName", "notShown"),
    )
    yield invalid(
        group,
        "a co-applicant's own answer, of somebody alone",
        answering(applicants="solo", generalHealth={"applicant": "good", "coApplicant": "ok"}),
        ("/answers/generalHealth/coApplicant", "notShown"),
    )
    yield invalid(
        group,
        "what children think, where there are none",
        answering(children=[], childrensView="all"),
        ("/answers/childrensView", "notShown"),
    )
    yield invalid(
        group,
        "a question of another assignment",
        answering(visitFrequency=["oneWeekendAMonth"]),
        ("/answers/visitFrequency", "notShown"),
    )
    yield invalid(
        group, "a question that no chosen recipient asks", answering(tenure="own"), ("/answers/tenure", "notShown")
    )
    yield invalid(
        group,
        "consent to share, with one recipient",
        answering("0680", shareRecipients="yes"),
        ("/answers/shareRecipients", "notShown"),
    )
    yield invalid(
        group,
        "a language for an interpreter that is not needed",
        answering(interpreter={"needed": "no", "language": "fi"}),
        ("/answers/interpreter/language", "notShown"),
    )


def texts() -> Iterator[Case]:
    """What is missing, and what no text may hold."""
    group = "Missing answers"
    yield invalid(group, "no name", answering(name=OMIT), ("/answers/name", "required"))
    yield invalid(group, "an empty name", answering(name=""), ("/answers/name", "required"))
    yield invalid(group, "a name of spaces", answering(name=" \t\u00a0 "), ("/answers/name", "required"))
    yield invalid(
        group,
        "no city in the address",
        answering(address={"street": "Provgatan 5", "postalCode": "553 16"}),
        ("/answers/address/city", "required"),
    )
    yield invalid(
        group,
        "no answer of the second adult",
        answering(generalHealth={"applicant": "good"}),
        ("/answers/generalHealth/coApplicant", "required"),
    )
    yield invalid(group, "no choice among several", answering(ages=[]), ("/answers/ages", "required"))
    yield invalid(group, "not confirmed to be true", answering(truthful=False), ("/answers/truthful", "required"))
    yield invalid(
        group,
        "two answers missing",
        answering(name=OMIT, email=OMIT),
        ("/answers/name", "required"),
        ("/answers/email", "required"),
    )

    group = "Texts"
    yield invalid(group, "a name of 121 characters", answering(name="a" * 121), ("/answers/name", "tooLong"))
    yield invalid(group, "a motive of 801 characters", answering(motive="å" * 801), ("/answers/motive", "tooLong"))
    yield invalid(
        group, "a motive of 40 000 characters", answering(motive="a" * 40_000), ("/answers/motive", "tooLong")
    )
    yield invalid(
        group, "a text made to be slow", answering(motive="a" + "\u0300" * 9_000), ("/answers/motive", "tooLong")
    )
    for name, one in {
        "NUL": "\0",
        "an escape character": "\x1b",
        "a bare carriage return": "\r",
        "a lone high surrogate": "\ud800",
        "a lone low surrogate": "\udfff",
        "surrogates the wrong way round": "\ude00\ud83d",
        "a control that turns the direction": "\u202e",
        "an isolate that turns the direction": "\u2066",
        "a mark that turns the direction": "\u200f",
        "a space of no width": "\u200b",
        "a byte order mark": "\ufeff",
        "a line separator": "\u2028",
        "a private character": "\ue000",
        "a noncharacter": "\ufffe",
        "an invisible tag": "\U000e0041",
    }.items():
        yield invalid(
            group,
            f"{name} in a text",
            answering(motive=f"{MARK}{one}{MARK}"),
            ("/answers/motive", "unallowedCharacters"),
        )
    yield invalid(
        group, "a line break in a name", answering(name=f"Prov\n{MARK}"), ("/answers/name", "unallowedCharacters")
    )
    yield invalid(
        group,
        "a control in a text within a list",
        answering(address={"street": f"{MARK}\u202e", "postalCode": "553 16", "city": "Provstad"}),
        ("/answers/address/street", "unallowedCharacters"),
    )
    yield invalid(group, "a text that is a number", answering(motive=170417041704), ("/answers/motive", "wrongType"))


def recipients() -> Iterator[Case]:
    """Who was chosen."""
    group = "Municipalities"

    def unavailable(name: str, prepare: Callable[[Bench], Request], *who: tuple[str | None, str]) -> Case:
        return Case(
            group="Recipients that cannot receive",
            name=name,
            prepare=prepare,
            status=422,
            slug="recipients-unavailable",
            recipients=who,
        )

    yield invalid(group, "none", choosing(), ("/municipalities", "required"))
    yield invalid(group, "the same twice", choosing("0180", "0680", "0180"), ("/municipalities/2", "repeated"))
    yield invalid(group, "more than five recipients", choosing(*SIX), ("/municipalities", "tooMany"))
    for name, code in {
        "a code that nobody has": "9999",
        "a code without its zero": "680",
        "a code with a space": "0680 ",
        "a code in other figures": "٠٦٨٠",
        "a code that is a key of ours": "0680#RECIPIENT",
        "a code with NUL": "0680\0",
        "a name": "Jönköping",
        "an empty code": "",
    }.items():
        yield invalid(group, name, choosing("0180", code), ("/municipalities/1", "unknownMunicipality"))
    yield invalid(
        group,
        "two faults in the choice and one in the answers",
        lambda bench: bench.form(municipalities=["9999", "0680", "0680"], answers=answers_for(FIVE, name=OMIT)),
        ("/municipalities/0", "unknownMunicipality"),
        ("/municipalities/2", "repeated"),
        ("/answers/name", "required"),
    )
    yield unavailable("not connected", choosing("0680", "0114"), (None, "notConnected"))
    for state, reason in {
        RecipientState.REQUESTED: "notConnected",
        RecipientState.VERIFYING: "notConnected",
        RecipientState.AGREEMENT: "notConnected",
        RecipientState.READY: "notConnected",
        RecipientState.PAUSED: "paused",
        RecipientState.LEAVING: "leaving",
        RecipientState.CLOSED: "notConnected",
    }.items():
        yield unavailable(f"one that is {state.value}", unless("1280", state), ("1280", reason))

    def not_recruiting(bench: Bench) -> Request:
        world = bench.world
        world.recipients["1480"] = replace(world.recipients["1480"], assignments=frozenset({Assignment.JOURHEM}))
        return bench.form()

    def several(bench: Bench) -> Request:
        bench.state("1280", RecipientState.PAUSED)
        bench.state("unit-hoglandet", RecipientState.LEAVING)
        return bench.form(municipalities=["0114", "0180", "0687", "1280"])

    def without_key(bench: Bench) -> Request:
        bench.world.usable_keys[bench.world.recipients["0680"].key_arn] = False
        return bench.form()

    def without_keys(bench: Bench) -> Request:
        for one in ("0680", "1280"):
            bench.world.usable_keys[bench.world.recipients[one].key_arn] = False
        return bench.form()

    def changing(bench: Bench) -> Request:
        bench.world.fails("intake.accept", RecipientChangedError("0680"))
        return bench.form()

    yield unavailable("not recruiting for the assignment", not_recruiting, ("1480", "notRecruiting"))
    yield unavailable(
        "several at once, each named",
        several,
        (None, "notConnected"),
        ("unit-hoglandet", "leaving"),
        ("1280", "paused"),
    )
    yield unavailable("one whose key cannot be used", without_key, ("0680", "keyUnavailable"))
    yield unavailable(
        "two whose keys cannot be used", without_keys, ("0680", "keyUnavailable"), ("1280", "keyUnavailable")
    )
    yield unavailable("one that changed at that very moment", changing, ("0680", "changed"))


def persons() -> Iterator[Case]:
    """Identity numbers, telephone numbers and addresses."""
    group, pointer = "Identity numbers", "/answers/identityNumber"
    for name, number in {
        "a wrong check digit": "191212121213",
        "a month that does not exist": "191213121211",
        "a day that does not exist": "191202301211",
        "a coordination number with a wrong check digit": "191212721218",
        "a coordination number of a day that does not exist": "191202901211",
        "an interim number": "19121212-T212",
        "too few figures": "1912121212",
        "too many figures": "1912121212123",
        "figures of another script": "١٩١٢١٢١٢١٢١٢",
        "a number with NUL": "191212121212\0",
        "a lone surrogate in a number": "191212121212\ud800",
        "somebody born tomorrow": "202611232390",
        "somebody born before 1890": "188912319805",
        "a name instead of a number": MARK,
    }.items():
        yield invalid(group, name, answering(identityNumber=number), (pointer, "invalidIdentityNumber"))
    yield invalid(
        group, "a number that is not a text", answering(identityNumber=int(IDENTITY_NUMBER)), (pointer, "wrongType")
    )
    yield invalid(
        group,
        "the same person twice",
        answering(coApplicantIdentityNumber="19121212-1212"),
        ("/answers/coApplicantIdentityNumber", "repeated"),
    )
    yield invalid(
        group,
        "a wrong number of the co-applicant",
        answering(coApplicantIdentityNumber=f"{CO_APPLICANT_IDENTITY_NUMBER[:-1]}3"),
        ("/answers/coApplicantIdentityNumber", "invalidIdentityNumber"),
    )

    group = "Age, by the date in Stockholm"
    young = UNDER_AGE_IDENTITY_NUMBER
    for name, moment in {
        "thirteen years old": datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
        "the day before the birthday": datetime(2030, 12, 11, 12, 0, tzinfo=UTC),
        "a second before midnight in Stockholm": datetime(2030, 12, 11, 22, 59, 59, 999_999, tzinfo=UTC),
    }.items():
        yield invalid(group, name, at(moment, identityNumber=young), (pointer, "underAge"))
    yield invalid(
        group,
        "a co-applicant who is too young",
        at(datetime(2030, 12, 11, 22, 59, 59, tzinfo=UTC), coApplicantIdentityNumber=young),
        ("/answers/coApplicantIdentityNumber", "underAge"),
    )

    group = "Telephone and e-mail"
    for name, number in {
        "too short": "0701",
        "too long": "070-174 06 05 00",
        "a mobile with a figure too few": "070-174 06 0",
        "letters": f"070-{MARK}",
        "a country that does not exist": "+0701740605",
        "nothing but a plus": "+",
        "figures of another script": "٠٧٠١٧٤٠٦٠٥",
        "NUL": "070-174 06 05\0",
        "an extension": "036-10 50 00 ankn 12",
        "two numbers": "070-174 06 05, 070-174 06 06",
    }.items():
        yield invalid(
            group, f"a telephone number: {name}", answering(mobile=number), ("/answers/mobile", "invalidPhone")
        )
    for name, address in {
        "no at": f"{MARK}.example.com",
        "nobody": "@example.com",
        "nowhere": f"{MARK}@",
        "no domain": f"{MARK}@localhost",
        "two ats": f"{MARK}@a@example.com",
        "a space": f"{MARK} prov@example.com",
        "two dots": f"{MARK}..prov@example.com",
        "a dot at the end": f"{MARK}.@example.com",
        "an address by number": f"{MARK}@[192.0.2.1]",
        "a local part outside ASCII": "kanariefågel@example.com",
        "a second header": f"{MARK}@example.com\r\nBcc: {MARK}@example.org",
        "a name with it": f"Prov <{MARK}@example.com>",
        "two addresses": f"{MARK}@example.com,{MARK}@example.org",
        "a local part of 65 characters": f"{'a' * 65}@example.com",
        "255 characters": f"{MARK}@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.com",
        "NUL": f"{MARK}@example.com\0",
        "a lone surrogate": f"{MARK}@\ud800.com",
    }.items():
        yield invalid(group, f"an e-mail address: {name}", answering(email=address), ("/answers/email", "invalidEmail"))
    yield invalid(
        group, "a telephone number that is a number", answering(mobile=46701740605), ("/answers/mobile", "wrongType")
    )
    yield invalid(
        group,
        "a postal code with letters",
        answering(address={"street": "Provgatan 5", "postalCode": MARK[:10], "city": "Provstad"}),
        ("/answers/address/postalCode", "invalidPostalCode"),
    )


def idempotency() -> Iterator[Case]:
    """The number of the form."""

    def refused(name: str, headers: Callable[[Mapping[str, str]], Headers], code: str) -> Case:
        return Case(
            group="Idempotency-Key",
            name=name,
            prepare=keyed(headers),
            status=400,
            slug="idempotency-key",
            errors=(("", code),),
        )

    def without(given: Mapping[str, str]) -> Headers:
        return {name: value for name, value in given.items() if name != "Idempotency-Key"}

    yield refused("missing", without, "required")
    yield refused("empty", lambda given: {**given, "Idempotency-Key": ""}, "required")
    for name, key in {
        "a word": MARK,
        "without its hyphens": uuid4().hex,
        "in braces": f"{{{uuid4()}}}",
        "as a URN": f"urn:uuid:{uuid4()}",
        "with something behind it": f"{uuid4()}-{MARK}",
        "a figure too few": str(uuid4())[:-1],
        "nothing but zeros": "00000000-0000-0000-0000-000000000000",
    }.items():
        yield refused(name, lambda given, key=key: {**given, "Idempotency-Key": key}, "invalid")
    yield refused("sent twice", lambda given: [*given.items(), ("Idempotency-Key", str(uuid4()))], "invalid")
    yield refused(
        "the same sent twice", lambda given: [*given.items(), ("Idempotency-Key", given["Idempotency-Key"])], "invalid"
    )

    def reused(**changes: Any) -> Callable[[Bench], Request]:
        return lambda bench: bench.form(key=bench.accepted(), **changes)

    for name, prepare in {
        "reused with another choice": reused(municipalities=["0180"]),
        "reused with another answer": reused(answers=answers_for(FIVE, places=1)),
        "reused with the choice in another order": reused(municipalities=list(reversed(FIVE))),
        "reused with a campaign": reused(campaign="tv"),
        "reused with bad answers": reused(answers={}),
        "reused without a challenge, for other content": reused(municipalities=["0180"], challenge=OMIT),
    }.items():
        yield Case(group="Idempotency-Key", name=name, prepare=prepare, status=409, slug="key-reused")

    def erased(bench: Bench) -> Request:
        key = bench.accepted()
        (reference,) = bench.world.applications
        row = bench.world.applications[reference]
        bench.world.applications[reference] = replace(row, erased_at=bench.world.at)
        return bench.form(key=key)

    yield Case(
        group="Idempotency-Key",
        name="of an application that was erased",
        prepare=erased,
        status=410,
        slug="application-erased",
    )


def proof() -> Iterator[Case]:
    """The proof of work, of the real adapter."""

    def refused(name: str, prepare: Callable[[Bench], Request], code: str) -> Case:
        return Case(
            group="Proof of work",
            name=name,
            prepare=prepare,
            status=422,
            slug="challenge-refused",
            errors=(("/challenge", code),),
        )

    def tampered(**changes: Any) -> Callable[[Bench], Request]:
        return lambda bench: bench.form(challenge=bench.solved(**changes))

    def foreign(bench: Bench) -> Request:
        other = Bench()
        other.world.secrets_kept = {"1": b"a secret of another service altogether"}
        return bench.form(challenge=other.solved())

    def late(**passed: float) -> Callable[[Bench], Request]:
        def prepare(bench: Bench) -> Request:
            solution = bench.solved()
            bench.world.passes(**passed)
            return bench.form(challenge=solution)

        return prepare

    def prolonged(bench: Bench) -> Request:
        solution = json.loads(base64.b64decode(bench.solved(number=7)))
        salt = solution["salt"].replace("expires=1", "expires=9")
        return bench.form(challenge=packed({**solution, "salt": salt}))

    def spliced(bench: Bench) -> Request:
        # A figure of the number, moved into the time that stands before it, would leave the digest as it is.
        while True:
            solution = json.loads(base64.b64decode(bench.solved()))
            if solution["number"] > 10 and solution["number"] != 20:
                break
        first, rest = divmod(solution["number"], 10)
        salt = f"{solution['salt'].rstrip('&')}{first}"
        return bench.form(challenge=packed({**solution, "salt": salt, "number": rest}))

    def spent(bench: Bench) -> Request:
        solution = bench.solved()
        found = bench.challenges.check(solution, bench.world.at)
        assert found is not None
        bench.world.spent[found.id] = found.expires_at
        return bench.form(challenge=solution)

    yield refused("missing", form(challenge=OMIT), "missing")
    yield refused("null", form(challenge=None), "missing")
    yield refused("empty", form(challenge=""), "missing")
    for name, solution in {
        "a word": MARK,
        "no JSON": base64.b64encode(MARK.encode()).decode(),
        "a list": packed([MARK]),
        "an empty object": packed({}),
        "nested deep": base64.b64encode(b"[" * 1400).decode(),
        "longer than any solution": "QUFB" * 900,
    }.items():
        yield refused(f"forged: {name}", form(challenge=solution), "forged")
    for name, changes in {
        "another number": {"number": 21},
        "a number that is a text": {"number": "7"},
        "a number that is true": {"number": True},
        "a number below zero": {"number": -1},
        "a fraction": {"number": 1.5},
        "an endless number": {"number": 10**1000},
        "another algorithm": {"algorithm": "SHA-1"},
        "no algorithm that is": {"algorithm": MARK},
        "another signature": {"signature": "0" * 64},
        "no salt": {"salt": ""},
        "a salt with a lone surrogate": {"salt": "\ud800"},
        "another challenge": {"challenge": "0" * 64},
        "a challenge that is a number": {"challenge": 1},
    }.items():
        yield refused(f"forged: {name}", tampered(**changes), "forged")
    yield refused("forged: of another service", foreign, "forged")
    yield refused("forged: a later end", prolonged, "forged")
    yield refused("forged: a figure moved into the end", spliced, "forged")
    yield refused("expired to the second", late(minutes=30), "expired")
    yield refused("expired long ago", late(days=1), "expired")
    yield refused("spent", spent, "spent")


def identifications() -> Iterator[Case]:
    """E-identification: the way to the provider and back, and what comes of it with the application."""

    draft = "5f0e8a52-6f3c-4b52-9a70-0d2f5b1c7e11"

    def posted(step: str, **content: Any) -> Request:
        return Request(
            path=f"/api/identification/{step}",
            body=json.dumps({name: value for name, value in content.items() if value is not OMIT}).encode(),
            headers={"Content-Type": JSON},
            app="identification",
        )

    def started(**changes: Any) -> Callable[[Bench], Request]:
        return lambda _: posted("start", **{"role": "applicant", "draft": draft, **changes})

    def finished(person: Claimed | None = None, *, minutes: float = 0, **changes: Any) -> Callable[[Bench], Request]:
        def prepare(bench: Bench) -> Request:
            state = bench.service.identification.start(Adult.APPLICANT, UUID(draft), "sv").state
            if person:
                bench.world.persons[f"code {MARK}"] = person
            bench.world.passes(minutes=minutes)
            return posted("finish", **{"code": f"code {MARK}", "state": state, "draft": draft, **changes})

        return prepare

    def unavailable(step: str, prepare: Callable[[Bench], Request]) -> Callable[[Bench], Request]:
        def failing(bench: Bench) -> Request:
            request = prepare(bench)
            bench.world.fails(f"identity_provider.{step}", IdentificationUnavailableError("token"))
            return request

        return failing

    def off(prepare: Callable[[Bench], Request]) -> Callable[[Bench], Request]:
        def without(bench: Bench) -> Request:
            request = prepare(bench)
            bench.provider = False
            return request

        return without

    def sent(
        *, key: str = draft, hours: float = 0, role: str = "applicant", also: str = "", **changes: Any
    ) -> Callable[[Bench], Request]:
        """Send an application with a token of the applicant in the place of `role`, and `also` in the other."""

        def prepare(bench: Bench) -> Request:
            bench.service.demand_identification()
            token = bench.service.identified(UUID(draft))
            bench.world.passes(hours=hours)
            tokens = {"applicant": token, role: token}
            if also:
                tokens["coApplicant"] = also
            return bench.form(key=key, identifications=tokens, **changes)

        return prepare

    def demanded(**changes: Any) -> Callable[[Bench], Request]:
        def prepare(bench: Bench) -> Request:
            bench.service.demand_identification()
            return bench.form(**changes)

        return prepare

    def refused(name: str, prepare: Callable[[Bench], Request], pointer: str, code: str, slug: str = "") -> Case:
        return Case(
            group="E-identification",
            name=name,
            prepare=prepare,
            status=422,
            slug=slug or "identification-refused",
            errors=((pointer, code),),
        )

    invalid = "invalid-answers"
    yield refused("a way back with a state that is none", finished(state=MARK), "/state", "invalid")
    yield refused("a way back to another draft", finished(draft=str(uuid4())), "/state", "otherDraft")
    yield refused("a way back after a quarter of an hour", finished(minutes=15), "/state", "expired")
    yield refused("a code that the provider does not know", finished(), "/code", "notAccepted")
    low, young = Claimed(IDENTITY_NUMBER, MARK, "2"), Claimed(UNDER_AGE_IDENTITY_NUMBER, MARK, "3")
    yield refused("a level that is too low", finished(low), "/code", "levelTooLow")
    yield refused("a person under age", finished(young), "/code", "underAge")
    yield refused("a number that is none", finished(Claimed("191212121213", MARK, "3")), "/code", "noIdentityNumber")
    yield refused("a name that cannot be seen", finished(Claimed(IDENTITY_NUMBER, "\u200b", "3")), "/code", "noName")
    yield refused("a role that there is not", started(role=MARK), "/role", "unknownChoice", invalid)
    yield refused("a draft that is no UUID", started(draft=MARK), "/draft", "invalid", invalid)
    yield refused("a language that no page has", started(language=MARK), "/language", "unknownChoice", invalid)
    yield refused("a way back without a code", finished(code=OMIT), "/code", "required", invalid)
    yield refused("a way back with an endless state", finished(state="A" * 4001), "/state", "tooLong", invalid)
    yield refused("a member that is none of ours", started(**{MARK: MARK}), "", "unknownField", invalid)
    required = ("/identifications/applicant", "required", "identification-required")
    yield refused("an application without one", demanded(), *required)
    yield refused("an application with none for the applicant", demanded(identifications={}), *required)
    yield refused(
        "a token that is none", demanded(identifications={"applicant": MARK}), "/identifications/applicant", "invalid"
    )
    yield refused("a token of another draft", sent(key=str(uuid4())), "/identifications/applicant", "otherDraft")
    yield refused("a token of yesterday", sent(hours=24), "/identifications/applicant", "expired")
    yield refused("the applicant's token twice", sent(role="coApplicant"), "/identifications/coApplicant", "otherAdult")
    yield refused("a co-applicant's token that is none", sent(also=MARK), "/identifications/coApplicant", "invalid")
    yield refused(
        "another name than that of the identified",
        sent(answers=answers_for(FIVE, name=f"Prov {MARK}")),
        "/answers/name",
        "notAsIdentified",
        invalid,
    )
    yield refused(
        "identifications that are a list", form(identifications=[MARK]), "/identifications", "wrongType", invalid
    )
    yield refused(
        "an endless token",
        form(identifications={"applicant": "A" * 4001}),
        "/identifications",
        "tooLong",
        invalid,
    )
    for name, prepare in {
        "the provider is down when one wants to go there": unavailable("address", started()),
        "the provider is down when one comes back": unavailable("identify", finished()),
    }.items():
        yield Case(group="E-identification", name=name, prepare=prepare, status=503, slug="identification-unavailable")
    for name, prepare in {"begun": started(), "finished": finished()}.items():
        yield Case(
            group="E-identification",
            name=f"{name} where none is configured",
            prepare=off(prepare),
            status=404,
            slug="identification-off",
        )


def never_send() -> Iterator[Case]:
    """What must stop on the page."""
    for name, slug in (("protectedIdentity", "protected-identity"), ("knownChild", "known-child")):
        for value in ("yes", "no", "", None, [MARK]):
            yield Case(
                group="What must never be sent",
                name=f"{name} answered {json.dumps(value)}",
                prepare=also_answering(**{name: value}),
                status=422,
                slug=slug,
                errors=((f"/answers/{name}", "neverSend"),),
            )
        yield Case(
            group="What must never be sent",
            name=f"{name} among nothing but faults",
            prepare=form(
                answers={name: "yes", MARK: MARK}, municipalities=["9999"], challenge=OMIT, questionSet="1999-1"
            ),
            status=422,
            slug=slug,
            errors=((f"/answers/{name}", "neverSend"),),
        )


def self_tests() -> Iterator[Case]:
    """The self-test takes the same reading."""

    def sent(content: Any) -> Callable[[Bench], Request]:
        return lambda _: Request(
            path="/api/self-test", app="self-test", body=json.dumps(content).encode(), headers={"Content-Type": JSON}
        )

    group = "Self-test"
    good = self_test_answers()
    yield invalid(group, "no assignment", sent({"assignments": [], "answers": good}), ("/assignments", "required"))
    yield invalid(
        group,
        "an unknown assignment",
        sent({"assignments": [MARK], "answers": good}),
        ("/assignments/0", "unknownChoice"),
    )
    yield invalid(
        group,
        "an unknown statement",
        sent({"assignments": ["familjehem"], "answers": {**good, MARK: "full"}}),
        ("/answers", "unknownQuestion"),
    )
    yield invalid(
        group,
        "an unknown option",
        sent({"assignments": ["familjehem"], "answers": {**good, "everydayTime": MARK}}),
        ("/answers/everydayTime", "unknownChoice"),
    )
    yield Case(
        group=group,
        name="the same name twice",
        prepare=lambda _: Request(
            path="/api/self-test",
            app="self-test",
            body=f'{{"answers": {{}}, "answers": "{MARK}"}}'.encode(),
            headers={"Content-Type": JSON},
        ),
        status=400,
        slug="malformed-request",
        errors=(("", "duplicateName"),),
    )


def receipts() -> Iterator[Case]:
    """What is asked with a receipt."""
    counted = frozenset({"failures"})

    def asked(bench: Bench, *, code: str | None = None, reference: str | None = None, **more: Any) -> Request:
        key = bench.accepted()
        mine = bench.service.submit(submission(*FIVE, key=UUID(key))).receipt
        return Request(
            method=more.pop("method", "GET"),
            path=f"/api/applications/{mine.reference if reference is None else reference}",
            headers={"Receipt-Code": mine.receipt_code if code is None else code},
            **more,
        )

    def erased(bench: Bench) -> Request:
        request = asked(bench)
        (reference,) = bench.world.applications
        row = bench.world.applications[reference]
        bench.world.applications[reference] = replace(row, erased_at=bench.world.at)
        return request

    def too_often(bench: Bench) -> Request:
        request = asked(bench)
        for _ in range(5):
            bench.world.attempts.failed("192.0.2.7", bench.world.at)
        return request

    group, not_found = "Receipts", "application-not-found"
    for name, prepare in {
        "a wrong code": lambda bench: asked(bench, code="0000-0000-0000-0000"),
        "no code": lambda bench: asked(bench, code=""),
        "a code of 4 000 characters": lambda bench: asked(bench, code="7" * 4000),
        "an unknown reference": lambda bench: asked(bench, reference="0000-0000-0000"),
        "a reference that is a path": lambda bench: asked(bench, reference=f"{MARK}%00"),
        "a reference in other letters": lambda bench: asked(bench, reference="kanariefågel"),
        "to withdraw with a wrong code": lambda bench: asked(bench, code="0000-0000-0000-0000", method="DELETE"),
    }.items():
        yield Case(group=group, name=name, prepare=prepare, status=404, slug=not_found, changes=counted)
    yield Case(
        group=group,
        name="to withdraw a delivery of somebody else",
        prepare=lambda bench: asked(bench, method="DELETE", query="delivery=0000-0000-0000"),
        status=404,
        slug="delivery-not-found",
    )
    for name, query in {
        "to withdraw with a misspelt name": f"number={MARK}",
        "to withdraw two at once": f"delivery={MARK}&delivery={MARK}",
    }.items():
        yield Case(
            group=group,
            name=name,
            prepare=lambda bench, query=query: asked(bench, method="DELETE", query=query),
            status=400,
            slug="malformed-request",
            errors=(("", "unknownQuery"),),
        )
    yield Case(
        group=group, name="of an application that was erased", prepare=erased, status=410, slug="application-erased"
    )
    yield Case(
        group=group,
        name="the right code after too many wrong ones",
        prepare=too_often,
        status=429,
        slug="too-many-attempts",
    )


def supplements() -> Iterator[Case]:
    """What is added to an application, and whether its recipients may know of each other."""
    counted = frozenset({"failures"})

    def sent(bench: Bench, path: str, method: str, body: Any, *chosen: str, **headers: str) -> Request:
        municipalities = chosen or FIVE
        mine = bench.service.accepted(*municipalities).receipt
        given = {"Content-Type": JSON, "Receipt-Code": mine.receipt_code, **headers}
        return Request(
            method=method,
            path=f"/api/applications/{mine.reference}/{path}",
            body=json.dumps(body).encode(),
            headers={name: value for name, value in given.items() if value},
        )

    def adding(bench: Bench, *chosen: str, key: str | None = None, code: str | None = None, **changes: Any) -> Request:
        content = {"questionSet": "2026-1", "answers": {}, **changes}
        headers = {"Idempotency-Key": str(uuid4()) if key is None else key}
        if code is not None:
            headers["Receipt-Code"] = code
        body = {name: value for name, value in content.items() if value is not OMIT}
        return sent(bench, "supplement", "POST", body, *chosen, **headers)

    def correcting(**answers: Any) -> Callable[[Bench], Request]:
        return lambda bench: adding(bench, answers=answers)

    def saying(message: Any) -> Callable[[Bench], Request]:
        return lambda bench: adding(bench, message=message)

    group = "Supplements"
    yield invalid(group, "nothing at all", correcting(), ("/message", "required"))
    yield invalid(group, "answers left empty", correcting(mobile="", bestContactTime=[]), ("/message", "required"))
    yield invalid(group, "a message of spaces", saying(" \n\t "), ("/message", "required"))
    yield invalid(group, "a message of 2 001 characters", saying("å" * 2001), ("/message", "tooLong"))
    yield invalid(group, "a message with NUL", saying(f"{MARK}\0"), ("/message", "unallowedCharacters"))
    yield invalid(group, "a message that turns the direction", saying("a\u202eb"), ("/message", "unallowedCharacters"))
    yield invalid(group, "a lone surrogate in a message", saying("\ud800"), ("/message", "unallowedCharacters"))
    yield invalid(group, "a message that is a list", saying([MARK]), ("/message", "wrongType"))
    yield invalid(
        group, "a member that is none of ours", lambda bench: adding(bench, **{MARK: MARK}), ("", "unknownField")
    )
    yield invalid(group, "no question set", lambda bench: adding(bench, questionSet=OMIT), ("/questionSet", "required"))
    yield invalid(group, "a number that is none", correcting(mobile=f"070-{MARK}"), ("/answers/mobile", "invalidPhone"))
    yield invalid(
        group,
        "two faults and a message",
        lambda bench: adding(bench, message="Hej", answers={"email": MARK, "startWindow": MARK}),
        ("/answers/startWindow", "unknownChoice"),
        ("/answers/email", "invalidEmail"),
    )
    yield invalid(group, "an unknown question", correcting(**{MARK: MARK}), ("/answers", "unknownQuestion"))
    yield invalid(group, "other municipalities", correcting(municipalities=["0580"]), ("/answers", "unknownQuestion"))
    for name, value in {
        "assignments": ["jourhem"],
        "applicants": "solo",
        "identityNumber": IDENTITY_NUMBER,
        "coApplicantIdentityNumber": CO_APPLICANT_IDENTITY_NUMBER,
        "coApplicantConfirmed": True,
        "truthful": True,
        "shareRecipients": "no",
        "informationRead": True,
    }.items():
        yield invalid(
            group,
            f"{name}, which is not corrected",
            correcting(**{name: value}),
            (f"/answers/{name}", "notCorrectable"),
        )
    yield invalid(
        group,
        "a question of another assignment",
        correcting(visitFrequency=["oneWeekendAMonth"]),
        ("/answers/visitFrequency", "notShown"),
    )
    yield invalid(group, "a question that no recipient asks", correcting(tenure="own"), ("/answers/tenure", "notShown"))
    yield invalid(group, "neither of two adults", correcting(occupation={}), ("/answers/occupation", "required"))
    yield invalid(
        group,
        "a third adult",
        correcting(occupation={"applicant": "fullTime", MARK: "fullTime"}),
        ("/answers/occupation", "unknownQuestion"),
    )
    for name, slug in (("protectedIdentity", "protected-identity"), ("knownChild", "known-child")):
        yield Case(
            group=group,
            name=f"{name}, which must never be sent",
            prepare=lambda bench, name=name: adding(bench, answers={name: "yes"}, code="0000-0000-0000-0000"),
            status=422,
            slug=slug,
            errors=((f"/answers/{name}", "neverSend"),),
        )
    yield Case(
        group=group,
        name="a question set that never was",
        prepare=lambda bench: adding(bench, questionSet="1999-1", message="Hej"),
        status=422,
        slug="question-set-unknown",
        errors=(("/questionSet", "unknownQuestionSet"),),
    )
    for name, key, code in (("without its number", "", "required"), ("with a number that is none", MARK, "invalid")):
        yield Case(
            group=group,
            name=name,
            prepare=lambda bench, key=key: adding(bench, message="Hej", key=key),
            status=400,
            slug="idempotency-key",
            errors=(("", code),),
        )
    yield Case(
        group=group,
        name="with a wrong code",
        prepare=lambda bench: adding(bench, message="Hej", code="0000-0000-0000-0000"),
        status=404,
        slug="application-not-found",
        changes=counted,
    )

    def again(bench: Bench) -> Request:
        key = uuid4()
        request = adding(bench, message="Hej igen", key=str(key))
        reference, code = request.path.split("/")[3], dict(pairs(request.headers))["Receipt-Code"]
        addition = Addition(idempotency_key=key, question_set="2026-1", answers={}, message="Hej")
        bench.service.supplement(addition, reference, code, "192.0.2.7")
        return request

    def once_too_often(bench: Bench) -> Request:
        request = adding(bench, message="Hej igen")
        (reference,) = bench.world.applications
        row = bench.world.applications[reference]
        bench.world.applications[reference] = replace(row, supplements=MOST_SUPPLEMENTS)
        return request

    def withdrawn(bench: Bench) -> Request:
        request = adding(bench, message="Hej")
        for key, row in bench.world.deliveries.items():
            state = DeliveryState.CLOSED if row.recipient == "0680" else DeliveryState.WITHDRAWN
            bench.world.deliveries[key] = replace(row, state=state)
        return request

    def without_key(bench: Bench) -> Request:
        request = adding(bench, message="Hej")
        bench.world.usable_keys[bench.world.recipients["0680"].key_arn] = False
        return request

    def erased(bench: Bench) -> Request:
        request = adding(bench, message="Hej")
        (reference,) = bench.world.applications
        row = bench.world.applications[reference]
        bench.world.applications[reference] = replace(row, erased_at=bench.world.at)
        return request

    def lost(bench: Bench) -> Request:
        bench.world.fails("intake.supplement", NotConfirmedError())
        return adding(bench, message="Hej")

    for name, prepare, status, slug in (
        ("other content under the same number", again, 409, "key-reused"),
        ("once more than it can be", once_too_often, 409, "too-many-supplements"),
        ("when nobody reads it any more", withdrawn, 409, "nobody-to-supplement"),
        ("of an application that was erased", erased, 410, "application-erased"),
        ("when the store does not answer", lost, 503, "not-confirmed"),
    ):
        yield Case(group=group, name=name, prepare=prepare, status=status, slug=slug)
    yield Case(
        group=group,
        name="to one whose key cannot be used",
        prepare=without_key,
        status=422,
        slug="recipients-unavailable",
        recipients=(("0680", "keyUnavailable"),),
    )

    group = "Whether recipients may know of each other"

    def sharing(body: Any, *chosen: str, **headers: str) -> Callable[[Bench], Request]:
        return lambda bench: sent(bench, "share-recipients", "PUT", body, *chosen, **headers)

    yield invalid(group, "neither yes nor no", sharing({}), ("/share", "required"))
    yield invalid(group, "a text", sharing({"share": "false"}), ("/share", "wrongType"))
    yield invalid(group, "null", sharing({"share": None}), ("/share", "wrongType"))
    yield invalid(group, "more than that", sharing({"share": False, MARK: MARK}), ("", "unknownField"))
    for share in (True, False):
        yield Case(
            group=group,
            name=f"{json.dumps(share)}, with one recipient",
            prepare=sharing({"share": share}, "0680"),
            status=409,
            slug="sharing-not-asked",
        )
    yield Case(
        group=group,
        name="with a wrong code",
        prepare=sharing({"share": False}, **{"Receipt-Code": "0000-0000-0000-0000"}),
        status=404,
        slug="application-not-found",
        changes=counted,
    )


def local_administration() -> Iterator[Case]:
    """What a local administrator's page may get wrong, and who is none."""
    group = "Local administration"
    settings = {
        "closingTime": "16:00",
        "assignments": ["familjehem"],
        "extendedQuestions": [],
        "contact": {"telephone": None, "web": None},
        "retention": {"afterClosingDays": 90, "longestMonths": 24},
    }

    def asked(
        method: str, path: str, sent: Any = None, *, by: str = "lena", query: str = "", alone: bool = False
    ) -> Callable[[Bench], Request]:
        """Ask as one of a recipient's people: lena leads it, alone or with bo who handles and rut who reads."""

        def prepare(bench: Bench) -> Request:
            bench.service.hire("lena", "0680", role=Role.LOCAL_ADMINISTRATOR)
            if not alone:
                bench.service.hire("bo", "0680")
                bench.service.hire("rut", "0680", role=Role.READER)
            bench.service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
            began = str(int(bench.world.at.timestamp()))
            return Request(
                method=method,
                path=f"/api/members{path}",
                body=json.dumps({k: v for k, v in sent.items() if v is not OMIT}).encode()
                if sent is not None
                else None,
                headers={"Content-Type": JSON} if sent is not None else {},
                query=query,
                app="members",
                claims={"sub": by, "token_use": "access", "client_id": CLIENT, "auth_time": began},
            )

        return prepare

    def inviting(**changes: Any) -> Callable[[Bench], Request]:
        sent = {"email": f"{MARK}.prov@jonkoping.example", "name": f"Prov {MARK}", "role": "reader"}
        return asked("POST", "", {**sent, **changes})

    def setting(**changes: Any) -> Callable[[Bench], Request]:
        return asked("PUT", "/settings", {**settings, **changes})

    def closed(bench: Bench) -> Request:
        request = setting()(bench)
        bench.state("0680", RecipientState.CLOSED)
        return request

    def conflicting(bench: Bench) -> Request:
        request = inviting()(bench)
        bench.world.fails("accounts.open", AccountConflictError())
        return request

    def refused(name: str, prepare: Callable[[Bench], Request], status: int, slug: str, **more: Any) -> Case:
        return Case(group=group, name=name, prepare=prepare, status=status, slug=slug, **more)

    only = "administrators-only"
    yield refused(
        "a case worker who invites",
        asked("POST", "", {"email": "x@prov.example", "name": MARK, "role": "reader"}, by="bo"),
        403,
        only,
    )
    yield refused("a reader who lists", asked("GET", "", by="rut"), 403, only)
    yield refused("a case worker who changes settings", asked("PUT", "/settings", settings, by="bo"), 403, only)
    yield refused("a stranger who lists", asked("GET", "", by="nobody"), 403, "not-a-member")
    for name, address, code in (
        ("an address that is none", MARK, "invalidEmail"),
        ("a function mailbox", "familjehem@0680.example", "notPersonal"),
        ("a shared mailbox", f"info.{MARK}@prov.example", "notPersonal"),
    ):
        yield invalid(group, name, inviting(email=address), ("/email", code))
    yield invalid(group, "no name", inviting(name=OMIT), ("/name", "required"))
    yield invalid(group, "a name of blanks", inviting(name="   "), ("/name", "invalid"))
    yield invalid(group, "a name that rings", inviting(name=f"{MARK}\a"), ("/name", "invalid"))
    yield invalid(group, "an endless name", inviting(name=MARK * 10), ("/name", "tooLong"))
    yield invalid(group, "a role that there is not", inviting(role=MARK), ("/role", "unknownChoice"))
    yield refused("who has access already", inviting(email="bo@0680.example"), 409, "already-member")
    yield refused("who came by the municipality before", conflicting, 409, "account-conflict")
    for name, method, sent in (
        ("to change nobody", "PUT", {"name": MARK, "role": "reader"}),
        ("to remove nobody", "DELETE", None),
    ):
        yield refused(name, asked(method, "/nobody", sent), 404, "member-not-found")
    yield refused("to remove somebody of another recipient", asked("DELETE", "/eva"), 404, "member-not-found")
    yield refused("to sign out somebody of another recipient", asked("POST", "/eva/sign-out"), 404, "member-not-found")
    yield refused("to remove the last administrator", asked("DELETE", "/lena"), 409, "last-administrator")
    yield refused(
        "to stop leading alone",
        asked("PUT", "/lena", {"name": MARK, "role": "caseWorker", "confirm": True}),
        409,
        "last-administrator",
    )
    yield refused("to leave one who may call", asked("DELETE", "/bo"), 409, "confirmation-needed")
    yield refused(
        "to remove with a word for yes",
        asked("DELETE", "/bo", query=f"confirm={MARK}"),
        400,
        "malformed-request",
        errors=(("/confirm", "unknownChoice"),),
    )
    for name, changes, error in (
        ("a closing time in the night", {"closingTime": "03:00"}, ("/closingTime", "outOfRange")),
        ("a closing time that is none", {"closingTime": MARK}, ("/closingTime", "invalid")),
        ("to recruit for nothing", {"assignments": []}, ("/assignments", "required")),
        ("to recruit for something unknown", {"assignments": [MARK]}, ("/assignments/0", "unknownChoice")),
        ("a question that is not extended", {"extendedQuestions": [MARK]}, ("/extendedQuestions", "unknownQuestion")),
        ("a telephone number", {"contact": {"telephone": MARK, "web": None}}, ("/contact/telephone", "invalidPhone")),
        (
            "an address of the web",
            {"contact": {"telephone": None, "web": f"javascript:{MARK}"}},
            ("/contact/web", "invalidWeb"),
        ),
        (
            "to keep for ever",
            {"retention": {"afterClosingDays": 90, "longestMonths": 25}},
            ("/retention/longestMonths", "outOfRange"),
        ),
        (
            "to keep a day",
            {"retention": {"afterClosingDays": 1, "longestMonths": 24}},
            ("/retention/afterClosingDays", "outOfRange"),
        ),
        ("no retention", {"retention": OMIT}, ("/retention", "required")),
    ):
        yield invalid(group, f"settings: {name}", setting(**changes), error)
    yield refused("settings of a recipient that is closed", closed, 409, "recipient-closed")


def mailboxes() -> Iterator[Case]:
    """What a case worker's page may get wrong."""

    def asked(person: str | None, path: str = "", *, query: str = "", **headers: str) -> Callable[[Bench], Request]:
        def prepare(bench: Bench) -> Request:
            bench.accepted()
            bench.service.work()
            bench.service.hire("anna", "0680")
            bench.service.hire("maria", "0680", "1280")
            began = str(int(bench.world.at.timestamp()))
            claims = {"sub": person, "token_use": "access", "client_id": CLIENT, "auth_time": began}
            return Request(
                method="GET",
                path=f"/api/mailbox/{path}" if path.startswith("reports") else f"/api/mailbox/deliveries{path}",
                query=query,
                headers=headers,
                app="mailbox",
                claims=claims if person else None,
            )

        return prepare

    def unreadable(bench: Bench) -> Request:
        request = asked("anna")(bench)
        number = next(number for recipient, number in bench.world.deliveries if recipient == "0680")
        bench.world.wraps.clear()
        return replace(request, path=f"{request.path}/{number}")

    def working(
        verb: str,
        *,
        by: str = "anna",
        held: bool = False,
        state: DeliveryState | None = None,
        sent: str | None = None,
        keyed: bool = False,
    ) -> Callable[[Bench], Request]:
        def prepare(bench: Bench) -> Request:
            request = asked(by)(bench)
            bench.service.hire("rut", "0680", role=Role.READER)
            bench.world.names["maria"] = "Maria Prov"
            key = next(key for key in bench.world.deliveries if key[0] == "0680")
            if held:
                bench.service.mailbox.claim(Caller("maria", bench.world.at), "0680", key[1])
            if state:
                bench.world.deliveries[key] = replace(bench.world.deliveries[key], state=state)
            headers = {"Content-Type": JSON} if sent is not None else {}
            headers |= {"Idempotency-Key": str(uuid4())} if keyed else {}
            path, body = f"{request.path}/{key[1]}/{verb}", sent.encode() if sent is not None else None
            return replace(request, method="POST", path=path, headers=headers, body=body)

        return prepare

    group = "Mailbox"
    yield Case(
        group=group, name="a reader who claims", prepare=working("claim", by="rut"), status=403, slug="reader-only"
    )
    yield Case(
        group=group,
        name="what a colleague has claimed",
        prepare=working("claim", held=True),
        status=409,
        slug="already-claimed",
    )
    for ended in (DeliveryState.WITHDRAWN, DeliveryState.CLOSED):
        yield Case(
            group=group,
            name=f"work with what is {ended}",
            prepare=working("claim", state=ended),
            status=409,
            slug="handling-locked",
        )
    yield Case(
        group=group,
        name="erased while it is worked with",
        prepare=working("erase", sent='{"reason": "noLongerNeeded"}'),
        status=409,
        slug="erasure-locked",
    )
    yield Case(
        group=group,
        name="a reader who exempts from erasure",
        prepare=working("hold", by="rut"),
        status=403,
        slug="reader-only",
    )
    yield invalid(
        group,
        "erased for no known reason",
        working("erase", sent=f'{{"reason": "{MARK}"}}', state=DeliveryState.CLOSED),
        ("/reason", "unknownChoice"),
    )
    for name, sent, code in (
        ("handed over to nobody", "{}", "required"),
        ("handed over to somebody that nobody knows", f'{{"to": "{MARK}"}}', "unknownChoice"),
        ("handed over to a reader", '{"to": "rut"}', "unknownChoice"),
        ("handed over to what is no id", f'{{"to": "{MARK}#"}}', "invalid"),
    ):
        yield invalid(group, name, working("handover", sent=sent), ("/to", code))
    for name, verb, sent, fault in (
        ("a call that ended in no known way", "contact", f'{{"result": "{MARK}"}}', ("/result", "unknownChoice")),
        ("a note that says nothing", "note", '{"text": ""}', ("/text", "required")),
        ("a note of over 4 000 characters", "note", f'{{"text": "{MARK * 400}"}}', ("/text", "tooLong")),
        ("closed without a reason", "outcome", '{"outcome": "closed"}', ("/reason", "required")),
        (
            "a meeting on a day that is none",
            "outcome",
            '{"outcome": "phoneInterview", "bookedAt": "2026-02-30T10:00Z"}',
            ("/bookedAt", "invalid"),
        ),
    ):
        yield invalid(group, name, working(verb, sent=sent, keyed=True), fault)
    yield Case(
        group=group,
        name="a note without a key",
        prepare=working("note", sent=f'{{"text": "{MARK}"}}'),
        status=400,
        slug="idempotency-key",
        errors=(("", "required"),),
    )
    yield Case(group=group, name="not signed in", prepare=asked(None), status=401, slug="sign-in-required")
    yield Case(group=group, name="no member of any recipient", prepare=asked("nobody"), status=403, slug="not-a-member")
    yield Case(
        group=group,
        name="for a recipient of others",
        prepare=asked("anna", Recipient="0180"),
        status=403,
        slug="not-a-member",
    )
    yield Case(
        group=group, name="for which of several", prepare=asked("maria"), status=400, slug="recipient-not-chosen"
    )
    yield Case(
        group=group,
        name="a letter of others",
        prepare=asked("anna", "/0000-0000-0000"),
        status=404,
        slug="delivery-not-found",
    )
    for name, file, fault in (
        ("a report of a month that there is not", "2026-13.pdf", (("/month", "invalid"),)),
        ("a report in a form that there is not", f"2026-10.{MARK}", (("/month", "invalid"),)),
        ("a report of a month that runs", "2026-11.pdf", (("/month", "monthNotOver"),)),
        ("a report of a month to come", "2031-01.pdf", (("/month", "monthNotOver"),)),
        ("a report of a month before the recipient began", "2024-01.pdf", ()),
    ):
        yield Case(
            group=group,
            name=name,
            prepare=asked("anna", f"reports/{file}"),
            status=404,
            slug="report-not-found",
            errors=fault,
        )
    for name, query, error in (
        ("no page of that size", "limit=26", ("/limit", "outOfRange")),
        ("a filter that is neither true nor false", f"overdue={MARK}", ("/overdue", "unknownChoice")),
        ("no state that a mailbox shows", f"state={MARK}", ("/state", "unknownChoice")),
        ("a cursor of somebody's own making", f"cursor={MARK}", ("/cursor", "unknownCursor")),
        ("a view that there is not", f"view={MARK}", ("/view", "unknownChoice")),
        ("an assignment that there is not", f"assignment={MARK}", ("/assignment", "unknownChoice")),
        ("a next step that there is not", f"nextStep={MARK}", ("/nextStep", "unknownChoice")),
        ("whose it shall be, by name", f"handler={MARK}", ("/handler", "unknownChoice")),
        ("a filter on what is sealed", f"name={MARK}", ("", "unknownQuery")),
    ):
        yield Case(
            group=group,
            name=name,
            prepare=asked("anna", query=query),
            status=400,
            slug="malformed-request",
            errors=(error,),
        )

    def searching(sent: str, *, often: bool = False) -> Callable[[Bench], Request]:
        def prepare(bench: Bench) -> Request:
            request = asked("anna")(bench)
            for _ in range(PER_HOUR if often else 0):
                bench.world.tenancy.room("0680").may_search("anna", bench.world.at, PER_HOUR)
            headers = {"Content-Type": JSON}
            return replace(request, method="POST", path="/api/mailbox/search", headers=headers, body=sent.encode())

        return prepare

    for name, sent, fault in (
        ("a search for nothing", '{"text": ""}', ("/text", "required")),
        ("a search for a hyphen", '{"text": " - "}', ("/text", "required")),
        ("a search for over 200 characters", f'{{"text": "{MARK * 20}"}}', ("/text", "tooLong")),
        ("a search for thirteen words", f'{{"text": "{THIRTEEN}"}}', ("/text", "tooLong")),
    ):
        yield invalid(group, name, searching(sent), fault)
    yield Case(
        group=group,
        name="a search by a telephone number alone",
        prepare=searching(f'{{"telephone": "{MARK}"}}'),
        status=422,
        slug="invalid-answers",
        errors=(("/text", "required"), ("", "unknownField")),
    )
    yield Case(
        group=group,
        name="searches as a machine makes them",
        prepare=searching(f'{{"text": "{MARK}"}}', often=True),
        status=429,
        slug="too-many-searches",
    )
    for name, sent, pointer, code in (
        ("protected for nobody in particular", "{}", "/readers", "required"),
        ("protected for somebody that nobody knows", f'{{"readers": ["{MARK}"]}}', "/readers/0", "unknownChoice"),
        ("protected for what is no id", f'{{"readers": ["maria", "{MARK}#"]}}', "/readers/1", "invalid"),
    ):
        yield invalid(group, name, working("protect", sent=sent), (pointer, code))
    yield Case(
        group=group,
        name="opened for a reason that there is not",
        prepare=asked("anna", "/0000-0000-0000", query=f"reason={MARK}"),
        status=400,
        slug="malformed-request",
        errors=(("/reason", "unknownChoice"),),
    )

    def about(
        what: str, *, by: str = "boss", query: str = "", sent: str | None = None, keyed: bool = True
    ) -> Callable[[Bench], Request]:
        def prepare(bench: Bench) -> Request:
            request = asked(by, query=query)(bench)
            boss = bench.service.hire("boss", "0680", role=Role.LOCAL_ADMINISTRATOR)
            key = next(key for key in bench.world.deliveries if key[0] == "0680")
            bench.service.open_letter(boss, None, key[1])
            headers = {"Content-Type": JSON} if sent is not None else {}
            headers |= {"Idempotency-Key": str(uuid4())} if sent is not None and keyed else {}
            return replace(
                request,
                method="GET" if sent is None else "POST",
                path=f"/api/mailbox/access-{what}",
                headers=headers,
                body=sent.encode() if sent is not None else None,
            )

        return prepare

    group = "Access log"
    for name, query, error in (
        ("a line that is none", f"cursor={MARK}", ("/cursor", "unknownCursor")),
        ("a line before the first", "cursor=0", ("/cursor", "unknownCursor")),
        ("no page of that size", "limit=26", ("/limit", "outOfRange")),
        ("a question of somebody's own making", f"{MARK}=1", ("", "unknownQuery")),
    ):
        yield Case(
            group=group,
            name=name,
            prepare=about("log", query=query),
            status=400,
            slug="malformed-request",
            errors=(error,),
        )
    yield Case(
        group=group,
        name="of a letter of others",
        prepare=about("log", query="delivery=0000-0000-0000"),
        status=404,
        slug="delivery-not-found",
    )
    for what in ("review", "confirmation"):
        yield Case(
            group=group,
            name=f"the {what}, by a case worker",
            prepare=about(what, by="anna"),
            status=403,
            slug="administrators-only",
        )
    for name, what, sent, fault in (
        ("a review of nothing", "review", '{"lines": [], "finding": "none"}', ("/lines", "required")),
        ("a review of what was no sample", "review", '{"lines": [999], "finding": "none"}', ("/lines", "notTheSample")),
        ("a review of line nought", "review", '{"lines": [0], "finding": "none"}', ("/lines", "notTheSample")),
        ("a review of words", "review", f'{{"lines": ["{MARK}"], "finding": "none"}}', ("/lines/0", "wrongType")),
        ("a finding that is none", "review", f'{{"lines": [1], "finding": "{MARK}"}}', ("/finding", "unknownChoice")),
        (
            "a note of over 2 000 characters",
            "review",
            f'{{"lines": [1], "finding": "none", "note": "{MARK * 200}"}}',
            ("/note", "tooLong"),
        ),
        ("confirmed for some only", "confirmation", '{"persons": ["boss"]}', ("/persons", "notEverybody")),
        ("confirmed for nobody", "confirmation", '{"persons": []}', ("/persons", "required")),
    ):
        yield invalid(group, name, about(what, sent=sent), fault)
    yield Case(
        group=group,
        name="a review without a key",
        prepare=about("review", sent='{"lines": [1], "finding": "none"}', keyed=False),
        status=400,
        slug="idempotency-key",
        errors=(("", "required"),),
    )
    group = "Mailbox"
    yield Case(
        group=group,
        name="a letter that cannot be opened",
        prepare=unreadable,
        status=500,
        slug="letter-unreadable",
        changes=frozenset({"access", "deliveries", "trails"}),
    )


def ways() -> Iterator[Case]:
    """Ways that do not exist, and faults of our own."""

    def failing(step: str, error: Exception) -> Callable[[Bench], Request]:
        def prepare(bench: Bench) -> Request:
            request = bench.form()
            bench.world.fails(step, error)
            return request

        return prepare

    def without_contact_key(bench: Bench) -> Request:
        bench.world.usable_keys[CONTACT_KEY_ARN] = False
        return bench.form()

    def elsewhere(method: str, path: str) -> Callable[[Bench], Request]:
        return lambda _: Request(method=method, path=path, headers={})

    group = "Ways"
    yield Case(
        group=group,
        name="an address that does not exist",
        prepare=elsewhere("GET", f"/api/{MARK}"),
        status=404,
        slug="not-found",
    )
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        yield Case(
            group=group,
            name=f"{method} where one may only submit",
            prepare=elsewhere(method, "/api/applications"),
            status=405,
            slug="method-not-allowed",
        )
    group = "Faults that are not the sender's"
    yield Case(
        group=group,
        name="the store does not answer",
        prepare=failing("intake.accept", NotConfirmedError()),
        status=503,
        slug="not-confirmed",
    )
    yield Case(
        group=group,
        name="the secret cannot be read",
        prepare=failing("secrets.keys", NotConfirmedError()),
        status=503,
        slug="not-confirmed",
    )
    yield Case(
        group=group,
        name="the contact key cannot be used",
        prepare=without_contact_key,
        status=503,
        slug="not-confirmed",
    )
    yield Case(
        group=group,
        name="something nobody expected",
        prepare=failing("intake.accept", RuntimeError(MARK)),
        status=500,
        slug="internal",
    )


def connections() -> Iterator[Case]:
    """What a municipality that asks to be connected may get wrong."""

    def asking(**changes: Any) -> Callable[[Bench], Request]:
        content = {
            "municipalities": ["2584"],
            "assignments": ["familjehem"],
            "functionMailbox": "familjehem@kiruna.se",
            "responsible": {"name": f"{MARK} Ett", "mobile": "070-174 06 05"},
            "people": [
                {"name": f"{MARK} Två", "email": "tva.prov@kiruna.se", "mobile": "070-174 06 06"},
                {"name": f"{MARK} Tre", "email": "tre.prov@kiruna.se", "mobile": "070-174 06 07"},
            ],
            "invoice": {"name": f"{MARK} kommun", "address": "Box 1", "reference": "R-1"},
            **changes,
        }
        body = json.dumps({name: value for name, value in content.items() if value is not OMIT}).encode()
        headers = {"Content-Type": JSON, "Idempotency-Key": str(UUID(int=7))}
        return lambda _: Request(app="onboarding", path="/api/onboarding/requests", body=body, headers=headers)

    def again(bench: Bench) -> Request:
        first = asking()(bench)
        assert bench.send(lambda app, **claims: AsgiDoor(app, dict(claims)), first).status == 201
        return asking(functionMailbox="barn@kiruna.se")(bench)

    group = "To be connected"
    person = {"name": MARK, "email": "tva.prov@kiruna.se", "mobile": "070-174 06 06"}
    for name, changes, errors in (
        ("a member that is none of ours", {MARK: MARK}, (("", "unknownField"),)),
        ("no function mailbox", {"functionMailbox": OMIT}, (("/functionMailbox", "required"),)),
        ("a mailbox that is none", {"functionMailbox": MARK}, (("/functionMailbox", "noAddress"),)),
        ("a person's mailbox", {"functionMailbox": f"{MARK}.prov@kiruna.se"}, (("/functionMailbox", "personalForm"),)),
        ("free mail", {"functionMailbox": "familjehem@gmail.com"}, (("/functionMailbox", "freeMail"),)),
        ("a municipality that is none", {"municipalities": [MARK]}, (("/municipalities/0", "unknownMunicipality"),)),
        (
            "two municipalities and no unit",
            {"municipalities": ["2584", "2580"]},
            (("/municipalities", "oneMunicipality"),),
        ),
        (
            "the same municipality twice",
            {"municipalities": ["2584", "2584"], "unit": MARK},
            (("/municipalities", "repeated"),),
        ),
        ("a unit of nobody", {"municipalities": [], "unit": MARK}, (("/municipalities", "tooFew"),)),
        ("a unit without a name", {"unit": "!"}, (("/unit", "invalidName"),)),
        ("an assignment that is none", {"assignments": [MARK]}, (("/assignments/0", "unknownChoice"),)),
        ("no assignment", {"assignments": []}, (("/assignments", "tooFew"),)),
        (
            "a telephone that is no mobile",
            {"responsible": {"name": MARK, "mobile": "08-123 456 78"}},
            (("/responsible/mobile", "invalidMobile"),),
        ),
        (
            "a responsible without a name",
            {"responsible": {"name": " ", "mobile": "070-174 06 05"}},
            (("/responsible/name", "invalidName"),),
        ),
        ("one person alone", {"people": [person]}, (("/people", "tooFew"),)),
        ("the same person twice", {"people": [person, person]}, (("/people/1/email", "repeated"),)),
        (
            "a person with a shared address",
            {"people": [person, {**person, "email": "info@kiruna.se"}]},
            (("/people/1/email", "notPersonal"),),
        ),
        (
            "no invoice reference",
            {"invoice": {"name": MARK, "address": MARK, "reference": " "}},
            (("/invoice/reference", "required"),),
        ),
    ):
        yield Case(group=group, name=name, prepare=asking(**changes), status=422, slug="invalid-answers", errors=errors)
    yield Case(
        group=group,
        name="a municipality that is connected",
        prepare=asking(municipalities=["0680"]),
        status=409,
        slug="municipality-connected",
    )
    yield Case(
        group=group,
        name="another content under the same key",
        prepare=again,
        status=409,
        slug="key-reused",
        changes=frozenset({"onboardings", "pages"}),
    )


SECRET = "the-secret-of-the-link-that-was-mailed"


def activations() -> Iterator[Case]:
    """What may go wrong on the page that a link opens."""

    def sending(path: str, *, steps: tuple[str, ...] = (), **changes: Any) -> Callable[[Bench], Request]:
        def prepare(bench: Bench) -> Request:
            service = bench.service
            request = service.opened_page(SECRET)
            page = service.own_page.activate
            for step in steps:
                if step == "code":
                    page.ask_code(request, SECRET)
                    service.text_code(request, "123456")
                elif step == "wrong":
                    with suppress(CodeRefusedError):
                        page.give_code(request, SECRET, "000000")
                else:
                    bench.world.passes(days=15)
            content = {"request": request, "secret": SECRET, **changes}
            body = json.dumps({name: value for name, value in content.items() if value is not OMIT}).encode()
            place = f"/api/onboarding/activation{path}"
            return Request(app="onboarding", path=place, body=body, headers={"Content-Type": JSON})

        return prepare

    group = "The municipality's own page"
    for name, changes, steps in (
        ("a foreign secret", {"secret": f"{MARK}-foreign"}, ()),
        ("no secret in it", {"secret": ""}, ()),
        ("a request that is none", {"request": f"ask-{MARK}"}, ()),
        ("a request that names another row", {"request": "ask#1"}, ()),
        ("a link that is too old", {}, ("late",)),
    ):
        for path in ("", "/mailbox", "/code"):
            yield Case(
                group=group,
                name=f"{name}, at {path or 'the page'}",
                prepare=sending(path, steps=steps, **changes),
                status=404,
                slug="activation-not-found",
            )
    for name, steps, code in (
        ("a code that nobody asked for", (), "noCode"),
        ("a wrong code", ("code",), "wrong"),
        ("a sixth try", ("code", *["wrong"] * 5), "tooManyTries"),
    ):
        yield Case(
            group=group,
            name=name,
            prepare=sending("/mobile", steps=steps, code="654321"),
            status=422,
            slug="code-refused",
            errors=(("/code", code),),
            changes=frozenset({"pages"}),
        )
    yield Case(
        group=group,
        name="an agreement before the code",
        prepare=sending("/agreement", version="2026-1"),
        status=409,
        slug="onboarding-step",
    )
    person = {"name": MARK, "email": "tva.prov@kiruna.se", "mobile": "070-174 06 06"}
    for path, name, changes, errors in (
        ("", "a member that is none of ours", {MARK: MARK}, (("", "unknownField"),)),
        ("", "no secret", {"secret": OMIT}, (("/secret", "required"),)),
        ("/mobile", "no code", {}, (("/code", "required"),)),
        ("/people", "one person alone", {"people": [person]}, (("/people", "tooFew"),)),
        ("/people", "nobody", {"people": []}, (("/people", "tooFew"),)),
        ("/people", "the same person twice", {"people": [person, person]}, (("/people/1/email", "repeated"),)),
        (
            "/people",
            "the function mailbox as a person",
            {"people": [person, {**person, "email": "familjehem@kiruna.se"}]},
            (("/people/1/email", "notPersonal"),),
        ),
        ("/responsible", "no mobile", {"name": MARK, "mobile": "0980-123 45"}, (("/mobile", "invalidMobile"),)),
        ("/invoice", "no reference", {"name": MARK, "address": MARK, "reference": " "}, (("/reference", "required"),)),
    ):
        yield Case(
            group=group,
            name=f"{name}, at {path or 'the page'}",
            prepare=sending(path, **changes),
            status=422,
            slug="invalid-answers",
            errors=errors,
        )

    def at_once(bench: Bench) -> Request:
        request = sending("/mailbox")(bench)
        for _ in range(3):
            bench.world.fails("register.commit", RegisterChangedError())
        return request

    yield Case(
        group=group,
        name="somebody else changes the same all the time",
        prepare=at_once,
        status=409,
        slug="changed-meanwhile",
    )


CASES = tuple(
    case
    for cases in (
        reading,
        shape,
        answers,
        texts,
        recipients,
        persons,
        idempotency,
        proof,
        identifications,
        never_send,
        self_tests,
        receipts,
        supplements,
        mailboxes,
        local_administration,
        connections,
        activations,
        ways,
    )
    for case in cases()
)
