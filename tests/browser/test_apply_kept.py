"""Nothing that was typed is lost, whatever happens to network, tab and storage; and nothing stays when it must not."""

import pytest

from tests.browser.applicant import EXTENDED, Applicant, confirms_and_sends, sent_of
from tests.browser.conftest import kept
from tests.builders import family_answers


def gives_up(visitor):
    """Let time go by, as fast as tries can fail, until the form says that it does not know."""
    told = visitor.page.get_by_text("Vi vet inte om anmälan kom fram")
    for _ in range(200):
        visitor.page.clock.fast_forward(10_000)
        visitor.page.wait_for_timeout(50)
        if told.is_visible():
            return
    visitor.sees("Vi vet inte om anmälan kom fram")


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
    number = sent_of(visitor.page)["deliveries"][0]["number"]
    assert [each["number"] for each in running.mailbox("0680")].count(number) == 1


def test_a_network_that_stays_away_is_told_and_the_same_can_be_sent_later(ready):
    # given
    visitor = ready()
    visitor.page.clock.install()
    visitor.page.route("**/api/**", lambda route: route.abort())
    # when
    confirms_and_sends(visitor)
    gives_up(visitor)
    visitor.looks_right("apply-unsent")
    # and: the page is left and come back to
    visitor.page.unroute("**/api/**")
    visitor.page.reload()
    visitor.page.goto("/ansok/#check")
    confirms_and_sends(visitor)
    # then
    visitor.sees("Din anmälan är skickad")
    assert sent_of(visitor.page)["earlier"] is False


def test_what_was_changed_after_a_lost_answer_is_told_as_not_included(ready, running):
    # given: an answer that was lost for good, and a change after it
    visitor = ready(motive="Det första. Kanariefågel")
    visitor.page.clock.install()

    def lost(route):
        route.fetch()
        route.abort()

    visitor.page.route("**/api/applications", lost)
    confirms_and_sends(visitor)
    gives_up(visitor)
    visitor.page.unroute("**/api/applications")
    visitor.page.goto("/ansok/#motiveAndAttitude")
    visitor.page.get_by_label("Berätta kort").fill("Det andra. Kanariefågel")
    # when
    visitor.page.goto("/ansok/#check")
    visitor.page.locator("#send").click()
    # then: the receipt is that of the first, and it says so
    visitor.sees("Anmälan hade kommit fram redan vid ditt första försök.")
    running.quiet()
    letter = running.letter("0680", sent_of(visitor.page)["deliveries"][0]["number"])
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
    assert sent_of(visitor.page)["reference"] == sent_of(other.page)["reference"]


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
