"""Processor time of what the service does by itself: judging, compiling and sealing, without a single AWS call."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from familjehem.domain.assignment import Assignment
from familjehem.domain.compilation import compile_letter
from familjehem.domain.question_set import current
from familjehem.domain.recipient import Recipient
from familjehem.ports import DataKey
from familjehem.usecases.check_identifications import CheckIdentifications
from familjehem.usecases.submit_application import Submission, SubmitApplication
from familjehem.usecases.take_self_test import TakeSelfTest
from tests.builders import every_extended_question, family_answers, letter, self_test_answers
from tests.fakes import CONTACT_KEY_ARN
from tests.performance.measure import Figure, processor_time
from tests.service import FIVE, TOWN

PART = "Processor time without AWS"
ROUNDS = 200
EXTENDED = every_extended_question()
RECIPIENTS = {
    code: replace(one, key_arn="arn:aws:kms:eu-north-1:000000000000:key/prov", extended_questions=EXTENDED)
    for one in TOWN
    for code in one.municipalities
}


@dataclass(frozen=True)
class Nothing:
    """Every role of the submission at once, in memory and in no time."""

    key: DataKey = DataKey(bytes(range(32)), bytes(184))  # noqa: RUF009 it is frozen

    def keys(self) -> dict[str, bytes]:
        return {"1": b"prov"}

    def check(self, *_: Any) -> None:
        return None

    def serving(self, codes: tuple[str, ...]) -> dict[str, Recipient]:
        return {code: RECIPIENTS[code] for code in codes}

    def make(self, orders: dict[str, Any]) -> dict[str, Future[DataKey]]:
        made: dict[str, Future[DataKey]] = {}
        for name in orders:
            made[name] = Future()
            made[name].set_result(self.key)
        return made

    def find(self, _: Any) -> None:
        return None

    def accept(self, sealed: Any) -> None:
        assert len(sealed.deliveries) == 5

    def now(self) -> datetime:
        return datetime.now(UTC)

    def taken(self, level: str) -> None:
        assert level


def figures() -> Iterator[Figure]:
    """Measure an accept, a self-test and the compilation of a letter that is opened, each as full as can be."""
    every = [one.value for one in Assignment]
    nothing: Any = Nothing()
    submit = SubmitApplication(
        secrets=nothing,
        challenges=nothing,
        identifications=CheckIdentifications(secrets=nothing, required=False),
        directory=nothing,
        data_keys=nothing,
        intake=nothing,
        clock=nothing,
        contact_key=CONTACT_KEY_ARN,
    )
    answers = family_answers(extended=EXTENDED, recipients=5, assignments=every)
    sent = Submission(
        idempotency_key=uuid4(), question_set=current().version, municipalities=FIVE, answers=answers, campaign=None
    )
    took = processor_time(lambda: submit(sent), ROUNDS)
    detail = f"{len(answers)} answers, every assignment and extended question; judged, five letters and cards sealed"
    yield Figure(PART, "validate, compile and seal to five", took, "ms", 5.0, detail)
    take, marked = TakeSelfTest(gauge=nothing), self_test_answers(*Assignment)
    took = processor_time(lambda: take(every, marked), ROUNDS)
    yield Figure(PART, "self-test", took, "ms", 1.0, f"{len(marked)} statements, every assignment")
    opened = letter(extended=EXTENDED)
    took = processor_time(lambda: compile_letter(current(), opened), ROUNDS)
    yield Figure(PART, "full compilation of one letter, when it is opened", took, "ms", None, "not part of an accept")
