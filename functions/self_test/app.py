"""The self-test's routes."""

import json
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.domain.question_set import current
from familjehem.runtime.http import JsonResponse, application, read
from familjehem.usecases.take_self_test import TakeSelfTest
from functions.self_test.forms import OutcomeForm, SelfTestForm

PUBLIC = {"Cache-Control": "public, max-age=300"}


def create_app(take_self_test: TakeSelfTest, site_url: str) -> Starlette:
    """Give the app; needs no store at all."""

    async def question_set(_: Request) -> Response:
        return Response(_question_set(), HTTPStatus.OK, PUBLIC, "application/json")

    async def self_test(request: Request) -> Response:
        form = await read(request, SelfTestForm)
        return JsonResponse(OutcomeForm.of(take_self_test(form.assignments, form.answers)))

    async def openapi(_: Request) -> Response:
        return Response(_openapi(), HTTPStatus.OK, PUBLIC, "application/json")

    return application(
        [
            Route("/api/question-sets/current", question_set, methods=["GET"]),
            Route("/api/self-test", self_test, methods=["POST"]),
            Route("/api/openapi.json", openapi, methods=["GET"]),
        ],
        site_url,
        elsewhere,
    )


def elsewhere(path: str) -> Sequence[str]:
    """Give the methods that some function has at a path, by the contract.

    What no route of the API takes comes to this function: an address that does not exist, or a wrong method.
    """
    given = path.split("/")
    for known, methods in _ways():
        if len(known) == len(given) and all(map(_fits, known, given)):
            return methods
    return ()


def _fits(known: str, given: str) -> bool:
    return bool(given) if known.startswith("{") else known == given


@cache
def _ways() -> Sequence[tuple[Sequence[str], Sequence[str]]]:
    paths: dict[str, dict[str, Any]] = json.loads(_openapi())["paths"]
    ways = [(path.split("/"), sorted(method.upper() for method in methods)) for path, methods in paths.items()]
    # As at the gateway, a part that is written out goes before one that may be anything.
    return sorted(ways, key=lambda way: [part.startswith("{") for part in way[0]])


@cache
def _question_set() -> str:
    return json.dumps(current().to_wire(), ensure_ascii=False, separators=(",", ":"))


@cache
def _openapi() -> str:
    return files("functions.self_test").joinpath("openapi.json").read_text(encoding="utf-8")
