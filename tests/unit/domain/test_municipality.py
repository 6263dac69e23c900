import pytest

from familjehem.domain.municipality import municipalities


def test_there_are_290_municipalities_by_their_codes_in_order() -> None:
    known = municipalities()
    assert len(known) == 290
    assert list(known) == sorted(known)
    assert all(code == each.code and len(code) == 4 and code.isdigit() for code, each in known.items())


def test_every_municipality_lies_in_the_county_that_its_code_names() -> None:
    counties: dict[str, set[str]] = {}
    for each in municipalities().values():
        assert each.code.startswith(each.county_code)
        counties.setdefault(each.county_code, set()).add(each.county)
    assert len(counties) == 21
    assert all(len(names) == 1 for names in counties.values())


def test_names_are_unique_and_whole() -> None:
    names = [each.name for each in municipalities().values()]
    assert len(set(names)) == 290
    assert all(name == name.strip() and name for name in names)


def test_the_population_is_of_one_stated_year_and_adds_up_to_the_country() -> None:
    known = municipalities().values()
    assert {each.population_year for each in known} == {2024}
    assert all(each.population > 2_000 for each in known)
    assert 10_000_000 < sum(each.population for each in known) < 11_000_000


@pytest.mark.parametrize(("code", "name"), [("0180", "Stockholm"), ("0680", "Jönköping"), ("2584", "Kiruna")])
def test_codes_are_strings_with_their_zeros(code: str, name: str) -> None:
    assert municipalities()[code].name == name


def test_nobody_can_change_the_municipalities() -> None:
    with pytest.raises(TypeError):
        municipalities()["0180"] = None  # type: ignore[index]
    assert municipalities() is municipalities()
