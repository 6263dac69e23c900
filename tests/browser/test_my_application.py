"""Following an application and withdrawing it, from one and from all, against the running service."""

import re

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
    assert visitor.page.get_by_text(re.compile("Öppnad .+ av en ansvarig handläggare")).count() == 1
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


def test_one_of_three_can_be_taken_back_before_it_was_delivered(visit, running):
    # given: a delivery that waits at each of three
    running.order("functions/Delivery/faults", {"before": "dynamodb:GetItem"})
    answer = running.submit("0680", "0180", "0687")
    running.held("Delivery")
    receipt = answer.json()
    # The others may be carried by another worker meanwhile; the one that is held waits.
    waiting = next(each for each in running.receipt(receipt)["deliveries"] if each["state"] == "queued")["recipient"]
    try:
        visitor = opened(visit, receipt)
        visitor.sees(waiting["name"])
        assert state_of(visitor, waiting["name"]) == "På väg"
        visitor.looks_right("my-application-waiting")
        # when
        visitor.page.get_by_role("button", name=f"Ta tillbaka från {waiting['name']}").click()
        visitor.page.get_by_role("button", name="Ja, ta tillbaka").click()
        visitor.sees(f"Anmälan till {waiting['name']} är tillbakatagen.")
    finally:
        running.order("functions/Delivery/release")
    running.quiet()
    # then: it never got it, and the others have
    for each in receipt["deliveries"]:
        there = [one["number"] for one in running.mailbox(each["recipient"]["id"])]
        assert (each["number"] in there) is (each["recipient"]["id"] != waiting["id"])


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
    # It stands above the fields, which are then within sight.
    assert visitor.page.locator("#failed").bounding_box()["y"] < visitor.page.locator("#reference").bounding_box()["y"]
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


def adding(visit, receipt, *where):
    visitor = opened(visit, receipt, *where)
    visitor.page.get_by_role("button", name="Komplettera eller rätta" if not where else "Add or correct").click()
    return visitor


def supplements(running, receipt, recipient="0680"):
    number = next(each["number"] for each in receipt["deliveries"] if each["recipient"]["id"] == recipient)
    return running.letter(recipient, number)["supplements"]


def test_something_is_added_and_corrected_and_the_case_worker_sees_whom_to_call(visit, receipt, running):
    visitor = adding(visit, receipt)
    assert visitor.focused() == "Komplettera eller rätta"
    visitor.looks_right("my-application-supplement")
    # when
    visitor.page.get_by_label("Vad vill du berätta?").fill("Vi har flyttat.\nKanariefågeln följde med.")
    visitor.sees("1959 tecken kvar")
    visitor.page.get_by_label("Mobilnummer").fill("070-174 06 08")
    visitor.page.get_by_label("Vardag kväll").check()
    visitor.page.get_by_label("Så snart som möjligt").check()
    visitor.page.get_by_label("Gatuadress").fill("Nygatan 1")
    visitor.page.get_by_label("Postnummer").fill("553 16")
    visitor.page.get_by_label("Ort").fill("Jönköping")
    visitor.page.get_by_role("button", name="Skicka", exact=True).click()
    # then
    visitor.sees("Det du skrev är skickat till")
    visitor.looks_right("my-application-supplemented")
    running.quiet()
    (read,) = supplements(running, receipt)
    assert read["message"] == "Vi har flyttat.\nKanariefågeln följde med."
    assert [(each["name"], each["answer"]) for each in read["items"]] == [
        ("startWindow", "Så snart som möjligt"),
        ("address", "Nygatan 1, 553 16 Jönköping"),
        ("mobile", "+46701740608"),
        ("bestContactTime", "Vardag kväll"),
    ]
    numbers = {each["number"] for each in receipt["deliveries"]}
    line = next(each for each in running.mailbox("0680") if each["number"] in numbers)
    assert line["card"]["telephone"] == "+46701740608"
    assert line["supplementedAt"] == read["receivedAt"]
    # and the form is empty for the next
    visitor.page.get_by_role("button", name="Komplettera eller rätta").click()
    assert visitor.page.get_by_label("Vad vill du berätta?").input_value() == ""
    assert visitor.complaints == []


def test_what_does_not_fit_is_told_beside_its_field_and_nothing_that_was_typed_is_lost(visit, receipt, running):
    visitor = adding(visit, receipt)
    page = visitor.page
    page.get_by_role("button", name="Skicka", exact=True).click()
    visitor.sees("Skriv något, eller fyll i minst en ny uppgift.")
    visitor.looks_right("my-application-supplement-empty")
    # what the page itself knows
    page.get_by_label("Mobilnummer").fill("070")
    page.get_by_label("Postnummer").fill("12")
    page.get_by_role("button", name="Skicka", exact=True).click()
    assert page.locator("#unfit-list a").all_inner_texts() == [
        "Skriv ett telefonnummer, till exempel 070-174 06 99.",
        "Skriv fem siffror.",
    ]
    visitor.looks_right("my-application-supplement-faults")
    page.locator("#unfit-list a").first.click()
    assert visitor.focused() == "070"
    # what only the server knows: an address has a street and a city
    page.get_by_label("Mobilnummer").fill("070-174 06 08")
    page.get_by_label("Postnummer").fill("553 16")
    page.get_by_role("button", name="Skicka", exact=True).click()
    page.locator("#q-address-city-error").wait_for()
    assert page.locator(".govuk-error-message").all_inner_texts() == ["Fyll i det här.", "Fyll i det här."]
    assert page.get_by_label("Mobilnummer").input_value() == "070-174 06 08"
    assert page.get_by_label("Postnummer").input_value() == "553 16"
    assert supplements(running, receipt) == []


def test_a_lost_answer_is_told_and_the_same_sent_again_comes_in_once(visit, receipt, running):
    visitor = adding(visit, receipt)
    page = visitor.page
    keys = []

    def lose(route):
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    page.route("**/supplement", lose)
    page.get_by_label("Vad vill du berätta?").fill("Vi har flyttat.")
    page.get_by_role("button", name="Skicka", exact=True).click()
    visitor.sees("Vi vet inte säkert om det gick fram.")
    visitor.looks_right("my-application-supplement-lost")
    # when: looked at the status meanwhile, and sent again
    page.get_by_role("button", name="Tillbaka utan att skicka").click()
    page.get_by_role("button", name="Komplettera eller rätta").click()
    assert page.get_by_label("Vad vill du berätta?").input_value() == "Vi har flyttat."
    page.unroute("**/supplement")
    page.on(
        "request", lambda sent: keys.append(sent.headers.get("idempotency-key")) if "/supplement" in sent.url else None
    )
    page.get_by_role("button", name="Skicka", exact=True).click()
    visitor.sees("Det du skrev är skickat till")
    running.quiet()
    assert len(set(keys)) == 1
    assert [each["message"] for each in supplements(running, receipt)] == ["Vi har flyttat."]


def test_what_was_changed_after_a_lost_answer_is_sent_as_one_more(visit, receipt, running):
    visitor = adding(visit, receipt)
    page = visitor.page

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/supplement", lose)
    page.get_by_label("Vad vill du berätta?").fill("Vi har flyttat.")
    page.get_by_role("button", name="Skicka", exact=True).click()
    visitor.sees("Vi vet inte säkert om det gick fram.")
    page.unroute("**/supplement")
    page.get_by_label("Vad vill du berätta?").fill("Vi har inte flyttat.")
    page.get_by_role("button", name="Skicka", exact=True).click()
    visitor.sees("Det du skickade förut har kommit fram.")
    assert page.get_by_label("Vad vill du berätta?").input_value() == "Vi har inte flyttat."
    page.get_by_role("button", name="Skicka", exact=True).click()
    visitor.sees("Det du skrev är skickat till")
    running.quiet()
    assert [each["message"] for each in supplements(running, receipt)] == ["Vi har flyttat.", "Vi har inte flyttat."]


def test_a_closed_page_forgets_what_was_typed(visit, receipt):
    visitor = adding(visit, receipt)
    visitor.page.get_by_label("Mobilnummer").fill("070-174 06 08")
    visitor.page.get_by_role("button", name="Tillbaka utan att skicka").click()
    assert kept(visitor) == {"cookies": [], "storage": []}
    visitor.page.get_by_role("button", name="Stäng anmälan").click()
    assert visitor.page.locator("#q-mobile").count() == 0


def test_whether_the_municipalities_may_know_of_each_other_is_seen_and_changed(visit, receipt, running):
    visitor = opened(visit, receipt)
    visitor.sees("Du har svarat ja.")
    visitor.page.get_by_role("button", name="Ändra mitt svar till nej").click()
    visitor.sees("Ditt svar är ändrat till nej.")
    visitor.sees("Du har svarat nej.")
    visitor.looks_right("my-application-sharing")
    assert running.receipt(receipt)["shareRecipients"] is False
    visitor.page.get_by_role("button", name="Ändra mitt svar till ja").click()
    visitor.sees("Ditt svar är ändrat till ja.")
    assert running.receipt(receipt)["shareRecipients"] is True


def test_with_one_recipient_nothing_is_asked_and_after_withdrawal_nothing_can_be_added(visit, running):
    alone = running.submit("0680").json()
    running.quiet()
    visitor = opened(visit, alone)
    visitor.sees("Framme")
    assert not visitor.page.get_by_text("Får kommunerna veta av varandra?").is_visible()
    visitor.page.get_by_role("button", name="Ta tillbaka från Jönköping").click()
    visitor.page.get_by_role("button", name="Ja, ta tillbaka").click()
    visitor.sees("Anmälan till Jönköping är tillbakatagen.")
    assert not visitor.page.get_by_role("button", name="Komplettera eller rätta").is_visible()


def test_adding_in_english_is_english(visit, receipt, running):
    visitor = adding(visit, receipt, "/en/my-application/", ("Reference", "Code", "Show my application"))
    visitor.sees("Fill in only what has changed.")
    visitor.page.get_by_label("What do you want to tell us?").fill("We have moved.")
    visitor.looks_right("my-application-supplement-en")
    visitor.page.get_by_role("button", name="Send", exact=True).click()
    visitor.sees("What you wrote has been sent to")
