"""How a list is asked for: its view and its filters, as they stand in a query string."""

from collections.abc import Mapping
from enum import StrEnum

from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import DeliveryState, NextStep, Origin
from familjehem.domain.errors import FieldError, MalformedRequestError
from familjehem.domain.inbox import Handling, View, Wanted

FILTERS = ("view", "state", "assignment", "origin", "nextStep", "handler", "overdue")


def wanted(query: Mapping[str, str]) -> Wanted:
    """Read what is asked for; `MalformedRequestError` for a choice that there is not."""
    return Wanted(
        view=_choice(View, query, "view") or View.ALL,
        state=_shown(_choice(DeliveryState, query, "state")),
        assignment=_choice(Assignment, query, "assignment"),
        origin=_choice(Origin, query, "origin"),
        next_step=_choice(NextStep, query, "nextStep"),
        handler=_choice(Handling, query, "handler"),
        overdue=_choice(_Answer, query, "overdue") is _Answer.TRUE,
    )


class _Answer(StrEnum):
    TRUE = "true"
    FALSE = "false"


def _choice[Choice: StrEnum](choices: type[Choice], query: Mapping[str, str], name: str) -> Choice | None:
    sent = query.get(name)
    if not sent:
        return None
    if sent not in choices:
        raise MalformedRequestError(FieldError(f"/{name}", "unknownChoice"))
    return choices(sent)


def _shown(state: DeliveryState | None) -> DeliveryState | None:
    # What waits in the outbox, or was erased, lies in no mailbox.
    if state in {DeliveryState.QUEUED, DeliveryState.ERASED}:
        raise MalformedRequestError(FieldError("/state", "unknownChoice"))
    return state
