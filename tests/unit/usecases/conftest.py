"""The service over fakes."""

import pytest

from tests.service import Service


@pytest.fixture
def service() -> Service:
    return Service()
