"""The access log as a recipient has it: what stands in it, who reads it, how it is sealed, verified and reviewed."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from familjehem.domain.access_log import Finding, FindingKind
from familjehem.domain.access_review import ReviewFinding
from familjehem.domain.errors import (
    AdministratorsOnlyError,
    DeliveryNotFoundError,
    FieldError,
    InvalidAnswersError,
    KeyReusedError,
    NotAMemberError,
    NotConfirmedError,
)
from familjehem.domain.membership import AccessKind, AccessReason, Caller, Role
from tests.fakes import FakeTenantRoom
from tests.service import ADDRESS, Service


@pytest.fixture
def number(service: Service) -> str:
    service.accepted("0680")
    service.work()
    return next(iter(service.world.deliveries.values())).number


@pytest.fixture
def anna(service: Service) -> Caller:
    service.world.names["anna"] = "Anna Prov"
    return service.hire("anna", "0680")


@pytest.fixture
def boss(service: Service) -> Caller:
    service.world.names["boss"] = "Bo Prov"
    return service.hire("boss", "0680", role=Role.LOCAL_ADMINISTRATOR)


def kinds(service: Service) -> list[AccessKind]:
    return [one.kind for one in service.world.access["0680"]]


class TestLines:
    def test_tell_who_she_was_then_and_why(self, service: Service, anna: Caller, number: str) -> None:
        # when
        service.open_letter(anna, None, number, AccessReason.COVER)
        service.exports.print_compilation(anna, None, number, AccessReason.REQUEST)
        service.hire("anna", "0680", role=Role.READER)
        service.world.names["anna"] = "Anna Nyttnamn"
        service.open_letter(anna, None, number)
        # then
        told = [(one.name, one.role, one.kind, one.reason) for one in service.world.access["0680"]]
        assert told == [
            ("Anna Prov", Role.CASE_WORKER, AccessKind.OPEN, AccessReason.COVER),
            ("Anna Prov", Role.CASE_WORKER, AccessKind.EXPORT, AccessReason.REQUEST),
            ("Anna Nyttnamn", Role.READER, AccessKind.OPEN, AccessReason.WORK),
        ]

    def test_are_read_by_everybody_of_the_recipient_page_by_page(
        self, service: Service, anna: Caller, number: str
    ) -> None:
        # given
        for _ in range(5):
            service.open_letter(anna, None, number)
        rut = service.hire("rut", "0680", role=Role.READER)
        read = service.mailbox.read_access_log
        # when
        first = read(rut, None, None, None, 2)
        second = read(rut, None, None, first.before, 2)
        third = read(rut, None, None, second.before, 2)
        # then: and to read it is no line of it
        pages = [[line.sequence for line in page.lines] for page in (first, second, third)]
        assert pages == [[5, 4], [3, 2], [1]]
        assert third.before is None
        assert kinds(service) == [AccessKind.OPEN] * 5

    @pytest.mark.parametrize("about_one", [False, True])
    def test_are_given_to_the_last_whole_page(
        self, service: Service, anna: Caller, number: str, monkeypatch: pytest.MonkeyPatch, about_one: bool
    ) -> None:
        # given six lines and pages of three
        for _ in range(6):
            service.open_letter(anna, None, number)
        asked: list[int] = []
        for name in ("lines", "trail"):

            def counted(self: object, *arguments: object, _read: object = getattr(FakeTenantRoom, name)) -> object:
                asked.append(arguments[-1])  # type: ignore[arg-type]
                return _read(self, *arguments)  # type: ignore[operator]

            monkeypatch.setattr(FakeTenantRoom, name, counted)
        read, about = service.mailbox.read_access_log, number if about_one else None
        # when
        first = read(anna, None, about, None, 3)
        second = read(anna, None, about, first.before, 3)
        # then
        assert [[line.sequence for line in page.lines] for page in (first, second)] == [[6, 5, 4], [3, 2, 1]]
        assert (first.before, second.before) == (4, None)
        # and no more is read than shows whether there is another page
        assert asked == [4, 4]

    def test_about_one_delivery_are_those_about_it_alone(self, service: Service, anna: Caller, number: str) -> None:
        # given
        service.list_deliveries(anna, None, None, None, 25)
        service.open_letter(anna, None, number)
        service.mailbox.claim(anna, None, number)
        # when
        page = service.mailbox.read_access_log(anna, None, number.lower(), None, 25)
        # then
        assert [(line.sequence, line.entry.kind) for line in page.lines] == [
            (3, AccessKind.CLAIM),
            (2, AccessKind.OPEN),
        ]

    def test_are_nobodys_of_another_recipient(self, service: Service, anna: Caller, number: str) -> None:
        # given
        service.open_letter(anna, None, number)
        eva = service.hire("eva", "1280")
        # then
        assert service.mailbox.read_access_log(eva, None, None, None, 25).lines == ()
        with pytest.raises(DeliveryNotFoundError):
            service.mailbox.read_access_log(eva, None, number, None, 25)
        with pytest.raises(NotAMemberError):
            service.mailbox.read_access_log(eva, "0680", None, None, 25)


class TestMyApplication:
    def test_tells_when_and_by_what_role_it_was_opened_and_never_by_whom(self, service: Service, boss: Caller) -> None:
        # given
        receipt = service.accepted("0680", "1280").receipt
        service.work()
        number = next(one.number for one in receipt.promises if one.recipient == "0680")
        rut = service.hire("rut", "0680", role=Role.READER)
        # when
        service.list_deliveries(boss, None, None, None, 25)
        service.open_letter(rut, None, number)
        service.world.passes(hours=1)
        service.mailbox.claim(boss, None, number)
        service.exports.open_letter(boss, None, number)
        status = service.read_receipt(receipt.reference, receipt.receipt_code, ADDRESS)
        # then
        told = {one.promise.recipient: one.openings for one in status.deliveries}
        at = service.world.at
        assert [(one.at, one.role) for one in told["0680"]] == [
            (at, Role.LOCAL_ADMINISTRATOR),
            (at - timedelta(hours=1), Role.READER),
        ]
        assert told["1280"] == ()
        assert "boss" not in str(status)
        assert "rut" not in str(status)


class TestNights:
    def test_seal_what_was_written_and_find_nothing_amiss(self, service: Service, anna: Caller, number: str) -> None:
        # given
        for _ in range(3):
            service.open_letter(anna, None, number)
        # when
        night = service.keep_access_logs()
        again = service.keep_access_logs()
        service.world.passes(days=1)
        silent = service.keep_access_logs()
        service.open_letter(anna, None, number)
        service.world.passes(days=1)
        later = service.keep_access_logs()
        # then
        recipients = len(service.world.recipients)
        assert [(one.logs, one.sealed, one.failed, one.amiss) for one in (night, again, silent, later)] == [
            (recipients, 1, 0, ()),
            (recipients, 0, 0, ()),
            (recipients, 0, 0, ()),
            (recipients, 1, 0, ()),
        ]
        assert service.world.nights == [(recipients, 0, 0)] * 4
        assert [name for _, name in service.world.digests] == ["2026-11-22", "2026-11-24"]
        verified = service.verify_access_log("0680")
        assert (verified.digests, verified.lines, verified.findings) == (2, 4, ())

    def test_go_on_where_one_log_cannot_be_read(self, service: Service, anna: Caller, number: str) -> None:
        # given
        service.open_letter(anna, None, number)
        service.world.fails("digests.names", NotConfirmedError())
        # when
        night = service.keep_access_logs()
        # then
        assert (night.sealed, night.failed) == (1, 1)
        assert service.world.nights == [(len(service.world.recipients) - 1, 0, 1)]

    def test_find_a_log_that_was_written_anew(self, service: Service, anna: Caller, number: str) -> None:
        # given three sealed lines, of which the second is changed afterwards
        for _ in range(3):
            service.open_letter(anna, None, number)
        service.keep_access_logs()
        changed = replace(service.world.access["0680"][1], person="bo")
        service.world.access["0680"][1] = changed
        # when: in this world hashes are reckoned when they are read, as by somebody who writes the log anew
        service.world.passes(days=1)
        night = service.keep_access_logs()
        # then
        assert [(one.recipient, one.findings) for one in night.amiss] == [
            ("0680", (Finding(FindingKind.LINES_REWRITTEN, 1, 3), Finding(FindingKind.HEAD_CHANGED)))
        ]
        assert service.world.nights[-1][1] == 2

    def test_find_a_tail_that_was_cut_off_where_the_log_says_that_it_ends_before(
        self, service: Service, anna: Caller, number: str
    ) -> None:
        # given
        for _ in range(3):
            service.open_letter(anna, None, number)
        service.keep_access_logs()
        del service.world.access["0680"][1:]
        # then: what the digest covers is gone
        assert service.verify_access_log("0680").findings == (Finding(FindingKind.TAIL_CUT, 2, 3),)
        # and a log that grew again over the same numbers is another
        for _ in range(2):
            service.world.passes(minutes=1)
            service.open_letter(anna, None, number)
        assert service.verify_access_log("0680").findings == (
            Finding(FindingKind.LINES_REWRITTEN, 1, 3),
            Finding(FindingKind.HEAD_CHANGED),
        )

    def test_find_that_nothing_was_sealed_for_two_days(self, service: Service, anna: Caller, number: str) -> None:
        # given
        service.open_letter(anna, None, number)
        # then
        service.world.passes(days=2)
        assert service.verify_access_log("0680").findings == ()
        service.world.passes(seconds=1)
        assert service.verify_access_log("0680").findings == (Finding(FindingKind.NOT_SEALED, 1),)

    def test_find_a_digest_that_was_changed_or_is_missing(self, service: Service, anna: Caller, number: str) -> None:
        # given
        for _ in range(3):
            service.open_letter(anna, None, number)
            service.keep_access_logs()
            service.world.passes(days=1)
        kept = dict(service.world.digests)
        # then
        service.world.digests["0680", "2026-11-23"].append(b"another")
        assert service.verify_access_log("0680").findings == (Finding(FindingKind.DIGEST_CHANGED, digest="2026-11-23"),)
        del service.world.digests["0680", "2026-11-23"]
        assert service.verify_access_log("0680").findings == (Finding(FindingKind.DIGEST_MISSING, 2, 2, "2026-11-24"),)
        # and without a whole one to go on from nothing is sealed that would make it look whole
        service.world.digests = kept | {("0680", "2026-11-24"): [b"{}"]}
        service.open_letter(anna, None, number)
        assert service.seal_access_log("0680") is None
        assert service.verify_access_log("0680").findings == (
            Finding(FindingKind.DIGEST_CHANGED, digest="2026-11-23"),
            Finding(FindingKind.DIGEST_CHANGED, digest="2026-11-24"),
        )

    def test_read_everything_that_was_ever_sealed_within_thirty_of_them(
        self, service: Service, anna: Caller, number: str
    ) -> None:
        # given a hundred days' digests, and one line of an old day changed so that its digest does not fit it any more
        for _ in range(100):
            service.open_letter(anna, None, number)
            service.keep_access_logs()
            service.world.passes(days=1)
        whole = service.world.digests["0680", "2026-12-20"]
        service.world.digests["0680", "2026-12-20"] = [*whole, b"another"]
        # when
        found = set[int]()
        for night in range(30):
            if any(one.findings for one in service.keep_access_logs().amiss):
                found.add(night)
            service.world.passes(days=1)
        # then: its own night, or the one before it
        assert 1 <= len(found) <= 2


class TestReview:
    def test_is_of_a_sample_that_everybody_gets_alike_and_is_kept(
        self, service: Service, anna: Caller, boss: Caller, number: str
    ) -> None:
        # given
        for _ in range(30):
            service.open_letter(anna, None, number)
        review = service.mailbox.review_access_log
        # when
        opened = review(boss, None)
        lines = [line.sequence for line in opened.sample]
        key = uuid4()
        kept = review.reviewed(boss, None, key, lines, ReviewFinding.FOLLOW_UP, "Fråga Anna.")
        again = review.reviewed(boss, None, key, lines, ReviewFinding.FOLLOW_UP, "Fråga Anna.")
        after = review(boss, None)
        # then
        assert len(lines) == 10
        assert opened.reviews == ()
        assert again == kept
        assert (kept.through, kept.person, kept.name) == (30, "boss", "Bo Prov")
        assert after.reviews == (kept,)
        assert after.sample == ()
        assert kinds(service)[30:] == [AccessKind.REVIEW]

    def test_covers_what_came_meanwhile_the_next_time(
        self, service: Service, anna: Caller, boss: Caller, number: str
    ) -> None:
        # given
        for _ in range(12):
            service.open_letter(anna, None, number)
        review = service.mailbox.review_access_log
        lines = [line.sequence for line in review(boss, None).sample]
        # when a letter is opened while she reviews
        service.open_letter(boss, None, number)
        review.reviewed(boss, None, uuid4(), lines, ReviewFinding.NONE, None)
        # then
        assert [line.sequence for line in review(boss, None).sample] == [13]

    def test_takes_no_lines_that_somebody_chose_and_no_key_twice(
        self, service: Service, anna: Caller, boss: Caller, number: str
    ) -> None:
        # given
        for _ in range(30):
            service.open_letter(anna, None, number)
        review, key = service.mailbox.review_access_log, uuid4()
        lines = [line.sequence for line in review(boss, None).sample]
        # then
        with pytest.raises(InvalidAnswersError) as refused:
            review.reviewed(boss, None, key, lines[1:], ReviewFinding.NONE, None)
        assert refused.value.errors == (FieldError("/lines", "notTheSample"),)
        review.reviewed(boss, None, key, lines, ReviewFinding.NONE, None)
        with pytest.raises(KeyReusedError):
            review.reviewed(boss, None, key, lines, ReviewFinding.UNAUTHORISED, None)

    def test_is_due_monthly(self, service: Service, anna: Caller, boss: Caller, number: str) -> None:
        # given
        service.open_letter(anna, None, number)
        review = service.mailbox.review_access_log
        assert not review(boss, None).due
        # then
        service.world.passes(days=30)
        assert review(boss, None).due
        lines = [line.sequence for line in review(boss, None).sample]
        review.reviewed(boss, None, uuid4(), lines, ReviewFinding.NONE, None)
        assert not review(boss, None).due

    def test_and_confirmation_are_the_local_administrators(self, service: Service, anna: Caller) -> None:
        review, confirm = service.mailbox.review_access_log, service.mailbox.confirm_access
        for ask in (
            lambda: review(anna, None),
            lambda: review.reviewed(anna, None, uuid4(), [1], ReviewFinding.NONE, None),
            lambda: confirm(anna, None),
            lambda: confirm.confirmed(anna, None, ["anna"]),
        ):
            with pytest.raises(AdministratorsOnlyError):
                ask()


class TestConfirmation:
    def test_is_of_everybody_who_has_access_and_due_each_quarter(
        self, service: Service, anna: Caller, boss: Caller
    ) -> None:
        # given
        assert anna.person == "anna"
        confirm = service.mailbox.confirm_access
        # when
        before = confirm(boss, None)
        after = confirm.confirmed(boss, None, ["boss", "anna"])
        # then
        assert [(one.id, one.name, one.role) for one in before.persons] == [
            ("anna", "Anna Prov", Role.CASE_WORKER),
            ("boss", "Bo Prov", Role.LOCAL_ADMINISTRATOR),
        ]
        assert (before.confirmed, before.due) == (None, True)
        assert after.confirmed is not None
        assert (after.confirmed.person, after.confirmed.persons, after.due) == ("boss", ("anna", "boss"), False)
        assert after.confirmed.name == "Bo Prov"
        assert [(one.kind, one.at) for one in service.world.access["0680"]] == [(AccessKind.CONFIRM, service.world.at)]
        service.world.passes(days=91)
        assert confirm(boss, None).due

    def test_of_two_recipients_is_of_the_one_that_is_said(self, service: Service) -> None:
        # given
        both, confirm = (
            service.hire("boss", "0680", "1280", role=Role.LOCAL_ADMINISTRATOR),
            service.mailbox.confirm_access,
        )
        # then
        assert [one.id for one in confirm(both, "1280").persons] == ["boss"]
        assert not confirm.confirmed(both, "1280", ["boss"]).due
        assert confirm(both, "0680").due

    @pytest.mark.parametrize("persons", [[], ["boss"], ["anna", "boss", "eva"]])
    def test_of_some_or_of_strangers_is_none(
        self, service: Service, anna: Caller, boss: Caller, persons: list[str]
    ) -> None:
        assert anna.person == "anna"
        with pytest.raises(InvalidAnswersError) as refused:
            service.mailbox.confirm_access.confirmed(boss, None, persons)
        assert refused.value.errors == (FieldError("/persons", "notEverybody"),)
        assert kinds(service) == []
