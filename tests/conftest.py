"""For every test: credentials that open nothing, a quiet logger's names, and hypothesis in one steady profile."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

# A mock that was missed must never reach an account.
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_SESSION_TOKEN="testing",
    AWS_DEFAULT_REGION="eu-north-1",
    AWS_REGION="eu-north-1",
    AWS_EC2_METADATA_DISABLED="true",
    POWERTOOLS_SERVICE_NAME="prov",
    POWERTOOLS_METRICS_NAMESPACE="FamiljehemSverige",
)
os.environ.pop("AWS_PROFILE", None)

# The gate finds the same every time; `HYPOTHESIS_PROFILE=wide`, as in `make prove`, looks further.
settings.register_profile("steady", derandomize=True, deadline=None)
# `make check`: the first of the same; the slow half of `make test` tries all of them.
settings.register_profile("quick", derandomize=True, deadline=None, max_examples=20)
settings.register_profile("wide", max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
# `make prove PARTS=fuzz`: long, and other inputs each time.
settings.register_profile("tireless", max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
# A mutant is dead at the first counter-example; a smaller one is of no use. mutmut runs pytest again and again in one
# process: a test in a class then has another instance each time, which is what the health check takes for a mistake.
settings.register_profile(
    "mutation",
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.differing_executors],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run examples before properties: what falls first is then told plainly, and soon."""
    items.sort(key=lambda item: getattr(getattr(item, "obj", None), "is_hypothesis_test", False))
