"""The mailbox's routes of the monthly reports: which there are, and each as a file."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.domain.report_file import MEDIA_TYPES
from familjehem.runtime.http import JsonResponse
from familjehem.runtime.signed_in import caller, chosen
from familjehem.runtime.wiring.mailbox import Mailbox
from functions.mailbox.report_forms import ReportsForm


def report_routes(mailbox: Mailbox, client_id: str) -> list[Route]:
    """Give the routes; only access tokens made for `client_id` are taken."""

    async def reports(request: Request) -> Response:
        return JsonResponse(ReportsForm.of(mailbox.list_reports(caller(request, client_id), chosen(request))))

    async def report(request: Request) -> Response:
        found = mailbox.read_report(caller(request, client_id), chosen(request), request.path_params["file"])
        headers = {
            "Content-Type": MEDIA_TYPES[found.form],
            "Content-Disposition": f'attachment; filename="rapport-{found.name}"',
        }
        return Response(found.content, headers=headers)

    return [
        Route("/api/mailbox/reports", reports, methods=["GET"]),
        Route("/api/mailbox/reports/{file}", report, methods=["GET"]),
    ]
