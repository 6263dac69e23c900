"""The mailbox's routes about how long letters stay: exempt one, decide that one goes, tell what is gone."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.domain.delivery import ErasureReason
from familjehem.runtime.http import JsonResponse, read
from familjehem.runtime.signed_in import caller, chosen
from familjehem.runtime.wiring.mailbox import Mailbox
from functions.mailbox.forms import delivery_form
from functions.mailbox.retention_forms import ErasureSentForm, ErasuresForm

ONE = "/api/mailbox/deliveries/{number}"


def retention_routes(mailbox: Mailbox, client_id: str) -> list[Route]:
    """Give the routes; only access tokens made for `client_id` are taken."""

    async def erase(request: Request) -> Response:
        who, form = caller(request, client_id), await read(request, ErasureSentForm)
        number, reason = request.path_params["number"], ErasureReason(form.reason)
        return JsonResponse(delivery_form(mailbox.decide_erasure(who, chosen(request), number, reason)))

    async def hold(request: Request) -> Response:
        who, number = caller(request, client_id), request.path_params["number"]
        return JsonResponse(delivery_form(mailbox.hold(who, chosen(request), number, hold=True)))

    async def unhold(request: Request) -> Response:
        who, number = caller(request, client_id), request.path_params["number"]
        return JsonResponse(delivery_form(mailbox.hold(who, chosen(request), number, hold=False)))

    async def erasures(request: Request) -> Response:
        found = mailbox.list_erasures(caller(request, client_id), chosen(request))
        return JsonResponse(ErasuresForm.of(found))

    return [
        Route(f"{ONE}/erase", erase, methods=["POST"]),
        Route(f"{ONE}/hold", hold, methods=["POST"]),
        Route(f"{ONE}/unhold", unhold, methods=["POST"]),
        Route("/api/mailbox/erasures", erasures, methods=["GET"]),
    ]
