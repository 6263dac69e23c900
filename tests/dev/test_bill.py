"""The bill of materials: complete, and of licences on the list only."""

import json
import re

import pytest

from dev.bill import ROOT, TARGET, LicenceError, allowed, component
from website.build import VENDORED


def test_every_package_that_is_deployed_stands_in_it_with_its_licence() -> None:
    # given
    told = {one["purl"]: one for one in json.loads(TARGET.read_text(encoding="utf-8"))["components"]}
    # when
    locked = [
        line.split(" ")[0].partition(";")[0]
        for layer in ("dependencies", "typesetting")
        for line in (ROOT / f"layers/{layer}/requirements.txt").read_text(encoding="utf-8").splitlines()
        if re.match(r"[a-z0-9].*==", line)
    ]
    # then
    assert len(locked) > 15
    for package in locked:
        one = told[f"pkg:pypi/{package.replace('==', '@')}"]
        assert one["scope"] == "required"
        assert one["licenses"]
    # and so does what visitors get of others' scripts and styles
    shipped = {one["name"] for purl, one in told.items() if purl.startswith("pkg:npm/") and one["scope"] == "required"}
    assert shipped == {"govuk-frontend", *(source.partition("/")[0] for source, _ in VENDORED.values())}


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("(MIT OR CC0-1.0)", True),
        ("MIT AND PSF-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("SSPL-1.0", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_a_licence_is_on_the_list_or_not(licence: str, expected: bool) -> None:
    assert allowed(licence) is expected


def test_a_package_under_another_licence_stops_the_bill_and_a_deployed_one_needs_one() -> None:
    with pytest.raises(LicenceError, match="prov 1 is under AGPL"):
        component("prov", "1", "pkg:pypi/prov@1", "excluded", "AGPL-3.0-only")
    with pytest.raises(LicenceError, match="prov 1 is deployed and names no licence"):
        component("prov", "1", "pkg:pypi/prov@1", "required", None)
    assert "licenses" not in component("prov", "1", "pkg:pypi/prov@1", "excluded", None)
