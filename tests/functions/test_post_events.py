"""The door of mail that came back: read as the rule of the template hands it in, kept once, without an address."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from familjehem.domain.returned_mail import ReturnReason
from familjehem.runtime.post_events import read, return_handler
from familjehem.usecases.record_return import RecordReturn
from tests.fakes import World
from tests.functions.doors import Context

NAME = "functions.notification.handler"
EVENT = json.loads((Path(__file__).parents[2] / "events/post/returned.json").read_text("utf-8"))


def test_a_return_is_kept_once_however_often_it_is_told() -> None:
    # given
    world = World()
    handler = return_handler(RecordReturn(returns=world.mail_returns))
    # when
    answers = [handler(EVENT, Context()) for _ in range(2)]  # type: ignore[arg-type]
    # then
    assert answers == [{"recipient": "0680", "reason": "bounced", "new": new} for new in (True, False)]
    ((kept,),) = ([*world.returned.values()],)
    assert (kept.recipient, kept.reason, kept.at.isoformat()) == (
        "0680",
        ReturnReason.BOUNCED,
        "2026-11-22T12:00:41+00:00",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "Delivery"},
        {"event": ""},
        {"recipient": ""},
        {"recipient": "Kanariefågel"},
        {"id": "Kanarie#fågel"},
        {"at": "Kanariefågel"},
        {"at": ""},
    ],
)
def test_what_is_no_return_is_told_in_the_log_without_a_value_and_not_kept(
    changes: dict[str, Any], logged: Callable[[], str]
) -> None:
    world = World()
    handler = return_handler(RecordReturn(returns=world.mail_returns))
    assert handler({"returned": EVENT["returned"] | changes}, Context()) == {}  # type: ignore[arg-type]
    assert world.returned == {}
    assert "unreadable" in logged()
    assert "Kanarie" not in logged()


def test_a_suppressed_address_is_read_from_the_kind_of_the_bounce() -> None:
    mail = read(EVENT["returned"] | {"bounce": "OnAccountSuppressionList"})
    assert mail is not None
    assert mail.reason is ReturnReason.SUPPRESSED


@pytest.fixture
def notification(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name in (
        *("MAIN_TABLE", "WRAPS_TABLE", "CONTACT_KEY_ARN", "MAIL_SENDER", "MAIL_CONFIGURATION_SET", "SMS_SENDER"),
        *("SKR_ADDRESS", "STAGE"),
    ):
        monkeypatch.setenv(name, "dev")
    for name in ("SITE_URL", "MAILBOX_URL"):
        monkeypatch.setenv(name, "https://familjehem.example")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    sys.modules.pop(NAME, None)
    yield importlib.import_module(NAME)
    sys.modules.pop(NAME, None)


def test_the_door_of_notification_tells_returns_from_rows_of_the_outbox(
    notification: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notification, "returns", lambda event, _: {"came": event["returned"]["recipient"]})
    assert notification.handler(EVENT, Context()) == {"came": "0680"}
    assert notification.handler({"Records": []}, Context()) == {"batchItemFailures": []}
