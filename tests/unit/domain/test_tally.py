"""What is counted of a family, and where: once at its home, by bins that leave nothing out."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from familjehem.domain.question_set import current
from familjehem.domain.recipient import Recipient
from familjehem.domain.tally import PAIRS, Level, Scope, base, cells, counter, counts, pair_name
from tests.builders import recipient, validated

FAMILY = validated(recipients=2)
TODAY = date(2026, 11, 22)


def a_recipient(identifier: str, *served: str) -> Recipient:
    return recipient(id=identifier, municipalities=served or (identifier,))


def counted(*recipients: Any, **changes: Any) -> dict[Scope, tuple[str, ...]]:
    answers = {name: value for name, value in {**FAMILY, **changes}.items() if value is not None}
    return {one.scope: one.counters for one in counts(current(), answers, recipients, TODAY)}


class TestTheHomeOfAFamily:
    def test_who_chose_one_recipient_is_at_home_there(self) -> None:
        found = counted(a_recipient("0680"))

        assert found[Scope(Level.NATION)] == found[Scope(Level.COUNTY, "06")] == ()
        assert base(Level.RECIPIENT) in found[Scope(Level.RECIPIENT, "0680")]

    def test_who_chose_several_in_one_county_is_at_home_in_the_county(self) -> None:
        found = counted(a_recipient("0680"), a_recipient("0685"))

        assert found[Scope(Level.NATION)] == ()
        assert base(Level.COUNTY) in found[Scope(Level.COUNTY, "06")]

    def test_who_chose_across_counties_is_at_home_in_the_nation(self) -> None:
        found = counted(a_recipient("0680"), a_recipient("0180"))

        assert base(Level.NATION) in found[Scope(Level.NATION)]
        assert found[Scope(Level.COUNTY, "06")] == found[Scope(Level.COUNTY, "01")] == ()

    def test_each_recipient_counts_what_it_knows_of_the_home(self) -> None:
        found = counted(a_recipient("0680"), a_recipient("0180"))

        knows = found[Scope(Level.RECIPIENT, "0680")]
        assert knows == found[Scope(Level.RECIPIENT, "0180")] == found[Scope(Level.NATION)]

    def test_a_contact_person_is_counted_apart(self) -> None:
        found = counted(a_recipient("0680"), assignments=["kontaktperson"])

        assert found[Scope(Level.RECIPIENT, "0680")] == ("recipient_contactPersons",)

    def test_a_unit_across_counties_has_no_county_of_its_own(self) -> None:
        found = counted(a_recipient("unit-ett", "0680", "0180"), a_recipient("0685"))

        assert base(Level.NATION) in found[Scope(Level.NATION)]

    def test_every_scope_is_counted_once(self) -> None:
        scopes = [one.scope for one in counts(current(), FAMILY, [a_recipient("0680"), a_recipient("0685")], TODAY)]

        assert max(Counter(scopes).values()) == 1


class TestTheBins:
    def test_every_dimension_takes_every_family(self) -> None:
        dimensions = {one.dimension for question in current().questions for one in question.statistics}

        found = cells(current(), FAMILY, (a_recipient("0680"),), TODAY)

        assert {dimension for dimension, _ in found} == dimensions | {pair_name(pair) for pair in PAIRS}
        assert max(Counter(found).values()) == 1

    def test_a_question_that_was_not_asked_is_a_bin_of_its_own(self) -> None:
        found = cells(current(), {"assignments": ["kontaktperson"]}, (), TODAY)

        assert ("housingForm", "notAsked") in found
        assert ("assignment", "kontaktperson") in found

    @pytest.mark.parametrize(
        ("children", "expected"),
        [
            ([], {"no", "none", "notAsked"}),
            ([{"birthYear": 2005, "living": "movedOut", "relation": "own"}], {"no", "none", "notAsked"}),
            ([{"birthYear": 2021, "living": "sometimes", "relation": "own"}], {"yes", "oneOrTwo", "upTo5"}),
        ],
    )
    def test_children_count_who_live_at_home(self, children: list[Any], expected: set[str]) -> None:
        about = ("childrenAtHome", "numberOfChildrenAtHome", "youngestChildAtHome")

        found = cells(current(), {**FAMILY, "children": children}, (), TODAY)

        assert {name for dimension, name in found if dimension in about} == expected

    @pytest.mark.parametrize(
        ("home", "near"), [("0680", "own"), ("0685", "sameCounty"), ("0180", "otherCounty"), ("abroad", "otherCounty")]
    )
    def test_how_near_the_home_is(self, home: str, near: str) -> None:
        found = cells(current(), {**FAMILY, "homeMunicipality": home}, (a_recipient("0680"),), TODAY)

        assert ("proximity", near) in found

    def test_no_counter_tells_of_a_sensitive_answer(self) -> None:
        sensitive = [question for question in current().questions if question.data_class.sensitive]

        assert sensitive
        assert not any(question.statistics for question in sensitive)

    def test_a_counter_says_home_dimension_and_bin(self) -> None:
        assert counter(Level.NATION, "housingForm", "flat") == "nation_housingForm_flat"

    def test_all_counters_of_a_scope_fit_into_one_update(self) -> None:
        every = [
            counter(Level.RECIPIENT, one.dimension, name.name)
            for question in current().questions
            for one in question.statistics
            for name in one.bins
        ]

        # An expression may be 4 KB; no family can fall into every bin there is, and even that would hardly be more.
        assert len("ADD " + ", ".join(f"#{name} :one" for name in every)) < 3 * 4096
        chosen = counted(a_recipient("0680"))[Scope(Level.RECIPIENT, "0680")]
        assert len("ADD " + ", ".join(f"#{name} :one" for name in chosen)) < 4096
