"""One condition language: the server and the browser's evaluator say the same of the same vectors."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from familjehem.domain.condition import parse
from website.build import NODE

HERE = Path(__file__).parent
BY_HAND = HERE.parent / "unit" / "domain" / "condition_vectors.json"
GENERATED = HERE / "condition_vectors.json"


def vectors() -> list[dict]:
    return [each for file in (BY_HAND, GENERATED) for each in json.loads(file.read_text("utf-8"))]


def test_the_server_agrees_with_every_vector():
    wrong = [each for each in vectors() if parse(each["condition"]).holds(each["answers"]) is not each["holds"]]
    assert wrong == []


def test_the_generated_vectors_have_both_outcomes():
    told = [each["holds"] for each in json.loads(GENERATED.read_text("utf-8"))]
    assert min(told.count(True), told.count(False)) >= 100


def by_node(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, "--test", "--test-reporter=tap", HERE / "conditions.test.mjs"],
        env={**os.environ, "VECTORS": str(path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "turned", [False, True], ids=["as they are", "with one outcome turned, to see that it is seen"]
)
def test_the_browser_s_evaluator_agrees_with_every_vector(tmp_path, turned):
    # given
    told = [
        {
            "text": each["condition"],
            "wire": parse(each["condition"]).to_wire(),
            "answers": each["answers"],
            "holds": each["holds"],
        }
        for each in vectors()
    ]
    told[-1]["holds"] ^= turned
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps(told), "utf-8")
    # when
    ran = by_node(path)
    # then
    assert (ran.returncode == 0) is not turned, ran.stdout[-3000:] + ran.stderr[-1000:]
