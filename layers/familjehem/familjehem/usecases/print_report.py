"""Print a report: what `report.report` gives, in words and in the order of the pages (design 6, month)."""

from collections.abc import Mapping
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
        "title": text("report.heading", reader=reader, month=made["month"]),
        "author": text("export.author"),
        "lead": text("report.lead"),
        "words": {
            "page": text("export.page"),
            "of": text("export.of"),
            "received": text("report.applications"),
            "month": text("report.month"),
            "count": text("report.count"),
            "share": text("report.share"),
            "answer": text("report.answer"),
            "about": text("report.aboutHeading"),
        },
        "received": received,
        "most": max((one["applications"] for one in received), default=0),
        "sections": [_section(one) for one in made["sections"]],
        "about": [
            text("report.aboutThreshold", threshold=made["threshold"], base=made["shareBase"]),
            text("report.aboutBlocks"),
        ],
    }


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    span = ""
    if section["from"]:
        span = text("report.span", families=section["families"], first=section["from"], last=section["to"])
    return {
        "heading": section["name"] or text(f"report.level.{section['level']}"),
        "span": span,
        "nothing": text("report.nothing"),
        "tables": [
            {"heading": one["label"], "asked": one["asked"], "rows": [_row(each) for each in one["bins"]]}
            for one in section["tables"]
        ],
    }


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    hidden = text("report.hidden")
    count = one["count"]
    return {
        "label": one["label"],
        "count": count,
        "told": hidden if count is None else text("report.atLeast", count=count) if one["atLeast"] else str(count),
        "share": "" if one["share"] is None else f"{one['share']} %",
    }
