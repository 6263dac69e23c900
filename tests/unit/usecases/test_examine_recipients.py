"""Every day it is noted how each recipient fares, in counts and days; no person and no letter is noted."""

from dataclasses import replace
from datetime import date, timedelta

from familjehem.domain.access_review import Confirmation
from familjehem.domain.calendar import swedish_date
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.health import Vitals
from familjehem.domain.membership import Caller, Role
from familjehem.domain.returned_mail import KEPT, ReturnedMail, ReturnReason
from familjehem.usecases.record_return import RecordReturn
from tests.service import Service


def vitals(service: Service, recipient: str = "0680") -> Vitals:
    service.examine()
    return service.world.vitals[recipient]


def test_where_nobody_is_and_nothing_came_only_that_is_noted(service: Service) -> None:
    assert vitals(service) == Vitals(bounces=0, complaints=0, suppressed=False, readers=0)


def test_it_is_noted_how_many_people_there_are_and_when_one_was_last_there(service: Service) -> None:
    # given: lena was invited and never came, and had no need yet to confirm who has access
    lena = service.hire("lena", "0680", role=Role.LOCAL_ADMINISTRATOR)
    service.hire("anna", "0680")
    invited = swedish_date(service.world.at)
    before = vitals(service)
    # when
    service.world.passes(days=3)
    service.list_deliveries(Caller(lena.person, service.world.at), None, None, None, 25)
    # then
    assert (before.readers, before.last_sign_in, before.access_confirmed_on) == (2, invited, invited)
    assert vitals(service).last_sign_in == invited + timedelta(days=3)


def test_the_day_on_which_access_was_confirmed_is_noted(service: Service) -> None:
    # given
    service.hire("lena", "0680", role=Role.LOCAL_ADMINISTRATOR)
    service.world.passes(days=5)
    confirmation = Confirmation(at=service.world.at, person="lena", name=None, persons=("lena",))
    service.world.access_confirmations["0680"].append(confirmation)
    # then
    assert vitals(service).access_confirmed_on == swedish_date(service.world.at)


def test_the_oldest_letter_that_nobody_opened_is_noted(service: Service) -> None:
    # given
    anna = service.hire("anna", "0680")
    first = service.accepted("0680").receipt.promises[0].number
    service.work()
    day = swedish_date(service.world.at)
    service.world.passes(days=2)
    service.accepted("0680")
    service.work()
    assert vitals(service).oldest_unopened == day
    # when
    anna = Caller(anna.person, service.world.at)
    service.open_letter(anna, None, first)
    # then
    assert vitals(service).oldest_unopened == day + timedelta(days=2)
    assert vitals(service, "0180").oldest_unopened is None


def test_mail_that_came_back_is_noted_as_long_as_it_counts(service: Service) -> None:
    # given
    record = RecordReturn(returns=service.world.mail_returns)
    mail = ReturnedMail(id="1", recipient="0680", reason=ReturnReason.BOUNCED, at=service.world.at)
    assert record(mail)
    assert not record(mail)
    assert record(replace(mail, id="2", reason=ReturnReason.SUPPRESSED))
    # then
    found = vitals(service)
    assert (found.bounces, found.complaints, found.suppressed) == (1, 0, True)
    assert vitals(service, "0180").bounces == 0
    # when
    service.world.at += KEPT + timedelta(minutes=1)
    # then
    assert vitals(service).bounces == 0


def test_one_that_cannot_be_looked_at_does_not_keep_the_others(service: Service) -> None:
    # given
    service.world.fails("vitals_book.note", NotConfirmedError())
    # when
    report = service.examine()
    # then
    assert report.failed == 1
    assert report.examined == len(service.world.vitals) == len(service.world.recipients) - 1


def test_what_is_noted_names_no_person_and_no_letter(service: Service) -> None:
    # given
    service.hire("anna", "0680")
    number = service.accepted("0680").receipt.promises[0].number
    service.work()
    # when
    found = str(vitals(service))
    # then
    assert "anna" not in found
    assert number not in found
    assert isinstance(vitals(service).oldest_unopened, date)
