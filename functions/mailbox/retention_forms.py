"""What the mailbox says and hears on the wire about how long letters stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from familjehem.domain.erasure import Erasure
from familjehem.runtime.http import Wire


class ErasureSentForm(Wire):
    """Why a letter is to be erased: a code, never a text."""

    reason: Literal["transferred", "receivedByMistake", "familyAsked", "noLongerNeeded"]


class ErasureForm(Wire):
    """The certificate of one erasure; `reason` is `rule` where nobody decided it.

    `erasedAt` is when the keys were destroyed, null until then; `goneAt` when no backup can be opened any more.
    """

    number: str
    received_at: datetime
    withdrawn_at: datetime | None
    decided_at: datetime
    erased_at: datetime | None
    gone_at: datetime | None
    reason: str


class ErasuresForm(Wire):
    """Every erasure of the chosen recipient for five years, the latest first."""

    erasures: list[ErasureForm]

    @classmethod
    def of(cls, found: Sequence[Erasure]) -> Self:
        """Give the wire form of erasures."""
        return cls(
            erasures=[
                ErasureForm(
                    number=one.number,
                    received_at=one.received_at,
                    withdrawn_at=one.withdrawn_at,
                    decided_at=one.decided_at,
                    erased_at=one.erased_at,
                    gone_at=one.gone_at,
                    reason=one.reason,
                )
                for one in found
            ]
        )
