"""The start of a handler: the garbage collector stands still meanwhile, and not a moment longer."""

import gc
from collections.abc import Iterator

import pytest

from familjehem.runtime.start import starting


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    assert gc.isenabled()
    yield
    gc.unfreeze()
    gc.enable()


def test_the_collector_stands_still_while_a_handler_starts() -> None:
    with starting():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_is_out_of_the_collectors_sight() -> None:
    # given
    before = gc.get_freeze_count()
    # when
    with starting():
        kept = [{} for _ in range(1000)]
    # then
    assert gc.get_freeze_count() >= before + len(kept)


def test_a_start_that_fails_leaves_the_collector_on() -> None:
    with pytest.raises(KeyError), starting():
        raise KeyError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    # given
    gc.disable()
    # when
    with starting():
        pass
    # then
    assert not gc.isenabled()
