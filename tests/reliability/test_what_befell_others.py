"""Sixteen failures that befell services like ours, each as a test named after what must not happen here.

They rest on what others have published of themselves or shown when they were run. The real functions run over an AWS in memory (docs/decisions/0033).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from unittest.mock import patch

import pytest
from samtranslator.yaml_helper import yaml_parse

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.outbox import DynamoOutbox
from familjehem.adapters.vault import object_key
from familjehem.domain.purpose import Purpose
from familjehem.domain.question_set import QuestionSet, load
from tests.builders import MARKED_VALUES
from tests.memory.house import TABLES
from tests.reliability.simulation.faults import Fault
from tests.reliability.simulation.promises import Held, broken
from tests.reliability.simulation.stage import FUNCTIONS, staged
from tests.reliability.simulation.town import (
    Answer,
    Applicant,
    Chance,
    Planned,
    Town,
    contact_key,
    heard,
)
from tests.reliability.simulation.turns import Turns

INFRASTRUCTURE = FUNCTIONS.parent / "infrastructure"
HOUR = 3600


@contextmanager
def a_town(turns: Turns | None = None) -> Iterator[Town]:
    town = Town(Planned({}), chance=Random(1), turns=turns)
    with staged(contact_key()), heard(town):
        yield town


@pytest.fixture
def town() -> Iterator[Town]:
    with a_town() as one:
        yield one


def every_promise_holds(town: Town) -> Held:
    town.repair()
    held = Held()
    assert list(broken(town, held, thorough=True)) == []
    return held


def sent(town: Town, applicant: Applicant, **more: object) -> Answer:
    body = {**town._filled_in(applicant), **more}
    return town.http(
        "submission",
        "POST",
        "/api/applications",
        body=json.dumps(body).encode(),
        headers={"idempotency-key": str(applicant.key)},
    )


def accepted(town: Town, *municipalities: str) -> Applicant:
    applicant = town.applicant(*(municipalities or ("0680",)))
    town.submit(applicant)
    assert applicant.receipts
    return applicant


def stuck(town: Town) -> list[float]:
    """Give how many rows each round of housekeeping measured as stuck."""
    lines = [json.loads(line) for line in town.log.getvalue().splitlines() if "OutboxStuck" in line]
    return [line["OutboxStuck"][0] for line in lines]


def as_time_passes(town: Town, hours: float, *, every_minutes: float = 1) -> None:
    for _ in range(round(hours * 60 / every_minutes)):
        town.clock.passes(every_minutes * 60)
        town.keep_house()
        town.deliver_all()


# ---------------------------------------------------------------- 1 to 4


def test_a_recipient_without_a_usable_key_is_not_left_out_in_silence(town: Town) -> None:
    # given: two of five are chosen, and the key of one cannot be used
    family = town.applicant("0680", "1280")
    town.cloud.kms.disable_key(session=None, KeyId=town.key_of("1280"))
    # when
    town.submit(family)
    # then: a clear no, by name, and nothing for the other either
    assert family.refused == "recipients-unavailable"
    assert json.loads(town.said[-1])["recipients"][0]["id"] == "1280"
    assert town.outbox == []
    # and: the family decides, and the other gets its letter
    other = accepted(town, "0680")
    every_promise_holds(town)
    assert other.receipt is not None


def test_two_at_the_same_instant_do_not_get_one_number_or_an_error() -> None:
    for seed in range(8):
        turns = Turns(Random(seed), stays=0.2)
        with a_town(turns) as town:
            families = [town.applicant("0680") for _ in range(6)]
            for one in families:
                turns.start(f"applicant {one.number}", lambda town=town, one=one: town.submit(one))
            turns.finish()
            # then
            assert all(one.receipts for one in families)
            assert town.said == []
            numbers = {one.receipt["deliveries"][0]["number"] for one in families if one.receipt}
            assert len(numbers) == len(families)
            every_promise_holds(town)


def test_a_record_that_comes_twice_at_once_is_not_stored_twice() -> None:
    for seed in range(20):
        turns = Turns(Random(seed), stays=0.2)
        with a_town(turns) as town:
            accepted(town)
            batch = town.mappings["delivery"].take()
            for index in range(3):
                turns.start(f"delivery {index}", lambda town=town, batch=batch: town.work("delivery", batch))
            turns.finish()
            # then
            held = every_promise_holds(town)
            assert held.letters == 1


def test_nothing_is_cleaned_away_whose_copy_was_not_made(town: Town) -> None:
    # given: a letter that the mailbox does not take
    family = town.applicant("0680")
    town.submit(family)
    refuses = Chance(Random(0), 0.0)
    town.choice = lambda number, name, faults: (
        Fault.NOT_MADE if name == "s3:put_object" else refuses(number, name, faults)
    )
    # when
    as_time_passes(town, 6, every_minutes=10)
    # then: letter, wrap and delivery stand as they did
    assert [pk for pk in town.outbox if pk.startswith("OUT#LETTER")]
    number = family.receipt["deliveries"][0]["number"] if family.receipt else ""
    wrap = keys.wrap("0680", number)
    assert (wrap.pk, wrap.sk) in town.cloud.dynamodb.tables[TABLES.wraps].rows
    every_promise_holds(town)


# ---------------------------------------------------------------- 5 to 8


def test_the_log_does_not_tell_what_a_damaged_letter_says(town: Town) -> None:
    # given
    family = accepted(town)
    town.deliver_all()
    number = family.receipt["deliveries"][0]["number"] if family.receipt else ""
    versions = town.cloud.s3.versions[object_key("0680", number, Purpose.LETTER)]
    whole = versions[0]
    versions[0] = whole[:-1] + bytes([whole[-1] ^ 1])
    # when
    answer = town.http("mailbox", "GET", f"/api/mailbox/deliveries/{number}", who="worker-0680")
    # then
    assert (answer.status, answer.slug) == (500, "letter-unreadable")
    told = town.log.getvalue() + answer.body.decode()
    assert "letter-unreadable" in told
    assert not [mark for mark in (*MARKED_VALUES, whole.hex(), str(whole)) if mark in told]


def test_a_row_whose_record_was_lost_does_not_lie_unseen(town: Town) -> None:
    # given: the stream never tells of the letter
    accepted(town)
    town.mappings["delivery"].waiting.clear()
    with patch.object(DynamoOutbox, "touch", lambda *_: None):
        as_time_passes(town, 0.3)
    # then: after a quarter of an hour it is measured, and there is an alarm on just that
    figures = stuck(town)
    assert figures[:14] == [0] * 14
    assert figures[-1] == 1
    alarm = yaml_parse((INFRASTRUCTURE / "watch.yaml").read_text("utf-8"))["Resources"]["OutboxStuck"]["Properties"]
    assert (alarm["MetricName"], alarm["Threshold"], alarm["Period"]) == ("OutboxStuck", 0, 60)
    # and: housekeeping, where it can, wakes it within three minutes
    as_time_passes(town, 0.05)
    assert not [pk for pk in town.outbox if "LETTER" in pk]


def test_a_notice_is_not_forgotten_while_mail_is_down_for_four_days(town: Town) -> None:
    # given
    accepted(town)
    town.choice = Chance(Random(0), 0.0, mail_down=True)
    as_time_passes(town, 4 * 24, every_minutes=10)
    assert town.cloud.sesv2.mails == []
    # when mail is up again, within the time after which a row is woken
    town.choice = Planned({})
    as_time_passes(town, 1.1, every_minutes=10)
    # then
    assert town.outbox == []
    assert {mail.tags["kind"] for mail in town.cloud.sesv2.mails} == {"notice-new", "confirmation"}
    every_promise_holds(town)


def test_nothing_is_noted_as_told_before_the_provider_took_it(town: Town) -> None:
    # given
    family = accepted(town)
    town.choice = Chance(Random(0), 0.0, mail_down=True)
    town.deliver_all()
    number = family.receipt["deliveries"][0]["number"] if family.receipt else ""
    assert "notified_new_at" not in (town.delivery("0680", number) or {})
    # when
    town.choice = Planned({})
    every_promise_holds(town)
    # then: noted after it was taken, not before
    row = town.delivery("0680", number) or {}
    (mail,) = [one for one in town.cloud.sesv2.mails if one.tags["kind"] == "notice-new"]
    assert row["notified_new_at"]["S"] >= keys.moment(mail.at)


# ---------------------------------------------------------------- 9 to 12


def test_what_was_not_delivered_does_not_expire(town: Town) -> None:
    # given: forty days in which no letter gets through
    accepted(town, "0680", "1280")
    town.choice = lambda number, name, faults: Fault.THROTTLED if name == "s3:put_object" else None
    as_time_passes(town, 40 * 24, every_minutes=240)
    # then: both wait, no row of theirs has an end but that by which it is followed, and the alarm rings every minute
    assert len([pk for pk in town.outbox if "LETTER" in pk]) == 2
    for table in (TABLES.main, TABLES.wraps):
        rows = town.cloud.dynamodb.tables[table].rows
        followed = ("APPLICATION#", "SHARE#", "OTHERS#")
        assert not [pk for (pk, _), row in rows.items() if "expires_at" in row and not pk.startswith(followed)]
    assert stuck(town)[-1] == 2
    every_promise_holds(town)


def test_a_day_without_mail_does_not_send_a_hundred_alerts_or_try_a_thousand_times(town: Town) -> None:
    # given
    for _ in range(4):
        accepted(town)
    town.choice = Chance(Random(0), 0.0, mail_down=True)
    before = town.calls
    # when
    as_time_passes(town, 24)
    # then: one figure a round, whatever waits, under one alarm; and each mail is tried at growing distances
    assert len(stuck(town)) == 24 * 60
    alarms = yaml_parse((INFRASTRUCTURE / "watch.yaml").read_text("utf-8"))["Resources"].values()
    assert [
        one["Properties"]["MetricName"] for one in alarms if "Outbox" in str(one["Properties"].get("MetricName"))
    ] == [
        "OutboxOldestAge",
        "OutboxStuck",
    ]
    tried = [line for line in town.trace[before:] if "sesv2:send_email" in line]
    assert 8 * 10 < len(tried) < 8 * 35 * 5
    every_promise_holds(town)


def test_a_limit_is_not_only_threatened(town: Town) -> None:
    # given
    family = accepted(town)
    path = f"/api/applications/{family.receipt['reference']}" if family.receipt else ""
    wrong = {"receipt-code": "0000-0000-0000-0000"}
    # when
    answers = [town.http("submission", "GET", path, headers=wrong) for _ in range(101)]
    # then: the hundred and first is refused, and so is the right code from there
    assert [one.status for one in answers] == [404] * 100 + [429]
    town.look(family)
    assert "429" in town.broken.pop()
    # and an hour later it is not
    town.clock.passes(HOUR)
    town.look(family)
    assert town.broken == []


def test_a_receipt_cannot_be_lost(town: Town) -> None:
    # given a page that lost its answer, or was left and opened again with its draft
    family = accepted(town)
    town.deliver_all()
    town.clock.passes(30 * 24 * HOUR)
    # when
    for _ in range(3):
        town.submit(family)
    # then: byte for byte the same, and nothing is sent once more
    assert len(family.receipts) == 1
    every_promise_holds(town)


# ---------------------------------------------------------------- 13 to 16


@pytest.mark.parametrize("field", ["score", "priority", "nextStep", "indicators", "state"])
def test_who_applies_does_not_say_how_urgent_it_is(town: Town, field: str) -> None:
    # given
    family = town.applicant("0680")
    # when
    beside = sent(town, family, **{field: "directMeeting"})
    answers = {**town._filled_in(family)["answers"], field: "directMeeting"}
    within = sent(town, family, answers=answers)
    # then
    assert (beside.status, within.status) == (422, 422)
    assert town.outbox == []


def test_thirty_people_behind_one_address_are_not_shut_out(town: Town) -> None:
    # when: thirty apply within the hour, each looks at the receipt, and a few mistype its code
    for _ in range(30):
        family = accepted(town, "0680", "0180")
        town.clock.passes(HOUR / 30)
        town.look(family)
        wrong = {"receipt-code": "0000-0000-0000-0000"}
        assert town.http("submission", "GET", "/api/applications/0000-0000-0000", headers=wrong).status == 404
        town.look(family)
    # then
    assert town.broken == []
    held = every_promise_holds(town)
    assert (held.applications, held.letters) == (30, 60)
    # and what API Gateway lets through in one second, to everybody together, is more than thirty
    template = yaml_parse((FUNCTIONS.parent / "template.yaml").read_text("utf-8"))["Resources"]
    limits = template["Api"]["Properties"]["DefaultRouteSettings"]
    assert min(limits.values()) >= 30


def test_a_slow_neighbour_makes_no_second_case_and_nobody_waits_for_half_a_minute(town: Town) -> None:
    # given: every call of an accept is slow, one after the other
    family = town.applicant("0680", "0687")
    town.choice = lambda number, name, faults: Fault.SLOW if Fault.SLOW in faults else None
    began = town.clock.now()
    # when
    town.submit(family)
    # then: Lambda ends it before the gateway's 29 seconds, and the same again gives one application
    assert not family.receipts
    assert (town.clock.now() - began).total_seconds() < 29 + 8
    town.choice = Planned({})
    town.submit(family)
    assert family.receipts
    assert every_promise_holds(town).applications == 1


def test_a_new_version_of_the_form_does_not_judge_who_began_with_the_old_one(
    town: Town,
) -> None:
    # given: a version that asks nothing alike was published while the page stood open
    family = town.applicant("0680")
    begun = town._filled_in(family)
    known = {"2026-1": load("2026-1"), "2026-2": empty(load("2026-1"))}
    with (
        patch("familjehem.usecases.submit_application.load", known.__getitem__),
        patch("familjehem.domain.question_set.current", lambda: known["2026-2"]),
    ):
        family.tried.append(begun)
        town.submit(family)
    # then
    assert family.receipts
    every_promise_holds(town)
    row = town.delivery("0680", family.receipt["deliveries"][0]["number"] if family.receipt else "") or {}
    assert row["question_set"] == {"S": "2026-1"}


def empty(question_set: QuestionSet) -> QuestionSet:
    return replace(question_set, version="2026-2", questions=())
