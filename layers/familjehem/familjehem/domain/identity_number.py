"""Personal identity numbers (personnummer) and coordination numbers (samordningsnummer), as a person writes them.

The `personnummer` package judges check digit and calendar; the century, which it would take from the clock of the
machine, is decided here from the day that is handed in. Interim numbers (with a letter) belong to registers, not to
persons who apply.
"""

import re
from dataclasses import dataclass
from datetime import date

from personnummer import personnummer

OF_AGE = 18
EARLIEST_BIRTH = date(1890, 1, 1)
"""Nobody older lives; Skatteverket's published test numbers begin here."""

# Written out in ASCII: the package's own pattern also takes other scripts' digits and a trailing line break.
_WRITTEN = re.compile(r"([0-9]{2})?([0-9]{6})([-+]?)([0-9]{4})", re.ASCII)
_SPACES = str.maketrans({" ": None, "\u00a0": None, "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-"})


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A valid number: twelve digits (`YYYYMMDDNNNN`; a coordination number has its day raised by 60), and the birth."""

    digits: str
    born: date

    def age(self, today: date) -> int:
        """Give the age in whole years on `today`; who was born on 29 February grows older on 1 March."""
        return today.year - self.born.year - ((today.month, today.day) < (self.born.month, self.born.day))


def read(written: str, today: date) -> IdentityNumber | None:
    """Read a number in any usual notation, or give None for what is none.

    Ten digits mean the latest year that is not after this one, a hundred years less with `+`; a birth after `today` or
    before 1890 is refused.
    """
    found = _WRITTEN.fullmatch(written.strip().translate(_SPACES))
    if found is None:
        return None
    century, short, separator, last = found.groups()
    if century is None:
        year = today.year - (today.year - int(short[:2])) % 100 - (100 if separator == "+" else 0)
        century = f"{year // 100:02}"
    digits = century + short + last
    try:
        born = personnummer.parse(digits).get_date()
    except personnummer.PersonnummerException:
        return None
    return IdentityNumber(digits, born) if EARLIEST_BIRTH <= born <= today else None
