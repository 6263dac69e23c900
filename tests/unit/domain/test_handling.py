"""What an event says is sealed as canonical JSON: the same content is the same bytes, and comes back as it was."""

from datetime import UTC, datetime

import pytest

from familjehem.domain.handling import ContactResult, Content, Outcome, Reason

MORNING = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
WHOLE = Content(
    result=ContactResult.REACHED,
    outcome=Outcome.PHONE_INTERVIEW,
    reason=Reason.WITHDREW_TIME,
    booked_at=MORNING,
    text="Vill höra mer.",
)


def test_what_an_event_says_is_these_bytes_for_ever() -> None:
    assert WHOLE.to_json().decode() == (
        '{"bookedAt":"2026-03-04T09:30:00+00:00","format":1,"outcome":"phoneInterview","reason":"withdrewTime",'
        '"result":"reached","text":"Vill höra mer."}'
    )
    assert Content().to_json().decode() == (
        '{"bookedAt":null,"format":1,"outcome":null,"reason":null,"result":null,"text":null}'
    )


@pytest.mark.parametrize(
    "content",
    [
        WHOLE,
        Content(),
        *(Content(result=one) for one in ContactResult),
        *(Content(outcome=one) for one in Outcome),
        *(Content(reason=one) for one in Reason),
        Content(booked_at=MORNING),
        Content(text="Ett"),
    ],
)
def test_what_an_event_says_comes_back_as_it_was(content: Content) -> None:
    assert Content.from_json(content.to_json()) == content


def test_an_event_of_a_format_to_come_is_not_read() -> None:
    with pytest.raises(ValueError, match=r"^unknown format of an event's content$"):
        Content.from_json(b'{"format": 2}')
