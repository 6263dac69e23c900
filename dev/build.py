"""Build the Lambda artefacts without docker: arm64, CPython 3.13, byte code included.

    python -m dev.build            everything, into .aws-sam/build
    python -m dev.build digest     print the digest that a deployment passes as SourceDigest
    python -m dev.build deploy STAGE
    python -m dev.build events STAGE      put the ready events into the console's test events (a deployment does it too)

The SAM command line lives in an environment of its own (`make build` makes it), since it pins other versions than we do.
"""

import compileall
import hashlib
import os
import py_compile
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILD = ROOT / ".aws-sam" / "build"
SAM = ROOT / ".venv-sam" / "bin"
EVENTS = ROOT / "events" / "administration"
REGION = "eu-north-1"
LAYERS = ("Dependencies", "Familjehem")
# What is zipped must not differ because of when it was built.
_LEFT_OUT = ("__pycache__", ".dist-info/RECORD", ".venv", ".egg-info")


class BuildError(Exception):
    """The artefacts cannot be built; the message says why."""


def digest(root: Path = ROOT) -> str:
    """Give SHA-256 over all that a function runs: the same tree gives the same digest on every machine.

    It is what makes AWS publish a new version of a function when only a layer has changed.
    """
    total = hashlib.sha256()
    for path in _sources(root):
        name = path.relative_to(root).as_posix().encode()
        total.update(len(name).to_bytes(4) + name + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    for folder in ("functions", "layers"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not any(part in path.as_posix() for part in (*_LEFT_OUT, ".pyc")):
                yield path


def is_current(target: Path = BUILD) -> bool:
    """Tell whether what lies in `target` was built from this very tree."""
    note = target.with_name(f"{target.name}.digest")
    return note.is_file() and target.is_dir() and note.read_text("utf-8") == _of_build()


def _of_build() -> str:
    templates = (ROOT / "template.yaml", *sorted((ROOT / "infrastructure").glob("*.yaml")))
    return hashlib.sha256(b"".join((digest().encode(), *(path.read_bytes() for path in templates)))).hexdigest()


def build(target: Path = BUILD) -> None:
    """Build everything into `target`; a repeat gives the same files."""
    if not (SAM / "sam").exists():
        message = "the SAM command line is missing: make build brings it"
        raise BuildError(message)
    sam("build", "--template", "template.yaml", "--build-dir", str(target))
    for artefact in sorted(path for path in target.iterdir() if path.is_dir()):
        if (artefact / "python").is_dir():
            compiled(artefact, "/opt")
        elif (artefact / "functions").is_dir():
            compiled(artefact, "/var/task")
    target.with_name(f"{target.name}.digest").write_text(_of_build(), "utf-8")


def compiled(artefact: Path, place: str) -> None:
    """Add byte code to an artefact that Lambda mounts at `place`, where nothing can be written.

    Without it every cold start compiles every module anew. It is bound to its source by a hash that Lambda does not
    check, so neither the time of building nor that of unpacking matters.
    """
    if sys.version_info[:2] != (3, 13):
        message = "byte code must be made by the interpreter that reads it: CPython 3.13"
        raise BuildError(message)
    done = compileall.compile_dir(
        artefact,
        quiet=2,
        force=True,
        stripdir=str(artefact),
        prependdir=place,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not done:
        message = f"{artefact.name}: a module does not compile"
        raise BuildError(message)


def sam(*arguments: str) -> None:
    """Run the SAM command line; what it says is shown when it fails. Needs neither network nor credentials."""
    path = os.pathsep.join((str(SAM), os.environ.get("PATH", "")))
    environment = {**os.environ, "PATH": path, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": REGION}
    environment.pop("VIRTUAL_ENV", None)
    ran = subprocess.run(
        [SAM / "sam", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        message = f"sam {arguments[0]} failed:\n{ran.stdout}{ran.stderr}"
        raise BuildError(message)


def deploy(stage: str, *parameters: str) -> int:
    """Deploy what was built to a stage that samconfig.toml names; `parameters` are `Name=value`, kept by later deploys."""
    given = ("--parameter-overrides", f"Stage={stage}", f"SourceDigest={digest()}", *parameters)
    template = str(BUILD / "template.yaml")
    command = ("deploy", "--config-file", str(ROOT / "samconfig.toml"), "--config-env", stage, "--template", template)
    return subprocess.run([SAM / "sam", *command, *given], cwd=ROOT, check=False).returncode or share_events(stage)


def share_events(stage: str) -> int:
    """Put the ready events into the console's shareable test events, where they are seen beside the function.

    A repeat replaces them. SAM keeps them in the account's registry `lambda-testevent-schemas`.
    """
    for path in sorted(EVENTS.glob("*.json")):
        put = (
            "remote",
            "test-event",
            "put",
            "Administration",
            "--stack-name",
            f"familjehem-{stage}",
            "--region",
            REGION,
        )
        command = [SAM / "sam", *put, "--name", path.stem, "--file", str(path), "--force"]
        if failed := subprocess.run(command, cwd=ROOT, check=False).returncode:
            return failed
    return 0


def main() -> int:
    """Do what the command line says."""
    match sys.argv[1:]:
        case []:
            try:
                build()
            except BuildError as error:
                print(error, file=sys.stderr)
                return 1
            print(f"built into {BUILD.relative_to(ROOT)}")
            return 0
        case ["digest"]:
            print(digest())
            return 0
        case ["deploy", ("dev" | "test" | "prod") as stage, *parameters] if all("=" in one for one in parameters):
            return deploy(stage, *parameters)
        case ["events", ("dev" | "test" | "prod") as stage]:
            return share_events(stage)
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())
