"""A municipality on its way in: it asks on the website, SKR approves at the desk, it does its part on its own page."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from dev.cloud import Clients, known
from familjehem.adapters.dynamo import keys
from familjehem.domain.calendar import swedish_date
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

    def twice(self, routine: str, **form: Any) -> dict[str, Any]:
        """Run what needs a second person, and let her approve."""
        return self.running.http.post(f"/desk/api/routines/{self.runs(routine, **form)['id']}/approve").json()

    def tries(self, routine: str, **form: Any) -> dict[str, Any]:
        return self.running.http.post(f"/desk/api/routines/{routine}/run", json={"Korning": "Skarpt", **form}).json()


def connected(running: Running, code: str) -> bool:
    found = running.http.get("/api/recipients").json()["municipalities"]
    return next(one["recipient"] is not None for one in found if one["code"] == code)


def comes(visit, running: Running, email: str) -> Visitor:
    """Sign in as somebody who was invited; the local cloud mails no password, so she has chosen hers already."""
    service, password = running.service, f"Prov-{uuid4()}-1a"
    accounts = Clients(service.emulator)("cognito-idp")
    [pool] = accounts.list_user_pools(MaxResults=10)["UserPools"]
    accounts.admin_set_user_password(UserPoolId=pool["Id"], Username=email, Password=password, Permanent=True)
    visitor = visit(viewport={"width": 1280, "height": 800})
    visitor.page.goto("/brevlada/")
    visitor.page.get_by_role("button", name="Logga in").click()
    visitor.page.locator("#username").fill(email)
    visitor.page.locator("#password").fill(password)
    visitor.page.locator("#password").press("Enter")
    visitor.page.locator("body.mailbox--in").wait_for()
    visitor.complaints.clear()
    return visitor


def some_minutes_pass(running: Running, request: str) -> None:
    """A key is disabled two minutes after its recipient began to close: nobody waits for them here."""
    table = known(running.places)["Data/MainTable"].ref
    earlier = datetime.now(UTC) - timedelta(minutes=5)
    Clients(running.service.emulator)("dynamodb").update_item(
        TableName=table,
        Key={name: {"S": part} for name, part in keys.onboarding(request).attributes().items()},
        UpdateExpression="SET closing_at = :earlier",
        ExpressionAttributeValues={":earlier": {"S": keys.moment(earlier)}},
    )


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


def test_a_municipality_goes_from_nothing_to_live_and_out_again(visit, running, skr):
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
    # when SKR lets the people in, by the request alone, and sends the letter without a family
    skr.runs("ge-tillgang", Ansokan=request)
    skr.runs("skicka-provbrev", Mottagare="2584")
    mail(running, MAILBOX, "ny intresseanmälan")
    refused = skr.tries("starta-mottagare", Mottagare="2584")
    assert "Ingen har öppnat provbrevet" in json.dumps(refused, ensure_ascii=False)
    # then whoever got an invitation signs in and opens it
    anna = comes(visit, running, "anna.prov@kiruna.se")
    anna.sees("Ingen väntar på att bli uppringd")
    anna.page.get_by_role("link", name="Alla").click()
    anna.sees("Provbrev från SKR (ingen familj)")
    anna.looks_right("canary-in-the-inbox")
    anna.page.get_by_role("link", name="Provbrev från SKR").first.click()
    anna.page.locator("#letter").wait_for()
    # and SKR can start
    skr.runs("starta-mottagare", Mottagare="2584")
    eventually(lambda: connected(running, "2584"), "Kiruna is connected")
    # when it leaves, has taken its letters with it, and two persons of SKR close it
    letter = anna.page.url
    anna.page.get_by_text("Hämta ut anmälan").click()
    with anna.page.expect_download() as taken:
        anna.page.get_by_role("button", name="Hämta JSON").click()
    assert "Provbrev från SKR" in Path(taken.value.path()).read_text("utf-8")
    today = swedish_date(datetime.now(UTC))
    skr.twice("sag-upp-mottagare", Mottagare="2584", SistaDag=(today - timedelta(days=1)).isoformat())
    taken_over = {"ExportBekraftad": today.isoformat(), "Arendenummer": "SN 2026/1"}
    skr.twice("stang-mottagare", Mottagare="2584", **taken_over)
    some_minutes_pass(running, request)
    closed = skr.twice("stang-mottagare", Mottagare="2584", **taken_over)
    # then the report is the proof, nobody is connected, and nothing can be opened any more by anybody
    proof = closed["reports"][-1]["facts"]["proof"]
    key = Clients(running.service.emulator)("kms").describe_key(KeyId=proof["keyArn"])["KeyMetadata"]
    assert key["KeyState"] in {"Disabled", "PendingDeletion"}
    assert not connected(running, "2584")
    anna.page.goto("/404.html")
    anna.page.goto(letter)
    anna.sees("Anmälan går inte att öppna")
    assert not anna.page.get_by_text("Provbrev från SKR").is_visible()
