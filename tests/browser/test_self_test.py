"""The self-test from its first statement to its result, by keyboard alone; nothing is kept."""

import re

import pytest

from familjehem.domain import self_test
from familjehem.domain.assignment import Assignment
from familjehem.domain.question_set import current
from tests.browser.conftest import kept

HEADINGS = {level.name: level.heading for level in current().levels}


def asked(assignment: str) -> list[str]:
    return [each.name for each in self_test.statements(current(), [Assignment(assignment)])]


def answer_all(visitor, assignment: str, option: int) -> None:
    script = "([names, option]) => names.forEach((name) => document.getElementsByName(name)[option].click())"
    visitor.page.evaluate(script, [asked(assignment), option])


def test_it_is_taken_by_keyboard_alone(visit):
    # given
    visitor = visit()
    visitor.goes_to("/sjalvtest/")
    while visitor.page.evaluate("document.activeElement.name") != "assignment":
        visitor.keys("Tab")
    # when: the first answer to each statement
    for name in asked("familjehem"):
        visitor.keys("Tab", "Space")
        assert visitor.page.evaluate("[document.activeElement.name, document.activeElement.checked]") == [name, True]
    visitor.sees("15 av 15 besvarade")
    visitor.keys("Tab", "Enter")
    # then
    visitor.sees(HEADINGS["good"])
    assert HEADINGS["good"] in visitor.focused()
    visitor.sees("Det här talar för dig")
    assert not visitor.page.get_by_text("Viktigt att prata om först").is_visible()
    visitor.looks_right("result-good")
    assert visitor.complaints == []


def test_what_is_not_answered_is_told_with_a_way_there(visit):
    visitor = visit()
    visitor.goes_to("/sjalvtest/")
    visitor.page.locator("input[name=everydayTime]").first.check()
    visitor.page.get_by_role("button", name="Visa resultatet").click()
    visitor.sees("Några svar saknas")
    links = visitor.page.locator("#missing-list a")
    assert links.count() == 14
    assert links.first.inner_text() == "Påstående 2: Enighet i familjen"
    visitor.looks_right("self-test-errors")
    links.first.press("Enter")
    assert visitor.page.evaluate("document.activeElement.name") == "wholeFamilyAgrees"
    visitor.keys("Space")
    assert not visitor.page.locator("#wholeFamilyAgrees-error").is_visible()


@pytest.mark.parametrize("assignment", list(Assignment))
def test_each_assignment_has_its_own_statements_and_a_result(visit, assignment):
    visitor = visit()
    visitor.goes_to(f"/sjalvtest/?uppdrag={assignment}")
    answer_all(visitor, assignment, 3)
    assert visitor.page.locator(".statement:visible").count() == len(asked(assignment))
    visitor.page.get_by_role("button", name="Visa resultatet").click()
    visitor.sees(HEADINGS["notnow"])
    visitor.sees(f"Självtest för {assignment}")
    visitor.sees("Viktigt att prata om först")
    if assignment == "kontaktfamilj":
        visitor.looks_right("result-notnow")


def test_the_answers_can_be_changed_by_button_and_by_going_back(visit):
    visitor = visit()
    visitor.goes_to("/sjalvtest/?uppdrag=kontaktperson")
    answer_all(visitor, "kontaktperson", 0)
    visitor.page.get_by_role("button", name="Visa resultatet").click()
    visitor.sees(HEADINGS["good"])
    for back in (lambda: visitor.page.get_by_role("button", name="Ändra dina svar").click(), visitor.page.go_back):
        back()
        visitor.sees("7 av 7 besvarade")
        visitor.page.locator("input[name=stayingPower]").nth(1).check()
        visitor.page.get_by_role("button", name="Visa resultatet").click()
        visitor.sees(HEADINGS["good"])


def test_nothing_is_kept(visit):
    visitor = visit()
    visitor.goes_to("/sjalvtest/?uppdrag=kontaktperson")
    answer_all(visitor, "kontaktperson", 0)
    visitor.page.get_by_role("button", name="Visa resultatet").click()
    visitor.sees(HEADINGS["good"])
    assert kept(visitor) == {"cookies": [], "storage": []}
    assert "stayingPower" not in visitor.page.url
    visitor.page.reload()
    visitor.sees("0 av 7 besvarade")
    assert visitor.page.locator(".statement input:checked").count() == 0


def test_when_the_service_does_not_answer_the_answers_stay(visit):
    visitor = visit()
    visitor.goes_to("/sjalvtest/?uppdrag=kontaktperson")
    answer_all(visitor, "kontaktperson", 0)
    visitor.page.route("**/api/self-test", lambda route: route.abort())
    visitor.page.get_by_role("button", name="Visa resultatet").click()
    visitor.sees("Resultatet kunde inte visas")
    visitor.sees("7 av 7 besvarade")
    visitor.page.unroute("**/api/self-test")
    visitor.page.get_by_role("button", name="Visa resultatet").click()
    visitor.sees(HEADINGS["good"])


def test_in_english_the_result_is_english(visit):
    visitor = visit()
    visitor.goes_to("/en/self-test/?uppdrag=jourhem")
    answer_all(visitor, "jourhem", 2)
    visitor.page.get_by_role("button", name="Show the result").click()
    visitor.sees("Important to talk about first")
    shown = visitor.page.locator("main").inner_text()
    # The names of the assignments and of an authority are Swedish words in English too.
    assert not re.search(r"\b(och|inte|ni|barnet|att)\b", shown)
    visitor.looks_right("result-en")


def test_on_paper_stands_the_result_and_no_buttons(visit):
    visitor = visit()
    visitor.goes_to("/sjalvtest/?uppdrag=kontaktperson")
    answer_all(visitor, "kontaktperson", 1)
    visitor.page.get_by_role("button", name="Visa resultatet").click()
    visitor.sees("Det här talar för dig")
    visitor.page.emulate_media(media="print")
    assert visitor.page.get_by_text("Det här talar för dig").is_visible()
    for name in ("Skriv ut resultatet", "Ändra dina svar"):
        assert not visitor.page.get_by_role("button", name=name).is_visible()
    assert not visitor.page.get_by_role("link", name="In English").is_visible()
