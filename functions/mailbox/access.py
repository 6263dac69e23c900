"""The mailbox's routes about access: who may read a delivery, who has read what, its review, and who has access."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.domain.access_review import ReviewFinding
from familjehem.domain.errors import FieldError, MalformedRequestError
from familjehem.runtime.http import JsonResponse, idempotency_key, once, read
from familjehem.runtime.signed_in import caller, chosen
from familjehem.runtime.wiring.mailbox import Mailbox
from functions.mailbox.access_forms import (
    AccessForm,
    ConfirmationForm,
    LogForm,
    ReviewedForm,
    ReviewForm,
    ReviewSentForm,
)
from functions.mailbox.forms import ProtectionForm, delivery_form

ONE = "/api/mailbox/deliveries/{number}"
PAGE = 25
LAST_LINE = 10**12 - 1


def access_routes(mailbox: Mailbox, client_id: str) -> list[Route]:
    """Give the routes; only access tokens made for `client_id` are taken."""

    async def protect(request: Request) -> Response:
        who, form = caller(request, client_id), await read(request, ProtectionForm)
        guarded = mailbox.protect(who, chosen(request), request.path_params["number"], form.readers)
        return JsonResponse(delivery_form(guarded))

    async def unprotect(request: Request) -> Response:
        opened = mailbox.unprotect(caller(request, client_id), chosen(request), request.path_params["number"])
        return JsonResponse(delivery_form(opened))

    async def access_log(request: Request) -> Response:
        who, query = caller(request, client_id), once(request, "delivery", "cursor", "limit")
        before, size = line(query.get("cursor")), limit(query.get("limit"))
        page = mailbox.read_access_log(who, chosen(request), query.get("delivery") or None, before, size)
        return JsonResponse(LogForm.of(page))

    async def access_review(request: Request) -> Response:
        found = mailbox.review_access_log(caller(request, client_id), chosen(request))
        return JsonResponse(ReviewForm.of(found))

    async def reviewed(request: Request) -> Response:
        who, key, form = caller(request, client_id), idempotency_key(request), await read(request, ReviewSentForm)
        done = mailbox.review_access_log.reviewed(
            who, chosen(request), key, form.lines, ReviewFinding(form.finding), form.note
        )
        return JsonResponse(ReviewedForm.of(done), HTTPStatus.CREATED)

    async def access_confirmation(request: Request) -> Response:
        found = mailbox.confirm_access(caller(request, client_id), chosen(request))
        return JsonResponse(AccessForm.of(found))

    async def confirmed(request: Request) -> Response:
        who, form = caller(request, client_id), await read(request, ConfirmationForm)
        found = mailbox.confirm_access.confirmed(who, chosen(request), form.persons)
        return JsonResponse(AccessForm.of(found), HTTPStatus.CREATED)

    return [
        Route(f"{ONE}/protect", protect, methods=["POST"]),
        Route(f"{ONE}/unprotect", unprotect, methods=["POST"]),
        Route("/api/mailbox/access-log", access_log, methods=["GET"]),
        Route("/api/mailbox/access-review", access_review, methods=["GET"]),
        Route("/api/mailbox/access-review", reviewed, methods=["POST"]),
        Route("/api/mailbox/access-confirmation", access_confirmation, methods=["GET"]),
        Route("/api/mailbox/access-confirmation", confirmed, methods=["POST"]),
    ]


def line(sent: str | None) -> int | None:
    """Read the cursor of the access log, the number of a line; `MalformedRequestError` for anything else."""
    if not sent:
        return None
    if not (sent.isascii() and sent.isdecimal() and len(sent) <= len(str(LAST_LINE)) and int(sent) > 0):
        raise MalformedRequestError(FieldError("/cursor", "unknownCursor"))
    return int(sent)


def limit(sent: str | None) -> int:
    """Read the page size, 1 to 25; `MalformedRequestError` for anything else."""
    if not sent:
        return PAGE
    if not (sent.isascii() and sent.isdecimal() and len(sent) <= 2 and 1 <= int(sent) <= PAGE):  # noqa: PLR2004 two figures
        raise MalformedRequestError(FieldError("/limit", "outOfRange"))
    return int(sent)
