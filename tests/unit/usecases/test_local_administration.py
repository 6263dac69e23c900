"""Local administration: who may, what must never happen, and what is left behind when somebody goes."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import (
    AccountConflictError,
    AdministratorsOnlyError,
    AlreadyMemberError,
    ConfirmationNeededError,
    FamiljehemError,
    InvalidAnswersError,
    LastAdministratorError,
    MemberNotFoundError,
    NotAMemberError,
    NotConfirmedError,
    RecipientClosedError,
    RecipientNotChosenError,
    SignInRequiredError,
)
from familjehem.domain.membership import Caller, Role
from familjehem.domain.outbox import AccessOccasion, AccessTask
from familjehem.domain.recipient import RecipientState
from familjehem.domain.recipient_settings import RecipientSettings
from familjehem.domain.retention import Retention
from familjehem.domain.roster import RosterChange, RosterKind
from familjehem.ports import AddressRefusedError, RosterChangedError
from tests.service import MAILBOX, Service

BO = "bo.prov@jonkoping.example"


@pytest.fixture
def lena(service: Service) -> Caller:
    return service.hire("lena", "0680", role=Role.LOCAL_ADMINISTRATOR)


def invite(service: Service, by: Caller, email: str = BO, role: Role = Role.CASE_WORKER, name: str = "Bo Prov") -> str:
    return service.administration.invite(by, None, email, name, role).member.id


class TestInvitation:
    def test_gives_access_an_account_and_a_line(self, service: Service, lena: Caller) -> None:
        # when
        bo = invite(service, lena)
        # then
        world = service.world
        assert world.accounts_kept[BO].person == bo
        assert [(one.recipient, one.role) for one in world.members.person(bo).memberships] == [
            ("0680", Role.CASE_WORKER)
        ]
        (line,) = world.roster_lines
        assert (line.kind, line.person, line.by) == (RosterKind.INVITED, bo, "lena")
        # the pool's own mail told her, so nothing waits to be sent
        assert not world.tasks()
        assert [one.role for one in service.mailbox.name_colleagues(Caller(bo, world.at), None)] == [
            Role.CASE_WORKER,
            Role.LOCAL_ADMINISTRATOR,
        ]

    def test_gives_whoever_has_an_account_access_with_it_and_tells_her(self, service: Service, lena: Caller) -> None:
        # given
        eva = service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        bo = invite(service, eva, name="Bo i Malmö")
        service.world.accounts_kept[BO].signed_in = True
        # when
        again = invite(service, lena, "Bo.Prov@jonkoping.example")
        # then each recipient calls her as it likes
        person = service.world.members.person(bo)
        assert again == bo
        assert {one.recipient: one.name for one in person.memberships} == {"0680": "Bo Prov", "1280": "Bo i Malmö"}
        assert person.name == "Bo i Malmö"
        assert service.world.tasks() == [AccessTask("0680", bo, AccessOccasion.INVITED)]
        service.work()
        (mail,) = service.world.mails
        assert mail.to == BO
        assert mail.tags == {"recipient": "0680", "kind": "access-invited"}
        assert "Jönköping" in mail.text
        assert MAILBOX in mail.text
        assert "Malmö" not in mail.subject + mail.text

    def test_sends_a_new_password_to_whoever_never_came(self, service: Service, lena: Caller) -> None:
        # given
        bo = invite(service, lena)
        service.administration.remove(lena, None, bo, sure=True)
        # when
        assert invite(service, lena) == bo
        # then
        kept = service.world.accounts_kept[BO]
        assert (kept.enabled, kept.passwords) == (True, 2)
        assert not service.world.tasks()

    def test_refuses_whoever_has_access_before_any_account_is_touched(self, service: Service, lena: Caller) -> None:
        invite(service, lena)
        with pytest.raises(AlreadyMemberError):
            invite(service, lena, BO.upper())
        assert service.world.accounts_kept[BO].passwords == 1

    def test_refuses_addresses_that_are_nobody_s(self, service: Service, lena: Caller) -> None:
        for address in ("familjehem@0680.example", "info@prov.example", "bo"):
            with pytest.raises(InvalidAnswersError):
                invite(service, lena, address)
        assert not service.world.accounts_kept

    def test_can_be_sent_again_after_a_failure(self, service: Service, lena: Caller) -> None:
        # given
        service.world.fails("staff.commit", NotConfirmedError())
        with pytest.raises(NotConfirmedError):
            invite(service, lena)
        # when
        bo = invite(service, lena)
        # then
        assert set(service.world.rosters["0680"].members) == {"lena", bo}

    def test_says_when_the_two_ways_to_sign_in_cannot_be_made_one(self, service: Service, lena: Caller) -> None:
        service.world.fails("accounts.open", AccountConflictError())
        with pytest.raises(AccountConflictError):
            invite(service, lena)
        assert set(service.world.rosters["0680"].members) == {"lena"}

    def test_is_told_to_nobody_who_lost_the_access_again_or_cannot_be_reached(
        self, service: Service, lena: Caller
    ) -> None:
        # given
        eva = service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        invite(service, eva)
        service.world.accounts_kept[BO].signed_in = True
        bo = invite(service, lena)
        service.administration.remove(lena, None, bo, sure=True)
        # when
        service.work()
        # then
        assert not service.world.mails
        # and an address that is refused for good is not tried for ever
        invite(service, lena)
        service.world.fails("post.send", AddressRefusedError())
        service.work()
        assert not service.world.mails
        assert not service.world.tasks()

    def test_is_told_once_and_says_whether_it_was(self, service: Service, lena: Caller) -> None:
        # given
        eva = service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        invite(service, eva)
        service.world.accounts_kept[BO].signed_in = True
        task = AccessTask("0680", invite(service, lena), AccessOccasion.INVITED)
        # then
        assert service.tell(task) is True
        assert service.tell(task) is False
        assert len(service.world.mails) == 1

    def test_that_cannot_reach_her_is_not_told(self, service: Service, lena: Caller) -> None:
        # given
        eva = service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        invite(service, eva)
        service.world.accounts_kept[BO].signed_in = True
        task = AccessTask("0680", invite(service, lena), AccessOccasion.INVITED)
        service.world.fails("post.send", AddressRefusedError())
        # then
        assert service.tell(task) is False

    def test_of_a_recipient_that_is_gone_is_told_to_nobody(self, service: Service, lena: Caller) -> None:
        # given
        eva = service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        invite(service, eva)
        service.world.accounts_kept[BO].signed_in = True
        task = AccessTask("0680", invite(service, lena), AccessOccasion.INVITED)
        del service.world.recipients["0680"]
        # then
        assert service.tell(task) is False
        assert not service.world.mails
        assert not service.world.tasks()


class TestWhoMay:
    def test_only_local_administrators_and_for_their_own_recipient(self, service: Service, lena: Caller) -> None:
        bo, rut = service.hire("bo", "0680"), service.hire("rut", "0680", role=Role.READER)
        for stranger in (bo, rut):
            for attempt in everything(service, stranger, "lena"):
                with pytest.raises(AdministratorsOnlyError):
                    attempt()
        with pytest.raises(NotAMemberError):
            service.administration.list_colleagues(lena, "1280")
        with pytest.raises(NotAMemberError):
            service.administration.list_colleagues(Caller("nobody", service.world.at), None)

    def test_of_another_recipient_nobody_is_known(self, service: Service, lena: Caller) -> None:
        service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        service.hire("adam", "1280")
        for attempt in everything(service, lena, "adam")[1:4]:
            with pytest.raises(MemberNotFoundError):
                attempt()
        assert service.world.members.person("adam").memberships
        assert [one.member.id for one in service.administration.list_colleagues(lena, None).lines] == ["lena"]

    def test_a_leader_of_two_says_of_which(self, service: Service) -> None:
        both = service.hire("lena", "0680", "1280", role=Role.LOCAL_ADMINISTRATOR)
        service.hire("bo", "1280")
        with pytest.raises(RecipientNotChosenError):
            service.administration.list_colleagues(both, None)
        assert len(service.administration.list_colleagues(both, "1280").lines) == 2

    def test_a_leader_of_two_leads_the_one_that_she_says(self, service: Service) -> None:
        # given
        both, administration = (
            service.hire("lena", "0680", "1280", role=Role.LOCAL_ADMINISTRATOR),
            service.administration,
        )
        service.hire("bo", "1280")
        service.world.passes(minutes=1)
        # then
        settings = replace(administration.read_settings(both, "1280"), closing_time=time(15, 0))
        administration.change_settings(both, "1280", settings)
        assert administration.read_settings(both, "1280").closing_time == time(15, 0)
        assert administration.read_settings(both, "0680").closing_time != time(15, 0)
        assert administration.change(both, "1280", "bo", Role.READER, "Bo Prov", sure=True).member.role is Role.READER
        administration.sign_out.colleague(both, "1280", "bo")
        assert service.world.signed_out == {"bo": service.world.at}
        administration.remove(both, "1280", "bo", sure=True)
        assert set(service.world.rosters["1280"].members) == {"lena"}

    def test_a_removed_administrator_is_none_at_once(self, service: Service, lena: Caller) -> None:
        second = service.hire("siv", "0680", role=Role.LOCAL_ADMINISTRATOR)
        service.hire("bo", "0680")
        service.hire("ida", "0680")
        service.administration.remove(lena, None, "siv")
        with pytest.raises((SignInRequiredError, NotAMemberError)):
            service.administration.list_colleagues(second, None)


def everything(service: Service, by: Caller, whom: str) -> list:
    administration = service.administration
    settings = RecipientSettings.of(service.world.recipients["0680"])
    return [
        lambda: administration.list_colleagues(by, None),
        lambda: administration.change(by, None, whom, Role.READER, "Prov"),
        lambda: administration.remove(by, None, whom),
        lambda: administration.sign_out.colleague(by, None, whom),
        lambda: administration.invite(by, None, BO, "Bo", Role.READER),
        lambda: administration.read_settings(by, None),
        lambda: administration.change_settings(by, None, settings),
    ]


class TestRemovalAndChange:
    def test_leave_a_line_that_says_what_was_done_with_whom_and_by_whom(self, service: Service, lena: Caller) -> None:
        # given
        bo = invite(service, lena)
        # when
        service.administration.change(lena, None, bo, Role.READER, "Bo", sure=True)
        service.administration.remove(lena, None, bo, sure=True)
        # then
        assert [(one.kind, one.recipient_name, one.person, one.by) for one in service.world.roster_lines] == [
            (kind, "Jönköping", bo, "lena") for kind in (RosterKind.INVITED, RosterKind.CHANGED, RosterKind.REMOVED)
        ]

    def test_answers_with_when_she_was_here_and_when_her_access_ends(self, service: Service, lena: Caller) -> None:
        # given somebody who was invited a day before she came
        bo = invite(service, lena)
        service.world.passes(days=1)
        service.list_deliveries(Caller(bo, service.world.at), None, None, None, 25)
        # when
        changed = service.administration.change(
            Caller("lena", service.world.at), None, bo, Role.READER, "Bo Prov", sure=True
        )
        # then
        assert (changed.last_seen_on, changed.ends_on) == (date(2026, 11, 23), date(2027, 2, 21))

    def test_takes_access_sessions_and_account_of_whoever_has_no_place_left(
        self, service: Service, lena: Caller
    ) -> None:
        # given
        bo = invite(service, lena)
        service.world.passes(minutes=5)
        # when
        service.administration.remove(lena, None, bo, sure=True)
        # then
        person = service.world.members.person(bo)
        assert (person.memberships, person.signed_out_at) == ((), service.world.at)
        assert not service.world.accounts_kept[BO].enabled
        assert service.world.accounts_kept[BO].sign_outs == 1

    def test_leaves_the_sessions_of_whoever_works_elsewhere_too(self, service: Service, lena: Caller) -> None:
        # given
        eva = service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        bo = invite(service, lena)
        invite(service, eva)
        # when
        service.administration.remove(lena, None, bo, sure=True)
        # then
        assert [one.recipient for one in service.world.members.person(bo).memberships] == ["1280"]
        assert service.world.accounts_kept[BO].enabled
        assert bo not in service.world.signed_out

    def test_frees_what_was_held(self, service: Service, lena: Caller) -> None:
        # given
        service.accepted("0680")
        service.work()
        bo = invite(service, lena)
        number = next(number for _, number in service.world.deliveries)
        service.mailbox.claim(Caller(bo, service.world.at), None, number)
        # when
        service.administration.remove(lena, None, bo, sure=True)
        # then
        assert service.mailbox.claim(lena, None, number).handler == "lena"

    def test_finishes_at_a_repeat_what_a_crash_left_undone(self, service: Service, lena: Caller) -> None:
        # given
        bo = invite(service, lena)
        service.world.fails("accounts.close", NotConfirmedError())
        with pytest.raises(NotConfirmedError):
            service.administration.remove(lena, None, bo, sure=True)
        assert service.world.accounts_kept[BO].enabled
        # when
        with pytest.raises(MemberNotFoundError):
            service.administration.remove(lena, None, bo, sure=True)
        # then
        assert not service.world.accounts_kept[BO].enabled

    def test_keeps_the_account_of_whoever_is_invited_at_the_same_instant(self, service: Service, lena: Caller) -> None:
        # given: she is invited in Malmö between the removal's look and its closing of the account
        eva = service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        bo = invite(service, lena)
        close = service.world.accounts.close

        def invited_first(person: str) -> None:
            invite(service, eva)
            close(person)

        service.world.accounts.close = invited_first  # type: ignore[method-assign]
        # when
        service.administration.remove(lena, None, bo, sure=True)
        # then
        assert service.world.members.person(bo).memberships
        assert service.world.accounts_kept[BO].enabled

    def test_never_takes_the_last_administrator_however_sure_one_is(self, service: Service, lena: Caller) -> None:
        service.hire("bo", "0680")
        service.hire("ida", "0680")
        with pytest.raises(LastAdministratorError):
            service.administration.remove(lena, None, "lena", sure=True)
        with pytest.raises(LastAdministratorError):
            service.administration.change(lena, None, "lena", Role.READER, "Lena", sure=True)
        service.administration.change(lena, None, "bo", Role.LOCAL_ADMINISTRATOR, "Bo")
        service.administration.remove(lena, None, "lena", sure=True)
        assert set(service.world.rosters["0680"].members) == {"bo", "ida"}

    def test_asks_before_one_alone_reads_or_may_call(self, service: Service, lena: Caller) -> None:
        bo = invite(service, lena)
        with pytest.raises(ConfirmationNeededError) as asked:
            service.administration.remove(lena, None, bo)
        assert asked.value.shortages == ("fewerThanTwo", "lastReader")
        with pytest.raises(ConfirmationNeededError) as asked:
            service.administration.change(lena, None, bo, Role.READER, "Bo")
        assert asked.value.shortages == ("fewerThanTwo",)
        assert not service.administration.list_colleagues(lena, None).shortages
        service.administration.change(lena, None, bo, Role.READER, "Bo", sure=True)
        assert service.administration.list_colleagues(lena, None).shortages == ("fewerThanTwo",)
        # what is short already is not asked about again
        service.administration.change(lena, None, bo, Role.READER, "Bo P")

    def test_what_changes_nothing_leaves_no_line(self, service: Service, lena: Caller) -> None:
        bo = invite(service, lena)
        service.administration.change(lena, None, bo, Role.CASE_WORKER, "Bo Prov")
        assert [one.kind for one in service.world.roster_lines] == [RosterKind.INVITED]

    def test_of_two_who_demote_each_other_at_the_same_instant_one_stays(self, service: Service, lena: Caller) -> None:
        # given
        siv = service.hire("siv", "0680", role=Role.LOCAL_ADMINISTRATOR)
        service.hire("bo", "0680")
        commit = service.world.staff.commit
        waiting = [lambda: service.administration.change(siv, None, "lena", Role.READER, "Lena", sure=True)]

        def other_first(change: RosterChange) -> None:
            if waiting:
                waiting.pop()()
            commit(change)

        service.world.staff.commit = other_first  # type: ignore[method-assign]
        # when
        with pytest.raises(LastAdministratorError):
            service.administration.change(lena, None, "siv", Role.READER, "Siv", sure=True)
        # then
        assert service.world.rosters["0680"].administrators == 1

    def test_gives_up_where_others_are_always_faster(self, service: Service, lena: Caller) -> None:
        for _ in range(8):
            service.world.fails("staff.commit", RosterChangedError())
        with pytest.raises(NotConfirmedError):
            invite(service, lena)


class TestSessions:
    def test_end_everywhere_at_once_and_begin_anew(self, service: Service, lena: Caller) -> None:
        # given
        bo = invite(service, lena)
        caller = Caller(bo, service.world.at)
        service.world.passes(minutes=1)
        # when
        service.administration.sign_out.myself(caller)
        # then
        for attempt in (
            lambda: service.mailbox.introduce(caller),
            lambda: service.list_deliveries(caller, None, None, None, 25),
            lambda: service.administration.sign_out.myself(caller),
        ):
            with pytest.raises(SignInRequiredError):
                attempt()
        assert service.world.accounts_kept[BO].sign_outs == 1
        service.world.passes(seconds=1)
        assert service.mailbox.introduce(Caller(bo, service.world.at)).id == bo

    def test_of_a_colleague_are_ended_by_who_leads(self, service: Service, lena: Caller) -> None:
        bo = invite(service, lena)
        service.administration.sign_out.colleague(lena, None, bo)
        with pytest.raises(SignInRequiredError):
            service.mailbox.introduce(Caller(bo, service.world.at))
        assert service.mailbox.introduce(lena).id == "lena"

    def test_are_over_in_our_own_rows_even_where_the_pool_does_not_answer(self, service: Service, lena: Caller) -> None:
        service.world.fails("accounts.sign_out", NotConfirmedError())
        with pytest.raises(NotConfirmedError):
            service.administration.sign_out.myself(lena)
        with pytest.raises(SignInRequiredError):
            service.mailbox.introduce(lena)


class TestLastSeen:
    def test_is_noted_when_the_room_is_entered_and_shown_to_who_leads(self, service: Service, lena: Caller) -> None:
        # given
        bo = invite(service, lena)
        assert service.administration.list_colleagues(lena, None).lines[0].last_seen_on is None
        # when
        service.list_deliveries(Caller(bo, service.world.at), None, None, None, 25)
        # then
        line = next(one for one in service.administration.list_colleagues(lena, None).lines if one.member.id == bo)
        assert line.last_seen_on == date(2026, 11, 22)
        assert line.ends_on == date(2027, 2, 20)

    def test_keeps_nobody_from_a_letter_when_it_cannot_be_noted(self, service: Service, lena: Caller) -> None:
        service.world.fails("room.seen", NotConfirmedError())
        assert service.list_deliveries(lena, None, None, None, 25).lines == ()
        assert service.world.days == {}


class TestUnusedAccess:
    def day(self, service: Service, lena: Caller | None = None) -> tuple[list[str], list[str]]:
        """Let a day pass, on which lena comes, and do the day's round."""
        service.world.passes(days=1)
        if lena:
            service.list_deliveries(Caller(lena.person, service.world.at), None, None, None, 25)
        report = service.end_unused_access()
        return [person for _, person in report.warned], [person for _, person in report.ended]

    def test_is_warned_of_once_and_ends_by_itself(self, service: Service, lena: Caller) -> None:
        # given
        bo = invite(service, lena)
        # when
        days = [self.day(service, lena) for _ in range(100)]
        # then
        assert [(number, *done) for number, done in enumerate(days, 1) if any(done)] == [
            (76, [bo], []),
            (90, [], [bo]),
        ]
        assert not service.world.members.person(bo).memberships
        assert not service.world.accounts_kept[BO].enabled
        assert [one.kind for one in service.world.roster_lines] == [
            RosterKind.INVITED,
            RosterKind.WARNED,
            RosterKind.ENDED,
        ]
        assert service.world.roster_lines[-1].by is None
        service.work()
        assert not service.world.mails

    def test_is_told_by_a_mail_that_says_nothing_of_anybody_else(self, service: Service, lena: Caller) -> None:
        # given
        invite(service, lena)
        for _ in range(76):
            self.day(service, lena)
        # when
        service.work()
        # then
        (mail,) = service.world.mails
        assert (mail.to, mail.tags["kind"]) == (BO, "access-unused")
        assert "två veckor" in mail.subject

    def test_begins_anew_for_whoever_comes(self, service: Service, lena: Caller) -> None:
        bo = invite(service, lena)
        for _ in range(80):
            self.day(service, lena)
        service.list_deliveries(Caller(bo, service.world.at), None, None, None, 25)
        days = [self.day(service, lena) for _ in range(75)]
        assert not any(ended for _, ended in days)
        assert self.day(service, lena) == ([bo], [])

    def test_of_the_last_administrator_never_ends_and_is_counted(self, service: Service, lena: Caller) -> None:
        # given
        siv = service.hire("siv", "0680", role=Role.LOCAL_ADMINISTRATOR)
        # when neither of the two comes
        days = [self.day(service) for _ in range(120)]
        # then one goes, the other stays and is told of to SKR
        assert [person for _, ended in days for person in ended] == ["lena"]
        assert service.world.roster_lines[-1].recipient_name == "Jönköping"
        assert service.end_unused_access().withheld == [("0680", "siv")]
        assert set(service.world.rosters["0680"].members) == {"siv"}
        assert service.world.access_gauged[-1] == (0, 0, 1, 0)
        assert service.world.members.person(siv.person).memberships
        (line,) = service.administration.list_colleagues(siv, None).lines
        assert line.ends_on is None

    def test_of_the_only_administrator_is_not_even_threatened_with(self, service: Service, lena: Caller) -> None:
        days = [self.day(service) for _ in range(120)]
        assert not any(warned or ended for warned, ended in days)
        assert service.world.access_gauged[74:77] == [(0, 0, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0)]
        assert lena.person in service.world.rosters["0680"].members

    def test_at_one_recipient_leaves_that_at_another(self, service: Service, lena: Caller) -> None:
        # given
        eva = service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        bo = invite(service, lena)
        invite(service, eva)
        # when bo comes to Malmö only
        for _ in range(100):
            service.world.passes(days=1)
            for caller in (lena, eva):
                service.list_deliveries(Caller(caller.person, service.world.at), None, None, None, 25)
            service.list_deliveries(
                Caller(bo, service.world.at), "1280", None, None, 25
            ) if service.world.members.person(bo).place("1280") else None
            service.end_unused_access()
        # then
        assert [one.recipient for one in service.world.members.person(bo).memberships] == ["1280"]
        assert service.world.accounts_kept[BO].enabled

    def test_of_one_recipient_that_fails_does_not_keep_the_others(self, service: Service) -> None:
        # given
        service.hire("carin", "0180", role=Role.LOCAL_ADMINISTRATOR)
        service.hire("dan", "0180")
        service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)
        service.hire("fia", "1280")
        service.world.passes(days=76)
        service.world.fails("staff.roster", NotConfirmedError())
        # when
        report = service.end_unused_access()
        # then
        assert report.failed == ["0180"]
        assert [person for _, person in report.warned] == ["fia"]
        assert service.world.access_gauged == [(1, 0, 1, 1)]

    def test_is_judged_anew_when_somebody_came_meanwhile(self, service: Service, lena: Caller) -> None:
        # given
        bo = invite(service, lena)
        for _ in range(89):
            self.day(service, lena)
        service.world.passes(days=1)
        looked = service.world.staff.last_seen
        came = iter([lambda: None, lambda: service.world.days.update({("0680", bo): date(2027, 2, 20)})])

        def last_seen(recipient: str) -> object:
            if recipient == "0680":
                next(came, lambda: None)()
            return looked(recipient)

        service.world.staff.last_seen = last_seen  # type: ignore[method-assign,assignment]
        # when
        report = service.end_unused_access()
        # then
        assert report.ended == []
        assert service.world.members.person(bo).memberships


class TestSettings:
    def test_are_read_and_changed_as_a_whole_and_change_nothing_else(self, service: Service, lena: Caller) -> None:
        # given
        before = service.world.recipients["0680"]
        wanted = replace(
            service.administration.read_settings(lena, None),
            closing_time=time(15, 0),
            assignments=frozenset({Assignment.JOURHEM}),
            retention=Retention(30, 12),
        )
        # when
        service.administration.change_settings(lena, None, wanted)
        # then
        assert service.administration.read_settings(lena, None) == wanted
        after = service.world.recipients["0680"]
        assert wanted.over(before) == after
        assert after.membership_version == before.membership_version

    def test_of_a_closed_recipient_are_nobody_s(self, service: Service, lena: Caller) -> None:
        settings = service.administration.read_settings(lena, None)
        service.world.recipients["0680"] = replace(service.world.recipients["0680"], state=RecipientState.CLOSED)
        with pytest.raises(RecipientClosedError):
            service.administration.read_settings(lena, None)
        with pytest.raises(RecipientClosedError):
            service.administration.change_settings(lena, None, settings)

    def test_with_a_fault_change_nothing(self, service: Service, lena: Caller) -> None:
        settings = replace(service.administration.read_settings(lena, None), assignments=frozenset())
        with pytest.raises(InvalidAnswersError):
            service.administration.change_settings(lena, None, settings)
        assert service.world.recipients["0680"].assignments

    def test_that_change_while_an_application_is_on_its_way_do_not_refuse_it(
        self, service: Service, lena: Caller
    ) -> None:
        # given: it no longer recruits at the very moment between the look and the commit
        accept = service.world.intake.accept
        fewer = replace(
            service.administration.read_settings(lena, None), assignments=frozenset({Assignment.KONTAKTPERSON})
        )

        def changed_first(sealed: object) -> None:
            service.administration.change_settings(lena, None, fewer)
            accept(sealed)  # type: ignore[arg-type]

        service.world.intake.accept = changed_first  # type: ignore[method-assign]
        # when
        submitted = service.accepted("0680")
        # then
        assert [one.recipient for one in submitted.receipt.promises] == ["0680"]


class Town(RuleBasedStateMachine):
    """Two administrators of two recipients who invite, change, remove, and people who come or stay away."""

    people = st.sampled_from(["anna", "bo", "carin", "dan", "lena", "eva"])
    leaders = st.sampled_from([("lena", "0680"), ("eva", "1280"), ("anna", "0680"), ("bo", "1280")])
    roles = st.sampled_from(list(Role))

    @initialize()
    def begin(self) -> None:
        self.service = Service()
        self.world = self.service.world
        self.ids: dict[str, str] = {"lena": "lena", "eva": "eva"}
        self.service.hire("lena", "0680", role=Role.LOCAL_ADMINISTRATOR)
        self.service.hire("eva", "1280", role=Role.LOCAL_ADMINISTRATOR)

    def caller(self, name: str) -> Caller:
        return Caller(self.ids.get(name, name), self.world.at)

    def attempt(self, deed: object) -> None:
        try:
            deed()  # type: ignore[operator]
        except FamiljehemError:
            return

    @rule(leader=leaders, whom=people, role=roles)
    def invites(self, leader: tuple[str, str], whom: str, role: Role) -> None:
        by, recipient = leader
        self.attempt(
            lambda: self.ids.__setitem__(
                whom,
                self.service.administration.invite(
                    self.caller(by), recipient, f"{whom}@prov.example", whom, role
                ).member.id,
            )
        )

    @rule(leader=leaders, whom=people, role=roles, sure=st.booleans())
    def changes(self, leader: tuple[str, str], whom: str, role: Role, sure: bool) -> None:
        by, recipient = leader
        person = self.ids.get(whom, whom)
        administration = self.service.administration
        self.attempt(lambda: administration.change(self.caller(by), recipient, person, role, whom, sure=sure))

    @rule(leader=leaders, whom=people, sure=st.booleans())
    def removes(self, leader: tuple[str, str], whom: str, sure: bool) -> None:
        by, recipient = leader
        administration = self.service.administration
        self.attempt(lambda: administration.remove(self.caller(by), recipient, self.ids.get(whom, whom), sure=sure))

    @rule(who=people, recipient=st.sampled_from(["0680", "1280"]))
    def comes(self, who: str, recipient: str) -> None:
        self.attempt(lambda: self.service.list_deliveries(self.caller(who), recipient, None, None, 25))

    @rule(days=st.integers(1, 80))
    def time_passes(self, days: int) -> None:
        for _ in range(days):
            self.world.passes(days=1)
        self.service.end_unused_access()

    @rule()
    def fails_once(self) -> None:
        self.world.fails("staff.commit", RosterChangedError())

    @invariant()
    def every_recipient_keeps_an_administrator(self) -> None:
        for recipient in ("0680", "1280"):
            assert self.world.rosters[recipient].administrators >= 1

    @invariant()
    def both_mirrors_say_the_same(self) -> None:
        rostered = {
            (person, recipient): one.role
            for recipient, roster in self.world.rosters.items()
            for person, one in roster.members.items()
        }
        assert rostered == {place: one.role for place, one in self.world.memberships.items()}

    @invariant()
    def an_account_is_open_while_its_holder_has_a_place(self) -> None:
        places = {person for person, _ in self.world.memberships}
        for kept in self.world.accounts_kept.values():
            assert kept.enabled == (kept.person in places)

    @invariant()
    def nobody_lost_access_by_herself_without_a_fortnight_s_notice(self) -> None:
        lines = self.world.roster_lines
        for index, line in enumerate(lines):
            if line.kind is RosterKind.ENDED:
                before = [
                    one
                    for one in lines[:index]
                    if one.person == line.person and one.before.recipient == line.before.recipient
                ]
                warned = max(one.at for one in before if one.kind is RosterKind.WARNED)
                assert line.at - warned >= timedelta(days=14)


TestTown = Town.TestCase
TestTown.settings = hypothesis_settings(stateful_step_count=25)
