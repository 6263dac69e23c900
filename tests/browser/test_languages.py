"""A language that is read from the right, made from Swedish by the tests, looked at in a real browser."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dev.site import folder_of
from familjehem.domain import self_test
from familjehem.domain.assignment import Assignment
from familjehem.domain.question_set import current
from tests.browser.conftest import Visitor
from tests.website import pseudo
from website import build, catalogue

PAGES = [
    each
    for each in build.pages()
    if not each.mailbox and each.problem in {None, catalogue.slugs()[0]} and pseudo.ARABIC.path(each.paths)
]


@pytest.fixture(scope="session")
def mirrored(tmp_path_factory) -> Path:
    return pseudo.site(tmp_path_factory.mktemp("pseudo"))


@pytest.fixture
def visit_mirrored(visit, mirrored) -> Callable[[], Visitor]:
    """Give a way to let somebody in to the site with the made-up language; the API is that of the running service."""

    def give(route) -> None:
        path, _ = folder_of(urlsplit(route.request.url).path)
        route.fulfill(path=mirrored / path.lstrip("/"))

    def come() -> Visitor:
        visitor = visit()
        visitor.context.route(lambda address: "/api/" not in address, give)
        return visitor

    return come


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_is_in_order_when_read_from_the_right(visit_mirrored, page):
    visitor = visit_mirrored()
    visitor.goes_to(pseudo.ARABIC.path(page.paths))
    assert visitor.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    visitor.looks_right(f"{page.name}-ar")
    assert visitor.complaints == []


def test_what_stands_first_stands_to_the_right(visit_mirrored):
    visitor = visit_mirrored()
    visitor.goes_to("/ar/self-test/")
    middle = """(element) => { const box = element.getBoundingClientRect(); return box.left + box.width / 2; }"""
    for first, second in ((".top__name", ".tongues"), (".govuk-radios__input", ".govuk-radios__label")):
        places = [visitor.page.locator(each).first.evaluate(middle) for each in (first, second)]
        assert places[0] > places[1], (first, second)


def test_the_self_test_works_when_read_from_the_right(visit_mirrored):
    # given
    visitor = visit_mirrored()
    visitor.goes_to("/ar/self-test/?uppdrag=kontaktperson")
    visitor.page.locator("input[name=mode][value=one]").check()
    visitor.page.locator("#submit").click()
    visitor.looks_right("statement-ar")
    # when: one at a time, with low answers
    for _ in self_test.statements(current(), [Assignment.KONTAKTPERSON]):
        visitor.page.locator(".statement:visible input").nth(3).check()
        visitor.page.locator("#submit").click()
    # then
    visitor.sees(pseudo.mirrored("Viktigt att prata om först"))
    visitor.looks_right("result-ar")
    assert visitor.complaints == []
