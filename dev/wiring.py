"""Functions, routes, event sources and schedules as the transformed template tells them, for runner, server and pumps."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dev.taken import Taken
from dev.template import Physical, Template, TemplateError


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One Lambda function: `id` is its logical id, `name` its physical name; `timeout` in seconds."""

    id: str
    name: str
    arn: str
    handler: str
    timeout: float
    memory: int
    environment: Mapping[str, str]
    role_arn: str
    log_group: str
    log_format: str
    log_level: str


@dataclass(frozen=True, slots=True)
class Authorizer:
    """A JWT authorizer of the HTTP API."""

    name: str
    issuer: str
    audience: frozenset[str]
    header: str
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """One route: `method` may be `ANY`, `path` holds `{name}` and `{name+}`; `timeout` in seconds."""

    method: str
    path: str
    function: str
    authorizer: Authorizer | None
    timeout: float

    @property
    def key(self) -> str:
        """The route key, as events and logs show it."""
        return "$default" if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Cors:
    """What the API answers to pages of other origins."""

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None
    credentials: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An event source mapping from a table's stream or from a queue."""

    id: str
    function: str
    arn: str
    batch_size: int
    window: float
    filters: tuple[Mapping[str, Any], ...]
    report_items: bool
    starting: str
    bisect: bool
    attempts: int
    age: int
    lanes: int
    on_failure: str | None

    @property
    def is_stream(self) -> bool:
        """Whether it reads a table's stream; otherwise it reads a queue."""
        return ":dynamodb:" in self.arn


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that happens again and again: `input` is the event's text, None for the service's own."""

    name: str
    arn: str
    expression: str
    zone: str
    function: str
    input: str | None
    enabled: bool
    is_rule: bool


@dataclass(slots=True)
class Wiring:
    """Everything that is played here; `left` tells by path which properties nobody took."""

    functions: dict[str, Function] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)
    cors: Cors = field(default_factory=Cors)
    access_log: str | None = None
    sources: list[Source] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)

    def function(self, name: str) -> Function | None:
        """Find a function by logical id, physical name or the name of its folder: `SelfTest`, `self_test`."""
        wanted = name.replace("_", "").casefold()
        for function in self.functions.values():
            folder = function.handler.split(".")[1] if function.handler.count(".") > 1 else ""
            if wanted in {function.id.casefold(), function.name.casefold(), folder.replace("_", "").casefold()}:
                return function
        return None


def read(template: Template, physical: Mapping[str, Physical]) -> Wiring:
    """Read the wiring of a template whose resources exist as `physical` tells; `TemplateError` for what is unclear."""
    wiring = Wiring()
    readers = {
        "AWS::Lambda::Function": _function,
        "AWS::Lambda::Alias": _alias,
        "AWS::Lambda::EventSourceMapping": _source,
        "AWS::ApiGatewayV2::Api": _api,
        "AWS::ApiGatewayV2::Stage": _stage,
        "AWS::Scheduler::Schedule": _schedule,
        "AWS::Events::Rule": _rule,
    }
    for kind, reader in readers.items():
        for resource in template.of_type(kind):
            taken = Taken(template.resolve(resource, physical))
            reader(wiring, resource.path, taken, physical)
            wiring.left[resource.path] = list(taken.left())
    return wiring


def _function(wiring: Wiring, path: str, taken: Taken, physical: Mapping[str, Physical]) -> None:
    logging = taken.part("LoggingConfig")
    own = physical[path]
    taken.some("FunctionName", "Description")
    wiring.functions[path] = Function(
        id=path,
        name=own.ref,
        arn=own.attributes["Arn"],
        handler=taken.get("Handler"),
        timeout=float(taken.get("Timeout", 3)),
        memory=int(taken.get("MemorySize", 128)),
        environment={name: str(value) for name, value in taken.part("Environment").get("Variables", {}).items()},
        role_arn=taken.get("Role"),
        log_group=logging.get("LogGroup", f"/aws/lambda/{own.ref}"),
        log_format=logging.get("LogFormat", "Text"),
        log_level=logging.get("ApplicationLogLevel", "INFO"),
    )
    logging.get("SystemLogLevel")


def _alias(_wiring: Wiring, _path: str, taken: Taken, _physical: Mapping[str, Physical]) -> None:
    taken.some("FunctionName", "Name", "Description")


def _source(wiring: Wiring, path: str, taken: Taken, _physical: Mapping[str, Physical]) -> None:
    arn = taken.get("EventSourceArn")
    is_stream = ":dynamodb:" in arn
    filters = [json.loads(each.get("Pattern")) for each in taken.part("FilterCriteria").parts("Filters")]
    destination = taken.part("DestinationConfig").part("OnFailure")
    responses = taken.get("FunctionResponseTypes") or []
    if not taken.get("Enabled", True):
        return
    wiring.sources.append(
        Source(
            id=path,
            function=_called(wiring, taken.get("FunctionName")),
            arn=arn,
            batch_size=int(taken.get("BatchSize", 100 if is_stream else 10)),
            window=float(taken.get("MaximumBatchingWindowInSeconds", 0)),
            filters=tuple(filters),
            report_items="ReportBatchItemFailures" in responses,
            starting=taken.get("StartingPosition", "TRIM_HORIZON"),
            bisect=bool(taken.get("BisectBatchOnFunctionError", False)),
            attempts=int(taken.get("MaximumRetryAttempts", -1)),
            age=int(taken.get("MaximumRecordAgeInSeconds", -1)),
            lanes=int(taken.get("ParallelizationFactor", 1)),
            on_failure=destination.get("Destination"),
        )
    )
    destination.get("Type")


def _called(wiring: Wiring, reference: str) -> str:
    name = reference.rsplit(":function:", maxsplit=1)[-1].split(":", maxsplit=1)[0]
    for function in wiring.functions.values():
        if name in {function.name, function.id}:
            return function.id
    message = f"there is no function {reference}"
    raise TemplateError(message)


_INTEGRATION = re.compile(r"functions/(?P<function>[^/]+)/invocations$")


def _api(wiring: Wiring, path: str, taken: Taken, _physical: Mapping[str, Physical]) -> None:
    body = taken.part("Body")
    schemes = body.get("components", {}).get("securitySchemes", {})
    for pattern, methods in body.get("paths", {}).items():
        for method, operation in methods.items():
            if method == "options":
                continue
            integration = operation["x-amazon-apigateway-integration"]
            found = _INTEGRATION.search(integration["uri"])
            if found is None or integration.get("payloadFormatVersion") != "2.0":
                message = f"{path}: {method} {pattern} is no function with payload format 2.0"
                raise TemplateError(message)
            wiring.routes.append(
                Route(
                    "ANY" if method == "x-amazon-apigateway-any-method" else method.upper(),
                    "$default" if pattern == "/$default" else pattern,
                    _called(wiring, found["function"]),
                    _authorizer(operation.get("security") or [], schemes),
                    float(integration.get("timeoutInMillis", 30000)) / 1000,
                )
            )
    cors = body.get("x-amazon-apigateway-cors") or {}
    wiring.cors = Cors(
        origins=tuple(cors.get("allowOrigins", ())),
        methods=tuple(method.upper() for method in cors.get("allowMethods", ())),
        headers=tuple(header.lower() for header in cors.get("allowHeaders", ())),
        exposed=tuple(cors.get("exposeHeaders", ())),
        max_age=int(cors["maxAge"]) if "maxAge" in cors else None,
        credentials=bool(cors.get("allowCredentials", False)),
    )
    taken.get("Description")


def _authorizer(security: list[Mapping[str, Any]], schemes: Mapping[str, Any]) -> Authorizer | None:
    for demand in security:
        for name, scopes in demand.items():
            if name == "NONE":
                return None
            scheme = schemes[name]["x-amazon-apigateway-authorizer"]
            configuration = scheme["jwtConfiguration"]
            source = scheme["identitySource"]
            source = source[0] if isinstance(source, list) else source
            return Authorizer(
                name,
                configuration["issuer"],
                frozenset(configuration["audience"]),
                source.removeprefix("$request.header.").lower(),
                frozenset(scopes),
            )
    return None


def _stage(wiring: Wiring, path: str, taken: Taken, _physical: Mapping[str, Physical]) -> None:
    if taken.get("StageName") != "$default":
        message = f"{path}: the local server knows the stage $default only"
        raise TemplateError(message)
    log = taken.part("AccessLogSettings")
    wiring.access_log = log.get("Format")
    log.get("DestinationArn")
    taken.get("ApiId")


def _schedule(wiring: Wiring, path: str, taken: Taken, physical: Mapping[str, Physical]) -> None:
    target = taken.part("Target")
    taken.some("Name", "Description", "GroupName")
    wiring.schedules.append(
        Schedule(
            name=path,
            arn=physical[path].attributes["Arn"],
            expression=taken.get("ScheduleExpression"),
            zone=taken.get("ScheduleExpressionTimezone", "UTC"),
            function=_called(wiring, target.get("Arn")),
            input=target.get("Input"),
            enabled=taken.get("State", "ENABLED") == "ENABLED",
            is_rule=False,
        )
    )


def _rule(wiring: Wiring, path: str, taken: Taken, physical: Mapping[str, Physical]) -> None:
    expression = taken.get("ScheduleExpression")
    enabled = taken.get("State", "ENABLED") == "ENABLED"
    for target in taken.parts("Targets"):
        if expression and ":lambda:" in target.get("Arn"):
            arn, given = physical[path].attributes["Arn"], target.get("Input")
            function = _called(wiring, target.get("Arn"))
            wiring.schedules.append(Schedule(path, arn, expression, "UTC", function, given, enabled, is_rule=True))
        target.some("Arn", "Id", "Input", "InputTransformer", "InputPath")
    taken.some("Name", "Description", "EventPattern", "EventBusName", "RoleArn")
