import json
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from dev.runner import log_of
from tests.dev.conftest import Stand


def shown(stand: Stand, event: Any = None) -> dict[str, Any]:
    outcome = stand.runner.invoke("Echo", event or {})
    assert not outcome.failed, outcome.error
    return json.loads(outcome.result["body"])


def described(stand: Stand, function: str) -> dict[str, Any]:
    return next(each for each in stand.runner.describe() if each["id"] == function)


def eventually(found: Callable[[], Any]) -> Any:
    until = time.monotonic() + 20
    while not (value := found()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return value


def test_a_function_gets_the_environment_of_the_template_and_the_rights_of_its_role(stand: Stand) -> None:
    environment = shown(stand)["environment"]
    assert environment["TABLE"] == stand.physical["Data/Table"].ref
    assert environment["SITE_URL"] == "http://127.0.0.1:8080"
    assert environment["AWS_ENDPOINT_URL"] == stand.emulator.url
    assert environment["AWS_REGION"] == "eu-north-1"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "familjehem-local-echo"
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_SESSION_TOKEN"]
    assert "POWERTOOLS_SERVICE_NAME" not in environment  # what this test's own process has is not handed on


def test_a_worker_is_used_again_and_knows_its_time(stand: Stand) -> None:
    first, second = shown(stand), shown(stand)
    assert first["pid"] == second["pid"]
    assert 4000 < first["remaining"] <= 5000
    assert first["function"] == "familjehem-local-echo"


def test_an_exception_is_told_as_lambda_tells_it_and_the_worker_lives(stand: Stand) -> None:
    before = shown(stand)["pid"]
    outcome = stand.runner.invoke("Echo", {"body": "raise"})
    assert outcome.error is not None
    assert (outcome.error["errorType"], outcome.error["errorMessage"]) == ("ValueError", "mischief")
    assert "handlers.py" in "".join(outcome.error["stackTrace"])
    assert shown(stand)["pid"] == before


def test_a_process_that_ends_is_replaced(stand: Stand) -> None:
    before = shown(stand)["pid"]
    outcome = stand.runner.invoke("Echo", {"body": "exit"})
    assert outcome.error is not None
    assert outcome.error["errorType"] == "Runtime.ExitError"
    assert shown(stand)["pid"] != before


def test_a_function_over_its_time_is_killed(stand: Stand) -> None:
    before = shown(stand)["pid"]
    outcome = stand.runner.invoke("Echo", {"body": "sleep"})
    assert outcome.error is not None
    assert outcome.error["errorType"] == "Sandbox.Timedout"
    assert outcome.error["errorMessage"].endswith("Task timed out after 5.00 seconds")
    assert shown(stand)["pid"] != before


def test_several_calls_at_once_get_workers_of_their_own(stand: Stand) -> None:
    pids: set[int] = set()
    threads = [threading.Thread(target=lambda: pids.add(shown(stand)["pid"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(described(stand, "Echo")["workers"]) <= stand.runner.most("Echo") == 4


def test_logs_go_to_the_functions_file(stand: Stand) -> None:
    outcome = stand.runner.invoke("Echo", {"body": "raise"})
    log = log_of(stand.places, "Echo").read_text()
    assert outcome.request_id in log
    assert "mischief" in log


def held_after(stand: Stand, fault: dict[str, str]) -> tuple[int, threading.Thread, list[Any]]:
    stand.runner.set_fault("Collect", fault)
    outcomes: list[Any] = []
    event = {"Records": [{"messageId": "m", "body": f"held-{fault}"}]}
    thread = threading.Thread(target=lambda: outcomes.append(stand.runner.invoke("Collect", event)))
    thread.start()
    pid = eventually(
        lambda: next((worker["pid"] for worker in described(stand, "Collect")["workers"] if worker["held"]), None)
    )
    return pid, thread, outcomes


def has_row(stand: Stand, word: str) -> bool:
    key = {"pk": {"S": f"DONE#{word}"}, "sk": {"S": "m"}}
    return "Item" in stand.client("dynamodb").get_item(TableName=stand.physical["Data/Table"].ref, Key=key)


def test_a_worker_held_before_a_call_can_be_killed_there(stand: Stand) -> None:
    fault = {"before": "dynamodb:PutItem"}
    pid, thread, outcomes = held_after(stand, fault)
    os.kill(pid, signal.SIGKILL)
    thread.join(10)
    assert outcomes[0].error["errorType"] == "Runtime.ExitError"
    assert not has_row(stand, f"held-{fault}")


def test_a_worker_held_after_a_call_has_done_it_and_goes_on_when_released(stand: Stand) -> None:
    fault = {"after": "dynamodb:PutItem"}
    _, thread, outcomes = held_after(stand, fault)
    assert has_row(stand, f"held-{fault}")
    assert stand.runner.release("Collect") == 1
    thread.join(10)
    assert outcomes[0].result == {"batchItemFailures": []}


def test_a_share_of_a_functions_calls_fails_until_it_is_ended(stand: Stand) -> None:
    def outcome(word: str) -> Any:
        return stand.runner.invoke("Collect", {"Records": [{"messageId": "m", "body": word}]})

    before = outcome("well")
    stand.runner.set_failing("Collect", "dynamodb:PutItem", 1.0)
    during = outcome("failing")
    stand.runner.set_failing("Collect", "dynamodb:PutItem", 0.0)
    none_of_them = outcome("not one")
    stand.runner.set_failing("Collect", "dynamodb:GetItem", 1.0)
    another = outcome("another call")
    stand.runner.set_failing("Collect", None, 0)

    assert before.result == none_of_them.result == another.result == {"batchItemFailures": []}
    assert during.error["errorType"] == "EndpointConnectionError"
    assert (has_row(stand, "failing"), has_row(stand, "well")) == (False, True)
    assert not outcome("again").failed
