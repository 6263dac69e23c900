"""What a sealed envelope holds: known to those who carry envelopes, too, which can neither seal nor open one."""

from enum import IntEnum

LETTER_VERSION = 1
"""The version that the letter itself is; supplements are those after it."""


class Purpose(IntEnum):
    """What a sealed envelope holds; part of its header and of its key."""

    LETTER = 1
    CARD = 2
    CONTACT = 3
    SUPPLEMENT = 4
    NOTE = 5
