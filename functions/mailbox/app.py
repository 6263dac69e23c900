"""The mailbox's routes: list, open, handle; who may read stands in `access`, how long letters stay in `retention`."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.domain.delivery import DeliveryState
from familjehem.domain.errors import FieldError, MalformedRequestError
from familjehem.runtime.http import JsonResponse, application, idempotency_key, read
from familjehem.runtime.signed_in import caller, chosen, reason
from familjehem.runtime.wiring.mailbox import Mailbox
from functions.mailbox.access import access_routes, limit
from functions.mailbox.forms import (
    ColleaguesForm,
    ConclusionForm,
    ContactForm,
    HandoverForm,
    LetterForm,
    MeForm,
    NoteForm,
    PageForm,
    delivery_form,
)
from functions.mailbox.retention import retention_routes


def create_app(mailbox: Mailbox, client_id: str, site_url: str) -> Starlette:
    """Give the app; only access tokens made for `client_id` are taken."""

    async def deliveries(request: Request) -> Response:
        who, query = caller(request, client_id), request.query_params
        shown, size = state(query.get("state")), limit(query.get("limit"))
        late, guarded = overdue(query.get("overdue")), protected(query.get("view"))
        page = mailbox.list_deliveries(
            who, chosen(request), shown, query.get("cursor"), size, overdue=late, protected=guarded
        )
        return JsonResponse(PageForm.of(page))

    async def delivery(request: Request) -> Response:
        who, number = caller(request, client_id), request.path_params["number"]
        return JsonResponse(LetterForm.of(mailbox.open_letter(who, chosen(request), number, reason(request))))

    async def claim(request: Request) -> Response:
        claimed = mailbox.claim(caller(request, client_id), chosen(request), request.path_params["number"])
        return JsonResponse(delivery_form(claimed))

    async def release(request: Request) -> Response:
        released = mailbox.release(caller(request, client_id), chosen(request), request.path_params["number"])
        return JsonResponse(delivery_form(released))

    async def contact(request: Request) -> Response:
        who, key, form = caller(request, client_id), idempotency_key(request), await read(request, ContactForm)
        done = mailbox.log_contact(who, chosen(request), request.path_params["number"], key, form.content())
        return JsonResponse(delivery_form(done))

    async def outcome(request: Request) -> Response:
        who, key, form = caller(request, client_id), idempotency_key(request), await read(request, ConclusionForm)
        done = mailbox.log_outcome(who, chosen(request), request.path_params["number"], key, form.content())
        return JsonResponse(delivery_form(done))

    async def note(request: Request) -> Response:
        who, key, form = caller(request, client_id), idempotency_key(request), await read(request, NoteForm)
        done = mailbox.write_note(who, chosen(request), request.path_params["number"], key, form.content())
        return JsonResponse(delivery_form(done))

    async def hand_over(request: Request) -> Response:
        who, form = caller(request, client_id), await read(request, HandoverForm)
        handed = mailbox.hand_over(who, chosen(request), request.path_params["number"], form.to)
        return JsonResponse(delivery_form(handed))

    one = "/api/mailbox/deliveries/{number}"
    return application(
        [
            *people(mailbox, client_id),
            Route("/api/mailbox/deliveries", deliveries, methods=["GET"]),
            Route(one, delivery, methods=["GET"]),
            Route(f"{one}/claim", claim, methods=["POST"]),
            Route(f"{one}/release", release, methods=["POST"]),
            Route(f"{one}/handover", hand_over, methods=["POST"]),
            Route(f"{one}/contact", contact, methods=["POST"]),
            Route(f"{one}/outcome", outcome, methods=["POST"]),
            Route(f"{one}/note", note, methods=["POST"]),
            *access_routes(mailbox, client_id),
            *retention_routes(mailbox, client_id),
        ],
        site_url,
    )


def people(mailbox: Mailbox, client_id: str) -> Sequence[Route]:
    """Give the routes that tell who one is and with whom one works."""

    async def me(request: Request) -> Response:
        return JsonResponse(MeForm.of(mailbox.introduce(caller(request, client_id))))

    async def colleagues(request: Request) -> Response:
        found = mailbox.name_colleagues(caller(request, client_id), chosen(request))
        return JsonResponse(ColleaguesForm.of(found))

    return (
        Route("/api/mailbox/me", me, methods=["GET"]),
        Route("/api/mailbox/colleagues", colleagues, methods=["GET"]),
    )


def state(sent: str | None) -> DeliveryState | None:
    """Read the state filter; `MalformedRequestError` for a state that a mailbox does not show."""
    if not sent:
        return None
    if sent not in DeliveryState or sent in {DeliveryState.QUEUED, DeliveryState.ERASED}:
        raise MalformedRequestError(FieldError("/state", "unknownChoice"))
    return DeliveryState(sent)


def overdue(sent: str | None) -> bool:
    """Read the filter on what is overdue; `MalformedRequestError` for anything but true and false."""
    if sent not in {None, "", "true", "false"}:
        raise MalformedRequestError(FieldError("/overdue", "unknownChoice"))
    return sent == "true"


def protected(sent: str | None) -> bool:
    """Read the view: the protected ones, or all others, as which those to be called and one's own are shown too.

    `MalformedRequestError` for a view that there is not.
    """
    if sent not in {None, "", "all", "waiting", "mine", "protected"}:
        raise MalformedRequestError(FieldError("/view", "unknownChoice"))
    return sent == "protected"
