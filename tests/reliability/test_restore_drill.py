"""The restore drill: what was erased stays so, whatever is restored to whichever moment that can still be had.

Time is simulated, the stores are those of tests/memory under the real adapters. Each hour everything that is stored is kept
aside; how far back each store can be restored is read from the template. Objects have no past of their own, but the drill
lets an operator have kept every version that ever was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from familjehem.adapters.dynamo.outbox import DynamoOutbox
from familjehem.adapters.dynamo.table import Database
from familjehem.domain.delivery import Delivery, DeliveryState, ErasureReason
from familjehem.domain.erasure import IN_EVERY_BACKUP_WITHIN
from familjehem.domain.expiry import Clock
from familjehem.domain.outbox import ErasureTask
from familjehem.domain.purpose import Purpose
from familjehem.usecases.erase_letter import EraseLetter
from familjehem.usecases.honour_erasures import HonourErasures
from familjehem.usecases.keep_house import KeepHouse
from tests.adapters import families
from tests.fakes import World
from tests.memory.cloud import BUCKET
from tests.memory.dynamodb import Table
from tests.memory.house import TABLES, MemoryHouse, described

HOUR = timedelta(hours=1)
BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)
type Objects = dict[str, list[bytes]]


@dataclass
class Drill:
    """A service whose every hour is kept aside."""

    house: MemoryHouse = field(default_factory=MemoryHouse)
    world: World = field(default_factory=lambda: World(at=BEGAN))
    mains: dict[datetime, Table] = field(default_factory=dict[datetime, Table])
    wraps: dict[datetime, Table] = field(default_factory=dict[datetime, Table])
    buckets: list[Objects] = field(default_factory=list[Objects])

    def __post_init__(self) -> None:
        self.cloud = self.house.memory
        self.clock = self.world.clock
        disposals = self.house.disposals
        database = Database(self.house.dynamodb, sleep=lambda _: None)
        erase = EraseLetter(disposals=disposals, shredder=self.house.shredder, clock=self.clock)
        outbox = DynamoOutbox(database, TABLES.main)
        self.keep_house = KeepHouse(outbox=outbox, erase=erase, gauge=self.world.gauge, clock=self.clock)
        self.honour = HonourErasures(disposals=disposals, clock=self.clock)

    def passes(self, hours: int) -> None:
        """Let time pass, and keep what there is at each hour."""
        for _ in range(hours):
            self.keep_aside()
            self.world.at += HOUR

    def keep_aside(self) -> None:
        tables = self.cloud.dynamodb.tables
        self.mains[self.world.at] = tables[TABLES.main].copy()
        self.wraps[self.world.at] = tables[TABLES.wraps].copy()
        objects = {key: list(each) for key, each in self.cloud.s3.buckets[BUCKET].items() if each}
        if objects not in self.buckets:
            self.buckets.append(objects)

    def restorable(self, table: str, kept: dict[datetime, Table]) -> list[Table]:
        """Give the table at every hour to which it can be restored now: as it is is one of them."""
        past = timedelta(days=described(table)["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"])
        self.keep_aside()
        return [one for at, one in kept.items() if self.world.at - at < past]

    def restorations(self) -> Iterator[None]:
        """Restore every store to each moment that can still be had, in every combination."""
        tables = self.cloud.dynamodb.tables
        mains, wraps = self.restorable("main", self.mains), self.restorable("wraps", self.wraps)
        for main, wrap, objects in product(_different(mains), _different(wraps), self.buckets):
            tables[TABLES.main], tables[TABLES.wraps] = main.copy(), wrap.copy()
            self.cloud.s3.buckets[BUCKET].clear()
            self.cloud.s3.buckets[BUCKET].update({key: list(each) for key, each in objects.items()})
            yield

    def opens(self, delivery: Delivery) -> bool:
        """Tell whether anything of a letter can be opened, in the recipient's own session, by whatever row it stands on."""
        room = self.house.tenancy.room(delivery.recipient)
        found = [*room.plaintexts([delivery.number], Purpose.LETTER).values()]
        found += room.plaintexts([delivery.number], Purpose.CARD).values()
        found += room.supplements([delivery], Purpose.SUPPLEMENT)[delivery.number]
        found += [one.content for one in room.history(delivery)]
        return any(one is not None for one in found)


def _different(tables: list[Table]) -> list[Table]:
    return [one for place, one in enumerate(tables) if not any(one.rows == other.rows for other in tables[:place])]


@pytest.fixture
def drill() -> Drill:
    return Drill()


def erased_and_kept(drill: Drill) -> tuple[Delivery, Delivery]:
    """Let two letters come, with a supplement each; a day later one of them is erased."""
    house = drill.house
    one = families.recipient(house)
    numbers = [families.delivered(house, one), families.delivered(house, one)]
    drill.passes(1)
    for number in numbers:
        families.supplemented(house, families.reference_of(number), come=drill.world.at)
    drill.passes(47)
    room = house.tenancy.room(one.id)
    gone, kept = (room.delivery(number) for number in numbers)
    assert gone is not None
    assert kept is not None
    drill.keep_aside()
    drill.world.at += HOUR / 2
    assert house.disposals.decide(Clock.of(gone), drill.world.at)
    drill.cloud.dynamodb.tables[TABLES.main].catch_up()
    assert drill.keep_house().erased == 1
    return gone, kept


def test_an_erased_letter_stays_unreadable_whatever_is_restored_24_hours_later(drill: Drill) -> None:
    # given
    gone, kept = erased_and_kept(drill)
    # when
    drill.passes(int(IN_EVERY_BACKUP_WITHIN / HOUR))
    tried = opened = 0
    for _ in drill.restorations():
        tried += 1
        assert not drill.opens(gone)
        opened += drill.opens(kept)
    # then it was no empty drill: the other letter opened
    assert tried >= 9
    assert opened == tried


def test_the_drill_would_find_a_letter_that_can_be_had_back(drill: Drill) -> None:
    # given
    gone, _ = erased_and_kept(drill)
    # when an hour less has passed
    drill.passes(int(IN_EVERY_BACKUP_WITHIN / HOUR) - 1)
    # then
    assert any(drill.opens(gone) for _ in drill.restorations())


def test_a_restoration_within_the_day_honours_what_was_erased_by_command(drill: Drill) -> None:
    # given
    gone, kept = erased_and_kept(drill)
    drill.passes(2)
    tried = 0
    for _ in drill.restorations():
        if not drill.opens(gone):
            continue
        tried += 1
        # when
        told = [(ErasureTask(gone.recipient, gone.number), ErasureReason.RULE)]
        found = drill.honour(told)
        drill.cloud.dynamodb.tables[TABLES.main].catch_up()
        drill.keep_house()
        # then
        assert found.left == 0
        assert not drill.opens(gone)
        (remains,) = drill.house.intake.deliveries(
            [each for each in _promises(drill, gone) if each.number == gone.number]
        ).values()
        assert remains.state is DeliveryState.ERASED
        assert drill.house.objects_of(gone.recipient, gone.number) == 0
        assert drill.house.wraps_of(kept.recipient, kept.number) > 0
    assert tried > 0


def _promises(drill: Drill, delivery: Delivery) -> tuple[families.DeliveryPromise, ...]:
    application = drill.house.intake.find([families.reference_of(delivery.number)])
    assert application is not None
    return application.promises
