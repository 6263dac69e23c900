"""The same content is the same bytes, whatever order it came in, and Swedish letters stand as they are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.canonical_json import canonical_json

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


def test_keys_are_sorted_nothing_is_spaced_and_letters_stand_as_they_are() -> None:
    assert (
        canonical_json({"ö": [1, None], "a": {"c": True, "b": "å"}}) == '{"a":{"b":"å","c":true},"ö":[1,null]}'.encode()
    )


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), ANY, max_size=5))
def test_order_leaves_no_trace_and_nothing_is_lost(content: dict[str, object]) -> None:
    written = canonical_json(content)
    assert canonical_json(dict(reversed(content.items()))) == written
    assert json.loads(written) == content


def test_half_a_character_is_no_content() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical_json("\ud800")
