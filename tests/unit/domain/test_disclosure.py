"""Disclosure control: what is shown, what is hidden, and that what is shown never tells what is hidden."""

from collections import defaultdict
from itertools import product
from typing import Any

import pytest

from familjehem.domain.books import PATIENCE, close_month, from_wire, to_wire
from familjehem.domain.disclosure import (
    THRESHOLD,
    Block,
    Dimension,
    Pending,
    Table,
    Unasked,
    block,
    closes,
    dimensions,
    together,
)
from familjehem.domain.question_set import current
from familjehem.domain.tally import NOT_ASKED, Level, Scope

NATION, COUNTY, ONE = Scope(Level.NATION), Scope(Level.COUNTY, "06"), Scope(Level.RECIPIENT, "0680")
COUNTIES = {"0680": "06", "0685": "06", "0180": "01"}
BY_KIND = Dimension("kind", ("a", "b", "c"))


def table(counts: dict[str, int], dimension: Dimension = BY_KIND, **known: dict[str, int]) -> Table | None:
    def named(level: Level, some: dict[str, int]) -> dict[str, int]:
        return {f"{level}_{dimension.name}_{name}": number for name, number in some.items()} | {
            f"{level}_families": sum(some.values()) if not dimension.multiple else some["all"]
        }

    level = Level.NATION if known else Level.RECIPIENT
    pending = Pending("2026-11", named(level, counts), {who: named(level, some) for who, some in known.items()})
    return block(level, pending, "2026-11", [dimension]).tables.get(dimension.name)


class TestATable:
    def test_shows_what_is_enough(self) -> None:
        assert table({"a": 5, "b": 6, "c": 7}) == Table(18, {"a": 5, "b": 6, "c": 7})

    def test_hides_one_that_is_too_small_and_the_smallest_beside_it(self) -> None:
        assert table({"a": 3, "b": 9, "c": 7}) == Table(19, {"b": 9})

    def test_tells_nothing_where_two_bins_would_tell_each_other(self) -> None:
        assert table({"a": 12, "b": 2}, Dimension("kind", ("a", "b"))) is None

    def test_hides_nought_as_it_hides_four(self) -> None:
        assert table({"a": 12, "b": 0, "c": 9}) == Table(21, {"a": 12})

    def test_hidden_bins_are_together_no_small_count_either(self) -> None:
        assert table({"a": 12, "b": 2, "c": 1}) is None

    def test_what_a_reader_knows_does_not_count(self) -> None:
        counts = {"a": 8, "b": 9, "c": 10}

        found = table(counts, reader={"a": 4, "b": 1, "c": 0})

        assert found == Table(27, {"c": 10})

    def test_of_several_answers_each_is_shown_where_both_sides_are_enough(self) -> None:
        several = Dimension("kind", ("a", "b", "c"), multiple=True)

        assert table({"a": 10, "b": 17, "c": 2, "all": 20}, several) == Table(20, {"a": 10})

    def test_where_few_were_not_asked_nothing_is_told(self) -> None:
        some = Dimension("kind", ("a", "b"), Unasked.FEW)

        assert table({"a": 8, "b": 8, NOT_ASKED: 4}, some) is None
        assert table({"a": 8, "b": 8, NOT_ASKED: 0}, some) is None
        assert table({"a": 8, "b": 8, NOT_ASKED: 5}, some) == Table(16, {"a": 8, "b": 8})

    def test_no_answer_is_a_bin_where_nobody_must_answer(self) -> None:
        free = Dimension("kind", ("a", "b", "c", NOT_ASKED), Unasked.BIN)

        assert table({"a": 8, "b": 9, "c": 6, NOT_ASKED: 1}, free) == Table(24, {"a": 8, "b": 9})

    def test_a_pair_is_told_whole_or_not_at_all(self) -> None:
        pair = Dimension("kind", ("aAndA", "aAndB"), pair=True)

        assert table({"aAndA": 5, "aAndB": 4}, pair) is None
        assert table({"aAndA": 5, "aAndB": 5}, pair) == Table(10, {"aAndA": 5, "aAndB": 5})

    @pytest.mark.parametrize("bins", [2, 3, 4])
    def test_not_even_who_knows_the_rule_can_reckon_a_hidden_count(self, bins: int) -> None:
        """Every table there can be, by what is published of it: no hidden count under the threshold is the only one."""
        dimension = Dimension("kind", tuple("abcd"[:bins]))
        most = 14 if bins == 4 else 24
        same: dict[Any, list[tuple[int, ...]]] = defaultdict(list)
        for counts in product(range(most), repeat=bins):
            told = table(dict(zip(dimension.bins, counts, strict=True)), dimension)
            if told is not None:
                same[told.asked, tuple(sorted(told.shown.items()))].append(counts)

        for (asked, shown), possible in same.items():
            if asked >= most:
                # Above, not every table that looks so was tried.
                continue
            for place, name in enumerate(dimension.bins):
                values = {counts[place] for counts in possible}
                assert name in dict(shown) or len(values) > 1, (asked, shown)


class TestABlock:
    def test_closes_by_numbers_of_families_that_no_reader_knows(self) -> None:
        assert closes(Level.RECIPIENT, Pending("2026-11", {"recipient_families": 20}))
        assert not closes(Level.RECIPIENT, Pending("2026-11", {"recipient_families": 19}))
        known = {"0680": {"nation_families": 3}}
        assert not closes(Level.NATION, Pending("2026-11", {"nation_families": 22}, known))
        assert closes(Level.NATION, Pending("2026-11", {"nation_families": 23}, known))

    def test_waits_over_the_months_and_begins_anew(self) -> None:
        first = close_month("2026-11", {}, {ONE: {"recipient_families": 16}}, COUNTIES, ())
        second = close_month("2026-12", first.waiting, {ONE: {"recipient_families": 7}}, COUNTIES, ())

        assert first.blocks == {}
        assert second.blocks == {ONE: Block("2026-11", "2026-12", 23, {})}
        assert ONE not in second.waiting

    def test_what_waits_too_long_is_handed_up_with_who_knows_it(self) -> None:
        waiting: Any = {ONE: Pending("2026-01", {"recipient_families": 4})}

        closed = close_month("2026-12", waiting, {}, COUNTIES, ())

        counts = {"county_families": 4}
        assert closed.waiting == {COUNTY: Pending("2026-12", counts, {"0680": counts})}
        assert PATIENCE == 12

    def test_each_family_stands_in_one_block_or_waits(self) -> None:
        month = {ONE: {"recipient_families": 3, "nation_families": 2}, NATION: {"nation_families": 2}}
        waiting: Any = {}
        told = 0
        for index in range(24):
            closed = close_month(f"{2026 + index // 12}-{index % 12 + 1:02}", waiting, month, COUNTIES, ())
            waiting = closed.waiting
            told += sum(one.families for one in closed.blocks.values())

        left = sum(one.counts[f"{scope.level}_families"] for scope, one in waiting.items())
        assert told + left == 24 * 5

    def test_the_books_are_kept_as_they_were(self) -> None:
        waiting = {COUNTY: Pending("2026-12", {"county_families": 4}, {"0680": {"county_families": 4}})}

        assert from_wire(to_wire(waiting)) == waiting


class TestBlocksTogether:
    def test_are_sums_of_what_is_published(self) -> None:
        blocks = [
            Block("", "", 20, {"kind": Table(20, {"a": 12})}),
            Block("", "", 15, {"kind": Table(15, {"a": 8, "b": 7})}),
        ]

        found = together(BY_KIND, blocks)

        assert found is not None
        assert (found.asked, found.shown, found.partly) == (35, {"a": 20, "b": 7}, {"b", "c"})
        assert (found.share("a"), found.share("b"), found.share("c")) == (57, None, None)

    def test_tell_no_share_of_a_small_base(self) -> None:
        found = together(BY_KIND, [Block("", "", 19, {"kind": Table(19, {"a": 7, "b": 6, "c": 6})})])

        assert found is not None
        assert found.share("a") is None


def test_of_each_question_one_statistic_is_tabulated() -> None:
    names = [one.name for one in dimensions(current())]

    assert {"assignment", "channel", "childrenAtHome", "housingFormByAreaType"} <= set(names)
    assert not {"numberOfChildrenAtHome", "youngestChildAtHome", "numberOfRecipients"} & set(names)
    assert THRESHOLD == 5
