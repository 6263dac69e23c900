"""What the recipients that a family chose may know of each other, while it consents (A06).

Two rows a delivery, in partitions of different rights: `SHARE` is its recipient's to read and says how many others
there are and whether one has called; `OTHERS` says which, and is read by the function that carries the news alone.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.application_rows import expiry
from familjehem.domain.application import Application, DeliveryPromise


def sharing_rows(application: Application, called: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """Give both rows of every delivery of an application; `called` are the numbers of those that were called."""
    expires_at = expiry(application.submitted_at)
    for promise in application.promises:
        rest = [one for one in application.promises if one != promise]
        yield {
            **keys.share(promise.recipient, promise.number).attributes(),
            "count": len(rest),
            "called": any(one.number in called for one in rest),
            "expires_at": expires_at,
        }
        yield {
            **keys.others(promise.recipient, promise.number).attributes(),
            "deliveries": [{"recipient": one.recipient, "number": one.number} for one in rest],
            "expires_at": expires_at,
        }


def sharing_keys(promises: Iterable[DeliveryPromise]) -> Iterator[keys.Key]:
    """Give the keys of both rows of every delivery."""
    for promise in promises:
        yield keys.share(promise.recipient, promise.number)
        yield keys.others(promise.recipient, promise.number)
