"""schemathesis over the OpenAPI document, in process: whatever it makes up gets an answer that the document tells of."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from starlette.applications import Starlette
from starlette.routing import Match

from familjehem.domain.membership import Role
from familjehem.runtime.wiring.submission import Submission
from functions.export.app import create_app as export_app
from functions.identification.app import create_app as identification_app
from functions.mailbox.app import create_app as mailbox_app
from functions.members.app import create_app as members_app
from functions.onboarding.app import create_app as onboarding_app
from functions.self_test.app import create_app as self_test_app
from functions.submission.app import create_app as submission_app
from tests.service import SITE, Service

CLIENT = "client-of-the-tests"
service = Service()
service.accepted("0680")
service.work()
service.hire("anna", "0680")
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
submission = submission_app(wired, SITE)
identification = identification_app(service.identification, SITE)
onboarding = onboarding_app(service.own_page, SITE)
self_test = self_test_app(service.take_self_test, SITE)
mailbox = mailbox_app(service.mailbox, CLIENT, SITE)
export = export_app(service.exports, CLIENT, SITE)
# A town of its own, whose people and settings may become whatever they like.
other = Service()
other.hire("lena", "0680", role=Role.LOCAL_ADMINISTRATOR)
members = members_app(other.administration, CLIENT, SITE)
# Her session begins after every sign-out, or the first one would be all that is seen of the rest.
LEADER = {"sub": "lena", "token_use": "access", "client_id": CLIENT, "auth_time": "1795348801"}
CLAIMS = {"sub": "anna", "token_use": "access", "client_id": CLIENT, "auth_time": "1795348800"}


async def whole(scope: Any, receive: Any, send: Any) -> None:
    """All apps as one, as the gateway makes them: what is no route of the others comes to the self-test."""
    if signed_in := next((one for one in (mailbox, export, members) if takes(one, scope)), None):
        # The authorizer stands before the app: without a token no claims ever reach it.
        sent = any(name == b"authorization" for name, _ in scope["headers"])
        claims = LEADER if signed_in is members else CLAIMS
        event = {"requestContext": {"authorizer": {"jwt": {"claims": claims if sent else {}}}}}
        await signed_in({**scope, "aws.event": event}, receive, send)
    else:
        app = next((one for one in (submission, identification, onboarding) if takes(one, scope)), self_test)
        await app(scope, receive, send)


def takes(app: Starlette, scope: Any) -> bool:
    # The gateway has no HEAD of its own, which Starlette adds to every GET.
    return scope["method"] != "HEAD" and any(route.matches(scope)[0] is Match.FULL for route in app.routes)


schema = schemathesis.openapi.from_asgi("/api/openapi.json", whole)
# A body of more than 64 KiB is refused for its size, whatever else is wrong with it.
refusal = schema.config.checks.negative_data_rejection
refusal.expected_statuses = [*refusal.expected_statuses, "413"]


@schema.parametrize()
@settings(
    max_examples={"quick": 8, "steady": 25}.get(settings.get_current_profile_name(), 1000),
    suppress_health_check=list(HealthCheck),
)
def test_every_call_answers_as_the_document_says(case: Any) -> None:
    service.world.failures.clear()
    case.call_and_validate(
        excluded_checks=[
            # Whether a token is good is judged by the authorizer; the local gateway has tests of its own.
            schemathesis.checks.ignored_auth,
            # Which answers are valid is said by the question set, not by the schema.
            schemathesis.checks.positive_data_acceptance,
        ]
    )
