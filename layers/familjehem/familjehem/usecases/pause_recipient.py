"""Start, pause and resume a recipient: whether it receives anything new."""

from dataclasses import dataclass
from datetime import datetime

from familjehem.domain.administration import CommandReport
from familjehem.domain.onboarding import Onboarding
from familjehem.ports import Canaries
from familjehem.usecases.take_step import TakeStep


@dataclass(frozen=True, slots=True)
class StartRecipient:
    """Starts a recipient whose every condition holds; what is missing is told otherwise.

    Whether its canary letter was opened is read here: the opening left a note, and that is all that SKR learns of it.
    """

    take: TakeStep
    canaries: Canaries

    def __call__(self, recipient: str, *, dry_run: bool) -> CommandReport:
        """Let a recipient receive from now on."""
        now = self.take.clock.now()
        found = self.take.register.find(recipient)
        number = found.onboarding.canary if found and found.onboarding else None
        opened_at = self.canaries.opened_at(recipient, number) if number else None

        def start(way: Onboarding) -> Onboarding:
            if number and opened_at and way.canary == number:
                way = way.open_canary(opened_at, number)
            return way.go_live(now)

        return CommandReport((self.take(recipient, start, dry_run=dry_run),))


@dataclass(frozen=True, slots=True)
class PauseRecipient:
    """Pauses a recipient: nothing new reaches it, what it has can be read, and what is under way arrives."""

    take: TakeStep

    def __call__(self, recipient: str, *, dry_run: bool) -> CommandReport:
        """Pause a recipient; a repeat changes nothing."""
        now = self.take.clock.now()
        return CommandReport((self.take(recipient, lambda way: _paused(way, now), dry_run=dry_run),))


@dataclass(frozen=True, slots=True)
class ResumeRecipient:
    """Ends the pause of a recipient."""

    take: TakeStep

    def __call__(self, recipient: str, *, dry_run: bool) -> CommandReport:
        """Let a paused recipient receive again; a repeat changes nothing."""
        return CommandReport((self.take(recipient, Onboarding.resume, dry_run=dry_run),))


def _paused(way: Onboarding, now: datetime) -> Onboarding:
    return way.pause(now)
