"""The press: sets a PDF from JSON by typst, as PDF/UA-1, with fonts that come along and nothing else of the machine."""

import json
import struct
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import accumulate, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import typst

FALLBACK = "DejaVuSans.ttf"
"""Has a shape for whatever is printable here; the faces that typst brings itself are only more beautiful."""
STANDARD = "ua-1"
COMPILATION = "compilation.typ"
REPORT = "report.typ"

_FONTS = Path(__file__).parent / "fonts"

_JOINERS = "\u200c\u200d"
_UNJOINED = dict.fromkeys(map(ord, _JOINERS))
# Direction marks can make a text read as another; they have no shape of their own.
_UNSEEN, _NOT_TEXT = frozenset({"Cf"}), frozenset({"Cc", "Cn", "Co", "Cs"})


class TypstPress:
    """Sets what `layout` in `folder` lays out; plays `Press`.

    The folder is all that typst can read; it has no use for the network, since no package is named there. A character
    that no font has would be refused by the standard, so it is replaced before, by what `unprintable` says of how many.
    """

    def __init__(self, folder: Path, unprintable: Callable[[int], str], layout: str = COMPILATION) -> None:
        self._layout = layout
        self._unprintable = unprintable
        self._characters = _characters((_FONTS / FALLBACK).read_bytes())
        self._folder = folder
        self._fonts = typst.Fonts(include_system_fonts=False, font_paths=[_FONTS])

    def pdf(self, content: Mapping[str, Any], at: datetime) -> bytes:
        """Give the PDF; `at`, of which whole seconds count, is when it says that it was made."""
        return self._set(content, format="pdf", pdf_standards=STANDARD, timestamp=at.replace(microsecond=0))

    def pictures(self, content: Mapping[str, Any], resolution: float = 80) -> list[bytes]:
        """Give every page as PNG, for the eyes of who builds this."""
        found = self._set(content, format="png", ppi=resolution)
        return found if isinstance(found, list) else [found]

    def _set(self, content: Mapping[str, Any], **how: Any) -> Any:
        # A compiler keeps what it was given, and the next caller may be of another recipient: one for each.
        compiler = typst.Compiler(
            self._folder / self._layout,
            root=self._folder,
            font_paths=self._fonts,
            sys_inputs={"content": json.dumps(self._printable(content), ensure_ascii=False)},
        )
        return compiler.compile(**how)

    def _printable(self, content: Any) -> Any:
        match content:
            case str():
                return self._text(content)
            case Mapping():
                return {name: self._printable(one) for name, one in content.items()}
            case list() | tuple():
                return [self._printable(one) for one in content]
            case _:
                return content

    def _text(self, words: str) -> str:
        seen = (one for one in unicodedata.normalize("NFC", words) if one in _JOINERS or not _is(one, _UNSEEN))
        told = accumulate(seen, self._judged, initial=("", True))
        runs = ((known, "".join(one for one, _ in run)) for known, run in groupby(told, itemgetter(1)))
        return "".join(run if known else self._unprintable(len(run.translate(_UNJOINED))) for known, run in runs)

    def _judged(self, before: tuple[str, bool], character: str) -> tuple[str, bool]:
        """Tell of a character whether it can be printed; what joins two belongs to the first of them."""
        return character, before[1] if character in _JOINERS else self._known(character)

    def _known(self, character: str) -> bool:
        return character == "\n" or (ord(character) in self._characters and not _is(character, _NOT_TEXT))


def _is(character: str, categories: frozenset[str]) -> bool:
    return unicodedata.category(character) in categories


def _characters(font: bytes) -> frozenset[int]:
    """Give the code points that a TrueType font has a shape for, from its Unicode table (`cmap`, format 12)."""
    (count,) = struct.unpack_from(">H", font, 4)
    places = dict(struct.unpack_from(">4s4xL4x", font, 12 + 16 * index) for index in range(count))
    start = places[b"cmap"]
    (count,) = struct.unpack_from(">H", font, start + 2)
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * index)
        if (platform, encoding) == (3, 10):
            (groups,) = struct.unpack_from(">L", font, start + offset + 12)
            found = (struct.unpack_from(">LL", font, start + offset + 16 + 12 * group) for group in range(groups))
            return frozenset(code for first, last in found for code in range(first, last + 1))
    message = "a font without its Unicode table"
    raise ValueError(message)
