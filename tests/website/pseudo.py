"""A language that is read from the right, made from Swedish: shows that one could be added, and what it would look like.

Every letter becomes an Arabic one; what the build and the scripts look for (names in braces, links, lists) stays.
"""

import re
import shutil
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from website import build, catalogue, languages

ARABIC = languages.Language("ar", "ar", "ar", direction="rtl")
SPOKEN = (*languages.ALL, ARABIC)
_KEPT = re.compile(r"(\{\w+\}|\]\([^)]*\))")
_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzåäö",
    "ابصدعفغهيجكلمنوبقرستوفوخيزوعء",
)


def mirrored(text: str) -> str:
    """Give a text in Arabic letters."""
    parts = _KEPT.split(text)
    return "".join(part if _KEPT.fullmatch(part) else part.lower().translate(_LETTERS) for part in parts)


def folder(place: Path) -> Path:
    """Write all catalogues and the made-up one into `place`."""
    shutil.copytree(build.HERE / "texts", place)
    own = catalogue.texts()
    swedish_only: set[object] = set()
    for name in build.OWN:
        with (place / f"{name}.sv.po").open("rb") as file:
            swedish_only |= {each.id for each in read_po(file)}
    words = {key: text for key, text in build.Texts.read(languages.FIRST).known.items() if key not in swedish_only}
    written = Catalog(locale="ar")
    for key, text in words.items():
        written.add(key, mirrored(text), auto_comments=[own[key]] if key in own else [])
    # Swedish leads to no page in another language; this one leads to those for who works in Swedish.
    written.add("site.elsewhere", mirrored("(på svenska)"))
    written.add("site.language.start", mirrored("(startsidan)"))
    with (place / "ar.po").open("wb") as file:
        write_po(file, written)
    return place


def site(place: Path) -> Path:
    """Build the website with the made-up language into a folder within `place`."""
    build.build(place / "dist", spoken=SPOKEN, folder=folder(place / "texts"))
    return place / "dist"
