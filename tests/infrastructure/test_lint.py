"""cfn-lint on the transformed template, where it finds faults that it cannot see before; `make template` lints the sources."""

import copy
import json
import re

import pytest
import yaml
from cfnlint import api
from cfnlint.config import ManualArgs

from dev.template import REGION, STACK_TYPE, Template

SOURCES = (
    "template.yaml",
    *(
        f"infrastructure/{name}.yaml"
        for name in ("console", "data", "identity", "messaging", "post", "watch", "website")
    ),
)


def faults(path) -> list[str]:
    found = api.lint_file(path, config=ManualArgs(regions=[REGION]))
    return [f"{match.rule.id} {'/'.join(map(str, match.path or []))}: {match.message}" for match in found]


@pytest.fixture
def transformed(template: Template) -> dict:
    found = copy.deepcopy(template.root.template)
    for resource in found["Resources"].values():
        if resource["Type"] == STACK_TYPE:
            resource["Properties"]["TemplateURL"] = "https://s3.amazonaws.com/local/nested.yaml"
    return found


def test_the_sources_are_all_there_are(root):
    found = {f"infrastructure/{path.name}" for path in (root / "infrastructure").glob("*.yaml")} | {"template.yaml"}
    assert found == set(SOURCES)


def test_the_transformed_template_is_clean_but_for_a_fault_that_is_put_in(transformed, tmp_path):
    # given
    transformed["Resources"]["DeliveryOutbox"]["Properties"]["FunctionResponseTypes"] = ["ReportBatchFailures"]
    path = tmp_path / "transformed.json"
    path.write_text(json.dumps(transformed), "utf-8")
    # when
    (found,) = faults(path)
    # then
    assert "/DeliveryOutbox/" in found


def test_every_check_of_checkov_that_is_skipped_has_its_reason(root):
    text = (root / ".checkov.yaml").read_text("utf-8")
    settings = yaml.safe_load(text)
    assert set(settings["file"]) == set(SOURCES)
    lines = text[text.index("skip-check:") :].splitlines()[1:]
    for number, line in enumerate(lines):
        if line.lstrip().startswith("- "):
            assert lines[number - 1].lstrip().startswith("# "), line
    for source in SOURCES:
        for _, comment in re.findall(
            r"id: (CKV_AWS_\d+),?\s+comment: \"([^\"]*)\"", (root / source).read_text("utf-8")
        ):
            assert len(comment) > 30
