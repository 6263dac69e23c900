"""Settings are read whole or not at all, and tell nothing of the rest of the environment."""

import pytest
from pydantic import ValidationError

from familjehem.runtime.settings import SubmissionSettings

COMPLETE = {
    "STAGE": "dev",
    "SITE_URL": "https://familjehem.example",
    "MAIN_TABLE": "main",
    "WRAPS_TABLE": "wraps",
    "TALLY_TABLE": "tally",
    "CONTACT_KEY_ARN": "arn:aws:kms:eu-north-1:111122223333:key/contact",
    "MAC_SECRET_ARN": "arn:aws:secretsmanager:eu-north-1:111122223333:secret:mac",
    "PROOF_OF_WORK": "on",
    "RECEIPT_FAILURES_PER_HOUR": "10",
}


def test_a_complete_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    # then
    assert SubmissionSettings.read().RECEIPT_FAILURES_PER_HOUR == 10


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_a_missing_or_empty_variable_stops_the_start_and_shows_no_other(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "TOPSECRET")
    for spoil in (lambda: monkeypatch.setenv(missing, ""), lambda: monkeypatch.delenv(missing)):
        spoil()
        with pytest.raises(ValidationError) as stopped:
            SubmissionSettings.read()
        assert missing in str(stopped.value)
        assert "TOPSECRET" not in str(stopped.value)
        assert "arn:aws" not in str(stopped.value)
