"""The door that the table's stream knocks on: keys only in, the lowest failed sequence number out (design 6)."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from familjehem.adapters.dynamo.keys import task_of
from familjehem.domain.outbox import OutboxTask
from familjehem.runtime.observability import Event, fault, logger

type StreamHandler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def stream_handler(work: Callable[[OutboxTask], bool]) -> StreamHandler:
    """Give a piece of work on an outbox row the door of the stream.

    Every record is tried, also after one that failed, since all work is safe to repeat and one poisoned row
    must not hold up the others; the first that failed is reported, so the stream delivers from there again.
    After bounded retries the row itself stays, and housekeeping wakes it again.
    """

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        failed = [
            record["dynamodb"]["SequenceNumber"]
            for record in event["Records"]
            if record["eventName"] != "REMOVE" and not _done(record["dynamodb"]["Keys"]["pk"]["S"], work)
        ]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in failed[:1]]}

    return handler


def _done(key: str, work: Callable[[OutboxTask], bool]) -> bool:
    task: OutboxTask | None = None
    try:
        task = task_of(key)
        did = work(task)
    except Exception as error:  # noqa: BLE001 whatever fails is tried again; the row stays until it succeeds
        logger.error(Event.TASK_FAILED, extra={"task": type(task).__name__, **fault(error)})
        return False
    logger.info(Event.TASK_DONE if did else Event.ALREADY_DONE, extra={"task": type(task).__name__})
    return True
