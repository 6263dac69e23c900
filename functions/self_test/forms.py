"""What the self-test says and hears on the wire."""

from typing import Any, Self

from familjehem.domain.self_test import Outcome
from familjehem.runtime.http import Wire


class SelfTestForm(Wire):
    """A taken self-test: the assignments thought of, and one option code per statement."""

    assignments: list[Any]
    answers: dict[str, Any]


class FeedbackForm(Wire):
    """What one answer tells, in plain Swedish."""

    name: str
    theme: str
    tone: str
    text: str


class OutcomeForm(Wire):
    """The explained result: a help for reflection, never a gate."""

    level: str
    heading: str
    text: str
    feedback: list[FeedbackForm]
    next_steps: list[str]

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Give the wire form of an outcome."""
        return cls(
            level=outcome.level,
            heading=outcome.heading,
            text=outcome.text,
            feedback=[
                FeedbackForm(name=one.name, theme=one.theme, tone=one.tone, text=one.text) for one in outcome.feedback
            ],
            next_steps=list(outcome.next_steps),
        )
