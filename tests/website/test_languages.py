"""Languages: which pages they have, how the pages say so, and that one more can be added, even one read from the right."""

import re
from pathlib import Path

import pytest

from tests.website import pseudo
from website import build, languages


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory) -> Path:
    return pseudo.site(tmp_path_factory.mktemp("pseudo"))


def page(dist: Path, path: str) -> str:
    return (dist / path / "index.html").read_text("utf-8")


def alternates(text: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text))


def choices(text: str) -> str:
    """Give the choice of language in words, what leads elsewhere with its address."""
    (found,) = re.findall(r'<nav class="tongues".*?</nav>', text, re.DOTALL)
    found = re.sub(r'<a class="govuk-link" href="([^"]+)" hreflang="[^"]+">', r"\1 ", found)
    return " | ".join(re.sub(r"<[^>]+>", "", each).strip() for each in found.split("</li>") if "<li" in each)


class TestAPage:
    """A page names all languages that it can be read in."""

    def test_it_offers_the_others_and_says_which_it_is_in(self, dist):
        text = page(dist, "uppdrag")
        assert choices(text) == "Svenska | /lattlast/uppdrag/ Lättläst svenska | /en/assignments/ English"
        assert '<strong aria-current="true">Svenska</strong>' in text
        assert '<html lang="sv" dir="ltr">' in text

    def test_it_names_its_likes_in_other_languages(self, dist):
        told = {"sv": "/uppdrag/", "sv-simple": "/lattlast/uppdrag/", "en": "/en/assignments/"}
        assert alternates(page(dist, "uppdrag")) == told
        assert alternates(page(dist, "lattlast/uppdrag")) == told

    def test_where_it_does_not_exist_the_start_page_is_offered_in_words(self, dist):
        text = page(dist, "min-anmalan")
        assert choices(text) == "Svenska | /lattlast/ Lättläst svenska (startsidan) | /en/my-application/ English"
        assert alternates(text) == {"sv": "/min-anmalan/", "en": "/en/my-application/"}


class TestEasySwedish:
    """Easy Swedish has some of the pages, and says where it leads to ordinary Swedish."""

    def test_its_pages_are_marked_as_simple_swedish(self, dist):
        assert '<html lang="sv-simple" dir="ltr">' in page(dist, "lattlast")

    def test_a_link_to_a_page_that_it_lacks_says_so(self, dist):
        link = '<a class="govuk-link" href="/min-anmalan/" hreflang="sv">'
        aside = '<span class="aside">(vanlig svenska)</span>'
        assert f"{link}Öppna Min anmälan {aside}</a>" in page(dist, "lattlast/personuppgifter")
        assert 'href="/min-anmalan/" hreflang="sv">Min anmälan <span' in page(dist, "lattlast/hjalp")

    def test_a_link_to_a_page_that_it_has_says_nothing(self, dist):
        assert '<a class="govuk-link" href="/lattlast/uppdrag/">Läs om de fem uppdragen</a>' in page(dist, "lattlast")

    def test_its_sentences_are_short_and_stand_on_a_line_each(self):
        # given
        texts = build.Texts.read(languages.EASY).known
        # then
        for key, text in texts.items():
            for line in text.split("\n"):
                plain = re.sub(r"\]\([^)]*\)", "", line)
                assert len(plain.split()) <= 15, (key, line)
                ends = re.findall(r"[.!?](?= [A-ZÅÄÖ])", plain)
                assert len(ends) <= 1, (key, line)


class TestALanguageToCome:
    """A language that is read from the right can be added by a catalogue and one line."""

    def test_it_has_every_page_under_its_code(self, mirrored):
        for each in build.pages():
            if each.swedish_only:
                continue
            path = pseudo.ARABIC.path(each.paths)
            assert path is not None
            assert path.startswith("/ar/")
            file = mirrored / (f"{path[1:]}index.html" if path.endswith("/") else path[1:])
            assert '<html lang="ar" dir="rtl">' in file.read_text("utf-8")

    def test_all_others_offer_it(self, mirrored):
        assert choices(page(mirrored, "en/help")).endswith("| /ar/help/ " + pseudo.mirrored("Svenska"))
        assert alternates(page(mirrored, "hjalp"))["ar"] == "/ar/help/"

    def test_a_text_that_it_lacks_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setattr(build, "styles", lambda _: b"")
        texts = pseudo.folder(tmp_path / "texts")
        path = texts / "ar.po"
        path.write_text(path.read_text("utf-8").replace('msgid "language.fi"', 'msgid "language.xx"'), "utf-8")
        with pytest.raises(build.BuildError, match=r"ar: language\.fi: missing text"):
            build.build(tmp_path / "dist", spoken=pseudo.SPOKEN, folder=texts)


def test_numbers_are_written_as_the_language_writes_them(dist):
    assert "315 kronor i månaden för de minsta kommunerna till 4\N{NO-BREAK SPACE}500 kronor" in page(
        dist, "for-kommuner"
    )
    assert "to 4,500 kronor" in page(dist, "en/for-municipalities")


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        ("a{margin-left:1px;padding-right:2px}", "a{margin-inline-start:1px;padding-inline-end:2px}"),
        ("a{left:0;top:0;right:0}", "a{inset-inline-start:0;top:0;inset-inline-end:0}"),
        ("a{border-left-color:red}", "a{border-inline-start-color:red}"),
        ("a{text-align:left}", "a{text-align:start}"),
        (".x-margin-left-3{--left: 1px}", ".x-margin-left-3{--left: 1px}"),
    ],
    ids=["margins", "places", "borders", "words", "names"],
)
def test_styles_speak_of_start_and_end(sheet, told):
    assert build.logical(sheet) == told


def test_no_side_is_left_in_the_styles(dist):
    (sheet,) = (dist / "assets").glob("site-*.css")
    assert not re.search(r"[{;](?:[a-z]+-)?(?:left|right)\b|text-align:(?:left|right)", sheet.read_text("utf-8"))
