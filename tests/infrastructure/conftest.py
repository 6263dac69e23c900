"""The template, transformed in this process, once for all that look at it."""

from pathlib import Path

import pytest

from dev.template import Template, load
from tests.infrastructure.rights import Rights

ROOT = Path(__file__).parents[2]
DIGEST = "ab" * 32


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def template() -> Template:
    return load(ROOT / "template.yaml", {"Stage": "prod", "SourceDigest": DIGEST})


@pytest.fixture(scope="session")
def rights(template: Template) -> Rights:
    return Rights.of(template)
