"""Search in a mailbox: by words of a name, identity number or delivery number, and nothing else (2001:637, 15 §).

What a letter is found by are terms of its two adults: each word of their names, folded, and their identity numbers in
twelve digits. A term is kept as a token only, its MAC under the recipient's own search key. Words are whole: beginnings
of words would be six tokens for one, and tell by their number how long a name is (decision 0019).
"""

import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from familjehem.domain import identity_number
from familjehem.domain.answers import Answers
from familjehem.domain.errors import FieldError, InvalidAnswersError
from familjehem.domain.identification import QUESTIONS
from familjehem.domain.identifiers import NUMBER_CHARACTERS, canonical

MOST_TERMS = 40
"""So many terms a letter is found by: two long names, several times corrected, are half of it."""
MOST_WORDS = 12
"""So many words may be asked for at once; no name has more."""
SHOWN = 25
"""So many letters a search shows, the newest first, as a page of the list does."""
PER_HOUR = 120
"""So often a person may search a mailbox within an hour: two a minute is work, more is a machine."""
TOKEN_BYTES = 16
SEARCH = "search"
"""What stands in the encryption context of the search key where a delivery number would; no number is written so."""

type Term = str
"""What a letter can be found by: `name:` and a folded word, or `number:` and twelve digits."""

# What Unicode does not take apart, as it is written where the letter is not to be had.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ħ": "h",
        "\u0131": "i",
        "ŋ": "n",
        "ŧ": "t",
    }
)
_IDENTITY_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9]{2})?[0-9]{6}[-+ \u00a0\u2010-\u2013]?[0-9]{4}(?![0-9A-Za-z])", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody searches for: perhaps a delivery number, and words of which each must be found in a letter.

    A word is several ways of being found, each a set of terms that all must be there: `Anna-Karin` by both its parts,
    or by `annakarin`.
    """

    number: str | None
    words: tuple[tuple[frozenset[Term], ...], ...]

    @property
    def terms(self) -> frozenset[Term]:
        """Every term that is to be looked up."""
        return frozenset(term for word in self.words for way in word for term in way)

    def chosen(self, places: Mapping[Term, Mapping[str, datetime]]) -> tuple[str, ...]:
        """Give the numbers of the letters in which every word is found, the one that came last first.

        `places` tells for each term which letters have it, and when those came.
        """
        if not self.words:
            return ()
        came = {number: at for of_term in places.values() for number, at in of_term.items()}
        hits = set[str](came)
        for word in self.words:
            hits &= set[str]().union(*(_all(way, places) for way in word))
        return tuple(sorted(hits, key=lambda number: (came[number], number), reverse=True))


def read(text: str, today: date) -> Query:
    """Read what somebody typed; `InvalidAnswersError` for what holds no word, or too many.

    Twelve characters can be a delivery number and a name or an identity number too: then they are all of it.
    """
    rest, words = text, list[tuple[frozenset[Term], ...]]()
    for written in _IDENTITY_NUMBER.findall(text):
        if ways := _numbers(written, today):
            words.append(ways)
            rest = rest.replace(written, " ")
    number = canonical(text.strip(), NUMBER_CHARACTERS)
    if number is None or not any(each.isdigit() for each in text):
        # No name has digits, and a delivery number without any may be one.
        words += [ways for one in rest.split() if (ways := _ways(one))]
    if number is None and not words:
        raise InvalidAnswersError(FieldError("/text", "required"))
    if len(words) > MOST_WORDS:
        raise InvalidAnswersError(FieldError("/text", "tooLong"))
    return Query(number, tuple(dict.fromkeys(words)))


def terms_of(versions: Iterable[Answers]) -> frozenset[Term]:
    """Give what a letter is found by: the terms of the letter and of every correction, the newest first.

    A name that was corrected is found as it was written before, too.
    """
    given = tuple(versions)
    found = dict[Term, None]()
    for number, _ in QUESTIONS.values():
        found.update(dict.fromkeys(_number(one[number]) for one in given if number in one))
    for one in given:
        for _, name in QUESTIONS.values():
            found.update(dict.fromkeys(_named(one.get(name, ""))))
    return frozenset(list(found)[:MOST_TERMS])


def folded(text: str) -> str:
    """Give a text without case and diacritics: `Åsa Øst` is `asa ost`; what is folded already stays as it is."""
    plain = text
    for _ in range(2):
        # Taking apart can bring forth what has a case, and the other way round.
        plain = unicodedata.normalize("NFKD", plain.casefold())
    return "".join(each for each in plain.translate(_LETTERS) if unicodedata.category(each) != "Mn")


def token(key: bytes, term: Term) -> str:
    """Give a term's token (32 hexadecimal digits): HMAC-SHA-256 under the search key, cut to 16 bytes."""
    return hmac.new(key, f"familjehem/search/{term}".encode(), sha256).digest()[:TOKEN_BYTES].hex()


def search_context(recipient: str) -> dict[str, str]:
    """Give the KMS encryption context of a recipient's search key: identifiers only, for CloudTrail shows it."""
    return {"recipient": recipient, "delivery": SEARCH}


def _named(name: str) -> Iterator[Term]:
    """Give the terms of a name: every word, and of a word with a hyphen its parts and the whole."""
    for written in name.split():
        for way in _ways(written):
            yield from sorted(way)


def _ways(written: str) -> tuple[frozenset[Term], ...]:
    """Give the ways in which something written without a space is found: by all its parts, or by the whole."""
    parts = "".join(each if each.isalnum() else " " for each in folded(written)).split()
    if not parts:
        return ()
    apart, whole = frozenset(f"name:{part}" for part in parts), frozenset({f"name:{''.join(parts)}"})
    return (apart,) if apart == whole else (apart, whole)


def _numbers(written: str, today: date) -> tuple[frozenset[Term], ...]:
    """Give the identity numbers that something written can be: ten digits are those of two centuries."""
    read = (identity_number.read(f"{century}{written}", today) for century in ("", "19", "20"))
    return tuple(frozenset({_number(digits)}) for digits in sorted({one.digits for one in read if one}))


def _number(digits: str) -> Term:
    return f"number:{digits}"


def _all(way: frozenset[Term], places: Mapping[Term, Mapping[str, datetime]]) -> set[str]:
    first, *others = (set(places.get(term, ())) for term in way)
    return first.intersection(*others)
