"""Function mailboxes: the address that notices go to belongs to a function and never to a person (SKR, 25 April 2024).

A person falls ill, goes on leave, changes work; a notice must reach whoever is there. What can be seen of an address is
judged here; that somebody reads it shows by the link that is sent to it.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum

from familjehem.domain.contact_details import email
from familjehem.domain.texts import text


class MailboxFault(StrEnum):
    """Why an address cannot be a function mailbox; each has its Swedish reason in the message catalogue."""

    NO_ADDRESS = "noAddress"
    PERSONAL_FORM = "personalForm"
    FREE_MAIL = "freeMail"
    USED_BY_PERSON = "usedByPerson"
    FOREIGN_DOMAIN = "foreignDomain"


FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com hotmail.com hotmail.se outlook.com outlook.se live.com live.se msn.com yahoo.com yahoo.se
    icloud.com me.com mac.com proton.me protonmail.com pm.me tutanota.com gmx.com gmx.net mail.com aol.com spray.se
    telia.com comhem.se bredband.net bahnhof.se tele2.se home.se swipnet.se passagen.se yandex.com zoho.com
    """.split()  # noqa: SIM905 a column of words is read more easily than a list
)


FUNCTIONS = tuple(
    """
    adoption barn bostad brevlada center central enhet familj forvaltning funktion fosterhem grupp hem individ ifo info
    inkorg intresse jour kansli kommun kontakt kund mottagning namnd omsorg placering post region registrator rekryt
    resurs soc sekret service stad stod team tjanst ungdom unga utredning vard vuxen
    """.split()  # noqa: SIM905 as above
)
"""How words begin that name a function."""

_SEPARATORS = re.compile(r"[._+]")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*[0-9]{0,3}")
_MOST_NAMES = 3


def mailbox_faults(
    written: str, names: Iterable[str], *, used_by_persons: Collection[str] = (), domain_confirmed: bool = False
) -> tuple[MailboxFault, ...]:
    """Give everything that is wrong with an address as the function mailbox of whoever is called `names`.

    `names` are those of the recipient and of its municipalities; `used_by_persons` are addresses of people with access.
    `domain_confirmed` says that SKR has made sure whose the domain is; free mail is refused all the same.
    """
    address = email(written)
    if address is None:
        return (MailboxFault.NO_ADDRESS,)
    local, domain = address.lower().split("@")
    known = tuple(names)
    found: list[MailboxFault] = []
    if _looks_personal(local, known):
        found.append(MailboxFault.PERSONAL_FORM)
    if address.lower() in {one.lower() for one in used_by_persons}:
        found.append(MailboxFault.USED_BY_PERSON)
    if domain in FREE_MAIL:
        found.append(MailboxFault.FREE_MAIL)
    elif not domain_confirmed and not _belongs(domain, known):
        found.append(MailboxFault.FOREIGN_DOMAIN)
    return tuple(found)


def _looks_personal(local: str, names: Iterable[str]) -> bool:
    """Tell whether an address has the form `first.last`, with an initial too, and no word that names a function."""
    words = _SEPARATORS.split(local)
    if not 1 < len(words) <= _MOST_NAMES or not all(_WORD.fullmatch(word) for word in words):
        return False
    places = {part for name in names for part in _plain(name).split("-")}
    parts = [part for word in words for part in word.split("-")]
    return not any(part.startswith(FUNCTIONS) or part in places for part in parts)


def _belongs(domain: str, names: Iterable[str]) -> bool:
    """Tell whether a Swedish domain is that of a name: `jonkoping.se`, `soc.malung-salen.se`, `orebrokommun.se`."""
    labels = domain.split(".")
    if labels[-1] != "se":
        return False
    own = labels[-2].replace("-", "")
    forms = {_plain(name).replace("-", "") for name in names}
    return own in {form + ending for form in forms for ending in ("", "kommun", "skommun", "stad", "sstad")}


def _plain(name: str) -> str:
    """Give a name as domains write it: small letters of ASCII, words joined by hyphens."""
    letters = unicodedata.normalize("NFD", name.lower().removeprefix("region "))
    return re.sub(r"[^a-z0-9]+", "-", "".join(one for one in letters if not unicodedata.combining(one)))


def in_words(faults: Iterable[MailboxFault]) -> tuple[str, ...]:
    """Give in plain Swedish why an address is refused."""
    return tuple(text(f"administration.mailbox.{one}") for one in faults)
