"""Review the access log, and confirm who has access: what a recipient must do again and again (lag 2001:454, 10 §)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from familjehem.domain.access_log import Line
from familjehem.domain.access_review import (
    Confirmation,
    Review,
    ReviewFinding,
    confirmation_due,
    drawn_through,
    review_due,
    sample,
)
from familjehem.domain.errors import AdministratorsOnlyError, FieldError, InvalidAnswersError, KeyReusedError
from familjehem.domain.handling import Colleague
from familjehem.domain.membership import AccessKind, Caller
from familjehem.ports import Clock, TenantRoom
from familjehem.usecases.read_access_log import seen_by
from familjehem.usecases.read_mailbox import Admission, Reception


@dataclass(frozen=True, slots=True)
class OpenReview:
    """What is to be reviewed now, the reviews so far, the newest first, and whether it is time."""

    sample: tuple[Line, ...]
    reviews: tuple[Review, ...]
    due: bool


@dataclass(frozen=True, slots=True)
class AccessNow:
    """Who has access, the latest confirmation of it or None, and whether it is time for the next."""

    persons: tuple[Colleague, ...]
    confirmed: Confirmation | None
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAccessLog:
    """Gives the sample to be reviewed, and keeps what came of it."""

    reception: Reception
    clock: Clock

    def __call__(self, caller: Caller, recipient: str | None) -> OpenReview:
        """Give what is to be reviewed; the log as it stands gives the same sample to everybody.

        Raises as `Reception.admit`, and `AdministratorsOnlyError`.
        """
        admitted = administrator(self.reception, caller, recipient)
        reviews = admitted.room.reviews()
        lines = _since(admitted.room, reviews)
        drawn = seen_by(admitted.who.id, sample(lines), admitted.room)
        due = review_due(reviews[-1] if reviews else None, lines, self.clock.now())
        return OpenReview(drawn, reviews[::-1], due)

    def reviewed(
        self,
        caller: Caller,
        recipient: str | None,
        key: UUID,
        numbers: Iterable[int],
        finding: ReviewFinding,
        note: str | None,
    ) -> Review:
        """Keep a review, once for each `key`, with its line of the log.

        Raises as `__call__`, `InvalidAnswersError` for lines that were no sample, and `KeyReusedError`.
        """
        admitted = administrator(self.reception, caller, recipient)
        chosen = tuple(sorted(set(numbers)))
        told = (admitted.who.id, chosen, finding, note)
        reviews = admitted.room.reviews()
        if earlier := _of(reviews, key):
            return _same(earlier, told)
        through = drawn_through(_since(admitted.room, reviews), chosen)
        if through is None:
            raise InvalidAnswersError(FieldError("/lines", "notTheSample"))
        review = Review(
            id=key.hex,
            at=self.clock.now(),
            person=admitted.who.id,
            name=admitted.who.name,
            lines=chosen,
            through=through,
            finding=finding,
            note=note,
        )
        if admitted.room.review(review, admitted.entry(review.at, AccessKind.REVIEW)):
            return review
        earlier = _of(admitted.room.reviews(), key)
        return _same(earlier, told) if earlier else review


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAccess:
    """Gives who has access, and keeps who confirmed that they need it."""

    reception: Reception
    clock: Clock

    def __call__(self, caller: Caller, recipient: str | None) -> AccessNow:
        """Give who has access. Raises as `ReviewAccessLog`."""
        admitted = administrator(self.reception, caller, recipient)
        return self._now(admitted)

    def confirmed(self, caller: Caller, recipient: str | None, persons: Iterable[str]) -> AccessNow:
        """Keep that these, and nobody else, need their access, with its line of the log; a repeat is one more of them.

        Raises as `ReviewAccessLog`, and `InvalidAnswersError` where these are not all who have access: whoever is not
        needed must be removed first.
        """
        admitted = administrator(self.reception, caller, recipient)
        have = tuple(sorted(one.id for one in self.reception.members.colleagues(admitted.membership.recipient)))
        if tuple(sorted(set(persons))) != have:
            raise InvalidAnswersError(FieldError("/persons", "notEverybody"))
        now = self.clock.now()
        confirmation = Confirmation(at=now, person=admitted.who.id, name=admitted.who.name, persons=have)
        admitted.room.confirm(confirmation, admitted.entry(now, AccessKind.CONFIRM))
        return self._now(admitted)

    def _now(self, admitted: Admission) -> AccessNow:
        confirmations = admitted.room.confirmations()
        latest = confirmations[-1] if confirmations else None
        found = self.reception.members.colleagues(admitted.membership.recipient)
        persons = tuple(sorted(found, key=lambda one: one.id))
        return AccessNow(persons, latest, confirmation_due(latest, self.clock.now()))


def administrator(reception: Reception, caller: Caller, recipient: str | None) -> Admission:
    """Let in a local administrator. Raises as `Reception.admit`, and `AdministratorsOnlyError`."""
    admitted = reception.admit(caller, recipient)
    if not admitted.who.role.leads:
        raise AdministratorsOnlyError
    return admitted


def _since(room: TenantRoom, reviews: tuple[Review, ...]) -> tuple[Line, ...]:
    """Give the lines that no review has covered."""
    return tuple(room.lines_since(max((one.through for one in reviews), default=0)))


def _of(reviews: Iterable[Review], key: UUID) -> Review | None:
    return next((one for one in reviews if one.id == key.hex), None)


def _same(earlier: Review, told: tuple[str, tuple[int, ...], ReviewFinding, str | None]) -> Review:
    if (earlier.person, earlier.lines, earlier.finding, earlier.note) != told:
        raise KeyReusedError
    return earlier
