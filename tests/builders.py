"""Builders: one valid example per noun, changed by name; every person in them is invented and marked.

Identity numbers are from Skatteverket's published test series, telephone numbers from the series that PTS keeps free for
fiction, addresses at `example.com`. `MARKED_VALUES` are what a search for leaks looks for.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from familjehem.domain.answers import MUNICIPALITIES, asked, for_recipient, is_shown, validate
from familjehem.domain.application import Application, DeliveryPromise
from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import Delivery, DeliveryState, NextStep, Origin
from familjehem.domain.letter import Card, Letter
from familjehem.domain.membership import Membership, Person, Role
from familjehem.domain.question_set import QuestionSet, current
from familjehem.domain.recipient import PublicContact, Recipient, RecipientKind, RecipientState
from familjehem.domain.supplement import Supplement

NOW = datetime(2026, 3, 2, 13, 5, tzinfo=UTC)
TODAY = date(2026, 3, 2)
OMIT = object()
"""Given as a change, leaves that answer out."""

MARK = "Kanariefågel"
IDENTITY_NUMBER = "191212121212"
CO_APPLICANT_IDENTITY_NUMBER = "189001019802"
UNDER_AGE_IDENTITY_NUMBER = "201212121212"

MARKED_VALUES: tuple[str, ...] = (
    # `Kanarief` is what `Kanariefågel` begins with in every encoding, escaped JSON too.
    "Kanarief",
    "kanariefagel",
    "Persson-Kanarie",
    IDENTITY_NUMBER,
    "19121212-1212",
    CO_APPLICANT_IDENTITY_NUMBER,
    "18900101-9802",
    "701740605",
    "070-174 06 05",
    "701740606",
    "070-174 06 06",
    "701740607",
    "070-174 06 07",
    "701740608",
    "070-174 06 08",
)
"""Strings that stand in the answers of `family_answers` and may stand nowhere but in sealed letters."""

EVERY_ANSWER: Mapping[str, Any] = {
    "assignments": ["familjehem"],
    "applicants": "partner",
    "homeMunicipality": "0680",
    "shareRecipients": "yes",
    "startWindow": "withinThreeMonths",
    "heardThrough": "friend",
    "selfTestTaken": "yes",
    "identityNumber": "19121212-1212",
    "name": "Prov Persson-Kanarie",
    "address": {"street": "Kanariefågelgatan 5", "postalCode": "553 16", "city": "Kanariefågelstad"},
    "mobile": "070-174 06 05",
    "email": "kanariefagel.prov@example.com",
    "bestContactTime": ["afternoon", "evening"],
    "contactWay": "phone",
    "interpreter": {"needed": "no"},
    "contactAdaptation": f"Tala gärna långsamt i telefon. {MARK} anpassning",
    "relationshipStatus": "cohabiting",
    "cohabitationLength": "over5Years",
    "changesAhead": ["work"],
    "licenceAndCar": "yes",
    "currentAssignment": "no",
    "coApplicantIdentityNumber": "18900101-9802",
    "coApplicantName": "Test Persson-Kanarie",
    "coApplicantMobile": "070-174 06 06",
    "coApplicantConfirmed": True,
    "otherAdults": 1,
    "otherAdultDetails": [{"relation": "parent", "birthYear": 1951}],
    "children": [
        {"birthYear": 2014, "living": "fullTime", "relation": "own"},
        {"birthYear": 2018, "living": "alternating", "relation": "bonus"},
    ],
    "childrensView": "all",
    "adultsAgree": "yes",
    "placedPersons": 0,
    "animals": ["dog", "cat"],
    "smoking": "none",
    "housingForm": "house",
    "tenure": "own",
    "areaType": "rural",
    "ownRoom": "yes",
    "places": 2,
    "wheelchairAccess": "partly",
    "distanceToSchool": "from1to5km",
    "hazards": ["water"],
    "timeAtAddress": "over3Years",
    "occupation": {"applicant": "partTime", "coApplicant": "fullTime"},
    "unsocialHours": "no",
    "homeAtStart": "months",
    "financesWithoutFee": "yes",
    "debts": "no",
    "generalHealth": {"applicant": "good", "coApplicant": "ok"},
    "healthAndCapacity": {"applicant": "no", "coApplicant": "managed"},
    "longSickLeave": {"applicant": "no", "coApplicant": "no"},
    "alcohol": "rare",
    "soberAdultAtHome": "yes",
    "addiction": "no",
    "violence": "no",
    "recordChecks": "yes",
    "recordEntries": "talk",
    "socialServicesContact": "no",
    "earlierAssessment": "no",
    "assignmentExperience": ["kontaktfamilj"],
    "peopleExperience": ["ownChildren", "work", "lived"],
    "specialExperience": ["teen"],
    "training": ["none"],
    "spokenLanguages": ["sv", "fi"],
    "swedishSkills": "full",
    "interests": ["nature", "food"],
    "motive": f"Vi har plats för ett barn till vid bordet.\n{MARK} motiv",
    "mainReasons": ["safe", "share"],
    "contactWithParents": "withSupport",
    "contactAtHome": "sometimes",
    "uncertainLength": "ok",
    "attitudeToForce": "never",
    "handlingAnger": f"Vi stannar kvar och väntar. {MARK} ilska",
    "supportNetwork": ["kin", "friends"],
    "timeForSchoolAndCare": "daily",
    "opennessToDifference": "yes",
    "followUpVisits": "yes",
    "trainingAndSupervision": "all",
    "discretion": "yes",
    "ages": ["age3to6", "age7to12"],
    "genderPreference": "no",
    "siblings": "two",
    "needs": ["everydayLife", "school"],
    "ownLimits": f"Vi har inte plats för fler än två. {MARK} gräns",
    "assignmentLength": ["severalYears", "childhood"],
    "custodyTransfer": "maybe",
    "travelTime": "upTo1Hour",
    "secretPlacement": "unsure",
    "parentWithChild": "no",
    "daytimeAdult": "mostly",
    "onCallHours": ["evening", "weekend"],
    "acuteNotice": "sameDay",
    "onCallContract": "single",
    "longestStay": "upToOneMonth",
    "babyEquipment": ["crib"],
    "canFetchChild": "yes",
    "visitFrequency": ["oneWeekendAMonth"],
    "overnightStay": "ownRoom",
    "fetchAndLeave": "yes",
    "assignmentDuration": "atLeast1Year",
    "targetGroup": ["child"],
    "meetingFrequency": "weekly",
    "meetingTimes": ["evening"],
    "speciallyQualified": "maybe",
    "referees": [{"name": "Granne Persson-Kanarie", "relation": f"Granne, {MARK}", "phone": "070-174 06 07"}],
    "informationMeeting": "online",
    "bankProfile": "no",
    "informationRead": True,
    "truthful": True,
}
"""A good answer to every question of the current set; `family_answers` picks those that belong together."""


def family_answers(
    *,
    extended: Collection[str] = (),
    recipients: int = 1,
    question_set: QuestionSet | None = None,
    where_shown: Mapping[str, Any] = EVERY_ANSWER,
    **changes: Any,
) -> dict[str, Any]:
    """Give what a family sends: every question that is shown to it, answered, in any assignments.

    `changes` are answers by name (`assignments=["jourhem"]`, `applicants="solo"`, `motive=OMIT`); what they hide is left
    out, and a change is kept even where it is wrong. `where_shown` are answers that are given only where their question
    is shown. `extended` are switched on, `recipients` were chosen.
    """
    answers = {**EVERY_ANSWER, **where_shown, **changes}
    catalogue = question_set or current()
    sent: dict[str, Any] = {}
    for question in asked(catalogue, [Assignment(code) for code in answers["assignments"]], extended):
        if is_shown(question, {**sent, MUNICIPALITIES: ["0680"] * recipients}):
            sent[question.name] = answers[question.name]
            if question.per_adult and question.name not in changes and sent.get("applicants") not in _TOGETHER:
                sent[question.name] = {"applicant": answers[question.name]["applicant"]}
    return {name: value for name, value in {**sent, **changes}.items() if value is not OMIT}


_TOGETHER = {"partner", "otherAdult"}


def every_extended_question() -> frozenset[str]:
    """Give the names of all questions that a recipient of the current set can switch on."""
    return frozenset(question.name for question in current().questions if question.assignments - question.core_for)


def self_test_answers(*assignments: Assignment, option: str = "full", **changes: str) -> dict[str, str]:
    """Give a self-test answered with `option` throughout, with the best motive, for `assignments`."""
    chosen = frozenset(assignments or (Assignment.FAMILJEHEM,))
    answers: dict[str, str] = {}
    for statement in current().statements:
        if statement.assignments & chosen:
            codes = [one.code for one in statement.options]
            answers[statement.name] = option if option in codes else codes[0]
    return answers | changes


def recipient(**changes: Any) -> Recipient:
    """Give a municipality that receives applications for every assignment."""
    return replace(
        Recipient(
            id="0680",
            name="Jönköping",
            kind=RecipientKind.MUNICIPALITY,
            state=RecipientState.LIVE,
            municipalities=("0680",),
            assignments=frozenset(Assignment),
            key_arn="arn:aws:kms:eu-north-1:000000000000:key/prov-0680",
            function_mailbox="familjehem@prov.example.com",
            contact=PublicContact(telephone="+46846500401", web="https://prov.example.com/"),
        ),
        **changes,
    )


def unit(**changes: Any) -> Recipient:
    """Give a joint unit that serves three municipalities."""
    merged: dict[str, Any] = {
        "id": "unit-prov",
        "name": "Provets gemensamma familjehemsenhet",
        "kind": RecipientKind.UNIT,
        "municipalities": ("0682", "0684", "0687"),
        "key_arn": "arn:aws:kms:eu-north-1:000000000000:key/prov-unit",
        **changes,
    }
    return recipient(**merged)


def letter(answers: Mapping[str, Any] | None = None, *, extended: Collection[str] = (), **changes: Any) -> Letter:
    """Give the letter that a recipient gets for `answers` in their stored form (a family's, if none are given)."""
    stored = validated(extended=extended) if answers is None else answers
    return replace(
        Letter(
            number="7K3M-9QWX-2B4C",
            recipient="0680",
            municipalities=("0680",),
            submitted_at=NOW,
            question_set=current().version,
            assignments=tuple(Assignment(code) for code in stored["assignments"]),
            answers=for_recipient(current(), stored, extended),
            extended_questions=tuple(sorted(extended)),
        ),
        **changes,
    )


def validated(*, extended: Collection[str] = (), recipients: int = 1, **changes: Any) -> Mapping[str, Any]:
    """Give `family_answers` in their stored form."""
    sent = family_answers(extended=extended, recipients=recipients, **changes)
    return validate(current(), sent, extended=frozenset(extended), recipients=recipients, today=TODAY)


def card(**changes: Any) -> Card:
    """Give a card."""
    return replace(
        Card(
            name="Prov Persson-Kanarie",
            telephone="+46701740605",
            best_time=("afternoon", "evening"),
            start_window="withinThreeMonths",
        ),
        **changes,
    )


def supplement(answers: Mapping[str, Any] | None = None, **changes: Any) -> Supplement:
    """Give a supplement that corrects how the family is reached, and says something."""
    return replace(
        Supplement(
            number="7K3M-9QWX-2B4C",
            recipient="0680",
            version=2,
            submitted_at=NOW,
            question_set=current().version,
            answers={"mobile": "+46701740608"} if answers is None else answers,
            message=f"Vi har flyttat.\n{MARK} på nytt",
        ),
        **changes,
    )


def promise(**changes: Any) -> DeliveryPromise:
    """Give one line of a receipt."""
    return replace(
        DeliveryPromise(
            number="7K3M-9QWX-2B4C", recipient="0680", recipient_name="Jönköping", municipalities=("0680",)
        ),
        **changes,
    )


def application(**changes: Any) -> Application:
    """Give an accepted application with one delivery."""
    return replace(
        Application(
            reference="4F7T-0A1B-9XYZ",
            digest=b"\x01" * 32,
            receipt_digest=b"\x02" * 32,
            secret_version="1",
            submitted_at=NOW,
            question_set=current().version,
            promises=(promise(),),
        ),
        **changes,
    )


def delivery(**changes: Any) -> Delivery:
    """Give a delivery that has arrived and not been opened."""
    return replace(
        Delivery(
            number="7K3M-9QWX-2B4C",
            recipient="0680",
            state=DeliveryState.DELIVERED,
            assignments=(Assignment.FAMILJEHEM,),
            origin=Origin.OWN,
            next_step=NextStep.DIRECT_MEETING,
            question_set=current().version,
            queued_at=NOW,
            received_at=NOW,
        ),
        **changes,
    )


def membership(**changes: Any) -> Membership:
    """Give a case worker's place at the municipality of `recipient`."""
    return replace(Membership(recipient="0680", recipient_name="Jönköping", role=Role.CASE_WORKER), **changes)


def person(**changes: Any) -> Person:
    """Give a case worker with one membership."""
    return replace(Person(id="00000000-0000-4000-8000-000000000680", memberships=(membership(),)), **changes)


def family_body() -> dict[str, Any]:
    """Give the body of the demonstration's application: two assignments, two adults, two children, five recipients."""
    return {
        "questionSet": current().version,
        "municipalities": ["0680", "0687", "0180", "1280", "1480"],
        "answers": family_answers(recipients=5, assignments=["familjehem", "jourhem"]),
    }
