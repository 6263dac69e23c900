"""Handle a delivery: claim it, release it, hand it over, note what was done; one at a time (design 6; domain 4.2)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from familjehem.domain.delivery import Delivery
from familjehem.domain.errors import (
    AlreadyClaimedError,
    FieldError,
    InvalidAnswersError,
    KeyReusedError,
    NotConfirmedError,
    ReaderOnlyError,
)
from familjehem.domain.handling import (
    Colleague,
    ContactResult,
    Content,
    Event,
    Handled,
    claimed,
    concluded,
    contacted,
    handed_over,
    noted,
    released,
)
from familjehem.domain.handling_tally import of_contact, of_outcome, staged
from familjehem.domain.membership import AccessKind, Caller
from familjehem.ports import Clock, DeliveryChangedError
from familjehem.usecases.read_mailbox import Admission, Reception, found

_ROUNDS = 8

type Judge = Callable[[Delivery, Colleague], Delivery]
"""What a delivery becomes when somebody works with it, or the refusal."""

type Look = Callable[[Admission, str], Delivery]
"""Who may work with which delivery: gives the one of a number, or `DeliveryNotFoundError`."""


type Count = Callable[[Admission, Delivery, Delivery], tuple[str, ...]]
"""What an event adds to the tallies, by the delivery before and after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where deliveries are worked with: who may, and that of two at the same instant one is refused and told why.

    A change, its event and its line of the access log are one commit. What changes nothing leaves no trace, so a
    repeat is safe.
    """

    reception: Reception
    clock: Clock

    def admit(self, caller: Caller, recipient: str | None) -> Admission:
        """Let in somebody who may handle. Raises as `Reception.admit`, and `ReaderOnlyError`."""
        admitted = self.reception.admit(caller, recipient)
        if not admitted.who.role.handles:
            raise ReaderOnlyError
        return admitted

    def work(
        self,
        admitted: Admission,
        number: str,
        kind: AccessKind,
        judge: Judge,
        to: Colleague | None = None,
        look: Look = found,
    ) -> Delivery:
        """Change one delivery, that `look` finds, and give it as it is then.

        Raises what `judge` and `look` raise, and `NotConfirmedError` where others were always faster.
        """
        for _ in range(_ROUNDS):
            before = look(admitted, number)
            after = self._judged(admitted, before, judge)
            if after == before:
                return before
            after = replace(after, handlings=before.handlings + 1)
            event = Event(
                id=uuid4().hex,
                step=after.handlings,
                at=self.clock.now(),
                kind=kind,
                person=admitted.who.id,
                name=admitted.who.name,
                to=to.id if to else None,
                to_name=to.name if to else None,
            )
            try:
                admitted.room.handle(Handled(before, after, event, admitted.who.role))
            except DeliveryChangedError:
                continue
            return after
        raise NotConfirmedError

    def _judged(self, admitted: Admission, delivery: Delivery, judge: Judge) -> Delivery:
        """Judge; a delivery whose handler may no longer handle is judged as nobody's, lest it lie there for ever."""
        try:
            return judge(delivery, admitted.who)
        except AlreadyClaimedError as refusal:
            if self.reception.colleague(refusal.handler, delivery.recipient) is not None:
                raise
        return judge(replace(delivery, handler=None), admitted.who)

    def tell(
        self,
        admitted: Admission,
        number: str,
        kind: AccessKind,
        judge: Judge,
        key: UUID,
        content: Content,
        count: Count = lambda *_: (),
    ) -> Delivery:
        """Change one delivery with an event that says something, once for each `key`; give it as it is then.

        Raises as `work`, and `KeyReusedError` for a key that has told of something else.
        """
        told = content.to_json()
        for _ in range(_ROUNDS):
            before = found(admitted, number)
            if earlier := admitted.room.event(before.number, key.hex):
                if (earlier.kind, earlier.person, earlier.content) != (kind, admitted.who.id, told):
                    raise KeyReusedError
                return before
            after = replace(self._judged(admitted, before, judge), handlings=before.handlings + 1)
            event = Event(
                id=key.hex,
                step=after.handlings,
                at=self.clock.now(),
                kind=kind,
                person=admitted.who.id,
                name=admitted.who.name,
                content=told,
            )
            counts = count(admitted, before, after)
            try:
                admitted.room.handle(Handled(before, after, event, admitted.who.role, counts))
            except DeliveryChangedError:
                continue
            return after
        raise NotConfirmedError


@dataclass(frozen=True, slots=True)
class ClaimDelivery:
    """Makes a delivery the caller's to handle."""

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str) -> Delivery:
        """Claim. Raises as `Desk.admit` and `Desk.work`, `AlreadyClaimedError`, `HandlingLockedError`."""
        return self.desk.work(self.desk.admit(caller, recipient), number, AccessKind.CLAIM, claimed)


@dataclass(frozen=True, slots=True)
class ReleaseDelivery:
    """Makes a delivery nobody's."""

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str) -> Delivery:
        """Release. Raises as `ClaimDelivery`; whoever leads may release a colleague's."""
        return self.desk.work(self.desk.admit(caller, recipient), number, AccessKind.RELEASE, released)


@dataclass(frozen=True, slots=True)
class HandOverDelivery:
    """Makes a delivery a colleague's to handle."""

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str, to: str) -> Delivery:
        """Hand over. Raises as `ReleaseDelivery`, and `InvalidAnswersError` for whom it cannot be handed to.

        Whoever does not handle for this recipient is told of alike: whether she exists is nobody's business.
        """
        admitted = self.desk.admit(caller, recipient)
        found(admitted, number)
        colleague = self.desk.reception.colleague(to, admitted.membership.recipient)
        if colleague is None:
            raise InvalidAnswersError(FieldError("/to", "unknownChoice"))

        def judge(delivery: Delivery, who: Colleague) -> Delivery:
            if not delivery.read_by(colleague.id):
                raise InvalidAnswersError(FieldError("/to", "unknownChoice"))
            return handed_over(delivery, who, colleague)

        return self.desk.work(admitted, number, AccessKind.HANDOVER, judge, colleague)


@dataclass(frozen=True, slots=True)
class LogContact:
    """Notes a call, and claims the delivery thereby where nobody has."""

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str, key: UUID, content: Content) -> Delivery:
        """Note a call, whose result `content` has. Raises as `ClaimDelivery` and `Desk.tell`."""

        def judge(delivery: Delivery, who: Colleague) -> Delivery:
            return contacted(delivery, who, content.result or ContactResult.NOT_REACHED, self.desk.clock.now())

        def count(_: Admission, before: Delivery, after: Delivery) -> tuple[str, ...]:
            return of_contact(before, after)

        admitted = self.desk.admit(caller, recipient)
        return self.desk.tell(admitted, number, AccessKind.CONTACT, judge, key, content, count)


@dataclass(frozen=True, slots=True)
class LogOutcome:
    """Notes what comes next or the end, and claims the delivery thereby where nobody has."""

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str, key: UUID, content: Content) -> Delivery:
        """Note an outcome. Raises as `LogContact`, and `InvalidAnswersError` for a reason or a time that is amiss."""
        admitted = self.desk.admit(caller, recipient)
        outcome = content.outcome
        if outcome is None or content.faults():
            raise InvalidAnswersError(*content.faults())

        def judge(delivery: Delivery, who: Colleague) -> Delivery:
            return concluded(delivery, who, outcome, self.desk.clock.now())

        def count(admitted: Admission, before: Delivery, _: Delivery) -> tuple[str, ...]:
            # Which stages it was at stands in what is sealed; the commit demands that nobody added to that since.
            history = admitted.room.history(before) if staged(outcome) else ()
            told = (one.content for one in history if one.kind is AccessKind.OUTCOME)
            return of_outcome(before, content, (Content.from_json(one) for one in told if one is not None))

        return self.desk.tell(admitted, number, AccessKind.OUTCOME, judge, key, content, count)


@dataclass(frozen=True, slots=True)
class WriteNote:
    """Writes a note of the recipient's own, which claims nothing."""

    desk: Desk

    def __call__(self, caller: Caller, recipient: str | None, number: str, key: UUID, content: Content) -> Delivery:
        """Write a note. Raises as `Desk.admit` and `Desk.tell`, and `HandlingLockedError`."""
        return self.desk.tell(self.desk.admit(caller, recipient), number, AccessKind.NOTE, noted, key, content)
