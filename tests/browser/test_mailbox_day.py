"""A working day in the mailbox: two case workers of one recipient, thirty letters, against the running service."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from familjehem.domain.calendar import STOCKHOLM, due, swedish_date, working_day
from familjehem.domain.recipient import CLOSING_TIME
from tests.browser.case_worker import PREFIX, Office, answering, stands_in
from tests.browser.conftest import Visitor, kept
from tests.builders import MARK
from tests.reliability.running import Running, Store
from tests.reports import a_report

CARIN, DAN = "carin.prov@stockholm.example", "dan.prov@stockholm.example"
TWICE = "bo.prov@jonkoping.example"
READER = "filip.prov@goteborg.example"
RECIPIENT = "0180"
LETTERS = 30
LATE = 3
LINES = 25
PACE = 20_000


@pytest.fixture(scope="module")
def letters(running: Running) -> list[dict[str, Any]]:
    """Give thirty receipts, the latest first, of which the three earliest should have been called two days ago."""
    receipts = []
    for number in range(LETTERS):
        answer = running.submit(RECIPIENT, name=f"Familjen {number:02} {MARK}")
        assert answer.status_code == 201, answer.text
        receipts.append(answer.json())
    running.quiet()
    store = Store(running)
    for place, receipt in enumerate(receipts[:LATE]):
        store.came(numbered(receipt), datetime.now(UTC) - timedelta(days=14 - place))
    return receipts[::-1]


@pytest.fixture(scope="module")
def sessions() -> dict[str, dict[str, str]]:
    return {}


@pytest.fixture
def office(running: Running, visit: Callable[..., Visitor], sessions: dict[str, dict[str, str]]) -> Office:
    return Office(running, visit, sessions)


@pytest.fixture(scope="module")
def fresh(letters: list[dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Give a way to take a letter that no other test has touched."""
    unused = iter(letters[:-LATE])
    return lambda: next(unused)


def numbered(receipt: dict[str, Any]) -> str:
    return receipt["deliveries"][0]["number"]


def names(visitor: Visitor) -> list[str]:
    return visitor.page.locator(".line__name").all_inner_texts()


# ---------------------------------------------------------------- coming in


def test_one_signs_in_at_the_hosted_page_and_comes_back_to_where_one_was(office, fresh, running):
    # given: somebody who follows a link to a letter, and is not signed in
    number = numbered(fresh())
    visitor = office.visit(viewport={"width": 1280, "height": 800})
    addresses: list[str] = []
    visitor.page.on("request", lambda request: addresses.append(request.url))
    stands_in(visitor, office, CARIN)
    visitor.page.goto(f"/brevlada/anmalan/#{number}")
    visitor.sees("Kommunens brevlåda")
    assert kept(visitor) == {"cookies": [], "storage": []}
    # when
    visitor.page.get_by_role("button", name="Logga in").click()
    office.signs_in(visitor, CARIN)
    # then
    visitor.page.locator("#letter").wait_for()
    assert visitor.page.url.endswith(f"/brevlada/anmalan/#{number}")
    assert "code=" not in visitor.page.url
    assert not [each for each in addresses if number in each and "/api/" not in each]
    stored = visitor.page.evaluate("[Object.keys(localStorage), Object.keys(sessionStorage)]")
    assert stored[0] == []
    assert all(each.startswith(PREFIX) for each in stored[1])
    assert MARK not in visitor.page.title()
    # and: signing out leaves nothing
    visitor.page.get_by_role("button", name="Logga ut").click()
    visitor.page.wait_for_url("**/brevlada/")
    visitor.sees("Här läser ni intresseanmälningar")
    assert kept(visitor)["storage"] == []


def test_whoever_comes_with_a_made_up_code_is_told_kindly(office, letters, running):
    visitor = office.visit()
    # given: the way in from the public pages, which the notices name too
    visitor.page.goto("/for-kommuner/")
    visitor.page.get_by_role("link", name="Logga in i brevlådan").click()
    visitor.sees("Kommunens brevlåda")
    # The latest mail may be one to a family or to SKR, which names no mailbox.
    assert any(f"\n{visitor.page.url}\n" in mail["text"] for mail in running.desk("mails"))
    # when
    visitor.page.goto("/brevlada/?code=made-up&state=made-up")
    visitor.sees("Det gick inte att logga in")
    assert visitor.page.url.endswith("/brevlada/")
    visitor.looks_right("mailbox-refused")
    # and: one tries again, and is at the view that one wanted
    stands_in(visitor, office, DAN)
    visitor.page.goto("/brevlada/#mina")
    visitor.page.get_by_role("button", name="Logga in").click()
    office.signs_in(visitor, DAN)
    visitor.sees("Du handlägger ingen anmälan just nu.")
    assert visitor.page.locator('.views [aria-current="true"]').inner_text() == "Mina"


def test_a_session_that_has_ended_keeps_what_was_typed(office, fresh):
    number = numbered(fresh())
    visitor = office.reads(DAN, number)
    visitor.page.get_by_label("Anteckning").fill("Ringer igen klockan tre.")
    # when: the session is gone, here and at the pool
    visitor.page.evaluate(
        """(key) => {
            const session = JSON.parse(sessionStorage.getItem(key));
            sessionStorage.setItem(key, JSON.stringify({...session, until: 0, refresh: "gone"}));
        }""",
        f"{PREFIX}session",
    )
    visitor.page.get_by_role("button", name="Spara bara anteckningen").click()
    # then
    visitor.sees("Du har blivit utloggad")
    assert MARK not in visitor.page.locator("main").inner_text()
    visitor.looks_right("mailbox-expired")
    visitor.page.get_by_role("button", name="Logga in igen").click()
    office.signs_in(visitor, DAN)
    visitor.page.locator("#letter").wait_for()
    assert visitor.page.get_by_label("Anteckning").input_value() == "Ringer igen klockan tre."
    # and: what was typed is not for somebody else who comes in the same tab
    visitor.page.evaluate("(key) => sessionStorage.removeItem(key)", f"{PREFIX}session")
    visitor.page.reload()
    visitor.page.get_by_role("button", name="Logga in").click()
    visitor.page.unroute_all()
    stands_in(visitor, office, CARIN)
    office.signs_in(visitor, CARIN)
    visitor.page.locator("#letter").wait_for()
    assert visitor.page.get_by_label("Anteckning").input_value() == ""


# ---------------------------------------------------------------- the inbox


def test_who_should_have_been_called_stands_first_and_is_told_by_a_word(office, letters):
    visitor = office.comes(DAN)
    visitor.page.locator(".line").first.wait_for()
    late = [f"Familjen {number:02} {MARK}" for number in range(LATE)]
    assert names(visitor)[:LATE] == late
    marked = visitor.page.locator(".line .late", has_text="Försenad").locator("visible=true")
    assert marked.count() == LATE
    assert visitor.page.locator(".line--late").locator(".line__name").all_inner_texts() == late
    visitor.looks_right("mailbox-inbox")
    assert visitor.complaints == []
    # and: at 400 %
    visitor.page.set_viewport_size({"width": 320, "height": 200})
    assert visitor.fits()


def test_the_list_is_walked_by_keyboard_and_is_no_trap(office, letters):
    visitor = office.comes(DAN)
    visitor.page.locator(".line").first.wait_for()
    visitor.page.locator(".line__name").first.focus()
    visitor.keys("j", "ArrowDown", "k")
    assert visitor.focused() == names(visitor)[1]
    visitor.keys("Tab")
    assert visitor.page.evaluate("document.activeElement.href").startswith("tel:")
    visitor.keys("Shift+Tab", "Enter")
    visitor.page.locator("#letter").wait_for()
    assert visitor.focused() == f"Familjen 01 {MARK}"
    visitor.page.go_back()
    visitor.page.locator(".line").first.wait_for()


def test_views_filters_and_the_next_page(office, letters):
    visitor = office.comes(DAN, "/brevlada/#alla")
    visitor.page.locator(".line").first.wait_for()
    assert visitor.page.locator('[aria-current="true"]').inner_text() == "Alla"
    visitor.page.get_by_role("button", name="Visa fler").click()
    visitor.page.wait_for_function("(most) => document.querySelectorAll('.line').length >= most", arg=LETTERS)
    # when
    visitor.page.get_by_text("Filtrera").click()
    visitor.page.get_by_label("Bara försenade").check()
    visitor.page.wait_for_function("(some) => document.querySelectorAll('.line').length === some", arg=LATE)
    visitor.sees("(1 valda)")
    visitor.looks_right("mailbox-filtered")
    visitor.page.get_by_label("Status").select_option("closed")
    # then
    visitor.sees("Ingen anmälan stämmer med det du har valt.")
    visitor.page.get_by_role("button", name="Rensa filter").click()
    visitor.page.locator(".line").first.wait_for()


def test_a_family_is_found_by_a_word_of_its_name(office, letters):
    visitor = office.comes(CARIN)
    visitor.page.locator(".line").first.wait_for()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.page.get_by_label("Namn, personnummer eller leveransnummer").fill("07")
    visitor.keys("Enter")
    visitor.sees("1 anmälan hittad")
    assert names(visitor) == [f"Familjen 07 {MARK}"]
    assert visitor.focused() == "1 anmälan hittad"
    visitor.looks_right("mailbox-found")
    visitor.page.get_by_label("Namn, personnummer eller leveransnummer").fill("Ingen")
    visitor.keys("Enter")
    visitor.sees("Ingen anmälan stämmer med det du sökte på.")
    assert not [each for each in asked if "07" in each.rpartition("/")[2] or "Ingen" in each]
    # and: more than a page is told of, and what cannot be searched for stays where it was typed
    visitor.page.get_by_label("Namn, personnummer eller leveransnummer").fill("familjen")
    visitor.keys("Enter")
    visitor.sees("Fler anmälningar stämmer.")
    assert len(names(visitor)) == LINES
    visitor.page.get_by_label("Namn, personnummer eller leveransnummer").fill("–")
    visitor.keys("Enter")
    visitor.sees("Skriv ett ord ur namnet, ett personnummer eller ett leveransnummer")
    assert visitor.page.get_by_label("Namn, personnummer eller leveransnummer").input_value() == "–"
    # and: back to the view that one came from
    visitor.page.get_by_role("link", name="Att ringa").click()
    visitor.page.wait_for_function("() => document.querySelectorAll('.line').length > 1")


def test_what_others_do_shows_by_itself_and_nothing_moves_under_the_reader_s_hand(office, fresh, running):
    # given: a list that is open, and a clock that the test moves
    number = numbered(fresh())
    visitor = office.comes(DAN, "/brevlada/#alla")
    visitor.page.clock.install()
    visitor.page.reload()
    visitor.page.locator(".line").first.wait_for()
    before = names(visitor)
    # when: a colleague takes a letter, and a new one comes
    answer = running.http.post(f"/api/mailbox/deliveries/{number}/claim", headers=running.as_worker(RECIPIENT))
    assert answer.status_code == 200
    running.submit(RECIPIENT, name=f"Nykomna {MARK}")
    running.quiet()
    visitor.page.clock.fast_forward(PACE)
    # then
    visitor.sees("1 anmälan har kommit in.")
    assert names(visitor) == before
    row = visitor.page.locator(".line", has_text=number)
    assert "Carin Prov" in row.inner_text()
    visitor.page.get_by_role("button", name="Visa", exact=True).click()
    visitor.page.wait_for_function("(name) => document.activeElement.innerText === name", arg=f"Nykomna {MARK}")
    assert names(visitor)[0] == f"Nykomna {MARK}"


# ---------------------------------------------------------------- what is late


def evenings() -> list[datetime]:
    """Give the evening before the latest red day of a working week, and the latest Friday's but one."""
    days = [datetime.now(STOCKHOLM).date() - timedelta(days=ago) for ago in range(8, 400)]
    red = next(day for day in days if day.weekday() < 5 and not working_day(day))
    friday = next(day for day in days if day.weekday() == 4 and working_day(day))
    return [datetime.combine(day, time(18), STOCKHOLM) for day in (red - timedelta(days=1), friday)]


def test_what_came_in_the_evening_before_a_red_day_or_a_weekend_is_due_on_the_next_working_day(office, fresh, running):
    store = Store(running)
    for evening in evenings():
        # given
        number = numbered(fresh())
        store.came(number, evening)
        expected = due(evening, CLOSING_TIME)
        assert working_day(swedish_date(expected))
        assert swedish_date(expected) > swedish_date(evening) + timedelta(days=1)
        # then: the list and the letter say so
        told = running.letter(RECIPIENT, number)
        assert (datetime.fromisoformat(told["dueAt"]), told["overdue"]) == (expected, True)
        visitor = office.reads(DAN, number)
        words = visitor.page.locator("#due").inner_text()
        day = swedish_date(expected)
        assert words.startswith("Försenad, skulle ha ringts")
        assert str(day.day) in words
        assert "16:30" in words
    visitor.looks_right("mailbox-letter-late")
    # and: once somebody has reached the family nothing is late any more
    visitor.page.get_by_role("button", name="Nådd", exact=True).click()
    visitor.sees("Sparat: Nådd.")
    assert not visitor.page.locator("#due").is_visible()


def test_of_all_that_is_late_each_stage_is_told_in_one_mail(office, letters, running):
    # given families that wait for a fortnight
    def told() -> dict[str, int]:
        subjects = ("En intresseanmälan väntar på samtal", "Stockholm: en intresseanmälan väntar på samtal")
        mails = [mail for mail in running.desk("mails") if mail["subject"] in subjects]
        return dict(Counter(to for mail in mails for to in mail["to"]))

    Store(running).untold()
    # when the schedule is fired twice
    for _ in range(2):
        assert running.scheduled("Overdue")["result"]["failed"] == 0
        running.quiet()
    # then
    leading = [email for email in (CARIN, DAN) if office.person(email)["recipients"][0]["role"] == "localAdministrator"]
    mailbox = Store(running).recipient(RECIPIENT)["function_mailbox"]["S"]
    assert told() == dict.fromkeys([mailbox, *leading, "skr@skr.example"], 1)


# ---------------------------------------------------------------- a letter


def test_a_letter_is_read_on_one_screen(office, fresh):
    visitor = office.reads(CARIN, numbered(fresh()))
    # then: without scrolling one sees whom to call, whether all agree, which languages, and what to talk about
    seen = visitor.page.evaluate(
        """() => ["#name", "#telephone", ".overview__line--languages", ".overview__line--agreement", "#step", "#talk"]
            .map((each) => document.querySelector(each).getBoundingClientRect())
            .every((each) => each.top >= 0 && each.bottom <= innerHeight)"""
    )
    assert seen
    assert "Vuxna överens: Ja" in visitor.page.locator(".overview__line--agreement").inner_text()
    assert visitor.page.locator("#telephone a").get_attribute("href") == "tel:+46701740605"
    assert "ej styrkt" in visitor.page.locator(".overview__line--who").inner_text()
    visitor.page.locator(".sign summary").first.click()
    for part in ("Sekretess 26 kap. 1 § OSL", "Vill berätta muntligt", "Frågor som inte ställs hos er"):
        visitor.sees(part)
    visitor.looks_right("mailbox-letter")
    assert visitor.complaints == []


def test_of_two_at_the_same_instant_one_wins_and_the_other_is_told_by_whom(office, fresh):
    number = numbered(fresh())
    two = [office.reads(CARIN, number), office.reads(DAN, number)]
    # given: both have pressed, and neither call has gone on yet
    held: list[Any] = []
    for visitor in two:
        visitor.page.route("**/claim", lambda route: held.append(route))  # noqa: PLW0108 the wrapper takes no method
        visitor.page.get_by_role("button", name="Ta anmälan").click()
    for _ in range(100):
        if len(held) == 2:
            break
        two[0].page.wait_for_timeout(20)
    # when
    for route in held:
        route.continue_()
    # then
    for visitor in two:
        visitor.page.locator("#done:not([hidden]), #failed:not([hidden])").first.wait_for()
    told = [visitor.page.locator("#failed").is_visible() for visitor in two]
    assert sorted(told) == [False, True]
    loser, name = (two[0], "Dan Prov") if told[0] else (two[1], "Carin Prov")
    loser.sees(f"{name} hann före och handlägger anmälan.")
    loser.sees(f"{name} handlägger anmälan.")
    assert loser.page.locator("#state").inner_text() == "Handläggs"
    assert not loser.page.get_by_role("button", name="Nådd", exact=True).is_visible()
    loser.looks_right("mailbox-letter-taken")


def test_what_a_colleague_does_shows_in_the_open_letter_without_a_reload(office, fresh, running):
    # given a letter that is open, and a clock that the test moves
    number = numbered(fresh())
    visitor = office.comes(DAN, f"/brevlada/anmalan/#{number}")
    visitor.page.clock.install()
    visitor.page.reload()
    visitor.page.locator("#letter").wait_for()
    assert visitor.page.get_by_role("button", name="Ta anmälan").is_visible()
    visitor.page.get_by_label("Anteckning").fill("Frågar om hunden.")
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url.partition("/api/")[2]))
    # when
    answer = running.http.post(f"/api/mailbox/deliveries/{number}/claim", headers=running.as_worker(RECIPIENT))
    assert answer.status_code == 200
    visitor.page.clock.fast_forward(PACE)
    # then: one sees whose it is, what was typed stays, and the letter was not opened once more for it
    visitor.sees("Carin Prov handlägger anmälan.")
    assert not visitor.page.get_by_role("button", name="Ta anmälan").is_visible()
    assert visitor.page.locator("#state").inner_text() == "Handläggs"
    assert visitor.page.get_by_label("Anteckning").input_value() == "Frågar om hunden."
    assert set(asked) == {f"mailbox/states/{number}"}


def test_a_day_s_work_with_one_letter(office, fresh):
    number = numbered(fresh())
    dan = office.reads(DAN, number)
    # when: called, nobody there; then reached, which is one action each
    dan.page.get_by_label("Anteckning").fill("Telefonsvarare.")
    dan.page.get_by_role("button", name="Inte nådd").click()
    dan.sees("Sparat: Inte nådd.")
    dan.sees("Du handlägger anmälan.")
    assert dan.page.get_by_label("Anteckning").input_value() == ""
    dan.page.get_by_role("button", name="Nådd", exact=True).click()
    dan.sees("Sparat: Nådd.")
    assert dan.page.locator("#state").inner_text() == "Kontaktad"
    # and: a meeting
    dan.page.get_by_text("Bestäm nästa steg").click()
    dan.page.get_by_role("button", name="Spara nästa steg").click()
    dan.sees("Välj vad som händer nu.")
    dan.page.get_by_label("Vad händer nu?").select_option("informationMeeting")
    dan.page.get_by_label("Bokad tid").fill("2027-01-14T18:00")
    dan.looks_right("mailbox-letter-next")
    dan.page.get_by_role("button", name="Spara nästa steg").click()
    dan.sees("Sparat: Informationsträff.")
    # and: handed over
    dan.page.locator("#hand summary").click()
    dan.page.get_by_label("Till", exact=True).select_option(label="Carin Prov")
    dan.page.locator("#hand-do").click()
    dan.sees("Carin Prov handlägger anmälan.")
    assert not dan.page.locator("#next").is_visible()
    # then: she finds all of it
    carin = office.reads(CARIN, number)
    carin.sees("Du handlägger anmälan.")
    told = carin.page.locator("#history-list").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    for part in (
        "Ringde: Inte nådd",
        "Telefonsvarare.",
        "Ringde: Nådd",
        "Nästa steg: Informationsträff",
        "14 jan",
        "Lämnade över till dig",
    ):
        assert part in told, part
    # and: an end
    carin.page.get_by_text("Bestäm nästa steg").click()
    carin.page.get_by_label("Vad händer nu?").select_option("closed")
    carin.page.get_by_role("button", name="Spara nästa steg").click()
    carin.sees("Välj skäl till att anmälan avslutas.")
    carin.page.get_by_label("Skäl").select_option("withdrewTime")
    carin.page.get_by_role("button", name="Spara nästa steg").click()
    carin.sees("Anmälan är avslutad.")
    assert not carin.page.locator("#log").is_visible()
    carin.looks_right("mailbox-letter-closed")


def test_a_note_outlives_a_lost_network_and_is_saved_once(office, fresh, running):
    number = numbered(fresh())
    visitor = office.reads(DAN, number)
    visitor.page.get_by_label("Anteckning").fill("Vill bli uppringd efter fyra.")
    # given: the first call never comes there; the answer of the second is lost on its way back
    visitor.page.route("**/note", lambda route: route.abort())
    visitor.page.get_by_role("button", name="Spara bara anteckningen").click()
    visitor.sees("Vi fick inget svar.")
    visitor.looks_right("mailbox-letter-lost")
    visitor.page.reload()
    visitor.page.locator("#letter").wait_for()
    assert visitor.page.get_by_label("Anteckning").input_value() == "Vill bli uppringd efter fyra."
    lost = count()

    def lose(route):
        route.fetch()
        if next(lost) < 2:
            route.abort()
        else:
            route.continue_()

    visitor.page.unroute("**/note")
    visitor.page.route("**/note", lose)
    visitor.page.get_by_role("button", name="Spara bara anteckningen").click()
    visitor.sees("Vi fick inget svar.")
    # when
    visitor.page.get_by_role("button", name="Spara bara anteckningen").click()
    visitor.sees("Anteckningen är sparad.")
    # then
    notes = [each["text"] for each in running.letter(RECIPIENT, number)["history"] if each["kind"] == "note"]
    assert notes == ["Vill bli uppringd efter fyra."]
    assert not [
        each for each in visitor.page.evaluate("Object.keys(sessionStorage)") if each.startswith(f"{PREFIX}note.")
    ]


def test_a_supplement_and_a_withdrawal_come_while_the_letter_is_open(office, fresh, running):
    receipt = fresh()
    visitor = office.reads(DAN, numbered(receipt))
    # when: the family corrects its number
    assert running.supplement(receipt, message="Nytt nummer.", answers={"mobile": "+46701740608"}).status_code == 201
    running.quiet()
    visitor.page.get_by_role("button", name="Ta anmälan").click()
    # then
    visitor.sees("Anmälan har kompletterats medan du hade den öppen.")
    visitor.sees("070-174 06 08")
    visitor.page.get_by_role("button", name="Läs kompletteringen").click()
    visitor.sees("Nytt nummer.")
    visitor.looks_right("mailbox-letter-supplemented")
    # when: it takes the application back
    gone = running.http.delete(
        f"/api/applications/{receipt['reference']}", headers={"Receipt-Code": receipt["receiptCode"]}
    )
    assert gone.status_code == 200
    visitor.page.get_by_label("Anteckning").fill("Ringde nyss.")
    visitor.page.get_by_role("button", name="Nådd", exact=True).click()
    # then
    visitor.sees("Ta inte kontakt.")
    assert visitor.page.locator('a[href^="tel:"]').locator("visible=true").count() == 0
    assert not visitor.page.locator("#log").is_visible()
    visitor.looks_right("mailbox-letter-withdrawn")


def test_a_letter_is_taken_out_and_marked_as_transferred(office, fresh):
    number = numbered(fresh())
    visitor = office.reads(CARIN, number)
    visitor.page.get_by_text("Hämta ut anmälan").click()
    for kind, begins in (("PDF", b"%PDF-"), ("JSON", b"{")):
        with visitor.page.expect_download() as waiting:
            visitor.page.get_by_role("button", name=f"Hämta {kind}").click()
        file = waiting.value
        assert file.suggested_filename == f"{number}.{kind.lower()}"
        assert file.path().read_bytes().startswith(begins)
    visitor.page.get_by_role("button", name="Markera som överförd").click()
    visitor.sees("Anmälan är markerad som överförd.")
    visitor.sees("Nästa steg: Överförd till verksamhetssystemet")


def test_one_sees_whether_others_have_called_and_protects_a_letter(office, running):
    receipt = running.submit(RECIPIENT, "0680").json()
    running.quiet()
    number = next(each["number"] for each in receipt["deliveries"] if each["recipient"]["id"] == RECIPIENT)
    visitor = office.reads(CARIN, number)
    visitor.sees("En mottagare till har fått anmälan. Ingen av dem har ringt ännu.")
    visitor.sees("ring senast")
    # when the other has called
    other = next(each["number"] for each in receipt["deliveries"] if each["number"] != number)
    headers = {**running.as_worker("0680"), "Idempotency-Key": str(uuid4())}
    called = running.http.post(f"/api/mailbox/deliveries/{other}/contact", headers=headers, json={"result": "reached"})
    assert called.status_code == 200, called.text
    running.quiet()
    visitor.page.reload()
    visitor.sees("En mottagare till har fått anmälan. Någon av dem har redan ringt.")
    # and where the family takes its consent back
    assert running.share(receipt, consent=False).json()["shareRecipients"] is False
    visitor.page.reload()
    visitor.page.locator("#letter").wait_for()
    assert not visitor.page.locator("#others").is_visible()
    # when
    visitor.page.get_by_text("Skydda anmälan").click()
    visitor.page.get_by_label("Dan Prov").check()
    visitor.page.get_by_role("button", name="Spara skyddet").click()
    # then
    visitor.sees("Skyddet är sparat.")
    visitor.sees("Skyddad. Får läsas av: Du, Dan Prov.")
    assert visitor.page.get_by_role("button", name="Ta bort skyddet").is_visible()
    visitor.looks_right("mailbox-letter-protected")


def test_a_reader_reads_and_is_offered_nothing_more(office, running):
    # given: a reader
    store, reader = Store(running), office.person(READER)
    store.client("dynamodb").update_item(
        TableName=store.named("Data/MainTable"),
        Key={"pk": {"S": f"PERSON#{reader['sub']}"}, "sk": {"S": "MEMBER#1480"}},
        UpdateExpression="SET #role = :reader",
        ExpressionAttributeNames={"#role": "role"},
        ExpressionAttributeValues={":reader": {"S": "reader"}},
    )
    receipt = running.submit("1480").json()
    running.quiet()
    # then
    visitor = office.comes(READER)
    visitor.page.evaluate(
        """(key) => {
            const me = JSON.parse(sessionStorage.getItem(key));
            sessionStorage.setItem(key, JSON.stringify({...me, recipients: me.recipients.map((each) => ({...each, role: "reader"}))}));
        }""",
        f"{PREFIX}me",
    )
    visitor.page.goto(f"/brevlada/anmalan/#{numbered(receipt)}")
    visitor.page.locator("#letter").wait_for()
    for part in ("#claim", "#log", "#next", "#hand", "#release", "#guard", "#transfer-part"):
        assert not visitor.page.locator(part).is_visible(), part
    assert not visitor.page.get_by_role("link", name="Kollegor").is_visible()
    visitor.looks_right("mailbox-letter-reader")


# ---------------------------------------------------------------- all that is beside the letters


def test_whoever_leads_looks_after_the_log_the_colleagues_and_the_settings(office):
    visitor = office.comes(CARIN, "/brevlada/logg/")
    visitor.page.locator("#lines .line").first.wait_for()
    visitor.page.locator("#confirm:not([hidden])").wait_for()
    visitor.sees("Raderade anmälningar")
    visitor.sees("Granska ett urval")
    visitor.looks_right("mailbox-access-log")
    visitor.page.get_by_role("link", name="Kollegor").click()
    visitor.page.locator("#rows .line").first.wait_for()
    visitor.page.get_by_role("button", name="Bjud in").click()
    visitor.sees("Skriv kollegans namn.")
    visitor.page.get_by_role("button", name="Ta bort: Dan Prov").click()
    visitor.sees("Ska Dan Prov tas bort?")
    visitor.looks_right("mailbox-colleagues")
    # and: where too few would be left, it is asked once more
    removals: list[str] = []

    def remove(route):
        removals.append(route.request.url)
        few = {"type": "https://x.example/problem/confirmation-needed/", "detail": "Ni blir för få."}
        route.fulfill(status=409, content_type="application/problem+json", body=json.dumps(few))

    visitor.page.route(f"**/api/members/{office.person(DAN)['sub']}*", remove)
    visitor.page.get_by_role("button", name="Ja", exact=True).click()
    visitor.sees("Ska Dan Prov tas bort ändå?")
    visitor.sees("Ni blir för få.")
    visitor.page.get_by_role("button", name="Ja", exact=True).click()
    visitor.page.wait_for_function("() => !document.querySelector('#yes[aria-disabled]')")
    assert [each.partition("?")[2] for each in removals] == ["", "confirm=true"]
    visitor.complaints.clear()
    visitor.page.get_by_role("button", name="Nej, ändra inget").click()
    visitor.page.get_by_role("link", name="Inställningar").click()
    visitor.page.locator("#settings:not([hidden])").wait_for()
    visitor.page.get_by_text("Frågor utöver de vanliga").click()
    visitor.looks_right("mailbox-settings")
    visitor.page.get_by_role("link", name="Rapporter").click()
    visitor.sees("Det finns ingen rapport ännu.")
    visitor.looks_right("mailbox-reports")
    assert visitor.complaints == []


def test_whoever_leads_reads_the_certificate_of_what_was_erased(office, running, fresh):
    # given a letter that the family took back, and that was erased since
    receipt = fresh()
    number, code = numbered(receipt), {"Receipt-Code": receipt["receiptCode"]}
    assert running.http.delete(f"/api/applications/{receipt['reference']}", headers=code).status_code == 200
    one, work = f"/api/mailbox/deliveries/{number}/erase", {"headers": running.as_worker(RECIPIENT)}
    assert running.http.post(one, json={"reason": "familyAsked"}, **work).status_code == 200
    running.housekeeping()
    running.quiet()
    # then
    visitor = office.comes(CARIN, "/brevlada/logg/")
    visitor.page.get_by_text("Visa intygen").click()
    certificate = visitor.page.locator("#erasures li", has_text=number).inner_text()
    assert "familjen bad om det" in certificate
    assert "Nycklarna förstördes" in certificate
    visitor.looks_right("mailbox-erasures")


def test_a_report_is_a_page_of_figures_with_bars_and_files(office):
    # given: reports of two months, as the statistics make them
    visitor = office.comes(DAN)
    listed = {"reports": [{"month": "2026-10"}, {"month": "2026-09"}]}
    visitor.page.route("**/api/mailbox/reports", answering(listed))
    for month, applications in (("2026-10", 300), ("2026-09", 3)):
        told = answering({**a_report(applications), "month": month})
        visitor.page.route(f"**/api/mailbox/reports/{month}.json", told)
    # when
    visitor.page.get_by_role("link", name="Rapporter").click()
    # then
    visitor.sees("oktober 2026")
    housing = visitor.page.get_by_role("table", name="Hur bor ni?").first
    (own, *_) = a_report(300)["sections"]
    (table,) = [one for one in own["tables"] if one["dimension"] == "housingForm"]
    cells = housing.get_by_role("row", name="Villa eller radhus").get_by_role("cell")
    assert cells.nth(1).inner_text() == str(table["bins"][0]["count"])
    assert visitor.page.get_by_role("button", name="Hämta som Excel").is_visible()
    visitor.looks_right("mailbox-report")
    # and: an older one, in which too few came
    visitor.page.get_by_label("Månad").select_option("2026-09")
    visitor.page.get_by_role("button", name="Visa månaden").click()
    visitor.sees("ännu för få familjer")
    assert visitor.page.evaluate("document.activeElement.id") == "report-heading"
    assert visitor.complaints == []


def test_whoever_belongs_to_two_recipients_chooses(office):
    visitor = office.comes(TWICE)
    visitor.page.locator("body.mailbox--choosing").wait_for()
    visitor.looks_right("mailbox-choice")
    visitor.page.get_by_role("button", name="Höglandet").click()
    visitor.page.locator("#list, #empty").locator("visible=true").first.wait_for()
    assert "Höglandet" in visitor.page.locator("#who-recipient").inner_text()
    # and: at another time the other
    visitor.page.get_by_role("button", name="Byt mottagare").click()
    visitor.page.get_by_role("button", name="Jönköping").click()
    visitor.page.locator("#who-recipient", has_text="Jönköping").wait_for()
    visitor.page.locator("#list, #empty").locator("visible=true").first.wait_for()
