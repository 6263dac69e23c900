"""Survey recipients: where each stands, what it still lacks, what ails it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from familjehem.domain.administration import CommandReport, Finding, unchanged
from familjehem.domain.calendar import swedish_date
from familjehem.domain.health import Vitals, ailments, in_words
from familjehem.domain.onboarding import in_words as lacks
from familjehem.domain.texts import text
from familjehem.ports import Clock, Examiner, Register, Registered


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRecipients:
    """Lists every recipient and every request, with state, what is missing, and health. Changes nothing.

    It knows no person and no letter: counts, days, and the facts of the onboarding.
    """

    register: Register
    examiner: Examiner
    clock: Clock

    def __call__(self, *, ailing_only: bool = False) -> CommandReport:
        """List them in order of id; with `ailing_only`, those that need somebody's attention."""
        today = swedish_date(self.clock.now())
        ends: dict[str, list[date]] = defaultdict(list)
        for one in self.register.affiliations():
            if one.until is None and one.agreed_until is not None:
                ends[one.recipient].append(one.agreed_until)
        vitals = self.examiner.vitals()
        found = [self._finding(one, vitals, ends, today) for one in self.register.all()]
        states: dict[str, int] = defaultdict(int)
        for finding in found:
            states[finding.facts["state"]] += 1
        shown = [one for one in found if one.facts["ailments"] or not ailing_only]
        ailing = sum(bool(one.facts["ailments"]) for one in found)
        return CommandReport(tuple(shown), {"states": dict(sorted(states.items())), "ailing": ailing})

    def _finding(
        self, one: Registered, vitals: Mapping[str, Vitals], ends: dict[str, list[date]], today: date
    ) -> Finding:
        recipient, way = one.recipient, one.onboarding
        if way is None:
            assert recipient is not None  # noqa: S101 the register gives nothing that is neither
            words = text(f"administration.state.{recipient.state}")
            return unchanged(
                recipient.id, words, name=recipient.name, state=recipient.state.value, ailments=[], missing=[]
            )
        ails = ailments(way, vitals.get(way.recipient, Vitals()), ends[way.recipient], today)
        return unchanged(
            way.recipient if recipient else way.id,
            text(f"administration.state.{way.state}"),
            *in_words(ails),
            *lacks(way.missing),
            name=way.name,
            state=way.state.value,
            ailments=[one.value for one in ails],
            missing=[one.value for one in way.missing],
        )
