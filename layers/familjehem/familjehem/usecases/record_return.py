"""Record a return: a mail to a recipient came back, or will not be sent any more; SKR's list shows it.

Whoever the mail went to is not said: the event reaches us without an address.
"""

from dataclasses import dataclass

from familjehem.domain.returned_mail import ReturnedMail
from familjehem.ports import MailReturns


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReturn:
    """Keeps a return for as long as it counts. Safe to repeat: one that is known already is not counted twice."""

    returns: MailReturns

    def __call__(self, mail: ReturnedMail) -> bool:
        """Keep one; True if it was not known yet. `NotConfirmedError` means: try again."""
        return self.returns.record(mail)
