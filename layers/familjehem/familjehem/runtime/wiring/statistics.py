"""The wiring of statistics."""

from dataclasses import dataclass
from pathlib import Path

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.dynamo.directory import DynamoDirectory
from familjehem.adapters.dynamo.outbox import DynamoAnnouncements
from familjehem.adapters.dynamo.table import Database
from familjehem.adapters.dynamo.tallies import DynamoTallies
from familjehem.adapters.folder import S3Folder
from familjehem.adapters.press import REPORT, TypstPress
from familjehem.adapters.report_workbook import XlsxReport
from familjehem.adapters.shelf import S3Shelf
from familjehem.domain.texts import text
from familjehem.ports import ReportGauge
from familjehem.runtime.observability import ReportMetrics
from familjehem.runtime.settings import StatisticsSettings
from familjehem.usecases.announce_reports import AnnounceReports
from familjehem.usecases.file_national_report import FileNationalReport
from familjehem.usecases.forget_tallies import ForgetTallies
from familjehem.usecases.publish_month import PublishMonth


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What is done when a month is over, or by command."""

    publish: PublishMonth
    announce: AnnounceReports
    file: FileNationalReport
    forget: ForgetTallies
    gauge: ReportGauge


def wire(settings: StatisticsSettings, layout: Path) -> Statistics:
    """Make clients, press and use cases of the statistics; called once, at import of the handler."""
    aws, clock = Aws(), SystemClock()
    database = Database(aws.dynamodb())
    s3 = aws.s3()
    shelf, tallies = S3Shelf(s3, settings.REPORT_BUCKET), DynamoTallies(database, settings.TALLY_TABLE)
    directory = DynamoDirectory(database, settings.MAIN_TABLE)
    return Statistics(
        publish=PublishMonth(
            tallies=tallies,
            shelf=shelf,
            directory=directory,
            press=TypstPress(layout, lambda count: text("export.unprintable", count=count), REPORT),
            book=XlsxReport(),
            clock=clock,
        ),
        announce=AnnounceReports(
            shelf=shelf, announcements=DynamoAnnouncements(database, settings.MAIN_TABLE), clock=clock
        ),
        file=FileNationalReport(shelf=shelf, folder=S3Folder(s3, settings.FOLDER_BUCKET)),
        forget=ForgetTallies(tallies=tallies, shelf=shelf, directory=directory),
        gauge=ReportMetrics(),
    )
