"""Write the bill of materials, docs/sbom.json (CycloneDX 1.5), from the locks; `--check` fails when it has drifted.

Every package of uv.lock that is deployed (scope `required`) or builds and tests what is (`excluded`), and every package of the
npm locks, with version, purl and licence. A licence that is not on the list below fails both, and so does a deployed
package without one. The tools that only look at the template (SAM, checkov, in environments of their own) are not in it.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs/sbom.json"
DEPLOYED = (("--package", "familjehem", "--no-dev"), ("--only-group", "typesetting"))
TOOLS = (("--only-group", "dev"),)
NPM = ("website", "dev/provider", "tests/performance/lighthouse")
SHIPPED = frozenset({"govuk-frontend", "jwt-decode", "oidc-client-ts"})
"""Packages of npm of which something reaches a browser: the styles that ours are compiled from, the client for signing in."""
ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Zlib",
        "BlueOak-1.0.0",
        "CC0-1.0",
        "CNRI-Python",
        "ISC",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "PSF-2.0",
    }
)
"""Licences under which anybody may use, change and pass on what is ours together with theirs."""
_NAMES: Mapping[str, str] = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What older packages say in their classifiers, in the words of SPDX."""

type Component = dict[str, Any]


class LicenceError(Exception):
    """A package whose licence is not on the list, or that is deployed and has none."""


def bill() -> str:
    """Give the bill as JSON, in order; `LicenceError`."""
    components = {one["purl"]: one for one in (*_npm(), *_python(TOOLS, "excluded"), *_python(DEPLOYED, "required"))}
    content = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "familjehemsverige", "bom-ref": "familjehemsverige"}},
        "components": [components[purl] for purl in sorted(components)],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _python(sets: tuple[tuple[str, ...], ...], scope: str) -> Iterator[Component]:
    for what in sets:
        command = (
            "uv",
            "export",
            "--frozen",
            "--quiet",
            "--preview-features",
            "sbom-export",
            "--format",
            "cyclonedx1.5",
        )
        exported = subprocess.run((*command, *what), cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for one in json.loads(exported)["components"]:
            if one.get("purl", "").startswith("pkg:pypi/"):
                purl = one["purl"].partition("?")[0]
                yield component(one["name"], one["version"], purl, scope, _licence_of(one["name"]))


def _npm() -> Iterator[Component]:
    for folder in NPM:
        lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
        for path, one in lock["packages"].items():
            if path:
                name, version = path.rpartition("node_modules/")[2], one["version"]
                purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
                scope = "required" if name in SHIPPED and folder == "website" else "excluded"
                yield component(name, version, purl, scope, one.get("license"))


def component(name: str, version: str, purl: str, scope: str, licence: str | None) -> Component:
    """Give one line of the bill; `LicenceError`."""
    if licence is None:
        # What is locked for another platform is not here, and its licence is not known here.
        if scope == "required":
            raise LicenceError(f"{name} {version} is deployed and names no licence")
    elif not allowed(licence):
        raise LicenceError(f"{name} {version} is under {licence}, which is not on the list in dev/bill.py")
    told = {"licenses": [{"expression": licence}]} if licence else {}
    return {"type": "library", "name": name, "version": version, "purl": purl, "scope": scope, "bom-ref": purl, **told}


def allowed(expression: str) -> bool:
    """Tell whether a licence, an SPDX expression, is on the list: of `OR` one part suffices, of `AND` all must be."""
    plain = re.sub(r"[()]", " ", expression)
    return any(all(one.strip() in ALLOWED for one in part.split(" AND ")) for part in plain.split(" OR "))


def _licence_of(package: str) -> str | None:
    try:
        told = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return None
    if expression := told.get("License-Expression"):
        return expression
    names = [one.rpartition("::")[2].strip() for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    named = [_NAMES.get(one, one) for one in names if one != "OSI Approved"]
    return " AND ".join(named) if named else (told.get("License") or "").partition("\n")[0].strip() or None


def main() -> int:
    """Write the bill, or with `--check` say whether it is as it should be."""
    try:
        content = bill()
    except LicenceError as refused:
        print(refused, file=sys.stderr)
        return 1
    if "--check" not in sys.argv:
        TARGET.write_text(content, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != content:
        print(f"{TARGET.relative_to(ROOT)} has drifted from the locks: run `make generate`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
