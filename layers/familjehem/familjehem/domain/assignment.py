"""The assignments that people offer to take (uppdrag), as they are called on the wire."""

from enum import StrEnum


class Assignment(StrEnum):
    """An assignment type; the value is the Swedish word, which is also its code on the wire.

    Familjehem and jourhem: SoL 9:2 and 22:4. Kontaktfamilj and kontaktperson: SoL 13:7. Jourfamilj is
    a label of practice, not of law.
    """

    FAMILJEHEM = "familjehem"
    JOURHEM = "jourhem"
    JOURFAMILJ = "jourfamilj"
    KONTAKTFAMILJ = "kontaktfamilj"
    KONTAKTPERSON = "kontaktperson"
