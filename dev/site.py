"""The website as CloudFront serves it: the files of `website/dist`, with the headers and the error page of the template.

The files are read at each request, so that a new build shows at once.
"""

import fnmatch
import gzip
import json
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dev.gateway import Answer, Headers
from dev.template import Physical, Template, TemplateError
from website.sign_in import PLACE, SignIn

_SMALLEST_COMPRESSED = 1000  # as CloudFront: smaller files go as they are
_COMPRESSED = ("text/", "application/json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How addresses of a pattern are answered."""

    pattern: str
    headers: Headers
    methods: frozenset[str]
    compress: bool
    folders: bool


class Pages:
    """The website; `answer` gives what CloudFront would."""

    def __init__(
        self, folder: Path, template: Template, physical: Mapping[str, Physical], emulator: str | None = None
    ) -> None:
        """Serve `folder` as the one distribution of the template says; `TemplateError` for what is not known here.

        The sign-in pages are those of the `emulator`, whose address and client are known when it runs and not when the
        website is built.
        """
        (distribution,) = template.of_type("AWS::CloudFront::Distribution")
        told = template.resolve(distribution, physical)["DistributionConfig"]
        hosted = template.output("Identity", "HostedPages", physical)
        policies = {
            physical[policy.path].ref: [
                (name, value.replace(hosted, emulator or hosted))
                for name, value in policy_headers(template.resolve(policy, physical))
            ]
            for policy in template.of_type("AWS::CloudFront::ResponseHeadersPolicy")
        }
        told_here = SignIn(
            template.output("Identity", "Issuer", physical),
            template.output("Identity", "UserPoolClientId", physical),
            emulator or hosted,
        )
        self._sign_in = json.dumps(told_here.to_wire()).encode() if emulator else None
        self._folder = folder.resolve()
        self._behaviours = [
            Behaviour(
                one.get("PathPattern", "*"),
                policies[one["ResponseHeadersPolicyId"]],
                frozenset(one["AllowedMethods"]),
                bool(one.get("Compress")),
                bool(one.get("FunctionAssociations")),
            )
            for one in (*told.get("CacheBehaviors", ()), told["DefaultCacheBehavior"])
        ]
        self._missing = {one["ErrorCode"]: one for one in told.get("CustomErrorResponses", ())}[404]

    def answer(self, method: str, path: str, encodings: str = "") -> Answer:
        """Give the answer to one request; `encodings` is its Accept-Encoding."""
        behaviour = next(one for one in self._behaviours if fnmatch.fnmatchcase(path, one.pattern))
        if method not in behaviour.methods:
            return Answer(403, behaviour.headers)
        if path == PLACE and self._sign_in is not None:
            return Answer(200, [*behaviour.headers, ("content-type", "application/json")], self._sign_in)
        if behaviour.folders:
            path, moved = folder_of(path)
            if moved:
                return Answer(301, [*behaviour.headers, ("location", quote(path))])
        file, status = self._file(path), 200
        if file is None:
            file, status = self._file(self._missing["ResponsePagePath"]), int(self._missing["ResponseCode"])
        if file is None:
            text = "Webbplatsen är inte byggd: kör make website.\n"
            return Answer(404, [("content-type", "text/plain; charset=utf-8")], text.encode())
        body, headers = file.read_bytes(), [*behaviour.headers, ("content-type", _kind(file))]
        if behaviour.compress and "gzip" in encodings and len(body) >= _SMALLEST_COMPRESSED:
            if _kind(file).startswith(_COMPRESSED):
                body = gzip.compress(body, 6)
                headers.append(("content-encoding", "gzip"))
            headers.append(("vary", "Accept-Encoding"))
        return Answer(status, headers, body)

    def _file(self, path: str) -> Path | None:
        found = (self._folder / path.lstrip("/")).resolve()
        return found if found.is_relative_to(self._folder) and found.is_file() else None


def folder_of(path: str) -> tuple[str, bool]:
    """Give the address of a folder's page, or, with True, where a folder without its slash has moved to."""
    last = path.rpartition("/")[2]
    if not last:
        return f"{path}index.html", False
    # A browser reads a backslash as a slash, and two of them as another host.
    return (path, False) if "." in last else (f"/{path.lstrip('/\\')}/", True)


def policy_headers(properties: Mapping[str, Any]) -> Headers:
    """Give the headers of a response headers policy; `TemplateError` for a setting that is not known here."""
    config = dict(properties["ResponseHeadersPolicyConfig"])
    config.pop("Name")
    found: Headers = []
    for name, told in config.pop("SecurityHeadersConfig", {}).items():
        match name:
            case "ContentSecurityPolicy":
                found.append(("content-security-policy", " ".join(told["ContentSecurityPolicy"].split())))
            case "ContentTypeOptions":
                found.append(("x-content-type-options", "nosniff"))
            case "FrameOptions":
                found.append(("x-frame-options", told["FrameOption"]))
            case "ReferrerPolicy":
                found.append(("referrer-policy", told["ReferrerPolicy"]))
            case "StrictTransportSecurity":
                found.append(("strict-transport-security", "; ".join(_transport(told))))
            case _:
                message = f"the local website does not know the security header {name}"
                raise TemplateError(message)
    found += [(one["Header"].lower(), one["Value"]) for one in config.pop("CustomHeadersConfig", {}).get("Items", ())]
    if config:
        message = f"the local website does not know {sorted(config)} of a response headers policy"
        raise TemplateError(message)
    return found


def _transport(told: Mapping[str, Any]) -> Iterable[str]:
    yield f"max-age={told['AccessControlMaxAgeSec']}"
    if told.get("IncludeSubdomains"):
        yield "includeSubDomains"
    if told.get("Preload"):
        yield "preload"


def _kind(file: Path) -> str:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    kind = "text/javascript" if kind.endswith("javascript") else kind
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
