"""The way to a real OpenID provider and back, in a browser, as the form will take it."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.reliability.running import Running
from website import build

RETURN = "/ansok/identifierad/"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    build.make()
    service = Running(tmp_path_factory.mktemp("identifying"), {"FAMILJEHEM_IDENTIFICATION": "on"})
    service.start()
    yield service
    service.close()


def module() -> str:
    (found,) = (build.DIST / "assets").glob("identification-*.js")
    return f"/assets/{found.name}"


def begins(visitor, draft: str, role: str = "applicant", path: str = "/hjalp/") -> None:
    """Do what the form does when somebody presses its button."""
    visitor.goes_to(path)
    leaving = f"import('{module()}').then((module) => {{ void module.begin('{role}', '{draft}', '{path}#apply'); }})"
    visitor.page.evaluate(leaving)
    visitor.page.wait_for_url("**/legitimera/**")


def kept_of(visitor, role: str, draft: str) -> dict[str, str] | None:
    return visitor.page.evaluate(f"import('{module()}').then((module) => module.of('{role}', '{draft}'))")


def test_who_identifies_comes_back_to_the_form_with_name_and_number(visit, running):
    # given
    visitor, draft = visit(), str(uuid4())
    # when
    begins(visitor, draft)
    visitor.page.get_by_role("button", name="Prov Persson-Kanarie").click()
    visitor.page.wait_for_url(f"{running.url}/hjalp/#apply")
    # then
    found = kept_of(visitor, "applicant", draft)
    assert found is not None
    assert (found["name"], found["identityNumber"], found["level"]) == ("Prov Persson-Kanarie", "191212121212", "3")
    assert kept_of(visitor, "applicant", str(uuid4())) is None
    assert kept_of(visitor, "coApplicant", draft) is None
    # and the co-applicant may do the same on the same telephone, asked anew
    begins(visitor, draft, "coApplicant")
    visitor.page.get_by_role("button", name="Test Persson-Kanarie").click()
    visitor.page.wait_for_url(f"{running.url}/hjalp/#apply")
    tokens = visitor.page.evaluate(f"import('{module()}').then((module) => module.tokens('{draft}'))")
    assert set(tokens) == {"applicant", "coApplicant"}
    # and what the form sends with them is taken
    body = json.loads((build.HERE.parent / "events/http/bodies/family.json").read_text("utf-8"))
    sent = {**body, "identifications": tokens}
    answer = running.http.post("/api/applications", json=sent, headers={"Idempotency-Key": draft})
    assert answer.status_code == 201, answer.text


def test_who_turns_back_is_told_kindly_with_the_way_back_and_other_ways(visit):
    # given
    visitor, draft = visit(), str(uuid4())
    begins(visitor, draft)
    # when
    visitor.page.get_by_role("button", name="Avbryt").click()
    # then
    visitor.sees("Du avbröt legitimeringen. Inget har skickats.")
    visitor.sees("Det du har skrivit i formuläret finns kvar.")
    visitor.sees("Ring eller besök socialtjänsten i din kommun.")
    assert visitor.page.url.endswith(RETURN)
    assert visitor.page.locator("#back").get_attribute("href") == "/hjalp/#apply"
    visitor.looks_right("identified-cancelled")
    # when
    visitor.page.get_by_role("button", name="Legitimera dig igen").click()
    visitor.page.wait_for_url("**/legitimera/**")
    visitor.page.get_by_role("button", name="Prov Persson-Kanarie").click()
    # then
    visitor.page.wait_for_url("**/hjalp/#apply")
    assert kept_of(visitor, "applicant", draft)


@pytest.mark.parametrize("level", ["http://id.elegnamnden.se/loa/1.0/loa2"])
def test_a_level_that_is_too_low_is_said_in_words(visit, level):
    visitor = visit()
    begins(visitor, str(uuid4()))
    visitor.page.get_by_label("Nivå").select_option(level)
    visitor.page.get_by_role("button", name="Prov Persson-Kanarie").click()
    visitor.sees("Den här e-legitimationen är inte tillräckligt säker för en anmälan.")
    visitor.complaints.clear()  # the browser's own line about the 422


def test_a_link_that_somebody_else_sent_asks_nobody_and_says_what_to_do(visit):
    # given
    visitor = visit()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    # when
    visitor.goes_to(f"{RETURN}?code=abc&state=def")
    # then
    visitor.sees("Vi hittar inte ditt formulär.")
    assert visitor.page.url.endswith(RETURN)
    assert not [url for url in asked if "/api/" in url]
    assert visitor.page.locator("#back").is_hidden()
    assert visitor.page.locator("#again").is_hidden()


def test_the_english_page_comes_back_to_itself(visit, running):
    visitor = visit()
    begins(visitor, str(uuid4()), path="/en/help/")
    visitor.page.get_by_role("button", name="Avbryt").click()
    visitor.sees("You cancelled the identification. Nothing has been sent.")
    assert visitor.page.url == f"{running.url}/en/apply/identified/"
