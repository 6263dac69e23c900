"""Rule on a version of the question set: publish it, or withdraw it, on record."""

from collections.abc import Iterable
from dataclasses import dataclass

from familjehem.domain.administration import CommandReport, changed, reasons, refused, told, unchanged
from familjehem.domain.errors import NotConfirmedError, QuestionSetBrokenError, QuestionSetUnknownError
from familjehem.domain.question_set import QuestionSet, current, load, versions
from familjehem.ports import Clock, Rulings


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOnQuestionSet:
    """Records that SKR publishes or withdraws a version, after checking it and telling what it changes.

    Pages and rules change together, by a deployment: this is the decision that it rests on, and the report says which
    version is in force now. What was sent under a version can be read for ever, withdrawn or not.
    """

    rulings: Rulings
    clock: Clock

    def __call__(self, version: str, *, published: bool, dry_run: bool) -> CommandReport:
        """Record the ruling; a repeat changes nothing. The only version there is cannot be withdrawn."""
        try:
            asked = load(version)
        except QuestionSetUnknownError:
            return CommandReport((refused(version, "unknownQuestionSet"),), {"known": list(versions())})
        except QuestionSetBrokenError:
            return CommandReport((refused(version, "brokenQuestionSet"),))
        facts = {"inForce": current().version, "known": list(versions()), **_difference(current(), asked)}
        ruled = self.rulings.all()
        others = [one for one in versions() if one != version and ruled.get(one, True)]
        if not published and not others:
            return CommandReport((refused(version, "onlyQuestionSet"),), facts)
        if ruled.get(version) is published:
            return CommandReport((unchanged(version),), facts)
        try:
            if not dry_run:
                self.rulings.rule(version, self.clock.now(), published=published)
        except NotConfirmedError as error:
            return CommandReport((told(version, error),), facts)
        return CommandReport((changed(version, *reasons(("withNextDeployment",))),), facts)


def _difference(one: QuestionSet, other: QuestionSet) -> dict[str, list[str]]:
    return {"added": _only(other, one), "removed": _only(one, other)}


def _only(one: QuestionSet, other: QuestionSet) -> list[str]:
    return sorted(_names(one) - _names(other))


def _names(question_set: QuestionSet) -> set[str]:
    questions: Iterable[str] = (question.name for question in question_set.questions)
    return {*questions, *(statement.name for statement in question_set.statements)}
