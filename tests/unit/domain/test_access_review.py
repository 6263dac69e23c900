"""The sample of a review: everybody is in it, nobody chooses it, and no line of a person is likelier than another."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.access_log import START, Line
from familjehem.domain.access_review import (
    CONFIRM_EVERY,
    LARGEST,
    REVIEW_EVERY,
    REVIEWED,
    SMALLEST,
    Confirmation,
    Review,
    ReviewFinding,
    confirmation_due,
    drawn_through,
    review_due,
    sample,
)
from familjehem.domain.membership import AccessEntry, AccessKind, Role

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PEOPLE = st.sampled_from(["anna", "bo", "carin", "dan"])


def log(*told: tuple[str, AccessKind]) -> list[Line]:
    head, lines = START, list[Line]()
    for place, (person, kind) in enumerate(told):
        entry = AccessEntry(
            at=NOON + timedelta(minutes=place),
            person=person,
            name=None,
            role=Role.CASE_WORKER,
            kind=kind,
            deliveries=("N",),
        )
        lines.append(Line.after(head, "0680", entry))
        head = lines[-1].head
    return lines


@given(st.lists(st.tuples(PEOPLE, st.sampled_from(AccessKind)), max_size=120))
def test_everybody_who_read_is_in_it_and_it_is_as_large_as_it_should_be(told: list[tuple[str, AccessKind]]) -> None:
    # given
    lines = log(*told)
    among = [line for line in lines if line.entry.kind in REVIEWED]
    # when
    drawn = sample(lines)
    # then
    assert list(drawn) == [line for line in among if line in drawn]
    assert {line.entry.person for line in drawn} == {line.entry.person for line in among}
    assert len(drawn) == min(len(among), max(SMALLEST, -(-len(among) // 10)))
    assert sample(lines) == drawn


def test_it_stays_within_bounds_however_many_lines_or_people_there_are() -> None:
    assert len(sample(log(*[("anna", AccessKind.OPEN)] * 2000))) == LARGEST
    assert len(sample(log(*[(f"person-{place}", AccessKind.OPEN) for place in range(LARGEST + 30)]))) == LARGEST + 30


def test_no_line_of_a_person_is_likelier_than_another_of_hers_and_who_reads_little_is_not_forgotten() -> None:
    # given four hundred logs of a busy colleague and one who opened two letters
    drawn: Counter[tuple[str, int]] = Counter()
    rounds, busy = 400, 60
    for turn in range(rounds):
        told = [("anna", AccessKind.OPEN)] * busy
        told[10], told[40] = ("bo", AccessKind.OPEN), ("bo", AccessKind.EXPORT)
        # Another last line each time is another log, and another sample.
        for line in sample(log((f"someone-{turn}", AccessKind.LIST), *told)):
            drawn[line.entry.person, line.sequence] += 1
    # when
    annas = [count for (person, _), count in drawn.items() if person == "anna"]
    bos = [count for (person, _), count in drawn.items() if person == "bo"]
    # then: ten lines of sixty, one at least of them bo's; a fair share is 400 * 8.75 / 58 = 60 of each of anna's
    assert len(annas) == busy - 2
    assert min(annas) > 30
    assert max(annas) < 100
    assert len(bos) == 2
    assert all(rounds * 0.4 < count < rounds * 0.8 for count in bos)


def test_another_sample_costs_a_new_line() -> None:
    # given
    told = [("anna", AccessKind.OPEN)] * 100
    # then: what is no reading changes nothing, and a reading stands in the log itself
    assert sample(log(*told, ("anna", AccessKind.LIST))) == sample(log(*told))
    assert sample(log(*told, ("anna", AccessKind.OPEN))) != sample(log(*told))


@given(st.lists(st.tuples(PEOPLE, st.sampled_from(AccessKind)), min_size=1, max_size=60), st.integers(0, 5))
def test_a_sample_is_known_although_the_log_has_grown(told: list[tuple[str, AccessKind]], more: int) -> None:
    # given
    lines = log(*told, *[("eva", AccessKind.OPEN)] * more)
    drawn = sample(lines[: len(told)])
    # when
    through = drawn_through(lines, [line.sequence for line in drawn])
    # then
    if drawn:
        among = [line.sequence for line in lines[: len(told)] if line.entry.kind in REVIEWED]
        assert through == among[-1]
    else:
        assert through is None


@pytest.mark.parametrize("numbers", [[], [2], [2, 3, 40], [40], [999]])
def test_lines_that_somebody_chose_are_no_sample(numbers: list[int]) -> None:
    assert drawn_through(log(*[("anna", AccessKind.OPEN)] * 40), numbers) is None


def test_a_review_is_due_a_month_after_the_latest_or_after_the_first_reading() -> None:
    # given
    lines = log(("anna", AccessKind.LIST), ("anna", AccessKind.OPEN))
    read = lines[1].entry.at
    latest = Review(
        id="r",
        at=read + timedelta(days=20),
        person="p",
        name=None,
        lines=(2,),
        through=2,
        finding=ReviewFinding.NONE,
        note=None,
    )
    # then
    assert not review_due(None, lines, read + REVIEW_EVERY - timedelta(seconds=1))
    assert review_due(None, lines, read + REVIEW_EVERY)
    assert not review_due(latest, lines, read + REVIEW_EVERY)
    assert review_due(latest, lines, latest.at + REVIEW_EVERY)
    assert not review_due(None, lines[:1], read + REVIEW_EVERY), "there is nothing to review"


def test_who_has_access_is_confirmed_each_quarter_and_first_of_all() -> None:
    # given
    latest = Confirmation(at=NOON, person="p", name=None, persons=("p",))
    # then
    assert confirmation_due(None, NOON)
    assert not confirmation_due(latest, NOON + CONFIRM_EVERY - timedelta(seconds=1))
    assert confirmation_due(latest, NOON + CONFIRM_EVERY)
