"""Write the published JSON Schemas from the very models that are exported; `--check` fails when one has drifted."""

import json
import sys
from pathlib import Path
from typing import Any

from functions.export.forms import VERSION, CompilationForm

ROOT = Path(__file__).parent.parent
TARGET = ROOT / f"docs/schemas/compilation-{VERSION}.json"


def schema() -> dict[str, Any]:
    """Give the schema of the compilation for a case system.

    A reader must bear fields that it does not know, so the published schema forbids none.
    """
    found = _open(CompilationForm.model_json_schema(by_alias=True, mode="serialization"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://www.familjehemsverige.se/schemas/{TARGET.name}",
        **found,
    }


def _open(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _open(one) for name, one in part.items() if not (name == "additionalProperties" and one is False)}
    return [_open(one) for one in part] if isinstance(part, list) else part


def main() -> int:
    """Write the file, or with `--check` say whether it is as it should be."""
    content = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(content, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == content:
        return 0
    print(f"{TARGET.relative_to(ROOT)} has drifted from the models: run `make generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
