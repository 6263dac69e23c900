"""The browser judges answers as the server does: the same faults, at the same places, in the same order."""

import copy
import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

from familjehem.domain.answers import validate
from familjehem.domain.errors import InvalidAnswersError
from familjehem.domain.question_set import AnswerType, current
from tests.builders import TODAY, UNDER_AGE_IDENTITY_NUMBER, every_extended_question, family_answers
from website import form
from website.build import NODE

HERE = Path(__file__).parent
ASSIGNMENTS = ("familjehem", "jourhem", "jourfamilj", "kontaktfamilj", "kontaktperson")
# What a page can hold in a field of each kind: the page never makes another kind of JSON of it.
TYPED: dict[AnswerType, tuple[Any, ...]] = {
    AnswerType.SINGLE: ("no", "yes", "talk", "", "nonsense"),
    AnswerType.MULTI: ([], ["none"], ["none", "dog"], ["nonsense"], ["safe", "share", "lived"], ["any", "age0to2"]),
    AnswerType.TEXT: ("", "  ", "kort", "rad\nrad", "å" * 119, "a" * 2000, "a\u202eb", "tab\there", "e\u0301" * 120, "😀" * 130),
    AnswerType.NUMBER: (0, 1, 4, 11, -1, "många", ""),
    AnswerType.YEAR: (1899, 1900, 2014, 2026, 2027, "i år"),
    AnswerType.CONFIRM: (True,),
    AnswerType.IDENTITY_NUMBER: (
        UNDER_AGE_IDENTITY_NUMBER,
        *("19121212-1212", "121212-1212", "121212+1212", "19121212-1213", "18900101-9802", "8900101-9802"),
        *("191212321212", "19121272-1219", "abc", "", "19121212\u20131212", "20270101-0000", " 19121212 1212 "),
    ),
    AnswerType.PHONE: ("070-174 06 05", "+46 70 174 06 05", "0046701740605", "12", "070-17", "08-465 004 01", "+47 22 22 22 22", "070-abc"),
    AnswerType.EMAIL: ("a@b.se", "a@b", "@b.se", "a b@c.se", "prov@å.se", "a..b@c.se", "x" * 70 + "@c.se", "A@B.SE"),
    AnswerType.LANGUAGES: (["sv"], ["sv", "sv"], ["sv", "xx"], []),
}  # fmt: skip
POSTAL = ("553 16", "55316", "0123 4", "5531", "55316 55316", "")


def changed(answers: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Give the answers with a few of them made into something else that a page can hold."""
    sent = copy.deepcopy(answers)
    for name in [
        *chance.sample(list(sent), k=chance.randint(1, 4)),
        *chance.sample(["identityNumber"], k=chance.choice([0, 0, 1])),
    ]:
        if name not in sent:
            continue
        question = current().question(name)
        if question.type is AnswerType.IDENTITY_NUMBER:
            sent[name] = chance.choice(TYPED[question.type])
        elif chance.random() < 0.3:
            del sent[name]
        elif question.per_adult:
            sent[name] = chance.choice([{"applicant": "good"}, {"coApplicant": "no"}, {**sent[name], "applicant": ""}])
        elif question.type is AnswerType.ADDRESS:
            sent[name] = {**sent[name], "postalCode": chance.choice(POSTAL)}
            sent[name].pop(chance.choice(["street", "city", "postalCode"]))
        elif question.type is AnswerType.INTERPRETER:
            sent[name] = chance.choice(
                [{"needed": "yes"}, {"needed": "yes", "language": "fi"}, {"needed": "no", "language": "fi"}, {}]
            )
        elif question.type is AnswerType.GROUP:
            items = [{**each} for each in sent[name] * chance.randint(0, 9)]
            for item in items[:2]:
                item.update(birthYear=chance.choice(TYPED[AnswerType.YEAR]))
                item.pop(chance.choice(list(item)))
            sent[name] = items
        elif question.type in TYPED:
            sent[name] = chance.choice(TYPED[question.type])
    return sent


def cases(count: int = 400) -> list[dict[str, Any]]:
    chance = random.Random(1)
    found: list[dict[str, Any]] = []
    every = sorted(every_extended_question())
    for _ in range(count):
        extended = chance.sample(every, k=chance.choice([0, 5, len(every)]))
        recipients = chance.randint(1, 5)
        answers = family_answers(
            assignments=chance.sample(ASSIGNMENTS, k=chance.randint(1, 3)),
            extended=extended,
            recipients=recipients,
            applicants=chance.choice(["solo", "partner", "otherAdult"]),
        )
        sent = changed(answers, chance) if chance.random() < 0.9 else answers
        faults: list[dict[str, str]] = []
        try:
            validate(current(), sent, extended=extended, recipients=recipients, today=TODAY)
        except InvalidAnswersError as invalid:
            faults = [{"pointer": one.pointer, "code": one.code} for one in invalid.errors]
        found.append({"sent": sent, "extended": extended, "recipients": recipients, "faults": faults})
    return found


def by_node(told: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "cases.json"
    path.write_text(json.dumps(told), "utf-8")
    return subprocess.run(
        [NODE, "--test", "--test-reporter=tap", HERE / "judge.test.mjs"],
        env={**os.environ, "CASES": str(path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_browser_finds_what_the_server_finds(tmp_path):
    # given
    told = {"logic": json.loads(form.logic(current())), "today": TODAY.isoformat(), "cases": cases()}
    # then: right and wrong ones are among them, and every fault that a page can make
    codes = {fault["code"] for each in told["cases"] for fault in each["faults"]}
    assert sum(not each["faults"] for each in told["cases"]) > 30
    assert {
        "required",
        "tooLong",
        "exclusive",
        "invalidPhone",
        "underAge",
        "outOfRange",
        "repeated",
        "notShown",
    } <= codes
    # when
    ran = by_node(told, tmp_path)
    # then
    assert ran.returncode == 0, ran.stdout[-3000:]


def test_a_difference_would_be_seen(tmp_path):
    # given
    told = {"logic": json.loads(form.logic(current())), "today": TODAY.isoformat(), "cases": cases(20)}
    told["cases"][-1]["faults"].append({"pointer": "/answers/name", "code": "tooLong"})
    # when, then
    assert by_node(told, tmp_path).returncode != 0
