"""Settings are read whole or not at all, and tell nothing of the rest of the environment."""

import pytest
from pydantic import ValidationError

from familjehem.runtime.settings import IdentificationSettings, SubmissionSettings

COMPLETE = {
    "STAGE": "dev",
    "SITE_URL": "https://familjehem.example",
    "MAIN_TABLE": "main",
    "WRAPS_TABLE": "wraps",
    "TALLY_TABLE": "tally",
    "CONTACT_KEY_ARN": "arn:aws:kms:eu-north-1:111122223333:key/contact",
    "MAC_SECRET_ARN": "arn:aws:secretsmanager:eu-north-1:111122223333:secret:mac",
    "IDENTIFICATION": "off",
    "IDENTIFICATION_SECRET_ARN": "arn:aws:secretsmanager:eu-north-1:111122223333:secret:identification",
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


PROVIDER = {
    "STAGE": "prod",
    "SITE_URL": "https://familjehem.example",
    "IDENTIFICATION_ISSUER": "https://provider.example",
    "IDENTIFICATION_CLIENT_ID": "familjehem",
    "IDENTIFICATION_PROVIDER": "Provlegitimation",
    "IDENTIFICATION_LEVELS": "http://id.elegnamnden.se/loa/1.0/loa3=3 urn:loa?=4=4",
    "IDENTIFICATION_NUMBER_CLAIMS": "number",
    "IDENTIFICATION_NAME_CLAIMS": "given_name family_name",
    "IDENTIFICATION_SCOPES": "openid profile",
    "IDENTIFICATION_SECRET_ARN": "arn:tokens",
    "PROVIDER_SECRET_ARN": "arn:credential",
}


def test_levels_are_read_by_the_values_of_acr() -> None:
    levels = IdentificationSettings.model_validate(PROVIDER).levels
    assert levels == {"http://id.elegnamnden.se/loa/1.0/loa3": "3", "urn:loa?=4": "4"}


def test_without_an_issuer_there_is_no_provider_and_nothing_more_is_asked() -> None:
    off = {**PROVIDER, **dict.fromkeys(("IDENTIFICATION_ISSUER", "IDENTIFICATION_CLIENT_ID"), "")}
    assert IdentificationSettings.model_validate(off).IDENTIFICATION_ISSUER == ""


@pytest.mark.parametrize(
    "change",
    [
        {"IDENTIFICATION_CLIENT_ID": ""},
        {"IDENTIFICATION_PROVIDER": ""},
        {"IDENTIFICATION_PROVIDER": "x" * 61},
        {"IDENTIFICATION_LEVELS": ""},
        {"IDENTIFICATION_LEVELS": "loa2=2"},
        {"IDENTIFICATION_LEVELS": "loa3"},
        {"IDENTIFICATION_LEVELS": "=3"},
        {"IDENTIFICATION_SCOPES": "profile"},
        {"IDENTIFICATION_NUMBER_CLAIMS": ""},
        {"IDENTIFICATION_ISSUER": "http://provider.example"},
    ],
)
def test_a_provider_that_is_half_agreed_stops_the_start(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        IdentificationSettings.model_validate({**PROVIDER, **change})
