"""Withdraw an application from one recipient or from all (design 6, withdrawal)."""

from contextlib import suppress
from dataclasses import dataclass

from familjehem.domain.delivery import DeliveryState
from familjehem.domain.errors import DeliveryNotFoundError, NotConfirmedError
from familjehem.domain.identifiers import NUMBER_CHARACTERS, canonical
from familjehem.ports import DeliveryChangedError
from familjehem.usecases.read_receipt import ReadReceipt, Status, status

_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawApplication:
    """Withdraws deliveries.

    Afterwards a delivery that still waited is erased (its wraps went in the same commit, those of its supplements too),
    and one that was delivered is marked withdrawn and its recipient is told; the letter and the supplements that have
    come stay received documents, and supplements that still waited are erased. Safe to repeat: what is withdrawn stays
    so, and nobody is told twice by a repeat.
    """

    receipt: ReadReceipt

    def __call__(self, reference: str, receipt_code: str, address: str, number: str | None) -> Status:
        """Withdraw the delivery `number`, or all; give the new status.

        Raises as `ReadReceipt.authorised`, `DeliveryNotFoundError` for a number that is not of this
        application, and `NotConfirmedError` where to ask again is the answer.
        """
        application = self.receipt.authorised(reference, receipt_code, address)
        intake = self.receipt.intake
        wanted = application.promises
        if number is not None:
            named = canonical(number, NUMBER_CHARACTERS)
            wanted = tuple(one for one in wanted if one.number == named)
            if not wanted:
                raise DeliveryNotFoundError
        for _ in range(_ROUNDS):
            rows = intake.deliveries(wanted)
            left = [row for row in rows.values() if row.state not in {DeliveryState.WITHDRAWN, DeliveryState.ERASED}]
            if not left:
                return status(intake, application)
            for row in left:
                with suppress(DeliveryChangedError):
                    intake.withdraw(row, self.receipt.clock.now())
        raise NotConfirmedError
