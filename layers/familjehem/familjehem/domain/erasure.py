"""Erasure: who may decide it and when, and what remains of an erased letter (design 6, withdrawal).

A withdrawal is the applicant's, and leaves a received document where it is. An erasure is the recipient's, by its rule
or by a decision, and destroys the letter: afterwards nobody can open it, and within a day no backup can either.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from familjehem.domain.delivery import Delivery, DeliveryState, ErasureReason
from familjehem.domain.errors import ErasureLockedError

IN_EVERY_BACKUP_WITHIN = timedelta(hours=24)
"""The wrapped keys can be restored for one day, and are copied nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """All that remains of an erased letter, its certificate: number, times, why.

    `erased_at` is None from the decision until the keys are destroyed, which takes minutes.
    """

    recipient: str
    number: str
    queued_at: datetime
    received_at: datetime
    withdrawn_at: datetime | None
    decided_at: datetime
    erased_at: datetime | None
    reason: ErasureReason

    @property
    def gone_at(self) -> datetime | None:
        """When no copy and no backup can be opened any more."""
        return self.erased_at + IN_EVERY_BACKUP_WITHIN if self.erased_at else None


def erased(delivery: Delivery, reason: ErasureReason, at: datetime) -> Delivery:
    """Give the delivery as it is decided to be erased; `ErasureLockedError`.

    Only what is withdrawn or closed can be, so that no family that waits is lost by a slip; never what is exempt, nor
    what has a supplement on its way.
    """
    if delivery.open or delivery.held or delivery.queued_supplements:
        raise ErasureLockedError
    return replace(
        delivery, state=DeliveryState.ERASED, decided_at=at, erasure=reason, handler=None, handler_name=None, readers=()
    )


def held(delivery: Delivery) -> Delivery:
    """Give the delivery as exempt from erasure: a dispute, an inspection or a request for the document is pending."""
    return replace(delivery, held=True)


def unheld(delivery: Delivery) -> Delivery:
    """Give the delivery as its recipient's rule is for it again; what was told before is to be told again."""
    return replace(delivery, held=False, warned_on=None)
