"""Who has access, what must never become of a roster, and when unused access ends."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.errors import (
    AlreadyMemberError,
    FamiljehemError,
    InvalidAnswersError,
    LastAdministratorError,
    MemberNotFoundError,
)
from familjehem.domain.membership import Role
from familjehem.domain.roster import MOST_MEMBERS, NOTICE, UNUSED, Member, Roster, Shortage
from familjehem.domain.staff_address import staff_address

INVITED = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
DAY = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda days: DAY + timedelta(days=days))
PEOPLE = st.sampled_from(["anna", "bo", "carin", "dan"])
ROLES = st.sampled_from(list(Role))


def member(person: str = "anna", role: Role = Role.CASE_WORKER, **changes: object) -> Member:
    made = Member(id=person, email=f"{person}@prov.example", name=person.title(), role=role, invited_at=INVITED)
    return replace(made, **changes)  # type: ignore[arg-type]


def roster(**roles: Role) -> Roster:
    return Roster("0680", 0, {person: member(person, role) for person, role in roles.items()})


class TestRoster:
    def test_counts_every_change(self) -> None:
        first = Roster("0680", 0, {}).invited(member("anna", Role.LOCAL_ADMINISTRATOR))
        second = first.invited(member("bo")).changed("bo", Role.READER, "Bo Prov").warned("bo", DAY).removed("bo")
        assert (first.version, second.version) == (1, 5)
        assert set(second.members) == {"anna"}

    def test_takes_nobody_twice_and_nobody_who_is_not_there(self) -> None:
        found = roster(anna=Role.LOCAL_ADMINISTRATOR)
        with pytest.raises(AlreadyMemberError):
            found.invited(member("anna"))
        for change in (
            lambda: found.changed("bo", Role.READER, "Bo"),
            lambda: found.removed("bo"),
            lambda: found.warned("bo", DAY),
        ):
            with pytest.raises(MemberNotFoundError):
                change()

    def test_knows_an_address_however_it_is_written(self) -> None:
        assert roster(anna=Role.READER).has_address("Anna@PROV.example")
        assert not roster(anna=Role.READER).has_address("bo@prov.example")

    def test_is_never_left_without_a_local_administrator(self) -> None:
        alone = roster(anna=Role.LOCAL_ADMINISTRATOR, bo=Role.CASE_WORKER)
        with pytest.raises(LastAdministratorError):
            alone.removed("anna")
        for role in (Role.CASE_WORKER, Role.READER):
            with pytest.raises(LastAdministratorError):
                alone.changed("anna", role, "Anna")
        # another name is no other role, and with two of them one may go
        assert alone.changed("anna", Role.LOCAL_ADMINISTRATOR, "Anna P").members["anna"].name == "Anna P"
        two = alone.changed("bo", Role.LOCAL_ADMINISTRATOR, "Bo")
        assert set(two.removed("anna").members) == {"bo"}

    def test_tells_that_there_are_few(self) -> None:
        leader = Role.LOCAL_ADMINISTRATOR
        assert roster(a=leader).shortages == {Shortage.LAST_READER, Shortage.FEWER_THAN_TWO}
        assert roster(a=leader, b=Role.READER, c=Role.READER).shortages == {Shortage.FEWER_THAN_TWO}
        assert roster(a=leader, b=Role.CASE_WORKER).shortages == set()

    def test_has_an_end(self) -> None:
        full = Roster("0680", 0, {f"p{n}": member(f"p{n}") for n in range(MOST_MEMBERS)})
        with pytest.raises(InvalidAnswersError):
            full.invited(member("anna"))
        assert len(full.removed("p0").invited(member("anna")).members) == MOST_MEMBERS

    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("invited"), PEOPLE, ROLES),
                st.tuples(st.just("changed"), PEOPLE, ROLES),
                st.tuples(st.just("removed"), PEOPLE, ROLES),
                st.tuples(st.just("warned"), PEOPLE, ROLES),
            )
        )
    )
    def test_no_order_of_changes_leaves_it_without_a_local_administrator(
        self, changes: list[tuple[str, str, Role]]
    ) -> None:
        found = roster(lena=Role.LOCAL_ADMINISTRATOR)
        for kind, person, role in changes:
            try:
                match kind:
                    case "invited":
                        found = found.invited(member(person, role))
                    case "changed":
                        found = found.changed(person, role, person)
                    case "removed":
                        found = found.removed(person)
                    case _:
                        found = found.warned(person, DAY)
            except FamiljehemError:
                continue
            assert found.administrators >= 1


class TestUnusedAccess:
    def test_is_warned_of_after_76_days_and_ends_after_90(self) -> None:
        one = member()
        assert not one.to_warn(None, DAY + timedelta(days=75))
        assert one.to_warn(None, DAY + timedelta(days=76))
        warned = replace(one, warned_on=DAY + timedelta(days=76))
        assert not warned.to_warn(None, DAY + timedelta(days=89))
        assert not warned.to_end(None, DAY + timedelta(days=89))
        assert warned.to_end(None, DAY + timedelta(days=90))

    def test_never_ends_unwarned_and_gives_fourteen_days_however_late_the_warning_is(self) -> None:
        assert not member().to_end(None, DAY + timedelta(days=365))
        late = member(warned_on=DAY + timedelta(days=200))
        assert late.ends_on(None) == DAY + timedelta(days=214)
        assert not late.to_end(None, DAY + timedelta(days=213))

    def test_whoever_comes_begins_anew(self) -> None:
        warned = member(warned_on=DAY + timedelta(days=76))
        came = DAY + timedelta(days=80)
        assert warned.ends_on(came) == came + UNUSED
        assert not warned.to_end(came, DAY + timedelta(days=100))
        assert warned.to_warn(came, came + UNUSED - NOTICE)

    @given(invited=DAYS, seen=st.none() | DAYS, warned=st.none() | DAYS, today=DAYS)
    def test_ends_only_after_ninety_days_away_and_fourteen_of_notice(
        self, invited: date, seen: date | None, warned: date | None, today: date
    ) -> None:
        at = datetime(invited.year, invited.month, invited.day, 12, 0, tzinfo=UTC)
        one = member(invited_at=at, warned_on=warned)
        if one.to_end(seen, today):
            assert warned is not None
            assert warned > max(seen or invited, invited)
            assert today - warned >= NOTICE
            assert today - max(seen or invited, invited) >= UNUSED
            assert today >= one.ends_on(seen)
        # who is warned is not warned again, and nobody is both
        assert not (one.to_warn(seen, today) and one.to_end(seen, today))


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Anna.Prov@Jonkoping.Example", "anna.prov@jonkoping.example"),
        (" bo@prov.example ", "bo@prov.example"),
        ("anna.familjehem@prov.example", "anna.familjehem@prov.example"),
        ("information@prov.example", "information@prov.example"),
    ],
)
def test_a_personal_address_is_taken_in_small_letters(written: str, address: str) -> None:
    assert staff_address(written, "familjehem@prov.example") == address


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("anna", "invalidEmail"),
        ("anna@localhost", "invalidEmail"),
        ("Familjehem@prov.example", "notPersonal"),
        ("familjehem.jonkoping@annan.example", "notPersonal"),
        ("info@prov.example", "notPersonal"),
        ("no-reply@prov.example", "notPersonal"),
        ("registrator+anna@prov.example", "notPersonal"),
        ("VAR.BREVLADA@prov.example", "notPersonal"),
    ],
)
def test_an_address_that_is_none_or_nobody_s_is_refused(written: str, code: str) -> None:
    with pytest.raises(InvalidAnswersError) as refused:
        staff_address(written, "var.brevlada@prov.example" if "VAR" in written else "familjehem@prov.example")
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/email", code)]
