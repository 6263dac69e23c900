"""The workbook of a report: figures as the report tells them, charts of Excel's own, the same bytes again."""

import io
import re
import zipfile
from typing import Any

from familjehem.adapters.report_workbook import XlsxReport


def a_report(bins: list[dict[str, Any]]) -> dict[str, Any]:
    table = {"dimension": "housingForm", "label": "Hur bor ni?", "asked": 60, "several": False, "bins": bins}
    section = {"level": "nation", "name": None, "families": 60, "from": "2026-11", "to": "2026-11"}
    return {
        "month": "2026-11",
        "received": [{"month": "2026-11", "applications": 3}],
        "connected": 4,
        "stages": [
            {"name": "received", "label": "Mottagna", "count": 3},
            {"name": "closed", "label": "Avslutade", "count": 1},
        ],
        "sections": [
            {**section, "level": "own", "families": 0, "from": None, "to": None, "tables": []},
            {**section, "level": "county", "name": "Jönköpings län", "tables": []},
            {**section, "tables": [table] if bins else []},
        ],
    }


FILLED = a_report(
    [
        {"name": "house", "label": "=Villa", "count": 30, "atLeast": False, "share": 50},
        {"name": "flat", "label": "Lägenhet", "count": None, "atLeast": False, "share": None},
    ]
)


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_has_a_sheet_for_each_level_and_a_chart_for_each_table() -> None:
    found = parts(XlsxReport().excel(FILLED))

    names = re.findall(r'<sheet name="([^"]+)"', found["xl/workbook.xml"])
    assert names == ["Mottagna", "Vad som har hänt", "Egna", "Jönköpings län", "Hela landet"]
    charts = [name for name in found if name.startswith("xl/charts/chart")]
    assert len(charts) == 2 + 1
    drawings = "".join(content for name, content in found.items() if name.startswith("xl/drawings/drawing"))
    assert 'descr="Hur bor ni?"' in drawings


def test_what_is_hidden_is_a_dash_and_nothing_is_a_formula() -> None:
    found = parts(XlsxReport().excel(FILLED))

    words = found["xl/sharedStrings.xml"]
    assert "=Villa" in words
    assert ">–<" in words
    assert "<f>" not in "".join(found.values()).replace("<c:f>", "")


def test_a_month_with_nothing_says_so() -> None:
    found = parts(XlsxReport().excel(a_report([])))

    assert "för få" in found["xl/sharedStrings.xml"]


def test_is_the_same_bytes_again() -> None:
    assert XlsxReport().excel(FILLED) == XlsxReport().excel(FILLED)


def test_every_sheet_prints_as_wide_as_a_page() -> None:
    sheets = [
        content for name, content in parts(XlsxReport().excel(FILLED)).items() if name.startswith("xl/worksheets/sheet")
    ]

    assert all('fitToHeight="0"' in one and 'orientation="landscape"' in one for one in sheets)
