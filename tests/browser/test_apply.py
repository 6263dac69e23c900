"""The application, from begin to receipt, in a real browser against the running service; letters are read at the other end."""

import pytest

from tests.browser.applicant import Applicant, confirms_and_sends, draft, resumed
from tests.browser.conftest import kept
from tests.builders import family_answers
from tests.reliability.running import Store

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


def sent_of(visitor):
    return visitor.page.evaluate("JSON.parse(sessionStorage.getItem('familjehem.draft')).receipt")


@pytest.fixture
def ready(visit, running):
    """Give somebody who has answered everything, and stands before the button that sends."""

    def stands(*municipalities, path="/ansok/", step="check", kept=None, **changes):
        chosen = municipalities or ("0680",)
        answers = family_answers(
            extended=sum((EXTENDED.get(code, ()) for code in chosen), ()), recipients=len(chosen), **changes
        )
        for name in ("informationRead", "truthful"):
            answers.pop(name)
        visitor = visit(accept_downloads=True)
        visitor.draft = kept or draft(running, answers, chosen)
        resumed(visitor, visitor.draft, step, path)
        return visitor

    return stands


# ---------------------------------------------------------------- together, several, in another language


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
    told = sent_of(visitor)
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


# ---------------------------------------------------------------- nothing is lost


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
        assert page.evaluate(SHOWN) == before, step
        page.go_back()
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


@pytest.mark.parametrize("arrives", [False, True], ids=["before it arrived", "after it arrived"])
def test_a_network_that_goes_at_the_moment_of_sending_is_tried_again_by_itself(ready, running, arrives):
    # given
    visitor = ready()
    tries = []

    def lost(route):
        tries.append(route.request.headers["idempotency-key"])
        if len(tries) > 2:
            route.continue_()
        else:
            if arrives:
                route.fetch()
            route.abort()

    visitor.page.route("**/api/applications", lost)
    # when
    confirms_and_sends(visitor)
    # then
    visitor.page.get_by_text("Din anmälan är skickad").wait_for(timeout=30_000)
    assert len(tries) == 3
    assert len(set(tries)) == 1
    running.quiet()
    number = sent_of(visitor)["deliveries"][0]["number"]
    assert [each["number"] for each in running.mailbox("0680")].count(number) == 1


def test_a_network_that_stays_away_is_told_and_the_same_can_be_sent_later(ready):
    # given
    visitor = ready()
    visitor.page.clock.install()
    visitor.page.route("**/api/**", lambda route: route.abort())
    # when
    confirms_and_sends(visitor)
    for _ in range(6):
        visitor.page.clock.fast_forward(10_000)
        visitor.page.wait_for_timeout(50)
    visitor.sees("Vi vet inte om anmälan kom fram")
    visitor.looks_right("apply-unsent")
    # and: the page is left and come back to
    visitor.page.unroute("**/api/**")
    visitor.page.reload()
    visitor.page.goto("/ansok/#check")
    confirms_and_sends(visitor)
    # then
    visitor.sees("Din anmälan är skickad")
    assert sent_of(visitor)["earlier"] is False


def test_what_was_changed_after_a_lost_answer_is_told_as_not_included(ready, running):
    # given: an answer that was lost for good, and a change after it
    visitor = ready(motive="Det första. Kanariefågel")
    visitor.page.clock.install()

    def lost(route):
        route.fetch()
        route.abort()

    visitor.page.route("**/api/applications", lost)
    confirms_and_sends(visitor)
    for _ in range(6):
        visitor.page.clock.fast_forward(10_000)
        visitor.page.wait_for_timeout(300)
    visitor.sees("Vi vet inte om anmälan kom fram")
    visitor.page.unroute("**/api/applications")
    visitor.page.goto("/ansok/#motiveAndAttitude")
    visitor.page.get_by_label("Berätta kort").fill("Det andra. Kanariefågel")
    # when
    visitor.page.goto("/ansok/#check")
    visitor.page.locator("#send").click()
    # then: the receipt is that of the first, and it says so
    visitor.sees("Anmälan hade kommit fram redan vid ditt första försök.")
    running.quiet()
    letter = running.letter("0680", sent_of(visitor)["deliveries"][0]["number"])
    assert "Det första." in str(letter)
    assert "Det andra." not in str(letter)


def test_a_double_click_sends_once(ready, running):
    visitor = ready()
    posts = []
    visitor.page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    visitor.page.locator("#q-informationRead").check()
    visitor.page.locator("#q-truthful").check()
    visitor.page.locator("#send").dblclick()
    visitor.sees("Din anmälan är skickad")
    assert len(posts) == 1


def test_two_tabs_are_two_applications_and_a_copied_tab_is_the_same_one(ready, running):
    # given: a tab, and a copy of it
    visitor = ready()
    with visitor.context.expect_page() as opened:
        visitor.page.evaluate("window.open('/ansok/#check')")
    copy = opened.value
    copy.locator("#send").wait_for()
    other = visitor.context.new_page()
    other.goto("/ansok/#check")
    # then: a new tab begins anew
    assert other.locator("#q-protectedIdentity").is_visible()
    # when: the first is sent, and something else from its copy
    confirms_and_sends(visitor)
    visitor.sees("Din anmälan är skickad")
    copy.goto("/ansok/#motiveAndAttitude")
    copy.get_by_label("Berätta kort").fill("Något annat. Kanariefågel")
    copy.goto("/ansok/#check")
    copy.locator("#q-informationRead").check()
    copy.locator("#q-truthful").check()
    copy.locator("#send").click()
    # then: it is refused, and can be sent as an application of its own
    copy.get_by_role("button", name="Skicka som en ny anmälan").click()
    copy.get_by_text("Din anmälan är skickad").wait_for()
    receipts = [
        page.evaluate("JSON.parse(sessionStorage.getItem('familjehem.draft')).receipt.reference")
        for page in (visitor.page, copy)
    ]
    assert len(set(receipts)) == 2


@pytest.mark.parametrize(
    "way",
    [
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }",
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('no', 'SecurityError') }})",
    ],
    ids=["full", "forbidden"],
)
def test_without_storage_everything_works_and_one_is_warned(visit, way):
    visitor = visit()
    visitor.context.add_init_script(way)
    answers = family_answers(assignments=["kontaktperson"], extended=EXTENDED["0680"])
    applicant = Applicant(visitor, answers, {"0680": "Jönköping"})
    applicant.begins()
    applicant.reaches_the_end()
    assert visitor.page.locator("#unstored").is_visible()
    applicant.sends()
    visitor.sees("Din anmälan är skickad")
    assert visitor.complaints == []


def test_a_draft_goes_to_another_device_in_a_file_that_only_its_phrase_opens(ready, visit, running, tmp_path):
    # given
    visitor = ready("0680", "0180", step="tasks")
    visitor.page.get_by_role("link", name="Spara i en fil").click()
    visitor.looks_right("apply-save")
    visitor.page.locator("#save-phrase").fill("kort")
    visitor.page.get_by_role("button", name="Lås och spara").click()
    visitor.sees("Frasen behöver vara minst åtta tecken lång.")
    visitor.page.locator("#save-phrase").fill("blå häst på en kulle")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Lås och spara").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert "Kanarie" not in file.read_text("utf-8")
    # when: on another device, first with a wrong phrase
    other = visit()
    other.goes_to("/ansok/#open")
    other.looks_right("apply-open")
    other.page.get_by_label("Fil", exact=True).set_input_files(file)
    other.page.locator("#open-phrase").fill("blå häst på en backe")
    other.page.get_by_role("button", name="Öppna").click()
    other.sees("Lösenfrasen öppnar inte filen.")
    other.page.locator("#open-phrase").fill("blå häst på en kulle")
    other.page.get_by_role("button", name="Öppna").click()
    other.sees("Din anmälan")
    # then: all is there, and what both send is one application
    other.page.goto("/ansok/#check")
    other.sees("Kanariefågelgatan 5")
    confirms_and_sends(other)
    other.sees("Din anmälan är skickad")
    visitor.page.goto("/ansok/#check")
    confirms_and_sends(visitor)
    visitor.sees("Din anmälan är skickad")
    assert sent_of(visitor)["reference"] == sent_of(other)["reference"]


def test_something_else_than_a_draft_is_refused_kindly(visit, tmp_path):
    file = tmp_path / "semester.utkast"
    file.write_text("<html>", "utf-8")
    visitor = visit()
    visitor.goes_to("/ansok/#open")
    visitor.page.get_by_role("button", name="Öppna").click()
    visitor.sees("Välj en fil.")
    visitor.page.get_by_label("Fil", exact=True).set_input_files(file)
    visitor.page.locator("#open-phrase").fill("blå häst på en kulle")
    visitor.page.get_by_role("button", name="Öppna").click()
    visitor.sees("Filen är inget utkast från den här webbplatsen")
    visitor.looks_right("apply-open-refused")


# ---------------------------------------------------------------- a shared computer


def test_everything_can_be_wiped(ready):
    visitor = ready(step="household")
    visitor.page.get_by_role("link", name="Rensa allt").click()
    visitor.sees("Vill du rensa allt?")
    visitor.looks_right("apply-wipe")
    visitor.page.get_by_role("button", name="Ja, rensa allt").click()
    visitor.page.locator("#begin").wait_for()
    assert kept(visitor)["storage"] == []
    visitor.page.go_back()
    visitor.page.goto("/ansok/#household")
    assert "Kanarie" not in visitor.page.content()
    assert visitor.page.locator("#q-protectedIdentity").is_visible()


def test_the_page_can_be_left_at_once_and_nothing_leads_back(ready):
    visitor = ready(step="healthAndHabits")
    visitor.sees("Webbläsarens historik kan ändå visa att du har varit här.")
    visitor.page.route(
        "https://www.smhi.se/**", lambda route: route.fulfill(body="<title>Väder</title>", content_type="text/html")
    )
    visitor.page.get_by_role("button", name="Lämna sidan genast").click()
    visitor.page.wait_for_url("https://www.smhi.se/**")
    visitor.page.goto("/ansok/#check")
    assert kept(visitor)["storage"] == []
    assert visitor.page.locator("#q-protectedIdentity").is_visible()


@pytest.mark.parametrize(
    ("question", "answer", "heading"),
    [
        ("protectedIdentity", "yes", "Fyll inte i formuläret"),
        ("protectedIdentity", "unsure", "Fyll inte i formuläret"),
        ("knownChild", "yes", "Kontakta den kommun som ansvarar"),
    ],
)
def test_who_must_not_apply_here_is_stopped_kindly_before_anything_is_kept(visit, question, answer, heading):
    visitor = visit()
    visitor.goes_to("/ansok/#stops")
    for name in ("protectedIdentity", "knownChild"):
        value = answer if name == question else "no"
        visitor.page.locator(f'[name="q-{name}"][value="{value}"]').check()
    visitor.page.get_by_role("button", name="Fortsätt", exact=True).click()
    visitor.sees(heading)
    visitor.looks_right(f"apply-stop-{question}", in_full=False)
    assert kept(visitor)["storage"] == []
    # and: nobody gets past by the address, and who answered wrongly can go back
    visitor.page.goto("/ansok/#aboutYou")
    assert visitor.page.locator("#q-protectedIdentity").is_visible()


# ---------------------------------------------------------------- what is wrong, is told


def test_every_page_tells_what_is_missing_and_leads_to_it(ready):
    # given: somebody who has chosen, and answered nothing else
    visitor = ready("0680", "0180", step="tasks", assignments=["familjehem", "jourhem", "kontaktfamilj"])
    raw = {name: visitor.draft["raw"][name] for name in ("assignments", "applicants")}
    resumed(visitor, {**visitor.draft, "raw": raw, "visited": []}, "tasks")
    visitor.looks_right("apply-tasks")
    steps = visitor.page.evaluate(
        "[...document.querySelectorAll('#tasks a')].map((each) => each.hash.slice(1)).filter((each) => each !== 'check')"
    )
    assert len(steps) >= 13
    for step in steps:
        visitor.page.goto(f"/ansok/#{step}")
        visitor.page.locator(f'[data-step="{step}"]').wait_for()
        if step == "municipalities":
            visitor.page.locator("#chooser-found li").first.wait_for()
        visitor.looks_right(f"apply-{step}", in_full=False)
        # when
        visitor.page.locator('[data-step]:not([hidden]) button[type="submit"]').click()
        if not visitor.page.locator("#missing").is_visible():
            continue  # nothing on it must be answered
        # then: the summary has the focus, and each line leads to its field
        assert visitor.page.evaluate("document.activeElement.id") == "missing"
        links = visitor.page.locator("#missing-list a")
        assert links.count() == visitor.page.locator("form .govuk-error-message").count(), step
        visitor.looks_right(f"apply-{step}-missing", in_full=False)
        for index in range(links.count()):
            links.nth(index).click()
            assert visitor.page.evaluate("document.activeElement.id.startsWith('q-')"), step
    assert visitor.complaints == []


def test_faults_are_told_in_words_that_repeat_nothing(ready):
    visitor = ready(step="aboutYou")
    page = visitor.page
    page.locator("#q-identityNumber").fill("19121212-1213")
    page.locator("#q-mobile").fill("12")
    page.locator("#q-email").fill("prov@")
    page.locator("#q-address-postalCode").fill("1234")
    page.get_by_role("button", name="Spara och fortsätt").click()
    told = page.locator("#missing").inner_text()
    for words in (
        "samordningsnummer: Numret stämmer inte. Kontrollera siffrorna",
        "Mobilnummer: Skriv ett telefonnummer",
        "E-postadress: Skriv en e-postadress",
        "Postnummer: Skriv fem siffror.",
    ):
        assert words in told
    assert "1213" not in told
    assert page.locator("#q-identityNumber").input_value() == "19121212-1213"
    visitor.looks_right("apply-about-you-faults")


def test_a_fault_of_a_part_is_told_by_what_the_part_is_called(ready):
    visitor = ready(step="aboutYou", interpreter={"needed": "no"})
    visitor.page.locator("#q-interpreter-needed-2").check()
    visitor.page.get_by_role("button", name="Spara och fortsätt").click()
    assert visitor.page.locator("#missing-list a").all_inner_texts() == ["På vilket språk? Välj ett svar."]


def test_no_number_of_steps_is_told_before_anybody_can_know_it(visit):
    visitor = visit()
    visitor.goes_to("/ansok/#stops")
    for name in ("protectedIdentity", "knownChild"):
        visitor.page.locator(f'[name="q-{name}"][value="no"]').check()
    visitor.page.get_by_role("button", name="Fortsätt", exact=True).click()
    visitor.sees("Är du osäker på orden?")
    assert not visitor.page.locator("#where").is_visible()


def test_to_whom_it_goes_is_named_where_one_sends_and_on_the_receipt_also_on_paper(ready):
    visitor = ready("0680", "0687")
    assert "skickas till Jönköping och Tranås." in visitor.page.locator("#send-note").inner_text()
    confirms_and_sends(visitor)
    visitor.sees("Tranås (genom Familjehemsresursen Höglandet (prov))")
    visitor.page.emulate_media(media="print")
    for delivery in sent_of(visitor)["deliveries"]:
        visitor.sees(delivery["number"])


def test_what_the_server_finds_wrong_is_told_beside_its_field(ready):
    visitor = ready()
    problem = {
        "type": "https://familjehemsverige.se/problem/invalid-answers/",
        "status": 422,
        "errors": [
            {"pointer": "/answers/children/1/birthYear", "code": "outOfRange"},
            {"pointer": "/answers/name", "code": "other"},
        ],
    }
    visitor.page.route(
        "**/api/applications",
        lambda route: route.fulfill(status=422, json=problem, content_type="application/problem+json"),
    )
    confirms_and_sends(visitor)
    visitor.sees("Något behöver rättas")
    visitor.page.locator("#missing-list a").first.click()
    visitor.page.locator('[data-step="household"]').wait_for()
    assert "household" in visitor.page.url


def test_a_recipient_that_stops_receiving_is_named_and_another_can_be_chosen(ready, running):
    # given
    visitor = ready("0680", "1280")
    Store(running).change_recipient("1280", state={"S": "paused"})
    try:
        # when
        confirms_and_sends(visitor)
        # then
        visitor.sees("Malmö tar inte emot anmälningar just nu.")
        visitor.looks_right("apply-unavailable")
        visitor.page.get_by_role("button", name="Välj kommuner igen").click()
        visitor.page.get_by_role("button", name="Ta bort Malmö").click()
        visitor.page.goto("/ansok/#check")
        visitor.page.locator("#send").click()
        visitor.sees("Din anmälan är skickad")
    finally:
        Store(running).change_recipient("1280", state={"S": "live"})


def test_more_than_five_recipients_cannot_be_chosen_but_a_unit_counts_once(ready):
    visitor = ready("0180", "1280", "1480", "0687", "0686", step="municipalities")
    visitor.sees("Valda: 4 av 5")
    page = visitor.page
    for name, heading in (
        ("Jönköping", "Valda: 5 av 5"),
        ("Linköping", "Valda: 5 av 5"),
        ("Vetlanda", "Valda: 5 av 5"),
    ):
        page.get_by_label("Sök kommun").fill(name)
        page.get_by_role("button", name=f"Välj {name}").click()
        assert page.locator("#chosen-heading").inner_text() == heading
    assert page.locator("#chosen li").count() == 7
    visitor.looks_right("apply-municipalities-chosen")


def test_a_condition_opens_and_closes_without_losing_what_was_typed(ready):
    visitor = ready(step="household")
    page = visitor.page
    # when: it is said that there are no children, and then that there are
    page.get_by_label("Inga barn i familjen").check()
    assert not page.locator("#at-childrensView").is_visible()
    assert not page.locator("#q-children-0-birthYear").is_visible()
    page.get_by_label("Inga barn i familjen").uncheck()
    # then
    assert page.locator("#at-childrensView").is_visible()
    assert page.locator("#q-children-0-birthYear").input_value() == "2014"
    # when: one of two is taken away
    page.get_by_role("button", name="Ta bort barn 1").click()
    assert page.locator("#q-children-0-birthYear").input_value() == "2018"
    visitor.looks_right("apply-household-children")


def test_every_answer_can_be_changed_from_the_check_and_one_comes_back_to_it(ready):
    visitor = ready()
    visitor.looks_right("apply-check")
    visitor.page.get_by_role("link", name="Ändra Hur bor ni?").click()
    assert visitor.page.evaluate("document.activeElement.name") == "q-housingForm"
    visitor.page.get_by_label("Lägenhet").check()
    visitor.page.get_by_role("button", name="Spara och fortsätt").click()
    visitor.page.locator('[data-step="check"]').wait_for()
    assert "Lägenhet" in visitor.page.locator("#answers").inner_text()


def test_the_receipt_can_be_kept_and_what_was_sent_goes_along(ready, tmp_path):
    visitor = ready("0680", "0180")
    confirms_and_sends(visitor)
    visitor.sees("Din anmälan är skickad")
    visitor.looks_right("apply-receipt")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Spara en kopia").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    page = file.read_text("utf-8")
    for words in (
        sent_of(visitor)["reference"],
        sent_of(visitor)["receiptCode"],
        "Kanariefågelgatan 5",
        "Villa eller radhus",
    ):
        assert words in page
    assert "<script" not in page
    # and: it opens, and survives a reload until it is cleared
    visitor.page.reload()
    visitor.sees("Din anmälan är skickad")
    visitor.page.get_by_role("button", name="Klar, rensa den här enheten").click()
    visitor.page.get_by_role("button", name="Ja, rensa allt").click()
    visitor.page.locator("#begin").wait_for()
    assert kept(visitor)["storage"] == []


def test_a_draft_of_an_earlier_version_keeps_its_questions(ready, running):
    # given: a page whose newest version is another one than the draft's
    visitor = ready()
    html = running.http.get("/ansok/").text
    version = visitor.draft["version"]
    newer = (
        html.replace(f'data-version="{version}"', 'data-version="2099-1"')
        .replace(f'"version":"{version}"', '"version":"2099-1"')
        .replace(f"&#34;version&#34;:&#34;{version}&#34;", "&#34;version&#34;:&#34;2099-1&#34;")
    )
    newer = newer.replace(f'data-key="page.{version}">/ansok/<', f'data-key="page.{version}">/ansok/{version}/<')
    older = html.replace('data-key="page.current">/ansok/<', 'data-key="page.current">/ansok/new/<').replace(
        f'data-key="page.{version}">/ansok/<', f'data-key="page.{version}">/ansok/{version}/<'
    )
    assert newer != html
    visitor.page.route("**/ansok/", lambda route: route.fulfill(body=newer, content_type="text/html"))
    visitor.page.route(f"**/ansok/{version}/", lambda route: route.fulfill(body=older, content_type="text/html"))
    # when
    visitor.page.goto("/hjalp/")
    visitor.page.goto("/ansok/#check")
    # then
    visitor.page.wait_for_url(f"**/ansok/{version}/#check")
    confirms_and_sends(visitor)
    visitor.sees("Din anmälan är skickad")


def test_the_campaign_and_the_assignment_of_the_address_go_along(visit):
    visitor = visit()
    visitor.goes_to("/ansok/?kampanj=tv-host-26&uppdrag=jourhem#stops")
    for name in ("protectedIdentity", "knownChild"):
        visitor.page.locator(f'[name="q-{name}"][value="no"]').check()
    visitor.page.get_by_role("button", name="Fortsätt", exact=True).click()
    assert visitor.page.locator("#q-assignments-2").is_checked()
    assert visitor.page.evaluate("JSON.parse(sessionStorage.getItem('familjehem.draft')).campaign") == "tv-host-26"


def test_without_scripts_the_form_says_what_to_do(visit):
    visitor = visit(java_script_enabled=False)
    visitor.goes_to("/ansok/")
    told = visitor.page.locator("main").inner_text()
    assert "Formuläret behöver det." in told
    # The list of municipalities needs scripts too, and is no way on.
    assert "växel" in told
    assert not visitor.page.locator("#application").is_visible()
    assert not visitor.page.locator("#begin").is_visible()
