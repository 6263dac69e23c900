"""E-mail addresses of staff: one person's own, since an account is one person's (lag 2001:454, 10 §)."""

import re

from familjehem.domain.contact_details import email
from familjehem.domain.errors import FieldError, InvalidAnswersError

_SHARED = frozenset(
    (
        "admin",
        "barn",
        "enhet",
        "enheten",
        "familjehem",
        "familjehemmet",
        "familjehemsenheten",
        "familjehemsresursen",
        "familjehemssekreterare",
        "ifo",
        "info",
        "ingen",
        "kansli",
        "kommun",
        "kommunen",
        "kontakt",
        "kontaktcenter",
        "mottagning",
        "no-reply",
        "noreply",
        "post",
        "reception",
        "registrator",
        "rekrytering",
        "soc",
        "socialen",
        "socialforvaltningen",
        "socialkontoret",
        "socialnamnden",
        "socialtjansten",
        "support",
        "vaxel",
        "vaxeln",
    )
)
"""What a shared mailbox is called, or begins with."""
_BREAK = re.compile(r"[._+-]")


def staff_address(written: str, function_mailbox: str) -> str:
    """Give a person's address in small letters.

    `InvalidAnswersError` at `/email`: `invalidEmail` for one that is none, `notPersonal` for the recipient's function
    mailbox and for one that is called as a shared mailbox is.
    """
    address = email(written)
    if address is None:
        raise InvalidAnswersError(FieldError("/email", "invalidEmail"))
    address = address.lower()
    local = address.partition("@")[0]
    if address == function_mailbox.lower() or not _SHARED.isdisjoint((local, _BREAK.split(local)[0])):
        raise InvalidAnswersError(FieldError("/email", "notPersonal"))
    return address
