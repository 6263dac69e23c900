"""What the template promises, read from the template as AWS would see it: transformed, with its nested stacks."""

import importlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from dev.schedule import next_time
from dev.template import Resource, Template
from familjehem.adapters.dynamo import keys
from familjehem.domain.calendar import STOCKHOLM
from familjehem.domain.outbox import ConfirmationTask, LetterTask, NoticeTask, Occasion
from familjehem.domain.recipient_settings import EARLIEST, LATEST
from familjehem.domain.reminder import SETTLES
from tests.infrastructure.policy import many, statements
from tests.infrastructure.rights import deployed

FUNCTIONS = (
    "Administration",
    "Delivery",
    "Export",
    "Housekeeping",
    "Identification",
    "Mailbox",
    "Members",
    "Notification",
    "Onboarding",
    "SelfTest",
    "Statistics",
    "Submission",
)
MORE_LAYERS = {"Administration": ("Typesetting",), "Export": ("Typesetting",), "Statistics": ("Typesetting",)}
WORKERS = {"Delivery": "DeliveryFailures", "Notification": "NotificationFailures"}
STATEFUL = {
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::Cognito::UserPool",
    "AWS::SQS::Queue",
}
STATELESS = {
    "ApiGatewayV2::Api",
    "ApiGatewayV2::Stage",
    "CloudFront::Distribution",
    "CloudFront::Function",
    "CloudFront::OriginAccessControl",
    "CloudFront::ResponseHeadersPolicy",
    "CloudWatch::Alarm",
    "CloudWatch::Dashboard",
    "Cognito::UserPoolClient",
    "Cognito::UserPoolDomain",
    "Events::Rule",
    "IAM::Role",
    "KMS::Alias",
    "Lambda::Alias",
    "Lambda::EventSourceMapping",
    "Lambda::Function",
    "Lambda::LayerVersion",
    "Lambda::Permission",
    "Lambda::Version",
    "Logs::LogGroup",
    "Logs::QueryDefinition",
    "S3::BucketPolicy",
    "SES::ConfigurationSet",
    "SES::ConfigurationSetEventDestination",
    "SES::EmailIdentity",
    "SNS::Topic",
    "SNS::TopicPolicy",
    "SQS::QueuePolicy",
    "SSM::Document",
    "Scheduler::Schedule",
    "SecretsManager::ResourcePolicy",
}
NIGHTLY = "cron(30 0 * * ? *)"
RATE = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)")
ENVIRONMENT = {"STAGE", "SITE_URL", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
ENVIRONMENT |= {"PYDANTIC_DISABLE_PLUGINS"}


@pytest.fixture(scope="module")
def properties(template: Template) -> dict[str, dict[str, Any]]:
    return deployed(template)[1]


def functions(template: Template) -> dict[str, Resource]:
    return {resource.logical: resource for resource in template.of_type("AWS::Lambda::Function")}


def documents(value: Any) -> Iterator[Any]:
    """Every policy document anywhere within some properties."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        for part in value.values():
            yield from documents(part)
    elif isinstance(value, list):
        for part in value:
            yield from documents(part)


def test_the_functions_are_those_of_the_design(template):
    assert tuple(sorted(functions(template))) == FUNCTIONS


@pytest.mark.parametrize("name", FUNCTIONS)
class TestEveryFunction:
    def test_is_arm64_and_of_our_python(self, template, properties, name):
        assert properties[name]["Runtime"] == "python3.13"
        assert properties[name]["Architectures"] == ["arm64"]
        assert properties[name]["MemorySize"] >= 1024

    def test_has_a_handler_that_can_be_imported(self, root, properties, name):
        module, _, function = properties[name]["Handler"].rpartition(".")
        path = root / f"{module.replace('.', '/')}.py"
        assert path.is_file()
        assert re.search(rf"^ *(def {function}\(|{function} = )", path.read_text("utf-8"), re.MULTILINE)
        assert importlib.util.find_spec(module.rpartition(".")[0]) is not None

    def test_gets_a_new_version_when_only_a_layer_changed(self, template, root, name):
        source = (root / "template.yaml").read_text("utf-8")
        block = source[source.index(f"\n  {name}:\n") :]
        assert "AutoPublishCodeSha256: !Ref SourceDigest" in block[: block.index("\n\n  ", 1)]
        version = next(one for path, one in template.resources.items() if path.startswith(f"{name}Version"))
        assert version.logical == f"{name}Version{('ab' * 32)[:10]}"
        assert template.resources[f"{name}Aliaslive"].properties["Name"] == "live"

    def test_has_both_layers(self, template, name):
        layers = [one["Ref"] for one in functions(template)[name].properties["Layers"]]
        assert [layer[:-10] for layer in layers] == ["Dependencies", "Familjehem", *MORE_LAYERS.get(name, ())]

    def test_ends_within_its_trigger_s_patience(self, properties, name):
        timeout = properties[name]["Timeout"]
        if name in WORKERS:
            assert timeout <= 60
        elif name == "Administration":
            assert timeout == 300, "a step of a runbook waits no longer"
        elif name == "Statistics":
            assert timeout == 900, "nobody waits for a month's reports, and what is left comes with the next round"
        elif name == "Housekeeping":
            assert timeout <= 300, "a night's work; a round of the outbox ends sooner, and may be repeated"
        else:
            assert timeout < 29, "the API gives up before the function, and nobody learns the outcome"

    def test_has_a_role_of_its_own_with_nothing_managed(self, template, properties, name):
        role = functions(template)[name].properties["Role"]
        assert role == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        assert "ManagedPolicyArns" not in properties[f"{name}Role"]
        trusted = properties[f"{name}Role"]["AssumeRolePolicyDocument"]["Statement"]
        assert [one["Principal"] for one in trusted] == [{"Service": "lambda.amazonaws.com"}]

    def test_logs_into_a_group_of_its_own_that_forgets(self, template, properties, name):
        assert functions(template)[name].properties["LoggingConfig"]["LogGroup"] == {"Ref": f"{name}Logs"}
        assert properties[f"{name}Logs"]["RetentionInDays"] == 90
        assert properties[name]["LoggingConfig"]["LogFormat"] == "JSON"

    def test_reserves_its_share_so_that_none_starves_another(self, properties, name):
        assert properties[name]["ReservedConcurrentExecutions"] >= 1

    def test_is_told_what_its_settings_ask_for_and_nothing_else(self, properties, name):
        settings = importlib.import_module("familjehem.runtime.settings")
        asked = set(getattr(settings, f"{name}Settings").model_fields)
        told = properties[name]["Environment"]["Variables"]
        assert set(told) == asked | ENVIRONMENT
        assert told["POWERTOOLS_SERVICE_NAME"] == re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

    def test_is_not_traced(self, properties, name):
        assert properties[name].get("TracingConfig", {}).get("Mode") != "Active"


class TestRoles:
    def test_no_policy_holds_a_wildcard_in_an_action(self, properties):
        for path, found in properties.items():
            for document in documents(found):
                for statement in statements(document):
                    assert not [action for action in many(statement.get("Action", [])) if "*" in action], path

    def test_no_policy_allows_by_leaving_out(self, properties):
        for path, found in properties.items():
            for document in documents(found):
                for statement in statements(document):
                    left_out = {"NotAction", "NotResource", "NotPrincipal"} & set(statement)
                    assert statement["Effect"] == "Deny" or not left_out, path

    def test_no_role_is_managed_by_somebody_else(self, template):
        for role in template.of_type("AWS::IAM::Role"):
            assert "ManagedPolicyArns" not in role.properties, role.path

    def test_roles_are_called_as_the_keys_know_them(self, template, properties):
        """Key policies name roles by their names, for the keys are made first."""
        text = json.dumps([properties[path] for path in properties if path.startswith("Data/")])
        named = set(re.findall(r":role/([\w-]+)", text))
        made = {properties[role.path].get("RoleName") for role in template.of_type("AWS::IAM::Role")}
        assert len(named) == 7
        assert named <= made

    def test_every_set_condition_that_allows_is_guarded(self, properties):
        """ForAllValues passes when the key is not there at all: a Null beside it must demand the key."""
        for path, found in properties.items():
            for document in documents(found):
                for statement in statements(document):
                    conditions = statement.get("Condition") or {}
                    guarded = {key for key, value in conditions.get("Null", {}).items() if value == "false"}
                    # These two follow from other keys that are demanded in the same statement.
                    guarded |= (
                        {"kms:EncryptionContextKeys"} if any("EncryptionContext:" in key for key in guarded) else set()
                    )
                    guarded |= {"aws:TagKeys"} if any(key.startswith("aws:RequestTag/") for key in guarded) else set()
                    for operator, keys_ in conditions.items():
                        if operator.startswith("ForAllValues:") and statement["Effect"] == "Allow":
                            assert set(keys_) <= guarded, (path, statement.get("Sid"))

    def test_table_rights_are_bound_to_keys(self, properties):
        """Every right on rows says which rows."""
        for path, found in properties.items():
            for document in documents(found):
                for statement in statements(document):
                    on_rows = [
                        one
                        for one in many(statement.get("Action", []))
                        if re.fullmatch(r"dynamodb:\w+Item|dynamodb:Query", one)
                    ]
                    if on_rows and statement["Effect"] == "Allow":
                        assert "dynamodb:LeadingKeys" in json.dumps(statement["Condition"]), path


class TestState:
    def test_everything_that_keeps_something_stays_when_its_stack_goes(self, template):
        kept = template.of_type(*STATEFUL)
        assert {resource.type for resource in kept} == STATEFUL
        for resource in kept:
            assert resource.body.get("DeletionPolicy") == "Retain", resource.path
            assert resource.body.get("UpdateReplacePolicy") == "Retain", resource.path

    def test_no_other_kind_keeps_anything(self, template):
        """A new kind of resource must be put on one of the two lists."""
        known = STATEFUL | {f"AWS::{name}" for name in STATELESS}
        assert {resource.type for resource in template.resources.values()} <= known

    @pytest.mark.parametrize(
        ("table", "days", "ttl", "stream"),
        [("Main", 35, True, True), ("Wraps", 1, False, False), ("Tally", None, False, False)],
    )
    def test_tables_remember_as_long_as_the_design_says(self, properties, table, days, ttl, stream):
        found = properties[f"Data/{table}Table"]
        recovery = found["PointInTimeRecoverySpecification"]
        assert recovery["PointInTimeRecoveryEnabled"] is (days is not None)
        assert recovery.get("RecoveryPeriodInDays") == days
        assert found.get("TimeToLiveSpecification") == (
            {"AttributeName": "expires_at", "Enabled": True} if ttl else None
        )
        assert found.get("StreamSpecification") == ({"StreamViewType": "KEYS_ONLY"} if stream else None)
        assert found["DeletionProtectionEnabled"] is True
        assert found["BillingMode"] == "PAY_PER_REQUEST"
        assert found["SSESpecification"]["SSEType"] == "KMS"
        assert found["SSESpecification"]["KMSMasterKeyId"].endswith("TableKey")

    def test_indexes_are_those_of_the_adapters_and_the_outbox_shows_no_ciphertext(self, properties):
        indexes = {
            index["IndexName"]: index["Projection"] for index in properties["Data/MainTable"]["GlobalSecondaryIndexes"]
        }
        assert set(indexes) == {keys.INBOX_INDEX, keys.WAITING_INDEX, keys.HANDLED_INDEX, keys.OUTBOX_INDEX}
        assert indexes[keys.OUTBOX_INDEX] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["queued_at", "touches"]}

    def test_the_bucket_is_shut_versioned_and_encrypted_by_our_key(self, properties):
        bucket = properties["Data/MailboxBucket"]
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["BucketKeyEnabled"] is True
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"].endswith("BucketKey")
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        broom = bucket["LifecycleConfiguration"]["Rules"][0]
        assert broom["ExpirationInDays"] > 2 * 366, "never before the longest time that a letter may stay"
        assert broom["NoncurrentVersionExpiration"]["NoncurrentDays"] == 35

    def test_the_audit_bucket_is_shut_and_locked_against_everybody_for_five_years(self, properties):
        bucket = properties["Data/AuditBucket"]
        assert bucket["ObjectLockEnabled"] is True
        assert bucket["ObjectLockConfiguration"] == {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 5}},
        }
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"].endswith("AuditKey")
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert not [one for one in bucket["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in one]

    def test_keys_turn_yearly_and_die_slowly(self, template, properties):
        for key in template.of_type("AWS::KMS::Key"):
            assert properties[key.path]["EnableKeyRotation"] is True
            assert properties[key.path]["PendingWindowInDays"] == 30

    def test_no_key_lets_an_administrator_use_it_or_hand_it_on(self, template, properties):
        using = {
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "ReEncryptFrom",
            "ReEncryptTo",
            "CreateGrant",
            "GenerateMac",
            "Sign",
        }
        for key in template.of_type("AWS::KMS::Key"):
            policy = properties[key.path]["KeyPolicy"]
            administration = next(one for one in statements(policy) if one["Sid"] == "AdministrationWithoutUse")
            assert not using & {action.removeprefix("kms:") for action in administration["Action"]}
            assert "kms:PutKeyPolicy" in administration["Action"], "or nobody could ever change it"

    def test_queues_topic_and_secret_are_encrypted(self, template, properties):
        for queue in template.of_type("AWS::SQS::Queue"):
            assert properties[queue.path]["SqsManagedSseEnabled"] is True
            assert properties[queue.path]["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert properties["Watch/Alarms"]["KmsMasterKeyId"].endswith("AlarmKey")
        for secret in template.of_type("AWS::SecretsManager::Secret"):
            assert properties[secret.path]["KmsKeyId"].endswith("SecretKey")

    @pytest.mark.parametrize("secret", ["MacSecret", "IdentificationSecret"])
    def test_a_secret_is_made_as_the_adapter_reads_it(self, properties, secret):
        made = properties[f"Data/{secret}"]["GenerateSecretString"]
        assert json.loads(made["SecretStringTemplate"]) == {"current": "1"}
        assert made["GenerateStringKey"] == "1"
        assert made["PasswordLength"] >= 43, "256 bits of letters and figures"


class TestIdentity:
    def test_a_second_factor_is_demanded(self, properties):
        pool = properties["Identity/CaseWorkers"]
        assert pool["MfaConfiguration"] == "ON"
        assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]

    def test_nobody_signs_himself_up(self, properties):
        pool = properties["Identity/CaseWorkers"]
        assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
        assert pool["DeletionProtection"] == "ACTIVE"
        assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 14

    def test_the_page_signs_in_by_code_only_and_keeps_no_secret(self, properties):
        client = properties["Identity/MailboxClient"]
        assert client["GenerateSecret"] is False
        assert client["AllowedOAuthFlows"] == ["code"]
        assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
        assert client["PreventUserExistenceErrors"] == "ENABLED"
        assert client["CallbackURLs"] == ["https://www.familjehemsverige.se/brevlada/"]

    def test_access_tokens_live_minutes(self, properties):
        client = properties["Identity/MailboxClient"]
        assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
        assert client["AccessTokenValidity"] <= 15
        assert client["EnableTokenRevocation"] is True


class TestApi:
    @pytest.fixture
    def routes(self, template) -> dict[tuple[str, str], dict[str, Any]]:
        paths = template.resources["Api"].properties["Body"]["paths"]
        return {
            (method.upper(), path): operation
            for path, methods in paths.items()
            for method, operation in methods.items()
        }

    def test_serves_what_the_design_says(self, routes):
        assert set(routes) == {
            ("GET", "/api/question-sets/current"),
            ("POST", "/api/self-test"),
            ("GET", "/api/openapi.json"),
            ("GET", "/api/recipients"),
            ("GET", "/api/challenge"),
            ("GET", "/api/identification"),
            ("POST", "/api/identification/start"),
            ("POST", "/api/identification/finish"),
            ("POST", "/api/onboarding/requests"),
            ("POST", "/api/onboarding/activation"),
            ("POST", "/api/onboarding/activation/mailbox"),
            ("POST", "/api/onboarding/activation/responsible"),
            ("POST", "/api/onboarding/activation/code"),
            ("POST", "/api/onboarding/activation/mobile"),
            ("POST", "/api/onboarding/activation/agreement"),
            ("POST", "/api/onboarding/activation/people"),
            ("POST", "/api/onboarding/activation/invoice"),
            ("POST", "/api/applications"),
            ("GET", "/api/applications/{reference}"),
            ("DELETE", "/api/applications/{reference}"),
            ("POST", "/api/applications/{reference}/supplement"),
            ("PUT", "/api/applications/{reference}/share-recipients"),
            ("GET", "/api/mailbox/deliveries"),
            ("POST", "/api/mailbox/search"),
            ("GET", "/api/mailbox/states"),
            ("GET", "/api/mailbox/states/{number}"),
            ("GET", "/api/mailbox/deliveries/{number}"),
            ("GET", "/api/mailbox/deliveries/{number}/compilation.pdf"),
            ("GET", "/api/mailbox/deliveries/{number}/compilation.json"),
            ("GET", "/api/mailbox/registry.csv"),
            ("GET", "/api/mailbox/reports"),
            ("GET", "/api/mailbox/reports/{file}"),
            ("GET", "/api/mailbox/me"),
            ("GET", "/api/mailbox/colleagues"),
            ("GET", "/api/members"),
            ("POST", "/api/members"),
            ("PUT", "/api/members/{person}"),
            ("DELETE", "/api/members/{person}"),
            ("POST", "/api/members/{person}/sign-out"),
            ("POST", "/api/members/me/sign-out"),
            ("GET", "/api/members/settings"),
            ("PUT", "/api/members/settings"),
            *(("POST", f"/api/mailbox/deliveries/{{number}}/{verb}") for verb in ("claim", "release", "handover")),
            *(("POST", f"/api/mailbox/deliveries/{{number}}/{verb}") for verb in ("contact", "outcome", "note")),
            *(("POST", f"/api/mailbox/deliveries/{{number}}/{verb}") for verb in ("protect", "unprotect")),
            *(("POST", f"/api/mailbox/deliveries/{{number}}/{verb}") for verb in ("erase", "hold", "unhold")),
            ("GET", "/api/mailbox/erasures"),
            ("GET", "/api/mailbox/access-log"),
            *(
                (method, f"/api/mailbox/access-{what}")
                for method in ("GET", "POST")
                for what in ("review", "confirmation")
            ),
            ("X-AMAZON-APIGATEWAY-ANY-METHOD", "/$default"),
        }

    def test_routes_of_staff_and_no_others_ask_who_calls(self, routes):
        for (_, path), operation in routes.items():
            expected = [{"CaseWorkers": []}] if path.startswith(("/api/mailbox/", "/api/members")) else None
            assert operation.get("security") == expected, path

    def test_events_have_the_second_form(self, routes):
        for operation in routes.values():
            integration = operation["x-amazon-apigateway-integration"]
            assert integration["payloadFormatVersion"] == "2.0"
            assert integration["timeoutInMillis"] <= 30_000
            assert "Alias" in json.dumps(integration["uri"])

    def test_tokens_are_of_our_pool_and_client(self, template):
        schemes = template.resources["Api"].properties["Body"]["components"]["securitySchemes"]
        authorizer = schemes["CaseWorkers"]["x-amazon-apigateway-authorizer"]
        assert authorizer["jwtConfiguration"] == {
            "issuer": {"Fn::GetAtt": ["Identity", "Outputs.Issuer"]},
            "audience": [{"Fn::GetAtt": ["Identity", "Outputs.UserPoolClientId"]}],
        }

    def test_only_our_own_pages_may_call_from_a_browser(self, properties):
        cors = properties["Api"]["Body"]["x-amazon-apigateway-cors"]
        assert cors["allowOrigins"] == ["https://www.familjehemsverige.se"]
        assert set(cors["allowHeaders"]) == {
            "authorization",
            "content-type",
            "idempotency-key",
            "receipt-code",
            "recipient",
        }
        assert "*" not in json.dumps(cors)
        assert not cors.get("allowCredentials")

    def test_calls_are_throttled(self, properties):
        throttle = properties["ApiApiGatewayDefaultStage"]["DefaultRouteSettings"]
        assert 0 < throttle["ThrottlingRateLimit"] <= throttle["ThrottlingBurstLimit"] <= 500

    def test_the_access_log_tells_of_nobody(self, properties):
        settings = properties["ApiApiGatewayDefaultStage"]["AccessLogSettings"]
        said = set(re.findall(r"\$context\.([\w.]+)", settings["Format"]))
        assert said == {"requestId", "routeKey", "status", "integrationLatency"}
        json.loads(re.sub(r"\$context\.[\w.]+", "x", settings["Format"]))

    def test_with_a_domain_of_its_own_the_other_address_is_shut(self, template, root):
        from dev.template import load

        def shut(found: Template) -> Any:
            body = deployed(found)[1]["Api"]["Body"]
            return body["servers"][0]["x-amazon-apigateway-endpoint-configuration"]["disableExecuteApiEndpoint"]

        given = {"ApiDomain": "api.familjehemsverige.se", "ApiCertificateArn": "arn:aws:acm:eu-north-1:1:certificate/x"}
        named = load(root / "template.yaml", {"Stage": "prod", "SourceDigest": "ab" * 32, **given})
        assert shut(named) is True
        assert shut(template) is False
        domain = deployed(named)[1]["ApiDomainName"]["DomainNameConfigurations"][0]
        assert (domain["EndpointType"], domain["SecurityPolicy"]) == ("REGIONAL", "TLS_1_2")
        assert "ApiDomainName" not in template.resources


class TestSources:
    @pytest.mark.parametrize(("worker", "queue"), WORKERS.items())
    def test_streams_retry_within_bounds_and_note_what_failed(self, template, properties, worker, queue):
        source = properties[f"{worker}Outbox"]
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["BisectBatchOnFunctionError"] is True
        assert 0 < source["MaximumRetryAttempts"] <= 10
        assert 0 < source["MaximumRecordAgeInSeconds"] <= 3600
        assert source["DestinationConfig"]["OnFailure"]["Destination"].endswith(queue)
        assert 1 <= source["ParallelizationFactor"] <= properties[worker]["ReservedConcurrentExecutions"]
        assert source["EventSourceArn"] == template.output("Data", "MainTableStreamArn", deployed(template)[0])
        assert f"{worker}Aliaslive" in json.dumps(template.resources[f"{worker}Outbox"].properties["FunctionName"])

    def test_the_stream_has_no_third_reader(self, template):
        assert len(template.of_type("AWS::Lambda::EventSourceMapping")) == 2

    @pytest.mark.parametrize(
        ("task", "worker"),
        [
            (LetterTask("0680", "1"), "Delivery"),
            (NoticeTask("0680", "1", Occasion.NEW), "Notification"),
            (NoticeTask("unit-x", "1", Occasion.WITHDRAWN), "Notification"),
            (ConfirmationTask("a"), "Notification"),
        ],
    )
    @pytest.mark.parametrize("event", ["INSERT", "MODIFY", "REMOVE"])
    def test_every_task_wakes_one_worker_and_its_end_wakes_nobody(self, properties, task, worker, event):
        record = {"eventName": event, "dynamodb": {"Keys": {"pk": {"S": keys.task(task).pk}, "sk": {"S": "OUT"}}}}
        woken = [name for name in WORKERS if wakes(properties[f"{name}Outbox"], record)]
        assert woken == ([] if event == "REMOVE" else [worker])

    def test_other_rows_wake_nobody(self, properties):
        for pk in ("APPLICATION#a", "DELIVERY#0680#1", "DIRECTORY", "ACCESS#0680", "OUT"):
            record = {"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": "x"}}}}
            assert not [name for name in WORKERS if wakes(properties[f"{name}Outbox"], record)]

    def test_schedules_are_written_as_aws_reads_them(self, template, properties):
        schedules = template.of_type("AWS::Scheduler::Schedule", "AWS::Events::Rule")
        expressions = [
            found["ScheduleExpression"] for one in schedules if "ScheduleExpression" in (found := properties[one.path])
        ]
        daily = "cron(20 6 * * ? *)"
        closings = "cron(10,25,40,55 8-20 * * ? *)"
        monthly = "cron(15 5,7,10 1-7 * ? *)"
        health = "cron(0 7 * * ? *)"
        assert set(expressions) == {"rate(1 minute)", NIGHTLY, daily, "cron(40 6 * * ? *)", health, monthly, closings}
        assert RATE.fullmatch("rate(1 minute)")
        assert next_time(daily, datetime(2026, 6, 1, 0, 0, tzinfo=UTC), "Europe/Stockholm") == datetime(
            2026, 6, 1, 4, 20, tzinfo=UTC
        )

    @pytest.mark.parametrize("expression", ["rate(1 minutes)", "rate(2 minute)", "rate(0 minutes)", "rate(01 hours)"])
    def test_a_plural_in_the_wrong_place_would_be_found(self, expression):
        assert not RATE.fullmatch(expression)

    def test_the_access_logs_are_sealed_at_night_and_the_round_of_the_minute_runs_beside(self, properties):
        night = properties["HousekeepingEveryNight"]
        assert (night["ScheduleExpression"], night["ScheduleExpressionTimezone"]) == (NIGHTLY, "Europe/Stockholm")
        assert json.loads(night["Target"]["Input"])["schedule"] == "access-logs"
        assert properties["Housekeeping"]["ReservedConcurrentExecutions"] == 2

    def test_every_closing_that_a_recipient_may_have_is_looked_at_within_minutes(self, properties):
        found = properties["HousekeepingOverdue"]
        for hour in range(EARLIEST.hour, LATEST.hour + 1):
            for minute in range(60 if hour < LATEST.hour else 1):
                settled = datetime.combine(date(2026, 11, 27), time(hour, minute), STOCKHOLM) + SETTLES
                seen = next_time(found["ScheduleExpression"], settled, found["ScheduleExpressionTimezone"])
                assert seen - settled <= timedelta(minutes=15)

    def test_a_minute_of_housekeeping_is_not_made_up_for(self, properties):
        target = properties["HousekeepingEveryMinute"]["Target"]
        assert target["RetryPolicy"]["MaximumRetryAttempts"] == 0
        assert json.loads(target["Input"])["schedule"] == "housekeeping"
        assert properties["HousekeepingEveryMinute"]["FlexibleTimeWindow"] == {"Mode": "OFF"}


def wakes(source: dict[str, Any], record: dict[str, Any]) -> bool:
    """Filter as Lambda does: any pattern, all of its fields, any of a field's values."""
    patterns = [json.loads(one["Pattern"]) for one in source["FilterCriteria"]["Filters"]]
    return any(_fits(pattern, record) for pattern in patterns)


def _fits(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name in value and _fits(part, value[name]) for name, part in pattern.items()
        )
    return any(value.startswith(one["prefix"]) if isinstance(one, dict) else value == one for one in pattern)


class TestWatch:
    def test_alarms_are_those_that_promise_five_needs(self, template):
        alarms = {one.logical for one in template.of_type("AWS::CloudWatch::Alarm")}
        assert alarms >= {
            "OutboxOld",
            "OutboxStuck",
            "HousekeepingAbsent",
            "DeliveryDeadLetters",
            "NotificationDeadLetters",
        }
        assert alarms >= {"ApiFaults", "FunctionErrors", "FunctionThrottles", "MailBounces", "MailComplaints"}

    def test_every_alarm_rings_and_says_what_to_do(self, template, properties):
        for alarm in template.of_type("AWS::CloudWatch::Alarm"):
            assert properties[alarm.path]["AlarmActions"], alarm.path
            assert len(properties[alarm.path]["AlarmDescription"]) > 50, alarm.path

    def test_an_old_outbox_rings_at_fifteen_minutes(self, properties):
        alarm = properties["Watch/OutboxOld"]
        assert (alarm["MetricName"], alarm["Threshold"], alarm["Statistic"]) == ("OutboxOldestAge", 900, "Maximum")

    def test_silence_of_housekeeping_rings(self, template, properties):
        alarm = properties["Watch/HousekeepingAbsent"]
        assert alarm["TreatMissingData"] == "breaching"
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
        housekeeping = deployed(template)[0]["Housekeeping"].ref
        assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": housekeeping}]

    def test_alarms_watch_metrics_that_are_published(self, properties):
        observability = importlib.import_module("familjehem.runtime.observability")
        observability.metrics.clear_metrics()
        observability.OutboxGauge().outbox(1, 1, 1.0)
        observability.AccessLogMetrics().kept(1, 1, 1)
        observability.RetentionMetrics().retention(1, 1, 1)
        observability.ReconciliationMetrics().reconciled(1, 1, 1)
        observability.ReminderMetrics().reminded(1, 1, 1, 1)
        published = set(observability.metrics.metric_set)
        observability.metrics.clear_metrics()
        for alarm in (
            "OutboxOld",
            "OutboxStuck",
            "AccessLogAmiss",
            "AccessLogUnread",
            "AccessLogsUnverified",
            "RemindersNotSent",
            "RetentionNotApplied",
            "LettersUntold",
        ):
            found = properties[f"Watch/{alarm}"]
            assert found["MetricName"] in published
            assert (
                found["Namespace"]
                == properties["Housekeeping"]["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"]
            )
            assert found["Dimensions"] == [{"Name": "service", "Value": "housekeeping"}]

    def test_a_night_without_a_verification_rings(self, properties):
        alarm = properties["Watch/AccessLogsUnverified"]
        assert (alarm["TreatMissingData"], alarm["Period"], alarm["Threshold"]) == ("breaching", 86400, 1)
        assert alarm["ComparisonOperator"] == "LessThanThreshold"

    @pytest.mark.parametrize("alarm", ["FunctionErrors", "FunctionThrottles"])
    def test_every_function_is_watched(self, template, properties, alarm):
        metrics = properties[f"Watch/{alarm}"]["Metrics"]
        watched = {one["Id"] for one in metrics if "MetricStat" in one}
        # A refused command stops its runbook by an error, before the eyes of whoever started it.
        called_by_services = [name for name in FUNCTIONS if name not in {"Administration", "Statistics"}]
        assert watched == {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in called_by_services}

    def test_no_alarm_holds_more_metrics_than_aws_allows_and_the_eleventh_function_has_its_own(
        self, template, properties
    ):
        for one in template.of_type("AWS::CloudWatch::Alarm"):
            assert len([each for each in properties[one.path].get("Metrics", ()) if "MetricStat" in each]) <= 10
        statistics = deployed(template)[0]["Statistics"].ref
        for alarm in ("StatisticsErrors", "StatisticsThrottles"):
            found = properties[f"Watch/{alarm}"]
            assert found["Dimensions"] == [{"Name": "FunctionName", "Value": statistics}]

    def test_a_report_that_was_not_made_rings(self, properties):
        observability = importlib.import_module("familjehem.runtime.observability")
        observability.metrics.clear_metrics()
        observability.ReportMetrics().reports(1, 1)
        alarm = properties["Watch/ReportsNotMade"]
        assert alarm["MetricName"] in observability.metrics.metric_set
        observability.metrics.clear_metrics()
        assert alarm["Dimensions"] == [{"Name": "service", "Value": "statistics"}]

    def test_a_touched_key_is_told_without_telling_who(self, properties):
        (target,) = properties["Watch/KeyTouched"]["Targets"]
        assert set(target["InputTransformer"]["InputPathsMap"].values()) == {"$.detail.eventName", "$.time", "$.region"}


class TestPost:
    def test_mail_travels_encrypted_and_untracked(self, properties):
        found = properties["Post/ConfigurationSet"]
        assert found["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
        assert "TrackingOptions" not in found
        events = properties["Post/Events"]["EventDestination"]["MatchingEventTypes"]
        assert not {"open", "click"} & set(events)
        assert {"bounce", "complaint", "delivery", "reject"} <= set(events)


class TestNestedStacks:
    def test_are_plain_cloudformation(self, root):
        for path in sorted((root / "infrastructure").glob("*.yaml")):
            assert not re.search(r"(?m)^Transform:", path.read_text("utf-8")), path.name

    def test_hold_no_alias_of_yaml(self, root):
        """CloudFormation reads neither anchors nor aliases."""
        for path in (root / "template.yaml", *sorted((root / "infrastructure").glob("*.yaml"))):
            assert not re.search(r"(?m)^\s*(-\s+)?([\w\"]+:\s+)?[&*][a-z_]+\s*$", path.read_text("utf-8")), path.name

    def test_those_with_state_stay_when_the_application_goes(self, root):
        source = (root / "template.yaml").read_text("utf-8")
        for name in ("Data", "Messaging", "Identity"):
            block = source[source.index(f"\n  {name}:\n") :]
            assert "DeletionPolicy: Retain" in block[: block.index("\n\n  ", 1)]


class TestStages:
    def test_no_stage_is_meant_by_default(self, root):
        import tomllib

        stages = tomllib.loads((root / "samconfig.toml").read_text("utf-8"))
        assert set(stages) == {"version", "dev", "test", "prod"}
        for stage in ("dev", "test", "prod"):
            assert stages[stage]["global"]["parameters"]["stack_name"] == f"familjehem-{stage}"
            assert "parameter_overrides" not in stages[stage]["deploy"]["parameters"]

    def test_e_identification_is_off_until_an_issuer_is_given(self, root, properties):
        from dev.template import load
        from familjehem.runtime.settings import IdentificationSettings

        def told(**given: str) -> tuple[str, IdentificationSettings]:
            found = deployed(load(root / "template.yaml", {"SourceDigest": "ab" * 32, "Stage": "prod", **given}))[1]
            own = found["Identification"]["Environment"]["Variables"]
            settings = {name: own[name] for name in IdentificationSettings.model_fields}
            return found["Submission"]["Environment"]["Variables"]["IDENTIFICATION"], IdentificationSettings(**settings)

        required, settings = told()
        assert (required, settings.IDENTIFICATION_ISSUER) == ("off", "")
        required, settings = told(
            IdentificationIssuer="https://provider.example",
            IdentificationClientId="familjehem",
            IdentificationProvider="Provlegitimation",
        )
        assert required == "on"
        assert set(settings.levels.values()) == {"3", "4"}

    def test_the_provider_s_credential_is_never_a_value_of_the_template(self, properties):
        assert not {"SecretString", "GenerateSecretString"} & set(properties["Data/ProviderSecret"])

    def test_proof_of_work_can_be_switched_off(self, root):
        from dev.template import load

        def asked(**given: str) -> str:
            found = deployed(load(root / "template.yaml", {"SourceDigest": "ab" * 32, **given}))[1]
            return found["Submission"]["Environment"]["Variables"]["PROOF_OF_WORK"]

        assert asked(Stage="prod") == "on"
        assert asked(Stage="prod", ProofOfWork="off") == "off"
        assert asked(Stage="dev", ProofOfWork="on") == "on"
