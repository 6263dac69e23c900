"""The logger, the metrics, and every event that may be logged: identifiers and codes only, never content.

An exception is logged by its type and place; its message is not, for it might hold what a person sent.
"""

import traceback
from enum import StrEnum
from pathlib import Path

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics()


class Event(StrEnum):
    """Everything that the service logs by itself."""

    REFUSED = "request refused"
    FAILED = "request failed"
    ACCEPTED = "application accepted"
    REPLAYED = "application replayed"
    WITHDRAWN = "application withdrawn"
    CONNECTION_REQUESTED = "connection requested"
    ACTIVATION_STEP = "activation step taken"
    SUPPLEMENTED = "application supplemented"
    SHARING_CHANGED = "sharing changed"
    IDENTIFIED = "person identified"
    TASK_DONE = "task done"
    ALREADY_DONE = "task already done"
    TASK_FAILED = "task failed"
    HOUSE_KEPT = "house kept"
    COLLEAGUE_INVITED = "colleague invited"
    COLLEAGUE_CHANGED = "colleague changed"
    COLLEAGUE_REMOVED = "colleague removed"
    SIGNED_OUT = "sessions ended"
    SETTINGS_CHANGED = "settings changed"
    ACCESS_LOOKED_AT = "unused access looked at"
    ACCESS_WARNED = "unused access warned of"
    ACCESS_ENDED = "unused access ended"
    ACCESS_WITHHELD = "unused access of the last administrator"
    COMMANDED = "command reported"
    RETENTION_APPLIED = "retention applied"
    REMINDED = "overdue families reminded of"
    RECONCILED = "letters reconciled"
    LETTER_UNTOLD = "letter of which nobody was told"
    MAIL_RETURNED = "mail returned"
    RETURN_UNREADABLE = "return of a mail unreadable"
    EXAMINED = "recipients examined"
    ACCESS_LOGS_KEPT = "access logs sealed and verified"
    MONTH_PUBLISHED = "month published"
    REPORT_FAILED = "report not made"
    ACCESS_LOG_AMISS = "access log amiss"


def fault(error: BaseException) -> dict[str, str]:
    """Tell an exception without its message: type and the innermost place."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    cause = error.__cause__ or error.__context__
    return {"error": type(error).__name__, "place": place, **({"cause": type(cause).__name__} if cause else {})}


def publish_metrics() -> None:
    """Write out the metrics of this call; most calls have none, and none is no fault."""
    if metrics.metric_set:
        metrics.flush_metrics()


class OutboxGauge:
    """Publishes the outbox figures as CloudWatch metrics (plays `Gauge`)."""

    def outbox(self, waiting: int, stuck: int, oldest_seconds: float) -> None:
        """Publish how many rows wait, how many are stuck, and the age of the oldest in seconds."""
        metrics.add_metric("OutboxWaiting", MetricUnit.Count, waiting)
        metrics.add_metric("OutboxStuck", MetricUnit.Count, stuck)
        metrics.add_metric("OutboxOldestAge", MetricUnit.Seconds, oldest_seconds)


class UnusedAccessGauge:
    """Publishes what became of unused access as CloudWatch metrics (plays `AccessGauge`)."""

    def access(self, warned: int, ended: int, withheld: int, failed: int) -> None:
        """Publish how many were warned, how many ended, how many stayed as the last, how many recipients failed."""
        metrics.add_metric("AccessWarned", MetricUnit.Count, warned)
        metrics.add_metric("AccessEnded", MetricUnit.Count, ended)
        metrics.add_metric("AccessWithheld", MetricUnit.Count, withheld)
        metrics.add_metric("AccessFailed", MetricUnit.Count, failed)


class ReconciliationMetrics:
    """Publishes whether every recipient was told of every letter (plays `ReconciliationGauge`)."""

    def reconciled(self, delivered: int, waiting: int, untold: int) -> None:
        """Publish how many letters lie in mailboxes, how many wait for theirs, of how many nobody was told."""
        metrics.add_metric("LettersDelivered", MetricUnit.Count, delivered)
        metrics.add_metric("LettersWaiting", MetricUnit.Count, waiting)
        metrics.add_metric("LettersUntold", MetricUnit.Count, untold)


class RetentionMetrics:
    """Publishes what a day's rules came to as CloudWatch metrics (plays `RetentionGauge`)."""

    def retention(self, warned: int, decided: int, failed: int) -> None:
        """Publish how many letters were warned of, how many are to go, and of how many recipients it is not known."""
        metrics.add_metric("LettersWarned", MetricUnit.Count, warned)
        metrics.add_metric("LettersToErase", MetricUnit.Count, decided)
        metrics.add_metric("RetentionFailed", MetricUnit.Count, failed)


class ReminderMetrics:
    """Publishes what a round of reminders came to as CloudWatch metrics (plays `ReminderGauge`)."""

    def reminded(self, mailbox: int, responsible: int, skr: int, failed: int) -> None:
        """Publish of how many recipients each was told, and of how many it is not known."""
        metrics.add_metric("OverdueToldMailbox", MetricUnit.Count, mailbox)
        metrics.add_metric("OverdueToldResponsible", MetricUnit.Count, responsible)
        metrics.add_metric("OverdueToldSkr", MetricUnit.Count, skr)
        metrics.add_metric("RemindersFailed", MetricUnit.Count, failed)


class AccessLogMetrics:
    """Publishes what a night's work with the access logs came to (plays `AccessLogGauge`)."""

    def kept(self, logs: int, findings: int, failed: int) -> None:
        """Publish how many logs were sealed and verified, what was found in them, and how many could not be read."""
        metrics.add_metric("AccessLogsVerified", MetricUnit.Count, logs)
        metrics.add_metric("AccessLogFindings", MetricUnit.Count, findings)
        metrics.add_metric("AccessLogsFailed", MetricUnit.Count, failed)


class ReportMetrics:
    """Publishes what became of the month's reports as CloudWatch metrics (plays `ReportGauge`)."""

    def reports(self, made: int, failed: int) -> None:
        """Publish how many reports were made, and how many of the due ones are not."""
        metrics.add_metric("ReportsMade", MetricUnit.Count, made)
        metrics.add_metric("ReportsFailed", MetricUnit.Count, failed)


class LevelGauge:
    """Counts self-tests by level as a CloudWatch metric (plays `SelfTestGauge`)."""

    def taken(self, level: str) -> None:
        """Count one."""
        metrics.add_metric(f"SelfTest{level.capitalize()}", MetricUnit.Count, 1)
