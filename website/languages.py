"""The languages of the website: what each is called in markup, which way it is read, and where its pages are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from babel.numbers import format_decimal


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    `code` names its catalogue `texts/<code>.po`, `tag` is what markup calls it (BCP 47) and `locale` what Babel does. A
    language that is not `whole` has some of the pages only; for the others it leads to the first language.
    """

    code: str
    tag: str
    locale: str
    direction: str = "ltr"
    whole: bool = True

    def path(self, paths: Mapping[str, str]) -> str | None:
        """Give where a page is, of its paths by language: where none is told, the English one under the own code.

        A page without an English path is there for those who work in Swedish, and in no other language.
        """
        if self.code in paths or not self.whole or "en" not in paths:
            return paths.get(self.code)
        return f"/{self.code}{paths['en'].removeprefix('/en')}"

    def number(self, number: int) -> str:
        """Give a number as it is written."""
        return format_decimal(number, locale=self.locale)


FIRST: Final = Language("sv", "sv", "sv")
# `simple` is the registered variant of the simplified form of a language (IANA, 2015-12-29).
EASY: Final = Language("sv-lattlast", "sv-simple", "sv", whole=False)
ENGLISH: Final = Language("en", "en", "en_GB")

ALL: Final = (FIRST, EASY, ENGLISH)
"""Every language, in the order in which they are offered."""
