"""Who can decrypt what, tried with every role in every way: letters open in the tenant session alone, and only its own."""

from collections import defaultdict

import pytest

from dev.rights import ADMINISTRATOR, openers, rights

LETTERS = "a recipient's own key"

type Found = list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def found() -> Found:
    """Key, role and way of everything that opens."""
    return list(openers(rights()))


def test_only_a_tenant_session_opens_a_recipient_s_key_and_only_for_its_own_letters(found: Found) -> None:
    opened = [(role, way) for key, role, way in found if key == LETTERS]
    assert opened == [("tenant", "directly, a letter of its own recipient")]


def test_an_administrator_with_every_right_opens_no_letter_no_object_of_a_mailbox_and_no_address(found: Found) -> None:
    opened = defaultdict(set)
    for key, role, _ in found:
        opened[role].add(key)
    assert opened[ADMINISTRATOR] <= {key for key, _, way in found if "directly" not in way}
    assert not opened[ADMINISTRATOR] & {LETTERS, "Data-BucketKey", "Data-ContactKey", "Data-AuditKey"}


def test_addresses_open_for_notification_alone_and_mailboxes_for_tenants_alone(found: Found) -> None:
    kept = {(key, role) for key, role, _ in found if key.endswith(("ContactKey", "BucketKey"))}
    assert {role for key, role in kept if key.endswith("ContactKey")} == {"notification"}
    assert {role for key, role in kept if key.endswith("BucketKey")} == {"tenant"}
