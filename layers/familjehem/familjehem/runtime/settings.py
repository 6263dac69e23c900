"""What each function reads from its environment: one frozen model per function, read once, at import of its handler.

To add a variable: add it here, to the function's `Environment` in `template.yaml`, and nowhere else; a test
holds the two against each other.
"""

import os
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
    """Tables, contact key, secrets, proof of work, e-identification, wrong receipt codes of an address an hour."""

    MAIN_TABLE: Name
    WRAPS_TABLE: Name
    TALLY_TABLE: Name
    CONTACT_KEY_ARN: Name
    MAC_SECRET_ARN: Name
    IDENTIFICATION: Literal["on", "off"]
    IDENTIFICATION_SECRET_ARN: Name
    PROOF_OF_WORK: Literal["on", "off"]
    RECEIPT_FAILURES_PER_HOUR: Annotated[int, Field(ge=1)]


class IdentificationSettings(Settings):
    """The provider of e-identification as it was agreed with it; without an issuer there is none.

    IDENTIFICATION_LEVELS are pairs `acr=level`, the names of claims and scopes are separated by spaces too.
    """

    IDENTIFICATION_ISSUER: str
    IDENTIFICATION_CLIENT_ID: str
    IDENTIFICATION_PROVIDER: Annotated[str, Field(max_length=60)]
    IDENTIFICATION_LEVELS: str
    IDENTIFICATION_NUMBER_CLAIMS: Name
    IDENTIFICATION_NAME_CLAIMS: Name
    IDENTIFICATION_SCOPES: Annotated[str, Field(pattern=r"^openid( .*)?$")]
    IDENTIFICATION_SECRET_ARN: Name
    PROVIDER_SECRET_ARN: Name

    @property
    def levels(self) -> dict[str, str]:
        """The values of `acr` that count, with their level of assurance."""
        pairs = (pair.rpartition("=") for pair in self.IDENTIFICATION_LEVELS.split())
        return {acr: level for acr, _, level in pairs}

    @model_validator(mode="after")
    def _whole_or_nothing(self) -> Self:
        """Demand all that belongs to a provider: one that is half agreed is none, and must not look like one."""
        if self.IDENTIFICATION_ISSUER:
            if not (self.IDENTIFICATION_CLIENT_ID and self.IDENTIFICATION_PROVIDER):
                raise ValueError("IDENTIFICATION_CLIENT_ID and IDENTIFICATION_PROVIDER belong to an issuer")
            if not self.levels or not all(acr and level in _LEVELS for acr, level in self.levels.items()):
                raise ValueError("IDENTIFICATION_LEVELS must be pairs acr=3 or acr=4")
            if not self.IDENTIFICATION_ISSUER.startswith(("https://", "http://127.0.0.1:")):
                raise ValueError("IDENTIFICATION_ISSUER must be an https address")
        return self


_LEVELS = ("3", "4")
"""Levels of assurance that suffice for what an application holds (reference: lag 2016:561, Digg)."""


class DeliverySettings(Settings):
    """Tables and the mailbox bucket."""

    MAIN_TABLE: Name
    TALLY_TABLE: Name
    MAILBOX_BUCKET: Name


class NotificationSettings(Settings):
    """Tables, contact key, and how mail and SMS are sent; MAILBOX_URL is the link in a notice.

    SMS_SENDER is what a telephone shows as the sender: eleven letters and digits at most, a letter first.
    SKR_ADDRESS is told of a recipient whose families wait too long.
    """

    MAIN_TABLE: Name
    WRAPS_TABLE: Name
    CONTACT_KEY_ARN: Name
    MAIL_SENDER: Name
    MAIL_CONFIGURATION_SET: Name
    MAILBOX_URL: Name
    SMS_SENDER: Annotated[str, Field(pattern=r"^[A-Za-z][0-9A-Za-z]{0,10}$")]
    SKR_ADDRESS: Name


class MailboxSettings(Settings):
    """Tables, buckets, the tenant role, and the client for which an access token must have been made."""

    MAIN_TABLE: Name
    WRAPS_TABLE: Name
    TALLY_TABLE: Name
    MAILBOX_BUCKET: Name
    REPORT_BUCKET: Name
    TENANT_ROLE_ARN: Name
    USER_POOL_CLIENT_ID: Name


class ExportSettings(MailboxSettings):
    """The same as the mailbox: it reads the same letters, in the same session."""


class AccountsSettings(Settings):
    """The pool of accounts, and a municipality's own provider, if one is configured.

    STAFF_PROVIDER is the provider's name in the pool, STAFF_PROVIDER_DOMAINS are the domains of addresses that it may
    speak for, separated by spaces.
    """

    USER_POOL_ID: Name
    STAFF_PROVIDER: str
    STAFF_PROVIDER_DOMAINS: str

    @model_validator(mode="after")
    def _whole_or_nothing(self) -> Self:
        """Demand the domains of a provider: one that may speak for nobody is none, for everybody none must."""
        if bool(self.STAFF_PROVIDER) != bool(self.STAFF_PROVIDER_DOMAINS.split()):
            raise ValueError("STAFF_PROVIDER and STAFF_PROVIDER_DOMAINS belong together")
        return self


class AdministrationSettings(AccountsSettings):
    """The main table, the roles that the keys of recipients name, the queues of failures, the folder.

    REPORTS, ACCESS_LOGS and LETTERBOX name the functions that rebuild a report, verify an access log and seal a canary
    letter; empty for none.
    """

    MAIN_TABLE: Name
    SUBMISSION_ROLE_ARN: Name
    TENANT_ROLE_ARN: Name
    FAILURE_QUEUES: Name
    FOLDER_BUCKET: Name
    REPORTS: str
    ACCESS_LOGS: str
    LETTERBOX: str


class OnboardingSettings(Settings):
    """The main table, and nothing else."""

    MAIN_TABLE: Name


class MembersSettings(AccountsSettings):
    """The main table, the pool of accounts and its client."""

    MAIN_TABLE: Name
    USER_POOL_CLIENT_ID: Name


class StatisticsSettings(Settings):
    """Two tables, the bucket of reports, and SKR's folder."""

    MAIN_TABLE: Name
    TALLY_TABLE: Name
    REPORT_BUCKET: Name
    FOLDER_BUCKET: Name


class HousekeepingSettings(Settings):
    """Two tables, the mailbox bucket, the pool of accounts, and the bucket that digests of access logs are kept in."""

    MAIN_TABLE: Name
    WRAPS_TABLE: Name
    MAILBOX_BUCKET: Name
    USER_POOL_ID: Name
    AUDIT_BUCKET: Name
