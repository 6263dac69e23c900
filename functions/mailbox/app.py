"""The mailbox's routes: list, open, handle; who may read stands in `access`, how long letters stay in `retention`."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.runtime.http import JsonResponse, application, idempotency_key, once, read
from familjehem.runtime.signed_in import caller, chosen, reason
from familjehem.runtime.wiring.mailbox import Mailbox
from functions.mailbox.access import access_routes, limit
from functions.mailbox.filters import FILTERS, wanted
from functions.mailbox.forms import (
    ColleaguesForm,
    ConclusionForm,
    ContactForm,
    FoundForm,
    HandoverForm,
    LetterForm,
    MeForm,
    NoteForm,
    PageForm,
    SearchForm,
    StatesForm,
    delivery_form,
    state_form,
)
from functions.mailbox.reports import report_routes
from functions.mailbox.retention import retention_routes


def create_app(mailbox: Mailbox, client_id: str, site_url: str) -> Starlette:
    """Give the app; only access tokens made for `client_id` are taken."""

    async def delivery(request: Request) -> Response:
        who, number = caller(request, client_id), request.path_params["number"]
        return JsonResponse(LetterForm.of(mailbox.read_letter(who, chosen(request), number, reason(request))))

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
            *lists(mailbox, client_id),
            Route(one, delivery, methods=["GET"]),
            Route(f"{one}/claim", claim, methods=["POST"]),
            Route(f"{one}/release", release, methods=["POST"]),
            Route(f"{one}/handover", hand_over, methods=["POST"]),
            Route(f"{one}/contact", contact, methods=["POST"]),
            Route(f"{one}/outcome", outcome, methods=["POST"]),
            Route(f"{one}/note", note, methods=["POST"]),
            *access_routes(mailbox, client_id),
            *retention_routes(mailbox, client_id),
            *report_routes(mailbox, client_id),
        ],
        site_url,
    )


def lists(mailbox: Mailbox, client_id: str) -> Sequence[Route]:
    """Give the routes that tell what there is, and where it stands."""

    async def deliveries(request: Request) -> Response:
        who, query = caller(request, client_id), once(request, *FILTERS, "cursor", "limit")
        page = mailbox.list_deliveries(
            who, chosen(request), wanted(query), query.get("cursor"), limit(query.get("limit"))
        )
        return JsonResponse(PageForm.of(page))

    async def search(request: Request) -> Response:
        who, form = caller(request, client_id), await read(request, SearchForm)
        return JsonResponse(FoundForm.of(mailbox.search(who, chosen(request), form.text)))

    async def states(request: Request) -> Response:
        who, query = caller(request, client_id), once(request, *FILTERS, "limit")
        found = mailbox.read_states(who, chosen(request), wanted(query), limit(query.get("limit")))
        return JsonResponse(StatesForm.of(found))

    async def state(request: Request) -> Response:
        found = mailbox.read_states.one(caller(request, client_id), chosen(request), request.path_params["number"])
        return JsonResponse(state_form(found))

    return (
        Route("/api/mailbox/deliveries", deliveries, methods=["GET"]),
        Route("/api/mailbox/search", search, methods=["POST"]),
        Route("/api/mailbox/states", states, methods=["GET"]),
        Route("/api/mailbox/states/{number}", state, methods=["GET"]),
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
