"""Finding a municipality, connected or not, also when the service does not answer."""

import pytest


@pytest.fixture
def visitor(visit):
    found = visit()
    found.goes_to("/kommuner/")
    found.sees("290 av 290 kommuner")
    return found


def names(visitor) -> list[str]:
    return visitor.page.locator(".found__name").all_inner_texts()


def test_the_connected_ones_come_first(visitor):
    assert names(visitor)[:3] == ["Eksjö", "Göteborg", "Jönköping"]
    assert visitor.page.locator(".found__item").first.locator(".govuk-tag").inner_text() == "Ansluten"


def test_a_name_is_found_as_it_is_typed(visitor):
    visitor.page.get_by_label("Kommunens namn").press_sequentially("jönk")
    visitor.sees("1 av 290 kommuner")
    assert names(visitor) == ["Jönköping"]
    visitor.sees("Söker: familjehem, jourfamilj, jourhem, kontaktfamilj, kontaktperson.")
    assert visitor.page.get_by_role("link", name="Ring").get_attribute("href").startswith("tel:0")


def test_the_county_and_the_assignment_narrow_the_list(visitor):
    visitor.page.get_by_label("Län").select_option("Jönköpings län")
    visitor.sees("13 av 290 kommuner")
    visitor.page.get_by_label("Uppdrag").select_option("kontaktperson")
    assert names(visitor) == ["Eksjö", "Jönköping", "Tranås", "Vetlanda"]
    visitor.sees("Anmälningar tas emot av Familjehemsresursen Höglandet (prov).")


def test_one_that_is_not_connected_has_its_ordinary_way(visitor):
    visitor.page.get_by_label("Kommunens namn").fill("åre")
    assert names(visitor) == ["Åre"]
    visitor.sees("Ring kommunens växel")
    visitor.page.get_by_label("Visa bara anslutna kommuner").check()
    visitor.sees("Ingen kommun stämmer med sökningen")


def test_more_are_shown_on_demand_and_the_keyboard_follows(visitor):
    before = len(names(visitor))
    visitor.page.get_by_role("button", name="Visa fler").press("Enter")
    assert len(names(visitor)) == 2 * before
    assert names(visitor)[before] in visitor.focused()


def test_when_the_service_does_not_answer_it_says_what_to_do(visit):
    visitor = visit()
    visitor.page.route("**/api/recipients", lambda route: route.abort())
    visitor.page.goto("/kommuner/")
    visitor.sees("Listan kunde inte hämtas")
    visitor.looks_right("municipalities-failed")
    visitor.page.unroute("**/api/recipients")
    visitor.page.get_by_role("button", name="Försök igen").click()
    visitor.sees("290 av 290 kommuner")
