"""The port of e-identification: the fake, and the adapter at a certified OpenID provider on loopback, alike.

What only a real provider can do wrong stands below: its tokens, keys and answers, bent on their way by the test.
"""

import base64
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwk, jwt

from dev.emulator import free_port
from dev.identities import CLIENT_ID, LEVELS, LOW_LEVEL, LocalPerson, LocalProvider, walk
from familjehem.adapters.openid import LARGEST_ANSWER, Fetch, OpenIdProvider, Registration, fetch, is_safe
from familjehem.domain.errors import IdentificationRefusedError, IdentificationUnavailableError
from familjehem.ports import Claimed, IdentityProvider
from tests.builders import CO_APPLICANT_IDENTITY_NUMBER, IDENTITY_NUMBER, UNDER_AGE_IDENTITY_NUMBER
from tests.fakes import World

REDIRECTS = {
    "sv": "http://127.0.0.1:8080/ansok/identifierad/",
    "en": "http://127.0.0.1:8080/en/apply/identified/",
}
NUMBER = "https://id.oidc.se/claim/personalIdentityNumber"
SCOPES = "openid https://id.oidc.se/scope/naturalPersonInfo https://id.oidc.se/scope/naturalPersonNumber"
VERIFIER = "verifier-of-the-tests-" + "v" * 30
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
LOA3, LOA4 = LEVELS
OTHER_CLIENT = "another-service"
KEY = jwk.RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig", "kid": "prov"})
NAMELESS = LocalPerson("nameless", "", "189001019802")
NUMBERLESS = LocalPerson("numberless", "Prov Persson-Kanarie", "")


def clients() -> list[dict[str, Any]]:
    """Further registrations: another service, one that is shown by a signed assertion, one whose tokens are ES256."""
    shared = {"redirect_uris": list(REDIRECTS.values())}
    secret = "a secret of the tests that is long enough"
    return [
        {"client_id": OTHER_CLIENT, "client_secret": secret, **shared},
        {
            "client_id": "signing",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [KEY.as_dict(private=False)]},
            **shared,
        },
        {
            "client_id": "posting",
            "client_secret": secret,
            "token_endpoint_auth_method": "client_secret_post",
            "id_token_signed_response_alg": "ES256",
            **shared,
        },
    ]


class Credential:
    """A credential that somebody holds in his hand."""

    def __init__(self, **content: Any) -> None:
        self._content = content

    def content(self) -> Mapping[str, Any]:
        return self._content


@pytest.fixture(scope="session")
def local() -> Iterator[LocalProvider]:
    with LocalProvider(
        free_port(), list(REDIRECTS.values()), clients=clients(), more_persons=(NAMELESS, NUMBERLESS)
    ) as started:
        yield started


def registration(local: LocalProvider, **changes: Any) -> Registration:
    return replace(
        Registration(
            issuer=local.issuer,
            client_id=CLIENT_ID,
            redirects=REDIRECTS,
            scopes=SCOPES,
            levels=LEVELS,
            number_claims=(NUMBER, "https://id.oidc.se/claim/coordinationNumber"),
            name_claims=("name",),
        ),
        **changes,
    )


def adapter(local: LocalProvider, call: Fetch | None = None, **changes: Any) -> OpenIdProvider:
    return OpenIdProvider(registration(local, **changes), Credential(clientSecret=local.client_secret), call)


class FakeHouse:
    """The fake, where persons are put down by hand."""

    PERSONS: Mapping[str, tuple[str, str]] = {
        "applicant": (IDENTITY_NUMBER, "Prov Persson-Kanarie"),
        "co-applicant": (CO_APPLICANT_IDENTITY_NUMBER, "Test Persson-Kanarie"),
        "under-age": (UNDER_AGE_IDENTITY_NUMBER, "Ung Persson-Kanarie"),
        "nameless": (NAMELESS.number, NAMELESS.name),
        "numberless": (NUMBERLESS.number, NUMBERLESS.name),
    }

    def __init__(self) -> None:
        self.world = World()
        self.provider: IdentityProvider = self.world.identity_provider

    def back(self, address: str, person: str, level: str = LOA3) -> tuple[str, str]:
        self.world.persons["code"] = Claimed(*self.PERSONS[person], LEVELS.get(level, "2"))
        return "code", parse_qs(urlsplit(address).query)["state"][0]


class RealHouse:
    """The adapter, at the real provider."""

    def __init__(self, local: LocalProvider) -> None:
        self.provider: IdentityProvider = adapter(local)

    def back(self, address: str, person: str, level: str = LOA3) -> tuple[str, str]:
        returned = parse_qs(urlsplit(walk(address, person, level)).query)
        return returned["code"][0], returned["state"][0]


@pytest.fixture(params=["fake", "openid"])
def house(request: pytest.FixtureRequest) -> FakeHouse | RealHouse:
    return FakeHouse() if request.param == "fake" else RealHouse(request.getfixturevalue("local"))


def address(provider: IdentityProvider, **changes: str) -> str:
    given = {"state": "state-of-the-tests", "nonce": "nonce", "challenge": CHALLENGE, "language": "sv"}
    return provider.address(**{**given, **changes})


def identify(provider: IdentityProvider, code: str, **changes: Any) -> Claimed:
    given = {"verifier": VERIFIER, "nonce": "nonce", "language": "sv", "now": datetime.now(UTC)}
    return provider.identify(code=code, **{**given, **changes})


def refusal(work: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(IdentificationRefusedError) as refused:
        work()
    return refused.value.fault.pointer, refused.value.fault.code


class TestThePort:
    def test_a_person_comes_back_with_the_state_and_is_known_by_the_code(self, house) -> None:
        # when
        code, state = house.back(address(house.provider), "applicant")
        # then
        assert state == "state-of-the-tests"
        assert identify(house.provider, code) == Claimed(IDENTITY_NUMBER, "Prov Persson-Kanarie", "3")

    def test_the_level_is_the_one_that_was_reached(self, house) -> None:
        code, _ = house.back(address(house.provider), "co-applicant", LOA4)
        assert identify(house.provider, code).level == "4"

    def test_a_level_that_does_not_count_is_refused(self, house) -> None:
        code, _ = house.back(address(house.provider), "applicant", LOW_LEVEL)
        assert refusal(lambda: identify(house.provider, code)) == ("/code", "levelTooLow")

    def test_a_code_is_good_once(self, house) -> None:
        # given
        code, _ = house.back(address(house.provider), "applicant")
        identify(house.provider, code)
        # then
        assert refusal(lambda: identify(house.provider, code)) == ("/code", "notAccepted")

    def test_a_code_that_nobody_gave_is_refused(self, house) -> None:
        assert refusal(lambda: identify(house.provider, "Kanariefågel")) == ("/code", "notAccepted")

    def test_a_code_is_worth_nothing_without_its_verifier(self, house) -> None:
        code, _ = house.back(address(house.provider), "applicant")
        assert refusal(lambda: identify(house.provider, code, verifier="w" * 50)) == ("/code", "notAccepted")

    def test_an_id_token_made_for_another_errand_is_refused(self, house) -> None:
        code, _ = house.back(address(house.provider), "applicant")
        assert refusal(lambda: identify(house.provider, code, nonce="another")) == ("/code", "notProven")

    @pytest.mark.parametrize(("person", "code"), [("numberless", "noIdentityNumber"), ("nameless", "noName")])
    def test_who_has_no_number_or_no_name_there_is_told_so(self, house, person: str, code: str) -> None:
        given, _ = house.back(address(house.provider), person)
        assert refusal(lambda: identify(house.provider, given)) == ("/code", code)


class TestTheWayThere:
    def test_it_asks_for_all_that_makes_it_safe(self, local: LocalProvider) -> None:
        # when
        asked = {
            name: found[0] for name, found in parse_qs(urlsplit(address(adapter(local), language="en")).query).items()
        }
        # then
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == REDIRECTS["en"]
        assert asked["acr_values"].split() == [LOA3, LOA4]
        assert (asked["prompt"], asked["ui_locales"]) == ("login", "en")
        assert asked["nonce"]
        assert VERIFIER not in asked.values()

    def test_who_turns_back_is_sent_back_without_a_code(self, local: LocalProvider) -> None:
        # when
        returned = parse_qs(urlsplit(walk(address(adapter(local)), None)).query)
        # then
        assert returned["error"] == ["access_denied"]
        assert returned["state"] == ["state-of-the-tests"]
        assert "code" not in returned

    def test_nobody_is_sent_anywhere_that_was_not_agreed(self, local: LocalProvider) -> None:
        elsewhere = adapter(local, redirects={"sv": "http://127.0.0.1:9/elsewhere/"})
        with pytest.raises(Exception, match="400"):
            walk(address(elsewhere), "applicant")


class TestOtherWaysOfProviders:
    def test_name_and_number_may_stand_in_the_id_token(self) -> None:
        # given
        calls: list[str] = []
        with LocalProvider(free_port(), list(REDIRECTS.values()), claims_from_userinfo=False) as local:
            provider = adapter(local, noting(calls))
            code = code_of(provider, "applicant")
            # when
            found = identify(provider, code)
        # then
        assert found.number == IDENTITY_NUMBER
        assert not [url for url in calls if url.endswith("/me")]

    def test_a_client_may_show_who_it_is_by_a_signed_assertion(self, local: LocalProvider) -> None:
        signing = registration(local, client_id="signing")
        provider = OpenIdProvider(signing, Credential(privateKey=KEY.as_dict(private=True)))
        assert identify(provider, code_of(provider, "applicant")).number == IDENTITY_NUMBER

    def test_a_client_may_send_its_secret_in_the_form_and_get_es256(self, local: LocalProvider) -> None:
        # given
        def only_post(url: str, content: dict[str, Any]) -> dict[str, Any]:
            named = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
            return {**content, **named} if "well-known" in url else content

        credential = Credential(clientSecret="a secret of the tests that is long enough")
        provider = OpenIdProvider(registration(local, client_id="posting"), credential, bending(only_post))
        # then
        assert identify(provider, code_of(provider, "applicant")).number == IDENTITY_NUMBER

    def test_a_name_may_be_put_together(self, local: LocalProvider) -> None:
        def parted(url: str, content: dict[str, Any]) -> dict[str, Any]:
            return {**content, "given_name": "Prov", "family_name": "Persson"} if url.endswith("/me") else content

        provider = adapter(local, bending(parted), name_claims=("given_name", "family_name"))
        assert identify(provider, code_of(provider, "applicant")).name == "Prov Persson"


class TestWhatIsNotBelieved:
    """Genuine answers of the provider, bent on their way."""

    def test_a_token_for_another_service(self, local: LocalProvider) -> None:
        # given a genuine token of the same provider, for the same person and errand
        secret = "a secret of the tests that is long enough"
        tokens: list[str] = []
        other = OpenIdProvider(
            registration(local, client_id=OTHER_CLIENT), Credential(clientSecret=secret), bending(keeping(tokens))
        )
        identify(other, code_of(other, "applicant"))
        # when it is put into the place of ours
        provider = adapter(local, bending(with_token(lambda _: tokens[0])))
        # then
        assert refusal(lambda: identify(provider, code_of(provider, "applicant"))) == ("/code", "notProven")

    def test_a_token_that_has_expired(self, local: LocalProvider) -> None:
        provider = adapter(local)
        later = datetime.now(UTC) + timedelta(seconds=local.id_token_seconds + 90)
        assert refusal(lambda: identify(provider, code_of(provider, "applicant"), now=later)) == ("/code", "notProven")

    def test_a_token_from_the_future(self, local: LocalProvider) -> None:
        provider = adapter(local)
        earlier = datetime.now(UTC) - timedelta(seconds=90)
        assert refusal(lambda: identify(provider, code_of(provider, "applicant"), now=earlier)) == (
            "/code",
            "notProven",
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"aud": [CLIENT_ID, OTHER_CLIENT]},
            {"aud": [CLIENT_ID, OTHER_CLIENT], "azp": OTHER_CLIENT},
            {"azp": OTHER_CLIENT},
            {"iss": "https://elsewhere.example"},
            {"nonce": None},
            {"sub": None},
            {"exp": None},
            {"iat": None},
            {"exp": "soon"},
            {"aud": None},
        ],
        ids=json.dumps,
    )
    def test_a_token_whose_claims_do_not_hold_even_well_signed(self, local: LocalProvider, change) -> None:
        # given a provider whose key the test holds
        provider = adapter(local, bending(signing_anew(change)))
        # then
        assert refusal(lambda: identify(provider, code_of(provider, "applicant"))) == ("/code", "notProven")

    def test_but_one_with_several_audiences_of_which_we_are_the_party(self, local: LocalProvider) -> None:
        change = {"aud": [OTHER_CLIENT, CLIENT_ID], "azp": CLIENT_ID}
        provider = adapter(local, bending(signing_anew(change)))
        assert identify(provider, code_of(provider, "applicant")).number == IDENTITY_NUMBER

    @pytest.mark.parametrize("acr", [None, ["3"], {LOA3: "3"}, "3", LOW_LEVEL], ids=json.dumps)
    def test_a_level_in_another_shape(self, local: LocalProvider, acr) -> None:
        provider = adapter(local, bending(signing_anew({"acr": acr})))
        assert refusal(lambda: identify(provider, code_of(provider, "applicant"))) == ("/code", "levelTooLow")

    @pytest.mark.parametrize("forge", ["signature", "none", "symmetric", "stranger", "garbage"])
    def test_a_signature_that_is_none_of_the_provider_s(self, local: LocalProvider, forge: str) -> None:
        provider = adapter(local, bending(with_token(lambda token: FORGERIES[forge](token, local))))
        assert refusal(lambda: identify(provider, code_of(provider, "applicant"))) == ("/code", "notProven")

    def test_userinfo_of_somebody_else(self, local: LocalProvider) -> None:
        def other(url: str, content: dict[str, Any]) -> dict[str, Any]:
            return {**content, "sub": "co-applicant"} if url.endswith("/me") else content

        provider = adapter(local, bending(other))
        assert refusal(lambda: identify(provider, code_of(provider, "applicant"))) == ("/code", "notProven")

    def test_userinfo_cannot_change_what_the_id_token_says(self, local: LocalProvider) -> None:
        def bent(url: str, content: dict[str, Any]) -> dict[str, Any]:
            return {**content, "acr": LOA4} if url.endswith("/me") else content

        provider = adapter(local, bending(bent))
        assert identify(provider, code_of(provider, "applicant")).level == "3"


class TestWhenItDoesNotAnswer:
    def test_a_provider_that_is_down(self) -> None:
        gone = LocalProvider(free_port(), [])
        for work in (lambda: address(adapter(gone)), lambda: identify(adapter(gone), "code")):
            with pytest.raises(IdentificationUnavailableError) as unavailable:
                work()
            assert unavailable.value.step == "discovery"

    def test_a_provider_that_takes_the_call_and_says_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import urllib3

        monkeypatch.setattr("familjehem.adapters.openid._TIMEOUT", urllib3.Timeout(connect=0.2, read=0.2))
        with socket.create_server(("127.0.0.1", 0)) as silent:
            provider = adapter(LocalProvider(silent.getsockname()[1], []))
            with pytest.raises(IdentificationUnavailableError):
                address(provider)

    @pytest.mark.parametrize(
        ("path", "step"),
        [("well-known", "discovery"), ("/token", "token"), ("/jwks", "keys"), ("/me", "userinfo")],
    )
    @pytest.mark.parametrize(
        "answer", [(500, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b" " * (LARGEST_ANSWER + 1)), (302, b"{}")]
    )
    def test_each_step_that_goes_wrong_is_named(self, local: LocalProvider, path: str, step: str, answer) -> None:
        # given
        broken: list[bool] = []

        def call(method: str, url: str, headers: Any, form: Any) -> Any:
            return answer if broken and path in url else fetch()(method, url, headers, form)

        provider = adapter(local, call)
        if path != "well-known":
            code = code_of(provider, "applicant")
        broken.append(True)
        # then
        with pytest.raises(IdentificationUnavailableError) as unavailable:
            address(provider) if path == "well-known" else identify(provider, code)
        assert unavailable.value.step == step

    def test_a_wrong_credential_is_our_fault_and_not_the_person_s(self, local: LocalProvider) -> None:
        for credential in ({"clientSecret": "wrong"}, {}, {"privateKey": {"kty": "RSA"}}, {"privateKey": "text"}):
            provider = OpenIdProvider(registration(local), Credential(**credential))
            code = code_of(provider, "applicant")
            with pytest.raises(IdentificationUnavailableError) as unavailable:
                identify(provider, code)
            assert unavailable.value.step in {"token", "credential"}

    @pytest.mark.parametrize(
        "bent",
        [
            {"issuer": "https://elsewhere.example"},
            {"authorization_endpoint": "http://elsewhere.example/auth"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"authorization_endpoint": None},
        ],
        ids=json.dumps,
    )
    def test_a_discovery_document_that_leads_elsewhere(self, local: LocalProvider, bent: dict[str, Any]) -> None:
        provider = adapter(local, bending(lambda _, content: {**content, **bent}))
        with pytest.raises(IdentificationUnavailableError):
            address(provider)

    def test_only_https_is_called_outside_this_machine(self) -> None:
        assert is_safe("https://provider.example/token", "https://provider.example")
        assert is_safe("http://127.0.0.1:9/token", "http://127.0.0.1:9")
        assert not is_safe("http://127.0.0.1:9/token", "https://provider.example")
        assert not is_safe("http://provider.example/token", "https://provider.example")
        assert not is_safe("file:///etc/passwd", "https://provider.example")
        assert not is_safe("https:", "https://provider.example")


class TestWhatIsKept:
    def test_discovery_and_keys_are_asked_for_once_an_hour(self, local: LocalProvider) -> None:
        # given
        calls: list[str] = []
        now = [0.0]
        provider = OpenIdProvider(
            registration(local), Credential(clientSecret=local.client_secret), noting(calls), monotonic=lambda: now[0]
        )
        # when
        for _ in range(2):
            identify(provider, code_of(provider, "applicant"))
        # then
        assert len([url for url in calls if "well-known" in url or "jwks" in url]) == 2
        # when
        now[0] += 3601
        identify(provider, code_of(provider, "applicant"))
        # then
        assert len([url for url in calls if "well-known" in url or "jwks" in url]) == 4

    def test_new_keys_are_found_and_strange_ones_do_not_make_us_ask_and_ask(self, local: LocalProvider) -> None:
        # given a provider that has changed its keys since they were read
        calls: list[str] = []
        now = [0.0]
        stale = [True]

        def keys(url: str, content: dict[str, Any]) -> dict[str, Any]:
            return {"keys": [KEY.as_dict(private=False)]} if "jwks" in url and stale[0] else content

        provider = OpenIdProvider(
            registration(local),
            Credential(clientSecret=local.client_secret),
            noting(calls, bending(keys)),
            monotonic=lambda: now[0],
        )
        # when it is asked within a minute
        for _ in range(3):
            assert refusal(lambda: identify(provider, code_of(provider, "applicant"))) == ("/code", "notProven")
        asked = [url for url in calls if "jwks" in url]
        now[0], stale[0] = 61.0, False
        # then
        assert len(asked) == 1
        assert identify(provider, code_of(provider, "applicant")).number == IDENTITY_NUMBER


# ---------------------------------------------------------------- what bends


def code_of(provider: OpenIdProvider, person: str) -> str:
    return parse_qs(urlsplit(walk(address(provider), person)).query)["code"][0]


def noting(calls: list[str], call: Fetch | None = None) -> Fetch:
    genuine = call or fetch()

    def noted(method: str, url: str, headers: Any, form: Any) -> Any:
        calls.append(url)
        return genuine(method, url, headers, form)

    return noted


def bending(bend: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Fetch:
    genuine = fetch()

    def bent(method: str, url: str, headers: Any, form: Any) -> Any:
        status, body = genuine(method, url, headers, form)
        return status, json.dumps(bend(url, json.loads(body))).encode()

    return bent


def keeping(tokens: list[str]) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    def keep(url: str, content: dict[str, Any]) -> dict[str, Any]:
        if url.endswith("/token"):
            tokens.append(content["id_token"])
        return content

    return keep


def with_token(change: Callable[[str], str]) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    def bend(url: str, content: dict[str, Any]) -> dict[str, Any]:
        return {**content, "id_token": change(content["id_token"])} if url.endswith("/token") else content

    return bend


def signing_anew(change: Mapping[str, Any]) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """Sign the provider's own claims anew, changed, by a key that stands among the provider's."""

    def sign(token: str) -> str:
        claims = {**claims_of(token), **change}
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "prov"}, kept, KEY)

    def bend(url: str, content: dict[str, Any]) -> dict[str, Any]:
        if "jwks" in url:
            return {"keys": [*content["keys"], KEY.as_dict(private=False)]}
        return with_token(sign)(url, content)

    return bend


def claims_of(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _symmetric(token: str, local: LocalProvider) -> str:
    return jwt.encode({"alg": "HS256"}, claims_of(token), jwk.OctKey.import_key(local.client_secret))


FORGERIES: Mapping[str, Callable[[str, LocalProvider], str]] = {
    "signature": lambda token, _: token[:-8] + ("A" * 8 if not token.endswith("A" * 8) else "B" * 8),
    "none": lambda token, _: f"{_part({'alg': 'none'})}.{token.split('.')[1]}.",
    "symmetric": _symmetric,
    "stranger": lambda token, _: jwt.encode({"alg": "RS256", "kid": "prov"}, claims_of(token), KEY),
    "garbage": lambda *_: "Kanariefågel",
}
