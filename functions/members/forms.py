"""What local administration says and hears on the wire."""

from datetime import date, datetime, time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import FieldError, InvalidAnswersError
from familjehem.domain.recipient import PublicContact
from familjehem.domain.recipient_settings import RecipientSettings
from familjehem.domain.retention import Retention
from familjehem.runtime.http import Wire
from familjehem.usecases.keep_roster import Colleagues, Listed

type RoleWord = Literal["caseWorker", "localAdministrator", "reader"]
type AssignmentWord = Literal["familjehem", "jourhem", "jourfamilj", "kontaktfamilj", "kontaktperson"]
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _visible(name: str) -> str:
    """Give a name in one line, without what stands before and behind it."""
    shown = " ".join(name.split())
    if not shown or not shown.isprintable():
        raise InvalidAnswersError(FieldError("/name", "invalid"))
    return shown


type Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_visible)]


class InvitationForm(Wire):
    """Who is invited: a personal address, what she is called, and as what."""

    email: Annotated[str, Field(min_length=1, max_length=254)]
    name: Name
    role: RoleWord


class ChangeForm(Wire):
    """What a colleague becomes; `confirm` says that one knows how few are left."""

    name: Name
    role: RoleWord
    confirm: bool = False


class MemberForm(Wire):
    """One colleague's access; `endsOn` is when it ends unless she comes, null where it never does by itself."""

    id: str
    email: str
    name: str
    role: str
    invited_at: datetime
    last_seen_on: date | None
    ends_on: date | None

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """Give the wire form of one access."""
        member = listed.member
        return cls(
            id=member.id,
            email=member.email,
            name=member.name,
            role=member.role,
            invited_at=member.invited_at,
            last_seen_on=listed.last_seen_on,
            ends_on=listed.ends_on,
        )


class RosterForm(Wire):
    """Everybody who has access, and what is wrong with having so few: `lastReader`, `fewerThanTwo`."""

    colleagues: list[MemberForm]
    warnings: list[str]

    @classmethod
    def of(cls, found: Colleagues) -> Self:
        """Give the wire form of a roster."""
        return cls(colleagues=[MemberForm.of(one) for one in found.lines], warnings=list(found.shortages))


class PublicContactForm(Wire):
    """How anybody reaches the recipient; null where there is no such way."""

    telephone: Annotated[str, Field(min_length=1, max_length=40)] | None
    web: Annotated[str, Field(min_length=1, max_length=200)] | None


class RetentionForm(Wire):
    """When a letter goes: days after it was closed, and at the latest months after it was received."""

    after_closing_days: int
    longest_months: int


class SettingsForm(Wire):
    """All settings of a recipient; `closingTime` is local time, `extendedQuestions` are names from the question set."""

    closing_time: Annotated[str, Field(pattern=CLOCK)]
    assignments: Annotated[list[AssignmentWord], Field(max_length=5)]
    extended_questions: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=100)]
    contact: PublicContactForm
    retention: RetentionForm

    @classmethod
    def of(cls, settings: RecipientSettings) -> Self:
        """Give the wire form of settings."""
        return cls(
            closing_time=settings.closing_time.isoformat(timespec="minutes"),
            assignments=[one.value for one in Assignment if one in settings.assignments],
            extended_questions=sorted(settings.extended_questions),
            contact=PublicContactForm(telephone=settings.contact.telephone, web=settings.contact.web),
            retention=RetentionForm(
                after_closing_days=settings.retention.after_closing_days,
                longest_months=settings.retention.longest_months,
            ),
        )

    def settings(self) -> RecipientSettings:
        """Give what the form says."""
        return RecipientSettings(
            closing_time=time.fromisoformat(self.closing_time),
            assignments=frozenset(Assignment(word) for word in self.assignments),
            extended_questions=frozenset(self.extended_questions),
            contact=PublicContact(telephone=self.contact.telephone, web=self.contact.web),
            retention=Retention(self.retention.after_closing_days, self.retention.longest_months),
        )
