"""Write the requirements of both layers from uv.lock; `--check` fails when they have drifted."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGETS = {
    ROOT / "layers/dependencies/requirements.txt": ("--package", "familjehem", "--no-dev"),
    ROOT / "layers/typesetting/requirements.txt": ("--only-group", "typesetting"),
}
COMMAND = ("uv", "export", "--no-emit-workspace", "--frozen", "--no-header", "--quiet")
HEADER = "# Generated from uv.lock by `make generate`; never edited by hand.\n"


def main() -> int:
    """Write the files, or with `--check` say whether they are as they should be."""
    drifted = 0
    for target, what in TARGETS.items():
        exported = subprocess.run((*COMMAND, *what), cwd=ROOT, check=True, capture_output=True, text=True).stdout
        content = HEADER + exported
        if "--check" not in sys.argv:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != content:
            print(f"{target.relative_to(ROOT)} has drifted from uv.lock: run `make generate`", file=sys.stderr)
            drifted = 1
    return drifted


if __name__ == "__main__":
    sys.exit(main())
