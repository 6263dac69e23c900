"""The door of what the mail provider tells afterwards, as the rule of the template hands it in: without an address."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from familjehem.adapters.dynamo.keys import fits
from familjehem.domain.returned_mail import ReturnedMail, reason_of
from familjehem.runtime.observability import Event, logger

RETURNED = "returned"


def return_handler(record: Callable[[ReturnedMail], bool]) -> Callable[[dict[str, Any], LambdaContext], dict[str, Any]]:
    """Give a piece of work on returned mail its door; one that fails is tried again by whoever called."""

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        mail = read(event[RETURNED])
        if mail is None:
            logger.warning(Event.RETURN_UNREADABLE)
            return {}
        new = record(mail)
        found = {"recipient": mail.recipient, "reason": mail.reason.value, "new": new}
        logger.warning(Event.MAIL_RETURNED, extra=found)
        return found

    return handler


def read(told: dict[str, str]) -> ReturnedMail | None:
    """Read a return: `id`, `at`, `event`, `recipient`, and `bounce` or `complaint`, its kind; None for what is none."""
    reason = reason_of(told.get("event", ""), told.get("bounce", "") or told.get("complaint", ""))
    identifier, recipient = told.get("id", ""), told.get("recipient", "")
    if reason is None or not fits(identifier) or not fits(recipient):
        return None
    try:
        at = datetime.fromisoformat(told.get("at", ""))
    except ValueError:
        return None
    return ReturnedMail(id=identifier, recipient=recipient, reason=reason, at=at)
