"""The application by keyboard alone, from begin to receipt, against the running service; letters are read at the other end."""

import pytest

from tests.browser.applicant import EXTENDED, Applicant, sent_of
from tests.builders import family_answers


@pytest.mark.parametrize("assignment", ["familjehem", "jourhem", "jourfamilj", "kontaktfamilj", "kontaktperson"])
def test_each_assignment_goes_from_start_to_receipt_by_keyboard_alone(visit, running, assignment):
    # given
    chosen = {"0680": "Jönköping"}
    answers = family_answers(assignments=[assignment], extended=EXTENDED["0680"], motive="Vi har plats. Kanariefågel")
    visitor = visit()
    applicant = Applicant(visitor, answers, chosen)
    # when
    applicant.begins()
    applicant.reaches_the_end()
    applicant.sends()
    visitor.sees("Din anmälan är skickad")
    # then: the letter at the other end holds what was typed
    running.quiet()
    number = next(iter(running.mailbox("0680")))["number"]
    letter = running.letter("0680", number)
    assert number in visitor.page.locator("#receipt-deliveries").inner_text()
    assert letter["assignments"] == [assignment]
    assert "Vi har plats. Kanariefågel" in str(letter)
    assert visitor.complaints == []


def test_a_couple_applies_to_a_municipality_and_a_joint_unit_in_english(visit, running):
    # given
    chosen = {"0680": "Jönköping", "0687": "Tranås"}
    answers = family_answers(extended=EXTENDED["0680"], recipients=2, shareRecipients="yes")
    visitor = visit()
    applicant = Applicant(visitor, answers, chosen, done="Done")
    # when
    applicant.begins("/en/apply/")
    applicant.reaches_the_end()
    applicant.sends()
    visitor.sees("Your application has been sent")
    # then
    running.quiet()
    told = sent_of(visitor.page)
    assert [each["recipient"]["id"] for each in told["deliveries"]] == ["0680", "unit-hoglandet"]
    letters = {
        each["recipient"]["id"]: running.letter(each["recipient"]["id"], each["number"]) for each in told["deliveries"]
    }
    assert "Kanariefågelgatan 5" in str(letters["0680"])
    assert "Test Persson-Kanarie" in str(letters["unit-hoglandet"])
    # and: each mailbox was told, without content, and so was the applicant
    mails = running.http.get("/desk/api/mails", params={"limit": "30"}).json()["mails"]
    assert {"familjehem@jonkoping.example", "kanariefagel.prov@example.com"} <= {
        str(to) for each in mails for to in each["to"]
    }
    assert "Persson-Kanarie" not in str([each["subject"] for each in mails])
    assert visitor.complaints == []


SHOWN = """() => [...document.querySelectorAll("[data-step]:not([hidden]) input, [data-step]:not([hidden]) select,"
    + "[data-step]:not([hidden]) textarea")].filter((each) => !each.id.startsWith("chooser-"))
    .map((each) => [each.id, each.type === "radio" || each.type === "checkbox" ? each.checked : each.value])"""


def test_back_forward_and_reload_lose_nothing_on_any_page(visit):
    # given
    kept = []

    def shaken(applicant, step):
        if step == "stops":
            return  # these two are never kept
        page = applicant.page
        before = page.evaluate(SHOWN)
        page.reload()
        page.locator(f'[data-step="{step}"]').wait_for()
        if step == "municipalities":
            page.locator("#chooser-found li").first.wait_for()
        assert page.evaluate(SHOWN) == before, step
        page.go_back()
        # The way back must have been gone before the way forward is, or the form may be left between the two.
        page.locator(f'[data-step="{step}"]').wait_for(state="hidden")
        page.go_forward()
        page.locator(f'[data-step="{step}"]').wait_for()
        assert page.evaluate(SHOWN) == before, step
        kept.append(step)

    visitor = visit()
    answers = family_answers(assignments=["familjehem", "jourhem", "kontaktfamilj"], extended=EXTENDED["0680"])
    applicant = Applicant(visitor, answers, {"0680": "Jönköping"}, before_going_on=shaken)
    # when
    applicant.begins()
    applicant.reaches_the_end()
    # then
    assert len(kept) >= 12
    assert visitor.complaints == []
