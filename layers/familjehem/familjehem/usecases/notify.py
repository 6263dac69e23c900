"""Notify: tell a function mailbox, or the applicant, that something happened; never what (design 6, notice)."""

from dataclasses import dataclass

from familjehem.domain.errors import LetterUnreadableError, NotConfirmedError
from familjehem.domain.outbox import (
    AccessTask,
    ConfirmationTask,
    ExpiryTask,
    NoticeTask,
    RecipientTask,
    ReminderTask,
    ReportTask,
    Stage,
)
from familjehem.domain.purpose import Purpose
from familjehem.domain.recipient import RecipientState
from familjehem.domain.sealing import CONTACT_OWNER, Label, contact_context, unseal
from familjehem.domain.texts import text
from familjehem.ports import AccessQueue, AddressRefusedError, Clock, ContactKey, Directory, NoticeQueue, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyRecipient:
    """Sends content-free mail about what a recipient has, to its function mailbox or, at the last stage, to SKR.

    Afterwards the provider has taken the mail, the row is gone and the time of a notice stands at its delivery. At
    least once: a crash between mail and commit sends it again. Whoever has closed meanwhile is told of no report.
    """

    queue: NoticeQueue
    directory: Directory
    post: Post
    clock: Clock
    mailbox_url: str
    skr_address: str

    def __call__(self, task: RecipientTask) -> bool:
        """Send one mail; True if it was still to be sent. `NotConfirmedError` means: try again."""
        if not self.queue.waits(task):
            return False
        recipient = self.directory.get(task.recipient)
        if recipient is None:
            raise NotConfirmedError
        of_report = isinstance(task, ReportTask)
        wanted = not (of_report and recipient.state is RecipientState.CLOSED)
        if wanted:
            kind, link = _kind(task), f"{self.mailbox_url}rapporter/" if of_report else self.mailbox_url
            to_skr = kind == Stage.SKR
            self.post.send(
                to=self.skr_address if to_skr else recipient.function_mailbox,
                subject=text(f"notice.{kind}.subject", recipient=recipient.name),
                text=text(f"notice.{kind}.body", recipient=recipient.name, link=link),
                # What comes back from SKR's own address is no ailment of the recipient.
                tags={"kind": f"notice-{kind}", **({} if to_skr else {"recipient": task.recipient})},
            )
        self.queue.sent(task, self.clock.now())
        return wanted


def _kind(task: RecipientTask) -> str:
    """Give by what name the catalogue knows a mail."""
    match task:
        case NoticeTask(occasion=occasion):
            return occasion
        case ReminderTask(stage=stage):
            return stage
        case ExpiryTask():
            return "expiry"
        case ReportTask():
            return "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmToApplicant:
    """Sends the applicant the one mail that an application gives, and erases the address.

    The mail has a neutral subject and neither receipt code nor recipient. At least once: a crash between mail
    and erasure sends it again. Once erased, the address is gone from every place, backups within a day. An
    address that can never be reached is erased too.
    """

    queue: NoticeQueue
    contact_key: ContactKey
    post: Post
    site_url: str

    def __call__(self, task: ConfirmationTask) -> bool:
        """Send one confirmation; True if it was still to be sent. `NotConfirmedError` means: try again."""
        queued = self.queue.confirmation(task)
        if queued is None:
            return False
        try:
            data_key = self.contact_key.unwrap(queued.wrap, contact_context(task.reference))
            self.post.send(
                to=unseal(Label(Purpose.CONTACT, CONTACT_OWNER, task.reference), data_key, queued.address).decode(),
                subject=text("confirmation.subject"),
                text=text("confirmation.body", link=f"{self.site_url}/min-anmalan/"),
                tags={"kind": "confirmation"},
            )
        except (AddressRefusedError, LetterUnreadableError):
            # No try will help, and the mail is a courtesy: the receipt was given on the page. The address goes.
            self.queue.confirmation_sent(task)
            return False
        self.queue.confirmation_sent(task)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class TellMember:
    """Tells one of a recipient's people that she has access, or that it will end because she has not come.

    At least once: a crash between mail and commit sends it again. Whoever lost her access meanwhile is told nothing,
    and an address that can never be reached is not tried again: the access is what it is.
    """

    queue: AccessQueue
    directory: Directory
    post: Post
    mailbox_url: str

    def __call__(self, task: AccessTask) -> bool:
        """Send one mail; True if it was still to be sent. `NotConfirmedError` means: try again."""
        member, recipient = self.queue.whom(task), self.directory.get(task.recipient)
        sent = member is not None and recipient is not None
        if member is not None and recipient is not None:
            try:
                self.post.send(
                    to=member.email,
                    subject=text(f"access.{task.occasion}.subject"),
                    text=text(f"access.{task.occasion}.body", recipient=recipient.name, link=self.mailbox_url),
                    tags={"recipient": task.recipient, "kind": f"access-{task.occasion}"},
                )
            except AddressRefusedError:
                sent = False
        self.queue.told(task)
        return sent
