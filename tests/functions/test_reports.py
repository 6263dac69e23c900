"""Monthly reports on the wire: listed, fetched, and written into the access log."""

from collections.abc import Callable

import pytest

from familjehem.domain.membership import AccessKind, Role
from tests.functions.doors import Door
from tests.service import Service

type SignIn = Callable[..., Door]
PATH = "/api/mailbox/reports"


@pytest.fixture
def anna(service: Service, mailbox_door: SignIn) -> Door:
    for name in ("2026-09.pdf", "2026-10.json", "2026-10.pdf", "2026-10.xlsx", "2026-10.csv", "2026-08.json"):
        service.world.shelved[f"reports/0680/{name}"] = name.encode()
    service.world.shelved["reports/0180/2026-10.pdf"] = b"another's"
    service.hire("anna", "0680", role=Role.READER)
    return mailbox_door("anna")


def test_those_that_stand_whole_are_listed_the_newest_first(anna: Door, service: Service) -> None:
    answer = anna("GET", PATH)

    assert (answer.status, answer.json) == (200, {"reports": [{"month": "2026-10"}, {"month": "2026-09"}]})
    assert not service.world.access["0680"]


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("pdf", "application/pdf"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
    ],
)
def test_each_is_a_file_of_its_own_recipient_and_a_line_of_the_log(
    anna: Door, service: Service, form: str, media_type: str
) -> None:
    answer = anna("GET", f"{PATH}/2026-10.{form}")

    assert (answer.status, answer.body) == (200, f"2026-10.{form}".encode())
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="rapport-2026-10.{form}"'
    assert answer.headers["cache-control"] == "no-store"
    assert [(one.kind, one.person) for one in service.world.access["0680"]] == [(AccessKind.REPORT, "anna")]


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        ("2026-11.pdf", [{"pointer": "/month", "code": "monthNotOver"}]),
        ("2027-01.pdf", [{"pointer": "/month", "code": "monthNotOver"}]),
        ("2026-13.pdf", [{"pointer": "/month", "code": "invalid"}]),
        ("2026-10.exe", [{"pointer": "/month", "code": "invalid"}]),
        ("2026-01.pdf", None),
    ],
)
def test_what_there_is_not_is_told_with_why(
    anna: Door, service: Service, name: str, errors: list[dict[str, str]] | None
) -> None:
    answer = anna("GET", f"{PATH}/{name}")

    assert answer.status == 404
    assert answer.json.get("errors") == errors
    assert not service.world.access["0680"]
