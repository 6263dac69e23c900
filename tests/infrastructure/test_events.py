"""The event files of streams and schedules: genuine in form, met by their filters, and used."""

import json
import re
from pathlib import Path

import pytest

from familjehem.adapters.dynamo import keys
from tests.infrastructure.rights import deployed
from tests.infrastructure.test_promises import wakes

EVENTS = Path(__file__).parents[2] / "events"
STREAM = {
    "letter": "Delivery",
    "supplement": "Delivery",
    "called": "Delivery",
    "notice": "Notification",
    "confirmation": "Notification",
    "access": "Notification",
    "expiry": "Notification",
    "health": "Notification",
    "link": "Notification",
    "code": "Notification",
    "report": "Notification",
    "reminder": "Notification",
}
SCHEDULES = {
    "housekeeping": "HousekeepingEveryMinute",
    "unused-access": "HousekeepingUnusedAccess",
    "access-logs": "HousekeepingEveryNight",
    "overdue": "HousekeepingOverdue",
    "retention": "HousekeepingRetention",
    "health": "HousekeepingHealth",
    "reports": "StatisticsMonth",
}


def read(name: str) -> dict:
    return json.loads((EVENTS / f"{name}.json").read_text("utf-8"))


def test_there_is_one_for_every_kind_of_task_and_every_schedule(template):
    assert {path.stem for path in (EVENTS / "stream").glob("*.json")} == set(STREAM)
    schedules = {resource.path for resource in template.of_type("AWS::Scheduler::Schedule")}
    assert {path.stem for path in (EVENTS / "scheduler").glob("*.json")} == set(SCHEDULES)
    assert set(SCHEDULES.values()) == schedules


@pytest.mark.parametrize(("name", "worker"), STREAM.items())
def test_a_stream_event_wakes_its_worker_only(template, name, worker):
    properties = deployed(template)[1]
    for record in read(f"stream/{name}")["Records"]:
        woken = [other for other in ("Delivery", "Notification") if wakes(properties[f"{other}Outbox"], record)]
        assert woken == [worker]


@pytest.mark.parametrize("name", STREAM)
def test_a_stream_event_holds_keys_and_nothing_else(name):
    for record in read(f"stream/{name}")["Records"]:
        assert set(record["dynamodb"]) == {
            "ApproximateCreationDateTime",
            "Keys",
            "SequenceNumber",
            "SizeBytes",
            "StreamViewType",
        }
        assert record["dynamodb"]["StreamViewType"] == "KEYS_ONLY"
        assert record["eventSource"] == "aws:dynamodb"
        assert re.fullmatch(r"arn:aws:dynamodb:eu-north-1:\d{12}:table/\S+/stream/\S+", record["eventSourceARN"])
        pk = record["dynamodb"]["Keys"]["pk"]["S"]
        assert keys.task(keys.task_of(pk)).attributes() == {"pk": pk, "sk": record["dynamodb"]["Keys"]["sk"]["S"]}


def test_the_command_s_event_is_one_that_the_handler_knows(root):
    event = read("housekeeping/verify-access-log")
    handler = (root / "functions/housekeeping/handler.py").read_text("utf-8")
    assert f'VERIFY = "{event["command"]}"' in handler
    assert set(event) == {"command", "recipient"}


@pytest.mark.parametrize(("name", "schedule"), SCHEDULES.items())
def test_a_schedule_s_event_has_the_form_that_the_template_gives_it(template, name, schedule):
    given = json.loads(deployed(template)[1][schedule]["Target"]["Input"])
    event = read(f"scheduler/{name}")
    assert set(event) == set(given)
    assert event["schedule"] == given["schedule"]
    assert given["scheduledTime"] == "<aws.scheduler.scheduled-time>"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["scheduledTime"])


def handed_in(rule: dict, event: dict) -> dict | None:
    """Give what a rule makes of an event for its target, or None if it does not match; as EventBridge does."""

    def matches(pattern, found) -> bool:
        if isinstance(pattern, dict):
            return isinstance(found, dict) and all(matches(part, found.get(name)) for name, part in pattern.items())
        values = found if isinstance(found, list) else [found]
        return any(
            value == one
            or (
                isinstance(one, dict) and "prefix" in one and isinstance(value, str) and value.startswith(one["prefix"])
            )
            or (one == {"exists": True} and value is not None)
            for one in pattern
            for value in values
        )

    def at(path: str):
        found = event
        for name, place in re.findall(r"(\w+)(?:\[(\d)\])?", path.removeprefix("$.")):
            found = (found or {}).get(name)
            found = found[int(place)] if place and found else found
        return found

    if not matches(rule["EventPattern"], event):
        return None
    (target,) = rule["Targets"]
    given = target["InputTransformer"]
    text = given["InputTemplate"]
    for name, path in given["InputPathsMap"].items():
        # A path that leads to nothing leaves nothing in its place.
        text = text.replace(f"<{name}>", at(path) or "")
    return json.loads(text)


class TestReturnedMail:
    def test_what_the_provider_tells_reaches_us_without_an_address(self, template):
        # given
        rule, event = deployed(template)[1]["NotificationReturned"], read("post/bounced")
        # when
        given = handed_in(rule, event)
        # then
        assert given == read("post/returned")
        assert "@" in json.dumps(event)
        assert "@" not in json.dumps(given)

    @pytest.mark.parametrize(
        ("place", "value"),
        [
            (("detail-type",), "Email Delivered"),
            (("source",), "example.ses"),
            (("detail", "mail", "tags", "kind"), ["confirmation"]),
            (("detail", "mail", "tags", "kind"), ["access-invited"]),
            (("detail", "mail", "tags", "recipient"), None),
        ],
    )
    def test_of_other_mails_we_are_told_nothing(self, template, place, value):
        event = read("post/bounced")
        part = event
        for name in place[:-1]:
            part = part[name]
        part[place[-1]] = value
        assert handed_in(deployed(template)[1]["NotificationReturned"], event) is None


@pytest.mark.parametrize("worker", sorted(set(STREAM.values())))
def test_a_worker_has_no_more_filters_than_an_event_source_takes(template, worker):
    assert len(deployed(template)[1][f"{worker}Outbox"]["FilterCriteria"]["Filters"]) <= 5
