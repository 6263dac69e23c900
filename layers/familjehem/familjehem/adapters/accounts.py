"""Accounts in the user pool: made by invitation only, and told to be the same person as at the municipality's sign-in.

A person is known by the pool's `sub`, whichever way she signs in: an address in the domains of the municipality's own
provider is linked to her account before she comes for the first time
(docs/decisions/0022-a-municipalitys-own-sign-in.md).
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from familjehem.adapters.aws import confirming
from familjehem.domain.errors import AccountConflictError
from familjehem.ports import Account

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef, UserTypeTypeDef

type _Attributes = Sequence[AttributeTypeTypeDef]

NEVER_SIGNED_IN = "FORCE_CHANGE_PASSWORD"


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """A municipality's own provider: its name in the pool, and the domains whose people it alone may speak for."""

    name: str
    domains: Collection[str]

    def speaks_for(self, email: str) -> bool:
        """Tell whether an address lies in one of the domains; one that only ends alike does not."""
        return email.rpartition("@")[2].lower() in self.domains


class CognitoAccounts:
    """The accounts that people sign in with; plays `Accounts`. `own` is None where the pool's pages are all."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool: str, own: OwnSignIn | None = None) -> None:
        self._client = client
        self._pool = pool
        self._own = own

    def open(self, email: str) -> Account:
        """Give the account of an address, open, made where there is none; a repeat gives the same.

        Whoever has never signed in is sent a (new) temporary password by the pool's own mail, unless she signs in at
        her municipality. `AccountConflictError`, `NotConfirmedError`.
        """
        own = self._own if self._own is not None and self._own.speaks_for(email) else None
        with confirming():
            try:
                attributes = self._created(email, silently=own is not None).get("Attributes", [])
            except self._client.exceptions.UsernameExistsException:
                account, attributes = self._known(email, silently=own is not None)
            else:
                account = Account(_of(attributes, "sub"), fresh=True, mailed=own is None)
            # A link that is there is not made again: Cognito would refuse it.
            if own and own.name not in _providers(attributes):
                self._link(own, email, account.person)
        return account

    def reopen(self, person: str) -> None:
        """Let a person sign in again; repeats do nothing. `NotConfirmedError`."""
        with confirming():
            self._client.admin_enable_user(UserPoolId=self._pool, Username=person)

    def sign_out(self, person: str) -> None:
        """End every session, refresh tokens too; one who has no account has none. `NotConfirmedError`."""
        with confirming():
            try:
                self._client.admin_user_global_sign_out(UserPoolId=self._pool, Username=person)
            except self._client.exceptions.UserNotFoundException:
                return

    def close(self, person: str) -> None:
        """End every session, and let the person sign in no more; repeats do nothing. `NotConfirmedError`."""
        with confirming():
            try:
                # First the door, then the sessions: in the other order one more could begin in between.
                self._client.admin_disable_user(UserPoolId=self._pool, Username=person)
                self._client.admin_user_global_sign_out(UserPoolId=self._pool, Username=person)
            except self._client.exceptions.UserNotFoundException:
                return

    def _created(self, email: str, *, silently: bool) -> "UserTypeTypeDef":
        quiet: dict[str, Any] = {"MessageAction": "SUPPRESS"} if silently else {}
        return self._client.admin_create_user(
            UserPoolId=self._pool,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
            **quiet,
        )["User"]

    def _known(self, email: str, *, silently: bool) -> tuple[Account, _Attributes]:
        found = self._client.admin_get_user(UserPoolId=self._pool, Username=email)
        attributes = found.get("UserAttributes", [])
        person = _of(attributes, "sub")
        if not found.get("Enabled", True):
            self._client.admin_enable_user(UserPoolId=self._pool, Username=person)
        again = not silently and found["UserStatus"] == NEVER_SIGNED_IN
        if again:
            # Her temporary password may have expired.
            self._client.admin_create_user(
                UserPoolId=self._pool, Username=email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
            )
        return Account(person, fresh=False, mailed=again), attributes

    def _link(self, own: OwnSignIn, email: str, person: str) -> None:
        try:
            self._client.admin_link_provider_for_user(
                UserPoolId=self._pool,
                DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": person},
                SourceUser={
                    "ProviderName": own.name,
                    "ProviderAttributeName": "email",
                    "ProviderAttributeValue": email,
                },
            )
        except (
            self._client.exceptions.AliasExistsException,
            self._client.exceptions.InvalidParameterException,
        ):
            raise AccountConflictError from None


def _of(attributes: _Attributes, name: str) -> str:
    return next((one.get("Value", "") for one in attributes if one["Name"] == name), "")


def _providers(attributes: _Attributes) -> frozenset[str]:
    """Give the names of the providers that an account is linked with."""
    return frozenset(one["providerName"] for one in json.loads(_of(attributes, "identities") or "[]"))
