"""A municipality's own sign-in: whom its provider may speak for, and that an invitation makes the two ways one person."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from familjehem.adapters.accounts import CognitoAccounts, OwnSignIn
from familjehem.domain.errors import AccountConflictError, NotConfirmedError
from tests.adapters.houses import ENDPOINT, AwsHouse

pytestmark = pytest.mark.skipif(bool(ENDPOINT), reason="moto knows no links, so they are watched at the client")

OWN = OwnSignIn("Jonkoping", frozenset({"jonkoping.example"}))


class Link:
    """Takes the place of the one call that makes links; notes what was asked, and refuses if it is told to."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._fault = fault

    def __call__(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self._fault:
            raise self._fault
        return {}


@pytest.fixture
def linking(aws_house: AwsHouse, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[CognitoAccounts, Link]]:
    def made(outcome: str = "") -> tuple[CognitoAccounts, Link]:
        client = aws_house.cloud.aws.accounts()
        fault = getattr(client.exceptions, outcome)({"Error": {"Code": outcome}}, "Link") if outcome else None
        link = Link(fault)
        monkeypatch.setattr(client, "admin_link_provider_for_user", link)
        return CognitoAccounts(client, aws_house.cloud.pool, OWN), link

    return made


def test_an_address_of_the_municipality_s_own_is_linked_and_sent_no_password(linking) -> None:
    # given
    accounts, link = linking()
    email = f"anna-{uuid4().hex[:8]}@jonkoping.example"
    # when
    first, again = accounts.open(email), accounts.open(email)
    # then
    assert (first.fresh, first.mailed, again.mailed) == (True, False, False)
    assert [one["DestinationUser"]["ProviderAttributeValue"] for one in link.asked] == [first.person] * 2
    assert link.asked[0]["SourceUser"] == {
        "ProviderName": "Jonkoping",
        "ProviderAttributeName": "email",
        "ProviderAttributeValue": email,
    }


@pytest.mark.parametrize(
    "domain", ["stockholm.example", "jonkoping.example.com", "notjonkoping.example", "sub.jonkoping.example"]
)
def test_the_provider_speaks_for_no_other_domain(linking, domain: str) -> None:
    accounts, link = linking()
    assert accounts.open(f"anna-{uuid4().hex[:8]}@{domain}").mailed
    assert link.asked == []


@pytest.mark.parametrize("outcome", ["AliasExistsException", "InvalidParameterException"])
def test_whoever_came_before_she_was_invited_is_a_clear_refusal(linking, outcome: str) -> None:
    accounts, _ = linking(outcome)
    with pytest.raises(AccountConflictError):
        accounts.open(f"anna-{uuid4().hex[:8]}@jonkoping.example")


def test_any_other_fault_is_not_confirmed(linking) -> None:
    accounts, _ = linking("TooManyRequestsException")
    with pytest.raises(NotConfirmedError):
        accounts.open(f"anna-{uuid4().hex[:8]}@jonkoping.example")


def test_a_link_that_is_there_is_not_made_again(linking, aws_house: AwsHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    accounts, link = linking()
    email = f"anna-{uuid4().hex[:8]}@jonkoping.example"
    person = accounts.open(email).person
    client = accounts._client
    found = client.admin_get_user(UserPoolId=aws_house.cloud.pool, Username=email)
    identities = '[{"userId": "anna", "providerName": "Jonkoping", "providerType": "OIDC"}]'
    found["UserAttributes"].append({"Name": "identities", "Value": identities})
    monkeypatch.setattr(client, "admin_get_user", lambda **_: found)
    # when
    again = accounts.open(email)
    # then
    assert again.person == person
    assert len(link.asked) == 1
