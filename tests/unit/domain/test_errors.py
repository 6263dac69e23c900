"""A refusal says its slug and what it carries, and nothing that a person sent."""

import re

import pytest

from familjehem.domain import errors
from familjehem.domain.errors import (
    ChallengeRefusedError,
    ConfirmationNeededError,
    FamiljehemError,
    FieldError,
    IdentificationRefusedError,
    IdentificationUnavailableError,
    InvalidAnswersError,
    InvalidCommandError,
    MalformedRequestError,
    RecipientsUnavailableError,
    Unavailable,
)

REFUSALS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, FamiljehemError)]
FAULTS = (FieldError("/answers/name", "required"), FieldError("/answers", "unknownQuestion"))


def test_every_refusal_has_a_slug_of_its_own() -> None:
    slugs = [one.slug for one in REFUSALS if one is not FamiljehemError]
    assert len(slugs) == len(set(slugs)) > 15
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slug) for slug in slugs)


@pytest.mark.parametrize("refusal", [InvalidAnswersError, InvalidCommandError, MalformedRequestError])
def test_faults_are_carried_and_not_spoken(
    refusal: type[InvalidAnswersError | InvalidCommandError | MalformedRequestError],
) -> None:
    found = refusal(*FAULTS)
    assert found.errors == FAULTS
    assert str(found) == refusal.slug


def test_recipients_that_cannot_receive_are_carried_and_not_spoken() -> None:
    one = Unavailable(("1280",), "1280", "Malmö", "paused")
    found = RecipientsUnavailableError(one)
    assert found.unavailable == (one,)
    assert str(found) == "recipients-unavailable"


def test_a_roster_that_would_be_short_says_of_what_and_of_nobody() -> None:
    found = ConfirmationNeededError("fewerThanTwo", "lastReader")
    assert found.shortages == ("fewerThanTwo", "lastReader")
    assert str(found) == "confirmation-needed"


def test_a_refused_identification_says_what_was_wrong_and_not_where_it_was_sent() -> None:
    fault = FieldError("/code", "underAge")
    found = IdentificationRefusedError(fault)
    assert found.fault == fault
    assert str(found) == "identification-refused: underAge"


def test_an_identification_that_cannot_be_had_says_at_which_step() -> None:
    found = IdentificationUnavailableError("token")
    assert found.step == "token"
    assert str(found) == "identification-unavailable: token"


def test_a_refused_challenge_says_which_way_it_failed() -> None:
    found = ChallengeRefusedError("expired")
    assert found.code == "expired"
    assert str(found) == "challenge-refused: expired"
