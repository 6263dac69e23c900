"""Spreadsheets by XlsxWriter: constant, without formulas or macros."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter

WIDEST = 60


class XlsxWorkbook:
    """Makes Excel workbooks; plays `Workbook`."""

    def excel(self, sheets: Mapping[str, Sequence[Sequence[str | int]]]) -> bytes:
        """Give a workbook: by name, rows of cells, of which the first is the head and stays in sight."""
        content = io.BytesIO()
        # Strings stay strings: what begins like a formula, an address or a number is none.
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(content, options) as book:
            bold = book.add_format({"bold": True})
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for index, row in enumerate(rows):
                    sheet.write_row(index, 0, row, None if index else bold)
                for column, width in enumerate(_widths(rows)):
                    sheet.set_column(column, column, width)
                sheet.freeze_panes(1, 0)
        return content.getvalue()


def _widths(rows: Sequence[Sequence[str | int]]) -> list[int]:
    return [min(WIDEST, 2 + max(len(str(cell)) for cell in column)) for column in zip(*rows, strict=True)]
