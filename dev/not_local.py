"""What the template says and the local cloud does not do, each with its reason; anything else that is dropped fails a test.

The same list, in words for the reader, stands in `docs/local-cloud.md`.
"""

from collections.abc import Mapping

_RUNNER = "the local runner starts the code of the working tree in processes of this machine"
_AWS_ONLY = "a matter between AWS and the account; nothing in the service's behaviour rests on it"

TYPES: Mapping[str, str] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": _AWS_ONLY,
    "AWS::ApiGatewayV2::ApiMapping": "the local address is loopback; there is no domain to map",
    "AWS::ApiGatewayV2::DomainName": "the local address is loopback; there is no domain to serve",
    "AWS::CertificateManager::Certificate": "loopback is served without TLS",
    "AWS::CloudFront::Distribution": "dev/site.py serves website/dist from the disk, by this distribution's own settings",
    "AWS::CloudFront::Function": "dev/site.py does the same in Python, and a test runs both on the same addresses",
    "AWS::CloudFront::OriginAccessControl": "the files are read from the disk, not from the bucket",
    "AWS::CloudFront::ResponseHeadersPolicy": "read and sent by dev/site.py, which refuses a setting that it does not know",
    "AWS::CloudWatch::CompositeAlarm": "the emulator knows single alarms only",
    "AWS::CodeDeploy::Application": "there is one version of the code here: that of the working tree",
    "AWS::CodeDeploy::DeploymentGroup": "there is one version of the code here: that of the working tree",
    "AWS::Lambda::EventInvokeConfig": "nothing is invoked asynchronously here but schedules, which are tried once",
    "AWS::Lambda::LayerVersion": "layers are imported from the working tree by the environment of uv",
    "AWS::Lambda::Permission": "the local server and pumps call the runner directly; who may call is AWS's to check",
    "AWS::Logs::QueryDefinition": "saved questions for the console; the desk shows the logs themselves",
    "AWS::SSM::Document": "the desk offers the same routines as forms, read from the same file (dev/desk_routines.py)",
    "AWS::Lambda::Version": "there is one version of the code here: that of the working tree",
    "AWS::Route53::RecordSet": "the local address is loopback",
    "AWS::WAFv2::WebACL": _AWS_ONLY,
    "AWS::WAFv2::WebACLAssociation": _AWS_ONLY,
}

PROPERTIES: Mapping[str, str] = {
    "AWS::ApiGatewayV2::Api:Body.info": "a title for the console",
    "AWS::ApiGatewayV2::Api:Body.openapi": "the version of the document's own form",
    "AWS::ApiGatewayV2::Api:Body.servers": "says whether the execute-api address is on, and there is none here",
    "AWS::ApiGatewayV2::Api:Body.tags": "marks who made it",
    "AWS::ApiGatewayV2::Api:DisableExecuteApiEndpoint": "there is no execute-api address here",
    "AWS::ApiGatewayV2::Api:FailOnWarnings": "a rule for the import by AWS",
    "AWS::ApiGatewayV2::Stage:AutoDeploy": "there is nothing to deploy",
    "AWS::ApiGatewayV2::Stage:DefaultRouteSettings": "throttling would make load tests on one machine meaningless",
    "AWS::ApiGatewayV2::Stage:RouteSettings": "throttling would make load tests on one machine meaningless",
    "AWS::ApiGatewayV2::Stage:StageVariables": "no handler reads any",
    "AWS::ApiGatewayV2::Stage:Tags": "marks who made it",
    "AWS::CloudWatch::Alarm:AlarmActions": "nobody is called at night by a laptop; the desk shows the outbox instead",
    "AWS::Cognito::UserPool:EnabledMfas": "the emulator never asks for a second factor, and refuses some settings of it",
    "AWS::Cognito::UserPool:MfaConfiguration": "the emulator never asks for a second factor (a known difference)",
    "AWS::Cognito::UserPool:SmsConfiguration": "the emulator never asks for a second factor (a known difference)",
    "AWS::Cognito::UserPoolClient:ExplicitAuthFlows": "taken, but the seed sets passwords by the administrator's call",
    "AWS::DynamoDB::Table:PointInTimeRecoverySpecification.RecoveryPeriodInDays": "the emulator keeps no backups",
    "AWS::Lambda::Alias:FunctionVersion": "there is one version of the code here: that of the working tree",
    "AWS::Lambda::Function:Architectures": _RUNNER,
    "AWS::Lambda::Function:Code": _RUNNER,
    "AWS::Lambda::Function:EphemeralStorage": _RUNNER,
    "AWS::Lambda::Function:Layers": "layers are imported from the working tree by the environment of uv",
    "AWS::Lambda::Function:ReservedConcurrentExecutions": "the runner has its own, smaller number of workers",
    "AWS::Lambda::Function:Runtime": "the tests demand that the interpreter is the same; there is only one here",
    "AWS::Lambda::Function:SnapStart": _RUNNER,
    "AWS::Lambda::Function:Tags": "marks who made it",
    "AWS::Lambda::Function:TracingConfig": "there is no tracing service here",
    "AWS::S3::Bucket:BucketEncryption.ServerSideEncryptionConfiguration.BucketKeyEnabled": "a matter of cost; dropped by the emulator",
    "AWS::KMS::Key:PendingWindowInDays": "holds when a key is deleted; the local cloud deletes none",
    "AWS::SES::EmailIdentity:DkimAttributes": "mail is not sent; the emulator lacks the call",
    "AWS::SES::EmailIdentity:FeedbackAttributes": "mail is not sent; the emulator lacks the call",
    "AWS::SES::EmailIdentity:MailFromAttributes": "mail is not sent; the emulator lacks the call",
    "AWS::Events::Rule:Targets.RetryPolicy": "the emulator tells of no mail that came back: the desk hands in the event",
    "AWS::Scheduler::Schedule:FlexibleTimeWindow": "the local schedule fires on time",
    "AWS::Scheduler::Schedule:Target.RetryPolicy": "a local schedule is tried once; the next run comes anyway",
    "AWS::Scheduler::Schedule:Target.RoleArn": "the local scheduler calls the runner directly",
}


def reason(kind: str, path: str) -> str | None:
    """Give the reason why a property, or anything within it, is not applied here; None when it must be."""
    if kind in TYPES:
        return TYPES[kind]
    words = path.split(".")
    for length in range(len(words), 0, -1):
        if found := PROPERTIES.get(f"{kind}:{'.'.join(words[:length])}"):
            return found
    return None
