"""Somebody who fills in the application by keyboard alone: Tab, arrows, Space, Enter and letters, nothing else.

The writer goes from field to field as the browser's focus does and answers what it meets, so that it also proves that
everything can be reached, in an order, and left again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from familjehem.domain.question_set import AnswerType, Question, current
from tests.reliability.running import Running

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

MOST_STOPS = 400
EXTENDED = {
    "0680": ("interests", "ownLimits"),
    "0180": ("secretPlacement", "wheelchairAccess"),
}
"""The extended questions that recipients of the local service ask."""

FOCUSED = """() => {
    const each = document.activeElement;
    const texts = [...(each.options ?? [])].map((option) => [option.value, option.text]);
    const step = [...document.querySelectorAll("[data-step]")].find((one) => !one.hidden);
    return {tag: each.tagName, type: each.type ?? "", name: each.name ?? "", id: each.id, value: each.value ?? "",
            checked: each.checked ?? false, text: (each.innerText ?? "").trim(), data: {...each.dataset},
            texts, step: step?.dataset.step, within: step?.contains(each) ?? false,
            code: each.dataset.code ?? ""};
}"""

GONE = """(step) => !document.querySelector("#missing").hidden
    || [...document.querySelectorAll("[data-step]")].find((one) => !one.hidden)?.dataset.step !== step"""


@dataclass
class Applicant:
    """Fills in the form for `answers` (as they go on the wire) and `municipalities` (code to name)."""

    visitor: "Visitor"
    answers: Mapping[str, Any]
    municipalities: Mapping[str, str]
    done: str = "Klar"
    before_going_on: Callable[["Applicant", str], None] = lambda *_: None
    steps: list[str] = field(default_factory=list)

    @property
    def page(self) -> Any:
        return self.visitor.page

    def begins(self, path: str = "/ansok/") -> None:
        self.page.goto(path)
        self.page.locator("#begin").focus()
        self.page.keyboard.press("Enter")

    def reaches_the_end(self) -> None:
        """Answer step after step until the last page before sending has been confirmed; nothing is sent yet."""
        for _ in range(30):
            step = self.step()
            self.steps.append(step)
            if step == "tasks":
                self.goes_on_from_tasks()
                continue
            self.answers_step()
            if step == "check":
                return
            self.before_going_on(self, step)
            self.presses_submit(step)
        message = f"the form never ended: {self.steps}"
        raise AssertionError(message)

    def sends(self) -> None:
        """Press the button that sends, once it has the focus."""
        self.to_submit()
        self.visitor.keys("Enter")

    # ---------------------------------------------------------------- moving

    def step(self) -> str:
        return self.focus()["step"]

    def focus(self) -> dict[str, Any]:
        return self.page.evaluate(FOCUSED)

    def to_submit(self) -> None:
        for _ in range(MOST_STOPS):
            now = self.focus()
            if now["tag"] == "BUTTON" and now["type"] == "submit" and now["within"]:
                return
            self.visitor.keys("Tab")
        message = "no button to go on with"
        raise AssertionError(message)

    def presses_submit(self, step: str) -> None:
        self.to_submit()
        self.visitor.keys("Enter")
        self.leaves(step)
        if self.page.locator("#missing").is_visible():
            message = f"{step}: {self.page.locator('#missing').inner_text()}"
            raise AssertionError(message)

    def goes_on_from_tasks(self) -> None:
        for _ in range(MOST_STOPS):
            self.visitor.keys("Tab")
            now = self.focus()
            if now["tag"] == "A" and now["within"] and self.done not in self.status_beside():
                self.visitor.keys("Enter")
                self.leaves("tasks")
                return
        message = "no task left to do"
        raise AssertionError(message)

    def leaves(self, step: str) -> None:
        """Wait until another step has come, or it was said why none does: the browser tells of a new address later."""
        self.page.wait_for_function(GONE, arg=step)

    def status_beside(self) -> str:
        return self.page.evaluate("document.activeElement.nextElementSibling?.innerText ?? ''")

    # ---------------------------------------------------------------- answering

    def answers_step(self) -> None:
        """Go through a step from its heading to its button, and answer what has the focus on the way."""
        seen: set[str] = set()
        if self.step() == "municipalities":
            self.page.locator("#chooser-found li").first.wait_for()
        for _ in range(MOST_STOPS):
            self.visitor.keys("Tab")
            now = self.focus()
            if not now["within"]:
                continue
            if now["type"] == "submit":
                return
            key = now["name"] or now["id"]
            if now["type"] == "radio" and key in seen:
                continue
            seen.add(key)
            self.answer(now)
        message = f"the step {self.step()} never ended"
        raise AssertionError(message)

    def answer(self, now: dict[str, Any]) -> None:
        if "add" in now["data"]:
            self.adds(now["data"]["add"])
        elif now["id"] == "chooser-name":
            self.chooses()
        elif now["name"].startswith("q-"):
            self.fills(now, self.wanted(now["name"]))

    def wanted(self, name: str) -> Any:
        """Give what is to be answered in the field of this name, or None."""
        if name in {"q-protectedIdentity", "q-knownChild"}:
            return "no"
        question, *parts = name.removeprefix("q-").split("-")
        value = self.answers.get(question)
        if parts == ["none"]:
            return value == []
        for part in parts:
            if isinstance(value, list):
                value = value[int(part)] if int(part) < len(value) else None
            elif isinstance(value, Mapping):
                value = value.get(part)
        return value

    def fills(self, now: dict[str, Any], value: Any) -> None:
        if value is None:
            return
        match now["tag"], now["type"]:
            case "INPUT", "radio":
                self.picks(now["name"], value)
            case "INPUT", "checkbox":
                wanted = value is True if isinstance(value, bool) else now["value"] in value
                if wanted != now["checked"]:
                    self.visitor.keys("Space")
            case "SELECT", _:
                self.selects(value, dict(now["texts"])[value])
            case _:
                self.page.keyboard.press("Control+a")
                self.page.keyboard.type(str(value))

    def selects(self, value: str, text: str) -> None:
        """Type the first letter, and go down to what is meant: no key of this keyboard types å, ä or ö."""
        self.page.keyboard.type(text[0])
        for _ in range(MOST_STOPS):
            if self.focus()["value"] == value:
                return
            self.visitor.keys("ArrowDown")
        message = f"no {value} to select"
        raise AssertionError(message)

    def picks(self, name: str, value: str) -> None:
        """Go through a group of radio buttons until the wanted one is chosen."""
        for press in ("Space", *["ArrowDown"] * 12):
            if self.focus()["value"] == value and self.focus()["checked"]:
                return
            self.visitor.keys(press)
            if self.focus()["value"] == value and not self.focus()["checked"]:
                self.visitor.keys("Space")
        message = f"{name}: no {value}"
        raise AssertionError(message)

    def adds(self, question: str) -> None:
        """Add an item where one more is wanted; the focus goes into it, and its fields come next."""
        wanted = self.answers.get(question) or []
        there = self.page.locator(f"#at-{question} [data-items] > li").count()
        if there < len(wanted):
            self.visitor.keys("Enter")

    def chooses(self) -> None:
        """Choose each municipality by searching for its name; then leave the search behind."""
        for code, name in self.municipalities.items():
            if self.page.locator(f'#chosen [data-code="{code}"]').count():
                continue
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(name)
            for _ in range(MOST_STOPS):
                self.visitor.keys("Tab")
                if self.focus()["code"] == code:
                    break
            self.visitor.keys("Enter")
            assert self.focus()["id"] == "chosen-heading"
            for _ in range(MOST_STOPS):
                self.visitor.keys("Tab")
                if self.focus()["id"] == "chooser-name":
                    break


# ---------------------------------------------------------------- a draft that was filled in before


def draft(
    running: Running, answers: Mapping[str, Any], municipalities: Sequence[str], **changes: Any
) -> dict[str, Any]:
    """Give the draft of somebody who has answered everything for `municipalities` and not sent it yet."""
    known = {each["code"]: each for each in running.http.get("/api/recipients").json()["municipalities"]}
    brief = ("code", "name", "county", "recipient", "assignments")
    return {
        "form": 1,
        "key": str(uuid4()),
        "version": current().version,
        "raw": {name: typed(current().question(name), value) for name, value in answers.items()},
        "municipalities": [{part: known[code][part] for part in brief} for code in municipalities],
        "visited": [section.name for section in current().sections] + ["assignment", "municipalities"],
        "cleared": True,
        "campaign": None,
        "tried": None,
        "receipt": None,
        **changes,
    }


def typed(question: Question, value: Any) -> Any:
    """Give an answer as it was typed."""
    match question.type:
        case AnswerType.NUMBER:
            return str(value)
        case AnswerType.LANGUAGES:
            return {"none": False, "items": value}
        case AnswerType.GROUP:
            items = [{name: str(part) for name, part in item.items()} for item in value]
            return {"none": not items, "items": items}
        case _:
            return value


def resumed(visitor: "Visitor", kept: Mapping[str, Any], step: str = "check", path: str = "/ansok/") -> None:
    """Come back to a tab that holds this draft."""
    visitor.page.goto("/hjalp/")
    visitor.page.evaluate("(kept) => sessionStorage.setItem('familjehem.draft', kept)", json.dumps(kept))
    visitor.page.goto(f"{path}#{step}")
    visitor.page.locator(f'[data-step="{step}"]').wait_for()


def confirms_and_sends(visitor: "Visitor") -> None:
    visitor.page.locator("#q-informationRead").check()
    visitor.page.locator("#q-truthful").check()
    visitor.page.locator("#send").click()


def sent_of(page: Any) -> dict[str, Any]:
    """Give the receipt that a tab holds."""
    return page.evaluate("JSON.parse(sessionStorage.getItem('familjehem.draft')).receipt")
