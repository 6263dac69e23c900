"""The template's rights, resolved: who may do what, with names as they would be in the account.

    rights = Rights.of(load(...))
    rights.verdict("submission", "dynamodb:Query", rights.main, {"dynamodb:LeadingKeys": ["DIRECTORY"]})

The policies are those of the transformed template, with every reference replaced by an ARN made from the resource's
path. Keys of recipients are made at run time; `recipient_key` adds one with its tags and its policy.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from dev.recorder import NEW_KEY
from dev.template import ACCOUNT, REGION, STACK, Physical, Resource, Template
from tests.infrastructure.policy import Request, Value, Verdict, decide

SERVICES = {
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
    "AWS::KMS::Key": ("kms", "key/"),
    "AWS::SQS::Queue": ("sqs", ""),
    "AWS::SNS::Topic": ("sns", ""),
    "AWS::SecretsManager::Secret": ("secretsmanager", "secret:"),
    "AWS::Logs::LogGroup": ("logs", "log-group:"),
    "AWS::Lambda::Function": ("lambda", "function:"),
    "AWS::Cognito::UserPool": ("cognito-idp", "userpool/"),
    "AWS::Lambda::LayerVersion": ("lambda", "layer:"),
}
BY_ARN = {"AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::Lambda::LayerVersion", "AWS::Lambda::Alias"}


def arn(service: str, name: str, *, region: str = REGION, account: str = ACCOUNT) -> str:
    """Give an ARN of the account that the tests pretend to be in."""
    return f"arn:aws:{service}:{region}:{account}:{name}"


class Recorded(Protocol):
    """What is needed of a recorded call (dev/recorder.py)."""

    function: str
    principal: str | None
    action: str
    resources: tuple[str, ...]
    context: Mapping[str, Any]


class _Attributes(Mapping[str, Any]):
    """Whatever attribute is asked for: some are made up, for no policy rests on them."""

    def __init__(self, known: Mapping[str, Any], path: str) -> None:
        self._known, self._path = known, path

    def __contains__(self, _: object) -> bool:
        return True

    def __getitem__(self, name: str) -> Any:
        return self._known.get(name, f"{self._path}.{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def deployed(template: Template) -> tuple[dict[str, Physical], dict[str, dict[str, Any]]]:
    """Pretend that the template was deployed: physical ids and resolved properties by path."""
    physical: dict[str, Physical] = {}
    properties: dict[str, dict[str, Any]] = {}
    for resource in template.in_order():
        properties[resource.path] = found = template.resolve(resource, physical)
        physical[resource.path] = _made(resource, found)
    return physical, properties


def _made(resource: Resource, properties: Mapping[str, Any]) -> Physical:
    name = f"{STACK}-{resource.path.replace('/', '-')}"
    match resource.type:
        case "AWS::IAM::Role":
            name = properties.get("RoleName", name)
            known: dict[str, Any] = {"Arn": arn("iam", f"role/{name}", region="")}
        case "AWS::S3::Bucket":
            name = name.lower()
            known = {"Arn": f"arn:aws:s3:::{name}"}
        case "AWS::Lambda::Alias":
            known = {"Arn": arn("lambda", f"function:{properties['FunctionName']}:{properties['Name']}")}
        case kind if kind in SERVICES:
            service, prefix = SERVICES[kind]
            known = {"Arn": arn(service, f"{prefix}{name}")}
        case _:
            known = {}
    if resource.type == "AWS::Logs::LogGroup":
        known["Arn"] += ":*"
    if resource.type == "AWS::DynamoDB::Table":
        known["StreamArn"] = f"{known['Arn']}/stream/2026-11-22T08:00:00.000"
    return Physical(known["Arn"] if resource.type in BY_ARN and known else name, _Attributes(known, resource.path))


@dataclass
class Rights:
    """Every policy of the template, by what it belongs to."""

    physical: Mapping[str, Physical]
    properties: Mapping[str, Mapping[str, Any]]
    identities: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    resources: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    tags: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, template: Template, physical: Mapping[str, Physical] | None = None) -> Self:
        """Read the policies of a template; `physical` are the names of a real deployment, for calls recorded there."""
        if physical is None:
            physical, properties = deployed(template)
        else:
            known = physical
            properties = {
                path: template.resolve(one, known) for path, one in template.resources.items() if path in known
            }
        rights = cls(physical, properties)
        for path, resource in template.resources.items():
            if path in properties:
                rights._read(resource, properties[path])
        return rights

    def _read(self, resource: Resource, properties: Mapping[str, Any]) -> None:
        own = self.physical[resource.path]
        match resource.type:
            case "AWS::IAM::Role":
                role = own.attributes["Arn"]
                self.identities[role] = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
                self.resources[role] = properties["AssumeRolePolicyDocument"]
            case "AWS::KMS::Key":
                self.key(own.attributes["Arn"], properties["KeyPolicy"], properties.get("Tags", []))
            case "AWS::S3::BucketPolicy":
                self.resources[f"arn:aws:s3:::{properties['Bucket']}"] = properties["PolicyDocument"]
            case "AWS::SecretsManager::ResourcePolicy":
                self.resources[properties["SecretId"]] = properties["ResourcePolicy"]
            case "AWS::SQS::QueuePolicy" | "AWS::SNS::TopicPolicy":
                for statement in properties["PolicyDocument"]["Statement"]:
                    self.resources[statement["Resource"]] = properties["PolicyDocument"]
            case _:
                pass

    def key(self, key_arn: str, policy: Mapping[str, Any], tags: Iterable[Mapping[str, str]]) -> str:
        """Know a key, its policy and its tags (`Key`/`Value` or `TagKey`/`TagValue`); gives its ARN."""
        self.resources[key_arn] = policy
        named = ((tag.get("Key", tag.get("TagKey", "")), tag.get("Value", tag.get("TagValue", ""))) for tag in tags)
        self.tags[key_arn] = dict(named)
        return key_arn

    def recipient_key(self, recipient: str, policy: Mapping[str, Any] | None = None) -> str:
        """Know a recipient's key as `adapters/recipient_keys.py` makes it; without `policy`, one that leaves all
        to the roles, so that they are put to the test alone.
        """
        open_policy = {
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": arn("iam", "root", region="")},
                "Action": "kms:*",
                "Resource": "*",
            }
        }
        tags = {"familjehem:purpose": "recipient", "familjehem:recipient": recipient}
        return self.key(
            arn("kms", f"key/recipient-{recipient}"),
            policy or open_policy,
            [{"Key": name, "Value": value} for name, value in tags.items()],
        )

    def role(self, function: str) -> str:
        """Give the ARN of a function's role, or of `tenant`."""
        return arn("iam", f"role/{STACK}-{function}", region="")

    def arn(self, path: str, attribute: str = "Arn") -> str:
        """Give the ARN of a resource by its path, such as `Data/MainTable`."""
        return self.physical[path].attributes[attribute]

    @property
    def main(self) -> str:
        """ARN of table main."""
        return self.arn("Data/MainTable")

    @property
    def wraps(self) -> str:
        """ARN of table wraps."""
        return self.arn("Data/WrapsTable")

    @property
    def tally(self) -> str:
        """ARN of table tally."""
        return self.arn("Data/TallyTable")

    @property
    def bucket(self) -> str:
        """ARN of the mailbox bucket."""
        return self.arn("Data/MailboxBucket")

    def verdict(
        self,
        who: str,
        action: str,
        resource: str,
        context: Mapping[str, Value] | None = None,
        *,
        session: Mapping[str, Any] | None = None,
    ) -> Verdict:
        """Say what comes of a call by a function, by `tenant`, or by any role's or service's own name.

        What AWS itself adds to a call is added here: TLS, the tags of a key. A call to a key that a service makes for
        the caller (`kms:ViaService`) is asked for by its own call, with that in its context.
        """
        principal = who if who.startswith("arn:") or who.endswith(".amazonaws.com") else self.role(who)
        facts: dict[str, Value] = {"aws:SecureTransport": "true"}
        service = action.partition(":")[0]
        if service == "s3":
            facts["s3:TlsVersion"] = "1.3"
        facts |= {f"aws:ResourceTag/{name}": value for name, value in self.tags.get(resource, {}).items()}
        return decide(
            Request(action, resource, principal, {**facts, **(context or {})}),
            self.identities.get(principal, []),
            resource=self._policy_of(resource),
            session=session,
            # A key that is yet to be made has no policy.
            demands_resource=service in {"kms", "sts"} and action != "kms:CreateKey" and not resource.endswith(NEW_KEY),
        )

    def judge(self, call: "Recorded", *, session: Mapping[str, Any] | None = None) -> Verdict:
        """Say what AWS would have said to a recorded call; of several resources every one must be allowed."""
        who = call.principal or call.function
        found = [self.verdict(who, call.action, one, call.context, session=session) for one in call.resources]
        return next((one for one in found if one is not Verdict.ALLOWED), Verdict.ALLOWED)

    def _policy_of(self, resource: str) -> Mapping[str, Any] | None:
        if resource.startswith("arn:aws:s3:::"):
            return self.resources.get(resource.partition("/")[0])
        return self.resources.get(resource)
