"""E-identification by OpenID Connect: authorization code with PKCE, at a broker of BankID, Freja and others.

What a provider is called, which levels count and what its claims are named is registered (`Registration`); where its
endpoints and keys are is read from its own discovery document. Nothing that it says is believed before its ID token
holds: signature by one of its keys under an algorithm that we allow, issuer, audience, times, nonce, level.

Claims asked for by scope come in the ID token with some providers and from the userinfo endpoint with others (OpenID
Connect Core 5.4): the endpoint is asked only for what the token lacks, and must speak of the same subject.
"""

import base64
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote_plus, urlencode, urlsplit

import urllib3
from joserfc import jwk, jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from familjehem.domain.errors import FieldError, IdentificationRefusedError, IdentificationUnavailableError
from familjehem.ports import Claimed

ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY_SECONDS = 60
KEPT_SECONDS = 60 * 60
KEYS_KEPT_SECONDS = 60
LARGEST_ANSWER = 256 * 1024
LOOPBACK = "127.0.0.1"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TIMEOUT = urllib3.Timeout(connect=2, read=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What was agreed with the provider.

    `redirects` are the pages that it sends people back to, by language; `levels` maps the values of `acr` that count to
    levels of assurance; of `number_claims` the first that is there counts, `name_claims` are put together.
    """

    issuer: str
    client_id: str
    redirects: Mapping[str, str]
    scopes: str
    levels: Mapping[str, str]
    number_claims: tuple[str, ...]
    name_claims: tuple[str, ...]


class Fetch(Protocol):
    """Makes one HTTP call and gives status and body; whatever fails is `OSError` or `urllib3.exceptions.HTTPError`."""

    def __call__(self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None) -> Any:
        """Call `url`; `form` is sent as a form."""
        ...


class Credential(Protocol):
    """Gives the credential with which we show the provider who we are."""

    def content(self) -> Mapping[str, Any]:
        """Give `{"clientSecret": "…"}`, or `{"privateKey": JWK with kid and alg}`; `NotConfirmedError`."""
        ...


def fetch() -> Fetch:
    """Give what makes calls: with time limits, without redirects or retries, and never more than a small answer."""
    pool = urllib3.PoolManager(retries=False, timeout=_TIMEOUT)

    def once(method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None) -> tuple[int, bytes]:
        sent = {"accept": "application/json", **headers}
        if form is not None:
            sent["content-type"] = "application/x-www-form-urlencoded"
        body = None if form is None else urlencode(form)
        answer = pool.request(method, url, headers=sent, body=body, redirect=False, preload_content=False)
        try:
            return answer.status, answer.read(LARGEST_ANSWER + 1, decode_content=True)
        finally:
            answer.release_conn()

    return once


class OpenIdProvider:
    """Identifies persons at an OpenID provider; plays `IdentityProvider`. `monotonic` gives seconds."""

    def __init__(
        self,
        registration: Registration,
        credential: Credential,
        call: Fetch | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._own = registration
        self._credential = credential
        self._fetch = call or fetch()
        self._monotonic = monotonic
        self._metadata: Mapping[str, Any] = {}
        self._read_at = 0.0
        self._keys = jwk.KeySet([])
        self._keys_read_at = 0.0

    def address(self, *, state: str, nonce: str, challenge: str, language: str) -> str:
        """Give the address where a person identifies; `IdentificationUnavailableError`.

        Whoever comes must identify anew (`prompt=login`): on a shared telephone the co-applicant is not the applicant.
        """
        asked = {
            "response_type": "code",
            "client_id": self._own.client_id,
            "redirect_uri": self._own.redirects[language],
            "scope": self._own.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "acr_values": " ".join(self._own.levels),
            "ui_locales": language,
            "prompt": "login",
        }
        endpoint = self._endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def identify(self, *, code: str, verifier: str, nonce: str, language: str, now: datetime) -> Claimed:
        """Give who the person is that came back with `code`, once.

        Raises `IdentificationRefusedError` with a fault at `/code`, `IdentificationUnavailableError`, and
        `NotConfirmedError` where our own credential cannot be read.
        """
        answer = self._exchange(code, verifier, language, now)
        claims = self._proven(answer.get("id_token"), nonce, now)
        level = self._own.levels.get(claims["acr"]) if isinstance(claims.get("acr"), str) else None
        if level is None:
            raise _refused("levelTooLow")
        if not (self._number(claims) and self._name(claims)):
            claims = {**self._userinfo(answer.get("access_token"), claims["sub"]), **claims}
        number, name = self._number(claims), self._name(claims)
        if not number:
            raise _refused("noIdentityNumber")
        if not name:
            raise _refused("noName")
        return Claimed(number, name, level)

    # ------------------------------------------------------------ claims

    def _number(self, claims: Mapping[str, Any]) -> str:
        found = (claims.get(name) for name in self._own.number_claims)
        return next((one for one in found if isinstance(one, str) and one), "")

    def _name(self, claims: Mapping[str, Any]) -> str:
        found = [claims.get(name) for name in self._own.name_claims]
        return " ".join(one for one in found if isinstance(one, str)) if all(found) else ""

    def _proven(self, id_token: Any, nonce: str, now: datetime) -> dict[str, Any]:
        """Give the claims of an ID token that holds (OpenID Connect Core 3.1.3.7)."""
        if not isinstance(id_token, str):
            raise IdentificationUnavailableError("token")
        own = self._own.client_id
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._own.issuer},
            aud={"essential": True, "value": own},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = self._signed(id_token)
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise _refused("notProven") from None
        # Of several audiences one must be named as the one that may use the token.
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else own) != own:
            raise _refused("notProven")
        return claims

    def _signed(self, id_token: str) -> dict[str, Any]:
        try:
            return jwt.decode(id_token, self._key_set(), algorithms=ALGORITHMS).claims
        except InvalidKeyIdError:
            # The provider may have changed its keys; how often we look again is not for a sender to decide.
            if self._monotonic() - self._keys_read_at < KEYS_KEPT_SECONDS:
                raise
            self._keys = jwk.KeySet([])
            return jwt.decode(id_token, self._key_set(), algorithms=ALGORITHMS).claims

    # ------------------------------------------------------------ the provider's endpoints

    def _exchange(self, code: str, verifier: str, language: str, now: datetime) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._own.redirects[language],
            "code_verifier": verifier,
        }
        headers: dict[str, str] = {}
        self._show_ourselves(headers, form, now)
        status, answer = self._call("POST", self._endpoint("token_endpoint"), "token", headers, form)
        if status == 400 and answer.get("error") == "invalid_grant":  # noqa: PLR2004 RFC 6749 5.2
            raise _refused("notAccepted")
        if status != 200:  # noqa: PLR2004
            raise IdentificationUnavailableError("token")
        return answer

    def _show_ourselves(self, headers: dict[str, str], form: dict[str, str], now: datetime) -> None:
        """Add our credential: a signed assertion (RFC 7523) where we have a private key, else the client secret."""
        credential, own = self._credential.content(), self._own.client_id
        if "privateKey" in credential:
            try:
                key = credential["privateKey"]
                issued = int(now.timestamp())
                claims = {"iss": own, "sub": own, "aud": self._own.issuer, "iat": issued, "exp": issued + 60}
                header = {"alg": key["alg"], "kid": key["kid"]}
                claims["jti"] = os.urandom(16).hex()
                assertion = jwt.encode(header, claims, jwk.import_key(key), algorithms=ALGORITHMS)
            except (JoseError, ValueError, TypeError, KeyError):
                raise IdentificationUnavailableError("credential") from None
            form |= {"client_id": own, "client_assertion_type": _ASSERTION, "client_assertion": assertion}
            return
        secret = credential.get("clientSecret")
        if not secret:
            raise IdentificationUnavailableError("credential")
        if "client_secret_basic" in self._discovered().get("token_endpoint_auth_methods_supported", _BASIC):
            pair = f"{quote_plus(own)}:{quote_plus(secret)}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": own, "client_secret": secret}

    def _userinfo(self, access_token: Any, subject: Any) -> Mapping[str, Any]:
        if "userinfo_endpoint" not in self._discovered() or not isinstance(access_token, str):
            return {}
        headers = {"authorization": f"Bearer {access_token}"}
        status, answer = self._call("GET", self._endpoint("userinfo_endpoint"), "userinfo", headers)
        if status != 200:  # noqa: PLR2004
            raise IdentificationUnavailableError("userinfo")
        if answer.get("sub") != subject:
            raise _refused("notProven")
        return answer

    def _key_set(self) -> jwk.KeySet:
        if not self._keys:
            status, answer = self._call("GET", self._endpoint("jwks_uri"), "keys")
            try:
                keys = jwk.KeySet.import_key_set({"keys": answer["keys"]})
            except (JoseError, KeyError, ValueError, TypeError):
                raise IdentificationUnavailableError("keys") from None
            if status != 200:  # noqa: PLR2004
                raise IdentificationUnavailableError("keys")
            self._keys, self._keys_read_at = keys, self._monotonic()
        return self._keys

    def _discovered(self) -> Mapping[str, Any]:
        if not self._metadata or self._monotonic() - self._read_at >= KEPT_SECONDS:
            url = f"{self._own.issuer.removesuffix('/')}/.well-known/openid-configuration"
            status, answer = self._call("GET", url, "discovery")
            if status != 200 or answer.get("issuer") != self._own.issuer:  # noqa: PLR2004
                raise IdentificationUnavailableError("discovery")
            self._metadata, self._read_at, self._keys = answer, self._monotonic(), jwk.KeySet([])
        return self._metadata

    def _endpoint(self, name: str) -> str:
        url = self._discovered().get(name)
        if not isinstance(url, str) or not is_safe(url, self._own.issuer):
            raise IdentificationUnavailableError("discovery")
        return url

    def _call(
        self,
        method: str,
        url: str,
        step: str,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> tuple[int, Mapping[str, Any]]:
        """Give status and JSON object of an answer; `IdentificationUnavailableError` with the step for none."""
        try:
            status, body = self._fetch(method, url, headers or {}, form)
            answer: Any = json.loads(body) if len(body) <= LARGEST_ANSWER else None
        except (OSError, urllib3.exceptions.HTTPError, ValueError, RecursionError):
            raise IdentificationUnavailableError(step) from None
        if not isinstance(answer, dict):
            raise IdentificationUnavailableError(step)
        return status, answer


_BASIC = ("client_secret_basic",)


def is_safe(url: str, issuer: str) -> bool:
    """Say whether an address may be called: HTTPS, or this machine's own where the issuer is there too."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname == LOOPBACK and urlsplit(issuer).hostname == LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or local)


def _refused(code: str) -> IdentificationRefusedError:
    return IdentificationRefusedError(FieldError("/code", code))
