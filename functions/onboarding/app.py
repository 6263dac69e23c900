"""The route of onboarding: a municipality or a unit asks to be connected."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.runtime.http import JsonResponse, application, idempotency_key, read
from familjehem.runtime.observability import Event, logger
from familjehem.usecases.request_connection import RequestConnection
from functions.onboarding.forms import ConnectionForm, RequestedForm


def create_app(request_connection: RequestConnection, site_url: str) -> Starlette:
    """Give the app of this use case."""

    async def ask(request: Request) -> Response:
        key = idempotency_key(request)
        requested = request_connection((await read(request, ConnectionForm)).wanted(key))
        logger.info(Event.REPLAYED if requested.replayed else Event.CONNECTION_REQUESTED)
        status = HTTPStatus.OK if requested.replayed else HTTPStatus.CREATED
        return JsonResponse(RequestedForm(request=requested.request), status)

    return application([Route("/api/onboarding/requests", ask, methods=["POST"])], site_url)
