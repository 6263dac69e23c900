"""The export's routes: a compilation as PDF and as JSON, and the registry."""

import re
from datetime import date

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.domain.errors import FieldError, MalformedRequestError
from familjehem.domain.registry import as_csv
from familjehem.runtime.http import JsonResponse, application, once
from familjehem.runtime.signed_in import caller, chosen, reason
from familjehem.runtime.wiring.export import Export
from functions.export.forms import CompilationForm

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
COMPILATION = "/api/mailbox/deliveries/{number}/compilation"


def create_app(exports: Export, client_id: str, site_url: str) -> Starlette:
    """Give the app; only access tokens made for `client_id` are taken."""

    async def pdf(request: Request) -> Response:
        who, number = caller(request, client_id), request.path_params["number"]
        printed = exports.print_compilation(who, chosen(request), number, reason(request))
        return _file(printed.pdf, "application/pdf", f"{printed.number}.pdf")

    async def case_system(request: Request) -> Response:
        who, number = caller(request, client_id), request.path_params["number"]
        opened = exports.open_letter(who, chosen(request), number, reason(request))
        answer = JsonResponse(CompilationForm.of(opened))
        answer.headers["Content-Disposition"] = f'attachment; filename="{opened.delivery.number}.json"'
        return answer

    async def registry(request: Request) -> Response:
        who, query = caller(request, client_id), once(request, "from", "to")
        first, last = day(query, "from"), day(query, "to")
        lines = exports.export_registry(who, chosen(request), first, last)
        return _file(as_csv(lines).encode(), "text/csv; charset=utf-8", f"diarium-{first}-{last}.csv")

    return application(
        [
            Route(f"{COMPILATION}.pdf", pdf, methods=["GET"]),
            Route(f"{COMPILATION}.json", case_system, methods=["GET"]),
            Route("/api/mailbox/registry.csv", registry, methods=["GET"]),
        ],
        site_url,
    )


def day(query: dict[str, str], name: str) -> date:
    """Read a date such as 2026-03-02; `MalformedRequestError` for one that is missing or is none."""
    sent = query.get(name, "")
    if not sent:
        raise MalformedRequestError(FieldError(f"/{name}", "required"))
    try:
        # The form is demanded besides, since weeks and dates without dashes are ISO 8601 too.
        return date.fromisoformat(sent if DAY.fullmatch(sent) else "")
    except ValueError:
        raise MalformedRequestError(FieldError(f"/{name}", "invalid")) from None


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Type": media_type, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers)
