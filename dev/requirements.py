"""Write the layer's requirements from uv.lock; `--check` fails when they have drifted."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "layers/dependencies/requirements.txt"
COMMAND = (
    "uv",
    "export",
    "--package",
    "familjehem",
    "--no-dev",
    "--no-emit-workspace",
    "--frozen",
    "--no-header",
    "--quiet",
)
HEADER = "# Generated from uv.lock by `make generate`; never edited by hand.\n"


def main() -> int:
    """Write the file, or with `--check` say whether it is as it should be."""
    exported = subprocess.run(COMMAND, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    content = HEADER + exported
    if "--check" not in sys.argv:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(content, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == content:
        return 0
    print(f"{TARGET.relative_to(ROOT)} has drifted from uv.lock: run `make generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
