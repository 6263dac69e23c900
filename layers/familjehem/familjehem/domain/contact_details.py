"""Telephone numbers and e-mail addresses: plausible and in one form; whether anybody answers shows when one calls."""

import re

LONGEST_EMAIL = 254
LONGEST_LOCAL_PART = 64
LONGEST_LABEL = 63
LONGEST_PHONE = 40

_DECORATION = re.compile(r"[\s().\-/\u2010-\u2013]+")
_SWEDISH = re.compile(r"\+46(?:7[02369][0-9]{7}|(?!7[02369])[1-9][0-9]{6,8})", re.ASCII)
_ABROAD = re.compile(r"\+(?!46|0)[0-9]{7,15}", re.ASCII)
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])", re.ASCII
)


def phone(written: str) -> str | None:
    """Give a telephone number as E.164 (`+46701740605`), a Swedish one from its national form too; None for no number.

    Swedish mobiles have nine digits after the country code, other Swedish numbers seven to nine, foreign ones seven to
    fifteen in all.
    """
    if len(written) > LONGEST_PHONE:
        return None
    digits = _DECORATION.sub("", written.replace("(0)", ""))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+46{digits[1:]}"
    if digits.startswith("+460"):
        digits = f"+46{digits[4:]}"
    return digits if _SWEDISH.fullmatch(digits) or _ABROAD.fullmatch(digits) else None


def email(written: str) -> str | None:
    """Give an e-mail address with its domain in small letters and ASCII; None for none.

    Local parts outside ASCII are refused: the provider cannot send to them.
    """
    address = written.strip()
    local, _, domain = address.rpartition("@")
    if len(address) > LONGEST_EMAIL or len(local) > LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local):
        return None
    if any(len(label) > LONGEST_LABEL for label in domain.split(".")):
        # Encoding is slow for a label made to be long, and it never becomes shorter.
        return None
    try:
        known = domain.lower() if domain.isascii() else domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    whole = f"{local}@{known}"
    return whole if _DOMAIN.fullmatch(known) and len(whole) <= LONGEST_EMAIL else None
