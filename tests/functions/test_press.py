"""The PDF as a reader's program finds it: tagged, named, in Swedish, with every answer as text and nothing run."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from familjehem.domain.compilation import compile_letter
from familjehem.domain.question_set import current
from familjehem.runtime.wiring.export import press
from familjehem.usecases.print_compilation import printout
from familjehem.usecases.read_mailbox import OpenedLetter
from tests.builders import MARK, delivery, letter, membership, validated
from tests.service import the_press

LAYOUT = Path(__file__).parents[2] / "functions" / "export"
NOW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def content(**changes: Any) -> dict[str, Any]:
    """Give what is printed of a family's letter, `changes` being answers in their stored form."""
    stored = {**validated(), **changes}
    opened = letter(stored)
    compilation = compile_letter(current(), opened)
    return printout(OpenedLetter(membership(), delivery(), opened, compilation, ()), NOW)


def printed(**changes: Any) -> PdfReader:
    return PdfReader(io.BytesIO(the_press().pdf(content(**changes), NOW)))


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def tags(reader: PdfReader) -> list[str]:
    """Give the structure tree's types, in order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        one = node.get_object()
        if isinstance(one, list):
            for each in one:
                walk(each)
        elif isinstance(one, DictionaryObject):
            if "/S" in one:
                found.append(str(one["/S"]))
            if "/K" in one:
                walk(one["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_it_is_tagged_named_and_swedish() -> None:
    # when
    reader = printed()
    root = reader.trailer["/Root"]
    # then
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert str(root["/Lang"]).startswith("sv")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Intresseanmälan 7K3M-9QWX-2B4C till Jönköping"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_headings_tables_and_lists_are_what_they_are() -> None:
    # when
    found = tags(printed())
    # then
    assert found.count("/H1") == 1
    assert {"/H2", "/H3", "/Table", "/TR", "/TH", "/TD", "/L", "/LI"} <= set(found)


def test_every_font_travels_with_it() -> None:
    fonts = [font.get_object() for page in printed().pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        described = inner["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]


def test_every_page_says_that_it_is_secret_whose_it_is_and_which_it_is() -> None:
    # when
    pages = [page.extract_text() for page in printed().pages]
    # then
    assert 2 <= len(pages) <= 8
    for number, page in enumerate(pages, start=1):
        assert "Sekretess enligt 26 kap. 1 § offentlighets- och sekretesslagen" in page
        assert "7K3M-9QWX-2B4C" in page
        assert "Jönköping · utskriven 2026-03-03 kl. 09.00" in page
        assert f"Sida {number} av {len(pages)}" in page


def test_page_one_is_the_overview_alone() -> None:
    # when
    first, second, *_ = (" ".join(page.extract_text().split()) for page in printed().pages)
    # then
    for expected in ("Prov Persson-Kanarie", "+46701740605", "Familjehem", "Boka ett personligt möte", "ej styrkt"):
        assert expected in first
    assert "Fullständig" not in first.replace("den fullständiga", "")
    assert "19121212-1212" not in first
    assert "Identitet" in second


def test_page_one_stays_one_page_however_much_there_is_to_say() -> None:
    # given
    much = content()
    much["overview"] = [{**line, "text": line["text"] + " och mycket mer" * 12} for line in much["overview"]]
    # when
    first, second, *_ = PdfReader(io.BytesIO(the_press().pdf(much, NOW))).pages
    # then
    assert "fullständiga sammanställningen" in first.extract_text()
    assert "Identitet" in second.extract_text()


def test_every_answer_is_there_to_read_and_to_copy() -> None:
    # given
    said = words(printed())
    # then
    for mark in ("motiv", "anpassning"):
        assert f"{MARK} {mark}" in said
    assert "19121212-1212" in said


@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        '#image("handler.py")',
        '#import "@preview/example:0.1.0": *',
        "#panic()",
        "*fet* _kursiv_ [klammer] $x^2$ `kod` <etikett> @hänvisning // kommentar",
        '"} #eval("1+1") {"',
        "= Rubrik",
        "\\u{41} \\ ~ -- --- ...",
        "</script><b>",
        "sys.inputs",
    ],
)
def test_what_looks_like_markup_is_text(hostile: str) -> None:
    assert hostile in words(printed(motive=hostile))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Vi älskar 😀 barn ❤", "Vi älskar 😀 barn ❤"),
        ("Vi älskar 🦩 barn", "Vi älskar [1 tecken som inte kan skrivas ut] barn"),
        ("👨\u200d🦩\u200d👧", "[3 tecken som inte kan skrivas ut]"),
        ("水", "[1 tecken som inte kan skrivas ut]"),
        ("สวัสดี barn", "[6 tecken som inte kan skrivas ut] barn"),
        ("a\x01b", "a[1 tecken som inte kan skrivas ut]b"),
        ("a\ufeff\u202e\u2066b", "ab"),
        ("a\ue000b", "a[1 tecken som inte kan skrivas ut]b"),
        ("a\u0308", "ä"),
        ("Zażółć gęślą jaźń Дети ქართული Ħal", "Zażółć gęślą jaźń Дети ქართული Ħal"),
    ],
)
def test_what_cannot_be_printed_is_told_and_stops_nothing(sent: str, shown: str) -> None:
    assert shown in words(printed(motive=sent))


@pytest.mark.parametrize("sent", ["سلام، نحن عائلة", "שלום", "خۆش ئێمە", "سلام \u200c می‌خواهم"])
def test_what_is_read_from_the_right_is_printed(sent: str) -> None:
    # given: whatever order a program copies it in
    said = words(printed(motive=sent))
    # then
    assert "kan skrivas ut" not in said
    assert set(sent) - set("\u200c ") <= set(said) or any("\ufb1d" <= one <= "\ufefc" for one in said)


def test_a_word_that_no_line_holds_is_broken_and_loses_nothing() -> None:
    # when
    reader = printed(motive="å" * 3000)
    # then
    assert sum(page.extract_text().count("å") for page in reader.pages) >= 3000
    places: list[float] = []
    for page in reader.pages:
        page.extract_text(visitor_text=lambda text, _cm, tm, *_: places.append(tm[4]) if text.strip() else None)
    assert max(places) < 595


def test_a_letter_as_long_as_can_be_is_printed() -> None:
    assert len(printed(motive="Ett ord till. " * 7000).pages) > 10


def test_the_same_letter_at_the_same_moment_is_the_same_file() -> None:
    assert the_press().pdf(content(), NOW) == the_press().pdf(content(), NOW)


def test_a_moment_within_a_second_is_a_moment_too() -> None:
    assert the_press().pdf(content(), NOW.replace(microsecond=999_999)) == the_press().pdf(content(), NOW)


def test_nothing_of_a_print_stays_for_the_next() -> None:
    # given
    the_press().pdf(content(motive="Hemligt motiv"), NOW)
    # then
    assert "Hemligt motiv" not in words(printed())


@pytest.mark.parametrize("outside", ["/etc/passwd", "../secret.txt", "/../secret.txt"])
def test_a_layout_itself_can_read_nothing_outside_its_folder(tmp_path: Path, outside: str) -> None:
    # given: what a fault in our own layout could do at worst
    folder = tmp_path / "layout"
    (tmp_path / "secret.txt").write_text("hemligt", "utf-8")
    folder.mkdir()
    (folder / "compilation.typ").write_text(f'#set document(title: "x")\n#read("{outside}")', "utf-8")
    # then
    with pytest.raises(RuntimeError):
        press(folder).pdf({}, NOW)


def test_a_picture_can_be_looked_at() -> None:
    pages = the_press().pictures(content())
    assert all(page.startswith(b"\x89PNG") for page in pages)
    assert len(pages) == len(printed().pages)
