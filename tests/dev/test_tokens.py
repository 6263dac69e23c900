"""What the local gateway's authorizer takes for a good token, as that of API Gateway does."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from dev.gateway import Tokens, UnauthorizedError
from dev.wiring import Authorizer

ISSUER = "https://cognito-idp.eu-north-1.amazonaws.com/pool-1"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
AUTHORIZER = Authorizer(name="Staff", header="Authorization", issuer=ISSUER, audience=frozenset({"client-1"}))


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> Tokens:
    published = {"pool-1": {"1": KEY.public_key()}}
    monkeypatch.setattr(Tokens, "_fetch", lambda _, pool: published.get(pool, {}))
    return Tokens("http://127.0.0.1")


def bearer(*, kid: str = "1", left_out: str = "", **changes: Any) -> str:
    claims = {"sub": "anna", "iss": ISSUER, "client_id": "client-1", "token_use": "access", "exp": time.time() + 300}
    kept = {name: value for name, value in (claims | changes).items() if name != left_out}
    return f"Bearer {jwt.encode(kept, KEY, 'RS256', headers={'kid': kid})}"


def test_a_good_token_is_taken(tokens: Tokens) -> None:
    assert tokens.claims(AUTHORIZER, bearer())["sub"] == "anna"


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": time.time() - 1},
        {"left_out": "exp"},
        {"nbf": time.time() + 86_400},
        {"iss": ISSUER.replace("pool-1", "pool-2")},
        {"left_out": "iss"},
        {"client_id": "client-2"},
        {"client_id": "client-2", "aud": ["client-3"]},
        {"left_out": "client_id"},
        {"kid": "2"},
    ],
    ids="-".join,
)
def test_one_that_is_over_or_made_for_somebody_else_is_not(tokens: Tokens, changed: dict[str, Any]) -> None:
    with pytest.raises(UnauthorizedError):
        tokens.claims(AUTHORIZER, bearer(**changed))
