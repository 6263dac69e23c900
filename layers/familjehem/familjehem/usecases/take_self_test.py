"""Take a self-test: an explained result, of which nothing is kept but one more count of its level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from familjehem.domain.question_set import current
from familjehem.domain.self_test import Outcome, take
from familjehem.ports import SelfTestGauge


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSelfTest:
    """Judges self-tests. Nothing is stored or logged; safe to repeat, each repeat counts one more."""

    gauge: SelfTestGauge

    def __call__(self, assignments: Sequence[Any], answers: Mapping[str, Any]) -> Outcome:
        """Give the outcome; `InvalidAnswersError` for unknown assignments, statements or options, or missing ones."""
        outcome = take(current(), assignments, answers)
        self.gauge.taken(outcome.level)
        return outcome
