"""What leaves the system: printed, as JSON, as a registry; each with its line of the access log before it."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from familjehem.domain.delivery import DeliveryState
from familjehem.domain.errors import (
    DeliveryNotFoundError,
    LetterUnreadableError,
    MalformedRequestError,
    NotAMemberError,
    NotConfirmedError,
    RecipientNotChosenError,
)
from familjehem.domain.identification import Adult, Identification
from familjehem.domain.membership import AccessKind, Caller, Role
from familjehem.domain.texts import text
from familjehem.usecases.print_compilation import printout
from tests.builders import MARKED_VALUES
from tests.service import FIVE, Service

DAYS = (date(2026, 11, 1), date(2026, 11, 30))
LAYOUT = Path(__file__).parents[3] / "functions" / "export" / "compilation.typ"


@pytest.fixture
def service() -> Service:
    service = Service()
    printing = replace(service.exports.print_compilation, press=Proof())
    service.exports = replace(service.exports, print_compilation=printing)
    service.accepted(*FIVE)
    service.work()
    return service


@pytest.fixture
def anna(service: Service) -> Caller:
    return service.hire("anna", "0680")


@pytest.fixture
def number(service: Service) -> str:
    return next(number for recipient, number in service.world.deliveries if recipient == "0680")


class Proof:
    """A press that gives back what it was to print; the real one is tested with its layout."""

    def pdf(self, content: Any, at: datetime) -> bytes:
        return json.dumps([content, at.isoformat()]).encode()


class Jammed:
    """A press that prints nothing."""

    def pdf(self, content: Any, at: datetime) -> bytes:
        raise NotConfirmedError


def test_a_print_is_logged_as_an_export_and_counts_as_read(service: Service, anna: Caller, number: str) -> None:
    # when
    printed = service.exports.print_compilation(anna, None, number.lower())
    # then
    assert printed.number == number
    assert json.loads(printed.pdf) == [
        printout(service.open_letter(anna, None, number), service.world.at),
        service.world.at.isoformat(),
    ]
    line, _ = service.world.access["0680"]
    assert (line.at, line.person, line.kind, line.deliveries) == (
        service.world.at,
        "anna",
        AccessKind.EXPORT,
        (number,),
    )
    assert service.world.deliveries["0680", number].state is DeliveryState.OPENED


def test_who_works_for_several_exports_for_the_one_that_she_names(service: Service, number: str) -> None:
    # given
    eva = service.hire("eva", "0680", "1280")
    # then
    assert service.exports.print_compilation(eva, "0680", number).number == number
    assert [line.number for line in service.exports.export_registry(eva, "0680", *DAYS)] == [number]
    with pytest.raises(RecipientNotChosenError):
        service.exports.print_compilation(eva, None, number)
    with pytest.raises(RecipientNotChosenError):
        service.exports.export_registry(eva, None, *DAYS)


def test_the_layout_is_given_all_that_it_asks_for_and_nothing_else(service: Service, anna: Caller, number: str) -> None:
    # given
    layout = LAYOUT.read_text(encoding="utf-8")
    # when
    content = printout(service.open_letter(anna, None, number), service.world.at)
    # then
    assert set(content) == set(re.findall(r"\bcontent\.(\w+)", layout))
    assert set(content["words"]) == set(re.findall(r"\bwords\.(\w+)", layout))


def test_the_words_on_paper_are_those_of_the_catalogue(service: Service, anna: Caller, number: str) -> None:
    # when
    content = printout(service.open_letter(anna, None, number), service.world.at)
    # then
    assert content["words"] == {
        "overview": text("compilation.overview"),
        "nextStep": text("compilation.nextStep"),
        "toldOrally": text("compilation.toldOrallyHeading"),
        "notAsked": text("compilation.notAsked"),
        "identity": text("compilation.identity"),
        "full": text("compilation.full"),
        "page": "Sida",
        "of": "av",
        "indicators": "Att tänka på",
        "indicatorsWhy": "Att tänka på, med svaren bakom",
        "onlyInFull": text("export.onlyInFull"),
        "supplements": "Kompletteringar",
        "supplementsNote": text("export.supplementsNote"),
        "number": "Nr",
        "question": "Fråga",
        "answer": "Svar",
        "before": "Tidigare svar",
        "after": "Nytt svar",
    }
    assert {name: content[name] for name in ("secrecy", "author", "title", "heading", "about", "number", "footer")} == {
        "secrecy": "Sekretess enligt 26 kap. 1 § offentlighets- och sekretesslagen",
        "author": "FamiljehemSverige",
        "title": f"Intresseanmälan {number} till Jönköping",
        "heading": "Intresseanmälan",
        "about": f"Leveransnummer {number} · mottagen 2026-11-22 kl. 13.00",
        "number": number,
        "footer": "Jönköping · utskriven 2026-11-22 kl. 13.00",
    }


def test_what_is_printed_is_the_compilation(service: Service, anna: Caller, number: str) -> None:
    # given
    opened = service.open_letter(anna, None, number)
    wire = opened.compilation.to_wire()
    # when
    content = printout(opened, service.world.at)
    # then every part of it is there as it is read on the screen
    assert content["nextStep"] == wire["nextStep"]
    assert content["sections"] == wire["sections"]
    assert content["toldOrally"] == wire["toldOrally"]["labels"]
    assert content["notAsked"] == wire["notAsked"]["labels"]
    assert content["overview"] == [
        {"heading": line["heading"], "text": line["text"]} for line in wire["overview"]["lines"]
    ]
    for printed, shown in (("brief", wire["overview"]["indicators"]), ("indicators", wire["indicators"])):
        groups = [one for one in shown.values() if one["items"]]
        assert [one["heading"] for one in content[printed]] == [one["heading"] for one in groups]
        for group, expected in zip(content[printed], groups, strict=True):
            assert group["items"] == [{**one, "level": one["levelLabel"]} for one in expected["items"]]


def test_a_letter_that_was_not_yet_received_is_of_the_moment_when_it_was_submitted(
    service: Service, anna: Caller, number: str
) -> None:
    # given
    opened = service.open_letter(anna, None, number)
    later = replace(opened.delivery, received_at=datetime(2026, 11, 23, 8, 5, tzinfo=UTC))
    never = replace(opened.delivery, received_at=None)
    # then
    told = [printout(replace(opened, delivery=one), service.world.at)["about"] for one in (later, never)]
    assert [one.partition("mottagen ")[2] for one in told] == ["2026-11-23 kl. 09.05", "2026-11-22 kl. 13.00"]


def test_the_line_stands_even_where_nothing_is_printed(service: Service, anna: Caller, number: str) -> None:
    # given
    jammed = replace(service.exports.print_compilation, press=Jammed())
    # when
    with pytest.raises(NotConfirmedError):
        jammed(anna, None, number)
    # then
    assert [one.kind for one in service.world.access["0680"]] == [AccessKind.EXPORT]


def test_nothing_leaves_where_the_line_cannot_be_written(service: Service, anna: Caller, number: str) -> None:
    for export in (
        lambda: service.exports.print_compilation(anna, None, number),
        lambda: service.exports.open_letter(anna, None, number),
        lambda: service.exports.export_registry(anna, None, *DAYS),
    ):
        service.world.fails("room.log", NotConfirmedError())
        service.world.fails("room.opened", NotConfirmedError())
        with pytest.raises(NotConfirmedError):
            export()


def test_whoever_reads_may_print_and_nobody_else(service: Service, number: str) -> None:
    # given
    reader, stranger = service.hire("erik", "0680", role=Role.READER), service.hire("maria", "1280")
    # then
    assert service.exports.print_compilation(reader, None, number).pdf
    with pytest.raises(DeliveryNotFoundError):
        service.exports.print_compilation(stranger, None, number)
    with pytest.raises(NotAMemberError):
        service.exports.print_compilation(stranger, "0680", number)
    with pytest.raises(NotAMemberError):
        service.exports.export_registry(stranger, "0680", *DAYS)


def test_what_cannot_be_opened_is_not_printed(service: Service, anna: Caller, number: str) -> None:
    # given
    service.world.wraps.clear()
    # then
    with pytest.raises(LetterUnreadableError):
        service.exports.print_compilation(anna, None, number)


def test_page_one_holds_nothing_sensitive_and_the_rest_holds_all(service: Service, anna: Caller, number: str) -> None:
    # given
    opened = service.open_letter(anna, None, number)
    sensitive = [one for group in opened.compilation.indicators for one in group.indicators if one.sensitive]
    # when
    content = printout(opened, service.world.at)
    # then
    assert sensitive
    brief, full = (json.dumps(content[name], ensure_ascii=False) for name in ("brief", "indicators"))
    assert not [one.text for one in sensitive if one.text in brief]
    assert not [one.text for one in sensitive if one.text not in full]
    assert content["warnings"] == []


def test_the_title_tells_of_no_person(service: Service, anna: Caller, number: str) -> None:
    # when
    content = printout(service.open_letter(anna, None, number), service.world.at)
    # then
    assert number in content["title"]
    assert not [value for value in MARKED_VALUES if value in content["title"] + content["footer"]]


def test_who_has_identified_is_printed_as_proven(service: Service, anna: Caller, number: str) -> None:
    # given
    opened = service.open_letter(anna, None, number)
    one = Identification("3", "BankID", datetime(2026, 11, 20, tzinfo=UTC))
    proven = replace(opened.compilation, identifications={Adult.APPLICANT: one, Adult.CO_APPLICANT: None})
    # then
    assert printout(replace(opened, compilation=proven), service.world.at)["identity"] == [
        {"heading": "Den som anmäler", "text": "styrkt (nivå 3, BankID, 2026-11-20)"},
        {"heading": "Medsökande", "text": "ej styrkt"},
    ]


def test_a_supplement_stands_beside_what_it_corrects(service: Service) -> None:
    # given
    receipt = service.accepted("0680").receipt
    service.work()
    service.world.passes(minutes=60)
    service.supplemented(receipt, "Vi har flyttat.", mobile="070-174 06 08")
    service.work()
    anna = service.hire("anna", "0680")
    # when
    content = printout(service.open_letter(anna, None, receipt.promises[0].number), service.world.at)
    # then
    (one,) = content["supplements"]
    assert (one["heading"], one["message"]) == ("Version 2, mottagen 2026-11-22 kl. 14.00", "Vi har flyttat.")
    assert [(item["name"], item["before"], item["answer"]) for item in one["items"]] == [
        ("mobile", "+46701740605", "+46701740608")
    ]
    assert content["warnings"] == [text("export.supplemented", at="2026-11-22 kl. 14.00")]


def test_an_answer_that_was_not_given_before_is_told_as_such(service: Service, anna: Caller, number: str) -> None:
    # given
    receipt = service.accepted("0680").receipt
    service.work()
    service.supplemented(receipt, mobile="070-174 06 08")
    service.work()
    opened = service.open_letter(anna, None, receipt.promises[0].number)
    # when
    bare = replace(opened, compilation=replace(opened.compilation, sections=()))
    # then
    (item,) = printout(bare, service.world.at)["supplements"][0]["items"]
    assert item["before"] == text("compilation.notAnswered")


def test_a_withdrawn_letter_says_so_first(service: Service, anna: Caller, number: str) -> None:
    # given
    opened = service.open_letter(anna, None, number)
    withdrawn = replace(opened, delivery=replace(opened.delivery, withdrawn_at=service.world.at))
    # then
    assert printout(withdrawn, service.world.at)["warnings"] == [text("export.withdrawn", at="2026-11-22 kl. 13.00")]


def test_a_registry_opens_no_letter_and_is_one_line_of_the_log(service: Service, anna: Caller, number: str) -> None:
    # given
    service.world.wraps.clear()
    # when
    lines = service.exports.export_registry(anna, None, *DAYS)
    # then
    assert [line.number for line in lines] == [number]
    (line,) = service.world.access["0680"]
    assert (line.at, line.person, line.kind, line.deliveries) == (
        service.world.at,
        "anna",
        AccessKind.EXPORT,
        (number,),
    )


def test_an_empty_registry_is_logged_too(service: Service, anna: Caller) -> None:
    # when
    lines = service.exports.export_registry(anna, None, date(2020, 1, 1), date(2020, 12, 31))
    # then
    assert lines == ()
    assert [one.deliveries for one in service.world.access["0680"]] == [()]


def test_a_long_mailbox_is_walked_to_its_end(
    service: Service, anna: Caller, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr("familjehem.usecases.export_registry.AT_ONCE", 1)
    service.world.passes(minutes=1)
    service.accepted("0680")
    service.work()
    # when
    lines = service.exports.export_registry(anna, None, *DAYS)
    # then
    assert len(lines) == 2
    assert lines[0].number == number


@pytest.mark.parametrize(
    ("first", "last", "taken"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), True),
        (date(2024, 1, 1), date(2024, 12, 31), True),
        (date(2025, 1, 1), date(2026, 1, 2), False),
        (date(2026, 1, 2), date(2026, 1, 1), False),
    ],
)
def test_a_period_is_a_year_at_most(service: Service, anna: Caller, first: date, last: date, taken: bool) -> None:
    if taken:
        assert service.exports.export_registry(anna, None, first, last) == ()
        return
    with pytest.raises(MalformedRequestError) as refused:
        service.exports.export_registry(anna, None, first, last)
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/to", "outOfRange")]
    assert not service.world.access["0680"]
