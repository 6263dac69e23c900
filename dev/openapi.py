"""Write the OpenAPI 3.1 document from the very models that the functions use; `--check` fails when it has drifted.

It goes to `docs/openapi.json` and, the same bytes, beside the self-test function, which serves it. A test
holds the operations below against the routes of every app.
"""

import json
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from familjehem.domain.assignment import Assignment
from familjehem.domain.delivery import DeliveryState, NextStep, Origin
from familjehem.domain.errors import FamiljehemError
from familjehem.domain.inbox import Handling, View
from familjehem.domain.membership import AccessReason
from familjehem.domain.onboarding import Missing
from familjehem.domain.roster import Shortage
from familjehem.runtime.http import Wire
from familjehem.runtime.problems import STATUS
from functions.export.forms import CompilationForm
from functions.identification.forms import FinishForm, IdentifiedForm, RequirementForm, StartedForm, StartForm
from functions.mailbox.access_forms import (
    AccessForm,
    ConfirmationForm,
    LogForm,
    ReviewedForm,
    ReviewForm,
    ReviewSentForm,
)
from functions.mailbox.forms import (
    ColleaguesForm,
    ConclusionForm,
    ContactForm,
    DeliveryForm,
    FoundForm,
    HandoverForm,
    LetterForm,
    MeForm,
    NoteForm,
    PageForm,
    ProtectionForm,
    SearchForm,
    StateForm,
    StatesForm,
)
from functions.mailbox.report_forms import ReportsForm
from functions.mailbox.retention_forms import ErasureSentForm, ErasuresForm
from functions.members.forms import ChangeForm, InvitationForm, MemberForm, RosterForm, SettingsForm
from functions.onboarding.activation_forms import StandingForm
from functions.onboarding.app import STEPS
from functions.onboarding.forms import ConnectionForm, RequestedForm
from functions.self_test.forms import OutcomeForm, SelfTestForm
from functions.submission.forms import (
    ApplicationForm,
    ChallengeForm,
    ReceiptForm,
    RecipientsForm,
    SharingForm,
    StatusForm,
    SupplementedForm,
    SupplementForm,
)

ROOT = Path(__file__).parent.parent
TARGETS = (ROOT / "docs/openapi.json", ROOT / "functions/self_test/openapi.json")
ANY_OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": True}
CODE = {"type": "string", "pattern": "^[0-9A-Za-z -]{1,40}$"}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One call: what it takes, what it answers, and the problems that it may answer with.

    An answer is a model, JSON of any kind, or a file, told by its media type; `empty` says what is done where nothing is
    answered (204).
    """

    method: str
    path: str
    id: str
    summary: str
    body: type[Wire] | None = None
    answers: dict[HTTPStatus, tuple[str, type[Wire] | str | None]]
    empty: str | None = None
    problems: tuple[HTTPStatus, ...] = ()
    parameters: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    signed_in: bool = False


def _parameter(place: str, name: str, about: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {"in": place, "name": name, "description": about, "required": required, "schema": schema}


REFERENCE = _parameter("path", "reference", "The receipt's reference.", CODE, required=True)
RECEIPT_CODE = _parameter("header", "Receipt-Code", "The receipt's code.", CODE, required=True)
IDEMPOTENCY_KEY = _parameter(
    "header",
    "Idempotency-Key",
    "A UUID made when the form is opened.",
    {"type": "string", "format": "uuid"},
    required=True,
)
RECIPIENT = _parameter(
    "header",
    "Recipient",
    "The recipient for whom to act; needed where a person belongs to several.",
    {"type": "string", "pattern": "^[a-z0-9-]{0,40}$"},
    required=False,
)
BAD, GONE, MISSING = HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.NOT_FOUND
CONFLICT, INVALID = HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY
LARGE, MEDIA = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE
UNSURE, MANY = HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS
STRANGER, FORBIDDEN, FAULT = HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.INTERNAL_SERVER_ERROR

REPORT_FILE = {"type": "string", "pattern": r"^20[0-9]{2}-(0[1-9]|1[0-2])\.(pdf|xlsx|csv|json)$"}
DAY = {"type": "string", "format": "date"}
ADMINISTERING = (BAD, STRANGER, FORBIDDEN, UNSURE)
OPTIONAL_CODE = {"type": "string", "pattern": "^[0-9A-Za-z -]{0,40}$"}
LIMIT = _parameter("query", "limit", "How many.", {"type": "integer", "minimum": 1, "maximum": 25}, required=False)
OPENING = (BAD, STRANGER, FORBIDDEN, MISSING, FAULT, UNSURE)
PERSON = _parameter(
    "path", "person", "The colleague's id.", {"type": "string", "pattern": "^[0-9A-Za-z-]{1,64}$"}, required=True
)
NUMBER = _parameter("path", "number", "The delivery number.", CODE, required=True)
REASON = _parameter(
    "query",
    "reason",
    "Why, for the access log: the caller's own work if nothing is said.",
    {"enum": [one.value for one in AccessReason]},
    required=False,
)


ACTIVATION = (
    ("", "showActivation", "What a municipality's own page holds, for whoever has its link."),
    ("/mailbox", "proveMailbox", "Prove that somebody reads the mailbox that the link was sent to."),
    ("/responsible", "nameResponsible", "Name who is responsible for the start."),
    ("/code", "askCode", "Have a code sent to the mobile of who is responsible."),
    ("/mobile", "proveMobile", "Prove the mobile by the code: five tries each."),
    ("/agreement", "acceptAgreement", "Accept the processor agreement, in the name of who has proven her mobile."),
    ("/people", "namePeople", "Name all who shall have access, in the place of those named before."),
    ("/invoice", "givePayer", "Say where invoices go."),
)
"""The steps of the municipality's own page; each is safe to repeat, and the link stands in the body alone."""


def _filter(name: str, about: str, choices: type[StrEnum], *besides: StrEnum) -> dict[str, Any]:
    schema = {"enum": [one.value for one in choices if one not in besides]}
    return _parameter("query", name, about, schema, required=False)


FILTERS = (
    _filter("view", "Those to be called, the caller's own, all that are not protected, or the protected ones.", View),
    _filter("state", "Only deliveries in this state.", DeliveryState, DeliveryState.QUEUED, DeliveryState.ERASED),
    _filter("assignment", "Only those that apply for this.", Assignment),
    _filter("origin", "Only those who live in one's own municipality, or in another.", Origin),
    _filter("nextStep", "Only those to whom this step is suggested.", NextStep),
    _filter("handler", "Only the caller's own, or nobody's.", Handling),
    _parameter(
        "query", "overdue", "Only those whose family should have been called.", {"type": "boolean"}, required=False
    ),
)


def _handling(
    verb: str, operation: str, summary: str, about: str, body: type[Wire] | None = None, **more: Any
) -> Operation:
    """Give one way to work with a delivery: they answer alike."""
    reading = (LARGE, MEDIA, INVALID) if body else ()
    return Operation(
        method="post",
        path=f"/api/mailbox/deliveries/{{number}}/{verb}",
        id=operation,
        summary=summary,
        body=body,
        answers={HTTPStatus.OK: (about, DeliveryForm)},
        problems=(BAD, STRANGER, FORBIDDEN, MISSING, CONFLICT, *reading, UNSURE, *more.pop("problems", ())),
        parameters=(NUMBER, RECIPIENT, *more.pop("parameters", ())),
        signed_in=True,
    )


OPERATIONS = (
    Operation(
        method="get",
        path="/api/question-sets/current",
        id="readQuestionSet",
        summary="The versioned catalogue: self-test statements and application questions.",
        answers={HTTPStatus.OK: ("The question set that new applications answer.", None)},
    ),
    Operation(
        method="post",
        path="/api/self-test",
        id="takeSelfTest",
        summary="An explained result; nothing is kept.",
        body=SelfTestForm,
        answers={HTTPStatus.OK: ("The outcome.", OutcomeForm)},
        problems=(BAD, LARGE, MEDIA, INVALID),
    ),
    Operation(
        method="get",
        path="/api/openapi.json",
        id="readOpenApi",
        summary="This document.",
        answers={HTTPStatus.OK: ("OpenAPI 3.1.", None)},
    ),
    Operation(
        method="get",
        path="/api/recipients",
        id="listRecipients",
        summary="All 290 municipalities, connected or not.",
        answers={HTTPStatus.OK: ("In Swedish order of name.", RecipientsForm)},
        problems=(UNSURE,),
    ),
    Operation(
        method="get",
        path="/api/challenge",
        id="readChallenge",
        summary="A proof-of-work challenge (altcha v1).",
        answers={HTTPStatus.OK: ("Solve it, and send the solution with the application.", ChallengeForm)},
        problems=(UNSURE,),
    ),
    Operation(
        method="get",
        path="/api/identification",
        id="readIdentification",
        summary="Whether an application needs an e-identification.",
        answers={HTTPStatus.OK: ("Whether it does, and what people are told that it is called.", RequirementForm)},
    ),
    Operation(
        method="post",
        path="/api/identification/start",
        id="startIdentification",
        summary="Begin an e-identification for a draft; nothing is stored.",
        body=StartForm,
        answers={HTTPStatus.OK: ("Where to go, and the state that comes back.", StartedForm)},
        problems=(BAD, MISSING, LARGE, MEDIA, INVALID, UNSURE),
    ),
    Operation(
        method="post",
        path="/api/identification/finish",
        id="finishIdentification",
        summary="Tell who came back from the provider; a code is good once.",
        body=FinishForm,
        answers={HTTPStatus.OK: ("A token for the application, good for a day.", IdentifiedForm)},
        problems=(BAD, MISSING, LARGE, MEDIA, INVALID, UNSURE),
    ),
    Operation(
        method="post",
        path="/api/onboarding/requests",
        id="requestConnection",
        summary="Ask to be connected, as a municipality or a unit; SKR approves by the request's id.",
        body=ConnectionForm,
        answers={
            HTTPStatus.CREATED: ("Stored; nothing is sent before SKR has approved.", RequestedForm),
            HTTPStatus.OK: ("Stored before: the same id.", RequestedForm),
        },
        problems=(BAD, CONFLICT, LARGE, MEDIA, INVALID, UNSURE),
        parameters=(IDEMPOTENCY_KEY,),
    ),
    *(
        Operation(
            method="post",
            path=f"/api/onboarding/activation{path}",
            id=name,
            summary=summary,
            body=STEPS[path][0],
            answers={HTTPStatus.OK: ("How far it has come, and what is missing.", StandingForm)},
            problems=(BAD, MISSING, CONFLICT, LARGE, MEDIA, INVALID, UNSURE),
        )
        for path, name, summary in ACTIVATION
    ),
    Operation(
        method="post",
        path="/api/applications",
        id="submitApplication",
        summary="Submit an interest application; the same key and content give the same receipt.",
        body=ApplicationForm,
        answers={
            HTTPStatus.CREATED: ("Accepted: sealed for every chosen recipient.", ReceiptForm),
            HTTPStatus.OK: ("Accepted before: the same receipt.", ReceiptForm),
        },
        problems=(BAD, CONFLICT, GONE, LARGE, MEDIA, INVALID, MANY, UNSURE),
        parameters=(IDEMPOTENCY_KEY,),
    ),
    Operation(
        method="get",
        path="/api/applications/{reference}",
        id="readReceipt",
        summary="How the application fares at each recipient.",
        answers={HTTPStatus.OK: ("The state of each delivery.", StatusForm)},
        problems=(MISSING, GONE, MANY, UNSURE),
        parameters=(REFERENCE, RECEIPT_CODE),
    ),
    Operation(
        method="delete",
        path="/api/applications/{reference}",
        id="withdrawApplication",
        summary="Withdraw from one recipient or from all.",
        answers={HTTPStatus.OK: ("The new state of each delivery.", StatusForm)},
        problems=(BAD, MISSING, GONE, MANY, UNSURE),
        parameters=(
            REFERENCE,
            RECEIPT_CODE,
            _parameter("query", "delivery", "The number of one delivery; all without it.", CODE, required=False),
        ),
    ),
    Operation(
        method="post",
        path="/api/applications/{reference}/supplement",
        id="supplementApplication",
        summary="Add or correct: sealed to every recipient that still reads; the same key and content give the same answer.",
        body=SupplementForm,
        answers={
            HTTPStatus.CREATED: ("Accepted: sealed beside each letter.", SupplementedForm),
            HTTPStatus.OK: ("Accepted before: the same answer.", SupplementedForm),
        },
        problems=(BAD, MISSING, CONFLICT, GONE, LARGE, MEDIA, INVALID, MANY, UNSURE),
        parameters=(REFERENCE, RECEIPT_CODE, IDEMPOTENCY_KEY),
    ),
    Operation(
        method="put",
        path="/api/applications/{reference}/share-recipients",
        id="shareRecipients",
        summary="Give or take back that the recipients may know of each other.",
        body=SharingForm,
        answers={HTTPStatus.OK: ("The state of each delivery, and the consent as it is now.", StatusForm)},
        problems=(BAD, MISSING, CONFLICT, GONE, LARGE, MEDIA, INVALID, MANY, UNSURE),
        parameters=(REFERENCE, RECEIPT_CODE),
    ),
    Operation(
        method="get",
        path="/api/mailbox/me",
        id="introduceMe",
        summary="Who is signed in, and for which recipients she may act.",
        answers={HTTPStatus.OK: ("The person and her places.", MeForm)},
        problems=(STRANGER, FORBIDDEN, UNSURE),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/colleagues",
        id="nameColleagues",
        summary="The people of the recipient, oneself too, without their addresses.",
        answers={HTTPStatus.OK: ("In order of name.", ColleaguesForm)},
        problems=(BAD, STRANGER, FORBIDDEN, UNSURE),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/deliveries",
        id="listDeliveries",
        summary="The recipient's deliveries a page at a time: those to be called due first, all others newest first.",
        answers={HTTPStatus.OK: ("One page.", PageForm)},
        problems=(BAD, STRANGER, FORBIDDEN, UNSURE),
        parameters=(
            RECIPIENT,
            *FILTERS,
            _parameter(
                "query", "cursor", "Where the page begins.", {"type": "string", "maxLength": 200}, required=False
            ),
            LIMIT,
        ),
        signed_in=True,
    ),
    Operation(
        method="post",
        path="/api/mailbox/search",
        id="searchMailbox",
        summary="Find letters by whole words of a name, an identity number or a delivery number, and nothing else.",
        body=SearchForm,
        answers={HTTPStatus.OK: ("What was found, newest first; it is one line of the access log.", FoundForm)},
        problems=(BAD, STRANGER, FORBIDDEN, LARGE, MEDIA, INVALID, MANY, UNSURE),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/states",
        id="readStates",
        summary="Where the deliveries of a first page stand: no card, so no line of the access log.",
        answers={HTTPStatus.OK: ("The states.", StatesForm)},
        problems=(BAD, STRANGER, FORBIDDEN, UNSURE),
        parameters=(RECIPIENT, *FILTERS, LIMIT),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/states/{number}",
        id="readState",
        summary="Where one delivery stands.",
        answers={HTTPStatus.OK: ("The state.", StateForm)},
        problems=(BAD, STRANGER, FORBIDDEN, MISSING, UNSURE),
        parameters=(NUMBER, RECIPIENT),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/deliveries/{number}",
        id="openLetter",
        summary="One letter; its line of the access log stands before it is given.",
        answers={HTTPStatus.OK: ("The letter.", LetterForm)},
        problems=OPENING,
        parameters=(NUMBER, RECIPIENT, REASON),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/deliveries/{number}/compilation.pdf",
        id="printCompilation",
        summary="One letter as a tagged PDF (PDF/UA-1), the overview first; logged as an export.",
        answers={HTTPStatus.OK: ("The PDF.", "application/pdf")},
        problems=OPENING,
        parameters=(NUMBER, RECIPIENT, REASON),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/deliveries/{number}/compilation.json",
        id="exportCompilation",
        summary="One letter for a case system (docs/schemas/compilation-1.json); logged as an export.",
        answers={HTTPStatus.OK: ("The compilation, version 1.", CompilationForm)},
        problems=OPENING,
        parameters=(NUMBER, RECIPIENT, REASON),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/registry.csv",
        id="exportRegistry",
        summary="What came in between two dates that both count, a year at most; no sender and no content.",
        answers={HTTPStatus.OK: ("CSV with byte order mark and semicolons.", "text/csv")},
        problems=(BAD, STRANGER, FORBIDDEN, UNSURE),
        parameters=(
            RECIPIENT,
            _parameter("query", "from", "The first date.", DAY, required=True),
            _parameter("query", "to", "The last date.", DAY, required=True),
        ),
        signed_in=True,
    ),
    _handling(
        "claim",
        "claimDelivery",
        "Make a delivery one's own to handle; of two at the same instant one is told who was first.",
        "The delivery, claimed.",
    ),
    _handling("release", "releaseDelivery", "Make a delivery nobody's to handle.", "The delivery, released."),
    _handling(
        "handover",
        "handOverDelivery",
        "Make a delivery a colleague's to handle.",
        "The delivery, handed over.",
        HandoverForm,
    ),
    *(
        _handling(verb, operation, summary, "The delivery.", form, parameters=(IDEMPOTENCY_KEY,), problems=(FAULT,))
        for verb, operation, summary, form in (
            ("contact", "logContact", "Note a call; it claims what nobody has claimed.", ContactForm),
            ("outcome", "logOutcome", "Note what comes next, or the end with its coded reason.", ConclusionForm),
            ("note", "writeNote", "Write a note of the recipient's own; it claims nothing.", NoteForm),
        )
    ),
    _handling(
        "protect",
        "protectDelivery",
        "Name those who alone may know of a delivery; the caller is one of them.",
        "The delivery, protected.",
        ProtectionForm,
    ),
    _handling("unprotect", "unprotectDelivery", "Let everybody of the recipient read again.", "The delivery."),
    _handling(
        "erase",
        "eraseDelivery",
        "Decide that a withdrawn or closed delivery is erased: gone at once, destroyed within minutes, for ever.",
        "The delivery, erased.",
        ErasureSentForm,
    ),
    _handling("hold", "holdDelivery", "Exempt a delivery from erasure, by rule and by decision.", "The delivery."),
    _handling("unhold", "unholdDelivery", "Let the recipient's rule be for a delivery again.", "The delivery."),
    Operation(
        method="get",
        path="/api/mailbox/erasures",
        id="listErasures",
        summary="What was erased in five years, when and why, and when the last backup was gone: the certificates.",
        answers={HTTPStatus.OK: ("All of them, the latest first.", ErasuresForm)},
        problems=(BAD, STRANGER, FORBIDDEN, UNSURE),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/reports",
        id="listReports",
        summary="Of which months there are reports: the anonymised statistics, for everybody of the recipient.",
        answers={HTTPStatus.OK: ("All of them, the newest first.", ReportsForm)},
        problems=(BAD, STRANGER, FORBIDDEN, UNSURE),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/reports/{file}",
        id="readReport",
        summary="A month's report as a file (docs/schemas/report-1.json for JSON); one line of the access log.",
        answers={HTTPStatus.OK: ("The file, in the form that its name ends with.", "application/octet-stream")},
        problems=(BAD, STRANGER, FORBIDDEN, MISSING, UNSURE),
        parameters=(RECIPIENT, _parameter("path", "file", "Such as 2026-11.pdf.", REPORT_FILE, required=True)),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/access-log",
        id="readAccessLog",
        summary="Who has read and done what, newest first, for everybody of the recipient.",
        answers={HTTPStatus.OK: ("One page.", LogForm)},
        problems=(BAD, STRANGER, FORBIDDEN, MISSING, UNSURE),
        parameters=(
            RECIPIENT,
            _parameter("query", "delivery", "Only what is about this delivery alone.", OPTIONAL_CODE, required=False),
            _parameter(
                "query",
                "cursor",
                "The number of the line that the page lies before.",
                {"type": "string", "pattern": "^[0-9]{0,12}$"},
                required=False,
            ),
            LIMIT,
        ),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/access-review",
        id="readAccessReview",
        summary="The sample of the access log that is to be reviewed, and the reviews so far.",
        answers={HTTPStatus.OK: ("The sample, the same to everybody while the log stands still.", ReviewForm)},
        problems=(BAD, STRANGER, FORBIDDEN, UNSURE),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
    Operation(
        method="post",
        path="/api/mailbox/access-review",
        id="reviewAccess",
        summary="Keep what came of a review; the same key and content give the same review.",
        body=ReviewSentForm,
        answers={HTTPStatus.CREATED: ("The review.", ReviewedForm)},
        problems=(BAD, STRANGER, FORBIDDEN, CONFLICT, LARGE, MEDIA, INVALID, UNSURE),
        parameters=(RECIPIENT, IDEMPOTENCY_KEY),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/mailbox/access-confirmation",
        id="readAccessConfirmation",
        summary="Who has access, and when that was last confirmed.",
        answers={HTTPStatus.OK: ("Everybody of the recipient.", AccessForm)},
        problems=(BAD, STRANGER, FORBIDDEN, UNSURE),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
    Operation(
        method="post",
        path="/api/mailbox/access-confirmation",
        id="confirmAccess",
        summary="Confirm that everybody who has access needs it.",
        body=ConfirmationForm,
        answers={HTTPStatus.CREATED: ("Everybody of the recipient, confirmed.", AccessForm)},
        problems=(BAD, STRANGER, FORBIDDEN, LARGE, MEDIA, INVALID, UNSURE),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
)


OPERATIONS += (
    Operation(
        method="get",
        path="/api/members",
        id="listMembers",
        summary="Everybody who has access to the recipient; local administrators only.",
        answers={HTTPStatus.OK: ("In order of name, with what is wrong with having so few.", RosterForm)},
        problems=ADMINISTERING,
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
    Operation(
        method="post",
        path="/api/members",
        id="inviteMember",
        summary="Invite a colleague by a personal address; who has an account already gets access with it.",
        body=InvitationForm,
        answers={HTTPStatus.CREATED: ("The colleague's access.", MemberForm)},
        problems=(*ADMINISTERING, CONFLICT, LARGE, MEDIA, INVALID),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
    Operation(
        method="put",
        path="/api/members/{person}",
        id="changeMember",
        summary="Give a colleague another role or name; a recipient keeps a local administrator.",
        body=ChangeForm,
        answers={HTTPStatus.OK: ("The colleague's access.", MemberForm)},
        problems=(*ADMINISTERING, MISSING, CONFLICT, LARGE, MEDIA, INVALID),
        parameters=(PERSON, RECIPIENT),
        signed_in=True,
    ),
    Operation(
        method="delete",
        path="/api/members/{person}",
        id="removeMember",
        summary="Take a colleague's access; what she handled is nobody's then.",
        answers={},
        empty="The access is gone.",
        problems=(*ADMINISTERING, MISSING, CONFLICT),
        parameters=(
            PERSON,
            RECIPIENT,
            _parameter("query", "confirm", "That one knows how few are left.", {"type": "boolean"}, required=False),
        ),
        signed_in=True,
    ),
    Operation(
        method="post",
        path="/api/members/me/sign-out",
        id="signOutEverywhere",
        summary="End every session of one's own, this one too.",
        answers={},
        empty="Every session has ended.",
        problems=(STRANGER, UNSURE),
        signed_in=True,
    ),
    Operation(
        method="post",
        path="/api/members/{person}/sign-out",
        id="signOutMember",
        summary="End every session of a colleague.",
        answers={},
        empty="Every session has ended.",
        problems=(*ADMINISTERING, MISSING),
        parameters=(PERSON, RECIPIENT),
        signed_in=True,
    ),
    Operation(
        method="get",
        path="/api/members/settings",
        id="readSettings",
        summary="What the recipient decides itself.",
        answers={HTTPStatus.OK: ("All settings.", SettingsForm)},
        problems=(*ADMINISTERING, CONFLICT),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
    Operation(
        method="put",
        path="/api/members/settings",
        id="changeSettings",
        summary="Change the settings as a whole; the later of two counts.",
        body=SettingsForm,
        answers={HTTPStatus.OK: ("All settings.", SettingsForm)},
        problems=(*ADMINISTERING, CONFLICT, LARGE, MEDIA, INVALID),
        parameters=(RECIPIENT,),
        signed_in=True,
    ),
)


def document() -> dict[str, Any]:
    """Give the whole document."""
    models = {
        model
        for one in OPERATIONS
        for model in (one.body, *(answer[1] for answer in one.answers.values()))
        if isinstance(model, type)
    }
    ordered = sorted(models, key=lambda model: (model.__name__, model.__module__))
    sent = {one.body for one in OPERATIONS}
    _, schemas = models_json_schema(
        [(model, "validation" if model in sent else "serialization") for model in ordered],
        by_alias=True,
        ref_template="#/components/schemas/{model}",
    )
    components = schemas["$defs"]
    components["SelfTestForm"]["properties"]["assignments"]["items"] = {"enum": [one.value for one in Assignment]}
    components["Problem"] = _problem()
    paths: dict[str, Any] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "FamiljehemSverige",
            "version": "1",
            "description": "Self-test, interest application and mailbox. JSON in UTF-8; every error is a problem (RFC 9457).",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"caseWorker": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    content: dict[str, Any] = {
        "operationId": one.id,
        "summary": one.summary,
        "responses": {
            **{str(status.value): _answer(about, model) for status, (about, model) in one.answers.items()},
            **({"204": {"description": one.empty}} if one.empty else {}),
            **{
                str(status.value): {
                    "description": ", ".join(sorted(_slugs(status))) or status.phrase,
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for status in one.problems
                if not (one.signed_in and status is STRANGER)
            },
        },
    }
    if one.parameters:
        content["parameters"] = list(one.parameters)
    if one.body:
        schema = {"$ref": f"#/components/schemas/{one.body.__name__}"}
        content["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if one.signed_in:
        content["security"] = [{"caseWorker": []}]
        content["responses"]["401"] = {
            "description": "Not signed in: refused by the authorizer (plain JSON) or by the function (a problem).",
            "content": {
                "application/json": {"schema": ANY_OBJECT},
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
            },
        }
    return content


def _answer(about: str, model: type[Wire] | str | None) -> dict[str, Any]:
    if isinstance(model, str):
        return {"description": about, "content": {model: {"schema": {"type": "string"}}}}
    schema = {"$ref": f"#/components/schemas/{model.__name__}"} if model else ANY_OBJECT
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _slugs(status: HTTPStatus) -> set[str]:
    return {error.slug for error, code in STATUS.items() if code is status and issubclass(error, FamiljehemError)}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code"],
                    "properties": {"pointer": text, "code": text, "header": text},
                },
            },
            "warnings": {"type": "array", "items": {"enum": [one.value for one in Shortage]}},
            "handler": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {"id": text, "name": {"type": ["string", "null"]}},
            },
            "missing": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "text"],
                    "properties": {"code": {"enum": [one.value for one in Missing]}, "text": text},
                },
            },
            "recipients": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "name", "municipalities", "reason"],
                    "properties": {
                        "id": {"type": ["string", "null"]},
                        "name": text,
                        "municipalities": {"type": "array", "items": text},
                        "reason": {
                            "enum": ["notConnected", "notRecruiting", "paused", "leaving", "keyUnavailable", "changed"]
                        },
                    },
                },
            },
        },
    }


def main() -> int:
    """Write the document, or with `--check` say whether it is as it should be."""
    content = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv:
        for target in TARGETS:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        return 0
    stale = [target for target in TARGETS if not target.exists() or target.read_text(encoding="utf-8") != content]
    for target in stale:
        print(f"{target.relative_to(ROOT)} has drifted from the models: run `make generate`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
