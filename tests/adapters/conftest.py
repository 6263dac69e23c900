"""The three houses of the port suite, and what is needed to furnish them."""

from collections.abc import Iterator

import pytest

from familjehem.adapters.tenancy import StsTenancy
from tests.adapters.houses import AwsHouse, FakeHouse, cloud
from tests.memory.house import MemoryHouse


@pytest.fixture(scope="session")
def built() -> Iterator[AwsHouse]:
    with cloud() as made:
        yield AwsHouse(made)


@pytest.fixture
def aws_house(built: AwsHouse) -> Iterator[AwsHouse]:
    built.pauses.clear()
    # No room knows the search key of a recipient that was swept away.
    built.tenancy = StsTenancy(built.cloud.aws, built.premises(), built.clock)
    yield built
    built.cloud.sweep()


@pytest.fixture(params=["fakes", "memory", "adapters"])
def house(request: pytest.FixtureRequest) -> FakeHouse | AwsHouse:
    match request.param:
        case "fakes":
            return FakeHouse()
        case "memory":
            return MemoryHouse()
        case _:
            return request.getfixturevalue("aws_house")
