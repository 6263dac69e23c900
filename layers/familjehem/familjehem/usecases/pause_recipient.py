"""Start, pause and resume a recipient: whether it receives anything new."""

from dataclasses import dataclass
from datetime import datetime

from familjehem.domain.administration import CommandReport
from familjehem.domain.onboarding import Onboarding
from familjehem.usecases.take_step import TakeStep


@dataclass(frozen=True, slots=True)
class StartRecipient:
    """Starts a recipient whose every condition holds; what is missing is told otherwise."""

    take: TakeStep

    def __call__(self, recipient: str, *, dry_run: bool) -> CommandReport:
        """Let a recipient receive from now on."""
        now = self.take.clock.now()
        return CommandReport((self.take(recipient, lambda way: way.go_live(now), dry_run=dry_run),))


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
