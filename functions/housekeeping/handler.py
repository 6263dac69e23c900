"""The Lambda handler of housekeeping: once a minute, after closings, twice a day, once a night, by command."""

from familjehem.runtime.start import starting

with starting():
    from collections.abc import Mapping
    from dataclasses import asdict
    from typing import Any

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from familjehem.domain.access_log import Finding
    from familjehem.domain.delivery import ErasureReason
    from familjehem.domain.outbox import ErasureTask
    from familjehem.runtime.observability import Event, logger, publish_metrics
    from familjehem.runtime.settings import HousekeepingSettings
    from familjehem.runtime.wiring.housekeeping import wire

    house = wire(HousekeepingSettings.read())

NIGHT = "access-logs"
UNUSED = "unused-access"
RETENTION = "retention"
OVERDUE = "overdue"
HEALTH = "health"
VERIFY = "verifyAccessLog"
HONOUR = "honourErasures"


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Do what the event is for, and tell what came of it; a `ValueError` for a command that there is not."""
    try:
        match event:
            case {"command": command, "recipient": str(recipient)} if command == VERIFY:
                return verify(recipient)
            case {"command": command, "dryRun": bool()} if command == VERIFY:
                return verify_all()
            case {"command": command, "erasures": list(erasures)} if command == HONOUR:
                return honour(erasures)
            case {"command": _}:
                message = "no such command of housekeeping"
                raise ValueError(message)
            case {"schedule": schedule} if schedule == NIGHT:
                return night()
            case {"schedule": schedule} if schedule == UNUSED:
                return unused_access()
            case {"schedule": schedule} if schedule == OVERDUE:
                return overdue()
            case {"schedule": schedule} if schedule == RETENTION:
                return retention()
            case {"schedule": schedule} if schedule == HEALTH:
                return health()
            case _:
                return outbox()
    finally:
        publish_metrics()


def outbox() -> dict[str, Any]:
    """Wake what waits, and tell what was found."""
    found = asdict(house.keep_house())
    logger.info(Event.HOUSE_KEPT, extra=found)
    return found


def unused_access() -> dict[str, int]:
    """Warn of and end access that nobody uses; each of them has its line in the log, by identifiers."""
    report = house.end_unused_access()
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


def overdue() -> dict[str, int]:
    """Have it told of families that wait for their first call, and tell how many recipients it was."""
    found = asdict(house.remind_overdue())
    logger.info(Event.REMINDED, extra=found)
    return found


def retention() -> dict[str, int]:
    """See that every recipient was told of every letter, then apply its rule of how long they stay."""
    reconciled = house.reconcile()
    for recipient, number in reconciled.untold:
        logger.error(Event.LETTER_UNTOLD, extra={"recipient": recipient, "delivery": number})
    counted = {**asdict(reconciled), "untold": len(reconciled.untold)}
    logger.info(Event.RECONCILED, extra=counted)
    applied = asdict(house.apply_retention())
    logger.info(Event.RETENTION_APPLIED, extra=applied)
    return {**applied, "untold": counted["untold"]}


def health() -> dict[str, int]:
    """Note how every recipient fares, and have SKR told of those that ail."""
    found = {**asdict(house.examine()), "told": house.report_health()}
    logger.info(Event.EXAMINED, extra=found)
    return found


def honour(erasures: list[Any]) -> dict[str, int]:
    """Erase again, after a restoration, what was erased before; a `ValueError` for one that is not as it should be."""
    try:
        told = [
            (ErasureTask(one["recipient"], one["number"]), ErasureReason(one.get("reason", ErasureReason.RULE)))
            for one in erasures
        ]
    except (AttributeError, KeyError, TypeError, ValueError):
        # What was sent is not repeated.
        message = "an erasure has a recipient, a number and perhaps a reason"
        raise ValueError(message) from None
    found = asdict(house.honour_erasures(told))
    logger.info(Event.RETENTION_APPLIED, extra=found)
    return found


def night() -> dict[str, Any]:
    """Seal and verify every access log."""
    done = house.keep_access_logs()
    for one in done.amiss:
        logger.error(Event.ACCESS_LOG_AMISS, extra={"recipient": one.recipient, "findings": findings(one.findings)})
    found = {"logs": done.logs, "sealed": done.sealed, "failed": done.failed, "amiss": len(done.amiss)}
    logger.info(Event.ACCESS_LOGS_KEPT, extra=found)
    return found


def verify(recipient: str) -> dict[str, Any]:
    """Verify the whole of one access log, from its first line, and tell all that is amiss."""
    verified = house.verify_access_log(recipient)
    found = {
        "recipient": recipient,
        "digests": verified.digests,
        "lines": verified.lines,
        "findings": findings(verified.findings),
    }
    logger.info(Event.ACCESS_LOGS_KEPT, extra=found)
    return found


def verify_all() -> dict[str, Any]:
    """Verify the whole of every access log, and tell in which something is amiss."""
    found = [verify(recipient) for recipient in house.recipients()]
    return {
        "logs": len(found),
        "lines": sum(one["lines"] for one in found),
        "amiss": [one["recipient"] for one in found if one["findings"]],
    }


def findings(found: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Give what was found, as numbers of lines and names of digests."""
    return [{name: value for name, value in asdict(one).items() if value is not None} for one in found]
