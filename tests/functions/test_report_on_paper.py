"""The report on paper: tagged, told in figures beside every bar, and the same bytes again."""

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from familjehem.adapters.press import TypstPress
from familjehem.usecases.print_report import printed, printout
from tests.functions.test_report_workbook import FILLED, a_report
from tests.reports import a_report as invented

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
        one in words for one in ("Jönköping", "Hur bor ni?", "=Villa 30 50 %", "Lägenhet – –", "Så skyddas familjerna")
    )


def test_where_nothing_may_be_told_it_says_why() -> None:
    (group,) = printout(whole(a_report([])))["groups"]
    assert (group["tables"], all("för få" in one for one in group["spans"])) == ([], True)


@pytest.mark.parametrize(("applications", "most"), [(0, 1), (3, 1), (300, 4)])
def test_a_month_with_nothing_with_few_and_with_many_is_short_and_every_table_is_tagged(
    press: TypstPress, applications: int, most: int
) -> None:
    made = invented(applications)

    read = pypdf.PdfReader(io.BytesIO(printed(press, made)))

    assert 1 <= len(read.pages) <= most
    kinds = Counter(tags(read.trailer["/Root"]["/StructTreeRoot"]))
    tables = len({table["dimension"] for one in made["sections"] for table in one["tables"]})
    # the months, the stages, and each dimension once, with its levels side by side
    assert (kinds["/Table"], kinds["/H1"], kinds["/H3"]) == (2 + tables, 1, tables)
    assert kinds["/TH"] >= 2 * kinds["/Table"]


def tags(node: Any) -> Iterator[str]:
    """Give the kind of every element of a PDF's structure."""
    node = node.get_object()
    if isinstance(node, list):
        for one in node:
            yield from tags(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from tags(node["/K"])


def test_of_the_nation_each_level_stands_by_itself() -> None:
    groups = printout(invented(300, "nationen"))["groups"]

    assert [one["heading"] for one in groups] == ["Hela landet", "Jönköpings län"]
