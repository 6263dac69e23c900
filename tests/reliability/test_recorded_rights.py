"""Every AWS call that the running service really made is put to the template's policies, conditions included."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from dev import recorder
from dev.cloud import known
from dev.service import parameters
from dev.template import load
from familjehem.adapters.documents import filled, policy
from familjehem.adapters.tenancy import POLICY, Premises
from tests.infrastructure.policy import Verdict
from tests.infrastructure.rights import Rights
from tests.reliability.running import FIVE, REPOSITORY, Running, Store

NEVER = {"kms:Decrypt", "s3:GetObject", "dynamodb:Scan", "s3:ListBucket"}


def everything_once(running: Running, store: Store) -> None:
    """Walk every way of the service once."""
    for path in ("question-sets/current", "recipients", "challenge", "openapi.json", "nowhere"):
        running.http.get(f"/api/{path}")
    receipt = running.submit(*FIVE).json()
    running.quiet()
    running.receipt(receipt)
    running.http.get(f"/api/applications/{receipt['reference']}", headers={"Receipt-Code": "0000-0000-0000-0000"})
    owner = next(one for one in receipt["deliveries"] if one["recipient"]["id"] == "0680")
    assert running.supplement(receipt).status_code == 201
    # of a family that nobody has called for weeks everybody is told, once
    late = next(one for one in receipt["deliveries"] if one["recipient"]["id"] == "1480")
    store.came(late["number"], datetime.now(UTC) - timedelta(days=21))
    for told in (1, 0):
        round_of_it = running.scheduled("Overdue")
        expected = {"mailbox": told, "responsible": told, "skr": told, "failed": 0}
        assert (round_of_it["error"], round_of_it["result"]) == (None, expected), round_of_it
    # the others are told that one has called; then the family takes its consent back, and gives it again
    key = {**running.as_worker("1480"), "Idempotency-Key": str(uuid4())}
    contact = f"/api/mailbox/deliveries/{late['number']}/contact"
    assert running.http.post(contact, headers=key, json={"result": "reached"}).status_code == 200
    running.quiet()
    assert running.letter("0680", owner["number"])["others"] == {"count": 4, "contacted": True}
    for consent in (True, False):
        assert running.share(receipt, consent=consent).json()["shareRecipients"] is consent
    assert running.letter("0680", owner["number"])["others"] is None
    running.quiet()
    assert next(running.mailbox("0680"))
    assert running.letter("0680", owner["number"])["supplements"]
    compilation = f"deliveries/{owner['number']}/compilation"
    assert running.exported("0680", f"{compilation}.pdf").startswith(b"%PDF-1.7")
    assert json.loads(running.exported("0680", f"{compilation}.json"))["number"] == owner["number"]
    today, day = datetime.now(UTC).date(), timedelta(days=1)
    registry = running.exported("0680", f"registry.csv?from={today - day}&to={today + day}").decode()
    assert registry.count(owner["number"]) == 2
    # what was read is read again, reviewed, sealed and verified, and a delivery is protected for a while
    receipt_of_it = running.receipt(receipt)
    assert next(one for one in receipt_of_it["deliveries"] if one["number"] == owner["number"])["openings"]
    work = {"headers": running.as_worker("0680")}
    assert running.http.get("/api/mailbox/access-log", **work).json()["lines"]
    trail = running.http.get(f"/api/mailbox/access-log?delivery={owner['number']}", **work).json()["lines"]
    assert {one["kind"] for one in trail} >= {"open", "export"}
    sample = running.http.get("/api/mailbox/access-review", **work).json()["sample"]
    reviewed = {"lines": [one["sequence"] for one in sample], "finding": "none"}
    headers = work["headers"] | {"Idempotency-Key": str(uuid4())}
    answer = running.http.post("/api/mailbox/access-review", json=reviewed, headers=headers)
    assert answer.status_code == 201, answer.text
    persons = [one["id"] for one in running.http.get("/api/mailbox/access-confirmation", **work).json()["persons"]]
    confirmed = running.http.post("/api/mailbox/access-confirmation", json={"persons": persons}, **work)
    assert confirmed.status_code == 201, confirmed.text
    one = f"/api/mailbox/deliveries/{owner['number']}"
    assert running.found("0680", "kanarie") == [owner["number"]]
    assert running.http.post(f"{one}/protect", json={"readers": []}, **work).json()["protected"]
    shown = running.http.get("/api/mailbox/deliveries?view=protected", **work).json()["deliveries"]
    assert [each["number"] for each in shown] == [owner["number"]]
    assert running.found("0680", "kanarie") == []
    assert running.http.post(f"{one}/unprotect", **work).json()["protected"] is False
    assert running.found("0680", "kanarie") == [owner["number"]]
    for _ in range(2):
        night = running.scheduled("EveryNight")
        assert (night["error"], night["result"]["failed"], night["result"]["amiss"]) == (None, 0, 0), night
    verified = running.order("functions/Housekeeping/run", {"command": "verifyAccessLog", "recipient": "0680"})
    assert (verified["result"]["digests"], verified["result"]["findings"]) == (1, []), verified
    month = running.order("functions/statistics/run", {"file": "scheduler/reports.json"})
    assert (month["error"], month["result"]["months"][-1]["failed"]) == (None, 0), month
    assert month["result"]["told"] > 0, month
    form = {"Korning": "Skarpt", "Mottagare": "0680", "Manad": month["result"]["months"][-1]["month"]}
    rebuilt = running.order("routines/bygg-om-rapport/run", form)["reports"][-1]
    assert (rebuilt["verdict"], rebuilt["facts"]["answer"]["stood"]) == ("changed", 1), rebuilt
    (listed,) = running.http.get("/api/mailbox/reports", **work).json()["reports"]
    assert running.exported("0680", f"reports/{listed['month']}.pdf").startswith(b"%PDF-1.7")
    # one delivery is withdrawn in the mailbox, one while it waits
    headers = {"Receipt-Code": receipt["receiptCode"]}
    running.http.delete(f"/api/applications/{receipt['reference']}?delivery={owner['number']}", headers=headers)
    erased(running, owner["number"])
    running.order("functions/Delivery/faults", {"before": "dynamodb:GetItem"})
    waiting = running.submit("1280").json()
    running.held("Delivery")
    assert running.supplement(waiting).status_code == 201
    (task,) = [row["pk"] for row in running.outbox() if "OUT#LETTER" in row["pk"]]
    store.age(task, 300)
    running.housekeeping()
    running.http.delete(
        f"/api/applications/{waiting['reference']}", headers={"Receipt-Code": waiting["receiptCode"]}
    ).raise_for_status()
    running.order("functions/Delivery/release")
    running.quiet()
    administered(running)
    running.quiet()


def erased(running: Running, number: str) -> None:
    """Exempt a withdrawn delivery, lift that, erase it, and see its certificate; and apply everybody's rules."""
    work, one = {"headers": running.as_worker("0680")}, f"/api/mailbox/deliveries/{number}"
    for verb, held in (("hold", True), ("unhold", False)):
        assert running.http.post(f"{one}/{verb}", **work).json()["held"] is held
    answer = running.http.post(f"{one}/erase", json={"reason": "familyAsked"}, **work)
    assert (answer.status_code, answer.json()["state"]) == (200, "erased"), answer.text
    running.housekeeping()
    running.quiet()
    assert running.found("0680", "kanarie") == running.found("0680", number) == []
    (certificate,) = running.http.get("/api/mailbox/erasures", **work).json()["erasures"]
    assert (certificate["number"], certificate["reason"]) == (number, "familyAsked")
    assert certificate["erasedAt"] < certificate["goneAt"]
    applied = running.order("functions/housekeeping/run", {"file": "scheduler/retention.json"})
    assert applied["result"] == {"warned": 0, "decided": 0, "failed": 0, "untold": 0}, applied


def administered(running: Running) -> None:
    """Walk every way of local administration once, as whoever leads Malmö; nobody else of it is signed out."""
    headers = running.as_worker("1280")

    def call(method: str, path: str, status: int, sent: Any = None) -> Any:
        answer = running.http.request(method, f"/api/{path}", headers=headers, json=sent)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    assert call("GET", "mailbox/me", 200)["recipients"][0]["id"] == "1280"
    assert call("GET", "mailbox/colleagues", 200)["colleagues"]
    # one who has no account, and one who has: the pool tells the first, we tell the second
    fresh = {"email": "kim.prov@malmo.example", "name": "Kim Prov", "role": "reader"}
    known_one = {"email": "dan.prov@stockholm.example", "name": "Dan i Malmö", "role": "caseWorker"}
    kim, dan = (call("POST", "members", 201, one)["id"] for one in (fresh, known_one))
    running.quiet()
    mails = [to for mail in running.desk("mails") for to in mail["to"]]
    assert {fresh["email"], known_one["email"]} <= set(mails)
    call("POST", "members", 409, fresh)
    call("PUT", f"members/{kim}", 200, {"name": "Kim P", "role": "caseWorker"})
    call("POST", f"members/{kim}/sign-out", 204)
    call("DELETE", f"members/{dan}", 204)
    call("DELETE", f"members/{kim}", 409)
    call("DELETE", f"members/{kim}?confirm=true", 204)
    assert [one["name"] for one in call("GET", "members", 200)["colleagues"]] == ["Eva Prov"]
    call("PUT", "members/settings", 200, call("GET", "members/settings", 200))
    returned = running.order("functions/notification/run", {"file": "post/returned.json"})
    assert returned["result"] == {"recipient": "0680", "reason": "bounced", "new": True}, returned
    examined = running.order("functions/housekeeping/run", {"file": "scheduler/health.json"})
    assert (examined["error"], examined["result"]["failed"]) == (None, 0), examined
    found = running.order("functions/housekeeping/run", {"file": "scheduler/unused-access.json"})
    assert found["result"] == {"warned": 0, "ended": 0, "withheld": 0, "failed": 0}


def rights_of(running: Running, store: Store) -> Rights:
    template = load(REPOSITORY / "template.yaml", parameters(running.url, {}))
    rights = Rights.of(template, known(running.places))
    kms = store.client("kms")
    for recipient in ("0180", "0580", "0680", "1280", "1480", "2480", "unit-hoglandet"):
        key = store.recipient(recipient)["key_arn"]["S"]
        rights.key(
            key,
            json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]),
            kms.list_resource_tags(KeyId=key)["Tags"],
        )
    return rights


def session_policy(running: Running, store: Store, call: Any) -> dict[str, Any] | None:
    recipient = call.context.get("aws:PrincipalTag/recipient")
    if recipient is None:
        return None
    premises = Premises(
        main=store.named("Data/MainTable"),
        wraps=store.named("Data/WrapsTable"),
        tally=store.named("Data/TallyTable"),
        bucket=store.named("Data/MailboxBucket"),
        reports=store.named("Data/ReportBucket"),
        role_arn=known(running.places)["TenantRole"].attributes["Arn"],
    )
    return json.loads(filled(policy(POLICY), premises.names(recipient)))


def test_every_recorded_call_is_allowed_by_its_role_and_submission_never_reads_or_decrypts(
    running: Running, store: Store
) -> None:
    # given
    everything_once(running, store)
    rights = rights_of(running, store)
    # when
    calls = recorder.read(running.record)
    # then
    wrong = {
        (call.function, call.action, call.resources, str(call.context))
        for call in calls
        if rights.judge(call, session=session_policy(running, store, call)) is not Verdict.ALLOWED
    }
    assert not wrong
    used: dict[str, set[str]] = defaultdict(set)
    for call in calls:
        used["tenant" if call.principal else call.function].add(call.action)
    assert not used["submission"] & NEVER
    assert used == {
        "submission": {
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "kms:GenerateDataKey",
            "secretsmanager:GetSecretValue",
        },
        "delivery": {
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "s3:PutObject",
        },
        "members": {
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminDisableUser",
            "cognito-idp:AdminEnableUser",
            "cognito-idp:AdminGetUser",
            "cognito-idp:AdminUserGlobalSignOut",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "notification": {
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "kms:Decrypt",
            "ses:SendEmail",
        },
        "mailbox": {"dynamodb:GetItem", "dynamodb:Query", "sts:AssumeRole", "sts:TagSession"},
        "export": {"dynamodb:Query", "sts:AssumeRole", "sts:TagSession"},
        "tenant": {
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "s3:GetObject",
            "s3:ListBucket",
        },
        "administration": {"lambda:InvokeFunction"},
        "statistics": {
            "dynamodb:BatchGetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutObject",
        },
        "housekeeping": {
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "s3:DeleteObjectVersion",
            "s3:GetObjectVersion",
            "s3:ListBucketVersions",
            "s3:PutObject",
        },
    }


def test_after_all_of_it_no_marked_value_stands_outside_sealed_letters(running: Running) -> None:
    # given what every test before sent, one more application with a supplement, and those that were refused
    receipt = running.submit(*FIVE).json()
    running.submit(*FIVE, email="Kanariefågel utan adress")
    assert running.supplement(receipt).status_code == 201
    assert running.supplement(receipt, message="Kanariefågel utan nummer", answers={"mobile": "x"}).status_code == 422
    running.quiet()
    # when
    added = ("070-174 06 08", "Vi har flyttat.", "Kanariefågeln följde med", "Kanariefågel utan nummer")
    marks = [part for mark in added for part in ("--mark", mark)]
    found = running.tool("dev.leaks", "--marks", "events/http/bodies/family.json", *marks)
    # then
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_search_finds_a_mark_that_was_put_in_the_open(running: Running) -> None:
    # given
    (running.places.logs / "prov.log").write_text("Prov Persson-Kanarie", encoding="utf-8")
    # when
    found = running.tool("dev.leaks", "--marks", "events/http/bodies/family.json")
    # then
    (running.places.logs / "prov.log").unlink()
    assert found.returncode == 1
    assert "prov.log" in found.stdout
