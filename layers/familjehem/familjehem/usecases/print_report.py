"""Print a report: what `report.report` gives, in words and in the order of the pages (design 6, month)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from familjehem.domain.texts import text
from familjehem.ports import Press


def printed(press: Press, made: Mapping[str, Any]) -> bytes:
    """Give the PDF of a report; it says that it was made when its month began, so that a repeat is the same bytes."""
    year, month = made["month"].split("-")
    return press.pdf(printout(made), datetime(int(year), int(month), 1, tzinfo=UTC))


def printout(made: Mapping[str, Any]) -> dict[str, Any]:
    """Give all that is printed, in words: shares as percent, what is hidden as a dash."""
    received = made["received"]
    reader = made["recipient"]["name"] if made["recipient"] else text("report.level.nation")
    return {
        "title": text("report.heading", reader=reader, month=month_name(made["month"])),
        "author": text("export.author"),
        "lead": text("report.lead"),
        "connected": text("report.connected", connected=made["connected"]),
        "words": {
            "page": text("export.page"),
            "of": text("export.of"),
            "received": text("report.applications"),
            "month": text("report.month"),
            "count": text("report.count"),
            "stages": text("report.stagesHeading"),
            "stage": text("report.stageColumn"),
            "about": text("report.aboutHeading"),
        },
        "stages": made["stages"],
        "received": [{**one, "label": month_name(one["month"])} for one in received],
        "most": max((one["applications"] for one in received), default=0),
        "groups": [_group(one) for one in _beside(made)],
        "about": [
            text("report.aboutThreshold", threshold=made["threshold"], base=made["shareBase"]),
            text("report.aboutBlocks"),
        ],
    }


def month_name(month: str) -> str:
    """Give a month such as `2026-11` in words."""
    return f"{text(f'report.months.{month[5:]}')} {month[:4]}"


def _beside(made: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    """Give what is told side by side: a recipient's own with county and nation; of the nation each level by itself."""
    sections = made["sections"]
    return [sections] if made["recipient"] else [[one] for one in reversed(sections)]


def _group(sections: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    told = [one for one in sections if one["tables"]]
    return {
        "heading": _name(sections[0]),
        "spans": [_span(one) for one in sections],
        "heads": [text("report.answer"), text("report.count"), *(_head(one, told[0]) for one in told)] if told else [],
        "tables": _tables(told),
    }


def _name(section: Mapping[str, Any]) -> str:
    return section["name"] or text(f"report.level.{section['level']}")


def _head(section: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    return text("report.share") if section is first else text(f"report.beside.{section['level']}")


def _span(section: Mapping[str, Any]) -> str:
    if not section["tables"]:
        return text("report.nothingOf", name=_name(section))
    first, last = month_name(section["from"]), month_name(section["to"])
    return text("report.spanOf", name=_name(section), families=section["families"], first=first, last=last)


def _tables(told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give each dimension that anybody is told of, in the order of the questions, with its row of each level."""
    known = [{table["dimension"]: table for table in one["tables"]} for one in told]
    order = max(known, key=len, default={})
    names = [*order, *(name for each in known for name in each if name not in order)]
    return [_table([each.get(name) for each in known]) for name in dict.fromkeys(names)]


def _table(levels: Sequence[Mapping[str, Any] | None]) -> dict[str, Any]:
    model = next(one for one in levels if one is not None)
    return {
        "heading": model["label"],
        "whole": model["asked"],
        "rows": [_row(place, levels, model) for place in range(len(model["bins"]))],
    }


def _row(place: int, levels: Sequence[Mapping[str, Any] | None], model: Mapping[str, Any]) -> dict[str, Any]:
    hidden = text("report.hidden")
    own = levels[0]["bins"][place] if levels[0] else None
    count = own["count"] if own else None
    told = hidden if count is None else str(count)
    if own and count is not None and own["atLeast"]:
        told = text("report.atLeast", count=count)
    shares = [one["bins"][place]["share"] if one else None for one in levels]
    return {
        "label": model["bins"][place]["label"],
        "part": model["bins"][place]["count"],
        "cells": [told, *(hidden if one is None else f"{one} %" for one in shares)],
    }
