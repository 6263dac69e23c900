"""One service for all tests that leave it as they found it; one of its own for those that do not."""

from collections.abc import Iterator

import pytest

from tests.reliability.running import Running, Store


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    service = Running(tmp_path_factory.mktemp("local"))
    service.start()
    yield service
    service.close()


@pytest.fixture
def store(running: Running) -> Store:
    running.quiet()
    return Store(running)
