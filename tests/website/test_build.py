"""What is built: a page for everything that must have one, every text, nothing inline, little to fetch."""

import gzip
import json
import re
import shutil
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dev.site import folder_of
from familjehem.runtime.problems import STATUS
from website import build, languages

MOST = 60_000
PROBLEMS = sorted({error.slug for error in STATUS} | {"not-found", "method-not-allowed", "internal"})


@cache
def tags(dist: Path) -> dict[str, list[tuple[str, dict[str, str | None]]]]:
    return {name: Tags(text).found for name, text in pages(dist).items()}


class Tags(HTMLParser):
    """All start tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@cache
def pages(dist: Path) -> dict[str, str]:
    return {path.relative_to(dist).as_posix(): path.read_text("utf-8") for path in sorted(dist.rglob("*.html"))}


@pytest.mark.parametrize("slug", PROBLEMS)
@pytest.mark.parametrize("start", ["", "en/"], ids=["sv", "en"])
def test_every_problem_type_has_its_page(dist, slug, start):
    assert "<h1" in (dist / start / "problem" / slug / "index.html").read_text("utf-8")


def test_every_page_is_there_in_every_language(dist):
    expected = {path for each in languages.ALL for page in build.pages() if (path := each.path(page.paths)) is not None}
    whole = [each for each in languages.ALL if each.whole]
    assert all(each.path(page.paths) for each in whole for page in build.pages() if not page.swedish_only)
    at_work = {page.name for page in build.pages() if page.mailbox} | {"connect", "activate"}
    assert {page.name for page in build.pages() if page.swedish_only} == at_work
    built = {"/" + name.removesuffix("index.html") for name in pages(dist)}
    assert built == expected


def test_every_link_within_the_site_leads_somewhere(dist):
    broken = []
    for name, found in tags(dist).items():
        for tag, attributes in found:
            address = attributes.get("href") if tag in {"a", "link"} else attributes.get("src")
            if not address or not address.startswith("/"):
                assert address is None or address.startswith(("#", "tel:", "mailto:")), (name, address)
                continue
            path, _, place = address.partition("?")[0].partition("#")
            file = dist / folder_of(path)[0].lstrip("/")
            known = pages(dist).get(file.relative_to(dist).as_posix()) or (file.is_file() and "of another kind")
            if not known or (place and f'id="{place}"' not in known):
                broken.append((name, address))
    assert broken == []


def test_links_within_a_page_lead_to_a_place_on_it(dist):
    for name, text in pages(dist).items():
        for place in re.findall(r'href="#([^"]+)"', text):
            # Each page of the form, and each view of the inbox, is a place of its own to its script.
            shown = (f'id="{place}"', f'data-step="{place}"', f'href="#{place}" data-view=')
            assert any(each in text for each in shown), (name, place)


def test_every_page_says_what_it_is_about_in_words_of_its_own(dist):
    said: dict[str, str] = {}
    for name, found in tags(dist).items():
        (words,) = [attributes["content"] for _, attributes in found if attributes.get("name") == "description"]
        assert words, name
        # The form of an older version of the questions says what the newest does.
        said.setdefault(re.sub(r"\d{4}-\d+/", "", name), words)
    assert len(set(said.values())) == len(said)


def test_no_id_stands_twice_on_a_page(dist):
    for name, found in tags(dist).items():
        ids = [attributes["id"] for _, attributes in found if "id" in attributes]
        assert len(ids) == len(set(ids)), name


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(dist):
    for name, found in tags(dist).items():
        for tag, attributes in found:
            assert tag != "style", name
            assert tag != "script" or set(attributes) == {"type", "src"}, name
            assert not [each for each in attributes if each == "style" or each.startswith("on")], name
            if tag in {"script", "link", "img"}:
                assert (attributes.get("src") or attributes.get("href") or "").startswith("/"), name
    for path in (dist / "assets").iterdir():
        # Who must leave the form at once is sent to a page that shows the weather; nothing is fetched from there.
        text = path.read_text("utf-8").replace('"https://www.smhi.se/"', "") if path.name.startswith("apply-") else ""
        assert not re.search(r"https?://(?!www\.w3\.org/)[a-z]", text or path.read_text("utf-8")), path.name
        assert not re.search(r"@font-face|GDS|document\.cookie", path.read_text("utf-8"))
        # The client for signing in knows of it; that ours is told of another store, a browser shows.
        assert path.name.startswith("oidc_client-") or "localStorage" not in path.read_text("utf-8"), path.name
        # A draft, what an identification or a sign-in needs on its way and back, and what a case worker is writing, live
        # in the tab and go with it.
        assert path.name.startswith(
            ("draft-", "early-", "identification-", "session-", "notes-")
        ) or "sessionStorage" not in path.read_text("utf-8"), path.name


def test_names_change_with_their_content(dist):
    for path in (dist / "assets").iterdir():
        assert re.fullmatch(r"[a-z_]+-[0-9a-f]{10}\.(css|js|svg)", path.name)


def first_view(dist: Path, text: str) -> int:
    """Give the compressed size of a page and of all that it fetches at once."""
    fetched = {
        attributes.get("src") or attributes.get("href")
        for tag, attributes in Tags(text).found
        if tag == "script" or (tag == "link" and attributes.get("rel") in {"stylesheet", "modulepreload", "icon"})
    }
    return sum(
        len(gzip.compress(content, 6)) if len(content) >= build.COMPRESSED_FROM else len(content)
        for content in (text.encode(), *((dist / each[1:]).read_bytes() for each in fetched))
    )


def test_the_first_view_is_light(dist):
    sizes = {name: first_view(dist, text) for name, text in pages(dist).items()}
    assert {name: size for name, size in sizes.items() if size > MOST} == {}
    assert min(sizes.values()) > 5_000, "the styles were not counted"


# Language, what stands there, what is put in its place, what the build says of it.
FAULTS = (
    ("en", 'msgid "start.title"', 'msgid "start.titel"', "en: start.title: missing text"),
    ("sv", 'msgstr "Självtest"', 'msgstr ""', "sv: nav.self-test: missing text"),
    ("en", "#. Tid i vardagen", "#. Tid", "en: statement.everydayTime.theme: is a translation of other words"),
    ("en", 'msgid "question.smoking.label"', 'msgid "question.smok"', "en: question.smoking.label: missing text"),
    ("en", 'msgid "language.fi"', 'msgid "language.xx"', "en: language.xx: no page uses this text"),
    ("en", "#. Vem gör anmälan?", "#. Vem är du?", "en: question.applicants.label: is a translation of other"),
    ("sv", 'msgid "nav.help"', 'msgid "extra"\nmsgstr "Extra"\n\nmsgid "nav.help"', "sv: extra: no page uses"),
    ("sv", "(assignments)", "(nowhere)", "sv: a link to nowhere"),
    (
        "sv-lattlast",
        '#. Gör självtestet\nmsgid "start.begin"',
        '#. Testa\nmsgid "start.begin"',
        "sv-lattlast: start.begin",
    ),
    ("sv-lattlast", 'msgid "help.lead"', 'msgid "help.led"', "sv-lattlast: help.lead: missing text"),
)


class TestTexts:
    """The build fails on a text that is missing, left over, or older than what it translates."""

    @pytest.fixture
    def texts(self, tmp_path, monkeypatch):
        shutil.copytree(build.HERE / "texts", tmp_path / "texts")
        monkeypatch.setattr(build, "styles", lambda _: b"")
        return tmp_path / "texts"

    def changed(self, texts: Path, language: str, old: str, new: str) -> None:
        path = texts / f"{language}.po"
        before = path.read_text("utf-8")
        assert old in before
        path.write_text(before.replace(old, new), "utf-8")

    def test_every_faulty_text_is_told_at_once_and_nothing_is_built(self, texts, tmp_path):
        # given
        for language, old, new, _ in FAULTS:
            self.changed(texts, language, old, new)
        # when
        with pytest.raises(build.BuildError) as raised:
            build.build(tmp_path / "dist", folder=texts)
        # then
        untold = [told for *_, told in FAULTS if told not in str(raised.value)]
        assert untold == []
        assert not (tmp_path / "dist").exists()

    def test_untouched_texts_are_built(self, texts, tmp_path):
        build.build(tmp_path / "dist", api="https://api.prov.example", folder=texts)
        assert '<meta name="api" content="https://api.prov.example">' in (tmp_path / "dist/index.html").read_text(
            "utf-8"
        )

    def test_no_text_holds_markup(self):
        for language in languages.ALL:
            for key, text in build.Texts.read(language).known.items():
                assert "<" not in text, (language.code, key)

    @pytest.mark.parametrize("language", languages.ALL[1:], ids=lambda each: each.code)
    def test_texts_have_the_same_placeholders_as_in_swedish(self, language):
        swedish = build.Texts.read(languages.FIRST).known
        for key, text in build.Texts.read(language).known.items():
            if key in swedish:
                assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", swedish[key])), key


def test_nothing_of_the_registry_stands_in_the_lock():
    lock = json.loads((build.HERE / "package-lock.json").read_text("utf-8"))
    assert all("resolved" not in each for each in lock["packages"].values())
    wanted = lock["packages"][""]["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


@pytest.mark.parametrize("sheet", ["site", "mailbox"])
def test_no_two_parts_of_a_page_have_one_name(sheet):
    """A block that is begun twice is two that do not know of each other: the second undoes the first."""
    source = (build.HERE / "assets" / f"{sheet}.scss").read_text("utf-8")
    blocks = Counter(re.findall(r"^\.((?!govuk)[a-z]+(?:-[a-z]+)*) \{$", source, flags=re.MULTILINE))
    assert blocks
    assert [name for name, times in blocks.items() if times > 1] == []
