"""Erasure in the tables, as housekeeping may do it: it judges by times, destroys wraps, and can open nothing."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import batched

from familjehem.adapters.dynamo import keys
from familjehem.adapters.dynamo.erasure_rows import CLOCK, DECIDED, read_clock, read_erasure, tombstone
from familjehem.adapters.dynamo.handling_rows import NO_SUPPLEMENTS
from familjehem.adapters.dynamo.outbox import erasure_row, expiry_row
from familjehem.adapters.dynamo.table import EXISTING, NEW, Database, delete, put, update
from familjehem.domain.delivery import DeliveryState, ErasureReason
from familjehem.domain.expiry import Clock
from familjehem.domain.outbox import ErasureTask, ExpiryTask
from familjehem.domain.purpose import LETTER_VERSION
from familjehem.ports import Condemned

_DELIVERY = "delivery"
_WAITS = "waits"
_AT_ONCE = 100


class DynamoDisposals:
    """Judges, decides and destroys; plays `Disposals`."""

    def __init__(self, database: Database, main: str, wraps: str) -> None:
        self._database = database
        self._main = main
        self._wraps = wraps

    def clocks(self, recipient: str) -> Iterator[Clock]:
        """Give the clock of every letter that a recipient holds, as the index knows them: a moment behind."""
        for place in (keys.inbox(recipient), keys.protected(recipient)):
            found = self._database.query(
                self._main, "#inbox_pk = :inbox", {":inbox": place}, index=keys.INBOX_INDEX, projection=CLOCK
            )
            yield from map(read_clock, found)

    def warn(self, recipient: str, numbers: Sequence[str], on: date, at: datetime) -> None:
        """Have the recipient told once of all these letters, and note it at each; repeats do no harm.

        `NotConfirmedError`.
        """
        # The mail comes first: a letter that is noted as told of would go without it.
        self._database.commit([put(self._main, expiry_row(ExpiryTask(recipient), at), condition=NEW, label=_WAITS)])
        for number in numbers:
            self._database.update(
                self._main,
                keys.delivery(recipient, number),
                "SET #warned_on = :on",
                {":on": on.isoformat(), ":erased": DeliveryState.ERASED.value},
                f"{EXISTING} AND #state <> :erased",
            )

    def decide(self, clock: Clock, at: datetime) -> bool:
        """Decide by rule that a letter goes, if it is as it was read; False if it is not. `NotConfirmedError`."""
        supplements = "#supplements = :supplements" if clock.supplements else NO_SUPPLEMENTS
        refused = self._database.commit(
            [
                update(
                    self._main,
                    keys.delivery(clock.recipient, clock.number),
                    "SET #state = :erased, #decided_at = :at, #erasure = :rule, #inbox_pk = :inbox "
                    "REMOVE #waiting_pk, #handled_pk",
                    {
                        ":erased": DeliveryState.ERASED.value,
                        ":at": keys.moment(at),
                        ":rule": ErasureReason.RULE.value,
                        ":inbox": keys.erased(clock.recipient),
                        ":as_read": clock.state.value,
                        **({":supplements": clock.supplements} if clock.supplements else {}),
                    },
                    condition=f"#state = :as_read AND attribute_not_exists(#held) AND {supplements}",
                    label=_DELIVERY,
                ),
                put(self._main, erasure_row(ErasureTask(clock.recipient, clock.number), at)),
            ]
        )
        return not refused

    def decide_again(self, task: ErasureTask, reason: ErasureReason, at: datetime) -> bool:
        """Decide anew, after a restoration, what was decided before it; False for what is none or is on its way.

        What stands as decided already is decided; whatever else has become of it since does not matter.
        `NotConfirmedError`.
        """
        if self.condemned(task) is None:
            decided = update(
                self._main,
                keys.delivery(task.recipient, task.number),
                "SET #state = :erased, #decided_at = :at, #erasure = :reason, #inbox_pk = :inbox "
                "REMOVE #waiting_pk, #handled_pk",
                {
                    ":erased": DeliveryState.ERASED.value,
                    ":at": keys.moment(at),
                    ":reason": reason.value,
                    ":inbox": keys.erased(task.recipient),
                    ":queued": DeliveryState.QUEUED.value,
                },
                condition=f"{EXISTING} AND #state <> :queued",
                label=_DELIVERY,
            )
            if self._database.commit([decided]):
                return False
        # A row of the time before may wait already.
        self._database.commit([put(self._main, erasure_row(task, at), label=_WAITS)])
        return True

    def condemned(self, task: ErasureTask) -> Condemned | None:
        """Give, read consistently, what was decided, or None where nothing is to be destroyed."""
        row = self._database.get(self._main, keys.delivery(task.recipient, task.number), DECIDED)
        if row is None or row["state"] != DeliveryState.ERASED.value:
            return None
        return Condemned(read_erasure(row), LETTER_VERSION + row.get("supplements", 0))

    def destroy(self, condemned: Condemned, at: datetime) -> None:
        """Destroy every wrap and leave the tombstone, in one commit; a repeat does nothing. `NotConfirmedError`."""
        erasure = condemned.erasure
        recipient, number = erasure.recipient, erasure.number
        self._database.commit(
            [
                put(
                    self._main,
                    tombstone(erasure, at),
                    condition="#state = :erased AND attribute_not_exists(#erased_at)",
                    values={":erased": DeliveryState.ERASED.value},
                    label=_DELIVERY,
                ),
                *(
                    delete(self._wraps, keys.wrap(recipient, number, version))
                    for version in range(LETTER_VERSION, condemned.versions + 1)
                ),
            ]
        )

    def forget(self, task: ErasureTask) -> None:
        """Delete what was noted about the letter, and what it was found by; repeats do nothing. `NotConfirmedError`."""
        notes = {":notes": keys.history(task.recipient, task.number)}
        found = self._database.query(self._main, "#pk = :notes", notes, projection=("pk", "sk"))
        for rows in batched(list(found), _AT_ONCE, strict=False):
            self._database.commit([delete(self._main, keys.Key(row["pk"], row["sk"])) for row in rows])
        self._no_longer_found(task)

    def _no_longer_found(self, task: ErasureTask) -> None:
        """Delete every token by which the letter is found, in one commit with the list of them."""
        searched = keys.searched(task.recipient, task.number)
        row = self._database.get(self._main, searched, ("tokens", "place"))
        tokens = [keys.Key(keys.found_by(task.recipient, each), row["place"]) for each in row["tokens"]] if row else []
        gone = [*tokens, searched, keys.to_search(task.recipient, task.number)]
        self._database.commit([delete(self._main, key) for key in gone])

    def done(self, task: ErasureTask) -> None:
        """Delete the task's row, and what was known of others; repeats do nothing. `NotConfirmedError`."""
        known = (place(task.recipient, task.number) for place in (keys.share, keys.others))
        self._database.commit([delete(self._main, key) for key in (keys.task(task), *known)])
