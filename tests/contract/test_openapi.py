"""The OpenAPI document is valid, and tells of every route and of nothing else."""

import json

from openapi_spec_validator import validate
from starlette.routing import Route

from dev.openapi import OPERATIONS, TARGETS, document
from functions.export.app import create_app as export_app
from functions.identification.app import create_app as identification_app
from functions.mailbox.app import create_app as mailbox_app
from functions.members.app import create_app as members_app
from functions.onboarding.app import create_app as onboarding_app
from functions.self_test.app import create_app as self_test_app
from functions.submission.app import create_app as submission_app


def test_the_document_is_valid_openapi_and_is_committed_as_it_is_served() -> None:
    # when
    contents = {target.read_text(encoding="utf-8") for target in TARGETS}
    # then
    assert len(contents) == 1
    assert json.loads(contents.pop()) == document()
    validate(document())


def test_every_route_of_every_app_is_told_and_no_other() -> None:
    # given
    apps = [
        self_test_app(None, ""),
        submission_app(None, ""),
        identification_app(None, ""),
        mailbox_app(None, "", ""),
        export_app(None, "", ""),
        members_app(None, "", ""),
        onboarding_app(None, ""),
    ]  # type: ignore[arg-type]
    # when
    routes = {
        (method.lower(), route.path)
        for app in apps
        for route in app.routes
        if isinstance(route, Route)
        for method in (route.methods or ())
        if method != "HEAD"
    }
    # then
    assert routes == {(one.method, one.path) for one in OPERATIONS}


def test_whatever_is_behind_the_sign_in_says_so() -> None:
    """The authorizer refuses in plain JSON, which no function does."""
    behind = {one.id for one in OPERATIONS if one.path.startswith(("/api/mailbox", "/api/members"))}
    assert {one.id for one in OPERATIONS if one.signed_in} == behind
