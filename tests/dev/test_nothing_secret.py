"""No key or password stands in the sources; what looks like one is found wherever it stands."""

import subprocess
from pathlib import Path

import pytest
from detect_secrets import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).parents[2]
# Entropy and the word "secret" are everywhere in the tests of a service that seals letters; keys of known make are not.
PLUGINS = (
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "CloudantDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "IbmCloudIamDetector",
    "JwtTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)


def found(*files: str) -> list[tuple[str, int, str]]:
    """Give file, line and kind of all that looks like a key."""
    collection = SecretsCollection(root=str(ROOT))
    with transient_settings({"plugins_used": [{"name": name} for name in PLUGINS]}):
        for file in files:
            collection.scan_file(file)
    return [(name, secret.line_number, secret.type) for name, secret in collection]


def test_no_source_holds_a_key() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    sources = [name for name in listed.split("\0") if name and "lock" not in name and (ROOT / name).is_file()]
    assert len(sources) > 300
    assert found(*sources) == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("AKIA" + "IOSFODNN7ABCDEFG", "AWS Access Key"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----", "Private Key"),
        ("https://anna:" + "hemligt123@example.com/", "Basic Auth Credentials"),
    ],
)
def test_what_looks_like_a_key_is_found(tmp_path: Path, line: str, kind: str) -> None:
    file = tmp_path / "prov.py"
    file.write_text(f'prov = "{line}"\n', encoding="utf-8")
    assert [each for *_, each in found(str(file))] == [kind]
