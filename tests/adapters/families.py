"""What the tests of adapters are furnished with: recipients, and sealed applications of synthetic families."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from familjehem.domain.application import Application, DeliveryPromise, SupplementRecord
from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import Delivery, DeliveryState, NextStep, Origin
from familjehem.domain.inbox import Selection, Wanted
from familjehem.domain.outbox import ConfirmationTask, LetterTask, QueuedConfirmation, SupplementTask
from familjehem.domain.recipient import PublicContact, Recipient, RecipientKind, RecipientState
from familjehem.domain.sealing import CONTACT_OWNER, Label, Purpose, contact_context, letter_context, seal, versioned
from familjehem.domain.tally import Count, Level, Scope
from familjehem.ports import SealedApplication, SealedDelivery, SealedPart, SealedSupplement, SpentChallenge
from tests.adapters.houses import at

ADDRESS = b"prov.persson-kanarie@example.se"
_figures = itertools.count(1)


def recipient(house: Any, identifier: str = "0680", *served: str, **parts: Any) -> Recipient:
    """Make a live recipient with a key of its own, and store it."""
    made = Recipient(
        **{
            "id": identifier,
            "name": f"Mottagare {identifier}",
            "kind": RecipientKind.UNIT if identifier.startswith("unit-") else RecipientKind.MUNICIPALITY,
            "state": RecipientState.LIVE,
            "municipalities": served or (identifier,),
            "assignments": frozenset({Assignment.FAMILJEHEM, Assignment.JOURHEM}),
            "key_arn": house.recipient_keys.create(identifier),
            "function_mailbox": f"familjehem.{identifier}@example.se",
            "extended_questions": frozenset({"pets"}),
            "contact": PublicContact(telephone="010-000 00 00"),
            **parts,
        }
    )
    house.directory.add(made)
    return made


def asked(person: str = "person-1", passed: datetime | None = None, **wanted: Any) -> Selection:
    """Give a selection; everything without a wish."""
    return Selection(Wanted(**wanted), person, passed or at(12))


def sealed(house: Any, *recipients: Recipient, queued_at: datetime | None = None, **parts: Any) -> SealedApplication:
    """Seal one application to recipients; `confirmation=True` with an address, `challenge` if one was spent.

    `row` holds what its delivery rows shall tell otherwise than usual.
    """
    moment = queued_at or at(12)
    figure = next(_figures)
    reference = f"REF-{figure:04}"
    numbers = {one.id: f"NUM-{figure:04}-{index}" for index, one in enumerate(recipients)}
    orders = {one.id: (one.key_arn, letter_context(one.id, numbers[one.id])) for one in recipients}
    made = {name: future.result() for name, future in house.data_keys.make(orders).items()}
    scopes = [Scope(Level.NATION), *(Scope(Level.RECIPIENT, one.id) for one in recipients)]
    row = parts.get("row", {})
    deliveries = tuple(_sealed(one, numbers[one.id], made[one.id], moment, **row) for one in recipients)
    return SealedApplication(
        application=Application(
            reference=reference,
            digest=b"\x01" * 32,
            receipt_digest=b"\x02" * 32,
            secret_version="2",
            submitted_at=moment,
            question_set="2026-1",
            promises=tuple(
                DeliveryPromise(numbers[one.id], one.id, one.name, one.municipalities) for one in recipients
            ),
        ),
        deliveries=deliveries,
        confirmation=_confirmation(house, reference, moment) if parts.get("confirmation") else None,
        challenge=parts.get("challenge"),
        counts=tuple(Count(one, ("nation_families",)) for one in scopes),
    )


def _sealed(one: Recipient, number: str, key: Any, moment: datetime, **row: Any) -> SealedDelivery:
    return SealedDelivery(
        recipient=one,
        delivery=Delivery(
            **{
                "number": number,
                "recipient": one.id,
                "state": DeliveryState.QUEUED,
                "assignments": (Assignment.FAMILJEHEM,),
                "origin": Origin.OWN,
                "next_step": NextStep.CALL_FIRST,
                "question_set": "2026-1",
                "queued_at": moment,
                **row,
            }
        ),
        letter=seal(Label(Purpose.LETTER, one.id, number), key.plaintext, f"letter {number}".encode()),
        card=seal(Label(Purpose.CARD, one.id, number), key.plaintext, f"card {number}".encode()),
        wrap=key.wrap,
    )


def _confirmation(house: Any, reference: str, moment: datetime) -> QueuedConfirmation:
    order = {"contact": (house.contact_key_arn, contact_context(reference))}
    key = house.data_keys.make(order)["contact"].result()
    address = seal(Label(Purpose.CONTACT, CONTACT_OWNER, reference), key.plaintext, ADDRESS)
    return QueuedConfirmation(ConfirmationTask(reference), address, key.wrap, moment)


def challenge(identifier: str = "spent-once") -> SpentChallenge:
    return SpentChallenge(identifier, at(12, 30).replace(microsecond=0))


def accepted(house: Any, *recipients: Recipient, **parts: Any) -> SealedApplication:
    """Accept one application, so that its letters wait in the outbox."""
    application = sealed(house, *recipients, **parts)
    house.intake.accept(application)
    return application


def delivered(house: Any, one: Recipient, moment: datetime | None = None, **parts: Any) -> str:
    """Accept and deliver one application; give the delivery number."""
    moment = moment or at(13)
    application = accepted(house, one, queued_at=moment - timedelta(minutes=1), **parts)
    number = application.deliveries[0].delivery.number
    queued = house.letter_queue.read(LetterTask(one.id, number))
    house.vault.put(one.id, number, Purpose.LETTER, queued.letter)
    house.vault.put(one.id, number, Purpose.CARD, queued.card)
    assert house.letter_queue.delivered(queued, moment)
    return number


def withdrawn(house: Any, one: Recipient, number: str) -> None:
    """Withdraw one delivery."""
    promise = DeliveryPromise(number, one.id, one.name, one.municipalities)
    house.intake.withdraw(house.intake.deliveries([promise])[number], at(15))


def supplement(house: Any, reference: str, key: bytes = b"key", moment: datetime | None = None) -> SealedSupplement:
    """Seal a supplement to every delivery of an application, as all of it is now."""
    application = house.intake.find([reference])
    rows = house.intake.deliveries(application.promises)
    number = application.supplements + 1
    return SealedSupplement(
        application=application,
        record=SupplementRecord(
            key=key,
            digest=b"\x03" * 32,
            number=number,
            submitted_at=moment or at(14),
            deliveries=tuple(one.number for one in application.promises),
        ),
        parts=tuple(_part(house, rows[one.number]) for one in application.promises),
    )


def _part(house: Any, delivery: Delivery) -> SealedPart:
    owner, number, version = delivery.recipient, delivery.number, delivery.next_version
    recipient = house.directory.get(owner)
    key = house.data_keys.make({number: (recipient.key_arn, letter_context(owner, number))})[number].result()
    told = versioned(number, version)
    return SealedPart(
        recipient=recipient,
        delivery=delivery,
        supplement=seal(Label(Purpose.SUPPLEMENT, owner, told), key.plaintext, f"supplement {told}".encode()),
        card=seal(Label(Purpose.CARD, owner, told), key.plaintext, f"card {told}".encode()),
        wrap=key.wrap,
    )


def reference_of(number: str) -> str:
    """Give the reference of the application that `sealed` gave this delivery number."""
    return f"REF-{number.split('-')[1]}"


def supplemented(house: Any, reference: str, *, key: bytes = b"key", come: datetime | None = None) -> SealedSupplement:
    """Accept a supplement, and deliver it if `come` says when."""
    sealed = supplement(house, reference, key)
    house.intake.supplement(sealed)
    for part in sealed.parts if come else ():
        task = SupplementTask(part.delivery.recipient, part.delivery.number, part.delivery.next_version)
        queued = house.supplement_queue.read(task)
        house.vault.put(task.recipient, task.number, Purpose.SUPPLEMENT, queued.supplement, task.version)
        house.vault.put(task.recipient, task.number, Purpose.CARD, queued.card, task.version)
        assert house.supplement_queue.delivered(queued, come)
    return sealed


def state(house: Any, application: SealedApplication, index: int = 0) -> DeliveryState:
    """Tell where a delivery stands, as its applicant sees it."""
    found = house.intake.deliveries(application.application.promises)
    return found[application.deliveries[index].delivery.number].state
