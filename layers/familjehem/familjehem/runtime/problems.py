"""Every refusal as problem details (RFC 9457): one table from error to status; texts in the message catalogue.

The `type` is a page of the website, in plain Swedish. No answer repeats a value that was sent.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import JSONResponse

from familjehem.domain import errors
from familjehem.domain.texts import text

RETRY_AFTER_SECONDS = "5"
ONE_HOUR_SECONDS = "3600"


class TooLargeError(errors.FamiljehemError):
    """What was sent is larger than the call takes."""

    slug = "too-large"


class UnsupportedMediaTypeError(errors.FamiljehemError):
    """What was sent is not marked as JSON."""

    slug = "unsupported-media-type"


class IdempotencyKeyError(errors.FamiljehemError):
    """The header Idempotency-Key is missing or is not a UUID; `code` says which."""

    slug = "idempotency-key"

    def __init__(self, code: str) -> None:
        super().__init__(f"{self.slug}: {code}")
        self.code = code


STATUS: Final[Mapping[type[errors.FamiljehemError], HTTPStatus]] = {
    errors.MalformedRequestError: HTTPStatus.BAD_REQUEST,
    IdempotencyKeyError: HTTPStatus.BAD_REQUEST,
    errors.RecipientNotChosenError: HTTPStatus.BAD_REQUEST,
    errors.SignInRequiredError: HTTPStatus.UNAUTHORIZED,
    errors.NotAMemberError: HTTPStatus.FORBIDDEN,
    errors.ReaderOnlyError: HTTPStatus.FORBIDDEN,
    errors.AdministratorsOnlyError: HTTPStatus.FORBIDDEN,
    errors.ApplicationNotFoundError: HTTPStatus.NOT_FOUND,
    errors.DeliveryNotFoundError: HTTPStatus.NOT_FOUND,
    errors.ReportNotFoundError: HTTPStatus.NOT_FOUND,
    errors.IdentificationOffError: HTTPStatus.NOT_FOUND,
    errors.MemberNotFoundError: HTTPStatus.NOT_FOUND,
    errors.ActivationNotFoundError: HTTPStatus.NOT_FOUND,
    errors.KeyReusedError: HTTPStatus.CONFLICT,
    errors.AlreadyClaimedError: HTTPStatus.CONFLICT,
    errors.HandlingLockedError: HTTPStatus.CONFLICT,
    errors.ErasureLockedError: HTTPStatus.CONFLICT,
    errors.AlreadyMemberError: HTTPStatus.CONFLICT,
    errors.LastAdministratorError: HTTPStatus.CONFLICT,
    errors.ConfirmationNeededError: HTTPStatus.CONFLICT,
    errors.AccountConflictError: HTTPStatus.CONFLICT,
    errors.RecipientClosedError: HTTPStatus.CONFLICT,
    errors.MunicipalityConnectedError: HTTPStatus.CONFLICT,
    errors.OnboardingStepError: HTTPStatus.CONFLICT,
    errors.ChangedMeanwhileError: HTTPStatus.CONFLICT,
    errors.ApplicationErasedError: HTTPStatus.GONE,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TooManySupplementsError: HTTPStatus.CONFLICT,
    errors.NobodyToSupplementError: HTTPStatus.CONFLICT,
    errors.SharingNotAskedError: HTTPStatus.CONFLICT,
    errors.InvalidAnswersError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ProtectedIdentityError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.KnownChildError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.QuestionSetUnknownError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RecipientsUnavailableError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ChallengeRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.CodeRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.IdentificationRequiredError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.IdentificationRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooManyAttemptsError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.TooManySearchesError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.NotConfirmedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.IdentificationUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    # A letter that cannot be opened is our fault and must wake the alarm on 5xx.
    errors.LetterUnreadableError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
EXPECTED = tuple(STATUS)
_POINTED: Final[Mapping[type[errors.FamiljehemError], tuple[str, str]]] = {
    errors.QuestionSetUnknownError: ("/questionSet", "unknownQuestionSet"),
    errors.IdentificationRequiredError: ("/identifications/applicant", "required"),
    errors.ProtectedIdentityError: ("/answers/protectedIdentity", "neverSend"),
    errors.KnownChildError: ("/answers/knownChild", "neverSend"),
}
"""Refusals that are always about the same place in what was sent."""


class ProblemResponse(JSONResponse):
    """An answer of type `application/problem+json`."""

    media_type = "application/problem+json"


def problem(site_url: str, status: HTTPStatus, slug: str, **members: Any) -> ProblemResponse:
    """Give the problem `slug` with its Swedish title and detail, and further `members`."""
    body = {
        "type": f"{site_url}/problem/{slug}/",
        "title": text(f"problem.{slug}.title"),
        "status": status.value,
        "detail": text(f"problem.{slug}.detail"),
    }
    return ProblemResponse({**body, **members}, status_code=status.value)


def from_error(site_url: str, error: errors.FamiljehemError) -> ProblemResponse:
    """Give the problem of a refusal: field errors with pointer and code, recipients with name and reason."""
    answer = problem(site_url, STATUS[type(error)], error.slug, **_members(error))
    if isinstance(error, errors.NotConfirmedError | errors.IdentificationUnavailableError):
        answer.headers["Retry-After"] = RETRY_AFTER_SECONDS
    if isinstance(error, errors.TooManyAttemptsError | errors.TooManySearchesError):
        answer.headers["Retry-After"] = ONE_HOUR_SECONDS
    return answer


def _members(error: errors.FamiljehemError) -> dict[str, Any]:
    match error:
        case (
            errors.MalformedRequestError(errors=faults)
            | errors.InvalidAnswersError(errors=faults)
            | errors.ReportNotFoundError(errors=faults)
        ):
            return {"errors": [{"pointer": one.pointer, "code": one.code} for one in faults]} if faults else {}
        case errors.ChallengeRefusedError(code=code):
            return {"errors": [{"pointer": "/challenge", "code": code}]}
        case errors.CodeRefusedError(code=code):
            return {"errors": [{"pointer": "/code", "code": code}]}
        case errors.OnboardingStepError(missing=missing):
            words = [text(f"onboarding.missing.{one}") for one in missing]
            return {"missing": [{"code": one, "text": said} for one, said in zip(missing, words, strict=True)]}
        case errors.IdentificationRefusedError(fault=fault):
            return {"errors": [{"pointer": fault.pointer, "code": fault.code}]}
        case IdempotencyKeyError(code=code):
            return {"errors": [{"pointer": "", "header": "Idempotency-Key", "code": code}]}
        case errors.AlreadyClaimedError(handler=handler, name=name):
            return {"handler": {"id": handler, "name": name}}
        case errors.ConfirmationNeededError(shortages=shortages):
            return {"warnings": list(shortages)}
        case errors.RecipientsUnavailableError(unavailable=unavailable):
            return {
                "recipients": [
                    {
                        "id": one.recipient,
                        "name": one.name,
                        "municipalities": list(one.municipalities),
                        "reason": one.reason,
                    }
                    for one in unavailable
                ]
            }
        case _:
            pointed = _POINTED.get(type(error))
            return {"errors": [{"pointer": pointed[0], "code": pointed[1]}]} if pointed else {}
