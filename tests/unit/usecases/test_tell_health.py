"""SKR gets one mail a day at most with all that ails recipients, and none when all are well."""

from dataclasses import replace

import pytest

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.health import Vitals
from familjehem.domain.onboarding import Onboarding
from tests.service import SKR, Service


@pytest.fixture
def ill(service: Service) -> Service:
    """Jönköping's mailbox bounces; Stockholm is well."""
    for code in ("0680", "0180"):
        onboarded(service, code)
    service.world.vitals = {"0680": Vitals(bounces=2, suppressed=True), "0180": Vitals(bounces=0, readers=3)}
    return service


def onboarded(service: Service, code: str) -> None:
    recipient = service.world.recipients[code]
    way = Onboarding(
        id=code,
        recipient=code,
        name=recipient.name,
        kind=recipient.kind,
        municipalities=(code,),
        assignments=recipient.assignments,
        function_mailbox=recipient.function_mailbox,
        requested_at=service.world.at,
    )
    service.world.onboardings[code] = replace(way, readers=2)


def test_one_mail_names_every_recipient_that_ails_and_what_to_do(ill: Service) -> None:
    # when
    told = ill.report_health()
    ill.work()
    # then
    (mail,) = ill.world.mails
    assert (told, mail.to, mail.subject) == (1, SKR, "En mottagare behöver er hjälp")
    assert f"{ill.world.recipients['0680'].name} (0680): Mejl till funktionsbrevlådan studsar." in mail.text
    assert "skickar inte längre" in mail.text
    assert "0180" not in mail.text
    assert mail.tags == {"kind": "health"}
    assert ill.world.tasks() == []


def test_a_day_is_told_of_once_and_the_next_day_again(ill: Service) -> None:
    for _ in range(2):
        ill.report_health()
        ill.work()
    assert len(ill.world.mails) == 1
    # when
    ill.world.passes(days=1)
    ill.world.vitals["0180"] = Vitals(complaints=1)
    ill.report_health()
    ill.work()
    # then
    assert ill.world.mails[-1].subject == "2 mottagare behöver er hjälp"


def test_when_all_are_well_nobody_is_told(ill: Service) -> None:
    ill.world.vitals = {}
    assert ill.report_health() == 0
    assert ill.world.tasks() == []


def test_a_mail_that_cannot_be_sent_now_is_sent_later(ill: Service) -> None:
    # given
    ill.report_health()
    (task,) = ill.world.health
    ill.world.fails("post.send", NotConfirmedError())
    # when
    with pytest.raises(NotConfirmedError):
        ill.tell_health(task)
    # then
    assert ill.tell_health(task)
    assert not ill.tell_health(task)
    assert len(ill.world.mails) == 1
