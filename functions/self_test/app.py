"""The self-test's routes."""

import json
from functools import cache
from http import HTTPStatus
from importlib.resources import files

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
    )


@cache
def _question_set() -> str:
    return json.dumps(current().to_wire(), ensure_ascii=False, separators=(",", ":"))


@cache
def _openapi() -> str:
    return files("functions.self_test").joinpath("openapi.json").read_text(encoding="utf-8")
