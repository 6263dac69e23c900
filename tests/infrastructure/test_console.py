"""SKR's console: runbooks within SSM's limits and true to their commands, each through the real handler; roles that see
and start, and open nothing.
"""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from dev.automation import begun, played
from dev.console import APPROVER, OPERATOR, event, files, resource_of, two_persons
from dev.routines import ROUTINES, Routine
from dev.template import REGION
from familjehem.adapters.recipient_keys import KmsRecipientKeys
from familjehem.domain.activation import Activation, Colleague
from functions.administration.forms import COMMANDS
from tests.administration import House
from tests.infrastructure.policy import Verdict, many, statements
from tests.infrastructure.rights import Rights, arn, deployed
from tests.infrastructure.test_conditions import LETTER, via
from tests.infrastructure.test_rights import rows

PEOPLE = ("operator", "approver")
EVERYBODY = (*PEOPLE, "automation")
ACTIONS = {"aws:executeAwsApi", "aws:invokeLambdaFunction", "aws:branch", "aws:approve"}
NAMES = [routine.name for routine in ROUTINES]
RECIPIENT = {"aws:ResourceTag/familjehem:purpose": "recipient", "aws:ResourceTag/familjehem:recipient": "0680"}
EXECUTION = arn("ssm", "automation-execution/one")


@pytest.fixture(scope="module")
def properties(template) -> dict[str, Any]:
    return deployed(template)[1]


@pytest.fixture(scope="module")
def runbooks(properties) -> dict[str, dict[str, Any]]:
    return {routine.name: properties[f"Console/{resource_of(routine)}"]["Content"] for routine in ROUTINES}


def filled(routine: Routine, run: str) -> dict[str, Any]:
    """The form as somebody fills it in, with every default."""
    given = {
        field.name: default for field in routine.fields if (default := field.parameter().get("default")) is not None
    }
    return {**given, **({} if routine.reads else {"Korning": run}), **routine.example}


def play(runbook: dict[str, Any], form: dict[str, Any], house: House) -> list[Any]:
    """Play a runbook with the real handler behind its steps, approved by somebody else; gives the reports."""
    run = begun("one", runbook, form, OPERATOR)
    played(run, lambda alias, event: house.send(event, alias), APPROVER)
    return run.reports if run.status == "Success" else [*run.reports, run.told[-1]]


def furnished(command: str) -> House:
    """A house in which the example of a command can be done."""
    house = House()
    house.world.at = house.world.at.replace(year=2025)
    if command != "connect":
        house.live("0680")
        house.live("unit-prov", name="Enheten", municipalities=["0685"], functionMailbox="familjehem@enheten.example")
    house.world.at = house.world.at.replace(year=2026)
    house.world.errand_answers = {"rebuildReport": {}, "verifyAccessLog": {}}
    match command:
        case "start":
            way = house.connected("0180")
            at = house.world.at
            ready = way.name_responsible(at).prove_mailbox(at, way.function_mailbox).prove_responsible(at)
            house.world.onboardings["0180"] = (
                ready.accept_agreement(at, "1").count_readers(2).send_canary("C").open_canary(at, "C")
            )
        case "approve":
            way = house.connected("0180")
            asked = replace(way, id="ask-1", recipient="1480", municipalities=("1480",), approved_at=None, key_arn=None)
            house.world.register.ask(asked)
        case "sendCanary":
            house.world.errand_answers |= {"sendCanary": {"sealed": "now"}}
            ready = replace(house.way("0680"), live_at=None, canary=None, canary_opened_at=None)
            house.world.onboardings["0680"] = ready
        case "addStaff":
            person = Colleague(name="Prov Kanarie", email="prov.kanarie@kommunen.example", mobile="+46701740605")
            house.world.pages["0680"] = Activation(id="0680", people=(person,))
        case "connectFile":
            from tests.administration import connection

            house.world.papers["commands/start.json"] = json.dumps({"recipients": [connection("0180")]}).encode()
        case "resume":
            house.do("pause", recipient="0680")
        case "close":
            house.do("leave", recipient="0680", lastDay="2026-10-31")
        case "withdrawQuestionSet":
            pass
    return house


class TestRunbooks:
    def test_there_is_one_for_every_command(self):
        assert len(ROUTINES) == len(COMMANDS)
        assert {routine.command for routine in ROUTINES} == {one.named for one in COMMANDS}
        assert len(set(NAMES)) == len(NAMES)

    def test_files_are_as_the_routines_are(self):
        for path, content in files().items():
            assert path.read_text("utf-8") == content, path.name

    @pytest.mark.parametrize("name", NAMES)
    def test_keeps_within_the_limits_of_its_schema(self, runbooks, name):
        runbook = runbooks[name]
        assert runbook["schemaVersion"] == "0.3"
        assert len(json.dumps(runbook, ensure_ascii=False).encode()) < 64 * 1024
        assert len(runbook["description"]) <= 2000
        assert len(runbook["parameters"]) <= 200
        assert re.fullmatch(r"[a-zA-Z0-9_.-]{3,128}", f"familjehem-prod-{name}")
        for parameter, said in runbook["parameters"].items():
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,49}", parameter)
            assert set(said) <= {"type", "description", "allowedValues", "allowedPattern", "default"}
            assert said["type"] in {"String", "StringList", "Boolean", "Integer"}
            assert 20 < len(said["description"]) <= 1000
            assert said["description"].startswith(("(Obligatoriskt)", "(Frivilligt)"))
            if "allowedPattern" in said:
                assert said["type"] == "String"
                assert len(said["allowedPattern"]) <= 500
                re.compile(said["allowedPattern"])
            if "default" in said and said["type"] == "String":
                assert re.search(said.get("allowedPattern", ""), said["default"])
                assert said["default"] in said.get("allowedValues", [said["default"]])

    @pytest.mark.parametrize("name", NAMES)
    def test_has_steps_that_ssm_knows_in_an_order_that_ends(self, runbooks, name):
        steps = runbooks[name]["mainSteps"]
        known = [step["name"] for step in steps]
        assert len(set(known)) == len(known)
        for step in steps:
            assert re.fullmatch(r"[a-zA-Z0-9_]{3,128}", step["name"])
            assert step["action"] in ACTIONS
            assert step.get("nextStep", known[0]) in known
            if step["action"] == "aws:invokeLambdaFunction":
                assert step["timeoutSeconds"] <= 300
                assert step["maxAttempts"] == 1
                assert step["onFailure"] == "Abort"
        assert steps[-1]["isEnd"] is True
        said = set(re.findall(r"\{\{ (\S+) \}\}", json.dumps(steps)))
        mine = {output["Name"] for step in steps for output in step.get("outputs", ())}
        outputs = {f"{step['name']}.{output}" for step in steps for output in mine}
        assert said <= set(runbooks[name]["parameters"]) | outputs | {"automation:EXECUTION_ID"}
        assert set(runbooks[name]["parameters"]) <= said, "a field that nothing reads"

    @pytest.mark.parametrize("routine", ROUTINES, ids=NAMES)
    def test_tries_dry_first_and_asks_a_second_person_where_it_must(self, runbooks, routine):
        steps = runbooks[routine.name]["mainSteps"]
        called = [step for step in steps if step["action"] == "aws:invokeLambdaFunction"]
        seen = [(step["inputs"]["Qualifier"], step["inputs"]["InputPayload"]["dryRun"]) for step in called]
        assert seen == ([("preview", True)] if routine.reads else [("preview", True), ("live", False)])
        names = [step["name"] for step in steps]
        assert ("godkann" in names) is (two_persons(routine) and not routine.reads)
        if "godkann" in names:
            assert names.index("provkor") < names.index("godkann") < names.index("kor")
            (approver,) = steps[names.index("godkann")]["inputs"]["Approvers"]
            assert approver.endswith("role/familjehem-approver") or "approver" in approver

    @pytest.mark.parametrize("routine", ROUTINES, ids=NAMES)
    def test_fills_every_field_of_its_command(self, routine):
        model = next(one for one in COMMANDS if one.named == routine.command)
        places = {field.place.split("/")[0] for field in routine.fields}
        own = {said.alias for said in model.model_fields.values()}
        own -= {"command", "version", "dryRun", "requestedBy", "approvedBy", "failOnRefusal"}
        assert places == own

    @pytest.mark.parametrize("routine", ROUTINES, ids=NAMES)
    def test_a_form_that_is_filled_in_as_the_example_is_done(self, runbooks, routine):
        # given
        house = furnished(routine.command)
        form = filled(routine, "Skarpt")
        if routine.command == "start":
            form["Mottagare"] = "0180"
        if routine.command == "withdrawQuestionSet":
            assert "enda versionen" in play(runbooks[routine.name], form, house)[-1]
            return
        # when
        reports = play(runbooks[routine.name], form, house)
        # then
        assert [report["dryRun"] for report in reports] == ([True] if routine.reads else [True, False])
        assert {report["verdict"] for report in reports} <= {"changed", "unchanged"}, reports[-1]["text"]

    @pytest.mark.parametrize("routine", ROUTINES, ids=NAMES)
    def test_stops_after_the_dry_run_unless_told_otherwise(self, runbooks, routine):
        house = furnished(routine.command)
        form = {**filled(routine, "Provkör"), **({"Mottagare": "0180"} if routine.command == "start" else {})}
        if routine.command == "withdrawQuestionSet":
            return
        before = repr((house.world.recipients, house.world.onboardings, house.world.usable_keys, house.world.papers))
        assert [report["dryRun"] for report in play(runbooks[routine.name], form, house)] == [True]
        assert (
            repr((house.world.recipients, house.world.onboardings, house.world.usable_keys, house.world.papers))
            == before
        )

    @pytest.mark.parametrize("routine", ROUTINES, ids=NAMES)
    def test_its_ready_test_event_is_a_dry_run_that_the_command_takes(self, routine):
        sent = event(routine)
        assert sent["dryRun"] is True
        house = furnished(routine.command)
        answer = house.send(sent, "preview")
        assert "errors" not in json.dumps(answer["findings"]), answer["text"]

    @pytest.mark.parametrize("routine", ROUTINES, ids=NAMES)
    def test_the_form_refuses_what_the_command_would(self, runbooks, routine):
        for field in routine.fields:
            said = runbooks[routine.name]["parameters"][field.name]
            if "allowedPattern" not in said:
                continue
            pattern = re.compile(said["allowedPattern"])
            assert pattern.search(str(routine.example.get(field.name, ""))) or field.optional, field.name
            for wrong in ("a b\nc", "<script>", "9" * 201, "å" * 300):
                if field.place.rsplit("/", 1)[-1] not in {"name", "address", "reference", "caseNumber"}:
                    assert not pattern.fullmatch(wrong), (field.name, wrong)
            assert bool(pattern.fullmatch("")) is field.optional


class TestFigures:
    def test_the_dashboard_is_json_and_tells_what_the_design_asks_for(self, properties):
        body = json.loads(properties["Console/Dashboard"]["DashboardBody"])
        titles = " ".join(one["properties"].get("title", "") for one in body["widgets"])
        for word in (
            "Anmälningar",
            "Leveranser",
            "Tid till",
            "Aviseringar",
            "Studsar",
            "Första samtal",
            "fastnat",
            "Fel",
            "Kostnad",
        ):
            assert word in titles
        assert "${" not in properties["Console/Dashboard"]["DashboardBody"]

    def test_own_metrics_of_the_dashboard_are_published(self, properties):
        import importlib

        observability = importlib.import_module("familjehem.runtime.observability")
        observability.OutboxGauge().outbox(1, 1, 1.0)
        for level in ("good", "think", "notnow"):
            observability.LevelGauge().taken(level)
        published = set(observability.metrics.metric_set)
        observability.metrics.clear_metrics()
        body = json.loads(properties["Console/Dashboard"]["DashboardBody"])
        metrics = [one for widget in body["widgets"] for one in widget["properties"].get("metrics", ())]
        assert {one[1] for one in metrics if one[0] == "FamiljehemSverige"} <= published

    def test_saved_queries_ask_our_own_log_groups_for_events_that_exist(self, template, properties):
        from familjehem.runtime.observability import Event

        for one in template.of_type("AWS::Logs::QueryDefinition"):
            found = properties[one.path]
            assert len(found["LogGroupNames"]) == 10
            for message in re.findall(r'message = "([^"]+)"', found["QueryString"]):
                assert message in set(Event)


class TestRoles:
    """Who starts, who approves, what runs: none of them opens anything."""

    @pytest.fixture
    def recipient_key(self, rights: Rights) -> str:
        keys = KmsRecipientKeys(
            None, submission_role_arn=rights.role("submission"), tenant_role_arn=rights.role("tenant")
        )  # type: ignore[arg-type]
        return rights.recipient_key("0680", json.loads(keys.policy("0680")))

    @pytest.mark.parametrize("role", EVERYBODY)
    def test_may_use_no_key_whatever_its_policy(self, rights, recipient_key, role):
        unguarded = rights.recipient_key("unguarded")
        keys = (
            recipient_key,
            unguarded,
            *(rights.arn(f"Data/{name}Key") for name in ("Table", "Bucket", "Contact", "Secret")),
        )
        actions = (
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "ReEncryptFrom",
            "ReEncryptTo",
            "CreateGrant",
            "PutKeyPolicy",
            "ReplicateKey",
        )
        for key in keys:
            for action in actions:
                for context in ({}, LETTER, {**LETTER, **RECIPIENT}, via("s3"), via("dynamodb")):
                    assert rights.verdict(role, f"kms:{action}", key, context) is Verdict.FORBIDDEN

    @pytest.mark.parametrize("role", EVERYBODY)
    def test_may_read_no_row(self, rights, role):
        for table in (
            rights.main,
            rights.wraps,
            rights.tally,
            f"{rights.main}/index/inbox",
            f"{rights.main}/index/waiting",
            f"{rights.main}/index/handled",
            f"{rights.main}/index/outbox",
        ):
            for action in (
                "BatchGetItem",
                "GetItem",
                "Query",
                "Scan",
                "PartiQLSelect",
                "PutItem",
                "UpdateItem",
                "DeleteItem",
            ):
                found = rights.verdict(role, f"dynamodb:{action}", table, rows("DELIVERY#0680#1", "WRAP#0680#1"))
                assert found is Verdict.FORBIDDEN

    @pytest.mark.parametrize("role", EVERYBODY)
    def test_may_touch_no_letter(self, rights, role):
        here = f"{rights.bucket}/0680/1/letter"
        for action in ("GetObject", "GetObjectVersion", "PutObject", "DeleteObject", "DeleteObjectVersion"):
            assert rights.verdict(role, f"s3:{action}", here, {"s3:if-none-match": "*"}) is Verdict.FORBIDDEN
        assert rights.verdict(role, "s3:ListBucket", rights.bucket) is Verdict.FORBIDDEN
        assert rights.verdict(role, "s3:PutBucketPolicy", rights.bucket) is Verdict.FORBIDDEN

    @pytest.mark.parametrize("role", EVERYBODY)
    def test_may_be_nobody_else_and_sign_in_as_nobody(self, rights, role):
        for other in ("tenant", "mailbox", "administration"):
            assert rights.verdict(role, "sts:AssumeRole", rights.role(other)) is Verdict.FORBIDDEN
        pool = rights.arn("Identity/CaseWorkers")
        for action in ("AdminInitiateAuth", "AdminSetUserPassword", "AdminCreateUser", "AdminSetUserMFAPreference"):
            assert rights.verdict(role, f"cognito-idp:{action}", pool) is Verdict.FORBIDDEN

    def test_only_the_automation_runs_live(self, rights):
        function = rights.arn("Administration")
        asked = {
            (who, alias): rights.verdict(who, "lambda:InvokeFunction", f"{function}:{alias}" if alias else function)
            for who in EVERYBODY
            for alias in ("live", "preview", "1", None)
        }
        allowed = {call for call, verdict in asked.items() if verdict is Verdict.ALLOWED}
        assert allowed == {("automation", "live"), ("automation", "preview"), ("operator", "preview")}
        for who in PEOPLE:
            assert asked[who, "live"] is asked[who, None] is Verdict.FORBIDDEN
        for other in ("Mailbox", "Submission", "Housekeeping"):
            for who in EVERYBODY:
                assert rights.verdict(who, "lambda:InvokeFunction", rights.arn(other)) is not Verdict.ALLOWED

    def test_who_starts_does_not_approve_and_who_approves_does_not_start(self, rights):
        document = arn("ssm", "document/familjehem-stang-mottagare")
        document = document.replace("familjehem-", f"{rights.role('x').rpartition('/')[2].removesuffix('-x')}-")
        definition = document.replace("document/", "automation-definition/") + ":1"
        for resource in (document, definition):
            assert rights.verdict("operator", "ssm:StartAutomationExecution", resource) is Verdict.ALLOWED
            assert rights.verdict("approver", "ssm:StartAutomationExecution", resource) is Verdict.FORBIDDEN
        assert rights.verdict("approver", "ssm:SendAutomationSignal", EXECUTION) is Verdict.ALLOWED
        assert rights.verdict("operator", "ssm:SendAutomationSignal", EXECUTION) is Verdict.FORBIDDEN
        other = arn("ssm", "document/AWS-RunShellScript")
        assert rights.verdict("operator", "ssm:StartAutomationExecution", other) is Verdict.REFUSED

    def test_a_run_can_be_handed_to_the_automation_and_to_nobody_else(self, rights):
        to = {"iam:PassedToService": "ssm.amazonaws.com"}
        assert rights.verdict("operator", "iam:PassRole", rights.role("automation"), to) is Verdict.ALLOWED
        assert (
            rights.verdict(
                "operator", "iam:PassRole", rights.role("automation"), {"iam:PassedToService": "lambda.amazonaws.com"}
            )
            is Verdict.REFUSED
        )
        assert rights.verdict("operator", "iam:PassRole", rights.role("administration"), to) is Verdict.REFUSED

    def test_people_come_with_a_second_factor_and_the_automation_from_ssm_alone(self, rights):
        person = arn("iam", "role/sign-in", region="")
        for who in PEOPLE:
            trust = rights.resources[rights.role(who)]
            assert all(
                one["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}} for one in statements(trust)
            )
        said = {"aws:SourceAccount": person.split(":")[4], "aws:SourceArn": EXECUTION}
        automation = rights.role("automation")
        assert rights.verdict("ssm.amazonaws.com", "sts:AssumeRole", automation, said) is Verdict.ALLOWED
        assert (
            rights.verdict(
                "ssm.amazonaws.com", "sts:AssumeRole", automation, {**said, "aws:SourceAccount": "999999999999"}
            )
            is Verdict.REFUSED
        )
        assert rights.verdict("lambda.amazonaws.com", "sts:AssumeRole", automation, said) is Verdict.REFUSED

    def test_papers_are_fetched_by_operators_and_written_by_the_function(self, rights):
        paper = f"{rights.arn('Data/FolderBucket')}/invoices/2026.xlsx"
        assert rights.verdict("operator", "s3:GetObject", paper) is Verdict.ALLOWED
        assert rights.verdict("operator", "s3:PutObject", paper) is Verdict.REFUSED
        assert rights.verdict("approver", "s3:GetObject", paper) is Verdict.REFUSED
        assert rights.verdict("operator", "s3:GetObject", paper, {"aws:SecureTransport": "false"}) is Verdict.FORBIDDEN

    @pytest.mark.parametrize("role", EVERYBODY)
    def test_no_right_is_a_wildcard(self, rights, role):
        for document in rights.identities[rights.role(role)]:
            for statement in statements(document):
                assert not [action for action in many(statement["Action"]) if "*" in action]

    def test_logs_are_asked_of_this_service_alone(self, rights):
        own = arn("logs", f"log-group:{rights.role('x').rpartition('/')[2].removesuffix('-x')}-MailboxLogs:*")
        assert rights.verdict("operator", "logs:StartQuery", own) is Verdict.ALLOWED
        assert rights.verdict("operator", "logs:StartQuery", arn("logs", "log-group:other:*")) is Verdict.REFUSED


class TestAdministration:
    """The function behind: it makes and ends keys, and can use none."""

    def test_marks_a_key_when_it_is_made_and_no_other(self, rights):
        making = {"aws:RequestTag/familjehem:purpose": "recipient", "aws:RequestTag/familjehem:recipient": "0680"}
        making |= {"aws:TagKeys": ["familjehem:purpose", "familjehem:recipient"]}
        table = rights.arn("Data/TableKey")
        assert rights.verdict("administration", "kms:TagResource", table, making) is Verdict.FORBIDDEN
        for action in ("DisableKey", "ScheduleKeyDeletion"):
            assert rights.verdict("administration", f"kms:{action}", table) is Verdict.REFUSED
            assert rights.verdict("administration", f"kms:{action}", rights.recipient_key("0680")) is Verdict.ALLOWED

    @pytest.mark.parametrize(
        "action", ["CreateGrant", "Decrypt", "PutKeyPolicy", "ReEncryptFrom", "ReplicateKey", "UntagResource"]
    )
    def test_opens_no_key_and_lets_nobody_in(self, rights, action):
        key = rights.recipient_key("unguarded")
        for context in ({}, LETTER, via("s3")):
            assert rights.verdict("administration", f"kms:{action}", key, context) is Verdict.FORBIDDEN

    def test_reads_no_letter_no_person_and_nothing_that_waits(self, rights):
        for key in (
            "APPLICATION#a",
            "DELIVERY#0680#1",
            "HANDLING#0680#1",
            "OUT#LETTER#0680#1",
            "ACCESS#0680",
            "PERSON#p",
        ):
            for action in ("GetItem", "BatchGetItem", "Query"):
                found = rights.verdict("administration", f"dynamodb:{action}", rights.main, rows(key))
                assert found is Verdict.FORBIDDEN
        assert (
            rights.verdict("administration", "dynamodb:Query", f"{rights.main}/index/inbox", rows("INBOX#0680"))
            is Verdict.FORBIDDEN
        )
        assert rights.verdict("administration", "dynamodb:Scan", rights.main) is Verdict.REFUSED
        assert REGION in rights.main
