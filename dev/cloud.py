"""Makes every resource of the template in the emulator, by ordinary API calls with all of its properties.

A second start makes nothing again: what was made stands in `.local/cloud.json` with a digest of its properties, and a
resource whose properties changed is brought up to date. Functions, routes, sources and schedules are no business of
the emulator: `dev.wiring` reads them, the runner, the server and the pumps play them.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from dev import not_local
from dev.emulator import ROOT_CREDENTIALS, Emulator
from dev.places import LOOPBACK, Places, read, write
from dev.taken import Taken
from dev.template import ACCOUNT, REGION, STACK, Physical, Resource, Template

_MARKER = "/familjehem-local/marker"
_PLAYED_HERE = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Stage",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Scheduler::Schedule",
    }
)

type Report = Callable[[str], None]


class CloudError(Exception):
    """A resource could not be made; the message names it."""


@dataclass(frozen=True, slots=True)
class Clients:
    """Clients of the emulator with the rights of the account's root, one per service, kept."""

    url: str

    def __call__(self, service: str) -> Any:
        """Give the client of `service`."""
        return _client(self.url, service)


@cache
def _client(url: str, service: str) -> Any:
    return boto3.session.Session(**ROOT_CREDENTIALS, region_name=REGION).client(  # pyright: ignore[reportArgumentType]
        service,  # pyright: ignore[reportArgumentType]
        endpoint_url=url,
        config=Config(
            retries={"total_max_attempts": 3}, max_pool_connections=32, s3={"addressing_style": "path"}, read_timeout=30
        ),
    )


@dataclass(slots=True)
class Cloud:
    """What was made of a template: the physical ids by path, and which properties nobody took."""

    physical: dict[str, Physical]
    left: dict[str, list[str]]
    made: int
    changed: int


def make(template: Template, emulator: Emulator, places: Places, report: Report = lambda _line: None) -> Cloud:
    """Make or bring up to date every resource, in the order of their dependencies.

    Safe to repeat. `CloudError` names a resource that cannot be made, with the emulator's own words.
    """
    clients = Clients(emulator.url)
    kept = read(places.cloud)
    marker = _read_marker(clients)
    if marker is None or kept.get("marker") != marker:
        kept = {}
        marker = str(uuid.uuid4())
        clients("ssm").put_parameter(Name=_MARKER, Value=marker, Type="String", Overwrite=True)
    known: dict[str, dict[str, Any]] = kept.get("resources", {})
    cloud = Cloud({}, {}, 0, 0)
    records: dict[str, dict[str, Any]] = {}
    try:
        for resource in template.in_order():
            properties = template.resolve(resource, cloud.physical)
            digest = hashlib.sha256(json.dumps([resource.type, properties], sort_keys=True).encode()).hexdigest()
            before = known.get(resource.path)
            if before and before["digest"] == digest:
                records[resource.path] = before
                cloud.physical[resource.path] = Physical(before["ref"], before["attributes"])
                cloud.left[resource.path] = before["left"]
                continue
            taken = Taken(properties)
            existing = Physical(before["ref"], before["attributes"]) if before else None
            made = _make(resource, taken, existing, clients)
            cloud.physical[resource.path] = made
            cloud.left[resource.path] = [] if _is_played(resource.type) else list(taken.left())
            records[resource.path] = {
                "type": resource.type,
                "digest": digest,
                "ref": made.ref,
                "attributes": dict(made.attributes),
                "left": cloud.left[resource.path],
            }
            if _is_played(resource.type):
                continue
            cloud.made, cloud.changed = cloud.made + (not before), cloud.changed + bool(before)
            report(f"  {'ändrad' if before else 'skapad'}  {resource.type:<42} {resource.path}")
    finally:
        write(places.cloud, {"marker": marker, "resources": {**known, **records}})
    return cloud


def known(places: Places) -> dict[str, Physical]:
    """Give the physical ids as the last start left them, for tools that run beside the service."""
    return {
        path: Physical(record["ref"], record["attributes"])
        for path, record in read(places.cloud).get("resources", {}).items()
    }


def name_of(resource: Resource) -> str:
    """Give the name that the local cloud gives to a resource without one of its own."""
    return f"{STACK}-{resource.logical}".lower()


def _is_played(kind: str) -> bool:
    return kind in _PLAYED_HERE or kind in not_local.TYPES


def _read_marker(clients: Clients) -> str | None:
    try:
        return clients("ssm").get_parameter(Name=_MARKER)["Parameter"]["Value"]
    except ClientError:
        return None


def _make(resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    if _is_played(resource.type):
        return _played(resource, taken)
    maker = _MAKERS.get(resource.type)
    if maker is None:
        message = f"{resource.path}: det lokala molnet kan inte skapa {resource.type} (se dev/cloud.py)"
        raise CloudError(message)
    try:
        return maker(resource, taken, existing, clients)
    except ClientError as error:
        message = f"{resource.path} ({resource.type}): {error}"
        raise CloudError(message) from error


def _played(resource: Resource, taken: Taken) -> Physical:
    name = str(taken.get("FunctionName") or taken.get("Name") or name_of(resource))
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    match resource.type:
        case "AWS::Lambda::Function":
            return Physical(name_of(resource) if "FunctionName" not in taken else name, {"Arn": arn})
        case "AWS::Lambda::Version":
            return Physical(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}:1", {"Version": "1"})
        case "AWS::Lambda::Alias":
            function = taken.get("FunctionName")
            return Physical(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}:{taken.get('Name')}", {})
        case "AWS::ApiGatewayV2::Api":
            return Physical("local", {"ApiId": "local", "ApiEndpoint": "http://127.0.0.1"})
        case "AWS::ApiGatewayV2::Stage":
            return Physical(str(taken.get("StageName")), {})
        case "AWS::Scheduler::Schedule":
            return Physical(name, {"Arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}"})
        case "AWS::CloudFront::Function":
            arn = f"arn:aws:cloudfront::{ACCOUNT}:function/{name}"
            return Physical(name, {"FunctionARN": arn, "FunctionMetadata.FunctionARN": arn})
        case _:
            own = name_of(resource)
            return Physical(own, {"Arn": f"arn:aws:local:{REGION}:{ACCOUNT}:{own}", "Id": own, "DomainName": LOOPBACK})


def _tags(taken: Taken, name: str = "Tags") -> list[dict[str, str]]:
    found = taken.get(name) or []
    if isinstance(found, Mapping):
        return [{"Key": key, "Value": str(value)} for key, value in found.items()]
    return [{"Key": tag["Key"], "Value": str(tag["Value"])} for tag in found]


def _document(policy: Any) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)


def _present(call: Callable[..., Any], *codes: str, **arguments: Any) -> Any:
    """Call, and give None where the answer is one of `codes`: not there, or there already."""
    try:
        return call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise


# ---------------------------------------------------------------- keys and secrets


def _key(_resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    kms = clients("kms")
    policy, tags = _document(taken.get("KeyPolicy")), _tags(taken)
    if existing is None:
        made = kms.create_key(
            Description=taken.get("Description", ""),
            KeySpec=taken.get("KeySpec", "SYMMETRIC_DEFAULT"),
            KeyUsage=taken.get("KeyUsage", "ENCRYPT_DECRYPT"),
            MultiRegion=taken.get("MultiRegion", False),
            Policy=policy,
            BypassPolicyLockoutSafetyCheck=taken.get("BypassPolicyLockoutSafetyCheck", False),
            Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags],
        )["KeyMetadata"]
        existing = Physical(made["KeyId"], {"Arn": made["Arn"], "KeyId": made["KeyId"]})
    else:
        kms.put_key_policy(KeyId=existing.ref, PolicyName="default", Policy=policy)
        kms.update_key_description(KeyId=existing.ref, Description=taken.get("Description", ""))
        kms.tag_resource(KeyId=existing.ref, Tags=[{"TagKey": t["Key"], "TagValue": t["Value"]} for t in tags])
        taken.some("KeySpec", "KeyUsage", "MultiRegion", "BypassPolicyLockoutSafetyCheck")
    if taken.get("EnableKeyRotation"):
        kms.enable_key_rotation(KeyId=existing.ref, **taken.some("RotationPeriodInDays"))
    if not taken.get("Enabled", True):
        kms.disable_key(KeyId=existing.ref)
    return existing


def _alias(_resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    name, target = taken.get("AliasName"), taken.get("TargetKeyId")
    if existing is None:
        clients("kms").create_alias(AliasName=name, TargetKeyId=target)
    else:
        clients("kms").update_alias(AliasName=name, TargetKeyId=target)
    return Physical(name)


def _secret(resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    manager = clients("secretsmanager")
    generate = taken.get("GenerateSecretString")
    described = {"Description": taken.get("Description", ""), **taken.some("KmsKeyId")}
    if existing is not None:
        manager.update_secret(SecretId=existing.ref, **described)
        taken.some("Name", "SecretString")
        taken.get("Tags")
        return existing
    if generate is None:
        value = taken.get("SecretString", None)
    else:
        options = {k: v for k, v in generate.items() if k not in {"SecretStringTemplate", "GenerateStringKey"}}
        value = manager.get_random_password(**options)["RandomPassword"]
        if "SecretStringTemplate" in generate:
            value = json.dumps({**json.loads(generate["SecretStringTemplate"]), generate["GenerateStringKey"]: value})
    made = manager.create_secret(
        Name=taken.get("Name", name_of(resource)),
        Tags=_tags(taken),
        **described,
        **({} if value is None else {"SecretString": value}),  # a secret may wait for somebody to put its value in
    )
    return Physical(made["ARN"], {"Id": made["ARN"]})


def _secret_policy(_resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    secret = taken.get("SecretId")
    clients("secretsmanager").put_resource_policy(
        SecretId=secret,
        ResourcePolicy=_document(taken.get("ResourcePolicy")),
        BlockPublicPolicy=taken.get("BlockPublicPolicy", False),
    )
    return Physical(secret)


# ---------------------------------------------------------------- tables


def _table(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    dynamodb = clients("dynamodb")
    name = taken.get("TableName", name_of(resource))
    stream = taken.get("StreamSpecification")
    sse = taken.part("SSESpecification")
    encryption = {
        "Enabled": sse.get("SSEEnabled", False),
        **sse.some("SSEType"),
        **({"KMSMasterKeyId": sse.get("KMSMasterKeyId")} if "KMSMasterKeyId" in sse else {}),
    }
    description = _present(dynamodb.describe_table, "ResourceNotFoundException", TableName=name)
    settings = taken.some("AttributeDefinitions", "BillingMode", "DeletionProtectionEnabled", "TableClass")
    keys = taken.some("KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    tags = _tags(taken)
    if description is None:
        dynamodb.create_table(
            TableName=name,
            **settings,
            **keys,
            **({"StreamSpecification": {"StreamEnabled": True, **stream}} if stream else {}),
            **({"SSESpecification": encryption} if encryption["Enabled"] else {}),
            **({"Tags": tags} if tags else {}),
        )
    else:
        _update_table(name, description["Table"], settings, keys, clients)
    description = dynamodb.describe_table(TableName=name)["Table"]
    _table_extras(name, taken, clients)
    return Physical(
        name,
        {
            "Arn": description["TableArn"],
            "TableId": description.get("TableId", ""),
            **({"StreamArn": description["LatestStreamArn"]} if stream else {}),
        },
    )


def _update_table(
    name: str, known: Mapping[str, Any], settings: dict[str, Any], keys: dict[str, Any], clients: Clients
) -> None:
    indexes = {index["IndexName"] for index in known.get("GlobalSecondaryIndexes", ())}
    for index in keys.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] not in indexes:
            clients("dynamodb").update_table(
                TableName=name,
                AttributeDefinitions=settings["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": index}],
            )
    if known["KeySchema"] != keys["KeySchema"]:
        message = f"nyckeln till tabellen {name} har ändrats; ta bort mappen .local och börja om"
        raise CloudError(message)
    if "DeletionProtectionEnabled" in settings:
        clients("dynamodb").update_table(
            TableName=name, DeletionProtectionEnabled=settings["DeletionProtectionEnabled"]
        )


def _table_extras(name: str, taken: Taken, clients: Clients) -> None:
    dynamodb = clients("dynamodb")
    lifetime = taken.get("TimeToLiveSpecification")
    if lifetime:
        current = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        if (current.get("TimeToLiveStatus") == "ENABLED") != lifetime["Enabled"]:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=lifetime)
    if "PointInTimeRecoverySpecification" in taken:
        recovery = taken.part("PointInTimeRecoverySpecification")
        dynamodb.update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification=recovery.some("PointInTimeRecoveryEnabled", "RecoveryPeriodInDays"),
        )
    if "ContributorInsightsSpecification" in taken:
        enabled = taken.part("ContributorInsightsSpecification").get("Enabled")
        dynamodb.update_contributor_insights(
            TableName=name, ContributorInsightsAction="ENABLE" if enabled else "DISABLE"
        )


# ---------------------------------------------------------------- buckets


def _bucket(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    s3 = clients("s3")
    name = taken.get("BucketName", name_of(resource))
    _present(
        s3.create_bucket,
        "BucketAlreadyOwnedByYou",
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": REGION},
        **({"ObjectLockEnabledForBucket": True} if taken.get("ObjectLockEnabled") else {}),
    )
    if "VersioningConfiguration" in taken:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=taken.get("VersioningConfiguration"))
    if "ObjectLockConfiguration" in taken:
        lock = taken.get("ObjectLockConfiguration")
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    if "BucketEncryption" in taken:
        rules = [
            {
                "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault"),
                **rule.some("BucketKeyEnabled"),
            }
            for rule in taken.part("BucketEncryption").parts("ServerSideEncryptionConfiguration")
        ]
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    if "PublicAccessBlockConfiguration" in taken:
        block = taken.get("PublicAccessBlockConfiguration")
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
    if "OwnershipControls" in taken:
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=taken.get("OwnershipControls"))
    if "LifecycleConfiguration" in taken:
        rules = [_lifecycle(rule) for rule in taken.part("LifecycleConfiguration").parts("Rules")]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    if tags := _tags(taken):
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    host = f"{name}.s3.{REGION}.amazonaws.com"
    return Physical(name, {"Arn": f"arn:aws:s3:::{name}", "DomainName": host, "RegionalDomainName": host})


def _lifecycle(rule: Taken) -> dict[str, Any]:
    names = {"ExpirationInDays": "Days", "ExpirationDate": "Date", "ExpiredObjectDeleteMarker": None}
    expiration = {api or name: rule.get(name) for name, api in names.items() if name in rule}
    same = ("Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")
    return {
        **({"ID": rule.get("Id")} if "Id" in rule else {}),
        "Filter": {"Prefix": rule.get("Prefix", "")},
        **rule.some(*same),
        **({"Expiration": expiration} if expiration else {}),
    }


def _bucket_policy(_resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    bucket = taken.get("Bucket")
    clients("s3").put_bucket_policy(Bucket=bucket, Policy=_document(taken.get("PolicyDocument")))
    return Physical(bucket)


# ---------------------------------------------------------------- queues and topics

_QUEUE_ATTRIBUTES = [
    "ContentBasedDeduplication",
    "DelaySeconds",
    "FifoQueue",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
    "DeduplicationScope",
    "FifoThroughputLimit",
]


def _queue(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    sqs = clients("sqs")
    name = taken.get("QueueName", name_of(resource) + (".fifo" if taken.get("FifoQueue") else ""))
    attributes = {key: _attribute(value) for key, value in taken.some(*_QUEUE_ATTRIBUTES).items()}
    found = _present(sqs.get_queue_url, "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", QueueName=name)
    tags = {tag["Key"]: tag["Value"] for tag in _tags(taken)}
    if found is None:
        url = sqs.create_queue(QueueName=name, Attributes=attributes, tags=tags)["QueueUrl"]
    else:
        url = found["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    return Physical(url, {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "QueueName": name, "QueueUrl": url})


def _attribute(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _queue_policy(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    for url in taken.get("Queues"):
        policy = _document(taken.get("PolicyDocument"))
        clients("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return Physical(name_of(resource))


def _topic(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    sns = clients("sns")
    name = taken.get("TopicName", name_of(resource))
    attributes = taken.some("DisplayName", "KmsMasterKeyId", "FifoTopic", "ContentBasedDeduplication")
    arn = sns.create_topic(
        Name=name, Attributes={key: _attribute(value) for key, value in attributes.items()}, Tags=_tags(taken)
    )["TopicArn"]
    for each in taken.get("Subscription") or ():
        sns.subscribe(TopicArn=arn, Protocol=each["Protocol"], Endpoint=each["Endpoint"])
    return Physical(arn, {"TopicArn": arn, "TopicName": name})


def _topic_policy(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    for arn in taken.get("Topics"):
        clients("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=_document(taken.get("PolicyDocument"))
        )
    return Physical(name_of(resource))


def _subscription(_resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    if existing is not None:
        clients("sns").unsubscribe(SubscriptionArn=existing.ref)
    attributes = taken.some("FilterPolicy", "RawMessageDelivery", "RedrivePolicy", "FilterPolicyScope")
    made = clients("sns").subscribe(
        **taken.some("TopicArn", "Protocol", "Endpoint"),
        Attributes={key: _attribute(value) for key, value in attributes.items()},
        ReturnSubscriptionArn=True,
    )
    return Physical(made["SubscriptionArn"])


# ---------------------------------------------------------------- people


_POOL = [
    "Policies",
    "DeletionProtection",
    "AutoVerifiedAttributes",
    "AliasAttributes",
    "UsernameAttributes",
    "SmsVerificationMessage",
    "EmailVerificationMessage",
    "EmailVerificationSubject",
    "VerificationMessageTemplate",
    "SmsAuthenticationMessage",
    "UserAttributeUpdateSettings",
    "DeviceConfiguration",
    "EmailConfiguration",
    "AdminCreateUserConfig",
    "Schema",
    "UserPoolAddOns",
    "UsernameConfiguration",
    "AccountRecoverySetting",
    "UserPoolTier",
    "LambdaConfig",
]
_ONLY_AT_BIRTH = frozenset({"Schema", "UsernameAttributes", "AliasAttributes", "UsernameConfiguration"})


def _pool(resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    cognito = clients("cognito-idp")
    settings = taken.some(*_POOL)
    tags = {tag["Key"]: tag["Value"] for tag in _tags(taken, "UserPoolTags")}
    name = taken.get("UserPoolName", name_of(resource))
    if existing is None:
        made = cognito.create_user_pool(PoolName=name, UserPoolTags=tags, **settings)["UserPool"]
        existing = Physical(
            made["Id"],
            {
                "Arn": made["Arn"],
                "UserPoolId": made["Id"],
                "ProviderName": f"cognito-idp.{REGION}.amazonaws.com/{made['Id']}",
                "ProviderURL": f"https://cognito-idp.{REGION}.amazonaws.com/{made['Id']}",
            },
        )
    else:
        cognito.update_user_pool(
            UserPoolId=existing.ref,
            UserPoolTags=tags,
            **{key: value for key, value in settings.items() if key not in _ONLY_AT_BIRTH},
        )
    return existing


_CLIENT = [
    "ClientName",
    "GenerateSecret",
    "RefreshTokenValidity",
    "AccessTokenValidity",
    "IdTokenValidity",
    "TokenValidityUnits",
    "ReadAttributes",
    "WriteAttributes",
    "ExplicitAuthFlows",
    "SupportedIdentityProviders",
    "CallbackURLs",
    "LogoutURLs",
    "DefaultRedirectURI",
    "AllowedOAuthFlows",
    "AllowedOAuthScopes",
    "AllowedOAuthFlowsUserPoolClient",
    "PreventUserExistenceErrors",
    "EnableTokenRevocation",
    "EnablePropagateAdditionalUserContextData",
    "AuthSessionValidity",
    "RefreshTokenRotation",
]


def _pool_client(resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    cognito = clients("cognito-idp")
    pool = taken.get("UserPoolId")
    settings = {"ClientName": name_of(resource), **taken.some(*_CLIENT)}
    if existing is None:
        made = cognito.create_user_pool_client(UserPoolId=pool, **settings)["UserPoolClient"]
        return Physical(made["ClientId"], {"ClientId": made["ClientId"], "Name": settings["ClientName"]})
    settings.pop("GenerateSecret", None)
    cognito.update_user_pool_client(UserPoolId=pool, ClientId=existing.ref, **settings)
    return existing


def _pool_domain(_resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    given = taken.some("Domain", "UserPoolId", "ManagedLoginVersion", "CustomDomainConfig")
    if existing is None:
        clients("cognito-idp").create_user_pool_domain(**given)
    return Physical(given["Domain"], {"CloudFrontDistribution": ""})


def _pool_group(_resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    given = taken.some("GroupName", "UserPoolId", "Description", "Precedence", "RoleArn")
    if existing is None:
        clients("cognito-idp").create_group(**given)
    else:
        clients("cognito-idp").update_group(**given)
    return Physical(given["GroupName"])


# ---------------------------------------------------------------- roles


def _role(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    iam = clients("iam")
    name = taken.get("RoleName", name_of(resource))
    trust = _document(taken.get("AssumeRolePolicyDocument"))
    described = taken.some("Path", "Description", "MaxSessionDuration")
    tags = _tags(taken)
    created = _present(
        iam.create_role,
        "EntityAlreadyExists",
        RoleName=name,
        AssumeRolePolicyDocument=trust,
        Tags=tags,
        **described,
        **taken.some("PermissionsBoundary"),
    )
    if created is None:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
        iam.tag_role(RoleName=name, Tags=tags)
    policies = {policy["PolicyName"]: _document(policy["PolicyDocument"]) for policy in taken.get("Policies") or ()}
    for gone in set(iam.list_role_policies(RoleName=name)["PolicyNames"]) - set(policies):
        iam.delete_role_policy(RoleName=name, PolicyName=gone)
    for policy, document in policies.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)
    for arn in taken.get("ManagedPolicyArns") or ():
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    role = iam.get_role(RoleName=name)["Role"]
    return Physical(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _managed_policy(resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    iam = clients("iam")
    document = _document(taken.get("PolicyDocument"))
    if existing is None:
        name = taken.get("ManagedPolicyName", name_of(resource))
        arn = iam.create_policy(PolicyName=name, PolicyDocument=document, **taken.some("Path", "Description"))[
            "Policy"
        ]["Arn"]
    else:
        arn = existing.ref
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    for role in taken.get("Roles") or ():
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    return Physical(arn, {"PolicyArn": arn})


def _inline_policy(_resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    name = taken.get("PolicyName")
    for role in taken.get("Roles") or ():
        clients("iam").put_role_policy(
            RoleName=role, PolicyName=name, PolicyDocument=_document(taken.get("PolicyDocument"))
        )
    return Physical(name)


# ---------------------------------------------------------------- post


def _identity(_resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    ses = clients("sesv2")
    name = taken.get("EmailIdentity")
    configuration = taken.part("ConfigurationSetAttributes").some("ConfigurationSetName")
    signing = taken.part("DkimSigningAttributes").some("NextSigningKeyLength")
    _present(
        ses.create_email_identity,
        "AlreadyExistsException",
        EmailIdentity=name,
        **configuration,
        **({"DkimSigningAttributes": signing} if signing else {}),
    )
    return Physical(name, {f"DkimDNSTokenName{n}": "" for n in (1, 2, 3)})


def _configuration_set(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    name = taken.get("Name", name_of(resource))
    options = ("TrackingOptions", "DeliveryOptions", "ReputationOptions", "SendingOptions", "SuppressionOptions")
    _present(
        clients("sesv2").create_configuration_set,
        "AlreadyExistsException",
        ConfigurationSetName=name,
        **taken.some(*options, "VdmOptions"),
    )
    return Physical(name)


def _event_destination(_resource: Resource, taken: Taken, existing: Physical | None, clients: Clients) -> Physical:
    ses = clients("sesv2")
    destination = taken.part("EventDestination")
    name, owner = destination.get("Name"), taken.get("ConfigurationSetName")
    wanted: dict[str, Any] = {
        "Enabled": destination.get("Enabled", True),
        "MatchingEventTypes": [_event_type(each) for each in destination.get("MatchingEventTypes")],
        **destination.some("EventBridgeDestination", "SnsDestination", "CloudWatchDestination"),
    }
    arguments = {"ConfigurationSetName": owner, "EventDestinationName": name, "EventDestination": wanted}
    if existing is None:
        ses.create_configuration_set_event_destination(**arguments)
    else:
        ses.update_configuration_set_event_destination(**arguments)
    return Physical(name)


def _event_type(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)


# ---------------------------------------------------------------- watching


def _log_group(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    logs = clients("logs")
    name = taken.get("LogGroupName", f"/{STACK}/{resource.logical}")
    tags = {tag["Key"]: tag["Value"] for tag in _tags(taken)}
    _present(
        logs.create_log_group,
        "ResourceAlreadyExistsException",
        logGroupName=name,
        **({"kmsKeyId": taken.get("KmsKeyId")} if "KmsKeyId" in taken else {}),
        **({"logGroupClass": taken.get("LogGroupClass")} if "LogGroupClass" in taken else {}),
        **({"tags": tags} if tags else {}),
    )
    if days := taken.get("RetentionInDays"):
        logs.put_retention_policy(logGroupName=name, retentionInDays=int(days))
    return Physical(name, {"Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"})


def _metric_filter(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    name = taken.get("FilterName", name_of(resource))
    transformations = [
        {key[0].lower() + key[1:]: value for key, value in each.items()} for each in taken.get("MetricTransformations")
    ]
    for each in transformations:
        if "dimensions" in each:
            each["dimensions"] = {pair["Key"]: pair["Value"] for pair in each["dimensions"]}
    clients("logs").put_metric_filter(
        logGroupName=taken.get("LogGroupName"),
        filterName=name,
        filterPattern=taken.get("FilterPattern"),
        metricTransformations=transformations,
    )
    return Physical(name)


_ALARM = [
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "Metrics",
    "ThresholdMetricId",
]


def _alarm(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    name = taken.get("AlarmName", name_of(resource))
    settings = taken.some(*_ALARM)
    for key, kind in (("Threshold", float), ("EvaluationPeriods", int), ("Period", int), ("DatapointsToAlarm", int)):
        if key in settings:
            settings[key] = kind(settings[key])
    clients("cloudwatch").put_metric_alarm(AlarmName=name, Tags=_tags(taken), **settings)
    return Physical(name, {"Arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"})


def _dashboard(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    name = taken.get("DashboardName", name_of(resource))
    clients("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=taken.get("DashboardBody"))
    return Physical(name)


def _rule(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    events = clients("events")
    name = taken.get("Name", name_of(resource))
    pattern = taken.get("EventPattern")
    events.put_rule(
        Name=name,
        **taken.some("Description", "EventBusName", "RoleArn", "ScheduleExpression"),
        **({"EventPattern": _document(pattern)} if pattern else {}),
        State="DISABLED",  # the emulator has no functions: what a rule sets off is played by the pumps
    )
    taken.some("State", "Targets")
    return Physical(name, {"Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}"})


def _parameter(resource: Resource, taken: Taken, _existing: Physical | None, clients: Clients) -> Physical:
    name = taken.get("Name", f"/{STACK}/{resource.logical}")
    clients("ssm").put_parameter(
        Name=name, Overwrite=True, **taken.some("Type", "Value", "Description", "Tier", "AllowedPattern")
    )
    return Physical(name, {"Type": taken.get("Type"), "Value": taken.get("Value")})


type _Maker = Callable[[Resource, Taken, Physical | None, Clients], Physical]

_MAKERS: Mapping[str, _Maker] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::Cognito::UserPool": _pool,
    "AWS::Cognito::UserPoolClient": _pool_client,
    "AWS::Cognito::UserPoolDomain": _pool_domain,
    "AWS::Cognito::UserPoolGroup": _pool_group,
    "AWS::DynamoDB::Table": _table,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Policy": _inline_policy,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Alias": _alias,
    "AWS::KMS::Key": _key,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::Logs::MetricFilter": _metric_filter,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SES::ConfigurationSet": _configuration_set,
    "AWS::SES::ConfigurationSetEventDestination": _event_destination,
    "AWS::SES::EmailIdentity": _identity,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::SSM::Parameter": _parameter,
    "AWS::SecretsManager::ResourcePolicy": _secret_policy,
    "AWS::SecretsManager::Secret": _secret,
}
