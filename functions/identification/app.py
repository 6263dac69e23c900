"""The routes of identification: whether one is asked for, its beginning and its end."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.domain.errors import IdentificationOffError
from familjehem.runtime.http import JsonResponse, application, read
from familjehem.runtime.observability import Event, logger
from familjehem.runtime.wiring.identification import Identification
from functions.identification.forms import FinishForm, IdentifiedForm, RequirementForm, StartedForm, StartForm


def create_app(ports: Identification | None, site_url: str) -> Starlette:
    """Give the app; `ports` is None where no e-identification is configured."""

    async def requirement(_: Request) -> Response:
        return JsonResponse(RequirementForm(required=ports is not None, provider=ports.provider if ports else None))

    async def start(request: Request) -> Response:
        form, configured = await read(request, StartForm), _configured(ports)
        return JsonResponse(StartedForm.of(configured.start(form.adult, form.draft_id, form.language)))

    async def finish(request: Request) -> Response:
        form, configured = await read(request, FinishForm), _configured(ports)
        found, token = configured.finish(form.code, form.state, form.draft_id)
        logger.info(Event.IDENTIFIED, extra={"level": found.identification.level})
        return JsonResponse(IdentifiedForm.of(found, token))

    return application(
        [
            Route("/api/identification", requirement, methods=["GET"]),
            Route("/api/identification/start", start, methods=["POST"]),
            Route("/api/identification/finish", finish, methods=["POST"]),
        ],
        site_url,
    )


def _configured(ports: Identification | None) -> Identification:
    if ports is None:
        raise IdentificationOffError
    return ports
