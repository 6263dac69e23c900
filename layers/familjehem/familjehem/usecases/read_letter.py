"""Read a letter at work: with the time by which to call, and what may be known of the others that the family chose."""

from dataclasses import dataclass

from familjehem.domain.delivery import Others
from familjehem.domain.membership import AccessReason, Caller
from familjehem.ports import Directory
from familjehem.usecases.read_mailbox import Hours, OpenedLetter, OpenLetter, State


@dataclass(frozen=True, slots=True)
class LetterAtWork:
    """A letter that was opened, where it stands, and what may be known of others; None without the family's consent."""

    opened: OpenedLetter
    state: State
    others: Others | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLetter:
    """Opens a letter to be worked with. What is known of others is read anew each time: consent can be taken back."""

    open_letter: OpenLetter
    directory: Directory

    def __call__(
        self, caller: Caller, recipient: str | None, number: str, reason: AccessReason = AccessReason.WORK
    ) -> LetterAtWork:
        """Open one letter. Raises as `OpenLetter`."""
        opened = self.open_letter(caller, recipient, number, reason)
        own = opened.membership.recipient
        room = self.open_letter.reception.tenancy.room(own)
        hours = Hours.of(self.directory, own, self.open_letter.clock.now())
        return LetterAtWork(opened, hours.state(opened.delivery), room.others(opened.delivery.number))
