"""The self-test from its first statement to its result, all at once and one at a time; nothing is kept."""

import re

import pytest

from familjehem.domain import self_test
from familjehem.domain.assignment import Assignment
from familjehem.domain.question_set import current
from tests.browser.conftest import kept
from website import build, languages

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
    assert not visitor.page.get_by_role("link", name="English").is_visible()


def test_in_easy_swedish_the_result_is_easy(visit):
    visitor = visit()
    visitor.goes_to("/lattlast/sjalvtest/?uppdrag=jourhem")
    answer_all(visitor, "jourhem", 2)
    visitor.page.get_by_role("button", name="Visa resultatet").click()
    visitor.sees("Prata om det här först")
    shown = visitor.page.locator("main").inner_text()
    of_swedish = [level.text for level in current().levels] + [each.feedback_low for each in current().statements]
    assert [each for each in of_swedish if each in shown] == []
    visitor.looks_right("result-sv-lattlast")
    assert visitor.complaints == []


class TestOneAtATime:
    """The statements can also come one at a time; what they lead to is the same."""

    @pytest.fixture
    def visitor(self, visit):
        found = visit()
        found.goes_to("/sjalvtest/?uppdrag=kontaktperson")
        found.page.get_by_label("En i taget").check()
        return found

    def number(self, visitor) -> str:
        return visitor.page.locator(".statement:visible .statement__number").inner_text()

    def answer(self, visitor, option: int) -> None:
        visitor.page.locator(".statement:visible input").nth(option).check()

    def go_on(self, visitor, name: str = "Nästa") -> None:
        visitor.page.get_by_role("button", name=name).click()

    def test_by_keyboard_alone_it_leads_from_statement_to_statement_and_to_the_result(self, visit):
        # given
        visitor = visit()
        visitor.goes_to("/sjalvtest/")
        while visitor.page.evaluate("document.activeElement.name") != "mode":
            visitor.keys("Tab")
        # when
        visitor.keys("ArrowDown")
        visitor.looks_right("self-test-one-at-a-time")
        visitor.keys("Tab", "Enter")
        names = asked("familjehem")
        for number, name in enumerate(names, 1):
            assert visitor.focused().startswith(f"Påstående {number} av {len(names)}")
            assert visitor.page.title().startswith(f"Påstående {number} av {len(names)} – Självtest")
            visitor.keys("Tab", "Space")
            assert visitor.page.evaluate("[document.activeElement.name, document.activeElement.checked]") == [
                name,
                True,
            ]
            visitor.sees(f"{number} av {len(names)} besvarade")
            # From the last answer on, Enter does what the button does.
            visitor.keys(*(("Enter",) if number % 2 else ("Tab", "Enter")))
        # then
        visitor.sees(HEADINGS["good"])
        assert HEADINGS["good"] in visitor.focused()
        assert visitor.page.title().startswith("Ditt resultat – Självtest")
        assert visitor.complaints == []

    @pytest.mark.parametrize("option", range(4))
    def test_the_result_is_that_of_all_on_one_page(self, visitor, option):
        # given
        self.go_on(visitor, "Börja")
        count = len(asked("kontaktperson"))
        for number in range(1, count + 1):
            self.answer(visitor, option)
            self.go_on(visitor, "Nästa" if number < count else "Visa resultatet")
        visitor.page.locator("#result-heading").wait_for()
        one_at_a_time = visitor.page.locator("#result").inner_text()
        # when
        visitor.goes_to("/sjalvtest/?uppdrag=kontaktperson")
        answer_all(visitor, "kontaktperson", option)
        self.go_on(visitor, "Visa resultatet")
        visitor.page.locator("#result-heading").wait_for()
        # then
        assert visitor.page.locator("#result").inner_text() == one_at_a_time

    @pytest.mark.parametrize("language", languages.ALL, ids=lambda each: each.code)
    def test_it_works_in_every_language(self, visit, language):
        # given
        visitor = visit()
        (page,) = (each for each in build.pages() if each.name == "self-test")
        visitor.goes_to(f"{language.path(page.paths)}?uppdrag=kontaktperson")
        visitor.page.locator("input[name=mode][value=one]").check()
        visitor.page.locator("#submit").click()
        visitor.looks_right(f"statement-{language.code}")
        # when
        for _ in asked("kontaktperson"):
            self.answer(visitor, 1)
            visitor.page.locator("#submit").click()
        # then
        visitor.page.locator("#result-heading").wait_for()
        assert visitor.page.locator("#strength dt").count() > 0
        assert visitor.complaints == []

    def test_without_an_answer_it_does_not_go_on(self, visitor):
        self.go_on(visitor, "Börja")
        self.go_on(visitor)
        visitor.sees("Några svar saknas")
        assert visitor.page.locator("#missing-list a").all_inner_texts() == ["Påstående 1: Uthållighet"]
        visitor.looks_right("statement-error")
        visitor.page.locator("#missing-list a").press("Enter")
        visitor.keys("Space")
        self.go_on(visitor)
        assert self.number(visitor) == "Påstående 2 av 7"
        assert not visitor.page.get_by_text("Några svar saknas").is_visible()

    def test_the_way_back_is_one_statement_by_button_and_browser_alike(self, visitor):
        # given
        self.go_on(visitor, "Börja")
        for _ in range(2):
            self.answer(visitor, 0)
            self.go_on(visitor)
        assert self.number(visitor) == "Påstående 3 av 7"
        # when
        visitor.page.get_by_role("button", name="Tillbaka").click()
        visitor.page.wait_for_function("document.title.startsWith('Påstående 2')")
        assert visitor.focused().startswith("Påstående 2 av 7")
        visitor.page.go_back()
        assert self.number(visitor) == "Påstående 1 av 7"
        visitor.page.go_back()
        # then
        assert visitor.page.get_by_label("En i taget").is_visible()
        assert visitor.page.locator(".statement:visible").count() == 0
        visitor.page.go_forward()
        visitor.page.go_forward()
        assert self.number(visitor) == "Påstående 2 av 7"
        assert visitor.page.locator(".statement:visible input").first.is_checked()

    def test_nothing_is_skipped_by_going_forward_after_another_choice(self, visitor):
        self.go_on(visitor, "Börja")
        self.answer(visitor, 0)
        self.go_on(visitor)
        visitor.page.go_back()
        visitor.page.go_back()
        visitor.page.get_by_role("radio", name="Familjehem").check()
        visitor.page.go_forward()
        visitor.page.go_forward()
        assert self.number(visitor) == "Påstående 1 av 15"

    def test_a_link_within_the_page_moves_nothing(self, visitor):
        self.go_on(visitor, "Börja")
        visitor.page.evaluate("location.hash = '#main'")
        assert self.number(visitor) == "Påstående 1 av 7"

    def test_answers_can_be_changed_and_all_be_begun_again(self, visitor):
        # given
        self.go_on(visitor, "Börja")
        for name in ["Nästa"] * 6 + ["Visa resultatet"]:
            self.answer(visitor, 0)
            self.go_on(visitor, name)
        visitor.sees(HEADINGS["good"])
        # when
        visitor.page.get_by_role("button", name="Ändra dina svar").click()
        assert self.number(visitor) == "Påstående 1 av 7"
        self.answer(visitor, 1)
        for name in ["Nästa"] * 6 + ["Visa resultatet"]:
            self.go_on(visitor, name)
        visitor.sees(HEADINGS["good"])
        visitor.page.get_by_role("button", name="Börja om").click()
        # then
        assert visitor.page.get_by_label("En i taget").is_checked()
        assert visitor.page.locator(".statement input:checked").count() == 0
        visitor.page.go_back()
        assert not visitor.page.locator("#result").is_visible()

    def test_nothing_of_it_is_kept(self, visitor):
        self.go_on(visitor, "Börja")
        self.answer(visitor, 0)
        assert kept(visitor) == {"cookies": [], "storage": []}
        visitor.page.reload()
        visitor.sees("0 av 7 besvarade")
        assert visitor.page.get_by_role("radio", name="Alla på en sida").is_checked()

    def test_without_scripts_it_is_not_offered(self, visit):
        visitor = visit(java_script_enabled=False)
        visitor.page.goto("/sjalvtest/")
        assert not visitor.page.get_by_label("En i taget").is_visible()
        assert visitor.page.locator(".statement:visible").count() == len(asked("familjehem"))
