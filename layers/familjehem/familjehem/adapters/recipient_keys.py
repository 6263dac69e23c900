"""The keys of recipients: one symmetric KMS key each, that its own policy opens to nobody but its tenant session."""

from datetime import date
from typing import TYPE_CHECKING

from familjehem.adapters.aws import confirming
from familjehem.adapters.documents import filled, policy
from familjehem.domain.errors import NotConfirmedError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

POLICY = "key_policy"
DAYS_UNTIL_DELETED = 30
"""The longest that KMS waits, so that a mistake can be undone by whoever may cancel the deletion."""


class KmsRecipientKeys:
    """Makes the keys that letters are sealed with; plays `RecipientKeys`.

    The account may administer a key and never open a letter with it; `submission_role_arn` may make data
    keys for this recipient, `tenant_role_arn` may open those of this recipient. Both are named in conditions, for
    a role named as principal is lost to the policy when it is ever made anew. `document` is for a cloud
    that does not know all of the conditions.
    """

    def __init__(
        self, client: "KMSClient", *, submission_role_arn: str, tenant_role_arn: str, document: str | None = None
    ) -> None:
        self._client = client
        self._document = document or policy(POLICY)
        self._roles = {"submission_role_arn": submission_role_arn, "tenant_role_arn": tenant_role_arn}
        partition, _, _, account = submission_role_arn.split(":")[1:5]
        self._account_root = f"arn:{partition}:iam::{account}:root"

    def create(self, recipient: str) -> str:
        """Make the recipient's own key, rotated yearly, and give its ARN; a repeat makes another."""
        with confirming():
            key_arn = self._client.create_key(
                Description=f"FamiljehemSverige, recipient {recipient}",
                Policy=self.policy(recipient),
                Tags=[
                    {"TagKey": "familjehem:purpose", "TagValue": "recipient"},
                    {"TagKey": "familjehem:recipient", "TagValue": recipient},
                ],
            )["KeyMetadata"].get("Arn", "")
            self._client.enable_key_rotation(KeyId=key_arn)
        return key_arn

    def retire(self, key_arn: str) -> date:
        """Disable a key and have it deleted after 30 days; give the day. A repeat gives the same day."""
        with confirming():
            known = self._client.describe_key(KeyId=key_arn)["KeyMetadata"]
            if "DeletionDate" not in known:
                self._client.disable_key(KeyId=key_arn)
                known = self._client.schedule_key_deletion(KeyId=key_arn, PendingWindowInDays=DAYS_UNTIL_DELETED)
            deleted_at = known.get("DeletionDate")
        if deleted_at is None:
            message = "ScheduleKeyDeletion: no date"
            raise NotConfirmedError(message)
        return deleted_at.date()

    def policy(self, recipient: str) -> str:
        """Give the key policy of a recipient's key, as JSON; housekeeping compares with it."""
        return filled(self._document, {**self._roles, "account_root": self._account_root, "recipient": recipient})
