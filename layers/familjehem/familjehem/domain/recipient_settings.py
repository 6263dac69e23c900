"""What a recipient decides itself: hours, what it recruits for, extended questions, public contact, retention."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time

from familjehem.domain.assignment import Assignment
from familjehem.domain.contact_details import phone
from familjehem.domain.errors import FieldError
from familjehem.domain.question_set import current
from familjehem.domain.recipient import PublicContact, Recipient
from familjehem.domain.retention import Retention

EARLIEST, LATEST = time(8, 0), time(20, 0)
"""Between these an office closes; outside of them a family would be due in the middle of the night."""
LONGEST_WEB = 200

_WEB = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,63}(?::[0-9]{1,5})?(?:/[!-~]*)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientSettings:
    """The settings of one recipient, always changed as a whole; nothing here says who it is or what it serves."""

    closing_time: time
    assignments: frozenset[Assignment]
    extended_questions: frozenset[str]
    contact: PublicContact
    retention: Retention

    @classmethod
    def of(cls, recipient: Recipient) -> "RecipientSettings":
        """Give the settings of a recipient as they are."""
        return cls(
            closing_time=recipient.closing_time,
            assignments=recipient.assignments,
            extended_questions=recipient.extended_questions,
            contact=recipient.contact,
            retention=recipient.retention,
        )

    def over(self, recipient: Recipient) -> Recipient:
        """Give the recipient with these settings; `membership_version` stays, for it serves whom it served."""
        return replace(
            recipient,
            closing_time=self.closing_time,
            assignments=self.assignments,
            extended_questions=self.extended_questions,
            contact=self.contact,
            retention=self.retention,
        )

    def faults(self) -> tuple[FieldError, ...]:
        """Give everything that is wrong, by its place."""
        return tuple(self._faults())

    def _faults(self) -> Iterator[FieldError]:
        if not EARLIEST <= self.closing_time <= LATEST:
            yield FieldError("/closingTime", "outOfRange")
        if not self.assignments:
            yield FieldError("/assignments", "required")
        if not self.extended_questions <= extendable():
            yield FieldError("/extendedQuestions", "unknownQuestion")
        if self.contact.telephone is not None and phone(self.contact.telephone) is None:
            yield FieldError("/contact/telephone", "invalidPhone")
        web = self.contact.web
        if web is not None and (len(web) > LONGEST_WEB or not _WEB.fullmatch(web)):
            yield FieldError("/contact/web", "invalidWeb")
        yield from self.retention.faults()


def extendable() -> frozenset[str]:
    """Give the names of the questions that a recipient can switch on."""
    return frozenset(one.name for one in current().questions if one.assignments - one.core_for)
