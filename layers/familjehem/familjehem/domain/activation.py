"""The municipality's own page: what a person proves there with a link or a code, and whom the municipality names.

All that tells of persons stands here and never in the onboarding (design 6): SKR and its commands read no such row. A
link goes to the function mailbox and opens the page; a code goes to the mobile of the person who is responsible. Only
digests of both are kept, and of a code only for minutes.
"""

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from familjehem.domain.contact_details import phone
from familjehem.domain.errors import (
    ActivationNotFoundError,
    CodeRefusedError,
    FieldError,
    InvalidAnswersError,
    OnboardingStepError,
)
from familjehem.domain.onboarding import LEAST_PEOPLE, Missing
from familjehem.domain.staff_address import staff_address

LINK_LASTS = timedelta(days=14)
CODE_LASTS = timedelta(minutes=15)
MOST_TRIES = 5
MOST_CODES = 10
"""Until another link is sent: at five tries each, one in twenty thousand is guessed at most."""
MOST_LINKS = 3
"""A mail may come twice, and whoever has two uses either."""
MOST_PEOPLE = 50
LONGEST_NAME = 120
AGREEMENT_VERSION = "2026-1"
"""The version of the processor agreement that is shown; another one is not accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that was sent to an address of the recipient; it proves that somebody reads there."""

    digest: bytes
    address: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that was sent to the mobile of the responsible person, and how often it was tried."""

    digest: bytes
    expires_at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsible:
    """Who is responsible for the start, and whether her mobile has proven itself."""

    name: str
    mobile: str
    proven_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of the people who shall have access, as the municipality names her."""

    name: str
    email: str
    mobile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who accepted which version of the processor agreement, and when."""

    version: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """All that the municipality's own page holds; `id` is that of the onboarding, `revision` grows with each change."""

    id: str
    links: tuple[Link, ...] = ()
    code: Code | None = None
    responsible: Responsible | None = None
    signature: Signature | None = None
    people: tuple[Colleague, ...] = ()
    codes: int = 0
    revision: int = field(default=0, compare=False)

    def with_link(self, secret: str, address: str, at: datetime) -> "Activation":
        """Let a fresh link open the page, beside the latest ones."""
        link = Link(digest=secret_digest(self.id, secret), address=address, expires_at=at + LINK_LASTS)
        return replace(self, links=(*self.links, link)[-MOST_LINKS:], codes=0)

    def opened(self, secret: str, at: datetime) -> Link:
        """Give the link that was used; `ActivationNotFoundError` for a foreign one and an old one alike."""
        digest = secret_digest(self.id, secret)
        for link in self.links:
            if hmac.compare_digest(link.digest, digest) and at < link.expires_at:
                return link
        raise ActivationNotFoundError

    def named(self, responsible: Responsible) -> "Activation":
        """Name who is responsible. Another mobile has proven nothing, and a code sent to the old one is void."""
        old = self.responsible
        if old is not None and (old.name, old.mobile) == (responsible.name, responsible.mobile):
            return self
        return replace(self, responsible=responsible, code=None)

    def asked_code(self) -> "Activation":
        """Ask for a code to be sent; not for ever, so that nobody can guess on and on."""
        if self.responsible is None:
            raise OnboardingStepError(Missing.RESPONSIBLE)
        if self.codes >= MOST_CODES:
            raise CodeRefusedError("tooManyCodes")
        return replace(self, codes=self.codes + 1)

    def with_code(self, secret: str, at: datetime) -> "Activation":
        """Take a fresh code in the place of any earlier one."""
        code = Code(digest=secret_digest(self.id, secret), expires_at=at + CODE_LASTS)
        return replace(self, code=code)

    def tried(self) -> "Activation":
        """Count a try before it is judged, so that no number of tries at once is more than five."""
        if self.code is None:
            raise CodeRefusedError("noCode")
        if self.code.tries >= MOST_TRIES:
            raise CodeRefusedError("tooManyTries")
        return replace(self, code=replace(self.code, tries=self.code.tries + 1))

    def proven(self, secret: str, at: datetime) -> "Activation":
        """Take a code that was counted as tried; it is good once. `CodeRefusedError`."""
        if self.code is None or self.responsible is None:
            raise CodeRefusedError("noCode")
        if self.code.expires_at <= at:
            raise CodeRefusedError("expired")
        if not hmac.compare_digest(self.code.digest, secret_digest(self.id, secret)):
            raise CodeRefusedError("wrong")
        return replace(self, code=None, responsible=replace(self.responsible, proven_at=at))

    def signed(self, version: str, at: datetime) -> "Activation":
        """Accept the processor agreement in the name of the responsible person, who has proven herself."""
        if self.responsible is None or self.responsible.proven_at is None:
            raise OnboardingStepError(Missing.RESPONSIBLE_PROOF)
        if version != AGREEMENT_VERSION:
            raise InvalidAnswersError(FieldError("/version", "otherVersion"))
        if self.signature is not None and self.signature.version == version:
            return self
        return replace(self, signature=Signature(version=version, name=self.responsible.name, at=at))

    def staffed(self, people: tuple[Colleague, ...]) -> "Activation":
        """Name all the people who shall have access, in the place of those named before."""
        return replace(self, people=people)


def responsible(name: str, mobile: str) -> Responsible:
    """Give the responsible person as named; `InvalidAnswersError` at `/name` and `/mobile`."""
    faults = tuple(_person_faults("", name, mobile))
    if faults:
        raise InvalidAnswersError(*faults)
    return Responsible(name=name.strip(), mobile=mobile_number(mobile) or "")


def people(named: tuple[tuple[str, str, str], ...], function_mailbox: str) -> tuple[Colleague, ...]:
    """Give the people of name, e-mail and mobile; `InvalidAnswersError` at `/people/<place>/…`, all faults at once.

    At least two, each with a personal address that no other of them has.
    """
    faults: list[FieldError] = []
    found: list[Colleague] = []
    for place, (name, email, mobile) in enumerate(named):
        at = f"/people/{place}"
        faults += _person_faults(at, name, mobile)
        try:
            address = staff_address(email, function_mailbox)
        except InvalidAnswersError as error:
            faults += [FieldError(at + one.pointer, one.code) for one in error.errors]
            continue
        if any(address == one.email for one in found):
            faults.append(FieldError(f"{at}/email", "repeated"))
        found.append(Colleague(name=name.strip(), email=address, mobile=mobile_number(mobile) or ""))
    if len(named) < LEAST_PEOPLE:
        faults.append(FieldError("/people", "tooFew"))
    if faults:
        raise InvalidAnswersError(*faults)
    return tuple(found)


def secret_digest(identifier: str, secret: str) -> bytes:
    """Give what is kept of a link or a code: good for this activation alone."""
    return sha256(b"\0".join((b"familjehem/activation", identifier.encode(), secret.encode()))).digest()


def mobile_number(written: str) -> str | None:
    """Give a Swedish mobile as E.164; None for any other number, which may not take an SMS."""
    number = phone(written)
    return number if number and number.startswith("+467") else None


def _person_faults(at: str, name: str, mobile: str) -> list[FieldError]:
    faults: list[FieldError] = []
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.strip().isprintable():
        faults.append(FieldError(f"{at}/name", "invalidName"))
    if mobile_number(mobile) is None:
        faults.append(FieldError(f"{at}/mobile", "invalidMobile"))
    return faults
