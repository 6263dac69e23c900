"""Supplement an application: corrections and a message, sealed to every recipient that still reads it (design 6)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from familjehem.domain.answers import Corrections, corrections_for_recipient, stop_early, validate_supplement
from familjehem.domain.application import MOST_SUPPLEMENTS, Application, DeliveryPromise, SupplementRecord
from familjehem.domain.calendar import swedish_date
from familjehem.domain.delivery import Delivery
from familjehem.domain.errors import (
    ApplicationErasedError,
    ApplicationNotFoundError,
    KeyReusedError,
    NobodyToSupplementError,
    NotConfirmedError,
    RecipientsUnavailableError,
    TooManySupplementsError,
    Unavailable,
)
from familjehem.domain.identifiers import digest, same
from familjehem.domain.purpose import Purpose
from familjehem.domain.question_set import QuestionSet, load
from familjehem.domain.recipient import Recipient
from familjehem.domain.sealing import Label, letter_context, seal, versioned
from familjehem.domain.supplement import CardChanges, Supplement
from familjehem.ports import (
    ApplicationChangedError,
    DataKey,
    DataKeys,
    Directory,
    KeyUnusableError,
    SealedPart,
    SealedSupplement,
)
from familjehem.usecases.read_receipt import ReadReceipt

_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What the applicant's page sent, read but not yet judged."""

    idempotency_key: UUID
    question_set: str
    answers: Mapping[str, Any]
    message: str | None = None

    def canonical(self) -> bytes:
        """Give the content in the form whose digest tells a replay from another supplement."""
        content = [self.question_set, self.answers, self.message]
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Supplemented:
    """An accepted supplement, the promises of those that it was sealed for, and whether it was accepted before."""

    record: SupplementRecord
    promises: tuple[DeliveryPromise, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class _Reader:
    """A recipient that reads the supplement: its delivery, and its row as it is now."""

    promise: DeliveryPromise
    delivery: Delivery
    recipient: Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementApplication:
    """Accepts supplements.

    Afterwards every recipient that has anything to read of it has it sealed in the outbox, as the next version of its
    letter, in one commit; or nothing is stored and the error says why. A recipient that asks none of it gets nothing,
    and so learns of nobody else's questions. Safe to repeat: the same key and content give the same answer, however
    often and at the same time; other content gives `KeyReusedError`.
    """

    receipt: ReadReceipt
    directory: Directory
    data_keys: DataKeys

    def __call__(self, addition: Addition, reference: str, receipt_code: str, address: str) -> Supplemented:
        """Accept one supplement.

        Raises `ProtectedIdentityError`, `KnownChildError`, as `ReadReceipt.authorised`, `KeyReusedError`,
        `TooManySupplementsError`, `NobodyToSupplementError`, `QuestionSetUnknownError`, `InvalidAnswersError`,
        `RecipientsUnavailableError` for a recipient whose key cannot be used, and `NotConfirmedError` where to send the
        same again is the answer.
        """
        stop_early(addition.answers)
        application = self.receipt.authorised(reference, receipt_code, address)
        secret = self.receipt.secrets.keys()[application.secret_version]
        key = digest(secret, "supplement", addition.idempotency_key.bytes)
        content = digest(secret, "supplement content", addition.canonical())
        for _ in range(_ROUNDS):
            if found := self._replay(application, key, content):
                return found
            sealed = self._seal(application, addition, key, content)
            try:
                self.receipt.intake.supplement(sealed)
            except ApplicationChangedError:
                application = self._again(application.reference)
                continue
            return _supplemented(application, sealed.record, replayed=False)
        raise NotConfirmedError

    def _replay(self, application: Application, key: bytes, content: bytes) -> Supplemented | None:
        record = self.receipt.intake.supplement_of(application.reference, key)
        if record is None:
            return None
        if not same(record.digest, content):
            raise KeyReusedError
        return _supplemented(application, record, replayed=True)

    def _again(self, reference: str) -> Application:
        application = self.receipt.intake.find([reference])
        if application is None:
            raise ApplicationNotFoundError
        if application.erased_at is not None:
            raise ApplicationErasedError
        return application

    def _seal(self, application: Application, addition: Addition, key: bytes, content: bytes) -> SealedSupplement:
        if application.supplements >= MOST_SUPPLEMENTS:
            raise TooManySupplementsError
        now = self.receipt.clock.now()
        readers = self._readers(application)
        question_set = load(addition.question_set)
        # All letters of one application are for the same assignments.
        assignments = readers[0].delivery.assignments
        corrections = validate_supplement(
            question_set,
            addition.answers,
            addition.message,
            assignments=assignments,
            extended=frozenset[str]().union(*(one.recipient.extended_questions for one in readers)),
            today=swedish_date(now),
        )
        texts = {one: _supplement(one, question_set, corrections, now) for one in readers}
        told = {one: text for one, text in texts.items() if text.says_something}
        keys = self._keys(tuple(told))
        return SealedSupplement(
            application=application,
            record=SupplementRecord(
                key=key,
                digest=content,
                number=application.supplements + 1,
                submitted_at=now,
                deliveries=tuple(one.delivery.number for one in told),
            ),
            parts=tuple(_part(one, text, keys[one]) for one, text in told.items()),
        )

    def _readers(self, application: Application) -> tuple[_Reader, ...]:
        """Give those that still read: whose delivery is open, and whose recipient has neither closed nor begun to."""
        rows = self.receipt.intake.deliveries(application.promises)
        readers: list[_Reader] = []
        for promise in application.promises:
            delivery = rows.get(promise.number)
            if delivery is None or not delivery.open:
                continue
            recipient = self.directory.get(promise.recipient)
            if recipient is not None and recipient.seals:
                readers.append(_Reader(promise, delivery, recipient))
        if not readers:
            raise NobodyToSupplementError
        return tuple(readers)

    def _keys(self, readers: tuple[_Reader, ...]) -> dict[_Reader, DataKey]:
        """Make a fresh data key for each; name every recipient whose key cannot be used."""
        by_number = {one.delivery.number: one for one in readers}
        made = self.data_keys.make(
            {
                number: (one.recipient.key_arn, letter_context(one.recipient.id, number))
                for number, one in by_number.items()
            }
        )
        unusable: list[Unavailable] = []
        unconfirmed: NotConfirmedError | None = None
        keys: dict[_Reader, DataKey] = {}
        for number, future in made.items():
            one = by_number[number]
            try:
                keys[one] = future.result()
            except KeyUnusableError:
                municipalities = one.promise.municipalities
                unusable.append(Unavailable(municipalities, one.recipient.id, one.recipient.name, "keyUnavailable"))
            except NotConfirmedError as error:
                unconfirmed = error
        if unusable:
            raise RecipientsUnavailableError(*unusable)
        if unconfirmed is not None:
            raise unconfirmed
        return keys


def _supplement(reader: _Reader, question_set: QuestionSet, corrections: Corrections, now: datetime) -> Supplement:
    delivery, extended = reader.delivery, reader.recipient.extended_questions
    return Supplement(
        number=delivery.number,
        recipient=delivery.recipient,
        version=delivery.next_version,
        submitted_at=now,
        question_set=question_set.version,
        answers=corrections_for_recipient(question_set, corrections.answers, delivery.assignments, extended),
        message=corrections.message,
    )


def _part(reader: _Reader, supplement: Supplement, key: DataKey) -> SealedPart:
    owner, number = supplement.recipient, versioned(supplement.number, supplement.version)
    changes = CardChanges.of(supplement.answers)
    return SealedPart(
        recipient=reader.recipient,
        delivery=reader.delivery,
        supplement=seal(Label(Purpose.SUPPLEMENT, owner, number), key.plaintext, supplement.to_json()),
        card=seal(Label(Purpose.CARD, owner, number), key.plaintext, changes.to_json()),
        wrap=key.wrap,
    )


def _supplemented(application: Application, record: SupplementRecord, *, replayed: bool) -> Supplemented:
    reached = tuple(one for one in application.promises if one.number in record.deliveries)
    return Supplemented(record, reached, replayed)
