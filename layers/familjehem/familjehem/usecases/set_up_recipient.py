"""Set up a recipient: what its local administrators decide about it themselves (domain 4.2, 4.4)."""

from dataclasses import dataclass

from familjehem.domain.errors import InvalidAnswersError, RecipientClosedError
from familjehem.domain.membership import Caller
from familjehem.domain.recipient import Recipient, RecipientState
from familjehem.domain.recipient_settings import RecipientSettings
from familjehem.ports import Directory
from familjehem.usecases.keep_roster import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """Shows a recipient's settings to its local administrators."""

    office: Office
    directory: Directory

    def __call__(self, caller: Caller, recipient: str | None) -> RecipientSettings:
        """Give the settings. Raises as `Office.admit`, and `RecipientClosedError` where the recipient is gone."""
        return RecipientSettings.of(_own(self.directory, self.office.admit(caller, recipient).membership.recipient))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings:
    """Changes a recipient's settings as a whole; of two at the same instant the later one counts, never a mixture.

    An application that is on its way is not refused for it: it was sealed by the settings that were read, and what
    protects the family (that the recipient is live, its key, whom it serves) stands in the accept's own conditions.
    """

    office: Office
    directory: Directory

    def __call__(self, caller: Caller, recipient: str | None, settings: RecipientSettings) -> RecipientSettings:
        """Change, and give them as they are stored.

        Raises as `Office.admit`, `InvalidAnswersError`, and `RecipientClosedError`.
        """
        owner = self.office.admit(caller, recipient).membership.recipient
        if faults := settings.faults():
            raise InvalidAnswersError(*faults)
        _own(self.directory, owner)
        self.directory.configure(owner, settings)
        return settings


def _own(directory: Directory, recipient: str) -> Recipient:
    found = directory.get(recipient)
    if found is None or found.state is RecipientState.CLOSED:
        raise RecipientClosedError
    return found
