"""A recipient that cannot receive is refused by name against the running service, and nothing is stored."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2 as httpx

from tests.reliability.running import FIVE, Running, Store


def refused_by_name(answer: httpx.Response, identifier: str, name: str, reason: str) -> None:
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith("/problem/recipients-unavailable/")
    assert [(one["id"], one["name"], one["reason"]) for one in answer.json()["recipients"]] == [
        (identifier, name, reason)
    ]


@contextmanager
def nothing_more_is_stored(store: Store) -> Iterator[None]:
    before, counted = store.stored(), store.counted()
    yield
    assert store.stored() == before
    assert store.counted() == counted


def test_a_paused_recipient(running: Running, store: Store) -> None:
    store.change_recipient("1280", state={"S": "paused"})
    try:
        with nothing_more_is_stored(store):
            refused_by_name(running.submit(*FIVE), "1280", "Malmö", "paused")
    finally:
        store.change_recipient("1280", state={"S": "live"})
    assert running.submit(*FIVE).status_code == 201


def test_a_recipient_whose_key_is_disabled(running: Running, store: Store) -> None:
    kms, key = store.client("kms"), store.recipient("1480")["key_arn"]["S"]
    kms.disable_key(KeyId=key)
    try:
        with nothing_more_is_stored(store):
            refused_by_name(running.submit(*FIVE), "1480", "Göteborg", "keyUnavailable")
    finally:
        kms.enable_key(KeyId=key)
    assert running.submit(*FIVE).status_code == 201


def test_a_recipient_whose_key_is_deleted(running: Running, store: Store) -> None:
    kms, key = store.client("kms"), store.recipient("0180")["key_arn"]["S"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    try:
        with nothing_more_is_stored(store):
            refused_by_name(running.submit(*FIVE), "0180", "Stockholm", "keyUnavailable")
    finally:
        kms.cancel_key_deletion(KeyId=key)
        kms.enable_key(KeyId=key)
    assert running.submit(*FIVE).status_code == 201


def test_a_recipient_whose_membership_changes_between_check_and_commit(running: Running, store: Store) -> None:
    # given a submission that has read and sealed, and stands before its commit
    version = int(store.recipient("unit-hoglandet")["membership_version"]["N"])
    running.order("functions/Submission/faults", {"before": "dynamodb:TransactWriteItems"})
    with nothing_more_is_stored(store), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(running.submit, *FIVE)
        running.held("Submission")
        # when
        store.change_recipient("unit-hoglandet", membership_version={"N": str(version + 1)})
        running.order("functions/Submission/release")
        # then
        refused_by_name(waiting.result(), "unit-hoglandet", "Familjehemsresursen Höglandet (prov)", "changed")
    assert running.submit(*FIVE).status_code == 201


def test_a_recipient_paused_between_check_and_commit(running: Running, store: Store) -> None:
    # given
    running.order("functions/Submission/faults", {"before": "dynamodb:TransactWriteItems"})
    try:
        with nothing_more_is_stored(store), ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(running.submit, *FIVE)
            running.held("Submission")
            # when
            store.change_recipient("0680", state={"S": "paused"})
            running.order("functions/Submission/release")
            # then
            refused_by_name(waiting.result(), "0680", "Jönköping", "paused")
    finally:
        store.change_recipient("0680", state={"S": "live"})
