"""What the self-test says and hears on the wire."""

from typing import Annotated, Self

from pydantic import Field

from familjehem.domain.self_test import Outcome
from familjehem.runtime.http import Wire

Code = Annotated[str, Field(min_length=1, max_length=60)]


class SelfTestForm(Wire):
    """A taken self-test: the assignments thought of, and one option code per statement."""

    assignments: Annotated[list[Code], Field(min_length=1, max_length=5)]
    answers: Annotated[dict[str, str], Field(max_length=60)]


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
