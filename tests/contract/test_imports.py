"""A handler imports what stands on its list, and nothing else: every module more is waited for at every cold start."""

from functools import cache

import pytest

from tests.contract.imports import FUNCTIONS, listed, modules, named

WORKERS = ("delivery", "notification", "housekeeping", "statistics", "administration")
NOWHERE = {"fastapi", "aws_xray_sdk", "pydantic_settings", "email_validator", "requests", "typer", "moto", "hypothesis"}
WEB = {"starlette", "mangum", "anyio"}
AWS = {"boto3", "s3transfer", "urllib3"}
"""Not botocore: Powertools writes its name into it, and loads nothing of it for that."""
CANNOT_OPEN_OR_SEAL = ("self_test", "delivery", "housekeeping", "statistics", "administration")

imported = cache(modules)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_imports_exactly_what_its_list_says(function: str) -> None:
    # when
    found = imported(function)
    # then: a new line is waited for at every cold start; if it must be, `python -m tests.contract.imports` writes it
    assert found == listed(function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_list_holds_what_was_decided_against(function: str) -> None:
    assert not NOWHERE & set(listed(function))


@pytest.mark.parametrize("function", WORKERS)
def test_a_worker_knows_no_web(function: str) -> None:
    assert not WEB & set(listed(function))
    assert "familjehem.runtime.http" not in listed(function)


def test_the_self_test_knows_no_aws() -> None:
    assert not AWS & set(listed("self_test"))
    assert not [name for name in listed("self_test") if name.startswith("familjehem.adapters")]


@pytest.mark.parametrize("function", CANNOT_OPEN_OR_SEAL)
def test_who_neither_seals_nor_opens_has_no_cipher(function: str) -> None:
    assert "cryptography" not in listed(function)
    assert "familjehem.domain.sealing" not in listed(function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_imports_no_other_function(function: str) -> None:
    doors = {name.split(".")[1] for name in listed(function) if name.startswith("functions.")}
    assert doors == {function}


def test_one_function_alone_can_talk_to_somebody_outside() -> None:
    outside = {"familjehem.adapters.openid", "joserfc"}
    assert [function for function in FUNCTIONS if outside & set(listed(function))] == ["identification"]


def test_identification_knows_no_table_no_bucket_and_no_key_of_others() -> None:
    own = {name for name in listed("identification") if name.startswith("familjehem.adapters.")}
    assert own == {f"familjehem.adapters.{name}" for name in ("aws", "clock", "openid", "secrets")}


def test_a_list_names_own_modules_in_full_and_others_by_package() -> None:
    # given
    loaded = ["json.decoder", "_cffi_backend", "familjehem.domain.letter", "starlette.routing", "starlette", "__main__"]
    # then
    assert named(loaded) == ["familjehem.domain.letter", "starlette"]
