"""Send links and codes of the municipality's own page; whoever sends them makes them, and nobody else knows them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from familjehem.domain.activation import Activation
from familjehem.domain.errors import NotConfirmedError
from familjehem.domain.outbox import CodeTask, LinkTask
from familjehem.domain.texts import text
from familjehem.ports import ActivationChangedError, Activations, AddressRefusedError, Clock, Post, Register, Texting


def a_link() -> str:
    """Give a fresh secret of a link: 256 bits."""
    return secrets.token_urlsafe(32)


def a_code() -> str:
    """Give a fresh code of six digits."""
    return f"{secrets.randbelow(10**6):06}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLink:
    """Sends a fresh link to the function mailbox that has yet to prove itself.

    At least once: a crash between mail and the row's end sends another, and both are good.
    """

    activations: Activations
    register: Register
    post: Post
    clock: Clock
    site_url: str
    make: Callable[[], str] = field(default=a_link)

    def __call__(self, task: LinkTask) -> bool:
        """Send one mail; True if it was still to be sent. `NotConfirmedError` means: try again."""
        if not self.activations.waits(task):
            return False
        onboarding = self.register.request(task.request)
        if onboarding is None:
            raise NotConfirmedError
        address, secret = onboarding.new_mailbox or onboarding.function_mailbox, self.make()
        before = self.activations.find(task.request)
        page = before or Activation(id=task.request)
        _commit(self.activations, before, page.with_link(secret, address, self.clock.now()))
        try:
            self.post.send(
                to=address,
                subject=text("activation.link.subject"),
                text=text(
                    "activation.link.body",
                    recipient=onboarding.name,
                    link=f"{self.site_url}/anslut/aktivera/#{task.request}.{secret}",
                ),
                tags={"recipient": onboarding.recipient, "kind": "activation-link"},
            )
        except AddressRefusedError:
            # No try will help; SKR sees that the mailbox has not proven itself, and changes it.
            self.activations.sent(task)
            return False
        self.activations.sent(task)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCode:
    """Sends a fresh code to the mobile of who is responsible; the latest one counts.

    At least once: a crash between message and the row's end sends another.
    """

    activations: Activations
    texting: Texting
    clock: Clock
    make: Callable[[], str] = field(default=a_code)

    def __call__(self, task: CodeTask) -> bool:
        """Send one message; True if it was still to be sent. `NotConfirmedError` means: try again."""
        if not self.activations.waits(task):
            return False
        page = self.activations.find(task.request)
        sent = page is not None and page.responsible is not None
        if page is not None and page.responsible is not None:
            code = self.make()
            _commit(self.activations, page, page.with_code(code, self.clock.now()))
            try:
                self.texting.send(page.responsible.mobile, text("activation.code", code=code))
            except AddressRefusedError:
                sent = False
        self.activations.sent(task)
        return sent


def _commit(activations: Activations, before: Activation | None, after: Activation) -> None:
    try:
        activations.commit(before, after)
    except ActivationChangedError:
        raise NotConfirmedError from None
