"""The template as the cloud would see it: transformed by the SAM translator, nested stacks flattened, values resolved.

Local and cloud cannot drift, because the local cloud reads everything from here. What needs no physical name can be
had at once (`Template.resources`, `Template.dependencies`); what does is given by `Template.resolve`, with a table
of the physical ids and attributes of the resources made so far.

    template = load(Path("template.yaml"), {"Stage": "dev"})
    for resource in template.in_order():
        properties = template.resolve(resource, physical)
        physical[resource.path] = Physical(ref=…, attributes={"Arn": …})

A path is the logical id, with the logical ids of the nested stacks before it: `Data/MainTable`.
"""

import copy
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

ACCOUNT = "000000000000"
REGION = "eu-north-1"
STACK = "familjehem-local"
STACK_TYPE = "AWS::CloudFormation::Stack"
SAM_TRANSFORM = "AWS::Serverless-2016-10-31"
_NO_VALUE = object()
_PSEUDO: Mapping[str, Any] = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": STACK,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/local",
    "AWS::NotificationARNs": [],
    "AWS::NoValue": _NO_VALUE,
}


class TemplateError(Exception):
    """The template cannot be read, transformed or resolved; the message names the place."""


@dataclass(frozen=True, slots=True)
class Physical:
    """What became of a resource: the value of `Ref` and those of `Fn::GetAtt`, by attribute name."""

    ref: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Scope:
    """One stack: its template, its parameters (as expressions of the stack above it), and its nested stacks."""

    prefix: str
    template: Mapping[str, Any]
    parameters: Mapping[str, Any]
    parent: "Scope | None"
    children: "dict[str, Scope]" = field(default_factory=dict)

    def path(self, logical: str) -> str:
        """Give the path of one of this stack's logical ids."""
        return f"{self.prefix}{logical}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the flattened template; `properties` are as written, intrinsic functions and all."""

    path: str
    logical: str
    type: str
    properties: Mapping[str, Any]
    body: Mapping[str, Any]
    scope: Scope

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The resource's own `Metadata`, empty when it has none."""
        return self.body.get("Metadata") or {}


class Template:
    """A loaded template; holds no physical id of its own, so it can be asked about any deployment."""

    def __init__(self, root: Scope) -> None:
        """Flatten `root` and the stacks nested in it; resources whose condition fails are left out."""
        self.root = root
        self._exports: dict[str, tuple[Any, Scope]] = {}
        self._resources = {resource.path: resource for resource in self._walk(root)}
        for scope in self._scopes(root):
            for output in (scope.template.get("Outputs") or {}).values():
                if name := (output.get("Export") or {}).get("Name"):
                    self._exports[str(self._value(name, scope, {}))] = (output["Value"], scope)

    @property
    def resources(self) -> Mapping[str, Resource]:
        """Every resource by path, in the order of the files; the nested stacks themselves are not among them."""
        return self._resources

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """Give the resources of these CloudFormation types."""
        return tuple(resource for resource in self._resources.values() if resource.type in types)

    def in_order(self) -> tuple[Resource, ...]:
        """Give every resource after all that it depends on; `TemplateError` names a circle."""
        graph = {path: self.dependencies(resource) for path, resource in self._resources.items()}
        try:
            return tuple(self._resources[path] for path in TopologicalSorter(graph).static_order())
        except CycleError as error:
            message = f"resources depend on each other in a circle: {' → '.join(error.args[1])}"
            raise TemplateError(message) from None

    def dependencies(self, resource: Resource) -> frozenset[str]:
        """Give the paths of the resources that `resource` refers to or stands after."""
        found = set(self._references(resource.properties, resource.scope))
        after = resource.body.get("DependsOn") or ()
        for logical in (after,) if isinstance(after, str) else after:
            if logical in resource.scope.children:
                prefix = resource.scope.children[logical].prefix
                found |= {path for path in self._resources if path.startswith(prefix)}
            elif resource.scope.path(logical) in self._resources:
                found.add(resource.scope.path(logical))
        return frozenset(found - {resource.path})

    def resolve(self, resource: Resource, physical: Mapping[str, Physical]) -> dict[str, Any]:
        """Give the properties of `resource` with every intrinsic function replaced by its value.

        Raises `TemplateError` when something is referred to that `physical` does not know yet.
        """
        return self._value(resource.properties, resource.scope, physical)

    def value(self, expression: Any, physical: Mapping[str, Physical]) -> Any:
        """Resolve any expression as the root stack would."""
        return self._value(expression, self.root, physical)

    def output(self, stack: str, name: str, physical: Mapping[str, Physical]) -> Any:
        """Give an output of a nested stack (`Data`), or of the root stack for an empty name."""
        scope = self.root.children[stack] if stack else self.root
        return self._value(scope.template["Outputs"][name]["Value"], scope, physical)

    # ------------------------------------------------------------ flattening

    def _walk(self, scope: Scope) -> Iterator[Resource]:
        for logical, body in (scope.template.get("Resources") or {}).items():
            if (condition := body.get("Condition")) and not self._condition(condition, scope):
                continue
            if body["Type"] == STACK_TYPE:
                yield from self._walk(self._nest(scope, logical, body))
                continue
            yield Resource(
                path=scope.path(logical),
                logical=logical,
                type=body["Type"],
                properties=body.get("Properties") or {},
                body=body,
                scope=scope,
            )

    def _nest(self, scope: Scope, logical: str, body: Mapping[str, Any]) -> Scope:
        properties = body["Properties"]
        given = properties.get("Parameters") or {}
        declared = properties["TemplateURL"].get("_Local") if isinstance(properties["TemplateURL"], dict) else None
        if declared is None:
            message = f"{scope.path(logical)}: TemplateURL must be a file beside the template"
            raise TemplateError(message)
        child = Scope(f"{scope.path(logical)}/", declared, given, scope)
        known = declared.get("Parameters") or {}
        if strangers := set(given) - set(known):
            message = f"{scope.path(logical)}: parameters that the nested template does not have: {sorted(strangers)}"
            raise TemplateError(message)
        scope.children[logical] = child
        return child

    def _scopes(self, scope: Scope) -> Iterator[Scope]:
        yield scope
        for child in scope.children.values():
            yield from self._scopes(child)

    # ------------------------------------------------------------ references

    def _references(self, expression: Any, scope: Scope) -> Iterator[str]:
        if isinstance(expression, list):
            for part in expression:
                yield from self._references(part, scope)
        elif isinstance(expression, dict):
            match _intrinsic(expression):
                case ("Ref", str() as name):
                    yield from self._references_to(name, scope)
                case ("Fn::GetAtt", argument):
                    logical, attribute = _attribute(argument)
                    yield from self._references_to_attribute(logical, attribute, scope)
                case ("Fn::Sub", argument):
                    text, names = argument if isinstance(argument, list) else (argument, {})
                    yield from self._references(names, scope)
                    for literal, name in _substitutions(text):
                        if literal is None and name not in names:
                            yield from self._references_to_dotted(name, scope)
                case ("Fn::If", [condition, then, otherwise]):
                    yield from self._references(then if self._condition(condition, scope) else otherwise, scope)
                case ("Fn::ImportValue", argument):
                    value, owner = self._export(argument, scope, {})
                    yield from self._references(value, owner)
                case _:
                    for part in expression.values():
                        yield from self._references(part, scope)

    def _references_to_dotted(self, name: str, scope: Scope) -> Iterator[str]:
        logical, _, attribute = name.partition(".")
        yield from (
            self._references_to_attribute(logical, attribute, scope)
            if attribute
            else self._references_to(logical, scope)
        )

    def _references_to(self, name: str, scope: Scope) -> Iterator[str]:
        if name in (scope.template.get("Parameters") or {}):
            if name in scope.parameters and scope.parent is not None:
                yield from self._references(scope.parameters[name], scope.parent)
        elif name not in _PSEUDO and scope.path(name) in self._resources:
            yield scope.path(name)

    def _references_to_attribute(self, logical: str, attribute: str, scope: Scope) -> Iterator[str]:
        if logical in scope.children and attribute.startswith("Outputs."):
            child = scope.children[logical]
            output = (child.template.get("Outputs") or {}).get(attribute.removeprefix("Outputs."))
            if output is None:
                message = f"{scope.path(logical)} has no output {attribute}"
                raise TemplateError(message)
            yield from self._references(output["Value"], child)
        else:
            yield from self._references_to(logical, scope)

    # ------------------------------------------------------------ values

    def _value(self, expression: Any, scope: Scope, physical: Mapping[str, Physical]) -> Any:
        if isinstance(expression, list):
            return [value for part in expression if (value := self._value(part, scope, physical)) is not _NO_VALUE]
        if not isinstance(expression, dict):
            return expression
        intrinsic = _intrinsic(expression)
        if intrinsic is None:
            values = {key: self._value(part, scope, physical) for key, part in expression.items()}
            return {key: value for key, value in values.items() if value is not _NO_VALUE}
        return self._call(*intrinsic, scope=scope, physical=physical)

    def _call(self, name: str, argument: Any, *, scope: Scope, physical: Mapping[str, Physical]) -> Any:
        def value(expression: Any) -> Any:
            return self._value(expression, scope, physical)

        match name, argument:
            case "Ref", str():
                return self._ref(argument, scope, physical)
            case "Fn::GetAtt", _:
                logical, attribute = _attribute(argument)
                return self._get_att(logical, value(attribute), scope, physical)
            case "Fn::Sub", _:
                text, names = argument if isinstance(argument, list) else (argument, {})
                return self._sub(text, value(names), scope, physical)
            case "Fn::Join", [separator, parts]:
                return separator.join(str(part) for part in value(parts))
            case "Fn::If", [condition, then, otherwise]:
                return value(then if self._condition(condition, scope) else otherwise)
            case "Fn::FindInMap", [mapping, first, second, *rest]:
                found = (scope.template.get("Mappings") or {}).get(value(mapping), {}).get(str(value(first)), {})
                if (key := str(value(second))) in found:
                    return found[key]
                if rest:
                    return value(rest[0]["DefaultValue"])
                message = f"no entry {value(mapping)}.{value(first)}.{key} in the mappings of {scope.prefix or 'root'}"
                raise TemplateError(message)
            case "Fn::Select", [index, parts]:
                return value(parts)[int(value(index))]
            case "Fn::Split", [separator, text]:
                return value(text).split(separator)
            case "Fn::ImportValue", _:
                exported, owner = self._export(argument, scope, physical)
                return self._value(exported, owner, physical)
            case "Fn::Base64", _:
                import base64

                return base64.b64encode(str(value(argument)).encode()).decode()
            case "Fn::ToJsonString", _:
                return json.dumps(value(argument), separators=(",", ":"))
            case "Fn::Length", _:
                return len(value(argument))
            case "Condition" | "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not", _:
                return self._condition({name: argument}, scope)
            case _:
                message = f"{scope.prefix or 'root'}: the function {name} is not known to the local cloud"
                raise TemplateError(message)

    def _ref(self, name: str, scope: Scope, physical: Mapping[str, Physical]) -> Any:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in (scope.template.get("Parameters") or {}):
            return self._parameter(name, scope, physical)
        if name in scope.children:
            return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}-{name}/local"
        return self._physical(name, scope, physical).ref

    def _parameter(self, name: str, scope: Scope, physical: Mapping[str, Physical]) -> Any:
        declaration = scope.template["Parameters"][name]
        if name in scope.parameters:
            given = scope.parameters[name]
            found = given if scope.parent is None else self._value(given, scope.parent, physical)
        elif "Default" in declaration:
            found = declaration["Default"]
        else:
            message = f"{scope.prefix or 'root'}: the parameter {name} has no value"
            raise TemplateError(message)
        if str(declaration.get("Type", "")).startswith(("CommaDelimitedList", "List<")) and not isinstance(found, list):
            return [part.strip() for part in str(found).split(",")] if found != "" else []
        return found

    def _get_att(self, logical: str, attribute: str, scope: Scope, physical: Mapping[str, Physical]) -> Any:
        if logical in scope.children:
            child = scope.children[logical]
            name = attribute.removeprefix("Outputs.")
            outputs = child.template.get("Outputs") or {}
            if name not in outputs:
                message = f"{scope.path(logical)} has no output {name}"
                raise TemplateError(message)
            return self._value(outputs[name]["Value"], child, physical)
        found = self._physical(logical, scope, physical)
        if attribute not in found.attributes:
            message = f"{scope.path(logical)} has no attribute {attribute}"
            raise TemplateError(message)
        return found.attributes[attribute]

    def _physical(self, logical: str, scope: Scope, physical: Mapping[str, Physical]) -> Physical:
        path = scope.path(logical)
        if path not in physical:
            message = f"{path} is referred to, and does not exist"
            raise TemplateError(message)
        return physical[path]

    def _sub(self, text: str, names: Mapping[str, Any], scope: Scope, physical: Mapping[str, Physical]) -> str:
        parts: list[str] = []
        for literal, name in _substitutions(text):
            if literal is not None:
                parts.append(literal)
            elif name in names:
                parts.append(str(names[name]))
            else:
                logical, _, attribute = name.partition(".")
                found = (
                    self._get_att(logical, attribute, scope, physical)
                    if attribute
                    else self._ref(logical, scope, physical)
                )
                parts.append(str(found))
        return "".join(parts)

    def _export(self, name: Any, scope: Scope, physical: Mapping[str, Physical]) -> tuple[Any, Scope]:
        found = self._exports.get(str(self._value(name, scope, physical)))
        if found is None:
            message = f"{scope.prefix or 'root'}: nothing exports {name}"
            raise TemplateError(message)
        return found

    def _condition(self, condition: Any, scope: Scope) -> bool:
        def value(expression: Any) -> str:
            return str(self._value(expression, scope, {}))

        if isinstance(condition, str):
            conditions = scope.template.get("Conditions") or {}
            if condition not in conditions:
                message = f"{scope.prefix or 'root'}: no condition {condition}"
                raise TemplateError(message)
            return self._condition(conditions[condition], scope)
        match next(iter(condition.items())):
            case "Condition", name:
                return self._condition(name, scope)
            case "Fn::Equals", [left, right]:
                return value(left) == value(right)
            case "Fn::Not", [part]:
                return not self._condition(part, scope)
            case "Fn::And", parts:
                return all(self._condition(part, scope) for part in parts)
            case "Fn::Or", parts:
                return any(self._condition(part, scope) for part in parts)
            case name, _:
                message = f"{scope.prefix or 'root'}: {name} is no condition"
                raise TemplateError(message)


# ---------------------------------------------------------------- reading files


def load(path: Path, parameters: Mapping[str, Any] | None = None, *, cache: Path | None = None) -> Template:
    """Read, transform and flatten the template at `path`, with `parameters` for its root stack.

    The SAM translator takes a second or two; with `cache`, a folder, its outcome is kept there and used again as
    long as no template file changed.
    """
    path = path.resolve()
    given = dict(parameters or {})
    files = {str(file.relative_to(path.parent)): file.read_bytes() for file in _files(path)}
    key = hashlib.sha256(json.dumps([sorted((n, c.decode()) for n, c in files.items()), given]).encode()).hexdigest()
    kept = cache / "transformed.json" if cache else None
    if kept and kept.exists():
        content = json.loads(kept.read_text(encoding="utf-8"))
        if content["key"] == key:
            return Template(Scope("", content["template"], given, None))
    transformed = _transformed(path, given)
    if kept:
        kept.write_text(json.dumps({"key": key, "template": transformed}), encoding="utf-8")
    return Template(Scope("", transformed, given, None))


def _files(path: Path) -> tuple[Path, ...]:
    found = [path]
    for body in (_read(path).get("Resources") or {}).values():
        if body["Type"] in {STACK_TYPE, "AWS::Serverless::Application"}:
            url = body["Properties"].get("TemplateURL", body["Properties"].get("Location"))
            if isinstance(url, str) and "://" not in url:
                found.extend(_files((path.parent / url).resolve()))
    return tuple(found)


def _transformed(path: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
    template = _read(path)
    transforms = template.get("Transform") or []
    if SAM_TRANSFORM in ([transforms] if isinstance(transforms, str) else transforms):
        template = _translate(template, parameters, path)
    for logical, body in (template.get("Resources") or {}).items():
        if body["Type"] != STACK_TYPE:
            continue
        url = body["Properties"]["TemplateURL"]
        if not isinstance(url, str) or not (path.parent / url).is_file():
            message = f"{path.name}: {logical}: there is no file {url}"
            raise TemplateError(message)
        body["Properties"]["TemplateURL"] = {"_Local": _transformed(path.parent / url, {})}
    return template


def _translate(template: dict[str, Any], parameters: Mapping[str, Any], path: Path) -> dict[str, Any]:
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # the translator asks boto3 for a region, and for nothing else
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    prepared = copy.deepcopy(template)
    sources: dict[str, str] = {}
    for logical, body in prepared["Resources"].items():
        properties = body.get("Properties") or {}
        for name in ("CodeUri", "ContentUri"):
            if isinstance(properties.get(name), str) and "://" not in properties[name]:
                sources[logical] = properties[name]
                properties[name] = f"s3://local/{logical}"
        if body["Type"] == STACK_TYPE:
            continue
    values = {name: d["Default"] for name, d in (template.get("Parameters") or {}).items() if "Default" in d}
    values |= parameters
    values |= {name: value for name, value in _PSEUDO.items() if isinstance(value, str)}
    try:
        return Translator({}, Parser()).translate(prepared, values)
    except InvalidDocumentException as error:
        message = f"{path.name}: {'; '.join(cause.message for cause in error.causes)}"
        raise TemplateError(message) from None


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of the template language."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            value: Any = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
        case _:
            message = f"a tag !{suffix} on something that is no value"
            raise TemplateError(message)
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if name == "Fn::GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}


_Loader.add_multi_constructor("!", _short_form)  # pyright: ignore[reportUnknownMemberType]
# A date such as a policy's Version stays the text that it is.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8") as lines:
            return yaml.load(lines, Loader=_Loader)  # noqa: S506 a SafeLoader with our own tags
    except (OSError, yaml.YAMLError) as error:
        message = f"cannot read {path.name}: {error}"
        raise TemplateError(message) from None


def _intrinsic(expression: Mapping[str, Any]) -> tuple[str, Any] | None:
    if len(expression) != 1:
        return None
    name, argument = next(iter(expression.items()))
    if name == "Condition":  # the only function whose name is also an ordinary key, of every policy statement
        return (name, argument) if isinstance(argument, str) else None
    return (name, argument) if name == "Ref" or name.startswith("Fn::") else None


def _attribute(argument: Any) -> tuple[str, Any]:
    if isinstance(argument, str):
        logical, _, attribute = argument.partition(".")
        return logical, attribute
    logical, *rest = argument
    return logical, rest[0] if len(rest) == 1 else ".".join(rest)


def _substitutions(text: str) -> Iterator[tuple[str | None, str]]:
    rest = text
    while (start := rest.find("${")) >= 0:
        end = rest.index("}", start)
        name = rest[start + 2 : end]
        if start:
            yield rest[:start], ""
        yield (f"${{{name[1:]}}}", "") if name.startswith("!") else (None, name.strip())
        rest = rest[end + 1 :]
    if rest:
        yield rest, ""
