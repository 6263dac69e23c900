"""Every refusal has its status, its Swedish words, and is told without a value."""

from collections.abc import Iterator

import pytest

from familjehem import ports
from familjehem.domain import errors
from familjehem.domain.texts import catalogue
from familjehem.runtime.problems import STATUS, from_error

SITE = "https://familjehem.example"
INTERNAL = {
    # Raised between rooms and read there; none of them ever reaches a person.
    ports.KeyUnusableError,
    ports.AlreadyAcceptedError,
    ports.RecipientChangedError,
    ports.ChallengeSpentError,
    ports.DeliveryChangedError,
    ports.ApplicationChangedError,
    ports.AddressRefusedError,
    ports.RosterChangedError,
    ports.RegisterChangedError,
    ports.ActivationChangedError,
    errors.RecipientExistsError,
    # Told in the report of a console command.
    errors.InvalidCommandError,
    errors.QuestionSetBrokenError,
}


def all_errors(base: type[errors.FamiljehemError] = errors.FamiljehemError) -> Iterator[type[errors.FamiljehemError]]:
    for one in base.__subclasses__():
        yield one
        yield from all_errors(one)


def test_every_refusal_has_a_status_or_is_known_to_be_internal() -> None:
    assert set(all_errors()) == set(STATUS) | INTERNAL
    assert not set(STATUS) & INTERNAL


def test_every_slug_is_its_own() -> None:
    slugs = [one.slug for one in all_errors()]
    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize("slug", sorted({one.slug for one in STATUS} | {"not-found", "method-not-allowed", "internal"}))
def test_every_problem_has_a_title_and_says_what_to_do(slug: str) -> None:
    assert 5 < len(catalogue()[f"problem.{slug}.title"]) < 80
    assert catalogue()[f"problem.{slug}.detail"].endswith(".")


def test_no_words_are_kept_for_a_problem_that_does_not_exist() -> None:
    written = {key.split(".")[1] for key in catalogue() if key.startswith("problem.")}
    assert written == {one.slug for one in STATUS} | {"not-found", "method-not-allowed", "internal"}


def test_a_refusal_carries_its_codes_and_recipients() -> None:
    # given
    unavailable = errors.Unavailable(("0685", "0687"), "unit-prov", "Enheten (prov)", "paused")
    # when
    told = [
        from_error(SITE, error).body.decode()
        for error in (
            errors.QuestionSetUnknownError(),
            errors.ChallengeRefusedError("expired"),
            errors.RecipientsUnavailableError(unavailable),
            errors.MalformedRequestError(),
        )
    ]
    # then
    assert '"pointer":"/questionSet"' in told[0]
    assert '"code":"expired"' in told[1]
    assert '"municipalities":["0685","0687"],"reason":"paused"' in told[2]
    assert "errors" not in told[3]
