"""What else of AWS our adapters call, in memory: KMS, S3, SES, SNS, Secrets Manager, STS, SQS, Cognito.

Rights are played where a promise rests on them: a recipient's key opens for the session of that recipient only, the contact
key for nobody's session, and the bucket is read in a session, below its recipient's prefix.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from tests.memory.errors import error

ACCOUNT = "111122223333"
REGION = "eu-north-1"
MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True)
class Key:
    """One KMS key."""

    arn: str
    enabled: bool = True
    deleted_at: datetime | None = None
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What KMS would find in a wrapped data key."""

    arn: str
    context: Mapping[str, str]
    plaintext: bytes


@dataclass
class Kms:
    """Plays the client of KMS; `session` is the recipient whose tenant session calls."""

    now: Callable[[], datetime]
    keys: dict[str, Key] = field(default_factory=dict[str, Key])
    wrapped: dict[bytes, Wrapped] = field(default_factory=dict[bytes, Wrapped])

    def copy(self, now: Callable[[], datetime]) -> Self:
        """Give the same keys in a KMS of its own."""
        return replace(self, now=now, keys=dict(self.keys), wrapped=dict(self.wrapped))

    def create_key(self, *, session: str | None, Tags: Any = (), **_: Any) -> Any:
        arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{len(self.keys):08}"
        tags = {one["TagKey"]: one["TagValue"] for one in Tags}
        self.keys[arn] = Key(arn, recipient=tags.get("familjehem:recipient"))
        return {"KeyMetadata": {"Arn": arn, "KeyId": arn}}

    def enable_key_rotation(self, *, session: str | None, KeyId: str) -> Any:
        self._usable(KeyId)
        return {}

    def disable_key(self, *, session: str | None, KeyId: str) -> Any:
        self.keys[KeyId] = replace(self.keys[KeyId], enabled=False)
        return {}

    def enable_key(self, *, session: str | None, KeyId: str) -> Any:
        self.keys[KeyId] = replace(self.keys[KeyId], enabled=True)
        return {}

    def describe_key(self, *, session: str | None, KeyId: str) -> Any:
        key = self.keys[KeyId]
        told = {"Arn": key.arn, "KeyId": key.arn, "Enabled": key.enabled and key.deleted_at is None}
        return {"KeyMetadata": {**told, **({"DeletionDate": key.deleted_at} if key.deleted_at else {})}}

    def schedule_key_deletion(self, *, session: str | None, KeyId: str, PendingWindowInDays: int) -> Any:
        key = self._usable(KeyId, disabled_too=True)
        at = self.now() + timedelta(days=PendingWindowInDays)
        self.keys[KeyId] = replace(key, deleted_at=at)
        return {"KeyId": KeyId, "DeletionDate": at}

    def generate_data_key(
        self, *, session: str | None, KeyId: str, KeySpec: str, EncryptionContext: Mapping[str, str]
    ) -> Any:
        key = self._usable(KeyId)
        if KeySpec != "AES_256":
            raise error("ValidationException", "GenerateDataKey")
        # A tenant may make its search key and nothing else; whoever is no tenant makes the keys of letters.
        maker = key.recipient if EncryptionContext.get("delivery") == "search" else None
        if session != maker or (key.recipient and EncryptionContext.get("recipient") != key.recipient):
            raise error("AccessDeniedException", "GenerateDataKey")
        plaintext, wrap = os.urandom(32), os.urandom(48)
        self.wrapped[wrap] = Wrapped(KeyId, dict(EncryptionContext), plaintext)
        return {"Plaintext": plaintext, "CiphertextBlob": wrap, "KeyId": KeyId}

    def decrypt(
        self, *, session: str | None, KeyId: str, CiphertextBlob: bytes, EncryptionContext: Mapping[str, str]
    ) -> Any:
        key = self._usable(KeyId)
        if key.recipient != session or (session and EncryptionContext.get("recipient") != session):
            raise error("AccessDeniedException", "Decrypt")
        found = self.wrapped.get(bytes(CiphertextBlob))
        if found is None or found.context != EncryptionContext:
            raise error("InvalidCiphertextException", "Decrypt")
        if found.arn != KeyId:
            raise error("IncorrectKeyException", "Decrypt")
        return {"Plaintext": found.plaintext, "KeyId": KeyId}

    def _usable(self, arn: str, *, disabled_too: bool = False) -> Key:
        key = self.keys.get(arn)
        if key is None:
            raise error("NotFoundException")
        if key.deleted_at:
            raise error("KMSInvalidStateException")
        if not key.enabled and not disabled_too:
            raise error("DisabledException")
        return key


class Body:
    """The body of an object."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self) -> bytes:
        return self._content


def _bucket() -> dict[str, list[bytes]]:
    return defaultdict(list)


@dataclass
class S3:
    """Plays the client of S3 on versioned buckets: every put that is let in is one more version, named by its place."""

    buckets: dict[str, dict[str, list[bytes]]] = field(default_factory=lambda: defaultdict(_bucket))

    @property
    def versions(self) -> dict[str, list[bytes]]:
        """What lies in the mailbox, every version of it by key."""
        return self.buckets[MAILBOX]

    def copy(self) -> Self:
        """Give the same objects in buckets of its own."""
        other = replace(self, buckets=defaultdict(_bucket))
        for name, objects in self.buckets.items():
            other.buckets[name].update({key: list(each) for key, each in objects.items()})
        return other

    def put_object(
        self, *, session: str | None, Bucket: str, Key: str, Body: bytes, IfNoneMatch: str | None = None, **_: Any
    ) -> Any:
        objects = self.buckets[Bucket]
        if IfNoneMatch == "*" and objects.get(Key):
            raise error("PreconditionFailed", "PutObject")
        objects[Key].append(bytes(Body))
        return {}

    def get_object(self, *, session: str | None, Bucket: str, Key: str, VersionId: str | None = None) -> Any:
        objects = self.buckets[Bucket]
        if not objects.get(Key):
            raise error("AccessDenied" if session else "NoSuchKey", "GetObject")
        if session and not Key.startswith((f"{session}/", f"reports/{session}/")):
            raise error("AccessDenied", "GetObject")
        return {"Body": Body(objects[Key][-1 if VersionId is None else int(VersionId)])}

    def list_objects_v2(self, *, session: str | None, Bucket: str, Prefix: str) -> Any:
        if session and Prefix != f"reports/{session}/":
            raise error("AccessDenied", "ListObjectsV2")
        return {
            "Contents": [
                {"Key": key} for key, each in sorted(self.buckets[Bucket].items()) if each and key.startswith(Prefix)
            ]
        }

    def list_object_versions(self, *, session: str | None, Bucket: str, Prefix: str) -> Any:
        if session:
            raise error("AccessDenied", "ListObjectVersions")
        found = sorted((key, each) for key, each in self.buckets[Bucket].items() if key.startswith(Prefix))
        newest_first = ((key, place) for key, each in found for place in reversed(range(len(each))))
        return {"Versions": [{"Key": key, "VersionId": str(place)} for key, place in newest_first]}

    def delete_object(self, *, session: str | None, Bucket: str, Key: str, VersionId: str) -> Any:
        if session:
            raise error("AccessDenied", "DeleteObject")
        if len(self.buckets[Bucket].get(Key, ())) > int(VersionId):
            # Older versions keep their places: who removes all goes from the newest to the oldest.
            del self.buckets[Bucket][Key][int(VersionId)]
        return {}


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail as it was handed over."""

    to: str
    subject: str
    text: str
    tags: Mapping[str, str]
    at: datetime


@dataclass
class Ses:
    """Plays the client of SES; what is in `refused` is never taken."""

    now: Callable[[], datetime]
    mails: list[Mail] = field(default_factory=list[Mail])
    refused: set[str] = field(default_factory=set[str])

    def send_email(self, *, session: str | None, Destination: Any, Content: Any, EmailTags: Any = (), **_: Any) -> Any:
        (to,) = Destination["ToAddresses"]
        if to in self.refused or "@" not in to:
            raise error("BadRequestException", "SendEmail")
        simple = Content["Simple"]
        tags = {one["Name"]: one["Value"] for one in EmailTags}
        subject, text = simple["Subject"]["Data"], simple["Body"]["Text"]["Data"]
        self.mails.append(Mail(to, subject, text, tags, self.now()))
        return {"MessageId": f"{len(self.mails):08}"}


@dataclass
class Sns:
    """Plays the client of SNS, as far as SMS go; what is in `refused` is never taken."""

    messages: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    refused: set[str] = field(default_factory=set[str])

    def publish(self, *, session: str | None, PhoneNumber: str, Message: str, **_: Any) -> Any:
        if PhoneNumber in self.refused or not PhoneNumber.startswith("+"):
            raise error("InvalidParameterException", "Publish")
        self.messages.append((PhoneNumber, Message))
        return {"MessageId": f"{len(self.messages):08}"}


@dataclass
class SecretsManager:
    """Plays the client of Secrets Manager."""

    secrets: dict[str, str] = field(default_factory=dict[str, str])

    def get_secret_value(self, *, session: str | None, SecretId: str) -> Any:
        if SecretId not in self.secrets:
            raise error("ResourceNotFoundException", "GetSecretValue")
        return {"SecretString": self.secrets[SecretId]}


@dataclass
class Sts:
    """Plays the client of STS: a session is known by the tag `recipient` that it was taken with."""

    now: Callable[[], datetime]

    def assume_role(self, *, session: str | None, Tags: Any, DurationSeconds: int, **_: Any) -> Any:
        recipient = next(one["Value"] for one in Tags if one["Key"] == "recipient")
        return {
            "Credentials": {
                "AccessKeyId": recipient,
                "SecretAccessKey": "secret",
                "SessionToken": "token",
                "Expiration": self.now() + timedelta(seconds=DurationSeconds),
            }
        }


@dataclass(frozen=True, slots=True)
class User:
    """One account of the user pool."""

    sub: str
    email: str
    enabled: bool = True
    status: str = "FORCE_CHANGE_PASSWORD"
    providers: tuple[str, ...] = ()

    @property
    def attributes(self) -> list[dict[str, str]]:
        linked = [{"providerName": name} for name in self.providers]
        told = {"sub": self.sub, "email": self.email, **({"identities": json.dumps(linked)} if linked else {})}
        return [{"Name": name, "Value": value} for name, value in told.items()]


@dataclass
class Cognito:
    """Plays the client of one user pool; a person is named by `sub` or by address, in any case of letters."""

    users: dict[str, User] = field(default_factory=dict[str, User])
    invited: list[str] = field(default_factory=list[str])
    signed_out: list[str] = field(default_factory=list[str])

    def copy(self) -> Self:
        """Give the same accounts in a pool of its own, nobody invited yet."""
        return replace(self, users=dict(self.users), invited=[], signed_out=[])

    def admin_create_user(
        self, *, session: str | None, UserPoolId: str, Username: str, MessageAction: str | None = None, **_: Any
    ) -> Any:
        known = self._found(Username)
        if MessageAction == "RESEND":
            user = self._known(Username, "AdminCreateUser")
        elif known:
            raise error("UsernameExistsException", "AdminCreateUser")
        else:
            user = User(f"00000000-0000-4000-8000-{len(self.users) + 1:012}", Username)
            self.users[user.sub] = user
        if MessageAction != "SUPPRESS":
            self.invited.append(user.email)
        return {"User": {"Username": user.sub, "Attributes": user.attributes, "Enabled": user.enabled}}

    def admin_get_user(self, *, session: str | None, UserPoolId: str, Username: str) -> Any:
        user = self._known(Username, "AdminGetUser")
        told = {"Username": user.sub, "UserAttributes": user.attributes}
        return {**told, "Enabled": user.enabled, "UserStatus": user.status}

    def admin_enable_user(self, *, session: str | None, UserPoolId: str, Username: str) -> Any:
        user = self._known(Username, "AdminEnableUser")
        self.users[user.sub] = replace(user, enabled=True)
        return {}

    def admin_disable_user(self, *, session: str | None, UserPoolId: str, Username: str) -> Any:
        user = self._known(Username, "AdminDisableUser")
        self.users[user.sub] = replace(user, enabled=False)
        return {}

    def admin_user_global_sign_out(self, *, session: str | None, UserPoolId: str, Username: str) -> Any:
        self.signed_out.append(self._known(Username, "AdminUserGlobalSignOut").sub)
        return {}

    def admin_link_provider_for_user(
        self, *, session: str | None, UserPoolId: str, DestinationUser: Any, SourceUser: Any
    ) -> Any:
        user = self._known(DestinationUser["ProviderAttributeValue"], "AdminLinkProviderForUser")
        name = SourceUser["ProviderName"]
        if name in user.providers:
            raise error("InvalidParameterException", "AdminLinkProviderForUser")
        self.users[user.sub] = replace(user, providers=(*user.providers, name))
        return {}

    def _found(self, name: str) -> User | None:
        wanted = name.lower()
        return next((one for one in self.users.values() if wanted in {one.sub, one.email.lower()}), None)

    def _known(self, name: str, operation: str) -> User:
        if (found := self._found(name)) is None:
            raise error("UserNotFoundException", operation)
        return found


@dataclass
class Sqs:
    """Plays the client of SQS: a message that was received is not given again until its time is over."""

    now: Callable[[], datetime]
    queues: dict[str, dict[str, datetime]] = field(default_factory=dict[str, dict[str, datetime]])

    def create_queue(self, *, session: str | None, QueueName: str) -> Any:
        url = f"https://sqs.example/{QueueName}"
        self.queues.setdefault(url, {})
        return {"QueueUrl": url}

    def send_message(self, *, session: str | None, QueueUrl: str, MessageBody: str) -> Any:
        self.queues[QueueUrl][os.urandom(8).hex()] = self.now()
        return {}

    def get_queue_attributes(self, *, session: str | None, QueueUrl: str, AttributeNames: Any) -> Any:
        waiting = sum(at <= self.now() for at in self.queues[QueueUrl].values())
        return {"Attributes": {"ApproximateNumberOfMessages": str(waiting)}}

    def receive_message(
        self, *, session: str | None, QueueUrl: str, MaxNumberOfMessages: int, VisibilityTimeout: int
    ) -> Any:
        queue = self.queues[QueueUrl]
        found = [name for name, at in queue.items() if at <= self.now()][:MaxNumberOfMessages]
        for name in found:
            queue[name] = self.now() + timedelta(seconds=VisibilityTimeout)
        return {"Messages": [{"ReceiptHandle": name, "Body": ""} for name in found]} if found else {}

    def delete_message(self, *, session: str | None, QueueUrl: str, ReceiptHandle: str) -> Any:
        self.queues[QueueUrl].pop(ReceiptHandle, None)
        return {}
