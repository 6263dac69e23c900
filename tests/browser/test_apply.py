"""The application, from begin to receipt, in a real browser against the running service; letters are read at the other end."""

import pytest

from tests.browser.applicant import Applicant
from tests.builders import family_answers

NAMES = {"0680": "Jönköping", "0180": "Stockholm", "0687": "Tranås"}
EXTENDED = {
    "0680": ("interests", "ownLimits"),
    "0180": ("secretPlacement", "wheelchairAccess"),
}


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
