"""Many applications at once against the running service: every letter arrives once, and is the one that was sent."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from tests.reliability.running import FIVE, RECIPIENTS, Running, family

APPLICATIONS = int(os.environ.get("FAMILJEHEM_APPLICATIONS", "12"))
CLIENTS = 8


def send_all(running: Running, times: int) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Send the applications from eight clients, each `times` at once; give receipts and what was sent, by reference."""
    sent = [
        (str(uuid4()), {"motive": f"Kanariefågel nummer {index}", "places": index % 4}) for index in range(APPLICATIONS)
    ]
    requests = [(key, changes) for key, changes in sent for _ in range(times)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda one: running.submit(*FIVE, key=one[0], **one[1]), requests))
    # then: no error, and one receipt per key
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {200, 201}, statuses
    assert statuses[201] == APPLICATIONS
    by_key: dict[str, set[bytes]] = {}
    for (key, _), answer in zip(requests, answers, strict=True):
        by_key.setdefault(key, set()).add(answer.content)
    assert all(len(contents) == 1 for contents in by_key.values())
    receipts = [answer.json() for answer in answers if answer.status_code == 201]
    keyed = {answer.json()["reference"]: changes for (_, changes), answer in zip(requests, answers, strict=True)}
    return receipts, keyed


def every_letter_is_the_one_that_was_sent(
    running: Running, receipts: list[dict[str, Any]], sent: dict[str, dict[str, Any]]
) -> None:
    expected = {
        one["number"]: (one["recipient"]["id"], sent[receipt["reference"]])
        for receipt in receipts
        for one in receipt["deliveries"]
    }
    assert len(expected) == APPLICATIONS * len(FIVE)
    for recipient in RECIPIENTS:
        listed = Counter(one["number"] for one in running.mailbox(recipient) if one["number"] in expected)
        assert listed == Counter(number for number, (owner, _) in expected.items() if owner == recipient)
        for number in listed:
            letter = running.letter(recipient, number)
            changes = expected[number][1]
            assert {name: letter["answers"][name] for name in changes} == changes
            assert letter["answers"]["name"] == family()["answers"]["name"]
            assert letter["recipient"]["id"] == recipient


def test_many_applications_from_eight_clients_all_arrive_and_can_be_read(running: Running) -> None:
    # when
    receipts, sent = send_all(running, times=1)
    running.quiet()
    # then
    every_letter_is_the_one_that_was_sent(running, receipts, sent)


def test_the_same_with_every_request_sent_twice_at_once(running: Running) -> None:
    # when
    receipts, sent = send_all(running, times=2)
    running.quiet()
    # then
    every_letter_is_the_one_that_was_sent(running, receipts, sent)
    notices = Counter(mail["to"][0] for mail in running.http.get("/desk/api/mails?limit=100000").json()["mails"])
    assert notices["familjehem@jonkoping.example"] >= APPLICATIONS
