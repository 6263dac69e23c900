"""Tell SKR what ails recipients: one mail a day at most, with every one of them, and none when all are well."""

from dataclasses import dataclass

from familjehem.domain.calendar import swedish_date
from familjehem.domain.health import Ailment, in_words
from familjehem.domain.outbox import HealthTask
from familjehem.domain.texts import text
from familjehem.ports import Clock, HealthQueue, Post, VitalsBook
from familjehem.usecases.survey_recipients import SurveyRecipients


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportHealth:
    """Looks through all recipients and has SKR told of those that ail. Safe to repeat: a day is told of once."""

    survey: SurveyRecipients
    book: VitalsBook
    clock: Clock

    def __call__(self) -> int:
        """Give how many recipients SKR is told of now. `NotConfirmedError` means: try again."""
        now = self.clock.now()
        lines = tuple(
            text(
                "health.line",
                name=one.facts["name"],
                subject=one.subject,
                ailments=" ".join(in_words(map(Ailment, one.facts["ailments"]))),
            )
            for one in self.survey(ailing_only=True).findings
        )
        told = bool(lines) and self.book.tell(HealthTask(swedish_date(now).isoformat()), lines, now)
        return len(lines) if told else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TellHealth:
    """Sends SKR the mail. At least once: a crash between mail and commit sends it again."""

    queue: HealthQueue
    post: Post
    skr_address: str

    def __call__(self, task: HealthTask) -> bool:
        """Send one mail; True if it was still to be sent. `NotConfirmedError` means: try again."""
        lines = self.queue.ailing(task)
        if lines is None:
            return False
        number = "one" if len(lines) == 1 else "many"
        self.post.send(
            to=self.skr_address,
            subject=text(f"health.subject.{number}", count=len(lines)),
            text=text("health.body", lines="\n\n".join(lines)),
            tags={"kind": "health"},
        )
        self.queue.told(task)
        return True
