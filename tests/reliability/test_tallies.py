"""The tallies equal a recount from what the test itself remembers, whatever befell the commits on their way."""

import os
import random
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import batched
from typing import Any

from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import LetterTask
from familjehem.domain.question_set import current
from familjehem.domain.tally import Level, Scope, counts
from familjehem.ports import AlreadyAcceptedError, RecipientChangedError
from tests.adapters import families
from tests.adapters.houses import at
from tests.builders import validated
from tests.memory.errors import error
from tests.memory.house import MemoryHouse

APPLICATIONS = int(os.environ.get("FAMILJEHEM_COUNTED", "300"))
SERVED = ("0680", "0685", "0180", "1280")
CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"housingForm": "flat", "areaType": "city"},
    {"startWindow": "inSixToTwelveMonths", "heardThrough": "friend"},
    {"assignments": ["familjehem", "jourhem"], "children": []},
)
_CONFLICT = [{"Code": "TransactionConflict"}]


class Fault:
    """Lets commits of a house fail: before they are made, after they were, or by a conflict."""

    def __init__(self, house: MemoryHouse, chance: random.Random) -> None:
        self._real = house.memory.dynamodb.transact_write_items
        self._chance = chance
        self.befallen: Counter[str] = Counter()
        house.memory.dynamodb.transact_write_items = self._commit  # type: ignore[method-assign]

    def _commit(self, **asked: Any) -> Any:
        kind = self._chance.choices(("none", "not made", "answer lost", "conflict"), (6, 1, 2, 2))[0]
        self.befallen[kind] += 1
        match kind:
            case "not made":
                raise error("InternalServerError", "TransactWriteItems")
            case "conflict":
                raise error("TransactionCanceledException", "TransactWriteItems", CancellationReasons=_CONFLICT)
            case "answer lost":
                self._real(**asked)
                raise error("InternalServerError", "TransactWriteItems")
            case _:
                return self._real(**asked)


def test_the_tallies_equal_a_recount() -> None:
    house, chance = MemoryHouse(), random.Random(7)
    recipients = [families.recipient(house, one) for one in SERVED]
    answers = [validated(recipients=2, **changes) for changes in CHANGES]
    fault = Fault(house, chance)
    expected: dict[Scope, Counter[str]] = defaultdict(Counter)
    come: Counter[str] = Counter()

    for some in batched(range(APPLICATIONS), 10, strict=False):
        sent = []
        for _ in some:
            chosen = chance.sample(recipients, chance.randint(1, len(recipients)))
            counted = counts(current(), chance.choice(answers), chosen, at(12).date())
            sent.append(replace(families.sealed(house, *chosen), counts=counted))
            for one in counted:
                expected[one.scope].update(("count", *one.counters))
            come.update(one.id for one in chosen)
        # Each is sent until it is known to stand, and some once more; out of order, one between the other.
        waiting = [*sent, *chance.sample(sent, 3)]
        while waiting:
            one = waiting.pop(chance.randrange(len(waiting)))
            try:
                house.intake.accept(one)
            except AlreadyAcceptedError:
                continue
            except (NotConfirmedError, RecipientChangedError):
                waiting.append(one)
        tasks = [LetterTask(each.recipient.id, each.delivery.number) for one in sent for each in one.deliveries]
        while tasks:
            task = tasks.pop(chance.randrange(len(tasks)))
            if queued := house.letter_queue.read(task):
                # Brought twice, or anew after a crash.
                tasks += [task] * chance.choice((0, 0, 1))
                try:
                    house.letter_queue.delivered(queued, at(13))
                except NotConfirmedError:
                    tasks.append(task)

    found = house.tallies.families(sorted({*expected, Scope(Level.COUNTY, "14")}), "2026-11")
    assert {scope: dict(one) for scope, one in found.items()} == {scope: dict(one) for scope, one in expected.items()}
    assert dict(house.tallies.deliveries(SERVED, "2026-11")) == dict(come)
    assert min(fault.befallen[kind] for kind in ("not made", "answer lost", "conflict")) > APPLICATIONS // 10
