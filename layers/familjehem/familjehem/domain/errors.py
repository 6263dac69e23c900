"""The refusals of the domain: one class per reason, each with the slug of its page on the website.

No message ever holds a value that a person sent; what a refusal carries are codes, identifiers and
the public names of recipients.
"""

from dataclasses import dataclass
from typing import ClassVar


class FamiljehemError(Exception):
    """The base of every refusal that a person can meet; `slug` names its page on the website."""

    slug: ClassVar[str]


@dataclass(frozen=True, slots=True, order=True)
class FieldError:
    """One fault in what was sent: a JSON pointer (RFC 6901) and a code, never the value."""

    pointer: str
    code: str


class MalformedRequestError(FamiljehemError):
    """The request cannot be read as the call demands; `errors` may point at its parts."""

    slug = "malformed-request"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(self.slug)
        self.errors = errors


class InvalidAnswersError(FamiljehemError):
    """One or more answers break a rule of the question set (catalogue, `answers.py`)."""

    slug = "invalid-answers"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(self.slug)
        self.errors = errors


class ProtectedIdentityError(FamiljehemError):
    """The question of protected identity (A00) was sent: it must stop before anything is sent."""

    slug = "protected-identity"


class KnownChildError(FamiljehemError):
    """The question of a known child (A03) was sent: such a family turns to its municipality."""

    slug = "known-child"


@dataclass(frozen=True, slots=True)
class Unavailable:
    """One chosen recipient that cannot receive, by name.

    `reason` is one of `notConnected`, `notRecruiting`, `paused`, `leaving`, `keyUnavailable`,
    `changed`.
    """

    municipalities: tuple[str, ...]
    recipient: str | None
    name: str
    reason: str


class RecipientsUnavailableError(FamiljehemError):
    """At least one chosen recipient cannot receive, so nothing was stored (design: promise 2)."""

    slug = "recipients-unavailable"

    def __init__(self, *unavailable: Unavailable) -> None:
        super().__init__(self.slug)
        self.unavailable = unavailable


class ChallengeRefusedError(FamiljehemError):
    """The proof of work is missing, forged, expired or spent; `code` says which."""

    slug = "challenge-refused"

    def __init__(self, code: str) -> None:
        super().__init__(f"{self.slug}: {code}")
        self.code = code


class IdentificationRequiredError(FamiljehemError):
    """E-identification is configured, and the applicant has sent none."""

    slug = "identification-required"


class IdentificationRefusedError(FamiljehemError):
    """An e-identification does not count here; `fault` tells what is wrong with what was sent.

    At `/state`: `invalid`, `expired`, `otherDraft`. At `/code`, after the provider was asked: `notAccepted` (used or
    too old), `notProven` (its ID token does not hold), `levelTooLow`, `noIdentityNumber`, `noName`, `underAge`. At
    `/identifications/<adult>`: `invalid`, `expired`, `otherDraft`, `otherAdult`.
    """

    slug = "identification-refused"

    def __init__(self, fault: FieldError) -> None:
        super().__init__(f"{self.slug}: {fault.code}")
        self.fault = fault


class IdentificationUnavailableError(FamiljehemError):
    """The provider of e-identification did not answer as it should; `step` names where, for the log."""

    slug = "identification-unavailable"

    def __init__(self, step: str) -> None:
        super().__init__(f"{self.slug}: {step}")
        self.step = step


class IdentificationOffError(FamiljehemError):
    """No e-identification is configured, so there is none to begin or to finish."""

    slug = "identification-off"


class KeyReusedError(FamiljehemError):
    """The idempotency key was already used for an application with another content."""

    slug = "key-reused"


class ApplicationErasedError(FamiljehemError):
    """The application of this idempotency key was erased; only its tombstone is left."""

    slug = "application-erased"


class ApplicationNotFoundError(FamiljehemError):
    """No application answers to this reference and receipt code: wrong or unknown, told alike."""

    slug = "application-not-found"


class TooManyAttemptsError(FamiljehemError):
    """Too many wrong receipt codes from one address within the hour."""

    slug = "too-many-attempts"


class TooManySearchesError(FamiljehemError):
    """One person has searched one mailbox too often within the hour."""

    slug = "too-many-searches"


class TooManySupplementsError(FamiljehemError):
    """The application has been supplemented as often as it can be."""

    slug = "too-many-supplements"


class NobodyToSupplementError(FamiljehemError):
    """No recipient is left that could read a supplement: all deliveries are withdrawn or closed."""

    slug = "nobody-to-supplement"


class SharingNotAskedError(FamiljehemError):
    """The application has one recipient, so whether recipients may know of each other was never asked (A06)."""

    slug = "sharing-not-asked"


class NotConfirmedError(FamiljehemError):
    """It is not known, or not so, that the work was done; to send the same again is safe."""

    slug = "not-confirmed"


class QuestionSetUnknownError(FamiljehemError):
    """The named question set is not one of ours, or no longer takes new applications."""

    slug = "question-set-unknown"


class SignInRequiredError(FamiljehemError):
    """Nobody is signed in, or the sign-in is no longer good."""

    slug = "sign-in-required"


class NotAMemberError(FamiljehemError):
    """The signed-in person has no right to work for this recipient."""

    slug = "not-a-member"


class RecipientNotChosenError(FamiljehemError):
    """The signed-in person belongs to several recipients and must say for which to act."""

    slug = "recipient-not-chosen"


class DeliveryNotFoundError(FamiljehemError):
    """The recipient has no delivery with this number."""

    slug = "delivery-not-found"


class ReportNotFoundError(FamiljehemError):
    """The recipient has no such report; `errors` say of a month or a form that there can be none."""

    slug = "report-not-found"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(self.slug)
        self.errors = errors


class ReaderOnlyError(FamiljehemError):
    """The signed-in person may read for this recipient, and do nothing more."""

    slug = "reader-only"


class AdministratorsOnlyError(FamiljehemError):
    """What was asked for is the local administrators' to do."""

    slug = "administrators-only"


class AlreadyMemberError(FamiljehemError):
    """The person has access to the recipient already."""

    slug = "already-member"


class MemberNotFoundError(FamiljehemError):
    """Nobody of that id has access to the recipient."""

    slug = "member-not-found"


class LastAdministratorError(FamiljehemError):
    """A recipient keeps a local administrator, and this would leave it without."""

    slug = "last-administrator"


class ConfirmationNeededError(FamiljehemError):
    """The change leaves so few people that whoever asks for it must say that she knows; `shortages` are the codes."""

    slug = "confirmation-needed"

    def __init__(self, *shortages: str) -> None:
        super().__init__(self.slug)
        self.shortages = shortages


class AccountConflictError(FamiljehemError):
    """The person came through the municipality's own sign-in before she was invited: the two cannot be made one."""

    slug = "account-conflict"


class RecipientClosedError(FamiljehemError):
    """The recipient is closed, so there is nothing left to set."""

    slug = "recipient-closed"


class AlreadyClaimedError(FamiljehemError):
    """A colleague handles the delivery.

    `handler` is her id, `name` what she is called, None where that is not known.
    """

    slug = "already-claimed"

    def __init__(self, handler: str, name: str | None) -> None:
        super().__init__(self.slug)
        self.handler = handler
        self.name = name


class HandlingLockedError(FamiljehemError):
    """The delivery is withdrawn or closed: it can be read, and nothing more is done with it."""

    slug = "handling-locked"


class ErasureLockedError(FamiljehemError):
    """The delivery cannot be erased now: it is still worked with, exempt, or a supplement is on its way."""

    slug = "erasure-locked"


class LetterUnreadableError(FamiljehemError):
    """A sealed letter cannot be opened: tampered with, sealed for another, or erased."""

    slug = "letter-unreadable"


class RecipientExistsError(FamiljehemError):
    """A recipient with this id exists, or one of the municipalities already has a recipient."""

    slug = "recipient-exists"


class QuestionSetBrokenError(FamiljehemError):
    """A question set breaks its own rules; the message names the place, such as `questions/E04`."""

    slug = "question-set-broken"


class InvalidCommandError(FamiljehemError):
    """A command of the administration cannot be done as it was sent; `errors` point at its parts."""

    slug = "invalid-command"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(self.slug)
        self.errors = errors


class OnboardingStepError(FamiljehemError):
    """A step of the onboarding does not fit where the recipient stands; `missing` are codes of what it lacks."""

    slug = "onboarding-step"

    def __init__(self, *missing: str) -> None:
        super().__init__(f"{self.slug}: {', '.join(missing)}")
        self.missing = missing


class ActivationNotFoundError(FamiljehemError):
    """No activation answers to this id and link: foreign, used up or unknown, told alike."""

    slug = "activation-not-found"


class CodeRefusedError(FamiljehemError):
    """The code does not count; `code` is `wrong`, `expired`, `tooManyTries`, `tooManyCodes` or `noCode`."""

    slug = "code-refused"

    def __init__(self, code: str) -> None:
        super().__init__(f"{self.slug}: {code}")
        self.code = code


class MunicipalityConnectedError(FamiljehemError):
    """The municipality is connected already, on its own or through a unit."""

    slug = "municipality-connected"


class ChangedMeanwhileError(FamiljehemError):
    """Somebody else changed the same at the same moment: look again, and do it anew."""

    slug = "changed-meanwhile"
