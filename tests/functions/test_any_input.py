"""Any input at all, to every parser that meets the outside: an answer or a refusal of its own, never a fault of ours.

`make prove PARTS=fuzz` tries each of these with thousands of inputs.
"""

import base64
import copy
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.tenant import TenantRows
from familjehem.adapters.proof_of_work import AltchaChallenges
from familjehem.domain import contact_details, identity_number, tokens
from familjehem.domain.condition import parse as parse_condition
from familjehem.domain.errors import (
    ChallengeRefusedError,
    LetterUnreadableError,
    MalformedRequestError,
    QuestionSetBrokenError,
)
from familjehem.domain.identifiers import REFERENCE_CHARACTERS, canonical
from familjehem.domain.inbox import Selection, Wanted
from familjehem.domain.purpose import Purpose
from familjehem.domain.sealing import Label, seal, unseal
from familjehem.runtime.http import lambda_handler
from familjehem.runtime.http import parse as parse_json
from tests.builders import MARK, TODAY, family_body
from tests.fakes import World
from tests.functions.bad_input import CLIENT, Bench
from tests.functions.doors import Context, event
from tests.memory.cloud import MemoryAws, database
from tests.memory.house import TABLES, MemoryHouse
from tests.service import SITE

NEVER = {500, 502, 504}
DRAFT = "7d9b3a52-0000-4000-8000-00000000f00d"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SUPPLEMENT = {"questionSet": "2026-1", "answers": {"mobile": "070-174 06 08"}, "message": "Hej"}
STAFF = {"sub": "nobody", "token_use": "access", "client_id": CLIENT, "auth_time": "1795348800"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
# What a parser trips over is seldom found by chance alone.
spoken = st.text(max_size=60) | st.text("#/\\%.:;=&?{}[]\"'\0\r\n\t 0ﬁ１٣ΩÅ", max_size=20)
many = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@cache
def bench() -> Bench:
    return Bench()


@cache
def handler(app: str) -> Callable[..., Any]:
    return lambda_handler(bench().apps[app], SITE)  # type: ignore[index]


def answer(app: str, sent: dict[str, Any]) -> Mapping[str, Any]:
    """Send an event, and demand what every answer must be."""
    found = handler(app)(sent, Context())
    assert found["statusCode"] not in NEVER, found
    assert found["headers"]["cache-control"]
    content = found["body"].encode()
    json.loads(base64.b64decode(content) if found["isBase64Encoded"] else content or b"null")
    return found


@st.composite
def spoiled(draw: st.DrawFn, whole: Mapping[str, Any]) -> Any:
    """Give a good body in which up to three places hold something else, or nothing."""
    body = copy.deepcopy(dict(whole))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = body
        while isinstance(place, dict | list) and place:
            name = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not isinstance(place[name], dict | list) or not place[name] or draw(st.booleans()):
                if draw(st.booleans()):
                    place[name] = draw(json_values)
                else:
                    del place[name]
                break
            place = place[name]
    return body


class TestTheDoors:
    @many
    @given(body=st.binary(max_size=400) | spoken.map(str.encode))
    def test_any_bytes_as_a_body(self, body: bytes) -> None:
        headers = {"content-type": "application/json", "idempotency-key": DRAFT}
        found = answer("submission", event("POST", "/api/applications", body, headers, "", {}))
        assert found["statusCode"] in {400, 422}

    @many
    @given(body=spoiled(family_body()))
    def test_any_application(self, body: Any) -> None:
        sent = json.dumps(body).encode()
        headers = {"content-type": "application/json", "idempotency-key": DRAFT}
        found = answer("submission", event("POST", "/api/applications", sent, headers, "", {}))
        # Without a solved challenge nothing is ever taken.
        assert found["statusCode"] in {400, 422}

    @many
    @given(body=spoiled(SUPPLEMENT), code=spoken, reference=spoken)
    def test_any_supplement_under_any_code(self, body: Any, code: str, reference: str) -> None:
        bench().world.failures.clear()
        headers = {"content-type": "application/json", "idempotency-key": DRAFT, "receipt-code": code}
        path = f"/api/applications/{reference}/supplement"
        found = answer("submission", event("POST", path, json.dumps(body).encode(), headers, "", {}))
        assert found["statusCode"] in {400, 404, 405, 422}

    @many
    @given(key=spoken, more=st.booleans())
    @example(key="{" + DRAFT + "}", more=False)
    @example(key="urn:uuid:" + DRAFT, more=False)
    @example(key=DRAFT.replace("-", ""), more=False)
    def test_any_idempotency_key(self, key: str, more: bool) -> None:
        headers = {"content-type": "application/json", "idempotency-key": f"{DRAFT},{key}" if more else key}
        found = answer("submission", event("POST", "/api/applications", b"{}", headers, "", {}))
        plain = not more and key.isascii() and "-" in key and _is_uuid(key)
        assert found["statusCode"] == (422 if plain else 400)

    @many
    @given(
        app=st.sampled_from(["submission", "self-test", "identification", "mailbox"]),
        method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"]) | spoken,
        path=spoken.map(lambda tail: f"/api/{tail}") | spoken,
        query=spoken,
        headers=st.dictionaries(st.text(max_size=12), spoken, max_size=4),
    )
    def test_any_request_line_and_headers(
        self, app: str, method: str, path: str, query: str, headers: Mapping[str, str]
    ) -> None:
        answer(app, event(method, path, None, headers, query, dict(STAFF)))

    @many
    @given(
        cursor=spoken,
        limit=spoken,
        state=spoken,
        overdue=spoken,
        recipient=spoken,
        claims=st.dictionaries(st.sampled_from(sorted(STAFF)), json_values, max_size=4),
    )
    def test_any_question_to_a_mailbox_under_any_claims(
        self, cursor: str, limit: str, state: str, overdue: str, recipient: str, claims: Mapping[str, Any]
    ) -> None:
        query = urlencode({"cursor": cursor, "limit": limit, "state": state, "overdue": overdue})
        sent = event("GET", "/api/mailbox/deliveries", None, {"recipient": recipient}, query, {**STAFF, **claims})
        assert answer("mailbox", sent)["statusCode"] in {400, 401, 403}

    @many
    @given(
        part=st.sampled_from(["headers", "requestContext", "body", "rawPath", "rawQueryString", "isBase64Encoded"]),
        value=json_values,
    )
    def test_any_event(self, part: str, value: Any) -> None:
        sent = {**event("POST", "/api/self-test", b"{}", {"content-type": "application/json"}, "", {}), part: value}
        found = handler("self-test")(sent, Context())
        # An event of a shape that API Gateway cannot send may fail here, as long as it is told as a problem.
        assert json.loads(found["body"])["status"] == found["statusCode"]


def _is_uuid(key: str) -> bool:
    try:
        return str(UUID(key)) == key.lower() and UUID(key).int != 0
    except ValueError:
        return False


class TestTheParsers:
    @many
    @given(body=st.binary(max_size=200) | json_values.map(json.dumps).map(str.encode) | spoken.map(str.encode))
    @example(body=b"[" * 100_000)
    @example(body=b'{"a":' * 50_000)
    @example(body=b"1" * 60_000)
    @example(body=b"-0e99999999")
    def test_json(self, body: bytes) -> None:
        try:
            read = parse_json(body)
        except MalformedRequestError:
            return
        assert json.loads(body) == read

    @many
    @given(
        text=spoken
        | st.lists(
            st.sampled_from(
                [
                    "(",
                    ")",
                    "[",
                    "]",
                    ",",
                    "and",
                    "or",
                    "in",
                    "any",
                    "not",
                    "adult",
                    "==",
                    "!=",
                    "<",
                    "<=",
                    ">",
                    ">=",
                    ".",
                    "count",
                    "yes",
                    "3",
                    "-1",
                    "housingForm",
                    "a.b",
                ]
            ),
            max_size=24,
        ).map(" ".join),
        answers=st.dictionaries(st.sampled_from(["housingForm", "yes", "a"]), json_values, max_size=3),
    )
    def test_conditions(self, text: str, answers: Mapping[str, Any]) -> None:
        try:
            read = parse_condition(text)
        except QuestionSetBrokenError:
            return
        assert parse_condition(str(read)) == read
        assert read.holds(answers) in {True, False}
        assert not read.triggers(answers) or read.holds(answers)

    @many
    @given(code=spoken | st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZabcxyzIiLlOo-", max_size=20))
    def test_codes(self, code: str) -> None:
        read = canonical(code, REFERENCE_CHARACTERS)
        assert read is None or canonical(read, REFERENCE_CHARACTERS) == read
        assert read is None or keys.fits(read)

    @many
    @given(
        token=spoken | st.binary(max_size=120).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
        at=st.integers(0, 60),
        by=st.integers(1, 255),
    )
    def test_tokens(self, token: str, at: int, by: int) -> None:
        secrets, purpose = {"1": b"a secret that is long enough"}, tokens.TokenPurpose.ERRAND
        assert tokens.read(secrets, purpose, token) is None
        good = bytearray(base64.urlsafe_b64decode(tokens.issue(secrets, purpose, {"name": MARK}) + "=="))
        good[at % len(good)] ^= by
        changed = base64.urlsafe_b64encode(bytes(good)).decode().rstrip("=")
        assert tokens.read(secrets, purpose, changed) is None

    @many
    @given(envelope=st.binary(max_size=200), at=st.integers(0, 200), by=st.integers(1, 255), cut=st.integers(0, 200))
    def test_sealed_envelopes(self, envelope: bytes, at: int, by: int, cut: int) -> None:
        label, key = Label(Purpose.LETTER, "0680", "7K3M-9QWX-2B4C"), bytes(32)
        whole = seal(label, key, MARK.encode())
        flipped = bytearray(whole)
        flipped[at % len(whole)] ^= by
        for broken in (envelope, bytes(flipped), whole[: cut % len(whole)], whole + envelope[:1] + b"\0"):
            with pytest.raises(LetterUnreadableError):
                unseal(label, key, broken)

    @many
    @given(solution=spoken | json_values.map(json.dumps).map(lambda text: base64.b64encode(text.encode()).decode()))
    def test_challenges(self, solution: str) -> None:
        with pytest.raises(ChallengeRefusedError):
            AltchaChallenges(World().secrets).check(solution, NOW)

    @many
    @given(cursor=spoken | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
    def test_cursors(self, cursor: str) -> None:
        rows = TenantRows(
            database(MemoryAws(house().memory).dynamodb()), TABLES.main, TABLES.wraps, TABLES.tally, "0680"
        )
        try:
            page = rows.page(Selection(Wanted(), "anna", NOW), cursor, 1)
        except MalformedRequestError:
            return
        assert page.deliveries == ()

    @many
    @given(
        pk=spoken
        | st.lists(st.sampled_from(["OUT", "LETTER", "NOTICE", "new", "2", "SUPPLEMENT", "0680", ""]), max_size=7).map(
            "#".join
        )
    )
    def test_keys_of_the_outbox(self, pk: str) -> None:
        try:
            task = keys.task_of(pk)
        except ValueError:
            return
        # Whatever is read as a task either is that very row, or can be none.
        try:
            assert keys.task(task).pk in {pk, pk.removesuffix("#1")} or pk.rsplit("#", maxsplit=1)[-1].isdecimal()
        except ValueError:
            assert "##" in pk or pk.endswith("#")

    @many
    @given(written=spoken | st.text("0123456789+- ()", max_size=20))
    def test_numbers_and_addresses(self, written: str) -> None:
        phone, email = contact_details.phone(written), contact_details.email(written)
        assert phone is None or contact_details.phone(phone) == phone
        assert email is None or contact_details.email(email) == email
        read = identity_number.read(written, TODAY)
        assert read is None or read.age(TODAY) >= 0


@cache
def house() -> MemoryHouse:
    return MemoryHouse()
