"""Both doors of every HTTP function, over the service of fakes."""

import io
import logging
from collections.abc import Callable

import pytest
from starlette.types import ASGIApp

from familjehem.runtime.observability import logger
from familjehem.runtime.wiring.submission import Submission
from functions.export.app import create_app as export_app
from functions.identification.app import create_app as identification_app
from functions.mailbox.app import create_app as mailbox_app
from functions.members.app import create_app as members_app
from functions.onboarding.app import create_app as onboarding_app
from functions.self_test.app import create_app as self_test_app
from functions.submission.app import create_app as submission_app
from tests.functions.doors import AsgiDoor, Door, LambdaDoor
from tests.service import SITE, Service

CLIENT = "client-of-the-tests"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """All that was logged, printed or measured."""
    stream = io.StringIO()
    for one in logger.handlers:
        if isinstance(one, logging.StreamHandler):
            # Not by `setStream`, which flushes the stream before: closed, where tests run twice in one process.
            monkeypatch.setattr(one, "stream", stream)
    return stream.getvalue


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture(params=["asgi", "lambda", "lambda-base64"])
def door(request: pytest.FixtureRequest) -> Callable[..., Door]:
    def open_door(app: ASGIApp, **claims: object) -> Door:
        if request.param == "asgi":
            return AsgiDoor(app, claims)
        return LambdaDoor(app, claims, encoded=request.param == "lambda-base64")

    return open_door


@pytest.fixture
def submission_door(service: Service, door: Callable[..., Door]) -> Door:
    wired = Submission(
        list_recipients=service.list_recipients,
        challenges=service.world.challenges,
        clock=service.world.clock,
        submit=service.submit,
        read_receipt=service.read_receipt,
        withdraw=service.withdraw,
        supplement=service.supplement,
        share=service.share,
        seal_canary=service.seal_canary,
    )
    return door(submission_app(wired, SITE))


@pytest.fixture
def identification_door(service: Service, door: Callable[..., Door]) -> Door:
    return door(identification_app(service.identification, SITE))


@pytest.fixture
def onboarding_door(service: Service, door: Callable[..., Door]) -> Door:
    return door(onboarding_app(service.own_page, SITE))


@pytest.fixture
def self_test_door(service: Service, door: Callable[..., Door]) -> Door:
    return door(self_test_app(service.take_self_test, SITE))


@pytest.fixture
def mailbox_door(service: Service, door: Callable[..., Door]) -> Callable[..., Door]:
    def sign_in(person: str, **claims: object) -> Door:
        app = mailbox_app(service.mailbox, CLIENT, SITE)
        began = int(service.world.at.timestamp())
        return door(
            app, **{"sub": person, "token_use": "access", "client_id": CLIENT, "auth_time": str(began), **claims}
        )

    return sign_in


@pytest.fixture
def members_door(service: Service, door: Callable[..., Door]) -> Callable[..., Door]:
    def sign_in(person: str, **claims: object) -> Door:
        app = members_app(service.administration, CLIENT, SITE)
        began = int(service.world.at.timestamp())
        return door(
            app, **{"sub": person, "token_use": "access", "client_id": CLIENT, "auth_time": str(began), **claims}
        )

    return sign_in


@pytest.fixture
def export_door(service: Service, door: Callable[..., Door]) -> Callable[..., Door]:
    def sign_in(person: str, **claims: object) -> Door:
        app = export_app(service.exports, CLIENT, SITE)
        began = int(service.world.at.timestamp())
        return door(
            app, **{"sub": person, "token_use": "access", "client_id": CLIENT, "auth_time": str(began), **claims}
        )

    return sign_in
