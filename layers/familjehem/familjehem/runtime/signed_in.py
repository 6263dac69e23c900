"""Who calls, of those who must be signed in, for whom, and why."""

from datetime import UTC, datetime

from starlette.requests import Request

from familjehem.domain.errors import FieldError, MalformedRequestError, SignInRequiredError
from familjehem.domain.membership import AccessReason, Caller
from familjehem.runtime.http import claims


def caller(request: Request, client_id: str) -> Caller:
    """Give who calls, from the claims that the authorizer verified; `SignInRequiredError` for any other token."""
    verified = claims(request)
    if verified.get("token_use") != "access" or verified.get("client_id") != client_id:
        raise SignInRequiredError
    try:
        began = datetime.fromtimestamp(int(verified["auth_time"]), UTC)
        return Caller(str(verified["sub"]), began)
    # A moment that the machine cannot reckon with is told as an error of the system.
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise SignInRequiredError from None


def reason(request: Request) -> AccessReason:
    """Give why the person reads, for the access log; `MalformedRequestError` for a reason that there is not."""
    sent = request.query_params.get("reason") or AccessReason.WORK
    if sent not in AccessReason:
        raise MalformedRequestError(FieldError("/reason", "unknownChoice"))
    return AccessReason(sent)


def chosen(request: Request) -> str | None:
    """Give the recipient for whom the person means to act, or None."""
    return request.headers.get("recipient") or None
