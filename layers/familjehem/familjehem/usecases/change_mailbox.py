"""Change a recipient's function mailbox: the new one is used when it has proven itself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from familjehem.domain.administration import CommandReport, refused
from familjehem.domain.function_mailbox import in_words, mailbox_faults
from familjehem.domain.municipality import municipalities
from familjehem.usecases.take_step import TakeStep


@dataclass(frozen=True, slots=True)
class ChangeMailbox:
    """Changes where notices go.

    An address that looks like a person's, or lies in a foreign domain, is refused with its reasons. The new address is
    sent its link; until that was used, notices go to the old one.
    """

    take: TakeStep

    def __call__(
        self,
        recipient: str,
        address: str,
        *,
        domain_confirmed: bool,
        dry_run: bool,
        used_by_persons: Collection[str] = (),
    ) -> CommandReport:
        """Change the address; a repeat changes nothing."""
        found = self.take.register.find(recipient)
        if found is None or found.recipient is None:
            return CommandReport((refused(recipient, "unknownRecipient"),))
        names = (found.recipient.name, *_names(found.recipient.municipalities))
        faults = mailbox_faults(address, names, used_by_persons=used_by_persons, domain_confirmed=domain_confirmed)
        if faults:
            finding = replace(refused(recipient), reasons=in_words(faults), facts={"faults": [*map(str, faults)]})
            return CommandReport((finding,))
        return CommandReport(
            (
                self.take(
                    recipient,
                    lambda way: way.change_mailbox(address, domain_confirmed=domain_confirmed),
                    dry_run=dry_run,
                ),
            )
        )


def _names(codes: Iterable[str]) -> tuple[str, ...]:
    known = municipalities()
    return tuple(known[code].name for code in codes if code in known)
