"""The start of a function, which nearly every applicant waits for: imports and clients, without the garbage collector.

What is made at the start stays for good, so a search for garbage among it finds none, again and again: without it a
function starts about a tenth sooner (docs/performance.md). Afterwards all of it is put out of the collector's sight, so
that no request pays for it either.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def starting() -> Generator[None]:
    """Let a handler make what it keeps; the collector is as it was afterwards, whatever happens."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
