"""Nothing moves by itself while a page comes, however late its scripts and the answers of the API are."""

import json
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Route

from familjehem.domain import self_test
from familjehem.domain.assignment import Assignment
from familjehem.domain.question_set import current
from tests.browser.conftest import Visitor
from website import build

# The wide one is tall too: what would move below the fold moves before the eye.
SIZES = ({"width": 390, "height": 844}, {"width": 1280, "height": 1200})
SLOW = {"scripts": 0.2, "api": 0.6}
# The browser counts nothing as a shift that follows what somebody did within half a second: the API takes longer.
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
    for (const each of list.getEntries()) {
        if (each.hadRecentInput) continue;
        const parts = each.sources.map(({ node, previousRect: from, currentRect: to }) =>
            `${node?.id || node?.className || node?.nodeName}: ${Math.round(from.y)} to ${Math.round(to.y)}`);
        window.shifts.push(`${each.value.toFixed(4)} ${parts.join(", ")}`);
    }
}).observe({ type: "layout-shift", buffered: true });
"""
# One page of every kind, in the language with the longest words.
PATHS = tuple(
    dict.fromkeys(
        {page.template if page.script is None else page.name: page.paths["sv"] for page in build.pages()}.values()
    )
)


SCRIPTS = sorted({page.script for page in build.pages() if page.script})


def draft() -> str:
    """Give the draft of somebody who has begun."""
    return json.dumps(
        {
            "form": 1,
            "key": str(uuid4()),
            "version": current().version,
            "raw": {"assignments": ["familjehem"]},
            "municipalities": [],
            "visited": [],
            "cleared": True,
            "campaign": None,
            "tried": None,
            "receipt": None,
        }
    )


def slowly(seconds: float) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        time.sleep(seconds)
        route.continue_()

    return answer


@pytest.fixture(params=SIZES, ids=lambda size: f"{size['width']}x{size['height']}")
def slow(request: pytest.FixtureRequest, visit: Callable[..., Visitor]) -> Iterator[Visitor]:
    """Give a visitor whose network is slow, and who sees whatever moves."""
    visitor = visit(viewport=request.param)
    visitor.page.add_init_script(WATCH)
    for script in SCRIPTS:
        visitor.page.route(f"**/assets/{script.removesuffix('.js')}-*.js", slowly(SLOW["scripts"]))
    visitor.page.route("**/api/**", slowly(SLOW["api"]))
    yield visitor
    assert visitor.complaints == []


def shifts(visitor: Visitor) -> list[str]:
    """Give what has moved, once the page has been at rest for two frames."""
    return visitor.page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(shifts)))))"
    )


def comes(visitor: Visitor, path: str) -> None:
    visitor.page.goto(path, wait_until="networkidle")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_moves_while_a_page_comes(slow, path):
    comes(slow, path)
    if path == "/kommuner/":
        slow.page.locator(".found__item").first.wait_for()
    assert shifts(slow) == []


@pytest.mark.parametrize("step", ["", "#tasks", "#municipalities", "#aboutYou", "#check"])
def test_nothing_moves_when_somebody_comes_back_to_the_form(slow, step):
    slow.page.add_init_script(f"sessionStorage.setItem('familjehem.draft', {json.dumps(draft())})")
    comes(slow, f"/ansok/{step}")
    if step == "#municipalities":
        slow.page.locator("#chooser-found li").first.wait_for()
    assert slow.page.locator("[data-step]:visible").count() == 1
    assert slow.page.locator(f'[data-step="{step[1:] or "start"}"]').is_visible()
    assert shifts(slow) == []


def test_nothing_moves_when_the_result_comes(slow):
    comes(slow, "/sjalvtest/")
    names = [each.name for each in self_test.statements(current(), [Assignment.FAMILJEHEM])]
    slow.page.evaluate("(names) => names.forEach((name) => document.getElementsByName(name)[0].click())", names)
    slow.page.locator("#submit").click()
    slow.page.locator("#result-heading").wait_for()
    assert shifts(slow) == []


def test_the_form_is_seen_even_if_its_scripts_never_come(visit):
    visitor = visit()
    visitor.page.route("**/assets/apply-*.js", lambda route: route.abort())
    visitor.page.goto("/ansok/#assignment")
    assert not visitor.page.locator("h1").first.is_visible()
    visitor.page.locator("h1").first.wait_for(timeout=8_000)
