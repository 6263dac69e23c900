"""Write docs/problems.md: every problem that the API answers with, and one real answer each; `--check` finds drift.

Statuses come from `runtime/problems.py`, words from the message catalogue, the answers from running the cases of
`tests/functions/bad_input.py` through the very apps.
"""

import json
import logging
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from familjehem.domain.texts import text
from familjehem.runtime.problems import STATUS
from tests.functions.bad_input import CASES, Bench, Case
from tests.functions.doors import LambdaDoor

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs/problems.md"
UNROUTED = {
    "not-found": (HTTPStatus.NOT_FOUND, "No route has this address."),
    "method-not-allowed": (
        HTTPStatus.METHOD_NOT_ALLOWED,
        "The address has no such method; `Allow` names those it has.",
    ),
    "internal": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "A fault of ours that nobody expected; it is logged by type and place.",
    ),
}
SHOWN = {
    # Where the first case is not the one that tells most.
    "invalid-answers": "two faults in the choice and one in the answers",
    "recipients-unavailable": "several at once, each named",
}
HEAD = """# Problems

Written by `make generate` (`dev/problems.py`); `make drift` fails when it is not as the code is. The answers were
produced by sending each case to the app, through the Lambda handler.

Every error is `application/problem+json` (RFC 9457). `type` is a page of the website, `title` and `detail` are what a
person may be shown. `errors` have a JSON pointer into what was sent (RFC 6901; `header` where it is a header) and a code;
`recipients` name those that cannot receive, `handler` the colleague who has claimed a delivery. Nothing that was sent is ever repeated, in an answer or in a log, and
nothing is stored; only after 500 and 503 that may be unknown, and to send the same again with the same
`Idempotency-Key` is safe. What API Gateway answers by itself is not of this form:
[0009](decisions/0009-what-the-gateway-answers-itself.md).
"""


def page() -> str:
    """Give the whole page."""
    known = {error.slug: (status, _first_sentence(error.__doc__ or "")) for error, status in STATUS.items()} | UNROUTED
    ordered = sorted(known.items(), key=lambda one: (one[1][0], one[0]))
    lines = [HEAD, "| status | problem | title |", "|---|---|---|"]
    lines += [
        f"| {status.value} | [{slug}](#{status.value}-{slug}) | {text(f'problem.{slug}.title')} |"
        for slug, (status, _) in ordered
    ]
    for slug, (status, when) in ordered:
        lines += ["", *_section(slug, status, when)]
    lines += ["", *_table()]
    return "\n".join(lines) + "\n"


def _section(slug: str, status: HTTPStatus, when: str) -> Iterator[str]:
    cases = [one for one in CASES if one.slug == slug]
    shown = next((one for one in cases if one.name == SHOWN.get(slug)), cases[0])
    codes = sorted(
        {code for one in cases for _, code in one.errors} | {why for one in cases for _, why in one.recipients}
    )
    yield f"## {status.value} {slug}"
    yield ""
    yield f"> **{text(f'problem.{slug}.title')}.** {text(f'problem.{slug}.detail')}"
    yield ""
    yield f"When: {when}"
    if codes:
        yield ""
        yield "Codes: " + ", ".join(f"`{code}`" for code in codes)
    yield ""
    yield f"For example ({shown.group.lower()}: {shown.name}):"
    yield ""
    yield "```http"
    yield from _answered(shown)
    yield "```"


def _answered(case: Case) -> Iterator[str]:
    """Run a case and give its answer as it goes over the wire, with its JSON set out in lines."""
    bench = Bench()
    request = case.prepare(bench)
    answer = bench.send(lambda app, **claims: LambdaDoor(app, claims), request)
    if (answer.status, answer.json["type"].split("/")[-2]) != (case.status, case.slug):
        message = f"{case.group}: {case.name} is answered otherwise than its table says"
        raise AssertionError(message)
    yield f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"
    yield from (
        f"{name.title()}: {answer.headers[name]}"
        for name in ("content-type", "allow", "retry-after")
        if name in answer.headers
    )
    yield ""
    yield json.dumps(answer.json, indent=2, ensure_ascii=False)


def _table() -> Iterator[str]:
    yield "## Every bad input that is tested"
    yield ""
    yield f"{len(CASES)} cases, each sent to the app and to the Lambda handler with a plain and with a base64 body."
    group = ""
    for one in CASES:
        if one.group != group:
            group = one.group
            yield from ("", f"### {group}", "", "| what is sent | answer | where and why |", "|---|---|---|")
        why = [f"`{pointer}` {code}".replace("`` ", "") for pointer, code in one.errors]
        why += [f"{recipient or 'not connected'}: {reason}" for recipient, reason in one.recipients]
        yield f"| {one.name.replace('|', '\\|')} | {one.status} {one.slug} | {', '.join(why)} |"


def _first_sentence(docstring: str) -> str:
    return " ".join(docstring.partition("\n\n")[0].split())


def main() -> int:
    """Write the page, or with `--check` say whether it is as it should be."""
    logging.disable()
    content = page()
    if "--check" not in sys.argv:
        TARGET.write_text(content, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == content:
        return 0
    print(f"{TARGET.relative_to(ROOT)} has drifted from the code: run `make generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
