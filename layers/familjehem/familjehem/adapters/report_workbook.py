"""The report as a workbook by XlsxWriter: a sheet of figures for each level, with charts of Excel's own beside them."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from familjehem.domain.texts import text

_GREEN = "#1f4d3a"
_LONGEST_NAME = 31
_CHART_ROWS = 15
_A4 = 9
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 a workbook knows no zone, and the same report is the same bytes


class XlsxReport:
    """Makes workbooks of reports; the same report gives the same bytes."""

    def excel(self, made: Mapping[str, Any]) -> bytes:
        """Give the workbook of what `report.report` gives; without formulas or macros."""
        content = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(content, options) as book:
            book.set_properties({"title": text("report.title", month=made["month"]), "created": _MADE})
            self._received(book, made["received"])
            self._stages(book, made["stages"])
            for section in made["sections"]:
                self._section(book, section)
        return content.getvalue()

    def _received(self, book: Any, received: Sequence[Mapping[str, Any]]) -> None:
        name = text("report.received").capitalize()
        sheet = _sheet(book, name)
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, [text("report.month"), text("report.applications")], bold)
        for row, one in enumerate(received, 1):
            sheet.write_row(row, 0, [one["month"], one["applications"]])
        sheet.set_column(0, 1, 16)
        sheet.freeze_panes(1, 0)
        if received:
            self._chart(book, sheet, name, text("report.applications"), (1, len(received)), (0, 3), "column")

    def _stages(self, book: Any, stages: Sequence[Mapping[str, Any]]) -> None:
        name = text("report.stages").capitalize()
        sheet = _sheet(book, name)
        sheet.write_row(0, 0, [text("report.stageColumn"), text("report.count")], book.add_format({"bold": True}))
        for row, one in enumerate(stages, 1):
            sheet.write_row(row, 0, [one["label"], one["count"]])
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 1, 12)
        sheet.freeze_panes(1, 0)
        if stages:
            self._chart(book, sheet, name, text("report.stagesHeading"), (1, len(stages)), (0, 3), "bar")

    def _section(self, book: Any, section: Mapping[str, Any]) -> None:
        name = (section["name"] if section["level"] == "county" else text(f"report.level.{section['level']}"))[
            :_LONGEST_NAME
        ]
        sheet = _sheet(book, name)
        # What is hidden, and a share with its sign, are words: they stand where figures do.
        heads, figures = book.add_format({"bold": True, "align": "right"}), book.add_format({"align": "right"})
        wrapped = book.add_format({"text_wrap": True, "bold": True})
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 2, 12)
        first, last = (section[name] or text("report.hidden") for name in ("from", "to"))
        sheet.write(0, 0, text("report.span", families=section["families"], first=first, last=last), wrapped)
        if not section["tables"]:
            sheet.write(2, 0, text("report.nothing"))
        row = 2
        for table in section["tables"]:
            sheet.write(row, 0, table["label"], wrapped)
            sheet.write_row(row, 1, [text("report.count"), text("report.share")], heads)
            top = row + 1
            for place, one in enumerate(table["bins"], top):
                count = text("report.hidden") if one["count"] is None else one["count"]
                share = "" if one["share"] is None else f"{one['share']} %"
                sheet.write(place, 0, one["label"])
                sheet.write_row(place, 1, [count, share], figures)
            bottom = top + len(table["bins"]) - 1
            self._chart(book, sheet, name, table["label"], (top, bottom), (row, 4), "bar")
            row = max(bottom + 2, row + _CHART_ROWS + 1)

    def _chart(
        self, book: Any, sheet: Any, name: str, title: str, rows: tuple[int, int], at: tuple[int, int], kind: str
    ) -> None:
        chart = book.add_chart({"type": kind})
        values, categories = ([name, rows[0], column, rows[1], column] for column in (1, 0))
        series = {"name": title, "values": values, "categories": categories, "fill": {"color": _GREEN}}
        chart.add_series({**series, "data_labels": {"value": True}})
        chart.set_title({"name": title, "name_font": {"size": 11}})
        chart.set_legend({"none": True})
        if kind == "bar":
            chart.set_y_axis({"reverse": True})
        sheet.insert_chart(*at, chart, {"description": title})


def _sheet(book: Any, name: str) -> Any:
    """Add a sheet that is printed as wide as a page: a chart that is cut in two tells nothing."""
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    return sheet
