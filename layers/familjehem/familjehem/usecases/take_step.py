"""Take a step of the onboarding: read, let the domain decide, commit the row and what everybody else sees of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from familjehem.domain.administration import Finding, changed, refused, told, unchanged
from familjehem.domain.affiliation import Affiliation
from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import NotConfirmedError, OnboardingStepError
from familjehem.domain.onboarding import Onboarding
from familjehem.domain.outbox import LinkTask
from familjehem.domain.recipient import Recipient
from familjehem.ports import Clock, Register, RegisterChange, RegisterChangedError

_ROUNDS = 3


def seen(row: Recipient, way: Onboarding) -> Recipient:
    """Give what everybody else sees of a recipient: one that has begun to close has no key to seal for it any more."""
    key_arn = "" if way.closing_at else way.key_arn or row.key_arn
    return replace(row, state=way.state, function_mailbox=way.function_mailbox, key_arn=key_arn)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep:
    """Takes one step with one recipient, whichever it is.

    Afterwards the onboarding and the recipient's row say the same; a recipient that goes live begins its affiliations,
    one that leaves ends them with its last day, and a mailbox that is to prove itself is sent its link. Safe to repeat.
    A change by somebody else in between is read, and the step decided anew; if it no longer fits, the reason is told.
    """

    register: Register
    clock: Clock
    shows: Callable[[Recipient, Onboarding], Recipient] = seen

    def __call__(self, recipient: str, step: Callable[[Onboarding], Onboarding], *, dry_run: bool) -> Finding:
        """Take the step, or in a dry run tell what would come of it."""
        for _ in range(_ROUNDS):
            found = self.register.find(recipient)
            if found is None or found.recipient is None or found.onboarding is None:
                return refused(recipient, "unknownRecipient")
            before, row = found.onboarding, found.recipient
            try:
                after = step(before)
            except OnboardingStepError as error:
                return told(recipient, error)
            shown = self.shows(row, after)
            if after == before and shown == row:
                return unchanged(recipient, **_facts(after))
            if dry_run:
                return changed(recipient, **_facts(after))
            try:
                self.register.commit(
                    RegisterChange(
                        links=self._links(before, after),
                        onboardings=((before, after),) if after != before else (),
                        recipients=((row, shown),) if shown != row else (),
                        begun=self._begun(before, after, row),
                        ended=self._ended(before, after, row),
                    )
                )
            except RegisterChangedError:
                continue
            except NotConfirmedError as error:
                return told(recipient, error)
            return changed(recipient, **_facts(after))
        return refused(recipient, "changedMeanwhile")

    def _links(self, before: Onboarding, after: Onboarding) -> tuple[tuple[LinkTask, datetime], ...]:
        if after.mailbox_to_prove in {None, before.mailbox_to_prove}:
            return ()
        return ((LinkTask(after.id), self.clock.now()),)

    def _begun(self, before: Onboarding, after: Onboarding, row: Recipient) -> tuple[Affiliation, ...]:
        if before.live_at is not None or after.live_at is None:
            return ()
        since = swedish_date(after.live_at)
        return tuple(Affiliation(municipality=code, recipient=row.id, since=since) for code in row.municipalities)

    def _ended(self, before: Onboarding, after: Onboarding, row: Recipient) -> tuple[tuple[Affiliation, date], ...]:
        if after.last_day is None or after.last_day == before.last_day:
            return ()
        # The last day may be moved; what a transfer ended before stays ended.
        own = (one for one in self.register.affiliations() if one.recipient == row.id)
        still = (one for one in own if one.municipality in row.municipalities and one.until in {None, before.last_day})
        return tuple((one, after.last_day) for one in still)


def _facts(way: Onboarding) -> dict[str, Any]:
    return {"name": way.name, "state": way.state.value, "missing": [one.value for one in way.missing]}
