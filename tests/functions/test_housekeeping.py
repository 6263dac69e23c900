"""The door of housekeeping: the minute, the night, and the command, each by its own event."""

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from familjehem.domain.membership import AccessEntry, AccessKind, Role
from familjehem.runtime.wiring.housekeeping import Housekeeping
from tests.functions.doors import Context
from tests.service import Service

NAME = "functions.housekeeping.handler"


@pytest.fixture
def service() -> Service:
    made = Service()
    for place in range(3):
        entry = AccessEntry(
            at=made.world.at,
            person="anna",
            name="Anna Prov",
            role=Role.CASE_WORKER,
            kind=AccessKind.OPEN,
            deliveries=(f"N-{place}",),
        )
        made.world.access["0680"].append(entry)
    return made


@pytest.fixture
def door(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, Any]], Any]]:
    for name, value in {
        "STAGE": "dev",
        "SITE_URL": "https://familjehem.example",
        "MAIN_TABLE": "main",
        "WRAPS_TABLE": "wraps",
        "MAILBOX_BUCKET": "mailbox",
        "AUDIT_BUCKET": "audit",
        "USER_POOL_ID": "eu-north-1_pool",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "POWERTOOLS_METRICS_NAMESPACE": "prov",
    }.items():
        monkeypatch.setenv(name, value)
    sys.modules.pop(NAME, None)
    module: ModuleType = importlib.import_module(NAME)
    house = Housekeeping(
        keep_house=service.keep_house,
        end_unused_access=service.end_unused_access,
        remind_overdue=service.remind_overdue,
        apply_retention=service.apply_retention,
        honour_erasures=service.honour_erasures,
        reconcile=service.reconcile,
        examine=service.examine,
        report_health=service.report_health,
        keep_access_logs=service.keep_access_logs,
        verify_access_log=service.verify_access_log,
        directory=service.world.directory,
    )
    monkeypatch.setattr(module, "house", house)
    yield lambda event: module.handler(event, Context())
    sys.modules.pop(NAME, None)


def test_every_minute_the_outbox_is_measured(door: Callable[[dict[str, Any]], Any], service: Service) -> None:
    assert door({"schedule": "housekeeping"}) == {"waiting": 0, "touched": 0, "failed": 0, "stuck": 0, "erased": 0}
    assert not service.world.nights


def test_every_day_letters_whose_time_is_over_are_warned_of_decided_and_destroyed(
    door: Callable[[dict[str, Any]], Any], service: Service, logged: Callable[[], str]
) -> None:
    # given
    number = service.accepted("0680").receipt.promises[0].number
    service.work()
    # when
    service.world.passes(days=720)
    warned = door({"schedule": "retention"})
    service.world.passes(days=14)
    decided, destroyed = door({"schedule": "retention"}), door({"schedule": "housekeeping"})
    # then
    assert (warned, decided) == (
        {"warned": 1, "decided": 0, "failed": 0, "untold": 0},
        {"warned": 0, "decided": 1, "failed": 0, "untold": 0},
    )
    assert destroyed["erased"] == 1
    assert not service.world.wraps
    assert number not in logged()


def test_after_a_closing_it_is_told_that_families_wait_and_the_log_names_none(
    door: Callable[[dict[str, Any]], Any], service: Service, logged: Callable[[], str]
) -> None:
    # given
    number = service.accepted("0680").receipt.promises[0].number
    service.work()
    service.world.passes(days=2)
    # when
    found, again = door({"schedule": "overdue"}), door({"schedule": "overdue"})
    # then
    assert found == {"mailbox": 1, "responsible": 0, "skr": 0, "failed": 0}
    assert again == {"mailbox": 0, "responsible": 0, "skr": 0, "failed": 0}
    assert "overdue families reminded of" in logged()
    assert number not in logged()


def test_by_command_what_was_erased_before_a_restoration_is_erased_again(
    door: Callable[[dict[str, Any]], Any], service: Service
) -> None:
    # given one that came, and one that is on its way
    come = service.accepted("0680").receipt.promises[0].number
    service.work()
    waiting = service.accepted("0680").receipt.promises[0].number
    told = [{"recipient": "0680", "number": come, "reason": "familyAsked"}, {"recipient": "0680", "number": waiting}]
    # when
    found = door({"command": "honourErasures", "erasures": told})
    service.work()
    again = door({"command": "honourErasures", "erasures": told})
    door({"schedule": "housekeeping"})
    # then
    assert (found, again) == ({"decided": 1, "left": 1}, {"decided": 2, "left": 0})
    assert not service.world.wraps
    assert not service.world.objects


@pytest.mark.parametrize("erasure", ["N", {}, {"recipient": "0680", "number": "N", "reason": "Kanarie"}])
def test_an_erasure_that_is_none_is_refused_and_not_repeated(
    door: Callable[[dict[str, Any]], Any], erasure: object
) -> None:
    with pytest.raises(ValueError, match="an erasure has a recipient") as refusal:
        door({"command": "honourErasures", "erasures": [erasure]})
    assert "Kanarie" not in str(refusal.value)


def test_every_night_the_access_logs_are_sealed_and_verified(
    door: Callable[[dict[str, Any]], Any], service: Service, logged: Callable[[], str]
) -> None:
    # when
    night = door({"schedule": "access-logs"})
    service.world.digests["0680", "2026-11-22"].append(b"another")
    amiss = door({"schedule": "access-logs"})
    # then
    assert (night["sealed"], night["amiss"]) == (1, 0)
    assert amiss["amiss"] == 1
    assert '"findings":[{"kind":"digestChanged","digest":"2026-11-22"}]' in logged()
    assert '"recipient":"0680"' in logged()
    assert not service.world.gauged


def test_by_command_one_log_is_verified_from_its_first_line(
    door: Callable[[dict[str, Any]], Any], service: Service
) -> None:
    # given
    door({"schedule": "access-logs"})
    command = {"command": "verifyAccessLog", "recipient": "0680"}
    # when
    whole = door(command)
    service.world.access["0680"][1] = replace(service.world.access["0680"][1], person="bo")
    amiss = door(command)
    # then
    assert whole == {"recipient": "0680", "digests": 1, "lines": 3, "findings": []}
    assert amiss["findings"] == [{"kind": "linesRewritten", "first": 1, "last": 3}, {"kind": "headChanged"}]


@pytest.mark.parametrize("event", [{"command": "eraseAccessLog", "recipient": "0680"}, {"command": "verifyAccessLog"}])
def test_a_command_that_there_is_not_is_refused(door: Callable[[dict[str, Any]], Any], event: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no such command"):
        door(event)


def test_every_day_it_is_noted_how_each_recipient_fares(
    door: Callable[[dict[str, Any]], Any], service: Service, logged: Callable[[], str]
) -> None:
    # given
    number = service.accepted("0680").receipt.promises[0].number
    service.work()
    # when
    found = door({"schedule": "health"})
    # then
    assert found == {"examined": len(service.world.recipients), "failed": 0, "told": 0}
    assert service.world.vitals["0680"].oldest_unopened is not None
    assert number not in logged()


def test_by_command_the_logs_of_all_are_verified(door: Callable[[dict[str, Any]], Any], service: Service) -> None:
    # given
    door({"schedule": "access-logs"})
    # when
    found = door({"command": "verifyAccessLog", "dryRun": True})
    # then
    assert found == {"logs": len(service.world.recipients), "lines": 3, "amiss": []}
