"""Every HTTP route has its genuine event, and every event is answered by its app as one expects."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dev.events import ACTIVATION, EVENTS, events
from dev.openapi import OPERATIONS
from familjehem.runtime.http import lambda_handler
from familjehem.runtime.wiring.submission import Submission
from functions.export.app import create_app as export_app
from functions.identification.app import create_app as identification_app
from functions.mailbox.app import create_app as mailbox_app
from functions.members.app import create_app as members_app
from functions.onboarding.app import create_app as onboarding_app
from functions.self_test.app import create_app as self_test_app
from functions.submission.app import create_app as submission_app
from tests.functions.doors import Context
from tests.service import SITE, Service

ANSWERS = {
    "question-set": 200,
    "self-test": 200,
    "openapi": 200,
    "recipients": 200,
    "challenge": 200,
    "identification": 200,
    "start-identification": 200,
    "finish-identification": 422,
    "request-connection": 201,
    **dict.fromkeys(ACTIVATION, 404),
    "submit-family": 201,
    "receipt": 404,
    "withdraw": 404,
    "supplement": 404,
    "share-recipients": 404,
    "list-deliveries": 403,
    "open-letter": 403,
    "states": 403,
    "state": 403,
    "search": 403,
    "print-compilation": 403,
    "export-compilation": 403,
    "export-registry": 403,
    "reports": 403,
    "report": 403,
    "claim-delivery": 403,
    "release-delivery": 403,
    "handover-delivery": 403,
    "contact-delivery": 403,
    "outcome-delivery": 403,
    "note-delivery": 403,
    "me": 403,
    "colleagues": 403,
    "list-members": 403,
    "invite-member": 403,
    "change-member": 403,
    "remove-member": 403,
    "sign-out-member": 403,
    "sign-out": 204,
    "settings": 403,
    "change-settings": 403,
    "protect-delivery": 403,
    "unprotect-delivery": 403,
    "erase-delivery": 403,
    "hold-delivery": 403,
    "unhold-delivery": 403,
    "erasures": 403,
    "access-log": 403,
    "access-review": 403,
    "access-confirmation": 403,
    "review-access": 403,
    "confirm-access": 403,
}


def test_every_route_has_one_event_and_every_event_is_committed() -> None:
    assert {one["routeKey"] for one in events().values()} == {f"{one.method.upper()} {one.path}" for one in OPERATIONS}
    assert {path.stem for path in EVENTS.glob("*.json")} == set(events()) == set(ANSWERS)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_an_event_is_answered_as_one_expects(name: str) -> None:
    # given
    service = Service()
    for one in service.world.recipients.values():
        service.world.recipients[one.id] = replace(one, extended_questions=frozenset())
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
    sent: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    path: str = sent["rawPath"]
    if "compilation." in path or path.endswith("registry.csv"):
        app = export_app(service.exports, "client", SITE)
    elif path.startswith("/api/mailbox"):
        app = mailbox_app(service.mailbox, "client", SITE)
    elif path.startswith("/api/members"):
        app = members_app(service.administration, "client", SITE)
    elif path.startswith("/api/onboarding"):
        app = onboarding_app(service.own_page, SITE)
    elif path.startswith("/api/identification"):
        app = identification_app(service.identification, SITE)
    elif path.startswith(("/api/self-test", "/api/question-sets", "/api/openapi")):
        app = self_test_app(service.take_self_test, SITE)
    else:
        app = submission_app(wired, SITE)
    # when
    answer = lambda_handler(app, SITE)(sent, Context())  # type: ignore[arg-type]
    # then
    assert answer["statusCode"] == ANSWERS[name], answer["body"]


def test_the_people_in_the_events_are_marked() -> None:
    assert "Kanarie" in Path(EVENTS / "submit-family.json").read_text(encoding="utf-8")
