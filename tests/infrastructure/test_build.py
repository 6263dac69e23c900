"""What `sam build` makes: the right machine, byte code, no stowaways, and handlers that import as Lambda imports them."""

import importlib.util
import json
import marshal
import os
import platform
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from dev import build
from tests.infrastructure.rights import deployed

FUNCTIONS = (
    "SelfTest",
    "Identification",
    "Submission",
    "Delivery",
    "Notification",
    "Mailbox",
    "Export",
    "Members",
    "Onboarding",
    "Housekeeping",
    "Statistics",
)
AARCH64 = 183
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def artefacts(tmp_path_factory) -> Path:
    """The artefacts of this very tree: those of `make build`, or fresh ones when the tree has moved on since."""
    if build.is_current():
        return build.BUILD
    target = tmp_path_factory.mktemp("build")
    build.build(target)
    return target


@pytest.fixture(scope="module")
def own_wheels(tmp_path_factory) -> Path:
    """The dependencies for the machine that runs the test, since arm64 code does not load elsewhere."""
    target = tmp_path_factory.mktemp("wheels")
    wheels = f"WHEELS={platform.machine()}-manylinux_2_28"
    for layer in ("Dependencies", "Typesetting"):
        folder = str(build.ROOT / "layers" / layer.lower())
        command = ["make", "--silent", "-C", folder, f"build-{layer}", wheels, f"ARTIFACTS_DIR={target}"]
        subprocess.run(command, check=True, capture_output=True)
    return target / "python"


def test_every_native_library_is_of_lambda_s_machine(artefacts):
    libraries = sorted(path for path in artefacts.rglob("*") if ".so" in path.suffixes)
    assert {path.name.split(".")[0] for path in libraries} >= {"_pydantic_core", "_rust", "_cffi_backend"}
    for library in libraries:
        header = library.read_bytes()[:20]
        assert header[:5] == b"\x7fELF\x02", library
        assert struct.unpack("<H", header[18:20]) == (AARCH64,), library


def test_every_module_has_byte_code_that_lambda_need_not_check(artefacts):
    for module in sorted(artefacts.rglob("*.py")):
        compiled = Path(importlib.util.cache_from_source(module))
        assert compiled.is_file(), module
        head = compiled.read_bytes()[:16]
        assert head[:4] == importlib.util.MAGIC_NUMBER
        assert struct.unpack("<I", head[4:8]) == (0b01,), "bound to its source by hash, unchecked"


@pytest.mark.parametrize(
    ("module", "place"),
    [
        ("Familjehem/python/familjehem/domain/sealing.py", "/opt/python/familjehem/domain/sealing.py"),
        ("Delivery/functions/delivery/handler.py", "/var/task/functions/delivery/handler.py"),
    ],
)
def test_byte_code_tells_places_of_lambda_and_not_of_this_machine(artefacts, module, place):
    compiled = Path(importlib.util.cache_from_source(artefacts / module))
    assert marshal.loads(compiled.read_bytes()[16:]).co_filename == place  # noqa: S302 our own


def test_layers_carry_the_data_of_the_package(artefacts):
    domain = artefacts / "Familjehem/python/familjehem/domain"
    assert (domain / "municipalities.csv").is_file()
    assert list((domain / "question_sets").glob("*.json"))


def test_nothing_travels_that_no_function_runs(artefacts):
    for function in FUNCTIONS:
        assert {path.name for path in (artefacts / function).iterdir()} == {"functions"}
        assert len(list((artefacts / function / "functions").glob("*/__init__.py"))) == 1, "one function and no other"
    carried = {path.name for path in (artefacts / "Familjehem/python").iterdir()} - {"__pycache__"}
    assert carried <= {"familjehem", "pyproject.toml"}
    for stranger in ("pytest", "moto", "ministack", "fastapi", "aws_xray_sdk"):
        assert not (artefacts / "Dependencies/python" / stranger).exists()


def test_everything_fits(artefacts):
    def size(name: str) -> int:
        return sum(path.stat().st_size for path in (artefacts / name).rglob("*") if path.is_file())

    layers = size("Dependencies") + size("Familjehem")
    assert layers < 120 * MEGABYTE, "Lambda's own limit is 250 MB for layers and function together"
    # the typesetter is carried by those that print
    assert layers + size("Typesetting") + size("Export") < 200 * MEGABYTE
    assert all(size(function) < MEGABYTE for function in FUNCTIONS)


def test_only_those_that_print_carry_the_typesetter(template):
    properties = deployed(template)[1]
    assert [function for function in FUNCTIONS if len(properties[function]["Layers"]) > 2] == ["Export", "Statistics"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_handler_imports_with_lambda_s_search_path(artefacts, own_wheels, template, function):
    properties = deployed(template)[1][function]
    module, _, name = properties["Handler"].rpartition(".")
    variables = {key: str(value) for key, value in properties["Environment"]["Variables"].items()}
    environment = {
        **variables,
        "PATH": os.defpath,
        "AWS_REGION": "eu-north-1",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "PYTHONPATH": os.pathsep.join(map(str, (artefacts / function, own_wheels, artefacts / "Familjehem/python"))),
        # Lambda's image need not have zones of its own: those of the layer must do.
        "PYTHONTZPATH": "",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    program = f"""if True:
        import importlib, json, sys
        handler = getattr(importlib.import_module({module!r}), {name!r})
        import zoneinfo
        zoneinfo.ZoneInfo("Europe/Stockholm")
        places = sorted({{m.__file__ for n, m in sys.modules.items() if n.startswith(("familjehem", "functions.")) and m.__file__}})
        print(json.dumps([callable(handler), places]))
    """
    # -S leaves this machine's own packages out: what is found is what was built.
    interpreter = Path(sys.base_prefix) / "bin" / "python3.13"
    found = subprocess.run(
        [interpreter, "-S", "-P", "-c", program],
        env=environment,
        cwd=artefacts,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    works, places = json.loads(found.stdout.splitlines()[-1])
    assert works
    assert places
    assert all(place.startswith(str(artefacts)) for place in places)


class TestDigest:
    @pytest.fixture
    def tree(self, tmp_path) -> Path:
        for folder in ("functions", "layers"):
            shutil.copytree(build.ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
        return tmp_path

    def test_is_the_same_wherever_the_tree_lies(self, tree):
        assert build.digest(tree) == build.digest()
        assert len(build.digest(tree)) == 64

    def test_changes_with_every_source_of_a_layer(self, tree):
        before = build.digest(tree)
        path = tree / "layers/familjehem/familjehem/domain/assignment.py"
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
        assert build.digest(tree) != before

    def test_changes_when_a_file_is_only_moved(self, tree):
        before = build.digest(tree)
        (tree / "functions/delivery/handler.py").rename(tree / "functions/delivery/door.py")
        assert build.digest(tree) != before

    def test_knows_nothing_of_byte_code(self, tree):
        before = build.digest(tree)
        cache = tree / "functions/delivery/__pycache__"
        cache.mkdir()
        (cache / "handler.cpython-313.pyc").write_bytes(b"x")
        assert build.digest(tree) == before
