"""Every word is written once, used somewhere, and gets the placeholders that it asks for."""

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from familjehem.domain.compilation import LAYOUT
from familjehem.domain.condition import APPLICANT, CO_APPLICANT
from familjehem.domain.delivery import NextStep
from familjehem.domain.question_set import IndicatorGroup, IndicatorLevel, current
from familjehem.domain.texts import catalogue, text

ROOT = Path(__file__).parents[3]
SOURCES = (ROOT / "layers" / "familjehem" / "familjehem", ROOT / "functions", ROOT / "dev", ROOT / "website")


def calls() -> Iterator[tuple[str, str, set[str], bool]]:
    """Give every call of `text`: where, the key (a pattern, if it is put together), the names given, if it is whole."""
    for path in (path for source in SOURCES if source.exists() for path in source.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not any(
            isinstance(node, ast.ImportFrom) and node.module == "familjehem.domain.texts" for node in ast.walk(tree)
        ):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text":
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                names = {keyword.arg or "**" for keyword in node.keywords}
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    yield where, str(key.value), names, True
                elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
                    parts = (re.escape(str(one.value)) if isinstance(one, ast.Constant) else ".+" for one in key.values)
                    yield where, "".join(parts), names, False
                else:
                    pytest.fail(f"{where}: a key begins with the name of its group")


def keys(key: str, whole: bool) -> list[str]:
    return [one for one in catalogue() if (one == key if whole else re.fullmatch(key, one))]


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


CALLS = tuple(calls())


@pytest.mark.parametrize(("where", "key", "names", "whole"), CALLS, ids=[f"{where}-{key}" for where, key, *_ in CALLS])
def test_every_key_that_is_used_is_written_and_gets_its_placeholders(
    where: str, key: str, names: set[str], whole: bool
) -> None:
    found = keys(key, whole)
    assert found, f"{where}: no text {key}"
    if "**" not in names:
        # several texts of one group may leave out what one of them needs
        asked = [placeholders(catalogue()[one]) for one in found]
        assert set().union(*asked) <= names, where
        assert not whole or asked[0] == names, where


def test_every_text_that_is_written_is_used() -> None:
    used = {one for _, key, _, whole in CALLS for one in keys(key, whole)}
    # the short words of the overview are looked up one by one; see the next test
    assert [key for key in catalogue() if key not in used and not key.startswith("compilation.short.")] == []


def test_keys_that_are_put_together_are_those_of_their_enumerations() -> None:
    def group(name: str) -> set[str]:
        start = f"compilation.{name}."
        return {key.removeprefix(start) for key in catalogue() if key.startswith(start)}

    assert group("step") == set(NextStep)
    assert group("level") == set(IndicatorLevel)
    assert group("group") == set(IndicatorGroup)
    assert group("adult") == {APPLICANT, CO_APPLICANT}
    assert group("line") == {*LAYOUT, "other"}
    assert group("short") == {one.name for one in current().questions if one.overview_for}


def test_every_text_of_the_file_is_found_by_its_path() -> None:
    # given the file as it is
    written = json.loads((SOURCES[0] / "domain" / "texts" / "sv.json").read_text(encoding="utf-8"))
    # when it is read anew
    catalogue.cache_clear()
    found = catalogue()
    # then every key leads to its text, step by step, and there are no others
    for key, words in found.items():
        inside: Any = written
        for name in key.split("."):
            inside = inside[name]
        assert inside == words
    assert len(found) == json.dumps(written).count('": "')


def test_placeholders_are_filled_by_name() -> None:
    assert text("compilation.identityNumber", birth="19121212", last="1212") == "19121212-1212"


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("compilation.nothing", {}),
        ("compilation.identityNumber", {"birth": ""}),
        ("compilation.identityNumber", {}),
    ],
)
def test_a_missing_key_or_name_is_an_error(key: str, names: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        text(key, **names)
