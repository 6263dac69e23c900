"""Walks through the running service as people do: a family with a telephone, then a case worker at a desk.

An HTTP client and nothing else: what it does, anybody's client can do. `make demo`.
"""

import base64
import hashlib
import json
import sys
import textwrap
import time
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import httpx2 as httpx

from dev.places import REPOSITORY, read
from dev.running import NotRunningError, Service, find
from dev.token import SignInError, token

FAMILY = REPOSITORY / "events" / "http" / "bodies" / "family.json"
_WIDTH = 100
_DELIVERED_WITHIN = 60.0


class StoryError(Exception):
    """The story did not go as it should; the message says where."""


def main() -> int:
    """Tell the story; give the exit status."""
    try:
        service = find()
        with httpx.Client(base_url=service.url, timeout=40) as http:
            tell(service, http)
    except (NotRunningError, StoryError, SignInError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except httpx.HTTPError as error:
        print(f"\nTjänsten svarade inte som väntat: {error}", file=sys.stderr)
        return 1
    return 0


def tell(service: Service, http: httpx.Client) -> None:
    """Tell the whole story, as it happens."""
    heading("1. Familjen ser vilka kommuner som är anslutna")
    municipalities = got(http.get("/api/recipients"))["municipalities"]
    connected = [each for each in municipalities if each["recipient"]]
    names = ", ".join(f"{each['name']} ({each['code']})" for each in connected)
    say(f"{len(municipalities)} kommuner, varav {len(connected)} kan ta emot: {names}.")

    heading("2. Självtestet")
    question_set = got(http.get("/api/question-sets/current"))
    outcome = self_test(http, question_set)
    say(outcome["heading"])
    say(outcome["text"])
    for each in outcome["feedback"][:3]:
        say(f"• {each['theme']}: {each['text']}", indent=2)

    heading("3. Intresseanmälan till fem mottagare")
    body = application(question_set, connected)
    if solution := solve(http):
        body["challenge"] = solution
    key = str(uuid.uuid4())
    accepted = http.post("/api/applications", json=body, headers={"Idempotency-Key": key})
    receipt = got(accepted, 201)
    print_receipt(receipt)
    again = got(http.post("/api/applications", json=body, headers={"Idempotency-Key": key}), 200)
    say(f"Skickad en gång till, som vid dubbelklick: {'samma kvitto' if again == receipt else 'ETT ANNAT KVITTO'}.")

    heading("4. Leverans till de krypterade brevlådorna")
    seconds = wait_for_delivery(http, receipt)
    say(f"Alla {len(receipt['deliveries'])} är levererade efter {seconds:.1f} s. Utkorgen är tom.")

    heading("5. Mejlen: att något har kommit, och inget annat")
    for mail in mails(http, receipt):
        say(f"{mail['at'][11:19]}  till {', '.join(mail['to'])}: {mail['subject']}")
    notice = next((mail for mail in mails(http, receipt) if "familjehem@jonkoping.example" in mail["to"]), None)
    if notice:
        print()
        for line in notice["text"].splitlines():
            say(line, indent=4)

    heading("6. Handläggaren loggar in och öppnar brevet")
    email, mine = worker_for(service, receipt)
    bearer = {"Authorization": f"Bearer {token(service, email)}", "Recipient": mine["recipient"]["id"]}
    page = got(http.get("/api/mailbox/deliveries", headers=bearer))
    say(
        f"{email} läser brevlådan för {page['recipient']['name']}: {len(page['deliveries'])} {'anmälan' if len(page['deliveries']) == 1 else 'anmälningar'}, nyast först."
    )
    for row in page["deliveries"][:5]:
        card = row["card"] or {}
        say(f"{row['number']}  {row['state']:<10} {card.get('name', '–')}, {card.get('telephone', '–')}", indent=2)
    words = body["answers"]["name"].split()[-1]
    found = got(http.post("/api/mailbox/search", json={"text": words.lower()}, headers=bearer))
    say(f"En sökning på {words} hittar {', '.join(row['number'] for row in found['deliveries'])}.")
    letter = got(http.get(f"/api/mailbox/deliveries/{mine['number']}", headers=bearer))
    print_compilation(letter["compilation"])

    heading("7. Familjen ser på sitt kvitto hur det går")
    status = got(
        http.get(f"/api/applications/{receipt['reference']}", headers={"Receipt-Code": receipt["receiptCode"]})
    )
    words = {"delivered": "levererad", "opened": "öppnad", "queued": "på väg", "withdrawn": "återtagen"}
    for each in status["deliveries"]:
        say(f"{each['number']}  {each['recipient']['name']:<40} {words.get(each['state'], each['state'])}", indent=2)
    print()


def self_test(http: httpx.Client, question_set: Mapping[str, Any]) -> dict[str, Any]:
    """Answer every statement with its first answer but one that is unsure."""
    part = question_set["selfTest"]
    statements = [each for each in _statements(part) if "familjehem" in each["assignments"]]
    answers = {each["name"]: each["options"][min(1, len(each["options"]) - 1)]["code"] for each in statements[:3]}
    answers |= {each["name"]: each["options"][0]["code"] for each in statements[3:]}
    return got(http.post("/api/self-test", json={"assignments": ["familjehem"], "answers": answers}))


def _statements(part: Any) -> list[dict[str, Any]]:
    return part["statements"] if isinstance(part, Mapping) else part


def application(question_set: Mapping[str, Any], connected: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the family's application, with answers to what the chosen recipients ask besides."""
    body = json.loads(FAMILY.read_text(encoding="utf-8"))
    chosen = [each for each in connected if each["code"] in body["municipalities"]]
    missing = set(body["municipalities"]) - {each["code"] for each in chosen}
    if missing:
        raise StoryError(f"Kommunerna {sorted(missing)} är inte anslutna; berättelsen behöver dem.")
    asked = {name for each in chosen for name in each["recipient"]["extendedQuestions"]}
    questions = {question["name"]: question for question in question_set["questions"]}
    for name in sorted(asked - set(body["answers"])):
        question = questions[name]
        if not set(question["assignments"]) & set(body["answers"]["assignments"]):
            continue
        if question["type"] == "single":
            body["answers"][name] = question["choices"][0]["code"]
        elif question["type"] == "multi":
            body["answers"][name] = [question["choices"][0]["code"]]
        elif question["type"] == "text":
            body["answers"][name] = "Det här är ett påhittat svar från Prov Persson-Kanarie."
    return body


def solve(http: httpx.Client) -> str | None:
    """Fetch a challenge and solve it as the page does; None where none is asked for."""
    challenge = got(http.get("/api/challenge"))
    if not challenge.get("required"):
        return None
    number = next(
        n
        for n in range(challenge["maxnumber"] + 1)
        if hashlib.sha256(f"{challenge['salt']}{n}".encode()).hexdigest() == challenge["challenge"]
    )
    solved = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
    return base64.b64encode(json.dumps(solved).encode()).decode()


def wait_for_delivery(http: httpx.Client, receipt: Mapping[str, Any]) -> float:
    """Read the receipt until nothing is on its way; `StoryError` after a minute."""
    began = time.monotonic()
    while time.monotonic() - began < _DELIVERED_WITHIN:
        status = got(
            http.get(f"/api/applications/{receipt['reference']}", headers={"Receipt-Code": receipt["receiptCode"]})
        )
        waiting = [each for each in status["deliveries"] if each["state"] == "queued"]
        if not waiting and not got(http.get("/desk/api/outbox"))["outbox"]:
            return time.monotonic() - began
        time.sleep(0.2)
    raise StoryError("Anmälan levererades inte inom en minut. Se utkorgen på skrivbordet.")


def mails(http: httpx.Client, receipt: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the mails that came after the application, the oldest first."""
    found = got(http.get("/desk/api/mails"))["mails"]
    return [mail for mail in reversed(found) if mail["at"][:19] >= receipt["submittedAt"][:19]]


def worker_for(service: Service, receipt: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Choose a case worker of one of the recipients, and that recipient's line of the receipt."""
    for email, person in sorted(read(service.places.people).items()):
        places = {each["id"] for each in person["recipients"]}
        for delivery in receipt["deliveries"]:
            if delivery["recipient"]["id"] in places:
                return email, delivery
    raise StoryError("Ingen handläggare finns för mottagarna; starta tjänsten med FAMILJEHEM_SEED=on.")


# ---------------------------------------------------------------- telling


def got(answer: httpx.Response, status: int = 200) -> Any:
    """Give the content of an answer that must be `status`."""
    if answer.status_code != status:
        raise StoryError(f"{answer.request.method} {answer.request.url.path} gav {answer.status_code}:\n{answer.text}")
    return answer.json()


def heading(text: str) -> None:
    """Print the beginning of a chapter."""
    print(f"\n{text}\n{'─' * len(text)}")


def say(text: str, indent: int = 0) -> None:
    """Print a paragraph."""
    lead = " " * indent
    print("\n".join(textwrap.wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=lead)) if text else "")


def columns(number: str, label: str, answer: str) -> None:
    """Print one answer beside its question, both wrapped within their columns."""
    left = textwrap.wrap(label, 46)
    right = [part for line in answer.splitlines() for part in textwrap.wrap(line, 42)]
    for index in range(max(len(left), len(right))):
        question = left[index] if index < len(left) else ""
        print(
            f"    {number if index == 0 else '':<4} {question:<48} {right[index] if index < len(right) else ''}".rstrip()
        )


def print_receipt(receipt: Mapping[str, Any]) -> None:
    """Print a receipt as the family would keep it."""
    say(f"Referens      {receipt['reference']}")
    say(f"Kvittokod     {receipt['receiptCode']}   (den visas bara här)")
    say(f"Skickad       {receipt['submittedAt']}")
    for each in receipt["deliveries"]:
        say(f"{each['number']}  till {each['recipient']['name']} (för {', '.join(each['municipalities'])})", indent=2)


def print_compilation(compilation: Mapping[str, Any]) -> None:
    """Print a compilation: overview, indicators, the answers by section."""
    print(f"\n  ┌ {compilation['overview']['heading']}, {compilation['number']}")
    for line in compilation["overview"]["lines"]:
        for index, part in enumerate(textwrap.wrap(line["text"], _WIDTH - 26) or [""]):
            print(f"  │ {line['heading'] if index == 0 else '':<20} {part}")
    step = compilation["nextStep"]
    print(f"  └ {step['heading']}: {step['text']}. {step['why']}")
    for group in compilation["indicators"].values():
        if group["items"]:
            print(f"\n  {group['heading']}")
        for item in group["items"]:
            because = "; ".join(f"{t.get('label') or t['name']} – {t['answer']}" for t in item["triggers"])
            say(f"{item['levelLabel']}: {item['text']}. {item['why']} ({because})", indent=4)
    print(f"\n  {compilation['heading']}")
    for section in compilation["sections"]:
        print(f"\n  {section['letter']}  {section['heading']}")
        for item in section["items"]:
            columns(item["number"], item["label"] or item["name"], item["answer"])
    for part in ("toldOrally", "notAsked"):
        labels = compilation[part]["labels"]
        if labels:
            print(f"\n  {compilation[part]['heading']} ({len(labels)})")


if __name__ == "__main__":
    sys.exit(main())
