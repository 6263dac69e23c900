"""A municipality on its way in: it asks on the website, SKR approves at the desk, it does its part on its own page."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from tests.browser.conftest import Visitor
from tests.reliability.running import Running, eventually

MAILBOX = "familjehem@kiruna.se"
MOBILE = "070-174 06 05"


@dataclass
class Skr:
    """SKR's people, who have the console alone: the desk plays the very runbooks."""

    running: Running

    def runs(self, routine: str, **form: Any) -> dict[str, Any]:
        answer = self.running.http.post(f"/desk/api/routines/{routine}/run", json={"Korning": "Skarpt", **form})
        assert answer.status_code < 300, answer.text
        return answer.json()


def mail(running: Running, to: str, word: str) -> str:
    """Give the newest mail to somebody that holds a word, once it has come."""

    def found() -> str:
        mails = running.http.get("/desk/api/mails", params={"to": to}).json()["mails"]
        return next((one["text"] for one in mails if word in one["text"]), "")

    return eventually(found, f"a mail to {to} with {word}")


def texted(running: Running, number: str) -> str:
    def found() -> str:
        sms = running.http.get("/desk/api/sms").json()["sms"]
        return next((json.dumps(one, ensure_ascii=False) for one in sms if number in json.dumps(one)), "")

    return eventually(found, f"an SMS to {number}")


def asks(visitor: Visitor) -> str:
    """Fill in the request and send it; give its number."""
    page = visitor.page
    page.get_by_label("Kommun", exact=True).select_option(label="Kiruna")
    page.get_by_label("E-postadress").fill(MAILBOX)
    page.get_by_label("Namn", exact=True).fill("Prov Ansvarig")
    page.get_by_label("Mobilnummer").fill(MOBILE)
    page.get_by_label("Namn på fakturan").fill("Kiruna kommun")
    page.get_by_label("Fakturaadress").fill("Box 1, 981 85 Kiruna")
    page.get_by_label("Er referens").fill("R-1")
    page.get_by_role("button", name="Skicka ansökan").click()
    visitor.sees("Tack, ansökan är skickad")
    return re.search(r"ask-[0-9a-f]+", page.locator("#sent-text").inner_text())[0]


def test_a_request_shows_the_price_first_and_keeps_what_was_typed_where_something_is_wrong(visit):
    # given
    visitor = visit()
    visitor.goes_to("/anslut/")
    page = visitor.page
    # when somebody chooses
    page.get_by_label("Kommun", exact=True).select_option(label="Göteborg")
    # then the price stands there before anything is sent, and a unit pays for all of its own
    assert page.locator("#price-text").inner_text().startswith("Er avgift är 4\xa0500 kronor")
    page.get_by_label("En gemensam enhet").check()
    page.get_by_role("button", name="Lägg till kommunen").click()
    page.get_by_label("Kommun", exact=True).select_option(label="Kungälv")
    assert "4\xa0500" not in page.locator("#price-text").inner_text()
    # when what was typed is wrong
    page.get_by_label("E-postadress").fill("anna.prov@gmail.com")
    page.get_by_label("Mobilnummer").fill("031-12 34 56")
    page.get_by_role("button", name="Skicka ansökan").click()
    visitor.sees("Rätta det här innan du skickar")
    # then it is told beside each field, and stays
    visitor.sees("Adressen ser ut att tillhöra en person.")
    visitor.sees("Skriv ett svenskt mobilnummer")
    assert page.locator("#missing-list a").first.inner_text() == "Enhetens namn: Skriv ett namn."
    assert page.get_by_label("E-postadress").input_value() == "anna.prov@gmail.com"
    visitor.looks_right("connect-faults")


@pytest.fixture
def skr(running: Running) -> Skr:
    return Skr(running)


def test_a_municipality_does_its_part_with_the_mail_and_the_sms_that_came(visit, running, skr):
    # given a request that SKR approves
    visitor = visit()
    visitor.goes_to("/anslut/")
    request = asks(visitor)
    skr.runs("godkann-anslutning", Ansokan=request, DomanKontrollerad="true")
    link = re.search(r"/anslut/aktivera/#\S+", mail(running, MAILBOX, request))[0]
    # when the link is opened
    page = visitor.page
    visitor.goes_to(link)
    visitor.sees("Det här är kvar att göra")
    visitor.looks_right("activate-new")
    page.get_by_role("button", name="Bekräfta adressen").click()
    page.locator("#mailbox-done").wait_for()
    page.get_by_role("button", name="Skicka en kod till mobilen").click()
    visitor.sees("En kod är skickad")
    code = re.search(r"Din kod är (\d{6})", texted(running, "+46701740605"))[1]
    # and a wrong code is told without taking anything away
    page.get_by_label("Koden i SMS:et").fill(str((int(code) + 1) % 10**6).zfill(6))
    page.get_by_role("button", name="Kontrollera koden").click()
    visitor.sees("Koden stämmer inte.")
    visitor.sees("kan prövas 4 gånger till")
    page.get_by_label("Koden i SMS:et").fill(code)
    page.get_by_role("button", name="Kontrollera koden").click()
    page.locator("#responsible-done").wait_for()
    page.get_by_role("button", name="Godkänn avtalet").click()
    visitor.sees("Version 2026-1 godkändes av Prov Ansvarig")
    for number, name in ((0, "anna"), (1, "bo")):
        person = page.locator("#people > li").nth(number)
        person.get_by_label("Namn").fill(f"{name.title()} Prov")
        person.get_by_label("Personlig e-postadress").fill(f"{name}.prov@kiruna.se")
        person.get_by_label("Mobilnummer").fill("123" if number else MOBILE)
    page.get_by_role("button", name="Spara personerna").click()
    visitor.sees("Skriv ett svenskt mobilnummer")
    visitor.looks_right("activate-faults")
    page.locator("#people > li").nth(1).get_by_label("Mobilnummer").fill(MOBILE)
    page.get_by_role("button", name="Spara personerna").click()
    page.locator("#people-done").wait_for()
    # then nothing but the canary letter is left
    assert page.locator("#left").inner_text() == "Ingen har öppnat provbrevet."
    # and the page is as it was for whoever opens the link again
    page.reload()
    visitor.sees("Version 2026-1 godkändes av Prov Ansvarig")
    assert page.locator("#people > li").nth(1).get_by_label("Namn").input_value() == "Bo Prov"
    visitor.looks_right("activate-done")
