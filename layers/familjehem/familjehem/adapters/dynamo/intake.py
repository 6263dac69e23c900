"""The letterbox: one transaction lets an application in; nothing here can take a letter out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.application_rows import (
    application_row,
    read_application,
    read_supplement,
    supplement_row,
)
from familjehem.adapters.dynamo.delivery_rows import STATUS, delivery_row, read_delivery
from familjehem.adapters.dynamo.openings import read_openings
from familjehem.adapters.dynamo.outbox import confirmation_row, letter_row, notice_row, waiting_supplement_row
from familjehem.adapters.dynamo.sharing import sharing_keys, sharing_rows
from familjehem.adapters.dynamo.table import EXISTING, NEW, Database, Write, check, delete, put, update
from familjehem.domain.application import Application, DeliveryPromise, Opening, SupplementRecord
from familjehem.domain.delivery import Delivery, DeliveryState
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import (
    LetterTask,
    NoticeTask,
    Occasion,
    QueuedLetter,
    QueuedSupplement,
    SupplementTask,
)
from familjehem.domain.recipient import RecipientState
from familjehem.ports import (
    AlreadyAcceptedError,
    ApplicationChangedError,
    ChallengeSpentError,
    DeliveryChangedError,
    RecipientChangedError,
    SealedApplication,
    SealedDelivery,
    SealedPart,
    SealedSupplement,
)

_APPLICATION = "application"
_CHALLENGE = "challenge"
_DELIVERY = "delivery"
_SUPPLEMENT = "supplement"
_NONE_YET = "attribute_not_exists(#supplements)"
_AS_MANY = "#supplements = :before"
_OPEN = "#state <> :withdrawn AND #state <> :closed AND #state <> :erased"
_AS_READ = "#state = :live AND #key_arn = :key_arn AND #membership_version = :membership_version"


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the three tables."""

    main: str
    wraps: str
    tally: str


class DynamoIntake:
    """Lets letters in and tells how they fare; plays `Intake`."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        self._tables = tables

    def find(self, references: Sequence[str]) -> Application | None:
        """Give, read consistently, the first application (or tombstone) with one of these references."""
        wanted = [keys.application(reference) for reference in references if keys.fits(reference)]
        found = self._database.get_many(self._tables.main, wanted)
        return next((read_application(found[key]) for key in wanted if key in found), None)

    def accept(self, sealed: SealedApplication) -> None:
        """Store everything in one transaction, or nothing.

        Raises `AlreadyAcceptedError`, `RecipientChangedError`, `ChallengeSpentError`, the first that
        applies, or `NotConfirmedError`; conflicts are tried again within.
        """
        refused = self._database.commit(list(self._accepting(sealed)))
        if not refused:
            return
        if _APPLICATION in refused:
            raise AlreadyAcceptedError
        recipients = [each.recipient.id for each in sealed.deliveries]
        if changed := [recipient for recipient in recipients if recipient in refused]:
            raise RecipientChangedError(*changed)
        if _CHALLENGE in refused:
            raise ChallengeSpentError
        raise NotConfirmedError

    def accept_canary(self, sealed: SealedDelivery) -> None:
        """Store a canary letter for a recipient that is ready; it is counted nowhere.

        Raises `AlreadyAcceptedError`, `RecipientChangedError`, `NotConfirmedError`.
        """
        refused = self._database.commit(list(self._sealed(sealed, RecipientState.READY, _DELIVERY)))
        if _DELIVERY in refused:
            raise AlreadyAcceptedError
        if refused:
            raise RecipientChangedError(sealed.recipient.id)

    def deliveries(self, promises: Sequence[DeliveryPromise]) -> Mapping[str, Delivery]:
        """Give the delivery rows by number; those that are gone are left out, and so is who handles them."""
        wanted = [keys.delivery(promise.recipient, promise.number) for promise in promises]
        found = self._database.get_many(self._tables.main, wanted, STATUS)
        return {row["number"]: read_delivery(row) for row in found.values()}

    def openings(self, promise: DeliveryPromise) -> Sequence[Opening]:
        """Give the latest openings of a delivery, the newest first, of its trail's latest hundred lines."""
        return read_openings(self._database, self._tables.main, promise.recipient, promise.number)

    def withdraw(self, delivery: Delivery, at: datetime) -> None:
        """Withdraw one delivery as it was read; `DeliveryChangedError`, `NotConfirmedError`.

        A queued one loses its ciphertexts and its wraps in the same commit, supplements included; of one that was
        delivered the recipient is told, and supplements that still wait are erased.
        """
        if self._database.commit(list(self._withdrawing(delivery, at))):
            raise DeliveryChangedError

    def supplement_of(self, reference: str, key: bytes) -> SupplementRecord | None:
        """Give, read consistently, the supplement that was accepted under this key, or None."""
        row = self._database.get(self._tables.main, keys.supplement(reference, key))
        return read_supplement(row) if row else None

    def supplement(self, sealed: SealedSupplement) -> None:
        """Store everything in one transaction, or nothing; `ApplicationChangedError`, `NotConfirmedError`."""
        if self._database.commit(list(self._supplementing(sealed))):
            raise ApplicationChangedError

    def share(self, application: Application, deliveries: Iterable[Delivery], *, consent: bool) -> None:
        """Set whether the recipients may know of each other, and what they know; repeats change nothing.

        `deliveries` are all of the application, as they were read, where it consents. `ApplicationChangedError` for one
        that is erased or was never asked, `DeliveryChangedError` where one was called meanwhile, `NotConfirmedError`.
        """
        refused = self._database.commit(list(self._sharing(application, list(deliveries), consent=consent)))
        if _APPLICATION in refused:
            raise ApplicationChangedError
        if refused:
            raise DeliveryChangedError

    def _sharing(self, application: Application, deliveries: Sequence[Delivery], *, consent: bool) -> Iterator[Write]:
        yield update(
            self._tables.main,
            keys.application(application.reference),
            "SET #share_recipients = :consent",
            {":consent": consent},
            condition="attribute_exists(#share_recipients) AND attribute_not_exists(#erased_at)",
            label=_APPLICATION,
        )
        if not consent:
            yield from (delete(self._tables.main, key) for key in sharing_keys(application.promises))
            return
        called = {one.number for one in deliveries if one.contacted_at is not None}
        yield from (put(self._tables.main, row, condition=None) for row in sharing_rows(application, called))
        for one in deliveries:
            # A call that is logged from now on finds the rows and is told to them; one before it stands in them.
            is_called = "attribute_exists" if one.number in called else "attribute_not_exists"
            key = keys.delivery(one.recipient, one.number)
            yield check(self._tables.main, key, f"{is_called}(#contacted_at)", {}, label=_DELIVERY)

    def _accepting(self, sealed: SealedApplication) -> Iterator[Write]:
        application = sealed.application
        yield put(self._tables.main, application_row(application), label=_APPLICATION)
        if application.share_recipients:
            yield from (put(self._tables.main, row) for row in sharing_rows(application))
        for each in sealed.deliveries:
            yield from self._sealed(each)
        if sealed.challenge:
            spent = keys.challenge(sealed.challenge.id).attributes()
            expires_at = int(sealed.challenge.expires_at.timestamp())
            yield put(self._tables.main, {**spent, "expires_at": expires_at}, label=_CHALLENGE)
        for reference in sealed.other_references:
            yield check(self._tables.main, keys.application(reference), NEW, {}, label=_APPLICATION)
        for count in sealed.counts:
            scope = count.scope
            tally = keys.families(scope.level, scope.identifier, application.submitted_at, application.reference)
            counters = ", ".join(f"#{name} :one" for name in ("count", *count.counters))
            yield update(self._tables.tally, tally, f"ADD {counters}", {":one": 1})
        if confirmation := sealed.confirmation:
            yield put(self._tables.main, confirmation_row(confirmation))
            contact = keys.contact(confirmation.task.reference)
            yield put(self._tables.wraps, {**contact.attributes(), "wrap": confirmation.wrap})

    def _sealed(
        self, sealed: SealedDelivery, state: RecipientState = RecipientState.LIVE, label: str | None = None
    ) -> Iterator[Write]:
        recipient, delivery = sealed.recipient, sealed.delivery
        yield check(
            self._tables.main,
            keys.recipient(recipient.id),
            _AS_READ,
            {
                ":live": state.value,
                ":key_arn": recipient.key_arn,
                ":membership_version": recipient.membership_version,
            },
            label=recipient.id,
        )
        yield put(self._tables.main, delivery_row(delivery), label=label)
        task = LetterTask(delivery.recipient, delivery.number)
        queued = QueuedLetter(task, sealed.letter, sealed.card, delivery.queued_at, delivery.canary)
        yield put(self._tables.main, letter_row(queued))
        wrap = keys.wrap(delivery.recipient, delivery.number)
        yield put(self._tables.wraps, {**wrap.attributes(), "wrap": sealed.wrap, "key_arn": recipient.key_arn})

    def _supplementing(self, sealed: SealedSupplement) -> Iterator[Write]:
        reference, before = sealed.application.reference, sealed.application.supplements
        yield update(
            self._tables.main,
            keys.application(reference),
            "SET #supplements = :after",
            {":after": sealed.record.number, **_counted(before)},
            condition=f"{EXISTING} AND attribute_not_exists(#erased_at) AND {_as_many(before)}",
            label=_APPLICATION,
        )
        yield put(self._tables.main, supplement_row(reference, sealed.record), label=_SUPPLEMENT)
        for part in sealed.parts:
            yield from self._part(part, sealed.record.submitted_at)

    def _part(self, part: SealedPart, at: datetime) -> Iterator[Write]:
        recipient, delivery = part.recipient, part.delivery
        owner, number, version = delivery.recipient, delivery.number, delivery.next_version
        yield check(
            self._tables.main,
            keys.recipient(recipient.id),
            "#key_arn = :key_arn",
            {":key_arn": recipient.key_arn},
            label=recipient.id,
        )
        # Whether the letter waits or has come makes no difference; a withdrawal meanwhile does.
        yield update(
            self._tables.main,
            keys.delivery(owner, number),
            "SET #supplements = :after",
            {
                ":after": delivery.supplements + 1,
                ":withdrawn": DeliveryState.WITHDRAWN.value,
                ":closed": DeliveryState.CLOSED.value,
                ":erased": DeliveryState.ERASED.value,
                **_counted(delivery.supplements),
            },
            condition=f"{EXISTING} AND {_OPEN} AND {_as_many(delivery.supplements)}",
            label=_DELIVERY,
        )
        queued = QueuedSupplement(SupplementTask(owner, number, version), part.supplement, part.card, at)
        yield put(self._tables.main, waiting_supplement_row(queued))
        wrap = keys.wrap(owner, number, version).attributes()
        yield put(self._tables.wraps, {**wrap, "wrap": part.wrap, "key_arn": recipient.key_arn})

    def _withdrawing(self, delivery: Delivery, at: datetime) -> Iterator[Write]:
        yield update(
            self._tables.main,
            keys.delivery(delivery.recipient, delivery.number),
            "SET #state = :withdrawn, #withdrawn_at = :at REMOVE #waiting_pk, #handled_pk",
            {
                ":withdrawn": DeliveryState.WITHDRAWN.value,
                ":at": keys.moment(at),
                ":as_read": delivery.state.value,
                **_counted(delivery.supplements),
            },
            condition=f"#state = :as_read AND {_as_many(delivery.supplements)}",
            label=_DELIVERY,
        )
        for version in delivery.queued_supplements:
            waiting = SupplementTask(delivery.recipient, delivery.number, version)
            # One that came meanwhile is a received document, and its wrap must stay.
            yield delete(self._tables.main, keys.task(waiting), condition=EXISTING, label=_DELIVERY)
            yield delete(self._tables.wraps, keys.wrap(delivery.recipient, delivery.number, version))
        for received in delivery.received_supplements:
            pending = NoticeTask(delivery.recipient, delivery.number, Occasion.SUPPLEMENTED, received.version)
            yield delete(self._tables.main, keys.task(pending))
        if delivery.readable:
            told, pending = (
                NoticeTask(delivery.recipient, delivery.number, occasion)
                for occasion in (Occasion.WITHDRAWN, Occasion.NEW)
            )
            yield put(self._tables.main, notice_row(told, at))
            # Nobody is to be told of an application as new after it was withdrawn.
            yield delete(self._tables.main, keys.task(pending))
            return
        yield delete(self._tables.main, keys.task(LetterTask(delivery.recipient, delivery.number)))
        yield delete(self._tables.wraps, keys.wrap(delivery.recipient, delivery.number))
        for received in delivery.received_supplements:
            # It came before its letter, and nobody could read it yet.
            yield delete(self._tables.wraps, keys.wrap(delivery.recipient, delivery.number, received.version))


def _as_many(before: int) -> str:
    """Give the condition that a row has had as many supplements as were read."""
    return _AS_MANY if before else _NONE_YET


def _counted(before: int) -> dict[str, int]:
    return {":before": before} if before else {}
