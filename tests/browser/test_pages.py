"""Every page, narrow and wide, light and dark; and what is left without scripts."""

import pytest

from tests.browser.conftest import kept
from website import build, catalogue, languages

# The pages of the problems differ in their words alone: the first of them stands for all.
PAGES = [
    (page, each.code)
    for page in build.pages()
    for each in languages.ALL
    if each.path(page.paths) and page.problem in {None, catalogue.slugs()[0]}
]
WHOLE = [page for page in build.pages() if page.problem is None and page.name != "not-found"]
FORMS = {
    "self-test": "resultatet kan inte visas utan JavaScript",
    "municipalities": "Listan kan inte visas utan JavaScript",
    "my-application": "Anmälan kan inte visas utan JavaScript",
    "activate": "Sidan kan inte visas utan JavaScript",
    "connect": "Ansökan kan inte skickas utan JavaScript",
    "identified": "Legitimeringen kan inte avslutas utan JavaScript",
    **{page.name: "Brevlådan kan inte visas utan JavaScript" for page in WHOLE if page.mailbox},
}


@pytest.mark.parametrize(("page", "language"), PAGES, ids=[f"{page.name}-{language}" for page, language in PAGES])
def test_every_page_is_in_order(visit, page, language):
    visitor = visit()
    visitor.goes_to(page.paths[language])
    visitor.looks_right(f"{page.name}-{language}")
    assert visitor.complaints == []
    assert kept(visitor) == {"cookies": [], "storage": []}


def test_a_page_that_is_not_there_says_so_and_leads_on(visit):
    visitor = visit()
    answer = visitor.page.goto("/finns-inte/")
    assert answer.status == 404
    visitor.sees("Sidan finns inte")
    visitor.page.get_by_role("link", name="Till startsidan").click()
    visitor.sees("Kan ditt hem bli tryggt för ett barn?")


def test_the_language_can_be_changed_on_every_page(visit):
    visitor = visit()
    for page in WHOLE:
        if page.swedish_only:
            continue
        visitor.goes_to(page.paths["sv"])
        visitor.page.get_by_role("navigation", name="Språk").get_by_role("link", name="English").click()
        visitor.page.wait_for_url(f"**{page.paths['en']}")
        assert visitor.page.locator("html").get_attribute("lang") == "en"


def test_from_easy_swedish_a_page_that_it_lacks_is_reached_in_ordinary_swedish(visit):
    visitor = visit()
    visitor.goes_to("/lattlast/")
    visitor.page.get_by_role("link", name="se hur det går för din anmälan (vanlig svenska)").click()
    visitor.sees("Här ser du hur det går")
    visitor.page.get_by_role("link", name="Lättläst svenska (startsidan)").click()
    visitor.sees("Vill du hjälpa ett barn?")
    assert visitor.complaints == []


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(visit):
    visitor = visit()
    visitor.goes_to("/hjalp/")
    visitor.keys("Tab")
    assert visitor.focused() == "Hoppa till innehållet"
    visitor.keys("Enter", "Tab")
    assert visitor.focused() == "Var fyller jag i en intresseanmälan?"


@pytest.mark.parametrize("page", WHOLE, ids=lambda page: page.name)
def test_without_scripts_a_page_reads_in_full_or_says_what_to_do(visit, page):
    visitor = visit(java_script_enabled=False)
    visitor.page.goto(page.paths["sv"])
    shown = visitor.page.locator("main").inner_text()
    assert FORMS[page.name] in shown if page.name in FORMS else len(shown) > 300


def test_without_scripts_nothing_that_was_typed_leaves_the_page(visit):
    visitor = visit(java_script_enabled=False)
    visitor.page.goto("/min-anmalan/")
    visitor.page.get_by_label("Referens").fill("ABCD")
    visitor.page.get_by_role("button", name="Visa min anmälan").click()
    assert visitor.page.url.endswith("/min-anmalan/")


def test_four_times_as_large_it_still_fits(visit):
    """400 % zoom of a 1280 px screen is a screen of 320 by 200."""
    visitor = visit(viewport={"width": 320, "height": 200})
    for page in WHOLE:
        visitor.goes_to(page.paths["sv"])
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.name
