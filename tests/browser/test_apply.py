"""What the application says: what is missing and wrong, who cannot receive, what was answered, what was sent."""

import pytest

from tests.browser.applicant import confirms_and_sends, resumed, sent_of
from tests.browser.conftest import kept
from tests.reliability.running import Store


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
    visitor.looks_right(f"apply-stop-{question}")
    assert kept(visitor)["storage"] == []
    # and: nobody gets past by the address, and who answered wrongly can go back
    visitor.page.goto("/ansok/#aboutYou")
    assert visitor.page.locator("#q-protectedIdentity").is_visible()


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
        visitor.looks_right(f"apply-{step}")
        # when
        visitor.page.locator('[data-step]:not([hidden]) button[type="submit"]').click()
        if not visitor.page.locator("#missing").is_visible():
            continue  # nothing on it must be answered
        # then: the summary has the focus, and each line leads to its field
        assert visitor.page.evaluate("document.activeElement.id") == "missing"
        links = visitor.page.locator("#missing-list a")
        assert links.count() == visitor.page.locator("form .govuk-error-message").count(), step
        visitor.looks_right(f"apply-{step}-missing")
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
    for delivery in sent_of(visitor.page)["deliveries"]:
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
    # The list that the page fetches by itself must be older than the pause: otherwise the page knows, and does not send.
    visitor.page.wait_for_load_state("networkidle")
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
        sent_of(visitor.page)["reference"],
        sent_of(visitor.page)["receiptCode"],
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


def test_without_scripts_the_form_says_what_to_do(visit):
    visitor = visit(java_script_enabled=False)
    visitor.goes_to("/ansok/")
    told = visitor.page.locator("main").inner_text()
    assert "Formuläret behöver det." in told
    # The list of municipalities needs scripts too, and is no way on.
    assert "växel" in told
    assert not visitor.page.locator("#application").is_visible()
    assert not visitor.page.locator("#begin").is_visible()
