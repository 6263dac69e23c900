"""The wiring of identification."""

from dataclasses import dataclass

from familjehem.adapters.aws import Aws
from familjehem.adapters.clock import SystemClock
from familjehem.adapters.openid import OpenIdProvider, Registration
from familjehem.adapters.secrets import SecretsManagerCredential, SecretsManagerSecrets
from familjehem.runtime.settings import IdentificationSettings
from familjehem.usecases.finish_identification import FinishIdentification
from familjehem.usecases.start_identification import StartIdentification

RETURNS = {"sv": "/ansok/identifierad/", "en": "/en/apply/identified/"}
"""The pages of the website that the provider sends people back to, by language; it knows these and no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """What the routes of identification need; `provider` is the name that people are shown."""

    provider: str
    start: StartIdentification
    finish: FinishIdentification


def wire(settings: IdentificationSettings) -> Identification | None:
    """Make the clients and use cases of identification, or give None where none is configured."""
    if not settings.IDENTIFICATION_ISSUER:
        return None
    client, clock = Aws().secrets(), SystemClock()
    secrets = SecretsManagerSecrets(client, settings.IDENTIFICATION_SECRET_ARN)
    registration = Registration(
        issuer=settings.IDENTIFICATION_ISSUER,
        client_id=settings.IDENTIFICATION_CLIENT_ID,
        redirects={language: f"{settings.SITE_URL}{path}" for language, path in RETURNS.items()},
        scopes=settings.IDENTIFICATION_SCOPES,
        levels=settings.levels,
        number_claims=tuple(settings.IDENTIFICATION_NUMBER_CLAIMS.split()),
        name_claims=tuple(settings.IDENTIFICATION_NAME_CLAIMS.split()),
    )
    provider = OpenIdProvider(registration, SecretsManagerCredential(client, settings.PROVIDER_SECRET_ARN))
    name = settings.IDENTIFICATION_PROVIDER
    return Identification(
        provider=name,
        start=StartIdentification(secrets=secrets, provider=provider, clock=clock),
        finish=FinishIdentification(secrets=secrets, provider=provider, provider_name=name, clock=clock),
    )
