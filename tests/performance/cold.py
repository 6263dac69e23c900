"""The cold import of each handler, beside pydantic and exactly its boto3 clients, made.

What is imported is what is delivered: the built artefacts with their byte code, and the layer's packages, for the
machine that measures. Each import has a fresh process, in which only what Lambda's own runtime client imports is there
already. Processor time, since a cold import is all processor and the machine is shared.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dev import build
from dev.template import load
from tests.infrastructure.rights import deployed
from tests.performance.measure import Figure, by_turns

PART = "Cold import beside pydantic and the function's boto3 clients"
PAIRS = 41
WITHIN = 30.0
HTTP, OTHER = 1.3, 1.15
LAYER = build.ROOT / "layers" / "dependencies"
RUNTIME = "import concurrent.futures.thread, decimal, importlib, json, logging, traceback"
FRAMEWORKS = "from aws_lambda_powertools import Logger, Metrics; import mangum, starlette.applications"


@dataclass(frozen=True)
class Handler:
    """One handler: the clients that it makes, and whether HTTP calls it."""

    function: str
    clients: tuple[str, ...]
    http: bool

    @property
    def target(self) -> float:
        return HTTP if self.http else OTHER

    @property
    def folder(self) -> str:
        return "".join(f"_{one.lower()}" if one.isupper() else one for one in self.function).removeprefix("_")


HANDLERS = (
    Handler("SelfTest", (), http=True),
    Handler("Submission", ("dynamodb", "secretsmanager", "kms"), http=True),
    Handler("Identification", ("secretsmanager",), http=True),
    Handler("Mailbox", ("dynamodb", "sts"), http=True),
    Handler("Export", ("dynamodb", "sts"), http=True),
    Handler("Delivery", ("dynamodb", "s3"), http=False),
    Handler("Notification", ("dynamodb", "sesv2", "kms"), http=False),
    Handler("Members", ("dynamodb", "cognito-idp"), http=True),
    Handler("Housekeeping", ("dynamodb", "cognito-idp"), http=False),
)


def figures() -> Iterator[Figure]:
    """Measure every handler."""
    if not build.is_current():
        message = "the artefacts are not those of this tree: make build"
        raise RuntimeError(message)
    told = variables()
    with tempfile.TemporaryDirectory() as folder:
        wheels = packages(Path(folder))
        for one in HANDLERS:
            environment = environment_of(one, told[one.function], wheels)
            handler = f"import functions.{one.folder}.handler"
            measured = by_turns(
                lambda handler=handler, environment=environment: seconds(handler, environment),
                lambda one=one, environment=environment: seconds(floor(one.clients), environment),
                PAIRS,
                within=WITHIN,
            )
            yield Figure(PART, one.function, measured.ratio, "×", one.target, measured.told)
            if not one.clients:
                measured = by_turns(
                    lambda handler=handler, environment=environment: seconds(handler, environment),
                    lambda environment=environment: seconds(f"{floor(())}\n{FRAMEWORKS}", environment),
                    PAIRS,
                    within=WITHIN,
                )
                name = f"{one.function}, beside pydantic, Starlette, Mangum and Powertools"
                yield Figure(PART, name, measured.ratio, "×", None, measured.told)


def floor(clients: tuple[str, ...]) -> str:
    """Give the program that the handler stands beside."""
    lines = ["from pydantic import BaseModel, ConfigDict, Field"]
    if clients:
        lines += ["import boto3", "from botocore.config import Config", "session = boto3.Session()"]
        lines += ["config = Config(retries={'total_max_attempts': 3, 'mode': 'standard'}, max_pool_connections=25)"]
        lines += [f"session.client({name!r}, config=config)" for name in clients]
    return "\n".join(lines)


def seconds(program: str, environment: Mapping[str, str]) -> float:
    """Run a program in a fresh interpreter that finds nothing but the artefacts; give its processor time."""
    timed = f"{RUNTIME}\nimport time\nbegan = time.process_time()\n{program}\nprint(time.process_time() - began)"
    interpreter = Path(sys.base_prefix) / "bin" / "python3.13"
    command = [str(interpreter), "-S", "-P", "-c", timed]
    ran = subprocess.run(command, env=dict(environment), cwd="/", capture_output=True, text=True, check=True)
    return float(ran.stdout.splitlines()[-1])


def variables() -> dict[str, dict[str, str]]:
    """Give what the template tells each function."""
    template = load(build.ROOT / "template.yaml", {"Stage": "prod", "SourceDigest": "ab" * 32})
    properties = deployed(template)[1]
    return {
        one.function: {name: str(value) for name, value in properties[one.function]["Environment"]["Variables"].items()}
        for one in HANDLERS
    }


def packages(folder: Path) -> Path:
    """Bring the layer's packages for this machine, since arm64 code does not load elsewhere, with byte code."""
    wheels = f"WHEELS={platform.machine()}-manylinux_2_28"
    command = ["make", "--silent", "-C", str(LAYER), "build-Dependencies", wheels, f"ARTIFACTS_DIR={folder}"]
    subprocess.run(command, check=True, capture_output=True)
    build.compiled(folder, "/opt")
    return folder / "python"


def environment_of(one: Handler, told: Mapping[str, str], wheels: Path) -> dict[str, str]:
    """Give the environment in which the handler is imported, and what it stands beside."""
    places = (build.BUILD / one.function, wheels, build.BUILD / "Familjehem" / "python")
    return {
        **told,
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(map(str, places)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_REGION": build.REGION,
        "AWS_DEFAULT_REGION": build.REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": one.function,
        "AWS_LAMBDA_LOG_LEVEL": "INFO",
    }


def sizes() -> Iterator[Figure]:
    """List the artefacts, as they are sent to Lambda and as they lie there."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("Dependencies", "Familjehem", *(one.function for one in HANDLERS)):
            artefact = build.BUILD / name
            unpacked = sum(path.stat().st_size for path in artefact.rglob("*") if path.is_file())
            packed = Path(shutil.make_archive(str(Path(folder) / name), "zip", artefact)).stat().st_size
            kind = "layer" if (artefact / "python").is_dir() else "function"
            detail = f"{unpacked / 1024:.0f} KiB unpacked"
            yield Figure("Artefacts", f"{kind} {name}, zipped", packed / 1024, "KiB", None, detail)
