"""The mailbox's routes: list and open."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.domain.delivery import DeliveryState
from familjehem.domain.errors import FieldError, MalformedRequestError
from familjehem.runtime.http import JsonResponse, application
from familjehem.runtime.signed_in import caller, chosen
from familjehem.usecases.read_mailbox import ListDeliveries, OpenLetter
from functions.mailbox.forms import LetterForm, PageForm

PAGE = 25


def create_app(list_deliveries: ListDeliveries, open_letter: OpenLetter, client_id: str, site_url: str) -> Starlette:
    """Give the app; only access tokens made for `client_id` are taken."""

    async def deliveries(request: Request) -> Response:
        who, query = caller(request, client_id), request.query_params
        shown, size = state(query.get("state")), limit(query.get("limit"))
        page = list_deliveries(who, chosen(request), shown, query.get("cursor"), size)
        return JsonResponse(PageForm.of(page))

    async def delivery(request: Request) -> Response:
        opened = open_letter(caller(request, client_id), chosen(request), request.path_params["number"])
        return JsonResponse(LetterForm.of(opened))

    return application(
        [
            Route("/api/mailbox/deliveries", deliveries, methods=["GET"]),
            Route("/api/mailbox/deliveries/{number}", delivery, methods=["GET"]),
        ],
        site_url,
    )


def state(sent: str | None) -> DeliveryState | None:
    """Read the state filter; `MalformedRequestError` for a state that a mailbox does not show."""
    if not sent:
        return None
    if sent not in DeliveryState or sent == DeliveryState.QUEUED:
        raise MalformedRequestError(FieldError("/state", "unknownChoice"))
    return DeliveryState(sent)


def limit(sent: str | None) -> int:
    """Read the page size, 1 to 25; `MalformedRequestError` for anything else."""
    if not sent:
        return PAGE
    if not (sent.isascii() and sent.isdecimal() and len(sent) <= 2 and 1 <= int(sent) <= PAGE):  # noqa: PLR2004 two figures
        raise MalformedRequestError(FieldError("/limit", "outOfRange"))
    return int(sent)
