"""How long letters stay on the platform (SoL 16 kap.; domain 3.4): each municipality decides, within bounds of ours.

The municipality's case system is the archive. What is said here is when the platform's own copy goes: some time after
it was closed, withdrawn or taken over by the case system, and at the latest some months after it was received.
"""

from dataclasses import dataclass

from familjehem.domain.errors import FieldError

AFTER_CLOSING_DAYS = 90
LONGEST_MONTHS = 24
CLOSING_BOUNDS = (30, 365)
"""A month at least, so that what was closed by mistake is still there."""
MONTHS_BOUNDS = (6, LONGEST_MONTHS)
KEPT_DAYS = 800
"""So long the rows stay by which an applicant follows an application: longer than any letter by rule."""
TOMBSTONE_DAYS = 1827
"""So long it can be told that a letter was erased: five years, as long as the access log."""


@dataclass(frozen=True, slots=True)
class Retention:
    """When a letter goes: `after_closing_days` after it was closed, `longest_months` after it was received."""

    after_closing_days: int = AFTER_CLOSING_DAYS
    longest_months: int = LONGEST_MONTHS

    def faults(self) -> tuple[FieldError, ...]:
        """Give what is out of bounds, by its place in the settings."""
        places = (
            ("/retention/afterClosingDays", self.after_closing_days, CLOSING_BOUNDS),
            ("/retention/longestMonths", self.longest_months, MONTHS_BOUNDS),
        )
        return tuple(
            FieldError(pointer, "outOfRange") for pointer, given, (least, most) in places if not least <= given <= most
        )
