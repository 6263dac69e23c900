"""What a handler imports when it starts, told by a fresh process; the committed lists are in `modules/`.

python -m tests.contract.imports     writes the lists anew: whoever does it explains each line more in the commit
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTS = Path(__file__).parent / "modules"
FUNCTIONS = (
    "self_test",
    "submission",
    "mailbox",
    "export",
    "members",
    "onboarding",
    "delivery",
    "notification",
    "housekeeping",
    "statistics",
    "identification",
    "administration",
)
OWN = ("familjehem", "functions")
_SETTINGS = {
    "STAGE": "prod",
    "SITE_URL": "https://familjehem.example",
    "MAIN_TABLE": "main",
    "WRAPS_TABLE": "wraps",
    "TALLY_TABLE": "tally",
    "MAILBOX_BUCKET": "mailbox",
    "AUDIT_BUCKET": "audit",
    "REPORT_BUCKET": "report",
    "CONTACT_KEY_ARN": "arn:aws:kms:eu-north-1:111122223333:key/contact",
    "MAC_SECRET_ARN": "arn:aws:secretsmanager:eu-north-1:111122223333:secret:mac",
    "IDENTIFICATION": "on",
    "IDENTIFICATION_SECRET_ARN": "arn:aws:secretsmanager:eu-north-1:111122223333:secret:identification",
    "IDENTIFICATION_ISSUER": "https://provider.example",
    "IDENTIFICATION_CLIENT_ID": "familjehem",
    "IDENTIFICATION_PROVIDER": "Provlegitimation",
    "IDENTIFICATION_LEVELS": "loa3=3",
    "IDENTIFICATION_NUMBER_CLAIMS": "number",
    "IDENTIFICATION_NAME_CLAIMS": "name",
    "IDENTIFICATION_SCOPES": "openid",
    "PROVIDER_SECRET_ARN": "arn:aws:secretsmanager:eu-north-1:111122223333:secret:provider",
    "PROOF_OF_WORK": "on",
    "RECEIPT_FAILURES_PER_HOUR": "10",
    "MAIL_SENDER": "avsandare@familjehem.example",
    "MAIL_CONFIGURATION_SET": "mail",
    "MAILBOX_URL": "https://familjehem.example/brevlada/",
    "SMS_SENDER": "Familjehem",
    "SKR_ADDRESS": "skr@skr.example",
    "TENANT_ROLE_ARN": "arn:aws:iam::111122223333:role/tenant",
    "USER_POOL_ID": "pool",
    "USER_POOL_CLIENT_ID": "client",
    "STAFF_PROVIDER": "Provkommun",
    "STAFF_PROVIDER_DOMAINS": "prov.example",
    "SUBMISSION_ROLE_ARN": "arn:aws:iam::111122223333:role/submission",
    "FAILURE_QUEUES": "https://sqs.example/one https://sqs.example/two",
    "FOLDER_BUCKET": "folder",
    "REPORTS": "",
    "LETTERBOX": "",
    "ACCESS_LOGS": "",
    "POWERTOOLS_SERVICE_NAME": "prov",
    "POWERTOOLS_METRICS_NAMESPACE": "FamiljehemSverige",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-north-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
# What the layer does not carry is hidden, for some packages import others where they find them.
_PROGRAM = """
import json, sys
sys.modules.update(dict.fromkeys(json.loads(sys.argv[2])))
__import__(sys.argv[1])
print(json.dumps([name for name, module in sys.modules.items() if module is not None]))
"""


def modules(function: str) -> list[str]:
    """Give what is in the process once the handler stands: own modules in full, of others the package's name."""
    # -S leaves out what the environment of development puts into every process.
    handler = f"functions.{function}.handler"
    command = [sys.executable, "-S", "-P", "-c", _PROGRAM, handler, json.dumps(sorted(_not_carried()))]
    places = (ROOT, ROOT / "layers" / "familjehem", *_packages())
    environment = {**_SETTINGS, "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(map(str, places))}
    ran = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    loaded: list[str] = json.loads(ran.stdout.splitlines()[-1])
    return named(loaded)


def named(loaded: Sequence[str]) -> list[str]:
    """Give the names that a list holds: neither the standard library nor what is private to a package."""
    own = {name for name in loaded if name.partition(".")[0] in OWN}
    others = {name.partition(".")[0] for name in loaded} - set(OWN) - sys.stdlib_module_names - {"__main__"}
    return sorted(own | {name for name in others if not name.startswith("_")})


def listed(function: str) -> list[str]:
    """Give the committed list."""
    return path(function).read_text("utf-8").splitlines()


def path(function: str) -> Path:
    return LISTS / f"{function}.txt"


def _packages() -> list[Path]:
    return [Path(place) for place in sys.path if place.endswith("site-packages")]


def _not_carried() -> set[str]:
    """Give the packages of the environment of development that are not those of the layers, nor our own."""
    layers = (ROOT / "layers").glob("*/requirements.txt")
    required = "\n".join(path.read_text("utf-8") for path in layers)
    carried = {line.partition("==")[0] for line in required.splitlines() if line[:1].isalpha()}
    here = packages_distributions().items()
    return {name for name, owners in here if not carried & {one.lower().replace("_", "-") for one in owners}} - set(OWN)


if __name__ == "__main__":
    for each in FUNCTIONS:
        path(each).write_text("\n".join(modules(each)) + "\n", "utf-8")
