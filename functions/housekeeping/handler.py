"""The Lambda handler of housekeeping: once a minute, and once a day."""

from familjehem.runtime.start import starting

with starting():
    from dataclasses import asdict
    from typing import Any

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from familjehem.runtime.observability import Event, logger, publish_metrics
    from familjehem.runtime.settings import HousekeepingSettings
    from familjehem.runtime.wiring.housekeeping import wire

    housekeeping = wire(HousekeepingSettings.read())


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, int]:
    """Do the round that the schedule names, the one of the outbox if it names none, and tell what it found."""
    try:
        found = unused_access() if event.get("schedule") == "unused-access" else outbox()
    finally:
        publish_metrics()
    return found


def outbox() -> dict[str, int]:
    """Wake what waits."""
    found = asdict(housekeeping.keep_house())
    logger.info(Event.HOUSE_KEPT, extra=found)
    return found


def unused_access() -> dict[str, int]:
    """Warn of and end access that nobody uses; each of them has its line in the log, by identifiers."""
    report = housekeeping.end_unused_access()
    for event, places in (
        (Event.ACCESS_WARNED, report.warned),
        (Event.ACCESS_ENDED, report.ended),
        (Event.ACCESS_WITHHELD, report.withheld),
    ):
        for recipient, person in places:
            logger.info(event, extra={"recipient": recipient, "person": person})
    found = {name: len(places) for name, places in asdict(report).items()}
    logger.info(Event.ACCESS_LOOKED_AT, extra=found)
    return found
