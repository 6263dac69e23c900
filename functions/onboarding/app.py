"""The routes of onboarding: asking to be connected, and the page that a link opens.

The link's secret comes in the body of every call and never in an address: addresses are logged, kept and passed on.
"""

from collections.abc import Callable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.runtime.http import JsonResponse, application, idempotency_key, read
from familjehem.runtime.observability import Event, logger
from familjehem.runtime.wiring.onboarding import OwnPage
from familjehem.usecases.activate import Activate, Standing
from functions.onboarding.activation_forms import (
    AgreementStep,
    CodeStep,
    InvoiceStep,
    LinkForm,
    PeopleStep,
    ResponsibleStep,
    StandingForm,
)
from functions.onboarding.forms import ConnectionForm, RequestedForm


def create_app(house: OwnPage, site_url: str) -> Starlette:
    """Give the app of these use cases."""

    async def ask(request: Request) -> Response:
        key = idempotency_key(request)
        requested = house.request_connection((await read(request, ConnectionForm)).wanted(key))
        logger.info(Event.REPLAYED if requested.replayed else Event.CONNECTION_REQUESTED)
        status = HTTPStatus.OK if requested.replayed else HTTPStatus.CREATED
        return JsonResponse(RequestedForm(request=requested.request), status)

    steps = [_step(path, model, take, house) for path, (model, take) in STEPS.items()]
    return application([Route("/api/onboarding/requests", ask, methods=["POST"]), *steps], site_url)


def _step[Form: LinkForm](
    path: str, model: type[Form], take: Callable[[Activate, Form], Standing], house: OwnPage
) -> Route:
    async def answer(request: Request) -> Response:
        standing = take(house.activate, await read(request, model))
        if path:
            logger.info(Event.ACTIVATION_STEP, extra={"step": path.strip("/")})
        return JsonResponse(StandingForm.of(standing))

    return Route(f"/api/onboarding/activation{path}", answer, methods=["POST"])


STEPS: dict[str, tuple[type, Callable[..., Standing]]] = {
    "": (LinkForm, lambda page, sent: page.show(*sent.link)),
    "/mailbox": (LinkForm, lambda page, sent: page.prove_mailbox(*sent.link)),
    "/responsible": (ResponsibleStep, lambda page, sent: page.name_responsible(*sent.link, sent.name, sent.mobile)),
    "/code": (LinkForm, lambda page, sent: page.ask_code(*sent.link)),
    "/mobile": (CodeStep, lambda page, sent: page.give_code(*sent.link, sent.code)),
    "/agreement": (AgreementStep, lambda page, sent: page.accept(*sent.link, sent.version)),
    "/people": (PeopleStep, lambda page, sent: page.name_people(*sent.link, sent.named)),
    "/invoice": (
        InvoiceStep,
        lambda page, sent: page.invoice(*sent.link, sent.name, sent.address, sent.reference),
    ),
}
"""The steps of the page: what is sent, and what is done with it. Every one answers with how far it has come."""
