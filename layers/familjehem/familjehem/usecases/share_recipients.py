"""Share recipients: give or take back that the recipients may know of each other (A06, OSL 12:2)."""

from dataclasses import dataclass, replace

from familjehem.domain.errors import ApplicationErasedError, SharingNotAskedError
from familjehem.ports import ApplicationChangedError
from familjehem.usecases.read_receipt import ReadReceipt, Status, status


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRecipients:
    """Changes the consent on the application; no letter ever held it. Safe to repeat: it is as was asked last."""

    receipt: ReadReceipt

    def __call__(self, reference: str, receipt_code: str, address: str, *, share: bool) -> Status:
        """Set the consent and give the status.

        Raises as `ReadReceipt.authorised`, `SharingNotAskedError` where there is but one recipient, and
        `NotConfirmedError`.
        """
        application = self.receipt.authorised(reference, receipt_code, address)
        if application.share_recipients is None:
            raise SharingNotAskedError
        try:
            self.receipt.intake.share(application.reference, consent=share)
        except ApplicationChangedError:
            # Nothing but erasure takes an answer away again.
            raise ApplicationErasedError from None
        return status(self.receipt.intake, replace(application, share_recipients=share))
