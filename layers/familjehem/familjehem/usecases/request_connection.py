"""Request a connection: what a municipality or a unit asks of SKR on the website (SKR's four groups of data)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from familjehem.domain.activation import Activation, Colleague, Responsible, people, responsible
from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import FieldError, InvalidAnswersError, KeyReusedError, MunicipalityConnectedError
from familjehem.domain.function_mailbox import MailboxFault, mailbox_faults
from familjehem.domain.invoice import Payer
from familjehem.domain.municipality import municipalities
from familjehem.domain.onboarding import Onboarding
from familjehem.domain.recipient import RecipientKind
from familjehem.ports import ActivationChangedError, Activations, Clock, Directory, Register

_MOST_IN_SLUG = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for; `unit` is the name of a unit that serves several municipalities, None for one municipality.

    The people may be named here or on the page that opens after SKR's approval.
    """

    key: UUID
    municipalities: tuple[str, ...]
    unit: str | None
    assignments: tuple[str, ...]
    function_mailbox: str
    responsible: tuple[str, str]
    people: tuple[tuple[str, str, str], ...]
    invoice: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Requested:
    """The id by which SKR approves, and whether the very same was there already."""

    request: str
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestConnection:
    """Stores a request: what tells of persons apart from what SKR reads. Nothing is sent before SKR approves.

    Whose a foreign domain is SKR makes sure of when it approves; all else that is wrong is told at once.
    """

    register: Register
    activations: Activations
    directory: Directory
    clock: Clock

    def __call__(self, wanted: Wanted) -> Requested:
        """Store it once per key.

        Raises `InvalidAnswersError` with every fault, `MunicipalityConnectedError`, `KeyReusedError`,
        `NotConfirmedError`.
        """
        onboarding, activation = judged(wanted, self.clock.now())
        if replayed := self._replayed(onboarding, activation):
            return replayed
        if any(self.directory.serving(wanted.municipalities).values()):
            raise MunicipalityConnectedError
        try:
            self.activations.ask(onboarding, activation)
        except ActivationChangedError:
            return self._replayed(onboarding, activation) or Requested(onboarding.id, replayed=True)
        return Requested(onboarding.id, replayed=False)

    def _replayed(self, onboarding: Onboarding, activation: Activation) -> Requested | None:
        known = self.register.request(onboarding.id)
        if known is None:
            return None
        asked = (known.recipient, known.municipalities, known.payer, known.assignments)
        page = self.activations.find(onboarding.id)
        if asked != (onboarding.recipient, onboarding.municipalities, onboarding.payer, onboarding.assignments):
            raise KeyReusedError
        if known.approved_at is None and (
            known.function_mailbox != onboarding.function_mailbox or (page is not None and page != activation)
        ):
            raise KeyReusedError
        return Requested(onboarding.id, replayed=True)


def judged(wanted: Wanted, at: datetime) -> tuple[Onboarding, Activation]:
    """Give the request and what its page holds; `InvalidAnswersError` with every fault."""
    faults = list(_faults(wanted))
    found: tuple[Colleague, ...] = ()
    who: Responsible | None = None
    try:
        who = responsible(*wanted.responsible)
    except InvalidAnswersError as error:
        faults += [FieldError(f"/responsible{one.pointer}", one.code) for one in error.errors]
    try:
        found = people(wanted.people, wanted.function_mailbox) if wanted.people else ()
    except InvalidAnswersError as error:
        faults += error.errors
    names = _names(wanted)
    used = [one.email for one in found]
    # Whose a domain is can be seen to by SKR alone, so that is no fault here.
    faults += [
        FieldError("/functionMailbox", one)
        for one in mailbox_faults(wanted.function_mailbox, names, used_by_persons=used, domain_confirmed=True)
        if one is not MailboxFault.FOREIGN_DOMAIN
    ]
    if faults:
        raise InvalidAnswersError(*faults)
    recipient = _unit_id(wanted.unit) if wanted.unit else wanted.municipalities[0]
    identifier = request_id(wanted.key)
    name, address, reference = wanted.invoice
    onboarding = Onboarding(
        id=identifier,
        recipient=recipient,
        name=wanted.unit or municipalities()[recipient].name,
        kind=RecipientKind.UNIT if wanted.unit else RecipientKind.MUNICIPALITY,
        municipalities=tuple(sorted(wanted.municipalities)),
        assignments=frozenset(map(Assignment, wanted.assignments)),
        function_mailbox=wanted.function_mailbox.strip(),
        payer=Payer(recipient=recipient, name=name.strip(), address=address.strip(), reference=reference.strip()),
        requested_at=at,
        responsible_named_at=at,
    )
    return onboarding, Activation(id=identifier, responsible=who, people=found)


def request_id(key: UUID) -> str:
    """Give the id of a request: the same for every repeat of it, and nothing that leads back to its key."""
    return f"ask-{sha256(b'familjehem/request' + key.bytes).hexdigest()[:16]}"


def _faults(wanted: Wanted) -> list[FieldError]:
    known = municipalities()
    faults = [
        FieldError(f"/municipalities/{place}", "unknownMunicipality")
        for place, code in enumerate(wanted.municipalities)
        if code not in known
    ]
    if len(set(wanted.municipalities)) != len(wanted.municipalities):
        faults.append(FieldError("/municipalities", "repeated"))
    if wanted.unit is None and len(wanted.municipalities) != 1:
        faults.append(FieldError("/municipalities", "oneMunicipality"))
    if wanted.unit is not None and len(wanted.municipalities) == 0:
        faults.append(FieldError("/municipalities", "tooFew"))
    if wanted.unit is not None and len(_unit_id(wanted.unit)) <= len("unit-"):
        faults.append(FieldError("/unit", "invalidName"))
    faults += [
        FieldError(f"/assignments/{place}", "unknownChoice")
        for place, one in enumerate(wanted.assignments)
        if one not in set(Assignment)
    ]
    if not wanted.assignments:
        faults.append(FieldError("/assignments", "tooFew"))
    for field, value in zip(("name", "address", "reference"), wanted.invoice, strict=True):
        if not value.strip():
            faults.append(FieldError(f"/invoice/{field}", "required"))
    return faults


def _names(wanted: Wanted) -> tuple[str, ...]:
    known = municipalities()
    own = (wanted.unit,) if wanted.unit else ()
    return (*own, *(known[code].name for code in wanted.municipalities if code in known))


def _unit_id(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.lower())
    plain = "".join(one for one in letters if not unicodedata.combining(one))
    return "unit-" + re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MOST_IN_SLUG].strip("-")
