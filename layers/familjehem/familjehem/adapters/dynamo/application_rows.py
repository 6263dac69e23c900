"""How applications and their supplements lie in their rows, and how they are read back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.domain.application import Application, DeliveryPromise, SupplementRecord
from familjehem.domain.retention import KEPT_DAYS


def application_row(application: Application) -> dict[str, Any]:
    """Give the row of an application, or its tombstone."""
    return {
        **keys.application(application.reference).attributes(),
        "reference": application.reference,
        "digest": application.digest,
        "receipt_digest": application.receipt_digest,
        "secret_version": application.secret_version,
        "submitted_at": keys.moment(application.submitted_at),
        "question_set": application.question_set,
        "share_recipients": application.share_recipients,
        "promises": [
            {
                "number": promise.number,
                "recipient": promise.recipient,
                "recipient_name": promise.recipient_name,
                "municipalities": list(promise.municipalities),
            }
            for promise in application.promises
        ],
        "erased_at": keys.moment(application.erased_at) if application.erased_at else None,
        "supplements": application.supplements or None,
        "expires_at": expiry(application.submitted_at),
    }


def read_application(row: Mapping[str, Any]) -> Application:
    """Read an application from its row."""
    return Application(
        reference=row["reference"],
        digest=row["digest"],
        receipt_digest=row["receipt_digest"],
        secret_version=row["secret_version"],
        submitted_at=datetime.fromisoformat(row["submitted_at"]),
        question_set=row["question_set"],
        share_recipients=row.get("share_recipients"),
        promises=tuple(
            DeliveryPromise(
                number=promise["number"],
                recipient=promise["recipient"],
                recipient_name=promise["recipient_name"],
                municipalities=tuple(promise["municipalities"]),
            )
            for promise in row["promises"]
        ),
        erased_at=datetime.fromisoformat(row["erased_at"]) if "erased_at" in row else None,
        supplements=row.get("supplements", 0),
    )


def supplement_row(reference: str, record: SupplementRecord) -> dict[str, Any]:
    """Give the row of a supplement."""
    return {
        **keys.supplement(reference, record.key).attributes(),
        "key": record.key,
        "digest": record.digest,
        "number": record.number,
        "submitted_at": keys.moment(record.submitted_at),
        "deliveries": list(record.deliveries),
        "expires_at": expiry(record.submitted_at),
    }


def read_supplement(row: Mapping[str, Any]) -> SupplementRecord:
    """Read a supplement from its row."""
    return SupplementRecord(
        key=row["key"],
        digest=row["digest"],
        number=row["number"],
        submitted_at=datetime.fromisoformat(row["submitted_at"]),
        deliveries=tuple(row["deliveries"]),
    )


def expiry(since: datetime) -> int:
    """Give when a row goes by itself: after every letter of it, by whichever rule."""
    return int((since + timedelta(days=KEPT_DAYS)).timestamp())
