"""Write docs/rights.md: what each role may do and never, and who can decrypt what, from the transformed template.

`--check` fails when it has drifted. Who can decrypt is not read but tried: each role, and an administrator who has given
himself every right, asks for each key in every way there is, and the policy evaluator of the tests judges.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dev.template import ACCOUNT, REGION, STACK, load
from familjehem.adapters.recipient_keys import KmsRecipientKeys
from tests.infrastructure.policy import Verdict, many, statements
from tests.infrastructure.rights import Rights, arn

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs/rights.md"
RECIPIENT, ANOTHER = "0680", "0180"
ADMINISTRATOR = "an administrator with every right"
HEAD = """# Rights

Written by `make generate` (`dev/rights.py`) from the transformed template; `make drift` fails when it is not as the template is.

One role per function, its policy beside it in `template.yaml`. That each right is needed by a call, that each call is allowed and that it is
refused with any one thing wrong is what `tests/infrastructure/test_conditions.py` holds; that the calls which the running service
makes are those, `tests/reliability/test_recorded_rights.py`.

"""
DECRYPTS = """## Who can decrypt what

Tried, not read: every role of the stack, and {administrator} (Allow `*` on `*`), asks `kms:Decrypt` of every key, directly and through each
service, with the context of a letter, of another recipient's letter, and of an address. What is not in the table is refused.
The keys of tables and secrets open to anybody through their own service, for it is the right to the row or the secret that decides; letters and addresses lie
in them sealed once more.

| key | who | how |
|---|---|---|
"""


def rights() -> Rights:
    """Give the rights of the template, with the key of one recipient as the adapter makes it, and an administrator."""
    found = Rights.of(load(ROOT / "template.yaml", {"Stage": "prod", "SourceDigest": "ab" * 32}))
    keys = KmsRecipientKeys(
        None,  # type: ignore[arg-type]
        submission_role_arn=found.role("submission"),
        tenant_role_arn=found.role("tenant"),
    )
    found.recipient_key(RECIPIENT, json.loads(keys.policy(RECIPIENT)))
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    found.identities[arn("iam", "role/administrator", region="")] = [everything]
    return found


def openers(found: Rights) -> Iterator[tuple[str, str, str]]:
    """Give key, role and way of everything that can be decrypted by anybody."""
    for key in sorted(key for key in found.tags if ":kms:" in key):
        for role in sorted(found.identities):
            ways = sorted(way for way, facts in _ways() if _opens(found, role, key, facts))
            if ways:
                yield _key(key), _role(role), ", ".join(ways)


def _opens(found: Rights, role: str, key: str, facts: Mapping[str, Any]) -> bool:
    tagged = {"aws:PrincipalTag/recipient": RECIPIENT} if role.endswith("-tenant") else {}
    own = {"kms:CallerAccount": ACCOUNT, "aws:PrincipalArn": role, **tagged, **facts}
    return found.verdict(role, "kms:Decrypt", key, own) is Verdict.ALLOWED


def _ways() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "directly, without a context", {}
    for whose, recipient in (("of its own recipient", RECIPIENT), ("of ANOTHER recipient", ANOTHER)):
        context = {"kms:EncryptionContext:recipient": recipient, "kms:EncryptionContext:delivery": "N"}
        yield f"directly, a letter {whose}", {**context, "kms:EncryptionContextKeys": ["recipient", "delivery"]}
    contact = {"kms:EncryptionContext:purpose": "contact", "kms:EncryptionContext:application": "A"}
    yield "directly, an applicant's address", {**contact, "kms:EncryptionContextKeys": ["purpose", "application"]}
    for service in ("dynamodb", "s3", "secretsmanager", "sns", "sqs"):
        yield f"through {service} only", {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}


def document() -> str:
    """Give the whole page."""
    found = rights()
    page = HEAD + DECRYPTS.format(administrator=ADMINISTRATOR)
    page += "".join(f"| {key} | {role} | {ways} |\n" for key, role, ways in openers(found))
    for role in sorted(found.identities):
        if ":role/" + STACK in role:
            page += "\n" + "\n".join(_table(role, found.identities[role])) + "\n"
    return page


def _table(role: str, policies: list[Mapping[str, Any]]) -> Iterator[str]:
    yield f"## {_role(role)}"
    yield ""
    yield "| | statement | actions | resources | conditions |"
    yield "|---|---|---|---|---|"
    for one in (statement for policy in policies for statement in statements(policy)):
        effect = "may" if one["Effect"] == "Allow" else "**never**"
        actions = _listed(one, "Action")
        yield f"| {effect} | {one.get('Sid', '')} | {actions} | {_listed(one, 'Resource')} | {_conditions(one)} |"


def _listed(statement: Mapping[str, Any], element: str) -> str:
    if element in statement:
        return ", ".join(f"`{_short(part)}`" for part in many(statement[element]))
    return "all but " + ", ".join(f"`{_short(part)}`" for part in many(statement.get(f"Not{element}", [])))


def _conditions(statement: Mapping[str, Any]) -> str:
    found: list[str] = []
    for operator, wanted in statement.get("Condition", {}).items():
        for key, values in wanted.items():
            told = ", ".join(_short(one) for one in many(values))
            found.append(
                f"{key} must {'not ' if told == 'false' else ''}be absent"
                if operator == "Null"
                else f"{key} {operator} {told}"
            )
    return "; ".join(f"`{one}`" for one in found)


def _short(value: str) -> str:
    """Give an ARN without account, region and stack."""
    bare = re.sub(rf"arn:aws:([a-z0-9-]+):[a-z0-9-]*:(?:{ACCOUNT})?:", r"\1:", value)
    return bare.replace(f"{STACK}-", "").replace("|", "\\|")


def _role(role: str) -> str:
    name = role.rpartition("/")[2]
    return ADMINISTRATOR if name == "administrator" else name.removeprefix(f"{STACK}-")


def _key(key: str) -> str:
    name = _short(key).removeprefix("kms:key/")
    return "a recipient's own key" if name == f"recipient-{RECIPIENT}" else name


def main() -> int:
    """Write the page, or with `--check` say whether it is as it should be."""
    content = document()
    if "--check" not in sys.argv:
        TARGET.write_text(content, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != content:
        print(f"{TARGET.relative_to(ROOT)} has drifted from the template: run `make generate`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
