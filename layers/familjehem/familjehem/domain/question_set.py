"""The question catalogue: versioned sets of questions, self-test statements, indicators and next steps.

A set is a JSON file in `question_sets/`, named after its version; a published file is never changed, since letters name
the version that they were written under. `docs/question-sets.md` describes the file and how a new version is published.
"""

import re
from functools import cache
from pathlib import Path

from familjehem.domain.errors import QuestionSetUnknownError
from familjehem.domain.question import (
    TALK,
    AnswerType,
    Bin,
    Choice,
    DataClass,
    Indicator,
    IndicatorGroup,
    IndicatorLevel,
    Level,
    Measure,
    Member,
    NextStepRule,
    Option,
    Question,
    QuestionSet,
    Section,
    SeenBy,
    Statement,
    Statistic,
    View,
)
from familjehem.domain.question_set_file import read

__all__ = [
    "TALK",
    "AnswerType",
    "Bin",
    "Choice",
    "DataClass",
    "Indicator",
    "IndicatorGroup",
    "IndicatorLevel",
    "Level",
    "Measure",
    "Member",
    "NextStepRule",
    "Option",
    "Question",
    "QuestionSet",
    "Section",
    "SeenBy",
    "Statement",
    "Statistic",
    "View",
    "current",
    "load",
    "versions",
]

_PUBLISHED = Path(__file__).with_name("question_sets")
_VERSION = re.compile(r"([0-9]{4})-([0-9]{1,3})", re.ASCII)


@cache
def versions(directory: Path = _PUBLISHED) -> tuple[str, ...]:
    """Give every published version, such as `2026-1`, from the oldest to the newest."""
    found = [match for path in directory.glob("*.json") if (match := _VERSION.fullmatch(path.stem))]
    return tuple(match[0] for match in sorted(found, key=lambda match: (int(match[1]), int(match[2]))))


def load(version: str, directory: Path = _PUBLISHED) -> QuestionSet:
    """Give one version, read and checked at the first call.

    Raises `QuestionSetUnknownError` for a version that is not published, and `QuestionSetBrokenError` naming every
    fault by its place. `version` may come from anywhere: only names in `versions()` reach the disk.
    """
    if version not in versions(directory):
        raise QuestionSetUnknownError
    return _load(version, directory)


def current(directory: Path = _PUBLISHED) -> QuestionSet:
    """Give the newest version, the one that new applications are written under."""
    return load(versions(directory)[-1], directory)


# Apart from `load`, for which a directory left out and the same one named would be two entries.
@cache
def _load(version: str, directory: Path) -> QuestionSet:
    return read(version, (directory / f"{version}.json").read_text(encoding="utf-8"))
