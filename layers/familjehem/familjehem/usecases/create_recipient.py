"""Create a recipient: its own key, its place in the directory, its claim on the municipalities it serves."""

import re
from dataclasses import dataclass, replace

from familjehem.domain.errors import FieldError, InvalidAnswersError, RecipientExistsError
from familjehem.domain.municipality import municipalities
from familjehem.domain.recipient import Recipient, RecipientKind
from familjehem.domain.recipient_settings import extendable
from familjehem.ports import Directory, RecipientKeys

_UNIT = re.compile(r"unit-[0-9a-z-]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRecipient:
    """Creates recipients.

    Afterwards the recipient has a key of its own and stands in the directory, and each of its
    municipalities is claimed by it and by nobody else. Not repeatable: a second call raises
    `RecipientExistsError` before it makes a key.
    """

    directory: Directory
    keys: RecipientKeys

    def __call__(self, recipient: Recipient) -> Recipient:
        """Create `recipient`, whose `key_arn` is empty, and give it with its key.

        Raises `InvalidAnswersError` for an unknown municipality or extended question, none or repeated
        municipalities, no assignment, or an id that is neither the municipality's code nor `unit-…`, and
        `RecipientExistsError`.
        """
        faults = tuple(_faults(recipient))
        if faults:
            raise InvalidAnswersError(*faults)
        claimed = self.directory.serving(recipient.municipalities)
        if self.directory.get(recipient.id) is not None or any(claimed.values()):
            raise RecipientExistsError
        created = replace(recipient, key_arn=self.keys.create(recipient.id))
        self.directory.add(created)
        return created


def _faults(recipient: Recipient) -> list[FieldError]:
    known = municipalities()
    faults = [
        FieldError(f"/municipalities/{index}", "unknownMunicipality")
        for index, code in enumerate(recipient.municipalities)
        if code not in known
    ]
    if recipient.kind is RecipientKind.UNIT:
        fits = _UNIT.fullmatch(recipient.id) is not None
    else:
        fits = recipient.municipalities == (recipient.id,)
    if not fits:
        faults.append(FieldError("/id", "invalid"))
    if not recipient.assignments:
        faults.append(FieldError("/assignments", "required"))
    if not recipient.municipalities:
        faults.append(FieldError("/municipalities", "required"))
    if len(set(recipient.municipalities)) != len(recipient.municipalities):
        faults.append(FieldError("/municipalities", "repeated"))
    if not recipient.extended_questions <= extendable():
        faults.append(FieldError("/extendedQuestions", "unknownQuestion"))
    return faults
