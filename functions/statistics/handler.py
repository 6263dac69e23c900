"""The Lambda handler of statistics: some mornings at the beginning of each month, and by command."""

from familjehem.runtime.start import starting

with starting():
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from familjehem.domain.errors import InvalidCommandError
    from familjehem.runtime.observability import Event, logger, publish_metrics
    from familjehem.runtime.settings import StatisticsSettings
    from familjehem.runtime.wiring.statistics import wire
    from familjehem.usecases.publish_month import PublishedMonth

    house = wire(StatisticsSettings.read(), Path(__file__).parent)

REBUILD = "rebuildReport"
SPARE_MILLISECONDS = 60_000
"""How much of its time the function keeps to tell of what it made, and to end in peace."""


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do what the event is for, and tell what came of it; a `ValueError` for a command that there is not."""
    try:
        match event:
            case {"command": command, "recipient": str(recipient), "month": str(month)} if command == REBUILD:
                return rebuild(month, recipient, dry_run=bool(event.get("dryRun", True)))
            case {"command": _}:
                message = "no such command of statistics"
                raise ValueError(message)
            case _:
                return publish(context)
    finally:
        publish_metrics()


def publish(context: LambdaContext) -> dict[str, Any]:
    """Publish every month that is due, tell of them, file the nation's for SKR, and forget what is old."""

    def time_left() -> bool:
        return context.get_remaining_time_in_millis() > SPARE_MILLISECONDS

    months: list[dict[str, Any]] = []
    made = failed = told = filed = forgotten = 0
    for month in house.publish.due():
        published = house.publish(month, time_left=time_left)
        months.append(_told(published))
        made, failed = made + len(published.made), failed + len(published.failed) + len(published.left)
        told += house.announce(month, house.publish.readers(month))
        filed += house.file(month)
        forgotten += house.forget(month)
    house.gauge.reports(made, failed)
    return {"months": months, "told": told, "filed": filed, "forgotten": forgotten}


def rebuild(month: str, recipient: str, *, dry_run: bool) -> dict[str, Any]:
    """Make a month's report of one recipient where it is missing, and compare it where it stands."""
    try:
        if dry_run:
            month = house.publish.judged(month)
            return {"month": month, "recipient": recipient, "dryRun": True}
        return {"recipient": recipient, "dryRun": False, **_told(house.publish(month, recipient, compare=True))}
    except InvalidCommandError as error:
        return {"refused": [one.code for one in error.errors]}


def _told(published: PublishedMonth) -> dict[str, Any]:
    for recipient, fault in published.failed.items():
        logger.error(Event.REPORT_FAILED, extra={"month": published.month, "recipient": recipient, "error": fault})
    found = {
        "month": published.month,
        "made": len(published.made),
        "stood": len(published.stood),
        "differing": len(published.differing),
        "failed": len(published.failed),
        "left": len(published.left),
    }
    logger.info(Event.MONTH_PUBLISHED, extra=found)
    return found
