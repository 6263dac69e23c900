"""The report on paper: tagged, told in figures beside every bar, and the same bytes again."""

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from familjehem.adapters.press import TypstPress
from familjehem.usecases.print_report import printed, printout
from tests.functions.test_report_workbook import FILLED, a_report

LAYOUT = Path(__file__).parents[2] / "functions" / "statistics"


@pytest.fixture(scope="module")
def press() -> TypstPress:
    return TypstPress(LAYOUT, lambda count: "?" * count, "report.typ")


def whole(made: dict[str, Any]) -> dict[str, Any]:
    return {**made, "recipient": {"id": "0680", "name": "Jönköping"}, "threshold": 5, "shareBase": 20}


@pytest.mark.parametrize("made", [FILLED, a_report([])], ids=["figures", "nothing"])
def test_is_a_tagged_pdf_in_swedish_and_the_same_bytes_again(press: TypstPress, made: dict[str, Any]) -> None:
    content = printed(press, whole(made))

    root: Any = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"], "/StructTreeRoot" in root) == (True, "sv", True)
    assert printed(press, whole(made)) == content


def test_tells_figures_shares_and_what_is_hidden(press: TypstPress) -> None:
    pages = pypdf.PdfReader(io.BytesIO(printed(press, whole(FILLED)))).pages
    words = " ".join("".join(page.extract_text() for page in pages).split())

    assert 1 <= len(pages) <= 4
    assert all(
        one in words for one in ("Jönköping", "Hur bor ni?", "=Villa 30 50 %", "Lägenhet –", "Så skyddas familjerna")
    )


def test_where_nothing_may_be_told_it_says_why() -> None:
    assert "för få" in printout(whole(a_report([])))["sections"][0]["nothing"]
