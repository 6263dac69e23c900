"""The routes of local administration: colleagues, sessions, settings."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from familjehem.domain.errors import FieldError, MalformedRequestError
from familjehem.domain.membership import Role
from familjehem.runtime.http import JsonResponse, application, once, read
from familjehem.runtime.observability import Event, logger
from familjehem.runtime.signed_in import caller, chosen
from familjehem.runtime.wiring.members import LocalAdministration
from functions.members.forms import ChangeForm, InvitationForm, MemberForm, RosterForm, SettingsForm


def create_app(administration: LocalAdministration, client_id: str, site_url: str) -> Starlette:
    """Give the app; only access tokens made for `client_id` are taken."""

    async def colleagues(request: Request) -> Response:
        return JsonResponse(RosterForm.of(administration.list_colleagues(caller(request, client_id), chosen(request))))

    async def invite(request: Request) -> Response:
        who, form = caller(request, client_id), await read(request, InvitationForm)
        invited = administration.invite(who, chosen(request), form.email, form.name, Role(form.role))
        logger.info(Event.COLLEAGUE_INVITED, extra={"person": invited.member.id, "by": who.person})
        return JsonResponse(MemberForm.of(invited), HTTPStatus.CREATED)

    async def change(request: Request) -> Response:
        who, form, person = caller(request, client_id), await read(request, ChangeForm), request.path_params["person"]
        changed = administration.change(who, chosen(request), person, Role(form.role), form.name, sure=form.confirm)
        logger.info(Event.COLLEAGUE_CHANGED, extra={"person": changed.member.id, "by": who.person})
        return JsonResponse(MemberForm.of(changed))

    async def remove(request: Request) -> Response:
        who, person = caller(request, client_id), request.path_params["person"]
        administration.remove(who, chosen(request), person, sure=sure(request))
        logger.info(Event.COLLEAGUE_REMOVED, extra={"person": person, "by": who.person})
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def sign_out_myself(request: Request) -> Response:
        who = caller(request, client_id)
        administration.sign_out.myself(who)
        logger.info(Event.SIGNED_OUT, extra={"person": who.person, "by": who.person})
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def sign_out_colleague(request: Request) -> Response:
        who, person = caller(request, client_id), request.path_params["person"]
        administration.sign_out.colleague(who, chosen(request), person)
        logger.info(Event.SIGNED_OUT, extra={"person": person, "by": who.person})
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def settings(request: Request) -> Response:
        return JsonResponse(SettingsForm.of(administration.read_settings(caller(request, client_id), chosen(request))))

    async def change_settings(request: Request) -> Response:
        who, form = caller(request, client_id), await read(request, SettingsForm)
        changed = administration.change_settings(who, chosen(request), form.settings())
        logger.info(Event.SETTINGS_CHANGED, extra={"by": who.person})
        return JsonResponse(SettingsForm.of(changed))

    return application(
        [
            Route("/api/members", colleagues, methods=["GET"]),
            Route("/api/members", invite, methods=["POST"]),
            Route("/api/members/settings", settings, methods=["GET"]),
            Route("/api/members/settings", change_settings, methods=["PUT"]),
            Route("/api/members/me/sign-out", sign_out_myself, methods=["POST"]),
            Route("/api/members/{person}", change, methods=["PUT"]),
            Route("/api/members/{person}", remove, methods=["DELETE"]),
            Route("/api/members/{person}/sign-out", sign_out_colleague, methods=["POST"]),
        ],
        site_url,
    )


def sure(request: Request) -> bool:
    """Read whether a shortage of people is confirmed; `MalformedRequestError` for anything but true and false."""
    sent = once(request, "confirm").get("confirm", "false")
    if sent not in {"true", "false"}:
        raise MalformedRequestError(FieldError("/confirm", "unknownChoice"))
    return sent == "true"
