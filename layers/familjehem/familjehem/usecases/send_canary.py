"""Send the canary letter: the last proof before a recipient receives from families.

SKR asks for it, and the letterbox alone can seal it: whoever gives the order can neither seal a letter nor open one.
"""

from dataclasses import dataclass

from familjehem.domain.administration import CommandReport, Verdict, changed, refused, told, unchanged
from familjehem.domain.canary import Sealed, canary_number
from familjehem.domain.errors import NotConfirmedError
from familjehem.ports import Errands
from familjehem.usecases.take_step import TakeStep

ERRAND = "sendCanary"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCanary:
    """Sends the canary letter to a recipient that is ready: its number is noted first, then it is sealed and sent.

    Safe to repeat: the same letter is sent once, and once it has been opened nothing is sent.
    """

    take: TakeStep
    errands: Errands

    def __call__(self, recipient: str, *, dry_run: bool) -> CommandReport:
        """Send it; a dry run tells whether the recipient is ready."""
        found = self.take.register.find(recipient)
        if found is None or found.onboarding is None:
            return CommandReport((refused(recipient, "unknownRecipient"),))
        if found.onboarding.canary_opened_at is not None:
            return CommandReport((unchanged(recipient, name=found.onboarding.name),))
        number = canary_number(found.onboarding.id)
        noted = self.take(recipient, lambda way: way.send_canary(number), dry_run=dry_run)
        if dry_run or noted.verdict in {Verdict.REFUSED, Verdict.FAILED}:
            return CommandReport((noted,))
        try:
            answer = self.errands.run(ERRAND, {"command": ERRAND, "recipient": recipient, "number": number})
        except NotConfirmedError as error:
            return CommandReport((told(recipient, error),))
        facts = {**noted.facts, "canary": number}
        match (answer or {}).get("sealed"):
            case Sealed.NOW:
                return CommandReport((changed(recipient, **facts),))
            case Sealed.BEFORE:
                return CommandReport((unchanged(recipient, **facts),))
            case _:
                return CommandReport((refused(recipient, "notSealed"),))
