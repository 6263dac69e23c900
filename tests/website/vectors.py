"""Writes condition_vectors.json: conditions and answers that hypothesis made, with what the server says of them.

    python -m tests.website.vectors

The browser's evaluator (website/assets/conditions.js) must say the same of every one. Run it again when the language
changes; what is committed is what both are held to.
"""

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from familjehem.domain.condition import COUNT, LISTINGS, Comparison, Condition, Relation
from tests.unit.domain.test_condition import ANSWERS, CONDITIONS

FILE = Path(__file__).with_name("condition_vectors.json")
EACH = 150
LARGEST = 2**53


def main() -> None:
    """Write as many conditions that hold as conditions that do not."""
    found: dict[bool, dict[str, dict[str, Any]]] = {True: {}, False: {}}

    @settings(
        max_examples=1500, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(CONDITIONS, ANSWERS, st.data())
    def collect(condition: Condition, answers: dict[str, Any], data: st.DataObject) -> None:
        # Answers that know nothing of the condition seldom meet it.
        for test in condition.comparisons():
            if data.draw(st.booleans()):
                answers[test.question] = fitting(test)
        told = _json(answers)
        if told is None or len(told) > 300 or len(str(condition)) > 200:
            return
        vector = {"condition": str(condition), "answers": json.loads(told), "holds": condition.holds(json.loads(told))}
        found[vector["holds"]].setdefault(f"{condition} {told}", vector)

    collect()
    chosen = [vector for kind in found.values() for vector in list(kind.values())[-EACH:]]
    lines = ",\n".join(f" {json.dumps(vector, ensure_ascii=True)}" for vector in chosen)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def fitting(test: Comparison) -> Any:
    """Give an answer that meets a test, or comes near."""
    value: Any = test.values[0]
    match test.relation:
        case Relation.UNEQUAL:
            value = "other"
        case Relation.LESS:
            value = int(value) - 1
        case Relation.MORE:
            value = int(value) + 1
        case Relation.NOT_ANY:
            value = ["other"]
        case relation if relation in LISTINGS - {Relation.IN}:
            value = [value]
        case _:
            pass
    if test.part == COUNT:
        value = [None] * value if isinstance(value, int) and value >= 0 else []
    elif test.part is not None:
        value = {test.part: value}
    return {"coApplicant": value} if test.adult else value


def _json(answers: dict[str, Any]) -> str | None:
    # Browsers know whole numbers up to 2**53, and JSON knows neither infinity nor "no number".
    try:
        told = json.dumps(answers, allow_nan=False, ensure_ascii=True)
        json.loads(told, parse_int=_small)
    except ValueError:
        return None
    return told


def _small(number: str) -> int:
    if abs(int(number)) > LARGEST:
        raise ValueError
    return int(number)


if __name__ == "__main__":
    main()
