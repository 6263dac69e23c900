"""Write the HTTP events from their bodies; `--check` fails when they have drifted.

They are what API Gateway sends (HTTP API, payload 2.0) and what the console keeps as saved test events. People in
them are invented and marked.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
EVENTS = ROOT / "events/http"
KEY = "5f0e8a52-6f3c-4b52-9a70-0d2f5b1c7e11"
REFERENCE, CODE, NUMBER = "0000-0000-0000", "0000-0000-0000-0000", "0000-0000-0000"
COLLEAGUE = "00000000-0000-4000-8000-000000000001"
CLAIMS = {
    "sub": "00000000-0000-4000-8000-000000000000",
    "client_id": "client",
    "token_use": "access",
    "auth_time": "1795348800",
    "scope": "openid",
}


def body(name: str) -> str:
    """Give a body as the page sends it."""
    content = json.loads((EVENTS / "bodies" / f"{name}.json").read_text(encoding="utf-8"))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def event(
    route: str, path: str, headers: dict[str, str] | None = None, sent: str | None = None, **more: Any
) -> dict[str, Any]:
    """Give one event."""
    method = route.split(maxsplit=1)[0]
    found: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": more.pop("query", ""),
        "headers": {
            "accept": "application/json",
            "accept-language": "sv-SE,sv;q=0.9",
            "host": "api.familjehemsverige.example",
            "user-agent": "prov",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
            **(headers or {}),
        },
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "a1b2c3d4e5",
            "domainName": "api.familjehemsverige.example",
            "domainPrefix": "api",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "prov",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": route,
            "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1795348800000,
        },
        "isBase64Encoded": False,
    }
    if more.pop("signed_in", False):
        found["requestContext"]["authorizer"] = {"jwt": {"claims": CLAIMS, "scopes": None}}
        found["headers"]["authorization"] = "Bearer (checked by the authorizer, not by the function)"
    if sent is not None:
        found["headers"] |= {"content-type": "application/json", "content-length": str(len(sent.encode()))}
        found["body"] = sent
    return found | more


def events() -> dict[str, dict[str, Any]]:
    """Give one event per route, by file name."""
    receipt = {"receipt-code": CODE}
    one = f"/api/applications/{REFERENCE}"
    return {
        "question-set": event("GET /api/question-sets/current", "/api/question-sets/current"),
        "self-test": event("POST /api/self-test", "/api/self-test", sent=body("self-test")),
        "openapi": event("GET /api/openapi.json", "/api/openapi.json"),
        "recipients": event("GET /api/recipients", "/api/recipients"),
        "challenge": event("GET /api/challenge", "/api/challenge"),
        "identification": event("GET /api/identification", "/api/identification"),
        "start-identification": event(
            "POST /api/identification/start", "/api/identification/start", sent=body("start-identification")
        ),
        "finish-identification": event(
            "POST /api/identification/finish", "/api/identification/finish", sent=body("finish-identification")
        ),
        "request-connection": event(
            "POST /api/onboarding/requests",
            "/api/onboarding/requests",
            {"idempotency-key": KEY},
            body("request-connection"),
        ),
        **activation(),
        "submit-family": event("POST /api/applications", "/api/applications", {"idempotency-key": KEY}, body("family")),
        "receipt": event("GET /api/applications/{reference}", one, receipt, pathParameters={"reference": REFERENCE}),
        "withdraw": event(
            "DELETE /api/applications/{reference}",
            one,
            receipt,
            query=f"delivery={NUMBER}",
            queryStringParameters={"delivery": NUMBER},
            pathParameters={"reference": REFERENCE},
        ),
        "supplement": event(
            "POST /api/applications/{reference}/supplement",
            f"{one}/supplement",
            {**receipt, "idempotency-key": KEY},
            body("supplement"),
            pathParameters={"reference": REFERENCE},
        ),
        "share-recipients": event(
            "PUT /api/applications/{reference}/share-recipients",
            f"{one}/share-recipients",
            receipt,
            body("share-recipients"),
            pathParameters={"reference": REFERENCE},
        ),
        "list-deliveries": event("GET /api/mailbox/deliveries", "/api/mailbox/deliveries", signed_in=True),
        "open-letter": event(
            "GET /api/mailbox/deliveries/{number}",
            f"/api/mailbox/deliveries/{NUMBER}",
            signed_in=True,
            pathParameters={"number": NUMBER},
        ),
        "print-compilation": event(
            "GET /api/mailbox/deliveries/{number}/compilation.pdf",
            f"/api/mailbox/deliveries/{NUMBER}/compilation.pdf",
            signed_in=True,
            pathParameters={"number": NUMBER},
        ),
        "export-compilation": event(
            "GET /api/mailbox/deliveries/{number}/compilation.json",
            f"/api/mailbox/deliveries/{NUMBER}/compilation.json",
            signed_in=True,
            pathParameters={"number": NUMBER},
        ),
        "export-registry": event(
            "GET /api/mailbox/registry.csv",
            "/api/mailbox/registry.csv",
            query="from=2026-11-01&to=2026-11-30",
            queryStringParameters={"from": "2026-11-01", "to": "2026-11-30"},
            signed_in=True,
        ),
        **administration(),
        **{f"{verb}-delivery": handling(verb) for verb in ("claim", "release")},
        "handover-delivery": handling("handover", body("handover")),
        **{
            f"{verb}-delivery": handling(verb, body(verb))
            for verb in ("contact", "outcome", "note", "protect", "erase")
        },
        **{f"{verb}-delivery": handling(verb) for verb in ("unprotect", "hold", "unhold")},
        "reports": event("GET /api/mailbox/reports", "/api/mailbox/reports", signed_in=True),
        "report": event(
            "GET /api/mailbox/reports/{file}",
            "/api/mailbox/reports/2026-10.pdf",
            signed_in=True,
            pathParameters={"file": "2026-10.pdf"},
        ),
        "erasures": event("GET /api/mailbox/erasures", "/api/mailbox/erasures", signed_in=True),
        "access-log": event("GET /api/mailbox/access-log", "/api/mailbox/access-log", signed_in=True),
        **{
            f"access-{what}": event(f"GET /api/mailbox/access-{what}", f"/api/mailbox/access-{what}", signed_in=True)
            for what in ("review", "confirmation")
        },
        "review-access": event(
            "POST /api/mailbox/access-review",
            "/api/mailbox/access-review",
            {"idempotency-key": KEY},
            body("review-access"),
            signed_in=True,
        ),
        "confirm-access": event(
            "POST /api/mailbox/access-confirmation",
            "/api/mailbox/access-confirmation",
            sent=body("confirm-access"),
            signed_in=True,
        ),
    }


ACTIVATION = {
    "activation": ("", "activation"),
    "prove-mailbox": ("/mailbox", "activation"),
    "name-responsible": ("/responsible", "name-responsible"),
    "ask-code": ("/code", "activation"),
    "prove-mobile": ("/mobile", "prove-mobile"),
    "accept-agreement": ("/agreement", "accept-agreement"),
    "name-people": ("/people", "name-people"),
    "give-payer": ("/invoice", "give-payer"),
}
"""The steps of the municipality's own page: where, and with what body."""


def activation() -> dict[str, dict[str, Any]]:
    """Give the events of the municipality's own page."""
    base = "/api/onboarding/activation"
    return {
        name: event(f"POST {base}{rest}", f"{base}{rest}", sent=body(sent)) for name, (rest, sent) in ACTIVATION.items()
    }


def administration() -> dict[str, dict[str, Any]]:
    """Give the events of local administration, and of who one is and with whom one works."""
    found = {
        "me": event("GET /api/mailbox/me", "/api/mailbox/me", signed_in=True),
        "colleagues": event("GET /api/mailbox/colleagues", "/api/mailbox/colleagues", signed_in=True),
        "states": event("GET /api/mailbox/states", "/api/mailbox/states", signed_in=True),
        "state": event(
            "GET /api/mailbox/states/{number}",
            f"/api/mailbox/states/{NUMBER}",
            signed_in=True,
            pathParameters={"number": NUMBER},
        ),
        "search": event("POST /api/mailbox/search", "/api/mailbox/search", sent=body("search"), signed_in=True),
        "list-members": event("GET /api/members", "/api/members", signed_in=True),
        "invite-member": event("POST /api/members", "/api/members", sent=body("invite-member"), signed_in=True),
        "sign-out": event("POST /api/members/me/sign-out", "/api/members/me/sign-out", signed_in=True),
        "settings": event("GET /api/members/settings", "/api/members/settings", signed_in=True),
        "change-settings": event(
            "PUT /api/members/settings", "/api/members/settings", sent=body("change-settings"), signed_in=True
        ),
    }
    for name, method, rest, sent in (
        ("change-member", "PUT", "", body("change-member")),
        ("remove-member", "DELETE", "", None),
        ("sign-out-member", "POST", "/sign-out", None),
    ):
        found[name] = event(
            f"{method} /api/members/{{person}}{rest}",
            f"/api/members/{COLLEAGUE}{rest}",
            sent=sent,
            signed_in=True,
            pathParameters={"person": COLLEAGUE},
        )
    return found


def handling(verb: str, sent: str | None = None) -> dict[str, Any]:
    """Give the event of one way to work with a delivery."""
    return event(
        f"POST /api/mailbox/deliveries/{{number}}/{verb}",
        f"/api/mailbox/deliveries/{NUMBER}/{verb}",
        {"idempotency-key": KEY} if verb in {"contact", "outcome", "note"} else None,
        sent=sent,
        signed_in=True,
        pathParameters={"number": NUMBER},
    )


def main() -> int:
    """Write the files, or with `--check` say whether they are as they should be."""
    wanted = {
        EVENTS / f"{name}.json": json.dumps(one, ensure_ascii=False, indent=2) + "\n" for name, one in events().items()
    }
    if "--check" not in sys.argv:
        for path, content in wanted.items():
            path.write_text(content, encoding="utf-8")
        return 0
    stale = [
        path for path, content in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != content
    ]
    for path in stale:
        print(f"{path.relative_to(ROOT)} has drifted: run `make generate`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
