"""For every test: credentials that open nothing, a quiet logger's names, and hypothesis in one steady profile."""

import os

from hypothesis import HealthCheck, settings

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
settings.register_profile("wide", max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
