"""Print a compilation: one letter as a PDF for the case file, overview first (design 5, 8; OSL 26:1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from familjehem.domain.calendar import STOCKHOLM
from familjehem.domain.compilation import IndicatorList, Item
from familjehem.domain.membership import AccessReason, Caller
from familjehem.domain.texts import text
from familjehem.ports import Clock, Press
from familjehem.usecases.read_mailbox import OpenedLetter, OpenedSupplement, OpenLetter


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed compilation, by its delivery's number."""

    number: str
    pdf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintCompilation:
    """Prints one letter. It is opened for it, so its line of the access log stands before."""

    open_letter: OpenLetter
    press: Press
    clock: Clock

    def __call__(
        self, caller: Caller, recipient: str | None, number: str, reason: AccessReason = AccessReason.WORK
    ) -> Printed:
        """Give the PDF. Raises as `OpenLetter`."""
        opened = self.open_letter(caller, recipient, number, reason)
        now = self.clock.now()
        return Printed(opened.delivery.number, self.press.pdf(printout(opened, now), now))


def printout(opened: OpenedLetter, now: datetime) -> dict[str, Any]:
    """Give all that is printed, in the order of the pages, in words and ready dates.

    The title names the number and never the family: programs show it in window bars and lists of recent files.
    """
    compilation, delivery = opened.compilation.to_wire(), opened.delivery
    received = delivery.received_at or opened.letter.submitted_at
    return {
        "words": {
            **{
                name: compilation[name]["heading"]
                for name in ("overview", "nextStep", "toldOrally", "notAsked", "identity")
            },
            "full": compilation["heading"],
            "page": text("export.page"),
            "of": text("export.of"),
            "indicators": text("export.indicators"),
            "indicatorsWhy": text("export.indicatorsWhy"),
            "onlyInFull": text("export.onlyInFull"),
            "supplements": text("export.supplements"),
            "supplementsNote": text("export.supplementsNote"),
            "number": text("export.number"),
            "question": text("export.question"),
            "answer": text("export.answer"),
            "before": text("export.before"),
            "after": text("export.after"),
        },
        "secrecy": text("export.secrecy"),
        "author": text("export.author"),
        "title": text("export.title", number=delivery.number, recipient=opened.membership.recipient_name),
        "heading": text("export.heading"),
        "about": text("export.about", number=delivery.number, received=_moment(received)),
        "number": delivery.number,
        "footer": text("export.footer", recipient=opened.membership.recipient_name, printed=_moment(now)),
        "warnings": _warnings(opened),
        "nextStep": compilation["nextStep"],
        "overview": [{"heading": line.heading, "text": line.text} for line in opened.compilation.overview],
        "brief": _indicators(one.for_overview() for one in opened.compilation.indicators),
        "supplements": [_supplement(opened, one) for one in opened.supplements],
        "identity": [
            {"heading": text(f"export.adult.{adult}"), "text": compilation["identity"][adult]["text"]}
            for adult in opened.compilation.identifications
        ],
        "indicators": _indicators(opened.compilation.indicators),
        "sections": compilation["sections"],
        "toldOrally": compilation["toldOrally"]["labels"],
        "notAsked": compilation["notAsked"]["labels"],
    }


def _warnings(opened: OpenedLetter) -> list[str]:
    """Give what must be known before anybody calls."""
    delivery, warnings = opened.delivery, list[str]()
    if delivery.withdrawn_at:
        warnings.append(text("export.withdrawn", at=_moment(delivery.withdrawn_at)))
    if delivery.supplemented_at:
        warnings.append(text("export.supplemented", at=_moment(delivery.supplemented_at)))
    return warnings


def _indicators(lists: Any) -> list[dict[str, Any]]:
    found: list[IndicatorList] = [one for one in lists if one.indicators]
    return [
        {
            "heading": (wire := one.to_wire())["heading"],
            "items": [{**each, "level": each["levelLabel"]} for each in wire["items"]],
        }
        for one in found
    ]


def _supplement(opened: OpenedLetter, supplement: OpenedSupplement) -> dict[str, Any]:
    first = {item.name: item for section in opened.compilation.sections for item in section.items}
    return {
        "heading": text("export.supplement", version=supplement.version, at=_moment(supplement.received_at)),
        "message": supplement.message,
        "items": [{**item.to_wire(), "before": _before(first, item)} for item in supplement.items],
    }


def _before(first: Mapping[str, Item], item: Item) -> str:
    return first[item.name].answer if item.name in first else text("compilation.notAnswered")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(STOCKHOLM):%Y-%m-%d kl. %H.%M}"
