"""Workers are killed and the service is stopped at the worst moments: everything arrives, exactly once."""

import os
import signal
from typing import Any

import pytest

from tests.reliability.running import FIVE, RECIPIENTS, Running, Store, eventually


def everything_arrived_exactly_once(running: Running, store: Store, receipt: dict[str, Any], before: Any) -> None:
    running.quiet()
    # every delivery is delivered, and in its mailbox once
    states = {one["number"]: one["state"] for one in running.receipt(receipt)["deliveries"]}
    assert set(states.values()) == {"delivered"}
    for one in receipt["deliveries"]:
        listed = [line["number"] for line in running.mailbox(one["recipient"]["id"]) if line["number"] == one["number"]]
        assert listed == [one["number"]]
        assert running.letter(one["recipient"]["id"], one["number"])["answers"]
    # counted once
    grown = store.counted() - before
    assert grown == {"families": 1, **dict.fromkeys(RECIPIENTS, 1)}


def kill(running: Running, function: str) -> None:
    process = running.held(function)
    os.kill(process, signal.SIGKILL)
    eventually(lambda: process not in running.processes(function), f"process {process} is gone")


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        pytest.param("Delivery", {"after": "s3:PutObject"}, id="delivery after the put of the letter"),
        pytest.param("Delivery", {"after": "s3:PutObject#2"}, id="delivery after the put of the card"),
        pytest.param("Delivery", {"before": "dynamodb:TransactWriteItems"}, id="delivery before the commit"),
        pytest.param("Delivery", {"after": "dynamodb:TransactWriteItems"}, id="delivery after the commit"),
        pytest.param("Notification", {"before": "sesv2:SendEmail"}, id="notification before the notice"),
        pytest.param("Notification", {"after": "sesv2:SendEmail"}, id="notification after the notice"),
    ],
)
def test_a_worker_killed_at_any_step_loses_and_doubles_nothing(
    running: Running, store: Store, function: str, fault: dict[str, str]
) -> None:
    # given
    before = store.counted()
    running.order(f"functions/{function}/faults", fault)
    # when
    accepted = running.submit(*FIVE)
    kill(running, function)
    # then
    assert accepted.status_code == 201
    everything_arrived_exactly_once(running, store, accepted.json(), before)


def the_supplement_came_once(running: Running, receipt: dict[str, Any], message: str) -> None:
    running.quiet()
    for one in receipt["deliveries"]:
        read = running.letter(one["recipient"]["id"], one["number"])["supplements"]
        assert [(each["version"], each["message"]) for each in read] == [(2, message)]
        (line,) = [each for each in running.mailbox(one["recipient"]["id"]) if each["number"] == one["number"]]
        assert line["card"]["telephone"] == "+46701740608"
        assert line["supplementedAt"] == read[0]["receivedAt"]


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        pytest.param("Delivery", {"after": "s3:PutObject"}, id="delivery after the put of the supplement"),
        pytest.param("Delivery", {"before": "dynamodb:TransactWriteItems"}, id="delivery before the commit"),
        pytest.param("Delivery", {"after": "dynamodb:TransactWriteItems"}, id="delivery after the commit"),
        pytest.param("Notification", {"after": "sesv2:SendEmail"}, id="notification after the notice"),
    ],
)
def test_a_worker_killed_on_a_supplement_loses_and_doubles_nothing(
    running: Running, store: Store, function: str, fault: dict[str, str]
) -> None:
    # given
    receipt = running.submit(*FIVE).json()
    running.quiet()
    before = store.counted()
    running.order(f"functions/{function}/faults", fault)
    # when
    accepted = running.supplement(receipt, message="Vi har flyttat.")
    kill(running, function)
    # then
    assert accepted.status_code == 201, accepted.text
    the_supplement_came_once(running, receipt, "Vi har flyttat.")
    assert store.counted() == before


def test_two_identical_supplements_at_once_are_one(running: Running, store: Store) -> None:
    # given
    from concurrent.futures import ThreadPoolExecutor

    receipt, key = running.submit(*FIVE).json(), "7d9b3a52-0000-4000-8000-00000000f002"
    running.quiet()
    # when
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: running.supplement(receipt, key=key, message="Hej"), range(4)))
    # then
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    assert len({one.content for one in answers}) == 1
    the_supplement_came_once(running, receipt, "Hej")


def test_submission_killed_after_the_commit_of_a_supplement_gives_the_same_on_the_next_try(
    running: Running, store: Store
) -> None:
    # given
    from concurrent.futures import ThreadPoolExecutor

    receipt, key = running.submit(*FIVE).json(), "7d9b3a52-0000-4000-8000-00000000f003"
    running.quiet()
    running.order("functions/Submission/faults", {"after": "dynamodb:TransactWriteItems"})
    # when
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(running.supplement, receipt, key=key, message="Hej")
        kill(running, "Submission")
    again = running.supplement(receipt, key=key, message="Hej")
    # then
    assert lost.result().status_code >= 500
    assert (again.status_code, again.json()["supplement"]) == (200, 1)
    the_supplement_came_once(running, receipt, "Hej")


def test_submission_killed_after_the_commit_gives_the_receipt_on_the_next_try(running: Running, store: Store) -> None:
    # given
    from concurrent.futures import ThreadPoolExecutor

    before, key = store.counted(), "7d9b3a52-0000-4000-8000-00000000f001"
    running.order("functions/Submission/faults", {"after": "dynamodb:TransactWriteItems"})
    # when
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(running.submit, *FIVE, key=key)
        kill(running, "Submission")
    again = running.submit(*FIVE, key=key)
    # then
    assert lost.result().status_code >= 500
    assert again.status_code == 200
    everything_arrived_exactly_once(running, store, again.json(), before)


def test_the_whole_service_stopped_between_accept_and_delivery_and_started_again(
    running: Running, store: Store
) -> None:
    # given
    before = store.counted()
    running.order("functions/Delivery/faults", {"before": "dynamodb:GetItem"})
    accepted = running.submit(*FIVE)
    running.held("Delivery")
    assert any("OUT#LETTER" in row["pk"] for row in running.outbox())
    # when
    running.stop()
    running.start()
    # then
    assert running.started_in < 10
    everything_arrived_exactly_once(running, store, accepted.json(), before)


def test_a_letter_whose_worker_died_at_every_try_waits_and_housekeeping_wakes_it(
    running: Running, store: Store
) -> None:
    # given a first try and four more, all killed: the stream gives up and notes which record it was
    before = store.counted()
    for _ in range(5):
        running.order("functions/Delivery/faults", {"before": "s3:PutObject"})
    accepted = running.submit("0680").json()
    for _ in range(5):
        kill(running, "Delivery")
    noted = eventually(lambda: failures(running), "the record is noted in the queue of failures")
    assert "Kanarie" not in str(noted)
    (waiting,) = [row["pk"] for row in running.outbox()]
    # when the row has waited for three minutes
    store.age(waiting, 180)
    running.housekeeping()
    running.quiet()
    # then
    assert store.counted() - before == {"families": 1, "0680": 1}
    assert running.receipt(accepted)["deliveries"][0]["state"] == "delivered"


def failures(running: Running) -> list[dict[str, Any]]:
    return [
        message
        for queue in running.desk("queues")
        if "delivery" in queue["name"].lower()
        for message in queue["messages"]
    ]
