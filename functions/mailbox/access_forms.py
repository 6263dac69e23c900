"""What the mailbox says and hears of the access log, its review, and who has access."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from familjehem.domain.access_log import Line
from familjehem.domain.access_review import LARGEST, Review
from familjehem.runtime.http import Wire
from familjehem.usecases.read_access_log import LogPage
from familjehem.usecases.review_access import AccessNow, OpenReview
from functions.mailbox.forms import ColleagueForm, HandlerForm, PersonId

MOST_PERSONS = 500
LONGEST_NOTE = 2000


class LineForm(Wire):
    """One line of the access log; numbers of deliveries that the reader may not know of are left out."""

    sequence: int
    at: datetime
    person: HandlerForm
    role: str
    kind: str
    reason: str
    deliveries: list[str]

    @classmethod
    def of(cls, line: Line) -> Self:
        """Give the wire form of a line."""
        entry = line.entry
        return cls(
            sequence=line.sequence,
            at=entry.at,
            person=HandlerForm(id=entry.person, name=entry.name),
            role=entry.role,
            kind=entry.kind,
            reason=entry.reason,
            deliveries=list(entry.deliveries),
        )


class LogForm(Wire):
    """One page of the access log, the newest first."""

    lines: list[LineForm]
    cursor: str | None

    @classmethod
    def of(cls, page: LogPage) -> Self:
        """Give the wire form of a page."""
        return cls(
            lines=[LineForm.of(one) for one in page.lines],
            cursor=None if page.before is None else str(page.before),
        )


class ReviewedForm(Wire):
    """One review: when, by whom, of which lines, and what was found."""

    at: datetime
    by: HandlerForm
    lines: list[int]
    finding: str
    note: str | None

    @classmethod
    def of(cls, review: Review) -> Self:
        """Give the wire form of a review."""
        return cls(
            at=review.at,
            by=HandlerForm(id=review.person, name=review.name),
            lines=list(review.lines),
            finding=review.finding,
            note=review.note,
        )


class ReviewForm(Wire):
    """The sample that is to be reviewed, the reviews so far, the newest first, and whether it is time."""

    sample: list[LineForm]
    reviews: list[ReviewedForm]
    due: bool

    @classmethod
    def of(cls, found: OpenReview) -> Self:
        """Give the wire form of what is to be reviewed."""
        return cls(
            sample=[LineForm.of(one) for one in found.sample],
            reviews=[ReviewedForm.of(one) for one in found.reviews],
            due=found.due,
        )


class ReviewSentForm(Wire):
    """What came of a review: `lines` is the whole sample. The note is about colleagues: no family may stand in it."""

    lines: Annotated[list[int], Field(min_length=1, max_length=MOST_PERSONS + LARGEST)]
    finding: Literal["none", "followUp", "unauthorised"]
    note: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)] | None = None


class AccessForm(Wire):
    """Who has access, when that was last confirmed and by whom, and whether it is time."""

    persons: list[ColleagueForm]
    confirmed_at: datetime | None
    confirmed_by: HandlerForm | None
    due: bool

    @classmethod
    def of(cls, found: AccessNow) -> Self:
        """Give the wire form of who has access."""
        confirmed = found.confirmed
        return cls(
            persons=[ColleagueForm(id=one.id, name=one.name, role=one.role) for one in found.persons],
            confirmed_at=confirmed.at if confirmed else None,
            confirmed_by=HandlerForm(id=confirmed.person, name=confirmed.name) if confirmed else None,
            due=found.due,
        )


class ConfirmationForm(Wire):
    """Everybody who has access and needs it."""

    persons: Annotated[list[PersonId], Field(min_length=1, max_length=MOST_PERSONS)]
