"""Every way of the service, walked once: whatever a function may do, it does here, so that its calls are recorded."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from dev.places import REPOSITORY
from tests.reliability.running import FIVE, Running, Store

# Of the series that is kept for fiction, and not the family's own, which are searched for afterwards.
MOBILES = ("070-174 06 71", "070-174 06 72", "070-174 06 73")


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
    store.untold()
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
    assert owner["number"] in running.found("0680", "kanarie")
    assert running.http.post(f"{one}/protect", json={"readers": []}, **work).json()["protected"]
    shown = running.http.get("/api/mailbox/deliveries?view=protected", **work).json()["deliveries"]
    assert [each["number"] for each in shown] == [owner["number"]]
    assert owner["number"] not in running.found("0680", "kanarie")
    assert running.http.post(f"{one}/unprotect", **work).json()["protected"] is False
    assert owner["number"] in running.found("0680", "kanarie")
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
    runs(running, "vack-utkorg")
    running.housekeeping()
    running.http.delete(
        f"/api/applications/{waiting['reference']}", headers={"Receipt-Code": waiting["receiptCode"]}
    ).raise_for_status()
    running.order("functions/Delivery/release")
    running.quiet()
    administered(running)
    running.quiet()
    handled(running)
    aged(running, store)
    connected(running)
    commanded(running, store)


def erased(running: Running, number: str) -> None:
    """Exempt a withdrawn delivery, lift that, erase it, and see its certificate; and apply everybody's rules."""
    work, one = {"headers": running.as_worker("0680")}, f"/api/mailbox/deliveries/{number}"
    for verb, held in (("hold", True), ("unhold", False)):
        assert running.http.post(f"{one}/{verb}", **work).json()["held"] is held
    answer = running.http.post(f"{one}/erase", json={"reason": "familyAsked"}, **work)
    assert (answer.status_code, answer.json()["state"]) == (200, "erased"), answer.text
    running.housekeeping()
    running.quiet()
    assert number not in running.found("0680", "kanarie")
    assert running.found("0680", number) == []
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


def handled(running: Running) -> None:
    """Handle one delivery in every way that a case worker has, and find it again."""
    number = running.submit("0680").json()["deliveries"][0]["number"]
    running.quiet()
    work = {"headers": running.as_worker("0680")}
    one = f"/api/mailbox/deliveries/{number}"

    def does(verb: str, sent: Any = None) -> None:
        headers = work["headers"] | {"Idempotency-Key": str(uuid4())}
        answer = running.http.post(f"{one}/{verb}", json=sent, headers=headers)
        assert answer.status_code < 300, (verb, answer.text)

    assert running.letter("0680", number)["number"] == number
    does("claim")
    does("note", {"text": "Kanariefågel"})
    does("contact", {"result": "reached"})
    assert running.letter("0680", number)["history"]
    does("outcome", {"outcome": "informationMeeting", "bookedAt": "2030-12-01T18:00:00+01:00"})
    for result in ("notReached", "messageLeft"):
        does("contact", {"result": result})
    for outcome in ("phoneInterview", "handedToInvestigation", "resting"):
        does("outcome", {"outcome": outcome})
    does("release")
    does("outcome", {"outcome": "transferredToCaseSystem"})
    does("outcome", {"outcome": "closed", "reason": "withdrewTime"})
    assert number in running.found("0680", "Persson-Kanarie")
    for view in ("waiting", "mine"):
        assert running.http.get("/api/mailbox/deliveries", params={"view": view}, **work).status_code == 200
    assert running.http.get("/api/mailbox/states", **work).status_code == 200


def aged(running: Running, store: Store) -> None:
    """Let time pass for letters and for people, and let housekeeping do what their age demands."""
    now, day = datetime.now(UTC), timedelta(days=1)
    gone, soon, untold = (running.submit("0180").json()["deliveries"][0]["number"] for _ in range(3))
    running.quiet()
    store.came(gone, now - 760 * day)
    store.came(soon, now - 724 * day)
    store.came(untold, now - day)
    store.alter(untold, "notified_new_at", None)
    store.alter(gone, "warned_on", (now - 20 * day).date().isoformat())
    applied = running.order("functions/housekeeping/run", {"file": "scheduler/retention.json"})["result"]
    assert (applied["warned"], applied["decided"], applied["untold"]) == (1, 1, 1), applied
    running.quiet()
    for verb, held in (("hold", True), ("unhold", False)):
        answer = running.http.post(f"/api/mailbox/deliveries/{soon}/{verb}", headers=running.as_worker("0180"))
        assert answer.json()["held"] is held, answer.text
    running.housekeeping()
    running.quiet()
    # two who have not come for long: one is warned, the other was and loses her access
    lead = {"headers": running.as_worker("1480")}
    people = ({"email": f"{name}.prov@goteborg.example", "name": name, "role": "reader"} for name in ("ove", "ulla"))
    ove, ulla = (running.http.post("/api/members", json=one, **lead).json()["id"] for one in people)
    running.quiet()
    store.invited("1480", ove, now - 80 * day)
    store.invited("1480", ulla, now - 200 * day, warned_on=(now - 100 * day).date())
    found = running.order("functions/housekeeping/run", {"file": "scheduler/unused-access.json"})["result"]
    assert (found["warned"], found["ended"], found["failed"]) == (1, 1, 0), found
    running.quiet()


def runs(running: Running, routine: str, **form: str) -> list[Any]:
    """Run one of SKR's routines in earnest, with the approval of a second person where it asks for one."""
    # What changes nothing asks for no earnest.
    how = {} if routine in {"lista-mottagare", "visa-taxa", "kontrollera-atkomstlogg"} else {"Korning": "Skarpt"}
    answer = running.http.post(f"/desk/api/routines/{routine}/run", json={**how, **form})
    assert answer.status_code < 300, (routine, answer.text)
    run = answer.json()
    if run["status"] == "Waiting":
        run = running.order(f"routines/{run['id']}/approve")
    assert run["status"] == "Success", (routine, run)
    return run["told"]


def connected(running: Running) -> None:
    """Let a municipality ask on the website and do its part, by the mail and the SMS that come."""
    folder = REPOSITORY / "events/http/bodies"

    def sends(path: str, body: str, **changes: Any) -> dict[str, Any]:
        sent = json.loads((folder / f"{body}.json").read_text("utf-8")) | changes
        for one, mobile in zip([sent.get("responsible", sent), *sent.get("people", ())], MOBILES, strict=False):
            if "mobile" in one:
                one["mobile"] = mobile
        headers = {"Idempotency-Key": str(uuid4())}
        answer = running.http.post(f"/api/onboarding/{path}", json=sent, headers=headers)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json()

    def link() -> dict[str, str]:
        running.quiet()
        texts = (one["text"] for one in running.desk("mails"))
        found = [one for text in texts for one in re.findall(rf"#{request}\.(\S+)", text)]
        return {"request": request, "secret": next(one for one in found if one not in used)}

    taken = json.loads((folder / "request-connection.json").read_text("utf-8")) | {"municipalities": ["0680"]}
    answer = running.http.post("/api/onboarding/requests", json=taken, headers={"Idempotency-Key": str(uuid4())})
    assert 400 <= answer.status_code < 500, answer.text
    used = set[str]()
    request = sends("requests", "request-connection")["request"]
    runs(running, "godkann-anslutning", Ansokan=request, DomanKontrollerad="true")
    given = link()
    used.add(given["secret"])
    sends("activation", "activation", **given)
    sends("activation/mailbox", "activation", **given)
    sends("activation/responsible", "name-responsible", **given)
    sends("activation/code", "activation", **given)
    running.quiet()
    code = re.search(r"Din kod är (\d{6})", json.dumps(running.desk("sms"), ensure_ascii=False))
    assert code
    sends("activation/mobile", "prove-mobile", **given, code=code[1])
    sends("activation/agreement", "accept-agreement", **given)
    sends("activation/people", "name-people", **given)
    sends("activation/invoice", "give-payer", **given)
    runs(running, "ge-tillgang", Ansokan=request)
    # another mailbox proves itself too
    runs(
        running, "byt-funktionsbrevlada", Mottagare="2584", Funktionsbrevlada="barn@kiruna.se", DomanKontrollerad="true"
    )
    sends("activation/mailbox", "activation", **link())


def commanded(running: Running, store: Store) -> None:
    """Give every command of SKR once, in earnest: a municipality comes, moves, pauses and leaves."""
    payer = {
        "FakturaNamn": "Kommunen (prov)",
        "FakturaAdress": "Box 1, 194 80 Upplands Väsby",
        "FakturaReferens": "R-1",
    }
    asked = {"Uppdrag": "familjehem", "Funktionsbrevlada": "familjehem@upplandsvasby.se", "DomanKontrollerad": "true"}
    runs(running, "anslut-mottagare", Mottagare="0114", **asked, **payer)
    file = {
        "recipients": [{"id": "0115", "assignments": ["familjehem"], "functionMailbox": "familjehem@vallentuna.se"}]
    }
    store.client("s3").put_object(
        Bucket=store.named("Data/FolderBucket"), Key="commands/prov.json", Body=json.dumps(file).encode()
    )
    runs(running, "anslut-fran-fil", Fil="commands/prov.json")
    today = datetime.now(UTC).date()
    decided, until = (today - timedelta(days=40)).isoformat(), (today + timedelta(days=700)).isoformat()
    runs(running, "flytta-kommun", Kommun="2480", Mottagare="unit-hoglandet", Beslutsdag=decided, AvtalTill=until)
    for routine in ("pausa-mottagare", "avsluta-paus"):
        runs(running, routine, Mottagare="0580")
    people = [row for row in store.rows() if row["pk"]["S"] == "STAFF#1480"]
    (reader,) = (row["sk"]["S"] for row in people if row["role"]["S"] == "reader")
    runs(running, "ta-bort-tillgang", Mottagare="1480", Person=reader)
    last = (today - timedelta(days=1)).isoformat()
    runs(running, "sag-upp-mottagare", Mottagare="0580", SistaDag=last)
    closing = {"Mottagare": "0580", "ExportBekraftad": last, "Arendenummer": "SN 2026/12"}
    runs(running, "stang-mottagare", **closing)
    # what came in at the last moment has two minutes to arrive
    store.closing("0580", datetime.now(UTC) - timedelta(minutes=3))
    runs(running, "stang-mottagare", **closing)
    runs(running, "publicera-fragor", Version="2026-1")
    for routine in ("lista-mottagare", "vack-utkorg", "kor-om-uppgivna", "visa-taxa"):
        runs(running, routine)
    runs(running, "fakturaunderlag", Period="2026-Q4")
    runs(running, "kontrollera-atkomstlogg", Mottagare="0680")
    running.quiet()
