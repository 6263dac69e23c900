"""Every bad input, through every door: its own clear problem, nothing stored, and nothing of it in answer or log."""

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from dev.openapi import document
from familjehem.domain.municipality import municipalities
from familjehem.domain.question_set import current
from familjehem.runtime.http import LARGEST_BODY
from familjehem.runtime.problems import STATUS
from tests.builders import MARKED_VALUES, OMIT, UNDER_AGE_IDENTITY_NUMBER
from tests.fakes import World
from tests.functions.bad_input import CASES, MARK, SIX, Bench, Case, Request, at
from tests.functions.doors import Answer, Door, pairs
from tests.service import FIVE, SITE, answers_for

NEVER_STORED = {"steps", "made_keys", "persons", "errands"}
"""Parts of the world that are notes of the fakes, or stand at the provider: nothing that a service keeps."""
NOTED_ANYHOW = {"days"}
"""That one of a recipient's people was here today is noted whatever she asks for."""
SHORTEST = 5

type OpenDoor = Callable[..., Door]


def kept(world: World, changes: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Give a copy of all that is stored."""
    names = {one.name for one in fields(world)} - NEVER_STORED - NOTED_ANYHOW - changes
    return {name: copy.deepcopy(getattr(world, name)) for name in sorted(names)}


def own_words(request: Request) -> Iterator[str]:
    """Give whatever stands in a request that is not a word of ours: texts, numbers, unknown names."""
    yield from MARKED_VALUES
    yield MARK
    yield from (value for name, value in pairs(request.headers) if name.lower() != "content-type")
    try:
        yield from leaves(json.loads(request.body or b"null"))
    except (ValueError, RecursionError):
        return


def leaves(content: Any) -> Iterator[str]:
    match content:
        case dict():
            yield from content
            for inner in content.values():
                yield from leaves(inner)
        case list():
            for inner in content:
                yield from leaves(inner)
        case str():
            yield content
        case bool() | None:
            return
        case _:
            yield str(content)


@cache
def ours() -> str:
    """Give all that is public anyhow: the catalogue, the contract, the municipalities."""
    public = [
        current().to_wire(),
        document(),
        sorted(municipalities()),
        [one.name for one in municipalities().values()],
    ]
    return json.dumps(public, ensure_ascii=False)


def repeated(request: Request, *places: str) -> list[str]:
    """Give what was sent and stands in one of these places, plain or as JSON writes it."""
    words = {word for word in own_words(request) if len(word) >= SHORTEST and word not in ours()}
    return [word for word in words if any(word in place or json.dumps(word)[1:-1] in place for place in places)]


def slug(answer: Answer) -> str:
    return answer.json["type"].removeprefix(f"{SITE}/problem/").rstrip("/")


@pytest.mark.parametrize("case", [pytest.param(one, id=f"{one.group}: {one.name}") for one in CASES])
def test_a_bad_input_gets_its_problem_and_leaves_no_trace(
    case: Case, door: OpenDoor, logged: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    bench = Bench()
    request = case.prepare(bench)
    before = kept(bench.world, case.changes)
    # when
    answer = bench.send(door, request)
    # then it is the right problem, in words that a person can read
    assert (answer.status, slug(answer)) == (case.status, case.slug)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["status"] == case.status
    assert answer.json["title"]
    assert answer.json["detail"].endswith(".")
    assert [(one["pointer"], one["code"]) for one in answer.json.get("errors", [])] == list(case.errors)
    named = answer.json.get("recipients", [])
    assert [(one["id"], one["reason"]) for one in named] == list(case.recipients)
    assert all(one["name"] and one["municipalities"] for one in named)
    # and nothing is stored, and nothing that was sent is told or logged
    assert kept(bench.world, case.changes) == before
    printed = capsys.readouterr()
    log = logged() + printed.out + printed.err
    assert not repeated(request, answer.body.decode(), *answer.headers.values(), log)


def test_the_table_has_every_problem_there_is_and_no_case_twice() -> None:
    assert {one.slug for one in CASES} == {one.slug for one in STATUS} | {"not-found", "method-not-allowed", "internal"}
    assert [name for name, count in Counter((one.group, one.name) for one in CASES).items() if count > 1] == []


def test_a_good_form_beside_them_is_accepted_with_the_same_real_proof_of_work(door: OpenDoor) -> None:
    # given
    bench = Bench()
    # when
    answer = bench.send(door, bench.form())
    # then
    assert answer.status == 201
    assert len(bench.world.letters) == 5
    assert len(bench.world.spent) == 1


def test_a_proof_of_work_is_spent_by_what_was_accepted_and_by_nothing_else(door: OpenDoor) -> None:
    # given
    bench = Bench()
    solution = bench.solved()
    # when
    refused = bench.send(door, bench.form(challenge=solution, answers=answers_for(FIVE, name=OMIT)))
    mended = bench.send(door, bench.form(challenge=solution))
    another = bench.send(door, bench.form(challenge=solution))
    # then
    assert (refused.status, mended.status, another.status) == (422, 201, 422)
    assert another.json["errors"] == [{"pointer": "/challenge", "code": "spent"}]
    assert len(bench.world.applications) == 1


@pytest.mark.parametrize("challenge", ["spent", "expired", "forged", "missing"])
def test_a_true_replay_gets_its_receipt_whatever_became_of_its_challenge(door: OpenDoor, challenge: str) -> None:
    # given
    bench = Bench()
    request = bench.form()
    first = bench.send(door, request)
    content = json.loads(request.body or b"")
    # when
    if challenge == "expired":
        bench.world.passes(days=30)
    if challenge in {"forged", "missing"}:
        content["challenge"] = MARK if challenge == "forged" else None
    again = bench.send(door, replace(request, body=json.dumps(content).encode()))
    # then
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert len(bench.world.applications) == 1


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(datetime(2030, 12, 11, 23, 0, tzinfo=UTC), id="midnight in Stockholm"),
        pytest.param(datetime(2030, 12, 11, 23, 59, 59, tzinfo=UTC), id="the birthday there, the day before in UTC"),
        pytest.param(datetime(2030, 12, 12, 12, 0, tzinfo=UTC), id="noon of the birthday"),
    ],
)
def test_who_is_eighteen_today_by_the_date_in_stockholm_is_accepted(door: OpenDoor, moment: datetime) -> None:
    # given
    bench = Bench()
    # when
    answer = bench.send(door, at(moment, identityNumber=UNDER_AGE_IDENTITY_NUMBER)(bench))
    # then
    assert answer.status == 201


def test_a_body_of_exactly_64_kib_is_read(door: OpenDoor) -> None:
    # given
    bench = Bench()
    request = bench.form()
    # when
    answer = bench.send(door, replace(request, body=(request.body or b"").ljust(LARGEST_BODY)))
    # then
    assert answer.status == 201


def test_six_municipalities_of_five_recipients_are_accepted(door: OpenDoor) -> None:
    # given
    bench = Bench()
    chosen = (*FIVE, "0686")
    assert len(set(SIX)) == len(chosen)
    # when
    answer = bench.send(door, bench.form(municipalities=list(chosen)))
    # then
    assert answer.status == 201
    assert len(answer.json["deliveries"]) == 5


@pytest.mark.parametrize("case", [one for one in CASES if one.slug == "internal"], ids=lambda one: one.name)
def test_what_nobody_expected_is_logged_by_its_type_and_place(
    case: Case, door: OpenDoor, logged: Callable[[], str]
) -> None:
    # given
    bench = Bench()
    # when
    bench.send(door, case.prepare(bench))
    # then
    assert '"error":"RuntimeError"' in logged()


def test_the_search_for_what_was_sent_finds_it_plain_escaped_and_in_names() -> None:
    # given
    body = json.dumps({"answers": {"Nånstans": "Ågatan 5", "places": 170417041704, "housingForm": "house"}}).encode()
    request = Request(body=body, headers={"Idempotency-Key": "7c1c0f0e-0000-4000-8000-00000000abcd"})
    # then
    assert repeated(request, 'what was "Ågatan 5"') == ["Ågatan 5"]
    assert repeated(request, json.dumps({"x": "Ågatan 5"})) == ["Ågatan 5"]
    assert repeated(request, "/answers/Nånstans") == ["Nånstans"]
    assert repeated(request, "170417041704") == ["170417041704"]
    assert repeated(request, "7c1c0f0e-0000-4000-8000-00000000abcd") == ["7c1c0f0e-0000-4000-8000-00000000abcd"]
    assert repeated(request, '{"pointer": "/answers/housingForm"}', "house") == []
