"""The port suite of search: by what a recipient's letters are found, and what is noted of those that are not yet."""

import pytest

from familjehem.domain.delivery import Reader
from familjehem.domain.errors import LetterUnreadableError
from familjehem.domain.membership import AccessKind
from familjehem.domain.outbox import ErasureTask
from familjehem.ports import ToSearch
from tests.adapters import families, test_ports
from tests.adapters.houses import at
from tests.memory.house import MemoryHouse

ANNA, BO = "name:anna", "name:bo"


def indexed(room, number, *terms):
    """Let a letter be found by terms, whatever was noted of it."""
    delivery = room.deliveries([number]).get(number)
    room.index([ToSearch(number=number, mark=room.unsearched(9)[number], delivery=delivery, terms=frozenset(terms))])


def found(room, *terms):
    return {term: sorted(letters) for term, letters in room.found_by(terms).items() if letters}


def test_a_letter_that_came_is_noted_and_found_once_it_was_looked_at(house):
    one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
    first, second = families.delivered(house, one, at(13)), families.delivered(house, one, at(14))
    room = house.tenancy.room(one.id)
    assert set(room.unsearched(9)) == {first, second}
    assert list(room.unsearched(1)) == [first]
    assert list(room.unsearched(9, first)) == [second]
    assert room.unsearched(9, second) == {}
    assert found(room, ANNA) == {}

    indexed(room, first, ANNA, BO)
    indexed(room, second, ANNA)

    assert room.found_by([ANNA, BO, "name:carin"]) == {
        ANNA: {first: at(13), second: at(14)},
        BO: {first: at(13)},
        "name:carin": {},
    }
    assert room.unsearched(9) == {}
    assert found(house.tenancy.room(other.id), ANNA) == {}


def test_a_session_taken_later_finds_with_the_same_key(house):
    one = families.recipient(house)
    number = families.delivered(house, one)
    indexed(house.tenancy.room(one.id), number, ANNA)

    house.tenancy.__dict__.get("_rooms", {}).clear()

    assert found(house.tenancy.room(one.id), ANNA) == {ANNA: [number]}


def test_a_supplement_notes_the_letter_anew_and_what_it_was_found_by_gives_way(house):
    one = families.recipient(house)
    number = families.delivered(house, one)
    room = house.tenancy.room(one.id)
    indexed(room, number, ANNA)
    families.supplemented(house, families.reference_of(number), come=at(14))

    assert set(room.unsearched(9)) == {number}
    indexed(room, number, BO)

    assert found(room, ANNA, BO) == {BO: [number]}


def test_what_came_meanwhile_is_not_taken_for_looked_at(house):
    one = families.recipient(house)
    number = families.delivered(house, one)
    room = house.tenancy.room(one.id)
    read = ToSearch(
        number=number, mark=room.unsearched(9)[number], delivery=room.delivery(number), terms=frozenset({ANNA})
    )
    families.supplemented(house, families.reference_of(number), come=at(14))

    room.index([read])

    assert set(room.unsearched(9)) == {number}
    assert found(room, ANNA) == {}


def test_a_letter_that_was_protected_meanwhile_is_not_found(house):
    one = families.recipient(house)
    number = families.delivered(house, one)
    room = house.tenancy.room(one.id)
    before = room.delivery(number)
    mark = room.unsearched(9)[number]
    room.handle(test_ports.TestHandling().handled(before, AccessKind.PROTECT, readers=(Reader("person-1", None),)))

    room.index([ToSearch(number=number, mark=mark, delivery=before, terms=frozenset({ANNA}))])

    assert found(room, ANNA) == {}
    assert room.unsearched(9)[number] != mark


def test_a_protection_that_begins_or_ends_is_noted_and_one_that_stays_is_not(house):
    one = families.recipient(house)
    number = families.delivered(house, one)
    room = house.tenancy.room(one.id)
    indexed(room, number, ANNA)

    def names(*readers):
        named = tuple(Reader(each, None) for each in readers)
        room.handle(test_ports.TestHandling().handled(room.delivery(number), AccessKind.PROTECT, readers=named))
        return set(room.unsearched(9))

    assert names("person-1") == {number}
    indexed(room, number)
    assert found(room, ANNA) == {}
    assert names("person-1", "person-2") == set()
    assert names() == {number}


def test_what_is_not_there_to_be_read_loses_its_note_and_what_it_was_found_by(house):
    one = families.recipient(house)
    number = families.delivered(house, one)
    room = house.tenancy.room(one.id)
    indexed(room, number, ANNA)
    families.supplemented(house, families.reference_of(number), come=at(14))
    mark = room.unsearched(9)[number]

    room.index([ToSearch(number=number, mark=mark, delivery=None)])

    assert (room.unsearched(9), found(room, ANNA)) == ({}, {})


def test_an_erased_letter_is_found_by_nothing_and_cannot_come_back(house):
    one = families.recipient(house)
    number, kept = families.delivered(house, one), families.delivered(house, one)
    room = house.tenancy.room(one.id)
    indexed(room, number, ANNA, BO)
    indexed(room, kept, ANNA)
    read = room.delivery(number)
    families.supplemented(house, families.reference_of(number), come=at(14))
    mark = room.unsearched(9)[number]
    task = test_ports.TestErasure().decided(house, one, number)

    room.index([ToSearch(number=number, mark=mark, delivery=read, terms=frozenset({ANNA}))])
    house.disposals.destroy(house.disposals.condemned(task), at(16))
    for _ in range(2):
        house.disposals.forget(task)
    room.index([ToSearch(number=number, mark=mark, delivery=read, terms=frozenset({ANNA}))])

    assert found(room, ANNA, BO) == {ANNA: [kept]}
    assert room.unsearched(9) == {}


def test_forgetting_a_letter_that_was_never_looked_at_takes_its_note(house):
    one = families.recipient(house)
    number = families.delivered(house, one)

    house.disposals.forget(ErasureTask(one.id, number))

    assert house.tenancy.room(one.id).unsearched(9) == {}


def test_only_readable_deliveries_are_given_by_number(house):
    one, other = families.recipient(house, "0680"), families.recipient(house, "0180")
    number, elsewhere = families.delivered(house, one), families.delivered(house, other)
    queued = families.accepted(house, one).deliveries[0].delivery.number
    room = house.tenancy.room(one.id)

    assert set(room.deliveries([number, elsewhere, queued, "NONE", "#", ""])) == {number}
    assert room.deliveries([number])[number] == room.delivery(number)
    assert room.deliveries([]) == {}


def test_searches_are_counted_by_person_and_hour(house):
    one = families.recipient(house)
    room = house.tenancy.room(one.id)

    assert [room.may_search("anna", at(12, minute), 2) for minute in (0, 30, 59)] == [True, True, False]
    assert room.may_search("bo", at(12, 59), 2)
    assert [room.may_search("anna", at(13, minute), 2) for minute in (0, 1, 2)] == [True, True, False]
    # and: a slow one of the hour before counts in this one
    assert room.may_search("bo", at(13), 2)
    assert [room.may_search("bo", at(12, 59), 2) for _ in range(2)] == [True, False]


class TestOnAws:
    """What lies in the tables, and under which key."""

    def test_of_two_first_searches_of_an_hour_both_are_counted(self):
        house = MemoryHouse()
        one = families.recipient(house)
        room = house.tenancy.room(one.id)
        database, update, raced = room._search._database, room._search._database.update, []

        def slower(*asked):
            # The other begins the hour between the two steps of this one.
            if not raced and asked[2].startswith("SET"):
                raced.append(update(*asked))
            return update(*asked)

        database.update = slower
        assert room.may_search("anna", at(12), 9)
        assert raced == [True]
        assert [room.may_search("anna", at(12), 3) for _ in range(2)] == [True, False]

    def test_rows_tell_nothing_of_what_a_letter_is_found_by(self, aws_house):
        one = families.recipient(aws_house)
        number = families.delivered(aws_house, one)
        indexed(aws_house.tenancy.room(one.id), number, ANNA, "number:191212121212")

        rows = [row for name in ("main", "wraps") for row in self.rows(aws_house, name) if "SEARCH" in row["pk"]]

        assert len(rows) == 4
        assert "anna" not in str(rows).lower()
        assert "191212121212" not in str(rows)

    def test_two_recipients_have_different_tokens_for_the_same_name(self, aws_house):
        tokens = []
        for identifier in ("0680", "0180"):
            one = families.recipient(aws_house, identifier)
            indexed(aws_house.tenancy.room(one.id), families.delivered(aws_house, one), ANNA)
            tokens += [
                row["pk"].split("#")[2]
                for row in self.rows(aws_house, "main")
                if row["pk"].startswith(f"SEARCH#{identifier}#")
            ]
        assert len(set(tokens)) == 2

    def test_of_two_sessions_that_make_the_first_key_one_stays(self, aws_house, monkeypatch):
        one = families.recipient(aws_house)
        numbers = [families.delivered(aws_house, one) for _ in range(2)]
        first = aws_house.tenancy.room(one.id)
        aws_house.tenancy.__dict__["_rooms"].clear()
        second = aws_house.tenancy.room(one.id)
        # The second looks before the first has made its key.
        monkeypatch.setattr(second, "_key_to_search", lambda: None if second._search_key is None else b"")
        indexed(first, numbers[0], ANNA)
        monkeypatch.undo()

        second._made_to_search(numbers[1:])
        indexed(second, numbers[1], ANNA)

        assert found(first, ANNA) == found(second, ANNA) == {ANNA: sorted(numbers)}

    def test_without_the_recipients_key_nothing_is_found_and_it_is_told(self):
        house = MemoryHouse()
        one = families.recipient(house)
        indexed(house.tenancy.room(one.id), families.delivered(house, one), ANNA)
        house.kms.disable_key(KeyId=one.key_arn)
        house.tenancy.__dict__["_rooms"].clear()

        with pytest.raises(LetterUnreadableError):
            house.tenancy.room(one.id).found_by([ANNA])

    def rows(self, house, table):
        return house.cloud.resource.Table(getattr(house.cloud.tables, table)).scan()["Items"]
