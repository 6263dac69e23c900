"""What each function reads from its environment: one frozen model per function, read once, at import of its handler.

To add a variable: add it here, to the function's `Environment` in `template.yaml`, and nowhere else; a test
holds the two against each other.
"""

import os
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1)]


class Settings(BaseModel):
    """What every function is told."""

    # Built at the first use, so that a function builds its own settings and not those of all the others.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    STAGE: Name
    SITE_URL: Name

    @classmethod
    def read(cls) -> Self:
        """Read the environment; a missing or empty variable fails the start of the function, on purpose."""
        # Only what is asked for: an error must not show what else stands in the environment.
        return cls.model_validate({name: os.environ[name] for name in cls.model_fields if name in os.environ})


class SelfTestSettings(Settings):
    """The self-test needs nothing more: it touches no store."""


class SubmissionSettings(Settings):
    """Tables, contact key, secret, proof of work, and how many wrong receipt codes an address has an hour."""

    MAIN_TABLE: Name
    WRAPS_TABLE: Name
    TALLY_TABLE: Name
    CONTACT_KEY_ARN: Name
    MAC_SECRET_ARN: Name
    PROOF_OF_WORK: Literal["on", "off"]
    RECEIPT_FAILURES_PER_HOUR: Annotated[int, Field(ge=1)]


class DeliverySettings(Settings):
    """Tables and the mailbox bucket."""

    MAIN_TABLE: Name
    TALLY_TABLE: Name
    MAILBOX_BUCKET: Name


class NotificationSettings(Settings):
    """Tables, contact key, and how mail is sent; MAILBOX_URL is the link in a notice."""

    MAIN_TABLE: Name
    WRAPS_TABLE: Name
    CONTACT_KEY_ARN: Name
    MAIL_SENDER: Name
    MAIL_CONFIGURATION_SET: Name
    MAILBOX_URL: Name


class MailboxSettings(Settings):
    """Tables, bucket, the tenant role, and the client for which an access token must have been made."""

    MAIN_TABLE: Name
    WRAPS_TABLE: Name
    MAILBOX_BUCKET: Name
    TENANT_ROLE_ARN: Name
    USER_POOL_CLIENT_ID: Name


class HousekeepingSettings(Settings):
    """The main table."""

    MAIN_TABLE: Name
