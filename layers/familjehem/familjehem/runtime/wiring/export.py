"""The wiring of the export."""

from dataclasses import dataclass
from pathlib import Path

from familjehem.adapters.press import TypstPress
from familjehem.domain.membership import AccessKind
from familjehem.domain.texts import text
from familjehem.runtime.settings import ExportSettings
from familjehem.runtime.wiring.mailbox import receive
from familjehem.usecases.export_registry import ExportRegistry
from familjehem.usecases.print_compilation import PrintCompilation
from familjehem.usecases.read_mailbox import OpenLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The use cases of the export; `open_letter` writes that it exports."""

    open_letter: OpenLetter
    print_compilation: PrintCompilation
    export_registry: ExportRegistry


def wire(settings: ExportSettings, layout: Path) -> Export:
    """Make clients, press and use cases of the export; called once, at import of the handler."""
    reception, _, clock = receive(settings)
    open_letter = OpenLetter(reception=reception, clock=clock, kind=AccessKind.EXPORT)
    return Export(
        open_letter=open_letter,
        print_compilation=PrintCompilation(open_letter=open_letter, press=press(layout), clock=clock),
        export_registry=ExportRegistry(reception=reception, clock=clock),
    )


def press(layout: Path) -> TypstPress:
    """Give the press for the layout in a folder."""
    return TypstPress(layout, lambda count: text("export.unprintable", count=count))
