"""The administration's commands through the very handler: what each does, twice, in a dry run, and when it is wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from familjehem.domain.activation import Activation, Colleague
from familjehem.domain.canary import canary_number
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.health import Vitals
from familjehem.domain.municipality import municipalities
from familjehem.domain.outbox import LinkTask, NoticeTask, Occasion
from familjehem.domain.recipient import RecipientState
from familjehem.ports import RegisterChange, RegisterChangedError
from familjehem.runtime.commands import CommandRefusedError
from familjehem.usecases.seal_canary import SealCanary
from functions.administration.forms import COMMANDS
from tests.administration import APPROVER, INVOICE, OPERATOR, House, connection

UNIT = {
    "id": "unit-prov",
    "name": "Enheten (prov)",
    "municipalities": ["0685", "0686"],
    "functionMailbox": "familjehem@enheten.example",
}
WHOLE: dict[str, dict[str, Any]] = {
    "connect": {"recipients": [connection()]},
    "connectFile": {"file": "commands/start.json"},
    "approve": {"request": "ask-1"},
    "changeMailbox": {"recipient": "0680", "functionMailbox": "barn@kommunen.example", "domainConfirmed": True},
    "addStaff": {"request": "0680"},
    "removeStaff": {"recipient": "0680"},
    "sendCanary": {"recipient": "0680"},
    "start": {"recipient": "0680"},
    "pause": {"recipient": "0680"},
    "resume": {"recipient": "0680"},
    "transferMunicipality": {"municipality": "0680", "recipient": "unit-prov", "decidedOn": "2026-10-01"},
    "leave": {"recipient": "0680", "lastDay": "2026-12-31"},
    "close": {"recipient": "0680", "exportConfirmedOn": "2026-12-31", "caseNumber": "SN 2026/12"},
    "publishQuestionSet": {"questionSet": "2026-1"},
    "withdrawQuestionSet": {"questionSet": "2026-1"},
    "listRecipients": {},
    "replayDeadLetters": {},
    "touchOutbox": {},
    "rebuildReport": {"recipient": "0680", "month": "2026-10"},
    "verifyAccessLog": {},
    "invoiceBasis": {"period": "2026"},
    "tariff": {"year": 2026},
}
READ_ONLY = {"listRecipients", "tariff"}


@pytest.fixture
def house() -> House:
    return House()


def codes(answer: dict[str, Any]) -> set[str]:
    return {one["code"] for finding in answer["findings"] for one in finding.get("errors", ())}


def stored(house: House) -> str:
    """Everything that a command can change."""
    world = house.world
    kept = (world.recipients, world.claims, world.onboardings, world.affiliations, world.fees, world.papers)
    return repr(
        (
            *kept,
            world.usable_keys,
            world.touches,
            world.sendings,
            world.ruled,
            world.notes_of_failure,
            world.errands_sent,
        )
    )


def unit_at_work(house: House) -> None:
    """A unit and two municipalities, all live; something in the outbox, something given up."""
    house.live("0680")
    house.live("0180")
    house.live("unit-prov", **UNIT)
    house.world.notices[NoticeTask("0680", "N1", Occasion.NEW)] = house.world.at
    house.world.notes_of_failure = 3
    house.world.errand_answers = {"rebuildReport": {"built": 1}, "verifyAccessLog": {"broken": 0}}


class TestEveryCommand:
    def test_is_known_by_its_name_once(self):
        assert [one.named for one in COMMANDS] == list(WHOLE)

    @pytest.mark.parametrize("command", WHOLE)
    def test_changes_nothing_in_a_dry_run(self, house, command):
        # given
        unit_at_work(house)
        before = stored(house)
        # when
        answer = house.do(command, dry=True, alias="preview", **WHOLE[command])
        # then
        if command not in {"rebuildReport", "verifyAccessLog"}:
            assert stored(house) == before
        assert answer["dryRun"] is True
        assert answer["text"].startswith("PROVKÖRNING")
        assert json.loads(json.dumps(answer)) == answer

    @pytest.mark.parametrize("alias", ["preview", "LIVE", "1", "$LATEST", None])
    @pytest.mark.parametrize("command", WHOLE)
    def test_does_nothing_but_dry_runs_anywhere_else_than_live(self, house, command, alias):
        # given
        unit_at_work(house)
        before = stored(house)
        # when
        answer = house.do(command, alias=alias, **WHOLE[command])
        # then
        assert answer["verdict"] == "refused"
        assert "provköra" in answer["text"]
        assert stored(house) == before

    @pytest.mark.parametrize("command", [one.named for one in COMMANDS if one.two_persons])
    @pytest.mark.parametrize(
        ("by", "words"),
        [
            ({}, "en annan person"),
            ({"approvedBy": ""}, "en annan person"),
            ({"approvedBy": OPERATOR}, "inte själv"),
            ({"approvedBy": f'{{"{APPROVER.replace("gun.prov", "olle.prov")}": "Approve"}}'}, "inte själv"),
        ],
        ids=["nobody", "empty", "the same role", "the same person in another role"],
    )
    def test_that_cannot_be_undone_needs_a_second_person(self, house, command, by, words):
        # given
        unit_at_work(house)
        before = stored(house)
        # when
        event = {"command": command, "version": 1, "dryRun": False, "requestedBy": OPERATOR, **by, **WHOLE[command]}
        answer = house.send(event)
        # then
        assert answer["verdict"] == "refused"
        assert words in answer["text"]
        assert stored(house) == before

    @pytest.mark.parametrize("command", WHOLE)
    def test_is_refused_with_a_field_too_many_or_too_few(self, house, command, logged):
        unit_at_work(house)
        before = stored(house)
        whole = {"command": command, "version": 1, "dryRun": False, "requestedBy": OPERATOR, **WHOLE[command]}
        wrong = [
            {**whole, "kanariefagel": "Kanariefågel"},
            {**whole, "version": 2},
            {**whole, "dryRun": "Kanariefågel"},
        ]
        required = next(one for one in COMMANDS if one.named == command).model_fields.items()
        wrong += [
            {name: value for name, value in whole.items() if name != (field.alias or missing)}
            for missing, field in required
            if field.is_required()
        ]
        for event in wrong:
            answer = house.send(event)
            assert answer["verdict"] == "refused", event
            assert stored(house) == before
            assert "anarie" not in json.dumps(answer)
        assert "anarie" not in logged()

    def test_that_asked_for_it_stops_its_runbook_with_the_report(self, house):
        with pytest.raises(CommandRefusedError, match="Det finns ingen sådan mottagare"):
            house.do("pause", recipient="0680", failOnRefusal=True)
        assert house.do("listRecipients", failOnRefusal=True)["verdict"] == "unchanged"

    @pytest.mark.parametrize(
        "event", [{}, [], None, {"command": "Kanariefågel"}, {"command": 1}, {"command": ["connect"]}]
    )
    def test_that_is_none_is_told_without_what_was_sent(self, house, event, logged):
        answer = house.send(event)
        assert (answer["verdict"], codes(answer)) == ("refused", {"unknownCommand"})
        assert "anarie" not in json.dumps(answer) + logged()

    def test_that_fails_unexpectedly_is_reported_and_logged_without_its_message(self, house, logged: Callable[[], str]):
        house.world.fails("register.all", RuntimeError("Kanariefågel"))
        answer = house.do("listRecipients")
        assert answer["verdict"] == "refused"
        assert "anarie" not in json.dumps(answer) + logged()
        assert "RuntimeError" in logged()


class TestConnect:
    def test_gives_a_recipient_its_key_its_place_and_what_it_lacks(self, house):
        # when
        answer = house.do("connect", recipients=[connection()])
        # then
        found = house.found()
        assert found.recipient.state is RecipientState.VERIFYING
        assert house.world.usable_keys[found.recipient.key_arn] is True
        assert house.world.claims == {"0680": "0680"}
        (finding,) = answer["findings"]
        assert finding["name"] == "Jönköping"
        assert finding["missing"] == [
            "mailboxProof",
            "responsible",
            "responsibleProof",
            "agreement",
            "people",
            "canarySent",
            "canaryOpened",
            "start",
        ]

    def test_all_municipalities_in_one_command_and_a_second_time_nothing(self, house):
        # given
        recipients = [connection(code) for code in municipalities()]
        # when
        first = house.do("connect", recipients=recipients)
        before = stored(house)
        second = house.do("connect", recipients=recipients)
        # then
        assert [first["verdict"], second["verdict"]] == ["changed", "unchanged"]
        assert len(first["findings"]) == len(house.world.recipients) == len(house.world.usable_keys) - 1 == 290
        assert stored(house) == before

    def test_the_one_that_is_refused_does_not_hold_up_the_others(self, house):
        # given a mailbox of a person, a code that is none, one named twice, and two that are well
        recipients = [
            connection("0680", functionMailbox="anna.prov@kommunen.example"),
            connection("9999"),
            connection("0180"),
            connection("0180"),
            connection("unit-prov", **UNIT),
            connection("0685"),
        ]
        # when
        answer = house.do("connect", recipients=recipients)
        # then
        assert [one["verdict"] for one in answer["findings"]] == [
            "refused",
            "refused",
            "changed",
            "refused",
            "changed",
            "refused",
        ]
        assert set(house.world.recipients) == {"0180", "unit-prov"}
        assert "förnamn.efternamn" in answer["text"]
        assert "anna.prov" not in json.dumps(answer)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"id": "680"}, "invalid"),
            ({"id": "unit-Prov"}, "invalid"),
            ({"assignments": []}, "required"),
            ({"assignments": ["Kanariefågel"]}, "unknownChoice"),
            ({"municipalities": ["0180"]}, "contradictory"),
            ({"id": "unit-prov"}, "contradictory"),
            ({**UNIT, "waits": True}, "contradictory"),
            ({"name": "Två\nrader"}, "invalid"),
            ({"invoice": {"name": "x"}}, "required"),
            ({"invoice": {**INVOICE, "billing": "none"}}, "unknownChoice"),
            ({"mobile": "070-174 06 05"}, "unknownField"),
        ],
    )
    def test_what_is_contradictory_or_malformed_is_refused_by_its_place(self, house, change, code):
        answer = house.do("connect", recipients=[connection("0180"), connection(**{"code": "0680", **change})])
        assert code in codes(answer)
        assert all(one["pointer"].startswith("/recipients/1") for one in answer["findings"][0]["errors"])
        assert house.world.recipients == {}

    def test_from_a_file_and_a_second_time_nothing(self, house):
        recipients = [connection(code) for code in municipalities()]
        house.world.papers["commands/start.json"] = json.dumps({"recipients": recipients}).encode()
        verdicts = [house.do("connectFile", file="commands/start.json")["verdict"] for _ in range(2)]
        assert verdicts == ["changed", "unchanged"]
        assert len(house.world.recipients) == 290

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (None, "noFile"),
            (b"Kanariefagel", "notJson"),
            (b"\xff", "notJson"),
            (b"[]", "wrongType"),
            (b"{}", "required"),
            (b'{"recipients": [], "x": 1}', "required"),
            (b'{"recipients": [{"id": "Kanariefagel"}]}', "invalid"),
        ],
    )
    def test_from_a_file_that_is_none_is_refused_by_its_place(self, house, content, code):
        house.world.papers |= {} if content is None else {"commands/start.json": content}
        answer = house.do("connectFile", file="commands/start.json")
        assert code in codes(answer)
        assert "anarie" not in json.dumps(answer)
        assert codes(house.do("connectFile", file="../secret.json")) == {"invalid"}

    def test_with_other_data_than_before_is_refused_and_changes_nothing(self, house):
        house.connected()
        before = stored(house)
        answer = house.do("connect", recipients=[connection(functionMailbox="barn@annan.example")])
        assert (answer["verdict"], stored(house)) == ("refused", before)

    def test_a_request_is_approved_as_the_municipality_wrote_it(self, house):
        # given
        asked = replace(
            house.connected("0180"),
            id="ask-1",
            recipient="0680",
            municipalities=("0680",),
            approved_at=None,
            key_arn=None,
            revision=1,
        )
        house.world.register.ask(asked)
        # when
        refusals = house.do("approve", request="ask-2"), house.do("approve", request="ask-1")
        answer, again = (
            house.do("approve", request="ask-1", domainConfirmed=True),
            house.do("approve", request="ask-1", domainConfirmed=True),
        )
        # then
        assert [one["verdict"] for one in (*refusals, answer, again)] == ["refused", "refused", "changed", "unchanged"]
        assert house.way().id == "ask-1"
        assert house.way().state is RecipientState.VERIFYING

    def test_a_key_that_cannot_be_made_leaves_everything_as_it_was(self, house):
        house.world.fails("recipient_keys.create", NotConfirmedError())
        answer = house.do("connect", recipients=[connection("0680"), connection("0180")])
        assert [one["verdict"] for one in answer["findings"]] == ["failed", "changed"]
        assert set(house.world.recipients) == {"0180"}
        assert house.do("connect", recipients=[connection("0680"), connection("0180")])["verdict"] == "changed"

    def test_of_two_administrators_at_once_one_connects_and_the_other_s_key_is_ended(self, house):
        # given somebody who was faster, after the second had looked
        house.world.fails("register.commit", RegisterChangedError())
        # when
        answer = house.do("connect", recipients=[connection()])
        # then
        assert answer["verdict"] == "refused"
        made = [works for arn, works in house.world.usable_keys.items() if "0680" in arn]
        assert made == [False]

    @pytest.mark.parametrize("after", [False, True])
    def test_whose_answer_was_lost_is_safe_to_repeat(self, house, after):
        house.world.fails("register.commit", NotConfirmedError(), after=after)
        assert house.do("connect", recipients=[connection()])["verdict"] == "failed"
        assert house.do("connect", recipients=[connection()])["verdict"] == ("unchanged" if after else "changed")
        assert house.world.usable_keys[house.found().recipient.key_arn] is True


class TestInService:
    def test_starts_only_with_every_condition_and_says_which_is_missing(self, house):
        house.connected()
        answer = house.do("start", recipient="0680")
        assert answer["verdict"] == "refused"
        assert "Minst två personer" in answer["text"]
        assert house.live("0180").state is RecipientState.LIVE
        assert [(one.municipality, one.since, one.until) for one in house.world.affiliations.values()] == [
            ("0180", date(2026, 11, 22), None)
        ]

    def test_pauses_and_resumes_each_once(self, house):
        house.live()
        seen = [
            (house.do(command, recipient="0680")["verdict"], house.found().recipient.state.value)
            for command in ("pause", "pause", "resume", "resume")
        ]
        assert seen == [("changed", "paused"), ("unchanged", "paused"), ("changed", "live"), ("unchanged", "live")]

    def test_notices_go_to_the_old_mailbox_until_the_new_one_has_proven_itself(self, house):
        way = house.live()
        house.do("changeMailbox", recipient="0680", functionMailbox="barn@annan.example", domainConfirmed=True)
        assert LinkTask("0680") in house.world.sendings
        assert house.found().recipient.function_mailbox == way.function_mailbox
        assert house.way().new_mailbox == "barn@annan.example"

    @pytest.mark.parametrize(
        "address", ["anna.prov@jonkoping.se", "familjehem@gmail.com", "familjehem@malmo.se", "nothing"]
    )
    def test_a_mailbox_that_is_none_is_refused_with_its_reason(self, house, address):
        house.live()
        answer = house.do("changeMailbox", recipient="0680", functionMailbox=address)
        assert answer["verdict"] == "refused"
        assert house.way().new_mailbox is None

    def test_a_change_by_somebody_else_in_between_is_read_and_decided_anew(self, house):
        house.live()
        house.world.fails("register.commit", RegisterChangedError())
        assert house.do("pause", recipient="0680")["verdict"] == "changed"
        for _ in range(3):
            house.world.fails("register.commit", RegisterChangedError())
        answer = house.do("resume", recipient="0680")
        assert answer["verdict"] == "refused"
        assert "Någon annan" in answer["text"]


class TestTransfer:
    def test_moves_a_municipality_into_a_unit_and_leaves_old_letters_where_they_are(self, house):
        # given
        unit_at_work(house)
        versions = {name: house.found(name).recipient.membership_version for name in ("0680", "unit-prov")}
        # when
        answer = house.do("transferMunicipality", **WHOLE["transferMunicipality"], agreedUntil="2028-12-31")
        # then
        assert answer["verdict"] == "changed"
        assert house.world.claims["0680"] == "unit-prov"
        assert house.found("unit-prov").recipient.municipalities == ("0680", "0685", "0686")
        assert house.found("0680").recipient.municipalities == ()
        assert house.found("0680").recipient.state is RecipientState.LIVE
        assert {name: house.found(name).recipient.membership_version - before for name, before in versions.items()} == {
            "0680": 1,
            "unit-prov": 1,
        }
        stays = {one.recipient: one for one in house.world.affiliations.values() if one.municipality == "0680"}
        assert stays["0680"].until == stays["unit-prov"].since == date(2026, 11, 22)
        assert (stays["unit-prov"].decided_on, stays["unit-prov"].agreed_until) == (
            date(2026, 10, 1),
            date(2028, 12, 31),
        )
        assert house.do("transferMunicipality", **WHOLE["transferMunicipality"])["verdict"] == "unchanged"

    def test_back_again_another_day(self, house):
        unit_at_work(house)
        house.do("transferMunicipality", **WHOLE["transferMunicipality"])
        back = {"municipality": "0680", "recipient": "0680", "decidedOn": "2026-11-22"}
        assert "redan flyttats i dag" in house.do("transferMunicipality", **back)["text"]
        house.world.passes(days=1)
        assert house.do("transferMunicipality", **back)["verdict"] == "changed"
        assert house.world.claims["0680"] == "0680"
        assert house.found("unit-prov").recipient.municipalities == ("0685", "0686")

    def test_a_member_that_waits_leaves_its_unit_without_a_day_between(self, house):
        house.live("unit-prov", **UNIT)
        assert house.do("connect", recipients=[connection("0685")])["verdict"] == "refused"
        house.live("0685", waits=True)
        house.do("transferMunicipality", municipality="0685", recipient="0685", decidedOn="2026-10-01")
        assert house.world.claims == {"0685": "0685", "0686": "unit-prov"}

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"municipality": "9999"}, "SCB"),
            ({"recipient": "unit-annan"}, "ingen sådan mottagare"),
            ({"recipient": "0180"}, "bara ta emot åt sig själv"),
            ({"agreedUntil": "2026-09-30"}, "slutar innan"),
        ],
    )
    def test_nowhere_it_cannot_go(self, house, change, words):
        unit_at_work(house)
        before = stored(house)
        answer = house.do("transferMunicipality", **{**WHOLE["transferMunicipality"], **change})
        assert (answer["verdict"], stored(house)) == ("refused", before)
        assert words in answer["text"]

    def test_not_to_one_that_leaves(self, house):
        unit_at_work(house)
        house.do("leave", recipient="unit-prov")
        assert house.do("transferMunicipality", **WHOLE["transferMunicipality"])["verdict"] == "refused"

    def test_not_when_it_is_not_known_whether_it_was_done(self, house):
        unit_at_work(house)
        house.world.fails("register.commit", NotConfirmedError(), after=True)
        assert house.do("transferMunicipality", **WHOLE["transferMunicipality"])["verdict"] == "failed"
        assert house.do("transferMunicipality", **WHOLE["transferMunicipality"])["verdict"] == "unchanged"


class TestFarewell:
    def test_goes_in_two_stages_and_ends_with_the_proof(self, house):
        # given
        way = house.live()
        key = way.key_arn
        # when notice is given
        left = house.do("leave", recipient="0680")
        # then nothing new is received, and letters can be opened
        assert left["facts"]["lastDay"] == "2026-11-30"
        assert house.found().recipient.state is RecipientState.LEAVING
        assert [one.until for one in house.world.affiliations.values()] == [date(2026, 11, 30)]
        assert "Sista dagen" in house.do("close", **WHOLE["close"])["text"]
        # when the last day is over and the municipality has exported
        house.world.passes(days=9)
        assert "exporterade" in house.do("close", recipient="0680")["text"]
        begun = house.do("close", **WHOLE["close"])
        # then nothing can be sealed any more, and the key still opens
        assert begun["facts"]["again"] is True
        assert house.found().recipient.key_arn == ""
        assert house.world.usable_keys[key] is True
        assert "två minuter" in house.do("close", recipient="0680")["text"]
        # when something is still under way
        house.world.passes(minutes=3)
        waiting = NoticeTask("0680", "N1", Occasion.NEW)
        house.world.notices[waiting] = house.world.at
        assert "utkorgen" in house.do("close", recipient="0680")["text"]
        assert house.world.usable_keys[key] is True
        del house.world.notices[waiting]
        # when nothing is
        closed, again = house.do("close", recipient="0680"), house.do("close", recipient="0680")
        # then
        assert [closed["verdict"], again["verdict"]] == ["changed", "unchanged"]
        assert closed["facts"]["proof"] == again["facts"]["proof"]
        assert closed["facts"]["proof"]["keyDeletedOn"] == "2026-12-31"
        assert closed["facts"]["proof"]["caseNumber"] == "SN 2026/12"
        assert house.world.usable_keys[key] is False
        assert house.found().recipient.state is RecipientState.CLOSED
        assert "Inget brev kan öppnas längre" in closed["text"]
        assert house.do("connect", recipients=[connection()])["verdict"] == "refused"

    def test_may_have_its_last_day_moved_until_it_closes(self, house):
        house.live()
        house.do("leave", recipient="0680", lastDay="2026-12-31")
        house.do("leave", recipient="0680", lastDay="2027-03-31")
        assert house.way().last_day == date(2027, 3, 31)
        assert [one.until for one in house.world.affiliations.values()] == [date(2027, 3, 31)]

    @pytest.mark.parametrize(
        ("step", "after"), [("recipient_keys.retire", True), ("register.commit", False), ("register.commit", True)]
    )
    def test_taken_up_again_after_a_crash_at_any_step(self, house, step, after):
        # given one that is about to end
        house.live()
        house.do("leave", recipient="0680")
        house.world.passes(days=9)
        house.do("close", **WHOLE["close"])
        house.world.passes(minutes=3)
        # when it fails between two steps
        house.world.fails(step, NotConfirmedError(), after=after)
        assert house.do("close", recipient="0680")["verdict"] == "failed"
        house.world.passes(days=2)
        answer = house.do("close", recipient="0680")
        # then it ends, with the day on which the key really is deleted
        assert house.way().state is RecipientState.CLOSED
        assert answer["facts"]["proof"]["keyDeletedOn"] == "2026-12-31"

    def test_half_a_word_of_the_municipality_is_none(self, house):
        assert codes(house.do("close", recipient="0680", caseNumber="SN 1")) == {"contradictory"}

    def test_who_never_was_live_has_nothing_to_leave(self, house):
        house.connected()
        assert house.do("leave", recipient="0680")["verdict"] == "refused"
        assert house.do("close", recipient="0180")["verdict"] == "refused"


class TestMoney:
    def test_the_basis_of_a_year_adds_up_and_is_fixed_with_what_it_rests_on(self, house):
        # given all municipalities since last year
        house.world.at = house.world.at.replace(year=2025)
        for code in ("0680", "1438", "0180"):
            house.live(code)
        # when
        house.world.at = house.world.at.replace(year=2026)
        answer = house.do("invoiceBasis", period="2026")
        # then
        months = {"0680": 2335_00, "1438": 315_00, "0180": 4500_00}
        assert answer["facts"]["ore"] == 12 * sum(months.values())
        assert answer["facts"]["vatOre"] == 3 * sum(months.values())
        assert {code: (fee.ore, fee.population_year) for (_, code), fee in house.world.fees.items()} == {
            code: (ore, 2024) for code, ore in months.items()
        }
        assert set(house.world.papers) == {"invoices/2026.csv", "invoices/2026-sums.csv", "invoices/2026.xlsx"}
        # and a second time it is the same
        papers = dict(house.world.papers)
        assert house.do("invoiceBasis", period="2026")["facts"] == answer["facts"]
        assert house.world.papers == papers

    def test_a_fee_that_is_fixed_stays_whatever_is_reckoned_later(self, house):
        house.world.at = house.world.at.replace(year=2025)
        house.live("1438")
        house.do("invoiceBasis", period="2026-01")
        fixed = house.world.fees[2026, "1438"]
        house.world.fees[2026, "1438"] = replace(fixed, ore=1, population=1)
        assert house.do("invoiceBasis", period="2026")["facts"]["ore"] == 12

    def test_who_has_no_invoice_address_is_named_and_nothing_is_made(self, house):
        house.world.at = house.world.at.replace(year=2025)
        house.live("1438")
        house.world.onboardings["1438"] = replace(house.way("1438"), payer=None)
        answer = house.do("invoiceBasis", period="2026")
        assert (answer["verdict"], answer["findings"][0]["subject"]) == ("refused", "1438")
        assert house.world.papers == {}

    def test_an_empty_period_has_an_empty_basis(self, house):
        answer = house.do("invoiceBasis", period="2026-Q1")
        assert (answer["verdict"], answer["facts"]["ore"]) == ("unchanged", 0)

    @pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "26", "2026-1", "2026-00", "1999"])
    def test_a_period_that_is_none_is_refused(self, house, period):
        assert codes(house.do("invoiceBasis", period=period)) == {"invalid"}

    def test_the_tariff_is_shown_for_all_or_for_some(self, house):
        assert house.do("tariff", year=2026)["facts"]["oreAMonth"] == 263_110_00
        answer = house.do("tariff", year=2026, municipalities=["1447"])
        assert [(one["population"], one["oreAMonth"]) for one in answer["findings"]] == [(5031, 39000)]
        assert codes(house.do("tariff", year=2026, municipalities=["1447", "9999"])) == {"unknownMunicipality"}
        assert codes(house.do("tariff", year=2025)) == {"noPopulation"}

    def test_a_budget_is_shared_among_those_that_are_connected(self, house):
        house.live("0680")
        house.live("unit-prov", **UNIT)
        answer = house.do("tariff", year=2026, budgetOre=10_000_000, floorOre=378_000)
        assert {one["subject"] for one in answer["findings"]} == {"0680", "0685", "0686"}
        assert sum(one["ore"] for one in answer["findings"]) == answer["facts"]["ore"] == 10_000_000
        assert codes(house.do("tariff", year=2026, budgetOre=1, floorOre=2)) == {"outOfRange"}


class TestCanary:
    def ready(self, house) -> None:
        way, at = house.connected(), house.world.at
        ready = way.name_responsible(at).prove_mailbox(at, way.function_mailbox).prove_responsible(at)
        house.world.onboardings[way.id] = ready.accept_agreement(at, "1").count_readers(2)

    def letterbox(self, house) -> None:
        """Let the errand be run as the letterbox runs it."""
        world = house.world
        seal = SealCanary(directory=world.directory, data_keys=world.data_keys, intake=world.intake, clock=world.clock)
        number = canary_number("0680")
        world.errand_answers = {"sendCanary": {"sealed": "now"}}
        assert seal("0680", number) in {"now", "before"}

    def test_a_recipient_that_is_not_ready_is_sent_none(self, house):
        house.connected()
        answer = house.do("sendCanary", recipient="0680")
        assert answer["verdict"] == "refused"
        assert not house.world.errands_sent

    def test_its_number_is_noted_and_the_letterbox_asked_and_before_it_is_opened_nothing_starts(self, house):
        # given
        self.ready(house)
        house.world.errand_answers = {"sendCanary": {"sealed": "now"}}
        # when
        answer = house.do("sendCanary", recipient="0680")
        number = house.way().canary
        # then
        sent = ("sendCanary", {"command": "sendCanary", "recipient": "0680", "number": number})
        assert (answer["verdict"], house.world.errands_sent) == ("changed", [sent])
        assert house.found().recipient.state is RecipientState.READY
        assert "Ingen har öppnat provbrevet" in house.do("start", recipient="0680")["text"]
        # and once its opening has left its note, the recipient starts
        house.world.canaries_opened["0680", number] = house.world.at
        assert house.do("start", recipient="0680")["verdict"] == "changed"
        assert house.way().canary_opened_at == house.world.at
        assert house.found().recipient.state is RecipientState.LIVE
        assert house.do("sendCanary", recipient="0680")["verdict"] == "unchanged"

    def test_sent_again_it_is_the_same_letter_and_a_letterbox_that_cannot_seal_says_so(self, house):
        self.ready(house)
        assert "kunde inte förseglas" in house.do("sendCanary", recipient="0680")["text"]
        self.letterbox(house)
        house.world.errand_answers = {"sendCanary": {"sealed": "before"}}
        assert house.do("sendCanary", recipient="0680")["verdict"] == "unchanged"
        assert [number for _, number in house.world.deliveries] == [canary_number("0680")]

    def test_it_is_sealed_for_nobody_but_who_is_ready(self, house):
        world = house.world
        house.live("0180")
        seal = SealCanary(directory=world.directory, data_keys=world.data_keys, intake=world.intake, clock=world.clock)
        assert seal("0180", canary_number("0180")) is None
        assert seal("9999", canary_number("9999")) is None
        self.ready(house)
        house.world.errand_answers = {"sendCanary": {"sealed": "now"}}
        house.do("sendCanary", recipient="0680")
        assert [seal("0680", canary_number("0680")) for _ in range(2)] == ["now", "before"]
        assert not any(world.tallied.values())


class TestStaff:
    PEOPLE = (
        Colleague(name="Anna Kanarie", email="anna.kanarie@kommunen.example", mobile="+46701740605"),
        Colleague(name="Bo Kanarie", email="bo.kanarie@kommunen.example", mobile="+46701740606"),
    )

    def named(self, house, *people) -> None:
        house.world.pages["0680"] = Activation(id="0680", people=people or self.PEOPLE)

    def test_those_whom_the_municipality_named_are_let_in_once_and_named_nowhere(self, house, logged):
        # given
        house.connected()
        self.named(house)
        # when
        dry, first, second = (house.do("addStaff", request="0680", dry=one) for one in (True, False, False))
        # then
        assert [one["verdict"] for one in (dry, first, second)] == ["changed", "changed", "unchanged"]
        assert (first["findings"][0]["added"], first["findings"][0]["named"]) == (2, 2)
        assert "people" not in first["findings"][0]["missing"]
        roles = sorted(one.role.value for one in house.world.rosters["0680"].members.values())
        assert roles == ["caseWorker", "localAdministrator"]
        assert house.way().readers == 2
        assert "anarie" not in repr((dry, first, second)) + logged()

    def test_who_is_named_later_is_let_in_beside_the_others(self, house):
        # given
        house.connected()
        self.named(house)
        house.do("addStaff", request="0680")
        third = Colleague(name="Cia Kanarie", email="cia.kanarie@kommunen.example", mobile="+46701740607")
        self.named(house, *self.PEOPLE, third)
        # when
        answer = house.do("addStaff", request="0680")
        # then
        assert answer["findings"][0]["added"] == 1
        assert house.way().readers == 3

    def test_one_who_cannot_be_let_in_is_told_by_her_place_and_holds_up_nobody(self, house):
        # given
        house.connected()
        self.named(house, replace(self.PEOPLE[0], email="info@kommunen.example"), self.PEOPLE[1])
        # when
        answer = house.do("addStaff", request="0680")
        # then
        assert [one["subject"] for one in answer["findings"]] == ["0680 person 1", "0680"]
        assert [one.role.value for one in house.world.rosters["0680"].members.values()] == ["localAdministrator"]

    def test_nobody_is_let_in_without_being_named_or_where_there_is_no_request(self, house):
        house.connected()
        assert "inte angett" in house.do("addStaff", request="0680")["text"]
        assert "ingen ansökan" in house.do("addStaff", request="ask-9")["text"]

    def test_a_failure_on_the_way_is_told_and_the_same_again_mends_it(self, house):
        # given
        house.connected()
        self.named(house)
        house.world.fails("staff.commit", NotConfirmedError(), after=True)
        # when
        first, second = house.do("addStaff", request="0680"), house.do("addStaff", request="0680")
        # then
        assert (first["verdict"], second["verdict"]) == ("failed", "changed")
        assert house.way().readers == 2

    def test_access_is_taken_by_id_and_never_the_last_administrator_s(self, house):
        # given
        house.connected()
        self.named(house)
        house.do("addStaff", request="0680")
        shown = house.do("removeStaff", recipient="0680")["facts"]["people"]
        leads, works = (
            next(one["person"] for one in shown if one["role"] == role) for role in ("localAdministrator", "caseWorker")
        )
        # when
        refused = house.do("removeStaff", recipient="0680", person=leads)
        dry = house.do("removeStaff", recipient="0680", person=works, dry=True)
        removed = house.do("removeStaff", recipient="0680", person=works)
        again = house.do("removeStaff", recipient="0680", person=works)
        # then
        assert [one["verdict"] for one in (refused, dry, removed, again)] == [
            "refused",
            "changed",
            "changed",
            "refused",
        ]
        assert "enda administratören" in refused["text"]
        assert [one["person"] for one in again["facts"]["people"]] == [leads]
        assert house.way().readers == 1
        assert house.world.signed_out.get(works) is not None
        assert "anarie" not in repr((shown, removed))


class TestRepairs:
    def test_what_waits_is_woken_and_stays(self, house):
        unit_at_work(house)
        house.world.notices[NoticeTask("0180", "N2", Occasion.NEW)] = house.world.at - timedelta(hours=1)
        one = house.do("touchOutbox", recipient="0680")
        every = house.do("touchOutbox")
        assert (one["facts"]["waiting"], every["facts"]) == (1, {"waiting": 2, "oldestMinutes": 60})
        assert sorted(house.world.touches.values()) == [1, 2]
        assert len(house.world.notices) == 2

    def test_one_row_that_cannot_be_woken_does_not_keep_the_others_asleep(self, house):
        unit_at_work(house)
        house.world.notices[NoticeTask("0180", "N2", Occasion.NEW)] = house.world.at
        house.world.fails("outbox.touch", NotConfirmedError())
        answer = house.do("touchOutbox")
        assert (answer["verdict"], answer["facts"]["failed"]) == ("failed", 1)
        assert sum(house.world.touches.values()) == 1

    def test_dead_letters_are_taken_up_again_before_their_notes_go(self, house):
        unit_at_work(house)
        assert house.do("replayDeadLetters", dry=True)["facts"]["notes"] == 3
        assert house.do("replayDeadLetters")["facts"]["notes"] == 3
        assert house.world.steps.index("outbox.touch") < house.world.steps.index("given_up.clear")
        assert house.do("replayDeadLetters")["facts"]["notes"] == 0
        house.world.fails("given_up.clear", NotConfirmedError())
        assert house.do("replayDeadLetters")["verdict"] == "failed"

    def test_errands_go_to_whoever_has_the_right(self, house):
        unit_at_work(house)
        assert house.do("rebuildReport", recipient="0680", month="2026-10")["facts"]["answer"] == {"built": 1}
        assert house.do("verifyAccessLog", recipient="0680")["verdict"] == "changed"
        assert house.world.errands_sent == [
            ("rebuildReport", {"command": "rebuildReport", "recipient": "0680", "month": "2026-10", "dryRun": False}),
            ("verifyAccessLog", {"command": "verifyAccessLog", "recipient": "0680", "dryRun": False}),
        ]
        house.world.errand_answers = {}
        assert "finns inte" in house.do("rebuildReport", recipient="0680", month="2026-10")["text"]


class TestQuestionSets:
    def test_a_ruling_is_put_on_record_once(self, house):
        assert [house.do("publishQuestionSet", questionSet="2026-1")["verdict"] for _ in range(2)] == [
            "changed",
            "unchanged",
        ]
        assert house.world.ruled["2026-1"] == (True, house.world.at)

    def test_the_only_version_is_not_withdrawn_and_an_unknown_one_is_told(self, house):
        assert "enda versionen" in house.do("withdrawQuestionSet", questionSet="2026-1")["text"]
        assert house.do("publishQuestionSet", questionSet="2031-1")["verdict"] == "refused"
        assert house.world.ruled == {}

    def test_it_is_not_said_to_be_done_when_that_is_not_known(self, house):
        house.world.fails("rulings.rule", NotConfirmedError())
        assert house.do("publishQuestionSet", questionSet="2026-1")["verdict"] == "failed"


class TestHealth:
    def test_the_list_is_empty_when_all_is_well(self, house):
        unit_at_work(house)
        answer = house.do("listRecipients", ailingOnly=True)
        assert (answer["findings"], answer["facts"]) == ([], {"states": {"live": 3}, "ailing": 0})
        assert len(house.do("listRecipients")["findings"]) == 3

    def test_every_ailment_is_told_with_what_to_do(self, house):
        # given
        unit_at_work(house)
        house.connected("1480")
        long_ago = date(2026, 1, 1)
        house.world.vitals["0680"] = Vitals(
            bounces=1,
            complaints=1,
            suppressed=True,
            last_sign_in=long_ago,
            readers=1,
            oldest_unopened=long_ago,
            access_confirmed_on=long_ago,
        )
        house.do("changeMailbox", recipient="0680", functionMailbox="barn@annan.example", domainConfirmed=True)
        stay = next(one for one in house.world.affiliations.values() if one.municipality == "0680")
        ended = replace(stay, agreed_until=long_ago)
        house.world.affiliations[stay.municipality, stay.since, stay.recipient] = ended
        house.world.passes(days=40)
        # when
        answer = house.do("listRecipients", ailingOnly=True)
        # then
        found = {one["subject"]: one["ailments"] for one in answer["findings"]}
        assert found["0680"] == [
            "bounces", "complaints", "suppressed", "nobodySignedIn", "tooFewPeople", "unopened", "agreementOverdue",
            "confirmationOverdue", "mailboxUnproven",
        ]  # fmt: skip
        assert found["1480"] == ["slowStart"]
        assert answer["facts"]["ailing"] == 2

    def test_requests_and_recipients_without_an_onboarding_are_listed_too(self, house):
        asked = replace(house.connected("0180"), id="ask-1", recipient="0680", approved_at=None, key_arn=None)
        house.world.register.ask(asked)
        house.world.register.commit(
            RegisterChange(recipients=((None, replace(house.found("0180").recipient, id="1480")),))
        )
        answer = house.do("listRecipients")
        assert {one["subject"]: one["state"] for one in answer["findings"]} == {
            "0180": "verifying",
            "1480": "verifying",
            "ask-1": "requested",
        }
        assert house.do("pause", recipient="1480")["verdict"] == "refused"
