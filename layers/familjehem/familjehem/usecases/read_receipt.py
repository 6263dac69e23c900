"""Read a receipt: how each delivery fares, for whoever holds reference and receipt code (design 7)."""

from dataclasses import dataclass
from datetime import datetime

from familjehem.domain.application import Application, DeliveryStatus
from familjehem.domain.errors import ApplicationErasedError, ApplicationNotFoundError, TooManyAttemptsError
from familjehem.domain.identifiers import (
    RECEIPT_CODE_CHARACTERS,
    REFERENCE_CHARACTERS,
    canonical,
    digest,
    same,
)
from familjehem.ports import Attempts, Clock, Intake, Secrets

_NOBODYS = "0" * REFERENCE_CHARACTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """An application's reference, when it was submitted, and how each delivery fares, in receipt order.

    `share_recipients` is whether the recipients may know of each other, None where that was never asked.
    """

    reference: str
    submitted_at: datetime
    share_recipients: bool | None
    deliveries: tuple[DeliveryStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReceipt:
    """Tells an applicant how the deliveries fare. Reads only; a wrong code is counted per address."""

    secrets: Secrets
    intake: Intake
    attempts: Attempts
    clock: Clock
    failures_per_hour: int

    def __call__(self, reference: str, receipt_code: str, address: str) -> Status:
        """Give the status. Raises as `authorised`."""
        application = self.authorised(reference, receipt_code, address)
        return status(self.intake, application)

    def authorised(self, reference: str, receipt_code: str, address: str) -> Application:
        """Give the application that reference and code open.

        A wrong reference and a wrong code are told alike and cost alike (`ApplicationNotFoundError`); too
        many of them from one address within the hour give `TooManyAttemptsError`, alike for real and unknown
        references. Raises `ApplicationErasedError` for a tombstone.
        """
        now = self.clock.now()
        if self.attempts.failures(address, now) >= self.failures_per_hour:
            raise TooManyAttemptsError
        secrets = self.secrets.keys()
        named = canonical(reference, REFERENCE_CHARACTERS) or _NOBODYS
        code = canonical(receipt_code, RECEIPT_CODE_CHARACTERS) or ""
        application = self.intake.find([named])
        version = next(iter(secrets)) if application is None else application.secret_version
        secret = secrets.get(version, b"")
        # Nothing found is compared too, so that an unknown reference takes the same path as a wrong code.
        expected = bytes(32) if application is None else application.receipt_digest
        if not same(digest(secret, "receipt code", code.encode()), expected) or application is None:
            self.attempts.failed(address, now)
            raise ApplicationNotFoundError
        if application.erased_at is not None:
            raise ApplicationErasedError
        return application


def status(intake: Intake, application: Application) -> Status:
    """Give the present status of an application's deliveries."""
    rows = intake.deliveries(application.promises)
    read = [one for one in application.promises if one.number in rows and rows[one.number].opened_at]
    openings = {one.number: tuple(intake.openings(one)) for one in read}
    return Status(
        reference=application.reference,
        submitted_at=application.submitted_at,
        share_recipients=application.share_recipients,
        deliveries=tuple(
            DeliveryStatus(
                promise=promise,
                state=rows[promise.number].state,
                received_at=rows[promise.number].received_at,
                opened_at=rows[promise.number].opened_at,
                contacted_at=rows[promise.number].contacted_at,
                openings=openings.get(promise.number, ()),
            )
            for promise in application.promises
            if promise.number in rows
        ),
    )
