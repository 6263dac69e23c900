"""Seal the canary letter, on an order from the administration, which can neither seal a letter nor open one."""

from dataclasses import dataclass

from familjehem.domain.canary import Sealed, canary_answers
from familjehem.domain.delivery import Delivery, DeliveryState, NextStep, Origin
from familjehem.domain.letter import Letter
from familjehem.domain.purpose import Purpose
from familjehem.domain.question_set import current
from familjehem.domain.recipient import RecipientState
from familjehem.domain.sealing import Label, letter_context, seal
from familjehem.domain.sorting import card
from familjehem.ports import (
    AlreadyAcceptedError,
    Clock,
    DataKeys,
    Directory,
    Intake,
    KeyUnusableError,
    RecipientChangedError,
    SealedDelivery,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCanary:
    """Seals the canary letter of a recipient that is ready, as the letterbox seals any other.

    It stands in the outbox afterwards, and goes the way of all letters. Safe to repeat: there is one of each number.
    """

    directory: Directory
    data_keys: DataKeys
    intake: Intake
    clock: Clock

    def __call__(self, recipient: str, number: str) -> Sealed | None:
        """Seal one; None where the recipient is not ready or its key cannot be used. `NotConfirmedError`."""
        owner = self.directory.get(recipient)
        if owner is None or owner.state is not RecipientState.READY:
            return None
        assignments = tuple(sorted(owner.assignments))
        now = self.clock.now()
        question_set = current()
        answers = canary_answers(question_set, assignments, next(iter(owner.municipalities), recipient))
        letter = Letter(
            number=number,
            recipient=recipient,
            municipalities=owner.municipalities,
            submitted_at=now,
            question_set=question_set.version,
            assignments=assignments,
            answers=answers,
        )
        try:
            key = self.data_keys.make({number: (owner.key_arn, letter_context(recipient, number))})[number].result()
            self.intake.accept_canary(
                SealedDelivery(
                    recipient=owner,
                    delivery=Delivery(
                        number=number,
                        recipient=recipient,
                        state=DeliveryState.QUEUED,
                        assignments=assignments,
                        origin=Origin.OWN,
                        next_step=NextStep.CALL_FIRST,
                        question_set=letter.question_set,
                        queued_at=now,
                        canary=True,
                    ),
                    letter=seal(Label(Purpose.LETTER, recipient, number), key.plaintext, letter.to_json()),
                    card=seal(Label(Purpose.CARD, recipient, number), key.plaintext, card(answers).to_json()),
                    wrap=key.wrap,
                )
            )
        except AlreadyAcceptedError:
            return Sealed.BEFORE
        except (KeyUnusableError, RecipientChangedError):
            return None
        return Sealed.NOW
