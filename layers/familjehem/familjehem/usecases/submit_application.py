"""Submit an interest application: sealed to every chosen recipient, or refused with the reason (design 6)."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from familjehem.domain.answers import for_recipient, stop_early, validate
from familjehem.domain.application import Application, DeliveryPromise, Receipt
from familjehem.domain.assignment import Assignment
from familjehem.domain.calendar import swedish_date
from familjehem.domain.delivery import Delivery, DeliveryState
from familjehem.domain.errors import (
    ApplicationErasedError,
    ChallengeRefusedError,
    FamiljehemError,
    FieldError,
    InvalidAnswersError,
    KeyReusedError,
    NotConfirmedError,
    RecipientsUnavailableError,
    Unavailable,
)
from familjehem.domain.identification import Adult, Identification, differences
from familjehem.domain.identifiers import Identity, delivery_number, digest, identity, same
from familjehem.domain.letter import LARGEST_LETTER, Letter
from familjehem.domain.municipality import municipalities
from familjehem.domain.outbox import ConfirmationTask, QueuedConfirmation
from familjehem.domain.purpose import Purpose
from familjehem.domain.question_set import QuestionSet, load
from familjehem.domain.recipient import Chosen, resolve
from familjehem.domain.sealing import CONTACT_OWNER, Label, contact_context, letter_context, seal
from familjehem.domain.sorting import card, next_step, origin
from familjehem.domain.tally import counts
from familjehem.ports import (
    AlreadyAcceptedError,
    Challenges,
    ChallengeSpentError,
    Clock,
    DataKey,
    DataKeys,
    Directory,
    Intake,
    KeyUnusableError,
    RecipientChangedError,
    SealedApplication,
    SealedDelivery,
    Secrets,
    SpentChallenge,
)
from familjehem.usecases.check_identifications import CheckIdentifications

_CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What the applicant's page sent, read but not yet judged.

    `challenge` is the solved proof of work, `identifications` the tokens of those who used their e-identification.
    """

    idempotency_key: UUID
    question_set: str
    municipalities: tuple[str, ...]
    answers: Mapping[str, Any]
    campaign: str | None = None
    challenge: str | None = None
    identifications: Mapping[Adult, str] = field(default_factory=dict[Adult, str])

    def canonical(self) -> bytes:
        """Give the content in the form whose digest tells a replay from another application.

        No challenge; and of identifications only whose they are, for a token is another one each time.
        """
        content: list[Any] = [self.question_set, self.municipalities, self.answers, self.campaign]
        if self.identifications:
            content.append(sorted(self.identifications))
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Submitted:
    """A receipt, and whether it was given before."""

    receipt: Receipt
    replayed: bool


@dataclass(frozen=True, slots=True)
class _Judged:
    """A submission that may be accepted: normalised answers, resolved recipients, and the moment of it all."""

    question_set: QuestionSet
    chosen: tuple[Chosen, ...]
    answers: Mapping[str, Any]
    at: datetime
    challenge: SpentChallenge | None
    identifications: Mapping[Adult, Identification]

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        return tuple(Assignment(code) for code in self.answers["assignments"])


@dataclass(frozen=True, slots=True)
class _Signer:
    """The present version of the secret, bound to one idempotency key."""

    idempotency_key: UUID
    identity: Identity
    secret: bytes

    def number(self, recipient: str) -> str:
        return delivery_number(self.secret, self.idempotency_key, recipient)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitApplication:
    """Accepts applications.

    Afterwards every chosen recipient's letter stands sealed in the outbox, in one commit with the
    application row; or nothing is stored and the error says why. Safe to repeat: the same key and content
    give the same receipt, however often and at the same time; other content gives `KeyReusedError`.
    """

    secrets: Secrets
    challenges: Challenges
    identifications: CheckIdentifications
    directory: Directory
    data_keys: DataKeys
    intake: Intake
    clock: Clock
    contact_key: str

    def __call__(self, submission: Submission) -> Submitted:
        """Accept one application.

        Raises `ProtectedIdentityError`, `KnownChildError`, `InvalidAnswersError`, `QuestionSetUnknownError`,
        `RecipientsUnavailableError`, `ChallengeRefusedError`, `IdentificationRequiredError`,
        `IdentificationRefusedError`, `KeyReusedError`, `ApplicationErasedError`, and
        `NotConfirmedError` where to send the same again is the answer.
        """
        stop_early(submission.answers)
        secrets = self.secrets.keys()
        identities = [identity(version, secret, submission.idempotency_key) for version, secret in secrets.items()]
        content = submission.canonical()

        if found := self._replay(identities, secrets, content):
            return found
        try:
            return self._accept(submission, identities, secrets, content)
        except NotConfirmedError:
            raise
        except FamiljehemError as refusal:
            # The same form may have been sent twice at once: if the other was faster, its receipt is ours too, and
            # nobody is told of a refusal of something that was accepted.
            if found := self._replay(identities, secrets, content):
                return found
            match refusal:
                case AlreadyAcceptedError():
                    raise NotConfirmedError from None
                case ChallengeSpentError():
                    raise ChallengeRefusedError("spent") from None
                case _:
                    raise

    def _accept(
        self, submission: Submission, identities: Sequence[Identity], secrets: Mapping[str, bytes], content: bytes
    ) -> Submitted:
        judged = self._judge(submission)
        mine, *others = identities
        signer = _Signer(submission.idempotency_key, mine, secrets[mine.secret_version])
        sealed = self._seal(judged, signer, content, tuple(one.reference for one in others))
        try:
            self.intake.accept(sealed)
        except RecipientChangedError as changed:
            raise self._refusal(changed, judged) from None
        return Submitted(_receipt(sealed.application, mine.receipt_code), replayed=False)

    def _replay(self, identities: Sequence[Identity], secrets: Mapping[str, bytes], content: bytes) -> Submitted | None:
        application = self.intake.find([one.reference for one in identities])
        if application is None:
            return None
        if application.erased_at is not None:
            raise ApplicationErasedError
        mine = next(one for one in identities if one.reference == application.reference)
        if not same(application.digest, digest(secrets[mine.secret_version], "content", content)):
            raise KeyReusedError
        return Submitted(_receipt(application, mine.receipt_code), replayed=True)

    def _judge(self, submission: Submission) -> _Judged:
        """Check proof of work and identifications, resolve the recipients, then validate against what those ask."""
        now = self.clock.now()
        challenge = self.challenges.check(submission.challenge, now)
        identified = self.identifications(submission.identifications, submission.idempotency_key, now)
        question_set = load(submission.question_set)
        assignments = _known_assignments(submission.answers)
        today = swedish_date(now)
        try:
            serving = self.directory.serving(submission.municipalities)
            chosen = resolve(submission.municipalities, assignments, serving, municipalities())
        except InvalidAnswersError as invalid:
            raise InvalidAnswersError(*invalid.errors, *_own_faults(question_set, submission.answers, today)) from None
        extended = frozenset[str]().union(*(one.recipient.extended_questions for one in chosen))
        answers = validate(question_set, submission.answers, extended=extended, recipients=len(chosen), today=today)
        if faults := differences(identified, answers):
            raise InvalidAnswersError(*faults)
        identifications = {adult: one.identification for adult, one in identified.items()}
        return _Judged(question_set, chosen, answers, now, challenge, identifications)

    def _seal(
        self, judged: _Judged, signer: _Signer, content: bytes, other_references: tuple[str, ...]
    ) -> SealedApplication:
        mine = signer.identity
        numbered = {signer.number(one.recipient.id): one for one in judged.chosen}
        orders: dict[str, tuple[str, Mapping[str, str]]] = {
            number: (one.recipient.key_arn, letter_context(one.recipient.id, number))
            for number, one in numbered.items()
        }
        email: str | None = judged.answers.get("email")
        if email is not None:
            orders[_CONFIRMATION] = (self.contact_key, contact_context(mine.reference))
        keys = _usable(self.data_keys.make(orders), numbered)
        confirmation = None
        if email is not None:
            key = keys[_CONFIRMATION]
            address = seal(Label(Purpose.CONTACT, CONTACT_OWNER, mine.reference), key.plaintext, email.encode())
            confirmation = QueuedConfirmation(ConfirmationTask(mine.reference), address, key.wrap, judged.at)
        return SealedApplication(
            application=Application(
                reference=mine.reference,
                digest=digest(signer.secret, "content", content),
                receipt_digest=digest(signer.secret, "receipt code", mine.receipt_code.encode()),
                secret_version=mine.secret_version,
                submitted_at=judged.at,
                question_set=judged.question_set.version,
                share_recipients=_consent(judged.answers),
                promises=tuple(
                    DeliveryPromise(number, one.recipient.id, one.recipient.name, one.municipalities)
                    for number, one in numbered.items()
                ),
            ),
            deliveries=tuple(_sealed_delivery(judged, one, number, keys[number]) for number, one in numbered.items()),
            confirmation=confirmation,
            challenge=judged.challenge,
            other_references=other_references,
            counts=counts(
                judged.question_set,
                judged.answers,
                (one.recipient for one in judged.chosen),
                swedish_date(judged.at),
            ),
        )

    def _refusal(self, changed: RecipientChangedError, judged: _Judged) -> RecipientsUnavailableError:
        """Name the recipients that changed between check and commit, with the reason that they have now."""
        unavailable: list[Unavailable] = []
        for one in judged.chosen:
            if one.recipient.id in changed.recipients:
                now = self.directory.get(one.recipient.id)
                reason = "notConnected" if now is None else now.refusal(judged.assignments) or "changed"
                unavailable.append(Unavailable(one.municipalities, one.recipient.id, one.recipient.name, reason))
        return RecipientsUnavailableError(*unavailable)


def _consent(answers: Mapping[str, Any]) -> bool | None:
    """Give whether the recipients may know of each other (A06); None where there is but one."""
    answer = answers.get("shareRecipients")
    return None if answer is None else answer == "yes"


def _own_faults(question_set: QuestionSet, sent: Mapping[str, Any], today: date) -> tuple[FieldError, ...]:
    """Give the faults of the answers where the choice of municipalities is at fault too, so that all are told at once.

    What the recipients ask is not known before the choice is mended: whatever was sent may be theirs to ask.
    """
    recipients = 1 + ("shareRecipients" in sent)
    try:
        validate(question_set, sent, extended=frozenset(sent), recipients=recipients, today=today)
    except InvalidAnswersError as invalid:
        return invalid.errors
    return ()


def _known_assignments(answers: Mapping[str, Any]) -> tuple[Assignment, ...]:
    """Give the assignments that can be read; what cannot is a fault that `validate` names."""
    sent = answers.get("assignments")
    codes = [code for code in sent if isinstance(code, str)] if isinstance(sent, list) else []
    return tuple(one for one in Assignment if one.value in codes)


def _usable(made: Mapping[str, Future[DataKey]], owners: Mapping[str, Chosen]) -> dict[str, DataKey]:
    """Wait for every data key; name each recipient whose key cannot be used."""
    unusable: list[Unavailable] = []
    keys: dict[str, DataKey] = {}
    unconfirmed: NotConfirmedError | None = None
    for name, future in made.items():
        try:
            keys[name] = future.result()
        except KeyUnusableError:
            if one := owners.get(name):
                unusable.append(Unavailable(one.municipalities, one.recipient.id, one.recipient.name, "keyUnavailable"))
            else:
                # Without its contact key the service itself is ill; no recipient is to blame.
                unconfirmed = NotConfirmedError()
        except NotConfirmedError as error:
            unconfirmed = error
    if unusable:
        raise RecipientsUnavailableError(*unusable)
    if unconfirmed is not None:
        raise unconfirmed
    return keys


def _sealed_delivery(judged: _Judged, one: Chosen, number: str, key: DataKey) -> SealedDelivery:
    recipient, question_set = one.recipient, judged.question_set
    letter = Letter(
        number=number,
        recipient=recipient.id,
        municipalities=one.municipalities,
        submitted_at=judged.at,
        question_set=question_set.version,
        assignments=judged.assignments,
        answers=for_recipient(question_set, judged.answers, recipient.extended_questions),
        extended_questions=tuple(sorted(recipient.extended_questions)),
        identifications=judged.identifications,
    )
    plaintext = letter.to_json()
    if len(plaintext) > LARGEST_LETTER:
        raise InvalidAnswersError(FieldError("/answers", "tooLong"))
    summary = card(letter.answers)
    return SealedDelivery(
        recipient=recipient,
        delivery=Delivery(
            number=number,
            recipient=recipient.id,
            state=DeliveryState.QUEUED,
            assignments=letter.assignments,
            origin=origin(letter.answers, recipient.municipalities),
            next_step=next_step(question_set, letter.answers),
            question_set=question_set.version,
            queued_at=judged.at,
        ),
        letter=seal(Label(Purpose.LETTER, recipient.id, number), key.plaintext, plaintext),
        card=seal(Label(Purpose.CARD, recipient.id, number), key.plaintext, summary.to_json()),
        wrap=key.wrap,
    )


def _receipt(application: Application, receipt_code: str) -> Receipt:
    return Receipt(
        reference=application.reference,
        receipt_code=receipt_code,
        submitted_at=application.submitted_at,
        promises=application.promises,
    )
