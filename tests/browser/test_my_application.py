"""Following an application and withdrawing it, from one and from all, against the running service."""

import pytest

from tests.browser.conftest import kept


@pytest.fixture
def receipt(running):
    answer = running.submit("0680", "0180", "0687")
    assert answer.status_code == 201, answer.text
    running.quiet()
    return answer.json()


def opened(visit, receipt, path="/min-anmalan/", labels=("Referens", "Kod", "Visa min anmälan")):
    visitor = visit()
    visitor.goes_to(path)
    visitor.page.get_by_label(labels[0]).fill(receipt["reference"].lower())
    visitor.page.get_by_label(labels[1]).fill(f" {receipt['receiptCode'].lower()} ")
    visitor.page.get_by_role("button", name=labels[2]).press("Enter")
    return visitor


def state_of(visitor, recipient: str) -> str:
    return visitor.page.locator(".delivery", has_text=recipient).locator(".delivery__state").inner_text()


def test_every_recipient_s_state_is_shown(visit, receipt, running):
    visitor = opened(visit, receipt)
    visitor.sees("Familjehemsresursen Höglandet (prov)")
    assert [state_of(visitor, name) for name in ("Jönköping", "Stockholm", "Höglandet")] == ["Framme"] * 3
    visitor.looks_right("my-application-status")
    # when: a case worker opens one
    number = next(each["number"] for each in receipt["deliveries"] if each["recipient"]["id"] == "0680")
    running.letter("0680", number)
    visitor.page.get_by_role("button", name="Uppdatera").click()
    # then
    visitor.sees("Någon på kommunen har läst anmälan.")
    assert state_of(visitor, "Jönköping") == "Öppnad"
    assert visitor.complaints == []


def test_one_recipient_can_be_taken_back_and_the_others_stay(visit, receipt, running):
    visitor = opened(visit, receipt)
    visitor.page.get_by_role("button", name="Ta tillbaka från Stockholm").click()
    visitor.sees("Vill du ta tillbaka anmälan från Stockholm?")
    visitor.looks_right("my-application-confirm")
    # when: first thought better of, then done
    visitor.page.get_by_role("button", name="Nej, behåll anmälan").click()
    assert state_of(visitor, "Stockholm") == "Framme"
    visitor.page.get_by_role("button", name="Ta tillbaka från Stockholm").click()
    visitor.page.get_by_role("button", name="Ja, ta tillbaka").click()
    # then
    visitor.sees("Anmälan till Stockholm är tillbakatagen.")
    assert [state_of(visitor, name) for name in ("Jönköping", "Stockholm", "Höglandet")] == [
        "Framme",
        "Tillbakatagen",
        "Framme",
    ]
    told = {each["recipient"]["id"]: each["state"] for each in running.receipt(receipt)["deliveries"]}
    assert told == {"0680": "delivered", "0180": "withdrawn", "unit-hoglandet": "delivered"}


def test_all_can_be_taken_back_at_once(visit, receipt, running):
    visitor = opened(visit, receipt)
    visitor.page.get_by_role("button", name="Ta tillbaka hela anmälan").click()
    visitor.page.get_by_role("button", name="Ja, ta tillbaka").click()
    visitor.sees("Hela anmälan är tillbakatagen.")
    assert {each["state"] for each in running.receipt(receipt)["deliveries"]} == {"withdrawn"}
    assert not visitor.page.get_by_role("button", name="Ta tillbaka hela anmälan").is_visible()
    visitor.looks_right("my-application-withdrawn")


def test_a_lost_withdrawal_is_told_and_can_be_sent_again(visit, receipt, running):
    visitor = opened(visit, receipt)
    visitor.page.get_by_role("button", name="Ta tillbaka från Jönköping").click()
    visitor.page.route("**/api/applications/**", lambda route: route.abort())
    visitor.page.get_by_role("button", name="Ja, ta tillbaka").click()
    visitor.sees("Vi vet inte säkert om det gick fram.")
    visitor.page.unroute("**/api/applications/**")
    visitor.page.get_by_role("button", name="Ja, ta tillbaka").click()
    visitor.sees("Anmälan till Jönköping är tillbakatagen.")


def test_nothing_of_it_stays_in_the_browser(visit, receipt):
    visitor = opened(visit, receipt)
    visitor.sees("Familjehemsresursen Höglandet (prov)")
    assert kept(visitor) == {"cookies": [], "storage": []}
    assert receipt["reference"] not in visitor.page.url
    visitor.page.get_by_role("button", name="Stäng anmälan").click()
    assert visitor.page.get_by_label("Referens").input_value() == ""
    assert "Höglandet" not in visitor.page.locator("main").inner_text()


def test_a_wrong_code_and_an_empty_form_are_told_kindly(visit, receipt):
    visitor = opened(visit, {**receipt, "receiptCode": "0" * len(receipt["receiptCode"])})
    visitor.sees("Referensen eller koden stämmer inte.")
    visitor.looks_right("my-application-wrong-code")
    visitor.page.get_by_role("link", name="Läs mer om felet").click()
    visitor.page.wait_for_url("**/problem/application-not-found/")
    visitor.goes_to("/min-anmalan/")
    visitor.page.get_by_role("button", name="Visa min anmälan").click()
    visitor.sees("Det fattas något")
    visitor.looks_right("my-application-empty")


def test_in_english_it_is_english(visit, receipt):
    visitor = opened(visit, receipt, "/en/my-application/", ("Reference", "Code", "Show my application"))
    visitor.sees("The application lies in the municipality’s encrypted mailbox.")
    visitor.page.get_by_role("button", name="Withdraw the whole application").click()
    visitor.page.get_by_role("button", name="Yes, withdraw").click()
    visitor.sees("The whole application has been withdrawn.")
