"""A reader with every report and all its own letters derives nothing of the others; of bad reports it would."""

import random

import pytest

from tests.reliability import disclosure

SEEDS = (1,)
MANY = 60
"""Tables of a bad report that are enough to break it."""


def test_no_count_of_others_under_five_can_be_derived() -> None:
    found = disclosure.run(SEEDS, disclosure.KINDS[:3], adversaries=1)

    assert found.attempts > 300
    assert found.breaches == []


@pytest.mark.parametrize("publish", [disclosure.without_complement, disclosure.rolling])
def test_the_same_reader_breaks_a_bad_report(publish) -> None:
    population = disclosure.Population.made(1, 6, 12.0)

    found = disclosure.attack(population, publish(population)[:MANY], "0000", random.Random(1))

    assert found.breaches
