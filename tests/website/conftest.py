"""The built website, for all tests that only read its files."""

from pathlib import Path

import pytest

from website import build


@pytest.fixture(scope="session")
def dist() -> Path:
    build.make()
    return build.DIST
