"""The routes of submission: recipients, challenge, application, receipt, withdrawal, supplement, consent."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.runtime.http import JsonResponse, address, application, idempotency_key, once, read
from familjehem.runtime.observability import Event, logger
from familjehem.runtime.wiring.submission import Submission
from functions.submission.forms import (
    ApplicationForm,
    ChallengeForm,
    ReceiptForm,
    RecipientsForm,
    SharingForm,
    StatusForm,
    SupplementedForm,
    SupplementForm,
)


def create_app(ports: Submission, site_url: str) -> Starlette:
    """Give the app of these use cases."""

    async def recipients(_: Request) -> Response:
        return JsonResponse(RecipientsForm.of(*ports.list_recipients()))

    async def challenge(_: Request) -> Response:
        return JsonResponse(ChallengeForm.of(ports.challenges.issue(ports.clock.now())))

    async def submit(request: Request) -> Response:
        key = idempotency_key(request)
        submitted = ports.submit((await read(request, ApplicationForm)).submission(key))
        event = Event.REPLAYED if submitted.replayed else Event.ACCEPTED
        logger.info(event, extra={"deliveries": len(submitted.receipt.promises)})
        status = HTTPStatus.OK if submitted.replayed else HTTPStatus.CREATED
        return JsonResponse(ReceiptForm.of(submitted.receipt), status)

    async def receipt(request: Request) -> Response:
        return JsonResponse(StatusForm.of(ports.read_receipt(*credentials(request))))

    async def one_application(request: Request) -> Response:
        # One route for both, so that a wrong method is told of both.
        return await (withdraw if request.method == "DELETE" else receipt)(request)

    async def withdraw(request: Request) -> Response:
        # A misspelt name must not withdraw everything.
        number = once(request, "delivery").get("delivery")
        status = ports.withdraw(*credentials(request), number)
        logger.info(Event.WITHDRAWN)
        return JsonResponse(StatusForm.of(status))

    async def supplement(request: Request) -> Response:
        key = idempotency_key(request)
        supplemented = ports.supplement((await read(request, SupplementForm)).addition(key), *credentials(request))
        event = Event.REPLAYED if supplemented.replayed else Event.SUPPLEMENTED
        logger.info(event, extra={"deliveries": len(supplemented.promises)})
        status = HTTPStatus.OK if supplemented.replayed else HTTPStatus.CREATED
        return JsonResponse(SupplementedForm.of(supplemented), status)

    async def share(request: Request) -> Response:
        wanted = (await read(request, SharingForm)).share
        status = ports.share(*credentials(request), share=wanted)
        logger.info(Event.SHARING_CHANGED)
        return JsonResponse(StatusForm.of(status))

    return application(
        [
            Route("/api/recipients", recipients, methods=["GET"]),
            Route("/api/challenge", challenge, methods=["GET"]),
            Route("/api/applications", submit, methods=["POST"]),
            Route("/api/applications/{reference}", one_application, methods=["GET", "DELETE"]),
            Route("/api/applications/{reference}/supplement", supplement, methods=["POST"]),
            Route("/api/applications/{reference}/share-recipients", share, methods=["PUT"]),
        ],
        site_url,
    )


def credentials(request: Request) -> tuple[str, str, str]:
    """Give reference, receipt code and the caller's address."""
    return request.path_params["reference"], request.headers.get("receipt-code", ""), address(request)
