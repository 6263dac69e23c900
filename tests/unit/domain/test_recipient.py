"""Chosen municipalities become at most five recipients; who cannot receive is named, never left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familjehem.domain.assignment import Assignment
from familjehem.domain.errors import FieldError, InvalidAnswersError, RecipientsUnavailableError, Unavailable
from familjehem.domain.municipality import municipalities
from familjehem.domain.recipient import MOST_RECIPIENTS, Chosen, Recipient, RecipientState, resolve
from tests.builders import recipient, unit

FAMILJEHEM = (Assignment.FAMILJEHEM,)
CODES = tuple(municipalities())


def serving(*recipients: Recipient) -> dict[str, Recipient | None]:
    found: dict[str, Recipient | None] = dict.fromkeys(CODES)
    return found | {code: one for one in recipients for code in one.municipalities}


def municipality(code: str, **changes: object) -> Recipient:
    return recipient(id=code, name=municipalities()[code].name, municipalities=(code,), **changes)


def test_each_municipality_leads_to_its_recipient_in_order_of_id() -> None:
    known = serving(municipality("0680"), municipality("0180"))
    assert resolve(["0680", "0180"], FAMILJEHEM, known, municipalities()) == (
        Chosen(municipality("0180"), ("0180",)),
        Chosen(municipality("0680"), ("0680",)),
    )


def test_a_unit_counts_once_and_is_told_which_of_its_municipalities_led_to_it() -> None:
    known = serving(unit(), municipality("0680"))
    assert resolve(["0687", "0680", "0682"], FAMILJEHEM, known, municipalities()) == (
        Chosen(municipality("0680"), ("0680",)),
        Chosen(unit(), ("0682", "0687")),
    )


def test_six_municipalities_of_five_recipients_are_not_too_many() -> None:
    single = [municipality(code) for code in ("0180", "0680", "1280", "1480")]
    known = serving(unit(), *single)
    codes = [one.id for one in single] + ["0682", "0684", "0687"]
    assert len(resolve(codes, FAMILJEHEM, known, municipalities())) == MOST_RECIPIENTS


def test_six_recipients_are_too_many() -> None:
    known = serving(unit(), *(municipality(code) for code in ("0180", "0680", "1280", "1480", "2480")))
    with pytest.raises(InvalidAnswersError) as refusal:
        resolve(["0180", "0680", "1280", "1480", "2480", "0687"], FAMILJEHEM, known, municipalities())
    assert refusal.value.errors == (FieldError("/municipalities", "tooMany"),)


@pytest.mark.parametrize(
    ("codes", "faults"),
    [
        ([], [FieldError("/municipalities", "required")]),
        (["0680", "0680"], [FieldError("/municipalities/1", "repeated")]),
        (
            ["0680", "9999", ""],
            [
                FieldError("/municipalities/1", "unknownMunicipality"),
                FieldError("/municipalities/2", "unknownMunicipality"),
            ],
        ),
    ],
)
def test_what_the_applicant_must_correct_is_pointed_at(codes: list[str], faults: list[FieldError]) -> None:
    with pytest.raises(InvalidAnswersError) as refusal:
        resolve(codes, FAMILJEHEM, serving(municipality("0680")), municipalities())
    assert list(refusal.value.errors) == faults


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (RecipientState.LIVE, None),
        (RecipientState.PAUSED, "paused"),
        (RecipientState.LEAVING, "leaving"),
        (RecipientState.REQUESTED, "notConnected"),
        (RecipientState.VERIFYING, "notConnected"),
        (RecipientState.AGREEMENT, "notConnected"),
        (RecipientState.READY, "notConnected"),
        (RecipientState.CLOSED, "notConnected"),
    ],
)
def test_only_a_live_recipient_receives(state: RecipientState, reason: str | None) -> None:
    assert recipient(state=state).refusal(FAMILJEHEM) == reason


def test_a_recipient_receives_only_what_it_recruits_for() -> None:
    one = recipient(assignments=frozenset({Assignment.KONTAKTPERSON}))
    assert one.refusal([Assignment.KONTAKTPERSON]) is None
    assert one.refusal([Assignment.KONTAKTPERSON, Assignment.JOURHEM]) == "notRecruiting"


def test_every_recipient_that_cannot_receive_is_named_and_nothing_is_resolved() -> None:
    known = serving(
        municipality("0680"),
        unit(state=RecipientState.PAUSED),
        municipality("0180", assignments=frozenset({Assignment.JOURHEM})),
    )
    with pytest.raises(RecipientsUnavailableError) as refusal:
        resolve(["0687", "0682", "0680", "0180", "1280"], FAMILJEHEM, known, municipalities())
    assert set(refusal.value.unavailable) == {
        Unavailable(("1280",), None, "Malmö", "notConnected"),
        Unavailable(("0180",), "0180", "Stockholm", "notRecruiting"),
        Unavailable(("0682", "0687"), "unit-prov", "Provets gemensamma familjehemsenhet", "paused"),
    }


@given(
    chosen=st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=12),
    together=st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=40),
)
def test_every_chosen_municipality_leads_to_exactly_one_recipient_or_to_a_refusal(
    chosen: list[str], together: list[str]
) -> None:
    # given one unit that serves many, and every other municipality by itself
    known = serving(
        *(municipality(code) for code in CODES if code not in together), unit(municipalities=tuple(together))
    )
    if len({known[code].id for code in chosen}) > MOST_RECIPIENTS:
        # when more than five would receive it, then it is refused for that reason
        with pytest.raises(InvalidAnswersError) as refusal:
            resolve(chosen, FAMILJEHEM, known, municipalities())
        assert refusal.value.errors == (FieldError("/municipalities", "tooMany"),)
        return
    # when the choice is resolved, then everything chosen is served once, whatever the order of choosing
    found = resolve(chosen, FAMILJEHEM, known, municipalities())
    assert sorted(code for one in found for code in one.municipalities) == sorted(chosen)
    assert len({one.recipient.id for one in found}) == len(found) <= MOST_RECIPIENTS
    assert resolve(chosen[::-1], FAMILJEHEM, known, municipalities()) == found
