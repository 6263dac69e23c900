"""Recipients: a connected municipality, or a joint unit that serves several (design 4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import FieldError, InvalidAnswersError, RecipientsUnavailableError, Unavailable
from familjehem.domain.municipality import Municipality
from familjehem.domain.retention import Retention

MOST_RECIPIENTS = 5
CLOSING_TIME = time(16, 30)
"""When a recipient closes that has not said otherwise."""


class RecipientKind(StrEnum):
    """Whether a recipient is one municipality or a unit that several have in common."""

    MUNICIPALITY = "municipality"
    UNIT = "unit"


class RecipientState(StrEnum):
    """Where a recipient stands between its request and its farewell (design 6, onboarding)."""

    REQUESTED = "requested"
    VERIFYING = "verifying"
    AGREEMENT = "agreement"
    READY = "ready"
    LIVE = "live"
    PAUSED = "paused"
    LEAVING = "leaving"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicContact:
    """How anybody reaches the recipient in the ordinary way: public facts only."""

    telephone: str | None = None
    web: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One recipient of applications.

    `id` is the SCB code of a municipality or `unit-…`; `membership_version` grows with every change
    of `municipalities`; `extended_questions` are names from the question set; `closing_time` is local
    time in Europe/Stockholm; `key_arn` is the KMS key that seals its letters.
    """

    id: str
    name: str
    kind: RecipientKind
    state: RecipientState
    municipalities: tuple[str, ...]
    assignments: frozenset[Assignment]
    key_arn: str
    function_mailbox: str
    membership_version: int = 1
    extended_questions: frozenset[str] = frozenset()
    closing_time: time = CLOSING_TIME
    contact: PublicContact = field(default_factory=PublicContact)
    retention: Retention = field(default_factory=Retention)

    @property
    def seals(self) -> bool:
        """Whether anything can still be sealed for it: one that closes gives up its key before it is closed."""
        return bool(self.key_arn) and self.state is not RecipientState.CLOSED

    def refusal(self, assignments: Iterable[Assignment]) -> str | None:
        """Say why this recipient cannot receive an application for `assignments`, or None if it can."""
        if self.state is not RecipientState.LIVE:
            known = {RecipientState.PAUSED: "paused", RecipientState.LEAVING: "leaving"}
            return known.get(self.state, "notConnected")
        return None if self.assignments >= frozenset(assignments) else "notRecruiting"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A recipient together with those of the chosen municipalities that led to it, in code order."""

    recipient: Recipient
    municipalities: tuple[str, ...]


def resolve(
    codes: Iterable[str],
    assignments: Iterable[Assignment],
    serving: Mapping[str, Recipient | None],
    municipalities: Mapping[str, Municipality],
) -> tuple[Chosen, ...]:
    """Turn chosen municipalities into the recipients that serve them, in order of recipient id.

    `serving` maps each code to its recipient or None. A unit counts once however many of its
    municipalities were chosen; at most five recipients after that. Raises `InvalidAnswersError` for
    what the applicant must correct (none, repeated, unknown, too many) and
    `RecipientsUnavailableError` naming every recipient that cannot receive.
    """
    chosen = tuple(codes)
    wanted = frozenset(assignments)
    faults = tuple(_faults(chosen, municipalities))
    if faults:
        raise InvalidAnswersError(*faults)
    led_to: dict[str, list[str]] = {}
    recipients: dict[str, Recipient] = {}
    unavailable: list[Unavailable] = []
    for code in sorted(chosen):
        recipient = serving.get(code)
        if recipient is None:
            unavailable.append(Unavailable((code,), None, municipalities[code].name, "notConnected"))
            continue
        recipients[recipient.id] = recipient
        led_to.setdefault(recipient.id, []).append(code)
    for key, recipient in recipients.items():
        if reason := recipient.refusal(wanted):
            unavailable.append(Unavailable(tuple(led_to[key]), key, recipient.name, reason))
    if unavailable:
        raise RecipientsUnavailableError(*unavailable)
    if len(recipients) > MOST_RECIPIENTS:
        raise InvalidAnswersError(FieldError("/municipalities", "tooMany"))
    return tuple(Chosen(recipients[key], tuple(led_to[key])) for key in sorted(recipients))


def _faults(chosen: tuple[str, ...], municipalities: Mapping[str, Municipality]) -> Iterable[FieldError]:
    if not chosen:
        yield FieldError("/municipalities", "required")
    seen: set[str] = set()
    for index, code in enumerate(chosen):
        if code not in municipalities:
            yield FieldError(f"/municipalities/{index}", "unknownMunicipality")
        elif code in seen:
            yield FieldError(f"/municipalities/{index}", "repeated")
        seen.add(code)
