"""The port suite of how recipients fare: returned mail, and what was found of each; the fake as the adapter."""

from dataclasses import replace
from datetime import date, timedelta

from familjehem.domain.access_review import Confirmation
from familjehem.domain.health import Vitals
from familjehem.domain.membership import AccessKind
from familjehem.domain.outbox import HealthTask
from familjehem.domain.returned_mail import KEPT, ReturnedMail, ReturnReason
from tests.adapters import families
from tests.adapters.houses import at
from tests.adapters.test_ports import entry

MAIL = ReturnedMail(id="event-1", recipient="0680", reason=ReturnReason.BOUNCED, at=at(8))
FULL = Vitals(
    bounces=2,
    complaints=1,
    suppressed=True,
    last_sign_in=date(2026, 3, 1),
    readers=3,
    oldest_unopened=date(2026, 2, 27),
    access_confirmed_on=date(2026, 1, 7),
)


class TestMailReturns:
    def test_keeps_each_return_once_however_often_it_is_told(self, house):
        # given
        other = replace(MAIL, id="event-2", reason=ReturnReason.SUPPRESSED, at=at(9))
        foreign = replace(MAIL, recipient="0180")
        # when
        new = [house.mail_returns.record(one) for one in (MAIL, MAIL, other, foreign, MAIL)]
        # then
        assert new == [True, False, True, True, False]
        assert sorted(house.mail_returns.all(), key=lambda one: (one.recipient, one.id)) == [foreign, MAIL, other]

    def test_keeps_a_return_as_long_as_it_counts(self, house):
        assert timedelta(days=28) <= KEPT <= timedelta(days=31)
        assert list(house.mail_returns.all()) == []


class TestVitals:
    def test_keeps_the_latest_of_each_recipient(self, house):
        # given
        house.vitals_book.note("0680", FULL, date(2026, 3, 2))
        house.vitals_book.note("0180", Vitals(), date(2026, 3, 2))
        # when
        later = replace(FULL, bounces=0, oldest_unopened=None)
        house.vitals_book.note("0680", later, date(2026, 3, 3))
        # then
        assert house.examiner.vitals() == {"0680": later, "0180": Vitals()}

    def test_knows_when_it_was_last_confirmed_who_has_access(self, house):
        # given
        assert house.vitals_book.confirmed_on("0680") is None
        recipient = families.recipient(house, "0680")
        room = house.tenancy.room(recipient.id)
        for moment in (at(9), at(8) + timedelta(days=1)):
            confirmation = Confirmation(at=moment, person="person-1", name=None, persons=("person-1",))
            room.confirm(confirmation, entry(kind=AccessKind.CONFIRM))
        # when
        day = house.vitals_book.confirmed_on(recipient.id)
        # then
        assert day == at(9).date() + timedelta(days=1)
        assert house.vitals_book.confirmed_on("0180") is None

    def test_has_skr_told_of_a_day_once(self, house):
        # given
        task, later = HealthTask("2026-03-02"), HealthTask("2026-03-03")
        # when
        asked = [house.vitals_book.tell(one, ("Jönköping (0680): …",), at(9)) for one in (task, task, later, task)]
        # then
        assert asked == [True, False, True, False]
        assert [one.task for one in house.outbox.waiting()] == [task, later]
        assert house.health_queue.ailing(task) == ("Jönköping (0680): …",)
        house.health_queue.told(task)
        house.health_queue.told(task)
        assert house.health_queue.ailing(task) is None
        # what was told of is not told of again, though its row is gone
        assert not house.vitals_book.tell(later, ("x",), at(10))
        assert house.examiner.vitals() == {}
