"""A real browser in front of the running local service: Debian's Chromium, driven by Playwright, judged by axe."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.applicant import EXTENDED, draft, resumed
from tests.builders import family_answers
from tests.reliability.running import Running
from website import build

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
# Blue, yellow and black of another service's brand.
FOREIGN = ("rgb(29, 112, 184)", "rgb(255, 221, 0)", "rgb(11, 12, 12)", "rgb(0, 48, 120)", "rgb(26, 101, 166)")


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    build.make()
    service = Running(tmp_path_factory.mktemp("local"))
    service.start()
    yield service
    service.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM.exists(), "there is no Chromium: make chromium brings it"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield found
        found.close()


@dataclass
class Visitor:
    """Somebody at the website; whatever the browser complains about is noted."""

    context: BrowserContext
    page: Page
    shots: Path | None
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def goes_to(self, path: str) -> None:
        """Go there, and wait until what the page fetches by itself has come."""
        self.page.goto(path)
        if self.page.locator("#found").count():
            self.page.locator(".found__item, #failed:not([hidden])").first.wait_for()

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=30_000)

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focused(self) -> str:
        """Give the words of what has the focus."""
        return self.page.evaluate("(document.activeElement.innerText || document.activeElement.value || '').trim()")

    def fits(self) -> bool:
        """Say that nothing scrolls sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def looks_right(self, name: str) -> None:
        """Look at the page as it stands, narrow and wide, light and dark.

        axe judges it by all rules narrow and light, and its colours wide and dark; with pictures it judges all four.
        """
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)
                where = f"{name} at {width} px, {scheme}"
                assert self.fits(), f"{where}: scrolls sideways"
                assert scheme == "dark" or torn(self.page) == [], f"{where}: a word is torn apart"
                # Only colours differ between the schemes.
                rules = ["color-contrast"] if scheme == "dark" else []
                if self.shots or (width, scheme) in {(320, "light"), (1280, "dark")}:
                    assert violations(self.page, *rules) == [], where
                assert width > min(WIDTHS) or foreign_colours(self.page) == [], where
                if self.shots:
                    self.page.screenshot(path=self.shots / f"{name}-{width}-{scheme}.png", full_page=True)


def violations(page: Page, *rules: str) -> list[str]:
    """Give what axe finds by all of its rules, or by `rules` alone: rule and element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((build.MODULES / "axe-core" / "axe.min.js").read_text("utf-8"))
    settings = {
        "resultTypes": ["violations"],
        **({"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}),
    }
    # What is hidden is nobody's to meet, and there is much of it in the form.
    seen = {"exclude": [["[hidden]"]]}
    found = page.evaluate(
        "([seen, settings]) => axe.run(seen, settings).then((told) => told.violations)", [seen, settings]
    )
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def torn(page: Page) -> list[str]:
    """Give the headings in which a word is too long for its line."""
    return page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3")].filter((each) => {
            each.style.overflowWrap = "normal";
            const tooWide = each.scrollWidth > each.clientWidth;
            each.style.overflowWrap = "";
            return each.offsetParent && tooWide;
        }).map((each) => each.innerText)"""
    )


def foreign_colours(page: Page) -> list[str]:
    """Give what on the page has a colour of another service's brand."""
    return page.evaluate(
        """(foreign) => [...document.querySelectorAll("body *")].flatMap((each) => {
            const style = getComputedStyle(each);
            return ["color", "backgroundColor", "borderTopColor", "outlineColor"]
                .filter((name) => foreign.includes(style[name])).map((name) => `${each.className} ${name}`);
        })""",
        list(FOREIGN),
    )


@pytest.fixture
def visit(browser: Browser, running: Running) -> Iterator[Callable[..., Visitor]]:
    """Give a way to let somebody in; `SCREENSHOTS=<folder>` keeps a picture of everything that is looked at."""
    contexts: list[BrowserContext] = []
    shots = Path(os.environ["SCREENSHOTS"]) if "SCREENSHOTS" in os.environ else None

    def come(**settings: Any) -> Visitor:
        context = browser.new_context(base_url=running.url, **{"viewport": {"width": 390, "height": 844}, **settings})
        contexts.append(context)
        context.set_default_timeout(10_000)
        return Visitor(context, context.new_page(), shots)

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def ready(visit, running):
    """Give somebody who has answered everything, and stands before the button that sends."""

    def stands(*municipalities, path="/ansok/", step="check", kept=None, **changes):
        chosen = municipalities or ("0680",)
        answers = family_answers(
            extended=[name for code in chosen for name in EXTENDED.get(code, ())], recipients=len(chosen), **changes
        )
        for name in ("informationRead", "truthful"):
            answers.pop(name)
        visitor = visit(accept_downloads=True)
        visitor.draft = kept or draft(running, answers, chosen)
        resumed(visitor, visitor.draft, step, path)
        return visitor

    return stands


def kept(visitor: Visitor) -> dict[str, Any]:
    """Give all that the browser keeps of the site."""
    stored = visitor.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return {"cookies": visitor.context.cookies(), "storage": [each for each in json.loads(stored) if each]}
