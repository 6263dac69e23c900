from pathlib import Path

import pytest

from dev.template import Physical, Template, TemplateError, load
from tests.dev.conftest import FIXTURE


@pytest.fixture(scope="module")
def template() -> Template:
    return load(FIXTURE)


def write(folder: Path, text: str) -> Path:
    path = folder / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_nested_stacks_are_flattened_and_the_application_is_transformed(template: Template) -> None:
    kinds = {path: resource.type for path, resource in template.resources.items()}
    assert kinds["Data/Table"] == "AWS::DynamoDB::Table"
    assert kinds["Echo"] == "AWS::Lambda::Function"
    assert kinds["CollectOutbox"] == "AWS::Lambda::EventSourceMapping"
    assert not any(kind.startswith(("AWS::Serverless", "AWS::CloudFormation")) for kind in kinds.values())


def test_every_resource_comes_after_what_it_refers_to_through_outputs_too(template: Template) -> None:
    order = [resource.path for resource in template.in_order()]
    assert order.index("Data/Key") < order.index("Data/Table") < order.index("EchoRole") < order.index("Echo")
    assert order.index("Identity/Pool") < order.index("Identity/Client") < order.index("Api")


def test_references_outputs_mappings_and_substitutions_are_resolved(template: Template) -> None:
    physical = {
        "Data/Table": Physical("a-table", {"Arn": "arn:table", "StreamArn": "arn:stream"}),
        "EchoLogs": Physical("a-group"),
        "EchoRole": Physical("a-role", {"Arn": "arn:role"}),
    }
    properties = template.resolve(template.resources["Echo"], physical)
    assert properties["Environment"]["Variables"] == {
        "STAGE": "dev",
        "SITE_URL": "http://127.0.0.1:8080",
        "TABLE": "a-table",
    }
    assert properties["Role"] == "arn:role"
    assert template.output("Data", "TableArn", physical) == "arn:table"


def test_what_does_not_exist_yet_is_named(template: Template) -> None:
    with pytest.raises(TemplateError, match="EchoRole"):
        template.resolve(template.resources["Echo"], {"Data/Table": Physical("t"), "EchoLogs": Physical("g")})


def test_a_resource_whose_condition_fails_is_left_out(template: Template) -> None:
    assert "Alarm" not in template.resources
    assert "Alarm" in load(FIXTURE, {"Stage": "prod"}).resources


def test_the_transformed_template_is_kept_until_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "Resources: {A: {Type: 'AWS::SQS::Queue', Properties: {DelaySeconds: 1}}}")
    load(path, cache=tmp_path)
    monkeypatch.setattr("dev.template._transformed", lambda *_: pytest.fail("it was transformed again"))
    assert load(path, cache=tmp_path).resources["A"].properties == {"DelaySeconds": 1}
    monkeypatch.undo()
    write(tmp_path, "Resources: {A: {Type: 'AWS::SQS::Queue', Properties: {DelaySeconds: 2}}}")
    assert load(path, cache=tmp_path).resources["A"].properties == {"DelaySeconds": 2}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Join ['-', [a, !Ref Name]]", "a-x"),
        ("!Sub '${Name}/${!Literal}/${AWS::Region}'", "x/${Literal}/eu-north-1"),
        ("!Sub ['${Name}-${Other}', {Other: !Ref Name}]", "x-x"),
        ("!If [IsX, yes, no]", True),
        ("!Select [1, !Split [',', 'a,b']]", "b"),
        ("!FindInMap [Words, x, Text]", "hej"),
        ("!If [IsX, !Ref 'AWS::NoValue', no]", None),
        ("!ImportValue there", "exported"),
        ("!Base64 hej", "aGVq"),
    ],
)
def test_the_functions_of_the_template_language(tmp_path: Path, expression: str, value: object) -> None:
    text = f"""
Parameters: {{Name: {{Type: String, Default: x}}}}
Mappings: {{Words: {{x: {{Text: hej}}}}}}
Conditions: {{IsX: !And [!Equals [!Ref Name, x], !Not [!Equals [!Ref Name, y]]]}}
Resources: {{A: {{Type: 'AWS::X::Y', Properties: {{Found: {expression}}}}}}}
Outputs: {{There: {{Value: exported, Export: {{Name: there}}}}}}
"""
    template = load(write(tmp_path, text))
    assert template.resolve(template.resources["A"], {}).get("Found") == value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Resources: {A: {Type: X, Properties: {B: !Unknown c}}}", "Unknown"),
        ("Resources: {A: {Type: X, Properties: {B: !Ref Nobody}}}", "Nobody"),
        ("Resources: {A: {Type: X, Properties: {B: !FindInMap [M, a, b]}}}", "mappings"),
        ("Parameters: {P: {Type: String}}\nResources: {A: {Type: X, Properties: {B: !Ref P}}}", "P has no value"),
    ],
)
def test_faults_name_their_place(tmp_path: Path, text: str, place: str) -> None:
    template = load(write(tmp_path, text))
    with pytest.raises(TemplateError, match=place):
        template.resolve(template.resources["A"], {})


def test_a_circle_is_named(tmp_path: Path) -> None:
    text = "Resources: {A: {Type: X, DependsOn: B}, B: {Type: X, Properties: {C: !Ref A}}}"
    with pytest.raises(TemplateError, match="circle"):
        load(write(tmp_path, text)).in_order()
