"""The door that SKR's console knocks on: a command in, a report in plain Swedish out.

A command is JSON in camelCase, named and versioned. Which alias was called decides what may be done: only `live` does
anything, everything else is for dry runs. What a form leaves empty counts as not said.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Annotated, Any, ClassVar, Literal, cast

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from familjehem.domain.administration import CommandReport, Verdict, refused, told
from familjehem.domain.errors import FieldError, InvalidCommandError, NotConfirmedError, OnboardingStepError
from familjehem.runtime.observability import Event, fault, logger, publish_metrics

LIVE = "live"
LONGEST_NAME = 200
LONGEST_APPROVAL = 4000

type Run = Callable[["Command"], CommandReport]
type CommandHandler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class Shape(BaseModel):
    """The base of every shape within a command: camelCase, nothing unknown."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _without_what_was_left_empty(cls, sent: Any) -> Any:
        """Drop what a form sends for a field that nobody filled in."""
        if not isinstance(sent, dict):
            return sent
        return {name: value for name, value in cast("dict[str, Any]", sent).items() if value not in ("", [], [""])}


class Command(Shape):
    """What every command says: its name and version, whether it is a dry run, and who asks for it.

    With `fail_on_refusal` a report that is not well is raised, so that the runbook stops where it stands.
    """

    named: ClassVar[str] = ""
    two_persons: ClassVar[bool] = False

    command: str
    version: Literal[1]
    dry_run: bool
    requested_by: Annotated[str, Field(max_length=LONGEST_NAME)]
    fail_on_refusal: bool = False


class ApprovedCommand(Command):
    """A command that needs a second person; `approved_by` is whatever the approval step says of who approved."""

    two_persons: ClassVar[bool] = True

    approved_by: Annotated[str, Field(max_length=LONGEST_APPROVAL)] | None = None


class CommandRefusedError(Exception):
    """The report of a command that asked to be stopped by it; the message is that report."""


def read_file[Model: Shape](model: type[Model], content: bytes | None) -> Model:
    """Read what lies in a file as `model`; `InvalidCommandError` at `/file` for none, or with pointers into it."""
    if content is None:
        raise InvalidCommandError(FieldError("/file", "noFile"))
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise InvalidCommandError(*_faults(error)) from None


def command_handler(commands: Sequence[type[Command]], run: Run) -> CommandHandler:
    """Give commands the door that the console and its runbooks knock on; `run` does what one says.

    The report holds the verdict (`changed`, `unchanged`, `refused`, `failed`), the words, every finding and the facts.
    Nothing escapes but what was asked for: whatever else goes wrong is logged without its message, and reported.
    """
    known = {model.named: model for model in commands}

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        command: Command | None = None
        try:
            command = _read(event, known)
            report = _forbidden(command, context.invoked_function_arn) or run(command)
        except (InvalidCommandError, NotConfirmedError, OnboardingStepError) as error:
            report = CommandReport((told(command.command if command else "command", error),))
        except Exception as error:  # noqa: BLE001 the last resort: its message may repeat what was sent
            logger.error(Event.FAILED, extra=fault(error))
            report = CommandReport((refused("command", "notDone"),))
        finally:
            publish_metrics()
        answer = _answer(command, report)
        logger.info(Event.COMMANDED, extra={name: answer[name] for name in ("command", "dryRun", "verdict")})
        if command is not None and command.fail_on_refusal and report.verdict in {Verdict.REFUSED, Verdict.FAILED}:
            raise CommandRefusedError(answer["text"])
        return answer

    return handler


def _read(event: Mapping[str, Any], known: Mapping[str, type[Command]]) -> Command:
    """Read a command; `InvalidCommandError` with pointers and codes, never with what was sent."""
    name = event.get("command") if isinstance(event, dict) else None  # pyright: ignore[reportUnnecessaryIsInstance]
    model = known.get(name) if isinstance(name, str) else None
    if model is None:
        raise InvalidCommandError(FieldError("/command", "unknownCommand"))
    try:
        return model.model_validate_json(json.dumps(event))
    except ValidationError as error:
        raise InvalidCommandError(*_faults(error)) from None


_CODES = {
    "missing": "required",
    "string_too_long": "tooLong",
    "string_too_short": "required",
    "string_pattern_mismatch": "invalid",
    "date_from_datetime_parsing": "invalid",
    "date_parsing": "invalid",
    "greater_than_equal": "invalid",
    "less_than_equal": "invalid",
    "too_long": "tooMany",
    "too_short": "required",
    "enum": "unknownChoice",
    "literal_error": "unknownChoice",
    "extra_forbidden": "unknownField",
    "value_error": "contradictory",
    "json_invalid": "notJson",
}


def _faults(error: ValidationError) -> Sequence[FieldError]:
    faults: list[FieldError] = []
    for one in error.errors(include_input=False, include_url=False, include_context=False):
        code = _CODES.get(one["type"], "wrongType")
        # The last name of what is not ours was sent by somebody.
        place = one["loc"][:-1] if code == "unknownField" else one["loc"]
        ours = takewhile(lambda part: isinstance(part, int) or part.isidentifier(), place)
        faults.append(FieldError("".join(f"/{part}" for part in ours), code))
    return tuple(dict.fromkeys(faults))


def _forbidden(command: Command, arn: str) -> CommandReport | None:
    """Refuse what an alias or a single person may not do; None where it may be done."""
    if command.dry_run:
        return None
    if arn.rpartition(":")[2] != LIVE or arn.count(":") != _PARTS_WITH_ALIAS:
        return CommandReport((refused(command.command, "previewOnly"),))
    if isinstance(command, ApprovedCommand):
        if not command.approved_by:
            return CommandReport((refused(command.command, "approvalNeeded"),))
        # The same person may hold both roles; the end of the name is hers in either.
        if command.requested_by.rpartition("/")[2] in command.approved_by:
            return CommandReport((refused(command.command, "approvedByOneself"),))
    return None


_PARTS_WITH_ALIAS = 7


def _answer(command: Command | None, report: CommandReport) -> dict[str, Any]:
    dry_run = command.dry_run if command else True
    return {
        "command": command.command if command else None,
        "version": command.version if command else None,
        "dryRun": dry_run,
        "verdict": report.verdict.value,
        "text": report.words(dry_run=dry_run),
        "findings": [
            {"subject": one.subject, "verdict": one.verdict.value, "reasons": list(one.reasons), **one.facts}
            for one in report.findings
        ],
        "facts": dict(report.facts),
    }
