"""The first sorting: what is worked out of the answers when an application is accepted, and kept with its delivery.

There is no score, no ranking and no refusal: a card for the list, a suggested next step, and whose family it is.
"""

from collections.abc import Iterable

from familjehem.domain.answers import Answers
from familjehem.domain.delivery import NextStep, Origin
from familjehem.domain.letter import Card
from familjehem.domain.question_set import NextStepRule, QuestionSet


def card(answers: Answers) -> Card:
    """Give the few lines that a list needs: core questions of every assignment in every set, and never K, B or Ö."""
    return Card(
        name=answers["name"],
        telephone=answers["mobile"],
        best_time=tuple(answers["bestContactTime"]),
        start_window=answers["startWindow"],
    )


def next_step(question_set: QuestionSet, answers: Answers) -> NextStep:
    """Give the suggested first step: that of the first rule that holds."""
    return suggestion(question_set, answers).step


def origin(answers: Answers, recipient_municipalities: Iterable[str]) -> Origin:
    """Say whether the family lives in a municipality that the recipient serves."""
    return Origin.OWN if answers["homeMunicipality"] in frozenset(recipient_municipalities) else Origin.OTHER


def suggestion(question_set: QuestionSet, answers: Answers) -> NextStepRule:
    """Give the first rule for a next step that holds. No answer of class K, B or Ö is looked at."""
    plain = {name: value for name, value in answers.items() if not question_set.question(name).data_class.sensitive}
    return next(rule for rule in question_set.next_steps if rule.when is None or rule.when.holds(plain))
