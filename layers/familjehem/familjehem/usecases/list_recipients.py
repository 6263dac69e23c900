"""List the recipients: all 290 municipalities in Swedish order of name, with whoever serves them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from familjehem.domain.municipality import Municipality, municipalities
from familjehem.domain.recipient import Recipient
from familjehem.ports import Directory

_SWEDISH = str.maketrans({"å": "{", "ä": "|", "ö": "}", "é": "e"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRecipients:
    """Tells which municipalities can be chosen. Reads public facts only."""

    directory: Directory

    def __call__(self) -> tuple[Sequence[Municipality], Mapping[str, Recipient]]:
        """Give all municipalities in Swedish order of name, and by code the recipient that serves each."""
        serving = {code: recipient for recipient in self.directory.all() for code in recipient.municipalities}
        return sorted(municipalities().values(), key=lambda one: one.name.lower().translate(_SWEDISH)), serving
