"""Writes down which AWS calls an accept makes, by accepting one application on the running local cloud.

python -m tests.performance.plan FOLDER MUNICIPALITY [MUNICIPALITY …]     with the environment of the function submission
"""

import base64
import json
import sys
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

PLACE = "FLOOR_PLANS"
"""Names the folder of the plans to the floor."""


def main(folder: Path, municipalities: list[str]) -> None:
    """Accept one application as the handler does, and write its calls to `plan-<municipalities>.json`."""
    from botocore import xform_name
    from botocore.client import BaseClient

    from familjehem.runtime.settings import SubmissionSettings
    from familjehem.runtime.wiring.submission import wire
    from functions.submission.forms import ApplicationForm, ReceiptForm
    from tests.reliability.running import family

    ports = wire(SubmissionSettings.read())
    body = family(*municipalities)
    submission = ApplicationForm.model_validate(body).submission(uuid4())
    calls: list[tuple[str, str, dict[str, Any]]] = []
    lock, original = threading.Lock(), BaseClient._make_api_call  # pyright: ignore[reportAttributeAccessIssue]

    def noted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        with lock:
            calls.append((client.meta.service_model.service_name, xform_name(operation), parameters))
        return original(client, operation, parameters)

    BaseClient._make_api_call = noted  # pyright: ignore[reportAttributeAccessIssue]
    receipt = ports.submit(submission).receipt
    recipients = len(receipt.promises)
    assert [operation for _, operation, _ in calls] == [
        "get_secret_value",
        *["batch_get_item"] * 3,
        *["generate_data_key"] * (recipients + 1),
        "transact_write_items",
    ]
    plan = {
        "names": [receipt.reference, *(promise.number for promise in receipt.promises)],
        "calls": calls[1:],
        "answer": ReceiptForm.of(receipt).model_dump_json(by_alias=True),
    }
    (folder / f"plan-{len(municipalities)}.json").write_text(json.dumps(plan, default=encoded), "utf-8")


def encoded(part: Any) -> Any:
    """Make bytes fit for JSON."""
    if isinstance(part, bytes):
        return {"base64": base64.b64encode(part).decode()}
    message = f"no plan holds {type(part).__name__}"
    raise TypeError(message)


def decoded(found: dict[str, Any]) -> Any:
    """Give bytes back."""
    return base64.b64decode(found["base64"]) if set(found) == {"base64"} else found


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
