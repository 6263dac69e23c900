"""File the national report: SKR's people fetch it where their papers lie, and open no bucket of recipients for it."""

from dataclasses import dataclass

from familjehem.domain.report_file import MEDIA_TYPES, place
from familjehem.ports import Folder, Shelf
from familjehem.usecases.publish_month import NATION

FILED = "reports"
"""Where SKR's reports lie in the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNationalReport:
    """Lays the nation's report of a month into SKR's folder, once it stands whole. A repeat files the same bytes."""

    shelf: Shelf
    folder: Folder

    def __call__(self, month: str) -> int:
        """File what is not filed yet; give how many files. `NotConfirmedError`."""
        mark = f"filed/{month}"
        if self.shelf.get(mark) is not None:
            return 0
        found = {form: self.shelf.get(place(NATION, month, form)) for form in MEDIA_TYPES}
        if None in found.values():
            return 0
        for form, content in found.items():
            self.folder.keep(f"{FILED}/{month}.{form}", content or b"", MEDIA_TYPES[form])
        self.shelf.put(mark, b"")
        return len(found)
