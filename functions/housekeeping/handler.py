"""The Lambda handler of housekeeping: once a minute."""

from familjehem.runtime.start import starting

with starting():
    from dataclasses import asdict
    from typing import Any

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from familjehem.runtime.observability import Event, logger, publish_metrics
    from familjehem.runtime.settings import HousekeepingSettings
    from familjehem.runtime.wiring.housekeeping import wire

    keep_house = wire(HousekeepingSettings.read())


@logger.inject_lambda_context(clear_state=True)
def handler(_: dict[str, Any], __: LambdaContext) -> dict[str, int]:
    """Do one round, and tell what it found."""
    try:
        report = keep_house()
    finally:
        publish_metrics()
    found = asdict(report)
    logger.info(Event.HOUSE_KEPT, extra=found)
    return found
