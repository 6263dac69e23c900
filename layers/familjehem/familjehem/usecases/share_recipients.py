"""Share recipients: give or take back that the recipients may know of each other (A06, OSL 12:2)."""

from dataclasses import dataclass, replace

from familjehem.domain.application import Application
from familjehem.domain.errors import ApplicationErasedError, NotConfirmedError, SharingNotAskedError
from familjehem.ports import ApplicationChangedError, DeliveryChangedError
from familjehem.usecases.read_receipt import ReadReceipt, Status, status

_ROUNDS = 6
"""Each of at most five deliveries can be called for the first time once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRecipients:
    """Changes the consent on the application, and what its recipients may know of each other; no letter held either.

    Safe to repeat: it is as was asked last.
    """

    receipt: ReadReceipt

    def __call__(self, reference: str, receipt_code: str, address: str, *, share: bool) -> Status:
        """Set the consent and give the status.

        Raises as `ReadReceipt.authorised`, `SharingNotAskedError` where there is but one recipient, and
        `NotConfirmedError`.
        """
        application = self.receipt.authorised(reference, receipt_code, address)
        if application.share_recipients is None:
            raise SharingNotAskedError
        self._set(application, share=share)
        return status(self.receipt.intake, replace(application, share_recipients=share))

    def _set(self, application: Application, *, share: bool) -> None:
        intake = self.receipt.intake
        for _ in range(_ROUNDS):
            deliveries = intake.deliveries(application.promises).values() if share else ()
            try:
                intake.share(application, deliveries, consent=share)
            except ApplicationChangedError:
                # Nothing but erasure takes an answer away again.
                raise ApplicationErasedError from None
            except DeliveryChangedError:
                continue
            return
        raise NotConfirmedError
